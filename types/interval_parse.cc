// Intervals in: PostgreSQL's own form, the SQL standard's and ISO 8601's.
#include <charconv>
#include <climits>
#include <cmath>
#include <string>

#include "types/datetime_parse.h"
#include "types/datetime_text.h"
#include "types/error.h"

namespace gather {
namespace {

using namespace datetime_text;

// What has been added up so far.
struct IntervalSum {
  int64_t micros = 0;
  int32_t days = 0, months = 0, years = 0;

  bool AddMicros(int64_t value, double fraction, int64_t scale) { return AddProduct(value, scale, &micros) && AddFractionMicros(fraction, scale); }
  bool AddFractionMicros(double fraction, int64_t scale) {
    if (fraction == 0) return true;
    fraction *= scale;
    int64_t whole = static_cast<int64_t>(fraction);
    fraction -= whole;
    if (fraction > 0.5) {
      ++whole;
    } else if (fraction < -0.5) {
      --whole;
    }
    return !__builtin_add_overflow(micros, whole, &micros);
  }
  bool AddDays(int64_t value, int scale) { return AddScaled(value, scale, &days); }
  bool AddFractionDays(double fraction, int scale) {
    if (fraction == 0) return true;
    fraction *= scale;
    const int whole = static_cast<int>(fraction);
    if (__builtin_add_overflow(days, whole, &days)) return false;
    return AddFractionMicros(fraction - whole, kMicrosPerDay);
  }
  bool AddMonths(int64_t value, double fraction) { return AddScaled(value, 1, &months) && AddFractionDays(fraction, 30); }
  bool AddYears(int64_t value, double fraction, int scale) {
    return AddScaled(value, scale, &years) && !__builtin_add_overflow(months, static_cast<int>(std::rint(fraction * scale * 12)), &months);
  }
  bool AddUnit(TimeUnit unit, int64_t value, double fraction) {
    switch (unit) {
      case TimeUnit::kMicrosecond: return AddMicros(value, fraction, 1);
      case TimeUnit::kMillisecond: return AddMicros(value, fraction, 1000);
      case TimeUnit::kSecond: return AddMicros(value, fraction, kMicrosPerSecond);
      case TimeUnit::kMinute: return AddMicros(value, fraction, kMicrosPerMinute);
      case TimeUnit::kHour: return AddMicros(value, fraction, kMicrosPerHour);
      case TimeUnit::kDay: return AddDays(value, 1) && AddFractionMicros(fraction, kMicrosPerDay);
      case TimeUnit::kWeek: return AddDays(value, 7) && AddFractionDays(fraction, 7);
      case TimeUnit::kMonth: return AddMonths(value, fraction);
      case TimeUnit::kYear: return AddYears(value, fraction, 1);
      case TimeUnit::kDecade: return AddYears(value, fraction, 10);
      case TimeUnit::kCentury: return AddYears(value, fraction, 100);
      case TimeUnit::kMillennium: return AddYears(value, fraction, 1000);
      default: return false;
    }
  }
  bool Negate() {
    if (micros == INT64_MIN || days == INT_MIN || months == INT_MIN || years == INT_MIN) return false;
    micros = -micros;
    days = -days;
    months = -months;
    years = -years;
    return true;
  }

