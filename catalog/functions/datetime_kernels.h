// Kernels over date, time, timetz, timestamp, timestamptz and interval, listed in datetime.cc. Strict unless said otherwise.
#pragma once

#include "catalog/functions/kernel.h"

namespace gather::catalog {

// datetime_compare.cc. Time serves time alone, Timestamp both timestamps.
GATHER_KERNEL(DateEqual);
GATHER_KERNEL(DateNotEqual);
GATHER_KERNEL(DateLess);
GATHER_KERNEL(DateLessOrEqual);
GATHER_KERNEL(DateGreater);
GATHER_KERNEL(DateGreaterOrEqual);
GATHER_KERNEL(DateCompare);
GATHER_KERNEL(TimeEqual);
GATHER_KERNEL(TimeNotEqual);
GATHER_KERNEL(TimeLess);
GATHER_KERNEL(TimeLessOrEqual);
GATHER_KERNEL(TimeGreater);
GATHER_KERNEL(TimeGreaterOrEqual);
GATHER_KERNEL(TimeCompare);
GATHER_KERNEL(TimestampEqual);
GATHER_KERNEL(TimestampNotEqual);
GATHER_KERNEL(TimestampLess);
GATHER_KERNEL(TimestampLessOrEqual);
GATHER_KERNEL(TimestampGreater);
GATHER_KERNEL(TimestampGreaterOrEqual);
GATHER_KERNEL(TimestampCompare);
GATHER_KERNEL(TimetzEqual);
GATHER_KERNEL(TimetzNotEqual);
GATHER_KERNEL(TimetzLess);
GATHER_KERNEL(TimetzLessOrEqual);
GATHER_KERNEL(TimetzGreater);
GATHER_KERNEL(TimetzGreaterOrEqual);
GATHER_KERNEL(TimetzCompare);
GATHER_KERNEL(IntervalEqual);
GATHER_KERNEL(IntervalNotEqual);
GATHER_KERNEL(IntervalLess);
GATHER_KERNEL(IntervalLessOrEqual);
GATHER_KERNEL(IntervalGreater);
GATHER_KERNEL(IntervalGreaterOrEqual);
GATHER_KERNEL(IntervalCompare);
GATHER_KERNEL(DateTimestampEqual);
GATHER_KERNEL(DateTimestampNotEqual);
GATHER_KERNEL(DateTimestampLess);
GATHER_KERNEL(DateTimestampLessOrEqual);
GATHER_KERNEL(DateTimestampGreater);
GATHER_KERNEL(DateTimestampGreaterOrEqual);
GATHER_KERNEL(DateTimestampCompare);
GATHER_KERNEL(DateTimestamptzEqual);
GATHER_KERNEL(DateTimestamptzNotEqual);
GATHER_KERNEL(DateTimestamptzLess);
GATHER_KERNEL(DateTimestamptzLessOrEqual);
GATHER_KERNEL(DateTimestamptzGreater);
GATHER_KERNEL(DateTimestamptzGreaterOrEqual);
GATHER_KERNEL(DateTimestamptzCompare);
GATHER_KERNEL(TimestampDateEqual);
GATHER_KERNEL(TimestampDateNotEqual);
GATHER_KERNEL(TimestampDateLess);
GATHER_KERNEL(TimestampDateLessOrEqual);
GATHER_KERNEL(TimestampDateGreater);
GATHER_KERNEL(TimestampDateGreaterOrEqual);
GATHER_KERNEL(TimestampDateCompare);
GATHER_KERNEL(TimestamptzDateEqual);
GATHER_KERNEL(TimestamptzDateNotEqual);
GATHER_KERNEL(TimestamptzDateLess);
GATHER_KERNEL(TimestamptzDateLessOrEqual);
GATHER_KERNEL(TimestamptzDateGreater);
GATHER_KERNEL(TimestamptzDateGreaterOrEqual);
GATHER_KERNEL(TimestamptzDateCompare);
GATHER_KERNEL(TimestampTimestamptzEqual);
GATHER_KERNEL(TimestampTimestamptzNotEqual);
GATHER_KERNEL(TimestampTimestamptzLess);
GATHER_KERNEL(TimestampTimestamptzLessOrEqual);
GATHER_KERNEL(TimestampTimestamptzGreater);
GATHER_KERNEL(TimestampTimestamptzGreaterOrEqual);
GATHER_KERNEL(TimestampTimestamptzCompare);
GATHER_KERNEL(TimestamptzTimestampEqual);
GATHER_KERNEL(TimestamptzTimestampNotEqual);
GATHER_KERNEL(TimestamptzTimestampLess);
GATHER_KERNEL(TimestamptzTimestampLessOrEqual);
GATHER_KERNEL(TimestamptzTimestampGreater);
GATHER_KERNEL(TimestamptzTimestampGreaterOrEqual);
GATHER_KERNEL(TimestamptzTimestampCompare);
GATHER_KERNEL(DateLarger);
GATHER_KERNEL(DateSmaller);
GATHER_KERNEL(TimeLarger);
GATHER_KERNEL(TimeSmaller);
GATHER_KERNEL(TimestampLarger);
GATHER_KERNEL(TimestampSmaller);
GATHER_KERNEL(TimetzLarger);
GATHER_KERNEL(TimetzSmaller);
GATHER_KERNEL(IntervalLarger);
GATHER_KERNEL(IntervalSmaller);
GATHER_KERNEL(OverlapsTime);          // (time, time | interval, time, time | interval); not strict
GATHER_KERNEL(OverlapsTimetz);        // not strict
GATHER_KERNEL(OverlapsTimestamp);     // not strict; an interval end is added to its start
GATHER_KERNEL(OverlapsTimestamptz);   // not strict

// datetime_arithmetic.cc
GATHER_KERNEL(DateMinusDate);
GATHER_KERNEL(DatePlusDays);
GATHER_KERNEL(DaysPlusDate);
GATHER_KERNEL(DateMinusDays);
GATHER_KERNEL(DatePlusInterval);
GATHER_KERNEL(IntervalPlusDate);
GATHER_KERNEL(DateMinusInterval);
GATHER_KERNEL(DatePlusTime);
GATHER_KERNEL(TimePlusDate);
GATHER_KERNEL(DatePlusTimetz);
GATHER_KERNEL(TimetzPlusDate);
GATHER_KERNEL(DatePlusTimeInZone);    // timestamptz(date, time)
GATHER_KERNEL(TimeMinusTime);
GATHER_KERNEL(TimePlusInterval);
GATHER_KERNEL(IntervalPlusTime);
GATHER_KERNEL(TimeMinusInterval);
GATHER_KERNEL(TimetzPlusInterval);
GATHER_KERNEL(IntervalPlusTimetz);
GATHER_KERNEL(TimetzMinusInterval);
GATHER_KERNEL(TimestampMinusTimestamp);
GATHER_KERNEL(TimestampPlusInterval);
GATHER_KERNEL(IntervalPlusTimestamp);
GATHER_KERNEL(TimestampMinusInterval);
GATHER_KERNEL(TimestamptzPlusInterval);
GATHER_KERNEL(IntervalPlusTimestamptz);
GATHER_KERNEL(TimestamptzMinusInterval);
GATHER_KERNEL(IntervalPlusInterval);
GATHER_KERNEL(IntervalMinusInterval);
GATHER_KERNEL(IntervalNegate);
GATHER_KERNEL(IntervalTimesFloat);
GATHER_KERNEL(FloatTimesInterval);
GATHER_KERNEL(IntervalDividedByFloat);
GATHER_KERNEL(IntervalJustifyHours);
GATHER_KERNEL(IntervalJustifyDays);
GATHER_KERNEL(IntervalJustify);
GATHER_KERNEL(AgeOfTimestamps);
GATHER_KERNEL(AgeOfTimestamptzs);
GATHER_KERNEL(AgeOfTimestamp);        // of today's midnight
GATHER_KERNEL(AgeOfTimestamptz);
GATHER_KERNEL(DateBin);

// datetime_extract.cc
GATHER_KERNEL(ExtractDate);
GATHER_KERNEL(ExtractTime);
GATHER_KERNEL(ExtractTimetz);
GATHER_KERNEL(ExtractTimestamp);
GATHER_KERNEL(ExtractTimestamptz);
GATHER_KERNEL(ExtractInterval);
GATHER_KERNEL(DatePartDate);
GATHER_KERNEL(DatePartTime);
GATHER_KERNEL(DatePartTimetz);
GATHER_KERNEL(DatePartTimestamp);
GATHER_KERNEL(DatePartTimestamptz);
GATHER_KERNEL(DatePartInterval);
GATHER_KERNEL(TruncTimestamp);
GATHER_KERNEL(TruncTimestamptz);      // (unit, timestamptz [, zone])
GATHER_KERNEL(TruncInterval);

// datetime_convert.cc: casts, constructors, clocks, zones
GATHER_KERNEL(DateToTimestampCast);
GATHER_KERNEL(DateToTimestamptzCast);
GATHER_KERNEL(TimestampToDateCast);
GATHER_KERNEL(TimestampToTimeCast);
GATHER_KERNEL(TimestampToTimestamptzCast);
GATHER_KERNEL(TimestamptzToDateCast);
GATHER_KERNEL(TimestamptzToTimeCast);
GATHER_KERNEL(TimestamptzToTimetzCast);
GATHER_KERNEL(TimestamptzToTimestampCast);
GATHER_KERNEL(TimeToIntervalCast);
GATHER_KERNEL(TimeToTimetzCast);
GATHER_KERNEL(TimetzToTimeCast);
GATHER_KERNEL(IntervalToTimeCast);
GATHER_KERNEL(TimeScale);
GATHER_KERNEL(TimetzScale);
GATHER_KERNEL(TimestampScale);
GATHER_KERNEL(IntervalScale);
GATHER_KERNEL(DateIsFinite);
GATHER_KERNEL(TimestampIsFinite);
GATHER_KERNEL(IntervalIsFinite);
GATHER_KERNEL(MakeDate);
GATHER_KERNEL(MakeTime);
GATHER_KERNEL(MakeTimestamp);
GATHER_KERNEL(MakeTimestamptz);       // (..., [, zone])
GATHER_KERNEL(MakeInterval);
GATHER_KERNEL(FloatToTimestamptz);
GATHER_KERNEL(Now);
GATHER_KERNEL(StatementTimestamp);
GATHER_KERNEL(ClockTimestamp);
GATHER_KERNEL(TimeOfDay);
GATHER_KERNEL(TimestampAtZone);
GATHER_KERNEL(TimestampAtInterval);
GATHER_KERNEL(TimestamptzAtZone);
GATHER_KERNEL(TimestamptzAtInterval);
GATHER_KERNEL(TimetzAtZone);
GATHER_KERNEL(TimetzAtInterval);

}  // namespace gather::catalog
