#include <cmath>
#include <cstdio>
#include <string>

#include "catalog/functions/datetime_kernels.h"
#include "catalog/functions/row_loops.h"
#include "catalog/session_services.h"
#include "types/datetime_arithmetic.h"
#include "types/datetime_fields.h"
#include "types/datetime_format.h"
#include "types/datetime_parse.h"
#include "types/datetime_tokens.h"
#include "types/error.h"
#include "types/io_settings.h"

namespace gather::catalog {
namespace {

constexpr int64_t kEndTimestampSeconds = (109203528 - int64_t{kUnixEpochJulianDay}) * 86400;
constexpr int64_t kMinTimestampSeconds = -int64_t{kUnixEpochJulianDay} * 86400;

// The time of day of a timestamp; false when it has none.
bool TimeOfTimestamp(int64_t timestamp, int64_t* time) {
  if (!IsFiniteTimestamp(timestamp)) return false;
  const int64_t rest = timestamp % kMicrosPerDay;
  *time = rest < 0 ? rest + kMicrosPerDay : rest;
  return true;
}

template <class T>
void Fill(uint32_t rows, Vector& result, T value) {
  T* out = result.data<T>();
  for (uint32_t row = 0; row < rows; ++row) out[row] = value;
}

// Checks year, month and day; a negative year is before Christ. make_date shows the adjusted year, and its limits are the dates'.
int64_t MakeDays(int year, int month, int day, bool show_adjusted) {
  DateTimeFields fields;
  fields.year = year < 0 ? -year : year;
  fields.month = month;
  fields.day = day;
  const bool valid = ValidateDate(kDateMask, false, false, year < 0, &fields) == DateTimeStatus::kOk;
  const std::string text = Format("%d-%02d-%02d", show_adjusted ? fields.year : year, month, day);
  if (!valid) throw SqlError(sqlstate::kDatetimeFieldOverflow, "date field value out of range: " + text);
  const int64_t days = DaysFromCivil(fields.year, fields.month, fields.day);
  if (!IsValidJulian(fields.year, fields.month, fields.day) || (show_adjusted && !IsValidDate(days))) {
    throw SqlError(sqlstate::kDatetimeFieldOverflow, "date out of range: " + text);
  }
  return days;
}

// As %02g prints it, but for PostgreSQL's spelling of what is no number.
std::string SecondText(double second) {
  if (std::isnan(second)) return "NaN";
  if (std::isinf(second)) return second < 0 ? "-Infinity" : "Infinity";
  return Format("%02g", second);
}

int64_t MakeTimeOfDay(int hour, int minute, double second) {
  if (FloatTimeOverflows(hour, minute, second)) {
    throw SqlError(sqlstate::kDatetimeFieldOverflow, Format("time field value out of range: %d:%02d:", hour, minute) + SecondText(second));
  }
  return (hour * int64_t{60} + minute) * kMicrosPerMinute + static_cast<int64_t>(std::rint(second * kMicrosPerSecond));
}

// Arguments year .. sec of row.
int64_t MakeTimestampAt(std::span<const Vector> arguments, uint32_t row) {
  int parts[5];
  for (int i = 0; i < 5; ++i) parts[i] = arguments[i].View().get<int32_t>(row);
  const double second = arguments[5].View().get<double>(row);
  const int64_t days = MakeDays(parts[0], parts[1], parts[2], false);
  const int64_t time = MakeTimeOfDay(parts[3], parts[4], second);
  int64_t result;
  if (__builtin_mul_overflow(days, kMicrosPerDay, &result) || __builtin_add_overflow(result, time, &result) || !IsValidTimestamp(result)) {
    throw SqlError(sqlstate::kDatetimeFieldOverflow,
                   Format("timestamp out of range: %d-%02d-%02d %d:%02d:%02g", parts[0], parts[1], parts[2], parts[3], parts[4], second));
  }
  return result;
}

// make_timestamptz's zone: like input, but a number needs a sign.
int32_t ZoneNamedAt(std::string_view name, const DateTimeFields& fields) {
  if (!name.empty() && name[0] >= '0' && name[0] <= '9') {
    throw SqlError(sqlstate::kInvalidParameterValue, "invalid input syntax for type numeric time zone: \"" + std::string(name) + "\"")
        .Hint("Numeric time zones must have \"-\" or \"+\" as first character.");
  }
  int32_t zone;
  switch (DecodeNumericZone(name, &zone)) {
    case DateTimeStatus::kOk: return zone;
    case DateTimeStatus::kZoneOverflow:
      throw SqlError(sqlstate::kInvalidParameterValue, "numeric time zone \"" + std::string(name) + "\" out of range");
    default: break;
  }
  ZoneChoice choice;
  ChooseZone(name, &choice);
  return ZoneAtFields(choice, fields);
}

// The zone argument of AT TIME ZONE, looked up once when constant.
class RowZone {
 public:
  explicit RowZone(const Vector& names) : names_(names.View()), constant_(names.is_constant()) {}
  const ZoneChoice& At(uint32_t row) {
    if (!chosen_ || !constant_) ChooseZone(StringAt(names_, row), &choice_);
    chosen_ = true;
    return choice_;
  }

