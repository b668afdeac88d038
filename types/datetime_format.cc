#include "types/datetime_format.h"

#include <charconv>
#include <cstdlib>
#include <string_view>

#include "types/datetime_fields.h"

namespace gather {
namespace {

constexpr std::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::string_view kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr size_t kMaxAbbreviation = 10;

void AppendNumber(int64_t value, int width, std::string& out) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  for (int length = static_cast<int>(end - digits); length < width; ++length) out += '0';
  out.append(digits, end - digits);
}

void AppendTwo(int value, std::string& out) {
  if (value > 99) return AppendNumber(value, 2, out);
  const char digits[2] = {static_cast<char>('0' + value / 10), static_cast<char>('0' + value % 10)};
  out.append(digits, 2);
}

void AppendYear(int year, std::string& out) { AppendNumber(year > 0 ? year : 1 - year, 4, out); }
void AppendEra(int year, std::string& out) {
  if (year <= 0) out += " BC";
}

// Seconds without their sign, and a fraction without trailing zeros.
void AppendSeconds(int second, int micros, bool two_digits, std::string& out) {
  second = std::abs(second);
  micros = std::abs(micros);
  if (two_digits) {
    AppendTwo(second, out);
  } else {
    AppendNumber(second, 1, out);
  }
  if (micros == 0) return;
  char digits[7];
  digits[0] = '.';
  for (int i = 6; i > 0; --i, micros /= 10) digits[i] = static_cast<char>('0' + micros % 10);
  int length = 7;
  while (digits[length - 1] == '0') --length;
  out.append(digits, length);
}

void AppendClock(const DateTimeFields& fields, std::string& out) {
  AppendTwo(fields.hour, out);
  out += ':';
  AppendTwo(fields.minute, out);
  out += ':';
  AppendSeconds(fields.second, fields.micros, true, out);
}

void AppendYmd(const DateTimeFields& fields, std::string& out) {
  AppendYear(fields.year, out);
  out += '-';
  AppendTwo(fields.month, out);
  out += '-';
  AppendTwo(fields.day, out);
}

// Day and month in DateStyle's order, then the year.
void AppendNumericDate(const DateTimeFields& fields, bool day_first, char separator, std::string& out) {
  AppendTwo(day_first ? fields.day : fields.month, out);
  out += separator;
  AppendTwo(day_first ? fields.month : fields.day, out);
  out += separator;
  AppendYear(fields.year, out);
}

void AppendAbbreviationOrZone(const DateTimeFields& fields, bool space_before_number, std::string& out) {
  if (fields.abbreviation != nullptr) {
    out += ' ';
    out += std::string_view(fields.abbreviation).substr(0, kMaxAbbreviation);
  } else {
    if (space_before_number) out += ' ';
    AppendZone(fields.zone, out);
  }
}

void AppendDateTime(const DateTimeFields& fields, bool with_zone, const IoSettings& settings, std::string& out) {
  const bool day_first = settings.date_order == DateOrder::kDmy;
  switch (settings.date_style) {
    case DateStyle::kIso:
      AppendYmd(fields, out);
      out += ' ';
      AppendClock(fields, out);
      if (with_zone) AppendZone(fields.zone, out);
      break;
    case DateStyle::kSql:
      AppendNumericDate(fields, day_first, '/', out);
      out += ' ';
      AppendClock(fields, out);
      if (with_zone) AppendAbbreviationOrZone(fields, false, out);
      break;
    case DateStyle::kGerman:
      AppendNumericDate(fields, true, '.', out);
      out += ' ';
      AppendClock(fields, out);
      if (with_zone) AppendAbbreviationOrZone(fields, false, out);
      break;
    case DateStyle::kPostgres:
      out += kDays[WeekDay(DaysFromCivil(fields.year, fields.month, fields.day))];
      out += ' ';
      if (day_first) {
        AppendTwo(fields.day, out);
        out += ' ';
        out += kMonths[fields.month - 1];
      } else {
        out += kMonths[fields.month - 1];
        out += ' ';
        AppendTwo(fields.day, out);
      }
      out += ' ';
      AppendClock(fields, out);
      out += ' ';
      AppendYear(fields.year, out);
      if (with_zone) AppendAbbreviationOrZone(fields, true, out);
      break;
  }
  AppendEra(fields.year, out);
}

// ---- intervals

void AppendSqlStandard(IntervalFields f, std::string& out) {
  const bool negative = f.year < 0 || f.month < 0 || f.day < 0 || f.hour < 0 || f.minute < 0 || f.second < 0 || f.micros < 0;
  const bool positive = f.year > 0 || f.month > 0 || f.day > 0 || f.hour > 0 || f.minute > 0 || f.second > 0 || f.micros > 0;
  const bool year_month = f.year != 0 || f.month != 0;
  const bool day_time = f.day != 0 || f.hour != 0 || f.minute != 0 || f.second != 0 || f.micros != 0;
  if (!negative && !positive) {
    out += '0';
    return;
  }
  const auto clock = [&out, &f] {
    AppendNumber(std::llabs(f.hour), 1, out);
    out += ':';
    AppendTwo(std::abs(f.minute), out);
    out += ':';
    AppendSeconds(f.second, f.micros, true, out);
  };
  const int64_t day = f.day;
  if ((negative && positive) || (year_month && day_time)) {
    // Not a value of the standard: a sign for each part, so that it can be read back.
    out += f.year < 0 || f.month < 0 ? '-' : '+';
    AppendNumber(std::abs(f.year), 1, out);
    out += '-';
    AppendNumber(std::abs(f.month), 1, out);
    out += day < 0 ? " -" : " +";
    AppendNumber(std::llabs(day), 1, out);
    out += f.hour < 0 || f.minute < 0 || f.second < 0 || f.micros < 0 ? " -" : " +";
    clock();
    return;
  }
  if (negative) out += '-';
  if (year_month) {
    AppendNumber(std::abs(f.year), 1, out);
    out += '-';
    AppendNumber(std::abs(f.month), 1, out);
    return;
  }
  if (day != 0) {
    AppendNumber(std::llabs(day), 1, out);
    out += ' ';
  }
  clock();
}

void AppendIso8601(const IntervalFields& f, std::string& out) {
  const bool has_time = f.hour != 0 || f.minute != 0 || f.second != 0 || f.micros != 0;
  if (f.year == 0 && f.month == 0 && f.day == 0 && !has_time) {
    out += "PT0S";
    return;
  }
  const auto part = [&out](int64_t value, char unit) {
    if (value == 0) return;
    AppendNumber(value, 1, out);
    out += unit;
  };
  out += 'P';
  part(f.year, 'Y');
  part(f.month, 'M');
  part(f.day, 'D');
  if (has_time) out += 'T';
  part(f.hour, 'H');
  part(f.minute, 'M');
  if (f.second != 0 || f.micros != 0) {
    if (f.second < 0 || f.micros < 0) out += '-';
    AppendSeconds(f.second, f.micros, false, out);
    out += 'S';
  }
}

void AppendPostgres(const IntervalFields& f, std::string& out) {
  bool first = true, after_negative = false;
  // A field's sign only rules the next one's: "-1 days +02:03:00".
  const auto part = [&](int64_t value, std::string_view unit) {
    if (value == 0) return;
    if (!first) out += ' ';
    if (after_negative && value > 0) out += '+';
    AppendNumber(value, 1, out);
    out += ' ';
    out += unit;
    if (value != 1) out += 's';
    after_negative = value < 0;
    first = false;
  };
  part(f.year, "year");
  part(f.month, "mon");
  part(f.day, "day");
  const bool has_time = f.hour != 0 || f.minute != 0 || f.second != 0 || f.micros != 0;
  if (!first && !has_time) return;
  const bool minus = f.hour < 0 || f.minute < 0 || f.second < 0 || f.micros < 0;
  if (!first) out += ' ';
  if (minus) {
    out += '-';
  } else if (after_negative) {
    out += '+';
  }
  AppendNumber(std::llabs(f.hour), 2, out);
  out += ':';
  AppendTwo(std::abs(f.minute), out);
  out += ':';
  AppendSeconds(f.second, f.micros, true, out);
}

void AppendVerbose(const IntervalFields& f, std::string& out) {
  bool first = true, ago = false;
  const auto part = [&](int64_t value, std::string_view unit) {
    if (value == 0) return;
    if (first) {
      ago = value < 0;
      value = std::llabs(value);
    } else if (ago) {
      value = -value;
    }
    out += ' ';
    AppendNumber(value, 1, out);
    out += ' ';
    out += unit;
    if (value != 1) out += 's';
    first = false;
  };
  out += '@';
  part(f.year, "year");
  part(f.month, "mon");
  part(f.day, "day");
  part(f.hour, "hour");
  part(f.minute, "min");
  if (f.second != 0 || f.micros != 0) {
    out += ' ';
    if (f.second < 0 || (f.second == 0 && f.micros < 0)) {
      if (first) {
        ago = true;
      } else if (!ago) {
        out += '-';
      }
    } else if (ago) {
      out += '-';
    }
    AppendSeconds(f.second, f.micros, false, out);
    out += std::abs(f.second) != 1 || f.micros != 0 ? " secs" : " sec";
    first = false;
  }
  if (first) out += " 0";
  if (ago) out += " ago";
}

}  // namespace

