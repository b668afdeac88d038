// numeric: rows of its functions, operators and casts. The kernels: numeric_kernels.h.
#include "catalog/functions/numeric_kernels.h"
#include "catalog/functions/rows.h"

namespace gather::catalog {

namespace {
using namespace type_oid;

constexpr FunctionRow kFunctions[] = {
    // clang-format off
    {1376, "factorial", {kInt8}, kNumeric, NumericFactorial, "factorial"},
    {1703, "numeric", {kNumeric, kInt4}, kNumeric, NumericCoerceLength, "adjust numeric to typmod precision/scale"},
    {1704, "numeric_abs", {kNumeric}, kNumeric, NumericAbsolute, "implementation of @ operator"},
    {1705, "abs", {kNumeric}, kNumeric, NumericAbsolute, "absolute value"},
    {1706, "sign", {kNumeric}, kNumeric, NumericSign, "sign of value"},
    {1707, "round", {kNumeric, kInt4}, kNumeric, NumericRounded, "value rounded to 'scale'"},
    {1709, "trunc", {kNumeric, kInt4}, kNumeric, NumericTruncated, "value truncated to 'scale'"},
    {1711, "ceil", {kNumeric}, kNumeric, NumericCeil, "nearest integer >= value"},
    {1712, "floor", {kNumeric}, kNumeric, NumericFloor, "nearest integer <= value"},
    {1718, "numeric_eq", {kNumeric, kNumeric}, kBool, NumericEqual, "implementation of = operator"},
    {1719, "numeric_ne", {kNumeric, kNumeric}, kBool, NumericNotEqual, "implementation of <> operator"},
    {1720, "numeric_gt", {kNumeric, kNumeric}, kBool, NumericGreater, "implementation of > operator"},
    {1721, "numeric_ge", {kNumeric, kNumeric}, kBool, NumericGreaterEqual, "implementation of >= operator"},
    {1722, "numeric_lt", {kNumeric, kNumeric}, kBool, NumericLess, "implementation of < operator"},
    {1723, "numeric_le", {kNumeric, kNumeric}, kBool, NumericLessEqual, "implementation of <= operator"},
    {1724, "numeric_add", {kNumeric, kNumeric}, kNumeric, NumericPlus, "implementation of + operator"},
    {1725, "numeric_sub", {kNumeric, kNumeric}, kNumeric, NumericMinus, "implementation of - operator"},
    {1726, "numeric_mul", {kNumeric, kNumeric}, kNumeric, NumericTimes, "implementation of * operator"},
    {1727, "numeric_div", {kNumeric, kNumeric}, kNumeric, NumericDivided, "implementation of / operator"},
    {1728, "mod", {kNumeric, kNumeric}, kNumeric, NumericRemainder, "modulus"},
    {1729, "numeric_mod", {kNumeric, kNumeric}, kNumeric, NumericRemainder, "implementation of % operator"},
    {1730, "sqrt", {kNumeric}, kNumeric, NumericSqrt, "square root"},
    {1731, "numeric_sqrt", {kNumeric}, kNumeric, NumericSqrt, "square root"},
    {1732, "exp", {kNumeric}, kNumeric, NumericExp, "natural exponential (e^x)"},
    {1733, "numeric_exp", {kNumeric}, kNumeric, NumericExp, "natural exponential (e^x)"},
    {1734, "ln", {kNumeric}, kNumeric, NumericLn, "natural logarithm"},
    {1735, "numeric_ln", {kNumeric}, kNumeric, NumericLn, "natural logarithm"},
    {1736, "log", {kNumeric, kNumeric}, kNumeric, NumericLog, "logarithm base m of n"},
    {1737, "numeric_log", {kNumeric, kNumeric}, kNumeric, NumericLog, "logarithm base m of n"},
    {1738, "pow", {kNumeric, kNumeric}, kNumeric, NumericPower, "exponentiation"},
    {1739, "numeric_power", {kNumeric, kNumeric}, kNumeric, NumericPower, "implementation of ^ operator"},
    {1740, "numeric", {kInt4}, kNumeric, Int4ToNumeric, "convert int4 to numeric"},
    {1742, "numeric", {kFloat4}, kNumeric, Float4ToNumeric, "convert float4 to numeric"},
    {1743, "numeric", {kFloat8}, kNumeric, Float8ToNumeric, "convert float8 to numeric"},
    {1744, "int4", {kNumeric}, kInt4, NumericToInt4, "convert numeric to int4"},
    {1745, "float4", {kNumeric}, kFloat4, NumericToFloat4, "convert numeric to float4"},
    {1746, "float8", {kNumeric}, kFloat8, NumericToFloat8, "convert numeric to float8"},
    {1764, "numeric_inc", {kNumeric}, kNumeric, NumericIncremented, "increment by one"},
    {1766, "numeric_smaller", {kNumeric, kNumeric}, kNumeric, NumericSmaller, "smaller of two"},
    {1767, "numeric_larger", {kNumeric, kNumeric}, kNumeric, NumericLarger, "larger of two"},
    {1769, "numeric_cmp", {kNumeric, kNumeric}, kInt4, NumericCmp, "less-equal-greater"},
    {1771, "numeric_uminus", {kNumeric}, kNumeric, NumericNegated, "implementation of - operator"},
    {1779, "int8", {kNumeric}, kInt8, NumericToInt8, "convert numeric to int8"},
    {1781, "numeric", {kInt8}, kNumeric, Int8ToNumeric, "convert int8 to numeric"},
    {1782, "numeric", {kInt2}, kNumeric, Int2ToNumeric, "convert int2 to numeric"},
    {1783, "int2", {kNumeric}, kInt2, NumericToInt2, "convert numeric to int2"},
    {1915, "numeric_uplus", {kNumeric}, kNumeric, NumericUnaryPlus, "implementation of + operator"},
    {1973, "div", {kNumeric, kNumeric}, kNumeric, NumericQuotient, "trunc(x/y)"},
    {1980, "numeric_div_trunc", {kNumeric, kNumeric}, kNumeric, NumericQuotient, "trunc(x/y)"},
    {2167, "ceiling", {kNumeric}, kNumeric, NumericCeil, "nearest integer >= value"},
    {2169, "power", {kNumeric, kNumeric}, kNumeric, NumericPower, "exponentiation"},
    {2170, "width_bucket", {kNumeric, kNumeric, kNumeric, kInt4}, kInt4, NumericWidthBucket, "bucket number of operand in equal-width histogram"},
    {3281, "scale", {kNumeric}, kInt4, NumericScale, "number of decimal digits in the fractional part"},
    {5042, "min_scale", {kNumeric}, kInt4, NumericMinScale, "minimum scale needed to represent the value"},
    {5043, "trim_scale", {kNumeric}, kNumeric, NumericTrimScale, "numeric with minimum scale needed to represent the value"},
    {5048, "gcd", {kNumeric, kNumeric}, kNumeric, NumericGcd, "greatest common divisor"},
    {5049, "lcm", {kNumeric, kNumeric}, kNumeric, NumericLcm, "least common multiple"},
    {1708, "round", {kNumeric}, kNumeric, NumericRounded, "value rounded to 'scale' of zero"},
    {1710, "trunc", {kNumeric}, kNumeric, NumericTruncated, "value truncated to 'scale' of zero"},
    {1481, "log10", {kNumeric}, kNumeric, NumericLog, "base 10 logarithm"},
    {1741, "log", {kNumeric}, kNumeric, NumericLog, "base 10 logarithm"},
    // clang-format on
};

constexpr OperatorInfo kOperators[] = {
    // clang-format off
    // oid, name, left, right, result, function, commutator, negator, merges, hashes
    {1038, "^", kNumeric, kNumeric, kNumeric, "numeric_power", "", "", false, false},
    {1751, "-", kInvalidOid, kNumeric, kNumeric, "numeric_uminus", "", "", false, false},
    {1752, "=", kNumeric, kNumeric, kBool, "numeric_eq", "=", "<>", true, true},
    {1753, "<>", kNumeric, kNumeric, kBool, "numeric_ne", "<>", "=", false, false},
    {1754, "<", kNumeric, kNumeric, kBool, "numeric_lt", ">", ">=", false, false},
    {1755, "<=", kNumeric, kNumeric, kBool, "numeric_le", ">=", ">", false, false},
    {1756, ">", kNumeric, kNumeric, kBool, "numeric_gt", "<", "<=", false, false},
    {1757, ">=", kNumeric, kNumeric, kBool, "numeric_ge", "<=", "<", false, false},
    {1758, "+", kNumeric, kNumeric, kNumeric, "numeric_add", "+", "", false, false},
    {1759, "-", kNumeric, kNumeric, kNumeric, "numeric_sub", "", "", false, false},
    {1760, "*", kNumeric, kNumeric, kNumeric, "numeric_mul", "*", "", false, false},
    {1761, "/", kNumeric, kNumeric, kNumeric, "numeric_div", "", "", false, false},
    {1762, "%", kNumeric, kNumeric, kNumeric, "numeric_mod", "", "", false, false},
    {1763, "@", kInvalidOid, kNumeric, kNumeric, "numeric_abs", "", "", false, false},
    {1921, "+", kInvalidOid, kNumeric, kNumeric, "numeric_uplus", "", "", false, false},
    // clang-format on
};

constexpr CastInfo kCasts[] = {
    // clang-format off
    {kInt8, kNumeric, CastContext::kImplicit, CastMethod::kFunction, "numeric"},
    {kInt2, kNumeric, CastContext::kImplicit, CastMethod::kFunction, "numeric"},
    {kInt4, kNumeric, CastContext::kImplicit, CastMethod::kFunction, "numeric"},
    {kFloat4, kNumeric, CastContext::kAssignment, CastMethod::kFunction, "numeric"},
    {kFloat8, kNumeric, CastContext::kAssignment, CastMethod::kFunction, "numeric"},
    {kNumeric, kInt8, CastContext::kAssignment, CastMethod::kFunction, "int8"},
    {kNumeric, kInt2, CastContext::kAssignment, CastMethod::kFunction, "int2"},
    {kNumeric, kInt4, CastContext::kAssignment, CastMethod::kFunction, "int4"},
    {kNumeric, kFloat4, CastContext::kImplicit, CastMethod::kFunction, "float4"},
    {kNumeric, kFloat8, CastContext::kImplicit, CastMethod::kFunction, "float8"},
    {kNumeric, kNumeric, CastContext::kImplicit, CastMethod::kFunction, "numeric"},
    // clang-format on
};
}  // namespace

FunctionTable NumericFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  AddRows(kOperators, table);
  AddRows(kCasts, table);
  return table;
}

}  // namespace gather::catalog
