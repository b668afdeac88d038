// Arrays of any element type: rows of their functions and operators. Subscripts, = ANY and array constructors are expressions of the
// executor.
#include "catalog/functions/array_kernels.h"
#include "catalog/functions/rows.h"

namespace gather::catalog {

namespace {
using namespace type_oid;

constexpr FunctionRow kFunctions[] = {
    // clang-format off
    {378, "array_append", {kAnycompatibleArray, kAnycompatible}, kAnycompatibleArray, ArrayAppend, "append element onto end of array", false},
    {379, "array_prepend", {kAnycompatible, kAnycompatibleArray}, kAnycompatibleArray, ArrayPrepend, "prepend element onto front of array", false},
    {382, "btarraycmp", {kAnyarray, kAnyarray}, kInt4, ArrayCompare, "less-equal-greater"},
    {383, "array_cat", {kAnycompatibleArray, kAnycompatibleArray}, kAnycompatibleArray, ArrayConcatenate, "implementation of || operator", false},
    {384, "array_to_string", {kAnyarray, kText, kText}, kText, ArrayToText, "concatenate array elements, using delimiter and null string, into text", false, Volatility::kStable},
    {390, "array_ne", {kAnyarray, kAnyarray}, kBool, ArrayNotEqual, "implementation of <> operator"},
    {391, "array_lt", {kAnyarray, kAnyarray}, kBool, ArrayLess, "implementation of < operator"},
    {392, "array_gt", {kAnyarray, kAnyarray}, kBool, ArrayGreater, "implementation of > operator"},
    {393, "array_le", {kAnyarray, kAnyarray}, kBool, ArrayLessEqual, "implementation of <= operator"},
    {395, "array_to_string", {kAnyarray, kText}, kText, ArrayToText, "concatenate array elements, using delimiter, into text", true, Volatility::kStable},
    {396, "array_ge", {kAnyarray, kAnyarray}, kBool, ArrayGreaterEqual, "implementation of >= operator"},
    {515, "array_larger", {kAnyarray, kAnyarray}, kAnyarray, ArrayLarger, "larger of two"},
    {516, "array_smaller", {kAnyarray, kAnyarray}, kAnyarray, ArraySmaller, "smaller of two"},
    {619, "oidvectorne", {kOidVector, kOidVector}, kBool, ArrayNotEqual, "implementation of <> operator"},
    {677, "oidvectorlt", {kOidVector, kOidVector}, kBool, ArrayLess, "implementation of < operator"},
    {678, "oidvectorle", {kOidVector, kOidVector}, kBool, ArrayLessEqual, "implementation of <= operator"},
    {679, "oidvectoreq", {kOidVector, kOidVector}, kBool, ArrayEqual, "implementation of = operator"},
    {680, "oidvectorge", {kOidVector, kOidVector}, kBool, ArrayGreaterEqual, "implementation of >= operator"},
    {681, "oidvectorgt", {kOidVector, kOidVector}, kBool, ArrayGreater, "implementation of > operator"},
    {744, "array_eq", {kAnyarray, kAnyarray}, kBool, ArrayEqual, "implementation of = operator"},
    {747, "array_dims", {kAnyarray}, kText, ArrayDims, "array dimensions"},
    {748, "array_ndims", {kAnyarray}, kInt4, ArrayNdims, "number of array dimensions"},
    {1193, "array_fill", {kAnyelement, kInt4Array}, kAnyarray, ArrayFill, "array constructor with value", false},
    {1286, "array_fill", {kAnyelement, kInt4Array, kInt4Array}, kAnyarray, ArrayFill, "array constructor with value", false},
    {2091, "array_lower", {kAnyarray, kInt4}, kInt4, ArrayLower, "array lower dimension"},
    {2092, "array_upper", {kAnyarray, kInt4}, kInt4, ArrayUpper, "array upper dimension"},
    {2176, "array_length", {kAnyarray, kInt4}, kInt4, ArrayLength, "array length"},
    {2747, "arrayoverlap", {kAnyarray, kAnyarray}, kBool, ArrayOverlaps, "implementation of && operator"},
    {2748, "arraycontains", {kAnyarray, kAnyarray}, kBool, ArrayContains, "implementation of @> operator"},
    {2749, "arraycontained", {kAnyarray, kAnyarray}, kBool, ArrayContained, "implementation of <@ operator"},
    {3167, "array_remove", {kAnycompatibleArray, kAnycompatible}, kAnycompatibleArray, ArrayRemove, "remove any occurrences of an element from an array", false},
    {3168, "array_replace", {kAnycompatibleArray, kAnycompatible, kAnycompatible}, kAnycompatibleArray, ArrayReplace, "replace any occurrences of an element in an array", false},
    {3179, "cardinality", {kAnyarray}, kInt4, ArrayCardinality, "array cardinality"},
    {3218, "width_bucket", {kAnycompatible, kAnycompatibleArray}, kInt4, ArrayWidthBucket, "bucket number of operand given a sorted array of bucket lower bounds"},
    {3277, "array_position", {kAnycompatibleArray, kAnycompatible}, kInt4, ArrayPosition, "returns an offset of value in array", false},
    {3278, "array_position", {kAnycompatibleArray, kAnycompatible, kInt4}, kInt4, ArrayPosition, "returns an offset of value in array with start index", false},
    {3279, "array_positions", {kAnycompatibleArray, kAnycompatible}, kInt4Array, ArrayPositions, "returns an array of offsets of some value in array", false},
    {6172, "trim_array", {kAnyarray, kInt4}, kAnyarray, ArrayTrim, "remove last N elements of array"},
    {440, "num_nonnulls", {kAny}, kInt4, CountNonNulls, "count the number of non-NULL arguments", false, Volatility::kImmutable, ParallelSafety::kSafe, kAny},
    {438, "num_nulls", {kAny}, kInt4, CountNulls, "count the number of NULL arguments", false, Volatility::kImmutable, ParallelSafety::kSafe, kAny},
    {2331, "unnest", {kAnyarray}, kAnyelement, nullptr, "expand array to set of rows", true, Volatility::kImmutable, ParallelSafety::kSafe, kInvalidOid, UnnestArray},
    // clang-format on
};

constexpr OperatorInfo kOperators[] = {
    // clang-format off
    // oid, name, left, right, result, function, commutator, negator, merges, hashes
    {349, "||", kAnycompatibleArray, kAnycompatible, kAnycompatibleArray, "array_append", "", "", false, false},
    {374, "||", kAnycompatible, kAnycompatibleArray, kAnycompatibleArray, "array_prepend", "", "", false, false},
    {375, "||", kAnycompatibleArray, kAnycompatibleArray, kAnycompatibleArray, "array_cat", "", "", false, false},
    {644, "<>", kOidVector, kOidVector, kBool, "oidvectorne", "<>", "=", false, false},
    {645, "<", kOidVector, kOidVector, kBool, "oidvectorlt", ">", ">=", false, false},
    {646, ">", kOidVector, kOidVector, kBool, "oidvectorgt", "<", "<=", false, false},
    {647, "<=", kOidVector, kOidVector, kBool, "oidvectorle", ">=", ">", false, false},
    {648, ">=", kOidVector, kOidVector, kBool, "oidvectorge", "<=", "<", false, false},
    {649, "=", kOidVector, kOidVector, kBool, "oidvectoreq", "=", "<>", true, true},
    {1070, "=", kAnyarray, kAnyarray, kBool, "array_eq", "=", "<>", true, true},
    {1071, "<>", kAnyarray, kAnyarray, kBool, "array_ne", "<>", "=", false, false},
    {1072, "<", kAnyarray, kAnyarray, kBool, "array_lt", ">", ">=", false, false},
    {1073, ">", kAnyarray, kAnyarray, kBool, "array_gt", "<", "<=", false, false},
    {1074, "<=", kAnyarray, kAnyarray, kBool, "array_le", ">=", ">", false, false},
    {1075, ">=", kAnyarray, kAnyarray, kBool, "array_ge", "<=", "<", false, false},
    {2750, "&&", kAnyarray, kAnyarray, kBool, "arrayoverlap", "&&", "", false, false},
    {2751, "@>", kAnyarray, kAnyarray, kBool, "arraycontains", "<@", "", false, false},
    {2752, "<@", kAnyarray, kAnyarray, kBool, "arraycontained", "@>", "", false, false},
    // clang-format on
};
}  // namespace

FunctionTable ArrayFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  AddRows(kOperators, table);
  return table;
}

}  // namespace gather::catalog
