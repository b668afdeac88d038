// Dates and times as PostgreSQL has them: proleptic Gregorian, µs since 2000-01-01, infinities at the ends of the range.
#pragma once

#include <cstdint>
#include <limits>

namespace gather {

inline constexpr int64_t kMicrosPerSecond = 1000000;
inline constexpr int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr int64_t kMicrosPerDay = 24 * kMicrosPerHour;
inline constexpr int kPostgresEpochJulianDay = 2451545;           // 2000-01-01
inline constexpr int kUnixEpochJulianDay = 2440588;               // 1970-01-01
inline constexpr int64_t kUnixToPostgresSeconds = 946684800;

inline constexpr int32_t kDateInfinity = std::numeric_limits<int32_t>::max(), kDateMinusInfinity = std::numeric_limits<int32_t>::min();
inline constexpr int64_t kTimestampInfinity = std::numeric_limits<int64_t>::max(), kTimestampMinusInfinity = std::numeric_limits<int64_t>::min();

struct Interval {
  int64_t micros = 0;
  int32_t days = 0;
  int32_t months = 0;
  bool operator==(const Interval&) const = default;               // representation, not SQL's = (which compares the span)
};
static_assert(sizeof(Interval) == 16);

struct TimeTz {
  int64_t micros = 0;                                             // local time of day
  int32_t zone = 0;                                               // seconds WEST of UTC, as PostgreSQL stores it
  int32_t unused = 0;
  bool operator==(const TimeTz&) const = default;
};
static_assert(sizeof(TimeTz) == 16);

struct CivilDate {
  int year;                                                       // astronomical: 0 is 1 BC
  int month;
  int day;
};
CivilDate CivilFromDays(int64_t days_since_2000);
int64_t DaysFromCivil(int year, int month, int day);              // no range check

int64_t NowMicros();                                              // µs since 2000-01-01 UTC

}  // namespace gather
