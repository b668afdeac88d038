#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "types/error.h"
#include "types/io/binary_number.h"
#include "types/io/number_io.h"
#include "types/io_settings.h"
#include "types/vector.h"

namespace gather {

namespace {
bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

template <class T>
struct FloatTraits;
template <>
struct FloatTraits<float> {
  static constexpr const char* kName = "real";
  static constexpr int kDigits = 6;             // FLT_DIG: also where fixed notation ends
  static float Parse(const char* text, char** end) { return std::strtof(text, end); }
};
template <>
struct FloatTraits<double> {
  static constexpr const char* kName = "double precision";
  static constexpr int kDigits = 15;
  static double Parse(const char* text, char** end) { return std::strtod(text, end); }
};

// Whatever the fast way does not take: signs, words, hexadecimal, values out of range.
template <class T>
T ParseSlowly(std::string_view text) {
  const std::string copy(text);
  const char* start = copy.c_str();
  while (IsSpace(*start)) ++start;
  char* end = nullptr;
  errno = 0;
  const T value = *start == '\0' ? 0 : FloatTraits<T>::Parse(start, &end);
  if (*start == '\0' || end == start) {
    throw SqlError(sqlstate::kInvalidTextRepresentation, Format("invalid input syntax for type %s: \"%s\"", FloatTraits<T>::kName, copy.c_str()));
  }
  if (errno == ERANGE && (value == 0 || std::isinf(value))) {
    throw SqlError(sqlstate::kNumericValueOutOfRange,
                   Format("\"%.*s\" is out of range for type %s", static_cast<int>(end - start), start, FloatTraits<T>::kName));
  }
  while (IsSpace(*end)) ++end;
  if (end != copy.c_str() + copy.size()) {
    throw SqlError(sqlstate::kInvalidTextRepresentation, Format("invalid input syntax for type %s: \"%s\"", FloatTraits<T>::kName, copy.c_str()));
  }
  return value;
}

template <class T>
T ParseFloat(std::string_view text) {
  T value;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  return ParseSlowly<T>(text);
}

// Whether digits * 10^exponent lies exactly half way between `value` and a neighbour. Such a text reads back as the even one of the two;
// PostgreSQL does not rely on its reader to round so, and prints more digits. Only integers beyond the mantissa can be such (their halves
// are odd multiples of a power of two, which 10^exponent must divide).
template <class T>
bool IsHalfWay(T value, uint64_t digits, int exponent) {
  constexpr int kMantissa = std::numeric_limits<T>::digits;      // 53, 24
  constexpr int kMostFives = kMantissa == 53 ? 23 : 10;           // 5^n < 2^(kMantissa + 1)
  if (exponent < 1 || exponent > kMostFives) return false;
  int power;
  const T fraction = std::frexp(value, &power);
  power -= kMantissa;
  if (power < 1) return false;
  const auto mantissa = static_cast<uint64_t>(std::ldexp(fraction, kMantissa));
  if ((mantissa & 1) != 0) return false;
  // digits * 5^exponent * 2^exponent == (2 * mantissa ± 1) * 2^(power - 1)
  unsigned __int128 left = digits;
  for (int i = 0; i < exponent; ++i) left *= 5;
  int shift = exponent - (power - 1);
  while (shift < 0 && (left & 1) == 0) {
    left >>= 1;
    ++shift;
  }
  if (shift < 0 || shift > 8) return false;
  left <<= shift;
  return left == 2 * mantissa + 1 || left == 2 * mantissa - 1;
}

template <class T>
void AppendFloat(T value, int extra_float_digits, std::string& out) {
  if (std::isnan(value)) {
    out += "NaN";
    return;
  }
  if (std::isinf(value)) {
    out += value > 0 ? "Infinity" : "-Infinity";
    return;
  }
  if (extra_float_digits <= 0) {
    char text[64];
    const int digits = FloatTraits<T>::kDigits + extra_float_digits;
    out.append(text, std::snprintf(text, sizeof(text), "%.*g", digits < 1 ? 1 : digits, static_cast<double>(value)));
    return;
  }
  // Shortest text that reads back the same, as d.dddde±xx; fixed notation for exponents -4 … kDigits - 1.
  if (std::signbit(value)) out.push_back('-');
  value = std::fabs(value);
  char text[40];
  const char* const at = text;
  const char* end = std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific).ptr;
  const char* mark = static_cast<const char*>(std::memchr(at, 'e', end - at));
  int exponent = 0;
  std::from_chars(mark + 1 + (mark[1] == '+'), end, exponent);
  if (exponent > FloatTraits<T>::kDigits) {
    auto places = static_cast<int>(mark - at > 1 ? mark - at - 2 : 0);
    const auto number = [&] {
      uint64_t digits = 0;
      for (const char* c = at; c != mark; ++c) digits = *c == '.' ? digits : digits * 10 + static_cast<uint64_t>(*c - '0');
      return digits;
    };
    T back = value;
    while (places + 1 < std::numeric_limits<T>::max_digits10 && (back != value || IsHalfWay(value, number(), exponent - places))) {
      end = std::to_chars(text, text + sizeof(text), value, std::chars_format::scientific, ++places).ptr;
      mark = static_cast<const char*>(std::memchr(at, 'e', end - at));
      std::from_chars(at, end, back);
      std::from_chars(mark + 1 + (mark[1] == '+'), end, exponent);
    }
  }
  if (exponent < -4 || exponent >= FloatTraits<T>::kDigits) {
    out.append(at, end - at);
    return;
  }
  char digits[32];
  int count = 0;
  for (const char* c = at; c != mark; ++c) {
    if (*c != '.') digits[count++] = *c;
  }
  if (exponent < 0) {
    out += "0.";
    out.append(-exponent - 1, '0');
    out.append(digits, count);
  } else if (count <= exponent + 1) {
    out.append(digits, count);
    out.append(exponent + 1 - count, '0');
  } else {
    out.append(digits, exponent + 1);
    out.push_back('.');
    out.append(digits + exponent + 1, count - exponent - 1);
  }
}
}  // namespace

float ParseFloat4(std::string_view text) { return ParseFloat<float>(text); }
double ParseFloat8(std::string_view text) { return ParseFloat<double>(text); }
void AppendFloat4(float value, int extra_float_digits, std::string& out) { AppendFloat(value, extra_float_digits, out); }
void AppendFloat8(double value, int extra_float_digits, std::string& out) { AppendFloat(value, extra_float_digits, out); }

void Float4In(std::string_view text, SqlType, const IoSettings&, Vector& out, uint32_t row) { out.data<float>()[row] = ParseFloat4(text); }
void Float4Out(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  AppendFloat(in.View().get<float>(row), settings.extra_float_digits, out);
}
void Float4Receive(std::string_view bytes, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  out.data<uint32_t>()[row] = WholeBigEndian<uint32_t>(bytes);
}
void Float4Send(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { AppendBigEndian(in.View().get<uint32_t>(row), out); }

void Float8In(std::string_view text, SqlType, const IoSettings&, Vector& out, uint32_t row) { out.data<double>()[row] = ParseFloat8(text); }
void Float8Out(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out) {
  AppendFloat(in.View().get<double>(row), settings.extra_float_digits, out);
}
void Float8Receive(std::string_view bytes, SqlType, const IoSettings&, Vector& out, uint32_t row) {
  out.data<uint64_t>()[row] = WholeBigEndian<uint64_t>(bytes);
}
void Float8Send(const Vector& in, uint32_t row, const IoSettings&, std::string& out) { AppendBigEndian(in.View().get<uint64_t>(row), out); }

}  // namespace gather
