// Kernels of to_char, to_number, to_date and to_timestamp, listed in format.cc. Strict. A constant template is cut once a call.
#pragma once

#include "catalog/functions/kernel.h"

namespace gather::catalog {

// format_datetime.cc
GATHER_KERNEL(TimestampToChar);
GATHER_KERNEL(TimestamptzToChar);
GATHER_KERNEL(IntervalToChar);
GATHER_KERNEL(ToDate);
GATHER_KERNEL(ToTimestamp);

// format_number.cc
GATHER_KERNEL(Int4ToChars);
GATHER_KERNEL(Int8ToChars);
GATHER_KERNEL(Float4ToChars);
GATHER_KERNEL(Float8ToChars);
GATHER_KERNEL(NumericToChars);
GATHER_KERNEL(ToNumber);

}  // namespace gather::catalog
