// to_char of numbers, and to_number. Templates work by position: digits of the number are laid over the template's 9s and 0s from the
// left, after as many blanks as the number has fewer digits before the point.
#include <cfloat>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "catalog/functions/format_kernels.h"
#include "catalog/functions/format_template.h"
#include "catalog/functions/row_loops.h"
#include "types/error.h"
#include "types/numeric.h"
#include "types/utf8.h"

namespace gather::catalog {
namespace {

constexpr size_t kNone = std::string::npos;
constexpr int kRomanWidth = 15;
// The C locale's.
constexpr char kThousands = ',', kCurrency = ' ';

enum class NumberPattern : uint8_t {
  kComma, kPoint, kZero, kNine, kBlank, kLocalePoint, kExponent, kFillMode, kGroup, kCurrencySign, kMinus, kPlus, kBracket, kRoman, kSign, kLocaleSign,
  kOrdinal, kShift, kIgnored,
};

struct NumberKeyword {
  std::string_view name;             // upper case; the lower-case spelling is known too
  NumberPattern pattern;
};

constexpr NumberKeyword kKeywords[] = {
    {",", NumberPattern::kComma}, {".", NumberPattern::kPoint}, {"0", NumberPattern::kZero}, {"9", NumberPattern::kNine}, {"B", NumberPattern::kBlank},
    {"C", NumberPattern::kIgnored}, {"D", NumberPattern::kLocalePoint}, {"EEEE", NumberPattern::kExponent}, {"FM", NumberPattern::kFillMode},
    {"G", NumberPattern::kGroup}, {"L", NumberPattern::kCurrencySign}, {"MI", NumberPattern::kMinus}, {"PL", NumberPattern::kPlus},
    {"PR", NumberPattern::kBracket}, {"RN", NumberPattern::kRoman}, {"SG", NumberPattern::kSign}, {"SP", NumberPattern::kIgnored},
    {"S", NumberPattern::kLocaleSign}, {"TH", NumberPattern::kOrdinal}, {"V", NumberPattern::kShift},
};

struct NumberNode {
  bool is_pattern = false;
  NumberPattern pattern = NumberPattern::kIgnored;
  bool lower = false;                // rn, th
  std::string_view text;             // one character
};

enum class SignPlace { kNone, kBefore, kAfter };

// What the whole template asks for.
struct NumberShape {
  int before = 0, after = 0;         // digits before and after the point
  int shift = 0;                     // digits behind V
  int zero_start = 0, zero_end = 0;  // first and last place of a 0
  int sign_digits = 0;               // digits before an S
  SignPlace sign_place = SignPlace::kNone;
  bool point = false, zero = false, blank = false, fill_mode = false, locale_sign = false, bracket = false, minus = false, plus = false, roman = false,
       shifts = false, exponent = false;
};

[[noreturn]] void ThrowSyntax(const char* message) { throw SqlError(sqlstate::kSyntaxError, message); }

class NumberTemplate {
 public:
  explicit NumberTemplate(std::string_view format) : format_(format) {
    for (std::string_view rest = format_; !rest.empty();) {
      NumberNode node;
      if (const NumberKeyword* keyword = Find(rest)) {
        node.is_pattern = true;
        node.pattern = keyword->pattern;
        node.lower = rest[0] >= 'a' && rest[0] <= 'z';
        rest.remove_prefix(keyword->name.size());
        Describe(node.pattern);
        nodes_.push_back(node);
        continue;
      }
      if (rest[0] == '"') {
        rest.remove_prefix(1);
        while (!rest.empty() && rest[0] != '"') {
          if (rest[0] == '\\' && rest.size() > 1) rest.remove_prefix(1);
          rest = AddText(rest);
        }
        if (!rest.empty()) rest.remove_prefix(1);
        continue;
      }
      if (rest[0] == '\\' && rest.size() > 1 && rest[1] == '"') rest.remove_prefix(1);
      rest = AddText(rest);
    }
  }
  const std::string& format() const { return format_; }
  const std::vector<NumberNode>& nodes() const { return nodes_; }
  const NumberShape& shape() const { return shape_; }

