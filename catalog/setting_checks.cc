// Settings whose text has a grammar of its own: DateStyle, TimeZone, client_encoding, search_path, application_name …
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <strings.h>

#include "catalog/setting_values.h"
#include "types/error.h"
#include "types/timezone.h"

namespace gather::catalog {

namespace {

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return lower;
}

const char* StyleName(DateStyle style) {
  switch (style) {
    case DateStyle::kIso: return "ISO";
    case DateStyle::kSql: return "SQL";
    case DateStyle::kPostgres: return "Postgres";
    case DateStyle::kGerman: return "German";
  }
  return "ISO";
}

const char* OrderName(DateOrder order) {
  return order == DateOrder::kMdy ? "MDY" : order == DateOrder::kDmy ? "DMY" : "YMD";
}

void CheckDateStyle(const SettingInfo& info, std::string_view current, SettingValue& value) {
  std::vector<std::string> words;
  if (!SplitIdentifierList(value.text, &words)) ThrowInvalidSetting(info, value.text, "List syntax is invalid.");
  DateStyle style;
  DateOrder order;
  ReadDateStyle(current.empty() ? info.default_value : current, &style, &order);
  bool have_style = false, have_order = false;
  const auto take = [&](auto& target, auto wanted, bool& have) {
    if (have && target != wanted) ThrowInvalidSetting(info, value.text, "Conflicting \"datestyle\" specifications.");
    target = wanted;
    have = true;
  };
  for (const std::string& raw : words) {
    const std::string word = LowerCase(raw);
    if (word == "iso") take(style, DateStyle::kIso, have_style);
    else if (word == "sql") take(style, DateStyle::kSql, have_style);
    else if (word.starts_with("postgres")) take(style, DateStyle::kPostgres, have_style);
    else if (word == "german") {
      take(style, DateStyle::kGerman, have_style);
      if (!have_order) order = DateOrder::kDmy;
    } else if (word == "ymd") take(order, DateOrder::kYmd, have_order);
    else if (word == "dmy" || word.starts_with("euro")) take(order, DateOrder::kDmy, have_order);
    else if (word == "mdy" || word == "us" || word.starts_with("noneuro")) take(order, DateOrder::kMdy, have_order);
    else if (word == "default") ReadDateStyle(info.default_value, &style, &order);
    else ThrowInvalidSetting(info, value.text, "Unrecognized key word: \"" + raw + "\".");
  }
  value.text = value.shown = std::string(StyleName(style)) + ", " + OrderName(order);
}

// Encodings PostgreSQL knows for clients, by their names without punctuation.
constexpr const char* kForeignEncodings[] = {"BIG5", "EUC_CN", "EUC_JP", "EUC_JIS_2004", "EUC_KR", "EUC_TW", "GB18030", "GBK", "ISO_8859_5", "ISO_8859_6",
                                             "ISO_8859_7", "ISO_8859_8", "JOHAB", "KOI8R", "KOI8U", "LATIN1", "LATIN2", "LATIN3", "LATIN4", "LATIN5",
                                             "LATIN6", "LATIN7", "LATIN8", "LATIN9", "LATIN10", "MULE_INTERNAL", "SJIS", "SHIFT_JIS_2004", "UHC", "WIN866",
                                             "WIN874", "WIN1250", "WIN1251", "WIN1252", "WIN1253", "WIN1254", "WIN1255", "WIN1256", "WIN1257", "WIN1258"};

std::string EncodingKey(std::string_view text) {
  std::string key;
  for (char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c))) key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return key;
}

void CheckEncoding(const SettingInfo& info, SettingValue& value) {
  const std::string key = EncodingKey(value.text);
  if (key == "utf8" || key == "unicode") {
    value.text = value.shown = "UTF8";
  } else if (key == "sqlascii") {
    value.text = value.shown = "SQL_ASCII";
  } else {
    for (const char* encoding : kForeignEncodings) {
      if (EncodingKey(encoding) == key) ThrowNotSupported(Format("conversion between %s and UTF8 is not supported", encoding));
    }
    ThrowInvalidSetting(info, value.text);
  }
}

}  // namespace

void ReadDateStyle(std::string_view text, DateStyle* style, DateOrder* order) {
  *style = text.starts_with("SQL") ? DateStyle::kSql : text.starts_with("Postgres") ? DateStyle::kPostgres
         : text.starts_with("German") ? DateStyle::kGerman : DateStyle::kIso;
  *order = text.ends_with("DMY") ? DateOrder::kDmy : text.ends_with("YMD") ? DateOrder::kYmd : DateOrder::kMdy;
}

std::shared_ptr<const TimeZone> ReadTimeZone(std::string_view text) {
  const std::string name(text);
  if (strncasecmp(name.c_str(), "interval", 8) == 0) {
    char sign = '+';
    int hours = 0, minutes = 0, seconds = 0;
    const size_t quote = name.find('\'');
    if (quote == std::string::npos) return nullptr;
    const char* at = name.c_str() + quote + 1;
    if (*at == '-' || *at == '+') sign = *at++;
    if (std::sscanf(at, "%d:%d:%d", &hours, &minutes, &seconds) < 1) return nullptr;
    const int32_t offset = hours * 3600 + minutes * 60 + seconds;
    return TimeZone::FixedOffset(sign == '-' ? -offset : offset);
  }
  char* end = nullptr;
  const double hours = std::strtod(name.c_str(), &end);
  if (end != name.c_str() && *end == '\0') {
    if (!(std::abs(hours) <= 168)) return nullptr;
    return TimeZone::FixedOffset(static_cast<int32_t>(std::lrint(hours * 3600)));
  }
  return TimeZone::Find(name);
}

void CheckSetting(const SettingInfo& info, std::string_view current, SettingValue& value) {
  if (info.name == "DateStyle") return CheckDateStyle(info, current, value);
  if (info.name == "TimeZone" || info.name == "log_timezone") {
    const std::shared_ptr<const TimeZone> zone = ReadTimeZone(value.text);
    if (zone == nullptr) ThrowInvalidSetting(info, value.text);
    value.text = value.shown = zone->name();
  } else if (info.name == "client_encoding") {
    CheckEncoding(info, value);
  } else if (info.name == "search_path" || info.name == "temp_tablespaces") {
    std::vector<std::string> names;
    if (!SplitIdentifierList(value.text, &names)) ThrowInvalidSetting(info, value.text, "List syntax is invalid.");
  } else if (info.name == "application_name") {
    if (value.text.size() > 63) value.text.resize(63);
    for (char& c : value.text) {
      if (c < 32 || c > 126) c = '?';
    }
    value.shown = value.text;
  } else if (info.name == "default_table_access_method") {
    if (value.text.empty()) ThrowInvalidSetting(info, value.text, "default_table_access_method cannot be empty.");
    if (value.text != "heap") ThrowInvalidSetting(info, value.text, "Table access method \"" + value.text + "\" does not exist.");
  } else if (info.name == "default_tablespace") {
    if (!value.text.empty() && value.text != "pg_default") ThrowInvalidSetting(info, value.text, "Tablespace \"" + value.text + "\" does not exist.");
  }
}

}  // namespace gather::catalog
