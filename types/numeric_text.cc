#include <charconv>
#include <cmath>
#include <cstring>
#include <vector>

#include "types/decimal.h"
#include "types/error.h"
#include "types/io/binary_number.h"
#include "types/io/number_io.h"
#include "types/io_settings.h"
#include "types/numeric.h"

namespace gather {

namespace {
constexpr int kWordBase = 10000;       // PostgreSQL's binary form: base-10000 digits
constexpr uint16_t kWireNegative = 0x4000, kWireNaN = 0xC000, kWireInfinity = 0xD000, kWireMinusInfinity = 0xF000;

bool IsSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsWord(std::string_view text, std::string_view word) {
  if (text.size() != word.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if ((text[i] | 0x20) != word[i]) return false;
  }
  return true;
}

[[noreturn]] void ThrowSyntax(std::string_view text) {
  throw SqlError(sqlstate::kInvalidTextRepresentation, Format("invalid input syntax for type numeric: \"%.*s\"", static_cast<int>(text.size()), text.data()));
}
[[noreturn]] void ThrowOverflow() { throw SqlError(sqlstate::kNumericValueOutOfRange, "value overflows numeric format"); }

// Everything ParseSmallDecimal does not take: words, exponents, long numbers.
Decimal ParseDecimal(std::string_view whole) {
  std::string_view text = whole;
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  std::string_view unsigned_text = text;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) unsigned_text.remove_prefix(1);
  if (IsWord(text, "nan")) return Decimal::Special(Decimal::Kind::kNaN);
  if (IsWord(unsigned_text, "infinity") || IsWord(unsigned_text, "inf")) {
    return Decimal::Special(negative ? Decimal::Kind::kMinusInfinity : Decimal::Kind::kInfinity);
  }
  std::string digits;
  size_t at = 0;
  bool point = false;
  int64_t scale = 0;
  if (unsigned_text.empty() || !(IsDigit(unsigned_text[0]) || (unsigned_text[0] == '.' && unsigned_text.size() > 1 && IsDigit(unsigned_text[1])))) ThrowSyntax(whole);
  for (; at < unsigned_text.size(); ++at) {
    const char c = unsigned_text[at];
    if (IsDigit(c)) {
      digits.push_back(c);
      scale += point;
    } else if (c == '.' && !point) {
      point = true;
    } else {
      break;
    }
  }
  if (at < unsigned_text.size() && (unsigned_text[at] | 0x20) == 'e') {
    ++at;
    int64_t exponent = 0;
    if (at < unsigned_text.size() && unsigned_text[at] == '+') ++at;
    const auto [end, error] = std::from_chars(unsigned_text.data() + at, unsigned_text.data() + unsigned_text.size(), exponent);
    if (error == std::errc::invalid_argument) ThrowSyntax(whole);
    if (error != std::errc() || exponent >= INT32_MAX / 2 || exponent <= -(INT32_MAX / 2)) ThrowOverflow();
    at = end - unsigned_text.data();
    scale -= exponent;
  }
  if (at != unsigned_text.size()) ThrowSyntax(whole);
  // Bounds before the arithmetic: zeros cost nothing, and 1e1000000000 must not be built.
  const size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) {
    if (scale > kNumericMaxScale) ThrowOverflow();
    return Decimal(0, static_cast<int>(scale < 0 ? 0 : scale));
  }
  if (static_cast<int64_t>(digits.size() - first) - scale > kNumericMaxIntegerDigits || scale > kNumericMaxScale) ThrowOverflow();
  BigInteger value;
  mpz_set_str(value.get(), digits.c_str() + first, 10);
  if (scale < 0) mpz_mul(value.get(), value.get(), BigInteger::PowerOf10(static_cast<uint32_t>(-scale)).get());
  if (negative) mpz_neg(value.get(), value.get());
  return Decimal::Big(std::move(value), static_cast<int>(scale < 0 ? 0 : scale));
}

// Puts the point into `digits` (no sign).
void AppendWithPoint(std::string_view digits, int scale, std::string& out) {
  if (scale == 0) {
    out += digits;
  } else if (digits.size() <= static_cast<size_t>(scale)) {
    out += "0.";
    out.append(scale - digits.size(), '0');
    out += digits;
  } else {
    out.append(digits, 0, digits.size() - scale);
    out.push_back('.');
    out.append(digits, digits.size() - scale);
  }
}
}  // namespace