 private:
  static const NumberKeyword* Find(std::string_view rest) {
    for (const NumberKeyword& keyword : kKeywords) {
      if (rest.size() < keyword.name.size()) continue;
      // All upper case or all lower case.
      bool upper = true, lower = true;
      for (size_t i = 0; i < keyword.name.size(); ++i) {
        const char c = keyword.name[i];
        upper &= rest[i] == c;
        lower &= rest[i] == (c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
      }
      if (upper || lower) return &keyword;
    }
    return nullptr;
  }
  std::string_view AddText(std::string_view rest) {
    NumberNode node;
    node.text = rest.substr(0, Utf8FirstBytes(rest));
    nodes_.push_back(node);
    return rest.substr(node.text.size());
  }

  void Describe(NumberPattern pattern) {
    NumberShape& s = shape_;
    if (s.exponent && pattern != NumberPattern::kExponent) ThrowSyntax("\"EEEE\" must be the last pattern used");
    switch (pattern) {
      case NumberPattern::kNine:
        if (s.bracket) ThrowSyntax("\"9\" must be ahead of \"PR\"");
        if (s.shifts) {
          ++s.shift;
        } else {
          ++(s.point ? s.after : s.before);
        }
        break;
      case NumberPattern::kZero:
        if (s.bracket) ThrowSyntax("\"0\" must be ahead of \"PR\"");
        if (!s.zero && !s.point) {
          s.zero = true;
          s.zero_start = s.before + 1;
        }
        ++(s.point ? s.after : s.before);
        s.zero_end = s.before + s.after;
        break;
      case NumberPattern::kBlank:
        if (s.before == 0 && s.after == 0 && !s.zero) s.blank = true;
        break;
      case NumberPattern::kLocalePoint:
      case NumberPattern::kPoint:
        if (s.point) ThrowSyntax("multiple decimal points");
        if (s.shifts) ThrowSyntax("cannot use \"V\" and decimal point together");
        s.point = true;
        break;
      case NumberPattern::kFillMode: s.fill_mode = true; break;
      case NumberPattern::kLocaleSign:
        if (s.locale_sign) ThrowSyntax("cannot use \"S\" twice");
        if (s.plus || s.minus || s.bracket) ThrowSyntax("cannot use \"S\" and \"PL\"/\"MI\"/\"SG\"/\"PR\" together");
        s.locale_sign = true;
        s.sign_place = s.point ? SignPlace::kAfter : SignPlace::kBefore;
        if (!s.point) s.sign_digits = s.before;
        break;
      case NumberPattern::kMinus:
        if (s.locale_sign) ThrowSyntax("cannot use \"S\" and \"MI\" together");
        s.minus = true;
        break;
      case NumberPattern::kPlus:
        if (s.locale_sign) ThrowSyntax("cannot use \"S\" and \"PL\" together");
        s.plus = true;
        break;
      case NumberPattern::kSign:
        if (s.locale_sign) ThrowSyntax("cannot use \"S\" and \"SG\" together");
        s.minus = s.plus = true;
        break;
      case NumberPattern::kBracket:
        if (s.locale_sign || s.plus || s.minus) ThrowSyntax("cannot use \"PR\" and \"S\"/\"PL\"/\"MI\"/\"SG\" together");
        s.bracket = true;
        break;
      case NumberPattern::kRoman: s.roman = true; break;
      case NumberPattern::kShift:
        if (s.point) ThrowSyntax("cannot use \"V\" and decimal point together");
        s.shifts = true;
        break;
      case NumberPattern::kExponent:
        if (s.exponent) ThrowSyntax("cannot use \"EEEE\" twice");
        if (s.blank || s.fill_mode || s.locale_sign || s.bracket || s.minus || s.plus || s.roman || s.shifts) {
          throw SqlError(sqlstate::kSyntaxError, "\"EEEE\" is incompatible with other formats")
              .Detail("\"EEEE\" may only be used together with digit and decimal point patterns.");
        }
        s.exponent = true;
        break;
      default: break;
    }
  }

  const std::string format_;         // nodes refer to it
  std::vector<NumberNode> nodes_;
  NumberShape shape_;
};

// ---- to_char

// A number's digits as the template wants them.
struct Digits {
  std::string text;                  // without sign; "#" where it does not fit; complete with its sign for EEEE
  char sign = '+';
  int blanks = 0;                    // places before the point it does not fill
};

class NumberWriter {
 public:
  NumberWriter(const NumberTemplate& format, NumberShape shape, const Digits& digits, std::string& out)
      : format_(format), shape_(shape), number_(digits.text), sign_(digits.sign), blanks_(digits.blanks), out_(out) {}

