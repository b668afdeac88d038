#include "catalog/settings.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include "catalog/setting_values.h"
#include "types/error.h"
#include "types/machine.h"

namespace gather::catalog {

namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

struct Alias {
  std::string_view old_name, name;
};
// Names of older and newer PostgreSQL versions.
constexpr Alias kAliases[] = {{"sort_mem", "work_mem"}, {"vacuum_mem", "maintenance_work_mem"}, {"min_parallel_relation_size", "min_parallel_table_scan_size"},
                              {"force_parallel_mode", "debug_parallel_query"}};

// By the table's spelling and in lower case, so that what the server asks itself needs no folding.
const boost::unordered_flat_map<std::string_view, const SettingInfo*>& SettingIndex() {
  static std::vector<std::string> lower_case;
  static const auto index = [] {
    boost::unordered_flat_map<std::string_view, const SettingInfo*> by_name;
    lower_case.reserve(AllSettings().size());
    for (const SettingInfo& info : AllSettings()) {
      by_name.emplace(info.name, &info);
      by_name.emplace(lower_case.emplace_back(LowerCase(info.name)), &info);
    }
    for (const Alias& alias : kAliases) by_name.emplace(alias.old_name, by_name.at(alias.name));
    return by_name;
  }();
  return index;
}

size_t IndexOf(const SettingInfo& info) { return static_cast<size_t>(&info - AllSettings().data()); }

// What the machine decides, so that nobody has to: leader and workers together fill the cores, the data caches a quarter of the memory,
// an operator a 64th before it goes to disk, an index build a 32nd.
std::string DefaultText(const SettingInfo& setting) {
  const auto megabytes = [](uint64_t bytes) { return std::to_string(std::max<uint64_t>(64, bytes >> 20)) + "MB"; };
  const Machine& machine = ThisMachine();
  if (setting.name == "max_parallel_workers") return std::to_string(machine.cores);
  if (setting.name == "max_parallel_workers_per_gather" || setting.name == "max_parallel_maintenance_workers") return std::to_string(std::max(1, machine.cores - 1));
  if (setting.name == "shared_buffers") return megabytes(machine.memory / 4);
  if (setting.name == "work_mem") return std::to_string(std::max<uint64_t>(4, machine.memory / 64 >> 20)) + "MB";
  if (setting.name == "maintenance_work_mem") return megabytes(machine.memory / 32);
  if (setting.name == "memory_limit") return megabytes(machine.memory / 10 * 8);
  return std::string(setting.default_value);
}

// Parsed defaults, in the table's order.
const SettingValue& DefaultValue(const SettingInfo& info) {
  static const std::vector<SettingValue> defaults = [] {
    std::vector<SettingValue> values;
    for (const SettingInfo& setting : AllSettings()) {
      values.push_back(ParseSetting(setting, DefaultText(setting), {}));
      values.back().source = "default";
    }
    return values;
  }();
  return defaults[IndexOf(info)];
}

// What a transaction starts with.
std::string_view TransactionDefault(std::string_view name) {
  if (name == "transaction_isolation") return "default_transaction_isolation";
  if (name == "transaction_read_only") return "default_transaction_read_only";
  if (name == "transaction_deferrable") return "default_transaction_deferrable";
  return {};
}

const SettingInfo& RequireSetting(std::string_view name) {
  if (const SettingInfo* info = FindSetting(name)) return *info;
  throw SqlError(sqlstate::kUndefinedObject, Format("unrecognized configuration parameter \"%s\"", std::string(name).c_str()));
}

bool IsIdentifierPart(std::string_view part) {
  if (part.empty() || (part[0] >= '0' && part[0] <= '9') || part[0] == '$') return false;
  for (char c : part) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
    if (!letter && !(c >= '0' && c <= '9') && c != '$') return false;
  }
  return true;
}

// "extension.setting": kept as text for whoever reads it.
bool IsPlaceholder(std::string_view name) {
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return false;
  while (true) {
    const size_t next = name.find('.');
    if (!IsIdentifierPart(name.substr(0, next))) {
      throw SqlError(sqlstate::kInvalidName, Format("invalid configuration parameter name \"%s\"", std::string(name).c_str()))
          .Detail("Custom parameter names must be two or more simple identifiers separated by dots.");
    }
    if (next == std::string_view::npos) return true;
    name.remove_prefix(next + 1);
  }
}

}  // namespace

const SettingInfo* FindSetting(std::string_view name) {
  const auto& index = SettingIndex();
  auto found = index.find(name);
  if (found == index.end()) {
    const std::string lower = LowerCase(name);
    found = index.find(lower);
  }
  return found == index.end() ? nullptr : found->second;
}

Settings::Settings() = default;
Settings::Settings(std::shared_ptr<const Settings> server) : server_(std::move(server)) {}
Settings::~Settings() = default;

