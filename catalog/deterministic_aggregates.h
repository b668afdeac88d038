// The kernels that aggregates of floats have while deterministic_aggregates is on: their results have the same bytes whatever the order of the rows and
// the number of participants. Immutable; thread-safe.
#pragma once

#include "catalog/function.h"

namespace gather::catalog {

// Null: the function's own do that already.
const AggregateKernels* DeterministicKernels(const FunctionInfo& function);

}  // namespace gather::catalog
