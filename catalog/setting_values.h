// Values of settings: parsing with units, range checks, normalisation, and how SHOW prints them. Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/settings.h"

namespace gather::catalog {

struct SettingValue {
  std::string text;         // as pg_settings.setting: numbers in the base unit without it
  std::string shown;        // as SHOW: "4MB"
  bool boolean = false;
  int64_t integer = 0;
  double real = 0;
  std::string_view source;  // pg_settings.source
};

// Throws 22023 with PostgreSQL's wording and hint. `current`: the value before, which a partial DateStyle completes.
SettingValue ParseSetting(const SettingInfo& info, std::string_view text, std::string_view current);

// PostgreSQL's parse_bool: unique prefixes of true, false, yes, no; on, off; 1, 0.
bool ParseBoolWord(std::string_view text, bool* value);

// A list of identifiers as search_path holds it: quoted or folded to lower case, separated by commas. False: bad syntax.
bool SplitIdentifierList(std::string_view text, std::vector<std::string>* names);

// ---- settings with a grammar of their own (catalog/setting_checks.cc)
// Checks and normalises; settings without such rules are left alone.
void CheckSetting(const SettingInfo& info, std::string_view current, SettingValue& value);
// The parts of a normalised DateStyle ("ISO, MDY").
void ReadDateStyle(std::string_view text, DateStyle* style, DateOrder* order);
// Null: there is no such zone. Accepts names, POSIX specifications, hours east of UTC and INTERVAL '+03:00'.
std::shared_ptr<const TimeZone> ReadTimeZone(std::string_view text);
[[noreturn]] void ThrowInvalidSetting(const SettingInfo& info, std::string_view text, std::string detail = {}, std::string hint = {});

}  // namespace gather::catalog
