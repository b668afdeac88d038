#include "catalog/setting_values.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cmath>
#include <cstdlib>
#include <strings.h>

#include "types/error.h"

namespace gather::catalog {

namespace {

struct Unit {
  const char* name;
  double factor;  // of bytes or milliseconds
};
constexpr Unit kMemoryUnits[] = {{"TB", 1024.0 * 1024 * 1024 * 1024}, {"GB", 1024.0 * 1024 * 1024}, {"MB", 1024.0 * 1024}, {"kB", 1024.0}, {"B", 1.0}};
constexpr Unit kTimeUnits[] = {{"d", 86400000.0}, {"h", 3600000.0}, {"min", 60000.0}, {"s", 1000.0}, {"ms", 1.0}, {"us", 0.001}};
constexpr const char* kMemoryHint = "Valid units for this parameter are \"B\", \"kB\", \"MB\", \"GB\", and \"TB\".";
constexpr const char* kTimeHint = "Valid units for this parameter are \"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\".";

bool IsMemory(std::string_view unit) { return unit.ends_with("B"); }
std::span<const Unit> UnitsOf(std::string_view unit) {
  if (IsMemory(unit)) return kMemoryUnits;
  return kTimeUnits;
}

double BaseFactor(std::string_view unit) {
  if (unit == "8kB") return 8192;
  for (const Unit& candidate : UnitsOf(unit)) {
    if (unit == candidate.name) return candidate.factor;
  }
  return 1;
}

// Number and unit of "4MB", "1.5 h", "0x10": the value in the base unit, or a hint.
bool ParseNumber(const SettingInfo& info, const std::string& text, double* value, std::string* hint) {
  const char* begin = text.c_str();
  char* end = nullptr;
  errno = 0;
  const bool integer = info.type == SettingType::kInteger;
  double number = integer ? static_cast<double>(std::strtoll(begin, &end, 0)) : std::strtod(begin, &end);
  if (integer && (*end == '.' || *end == 'e' || *end == 'E' || errno == ERANGE)) {
    errno = 0;
    number = std::strtod(begin, &end);
  }
  if (end == begin || errno == ERANGE || std::isnan(number)) return false;
  while (std::isspace(static_cast<unsigned char>(*end))) end++;
  if (*end != '\0') {
    if (info.unit.empty()) return false;
    std::string unit;
    while (*end != '\0' && !std::isspace(static_cast<unsigned char>(*end))) unit += *end++;
    while (std::isspace(static_cast<unsigned char>(*end))) end++;
    const Unit* found = nullptr;
    for (const Unit& candidate : UnitsOf(info.unit)) {
      if (unit == candidate.name) found = &candidate;
    }
    if (found == nullptr || *end != '\0') {
      *hint = IsMemory(info.unit) ? kMemoryHint : kTimeHint;
      return false;
    }
    number = number * found->factor / BaseFactor(info.unit);
  }
  if (integer) {
    number = std::rint(number);
    if (number > INT_MAX || number < INT_MIN) {
      *hint = "Value exceeds integer range.";
      return false;
    }
  }
  *value = number;
  return true;
}

std::string General(double value) { return Format("%g", value); }

// "4MB" for 4096 of kB: the largest unit that leaves a whole number.
std::string WithUnit(const SettingInfo& info, double value) {
  if (info.unit.empty() || value <= 0) return info.type == SettingType::kReal ? General(value) : Format("%.0f", value);
  const double base = value * BaseFactor(info.unit);
  for (const Unit& unit : UnitsOf(info.unit)) {
    const double count = base / unit.factor;
    if (count == std::rint(count) && count >= 1) return General(count).find('e') == std::string::npos ? General(count) + unit.name
                                                                                                      : Format("%.0f%s", count, unit.name);
  }
  return General(value) + std::string(info.unit);
}

void ParseNumeric(const SettingInfo& info, std::string_view text, SettingValue& value) {
  std::string hint;
  double number = 0;
  if (!ParseNumber(info, std::string(text), &number, &hint)) ThrowInvalidSetting(info, text, {}, hint);
  if (number < info.minimum || number > info.maximum) {
    const std::string unit = info.unit.empty() ? "" : " " + std::string(info.unit);
    const std::string name(info.name);
    throw SqlError(sqlstate::kInvalidParameterValue,
                   info.type == SettingType::kInteger
                       ? Format("%.0f%s is outside the valid range for parameter \"%s\" (%.0f .. %.0f)", number, unit.c_str(), name.c_str(),
                                info.minimum, info.maximum)
                       : Format("%g%s is outside the valid range for parameter \"%s\" (%g .. %g)", number, unit.c_str(), name.c_str(),
                                info.minimum, info.maximum));
  }
  value.integer = static_cast<int64_t>(std::clamp(number, -9e18, 9e18));
  value.real = number;
  value.text = info.type == SettingType::kInteger ? Format("%.0f", number) : General(number);
  value.shown = WithUnit(info, number);
}

// Spellings PostgreSQL accepts without listing them.
std::string_view HiddenEnumWord(const SettingInfo& info, const std::string& text) {
  if (info.name == "client_min_messages" || info.name == "log_min_messages" || info.name == "log_min_error_statement") {
    if (strcasecmp(text.c_str(), "debug") == 0) return "debug2";
  }
  if (info.name == "client_min_messages" && strcasecmp(text.c_str(), "info") == 0) return "info";
  bool has_on = false, has_off = false, boolean = false;
  for (std::string_view word : info.values) {
    has_on |= word == "on";
    has_off |= word == "off";
  }
  if (has_on && has_off && text.size() > 0 && ParseBoolWord(text, &boolean)) return boolean ? "on" : "off";
  return {};
}

void ParseEnum(const SettingInfo& info, std::string_view text, SettingValue& value) {
  const std::string word(text);
  for (std::string_view candidate : info.values) {
    if (candidate.size() == word.size() && strncasecmp(candidate.data(), word.c_str(), word.size()) == 0) {
      value.text = value.shown = candidate;
      return;
    }
  }
  if (const std::string_view hidden = HiddenEnumWord(info, word); !hidden.empty()) {
    value.text = value.shown = hidden;
    return;
  }
  std::string list;
  for (std::string_view candidate : info.values) {
    if (!list.empty()) list += ", ";
    list += candidate;
  }
  ThrowInvalidSetting(info, text, {}, "Available values: " + list + ".");
}

}  // namespace

void ThrowInvalidSetting(const SettingInfo& info, std::string_view text, std::string detail, std::string hint) {
  throw SqlError(sqlstate::kInvalidParameterValue, Format("invalid value for parameter \"%s\": \"%s\"", std::string(info.name).c_str(), std::string(text).c_str()))
      .Detail(std::move(detail)).Hint(std::move(hint));
}

bool ParseBoolWord(std::string_view text, bool* value) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front()))) text.remove_prefix(1);
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back()))) text.remove_suffix(1);
  const auto prefix_of = [&](std::string_view word, size_t at_least) {
    return text.size() >= at_least && text.size() <= word.size() && strncasecmp(word.data(), text.data(), text.size()) == 0;
  };
  if (prefix_of("true", 1) || prefix_of("yes", 1) || prefix_of("on", 2) || text == "1") { *value = true; return true; }
  if (prefix_of("false", 1) || prefix_of("no", 1) || prefix_of("off", 2) || text == "0") { *value = false; return true; }
  return false;
}

