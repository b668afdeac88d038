#include "types/datetime_parse.h"

#include <cctype>
#include <charconv>
#include <climits>
#include <cmath>
#include <cstring>
#include <string>

#include "types/datetime_text.h"
#include "types/datetime_tokens.h"
#include "types/error.h"

namespace gather {
namespace {

using namespace datetime_text;

const TimeZone* FindZone(std::string_view name) { return TimeZone::Find(name).get(); }  // zones are never freed

std::string UpperCase(std::string_view text) {
  std::string upper(text);
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return upper;
}

[[noreturn]] void ThrowUnknownZone(std::string_view name) {
  throw SqlError(sqlstate::kInvalidParameterValue, "time zone \"" + std::string(name) + "\" not recognized");
}

// ---- dates and times

// Reads tokens into fields. One object per value; what was read so far is in mask_ and fields_.
class DateTimeDecoder {
 public:
  DateTimeDecoder(const IoSettings& settings, Tokenizer& tokens) : settings_(settings), tokens_(tokens) {}

  DateTimeFields& fields() { return fields_; }
  TimeUnit special() const { return special_; }  // kNone: the fields hold a date and time

  // Date, perhaps with time and zone.
  Status DecodeDateTime() {
    for (int i = 0; i < tokens_.size(); ++i) {
      found_ = 0;
      ignored_ = false;
      const Status status = DateTimeToken(i);
      if (status != Status::kOk) return status;
      if (ignored_) continue;
      if ((found_ & mask_) != 0) return Status::kBadFormat;
      mask_ |= found_;
    }
    Status status = ValidateDate(mask_, is_julian_, two_digits_, bc_, &fields_);
    if (status == Status::kOk) status = ApplyMeridian();
    if (status != Status::kOk || special_ != TimeUnit::kNone) return status;
    if ((mask_ & kDateMask) != kDateMask) return Status::kBadFormat;
    const bool modified = (mask_ & MaskOf(TimeField::kDaylightModifier)) != 0;
    if (named_zone_ != nullptr) {
      if (modified) return Status::kBadFormat;
      fields_.zone = ZoneOfFields(fields_, *named_zone_);
    }
    if (abbreviation_zone_ != nullptr) {
      if (modified) return Status::kBadFormat;
      fields_.zone = ZoneOfFields(fields_, *abbreviation_zone_, UpperCase(abbreviation_));
    }
    if ((mask_ & MaskOf(TimeField::kZone)) == 0) {
      if (modified) return Status::kBadFormat;
      fields_.zone = ZoneOfFields(fields_, ZoneOf(settings_));
    }
    return Status::kOk;
  }

  // Time of day, perhaps with a zone, and with a date to tell daylight time from standard time.
  Status DecodeTimeOnly() {
    time_only_ = true;
    for (int i = 0; i < tokens_.size(); ++i) {
      found_ = 0;
      ignored_ = false;
      const Status status = TimeToken(i);
      if (status != Status::kOk) return status;
      if (ignored_) continue;
      if ((found_ & mask_) != 0) return Status::kBadFormat;
      mask_ |= found_;
    }
    Status status = ValidateDate(mask_, is_julian_, two_digits_, bc_, &fields_);
    if (status == Status::kOk) status = ApplyMeridian();
    if (status != Status::kOk) return status;
    if (TimeOverflows(fields_.hour, fields_.minute, fields_.second, fields_.micros)) return Status::kFieldOverflow;
    if ((mask_ & kTimeMask) != kTimeMask) return Status::kBadFormat;

    const bool modified = (mask_ & MaskOf(TimeField::kDaylightModifier)) != 0;
    const bool whole_date = (mask_ & kDateMask) == kDateMask;
    if (named_zone_ != nullptr) {
      if (modified) return Status::kBadFormat;
      int32_t offset;
      if (named_zone_->IsFixed(&offset)) {
        fields_.zone = -offset;
      } else {
        if (!whole_date) return Status::kBadFormat;
        fields_.zone = ZoneOfFields(fields_, *named_zone_);
      }
    }
    const bool session_zone = (mask_ & MaskOf(TimeField::kZone)) == 0;
    if (abbreviation_zone_ == nullptr && !session_zone) return Status::kOk;
    if (modified) return Status::kBadFormat;
    DateTimeFields at = fields_;
    if ((mask_ & kDateMask) == 0) {
      DateTimeFields today = Now();
      at.year = today.year;
      at.month = today.month;
      at.day = today.day;
    } else if (!whole_date) {
      return Status::kBadFormat;
    }
    fields_.zone = session_zone ? ZoneOfFields(at, ZoneOf(settings_)) : ZoneOfFields(at, *abbreviation_zone_, UpperCase(abbreviation_));
    return Status::kOk;
  }

