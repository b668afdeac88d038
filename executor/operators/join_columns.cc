#include "executor/operators/join_columns.h"

namespace gather::executor {

UsedColumns::UsedColumns(const planner::HashJoinNode& node) {
  all_ = node.projection.empty();
  if (all_) return;
  Note(node.filter);
  Note(node.residual);
  for (const planner::ExprRef& expr : node.projection) Note(expr);
}

void UsedColumns::Note(const planner::ExprRef& expr) {
  sql::Walk(expr, [&](const sql::Expr& at) {
    if (at.kind == sql::ExprKind::kSlot) {
      if (used_.size() <= at.index) used_.resize(at.index + 1, false);
      used_[at.index] = true;
    }
    return true;
  });
}

}  // namespace gather::executor
