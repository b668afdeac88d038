#include "catalog/functions/float_math.h"

#include <cerrno>
#include <cmath>
#include <limits>

#include "catalog/functions/kernels.h"
#include "catalog/random_state.h"
#include "catalog/session_services.h"
#include "types/error.h"

namespace gather::catalog {

namespace {
constexpr double kRadiansPerDegree = 0.0174532925199432957692;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr SqlState kInvalidArgumentForWidthBucket{"2201G"};

[[noreturn]] void ThrowOverflow() { throw SqlError(sqlstate::kNumericValueOutOfRange, "value out of range: overflow"); }
[[noreturn]] void ThrowUnderflow() { throw SqlError(sqlstate::kNumericValueOutOfRange, "value out of range: underflow"); }
[[noreturn]] void ThrowInputRange() { throw SqlError(sqlstate::kNumericValueOutOfRange, "input is out of range"); }
void CheckFinite(double x) { if (std::isinf(x)) ThrowInputRange(); }
double Checked(double result, bool inf_ok, bool zero_ok) {
  if (std::isinf(result) && !inf_ok) ThrowOverflow();
  if (result == 0 && !zero_ok) ThrowUnderflow();
  return result;
}

// These raise: rows that are null must not be looked at.
template <class Op>
void Map(std::span<const Vector> arguments, uint32_t rows, Vector& result, Op op) {
  const VectorView x = arguments[0].View();
  double* out = result.data<double>();
  ForEachValid(result, rows, [&](uint32_t i) { out[i] = op(x.get<double>(i)); });
}
template <class Op>
void Map2(std::span<const Vector> arguments, uint32_t rows, Vector& result, Op op) {
  const VectorView x = arguments[0].View(), y = arguments[1].View();
  double* out = result.data<double>();
  ForEachValid(result, rows, [&](uint32_t i) { out[i] = op(x.get<double>(i), y.get<double>(i)); });
}

// ---- degrees: exact at the multiples of 30 and 45, as PostgreSQL's float.c makes them
struct DegreeConstants {
  double sin_30, one_minus_cos_60, asin_half, acos_half, atan_1, tan_45, cot_45;
};
double SindTo30(double x, const DegreeConstants& c) { return std::sin(x * kRadiansPerDegree) / c.sin_30 / 2.0; }
double CosdTo60(double x, const DegreeConstants& c) { return 1.0 - ((1.0 - std::cos(x * kRadiansPerDegree)) / c.one_minus_cos_60) / 2.0; }
double SindQuadrant(double x, const DegreeConstants& c) { return x <= 30.0 ? SindTo30(x, c) : CosdTo60(90.0 - x, c); }
double CosdQuadrant(double x, const DegreeConstants& c) { return x <= 60.0 ? CosdTo60(x, c) : SindTo30(90.0 - x, c); }
const DegreeConstants& Degree() {
  static const DegreeConstants constants = [] {
    // Through volatile: the values must be those of the run-time library, not of the compiler.
    volatile double thirty = 30.0, forty_five = 45.0, sixty = 60.0, half = 0.5, one = 1.0;
    DegreeConstants c{};
    c.sin_30 = std::sin(thirty * kRadiansPerDegree);
    c.one_minus_cos_60 = 1.0 - std::cos(sixty * kRadiansPerDegree);
    c.asin_half = std::asin(half);
    c.acos_half = std::acos(half);
    c.atan_1 = std::atan(one);
    c.tan_45 = SindQuadrant(forty_five, c) / CosdQuadrant(forty_five, c);
    c.cot_45 = CosdQuadrant(forty_five, c) / SindQuadrant(forty_five, c);
    return c;
  }();
  return constants;
}
double AsindQuadrant(double x) {
  const DegreeConstants& c = Degree();
  return x <= 0.5 ? std::asin(x) / c.asin_half * 30.0 : 90.0 - std::acos(x) / c.acos_half * 60.0;
}
double AcosdQuadrant(double x) {
  const DegreeConstants& c = Degree();
  return x <= 0.5 ? 90.0 - std::asin(x) / c.asin_half * 30.0 : std::acos(x) / c.acos_half * 60.0;
}

double Exp(double x) {
  if (std::isnan(x)) return x;
  if (std::isinf(x)) return x > 0 ? x : 0;
  return Checked(std::exp(x), false, false);
}

double Power(double x, double y) {
  if (std::isnan(x)) return std::isnan(y) || y != 0 ? x : 1.0;
  if (std::isnan(y)) return x != 1 ? y : 1.0;
  if (x == 0 && y < 0) throw SqlError(sqlstate::kInvalidArgumentForPowerFunction, "zero raised to a negative power is undefined");
  if (x < 0 && std::floor(y) != y) {
    throw SqlError(sqlstate::kInvalidArgumentForPowerFunction, "a negative number raised to a non-integer power yields a complex result");
  }
  const double result = std::pow(x, y);
  if (std::isinf(x) || std::isinf(y)) return result;
  return Checked(result, false, x == 0);
}

double Log(double x, double (*log)(double)) {
  if (x == 0) throw SqlError(sqlstate::kInvalidArgumentForLogarithm, "cannot take logarithm of zero");
  if (x < 0) throw SqlError(sqlstate::kInvalidArgumentForLogarithm, "cannot take logarithm of a negative number");
  return Checked(log(x), std::isinf(x), x == 1);
}

int32_t Bucket(double operand, double low, double high, int32_t count) {
  if (count <= 0) throw SqlError(kInvalidArgumentForWidthBucket, "count must be greater than zero");
  if (std::isnan(operand) || std::isnan(low) || std::isnan(high)) {
    throw SqlError(kInvalidArgumentForWidthBucket, "operand, lower bound, and upper bound cannot be NaN");
  }
  if (std::isinf(low) || std::isinf(high)) throw SqlError(kInvalidArgumentForWidthBucket, "lower and upper bounds must be finite");
  if (low == high) throw SqlError(kInvalidArgumentForWidthBucket, "lower bound cannot equal upper bound");
  const bool descending = low > high;
  if (descending ? operand > low : operand < low) return 0;
  if (descending ? operand <= high : operand >= high) {
    int32_t above;
    if (__builtin_add_overflow(count, 1, &above)) throw SqlError(sqlstate::kNumericValueOutOfRange, "integer out of range");
    return above;
  }
  return static_cast<int32_t>((descending ? count * (low - operand) / (low - high) : count * (operand - low) / (high - low)) + 1);
}

RandomState& StateOf(FunctionContext& context) {
  thread_local RandomState own;
  RandomState* state = context.session != nullptr ? context.session->random_state() : nullptr;
  return state != nullptr ? *state : own;
}
}  // namespace

#define GATHER_MATH(Name, expression)                                                                                          \
  void Float8##Name(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {                        \
    Map(arguments, rows, result, [](double x) -> double { expression; });                                                        \
  }