 private:
  static bool NextMayFollowT(TokenKind kind) { return kind == TokenKind::kNumber || kind == TokenKind::kTime || kind == TokenKind::kDate; }

  DateTimeFields Now() const {
    DateTimeFields now;
    TimestamptzToFields(settings_.transaction_start, ZoneOf(settings_), &now);
    return now;
  }
  void SetDate(int64_t days_since_2000) {
    const CivilDate civil = CivilFromDays(days_since_2000);
    fields_.year = civil.year;
    fields_.month = civil.month;
    fields_.day = civil.day;
  }

  Status ApplyMeridian() {
    if (meridian_ == Meridian::kNone) return Status::kOk;
    if (fields_.hour > 12) return Status::kFieldOverflow;
    if (meridian_ == Meridian::kAm && fields_.hour == 12) fields_.hour = 0;
    if (meridian_ == Meridian::kPm && fields_.hour != 12) fields_.hour += 12;
    return Status::kOk;
  }

  Status ClockToken(std::string_view text) {
    ClockTime clock;
    const Status status = DecodeClock(text, kIntervalFullRange, &clock);
    if (status != Status::kOk) return status;
    if (clock.hour > INT_MAX) return Status::kFieldOverflow;
    found_ = kTimeMask;
    fields_.hour = static_cast<int>(clock.hour);
    fields_.minute = clock.minute;
    fields_.second = clock.second;
    fields_.micros = clock.micros;
    return Status::kOk;
  }

  Status DateTimeToken(int i) {
    Token& token = tokens_[i];
    switch (token.kind) {
      case TokenKind::kDate: {
        if (prefix_ == TimeUnit::kJulian) {  // "J2451545-08"
          const Parsed day = LeadingInt(token.text);
          if (day.overflow || day.value < 0) return Status::kFieldOverflow;
          SetDate(day.value - kPostgresEpochJulianDay);
          is_julian_ = true;
          prefix_ = TimeUnit::kNone;
          found_ = kDateMask | kTimeMask | MaskOf(TimeField::kZone);
          return DecodeNumericZone(token.text.substr(day.length), &fields_.zone);
        }
        constexpr uint32_t kMonthDay = MaskOf(TimeField::kMonth) | MaskOf(TimeField::kDay);
        if (prefix_ == TimeUnit::kNone && (mask_ & kMonthDay) != kMonthDay) return DateToken(token.text);
        // There is a date: this is a zone's name, or hhmmss-zz.
        if (IsDigit(token.text[0]) || prefix_ != TimeUnit::kNone) {
          if (prefix_ != TimeUnit::kNone && prefix_ != TimeUnit::kTime) return Status::kBadFormat;
          prefix_ = TimeUnit::kNone;
          return TimeWithZone(token.text, mask_);
        }
        return NamedZone(token.text);
      }
      case TokenKind::kTime: {
        if (prefix_ != TimeUnit::kNone && prefix_ != TimeUnit::kTime) return Status::kBadFormat;
        prefix_ = TimeUnit::kNone;
        const Status status = ClockToken(token.text);
        if (status != Status::kOk) return status;
        return TimeOverflows(fields_.hour, fields_.minute, fields_.second, fields_.micros) ? Status::kFieldOverflow : Status::kOk;
      }
      case TokenKind::kZone:
        found_ = MaskOf(TimeField::kZone);
        return DecodeNumericZone(token.text, &fields_.zone);
      case TokenKind::kNumber: {
        if (prefix_ != TimeUnit::kNone) return PrefixedNumber(token.text);
        const size_t point = token.text.find('.');
        if (point != std::string_view::npos && (mask_ & kDateMask) == 0) return DateToken(token.text);
        if (point != std::string_view::npos && point > 2) return RunTogether(token.text, mask_);
        if (token.text.size() >= 6 && ((mask_ & kDateMask) == 0 || (mask_ & kTimeMask) == 0)) return RunTogether(token.text, mask_);
        return SingleNumber(token.text, have_text_month_, mask_);
      }
      case TokenKind::kString:
      case TokenKind::kSpecial:
        return WordToken(i);
    }
    return Status::kBadFormat;
  }

