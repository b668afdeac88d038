// row_number() as a column: how LIMIT and OFFSET that depend on an outer row become conditions.
#pragma once

#include "planner/planning.h"

namespace gather::planner {

// Adds row_number() in the order and within the partitions of `window`; returns its column.
ExprRef NumberRows(Window& window, Planning& planning);

}  // namespace gather::planner