 private:
  const VectorView names_;
  const bool constant_;
  bool chosen_ = false;
  ZoneChoice choice_;
};

// Seconds east of an interval zone.
int64_t IntervalZone(const Interval& zone, const IoSettings& settings) {
  if (zone.months != 0 || zone.days != 0) {
    std::string text;
    AppendInterval(zone, settings, text);
    throw SqlError(sqlstate::kInvalidParameterValue, "interval time zone \"" + text + "\" must not include months or days");
  }
  return zone.micros / kMicrosPerSecond;
}

int64_t Checked(int64_t timestamp) {
  if (!IsValidTimestamp(timestamp)) ThrowTimestampOutOfRange();
  return timestamp;
}

TimeTz MoveToZone(const TimeTz& time, int32_t zone) {
  int64_t micros = (time.micros + (time.zone - zone) * kMicrosPerSecond) % kMicrosPerDay;
  if (micros < 0) micros += kMicrosPerDay;
  return {micros, zone, 0};
}

}  // namespace

// ---- casts

GATHER_KERNEL(DateToTimestampCast) { MapRows<int64_t, int32_t>(arguments[0], rows, result, DateToTimestamp); }
GATHER_KERNEL(DateToTimestamptzCast) {
  const TimeZone& zone = ZoneOf(*context.io);
  MapRows<int64_t, int32_t>(arguments[0], rows, result, [&zone](int32_t date) { return DateToTimestamptz(date, zone); });
}
GATHER_KERNEL(TimestampToDateCast) { MapRows<int32_t, int64_t>(arguments[0], rows, result, TimestampToDate); }
GATHER_KERNEL(TimestampToTimeCast) {
  const VectorView values = arguments[0].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    if (!TimeOfTimestamp(values.get<int64_t>(row), &result.data<int64_t>()[row])) result.SetNull(row);
  });
}
GATHER_KERNEL(TimestampToTimestamptzCast) {
  const TimeZone& zone = ZoneOf(*context.io);
  MapRows<int64_t, int64_t>(arguments[0], rows, result, [&zone](int64_t timestamp) { return TimestampToTimestamptz(timestamp, zone); });
}
GATHER_KERNEL(TimestamptzToDateCast) {
  const TimeZone& zone = ZoneOf(*context.io);
  MapRows<int32_t, int64_t>(arguments[0], rows, result, [&zone](int64_t instant) { return TimestamptzToDate(instant, zone); });
}
GATHER_KERNEL(TimestamptzToTimeCast) {
  const TimeZone& zone = ZoneOf(*context.io);
  const VectorView values = arguments[0].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    const int64_t instant = values.get<int64_t>(row);
    DateTimeFields fields;
    if (!IsFiniteTimestamp(instant)) return result.SetNull(row);
    if (!TimestamptzToFields(instant, zone, &fields)) ThrowTimestampOutOfRange();
    result.data<int64_t>()[row] = TimeOfFields(fields);
  });
}
GATHER_KERNEL(TimestamptzToTimetzCast) {
  const TimeZone& zone = ZoneOf(*context.io);
  const VectorView values = arguments[0].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    const int64_t instant = values.get<int64_t>(row);
    DateTimeFields fields;
    if (!IsFiniteTimestamp(instant)) return result.SetNull(row);
    if (!TimestamptzToFields(instant, zone, &fields)) ThrowTimestampOutOfRange();
    result.data<TimeTz>()[row] = {TimeOfFields(fields), fields.zone, 0};
  });
}
GATHER_KERNEL(TimestamptzToTimestampCast) {
  const TimeZone& zone = ZoneOf(*context.io);
  MapRows<int64_t, int64_t>(arguments[0], rows, result, [&zone](int64_t instant) { return TimestamptzToTimestamp(instant, zone); });
}
GATHER_KERNEL(TimeToIntervalCast) {
  MapRows<Interval, int64_t>(arguments[0], rows, result, [](int64_t time) { return Interval{time, 0, 0}; });
}
GATHER_KERNEL(TimeToTimetzCast) {
  // The offset that the session's zone has today at that time.
  const TimeZone& zone = ZoneOf(*context.io);
  DateTimeFields today;
  TimestamptzToFields(context.io->transaction_start, zone, &today);
  MapRows<TimeTz, int64_t>(arguments[0], rows, result, [&](int64_t time) {
    DateTimeFields fields = today;
    SplitTime(time, &fields);
    return TimeTz{time, ZoneOfFields(fields, zone), 0};
  });
}
GATHER_KERNEL(TimetzToTimeCast) { MapRows<int64_t, TimeTz>(arguments[0], rows, result, [](const TimeTz& time) { return time.micros; }); }
GATHER_KERNEL(IntervalToTimeCast) {
  MapRows<int64_t, Interval>(arguments[0], rows, result, [](const Interval& interval) {
    const int64_t rest = interval.micros % kMicrosPerDay;
    return rest < 0 ? rest + kMicrosPerDay : rest;
  });
}

