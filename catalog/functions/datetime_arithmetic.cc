#include "types/datetime_arithmetic.h"

#include "catalog/functions/datetime_kernels.h"
#include "catalog/functions/row_loops.h"
#include "types/datetime_fields.h"
#include "types/error.h"
#include "types/io_settings.h"

namespace gather::catalog {
namespace {

// out = f(a, b) over the arguments in their order, and in the opposite one.
template <class R, class A, class B, class F>
void Map(std::span<const Vector> arguments, uint32_t rows, Vector& result, F f) {
  MapRows<R, A, B>(arguments[0], arguments[1], rows, result, f);
}
template <class R, class A, class B, class F>
void MapSwapped(std::span<const Vector> arguments, uint32_t rows, Vector& result, F f) {
  MapRows<R, A, B>(arguments[1], arguments[0], rows, result, f);
}

int32_t AddDays(int32_t date, int64_t days) {
  if (!IsFiniteDate(date)) return date;
  const int64_t result = date + days;
  if (!IsValidDate(result)) ThrowDateOutOfRange();
  return static_cast<int32_t>(result);
}
int32_t PlusDays(int32_t date, int32_t days) { return AddDays(date, days); }
int32_t MinusDays(int32_t date, int32_t days) { return AddDays(date, -static_cast<int64_t>(days)); }

int64_t AddInterval(int32_t date, const Interval& interval) { return AddToTimestamp(DateToTimestamp(date), interval); }

int64_t AddTime(int32_t date, int64_t time) {
  const int64_t midnight = DateToTimestamp(date);
  if (!IsFiniteTimestamp(midnight)) return midnight;
  const int64_t result = midnight + time;
  if (!IsValidTimestamp(result)) ThrowTimestampOutOfRange();
  return result;
}

int64_t AddTimetz(int32_t date, const TimeTz& time) {
  const int64_t midnight = DateToTimestamp(date);
  if (!IsFiniteTimestamp(midnight)) return midnight;
  const int64_t result = midnight + time.micros + time.zone * kMicrosPerSecond;
  if (!IsValidTimestamp(result)) throw SqlError(sqlstate::kDatetimeFieldOverflow, "date out of range for timestamp");
  return result;
}

int64_t TimePlus(int64_t time, const Interval& interval) { return AddToTime(time, interval.micros); }
TimeTz TimetzPlus(const TimeTz& time, const Interval& interval) { return {AddToTime(time.micros, interval.micros), time.zone, 0}; }

// Midnight of the transaction's day in the session's zone, as a local timestamp.
int64_t Today(const IoSettings& settings) { return DateToTimestamp(TimestamptzToDate(settings.transaction_start, ZoneOf(settings))); }

}  // namespace

GATHER_KERNEL(DateMinusDate) {
  Map<int32_t, int32_t, int32_t>(arguments, rows, result, [](int32_t a, int32_t b) {
    if (!IsFiniteDate(a) || !IsFiniteDate(b)) throw SqlError(sqlstate::kDatetimeFieldOverflow, "cannot subtract infinite dates");
    return static_cast<int32_t>(static_cast<uint32_t>(a) - static_cast<uint32_t>(b));
  });
}
GATHER_KERNEL(DatePlusDays) { Map<int32_t, int32_t, int32_t>(arguments, rows, result, PlusDays); }
GATHER_KERNEL(DaysPlusDate) { MapSwapped<int32_t, int32_t, int32_t>(arguments, rows, result, PlusDays); }
GATHER_KERNEL(DateMinusDays) { Map<int32_t, int32_t, int32_t>(arguments, rows, result, MinusDays); }
GATHER_KERNEL(DatePlusInterval) { Map<int64_t, int32_t, Interval>(arguments, rows, result, AddInterval); }
GATHER_KERNEL(IntervalPlusDate) { MapSwapped<int64_t, int32_t, Interval>(arguments, rows, result, AddInterval); }
GATHER_KERNEL(DateMinusInterval) {
  Map<int64_t, int32_t, Interval>(arguments, rows, result,
                                  [](int32_t date, const Interval& interval) { return AddToTimestamp(DateToTimestamp(date), NegateInterval(interval)); });
}
GATHER_KERNEL(DatePlusTime) { Map<int64_t, int32_t, int64_t>(arguments, rows, result, AddTime); }
GATHER_KERNEL(TimePlusDate) { MapSwapped<int64_t, int32_t, int64_t>(arguments, rows, result, AddTime); }
GATHER_KERNEL(DatePlusTimetz) { Map<int64_t, int32_t, TimeTz>(arguments, rows, result, AddTimetz); }
GATHER_KERNEL(TimetzPlusDate) { MapSwapped<int64_t, int32_t, TimeTz>(arguments, rows, result, AddTimetz); }
GATHER_KERNEL(DatePlusTimeInZone) {
  const TimeZone& zone = ZoneOf(*context.io);
  Map<int64_t, int32_t, int64_t>(arguments, rows, result, [&zone](int32_t date, int64_t time) { return TimestampToTimestamptz(AddTime(date, time), zone); });
}

GATHER_KERNEL(TimeMinusTime) {
  Map<Interval, int64_t, int64_t>(arguments, rows, result, [](int64_t a, int64_t b) { return Interval{a - b, 0, 0}; });
}
GATHER_KERNEL(TimePlusInterval) { Map<int64_t, int64_t, Interval>(arguments, rows, result, TimePlus); }
GATHER_KERNEL(IntervalPlusTime) { MapSwapped<int64_t, int64_t, Interval>(arguments, rows, result, TimePlus); }
GATHER_KERNEL(TimeMinusInterval) {
  Map<int64_t, int64_t, Interval>(arguments, rows, result, [](int64_t time, const Interval& interval) { return AddToTime(time, -interval.micros); });
}
GATHER_KERNEL(TimetzPlusInterval) { Map<TimeTz, TimeTz, Interval>(arguments, rows, result, TimetzPlus); }
GATHER_KERNEL(IntervalPlusTimetz) { MapSwapped<TimeTz, TimeTz, Interval>(arguments, rows, result, TimetzPlus); }
GATHER_KERNEL(TimetzMinusInterval) {
  Map<TimeTz, TimeTz, Interval>(arguments, rows, result, [](const TimeTz& time, const Interval& interval) {
    return TimeTz{AddToTime(time.micros, -interval.micros), time.zone, 0};
  });
}

GATHER_KERNEL(TimestampMinusTimestamp) { Map<Interval, int64_t, int64_t>(arguments, rows, result, SubtractTimestamps); }
GATHER_KERNEL(TimestampPlusInterval) { Map<int64_t, int64_t, Interval>(arguments, rows, result, AddToTimestamp); }
GATHER_KERNEL(IntervalPlusTimestamp) { MapSwapped<int64_t, int64_t, Interval>(arguments, rows, result, AddToTimestamp); }
GATHER_KERNEL(TimestampMinusInterval) {
  Map<int64_t, int64_t, Interval>(arguments, rows, result,
                                  [](int64_t timestamp, const Interval& interval) { return AddToTimestamp(timestamp, NegateInterval(interval)); });
}
GATHER_KERNEL(TimestamptzPlusInterval) {
  const TimeZone& zone = ZoneOf(*context.io);
  Map<int64_t, int64_t, Interval>(arguments, rows, result, [&zone](int64_t instant, const Interval& interval) { return AddToTimestamptz(instant, interval, zone); });
}
GATHER_KERNEL(IntervalPlusTimestamptz) {
  const TimeZone& zone = ZoneOf(*context.io);
  MapSwapped<int64_t, int64_t, Interval>(arguments, rows, result,
                                         [&zone](int64_t instant, const Interval& interval) { return AddToTimestamptz(instant, interval, zone); });
}
GATHER_KERNEL(TimestamptzMinusInterval) {
  const TimeZone& zone = ZoneOf(*context.io);
  Map<int64_t, int64_t, Interval>(arguments, rows, result,
                                  [&zone](int64_t instant, const Interval& interval) { return AddToTimestamptz(instant, NegateInterval(interval), zone); });
}

GATHER_KERNEL(IntervalPlusInterval) { Map<Interval, Interval, Interval>(arguments, rows, result, AddIntervals); }
GATHER_KERNEL(IntervalMinusInterval) { Map<Interval, Interval, Interval>(arguments, rows, result, SubtractIntervals); }
GATHER_KERNEL(IntervalNegate) { MapRows<Interval, Interval>(arguments[0], rows, result, NegateInterval); }
GATHER_KERNEL(IntervalTimesFloat) { Map<Interval, Interval, double>(arguments, rows, result, MultiplyInterval); }
GATHER_KERNEL(FloatTimesInterval) { MapSwapped<Interval, Interval, double>(arguments, rows, result, MultiplyInterval); }
GATHER_KERNEL(IntervalDividedByFloat) { Map<Interval, Interval, double>(arguments, rows, result, DivideInterval); }
GATHER_KERNEL(IntervalJustifyHours) { MapRows<Interval, Interval>(arguments[0], rows, result, JustifyHours); }
GATHER_KERNEL(IntervalJustifyDays) { MapRows<Interval, Interval>(arguments[0], rows, result, JustifyDays); }
GATHER_KERNEL(IntervalJustify) { MapRows<Interval, Interval>(arguments[0], rows, result, JustifyInterval); }

GATHER_KERNEL(AgeOfTimestamps) { Map<Interval, int64_t, int64_t>(arguments, rows, result, TimestampAge); }
GATHER_KERNEL(AgeOfTimestamptzs) {
  const TimeZone& zone = ZoneOf(*context.io);
  Map<Interval, int64_t, int64_t>(arguments, rows, result, [&zone](int64_t a, int64_t b) { return TimestamptzAge(a, b, zone); });
}
GATHER_KERNEL(AgeOfTimestamp) {
  const int64_t today = Today(*context.io);
  MapRows<Interval, int64_t>(arguments[0], rows, result, [today](int64_t timestamp) { return TimestampAge(today, timestamp); });
}
GATHER_KERNEL(AgeOfTimestamptz) {
  const TimeZone& zone = ZoneOf(*context.io);
  const int64_t today = DateToTimestamptz(TimestamptzToDate(context.io->transaction_start, zone), zone);
  MapRows<Interval, int64_t>(arguments[0], rows, result, [today, &zone](int64_t instant) { return TimestamptzAge(today, instant, zone); });
}

GATHER_KERNEL(DateBin) {
  const VectorView strides = arguments[0].View(), timestamps = arguments[1].View(), origins = arguments[2].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    result.data<int64_t>()[row] = BinTimestamp(strides.get<Interval>(row), timestamps.get<int64_t>(row), origins.get<int64_t>(row));
  });
}

}  // namespace gather::catalog
