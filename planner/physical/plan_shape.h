// The shape of a plan: its operations, tables, columns and functions, without constants, parameters and estimates. Queries that differ in
// their literals only have the same shape, as in pg_stat_statements.
#pragma once

#include <cstdint>

#include "planner/plan.h"

namespace gather::planner {

uint64_t ShapeOf(const PlanNode& node);

}  // namespace gather::planner