GATHER_KERNEL(TimeScale) { MapRows<int64_t, int64_t, int32_t>(arguments[0], arguments[1], rows, result, RoundTime); }
GATHER_KERNEL(TimetzScale) {
  MapRows<TimeTz, TimeTz, int32_t>(arguments[0], arguments[1], rows, result,
                                   [](const TimeTz& time, int32_t typmod) { return TimeTz{RoundTime(time.micros, typmod), time.zone, 0}; });
}
GATHER_KERNEL(TimestampScale) { MapRows<int64_t, int64_t, int32_t>(arguments[0], arguments[1], rows, result, RoundTimestamp); }
GATHER_KERNEL(IntervalScale) { MapRows<Interval, Interval, int32_t>(arguments[0], arguments[1], rows, result, RoundInterval); }

GATHER_KERNEL(DateIsFinite) { MapRows<uint8_t, int32_t>(arguments[0], rows, result, IsFiniteDate); }
GATHER_KERNEL(TimestampIsFinite) { MapRows<uint8_t, int64_t>(arguments[0], rows, result, IsFiniteTimestamp); }
GATHER_KERNEL(IntervalIsFinite) { Fill<uint8_t>(rows, result, 1); }

// ---- constructors

GATHER_KERNEL(MakeDate) {
  const VectorView years = arguments[0].View(), months = arguments[1].View(), days = arguments[2].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    const int year = years.get<int32_t>(row), month = months.get<int32_t>(row), day = days.get<int32_t>(row);
    result.data<int32_t>()[row] = static_cast<int32_t>(MakeDays(year, month, day, true));
  });
}

GATHER_KERNEL(MakeTime) {
  const VectorView hours = arguments[0].View(), minutes = arguments[1].View(), seconds = arguments[2].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    result.data<int64_t>()[row] = MakeTimeOfDay(hours.get<int32_t>(row), minutes.get<int32_t>(row), seconds.get<double>(row));
  });
}

GATHER_KERNEL(MakeTimestamp) {
  ForValidRows(result, rows, [&](uint32_t row) { result.data<int64_t>()[row] = MakeTimestampAt(arguments, row); });
}

GATHER_KERNEL(MakeTimestamptz) {
  const TimeZone& session_zone = ZoneOf(*context.io);
  ForValidRows(result, rows, [&](uint32_t row) {
    const int64_t local = MakeTimestampAt(arguments, row);
    if (arguments.size() == 6) {
      result.data<int64_t>()[row] = TimestampToTimestamptz(local, session_zone);
      return;
    }
    DateTimeFields fields;
    if (!TimestampToFields(local, &fields)) ThrowTimestampOutOfRange();
    result.data<int64_t>()[row] = Checked(local + ZoneNamedAt(StringAt(arguments[6].View(), row), fields) * kMicrosPerSecond);
  });
}

GATHER_KERNEL(MakeInterval) {
  VectorView views[7];
  for (int i = 0; i < 7; ++i) views[i] = arguments[i].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    const auto number = [&](int i) { return static_cast<int64_t>(views[i].get<int32_t>(row)); };
    const double seconds = views[6].get<double>(row);
    if (!(std::fabs(seconds) < 9e12)) ThrowIntervalOutOfRange();  // NaN and infinities too
    Interval interval;
    // Integers wrap, as in PostgreSQL 15.
    interval.months = static_cast<int32_t>(static_cast<uint32_t>(number(0) * 12 + number(1)));
    interval.days = static_cast<int32_t>(static_cast<uint32_t>(number(2) * 7 + number(3)));
    interval.micros = static_cast<int64_t>(static_cast<uint64_t>(number(4) * kMicrosPerHour + number(5) * kMicrosPerMinute) +
                                           static_cast<uint64_t>(static_cast<int64_t>(std::rint(seconds * kMicrosPerSecond))));
    result.data<Interval>()[row] = interval;
  });
}

