#include "types/datetime_arithmetic.h"

#include <climits>
#include <cmath>
#include <cstdlib>

#include "types/datetime_fields.h"
#include "types/error.h"

namespace gather {
namespace {

constexpr int kDaysPerMonth = 30;
constexpr double kSecondsPerDay = 86400;
constexpr int64_t kEndTimestampDate = 109203528 - kPostgresEpochJulianDay;   // the first date without timestamps

int Sign(__int128 value) { return value < 0 ? -1 : value > 0; }

double RoundMicros(double value) { return std::rint(value * 1000000.0) / 1000000.0; }
bool FitsInt32(double value) { return value >= static_cast<double>(INT_MIN) && value < -static_cast<double>(INT_MIN); }
bool FitsInt64(double value) { return value >= static_cast<double>(INT64_MIN) && value < -static_cast<double>(INT64_MIN); }

int32_t CheckedInt32(double value) {
  if (std::isnan(value) || !FitsInt32(value)) ThrowIntervalOutOfRange();
  return static_cast<int32_t>(value);
}

// interval * factor with `scale(x)` = x * factor, or x / divisor: fractions go down to days and microseconds.
template <class Scale>
Interval ScaleInterval(const Interval& interval, Scale scale) {
  Interval result;
  result.months = CheckedInt32(scale(interval.months));
  result.days = CheckedInt32(scale(interval.days));
  const double month_days = RoundMicros((scale(interval.months) - result.months) * kDaysPerMonth);
  double seconds = RoundMicros((scale(interval.days) - result.days + month_days - static_cast<int>(month_days)) * kSecondsPerDay);
  if (std::fabs(seconds) >= kSecondsPerDay) {
    const int days = static_cast<int>(seconds / kSecondsPerDay);
    if (__builtin_add_overflow(result.days, days, &result.days)) ThrowIntervalOutOfRange();
    seconds -= days * kSecondsPerDay;
  }
  if (__builtin_add_overflow(result.days, static_cast<int32_t>(month_days), &result.days)) ThrowIntervalOutOfRange();
  const double micros = std::rint(scale(static_cast<double>(interval.micros)) + seconds * 1000000.0);
  if (std::isnan(micros) || !FitsInt64(micros)) ThrowIntervalOutOfRange();
  result.micros = static_cast<int64_t>(micros);
  return result;
}

void AddMonths(int32_t months, DateTimeFields* fields) {
  int month;
  if (__builtin_add_overflow(fields->month, months, &month)) ThrowTimestampOutOfRange();
  if (month > 12) {
    fields->year += (month - 1) / 12;
    month = (month - 1) % 12 + 1;
  } else if (month < 1) {
    fields->year += month / 12 - 1;
    month = month % 12 + 12;
  }
  fields->month = month;
  const int last = DaysInMonth(fields->year, month);
  if (fields->day > last) fields->day = last;
}

void AddDays(int32_t days, int64_t least, DateTimeFields* fields) {
  const int64_t date = DaysFromCivil(fields->year, fields->month, fields->day) + days;
  if (date < least || date > INT_MAX - kPostgresEpochJulianDay) ThrowTimestampOutOfRange();
  const CivilDate civil = CivilFromDays(date);
  fields->year = civil.year;
  fields->month = civil.month;
  fields->day = civil.day;
}

DateTimeFields FieldsOf(int64_t timestamp) {
  DateTimeFields fields;
  if (!TimestampToFields(timestamp, &fields)) ThrowTimestampOutOfRange();
  return fields;
}
DateTimeFields FieldsOf(int64_t timestamptz, const TimeZone& zone) {
  DateTimeFields fields;
  if (!TimestamptzToFields(timestamptz, zone, &fields)) ThrowTimestampOutOfRange();
  return fields;
}

int64_t AddMicros(int64_t timestamp, int64_t micros) {
  if (__builtin_add_overflow(timestamp, micros, &timestamp) || !IsValidTimestamp(timestamp)) ThrowTimestampOutOfRange();
  return timestamp;
}

Interval AgeOf(const DateTimeFields& a, const DateTimeFields& b, bool negative) {
  IntervalFields age;
  const int sign = negative ? -1 : 1;
  age.micros = sign * (a.micros - b.micros);
  age.second = sign * (a.second - b.second);
  age.minute = sign * (a.minute - b.minute);
  age.hour = sign * (a.hour - b.hour);
  age.day = sign * (a.day - b.day);
  age.month = sign * (a.month - b.month);
  age.year = sign * (a.year - b.year);
  // What is negative borrows from the next field.
  if (age.micros < 0) { age.micros += kMicrosPerSecond; --age.second; }
  if (age.second < 0) { age.second += 60; --age.minute; }
  if (age.minute < 0) { age.minute += 60; --age.hour; }
  if (age.hour < 0) { age.hour += 24; --age.day; }
  const DateTimeFields& earlier = negative ? a : b;
  while (age.day < 0) { age.day += DaysInMonth(earlier.year, earlier.month); --age.month; }
  if (age.month < 0) { age.month += 12; --age.year; }
  if (negative) {
    age.micros = -age.micros;
    age.second = -age.second;
    age.minute = -age.minute;
    age.hour = -age.hour;
    age.day = -age.day;
    age.month = -age.month;
    age.year = -age.year;
  }
  Interval result;
  if (!JoinInterval(age, &result)) ThrowIntervalOutOfRange();
  return result;
}

}  // namespace

Interval AddIntervals(const Interval& a, const Interval& b) {
  Interval result;
  if (__builtin_add_overflow(a.months, b.months, &result.months) || __builtin_add_overflow(a.days, b.days, &result.days) ||
      __builtin_add_overflow(a.micros, b.micros, &result.micros)) {
    ThrowIntervalOutOfRange();
  }
  return result;
}

Interval SubtractIntervals(const Interval& a, const Interval& b) {
  Interval result;
  if (__builtin_sub_overflow(a.months, b.months, &result.months) || __builtin_sub_overflow(a.days, b.days, &result.days) ||
      __builtin_sub_overflow(a.micros, b.micros, &result.micros)) {
    ThrowIntervalOutOfRange();
  }
  return result;
}

Interval NegateInterval(const Interval& interval) { return SubtractIntervals(Interval(), interval); }

Interval MultiplyInterval(const Interval& interval, double factor) {
  return ScaleInterval(interval, [factor](double value) { return value * factor; });
}

Interval DivideInterval(const Interval& interval, double divisor) {
  if (divisor == 0) throw SqlError(sqlstate::kDivisionByZero, "division by zero");
  return ScaleInterval(interval, [divisor](double value) { return value / divisor; });
}

Interval JustifyHours(const Interval& interval) {
  Interval result = interval;
  const int64_t days = result.micros / kMicrosPerDay;
  result.micros -= days * kMicrosPerDay;
  if (__builtin_add_overflow(result.days, static_cast<int32_t>(days), &result.days)) ThrowIntervalOutOfRange();
  if (result.days > 0 && result.micros < 0) {
    result.micros += kMicrosPerDay;
    --result.days;
  } else if (result.days < 0 && result.micros > 0) {
    result.micros -= kMicrosPerDay;
    ++result.days;
  }
  return result;
}

Interval JustifyDays(const Interval& interval) {
  Interval result = interval;
  const int32_t months = result.days / kDaysPerMonth;
  result.days -= months * kDaysPerMonth;
  if (__builtin_add_overflow(result.months, months, &result.months)) ThrowIntervalOutOfRange();
  if (result.months > 0 && result.days < 0) {
    result.days += kDaysPerMonth;
    --result.months;
  } else if (result.months < 0 && result.days > 0) {
    result.days -= kDaysPerMonth;
    ++result.months;
  }
  return result;
}

Interval JustifyInterval(const Interval& interval) {
  Interval result = interval;
  const auto days_to_months = [&result] {
    const int32_t months = result.days / kDaysPerMonth;
    result.days -= months * kDaysPerMonth;
    if (__builtin_add_overflow(result.months, months, &result.months)) ThrowIntervalOutOfRange();
  };
  // Days first where adding hours to them could overflow.
  if ((result.days > 0 && result.micros > 0) || (result.days < 0 && result.micros < 0)) days_to_months();
  const int64_t days = result.micros / kMicrosPerDay;
  result.micros -= days * kMicrosPerDay;
  result.days += static_cast<int32_t>(days);
  days_to_months();
  if (result.months > 0 && (result.days < 0 || (result.days == 0 && result.micros < 0))) {
    result.days += kDaysPerMonth;
    --result.months;
  } else if (result.months < 0 && (result.days > 0 || (result.days == 0 && result.micros > 0))) {
    result.days -= kDaysPerMonth;
    ++result.months;
  }
  if (result.days > 0 && result.micros < 0) {
    result.micros += kMicrosPerDay;
    --result.days;
  } else if (result.days < 0 && result.micros > 0) {
    result.micros -= kMicrosPerDay;
    ++result.days;
  }
  return result;
}

int CompareIntervals(const Interval& a, const Interval& b) { return Sign(IntervalSpan(a) - IntervalSpan(b)); }

int CompareTimetz(const TimeTz& a, const TimeTz& b) {
  const int64_t left = a.micros + a.zone * kMicrosPerSecond, right = b.micros + b.zone * kMicrosPerSecond;
  if (left != right) return left < right ? -1 : 1;
  return a.zone < b.zone ? -1 : a.zone > b.zone;
}

int64_t AddToTimestamp(int64_t timestamp, const Interval& interval) {
  if (!IsFiniteTimestamp(timestamp)) return timestamp;
  if (interval.months != 0 || interval.days != 0) {
    DateTimeFields fields = FieldsOf(timestamp);
    if (interval.months != 0) {
      AddMonths(interval.months, &fields);
      if (!FieldsToTimestamp(fields, nullptr, &timestamp)) ThrowTimestampOutOfRange();
    }
    if (interval.days != 0) {
      AddDays(interval.days, kMinDate, &fields);
      if (!FieldsToTimestamp(fields, nullptr, &timestamp)) ThrowTimestampOutOfRange();
    }
  }
  return AddMicros(timestamp, interval.micros);
}

int64_t AddToTimestamptz(int64_t timestamptz, const Interval& interval, const TimeZone& zone) {
  if (!IsFiniteTimestamp(timestamptz)) return timestamptz;
  if (interval.months != 0) {
    DateTimeFields fields = FieldsOf(timestamptz, zone);
    AddMonths(interval.months, &fields);
    const int32_t offset = ZoneOfFields(fields, zone);
    if (!FieldsToTimestamp(fields, &offset, &timestamptz)) ThrowTimestampOutOfRange();
  }
  if (interval.days != 0) {
    DateTimeFields fields = FieldsOf(timestamptz, zone);
    AddDays(interval.days, kMinDate - 1, &fields);
    const int32_t offset = ZoneOfFields(fields, zone);
    if (!FieldsToTimestamp(fields, &offset, &timestamptz)) ThrowTimestampOutOfRange();
  }
  return AddMicros(timestamptz, interval.micros);
}

Interval SubtractTimestamps(int64_t a, int64_t b) {
  if (!IsFiniteTimestamp(a) || !IsFiniteTimestamp(b)) throw SqlError(sqlstate::kDatetimeFieldOverflow, "cannot subtract infinite timestamps");
  // As PostgreSQL's subtraction: it wraps for spans beyond 292,000 years.
  const int64_t micros = static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
  return JustifyHours({micros, 0, 0});
}

Interval TimestampAge(int64_t a, int64_t b) { return AgeOf(FieldsOf(a), FieldsOf(b), a < b); }
Interval TimestamptzAge(int64_t a, int64_t b, const TimeZone& zone) { return AgeOf(FieldsOf(a, zone), FieldsOf(b, zone), a < b); }

int64_t BinTimestamp(const Interval& stride, int64_t timestamp, int64_t origin) {
  if (!IsFiniteTimestamp(timestamp)) return timestamp;
  if (!IsFiniteTimestamp(origin)) throw SqlError(sqlstate::kDatetimeFieldOverflow, "origin out of range");
  if (stride.months != 0) ThrowNotSupported("timestamps cannot be binned into intervals containing months or years");
  int64_t width, distance;
  if (__builtin_mul_overflow(static_cast<int64_t>(stride.days), kMicrosPerDay, &width) || __builtin_add_overflow(width, stride.micros, &width)) {
    ThrowIntervalOutOfRange();
  }
  if (width <= 0) throw SqlError(sqlstate::kDatetimeFieldOverflow, "stride must be greater than zero");
  if (__builtin_sub_overflow(timestamp, origin, &distance)) ThrowIntervalOutOfRange();
  const int64_t rest = distance % width;
  int64_t result = origin + (distance - rest);
  if (rest < 0 && (__builtin_sub_overflow(result, width, &result) || !IsValidTimestamp(result))) ThrowTimestampOutOfRange();
  return result;
}

int64_t AddToTime(int64_t time, int64_t micros) {
  int64_t result = static_cast<int64_t>(static_cast<uint64_t>(time) + static_cast<uint64_t>(micros));
  result -= result / kMicrosPerDay * kMicrosPerDay;
  return result < 0 ? result + kMicrosPerDay : result;
}

int64_t DateToTimestamp(int32_t date) {
  if (date == kDateInfinity) return kTimestampInfinity;
  if (date == kDateMinusInfinity) return kTimestampMinusInfinity;
  if (date >= kEndTimestampDate) throw SqlError(sqlstate::kDatetimeFieldOverflow, "date out of range for timestamp");
  return date * kMicrosPerDay;
}

int64_t DateToTimestamptz(int32_t date, const TimeZone& zone) {
  const int64_t local = DateToTimestamp(date);
  if (!IsFiniteTimestamp(local)) return local;
  const int64_t result = local - zone.AtLocal((date + kUnixToPostgresSeconds / 86400) * 86400).offset * kMicrosPerSecond;
  if (!IsValidTimestamp(result)) throw SqlError(sqlstate::kDatetimeFieldOverflow, "date out of range for timestamp");
  return result;
}

int64_t TimestampToTimestamptz(int64_t timestamp, const TimeZone& zone) {
  if (!IsFiniteTimestamp(timestamp)) return timestamp;
  const int64_t result = timestamp + ZoneOfFields(FieldsOf(timestamp), zone) * kMicrosPerSecond;
  if (!IsValidTimestamp(result)) ThrowTimestampOutOfRange();
  return result;
}

int64_t TimestamptzToTimestamp(int64_t timestamptz, const TimeZone& zone) {
  if (!IsFiniteTimestamp(timestamptz)) return timestamptz;
  const int64_t result = timestamptz - FieldsOf(timestamptz, zone).zone * kMicrosPerSecond;
  if (!IsValidTimestamp(result)) ThrowTimestampOutOfRange();
  return result;
}

int32_t TimestampToDate(int64_t timestamp) {
  if (timestamp == kTimestampInfinity) return kDateInfinity;
  if (timestamp == kTimestampMinusInfinity) return kDateMinusInfinity;
  const int64_t days = timestamp / kMicrosPerDay;
  return static_cast<int32_t>(timestamp % kMicrosPerDay < 0 ? days - 1 : days);
}

int32_t TimestamptzToDate(int64_t timestamptz, const TimeZone& zone) {
  if (!IsFiniteTimestamp(timestamptz)) return TimestampToDate(timestamptz);
  const DateTimeFields fields = FieldsOf(timestamptz, zone);
  return static_cast<int32_t>(DaysFromCivil(fields.year, fields.month, fields.day));
}

int CompareDateTimestamp(int32_t date, int64_t timestamp) {
  if (IsFiniteDate(date) && date >= kEndTimestampDate) return timestamp == kTimestampInfinity ? -1 : 1;
  const int64_t other = DateToTimestamp(date);
  return other < timestamp ? -1 : other > timestamp;
}

int CompareDateTimestamptz(int32_t date, int64_t timestamptz, const TimeZone& zone) {
  if (!IsFiniteDate(date) || date >= kEndTimestampDate) return CompareDateTimestamp(date, timestamptz);
  const int64_t other = date * kMicrosPerDay - zone.AtLocal((date + kUnixToPostgresSeconds / 86400) * 86400).offset * kMicrosPerSecond;
  if (other >= kEndTimestamp) return timestamptz == kTimestampInfinity ? -1 : 1;
  if (other < kMinTimestamp) return timestamptz == kTimestampMinusInfinity ? 1 : -1;
  return other < timestamptz ? -1 : other > timestamptz;
}

int CompareTimestampTimestamptz(int64_t timestamp, int64_t timestamptz, const TimeZone& zone) {
  int64_t other = timestamp;
  if (IsFiniteTimestamp(timestamp)) {
    other += ZoneOfFields(FieldsOf(timestamp), zone) * kMicrosPerSecond;
    if (other >= kEndTimestamp) return timestamptz == kTimestampInfinity ? -1 : 1;
    if (other < kMinTimestamp) return timestamptz == kTimestampMinusInfinity ? 1 : -1;
  }
  return other < timestamptz ? -1 : other > timestamptz;
}

int64_t FirstDayOfIsoWeek(int iso_year, int week) {
  const int64_t fourth = DaysFromCivil(iso_year, 1, 4);  // always in week 1
  return (week - 1) * int64_t{7} + fourth - WeekDay(fourth - 1);
}

int IsoYear(int year, int month, int day) {
  const int64_t date = DaysFromCivil(year, month, day);
  if (date < FirstDayOfIsoWeek(year, 1)) return year - 1;
  return date >= FirstDayOfIsoWeek(year + 1, 1) ? year + 1 : year;
}

int IsoWeek(int year, int month, int day) {
  return static_cast<int>((DaysFromCivil(year, month, day) - FirstDayOfIsoWeek(IsoYear(year, month, day), 1)) / 7 + 1);
}

int IsoYearDay(int year, int month, int day) {
  return static_cast<int>(DaysFromCivil(year, month, day) - FirstDayOfIsoWeek(IsoYear(year, month, day), 1) + 1);
}

}  // namespace gather