 private:
  static bool AddScaled(int64_t value, int scale, int32_t* sum) {
    if (value < INT_MIN || value > INT_MAX) return false;
    int32_t product;
    return !__builtin_mul_overflow(static_cast<int32_t>(value), scale, &product) && !__builtin_add_overflow(*sum, product, sum);
  }
};

uint32_t UnitMask(TimeUnit unit, bool fraction) {
  switch (unit) {
    case TimeUnit::kMicrosecond: return MaskOf(TimeField::kMicrosecond);
    case TimeUnit::kMillisecond: return MaskOf(TimeField::kMillisecond);
    case TimeUnit::kSecond: return fraction ? kSecondsMask : MaskOf(TimeField::kSecond);
    case TimeUnit::kMinute: return MaskOf(TimeField::kMinute);
    case TimeUnit::kHour: return MaskOf(TimeField::kHour);
    case TimeUnit::kDay: return MaskOf(TimeField::kDay);
    case TimeUnit::kWeek: return MaskOf(TimeField::kWeek);
    case TimeUnit::kMonth: return MaskOf(TimeField::kMonth);
    case TimeUnit::kYear: return MaskOf(TimeField::kYear);
    case TimeUnit::kDecade: return MaskOf(TimeField::kDecade);
    case TimeUnit::kCentury: return MaskOf(TimeField::kCentury);
    case TimeUnit::kMillennium: return MaskOf(TimeField::kMillennium);
    default: return 0;
  }
}

// The unit of a number without one: the last field of the type's range.
TimeUnit LastUnitOf(uint32_t range) {
  if (range == kIntervalFullRange || (range & MaskOf(TimeField::kSecond)) != 0) return TimeUnit::kSecond;
  if ((range & MaskOf(TimeField::kMinute)) != 0) return TimeUnit::kMinute;
  if ((range & MaskOf(TimeField::kHour)) != 0) return TimeUnit::kHour;
  if ((range & MaskOf(TimeField::kDay)) != 0) return TimeUnit::kDay;
  if ((range & MaskOf(TimeField::kMonth)) != 0) return TimeUnit::kMonth;
  if ((range & MaskOf(TimeField::kYear)) != 0) return TimeUnit::kYear;
  return TimeUnit::kSecond;
}

Status DecodeClockInterval(std::string_view text, uint32_t range, IntervalSum* sum) {
  ClockTime clock;
  const Status status = DecodeClock(text, range, &clock);
  if (status != Status::kOk) return status;
  int64_t micros = clock.micros;
  if (!AddProduct(clock.hour, kMicrosPerHour, &micros) || !AddProduct(clock.minute, kMicrosPerMinute, &micros) ||
      !AddProduct(clock.second, kMicrosPerSecond, &micros)) {
    return Status::kFieldOverflow;
  }
  sum->micros = micros;
  return Status::kOk;
}

Status DecodeInterval(Tokenizer& tokens, uint32_t range, IntervalStyle style, IntervalSum* sum) {
  bool all_negative = false, ago = false;
  // The SQL standard's '-1 1:00:00' means minus both, unless further signs say otherwise.
  if (style == IntervalStyle::kSqlStandard && tokens.size() > 0 && tokens[0].text[0] == '-') {
    all_negative = true;
    for (int i = 1; i < tokens.size(); ++i) {
      if (tokens[i].text[0] == '-' || tokens[i].text[0] == '+') all_negative = false;
    }
  }
  const auto force_sign = [&] {
    if (all_negative && sum->micros > 0) sum->micros = -sum->micros;
  };
  uint32_t mask = 0;
  bool have_unit = false;  // `unit` was given by a word, or follows from the token to the right
  TimeUnit unit = TimeUnit::kNone;
  // From the right, so that a unit is known before its number.
  for (int i = tokens.size() - 1; i >= 0; --i) {
    const Token& token = tokens[i];
    uint32_t found = 0;
    switch (token.kind) {
      case TokenKind::kTime: {
        const Status status = DecodeClockInterval(token.text, range, sum);
        if (status != Status::kOk) return status;
        force_sign();
        found = kTimeMask;
        unit = TimeUnit::kDay;
        have_unit = true;
        break;
      }
      case TokenKind::kZone:
        if (token.text.substr(1).find(':') != std::string_view::npos && DecodeClockInterval(token.text.substr(1), range, sum) == Status::kOk) {
          if (token.text[0] == '-') sum->micros = -sum->micros;
          force_sign();
          found = kTimeMask;
          unit = TimeUnit::kDay;
          have_unit = true;
          break;
        }
        [[fallthrough]];
      case TokenKind::kDate:
      case TokenKind::kNumber: {
        if (!have_unit) {
          unit = LastUnitOf(range);
          have_unit = true;
        }
        const bool negative = token.text[0] == '-';
        const Parsed number = LeadingInteger(token.text, INT64_MIN, INT64_MAX);
        if (number.overflow) return Status::kFieldOverflow;
        int64_t value = number.value;
        double fraction = 0;
        // ".5" has no integer part.
        const std::string_view rest = token.text.substr(number.length);
        if (!rest.empty() && rest[0] == '-') {  // years-months
          const Parsed months = LeadingInt(rest.substr(1));
          if (months.overflow || months.value < 0 || months.value >= 12) return Status::kFieldOverflow;
          if (months.length + 1 != rest.size()) return Status::kBadFormat;
          unit = TimeUnit::kMonth;
          if (__builtin_mul_overflow(value, int64_t{12}, &value) || __builtin_add_overflow(value, negative ? -months.value : months.value, &value)) {
            return Status::kFieldOverflow;
          }
        } else if (!rest.empty() && rest[0] == '.') {
          const Status status = ParseFraction(rest, &fraction);
          if (status != Status::kOk) return status;
          if (negative) fraction = -fraction;
        } else if (!rest.empty()) {
          return Status::kBadFormat;
        }
        if (all_negative) {
          if (value > 0) value = -value;
          if (fraction > 0) fraction = -fraction;
        }
        found = UnitMask(unit, fraction != 0);
        if (found == 0) return Status::kBadFormat;
        if (!sum->AddUnit(unit, value, fraction)) return Status::kFieldOverflow;
        if (unit == TimeUnit::kHour) unit = TimeUnit::kDay;
        break;
      }
      case TokenKind::kString:
      case TokenKind::kSpecial: {
        const TimeWord* word = FindUnitWord(token.text);
        if (word == nullptr) return Status::kBadFormat;
        if (word->field == TimeField::kIgnored) continue;
        if (word->field == TimeField::kAgo) {
          ago = true;
          unit = TimeUnit::kNone;
        } else {
          unit = word->unit;
        }
        have_unit = true;
        break;
      }
    }
    if ((found & mask) != 0) return Status::kBadFormat;
    mask |= found;
  }
  if (mask == 0) return Status::kBadFormat;
  return ago && !sum->Negate() ? Status::kFieldOverflow : Status::kOk;
}

// ISO 8601: "P1Y2M3DT4H5M6S", "P0001-02-03T04:05:06", "P00010203T040506".
class Iso8601Interval {
 public:
  explicit Iso8601Interval(std::string_view text) : rest_(text) {}