  Status TimeToken(int i) {
    Token& token = tokens_[i];
    const int count = tokens_.size();
    switch (token.kind) {
      case TokenKind::kDate:
        if (i == 0 && count >= 2 && (tokens_[count - 1].kind == TokenKind::kDate || tokens_[1].kind == TokenKind::kTime)) return DateToken(token.text);
        if (IsDigit(token.text[0])) return TimeWithZone(token.text, mask_ | kDateMask);
        token.kind = TokenKind::kZone;
        return NamedZone(token.text);
      case TokenKind::kTime:
        return ClockToken(token.text);
      case TokenKind::kZone:
        found_ = MaskOf(TimeField::kZone);
        return DecodeNumericZone(token.text, &fields_.zone);
      case TokenKind::kNumber: {
        if (prefix_ != TimeUnit::kNone) return PrefixedNumber(token.text);
        const size_t point = token.text.find('.');
        if (point != std::string_view::npos) {
          if (i == 0 && count >= 2 && tokens_[count - 1].kind == TokenKind::kDate) return DateToken(token.text);
          return point > 2 ? RunTogether(token.text, mask_ | kDateMask) : Status::kBadFormat;
        }
        if (token.text.size() > 4) return RunTogether(token.text, mask_ | kDateMask);
        return SingleNumber(token.text, false, mask_ | kDateMask);
      }
      case TokenKind::kString:
      case TokenKind::kSpecial:
        return WordToken(i);
    }
    return Status::kBadFormat;
  }

  // "hhmmss-zz"
  Status TimeWithZone(std::string_view text, uint32_t mask) {
    if ((mask_ & kTimeMask) == kTimeMask) return Status::kBadFormat;
    const size_t dash = text.find('-');
    if (dash == std::string_view::npos) return Status::kBadFormat;
    Status status = DecodeNumericZone(text.substr(dash), &fields_.zone);
    if (status == Status::kOk) status = RunTogether(text.substr(0, dash), mask);
    found_ |= MaskOf(TimeField::kZone);
    return status;
  }

  Status NamedZone(std::string_view name) {
    named_zone_ = FindZone(name);
    if (named_zone_ == nullptr) ThrowUnknownZone(name);
    found_ = MaskOf(TimeField::kZone);
    return Status::kOk;
  }

  // A number after a label: "y2001m02d04", "J2451187", "T040506".
  Status PrefixedNumber(std::string_view text) {
    const TimeUnit unit = prefix_;
    const Parsed number = LeadingInt(text);
    if (number.overflow) return Status::kFieldOverflow;
    const std::string_view rest = text.substr(number.length);
    const bool fraction = !rest.empty() && rest[0] == '.';
    if (fraction) {
      if (unit != TimeUnit::kJulian && unit != TimeUnit::kTime && unit != TimeUnit::kSecond) return Status::kBadFormat;
    } else if (!rest.empty()) {
      return Status::kBadFormat;
    }
    const int value = static_cast<int>(number.value);
    prefix_ = TimeUnit::kNone;
    special_ = TimeUnit::kNone;
    switch (unit) {
      case TimeUnit::kYear:
        fields_.year = value;
        found_ = MaskOf(TimeField::kYear);
        return Status::kOk;
      case TimeUnit::kMonth:
        // With a month and an hour it can only be minutes.
        if ((mask_ & MaskOf(TimeField::kMonth)) != 0 && (mask_ & MaskOf(TimeField::kHour)) != 0) {
          fields_.minute = value;
          found_ = MaskOf(TimeField::kMinute);
        } else {
          fields_.month = value;
          found_ = MaskOf(TimeField::kMonth);
        }
        return Status::kOk;
      case TimeUnit::kDay:
        fields_.day = value;
        found_ = MaskOf(TimeField::kDay);
        return Status::kOk;
      case TimeUnit::kHour:
        fields_.hour = value;
        found_ = MaskOf(TimeField::kHour);
        return Status::kOk;
      case TimeUnit::kMinute:
        fields_.minute = value;
        found_ = MaskOf(TimeField::kMinute);
        return Status::kOk;
      case TimeUnit::kSecond:
        fields_.second = value;
        found_ = MaskOf(TimeField::kSecond);
        if (!fraction) return Status::kOk;
        found_ = kSecondsMask;
        return ParseFractionMicros(rest, &fields_.micros);
      case TimeUnit::kJulian:
        if (value < 0) return Status::kFieldOverflow;
        found_ = kDateMask;
        SetDate(static_cast<int64_t>(value) - kPostgresEpochJulianDay);
        is_julian_ = true;
        if (fraction) {
          double time;
          const Status status = ParseFraction(rest, &time);
          if (status != Status::kOk) return status;
          SplitTime(static_cast<int64_t>(time * kMicrosPerDay), &fields_);
          found_ |= kTimeMask;
        }
        return Status::kOk;
      case TimeUnit::kTime: {
        const Status status = RunTogether(text, mask_ | kDateMask);
        if (status != Status::kOk) return status;
        return found_ == kTimeMask ? Status::kOk : Status::kBadFormat;
      }
      default:
        return Status::kBadFormat;
    }
  }

