// Runtime filters: which scans a hash join's build side can spare rows (plan.h, HashJoinNode::runtime_filters). The last step of planning.
#pragma once

#include "planner/plan.h"

namespace gather::planner {

// A filter that leaves more than this share of the rows is hardly worth its while.
inline constexpr double kWorthwhileRuntimeFilter = 0.5;
// Join keys of this type can become runtime filters: integers.
bool TakesRuntimeFilters(SqlType type);
void PlaceRuntimeFilters(Plan& plan);

}  // namespace gather::planner
