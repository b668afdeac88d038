// Kernels over numeric vectors, in whatever of their three representations (types/vector.h, "Numeric") they come.
//
// numeric_scaled.cc: plus, minus, times, comparison, negation, and casts on int64 and int128 integers: the sums of the operands' digits choose
// the width before the loop, so that no loop checks for overflow; where the shapes alone would ask for a wider one, the data is measured
// first. What fits neither goes to numeric_packed.cc, row by row through types/decimal.h.
#pragma once

#include <functional>
#include <span>

#include "catalog/functions/kernel.h"
#include "types/decimal.h"

namespace gather::catalog {

// numeric_scaled.cc
GATHER_KERNEL(NumericPlus);
GATHER_KERNEL(NumericMinus);
GATHER_KERNEL(NumericTimes);
GATHER_KERNEL(NumericNegated);
GATHER_KERNEL(NumericAbsolute);
GATHER_KERNEL(NumericUnaryPlus);
GATHER_KERNEL(NumericRounded);             // (numeric [, int4])
GATHER_KERNEL(NumericCoerceLength);        // numeric(numeric, int4 typmod)
GATHER_KERNEL(NumericEqual);
GATHER_KERNEL(NumericNotEqual);
GATHER_KERNEL(NumericLess);
GATHER_KERNEL(NumericLessEqual);
GATHER_KERNEL(NumericGreater);
GATHER_KERNEL(NumericGreaterEqual);
GATHER_KERNEL(Int2ToNumeric);
GATHER_KERNEL(Int4ToNumeric);
GATHER_KERNEL(Int8ToNumeric);
GATHER_KERNEL(NumericToFloat8);
// numeric_packed.cc
GATHER_KERNEL(NumericCmp);
GATHER_KERNEL(NumericLarger);
GATHER_KERNEL(NumericSmaller);
GATHER_KERNEL(NumericDivided);
GATHER_KERNEL(NumericRemainder);
GATHER_KERNEL(NumericQuotient);
GATHER_KERNEL(NumericSign);
GATHER_KERNEL(NumericCeil);
GATHER_KERNEL(NumericFloor);
GATHER_KERNEL(NumericTruncated);           // (numeric [, int4])
GATHER_KERNEL(NumericSqrt);
GATHER_KERNEL(NumericExp);
GATHER_KERNEL(NumericLn);
GATHER_KERNEL(NumericLog);                 // ([base,] numeric)
GATHER_KERNEL(NumericPower);
GATHER_KERNEL(NumericIncremented);
GATHER_KERNEL(NumericScale);
GATHER_KERNEL(NumericMinScale);
GATHER_KERNEL(NumericTrimScale);
GATHER_KERNEL(NumericGcd);
GATHER_KERNEL(NumericLcm);
GATHER_KERNEL(NumericFactorial);
GATHER_KERNEL(NumericWidthBucket);
GATHER_KERNEL(NumericToInt2);
GATHER_KERNEL(NumericToInt4);
GATHER_KERNEL(NumericToInt8);
GATHER_KERNEL(Float4ToNumeric);
GATHER_KERNEL(Float8ToNumeric);
GATHER_KERNEL(NumericToFloat4);

// Row `row` of a numeric vector.
Decimal DecimalAt(const Vector& vector, const VectorView& view, RowIndex row);
void PutDecimal(const Decimal& value, Vector& result, RowIndex row);  // result: packed

}  // namespace gather::catalog