  Status WordToken(int i) {
    const Token& token = tokens_[i];
    // Zone abbreviations win over our own words.
    if (const TimeZoneAbbreviation* zone = FindTimeZoneAbbreviation(token.text)) {
      if (zone->zone != nullptr) {
        found_ = MaskOf(TimeField::kDynamicZone) | MaskOf(TimeField::kZone);
        abbreviation_zone_ = FindZone(zone->zone);
        if (abbreviation_zone_ == nullptr) {
          throw SqlError(sqlstate::kInvalidParameterValue, "time zone \"" + std::string(zone->zone) + "\" not recognized")
              .Detail("This time zone name appears in the configuration file for time zone abbreviation \"" + std::string(zone->name) + "\".");
        }
        abbreviation_ = token.text;
      } else {
        found_ = zone->daylight ? MaskOf(TimeField::kDaylightZone) | MaskOf(TimeField::kZone) : MaskOf(TimeField::kZone);
        fields_.zone = -zone->offset;
      }
      return Status::kOk;
    }
    const TimeWord* word = FindDateWord(token.text);
    if (word == nullptr) {
      // All letters may still be a zone's name.
      named_zone_ = FindZone(token.text);
      found_ = MaskOf(TimeField::kZone);
      return named_zone_ != nullptr ? Status::kOk : Status::kBadFormat;
    }
    found_ = MaskOf(word->field);
    switch (word->field) {
      case TimeField::kIgnored:
        ignored_ = true;
        return Status::kOk;
      case TimeField::kReserved:
        return SpecialWord(word->unit);
      case TimeField::kMonth:
        if (time_only_) return Status::kBadFormat;
        // "08-Jan": what was taken for a month is the day.
        if ((mask_ & MaskOf(TimeField::kMonth)) != 0 && !have_text_month_ && (mask_ & MaskOf(TimeField::kDay)) == 0 && fields_.month >= 1 &&
            fields_.month <= 31) {
          fields_.day = fields_.month;
          found_ = MaskOf(TimeField::kDay);
        }
        have_text_month_ = true;
        fields_.month = word->value;
        return Status::kOk;
      case TimeField::kDaylightModifier:  // "MET DST"
        found_ |= MaskOf(TimeField::kDaylightZone);
        fields_.zone -= word->value;
        return Status::kOk;
      case TimeField::kAmPm:
        meridian_ = word->value == 0 ? Meridian::kAm : Meridian::kPm;
        return Status::kOk;
      case TimeField::kEra:
        bc_ = word->value == 1;
        return Status::kOk;
      case TimeField::kDayOfWeek:
        return time_only_ ? Status::kBadFormat : Status::kOk;
      case TimeField::kUnits:
        found_ = 0;
        prefix_ = word->unit;
        return Status::kOk;
      case TimeField::kIsoTime:
        found_ = 0;
        if (!time_only_ && (mask_ & kDateMask) != kDateMask) return Status::kBadFormat;
        if (i >= tokens_.size() - 1 || !NextMayFollowT(tokens_[i + 1].kind)) return Status::kBadFormat;
        prefix_ = word->unit;
        return Status::kOk;
      default:
        return Status::kBadFormat;
    }
  }

  Status SpecialWord(TimeUnit unit) {
    switch (unit) {
      case TimeUnit::kNow: {
        const DateTimeFields now = Now();
        if (time_only_) {
          fields_.hour = now.hour;
          fields_.minute = now.minute;
          fields_.second = now.second;
          fields_.micros = now.micros;
          found_ = kTimeMask;
        } else {
          fields_ = now;
          found_ = kDateMask | kTimeMask | MaskOf(TimeField::kZone);
        }
        special_ = TimeUnit::kNone;
        return Status::kOk;
      }
      case TimeUnit::kZulu:
        found_ = kTimeMask | MaskOf(TimeField::kZone);
        fields_.hour = fields_.minute = fields_.second = 0;
        fields_.zone = 0;
        special_ = TimeUnit::kNone;
        return Status::kOk;
      case TimeUnit::kYesterday:
      case TimeUnit::kToday:
      case TimeUnit::kTomorrow: {
        if (time_only_) return Status::kBadFormat;
        const DateTimeFields now = Now();
        SetDate(DaysFromCivil(now.year, now.month, now.day) + (unit == TimeUnit::kTomorrow ? 1 : unit == TimeUnit::kToday ? 0 : -1));
        found_ = kDateMask;
        special_ = TimeUnit::kNone;
        return Status::kOk;
      }
      default:
        if (time_only_) return Status::kBadFormat;
        special_ = unit;
        return Status::kOk;
    }
  }

