// Kernels over arrays of any element type (payloads of types/array.h). Rows: array.cc.
#pragma once

#include <memory>

#include "catalog/functions/kernel.h"

namespace gather::catalog {

// array_search.cc: order, containment, shape, positions
GATHER_KERNEL(ArrayCardinality);
GATHER_KERNEL(ArrayCompare);
GATHER_KERNEL(ArrayContained);
GATHER_KERNEL(ArrayContains);
GATHER_KERNEL(ArrayDims);
GATHER_KERNEL(ArrayEqual);
GATHER_KERNEL(ArrayGreater);
GATHER_KERNEL(ArrayGreaterEqual);
GATHER_KERNEL(ArrayLarger);
GATHER_KERNEL(ArrayLength);
GATHER_KERNEL(ArrayLess);
GATHER_KERNEL(ArrayLessEqual);
GATHER_KERNEL(ArrayLower);
GATHER_KERNEL(ArrayNdims);
GATHER_KERNEL(ArrayNotEqual);
GATHER_KERNEL(ArrayOverlaps);
GATHER_KERNEL(ArrayPosition);
GATHER_KERNEL(ArrayPositions);
GATHER_KERNEL(ArraySmaller);
GATHER_KERNEL(ArrayUpper);
GATHER_KERNEL(ArrayWidthBucket);

// array_build.cc: new arrays out of old ones
GATHER_KERNEL(ArrayAppend);
GATHER_KERNEL(ArrayConcatenate);
GATHER_KERNEL(ArrayFill);
GATHER_KERNEL(ArrayPrepend);
GATHER_KERNEL(ArrayRemove);
GATHER_KERNEL(ArrayReplace);
GATHER_KERNEL(ArrayTrim);

// array_text.cc
GATHER_KERNEL(ArrayToText);
GATHER_KERNEL(CountNonNulls);
GATHER_KERNEL(CountNulls);
std::unique_ptr<SetSource> UnnestArray(FunctionContext& context, std::span<const Vector> arguments);

}  // namespace gather::catalog