  Status Decode(IntervalSum* sum) {
    *sum = IntervalSum();
    if (rest_.size() < 2 || rest_[0] != 'P') return Status::kBadFormat;
    rest_.remove_prefix(1);
    bool date_part = true, have_field = false;
    while (!rest_.empty()) {
      if (rest_[0] == 'T') {
        date_part = false;
        have_field = false;
        rest_.remove_prefix(1);
        continue;
      }
      const std::string_view start = rest_;
      Status status = Number();
      if (status != Status::kOk) return status;
      const char unit = rest_.empty() ? '\0' : rest_[0];
      if (!rest_.empty()) rest_.remove_prefix(1);
      bool ok = true, done = false;
      if (date_part) {
        switch (unit) {
          case 'Y': ok = sum->AddYears(value_, fraction_, 1); break;
          case 'M': ok = sum->AddMonths(value_, fraction_); break;
          case 'W': ok = sum->AddUnit(TimeUnit::kWeek, value_, fraction_); break;
          case 'D': ok = sum->AddUnit(TimeUnit::kDay, value_, fraction_); break;
          case 'T':
          case '\0':
            if (IntegerWidth(start) == 8 && !have_field) {
              ok = sum->AddYears(value_ / 10000, 0, 1) && sum->AddMonths(value_ / 100 % 100, 0) && sum->AddDays(value_ % 100, 1) &&
                   sum->AddFractionMicros(fraction_, kMicrosPerDay);
              done = true;
              break;
            }
            [[fallthrough]];
          case '-':
            if (have_field) return Status::kBadFormat;
            if (!sum->AddYears(value_, fraction_, 1)) return Status::kFieldOverflow;
            if (unit == '-') {
              if ((status = Number()) != Status::kOk) return status;
              if (!sum->AddMonths(value_, fraction_)) return Status::kFieldOverflow;
              if (rest_.empty()) return Status::kOk;
              if (rest_[0] == 'T') {
                date_part = false;
                have_field = false;
                continue;
              }
              if (rest_[0] != '-') return Status::kBadFormat;
              rest_.remove_prefix(1);
              if ((status = Number()) != Status::kOk) return status;
              if (!sum->AddUnit(TimeUnit::kDay, value_, fraction_)) return Status::kFieldOverflow;
              if (rest_.empty()) return Status::kOk;
              if (rest_[0] != 'T') return Status::kBadFormat;
              date_part = false;
              have_field = false;
              continue;
            }
            done = true;
            break;
          default:
            return Status::kBadFormat;
        }
        if (!ok) return Status::kFieldOverflow;
        if (done) {
          if (unit == '\0') return Status::kOk;
          date_part = false;
          have_field = false;
          continue;
        }
      } else {
        switch (unit) {
          case 'H': ok = sum->AddMicros(value_, fraction_, kMicrosPerHour); break;
          case 'M': ok = sum->AddMicros(value_, fraction_, kMicrosPerMinute); break;
          case 'S': ok = sum->AddMicros(value_, fraction_, kMicrosPerSecond); break;
          case '\0':
            if (IntegerWidth(start) == 6 && !have_field) {
              ok = sum->AddMicros(value_ / 10000, 0, kMicrosPerHour) && sum->AddMicros(value_ / 100 % 100, 0, kMicrosPerMinute) &&
                   sum->AddMicros(value_ % 100, 0, kMicrosPerSecond) && sum->AddFractionMicros(fraction_, 1);
              return ok ? Status::kOk : Status::kFieldOverflow;
            }
            [[fallthrough]];
          case ':':
            if (have_field) return Status::kBadFormat;
            if (!sum->AddMicros(value_, fraction_, kMicrosPerHour)) return Status::kFieldOverflow;
            if (unit == '\0') return Status::kOk;
            if ((status = Number()) != Status::kOk) return status;
            if (!sum->AddMicros(value_, fraction_, kMicrosPerMinute)) return Status::kFieldOverflow;
            if (rest_.empty()) return Status::kOk;
            if (rest_[0] != ':') return Status::kBadFormat;
            rest_.remove_prefix(1);
            if ((status = Number()) != Status::kOk) return status;
            if (!sum->AddMicros(value_, fraction_, kMicrosPerSecond)) return Status::kFieldOverflow;
            return rest_.empty() ? Status::kOk : Status::kBadFormat;
          default:
            return Status::kBadFormat;
        }
        if (!ok) return Status::kFieldOverflow;
      }
      have_field = true;
    }
    return Status::kOk;
  }