  // A date with delimiters.
  Status DateToken(std::string_view text) {
    std::string_view parts[kMaxTokens];
    int count = 0;
    uint32_t mask = mask_, found = 0;
    bool text_month = false;
    size_t at = 0;
    while (at < text.size() && count < kMaxTokens) {
      while (at < text.size() && !std::isalnum(static_cast<unsigned char>(text[at]))) ++at;
      if (at == text.size()) return Status::kBadFormat;
      const size_t start = at;
      if (IsDigit(text[at])) {
        while (at < text.size() && IsDigit(text[at])) ++at;
      } else {
        while (at < text.size() && IsAlpha(text[at])) ++at;
      }
      parts[count++] = text.substr(start, at - start);
      if (at < text.size()) ++at;  // PostgreSQL drops whatever stands behind a part
    }
    // A month's name first: there is no doubt about it.
    for (int i = 0; i < count; ++i) {
      if (!IsAlpha(parts[i][0])) continue;
      const TimeWord* word = FindDateWord(parts[i]);
      if (word == nullptr || (word->field != TimeField::kMonth && word->field != TimeField::kIgnored)) return Status::kBadFormat;
      if (word->field == TimeField::kIgnored) continue;
      fields_.month = word->value;
      text_month = true;
      if ((mask & MaskOf(TimeField::kMonth)) != 0) return Status::kBadFormat;
      mask |= MaskOf(TimeField::kMonth);
      found |= MaskOf(TimeField::kMonth);
      parts[i] = {};
    }
    for (int i = 0; i < count; ++i) {
      if (parts[i].empty()) continue;
      found_ = 0;
      const Status status = SingleNumber(parts[i], text_month, mask);
      if (status != Status::kOk) return status;
      if ((mask & found_) != 0) return Status::kBadFormat;
      mask |= found_;
      found |= found_;
    }
    found_ = found;
    return (mask & ~(MaskOf(TimeField::kDayOfYear) | MaskOf(TimeField::kZone))) == kDateMask ? Status::kOk : Status::kBadFormat;
  }

  // One number whose meaning follows from what is known already.
  Status SingleNumber(std::string_view text, bool text_month, uint32_t mask) {
    const Parsed number = LeadingInt(text);
    if (number.overflow) return Status::kFieldOverflow;
    if (number.length == 0) return Status::kBadFormat;
    const std::string_view rest = text.substr(number.length);
    if (!rest.empty() && rest[0] == '.') {
      if (number.length > 2) return RunTogether(text, mask | kDateMask);
      int32_t micros;
      const Status status = ParseFractionMicros(rest, &micros);
      if (status != Status::kOk) return status;
      fields_.micros = micros;
    } else if (!rest.empty()) {
      return Status::kBadFormat;
    }
    const int value = static_cast<int>(number.value);
    const size_t length = text.size();
    const auto year = [&] {
      fields_.year = value;
      found_ = MaskOf(TimeField::kYear);
      two_digits_ = length <= 2;
    };
    const auto month = [&] {
      fields_.month = value;
      found_ = MaskOf(TimeField::kMonth);
    };
    const auto day = [&] {
      fields_.day = value;
      found_ = MaskOf(TimeField::kDay);
    };
    if (length == 3 && (mask & kDateMask) == MaskOf(TimeField::kYear) && value >= 1 && value <= 366) {
      found_ = MaskOf(TimeField::kDayOfYear) | MaskOf(TimeField::kMonth) | MaskOf(TimeField::kDay);
      fields_.year_day = value;
      return Status::kOk;
    }
    switch (mask & kDateMask) {
      case 0:
        // Nothing yet: a long number is a year, else DateStyle's order says.
        if (length >= 3 || settings_.date_order == DateOrder::kYmd) {
          year();
        } else if (settings_.date_order == DateOrder::kDmy) {
          day();
        } else {
          month();
        }
        break;
      case MaskOf(TimeField::kYear):
        month();
        break;
      case MaskOf(TimeField::kMonth):
        if (text_month && (length >= 3 || settings_.date_order == DateOrder::kYmd)) {
          year();
        } else {
          day();
        }
        break;
      case MaskOf(TimeField::kYear) | MaskOf(TimeField::kMonth):
        if (text_month && length >= 3 && two_digits_) {
          // "08-Jan-1999" in YMD order: the first number was the day.
          fields_.day = fields_.year;
          fields_.year = value;
          two_digits_ = false;
          found_ = MaskOf(TimeField::kDay);
        } else {
          day();
        }
        break;
      case MaskOf(TimeField::kDay):
        month();
        break;
      case MaskOf(TimeField::kMonth) | MaskOf(TimeField::kDay):
        year();
        break;
      case kDateMask:
        return RunTogether(text, mask);
      default:
        return Status::kBadFormat;
    }
    return Status::kOk;
  }

