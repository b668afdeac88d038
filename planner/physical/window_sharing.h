// Window functions that participants may share: each computes some of the partitions. Works on the plan's nodes; pure function.
#pragma once

#include <cstdint>
#include <vector>

#include "planner/plan.h"

namespace gather::planner {

// Where participants may share window functions: rows with equal values in `slots` of `sort`'s input go to one of them.
struct WindowSharing {
  SortNode* sort = nullptr;                            // null: they may not
  std::vector<uint32_t> slots;
  double partitions = 1;
};

// A WindowAgg over others and a Sort: by the partition keys that all of them have.
WindowSharing SharingOf(const PlanNode& top);

}  // namespace gather::planner
