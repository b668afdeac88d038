// Templates of to_char, to_date and to_timestamp, cut into nodes once and used for many rows. Immutable.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gather::catalog {

// A pattern, whatever its spelling: the case of the spelling counts for names only.
enum class DatePattern : uint8_t {
  kMeridianDots, kMeridian, kEraDots, kEra, kCentury, kDayName, kDayOfYear, kDay, kDayShort, kDayOfWeek, kFraction, kFixedMode, kHour24, kHour12,
  kIsoDayOfYear, kIsoDayOfWeek, kIsoWeek, kIsoYear4, kIsoYear3, kIsoYear2, kIsoYear1, kJulian, kMinute, kMonth, kMonthName, kMonthShort,
  kMillisecond, kOffset, kQuarter, kRomanMonth, kSecondOfDay, kSecond, kZoneHour, kZoneMinute, kZone, kMicrosecond, kWeekOfYear, kWeekOfMonth,
  kYearComma, kYear4, kYear3, kYear2, kYear1,
};

enum class Spelling : uint8_t { kUpper, kCapital, kLower };
enum class DateConvention : uint8_t { kNone, kGregorian, kIsoWeek };

struct DateKeyword {
  std::string_view name;
  DatePattern pattern;
  bool digits;                       // the field is made of digits
  DateConvention convention;
  Spelling spelling;
  uint8_t precision;                 // of kFraction
};

struct DateNode {
  enum Kind : uint8_t { kPattern, kText, kSeparator, kSpace } kind;
  const DateKeyword* keyword = nullptr;
  bool fill_mode = false;            // FM
  bool translated = false;           // TM
  char ordinal = 0;                  // 'T' for TH, 't' for th
  std::string_view text;             // one character
};

class DateTemplate {
 public:
  explicit DateTemplate(std::string_view format);
  const std::vector<DateNode>& nodes() const { return nodes_; }
  const std::string& format() const { return format_; }

 private:
  const std::string format_;         // nodes refer to it
  std::vector<DateNode> nodes_;
};

// A separator between fields of input: printable ASCII, but neither letter nor digit.
inline bool IsSeparator(char c) {
  return c > 0x20 && c < 0x7F && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9');
}
// "st", "nd", "rd" or "th" for a number's text; upper case for type 'T'. Raises 22P02 when it does not end in a digit.
std::string_view OrdinalSuffix(std::string_view number, char type);

inline constexpr std::string_view kMonthNames[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
inline constexpr std::string_view kDayNames[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

}  // namespace gather::catalog
