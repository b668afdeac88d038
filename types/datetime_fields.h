// Dates and times broken into fields, their valid ranges, and rounding to a typmod: what input, output and functions share.
//
// Follows PostgreSQL: dates 4714-11-24 BC .. 5874897-12-31, timestamps to 294276-12-31. Pure; thread-safe.
#pragma once

#include <cstdint>

#include "types/datetime.h"
#include "types/timezone.h"

namespace gather {

struct DateTimeFields {
  int year = 0;                        // astronomical: 0 is 1 BC
  int month = 0;
  int day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int32_t micros = 0;
  int weekday = 0;                     // 0 Sunday
  int year_day = 0;                    // 1 January 1st
  int32_t zone = 0;                    // seconds WEST of UTC
  const char* abbreviation = nullptr;  // of the zone, null without one
};

struct IntervalFields {
  int year = 0;
  int month = 0;
  int day = 0;
  int64_t hour = 0;
  int minute = 0;
  int second = 0;
  int micros = 0;
};

inline constexpr int64_t kMinTimestamp = -211813488000000000, kEndTimestamp = 9223371331200000000;
inline constexpr int64_t kMinDate = -kPostgresEpochJulianDay, kEndDate = 2147483494 - kPostgresEpochJulianDay;
inline bool IsValidTimestamp(int64_t timestamp) { return timestamp >= kMinTimestamp && timestamp < kEndTimestamp; }
inline bool IsValidDate(int64_t date) { return date >= kMinDate && date < kEndDate; }
inline bool IsFiniteTimestamp(int64_t timestamp) { return timestamp != kTimestampInfinity && timestamp != kTimestampMinusInfinity; }
inline bool IsFiniteDate(int32_t date) { return date != kDateInfinity && date != kDateMinusInfinity; }
// Roughly what Julian days can say; the exact checks come after rotation to UTC.
bool IsValidJulian(int year, int month, int day);
inline bool IsLeapYear(int year) { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0); }
int DaysInMonth(int year, int month);
int WeekDay(int64_t days_since_2000);  // 0 Sunday
inline int64_t JulianDay(int year, int month, int day) { return DaysFromCivil(year, month, day) + kPostgresEpochJulianDay; }

// Local fields of a timestamp as it stands; false when out of range.
bool TimestampToFields(int64_t timestamp, DateTimeFields* fields);
// Local fields in `zone` of an instant.
bool TimestamptzToFields(int64_t instant, const TimeZone& zone, DateTimeFields* fields);
// The inverse: `zone` seconds west are added when given. False when out of range.
bool FieldsToTimestamp(const DateTimeFields& fields, const int32_t* zone, int64_t* timestamp);
// Seconds WEST of UTC that `zone` has at these local fields.
int32_t ZoneOfFields(const DateTimeFields& fields, const TimeZone& zone);
// The same for an abbreviation that may force standard or daylight time.
int32_t ZoneOfFields(const DateTimeFields& fields, const TimeZone& zone, std::string_view upper_abbreviation);

int64_t TimeOfFields(const DateTimeFields& fields);
void SplitTime(int64_t micros_of_day, DateTimeFields* fields);
// Hours 0..24, seconds 0..60 and not past 24:00:00.
bool TimeOverflows(int hour, int minute, int second, int32_t micros);
bool FloatTimeOverflows(int hour, int minute, double second);

IntervalFields SplitInterval(const Interval& interval);
bool JoinInterval(const IntervalFields& fields, Interval* interval);
// Microseconds as comparison and epoch see an interval: months of 30 days, days of 24 hours.
inline __int128 IntervalSpan(const Interval& interval) {
  return static_cast<__int128>(interval.micros) + (static_cast<__int128>(interval.months) * 30 + interval.days) * kMicrosPerDay;
}

// Rounding to fractional digits; typmod -1 leaves the value alone. Raise 22023 for a typmod that cannot be.
int64_t RoundTimestamp(int64_t timestamp, int32_t typmod);
int64_t RoundTime(int64_t time, int32_t typmod);
Interval RoundInterval(const Interval& interval, int32_t typmod);
inline constexpr int kIntervalFullRange = 0x7FFF, kIntervalFullPrecision = 0xFFFF;

// Raise 22008.
[[noreturn]] void ThrowTimestampOutOfRange();
[[noreturn]] void ThrowDateOutOfRange();
[[noreturn]] void ThrowIntervalOutOfRange();

}  // namespace gather
