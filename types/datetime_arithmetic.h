// Arithmetic of dates, times and intervals, one value at a time: what kernels, series and aggregates share. Follows PostgreSQL digit for
// digit, infinities and range errors (22008) included. Pure; thread-safe.
#pragma once

#include <cstdint>

#include "types/datetime.h"
#include "types/timezone.h"

namespace gather {

// ---- intervals
Interval AddIntervals(const Interval& a, const Interval& b);
Interval SubtractIntervals(const Interval& a, const Interval& b);
Interval NegateInterval(const Interval& interval);
Interval MultiplyInterval(const Interval& interval, double factor);
Interval DivideInterval(const Interval& interval, double divisor);   // 22012
Interval JustifyHours(const Interval& interval);
Interval JustifyDays(const Interval& interval);
Interval JustifyInterval(const Interval& interval);
int CompareIntervals(const Interval& a, const Interval& b);
int CompareTimetz(const TimeTz& a, const TimeTz& b);

// ---- timestamps
int64_t AddToTimestamp(int64_t timestamp, const Interval& interval);
// Months and days are added to the local time in `zone`.
int64_t AddToTimestamptz(int64_t timestamptz, const Interval& interval, const TimeZone& zone);
Interval SubtractTimestamps(int64_t a, int64_t b);
Interval TimestampAge(int64_t a, int64_t b);
Interval TimestamptzAge(int64_t a, int64_t b, const TimeZone& zone);
int64_t BinTimestamp(const Interval& stride, int64_t timestamp, int64_t origin);
// Time of day, moved within the day.
int64_t AddToTime(int64_t time, int64_t micros);

// ---- conversions
int64_t DateToTimestamp(int32_t date);
int64_t DateToTimestamptz(int32_t date, const TimeZone& zone);
int64_t TimestampToTimestamptz(int64_t timestamp, const TimeZone& zone);
int64_t TimestamptzToTimestamp(int64_t timestamptz, const TimeZone& zone);
int32_t TimestampToDate(int64_t timestamp);
int32_t TimestamptzToDate(int64_t timestamptz, const TimeZone& zone);
// Comparisons across types do not raise: a date beyond the timestamps is greater than all of them.
int CompareDateTimestamp(int32_t date, int64_t timestamp);
int CompareDateTimestamptz(int32_t date, int64_t timestamptz, const TimeZone& zone);
int CompareTimestampTimestamptz(int64_t timestamp, int64_t timestamptz, const TimeZone& zone);

// ---- ISO weeks
int IsoWeek(int year, int month, int day);
int IsoYear(int year, int month, int day);
int IsoYearDay(int year, int month, int day);
int64_t FirstDayOfIsoWeek(int iso_year, int week);                  // days since 2000-01-01

}  // namespace gather