  // "yymmdd", "yyyymmdd", "hhmm", "hhmmss[.ffffff]".
  Status RunTogether(std::string_view text, uint32_t mask) {
    const size_t point = text.find('.');
    if (point != std::string_view::npos) {
      const std::string_view fraction = text.substr(point);
      fields_.micros = 0;
      if (fraction.size() > 1) {
        double value = 0;
        if (std::from_chars(fraction.data(), fraction.data() + fraction.size(), value).ec != std::errc()) value = 0;
        fields_.micros = static_cast<int32_t>(std::rint(value * 1000000));
      }
      text = text.substr(0, point);
    } else if ((mask & kDateMask) != kDateMask && text.size() >= 6) {
      const size_t length = text.size();
      found_ = kDateMask;
      fields_.day = DigitsToInt(text.substr(length - 2));
      fields_.month = DigitsToInt(text.substr(length - 4, 2));
      fields_.year = DigitsToInt(text.substr(0, length - 4));
      if (length - 4 == 2) two_digits_ = true;
      return Status::kOk;
    }
    if ((mask & kTimeMask) != kTimeMask && (text.size() == 6 || text.size() == 4)) {
      found_ = kTimeMask;
      fields_.hour = DigitsToInt(text.substr(0, 2));
      fields_.minute = DigitsToInt(text.substr(2, 2));
      fields_.second = text.size() == 6 ? DigitsToInt(text.substr(4, 2)) : 0;
      return Status::kOk;
    }
    return Status::kBadFormat;
  }

  enum class Meridian { kNone, kAm, kPm };

  const IoSettings& settings_;
  Tokenizer& tokens_;
  DateTimeFields fields_;
  uint32_t mask_ = 0;                     // fields read by earlier tokens
  uint32_t found_ = 0;                    // by this one
  bool ignored_ = false;
  bool time_only_ = false;
  TimeUnit prefix_ = TimeUnit::kNone;     // label whose number comes next
  TimeUnit special_ = TimeUnit::kNone;
  Meridian meridian_ = Meridian::kNone;
  bool have_text_month_ = false, is_julian_ = false, two_digits_ = false, bc_ = false;
  const TimeZone* named_zone_ = nullptr;
  const TimeZone* abbreviation_zone_ = nullptr;
  std::string_view abbreviation_;
};

// "YYYY-MM-DD" exactly: nearly all input there is. False: look closer.
bool FastDate(std::string_view text, int64_t* days) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  uint32_t digits[8];
  static constexpr int kPlaces[] = {0, 1, 2, 3, 5, 6, 8, 9};
  for (int i = 0; i < 8; ++i) {
    digits[i] = static_cast<uint8_t>(text[kPlaces[i]]) - static_cast<uint32_t>('0');
    if (digits[i] > 9) return false;
  }
  const int year = static_cast<int>(digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]);
  const int month = static_cast<int>(digits[4] * 10 + digits[5]), day = static_cast<int>(digits[6] * 10 + digits[7]);
  if (year == 0 || month == 0 || month > 12 || day == 0 || day > DaysInMonth(year, month)) return false;
  *days = DaysFromCivil(year, month, day);
  return true;
}

// "YYYY-MM-DD HH:MM:SS[.ffffff]" exactly, date part checked by FastDate.
bool FastTimestamp(std::string_view text, int64_t* timestamp) {
  int64_t days;
  if (text.size() < 19 || text[10] != ' ' || !FastDate(text.substr(0, 10), &days)) return false;
  if (text[13] != ':' || text[16] != ':') return false;
  uint32_t digits[6];
  static constexpr int kPlaces[] = {11, 12, 14, 15, 17, 18};
  for (int i = 0; i < 6; ++i) {
    digits[i] = static_cast<uint8_t>(text[kPlaces[i]]) - static_cast<uint32_t>('0');
    if (digits[i] > 9) return false;
  }
  const uint32_t hour = digits[0] * 10 + digits[1], minute = digits[2] * 10 + digits[3], second = digits[4] * 10 + digits[5];
  if (hour > 23 || minute > 59 || second > 59) return false;
  int64_t micros = 0;
  if (text.size() > 19) {
    if (text[19] != '.' || text.size() < 21 || text.size() > 26) return false;
    for (size_t i = 20; i < 26; ++i) {
      const uint32_t digit = i < text.size() ? static_cast<uint8_t>(text[i]) - static_cast<uint32_t>('0') : 0;
      if (digit > 9) return false;
      micros = micros * 10 + digit;
    }
  }
  *timestamp = days * kMicrosPerDay + (static_cast<int64_t>(hour) * 3600 + minute * 60 + second) * kMicrosPerSecond + micros;
  return true;
}

