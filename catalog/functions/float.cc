// float4 and float8: arithmetic, comparison, casts from and to the integers. The math library is float_math.cc.
#include <cmath>
#include <functional>
#include <limits>

#include "catalog/functions/float_math.h"
#include "catalog/functions/kernels.h"
#include "catalog/functions/rows.h"
#include "types/error.h"

namespace gather::catalog {

namespace {
using namespace type_oid;

[[noreturn]] void ThrowOverflow() { throw SqlError(sqlstate::kNumericValueOutOfRange, "value out of range: overflow"); }
[[noreturn]] void ThrowUnderflow() { throw SqlError(sqlstate::kNumericValueOutOfRange, "value out of range: underflow"); }

// Results that became infinite, or zero, out of inputs that were not.
template <class T>
struct Plus {
  static bool Apply(T a, T b, T* out) {
    *out = a + b;
    return std::isinf(*out) && !std::isinf(a) && !std::isinf(b);
  }
  [[noreturn]] static void Throw(T, T) { ThrowOverflow(); }
};
template <class T>
struct Minus {
  static bool Apply(T a, T b, T* out) {
    *out = a - b;
    return std::isinf(*out) && !std::isinf(a) && !std::isinf(b);
  }
  [[noreturn]] static void Throw(T, T) { ThrowOverflow(); }
};
template <class T>
struct Times {
  static bool Apply(T a, T b, T* out) {
    *out = a * b;
    return (std::isinf(*out) && !std::isinf(a) && !std::isinf(b)) || (*out == 0 && a != 0 && b != 0);
  }
  [[noreturn]] static void Throw(T a, T b) {
    if (a * b != 0) ThrowOverflow();
    ThrowUnderflow();
  }
};
template <class T>
struct Divided {
  static bool Apply(T a, T b, T* out) {
    *out = a / b;
    return (b == 0 && !std::isnan(a)) || (std::isinf(*out) && !std::isinf(a)) || (*out == 0 && a != 0 && !std::isinf(b));
  }
  [[noreturn]] static void Throw(T a, T b) {
    if (b == 0) throw SqlError(sqlstate::kDivisionByZero, "division by zero");
    if (a / b != 0) ThrowOverflow();
    ThrowUnderflow();
  }
};

// NaN equals NaN and is greater than everything else.
struct Equal {
  template <class A, class B>
  bool operator()(A a, B b) const { return a == b || (std::isnan(a) && std::isnan(b)); }
};
struct NotEqual {
  template <class A, class B>
  bool operator()(A a, B b) const { return !Equal()(a, b); }
};
struct Less {
  template <class A, class B>
  bool operator()(A a, B b) const { return a < b || (std::isnan(b) && !std::isnan(a)); }
};
struct Greater {
  template <class A, class B>
  bool operator()(A a, B b) const { return Less()(b, a); }
};
struct LessEqual {
  template <class A, class B>
  bool operator()(A a, B b) const { return a <= b || std::isnan(b); }
};
struct GreaterEqual {
  template <class A, class B>
  bool operator()(A a, B b) const { return LessEqual()(b, a); }
};
struct Larger {
  template <class T>
  T operator()(T a, T b) const { return Greater()(a, b) ? a : b; }
};
struct Smaller {
  template <class T>
  T operator()(T a, T b) const { return Less()(a, b) ? a : b; }
};
struct Absolute {
  template <class T>
  T operator()(T a) const { return std::fabs(a); }
};
template <class T>
struct To {
  template <class From>
  T operator()(From a) const { return static_cast<T>(a); }
};

template <class T>
struct ToInteger {
  template <class From>
  static bool Apply(From a, T* out) {
    const From rounded = std::rint(a);
    // The bounds are powers of two, exact in any float. NaN fails both.
    constexpr From kLeast = static_cast<From>(std::numeric_limits<T>::min());
    const bool fits = rounded >= kLeast && rounded < -kLeast;
    *out = fits ? static_cast<T>(rounded) : T{0};
    return !fits;
  }
  template <class From>
  [[noreturn]] static void Throw(From) {
    throw SqlError(sqlstate::kNumericValueOutOfRange, sizeof(T) == 2 ? "smallint out of range" : sizeof(T) == 4 ? "integer out of range" : "bigint out of range");
  }
};
struct Narrowed {
  static bool Apply(double a, float* out) {
    *out = static_cast<float>(a);
    return (std::isinf(*out) && !std::isinf(a)) || (*out == 0 && a != 0);
  }
  [[noreturn]] static void Throw(double a) {
    if (static_cast<float>(a) != 0) ThrowOverflow();
    ThrowUnderflow();
  }
};

constexpr FunctionRow kFunctions[] = {
    // clang-format off
    {202, "float4mul", {kFloat4, kFloat4}, kFloat4, CheckedBinaryKernel<float, float, float, Times<float>>, "implementation of * operator"},
    {203, "float4div", {kFloat4, kFloat4}, kFloat4, CheckedBinaryKernel<float, float, float, Divided<float>>, "implementation of / operator"},
    {204, "float4pl", {kFloat4, kFloat4}, kFloat4, CheckedBinaryKernel<float, float, float, Plus<float>>, "implementation of + operator"},
    {205, "float4mi", {kFloat4, kFloat4}, kFloat4, CheckedBinaryKernel<float, float, float, Minus<float>>, "implementation of - operator"},
    {206, "float4um", {kFloat4}, kFloat4, UnaryKernel<float, float, std::negate<>>, "implementation of - operator"},
    {207, "float4abs", {kFloat4}, kFloat4, UnaryKernel<float, float, Absolute>, "implementation of @ operator"},
    {209, "float4larger", {kFloat4, kFloat4}, kFloat4, BinaryKernel<float, float, float, Larger>, "larger of two"},
    {211, "float4smaller", {kFloat4, kFloat4}, kFloat4, BinaryKernel<float, float, float, Smaller>, "smaller of two"},
    {216, "float8mul", {kFloat8, kFloat8}, kFloat8, CheckedBinaryKernel<double, double, double, Times<double>>, "implementation of * operator"},
    {217, "float8div", {kFloat8, kFloat8}, kFloat8, CheckedBinaryKernel<double, double, double, Divided<double>>, "implementation of / operator"},
    {218, "float8pl", {kFloat8, kFloat8}, kFloat8, CheckedBinaryKernel<double, double, double, Plus<double>>, "implementation of + operator"},
    {219, "float8mi", {kFloat8, kFloat8}, kFloat8, CheckedBinaryKernel<double, double, double, Minus<double>>, "implementation of - operator"},
    {220, "float8um", {kFloat8}, kFloat8, UnaryKernel<double, double, std::negate<>>, "implementation of - operator"},
    {221, "float8abs", {kFloat8}, kFloat8, UnaryKernel<double, double, Absolute>, "implementation of @ operator"},
    {223, "float8larger", {kFloat8, kFloat8}, kFloat8, BinaryKernel<double, double, double, Larger>, "larger of two"},
    {224, "float8smaller", {kFloat8, kFloat8}, kFloat8, BinaryKernel<double, double, double, Smaller>, "smaller of two"},
    {228, "dround", {kFloat8}, kFloat8, Float8Round, "round to nearest integer"},
    {229, "dtrunc", {kFloat8}, kFloat8, Float8Trunc, "truncate to integer"},
    {230, "dsqrt", {kFloat8}, kFloat8, Float8Sqrt, "implementation of |/ operator"},
    {231, "dcbrt", {kFloat8}, kFloat8, Float8Cbrt, "implementation of ||/ operator"},
    {232, "dpow", {kFloat8, kFloat8}, kFloat8, Float8Power, "implementation of ^ operator"},
    {233, "dexp", {kFloat8}, kFloat8, Float8Exp, "natural exponential (e^x)"},
    {234, "dlog1", {kFloat8}, kFloat8, Float8Ln, "natural logarithm"},
    {235, "float8", {kInt2}, kFloat8, UnaryKernel<int16_t, double, To<double>>, "convert int2 to float8"},
    {236, "float4", {kInt2}, kFloat4, UnaryKernel<int16_t, float, To<float>>, "convert int2 to float4"},
    {237, "int2", {kFloat8}, kInt2, CheckedUnaryKernel<double, int16_t, ToInteger<int16_t>>, "convert float8 to int2"},
    {238, "int2", {kFloat4}, kInt2, CheckedUnaryKernel<float, int16_t, ToInteger<int16_t>>, "convert float4 to int2"},
    {279, "float48mul", {kFloat4, kFloat8}, kFloat8, CheckedBinaryKernel<float, double, double, Times<double>>, "implementation of * operator"},
    {280, "float48div", {kFloat4, kFloat8}, kFloat8, CheckedBinaryKernel<float, double, double, Divided<double>>, "implementation of / operator"},
    {281, "float48pl", {kFloat4, kFloat8}, kFloat8, CheckedBinaryKernel<float, double, double, Plus<double>>, "implementation of + operator"},
    {282, "float48mi", {kFloat4, kFloat8}, kFloat8, CheckedBinaryKernel<float, double, double, Minus<double>>, "implementation of - operator"},
    {283, "float84mul", {kFloat8, kFloat4}, kFloat8, CheckedBinaryKernel<double, float, double, Times<double>>, "implementation of * operator"},
    {284, "float84div", {kFloat8, kFloat4}, kFloat8, CheckedBinaryKernel<double, float, double, Divided<double>>, "implementation of / operator"},
    {285, "float84pl", {kFloat8, kFloat4}, kFloat8, CheckedBinaryKernel<double, float, double, Plus<double>>, "implementation of + operator"},
    {286, "float84mi", {kFloat8, kFloat4}, kFloat8, CheckedBinaryKernel<double, float, double, Minus<double>>, "implementation of - operator"},
    {287, "float4eq", {kFloat4, kFloat4}, kBool, BinaryKernel<float, float, uint8_t, Equal>, "implementation of = operator"},
    {288, "float4ne", {kFloat4, kFloat4}, kBool, BinaryKernel<float, float, uint8_t, NotEqual>, "implementation of <> operator"},
    {289, "float4lt", {kFloat4, kFloat4}, kBool, BinaryKernel<float, float, uint8_t, Less>, "implementation of < operator"},
    {290, "float4le", {kFloat4, kFloat4}, kBool, BinaryKernel<float, float, uint8_t, LessEqual>, "implementation of <= operator"},
    {291, "float4gt", {kFloat4, kFloat4}, kBool, BinaryKernel<float, float, uint8_t, Greater>, "implementation of > operator"},
    {292, "float4ge", {kFloat4, kFloat4}, kBool, BinaryKernel<float, float, uint8_t, GreaterEqual>, "implementation of >= operator"},
    {293, "float8eq", {kFloat8, kFloat8}, kBool, BinaryKernel<double, double, uint8_t, Equal>, "implementation of = operator"},
    {294, "float8ne", {kFloat8, kFloat8}, kBool, BinaryKernel<double, double, uint8_t, NotEqual>, "implementation of <> operator"},
    {295, "float8lt", {kFloat8, kFloat8}, kBool, BinaryKernel<double, double, uint8_t, Less>, "implementation of < operator"},
    {296, "float8le", {kFloat8, kFloat8}, kBool, BinaryKernel<double, double, uint8_t, LessEqual>, "implementation of <= operator"},
    {297, "float8gt", {kFloat8, kFloat8}, kBool, BinaryKernel<double, double, uint8_t, Greater>, "implementation of > operator"},
    {298, "float8ge", {kFloat8, kFloat8}, kBool, BinaryKernel<double, double, uint8_t, GreaterEqual>, "implementation of >= operator"},
    {299, "float48eq", {kFloat4, kFloat8}, kBool, BinaryKernel<float, double, uint8_t, Equal>, "implementation of = operator"},
    {300, "float48ne", {kFloat4, kFloat8}, kBool, BinaryKernel<float, double, uint8_t, NotEqual>, "implementation of <> operator"},
    {301, "float48lt", {kFloat4, kFloat8}, kBool, BinaryKernel<float, double, uint8_t, Less>, "implementation of < operator"},
    {302, "float48le", {kFloat4, kFloat8}, kBool, BinaryKernel<float, double, uint8_t, LessEqual>, "implementation of <= operator"},
    {303, "float48gt", {kFloat4, kFloat8}, kBool, BinaryKernel<float, double, uint8_t, Greater>, "implementation of > operator"},
    {304, "float48ge", {kFloat4, kFloat8}, kBool, BinaryKernel<float, double, uint8_t, GreaterEqual>, "implementation of >= operator"},
    {305, "float84eq", {kFloat8, kFloat4}, kBool, BinaryKernel<double, float, uint8_t, Equal>, "implementation of = operator"},
    {306, "float84ne", {kFloat8, kFloat4}, kBool, BinaryKernel<double, float, uint8_t, NotEqual>, "implementation of <> operator"},
    {307, "float84lt", {kFloat8, kFloat4}, kBool, BinaryKernel<double, float, uint8_t, Less>, "implementation of < operator"},
    {308, "float84le", {kFloat8, kFloat4}, kBool, BinaryKernel<double, float, uint8_t, LessEqual>, "implementation of <= operator"},
    {309, "float84gt", {kFloat8, kFloat4}, kBool, BinaryKernel<double, float, uint8_t, Greater>, "implementation of > operator"},
    {310, "float84ge", {kFloat8, kFloat4}, kBool, BinaryKernel<double, float, uint8_t, GreaterEqual>, "implementation of >= operator"},
    {311, "float8", {kFloat4}, kFloat8, UnaryKernel<float, double, std::identity>, "convert float4 to float8"},
    {312, "float4", {kFloat8}, kFloat4, CheckedUnaryKernel<double, float, Narrowed>, "convert float8 to float4"},
    {316, "float8", {kInt4}, kFloat8, UnaryKernel<int32_t, double, To<double>>, "convert int4 to float8"},
    {317, "int4", {kFloat8}, kInt4, CheckedUnaryKernel<double, int32_t, ToInteger<int32_t>>, "convert float8 to int4"},
    {318, "float4", {kInt4}, kFloat4, UnaryKernel<int32_t, float, To<float>>, "convert int4 to float4"},
    {319, "int4", {kFloat4}, kInt4, CheckedUnaryKernel<float, int32_t, ToInteger<int32_t>>, "convert float4 to int4"},
    {320, "width_bucket", {kFloat8, kFloat8, kFloat8, kInt4}, kInt4, Float8WidthBucket, "bucket number of operand in equal-width histogram"},
    {482, "float8", {kInt8}, kFloat8, UnaryKernel<int64_t, double, To<double>>, "convert int8 to float8"},
    {483, "int8", {kFloat8}, kInt8, CheckedUnaryKernel<double, int64_t, ToInteger<int64_t>>, "convert float8 to int8"},
    {652, "float4", {kInt8}, kFloat4, UnaryKernel<int64_t, float, To<float>>, "convert int8 to float4"},
    {653, "int8", {kFloat4}, kInt8, CheckedUnaryKernel<float, int64_t, ToInteger<int64_t>>, "convert float4 to int8"},
    {1194, "log10", {kFloat8}, kFloat8, Float8Log10, "base 10 logarithm"},
    {1339, "dlog10", {kFloat8}, kFloat8, Float8Log10, "base 10 logarithm"},
    {1340, "log", {kFloat8}, kFloat8, Float8Log10, "base 10 logarithm"},
    {1341, "ln", {kFloat8}, kFloat8, Float8Ln, "natural logarithm"},
    {1342, "round", {kFloat8}, kFloat8, Float8Round, "round to nearest integer"},
    {1343, "trunc", {kFloat8}, kFloat8, Float8Trunc, "truncate to integer"},
    {1344, "sqrt", {kFloat8}, kFloat8, Float8Sqrt, "square root"},
    {1345, "cbrt", {kFloat8}, kFloat8, Float8Cbrt, "cube root"},
    {1346, "pow", {kFloat8, kFloat8}, kFloat8, Float8Power, "exponentiation"},
    {1347, "exp", {kFloat8}, kFloat8, Float8Exp, "natural exponential (e^x)"},
    {1368, "power", {kFloat8, kFloat8}, kFloat8, Float8Power, "exponentiation"},
    {1394, "abs", {kFloat4}, kFloat4, UnaryKernel<float, float, Absolute>, "absolute value"},
    {1395, "abs", {kFloat8}, kFloat8, UnaryKernel<double, double, Absolute>, "absolute value"},
    {1598, "random", {}, kFloat8, Float8Random, "random value", true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {1599, "setseed", {kFloat8}, kVoid, Float8SetSeed, "set random seed", true, Volatility::kVolatile, ParallelSafety::kRestricted},
    {1600, "asin", {kFloat8}, kFloat8, Float8Asin, "arcsine"},
    {1601, "acos", {kFloat8}, kFloat8, Float8Acos, "arccosine"},
    {1602, "atan", {kFloat8}, kFloat8, Float8Atan, "arctangent"},
    {1603, "atan2", {kFloat8, kFloat8}, kFloat8, Float8Atan2, "arctangent, two arguments"},
    {1604, "sin", {kFloat8}, kFloat8, Float8Sin, "sine"},
    {1605, "cos", {kFloat8}, kFloat8, Float8Cos, "cosine"},
    {1606, "tan", {kFloat8}, kFloat8, Float8Tan, "tangent"},
    {1607, "cot", {kFloat8}, kFloat8, Float8Cot, "cotangent"},
    {1608, "degrees", {kFloat8}, kFloat8, Float8Degrees, "radians to degrees"},
    {1609, "radians", {kFloat8}, kFloat8, Float8Radians, "degrees to radians"},
    {1610, "pi", {}, kFloat8, Float8Pi, "PI"},
    {1913, "float4up", {kFloat4}, kFloat4, UnaryKernel<float, float, std::identity>, "implementation of + operator"},
    {1914, "float8up", {kFloat8}, kFloat8, UnaryKernel<double, double, std::identity>, "implementation of + operator"},
    {2308, "ceil", {kFloat8}, kFloat8, Float8Ceil, "nearest integer >= value"},
    {2309, "floor", {kFloat8}, kFloat8, Float8Floor, "nearest integer <= value"},
    {2310, "sign", {kFloat8}, kFloat8, Float8Sign, "sign of value"},
    {2320, "ceiling", {kFloat8}, kFloat8, Float8Ceil, "nearest integer >= value"},
    {2462, "sinh", {kFloat8}, kFloat8, Float8Sinh, "hyperbolic sine"},
    {2463, "cosh", {kFloat8}, kFloat8, Float8Cosh, "hyperbolic cosine"},
    {2464, "tanh", {kFloat8}, kFloat8, Float8Tanh, "hyperbolic tangent"},
    {2465, "asinh", {kFloat8}, kFloat8, Float8Asinh, "inverse hyperbolic sine"},
    {2466, "acosh", {kFloat8}, kFloat8, Float8Acosh, "inverse hyperbolic cosine"},
    {2467, "atanh", {kFloat8}, kFloat8, Float8Atanh, "inverse hyperbolic tangent"},
    {2731, "asind", {kFloat8}, kFloat8, Float8Asind, "arcsine, degrees"},
    {2732, "acosd", {kFloat8}, kFloat8, Float8Acosd, "arccosine, degrees"},
    {2733, "atand", {kFloat8}, kFloat8, Float8Atand, "arctangent, degrees"},
    {2734, "atan2d", {kFloat8, kFloat8}, kFloat8, Float8Atan2d, "arctangent, two arguments, degrees"},
    {2735, "sind", {kFloat8}, kFloat8, Float8Sind, "sine, degrees"},
    {2736, "cosd", {kFloat8}, kFloat8, Float8Cosd, "cosine, degrees"},
    {2737, "tand", {kFloat8}, kFloat8, Float8Tand, "tangent, degrees"},
    {2738, "cotd", {kFloat8}, kFloat8, Float8Cotd, "cotangent, degrees"},
    // clang-format on
};

constexpr OperatorInfo kOperators[] = {
    // clang-format off
    // oid, name, left, right, result, function, commutator, negator, merges, hashes
    {584, "-", kInvalidOid, kFloat4, kFloat4, "float4um", "", "", false, false},
    {585, "-", kInvalidOid, kFloat8, kFloat8, "float8um", "", "", false, false},
    {586, "+", kFloat4, kFloat4, kFloat4, "float4pl", "+", "", false, false},
    {587, "-", kFloat4, kFloat4, kFloat4, "float4mi", "", "", false, false},
    {588, "/", kFloat4, kFloat4, kFloat4, "float4div", "", "", false, false},
    {589, "*", kFloat4, kFloat4, kFloat4, "float4mul", "*", "", false, false},
    {590, "@", kInvalidOid, kFloat4, kFloat4, "float4abs", "", "", false, false},
    {591, "+", kFloat8, kFloat8, kFloat8, "float8pl", "+", "", false, false},
    {592, "-", kFloat8, kFloat8, kFloat8, "float8mi", "", "", false, false},
    {593, "/", kFloat8, kFloat8, kFloat8, "float8div", "", "", false, false},
    {594, "*", kFloat8, kFloat8, kFloat8, "float8mul", "*", "", false, false},
    {595, "@", kInvalidOid, kFloat8, kFloat8, "float8abs", "", "", false, false},
    {596, "|/", kInvalidOid, kFloat8, kFloat8, "dsqrt", "", "", false, false},
    {597, "||/", kInvalidOid, kFloat8, kFloat8, "dcbrt", "", "", false, false},
    {620, "=", kFloat4, kFloat4, kBool, "float4eq", "=", "<>", true, true},
    {621, "<>", kFloat4, kFloat4, kBool, "float4ne", "<>", "=", false, false},
    {622, "<", kFloat4, kFloat4, kBool, "float4lt", ">", ">=", false, false},
    {623, ">", kFloat4, kFloat4, kBool, "float4gt", "<", "<=", false, false},
    {624, "<=", kFloat4, kFloat4, kBool, "float4le", ">=", ">", false, false},
    {625, ">=", kFloat4, kFloat4, kBool, "float4ge", "<=", "<", false, false},
    {670, "=", kFloat8, kFloat8, kBool, "float8eq", "=", "<>", true, true},
    {671, "<>", kFloat8, kFloat8, kBool, "float8ne", "<>", "=", false, false},
    {672, "<", kFloat8, kFloat8, kBool, "float8lt", ">", ">=", false, false},
    {673, "<=", kFloat8, kFloat8, kBool, "float8le", ">=", ">", false, false},
    {674, ">", kFloat8, kFloat8, kBool, "float8gt", "<", "<=", false, false},
    {675, ">=", kFloat8, kFloat8, kBool, "float8ge", "<=", "<", false, false},
    {965, "^", kFloat8, kFloat8, kFloat8, "dpow", "", "", false, false},
    {1116, "+", kFloat4, kFloat8, kFloat8, "float48pl", "+", "", false, false},
    {1117, "-", kFloat4, kFloat8, kFloat8, "float48mi", "", "", false, false},
    {1118, "/", kFloat4, kFloat8, kFloat8, "float48div", "", "", false, false},
    {1119, "*", kFloat4, kFloat8, kFloat8, "float48mul", "*", "", false, false},
    {1120, "=", kFloat4, kFloat8, kBool, "float48eq", "=", "<>", true, true},
    {1121, "<>", kFloat4, kFloat8, kBool, "float48ne", "<>", "=", false, false},
    {1122, "<", kFloat4, kFloat8, kBool, "float48lt", ">", ">=", false, false},
    {1123, ">", kFloat4, kFloat8, kBool, "float48gt", "<", "<=", false, false},
    {1124, "<=", kFloat4, kFloat8, kBool, "float48le", ">=", ">", false, false},
    {1125, ">=", kFloat4, kFloat8, kBool, "float48ge", "<=", "<", false, false},
    {1126, "+", kFloat8, kFloat4, kFloat8, "float84pl", "+", "", false, false},
    {1127, "-", kFloat8, kFloat4, kFloat8, "float84mi", "", "", false, false},
    {1128, "/", kFloat8, kFloat4, kFloat8, "float84div", "", "", false, false},
    {1129, "*", kFloat8, kFloat4, kFloat8, "float84mul", "*", "", false, false},
    {1130, "=", kFloat8, kFloat4, kBool, "float84eq", "=", "<>", true, true},
    {1131, "<>", kFloat8, kFloat4, kBool, "float84ne", "<>", "=", false, false},
    {1132, "<", kFloat8, kFloat4, kBool, "float84lt", ">", ">=", false, false},
    {1133, ">", kFloat8, kFloat4, kBool, "float84gt", "<", "<=", false, false},
    {1134, "<=", kFloat8, kFloat4, kBool, "float84le", ">=", ">", false, false},
    {1135, ">=", kFloat8, kFloat4, kBool, "float84ge", "<=", "<", false, false},
    {1919, "+", kInvalidOid, kFloat4, kFloat4, "float4up", "", "", false, false},
    {1920, "+", kInvalidOid, kFloat8, kFloat8, "float8up", "", "", false, false},
    // clang-format on
};

constexpr CastInfo kCasts[] = {
    // clang-format off
    {kInt8, kFloat4, CastContext::kImplicit, CastMethod::kFunction, "float4"},
    {kInt8, kFloat8, CastContext::kImplicit, CastMethod::kFunction, "float8"},
    {kInt2, kFloat4, CastContext::kImplicit, CastMethod::kFunction, "float4"},
    {kInt2, kFloat8, CastContext::kImplicit, CastMethod::kFunction, "float8"},
    {kInt4, kFloat4, CastContext::kImplicit, CastMethod::kFunction, "float4"},
    {kInt4, kFloat8, CastContext::kImplicit, CastMethod::kFunction, "float8"},
    {kFloat4, kInt8, CastContext::kAssignment, CastMethod::kFunction, "int8"},
    {kFloat4, kInt2, CastContext::kAssignment, CastMethod::kFunction, "int2"},
    {kFloat4, kInt4, CastContext::kAssignment, CastMethod::kFunction, "int4"},
    {kFloat4, kFloat8, CastContext::kImplicit, CastMethod::kFunction, "float8"},
    {kFloat8, kInt8, CastContext::kAssignment, CastMethod::kFunction, "int8"},
    {kFloat8, kInt2, CastContext::kAssignment, CastMethod::kFunction, "int2"},
    {kFloat8, kInt4, CastContext::kAssignment, CastMethod::kFunction, "int4"},
    {kFloat8, kFloat4, CastContext::kAssignment, CastMethod::kFunction, "float4"},
    // clang-format on
};
}  // namespace

FunctionTable FloatFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  AddRows(kOperators, table);
  AddRows(kCasts, table);
  return table;
}

}  // namespace gather::catalog