GATHER_KERNEL(FloatToTimestamptz) {
  MapRows<int64_t, double>(arguments[0], rows, result, [](double seconds) {
    if (std::isnan(seconds)) throw SqlError(sqlstate::kDatetimeFieldOverflow, "timestamp cannot be NaN");
    if (std::isinf(seconds)) return seconds < 0 ? kTimestampMinusInfinity : kTimestampInfinity;
    const auto throw_range = [seconds] { throw SqlError(sqlstate::kDatetimeFieldOverflow, Format("timestamp out of range: \"%g\"", seconds)); };
    if (seconds < static_cast<double>(kMinTimestampSeconds) || seconds >= static_cast<double>(kEndTimestampSeconds)) throw_range();
    const int64_t result = static_cast<int64_t>(std::rint((seconds - kUnixToPostgresSeconds) * kMicrosPerSecond));
    if (!IsValidTimestamp(result)) throw_range();
    return result;
  });
}

// ---- clocks

GATHER_KERNEL(Now) { Fill<int64_t>(rows, result, context.io->transaction_start); }
GATHER_KERNEL(StatementTimestamp) {
  Fill<int64_t>(rows, result, context.session != nullptr ? context.session->statement_start() : context.io->transaction_start);
}
GATHER_KERNEL(ClockTimestamp) {
  for (uint32_t row = 0; row < rows; ++row) result.data<int64_t>()[row] = NowMicros();
}

GATHER_KERNEL(TimeOfDay) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  for (uint32_t row = 0; row < rows; ++row) {
    DateTimeFields now;
    TimestamptzToFields(NowMicros(), ZoneOf(*context.io), &now);
    const int weekday = WeekDay(DaysFromCivil(now.year, now.month, now.day));
    result.data<StringRef>()[row] =
        result.AddString(Format("%s %s %02d %02d:%02d:%02d.%06d %d %s", kDays[weekday], kMonths[now.month - 1], now.day, now.hour, now.minute, now.second,
                                now.micros, now.year, now.abbreviation));
  }
}

// ---- AT TIME ZONE

GATHER_KERNEL(TimestampAtZone) {
  RowZone zones(arguments[0]);
  const VectorView values = arguments[1].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    const int64_t local = values.get<int64_t>(row);
    int64_t& out = result.data<int64_t>()[row];
    out = local;
    if (!IsFiniteTimestamp(local)) return;
    DateTimeFields fields;
    const ZoneChoice& choice = zones.At(row);
    if (!TimestampToFields(local, &fields)) ThrowTimestampOutOfRange();
    out = Checked(local + ZoneAtFields(choice, fields) * kMicrosPerSecond);
  });
}
GATHER_KERNEL(TimestampAtInterval) {
  MapRows<int64_t, Interval, int64_t>(arguments[0], arguments[1], rows, result, [&](const Interval& zone, int64_t local) {
    return IsFiniteTimestamp(local) ? Checked(local - IntervalZone(zone, *context.io) * kMicrosPerSecond) : local;
  });
}
GATHER_KERNEL(TimestamptzAtZone) {
  RowZone zones(arguments[0]);
  const VectorView values = arguments[1].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    const int64_t instant = values.get<int64_t>(row);
    int64_t& out = result.data<int64_t>()[row];
    out = instant;
    if (IsFiniteTimestamp(instant)) out = Checked(instant - ZoneAtInstant(zones.At(row), instant) * kMicrosPerSecond);
  });
}
GATHER_KERNEL(TimestamptzAtInterval) {
  MapRows<int64_t, Interval, int64_t>(arguments[0], arguments[1], rows, result, [&](const Interval& zone, int64_t instant) {
    return IsFiniteTimestamp(instant) ? Checked(instant + IntervalZone(zone, *context.io) * kMicrosPerSecond) : instant;
  });
}
GATHER_KERNEL(TimetzAtZone) {
  RowZone zones(arguments[0]);
  const VectorView values = arguments[1].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    // The offset is the one of now.
    result.data<TimeTz>()[row] = MoveToZone(values.get<TimeTz>(row), ZoneAtInstant(zones.At(row), context.io->transaction_start));
  });
}
GATHER_KERNEL(TimetzAtInterval) {
  MapRows<TimeTz, Interval, TimeTz>(arguments[0], arguments[1], rows, result, [&](const Interval& zone, const TimeTz& time) {
    return MoveToZone(time, static_cast<int32_t>(-IntervalZone(zone, *context.io)));
  });
}

}  // namespace gather::catalog
