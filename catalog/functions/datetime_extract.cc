// extract() and date_part() share one function per type that yields a field as an exact number and as the double PostgreSQL computes.
// extract() of a constant field fills a numeric vector of scaled integers; infinities and Julian fractions need packed numerics.
#include <cmath>
#include <limits>
#include <memory>
#include <string>

#include "catalog/functions/datetime_kernels.h"
#include "catalog/functions/row_loops.h"
#include "types/datetime_arithmetic.h"
#include "types/datetime_fields.h"
#include "types/datetime_parse.h"
#include "types/datetime_tokens.h"
#include "types/error.h"
#include "types/io_settings.h"
#include "types/numeric.h"

namespace gather::catalog {
namespace {

constexpr int64_t kMicrosToUnixEpoch = kUnixToPostgresSeconds * kMicrosPerSecond;
constexpr int kMaxIdentifier = 63;

// A field's value.
struct Part {
  enum Kind : uint8_t { kNumber, kNull, kInfinity, kMinusInfinity, kJulian, kLateEpoch } kind = kNumber;
  uint8_t scale = 0;               // the value is number / 10^scale
  __int128 number = 0;             // kJulian: the day << 64 | microseconds of the day; kLateEpoch: microseconds beyond int64
  double real = 0;                 // date_part's result
};

Part Whole(int64_t number) { return {Part::kNumber, 0, number, static_cast<double>(number)}; }
Part Scaled(__int128 number, int scale, double real) { return {Part::kNumber, static_cast<uint8_t>(scale), number, real}; }

// The field's word, and how it was spelled.
struct Field {
  const TimeWord* word = nullptr;
  std::string name;
  TimeUnit unit() const { return word->unit; }
  bool known() const { return word != nullptr && (word->field == TimeField::kUnits || word->field == TimeField::kReserved); }
};

Field FieldNamed(std::string_view name, bool units_only) {
  Field field;
  field.name = name.substr(0, kMaxIdentifier);
  for (char& c : field.name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  field.word = units_only ? FindUnitWord(field.name) : FindExtractWord(field.name);
  return field;
}

[[noreturn]] void ThrowUnknown(const Field& field, const char* type) {
  throw SqlError(sqlstate::kInvalidParameterValue, "unit \"" + field.name + "\" not recognized for type " + type);
}
[[noreturn]] void ThrowUnsupported(const Field& field, const char* type) {
  throw SqlError(sqlstate::kFeatureNotSupported, "unit \"" + field.name + "\" not supported for type " + type);
}

// ---- fields of dates

int YearPart(int year) { return year > 0 ? year : year - 1; }
int DecadePart(int year) { return year >= 0 ? year / 10 : -((8 - (year - 1)) / 10); }
int CenturyPart(int year) { return year > 0 ? (year + 99) / 100 : -((99 - (year - 1)) / 100); }
int MillenniumPart(int year) { return year > 0 ? (year + 999) / 1000 : -((999 - (year - 1)) / 1000); }

// Fields that a calendar day has; false for others.
bool DayPart(TimeUnit unit, int year, int month, int day, int64_t* value) {
  switch (unit) {
    case TimeUnit::kDay: *value = day; return true;
    case TimeUnit::kMonth: *value = month; return true;
    case TimeUnit::kQuarter: *value = (month - 1) / 3 + 1; return true;
    case TimeUnit::kWeek: *value = IsoWeek(year, month, day); return true;
    case TimeUnit::kYear: *value = YearPart(year); return true;
    case TimeUnit::kDecade: *value = DecadePart(year); return true;
    case TimeUnit::kCentury: *value = CenturyPart(year); return true;
    case TimeUnit::kMillennium: *value = MillenniumPart(year); return true;
    case TimeUnit::kIsoYear: *value = YearPart(IsoYear(year, month, day)); return true;
    case TimeUnit::kDayOfWeek: *value = WeekDay(DaysFromCivil(year, month, day)); return true;
    case TimeUnit::kIsoDayOfWeek: *value = (WeekDay(DaysFromCivil(year, month, day)) + 6) % 7 + 1; return true;
    case TimeUnit::kDayOfYear: *value = DaysFromCivil(year, month, day) - DaysFromCivil(year, 1, 1) + 1; return true;
    default: return false;
  }
}

// Fields that a time of day has.
bool ClockPart(TimeUnit unit, int64_t hour, int minute, int second, int micros, Part* part) {
  const int64_t with_micros = second * kMicrosPerSecond + micros;
  switch (unit) {
    case TimeUnit::kMicrosecond: *part = Whole(with_micros); return true;
    case TimeUnit::kMillisecond: *part = Scaled(with_micros, 3, second * 1000.0 + micros / 1000.0); return true;
    case TimeUnit::kSecond: *part = Scaled(with_micros, 6, second + micros / 1000000.0); return true;
    case TimeUnit::kMinute: *part = Whole(minute); return true;
    case TimeUnit::kHour: *part = Whole(hour); return true;
    default: return false;
  }
}

bool ZonePart(TimeUnit unit, int32_t zone, Part* part) {
  switch (unit) {
    case TimeUnit::kZone: *part = Whole(-zone); return true;
    case TimeUnit::kZoneMinute: *part = Whole(-zone / 60 % 60); return true;
    case TimeUnit::kZoneHour: *part = Whole(-zone / 3600); return true;
    default: return false;
  }
}

// Of infinity: null for fields that come round again, infinity for those that only grow.
Part InfinitePart(const Field& field, bool negative, bool with_time, const char* type) {
  switch (field.unit()) {
    case TimeUnit::kDay:
    case TimeUnit::kMonth:
    case TimeUnit::kQuarter:
    case TimeUnit::kWeek:
    case TimeUnit::kDayOfWeek:
    case TimeUnit::kIsoDayOfWeek:
    case TimeUnit::kDayOfYear:
      return {Part::kNull};
    case TimeUnit::kMicrosecond:
    case TimeUnit::kMillisecond:
    case TimeUnit::kSecond:
    case TimeUnit::kMinute:
    case TimeUnit::kHour:
    case TimeUnit::kZone:
    case TimeUnit::kZoneMinute:
    case TimeUnit::kZoneHour:
      if (!with_time) ThrowUnsupported(field, type);
      return {Part::kNull};
    case TimeUnit::kYear:
    case TimeUnit::kDecade:
    case TimeUnit::kCentury:
    case TimeUnit::kMillennium:
    case TimeUnit::kJulian:
    case TimeUnit::kIsoYear:
    case TimeUnit::kEpoch: {
      const double infinity = std::numeric_limits<double>::infinity();
      return {negative ? Part::kMinusInfinity : Part::kInfinity, 0, 0, negative ? -infinity : infinity};
    }
    default: ThrowUnsupported(field, type);
  }
}

Part PartOfDate(const Field& field, int32_t date) {
  constexpr const char* kType = "date";
  if (!field.known()) ThrowUnknown(field, kType);
  if (!IsFiniteDate(date)) return InfinitePart(field, date == kDateMinusInfinity, false, kType);
  if (field.unit() == TimeUnit::kJulian) return Whole(date + int64_t{kPostgresEpochJulianDay});
  if (field.unit() == TimeUnit::kEpoch) return Whole(date * int64_t{86400} + kUnixToPostgresSeconds);
  const CivilDate civil = CivilFromDays(date);
  int64_t value;
  if (!DayPart(field.unit(), civil.year, civil.month, civil.day, &value)) ThrowUnsupported(field, kType);
  return Whole(value);
}

Part PartOfFields(const Field& field, int64_t timestamp, const DateTimeFields& fields, bool with_zone, const char* type) {
  if (field.unit() == TimeUnit::kEpoch) {
    const __int128 micros = static_cast<__int128>(timestamp) + kMicrosToUnixEpoch;
    const bool fits = timestamp < std::numeric_limits<int64_t>::max() - kMicrosToUnixEpoch;
    const double real = fits ? static_cast<double>(static_cast<int64_t>(micros)) / 1000000.0
                             : (static_cast<double>(timestamp) + static_cast<double>(kMicrosToUnixEpoch)) / 1000000.0;
    if (!fits) return {Part::kLateEpoch, 0, micros, real};
    return Scaled(micros, 6, real);
  }
  if (field.word->field == TimeField::kReserved) ThrowUnsupported(field, type);
  if (field.unit() == TimeUnit::kJulian) {
    const int64_t julian = JulianDay(fields.year, fields.month, fields.day);
    const double seconds = fields.hour * 3600 + fields.minute * 60 + fields.second + fields.micros / 1000000.0;
    return {Part::kJulian, 0, static_cast<__int128>(julian) << 64 | TimeOfFields(fields), julian + seconds / 86400.0};
  }
  Part part;
  if (ClockPart(field.unit(), fields.hour, fields.minute, fields.second, fields.micros, &part)) return part;
  if (with_zone && ZonePart(field.unit(), fields.zone, &part)) return part;
  int64_t value;
  if (!DayPart(field.unit(), fields.year, fields.month, fields.day, &value)) ThrowUnsupported(field, type);
  return Whole(value);
}

Part PartOfTimestamp(const Field& field, int64_t timestamp) {
  constexpr const char* kType = "timestamp without time zone";
  if (!field.known()) ThrowUnknown(field, kType);
  if (!IsFiniteTimestamp(timestamp)) return InfinitePart(field, timestamp == kTimestampMinusInfinity, true, kType);
  DateTimeFields fields;
  if (!TimestampToFields(timestamp, &fields)) ThrowTimestampOutOfRange();
  return PartOfFields(field, timestamp, fields, false, kType);
}

Part PartOfTimestamptz(const Field& field, int64_t timestamptz, const TimeZone& zone) {
  constexpr const char* kType = "timestamp with time zone";
  if (!field.known()) ThrowUnknown(field, kType);
  if (!IsFiniteTimestamp(timestamptz)) return InfinitePart(field, timestamptz == kTimestampMinusInfinity, true, kType);
  DateTimeFields fields;
  if (!TimestamptzToFields(timestamptz, zone, &fields)) ThrowTimestampOutOfRange();
  return PartOfFields(field, timestamptz, fields, true, kType);
}

Part PartOfTime(const Field& field, int64_t time) {
  constexpr const char* kType = "time without time zone";
  if (!field.known()) ThrowUnknown(field, kType);
  if (field.word->field == TimeField::kReserved) {
    if (field.unit() != TimeUnit::kEpoch) ThrowUnknown(field, kType);
    return Scaled(time, 6, time / 1000000.0);
  }
  DateTimeFields fields;
  SplitTime(time, &fields);
  Part part;
  if (!ClockPart(field.unit(), fields.hour, fields.minute, fields.second, fields.micros, &part)) ThrowUnsupported(field, kType);
  return part;
}

Part PartOfTimetz(const Field& field, const TimeTz& time) {
  constexpr const char* kType = "time with time zone";
  if (!field.known()) ThrowUnknown(field, kType);
  if (field.word->field == TimeField::kReserved) {
    if (field.unit() != TimeUnit::kEpoch) ThrowUnknown(field, kType);
    return Scaled(time.micros + time.zone * kMicrosPerSecond, 6, time.micros / 1000000.0 + time.zone);
  }
  DateTimeFields fields;
  SplitTime(time.micros, &fields);
  Part part;
  if (!ClockPart(field.unit(), fields.hour, fields.minute, fields.second, fields.micros, &part) && !ZonePart(field.unit(), time.zone, &part)) {
    ThrowUnsupported(field, kType);
  }
  return part;
}

Part PartOfInterval(const Field& field, const Interval& interval) {
  constexpr const char* kType = "interval";
  if (!field.known()) ThrowUnknown(field, kType);
  if (field.word->field == TimeField::kReserved) {
    if (field.unit() != TimeUnit::kEpoch) ThrowUnknown(field, kType);
    // Years of 365.25 days, months of 30.
    const int64_t quarter_days = int64_t{1461} * (interval.months / 12) + int64_t{120} * (interval.months % 12) + int64_t{4} * interval.days;
    const __int128 micros = static_cast<__int128>(quarter_days) * 21600 * kMicrosPerSecond + interval.micros;
    double real = interval.micros / 1000000.0;
    real += 365.25 * 86400 * (interval.months / 12);
    real += 30.0 * 86400 * (interval.months % 12);
    real += 86400.0 * interval.days;
    return Scaled(micros, 6, real);
  }
  const IntervalFields fields = SplitInterval(interval);
  Part part;
  if (ClockPart(field.unit(), fields.hour, fields.minute, fields.second, fields.micros, &part)) return part;
  switch (field.unit()) {
    case TimeUnit::kDay: return Whole(fields.day);
    case TimeUnit::kMonth: return Whole(fields.month);
    case TimeUnit::kQuarter: return Whole(fields.month / 3 + 1);
    case TimeUnit::kYear: return Whole(fields.year);
    case TimeUnit::kDecade: return Whole(fields.year / 10);
    case TimeUnit::kCentury: return Whole(fields.year / 100);
    case TimeUnit::kMillennium: return Whole(fields.year / 1000);
    default: ThrowUnsupported(field, kType);
  }
}

// ---- results

std::string Packed(const Part& part) {
  switch (part.kind) {
    case Part::kInfinity: return ParseNumeric("Infinity", -1);
    case Part::kMinusInfinity: return ParseNumeric("-Infinity", -1);
    case Part::kJulian: {
      const int64_t micros = static_cast<int64_t>(part.number), day = static_cast<int64_t>(part.number >> 64);
      return NumericAdd(NumericFromInt64(day), NumericDivide(NumericFromInt64(micros), NumericFromInt64(kMicrosPerDay)));
    }
    // By numeric division, whose quotient has too few digits here: so has PostgreSQL's.
    case Part::kLateEpoch: return NumericRound(NumericDivide(PackNumeric(part.number, 0), NumericFromInt64(kMicrosPerSecond)), 6);
    default: return PackNumeric(part.number, part.scale);
  }
}

constexpr int kInt64Digits = 18;
constexpr int64_t kInt64Limit = 1000000000000000000;

// extract(): arguments (field, value); part(field, row) for rows that are not null.
template <class PartAt>
void Extract(std::span<const Vector> arguments, uint32_t rows, Vector& result, PartAt part_at) {
  const VectorView names = arguments[0].View();
  if (arguments[0].is_constant() && !arguments[0].IsNull(0)) {
    const Field field = FieldNamed(StringAt(names, 0), false);
    // One field has one scale: integers do, until a row needs more.
    SetNumericShape(result, PhysicalType::kInt64, {0, kInt64Digits}, rows);
    int64_t* out = result.data<int64_t>();
    bool integers = true;
    int scale = -1;
    ForValidRows(result, rows, [&](uint32_t row) {
      if (!integers) return;
      const Part part = part_at(field, row);
      if (part.kind != Part::kNumber || part.number >= kInt64Limit || part.number <= -kInt64Limit) {
        integers = false;
        return;
      }
      out[row] = static_cast<int64_t>(part.number);
      scale = part.scale;
    });
    if (integers) {
      result.set_shape({static_cast<int16_t>(scale < 0 ? 0 : scale), kInt64Digits});
      return;
    }
    SetNumericShape(result, PhysicalType::kString, {}, rows);
    ForValidRows(result, rows, [&](uint32_t row) {
      const Part part = part_at(field, row);
      if (part.kind == Part::kNull) return result.SetNull(row);
      result.data<StringRef>()[row] = result.AddString(Packed(part));
    });
    return;
  }
  SetNumericShape(result, PhysicalType::kString, {}, rows);
  ForValidRows(result, rows, [&](uint32_t row) {
    const Part part = part_at(FieldNamed(StringAt(names, row), false), row);
    if (part.kind == Part::kNull) return result.SetNull(row);
    result.data<StringRef>()[row] = result.AddString(Packed(part));
  });
}

// date_part()
template <class PartAt>
void DatePart(std::span<const Vector> arguments, uint32_t rows, Vector& result, PartAt part_at) {
  const VectorView names = arguments[0].View();
  const bool constant = arguments[0].is_constant() && !arguments[0].IsNull(0);
  Field field;
  if (constant) field = FieldNamed(StringAt(names, 0), false);
  ForValidRows(result, rows, [&](uint32_t row) {
    if (!constant) field = FieldNamed(StringAt(names, row), false);
    const Part part = part_at(field, row);
    if (part.kind == Part::kNull) return result.SetNull(row);
    result.data<double>()[row] = part.real;
  });
}

// ---- date_trunc

// The first year of the millennium, century or decade.
int TruncYear(TimeUnit unit, int year) {
  switch (unit) {
    case TimeUnit::kMillennium: return year > 0 ? (year + 999) / 1000 * 1000 - 999 : -((999 - (year - 1)) / 1000) * 1000 + 1;
    case TimeUnit::kCentury: return year > 0 ? (year + 99) / 100 * 100 - 99 : -((99 - (year - 1)) / 100) * 100 + 1;
    case TimeUnit::kDecade: return year > 0 ? year / 10 * 10 : -((8 - (year - 1)) / 10) * 10;
    default: return year;
  }
}

// Clears the fields below `unit`. False for a unit that cannot be truncated to; *day_or_more: the offset may change with the date.
bool TruncFields(TimeUnit unit, DateTimeFields* fields, bool* day_or_more) {
  *day_or_more = true;
  switch (unit) {
    case TimeUnit::kWeek: {
      const int64_t date = DaysFromCivil(fields->year, fields->month, fields->day);
      const CivilDate monday = CivilFromDays(date - (WeekDay(date) + 6) % 7);
      fields->year = monday.year;
      fields->month = monday.month;
      fields->day = monday.day;
      break;
    }
    case TimeUnit::kMillennium:
    case TimeUnit::kCentury:
    case TimeUnit::kDecade:
    case TimeUnit::kYear:
      fields->year = TruncYear(unit, fields->year);
      fields->month = 1;
      fields->day = 1;
      break;
    case TimeUnit::kQuarter:
      fields->month = (fields->month - 1) / 3 * 3 + 1;
      fields->day = 1;
      break;
    case TimeUnit::kMonth: fields->day = 1; break;
    case TimeUnit::kDay: break;
    case TimeUnit::kHour:
      *day_or_more = false;
      fields->minute = fields->second = fields->micros = 0;
      return true;
    case TimeUnit::kMinute:
      *day_or_more = false;
      fields->second = fields->micros = 0;
      return true;
    case TimeUnit::kSecond:
      *day_or_more = false;
      fields->micros = 0;
      return true;
    case TimeUnit::kMillisecond:
      *day_or_more = false;
      fields->micros = fields->micros / 1000 * 1000;
      return true;
    case TimeUnit::kMicrosecond:
      *day_or_more = false;
      return true;
    default: return false;
  }
  fields->hour = fields->minute = fields->second = fields->micros = 0;
  return true;
}

int64_t Trunc(const Field& field, int64_t timestamp) {
  constexpr const char* kType = "timestamp without time zone";
  if (!IsFiniteTimestamp(timestamp)) return timestamp;
  if (field.word == nullptr || field.word->field != TimeField::kUnits) ThrowUnknown(field, kType);
  DateTimeFields fields;
  bool day_or_more;
  if (!TimestampToFields(timestamp, &fields)) ThrowTimestampOutOfRange();
  if (!TruncFields(field.unit(), &fields, &day_or_more)) ThrowUnsupported(field, kType);
  int64_t result;
  if (!FieldsToTimestamp(fields, nullptr, &result)) ThrowTimestampOutOfRange();
  return result;
}

int64_t Trunc(const Field& field, int64_t timestamptz, const TimeZone& zone) {
  constexpr const char* kType = "timestamp with time zone";
  if (!IsFiniteTimestamp(timestamptz)) return timestamptz;
  if (field.word == nullptr || field.word->field != TimeField::kUnits) ThrowUnknown(field, kType);
  DateTimeFields fields;
  bool day_or_more;
  if (!TimestamptzToFields(timestamptz, zone, &fields)) ThrowTimestampOutOfRange();
  if (!TruncFields(field.unit(), &fields, &day_or_more)) ThrowUnsupported(field, kType);
  const int32_t offset = day_or_more ? ZoneOfFields(fields, zone) : fields.zone;
  if (!FieldsToTimestamp(fields, &offset, &timestamptz)) ThrowTimestampOutOfRange();
  return timestamptz;
}

Interval Trunc(const Field& field, const Interval& interval) {
  constexpr const char* kType = "interval";
  if (field.word == nullptr || field.word->field != TimeField::kUnits) ThrowUnknown(field, kType);
  IntervalFields fields = SplitInterval(interval);
  switch (field.unit()) {
    case TimeUnit::kMillennium: fields.year = fields.year / 1000 * 1000; [[fallthrough]];
    case TimeUnit::kCentury: fields.year = fields.year / 100 * 100; [[fallthrough]];
    case TimeUnit::kDecade: fields.year = fields.year / 10 * 10; [[fallthrough]];
    case TimeUnit::kYear: fields.month = 0; [[fallthrough]];
    case TimeUnit::kQuarter: fields.month = fields.month / 3 * 3; [[fallthrough]];
    case TimeUnit::kMonth: fields.day = 0; [[fallthrough]];
    case TimeUnit::kDay: fields.hour = 0; [[fallthrough]];
    case TimeUnit::kHour: fields.minute = 0; [[fallthrough]];
    case TimeUnit::kMinute: fields.second = 0; [[fallthrough]];
    case TimeUnit::kSecond: fields.micros = 0; break;
    case TimeUnit::kMillisecond: fields.micros = fields.micros / 1000 * 1000; break;
    case TimeUnit::kMicrosecond: break;
    case TimeUnit::kWeek:
      throw SqlError(sqlstate::kFeatureNotSupported, "unit \"" + field.name + "\" not supported for type interval").Detail("Months usually have fractional weeks.");
    default: ThrowUnsupported(field, kType);
  }
  Interval result;
  if (!JoinInterval(fields, &result)) ThrowIntervalOutOfRange();
  return result;
}

// f(field, row): the field of every row, looked up once when constant.
template <class F>
void ForFields(std::span<const Vector> arguments, uint32_t rows, const Vector& result, F f) {
  const VectorView names = arguments[0].View();
  const bool constant = arguments[0].is_constant() && !arguments[0].IsNull(0);
  Field field;
  if (constant) field = FieldNamed(StringAt(names, 0), true);
  ForValidRows(result, rows, [&](uint32_t row) {
    if (!constant) field = FieldNamed(StringAt(names, row), true);
    f(field, row);
  });
}

}  // namespace

#define GATHER_PARTS(Type, T, part)                                                                                                       \
  GATHER_KERNEL(Extract##Type) {                                                                                                          \
    const VectorView values = arguments[1].View();                                                                                        \
    Extract(arguments, rows, result, [&](const Field& field, uint32_t row) { const T& value = values.get<T>(row); return part; });         \
  }                                                                                                                                       \
  GATHER_KERNEL(DatePart##Type) {                                                                                                         \
    const VectorView values = arguments[1].View();                                                                                        \
    DatePart(arguments, rows, result, [&](const Field& field, uint32_t row) { const T& value = values.get<T>(row); return part; });        \
  }
GATHER_PARTS(Time, int64_t, PartOfTime(field, value))
GATHER_PARTS(Timetz, TimeTz, PartOfTimetz(field, value))
GATHER_PARTS(Timestamp, int64_t, PartOfTimestamp(field, value))
GATHER_PARTS(Timestamptz, int64_t, PartOfTimestamptz(field, value, ZoneOf(*context.io)))
GATHER_PARTS(Interval, Interval, PartOfInterval(field, value))
#undef GATHER_PARTS

GATHER_KERNEL(ExtractDate) {
  const VectorView values = arguments[1].View();
  // Year, month and day of a date are what queries ask for: straight to integers.
  if (arguments[0].is_constant() && !arguments[0].IsNull(0)) {
    const Field field = FieldNamed(StringAt(arguments[0].View(), 0), false);
    if (field.known() && (field.unit() == TimeUnit::kYear || field.unit() == TimeUnit::kMonth || field.unit() == TimeUnit::kDay)) {
      bool finite = true;
      SetNumericShape(result, PhysicalType::kInt64, {0, 7}, rows);
      int64_t* out = result.data<int64_t>();
      ForValidRows(result, rows, [&](uint32_t row) {
        const int32_t date = values.get<int32_t>(row);
        finite &= IsFiniteDate(date);
        const CivilDate civil = CivilFromDays(date);
        out[row] = field.unit() == TimeUnit::kYear ? YearPart(civil.year) : field.unit() == TimeUnit::kMonth ? civil.month : civil.day;
      });
      if (finite) return;
    }
  }
  Extract(arguments, rows, result, [&](const Field& field, uint32_t row) { return PartOfDate(field, values.get<int32_t>(row)); });
}

GATHER_KERNEL(DatePartDate) {
  // Defined by way of timestamp.
  const VectorView values = arguments[1].View();
  DatePart(arguments, rows, result, [&](const Field& field, uint32_t row) { return PartOfTimestamp(field, DateToTimestamp(values.get<int32_t>(row))); });
}

GATHER_KERNEL(TruncTimestamp) {
  const VectorView values = arguments[1].View();
  int64_t* out = result.data<int64_t>();
  ForFields(arguments, rows, result, [&](const Field& field, uint32_t row) { out[row] = Trunc(field, values.get<int64_t>(row)); });
}

GATHER_KERNEL(TruncTimestamptz) {
  const VectorView values = arguments[1].View();
  int64_t* out = result.data<int64_t>();
  const bool given = arguments.size() > 2;
  const TimeZone* zone = given ? nullptr : &ZoneOf(*context.io);
  std::shared_ptr<const TimeZone> fixed;
  ForFields(arguments, rows, result, [&](const Field& field, uint32_t row) {
    const int64_t value = values.get<int64_t>(row);
    if (given && IsFiniteTimestamp(value) && (zone == nullptr || !arguments[2].is_constant())) {
      ZoneChoice choice;
      ChooseZone(StringAt(arguments[2].View(), row), &choice);
      if (choice.fixed) fixed = TimeZone::FixedOffset(-choice.zone);
      zone = choice.fixed ? fixed.get() : choice.rules;
    }
    out[row] = IsFiniteTimestamp(value) ? Trunc(field, value, *zone) : value;
  });
}

GATHER_KERNEL(TruncInterval) {
  const VectorView values = arguments[1].View();
  Interval* out = result.data<Interval>();
  ForFields(arguments, rows, result, [&](const Field& field, uint32_t row) { out[row] = Trunc(field, values.get<Interval>(row)); });
}

}  // namespace gather::catalog