bool ParseSmallDecimal(std::string_view text, __int128* unscaled, int* scale) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (at != end && (*at == '-' || *at == '+')) ++at;
  const char* const first = at;
  uint64_t low = 0;  // the first 18 digits fit
  const char* point = nullptr;
  const char* const low_end = end - at > 19 ? at + 19 : end;
  for (; at != low_end; ++at) {
    if (IsDigit(*at)) {
      low = low * 10 + static_cast<uint64_t>(*at - '0');
    } else if (*at == '.' && point == nullptr) {
      point = at;
    } else {
      return false;
    }
  }
  __int128 value = low;
  if (at != end) {
    if (end - first > 38) return false;
    for (; at != end; ++at) {
      if (IsDigit(*at)) {
        value = value * 10 + (*at - '0');
      } else if (*at == '.' && point == nullptr) {
        point = at;
      } else {
        return false;
      }
    }
  }
  if (end - first == (point != nullptr ? 1 : 0)) return false;  // no digit at all
  *scale = point != nullptr ? static_cast<int>(end - point - 1) : 0;
  *unscaled = negative ? -value : value;
  return true;
}

std::string ParseNumeric(std::string_view text, int32_t typmod) {
  __int128 value;
  int scale;
  if (ParseSmallDecimal(text, &value, &scale)) {
    const NumericTypmod limit = DecodeNumericTypmod(typmod);
    if (limit.precision == 0) return PackNumeric(value, scale);
    if (scale <= limit.scale && limit.precision <= 38) {
      __int128 widened;
      if (MultiplyByPowerOf10(value, limit.scale - scale, &widened) && widened < kPowersOf10[limit.precision] && widened > -kPowersOf10[limit.precision]) {
        return PackNumeric(widened, limit.scale);
      }
    }
    return ApplyNumericTypmod(PackNumeric(value, scale), typmod);
  }
  const std::string packed = ParseDecimal(text).Pack();
  return typmod < 4 ? packed : ApplyNumericTypmod(packed, typmod);
}

std::string NumericFromDouble(double value) {
  if (std::isnan(value)) return Decimal::Special(Decimal::Kind::kNaN).Pack();
  if (std::isinf(value)) return Decimal::Special(value < 0 ? Decimal::Kind::kMinusInfinity : Decimal::Kind::kInfinity).Pack();
  char text[64];
  const int length = std::snprintf(text, sizeof(text), "%.15g", value);
  return ParseNumeric({text, static_cast<size_t>(length)}, -1);
}

void AppendDecimalText(__int128 unscaled, int scale, std::string& out) {
  unsigned __int128 magnitude = unscaled < 0 ? -static_cast<unsigned __int128>(unscaled) : static_cast<unsigned __int128>(unscaled);
  if (unscaled < 0) out.push_back('-');
  char digits[48];
  char* end = digits + sizeof(digits);
  char* at = end;
  while (magnitude > UINT64_MAX) {
    constexpr uint64_t kChunk = 1000000000000000000ull;  // 18 digits at a time
    auto part = static_cast<uint64_t>(magnitude % kChunk);
    magnitude /= kChunk;
    for (int i = 0; i < 18; ++i, part /= 10) *--at = static_cast<char>('0' + part % 10);
  }
  char head[24];
  const auto converted = std::to_chars(head, head + sizeof(head), static_cast<uint64_t>(magnitude));
  const size_t head_length = converted.ptr - head;
  at -= head_length;
  std::memcpy(at, head, head_length);
  AppendWithPoint({at, static_cast<size_t>(end - at)}, scale, out);
}