const SettingValue* Settings::Lookup(std::string_view name) const {
  if (const auto found = local_.find(name); found != local_.end()) return found->second.get();
  if (const auto found = session_.find(name); found != session_.end()) return found->second.get();
  if (server_ != nullptr) {
    if (const auto found = server_->session_.find(name); found != server_->session_.end()) return found->second.get();
  }
  return nullptr;
}

const SettingValue& Settings::Value(std::string_view name) const {
  const SettingInfo* info = FindSetting(name);
  if (info == nullptr) {
    if (const SettingValue* placeholder = Lookup(LowerCase(name))) return *placeholder;
    RequireSetting(name);
  }
  // The server's own object is shared by threads and asked rarely: it keeps no cache.
  if (server_ == nullptr) return Resolve(*info);
  if (resolved_version_ != version_) {
    resolved_.assign(AllSettings().size(), nullptr);
    resolved_version_ = version_;
  }
  const SettingValue*& resolved = resolved_[IndexOf(*info)];
  if (resolved == nullptr) resolved = &Resolve(*info);
  return *resolved;
}

const SettingValue& Settings::Resolve(const SettingInfo& info) const {
  if (const SettingValue* value = Lookup(info.name)) return *value;
  if (const std::string_view other = TransactionDefault(info.name); !other.empty()) return Value(other);
  return DefaultValue(info);
}

const SettingValue& Settings::ResetValue(const SettingInfo& info) const {
  if (const auto found = start_.find(info.name); found != start_.end()) return *found->second;
  if (server_ != nullptr) {
    if (const auto found = server_->session_.find(info.name); found != server_->session_.end()) return *found->second;
  }
  return DefaultValue(info);
}

void Settings::Apply(const Undo& undo) {
  ValueMap& layer = undo.local ? local_ : session_;
  if (undo.old == nullptr) {
    layer.erase(undo.name);
  } else {
    layer[undo.name] = undo.old;
  }
  version_++;
}

void Settings::Change(bool local, const std::string& name, ValueRef value) {
  ValueMap& layer = local ? local_ : session_;
  const auto found = layer.find(name);
  Undo undo{local, name, found == layer.end() ? nullptr : found->second};
  if (in_transaction_) undo_.push_back(undo);
  Apply({local, name, std::move(value)});
}

void Settings::Set(std::string_view name, std::string_view text, bool local) {
  const SettingInfo* info = FindSetting(name);
  if (info == nullptr) {
    if (!IsPlaceholder(name)) RequireSetting(name);
    SettingValue value;
    value.text = value.shown = text;
    value.source = "session";
    const std::string key = LowerCase(name);
    if (!local || in_transaction_) Change(local, key, std::make_shared<SettingValue>(std::move(value)));
    if (!local && local_.contains(key)) Change(true, key, nullptr);
    return;
  }
  const std::string key(info->name);
  const bool is_session = server_ != nullptr;
  if (info->scope == SettingScope::kInternal) {
    throw SqlError(sqlstate::kCantChangeRuntimeParam, Format("parameter \"%s\" cannot be changed", key.c_str()));
  }
  if (is_session && info->scope == SettingScope::kPostmaster) {
    throw SqlError(sqlstate::kCantChangeRuntimeParam, Format("parameter \"%s\" cannot be changed without restarting the server", key.c_str()));
  }
  if (is_session && info->scope == SettingScope::kSighup) {
    throw SqlError(sqlstate::kCantChangeRuntimeParam, Format("parameter \"%s\" cannot be changed now", key.c_str()));
  }
  if (is_session && info->scope == SettingScope::kSuperuser && !GetBool("is_superuser")) {
    throw SqlError(sqlstate::kInsufficientPrivilege, Format("permission denied to set parameter \"%s\"", key.c_str()));
  }
  auto value = std::make_shared<SettingValue>(ParseSetting(*info, text, Value(key).text));
  value->source = is_session ? "session" : "command line";
  if (!TransactionDefault(key).empty()) local = true;
  if (local && !in_transaction_) return;
  Change(local, key, std::move(value));
  if (!local && local_.contains(key)) Change(true, key, nullptr);
}

void Settings::SetAtStart(std::string_view name, std::string_view text) {
  Set(name, text);
  const SettingInfo* info = FindSetting(name);
  const std::string key = info == nullptr ? LowerCase(name) : std::string(info->name);
  if (const auto found = session_.find(key); found != session_.end()) {
    auto value = std::make_shared<SettingValue>(*found->second);
    if (server_ != nullptr) value->source = "client";
    start_[key] = found->second = std::move(value);
  }
}

void Settings::SetInternal(std::string_view name, std::string_view text) {
  const SettingInfo& info = RequireSetting(name);
  auto value = std::make_shared<SettingValue>(ParseSetting(info, text, Value(info.name).text));
  value->source = "override";
  const std::string key(info.name);
  start_[key] = session_[key] = std::move(value);
  version_++;
}

