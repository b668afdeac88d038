#include <climits>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "catalog/functions/format_kernels.h"
#include "catalog/functions/format_template.h"
#include "catalog/functions/row_loops.h"
#include "types/datetime_arithmetic.h"
#include "types/datetime_fields.h"
#include "types/datetime_parse.h"
#include "types/datetime_tokens.h"
#include "types/error.h"
#include "types/io_settings.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

constexpr std::string_view kRomanMonths[] = {"XII", "XI", "X", "IX", "VIII", "VII", "VI", "V", "IV", "III", "II", "I"};

// What to_char prints: a moment, or an interval (which has no calendar).
struct Moment {
  int year = 0, month = 0, day = 0;
  int64_t hour = 0;
  int minute = 0, second = 0, micros = 0;
  int weekday = 0, year_day = 0;
  int32_t offset = 0;                      // seconds east of UTC
  const char* abbreviation = nullptr;
  bool is_interval = false;
};

std::string Spelled(std::string_view name, Spelling spelling) {
  std::string text(name);
  for (size_t i = 0; i < text.size(); ++i) {
    char& c = text[i];
    if (spelling == Spelling::kUpper && c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    if (spelling == Spelling::kLower && c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

// ---- to_char

class DateWriter {
 public:
  DateWriter(const Moment& moment, std::string& out) : moment_(moment), out_(out) {}

  void Write(const DateTemplate& format) {
    for (const DateNode& node : format.nodes()) {
      if (node.kind == DateNode::kPattern) {
        WritePattern(node);
      } else {
        out_ += node.text;
      }
    }
  }

 private:
  void NotForIntervals() const {
    if (moment_.is_interval) {
      throw SqlError(sqlstate::kInvalidDatetimeFormat, "invalid format specification for an interval value")
          .Hint("Intervals are not tied to specific calendar dates.");
    }
  }
  void Number(const DateNode& node, int64_t value, int width) {
    char digits[32];
    const int length = std::snprintf(digits, sizeof(digits), "%0*lld", node.fill_mode ? 0 : width, static_cast<long long>(value));
    out_.append(digits, static_cast<size_t>(length));
    if (node.ordinal != 0) out_ += OrdinalSuffix({digits, static_cast<size_t>(length)}, node.ordinal);
  }
  // One place more for a sign.
  void Signed(const DateNode& node, int64_t value, int width) { Number(node, value, value >= 0 ? width : width + 1); }
  // Full width whatever FM says.
  void Digits(const DateNode& node, int64_t value, int width) {
    DateNode wide = node;
    wide.fill_mode = false;
    Number(wide, value, width);
  }
  void Name(const DateNode& node, std::string_view name, size_t width) {
    out_ += Spelled(name, node.keyword->spelling);
    if (!node.fill_mode && !node.translated && name.size() < width) out_.append(width - name.size(), ' ');
  }
  int ShownYear(int year) const { return moment_.is_interval || year > 0 ? year : 1 - year; }
  int IsoShownYear() const { return ShownYear(IsoYear(moment_.year, moment_.month, moment_.day)); }
  void Year(const DateNode& node, int year, int width, int modulus) {
    Number(node, modulus == 0 ? year : year % modulus, ShownYear(moment_.year) >= 0 ? width : width + 1);
  }

  void WritePattern(const DateNode& node) {
    const Moment& m = moment_;
    const bool lower = node.keyword->spelling == Spelling::kLower;
    switch (node.keyword->pattern) {
      case DatePattern::kMeridianDots: {
        const bool pm = m.hour % 24 >= 12;
        out_ += pm ? (lower ? "p.m." : "P.M.") : (lower ? "a.m." : "A.M.");
        break;
      }
      case DatePattern::kMeridian: {
        const bool pm = m.hour % 24 >= 12;
        out_ += pm ? (lower ? "pm" : "PM") : (lower ? "am" : "AM");
        break;
      }
      case DatePattern::kEraDots:
        NotForIntervals();
        out_ += m.year <= 0 ? (lower ? "b.c." : "B.C.") : (lower ? "a.d." : "A.D.");
        break;
      case DatePattern::kEra:
        NotForIntervals();
        out_ += m.year <= 0 ? (lower ? "bc" : "BC") : (lower ? "ad" : "AD");
        break;
      case DatePattern::kCentury: {
        const int century = m.is_interval ? m.year / 100 : m.year > 0 ? (m.year - 1) / 100 + 1 : m.year / 100 - 1;
        if (century <= 99 && century >= -99) {
          Signed(node, century, 2);
        } else {
          Number(node, century, 0);
        }
        break;
      }
      case DatePattern::kDayName:
        NotForIntervals();
        Name(node, kDayNames[m.weekday], 9);
        break;
      case DatePattern::kDayShort:
        NotForIntervals();
        Name(node, kDayNames[m.weekday].substr(0, 3), 0);
        break;
      case DatePattern::kDayOfYear: Number(node, m.year_day, 3); break;
      case DatePattern::kIsoDayOfYear: Number(node, IsoYearDay(m.year, m.month, m.day), 3); break;
      case DatePattern::kDay: Number(node, m.day, 2); break;
      case DatePattern::kDayOfWeek:
        NotForIntervals();
        Number(node, m.weekday + 1, 0);
        break;
      case DatePattern::kIsoDayOfWeek:
        NotForIntervals();
        Number(node, m.weekday == 0 ? 7 : m.weekday, 0);
        break;
      case DatePattern::kFraction: {
        int value = m.micros;
        for (int i = node.keyword->precision; i < 6; ++i) value /= 10;
        Digits(node, value, node.keyword->precision);
        break;
      }
      case DatePattern::kFixedMode: break;
      case DatePattern::kHour24: Number(node, m.hour, m.hour >= 0 ? 2 : 3); break;
      case DatePattern::kHour12: Number(node, m.hour % 12 == 0 ? 12 : m.hour % 12, m.hour >= 0 ? 2 : 3); break;
      case DatePattern::kMinute: Signed(node, m.minute, 2); break;
      case DatePattern::kSecond: Signed(node, m.second, 2); break;
      case DatePattern::kMillisecond: Digits(node, m.micros / 1000, 3); break;
      case DatePattern::kMicrosecond: Digits(node, m.micros, 6); break;
      case DatePattern::kSecondOfDay: Number(node, m.hour * 3600 + m.minute * 60 + m.second, 0); break;
      case DatePattern::kIsoWeek: Number(node, IsoWeek(m.year, m.month, m.day), 2); break;
      case DatePattern::kIsoYear4: Year(node, IsoShownYear(), 4, 0); break;
      case DatePattern::kIsoYear3: Year(node, IsoShownYear(), 3, 1000); break;
      case DatePattern::kIsoYear2: Year(node, IsoShownYear(), 2, 100); break;
      case DatePattern::kIsoYear1: Digits(node, IsoShownYear() % 10, 1); break;
      case DatePattern::kYear4: Year(node, ShownYear(m.year), 4, 0); break;
      case DatePattern::kYear3: Year(node, ShownYear(m.year), 3, 1000); break;
      case DatePattern::kYear2: Year(node, ShownYear(m.year), 2, 100); break;
      case DatePattern::kYear1: Digits(node, ShownYear(m.year) % 10, 1); break;
      case DatePattern::kYearComma: {
        const int year = ShownYear(m.year), thousands = year / 1000;
        const std::string text = Format("%d,%03d", thousands, year - thousands * 1000);
        out_ += text;
        if (node.ordinal != 0) out_ += OrdinalSuffix(text, node.ordinal);
        break;
      }
      case DatePattern::kJulian: Number(node, JulianDay(m.year, m.month, m.day), 0); break;
      case DatePattern::kMonth: Signed(node, m.month, 2); break;
      case DatePattern::kMonthName:
        NotForIntervals();
        Name(node, kMonthNames[m.month - 1], 9);
        break;
      case DatePattern::kMonthShort:
        NotForIntervals();
        Name(node, kMonthNames[m.month - 1].substr(0, 3), 0);
        break;
      case DatePattern::kRomanMonth: {
        if (m.month == 0 && m.year == 0) break;
        // Counted from December; negative months from the other end, and whole years are a December.
        const int place = m.month == 0 ? (m.year >= 0 ? 0 : 11) : m.month < 0 ? -(m.month + 1) : 12 - m.month;
        Name(node, kRomanMonths[place], node.translated ? 4 : 4);
        break;
      }
      case DatePattern::kQuarter:
        if (m.month != 0) Number(node, (m.month - 1) / 3 + 1, 0);
        break;
      case DatePattern::kWeekOfYear: Number(node, (m.year_day - 1) / 7 + 1, 2); break;
      case DatePattern::kWeekOfMonth: Number(node, (m.day - 1) / 7 + 1, 0); break;
      case DatePattern::kZone:
        NotForIntervals();
        if (m.abbreviation != nullptr) out_ += lower ? Spelled(m.abbreviation, Spelling::kLower) : std::string(m.abbreviation);
        break;
      case DatePattern::kZoneHour:
        NotForIntervals();
        out_ += Format("%c%02d", m.offset >= 0 ? '+' : '-', std::abs(m.offset) / 3600);
        break;
      case DatePattern::kZoneMinute:
        NotForIntervals();
        out_ += Format("%02d", std::abs(m.offset) % 3600 / 60);
        break;
      case DatePattern::kOffset:
        NotForIntervals();
        out_ += Format("%c%0*d", m.offset >= 0 ? '+' : '-', node.fill_mode ? 0 : 2, std::abs(m.offset) / 3600);
        if (m.offset % 3600 != 0) out_ += Format(":%02d", std::abs(m.offset) % 3600 / 60);
        break;
    }
  }

  const Moment& moment_;
  std::string& out_;
};

Moment MomentOf(const DateTimeFields& fields) {
  Moment moment;
  moment.year = fields.year;
  moment.month = fields.month;
  moment.day = fields.day;
  moment.hour = fields.hour;
  moment.minute = fields.minute;
  moment.second = fields.second;
  moment.micros = fields.micros;
  const int64_t date = DaysFromCivil(fields.year, fields.month, fields.day);
  moment.weekday = WeekDay(date);
  moment.year_day = static_cast<int>(date - DaysFromCivil(fields.year, 1, 1) + 1);
  moment.offset = -fields.zone;
  moment.abbreviation = fields.abbreviation;
  return moment;
}

Moment MomentOf(const Interval& interval) {
  const IntervalFields fields = SplitInterval(interval);
  Moment moment;
  moment.year = fields.year;
  moment.month = fields.month;
  moment.day = fields.day;
  moment.hour = fields.hour;
  moment.minute = fields.minute;
  moment.second = fields.second;
  moment.micros = fields.micros;
  moment.year_day = static_cast<int>(static_cast<uint32_t>((int64_t{fields.year} * 12 + fields.month) * 30 + fields.day));
  moment.is_interval = true;
  return moment;
}

// ---- to_date and to_timestamp

// The fields read from the input; 0 is absent.
struct ReadFields {
  DateConvention convention = DateConvention::kNone;
  int hour = 0, pm = 0, minute = 0, second = 0, second_of_day = 0, weekday = 0, day = 0, year_day = 0, month = 0, millisecond = 0, year = 0, bc = 0,
      week = 0, month_week = 0, century = 0, julian = 0, micros = 0, year_digits = 0, zone_hour = 0, zone_minute = 0, fraction_digits = 0;
  bool clock12 = false;
  int zone_sign = 0;
};

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

class DateReader {
 public:
  DateReader(const DateTemplate& format, std::string_view text) : nodes_(format.nodes()), text_(text) {}

  ReadFields Read() {
    bool fixed = false;       // FX
    int extra_skip = 0;       // blanks skipped beyond what the template has
    for (size_t i = 0; i < nodes_.size() && at_ < text_.size(); ++i) {
      const DateNode& node = nodes_[i];
      const bool is_fx = node.kind == DateNode::kPattern && node.keyword->pattern == DatePattern::kFixedMode;
      if (!fixed && !is_fx && (node.kind == DateNode::kPattern || i == 0)) extra_skip += SkipSpaces();
      if (node.kind == DateNode::kSpace || node.kind == DateNode::kSeparator) {
        if (fixed) {
          SkipCharacter();
        } else {
          --extra_skip;
          if (at_ < text_.size() && (IsSpace(text_[at_]) || IsSeparator(text_[at_]))) {
            ++at_;
            ++extra_skip;
          }
        }
        continue;
      }
      if (node.kind == DateNode::kText) {
        if (!fixed && extra_skip > 0) {
          --extra_skip;
        } else {
          SkipCharacter();
        }
        continue;
      }
      CheckConvention(node);
      if (is_fx) {
        fixed = true;
      } else {
        ReadPattern(i, extra_skip);
      }
      if (!fixed) extra_skip = SkipSpaces();
    }
    return fields_;
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void SkipCharacter() { at_ += Utf8FirstBytes(text_.substr(at_)); }
  int SkipSpaces() {
    const size_t start = at_;
    while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
    return static_cast<int>(at_ - start);
  }

  void CheckConvention(const DateNode& node) {
    const DateConvention convention = node.keyword->convention;
    if (convention == DateConvention::kNone) return;
    if (fields_.convention == DateConvention::kNone) fields_.convention = convention;
    if (fields_.convention != convention) {
      throw SqlError(sqlstate::kInvalidDatetimeFormat, "invalid combination of date conventions")
          .Hint("Do not mix Gregorian and ISO week date conventions in a formatting template.");
    }
  }

  void Set(int* field, int value, const DateNode& node) {
    if (*field != 0 && *field != value) {
      throw SqlError(sqlstate::kInvalidDatetimeFormat, "conflicting values for \"" + std::string(node.keyword->name) + "\" field in formatting string")
          .Detail("This value contradicts a previous setting for the same field type.");
    }
    *field = value;
  }

  // True when what follows node i in the input cannot be a digit of its field.
  bool NextIsNoDigit(size_t i) const {
    if (nodes_[i].ordinal != 0 || i + 1 == nodes_.size()) return true;
    const DateNode& next = nodes_[i + 1];
    if (next.kind == DateNode::kPattern) return !next.keyword->digits;
    return !(next.text.size() == 1 && next.text[0] >= '0' && next.text[0] <= '9');
  }

  // Reads an integer of `length` digits into *field (null: nowhere) and returns how many characters it took.
  int ReadInt(size_t i, int* field, size_t length) {
    const DateNode& node = nodes_[i];
    const size_t start = at_;
    SkipSpaces();
    const std::string copy(text_.substr(at_, length));
    const std::string name(node.keyword->name);
    long long value = 0;
    bool overflow = false;
    if (node.fill_mode || NextIsNoDigit(i)) {
      // As many digits as there are.
      at_ = start;
      value = ReadLong(text_.substr(start), true, &overflow);
    } else {
      if (copy.size() < length) {
        throw SqlError(sqlstate::kInvalidDatetimeFormat, "source string too short for \"" + name + "\" formatting field")
            .Detail(Format("Field requires %d characters, but only %d remain.", static_cast<int>(length), static_cast<int>(copy.size())))
            .Hint("If your source string is not fixed-width, try using the \"FM\" modifier.");
      }
      const size_t before = at_;
      value = ReadLong(copy, true, &overflow);
      const size_t used = at_ - before;
      if (used > 0 && used < length) {
        throw SqlError(sqlstate::kInvalidDatetimeFormat, "invalid value \"" + copy + "\" for \"" + name + "\"")
            .Detail(Format("Field requires %d characters, but only %d could be parsed.", static_cast<int>(length), static_cast<int>(used)))
            .Hint("If your source string is not fixed-width, try using the \"FM\" modifier.");
      }
    }
    if (at_ == start) {
      throw SqlError(sqlstate::kInvalidDatetimeFormat, "invalid value \"" + copy + "\" for \"" + name + "\"").Detail("Value must be an integer.");
    }
    if (overflow || value < INT_MIN || value > INT_MAX) {
      throw SqlError(sqlstate::kDatetimeFieldOverflow, "value for \"" + name + "\" in source string is out of range")
          .Detail(Format("Value must be in the range %d to %d.", INT_MIN, INT_MAX));
    }
    if (field != nullptr) Set(field, static_cast<int>(value), node);
    return static_cast<int>(at_ - start);
  }
  int ReadInt(size_t i, int* field) { return ReadInt(i, field, nodes_[i].keyword->name.size()); }

  // As strtol on `text`, which lies at at_; moves on by what it used.
  long long ReadLong(std::string_view text, bool spaces, bool* overflow) {
    size_t at = 0;
    if (spaces) {
      while (at < text.size() && IsSpace(text[at])) ++at;
    }
    bool negative = false;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) negative = text[at++] == '-';
    const size_t digits = at;
    long long value = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      if (__builtin_mul_overflow(value, 10LL, &value) || __builtin_add_overflow(value, static_cast<long long>(text[at] - '0'), &value)) *overflow = true;
    }
    if (at == digits) return 0;
    at_ += at;
    return negative ? -value : value;
  }

  // Index of the name that the input starts with, in whatever case.
  template <size_t n>
  int ReadName(const DateNode& node, const std::string_view (&names)[n], size_t letters = std::string_view::npos) {
    for (size_t i = 0; i < n; ++i) {
      const std::string_view name = names[i].substr(0, letters), here = text_.substr(at_, name.size());
      if (Spelled(here, Spelling::kLower) == Spelled(name, Spelling::kLower)) {
        at_ += name.size();
        return static_cast<int>(i);
      }
    }
    std::string_view shown = text_.substr(at_);
    shown = shown.substr(0, shown.find_first_of(" \t\n\r\f"));
    throw SqlError(sqlstate::kInvalidDatetimeFormat, "invalid value \"" + std::string(shown) + "\" for \"" + std::string(node.keyword->name) + "\"")
        .Detail("The given value did not match any of the allowed values for this field.");
  }

  // The two letters of an ordinal.
  void SkipOrdinal(const DateNode& node) {
    if (node.ordinal == 0) return;
    for (int i = 0; i < 2 && at_ < text_.size(); ++i) SkipCharacter();
  }

  // Two-digit and three-digit years count toward 2020.
  static int NearYear(int year) {
    if (year < 70) return year + 2000;
    if (year < 100) return year + 1900;
    if (year < 520) return year + 2000;
    if (year < 1000) return year + 1000;
    return year;
  }
  void ReadYear(size_t i, int digits) {
    const int length = ReadInt(i, &fields_.year);
    if (digits < 4 && length < 4) fields_.year = NearYear(fields_.year);
    fields_.year_digits = digits;
  }

  void ReadPattern(size_t i, int extra_skip) {
    static constexpr std::string_view kMeridianDots[] = {"a.m.", "p.m."}, kMeridian[] = {"am", "pm"}, kEraDots[] = {"a.d.", "b.c."}, kEra[] = {"ad", "bc"};
    const DateNode& node = nodes_[i];
    switch (node.keyword->pattern) {
      case DatePattern::kMeridianDots:
        Set(&fields_.pm, ReadName(node, kMeridianDots), node);
        fields_.clock12 = true;
        return;
      case DatePattern::kMeridian:
        Set(&fields_.pm, ReadName(node, kMeridian), node);
        fields_.clock12 = true;
        return;
      case DatePattern::kEraDots: return Set(&fields_.bc, ReadName(node, kEraDots), node);
      case DatePattern::kEra: return Set(&fields_.bc, ReadName(node, kEra), node);
      case DatePattern::kHour12:
        ReadInt(i, &fields_.hour, 2);
        fields_.clock12 = true;
        break;
      case DatePattern::kHour24: ReadInt(i, &fields_.hour, 2); break;
      case DatePattern::kMinute: ReadInt(i, &fields_.minute); break;
      case DatePattern::kSecond: ReadInt(i, &fields_.second); break;
      case DatePattern::kMillisecond: {
        const int length = ReadInt(i, &fields_.millisecond, 3);
        fields_.millisecond *= length == 1 ? 100 : length == 2 ? 10 : 1;  // 25 is 0.25
        break;
      }
      case DatePattern::kFraction: fields_.fraction_digits = node.keyword->precision; [[fallthrough]];
      case DatePattern::kMicrosecond: {
        const bool micros = node.keyword->pattern == DatePattern::kMicrosecond;
        const int length = ReadInt(i, &fields_.micros, micros ? 6 : static_cast<size_t>(fields_.fraction_digits));
        for (int digits = length; digits < 6; ++digits) fields_.micros *= 10;
        break;
      }
      case DatePattern::kSecondOfDay: ReadInt(i, &fields_.second_of_day); break;
      case DatePattern::kZone:
      case DatePattern::kOffset:
        ThrowNotSupported("formatting field \"" + std::string(node.keyword->name) + "\" is only supported in to_char");
      case DatePattern::kZoneHour:
        // The minus may have been taken for a separator.
        if (Peek() == '+' || Peek() == '-' || Peek() == ' ') {
          fields_.zone_sign = Peek() == '-' ? -1 : 1;
          ++at_;
        } else {
          fields_.zone_sign = extra_skip > 0 && at_ > 0 && text_[at_ - 1] == '-' ? -1 : 1;
        }
        ReadInt(i, &fields_.zone_hour, 2);
        return;
      case DatePattern::kZoneMinute:
        if (fields_.zone_sign == 0) fields_.zone_sign = 1;
        ReadInt(i, &fields_.zone_minute, 2);
        return;
      case DatePattern::kMonthName: return Set(&fields_.month, ReadName(node, kMonthNames) + 1, node);
      case DatePattern::kMonthShort: return Set(&fields_.month, ReadName(node, kMonthNames, 3) + 1, node);
      case DatePattern::kMonth: ReadInt(i, &fields_.month); break;
      case DatePattern::kDayName: 
        Set(&fields_.weekday, ReadName(node, kDayNames), node);
        ++fields_.weekday;
        return;
      case DatePattern::kDayShort:
        Set(&fields_.weekday, ReadName(node, kDayNames, 3), node);
        ++fields_.weekday;
        return;
      case DatePattern::kDayOfYear: ReadInt(i, &fields_.year_day); break;
      case DatePattern::kIsoDayOfYear: ReadInt(i, &fields_.year_day, 3); break;
      case DatePattern::kDay: ReadInt(i, &fields_.day); break;
      case DatePattern::kDayOfWeek: ReadInt(i, &fields_.weekday); break;
      case DatePattern::kIsoDayOfWeek:
        ReadInt(i, &fields_.weekday, 1);
        if (++fields_.weekday > 7) fields_.weekday = 1;  // Sunday is 1 here
        break;
      case DatePattern::kWeekOfYear:
      case DatePattern::kIsoWeek: ReadInt(i, &fields_.week); break;
      case DatePattern::kQuarter: ReadInt(i, nullptr); break;  // which day of it?
      case DatePattern::kCentury: ReadInt(i, &fields_.century); break;
      case DatePattern::kYearComma: ReadYearComma(node); break;
      case DatePattern::kYear4:
      case DatePattern::kIsoYear4: ReadYear(i, 4); break;
      case DatePattern::kYear3:
      case DatePattern::kIsoYear3: ReadYear(i, 3); break;
      case DatePattern::kYear2:
      case DatePattern::kIsoYear2: ReadYear(i, 2); break;
      case DatePattern::kYear1:
      case DatePattern::kIsoYear1: ReadYear(i, 1); break;
      case DatePattern::kRomanMonth: return Set(&fields_.month, 12 - ReadName(node, kRomanMonths), node);
      case DatePattern::kWeekOfMonth: ReadInt(i, &fields_.month_week); break;
      case DatePattern::kJulian: ReadInt(i, &fields_.julian); break;
      case DatePattern::kFixedMode: return;
    }
    SkipOrdinal(node);
  }

  void ReadYearComma(const DateNode& node) {
    bool overflow = false;
    const size_t start = at_;
    const long long thousands = ReadLong(text_.substr(at_), true, &overflow);
    bool ok = at_ > start && Peek() == ',';
    long long rest = 0;
    if (ok) {
      ++at_;
      const size_t before = at_;
      rest = ReadLong(text_.substr(at_, 3), false, &overflow);
      ok = at_ > before;
    }
    if (!ok || overflow) throw SqlError(sqlstate::kInvalidDatetimeFormat, "invalid input string for \"Y,YYY\"");
    Set(&fields_.year, static_cast<int>(thousands * 1000 + rest), node);
    fields_.year_digits = 4;
  }

  const std::vector<DateNode>& nodes_;
  const std::string_view text_;
  size_t at_ = 0;
  ReadFields fields_;
};

// A date and time out of what was read.
struct Assembled {
  DateTimeFields fields;
  int fraction_digits = 0;
  bool has_zone = false;
};

void SetDate(int64_t days_since_2000, DateTimeFields* fields) {
  const CivilDate civil = CivilFromDays(days_since_2000);
  fields->year = civil.year;
  fields->month = civil.month;
  fields->day = civil.day;
}

Assembled Assemble(ReadFields read, std::string_view text) {
  constexpr uint32_t kYear = MaskOf(TimeField::kYear), kMonth = MaskOf(TimeField::kMonth), kDay = MaskOf(TimeField::kDay);
  Assembled result;
  DateTimeFields& f = result.fields;
  f.month = f.day = 1;
  uint32_t mask = 0;
  if (read.second_of_day != 0) {
    f.hour = read.second_of_day / 3600;
    f.minute = read.second_of_day % 3600 / 60;
    f.second = read.second_of_day % 60;
  }
  if (read.second != 0) f.second = read.second;
  if (read.minute != 0) f.minute = read.minute;
  if (read.hour != 0) f.hour = read.hour;
  if (read.clock12) {
    if (f.hour < 1 || f.hour > 12) {
      throw SqlError(sqlstate::kInvalidDatetimeFormat, Format("hour \"%d\" is invalid for the 12-hour clock", f.hour))
          .Hint("Use the 24-hour clock, or give an hour between 1 and 12.");
    }
    if (read.pm != 0 && f.hour < 12) {
      f.hour += 12;
    } else if (read.pm == 0 && f.hour == 12) {
      f.hour = 0;
    }
  }
  if (read.year != 0) {
    if (read.century != 0 && read.year_digits <= 2) {
      // Two digits of the year within the given century, which ends with the year 00.
      if (read.bc != 0) read.century = -read.century;
      f.year = read.year % 100;
      if (f.year != 0) {
        f.year = read.century >= 0 ? f.year + (read.century - 1) * 100 : (read.century + 1) * 100 - f.year + 1;
      } else {
        f.year = read.century * 100 + (read.century >= 0 ? 0 : 1);
      }
    } else {
      f.year = read.bc != 0 ? -read.year : read.year;
      if (f.year < 0) ++f.year;
    }
    mask |= kYear;
  } else if (read.century != 0) {
    if (read.bc != 0) read.century = -read.century;
    f.year = read.century >= 0 ? (read.century - 1) * 100 + 1 : read.century * 100 + 1;
    mask |= kYear;
  }
  if (read.julian != 0) {
    SetDate(read.julian - int64_t{kPostgresEpochJulianDay}, &f);
    mask |= kDateMask;
  }
  if (read.week != 0) {
    if (read.convention == DateConvention::kIsoWeek) {
      int64_t date = FirstDayOfIsoWeek(f.year, read.week);
      if (read.weekday != 0) date += read.weekday > 1 ? read.weekday - 2 : 6;
      SetDate(date, &f);
      mask |= kDateMask;
    } else {
      read.year_day = (read.week - 1) * 7 + 1;
    }
  }
  if (read.month_week != 0) read.day = (read.month_week - 1) * 7 + 1;
  if (read.day != 0) {
    f.day = read.day;
    mask |= kDay;
  }
  if (read.month != 0) {
    f.month = read.month;
    mask |= kMonth;
  }
  if (read.year_day != 0 && (f.month <= 1 || f.day <= 1)) {
    if (f.year == 0 && read.bc == 0) {
      throw SqlError(sqlstate::kInvalidDatetimeFormat, "cannot calculate day of year without year information");
    }
    if (read.convention == DateConvention::kIsoWeek) {
      SetDate(FirstDayOfIsoWeek(f.year, 1) - 1 + read.year_day, &f);
      mask |= kDateMask;
    } else {
      int month = 1, before = 0;
      while (month <= 12 && read.year_day > before + DaysInMonth(f.year, month)) before += DaysInMonth(f.year, month++);
      if (f.month <= 1) f.month = month;
      if (f.day <= 1) f.day = read.year_day - before;
      mask |= kMonth | kDay;
    }
  }
  f.micros = read.millisecond * 1000 + read.micros;
  result.fraction_digits = read.fraction_digits;
  if (mask != 0 && ValidateDate(mask, true, false, false, &f) != DateTimeStatus::kOk) {
    ThrowDateTimeError(DateTimeStatus::kFieldOverflow, text, "timestamp");
  }
  if (f.hour < 0 || f.hour >= 24 || f.minute < 0 || f.minute >= 60 || f.second < 0 || f.second >= 60 || f.micros < 0 || f.micros >= kMicrosPerSecond) {
    ThrowDateTimeError(DateTimeStatus::kFieldOverflow, text, "timestamp");
  }
  if (read.zone_sign != 0) {
    if (read.zone_hour < 0 || read.zone_hour > 15 || read.zone_minute < 0 || read.zone_minute >= 60) {
      ThrowDateTimeError(DateTimeStatus::kZoneOverflow, text, "timestamp");
    }
    result.has_zone = true;
    f.zone = -read.zone_sign * (read.zone_hour * 3600 + read.zone_minute * 60);
  }
  return result;
}

// The template of every row, cut anew only when it changes.
class RowTemplate {
 public:
  explicit RowTemplate(const Vector& formats) : formats_(formats.View()) {}
  const DateTemplate& At(uint32_t row) {
    const std::string_view format = StringAt(formats_, row);
    if (!template_.has_value() || template_->format() != format) template_.emplace(format);
    return *template_;
  }

 private:
  const VectorView formats_;
  std::optional<DateTemplate> template_;
};

// moment(row, &moment) is false for a null result.
template <class MomentAt>
void WriteRows(std::span<const Vector> arguments, uint32_t rows, Vector& result, MomentAt moment_at) {
  RowTemplate formats(arguments[1]);
  std::string buffer;
  ForValidRows(result, rows, [&](uint32_t row) {
    const DateTemplate& format = formats.At(row);
    Moment moment;
    if (format.format().empty() || !moment_at(row, &moment)) return result.SetNull(row);
    buffer.clear();
    DateWriter(moment, buffer).Write(format);
    result.data<StringRef>()[row] = result.AddString(buffer);
  });
}

}  // namespace

GATHER_KERNEL(TimestampToChar) {
  const VectorView values = arguments[0].View();
  WriteRows(arguments, rows, result, [&](uint32_t row, Moment* moment) {
    const int64_t timestamp = values.get<int64_t>(row);
    DateTimeFields fields;
    if (!IsFiniteTimestamp(timestamp)) return false;
    if (!TimestampToFields(timestamp, &fields)) ThrowTimestampOutOfRange();
    *moment = MomentOf(fields);
    return true;
  });
}

GATHER_KERNEL(TimestamptzToChar) {
  const VectorView values = arguments[0].View();
  const TimeZone& zone = ZoneOf(*context.io);
  WriteRows(arguments, rows, result, [&](uint32_t row, Moment* moment) {
    const int64_t instant = values.get<int64_t>(row);
    DateTimeFields fields;
    if (!IsFiniteTimestamp(instant)) return false;
    if (!TimestamptzToFields(instant, zone, &fields)) ThrowTimestampOutOfRange();
    *moment = MomentOf(fields);
    return true;
  });
}

GATHER_KERNEL(IntervalToChar) {
  const VectorView values = arguments[0].View();
  WriteRows(arguments, rows, result, [&](uint32_t row, Moment* moment) {
    *moment = MomentOf(values.get<Interval>(row));
    return true;
  });
}

GATHER_KERNEL(ToDate) {
  RowTemplate formats(arguments[1]);
  const VectorView texts = arguments[0].View();
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string_view text = StringAt(texts, row);
    const DateTimeFields fields = Assemble(DateReader(formats.At(row), text).Read(), text).fields;
    const int64_t days = DaysFromCivil(fields.year, fields.month, fields.day);
    if (!IsValidJulian(fields.year, fields.month, fields.day) || !IsValidDate(days)) {
      throw SqlError(sqlstate::kDatetimeFieldOverflow, "date out of range: \"" + std::string(text) + "\"");
    }
    result.data<int32_t>()[row] = static_cast<int32_t>(days);
  });
}

GATHER_KERNEL(ToTimestamp) {
  RowTemplate formats(arguments[1]);
  const VectorView texts = arguments[0].View();
  const TimeZone& zone = ZoneOf(*context.io);
  ForValidRows(result, rows, [&](uint32_t row) {
    const std::string_view text = StringAt(texts, row);
    const Assembled read = Assemble(DateReader(formats.At(row), text).Read(), text);
    const int32_t offset = read.has_zone ? read.fields.zone : ZoneOfFields(read.fields, zone);
    int64_t timestamp;
    if (!FieldsToTimestamp(read.fields, &offset, &timestamp)) ThrowTimestampOutOfRange();
    result.data<int64_t>()[row] = read.fraction_digits != 0 ? RoundTimestamp(timestamp, read.fraction_digits) : timestamp;
  });
}

}  // namespace gather::catalog
