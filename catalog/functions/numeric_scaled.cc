#include <algorithm>
#include <memory>
#include <type_traits>

#include "catalog/functions/kernels.h"
#include "catalog/functions/numeric_kernels.h"
#include "types/datum.h"
#include "types/error.h"
#include "types/io/number_io.h"
#include "types/numeric.h"

namespace gather::catalog {

namespace {
using Unsigned128 = unsigned __int128;
constexpr int kMostDigits64 = 18, kMostDigits128 = 38;

template <class T>
using UnsignedOf = std::conditional_t<sizeof(T) == 8, uint64_t, Unsigned128>;

Unsigned128 Magnitude(__int128 value) { return value < 0 ? -static_cast<Unsigned128>(value) : static_cast<Unsigned128>(value); }

// An argument whose rows are integers of one scale: a scaled vector, or a constant in any representation that has one.
struct Operand {
  explicit Operand(const Vector& vector) : vector(&vector), constant(vector.is_constant()) {
    const VectorView view = vector.View();
    if (vector.physical() == PhysicalType::kString) {
      scaled = constant && view.valid(0) && UnpackSmallNumeric(view.get<StringRef>(0).view(), &value, &scale);
    } else {
      scaled = true;
      scale = vector.shape().scale;
      digits = vector.shape().digits;
      if (constant) value = vector.physical() == PhysicalType::kInt64 ? view.get<int64_t>(0) : view.get<__int128>(0);
    }
    if (constant && scaled) digits = DecimalDigits(Magnitude(value));
  }
  void Measure(uint32_t rows) { if (!constant) digits = MeasureDigits(*vector, rows); }

  const Vector* vector;
  bool constant;
  bool scaled = false;
  int scale = 0;
  int digits = 0;
  __int128 value = 0;                 // of a constant
};

// The rows of an operand as T at a larger scale: either one value for all, or a plain array, copied only when it must be.
template <class T>
class Column {
 public:
  Column(const Operand& operand, int up, uint32_t rows) : constant_(operand.constant) {
    const auto power = static_cast<UnsignedOf<T>>(kPowersOf10[up]);
    if (constant_) {
      value_ = static_cast<T>(static_cast<UnsignedOf<T>>(operand.value) * power);
      return;
    }
    const VectorView view = operand.vector->View();
    const bool narrow = operand.vector->physical() == PhysicalType::kInt64;
    if (up == 0 && view.indices == nullptr && narrow == (sizeof(T) == 8)) {
      values_ = static_cast<const T*>(view.data);
      return;
    }
    copy_.reset(new T[std::max(rows, 1u)]);
    values_ = copy_.get();
    if (narrow) Copy<int64_t>(view, power, rows); else Copy<__int128>(view, power, rows);
  }
  bool constant() const { return constant_; }
  T value() const { return value_; }
  const T* values() const { return values_; }

 private:
  template <class From>
  void Copy(const VectorView& view, UnsignedOf<T> power, uint32_t rows) {
    T* __restrict to = copy_.get();
    const From* from = static_cast<const From*>(view.data);
    if (view.indices == nullptr) {
      for (uint32_t i = 0; i < rows; ++i) to[i] = static_cast<T>(static_cast<UnsignedOf<T>>(from[i]) * power);
    } else if (power == 1) {
      for (uint32_t i = 0; i < rows; ++i) to[i] = static_cast<T>(from[view.indices[i]]);
    } else {
      for (uint32_t i = 0; i < rows; ++i) to[i] = static_cast<T>(static_cast<UnsignedOf<T>>(from[view.indices[i]]) * power);
    }
  }