void Settings::Reset(std::string_view name) {
  const SettingInfo* info = FindSetting(name);
  std::string key;
  if (info == nullptr) {
    key = LowerCase(name);
    if (Lookup(key) == nullptr && !IsPlaceholder(name)) RequireSetting(name);
  } else {
    key = info->name;
    if (info->scope == SettingScope::kInternal) {
      throw SqlError(sqlstate::kCantChangeRuntimeParam, Format("parameter \"%s\" cannot be changed", key.c_str()));
    }
    if (server_ != nullptr && info->scope != SettingScope::kUser && info->scope != SettingScope::kSuperuser) Set(name, Show(name));
  }
  if (local_.contains(key)) Change(true, key, nullptr);
  const auto start = start_.find(key);
  if (start != start_.end()) {
    Change(false, key, start->second);
  } else if (info == nullptr && session_.contains(key)) {
    // A placeholder, once seen, stays known with an empty value.
    auto empty = std::make_shared<SettingValue>();
    empty->source = "default";
    Change(false, key, std::move(empty));
  } else if (session_.contains(key)) {
    Change(false, key, nullptr);
  }
}

void Settings::ResetAll() {
  std::vector<std::string> names;
  for (const auto* layer : {&session_, &local_}) {
    for (const auto& [name, value] : *layer) {
      const SettingInfo* info = FindSetting(name);
      if (info != nullptr && info->scope == SettingScope::kInternal) continue;
      if (name == "session_authorization" || name == "role" || !TransactionDefault(name).empty()) continue;
      names.push_back(name);
    }
  }
  for (const std::string& name : names) Reset(name);
}

std::string Settings::Show(std::string_view name) const { return Value(name).shown; }

bool Settings::TryShow(std::string_view name, std::string* value) const {
  if (FindSetting(name) == nullptr && Lookup(LowerCase(name)) == nullptr) return false;
  *value = Value(name).shown;
  return true;
}

bool Settings::GetBool(std::string_view name) const { return Value(name).boolean; }
int64_t Settings::GetInteger(std::string_view name) const { return Value(name).integer; }
double Settings::GetReal(std::string_view name) const { return Value(name).real; }
const std::string& Settings::GetString(std::string_view name) const { return Value(name).text; }

void Settings::Begin() {
  in_transaction_ = true;
  undo_.clear();
}

void Settings::Commit() {
  in_transaction_ = false;
  undo_.clear();
  if (local_.empty()) return;
  local_.clear();
  version_++;
}

void Settings::Rollback() {
  RollbackTo(0);
  Commit();
}

uint64_t Settings::Mark() const { return undo_.size(); }

void Settings::RollbackTo(uint64_t mark) {
  while (undo_.size() > mark) {
    Apply(undo_.back());
    undo_.pop_back();
  }
}

std::vector<std::pair<std::string, std::string>> Settings::TakeReports() {
  std::vector<std::pair<std::string, std::string>> reports;
  if (reported_version_ == version_) return reports;
  reported_version_ = version_;
  for (const SettingInfo& info : AllSettings()) {
    if (!info.reported) continue;
    const std::string& now = Value(info.name).shown;
    const auto [told, first] = reported_.try_emplace(std::string(info.name));
    if (!first && told->second == now) continue;
    told->second = now;
    reports.emplace_back(info.name, now);
  }
  return reports;
}

bool Settings::IsDefault(std::string_view name) const { return Value(name).source == "default"; }

std::vector<Settings::Row> Settings::All() const {
  std::vector<Row> rows;
  for (const SettingInfo& info : AllSettings()) {
    const SettingValue& value = Value(info.name);
    rows.push_back({&info, value.text, std::string(value.source), ResetValue(info).text});
  }
  return rows;
}

IoSettings Settings::Io() const {
  if (io_version_ == version_) return io_;
  IoSettings io;
  ReadDateStyle(GetString("DateStyle"), &io.date_style, &io.date_order);
  const std::string& interval = GetString("IntervalStyle");
  io.interval_style = interval == "postgres_verbose" ? IntervalStyle::kPostgresVerbose : interval == "sql_standard" ? IntervalStyle::kSqlStandard
                    : interval == "iso_8601" ? IntervalStyle::kIso8601 : IntervalStyle::kPostgres;
  io.bytea_output = GetString("bytea_output") == "escape" ? ByteaOutput::kEscape : ByteaOutput::kHex;
  io.extra_float_digits = static_cast<int>(GetInteger("extra_float_digits"));
  io.time_zone = ReadTimeZone(GetString("TimeZone"));
  io_ = io;
  io_version_ = version_;
  return io;
}

}  // namespace gather::catalog
