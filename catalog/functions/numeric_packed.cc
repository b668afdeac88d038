#include <algorithm>
#include <charconv>
#include <cmath>

#include "catalog/functions/kernels.h"
#include "catalog/functions/numeric_kernels.h"
#include "types/error.h"
#include "types/io/number_io.h"
#include "types/numeric.h"

namespace gather::catalog {

namespace {
constexpr SqlState kInvalidArgumentForWidthBucket{"2201G"};
constexpr int64_t kLargestFactorial = 32177;   // beyond it the result has too many digits

template <class Op>
void Map(std::span<const Vector> arguments, uint32_t rows, Vector& result, Op op) {
  const VectorView x = arguments[0].View();
  result.ResetKeepingNulls(PhysicalType::kString);
  ForEachValid(result, rows, [&](uint32_t i) { PutDecimal(op(DecimalAt(arguments[0], x, i)), result, i); });
}

template <class Op>
void Map2(std::span<const Vector> arguments, uint32_t rows, Vector& result, Op op) {
  const VectorView x = arguments[0].View(), y = arguments[1].View();
  result.ResetKeepingNulls(PhysicalType::kString);
  ForEachValid(result, rows, [&](uint32_t i) { PutDecimal(op(DecimalAt(arguments[0], x, i), DecimalAt(arguments[1], y, i)), result, i); });
}

void CheckConvertible(const Decimal& value, const char* type) {
  if (value.kind == Decimal::Kind::kNaN) throw SqlError(sqlstate::kFeatureNotSupported, Format("cannot convert NaN to %s", type));
  if (!value.finite()) throw SqlError(sqlstate::kFeatureNotSupported, Format("cannot convert infinity to %s", type));
}

template <class T>
void ToInteger(std::span<const Vector> arguments, uint32_t rows, Vector& result, const char* type) {
  const VectorView x = arguments[0].View();
  ForEachValid(result, rows, [&](uint32_t i) {
    const Decimal value = DecimalAt(arguments[0], x, i);
    CheckConvertible(value, type);
    const Decimal rounded = Round(value, 0);
    if (!rounded.is_small || rounded.small < std::numeric_limits<T>::min() || rounded.small > std::numeric_limits<T>::max()) {
      throw SqlError(sqlstate::kNumericValueOutOfRange, Format("%s out of range", type));
    }
    result.data<T>()[i] = static_cast<T>(rounded.small);
  });
}

// Trailing zeros behind the point that `value` can do without.
int TrailingZeros(const Decimal& value) {
  if (value.sign() == 0) return value.scale;
  int zeros = 0;
  if (value.is_small) {
    for (__int128 rest = value.small; zeros < value.scale && rest % 10 == 0; rest /= 10) ++zeros;
    return zeros;
  }
  BigInteger rest = value.big;
  while (zeros < value.scale && mpz_divisible_ui_p(rest.get(), 10)) {
    mpz_divexact_ui(rest.get(), rest.get(), 10);
    ++zeros;
  }
  return zeros;
}

Decimal AtScale(const Decimal& value, int scale) { return Round(value, scale); }

// |gcd| of the integers of a and b brought to one scale.
Decimal Gcd(const Decimal& a, const Decimal& b) {
  if (!a.finite() || !b.finite()) return Decimal::Special(Decimal::Kind::kNaN);
  const int scale = std::max(a.scale, b.scale);
  BigInteger gcd;
  mpz_gcd(gcd.get(), AtScale(a, scale).Integer().get(), AtScale(b, scale).Integer().get());
  return Decimal::Big(std::move(gcd), scale);
}

Decimal Lcm(const Decimal& a, const Decimal& b) {
  if (!a.finite() || !b.finite()) return Decimal::Special(Decimal::Kind::kNaN);
  const int scale = std::max(a.scale, b.scale);
  BigInteger lcm;
  mpz_lcm(lcm.get(), AtScale(a, scale).Integer().get(), AtScale(b, scale).Integer().get());
  return Decimal::Big(std::move(lcm), scale);
}

Decimal TowardInfinity(const Decimal& value, int direction) {
  if (!value.finite() || value.scale == 0) return value;
  const Decimal whole = Trunc(value, 0);
  if (value.sign() != direction || Compare(whole, value) == 0) return whole;
  return Add(whole, Decimal(direction, 0));
}

Decimal Quotient(const Decimal& a, const Decimal& b) {
  if (!a.finite() || !b.finite()) return Divide(a, b);  // NaN, infinities: as division
  if (b.sign() == 0) throw SqlError(sqlstate::kDivisionByZero, "division by zero");
  return DivideToScale(a, b, 0, false);
}

int32_t Bucket(const Decimal& operand, const Decimal& low, const Decimal& high, int32_t count) {
  if (count <= 0) throw SqlError(kInvalidArgumentForWidthBucket, "count must be greater than zero");
  if (operand.kind == Decimal::Kind::kNaN || low.kind == Decimal::Kind::kNaN || high.kind == Decimal::Kind::kNaN) {
    throw SqlError(kInvalidArgumentForWidthBucket, "operand, lower bound, and upper bound cannot be NaN");
  }
  if (!low.finite() || !high.finite()) throw SqlError(kInvalidArgumentForWidthBucket, "lower and upper bounds must be finite");
  const int order = Compare(low, high);
  if (order == 0) throw SqlError(kInvalidArgumentForWidthBucket, "lower bound cannot equal upper bound");
  if (order < 0 ? Compare(operand, low) < 0 : Compare(operand, low) > 0) return 0;
  if (order < 0 ? Compare(operand, high) >= 0 : Compare(operand, high) <= 0) {
    int32_t above;
    if (__builtin_add_overflow(count, 1, &above)) throw SqlError(sqlstate::kNumericValueOutOfRange, "integer out of range");
    return above;
  }
  const Decimal scaled = Multiply(order < 0 ? Subtract(operand, low) : Subtract(low, operand), Decimal(count, 0));
  const Decimal span = order < 0 ? Subtract(high, low) : Subtract(low, high);
  const Decimal bucket = Add(Trunc(Divide(scaled, span), 0), Decimal(1, 0));
  if (bucket.small > std::numeric_limits<int32_t>::max()) throw SqlError(sqlstate::kNumericValueOutOfRange, "integer out of range");
  return static_cast<int32_t>(bucket.small);
}
}  // namespace

Decimal DecimalAt(const Vector& vector, const VectorView& view, RowIndex row) {
  switch (vector.physical()) {
    case PhysicalType::kInt64: return Decimal(view.get<int64_t>(row), vector.shape().scale);
    case PhysicalType::kInt128: return Decimal(view.get<__int128>(row), vector.shape().scale);
    default: return Decimal(view.get<StringRef>(row).view());
  }
}

void PutDecimal(const Decimal& value, Vector& result, RowIndex row) {
  if (value.finite() && value.is_small && value.scale <= kNumericMaxScale) {
    result.data<StringRef>()[row] = AddPackedNumeric(value.small, value.scale, result);
  } else {
    result.data<StringRef>()[row] = result.AddString(value.Pack());
  }
}

#define GATHER_BINARY(Name, op)                                                                                   \
  void Name(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {                   \
    Map2(arguments, rows, result, [](const Decimal& a, const Decimal& b) -> Decimal { return op; });                \
  }
#define GATHER_UNARY(Name, op)                                                                                    \
  void Name(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {                   \
    Map(arguments, rows, result, [](const Decimal& a) -> Decimal { return op; });                                   \
  }
GATHER_BINARY(NumericDivided, Divide(a, b))
GATHER_BINARY(NumericRemainder, Modulo(a, b))
GATHER_BINARY(NumericQuotient, Quotient(a, b))
GATHER_BINARY(NumericLarger, Compare(a, b) > 0 ? a : b)
GATHER_BINARY(NumericSmaller, Compare(a, b) < 0 ? a : b)
GATHER_BINARY(NumericPower, Power(a, b))
GATHER_BINARY(NumericGcd, Gcd(a, b))
GATHER_BINARY(NumericLcm, Lcm(a, b))
GATHER_UNARY(NumericSign, a.kind == Decimal::Kind::kNaN ? a : Decimal(a.sign(), 0))
GATHER_UNARY(NumericCeil, TowardInfinity(a, 1))
GATHER_UNARY(NumericFloor, TowardInfinity(a, -1))
GATHER_UNARY(NumericSqrt, Sqrt(a))
GATHER_UNARY(NumericExp, Exp(a))
GATHER_UNARY(NumericLn, Ln(a))
GATHER_UNARY(NumericIncremented, Add(a, Decimal(1, 0)))
GATHER_UNARY(NumericTrimScale, a.finite() ? Trunc(a, a.scale - TrailingZeros(a)) : a)
#undef GATHER_BINARY
#undef GATHER_UNARY

void NumericLog(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  if (arguments.size() == 1) {
    Map(arguments, rows, result, [](const Decimal& a) { return Log(Decimal(10, 0), a); });
  } else {
    Map2(arguments, rows, result, [](const Decimal& base, const Decimal& a) { return Log(base, a); });
  }
}

void NumericTruncated(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView x = arguments[0].View();
  result.ResetKeepingNulls(PhysicalType::kString);
  ForEachValid(result, rows, [&](uint32_t i) {
    const int scale = arguments.size() > 1 ? arguments[1].View().get<int32_t>(i) : 0;
    PutDecimal(Trunc(DecimalAt(arguments[0], x, i), scale), result, i);
  });
}

void NumericCmp(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView x = arguments[0].View(), y = arguments[1].View();
  ForEachValid(result, rows, [&](uint32_t i) {
    const int order = Compare(DecimalAt(arguments[0], x, i), DecimalAt(arguments[1], y, i));
    result.data<int32_t>()[i] = (order > 0) - (order < 0);
  });
}

void NumericScale(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView x = arguments[0].View();
  ForEachValid(result, rows, [&](uint32_t i) {
    const Decimal value = DecimalAt(arguments[0], x, i);
    if (value.finite()) result.data<int32_t>()[i] = value.scale; else result.SetNull(i);
  });
}

void NumericMinScale(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView x = arguments[0].View();
  ForEachValid(result, rows, [&](uint32_t i) {
    const Decimal value = DecimalAt(arguments[0], x, i);
    if (value.finite()) result.data<int32_t>()[i] = value.scale - TrailingZeros(value); else result.SetNull(i);
  });
}

void NumericFactorial(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView x = arguments[0].View();
  result.ResetKeepingNulls(PhysicalType::kString);
  ForEachValid(result, rows, [&](uint32_t i) {
    const int64_t n = x.get<int64_t>(i);
    if (n < 0) throw SqlError(sqlstate::kNumericValueOutOfRange, "factorial of a negative number is undefined");
    if (n > kLargestFactorial) throw SqlError(sqlstate::kNumericValueOutOfRange, "value overflows numeric format");
    BigInteger product;
    mpz_fac_ui(product.get(), static_cast<unsigned long>(n));
    PutDecimal(Decimal::Big(std::move(product), 0), result, i);
  });
}

void NumericWidthBucket(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView operand = arguments[0].View(), low = arguments[1].View(), high = arguments[2].View(), count = arguments[3].View();
  ForEachValid(result, rows, [&](uint32_t i) {
    result.data<int32_t>()[i] =
        Bucket(DecimalAt(arguments[0], operand, i), DecimalAt(arguments[1], low, i), DecimalAt(arguments[2], high, i), count.get<int32_t>(i));
  });
}

void NumericToInt2(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) { ToInteger<int16_t>(arguments, rows, result, "smallint"); }
void NumericToInt4(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) { ToInteger<int32_t>(arguments, rows, result, "integer"); }
void NumericToInt8(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) { ToInteger<int64_t>(arguments, rows, result, "bigint"); }

void NumericToFloat4(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView x = arguments[0].View();
  std::string text;
  ForEachValid(result, rows, [&](uint32_t i) {
    text.clear();
    AppendNumericText(DecimalAt(arguments[0], x, i).Pack(), text);
    result.data<float>()[i] = ParseFloat4(text);
  });
}

void Float8ToNumeric(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView x = arguments[0].View();
  result.ResetKeepingNulls(PhysicalType::kString);
  ForEachValid(result, rows, [&](uint32_t i) { result.data<StringRef>()[i] = result.AddString(NumericFromDouble(x.get<double>(i))); });
}

void Float4ToNumeric(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView x = arguments[0].View();
  result.ResetKeepingNulls(PhysicalType::kString);
  ForEachValid(result, rows, [&](uint32_t i) {
    const float value = x.get<float>(i);
    char text[32];
    const int length = std::snprintf(text, sizeof(text), "%.6g", static_cast<double>(value));
    result.data<StringRef>()[i] =
        result.AddString(std::isfinite(value) ? ParseNumeric({text, static_cast<size_t>(length)}, -1) : NumericFromDouble(static_cast<double>(value)));
  });
}

}  // namespace gather::catalog