  bool constant_;
  T value_{};
  const T* values_ = nullptr;
  std::unique_ptr<T[]> copy_;
};

template <class T, class R, class Op>
void Combine(const Column<T>& a, const Column<T>& b, uint32_t rows, R* __restrict out, Op op) {
  if (a.constant() && b.constant()) {
    for (uint32_t i = 0; i < rows; ++i) out[i] = op(a.value(), b.value());
  } else if (a.constant()) {
    const T x = a.value();
    const T* y = b.values();
    for (uint32_t i = 0; i < rows; ++i) out[i] = op(x, y[i]);
  } else if (b.constant()) {
    const T* x = a.values();
    const T y = b.value();
    for (uint32_t i = 0; i < rows; ++i) out[i] = op(x[i], y);
  } else {
    const T* x = a.values();
    const T* y = b.values();
    for (uint32_t i = 0; i < rows; ++i) out[i] = op(x[i], y[i]);
  }
}

// Wrapping arithmetic: null rows may hold anything.
struct PlusOp {
  template <class T>
  T operator()(T a, T b) const { return static_cast<T>(static_cast<UnsignedOf<T>>(a) + static_cast<UnsignedOf<T>>(b)); }
};
struct MinusOp {
  template <class T>
  T operator()(T a, T b) const { return static_cast<T>(static_cast<UnsignedOf<T>>(a) - static_cast<UnsignedOf<T>>(b)); }
};
struct TimesOp {
  template <class T>
  T operator()(T a, T b) const { return static_cast<T>(static_cast<UnsignedOf<T>>(a) * static_cast<UnsignedOf<T>>(b)); }
};

template <class T, class Op>
void Calculate(const Operand& a, int up_a, const Operand& b, int up_b, NumericShape shape, uint32_t rows, Vector& result) {
  const Column<T> x(a, up_a, rows), y(b, up_b, rows);
  result.ResetKeepingNulls(sizeof(T) == 8 ? PhysicalType::kInt64 : PhysicalType::kInt128);
  result.set_shape(shape);
  Combine(x, y, rows, result.data<T>(), Op());
}

// Row by row through Decimal, for what has no integers or needs more than 38 digits.
void CalculatePacked(std::span<const Vector> arguments, uint32_t rows, Vector& result, Decimal (*op)(const Decimal&, const Decimal&)) {
  const VectorView x = arguments[0].View(), y = arguments[1].View();
  result.ResetKeepingNulls(PhysicalType::kString);
  ForEachValid(result, rows, [&](uint32_t i) { PutDecimal(op(DecimalAt(arguments[0], x, i), DecimalAt(arguments[1], y, i)), result, i); });
}

template <class Op>
void AddKernel(std::span<const Vector> arguments, uint32_t rows, Vector& result, Decimal (*packed)(const Decimal&, const Decimal&)) {
  Operand a(arguments[0]), b(arguments[1]);
  if (a.scaled && b.scaled) {
    const int scale = std::max(a.scale, b.scale), up_a = scale - a.scale, up_b = scale - b.scale;
    int digits = std::max(a.digits + up_a, b.digits + up_b) + 1;
    if (digits > kMostDigits64) {
      a.Measure(rows);
      b.Measure(rows);
      digits = std::max(a.digits + up_a, b.digits + up_b) + 1;
    }
    const NumericShape shape = {static_cast<int16_t>(scale), static_cast<int16_t>(digits)};
    if (digits <= kMostDigits64) {
      Calculate<int64_t, Op>(a, up_a, b, up_b, shape, rows, result);
      return;
    }
    if (digits <= kMostDigits128) {
      Calculate<__int128, Op>(a, up_a, b, up_b, shape, rows, result);
      return;
    }
  }
  CalculatePacked(arguments, rows, result, packed);
}

template <class Compare>
struct CompareOp {
  template <class T>
  uint8_t operator()(T a, T b) const { return Compare()(a, b); }
};

template <class T, class Compare>
void CompareScaled(const Operand& a, int up_a, const Operand& b, int up_b, uint32_t rows, Vector& result) {
  const Column<T> x(a, up_a, rows), y(b, up_b, rows);
  Combine(x, y, rows, result.data<uint8_t>(), CompareOp<Compare>());
}

template <class Compare>
void CompareKernel(std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  Operand a(arguments[0]), b(arguments[1]);
  if (a.scaled && b.scaled) {
    const int scale = std::max(a.scale, b.scale), up_a = scale - a.scale, up_b = scale - b.scale;
    int digits = std::max(a.digits + up_a, b.digits + up_b);
    if (digits > kMostDigits64) {
      a.Measure(rows);
      b.Measure(rows);
      digits = std::max(a.digits + up_a, b.digits + up_b);
    }
    // Representations of 18 digits and less than 19 fit; a vector of int64 at its own scale always does.
    if (digits <= kMostDigits64 && up_a <= kMostDigits64 && up_b <= kMostDigits64) {
      CompareScaled<int64_t, Compare>(a, up_a, b, up_b, rows, result);
      return;
    }
    if (digits <= kMostDigits128 && up_a <= kMostDigits128 && up_b <= kMostDigits128) {
      CompareScaled<__int128, Compare>(a, up_a, b, up_b, rows, result);
      return;
    }
  }
  const VectorView x = arguments[0].View(), y = arguments[1].View();
  const bool packed = arguments[0].physical() == PhysicalType::kString && arguments[1].physical() == PhysicalType::kString;
  ForEachValid(result, rows, [&](uint32_t i) {
    const int order = packed ? CompareNumeric(x.get<StringRef>(i).view(), y.get<StringRef>(i).view())
                             : gather::Compare(DecimalAt(arguments[0], x, i), DecimalAt(arguments[1], y, i));
    result.data<uint8_t>()[i] = Compare()(order, 0);
  });
}

// One operand, integers in and out, same shape.
template <class T, class Op>
void MapScaled(const Vector& from, uint32_t rows, Vector& result, Op op) {
  const NumericShape shape = from.shape();
  result.ResetKeepingNulls(from.physical());
  result.set_shape(shape);
  UnaryLoop<T>(from, rows, result.data<T>(), op);
}

template <class Op>
bool MapSameShape(const Vector& from, uint32_t rows, Vector& result, Op op) {
  if (from.physical() == PhysicalType::kInt64) {
    MapScaled<int64_t>(from, rows, result, op);
  } else if (from.physical() == PhysicalType::kInt128) {
    MapScaled<__int128>(from, rows, result, op);
  } else {
    return false;
  }
  return true;
}

void MapPacked(std::span<const Vector> arguments, uint32_t rows, Vector& result, const std::function<Decimal(const Decimal&, uint32_t row)>& op) {
  const VectorView x = arguments[0].View();
  result.ResetKeepingNulls(PhysicalType::kString);
  ForEachValid(result, rows, [&](uint32_t i) { PutDecimal(op(DecimalAt(arguments[0], x, i), i), result, i); });
}

template <class From>
void IntegerToNumeric(const Vector& from, int most_digits, uint32_t rows, Vector& result) {
  const VectorView view = from.View();
  int digits = most_digits;
  if (sizeof(From) == 8) {
    uint64_t seen = 0;
    const auto* values = static_cast<const From*>(view.data);
    for (uint32_t i = 0; i < rows; ++i) {
      const auto value = static_cast<int64_t>(values[view.index(i)]);
      seen |= static_cast<uint64_t>(value ^ (value >> 63));
    }
    const int bits = seen != 0 ? 64 - __builtin_clzll(seen) : 0;
    digits = std::min(digits, (bits * 1233 >> 12) + 1);
  }
  if (from.is_constant() && rows > 0) {
    const __int128 value = view.valid(0) ? static_cast<__int128>(view.get<From>(0)) : 0;
    digits = DecimalDigits(Magnitude(value));
  }
  const bool narrow = digits <= kMostDigits64;
  result.ResetKeepingNulls(narrow ? PhysicalType::kInt64 : PhysicalType::kInt128);
  result.set_shape({0, static_cast<int16_t>(digits)});
  if (narrow) UnaryLoop<From>(from, rows, result.data<int64_t>(), [](From value) { return static_cast<int64_t>(value); });
  else UnaryLoop<From>(from, rows, result.data<__int128>(), [](From value) { return static_cast<__int128>(value); });
}

// Divides by 10^down, rounding half away from zero.
template <class T>
void RoundScaled(const Vector& from, int down, NumericShape shape, uint32_t rows, Vector& result) {
  const T power = static_cast<T>(kPowersOf10[down]), half = power / 2;
  result.ResetKeepingNulls(from.physical());
  result.set_shape(shape);
  UnaryLoop<T>(from, rows, result.data<T>(), [=](T value) {
    const T quotient = value / power, rest = value % power;
    return static_cast<T>(quotient + (rest >= half) - (rest <= -half));
  });
}
}  // namespace

void NumericPlus(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) { AddKernel<PlusOp>(arguments, rows, result, Add); }
void NumericMinus(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  AddKernel<MinusOp>(arguments, rows, result, Subtract);
}

void NumericTimes(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  Operand a(arguments[0]), b(arguments[1]);
  if (a.scaled && b.scaled) {
    int digits = a.digits + b.digits;
    if (digits > kMostDigits64) {
      a.Measure(rows);
      b.Measure(rows);
      digits = a.digits + b.digits;
    }
    const NumericShape shape = {static_cast<int16_t>(a.scale + b.scale), static_cast<int16_t>(digits)};
    if (digits <= kMostDigits64) {
      Calculate<int64_t, TimesOp>(a, 0, b, 0, shape, rows, result);
      return;
    }
    if (digits <= kMostDigits128) {
      Calculate<__int128, TimesOp>(a, 0, b, 0, shape, rows, result);
      return;
    }
  }
  CalculatePacked(arguments, rows, result, Multiply);
}

void NumericNegated(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const bool done = MapSameShape(arguments[0], rows, result, []<class T>(T value) { return static_cast<T>(0 - static_cast<UnsignedOf<T>>(value)); });
  if (!done) MapPacked(arguments, rows, result, [](const Decimal& value, uint32_t) { return Negate(value); });
}

void NumericAbsolute(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const bool done = MapSameShape(arguments[0], rows, result, []<class T>(T value) { return value < 0 ? static_cast<T>(0 - static_cast<UnsignedOf<T>>(value)) : value; });
  if (!done) MapPacked(arguments, rows, result, [](const Decimal& value, uint32_t) { return value.sign() < 0 ? Negate(value) : value; });
}

void NumericUnaryPlus(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const SqlType type = result.type();
  result = arguments[0];
  result.set_type(type);
  if (!result.is_constant()) result.Flatten(rows);
}

void NumericRounded(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const Vector& from = arguments[0];
  const bool fixed = arguments.size() == 1 || (arguments[1].is_constant() && arguments[1].View().valid(0));
  const int to = arguments.size() == 1 ? 0 : fixed ? arguments[1].View().get<int32_t>(0) : 0;
  if (fixed && from.physical() != PhysicalType::kString && to >= 0 && to < from.shape().scale) {
    const int down = from.shape().scale - to;
    const NumericShape shape = {static_cast<int16_t>(to), static_cast<int16_t>(std::max(from.shape().digits - down, 0) + 1)};
    if (from.physical() == PhysicalType::kInt64 && down <= kMostDigits64) {
      RoundScaled<int64_t>(from, down, shape, rows, result);
      return;
    }
    if (from.physical() == PhysicalType::kInt128 && down <= kMostDigits128 - 1) {
      RoundScaled<__int128>(from, down, shape, rows, result);
      return;
    }
  }
  const VectorView places = arguments.size() > 1 ? arguments[1].View() : from.View();
  MapPacked(arguments, rows, result, [&](const Decimal& value, uint32_t i) { return Round(value, arguments.size() > 1 ? places.get<int32_t>(i) : 0); });
}

void NumericCoerceLength(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const Vector& from = arguments[0];
  const VectorView typmods = arguments[1].View();
  if (arguments[1].is_constant() && typmods.valid(0)) {
    const NumericTypmod limit = DecodeNumericTypmod(typmods.get<int32_t>(0));
    const PhysicalType physical = NumericPhysical(limit.precision);
    if (limit.precision > 0 && limit.scale >= 0 && limit.scale <= limit.precision && physical != PhysicalType::kString && from.physical() != PhysicalType::kString) {
      const int up = limit.scale - from.shape().scale;
      // No rounding, and the digits fit: a rescaling at most. Otherwise row by row below, where overflow is told.
      Operand operand(from);
      if (up >= 0 && operand.digits + up > limit.precision) operand.Measure(rows);
      if (up >= 0 && operand.digits + up <= limit.precision) {
        const NumericShape shape = {static_cast<int16_t>(limit.scale), static_cast<int16_t>(operand.digits + up)};
        const Vector nothing = Vector::Constant(Datum::String(type_oid::kNumeric, PackNumeric(int64_t{0}, 0)));
        const Operand zero(nothing);
        if (physical == PhysicalType::kInt64) Calculate<int64_t, PlusOp>(operand, up, zero, 0, shape, rows, result);
        else Calculate<__int128, PlusOp>(operand, up, zero, 0, shape, rows, result);
        return;
      }
    }
    const VectorView view = from.View();
    Vector packed(result.type(), PhysicalType::kString, std::max(rows, 1u));
    const int32_t typmod = typmods.get<int32_t>(0);
    ForEachValid(result, rows, [&](uint32_t i) {
      packed.data<StringRef>()[i] = packed.AddString(ApplyNumericTypmod(
          from.physical() == PhysicalType::kString ? view.get<StringRef>(i).view() : std::string_view(DecimalAt(from, view, i).Pack()), typmod));
    });
    result.ResetKeepingNulls(PhysicalType::kString);
    for (uint32_t i = 0; i < rows; ++i) {
      if (!BitIsSet(result.validity(), i)) packed.SetNull(i);
    }
    if (physical != PhysicalType::kString && limit.precision > 0) {
      result = ToScaledNumeric(packed, typmod, rows);
    } else {
      result = packed;
    }
    return;
  }
  const VectorView view = from.View();
  result.ResetKeepingNulls(PhysicalType::kString);
  ForEachValid(result, rows, [&](uint32_t i) {
    result.data<StringRef>()[i] = result.AddString(ApplyNumericTypmod(DecimalAt(from, view, i).Pack(), typmods.get<int32_t>(i)));
  });
}

void NumericEqual(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) { CompareKernel<std::equal_to<>>(arguments, rows, result); }
void NumericNotEqual(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  CompareKernel<std::not_equal_to<>>(arguments, rows, result);
}
void NumericLess(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) { CompareKernel<std::less<>>(arguments, rows, result); }
void NumericLessEqual(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  CompareKernel<std::less_equal<>>(arguments, rows, result);
}
void NumericGreater(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) { CompareKernel<std::greater<>>(arguments, rows, result); }
void NumericGreaterEqual(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  CompareKernel<std::greater_equal<>>(arguments, rows, result);
}

void Int2ToNumeric(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) { IntegerToNumeric<int16_t>(arguments[0], 5, rows, result); }
void Int4ToNumeric(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) { IntegerToNumeric<int32_t>(arguments[0], 10, rows, result); }
void Int8ToNumeric(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) { IntegerToNumeric<int64_t>(arguments[0], 19, rows, result); }

void NumericToFloat8(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const Vector& from = arguments[0];
  double* out = result.data<double>();
  // Integer and power both exact in a double (15 digits, 10^22): one division, rounded once.
  if (from.physical() == PhysicalType::kInt64 && from.shape().digits <= 15 && from.shape().scale <= 22) {
    const auto power = static_cast<double>(kPowersOf10[from.shape().scale]);
    UnaryLoop<int64_t>(from, rows, out, [power](int64_t value) { return static_cast<double>(value) / power; });
    return;
  }
  const VectorView view = from.View();
  std::string text;
  ForEachValid(result, rows, [&](uint32_t i) {
    const std::string packed = DecimalAt(from, view, i).Pack();
    __int128 value;
    int scale;
    if (UnpackSmallNumeric(packed, &value, &scale)) {
      out[i] = NumericToDouble(packed);
    } else {
      text.clear();
      AppendNumericText(packed, text);
      out[i] = ParseFloat8(text);
    }
  });
}

}  // namespace gather::catalog