void AppendZone(int32_t zone, std::string& out) {
  const int32_t magnitude = std::abs(zone);
  out += zone <= 0 ? '+' : '-';
  AppendTwo(magnitude / 3600, out);
  if (magnitude % 3600 == 0) return;
  out += ':';
  AppendTwo(magnitude / 60 % 60, out);
  if (magnitude % 60 == 0) return;
  out += ':';
  AppendTwo(magnitude % 60, out);
}

void AppendDate(int32_t date, const IoSettings& settings, std::string& out) {
  if (date == kDateInfinity) {
    out += "infinity";
    return;
  }
  if (date == kDateMinusInfinity) {
    out += "-infinity";
    return;
  }
  const CivilDate civil = CivilFromDays(date);
  DateTimeFields fields;
  fields.year = civil.year;
  fields.month = civil.month;
  fields.day = civil.day;
  const bool day_first = settings.date_order == DateOrder::kDmy;
  switch (settings.date_style) {
    case DateStyle::kIso: AppendYmd(fields, out); break;
    case DateStyle::kSql: AppendNumericDate(fields, day_first, '/', out); break;
    case DateStyle::kGerman: AppendNumericDate(fields, true, '.', out); break;
    case DateStyle::kPostgres: AppendNumericDate(fields, day_first, '-', out); break;
  }
  AppendEra(fields.year, out);
}