 private:
  static size_t IntegerWidth(std::string_view text) {
    if (!text.empty() && text[0] == '-') text.remove_prefix(1);
    size_t width = 0;
    while (width < text.size() && IsDigit(text[width])) ++width;
    return width;
  }
  // A decimal number into value_ and fraction_.
  Status Number() {
    if (rest_.empty() || !(IsDigit(rest_[0]) || rest_[0] == '-' || rest_[0] == '.')) return Status::kBadFormat;
    double number;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc()) return Status::kBadFormat;
    rest_.remove_prefix(end - rest_.data());
    if (std::isnan(number) || number < -1.0e15 || number > 1.0e15) return Status::kFieldOverflow;
    value_ = static_cast<int64_t>(number >= 0 ? std::floor(number) : -std::floor(-number));
    fraction_ = number - value_;
    return Status::kOk;
  }

  std::string_view rest_;
  int64_t value_ = 0;
  double fraction_ = 0;
};

}  // namespace

Interval ParseInterval(std::string_view text, int32_t typmod, const IoSettings& settings) {
  const uint32_t range = typmod >= 0 ? (typmod >> 16) & 0x7FFF : kIntervalFullRange;
  Tokenizer tokens;
  IntervalSum sum;
  Status status = tokens.Split(text, kIntervalBuffer);
  if (status == Status::kOk) status = DecodeInterval(tokens, range, settings.interval_style, &sum);
  if (status == Status::kBadFormat) status = Iso8601Interval(text).Decode(&sum);
  if (status != Status::kOk) {
    ThrowDateTimeError(status == Status::kFieldOverflow ? Status::kIntervalOverflow : status, text, "interval");
  }
  const int64_t months = static_cast<int64_t>(sum.years) * 12 + sum.months;
  if (months != static_cast<int32_t>(months)) ThrowIntervalOutOfRange();
  return RoundInterval({sum.micros, sum.days, static_cast<int32_t>(months)}, typmod);
}

}  // namespace gather