GATHER_MATH(Sqrt, if (x < 0) throw SqlError(sqlstate::kInvalidArgumentForPowerFunction, "cannot take square root of a negative number");
            return Checked(std::sqrt(x), std::isinf(x), x == 0))
GATHER_MATH(Cbrt, return Checked(std::cbrt(x), std::isinf(x), x == 0))
GATHER_MATH(Round, return std::rint(x))
GATHER_MATH(Ceil, return std::ceil(x))
GATHER_MATH(Floor, return std::floor(x))
GATHER_MATH(Trunc, return std::trunc(x))
GATHER_MATH(Sign, return x > 0 ? 1.0 : x < 0 ? -1.0 : 0.0)
GATHER_MATH(Exp, return Exp(x))
GATHER_MATH(Ln, return Log(x, [](double y) { return std::log(y); }))
GATHER_MATH(Log10, return Log(x, [](double y) { return std::log10(y); }))
GATHER_MATH(Acos, if (x < -1 || x > 1) ThrowInputRange(); return std::acos(x))
GATHER_MATH(Asin, if (x < -1 || x > 1) ThrowInputRange(); return std::asin(x))
GATHER_MATH(Atan, return std::atan(x))
GATHER_MATH(Cos, CheckFinite(x); return std::cos(x))
GATHER_MATH(Sin, CheckFinite(x); return std::sin(x))
GATHER_MATH(Tan, CheckFinite(x); return std::tan(x))
GATHER_MATH(Cot, CheckFinite(x); return 1.0 / std::tan(x))
GATHER_MATH(Sinh, return std::sinh(x))
GATHER_MATH(Cosh, return std::cosh(x))
GATHER_MATH(Tanh, return std::tanh(x))
GATHER_MATH(Asinh, return std::asinh(x))
GATHER_MATH(Acosh, if (x < 1) ThrowInputRange(); return std::acosh(x))
GATHER_MATH(Atanh, if (x < -1 || x > 1) ThrowInputRange(); return x == -1 ? -kInfinity : x == 1 ? kInfinity : std::atanh(x))
GATHER_MATH(Acosd, if (x < -1 || x > 1) ThrowInputRange(); return x >= 0 ? AcosdQuadrant(x) : 90.0 + AsindQuadrant(-x))
GATHER_MATH(Asind, if (x < -1 || x > 1) ThrowInputRange(); return x >= 0 ? AsindQuadrant(x) : -AsindQuadrant(-x))
GATHER_MATH(Atand, return std::atan(x) / Degree().atan_1 * 45.0)
GATHER_MATH(Degrees, return Checked(x / kRadiansPerDegree, std::isinf(x), x == 0))
GATHER_MATH(Radians, return Checked(x * kRadiansPerDegree, std::isinf(x), x == 0))
GATHER_MATH(
    Cosd, if (std::isnan(x)) return x; CheckFinite(x); x = std::fabs(std::fmod(x, 360.0)); double sign = 1; if (x > 180) x = 360 - x;
    if (x > 90) {
      x = 180 - x;
      sign = -1;
    } return sign * CosdQuadrant(x, Degree()))