void AppendNumericText(std::string_view packed, std::string& out) {
  __int128 small;
  int scale;
  if (UnpackSmallNumeric(packed, &small, &scale)) {
    AppendDecimalText(small, scale, out);
    return;
  }
  const Decimal value(packed);
  switch (value.kind) {
    case Decimal::Kind::kNaN: out += "NaN"; return;
    case Decimal::Kind::kInfinity: out += "Infinity"; return;
    case Decimal::Kind::kMinusInfinity: out += "-Infinity"; return;
    case Decimal::Kind::kFinite: break;
  }
  std::string digits(mpz_sizeinbase(value.big.get(), 10) + 2, '\0');
  mpz_get_str(digits.data(), 10, value.big.get());
  digits.resize(std::strlen(digits.c_str()));
  std::string_view unsigned_digits = digits;
  if (unsigned_digits[0] == '-') {
    out.push_back('-');
    unsigned_digits.remove_prefix(1);
  }
  AppendWithPoint(unsigned_digits, value.scale, out);
}

std::string NumericToText(std::string_view packed) {
  std::string text;
  AppendNumericText(packed, text);
  return text;
}

// ---- I/O kernels

void NumericIn(std::string_view text, SqlType type, const IoSettings&, Vector& out, uint32_t row) {
  if (out.physical() != PhysicalType::kString) {
    const NumericShape shape = out.shape();
    __int128 value;
    int scale;
    if (ParseSmallDecimal(text, &value, &scale) && scale <= shape.scale && MultiplyByPowerOf10(value, shape.scale - scale, &value) &&
        value < kPowersOf10[shape.digits] && value > -kPowersOf10[shape.digits]) {
      if (out.physical() == PhysicalType::kInt64) out.data<int64_t>()[row] = static_cast<int64_t>(value); else out.data<__int128>()[row] = value;
      return;
    }
    const std::string packed = ParseNumeric(text, type.typmod);
    if (NumericToScaled(packed, shape.scale, &value) && value < kPowersOf10[shape.digits] && value > -kPowersOf10[shape.digits]) {
      if (out.physical() == PhysicalType::kInt64) out.data<int64_t>()[row] = static_cast<int64_t>(value); else out.data<__int128>()[row] = value;
      return;
    }
    Vector turned(out.type(), PhysicalType::kString, out.capacity());
    const Vector before = ToPackedNumeric(out, row);
    if (row > 0) turned.Append(before, 0, row, 0);
    out = std::move(turned);
    out.data<StringRef>()[row] = out.AddString(packed);
    return;
  }
  __int128 value;
  int scale;
  if (type.typmod < 4 && ParseSmallDecimal(text, &value, &scale)) {
    out.data<StringRef>()[row] = AddPackedNumeric(value, scale, out);
    return;
  }
  out.data<StringRef>()[row] = out.AddString(ParseNumeric(text, type.typmod));
}

void NumericOut(const Vector& in, uint32_t row, const IoSettings&, std::string& out) {
  const VectorView view = in.View();
  switch (in.physical()) {
    case PhysicalType::kInt64: AppendDecimalText(view.get<int64_t>(row), in.shape().scale, out); break;
    case PhysicalType::kInt128: AppendDecimalText(view.get<__int128>(row), in.shape().scale, out); break;
    default: AppendNumericText(view.get<StringRef>(row).view(), out); break;
  }
}

