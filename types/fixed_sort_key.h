// Sort keys of one width for all values of a type: what compare.h's AppendSortKeys writes, a vector at a time and without strings.
//
// A null is padded with zeros to the width; keys of one column compare with each other either way, but not fixed ones with appended ones
// of several columns. Pure functions, thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>

#include "types/compare.h"

namespace gather {

// Bytes with the null marker; 0: the type has no such width.
uint32_t FixedSortKeyBytes(SqlType type);
// Row i's key goes to out + i * stride.
void WriteFixedSortKeys(const Vector& vector, uint32_t rows, SortOrder order, uint8_t* out, size_t stride);

}  // namespace gather
