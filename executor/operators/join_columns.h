// UsedColumns: which columns of a join's raw row anybody reads: its filter, projection and join condition. Immutable.
#pragma once

#include <vector>

#include "planner/plan.h"

namespace gather::executor {

class UsedColumns {
 public:
  explicit UsedColumns(const planner::HashJoinNode& node);
  bool contains(size_t column) const { return all_ || (column < used_.size() && used_[column]); }

 private:
  void Note(const planner::ExprRef& expr);
  bool all_ = false;                       // the raw row itself is the output
  std::vector<bool> used_;
};

}  // namespace gather::executor
