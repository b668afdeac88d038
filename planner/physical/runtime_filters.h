// Runtime filters: which scans a hash join's build side can spare rows (plan.h, HashJoinNode::runtime_filters). The last step of planning.
#pragma once

#include "planner/plan.h"

namespace gather::planner {

void PlaceRuntimeFilters(Plan& plan);

}  // namespace gather::planner