  void Write() {
    NumberShape& s = shape_;
    if (s.exponent) {
      out_ += number_;
      return;
    }
    if (s.zero_start > 0) --s.zero_start;
    if (s.roman) {
      const bool fill_mode = s.fill_mode;
      s = NumberShape();
      s.roman = true;
      s.fill_mode = fill_mode;
      blanks_ = 0;
      sign_ = 0;
    }
    if (s.plus || s.minus) {
      sign_written_ = !(s.plus && !s.minus);
    } else {
      if (sign_ != '-' && s.bracket && s.fill_mode) s.bracket = false;
      sign_written_ = sign_ == '+' && s.fill_mode && !s.locale_sign;
      if (s.sign_place == SignPlace::kBefore && s.before == s.sign_digits) s.sign_place = SignPlace::kAfter;
    }
    count_ = s.after + s.before - 1;
    if (s.fill_mode && s.point) FindLastRelevant();
    if (!sign_written_ && blanks_ == 0) ++count_;
    for (const NumberNode& node : format_.nodes()) {
      if (node.is_pattern) {
        WritePattern(node);
      } else {
        out_ += node.text;
      }
    }
    out_.resize(std::min(out_.size(), out_.find('\0')));
  }

 private:
  char At(size_t position) const { return position < number_.size() ? number_[position] : '\0'; }

  // The last digit behind the point that fill mode keeps: zeros at the end go unless the template has 0s there.
  void FindLastRelevant() {
    const size_t point = number_.find('.');
    if (point == kNone) return;
    last_relevant_ = point;
    for (size_t i = point + 1; i < number_.size(); ++i) {
      if (number_[i] != '0') last_relevant_ = i;
    }
    if (shape_.zero_end > blanks_) {
      const size_t last_zero = std::min(number_.size() - 1, static_cast<size_t>(shape_.zero_end - blanks_));
      if (last_relevant_ < last_zero) last_relevant_ = last_zero;
    }
  }
  bool RelevantIsPoint() const { return last_relevant_ != kNone && At(last_relevant_) == '.'; }
  // "9.9" shows 0.1 as " .1"
  bool BlankBeforePoint() const { return !shape_.zero && at_ == 0 && At(0) == '0' && shape_.after != 0; }

  void WriteDigit(NumberPattern pattern) {
    const NumberShape& s = shape_;
    if (s.roman) return;
    in_number_ = false;
    if (!sign_written_ && (place_ >= blanks_ || (s.zero && s.zero_start == place_)) && (!BlankBeforePoint() || RelevantIsPoint())) {
      if (s.locale_sign) {
        if (s.sign_place == SignPlace::kBefore) {
          out_ += sign_ == '-' ? '-' : '+';
          sign_written_ = true;
        }
      } else if (s.bracket) {
        out_ += sign_ == '+' ? ' ' : '<';
        sign_written_ = true;
      } else if (sign_ == '+') {
        if (!s.fill_mode) out_ += ' ';
        sign_written_ = true;
      } else if (sign_ == '-') {
        out_ += '-';
        sign_written_ = true;
      }
    }
    if (place_ < blanks_ && (s.zero_start > place_ || !s.zero)) {
      if (!s.fill_mode) out_ += ' ';
    } else if (s.zero && place_ < blanks_ && s.zero_start <= place_) {
      out_ += '0';
      in_number_ = true;
    } else {
      if (At(at_) == '.') {
        if (last_relevant_ == kNone || At(last_relevant_) != '.' || s.fill_mode) out_ += '.';
      } else if (last_relevant_ != kNone && at_ > last_relevant_ && pattern != NumberPattern::kZero) {
        // A zero that fill mode drops.
      } else if (BlankBeforePoint()) {
        if (!s.fill_mode) {
          out_ += ' ';
        } else if (RelevantIsPoint()) {
          out_ += '0';
        }
      } else {
        out_ += At(at_);  // a zero byte behind the last digit: the output ends there
        in_number_ = true;
      }
      if (at_ < number_.size()) ++at_;
    }
    int end = count_ + (blanks_ != 0 ? 1 : 0) + (s.point ? 1 : 0);
    if (last_relevant_ != kNone && last_relevant_ == at_) end = place_;
    if (place_ + 1 == end) {
      if (sign_written_ && s.bracket) {
        out_ += sign_ == '+' ? ' ' : '>';
      } else if (s.locale_sign && s.sign_place == SignPlace::kAfter) {
        out_ += sign_ == '-' ? '-' : '+';
      }
    }
    ++place_;
  }