void NumericReceive(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row) {
  const auto count = TakeBigEndian<uint16_t>(bytes);
  const auto weight = static_cast<int16_t>(TakeBigEndian<uint16_t>(bytes));
  const auto sign = TakeBigEndian<uint16_t>(bytes);
  const auto scale = TakeBigEndian<uint16_t>(bytes);
  if (sign != 0 && sign != kWireNegative && sign != kWireNaN && sign != kWireInfinity && sign != kWireMinusInfinity) {
    throw SqlError(sqlstate::kInvalidBinaryRepresentation, "invalid sign in external \"numeric\" value");
  }
  if (scale > kNumericMaxScale) throw SqlError(sqlstate::kInvalidBinaryRepresentation, "invalid scale in external \"numeric\" value");
  if (bytes.size() < size_t{count} * 2) throw SqlError(sqlstate::kProtocolViolation, "insufficient data left in message");
  if (bytes.size() > size_t{count} * 2) throw SqlError(sqlstate::kInvalidBinaryRepresentation, "incorrect binary data format");
  Decimal value;
  if (sign == kWireNaN || sign == kWireInfinity || sign == kWireMinusInfinity) {
    value = Decimal::Special(sign == kWireNaN ? Decimal::Kind::kNaN : sign == kWireInfinity ? Decimal::Kind::kInfinity : Decimal::Kind::kMinusInfinity);
  } else {
    BigInteger total;
    for (uint16_t i = 0; i < count; ++i) {
      const auto digit = TakeBigEndian<uint16_t>(bytes);
      if (digit >= kWordBase) throw SqlError(sqlstate::kInvalidBinaryRepresentation, "invalid digit in external \"numeric\" value");
      mpz_mul_ui(total.get(), total.get(), kWordBase);
      mpz_add_ui(total.get(), total.get(), digit);
    }
    if (sign == kWireNegative) mpz_neg(total.get(), total.get());
    // The last word stands at 10000^(weight - count + 1). Digits beyond the display scale are dropped, as PostgreSQL does.
    const int places = 4 * (count - 1 - weight);
    if (places < 0) {
      mpz_mul(total.get(), total.get(), BigInteger::PowerOf10(-places).get());
      value = Trunc(Decimal::Big(std::move(total), 0), scale);
    } else {
      value = Trunc(Decimal::Big(std::move(total), places), scale);
    }
  }
  const std::string packed = ApplyNumericTypmod(value.Pack(), type.typmod);
  if (out.physical() == PhysicalType::kString) {
    out.data<StringRef>()[row] = out.AddString(packed);
  } else {
    NumericIn(NumericToText(packed), type, settings, out, row);
  }
}

void NumericSend(const Vector& in, uint32_t row, const IoSettings&, std::string& out) {
  const VectorView view = in.View();
  const Decimal value = in.physical() == PhysicalType::kInt64    ? Decimal(view.get<int64_t>(row), in.shape().scale)
                        : in.physical() == PhysicalType::kInt128 ? Decimal(view.get<__int128>(row), in.shape().scale)
                                                                 : Decimal(view.get<StringRef>(row).view());
  const auto put = [&](int number) { AppendBigEndian<uint16_t>(static_cast<uint16_t>(number), out); };
  if (!value.finite()) {
    put(0);
    put(0);
    put(value.kind == Decimal::Kind::kNaN ? kWireNaN : value.kind == Decimal::Kind::kInfinity ? kWireInfinity : kWireMinusInfinity);
    // PostgreSQL sends its "infinite" display scale for infinities.
    put(value.kind == Decimal::Kind::kNaN ? 0 : 32);
    return;
  }
  // Words, least significant first, aligned at the decimal point.

  const int padding = (4 - value.scale % 4) % 4;
  int weight = -(value.scale + padding) / 4;
  __int128 aligned;
  std::vector<uint16_t> words;
  if (value.is_small && MultiplyByPowerOf10(value.small, padding, &aligned)) {
    auto magnitude = aligned < 0 ? -static_cast<unsigned __int128>(aligned) : static_cast<unsigned __int128>(aligned);
    for (; magnitude != 0; magnitude /= kWordBase) words.push_back(static_cast<uint16_t>(magnitude % kWordBase));
  } else {
    BigInteger rest = value.Integer();
    mpz_abs(rest.get(), rest.get());
    mpz_mul(rest.get(), rest.get(), BigInteger::PowerOf10(padding).get());
    std::string digits(mpz_sizeinbase(rest.get(), 10) + 2, '\0');
    mpz_get_str(digits.data(), 10, rest.get());
    digits.resize(std::strlen(digits.c_str()));
    for (size_t end = digits.size(); end > 0;) {
      const size_t begin = end >= 4 ? end - 4 : 0;
      int word = 0;
      for (size_t i = begin; i < end; ++i) word = word * 10 + (digits[i] - '0');
      words.push_back(static_cast<uint16_t>(word));
      end = begin;
    }
  }
  size_t low = 0;
  while (low < words.size() && words[low] == 0) ++low;
  weight += static_cast<int>(words.size()) - 1;
  const bool zero = low == words.size();
  put(static_cast<int>(words.size() - low));
  put(zero ? 0 : weight);
  put(value.sign() < 0 ? kWireNegative : 0);
  put(value.scale);
  for (size_t i = words.size(); i > low; --i) put(words[i - 1]);
}

}  // namespace gather