int64_t ParseAnyTimestamp(std::string_view text, int32_t typmod, const IoSettings& settings, bool with_zone) {
  const char* type_name = with_zone ? "timestamp with time zone" : "timestamp";
  int64_t result;
  if (!with_zone && FastTimestamp(text, &result)) return RoundTimestamp(result, typmod);
  Tokenizer tokens;
  Status status = tokens.Split(text, kDateTimeBuffer);
  DateTimeDecoder decoder(settings, tokens);
  if (status == Status::kOk) status = decoder.DecodeDateTime();
  if (status != Status::kOk) ThrowDateTimeError(status, text, type_name);
  switch (decoder.special()) {
    case TimeUnit::kNone:
      if (!FieldsToTimestamp(decoder.fields(), with_zone ? &decoder.fields().zone : nullptr, &result)) {
        throw SqlError(sqlstate::kDatetimeFieldOverflow, "timestamp out of range: \"" + std::string(text) + "\"");
      }
      break;
    case TimeUnit::kEpoch: result = -kUnixToPostgresSeconds * kMicrosPerSecond; break;
    case TimeUnit::kInfinity: result = kTimestampInfinity; break;
    case TimeUnit::kMinusInfinity: result = kTimestampMinusInfinity; break;
    default: ThrowDateTimeError(Status::kBadFormat, text, type_name);
  }
  return RoundTimestamp(result, typmod);
}

}  // namespace

void ThrowDateTimeError(DateTimeStatus status, std::string_view text, const char* type_name) {
  const std::string quoted = "\"" + std::string(text) + "\"";
  switch (status) {
    case Status::kFieldOverflow:
      throw SqlError(sqlstate::kDatetimeFieldOverflow, "date/time field value out of range: " + quoted);
    case Status::kMonthDayOverflow:
      throw SqlError(sqlstate::kDatetimeFieldOverflow, "date/time field value out of range: " + quoted)
          .Hint("Perhaps you need a different \"datestyle\" setting.");
    case Status::kIntervalOverflow:
      throw SqlError(sqlstate::kIntervalFieldOverflow, "interval field value out of range: " + quoted);
    case Status::kZoneOverflow:
      throw SqlError(sqlstate::kInvalidTimeZoneDisplacement, "time zone displacement out of range: " + quoted);
    default:
      throw SqlError(sqlstate::kInvalidDatetimeFormat, "invalid input syntax for type " + std::string(type_name) + ": " + quoted);
  }
}

DateTimeStatus DecodeNumericZone(std::string_view text, int32_t* zone) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return Status::kBadFormat;
  const bool negative = text[0] == '-';
  std::string_view rest = text.substr(1);
  Parsed part = LeadingInt(rest);
  if (part.overflow) return Status::kZoneOverflow;
  int64_t hour = part.value, minute = 0, second = 0;
  rest.remove_prefix(part.length);
  if (!rest.empty() && rest[0] == ':') {
    rest.remove_prefix(1);
    part = LeadingInt(rest);
    if (part.overflow) return Status::kZoneOverflow;
    minute = part.value;
    rest.remove_prefix(part.length);
    if (!rest.empty() && rest[0] == ':') {
      rest.remove_prefix(1);
      part = LeadingInt(rest);
      if (part.overflow) return Status::kZoneOverflow;
      second = part.value;
      rest.remove_prefix(part.length);
    }
  } else if (rest.empty() && text.size() > 3) {  // run together
    minute = hour % 100;
    hour /= 100;
  }
  if (hour < 0 || hour > 15 || minute < 0 || minute >= 60 || second < 0 || second >= 60) return Status::kZoneOverflow;
  const int32_t east = static_cast<int32_t>((hour * 60 + minute) * 60 + second);
  *zone = negative ? east : -east;
  return rest.empty() ? Status::kOk : Status::kBadFormat;
}

DateTimeStatus ValidateDate(uint32_t mask, bool is_julian, bool two_digits, bool bc, DateTimeFields* fields) {
  if ((mask & MaskOf(TimeField::kYear)) != 0 && !is_julian) {
    if (bc) {
      if (fields->year <= 0) return Status::kFieldOverflow;  // there is no year zero
      fields->year = 1 - fields->year;
    } else if (two_digits) {
      if (fields->year < 0) return Status::kFieldOverflow;
      if (fields->year < 70) {
        fields->year += 2000;
      } else if (fields->year < 100) {
        fields->year += 1900;
      }
    } else if (fields->year <= 0) {
      return Status::kFieldOverflow;
    }
  }
  if ((mask & MaskOf(TimeField::kDayOfYear)) != 0) {
    const CivilDate civil = CivilFromDays(DaysFromCivil(fields->year, 1, 1) + fields->year_day - 1);
    fields->year = civil.year;
    fields->month = civil.month;
    fields->day = civil.day;
  }
  if ((mask & MaskOf(TimeField::kMonth)) != 0 && (fields->month < 1 || fields->month > 12)) return Status::kMonthDayOverflow;
  if ((mask & MaskOf(TimeField::kDay)) != 0 && (fields->day < 1 || fields->day > 31)) return Status::kMonthDayOverflow;
  if ((mask & kDateMask) == kDateMask && fields->day > DaysInMonth(fields->year, fields->month)) return Status::kFieldOverflow;
  return Status::kOk;
}