  void WriteGroup(char separator) {
    if (in_number_) {
      out_ += separator;
    } else if (!shape_.fill_mode) {
      out_ += ' ';
    }
  }

  void WritePattern(const NumberNode& node) {
    switch (node.pattern) {
      case NumberPattern::kNine:
      case NumberPattern::kZero:
      case NumberPattern::kPoint:
      case NumberPattern::kLocalePoint: return WriteDigit(node.pattern);
      case NumberPattern::kComma: return WriteGroup(',');
      case NumberPattern::kGroup: return WriteGroup(kThousands);
      case NumberPattern::kCurrencySign: out_ += kCurrency; return;
      case NumberPattern::kRoman: {
        std::string text = number_;
        if (node.lower) {
          for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        }
        if (!shape_.fill_mode && text.size() < kRomanWidth) out_.append(kRomanWidth - text.size(), ' ');
        out_ += text;
        return;
      }
      case NumberPattern::kOrdinal:
        if (shape_.roman || At(0) == '#' || sign_ == '-' || shape_.point) return;
        out_ += OrdinalSuffix(number_, node.lower ? 't' : 'T');
        return;
      case NumberPattern::kMinus:
        if (sign_ == '-') {
          out_ += '-';
        } else if (!shape_.fill_mode) {
          out_ += ' ';
        }
        return;
      case NumberPattern::kPlus:
        if (sign_ == '+') {
          out_ += '+';
        } else if (!shape_.fill_mode) {
          out_ += ' ';
        }
        return;
      case NumberPattern::kSign:
        if (sign_ != 0) out_ += sign_;
        return;
      default: return;
    }
  }

