#include "catalog/functions/format_template.h"

#include "types/error.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

// Searched in this order: longer names stand before their beginnings.
constexpr DateKeyword kKeywords[] = {
    {"A.D.", DatePattern::kEraDots, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"A.M.", DatePattern::kMeridianDots, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"AD", DatePattern::kEra, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"AM", DatePattern::kMeridian, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"B.C.", DatePattern::kEraDots, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"BC", DatePattern::kEra, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"CC", DatePattern::kCentury, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"DAY", DatePattern::kDayName, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"DDD", DatePattern::kDayOfYear, true, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"DD", DatePattern::kDay, true, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"DY", DatePattern::kDayShort, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"Day", DatePattern::kDayName, false, DateConvention::kNone, Spelling::kCapital, 0},
    {"Dy", DatePattern::kDayShort, false, DateConvention::kNone, Spelling::kCapital, 0},
    {"D", DatePattern::kDayOfWeek, true, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"FF1", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kUpper, 1},
    {"FF2", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kUpper, 2},
    {"FF3", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kUpper, 3},
    {"FF4", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kUpper, 4},
    {"FF5", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kUpper, 5},
    {"FF6", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kUpper, 6},
    {"FX", DatePattern::kFixedMode, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"HH24", DatePattern::kHour24, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"HH12", DatePattern::kHour12, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"HH", DatePattern::kHour12, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"IDDD", DatePattern::kIsoDayOfYear, true, DateConvention::kIsoWeek, Spelling::kUpper, 0},
    {"ID", DatePattern::kIsoDayOfWeek, true, DateConvention::kIsoWeek, Spelling::kUpper, 0},
    {"IW", DatePattern::kIsoWeek, true, DateConvention::kIsoWeek, Spelling::kUpper, 0},
    {"IYYY", DatePattern::kIsoYear4, true, DateConvention::kIsoWeek, Spelling::kUpper, 0},
    {"IYY", DatePattern::kIsoYear3, true, DateConvention::kIsoWeek, Spelling::kUpper, 0},
    {"IY", DatePattern::kIsoYear2, true, DateConvention::kIsoWeek, Spelling::kUpper, 0},
    {"I", DatePattern::kIsoYear1, true, DateConvention::kIsoWeek, Spelling::kUpper, 0},
    {"J", DatePattern::kJulian, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"MI", DatePattern::kMinute, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"MM", DatePattern::kMonth, true, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"MONTH", DatePattern::kMonthName, false, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"MON", DatePattern::kMonthShort, false, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"MS", DatePattern::kMillisecond, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"Month", DatePattern::kMonthName, false, DateConvention::kGregorian, Spelling::kCapital, 0},
    {"Mon", DatePattern::kMonthShort, false, DateConvention::kGregorian, Spelling::kCapital, 0},
    {"OF", DatePattern::kOffset, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"P.M.", DatePattern::kMeridianDots, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"PM", DatePattern::kMeridian, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"Q", DatePattern::kQuarter, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"RM", DatePattern::kRomanMonth, false, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"SSSSS", DatePattern::kSecondOfDay, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"SSSS", DatePattern::kSecondOfDay, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"SS", DatePattern::kSecond, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"TZH", DatePattern::kZoneHour, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"TZM", DatePattern::kZoneMinute, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"TZ", DatePattern::kZone, false, DateConvention::kNone, Spelling::kUpper, 0},
    {"US", DatePattern::kMicrosecond, true, DateConvention::kNone, Spelling::kUpper, 0},
    {"WW", DatePattern::kWeekOfYear, true, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"W", DatePattern::kWeekOfMonth, true, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"Y,YYY", DatePattern::kYearComma, true, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"YYYY", DatePattern::kYear4, true, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"YYY", DatePattern::kYear3, true, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"YY", DatePattern::kYear2, true, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"Y", DatePattern::kYear1, true, DateConvention::kGregorian, Spelling::kUpper, 0},
    {"a.d.", DatePattern::kEraDots, false, DateConvention::kNone, Spelling::kLower, 0},
    {"a.m.", DatePattern::kMeridianDots, false, DateConvention::kNone, Spelling::kLower, 0},
    {"ad", DatePattern::kEra, false, DateConvention::kNone, Spelling::kLower, 0},
    {"am", DatePattern::kMeridian, false, DateConvention::kNone, Spelling::kLower, 0},
    {"b.c.", DatePattern::kEraDots, false, DateConvention::kNone, Spelling::kLower, 0},
    {"bc", DatePattern::kEra, false, DateConvention::kNone, Spelling::kLower, 0},
    {"cc", DatePattern::kCentury, true, DateConvention::kNone, Spelling::kLower, 0},
    {"day", DatePattern::kDayName, false, DateConvention::kNone, Spelling::kLower, 0},
    {"ddd", DatePattern::kDayOfYear, true, DateConvention::kGregorian, Spelling::kLower, 0},
    {"dd", DatePattern::kDay, true, DateConvention::kGregorian, Spelling::kLower, 0},
    {"dy", DatePattern::kDayShort, false, DateConvention::kNone, Spelling::kLower, 0},
    {"d", DatePattern::kDayOfWeek, true, DateConvention::kGregorian, Spelling::kLower, 0},
    {"ff1", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kLower, 1},
    {"ff2", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kLower, 2},
    {"ff3", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kLower, 3},
    {"ff4", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kLower, 4},
    {"ff5", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kLower, 5},
    {"ff6", DatePattern::kFraction, true, DateConvention::kNone, Spelling::kLower, 6},
    {"fx", DatePattern::kFixedMode, false, DateConvention::kNone, Spelling::kLower, 0},
    {"hh24", DatePattern::kHour24, true, DateConvention::kNone, Spelling::kLower, 0},
    {"hh12", DatePattern::kHour12, true, DateConvention::kNone, Spelling::kLower, 0},
    {"hh", DatePattern::kHour12, true, DateConvention::kNone, Spelling::kLower, 0},
    {"iddd", DatePattern::kIsoDayOfYear, true, DateConvention::kIsoWeek, Spelling::kLower, 0},
    {"id", DatePattern::kIsoDayOfWeek, true, DateConvention::kIsoWeek, Spelling::kLower, 0},
    {"iw", DatePattern::kIsoWeek, true, DateConvention::kIsoWeek, Spelling::kLower, 0},
    {"iyyy", DatePattern::kIsoYear4, true, DateConvention::kIsoWeek, Spelling::kLower, 0},
    {"iyy", DatePattern::kIsoYear3, true, DateConvention::kIsoWeek, Spelling::kLower, 0},
    {"iy", DatePattern::kIsoYear2, true, DateConvention::kIsoWeek, Spelling::kLower, 0},
    {"i", DatePattern::kIsoYear1, true, DateConvention::kIsoWeek, Spelling::kLower, 0},
    {"j", DatePattern::kJulian, true, DateConvention::kNone, Spelling::kLower, 0},
    {"mi", DatePattern::kMinute, true, DateConvention::kNone, Spelling::kLower, 0},
    {"mm", DatePattern::kMonth, true, DateConvention::kGregorian, Spelling::kLower, 0},
    {"month", DatePattern::kMonthName, false, DateConvention::kGregorian, Spelling::kLower, 0},
    {"mon", DatePattern::kMonthShort, false, DateConvention::kGregorian, Spelling::kLower, 0},
    {"ms", DatePattern::kMillisecond, true, DateConvention::kNone, Spelling::kLower, 0},
    {"of", DatePattern::kOffset, false, DateConvention::kNone, Spelling::kLower, 0},
    {"p.m.", DatePattern::kMeridianDots, false, DateConvention::kNone, Spelling::kLower, 0},
    {"pm", DatePattern::kMeridian, false, DateConvention::kNone, Spelling::kLower, 0},
    {"q", DatePattern::kQuarter, true, DateConvention::kNone, Spelling::kLower, 0},
    {"rm", DatePattern::kRomanMonth, false, DateConvention::kGregorian, Spelling::kLower, 0},
    {"sssss", DatePattern::kSecondOfDay, true, DateConvention::kNone, Spelling::kLower, 0},
    {"ssss", DatePattern::kSecondOfDay, true, DateConvention::kNone, Spelling::kLower, 0},
    {"ss", DatePattern::kSecond, true, DateConvention::kNone, Spelling::kLower, 0},
    {"tzh", DatePattern::kZoneHour, false, DateConvention::kNone, Spelling::kLower, 0},
    {"tzm", DatePattern::kZoneMinute, true, DateConvention::kNone, Spelling::kLower, 0},
    {"tz", DatePattern::kZone, false, DateConvention::kNone, Spelling::kLower, 0},
    {"us", DatePattern::kMicrosecond, true, DateConvention::kNone, Spelling::kLower, 0},
    {"ww", DatePattern::kWeekOfYear, true, DateConvention::kGregorian, Spelling::kLower, 0},
    {"w", DatePattern::kWeekOfMonth, true, DateConvention::kGregorian, Spelling::kLower, 0},
    {"y,yyy", DatePattern::kYearComma, true, DateConvention::kGregorian, Spelling::kLower, 0},
    {"yyyy", DatePattern::kYear4, true, DateConvention::kGregorian, Spelling::kLower, 0},
    {"yyy", DatePattern::kYear3, true, DateConvention::kGregorian, Spelling::kLower, 0},
    {"yy", DatePattern::kYear2, true, DateConvention::kGregorian, Spelling::kLower, 0},
    {"y", DatePattern::kYear1, true, DateConvention::kGregorian, Spelling::kLower, 0},
};

