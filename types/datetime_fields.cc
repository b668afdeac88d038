#include "types/datetime_fields.h"

#include <cmath>

#include "types/datetime_tokens.h"
#include "types/error.h"

namespace gather {
namespace {

int64_t FloorDays(int64_t micros) {
  const int64_t days = micros / kMicrosPerDay;
  return micros % kMicrosPerDay < 0 ? days - 1 : days;
}

int64_t LocalSeconds(const DateTimeFields& fields) {
  return (DaysFromCivil(fields.year, fields.month, fields.day) + kUnixToPostgresSeconds / 86400) * 86400 + fields.hour * 3600 +
         fields.minute * 60 + fields.second;
}

constexpr int64_t kScales[] = {1000000, 100000, 10000, 1000, 100, 10, 1};

// Half away from zero.
int64_t RoundTo(int64_t micros, int digits) {
  const int64_t scale = kScales[digits];
  return micros >= 0 ? (micros + scale / 2) / scale * scale : -((-micros + scale / 2) / scale * scale);
}

}  // namespace

bool IsValidJulian(int year, int month, int) {
  return (year > -4713 || (year == -4713 && month >= 11)) && (year < 5874898 || (year == 5874898 && month < 6));
}

int DaysInMonth(int year, int month) {
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month == 2 && IsLeapYear(year) ? 29 : kDays[month - 1];
}

int WeekDay(int64_t days_since_2000) { return static_cast<int>(((days_since_2000 + 6) % 7 + 7) % 7); }

bool TimestampToFields(int64_t timestamp, DateTimeFields* fields) {
  const int64_t days = FloorDays(timestamp);
  if (days < kMinDate) return false;
  const CivilDate civil = CivilFromDays(days);
  fields->year = civil.year;
  fields->month = civil.month;
  fields->day = civil.day;
  SplitTime(timestamp - days * kMicrosPerDay, fields);
  fields->zone = 0;
  fields->abbreviation = nullptr;
  return true;
}

bool TimestamptzToFields(int64_t instant, const TimeZone& zone, DateTimeFields* fields) {
  if (FloorDays(instant) < kMinDate) return false;
  const int64_t seconds = instant / kMicrosPerSecond - (instant % kMicrosPerSecond < 0 ? 1 : 0);
  const TimeZone::Local local = zone.At(seconds + kUnixToPostgresSeconds);
  // In two parts: one day beyond either end is still printable, and infinity must not overflow.
  int64_t days = FloorDays(instant);
  int64_t time = instant - days * kMicrosPerDay + local.offset * kMicrosPerSecond;
  if (time < 0) {
    time += kMicrosPerDay;
    --days;
  } else if (time >= kMicrosPerDay) {
    time -= kMicrosPerDay;
    ++days;
  }
  const CivilDate civil = CivilFromDays(days);
  fields->year = civil.year;
  fields->month = civil.month;
  fields->day = civil.day;
  SplitTime(time, fields);
  fields->zone = -local.offset;
  fields->abbreviation = local.abbreviation;
  return true;
}

bool FieldsToTimestamp(const DateTimeFields& fields, const int32_t* zone, int64_t* timestamp) {
  *timestamp = 0;
  if (!IsValidJulian(fields.year, fields.month, fields.day)) return false;
  const int64_t days = DaysFromCivil(fields.year, fields.month, fields.day), time = TimeOfFields(fields);
  int64_t result;
  if (__builtin_mul_overflow(days, kMicrosPerDay, &result) || __builtin_add_overflow(result, time, &result)) return false;
  if (zone != nullptr && __builtin_add_overflow(result, *zone * kMicrosPerSecond, &result)) return false;
  if (!IsValidTimestamp(result)) return false;
  *timestamp = result;
  return true;
}

int32_t ZoneOfFields(const DateTimeFields& fields, const TimeZone& zone) {
  if (!IsValidJulian(fields.year, fields.month, fields.day)) return 0;
  return -zone.AtLocal(LocalSeconds(fields)).offset;
}

int32_t ZoneOfFields(const DateTimeFields& fields, const TimeZone& zone, std::string_view upper_abbreviation) {
  if (!IsValidJulian(fields.year, fields.month, fields.day)) return 0;
  const int64_t local = LocalSeconds(fields);
  const int32_t offset = zone.AtLocal(local).offset;
  TimeZone::Local meaning;
  return zone.MeaningOf(upper_abbreviation, local - offset, &meaning) ? -meaning.offset : -offset;
}

int64_t TimeOfFields(const DateTimeFields& fields) {
  return (static_cast<int64_t>(fields.hour) * 3600 + fields.minute * 60 + fields.second) * kMicrosPerSecond + fields.micros;
}

void SplitTime(int64_t micros_of_day, DateTimeFields* fields) {
  fields->hour = static_cast<int>(micros_of_day / kMicrosPerHour);
  fields->minute = static_cast<int>(micros_of_day / kMicrosPerMinute % 60);
  fields->second = static_cast<int>(micros_of_day / kMicrosPerSecond % 60);
  fields->micros = static_cast<int32_t>(micros_of_day % kMicrosPerSecond);
}

bool TimeOverflows(int hour, int minute, int second, int32_t micros) {
  if (hour < 0 || hour > 24 || minute < 0 || minute >= 60 || second < 0 || second > 60 || micros < 0 || micros > kMicrosPerSecond) return true;
  return (static_cast<int64_t>(hour) * 3600 + minute * 60 + second) * kMicrosPerSecond + micros > kMicrosPerDay;
}

bool FloatTimeOverflows(int hour, int minute, double second) {
  if (hour < 0 || hour > 24 || minute < 0 || minute >= 60) return true;
  if (std::isnan(second)) return true;
  second = std::rint(second * kMicrosPerSecond);
  if (second < 0 || second > 60.0 * kMicrosPerSecond) return true;
  return (static_cast<int64_t>(hour) * 60 + minute) * kMicrosPerMinute + static_cast<int64_t>(second) > kMicrosPerDay;
}

IntervalFields SplitInterval(const Interval& interval) {
  IntervalFields fields;
  fields.year = interval.months / 12;
  fields.month = interval.months % 12;
  fields.day = interval.days;
  fields.hour = interval.micros / kMicrosPerHour;
  fields.minute = static_cast<int>(interval.micros / kMicrosPerMinute % 60);
  fields.second = static_cast<int>(interval.micros / kMicrosPerSecond % 60);
  fields.micros = static_cast<int>(interval.micros % kMicrosPerSecond);
  return fields;
}

bool JoinInterval(const IntervalFields& fields, Interval* interval) {
  const int64_t months = static_cast<int64_t>(fields.year) * 12 + fields.month;
  if (months != static_cast<int32_t>(months)) return false;
  int64_t micros;
  if (__builtin_mul_overflow(fields.hour, kMicrosPerHour, &micros)) return false;
  const int64_t rest = fields.minute * kMicrosPerMinute + fields.second * kMicrosPerSecond + fields.micros;
  if (__builtin_add_overflow(micros, rest, &micros)) return false;
  *interval = {micros, fields.day, static_cast<int32_t>(months)};
  return true;
}

int64_t RoundTimestamp(int64_t timestamp, int32_t typmod) {
  if (typmod == -1 || typmod == 6 || !IsFiniteTimestamp(timestamp)) return timestamp;
  if (typmod < 0 || typmod > 6) {
    throw SqlError(sqlstate::kInvalidParameterValue, Format("timestamp(%d) precision must be between %d and %d", typmod, 0, 6));
  }
  return RoundTo(timestamp, typmod);
}

int64_t RoundTime(int64_t time, int32_t typmod) {
  if (typmod < 0 || typmod > 6) return time;
  return RoundTo(time, typmod);
}

Interval RoundInterval(const Interval& interval, int32_t typmod) {
  if (typmod < 0) return interval;
  const uint32_t range = (typmod >> 16) & 0x7FFF;
  const int precision = typmod & 0xFFFF;
  Interval result = interval;
  // Fields right of the last one of the range become zero; those left of the first stay.
  if (range == kIntervalFullRange || (range & MaskOf(TimeField::kSecond)) != 0) {
    // Fractions are dealt with below.
  } else if ((range & MaskOf(TimeField::kMinute)) != 0) {
    result.micros = result.micros / kMicrosPerMinute * kMicrosPerMinute;
  } else if ((range & MaskOf(TimeField::kHour)) != 0) {
    result.micros = result.micros / kMicrosPerHour * kMicrosPerHour;
  } else if ((range & MaskOf(TimeField::kDay)) != 0) {
    result.micros = 0;
  } else if ((range & MaskOf(TimeField::kMonth)) != 0) {
    result.micros = 0;
    result.days = 0;
  } else if ((range & MaskOf(TimeField::kYear)) != 0) {
    result.micros = 0;
    result.days = 0;
    result.months = result.months / 12 * 12;
  } else {
    ThrowInternal(Format("unrecognized interval typmod: %d", typmod));
  }
  if (precision != kIntervalFullPrecision) {
    if (precision > 6) {
      throw SqlError(sqlstate::kInvalidParameterValue, Format("interval(%d) precision must be between %d and %d", precision, 0, 6));
    }
    result.micros = RoundTo(result.micros, precision);
  }
  return result;
}

void ThrowTimestampOutOfRange() { throw SqlError(sqlstate::kDatetimeFieldOverflow, "timestamp out of range"); }
void ThrowDateOutOfRange() { throw SqlError(sqlstate::kDatetimeFieldOverflow, "date out of range"); }
void ThrowIntervalOutOfRange() { throw SqlError(sqlstate::kDatetimeFieldOverflow, "interval out of range"); }

}  // namespace gather