  const NumberTemplate& format_;
  NumberShape shape_;
  const std::string& number_;
  char sign_;
  int blanks_;
  std::string& out_;
  bool sign_written_ = false;
  bool in_number_ = false;           // a digit has been written: group separators count
  int count_ = 0;                    // the place behind which a sign may follow
  int place_ = 0;                    // digits, points and zeros of the template passed
  size_t at_ = 0;                    // next character of number_
  size_t last_relevant_ = kNone;
};

std::string Roman(int64_t number) {
  if (number < 1 || number > 3999) return std::string(kRomanWidth, '#');
  static constexpr struct { int value; const char* text; } kSteps[] = {{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
                                                                        {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}};
  std::string text;
  for (const auto& step : kSteps) {
    for (; number >= step.value; number -= step.value) text += step.text;
  }
  return text;
}

// Lays digits ("-12.50") over the template: blanks before them, or "#" when there are too many.
Digits Fit(std::string text, const NumberShape& shape) {
  Digits digits;
  if (!text.empty() && text[0] == '-') {
    digits.sign = '-';
    text.erase(0, 1);
  }
  const size_t point = text.find('.');
  const int before = static_cast<int>(point == kNone ? text.size() : point);
  if (before < shape.before) {
    digits.blanks = shape.before - before;
  } else if (before > shape.before) {
    text.assign(static_cast<size_t>(shape.before + shape.after + 1), '#');
    text[static_cast<size_t>(shape.before)] = '.';
  }
  digits.text = std::move(text);
  return digits;
}

// Where EEEE has no number to show.
Digits NoExponent(const NumberShape& shape) {
  Digits digits;
  digits.text.assign(static_cast<size_t>(shape.before + shape.after + 6), '#');
  digits.text[0] = ' ';
  digits.text[static_cast<size_t>(shape.before) + 1] = '.';
  return digits;
}

Digits FitInteger(int64_t value, const NumberShape& shape) {
  std::string text = std::to_string(value);
  if (shape.after > 0) text += "." + std::string(static_cast<size_t>(shape.after), '0');
  return Fit(std::move(text), shape);
}

Digits DigitsOf(int32_t value, NumberShape& shape) {
  if (shape.roman) return {Roman(value)};
  if (shape.exponent) {
    std::string text = Format("%+.*e", shape.after, static_cast<double>(value));
    if (text[0] == '+') text[0] = ' ';
    return {text};
  }
  if (!shape.shifts) return FitInteger(value, shape);
  const double power = std::pow(10.0, shape.shift);
  if (power > INT32_MAX || __builtin_mul_overflow(value, static_cast<int32_t>(power), &value)) {
    throw SqlError(sqlstate::kNumericValueOutOfRange, "integer out of range");
  }
  shape.before += shape.shift;
  return FitInteger(value, shape);
}

// One digit, the point, `after` digits and the exponent of a decimal text; rounds half away from zero.
std::string Scientific(std::string_view text, int after) {
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) text.remove_prefix(1);
  std::string digits;
  int exponent = 0, position = 0;
  bool point = false, seen = false;
  for (char c : text) {
    if (c == '.') {
      point = true;
      continue;
    }
    if (!seen && c != '0') {
      seen = true;
      exponent = point ? -position - 1 : 0;
    }
    if (seen) {
      digits += c;
      if (!point) ++exponent;
    }
    if (point) ++position;
  }
  // Digits before the point count up from nothing.
  if (seen && exponent > 0) --exponent;
  if (!seen) {
    digits = "0";
    exponent = 0;
  }
  const size_t wanted = static_cast<size_t>(after) + 1;
  bool round_up = false;
  if (digits.size() > wanted) {
    round_up = digits[wanted] >= '5';
    digits.resize(wanted);
  } else {
    digits.append(wanted - digits.size(), '0');
  }
  std::string head;
  if (round_up) {
    size_t i = digits.size();
    while (i > 0 && digits[i - 1] == '9') digits[--i] = '0';
    if (i > 0) {
      ++digits[i - 1];
    } else {
      head = "1";  // 9.99 becomes 10.0: PostgreSQL leaves it so
    }
  }
  head += digits[0];
  std::string out = (negative ? "-" : "") + head;
  if (after > 0) out += "." + digits.substr(1);
  return out + Format("e%+03d", exponent);
}

Digits WithExponent(std::string text) {
  if (text[0] != '-') text.insert(0, 1, ' ');
  return {std::move(text)};
}

Digits DigitsOf(int64_t value, NumberShape& shape) {
  if (shape.roman) {
    if (value != static_cast<int32_t>(value)) throw SqlError(sqlstate::kNumericValueOutOfRange, "integer out of range");
    return {Roman(value)};
  }
  if (shape.exponent) return WithExponent(Scientific(std::to_string(value), shape.after));
  if (!shape.shifts) return FitInteger(value, shape);
  const double power = std::pow(10.0, shape.shift);
  if (power >= 9.3e18 || __builtin_mul_overflow(value, static_cast<int64_t>(power), &value)) {
    throw SqlError(sqlstate::kNumericValueOutOfRange, "bigint out of range");
  }
  shape.before += shape.shift;
  return FitInteger(value, shape);
}

template <class Float>
Digits FloatDigits(Float value, NumberShape& shape, int precision) {
  if (shape.roman) return {Roman(std::fabs(value) < 1e9 ? static_cast<int64_t>(std::rint(value)) : 0)};
  if (shape.exponent) {
    if (std::isnan(value) || std::isinf(value)) return NoExponent(shape);
    std::string text = Format("%+.*e", shape.after, static_cast<double>(value));
    if (text[0] == '+') text[0] = ' ';
    return {text};
  }
  if (shape.shifts) {
    value = static_cast<Float>(value * static_cast<Float>(std::pow(10.0, shape.shift)));
    shape.before += shape.shift;
  }
  const auto text_of = [](Float number, int after) -> std::string {
    if (std::isnan(number)) return "NaN";
    if (std::isinf(number)) return number < 0 ? "-Infinity" : "Infinity";
    return Format("%.*f", after, static_cast<double>(number));
  };
  // No more digits than the type has.
  const int before = static_cast<int>(text_of(std::fabs(value), 0).size());
  if (before >= precision) {
    shape.after = 0;
  } else if (before + shape.after > precision) {
    shape.after = precision - before;
  }
  return Fit(text_of(value, shape.after), shape);
}

Digits DigitsOf(float value, NumberShape& shape) { return FloatDigits(value, shape, FLT_DIG); }
Digits DigitsOf(double value, NumberShape& shape) { return FloatDigits(value, shape, DBL_DIG); }

std::string PackedPower(int exponent) {
  std::string text = "1" + std::string(static_cast<size_t>(exponent), '0');
  return ParseNumeric(text, -1);
}

// 10^-exponent with sixteen digits behind the point, or as many as it needs.
std::string NegativePower(int exponent) {
  const int scale = std::max(exponent, 16);
  if (exponent == 0) return ParseNumeric("1." + std::string(static_cast<size_t>(scale), '0'), -1);
  return ParseNumeric("0." + std::string(static_cast<size_t>(exponent) - 1, '0') + "1" + std::string(static_cast<size_t>(scale - exponent), '0'), -1);
}

Digits DigitsOf(std::string_view packed, NumberShape& shape) {
  if (shape.roman) {
    const std::string text = NumericToText(packed);
    if (text == "NaN") ThrowNotSupported("cannot convert NaN to integer");
    if (text == "Infinity" || text == "-Infinity") ThrowNotSupported("cannot convert infinity to integer");
    const std::string whole = NumericRound(packed, 0);
    __int128 value;
    if (!NumericToScaled(whole, 0, &value) || value != static_cast<int32_t>(value)) {
      throw SqlError(sqlstate::kNumericValueOutOfRange, "integer out of range");
    }
    return {Roman(static_cast<int64_t>(value))};
  }
  if (shape.exponent) {
    const std::string text = NumericToText(packed);
    if (text == "NaN" || text == "Infinity" || text == "-Infinity") return NoExponent(shape);
    return WithExponent(Scientific(text, shape.after));
  }
  std::string shifted;
  if (shape.shifts) {
    shifted = NumericMultiply(packed, PackedPower(shape.shift));
    packed = shifted;
    shape.before += shape.shift;
  }
  return Fit(NumericToText(NumericRound(packed, shape.after)), shape);
}

class RowTemplate {
 public:
  explicit RowTemplate(const Vector& formats) : formats_(formats.View()) {}
  const NumberTemplate& At(uint32_t row) {
    const std::string_view format = StringAt(formats_, row);
    if (!template_.has_value() || template_->format() != format) template_.emplace(format);
    return *template_;
  }