int32_t ParseDate(std::string_view text, const IoSettings& settings) {
  int64_t days;
  if (FastDate(text, &days)) return static_cast<int32_t>(days);
  Tokenizer tokens;
  Status status = tokens.Split(text, kDateBuffer);
  DateTimeDecoder decoder(settings, tokens);
  if (status == Status::kOk) status = decoder.DecodeDateTime();
  if (status != Status::kOk) ThrowDateTimeError(status, text, "date");
  const DateTimeFields& fields = decoder.fields();
  switch (decoder.special()) {
    case TimeUnit::kNone: break;
    case TimeUnit::kEpoch: return -static_cast<int32_t>(kUnixToPostgresSeconds / 86400);
    case TimeUnit::kInfinity: return kDateInfinity;
    case TimeUnit::kMinusInfinity: return kDateMinusInfinity;
    default: ThrowDateTimeError(Status::kBadFormat, text, "date");
  }
  if (IsValidJulian(fields.year, fields.month, fields.day)) {
    days = DaysFromCivil(fields.year, fields.month, fields.day);
    if (IsValidDate(days)) return static_cast<int32_t>(days);
  }
  throw SqlError(sqlstate::kDatetimeFieldOverflow, "date out of range: \"" + std::string(text) + "\"");
}

int64_t ParseTime(std::string_view text, int32_t typmod, const IoSettings& settings) {
  Tokenizer tokens;
  Status status = tokens.Split(text, kDateBuffer);
  DateTimeDecoder decoder(settings, tokens);
  if (status == Status::kOk) status = decoder.DecodeTimeOnly();
  if (status != Status::kOk) ThrowDateTimeError(status, text, "time");
  return RoundTime(TimeOfFields(decoder.fields()), typmod);
}

TimeTz ParseTimetz(std::string_view text, int32_t typmod, const IoSettings& settings) {
  Tokenizer tokens;
  Status status = tokens.Split(text, kDateBuffer);
  DateTimeDecoder decoder(settings, tokens);
  if (status == Status::kOk) status = decoder.DecodeTimeOnly();
  if (status != Status::kOk) ThrowDateTimeError(status, text, "time with time zone");
  TimeTz result;
  result.micros = RoundTime(TimeOfFields(decoder.fields()), typmod);
  result.zone = decoder.fields().zone;
  return result;
}

int64_t ParseTimestamp(std::string_view text, int32_t typmod, const IoSettings& settings) {
  return ParseAnyTimestamp(text, typmod, settings, false);
}

int64_t ParseTimestamptz(std::string_view text, int32_t typmod, const IoSettings& settings) {
  return ParseAnyTimestamp(text, typmod, settings, true);
}

void ChooseZone(std::string_view name, ZoneChoice* choice) {
  std::string lower(name);
  for (char& c : lower) c = Lower(c);
  *choice = ZoneChoice();
  if (const TimeZoneAbbreviation* abbreviation = FindTimeZoneAbbreviation(lower)) {
    if (abbreviation->zone == nullptr) {
      choice->fixed = true;
      choice->zone = -abbreviation->offset;
      return;
    }
    choice->rules = FindZone(abbreviation->zone);
    if (choice->rules == nullptr) ThrowUnknownZone(abbreviation->zone);
    const std::string upper = UpperCase(lower);
    const size_t length = std::min(upper.size(), sizeof(choice->storage));
    std::memcpy(choice->storage, upper.data(), length);
    choice->abbreviation = {choice->storage, length};
    return;
  }
  choice->rules = FindZone(name);
  if (choice->rules == nullptr) ThrowUnknownZone(name);
}

int32_t ZoneAtFields(const ZoneChoice& choice, const DateTimeFields& fields) {
  if (choice.fixed) return choice.zone;
  return choice.abbreviation.empty() ? ZoneOfFields(fields, *choice.rules) : ZoneOfFields(fields, *choice.rules, choice.abbreviation);
}

int32_t ZoneAtInstant(const ZoneChoice& choice, int64_t timestamptz) {
  if (choice.fixed) return choice.zone;
  const int64_t seconds = timestamptz / kMicrosPerSecond - (timestamptz % kMicrosPerSecond < 0 ? 1 : 0) + kUnixToPostgresSeconds;
  TimeZone::Local meaning;
  if (!choice.abbreviation.empty() && choice.rules->MeaningOf(choice.abbreviation, seconds, &meaning)) return -meaning.offset;
  return -choice.rules->At(seconds).offset;
}

}  // namespace gather
