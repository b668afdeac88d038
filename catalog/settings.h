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
  std::string_view default_value;            // as SHOW prints it: "4MB", "on", "100"; settings.cc replaces what the machine decides
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

struct SettingValue;                                         // catalog/setting_values.h

class Settings {
 public:
  // Server level: defaults, then -c and the configuration file through Set.
  Settings();
  // A session's: starts with the server's values.
  explicit Settings(std::shared_ptr<const Settings> server);
  Settings(const Settings&) = default;
  ~Settings();

  // Parses, checks and normalises. 42704 unrecognized configuration parameter "x"; 22023 with PostgreSQL's wording and hint. Names with a dot are
  // accepted as placeholders. `local`: until the transaction's end.
  void Set(std::string_view name, std::string_view value, bool local = false);
  // From the startup packet: like Set, and what RESET returns to.
  void SetAtStart(std::string_view name, std::string_view value);
  // By the server itself, whatever the scope: is_superuser, session_authorization, data_directory …
  void SetInternal(std::string_view name, std::string_view value);
  void Reset(std::string_view name);
  void ResetAll();
  std::string Show(std::string_view name) const;              // with unit: "4MB", "200ms"
  // As current_setting(name, true): false when there is no such setting.
  bool TryShow(std::string_view name, std::string* value) const;
  // Nobody has set it: neither the server's start nor this session.
  bool IsDefault(std::string_view name) const;
  bool GetBool(std::string_view name) const;
  int64_t GetInteger(std::string_view name) const;            // in the base unit
  double GetReal(std::string_view name) const;
  const std::string& GetString(std::string_view name) const;  // valid until the next change

  // Transactions: Begin marks; Commit keeps all but local values; Rollback restores. Savepoints nest the same way.
  void Begin();
  void Commit();
  void Rollback();
  uint64_t Mark() const;
  void RollbackTo(uint64_t mark);
  // Settings with `reported` that changed since the last call: (name, value) to send as ParameterStatus. The first call tells all.
  std::vector<std::pair<std::string, std::string>> TakeReports();
  // Changes whenever any value does: caches derived from settings key on it.
  uint64_t version() const { return version_; }

  struct Row { const SettingInfo* info; std::string value; std::string source; std::string reset_value; };
  std::vector<Row> All() const;                               // value and reset_value in the base unit, as pg_settings has them

  IoSettings Io() const;                                      // DateStyle, TimeZone, … resolved; cached by version

 private:
  using ValueRef = std::shared_ptr<const SettingValue>;
  using ValueMap = std::map<std::string, ValueRef, std::less<>>;  // by the setting's own spelling; placeholders in lower case
  struct Undo { bool local; std::string name; ValueRef old; };

  const SettingValue* Lookup(std::string_view name) const;    // null: unknown placeholder
  const SettingValue& Value(std::string_view name) const;     // throws 42704
  const SettingValue& Resolve(const SettingInfo& info) const;
  const SettingValue& ResetValue(const SettingInfo& info) const;
  void Change(bool local, const std::string& name, ValueRef value);
  void Apply(const Undo& undo);

  std::shared_ptr<const Settings> server_;
  ValueMap start_;                                            // what RESET returns to, where it is not the server's
  ValueMap session_, local_;                                  // a local value hides the session's
  std::vector<Undo> undo_;
  bool in_transaction_ = false;
  uint64_t version_ = 1;
  uint64_t reported_version_ = 0;
  std::map<std::string, std::string, std::less<>> reported_;  // as last told
  // Caches, by setting and for Io().
  mutable std::vector<const SettingValue*> resolved_;
  mutable uint64_t resolved_version_ = 0;
  mutable IoSettings io_;
  mutable uint64_t io_version_ = 0;
};

}  // namespace gather::catalog