bool SplitIdentifierList(std::string_view text, std::vector<std::string>* names) {
  names->clear();
  size_t at = 0;
  const auto skip_blanks = [&] { while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) at++; };
  skip_blanks();
  if (at == text.size()) return true;
  while (true) {
    std::string name;
    if (at < text.size() && text[at] == '"') {
      for (at++;; at++) {
        if (at == text.size()) return false;
        if (text[at] != '"') { name += text[at]; continue; }
        if (at + 1 < text.size() && text[at + 1] == '"') { name += '"'; at++; continue; }
        at++;
        break;
      }
    } else {
      while (at < text.size() && text[at] != ',' && !std::isspace(static_cast<unsigned char>(text[at]))) {
        const char c = text[at++];
        name += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      }
      if (name.empty()) return false;
    }
    names->push_back(name.size() > 63 ? name.substr(0, 63) : name);
    skip_blanks();
    if (at == text.size()) return true;
    if (text[at++] != ',') return false;
    skip_blanks();
  }
}

SettingValue ParseSetting(const SettingInfo& info, std::string_view text, std::string_view current) {
  SettingValue value;
  switch (info.type) {
    case SettingType::kBool:
      if (!ParseBoolWord(text, &value.boolean)) {
        throw SqlError(sqlstate::kInvalidParameterValue, Format("parameter \"%s\" requires a Boolean value", std::string(info.name).c_str()));
      }
      value.text = value.shown = value.boolean ? "on" : "off";
      break;
    case SettingType::kInteger:
    case SettingType::kReal:
      ParseNumeric(info, text, value);
      break;
    case SettingType::kString:
      value.text = value.shown = text;
      break;
    case SettingType::kEnum:
      ParseEnum(info, text, value);
      break;
  }
  CheckSetting(info, current, value);
  return value;
}

}  // namespace gather::catalog
