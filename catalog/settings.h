// Settings (PostgreSQL's GUCs): one row each; SHOW, pg_settings, ParameterStatus and `-c name=value` come from these rows.
//
// SettingTable is immutable; a Settings object is one session's values over the server's defaults, with SET LOCAL and transactional undo.
// A Settings belongs to one session thread; workers get what they need copied into the statement's context.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "types/io_settings.h"

namespace gather::catalog {

enum class SettingType : uint8_t { kBool, kInteger, kReal, kString, kEnum };
enum class SettingScope : uint8_t { kInternal, kPostmaster, kSighup, kSuperuser, kUser };  // pg_settings.context

struct SettingInfo {
  std::string_view name;
  SettingType type;
  std::string_view default_value;            // as SHOW prints it, without unit conversion: "4MB", "on", "100"
  SettingScope scope = SettingScope::kUser;
  std::string_view unit = {};                // "kB", "8kB", "ms", "s", "min" or empty: the base unit of the number
  double minimum = 0, maximum = 0;
  std::vector<std::string_view> values = {}; // of enums
  bool reported = false;                     // sent as ParameterStatus when it changes
  std::string_view category = {};
  std::string_view doc = {};
};

std::span<const SettingInfo> AllSettings();
const SettingInfo* FindSetting(std::string_view name);       // case-insensitive

class Settings {
 public:
  // Server level: defaults, then -c and the configuration file through Set.
  Settings();
  // A session's: starts with the server's values.
  explicit Settings(std::shared_ptr<const Settings> server);
  Settings(const Settings&) = default;

  // Parses, checks and normalises. 42704 unrecognized configuration parameter "x"; 22023 with PostgreSQL's wording and hint. Names with a dot are
  // accepted as placeholders. `local`: until the transaction's end.
  void Set(std::string_view name, std::string_view value, bool local = false);
  void Reset(std::string_view name);
  void ResetAll();
  std::string Show(std::string_view name) const;              // with unit: "4MB", "200ms"
  bool GetBool(std::string_view name) const;
  int64_t GetInteger(std::string_view name) const;            // in the base unit
  double GetReal(std::string_view name) const;
  const std::string& GetString(std::string_view name) const;

  // Transactions: Begin marks; Commit keeps all but local values; Rollback restores. Savepoints nest the same way.
  void Begin();
  void Commit();
  void Rollback();
  uint64_t Mark() const;
  void RollbackTo(uint64_t mark);
  // Settings with `reported` that changed since the last call: (name, value) to send as ParameterStatus.
  std::vector<std::pair<std::string, std::string>> TakeReports();
  // Changes whenever any value does: caches derived from settings key on it.
  uint64_t version() const { return version_; }

  struct Row { const SettingInfo* info; std::string value; std::string source; std::string reset_value; };
  std::vector<Row> All() const;

  IoSettings Io() const;                                      // DateStyle, TimeZone, … resolved; cached by version

 private:
  struct Value;
  struct Change;
  std::shared_ptr<const Settings> server_;
  std::map<std::string, std::string, std::less<>> values_;
  std::vector<std::pair<std::string, std::optional<std::string>>> undo_;
  std::vector<std::string> local_;
  std::vector<std::string> reports_;
  uint64_t version_ = 0;
  mutable IoSettings io_;
  mutable uint64_t io_version_ = ~uint64_t{0};
};

}  // namespace gather::catalog
