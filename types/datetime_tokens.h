// The words of date and time input and of EXTRACT: months, week days, units, special values, as PostgreSQL spells them.
//
// Words are compared by their first ten characters, so "microseconds" is "microsecon". Immutable; thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace gather {

// What a word, or a part of a value, is. The numbers are PostgreSQL's: interval typmods hold masks of them.
enum class TimeField : uint8_t {
  kReserved = 0, kMonth = 1, kYear = 2, kDay = 3, kJulian = 4, kZone = 5, kDaylightZone = 6, kDynamicZone = 7, kIgnored = 8, kAmPm = 9,
  kHour = 10, kMinute = 11, kSecond = 12, kMillisecond = 13, kMicrosecond = 14, kDayOfYear = 15, kDayOfWeek = 16, kUnits = 17, kEra = 18,
  kAgo = 19, kIsoTime = 23, kWeek = 24, kDecade = 25, kCentury = 26, kMillennium = 27, kDaylightModifier = 28, kUnknown = 31,
};
constexpr uint32_t MaskOf(TimeField field) { return 1u << static_cast<int>(field); }

inline constexpr uint32_t kDateMask = MaskOf(TimeField::kYear) | MaskOf(TimeField::kMonth) | MaskOf(TimeField::kDay);
inline constexpr uint32_t kSecondsMask = MaskOf(TimeField::kSecond) | MaskOf(TimeField::kMillisecond) | MaskOf(TimeField::kMicrosecond);
inline constexpr uint32_t kTimeMask = MaskOf(TimeField::kHour) | MaskOf(TimeField::kMinute) | kSecondsMask;

// The value of a word: a unit, or a special moment.
enum class TimeUnit : uint8_t {
  kNone, kMicrosecond, kMillisecond, kSecond, kMinute, kHour, kDay, kWeek, kMonth, kQuarter, kYear, kDecade, kCentury, kMillennium,
  kJulian, kDayOfWeek, kIsoDayOfWeek, kDayOfYear, kIsoYear, kEpoch, kZone, kZoneHour, kZoneMinute, kTime,
  kMinusInfinity, kInfinity, kNow, kToday, kTomorrow, kYesterday, kZulu,
};

struct TimeWord {
  std::string_view word;
  TimeField field;
  TimeUnit unit;      // of kReserved, kUnits and kIsoTime
  int32_t value;      // month, week day, 0 AD and AM / 1 BC and PM, seconds of a daylight modifier
};

// Words of date and time values. `word` in lower case. Null when unknown.
const TimeWord* FindDateWord(std::string_view word);
// Words of intervals and of EXTRACT's units.
const TimeWord* FindUnitWord(std::string_view word);
// What date_part, date_trunc and kin accept: FindUnitWord, then FindDateWord.
const TimeWord* FindExtractWord(std::string_view lower_case);

}  // namespace gather