 private:
  const VectorView formats_;
  std::optional<NumberTemplate> template_;
};

template <class ValueAt>
void WriteRows(std::span<const Vector> arguments, uint32_t rows, Vector& result, ValueAt value_at) {
  RowTemplate formats(arguments[1]);
  std::string buffer;
  ForValidRows(result, rows, [&](uint32_t row) {
    const NumberTemplate& format = formats.At(row);
    buffer.clear();
    if (!format.format().empty()) {
      NumberShape shape = format.shape();
      const Digits digits = DigitsOf(value_at(row), shape);
      NumberWriter(format, shape, digits, buffer).Write();
    }
    result.data<StringRef>()[row] = result.AddString(buffer);
  });
}

// ---- to_number

class NumberReader {
 public:
  NumberReader(const NumberTemplate& format, std::string_view text) : format_(format), shape_(format.shape()), text_(text) {}

  // The number's text; a blank stands for an absent sign.
  std::string Read() {
    if (shape_.exponent) ThrowNotSupported("\"EEEE\" not supported for input");
    if (shape_.roman) ThrowNotSupported("\"RN\" not supported for input");
    for (const NumberNode& node : format_.nodes()) {
      if (AtEnd()) break;
      if (!node.is_pattern) {
        at_ += Utf8FirstBytes(text_.substr(at_));
        continue;
      }
      ReadPattern(node);
    }
    if (!digits_.empty() && digits_.back() == '.') digits_.pop_back();
    return sign_ + digits_;
  }
  int digits_after() const { return after_; }

 private:
  bool AtEnd() const { return at_ >= text_.size(); }
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  static bool IsDigit(char c) { return c >= '0' && c <= '9'; }
  // Up to `count` characters that cannot be part of a number.
  void SkipOther(int count) {
    for (; count > 0 && !AtEnd() && std::strchr("0123456789.,+-", Peek()) == nullptr; --count) at_ += Utf8FirstBytes(text_.substr(at_));
  }

  void ReadPattern(const NumberNode& node) {
    switch (node.pattern) {
      case NumberPattern::kNine:
      case NumberPattern::kZero:
      case NumberPattern::kPoint:
      case NumberPattern::kLocalePoint:
        ReadDigit(node.pattern);
        break;
      case NumberPattern::kComma:
      case NumberPattern::kGroup:
        if (Peek() != ',' || shape_.fill_mode) return;  // outside a number fill mode has no separators
        break;
      case NumberPattern::kCurrencySign: return SkipOther(1);
      case NumberPattern::kOrdinal:
        if (!shape_.point) SkipOther(2);
        return;
      case NumberPattern::kMinus:
        if (Peek() != '-') return SkipOther(1);
        sign_ = '-';
        break;
      case NumberPattern::kPlus:
        if (Peek() != '+') return SkipOther(1);
        sign_ = '+';
        break;
      case NumberPattern::kSign:
        if (Peek() != '-' && Peek() != '+') return SkipOther(1);
        sign_ = Peek();
        break;
      default: return;
    }
    ++at_;
  }