void AppendTime(int64_t time, std::string& out) {
  DateTimeFields fields;
  SplitTime(time, &fields);
  AppendClock(fields, out);
}

void AppendTimetz(const TimeTz& time, std::string& out) {
  AppendTime(time.micros, out);
  AppendZone(time.zone, out);
}

void AppendTimestamp(int64_t timestamp, const IoSettings& settings, std::string& out) {
  if (!IsFiniteTimestamp(timestamp)) {
    out += timestamp == kTimestampInfinity ? "infinity" : "-infinity";
    return;
  }
  DateTimeFields fields;
  if (!TimestampToFields(timestamp, &fields)) ThrowTimestampOutOfRange();
  AppendDateTime(fields, false, settings, out);
}

void AppendTimestamptz(int64_t timestamptz, const IoSettings& settings, std::string& out) {
  if (!IsFiniteTimestamp(timestamptz)) {
    out += timestamptz == kTimestampInfinity ? "infinity" : "-infinity";
    return;
  }
  DateTimeFields fields;
  if (!TimestamptzToFields(timestamptz, ZoneOf(settings), &fields)) ThrowTimestampOutOfRange();
  AppendDateTime(fields, true, settings, out);
}

void AppendInterval(const Interval& interval, const IoSettings& settings, std::string& out) {
  const IntervalFields fields = SplitInterval(interval);
  switch (settings.interval_style) {
    case IntervalStyle::kPostgres: AppendPostgres(fields, out); break;
    case IntervalStyle::kPostgresVerbose: AppendVerbose(fields, out); break;
    case IntervalStyle::kSqlStandard: AppendSqlStandard(fields, out); break;
    case IntervalStyle::kIso8601: AppendIso8601(fields, out); break;
  }
}

}  // namespace gather