GATHER_MATH(
    Sind, if (std::isnan(x)) return x; CheckFinite(x); x = std::fmod(x, 360.0); double sign = 1;
    if (x < 0) {
      x = -x;
      sign = -1;
    } if (x > 180) {
      x = 360 - x;
      sign = -sign;
    } if (x > 90) x = 180 - x;
    return sign * SindQuadrant(x, Degree()))

namespace {
// tan and cot repeat every 180 degrees and change sign in the second quadrant.
double TangentFolded(double* x) {
  double sign = 1;
  *x = std::fmod(*x, 360.0);
  if (*x < 0) {
    *x = -*x;
    sign = -1;
  }
  if (*x > 180) {
    *x = 360 - *x;
    sign = -sign;
  }
  if (*x > 90) {
    *x = 180 - *x;
    sign = -sign;
  }
  return sign;
}
double WithoutMinusZero(double x) { return x == 0 ? 0 : x; }
}  // namespace

GATHER_MATH(Tand, if (std::isnan(x)) return x; CheckFinite(x); const double sign = TangentFolded(&x);
            return WithoutMinusZero(sign * (SindQuadrant(x, Degree()) / CosdQuadrant(x, Degree()) / Degree().tan_45)))
GATHER_MATH(Cotd, if (std::isnan(x)) return x; CheckFinite(x); const double sign = TangentFolded(&x);
            return WithoutMinusZero(sign * (CosdQuadrant(x, Degree()) / SindQuadrant(x, Degree()) / Degree().cot_45)))
#undef GATHER_MATH

void Float8Power(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) { Map2(arguments, rows, result, Power); }
void Float8Atan2(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  Map2(arguments, rows, result, [](double y, double x) { return std::atan2(y, x); });
}
void Float8Atan2d(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  Map2(arguments, rows, result, [](double y, double x) { return std::atan2(y, x) / Degree().atan_1 * 45.0; });
}

void Float8Pi(FunctionContext&, std::span<const Vector>, uint32_t rows, Vector& result) {
  for (uint32_t i = 0; i < rows; ++i) result.data<double>()[i] = M_PI;
}

void Float8WidthBucket(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView operand = arguments[0].View(), low = arguments[1].View(), high = arguments[2].View(), count = arguments[3].View();
  ForEachValid(result, rows, [&](uint32_t i) {
    result.data<int32_t>()[i] = Bucket(operand.get<double>(i), low.get<double>(i), high.get<double>(i), count.get<int32_t>(i));
  });
}

void Float8Random(FunctionContext& context, std::span<const Vector>, uint32_t rows, Vector& result) {
  RandomState& state = StateOf(context);
  for (uint32_t i = 0; i < rows; ++i) result.data<double>()[i] = state.Next();
}

void Float8SetSeed(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView seed = arguments[0].View();
  ForEachValid(result, rows, [&](uint32_t i) {
    const double value = seed.get<double>(i);
    if (!(value >= -1 && value <= 1)) {
      throw SqlError(sqlstate::kInvalidParameterValue, Format("setseed parameter %g is out of allowed range [-1,1]", value));
    }
    StateOf(context).Seed(value);
  });
}

}  // namespace gather::catalog