  void ReadDigit(NumberPattern pattern) {
    if (Peek() == ' ') ++at_;
    if (AtEnd()) return;
    const bool is_digit_place = pattern == NumberPattern::kNine || pattern == NumberPattern::kZero;
    if (sign_ == ' ' && is_digit_place && before_ + after_ == 0) {
      if (shape_.locale_sign && shape_.sign_place == SignPlace::kBefore) {
        if (Peek() == '-' || Peek() == '+') sign_ = text_[at_++];
      } else if (Peek() == '-' || (shape_.bracket && Peek() == '<')) {
        sign_ = '-';
        ++at_;
      } else if (Peek() == '+') {
        sign_ = '+';
        ++at_;
      }
    }
    if (AtEnd()) return;
    bool read = false;
    if (IsDigit(Peek())) {
      if (point_read_ && after_ == shape_.after) return;
      digits_ += Peek();
      ++(point_read_ ? after_ : before_);
      read = true;
    } else if (shape_.point && !point_read_ && Peek() == '.') {
      digits_ += '.';
      point_read_ = true;
      read = true;
    }
    // A sign behind the last digit.
    if (sign_ == ' ' && before_ + after_ > 0) {
      if (shape_.locale_sign && read && at_ + 1 < text_.size() && !IsDigit(text_[at_ + 1])) {
        if (text_[at_ + 1] == '-' || text_[at_ + 1] == '+') sign_ = text_[++at_];
      } else if (!read && !shape_.locale_sign && (shape_.plus || shape_.minus) && (Peek() == '-' || Peek() == '+')) {
        sign_ = Peek();
      }
    }
  }

  const NumberTemplate& format_;
  const NumberShape shape_;
  const std::string_view text_;
  size_t at_ = 0;
  char sign_ = ' ';
  std::string digits_;
  int before_ = 0, after_ = 0;
  bool point_read_ = false;
};

}  // namespace

#define GATHER_TO_CHAR(Name, T)                                                                    \
  GATHER_KERNEL(Name) {                                                                            \
    const VectorView values = arguments[0].View();                                                 \
    WriteRows(arguments, rows, result, [&](uint32_t row) { return values.get<T>(row); });          \
  }
GATHER_TO_CHAR(Int4ToChars, int32_t)
GATHER_TO_CHAR(Int8ToChars, int64_t)
GATHER_TO_CHAR(Float4ToChars, float)
GATHER_TO_CHAR(Float8ToChars, double)
#undef GATHER_TO_CHAR

GATHER_KERNEL(NumericToChars) {
  const Vector packed = ToPackedNumeric(arguments[0], rows);
  const VectorView values = packed.View();
  WriteRows(arguments, rows, result, [&](uint32_t row) { return StringAt(values, row); });
}

GATHER_KERNEL(ToNumber) {
  RowTemplate formats(arguments[1]);
  const VectorView texts = arguments[0].View();
  SetNumericShape(result, PhysicalType::kString, {}, rows);
  ForValidRows(result, rows, [&](uint32_t row) {
    const NumberTemplate& format = formats.At(row);
    if (format.format().empty()) return result.SetNull(row);
    NumberReader reader(format, StringAt(texts, row));
    const std::string text = reader.Read();
    const NumberShape& shape = format.shape();
    const int scale = reader.digits_after(), precision = shape.before + shape.shift + scale;
    std::string number = ParseNumeric(text, precision > 0 ? ((precision << 16) | scale) + 4 : -1);
    if (precision == 0) {  // a template without digits leaves room for nothing but zero
      number = NumericRound(number, 0);
      if (CompareNumeric(number, PackNumeric(int64_t{0}, 0)) != 0) {
        throw SqlError(sqlstate::kNumericValueOutOfRange, "numeric field overflow")
            .Detail("A field with precision 0, scale 0 must round to an absolute value less than 1.");
      }
    }
    if (shape.shifts) number = NumericMultiply(number, NegativePower(shape.shift));
    result.data<StringRef>()[row] = result.AddString(number);
  });
}

}  // namespace gather::catalog