const DateKeyword* FindKeyword(std::string_view rest) {
  for (const DateKeyword& keyword : kKeywords) {
    if (rest.substr(0, keyword.name.size()) == keyword.name) return &keyword;
  }
  return nullptr;
}

}  // namespace

DateTemplate::DateTemplate(std::string_view format) : format_(format) {
  std::string_view rest = format_;
  const auto starts = [&rest](std::string_view upper, std::string_view lower) { return rest.substr(0, 2) == upper || rest.substr(0, 2) == lower; };
  const auto add_character = [&](DateNode::Kind kind) {
    const uint32_t bytes = Utf8FirstBytes(rest);
    DateNode node{kind};
    node.text = rest.substr(0, bytes);
    nodes_.push_back(node);
    rest.remove_prefix(bytes);
  };
  while (!rest.empty()) {
    DateNode node{DateNode::kPattern};
    if (starts("FM", "fm")) {
      node.fill_mode = true;
      rest.remove_prefix(2);
    } else if (starts("TM", "tm")) {
      node.translated = true;
      rest.remove_prefix(2);
    }
    if (rest.empty()) break;
    node.keyword = FindKeyword(rest);
    if (node.keyword != nullptr) {
      rest.remove_prefix(node.keyword->name.size());
      if (rest.substr(0, 2) == "TH" || rest.substr(0, 2) == "th") {
        node.ordinal = rest[0];
        rest.remove_prefix(2);
      } else if (rest.substr(0, 2) == "SP") {
        rest.remove_prefix(2);  // spelled out: known, and without effect
      }
      nodes_.push_back(node);
    } else if (rest[0] == '"') {
      rest.remove_prefix(1);
      while (!rest.empty() && rest[0] != '"') {
        if (rest[0] == '\\' && rest.size() > 1) rest.remove_prefix(1);
        add_character(DateNode::kText);
      }
      if (!rest.empty()) rest.remove_prefix(1);
    } else {
      if (rest[0] == '\\' && rest.size() > 1 && rest[1] == '"') rest.remove_prefix(1);
      const char c = rest[0];
      add_character(IsSeparator(c) ? DateNode::kSeparator : c == ' ' || (c >= '\t' && c <= '\r') ? DateNode::kSpace : DateNode::kText);
    }
  }
}

std::string_view OrdinalSuffix(std::string_view number, char type) {
  char last = number.empty() ? '\0' : number.back();
  if (last < '0' || last > '9') throw SqlError(sqlstate::kInvalidTextRepresentation, "\"" + std::string(number) + "\" is not a number");
  if (number.size() > 1 && number[number.size() - 2] == '1') last = '0';  // 11th, 12th, 13th
  const bool upper = type == 'T';
  switch (last) {
    case '1': return upper ? "ST" : "st";
    case '2': return upper ? "ND" : "nd";
    case '3': return upper ? "RD" : "rd";
    default: return upper ? "TH" : "th";
  }
}

}  // namespace gather::catalog
