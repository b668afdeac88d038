// What may run in several participants, and what may run below a Gather at all.
#include <algorithm>

#include "planner/expressions.h"
#include "planner/physical/lowering.h"
#include "planner/physical/parallel.h"
#include "planner/physical/plan_aggregates.h"
#include "planner/physical/plan_walk.h"
#include "planner/physical/window_sharing.h"

namespace gather::planner {

namespace {

// Fewer window partitions than this are too uneven a load.
constexpr double kLeastPartitions = 8;

bool HasRightJoin(const PlanNode& node) {
  const auto keeps_inner = [](JoinKind kind) { return kind == JoinKind::kRight || kind == JoinKind::kFull; };
  if (node.kind == NodeKind::kHashJoin && keeps_inner(static_cast<const HashJoinNode&>(node).join)) return true;
  if (node.kind == NodeKind::kNestedLoop && keeps_inner(static_cast<const NestedLoopNode&>(node).join)) return true;
  return !node.children.empty() && HasRightJoin(*node.children[0]);
}

}  // namespace

void Parallelizer::Inspect(const PlanNode& root) {
  if (root.kind == NodeKind::kLockRows) Forbid("row locks are taken by the session itself");
  ForEachPlanExpression(root, [this](const ExprRef& expr) {
    if (ParallelSafetyOf(expr) != catalog::ParallelSafety::kUnsafe) return;
    sql::Walk(expr, [this](const Expr& node) {
      ForEachFunction(node, [this](const catalog::FunctionInfo& function) {
        if (function.parallel == catalog::ParallelSafety::kUnsafe) Forbid("function " + std::string(function.name) + " is parallel unsafe");
      });
      return true;
    });
  });
  for (const PlanNodePtr& child : root.children) Inspect(*child);
}

bool Parallelizer::ExpressionsSafe(const PlanNode& node) const {
  bool safe = true;
  ForEachPlanExpression(node, [&safe](const ExprRef& expr) { safe = safe && ParallelSafetyOf(expr) == catalog::ParallelSafety::kSafe; });
  return safe;
}

bool Parallelizer::IsSafeBelow(const PlanNode& node) const {
  switch (node.kind) {
    case NodeKind::kSystemViewScan: case NodeKind::kWorkTableScan: case NodeKind::kRecursiveUnion: case NodeKind::kLockRows:
    case NodeKind::kGather: case NodeKind::kGatherMerge: case NodeKind::kModifyTable:
      return false;
    case NodeKind::kIndexScan: case NodeKind::kBitmapIndexScan:
      if (leader_reads_indexes_) return false;
      break;
    case NodeKind::kAggregate:
      if (!AggregatesSafe(static_cast<const AggregateNode&>(node))) return false;
      break;
    default: break;
  }
  return node.parallel_safe && ExpressionsSafe(node) &&
         std::all_of(node.children.begin(), node.children.end(), [this](const PlanNodePtr& child) { return IsSafeBelow(*child); });
}

bool Parallelizer::SplitsInTwo(const AggregateNode& aggregate) const {
  return aggregate.split == AggregateSplit::kSingle && std::all_of(aggregate.aggregates.begin(), aggregate.aggregates.end(), IsCombinable);
}

// Every group at one participant: in which order its rows come there is open.
bool Parallelizer::CanPassRows(const AggregateNode& aggregate) const {
  return aggregate.split == AggregateSplit::kSingle &&
         std::all_of(aggregate.aggregates.begin(), aggregate.aggregates.end(), [&aggregate](const PlanAggregate& call) {
           if (IsCombinable(call)) return true;
           if (call.combines || call.call->function == nullptr || call.call->function->aggregate == nullptr) return false;
           const bool ordered = call.distinct || !call.order_by.empty();
           return ordered || (!aggregate.keys.empty() && !call.call->function->aggregate->order_sensitive);
         });
}

bool Parallelizer::CanShare(const PlanNode& node, double least_groups) const {
  if (!node.parallel_safe || !ExpressionsSafe(node)) return false;
  switch (node.kind) {
    case NodeKind::kSeqScan: {
      const auto& scan = static_cast<const SeqScanNode&>(node);
      return !scan.table->temporary;
    }
    case NodeKind::kIndexScan: return CanShareIndex(*static_cast<const IndexScanNode&>(node).table) && (node.order.empty() || settings_.enable_gathermerge);
    case NodeKind::kBitmapScan: return CanShareIndex(*static_cast<const BitmapScanNode&>(node).table);
    case NodeKind::kCteScan: return true;
    case NodeKind::kAppend: return CanShareAppend(node, least_groups);
    case NodeKind::kResult: return !node.children.empty() && IsOrderKept(*node.children[0], node) && CanShare(*node.children[0], least_groups);
    case NodeKind::kHashJoin: {
      if (!CanShare(*node.children[0], least_groups) || !IsSafeBelow(*node.children[1])) return false;
      // A dear inner side that only one participant could work on is better gathered on its own.
      const PlanNode& inner = *node.children[1];
      return settings_.debug_parallel_query || CanShare(inner, 0) || inner.total_cost < 0.3 * node.total_cost;
    }
    case NodeKind::kWindowAgg: {
      const WindowSharing sharing = SharingOf(node);
      // Participants have partitions of their own: their rows are in no common order.
      return node.order.empty() && sharing.sort != nullptr && (settings_.debug_parallel_query || sharing.partitions >= kLeastPartitions) && CanShare(*sharing.sort->children[0], 0);
    }
    case NodeKind::kMergeJoin: {
      const JoinKind kind = static_cast<const MergeJoinNode&>(node).join;
      if (kind == JoinKind::kRight || kind == JoinKind::kFull || !IsSafeBelow(*node.children[1])) return false;
      return CanShareSorted(*node.children[0], least_groups) && (node.order.empty() || settings_.enable_gathermerge);
    }
    case NodeKind::kNestedLoop:
      if (!IsOrderKept(*node.children[0], node) || !(node.order.empty() || settings_.enable_gathermerge)) return false;
      return CanShare(*node.children[0], least_groups) && IsSafeBelow(*node.children[1]);
    case NodeKind::kAggregate: {
      const auto& aggregate = static_cast<const AggregateNode&>(node);
      return aggregate.strategy != AggregateStrategy::kSorted && aggregate.groups >= least_groups && AggregatesSafe(aggregate) &&
             (aggregate.split == AggregateSplit::kPartial || SplitsInTwo(aggregate) || CanPassRows(aggregate)) && CanShare(*node.children[0], 0);
    }
    case NodeKind::kSetOp: {
      const bool left = CanShare(*node.children[0], 0), right = CanShare(*node.children[1], 0);
      return node.rows >= least_groups && (left || right) && (left || IsSafeBelow(*node.children[0])) && (right || IsSafeBelow(*node.children[1]));
    }
    default: return false;
  }
}

bool Parallelizer::CanShareBuild(const HashJoinNode& join) const {
  const PlanNode& inner = *join.children[1];
  if (!settings_.enable_parallel_hash || !CanShare(inner, 0)) return false;
  if (settings_.debug_parallel_query) return true;
  Path path;
  Follow(inner, path);
  return path.weight() >= thresholds_.scan;
}

bool Parallelizer::CanShareSorted(const PlanNode& node, double least_groups) const {
  const bool sorts = node.kind == NodeKind::kSort || node.kind == NodeKind::kIncrementalSort;
  return CanShare(sorts ? *node.children[0] : node, least_groups);
}

bool Parallelizer::CanShareMember(const PlanNode& child, double least_groups) const {
  // A right join's last participant looks for the rows that nobody has matched: it must be known who takes part.
  return CanShare(child, least_groups) && !HasRightJoin(child);
}

bool Parallelizer::CanShareAppend(const PlanNode& append, double least_groups) const {
  size_t shared = 0;
  double whole = 0;
  for (const PlanNodePtr& child : append.children) {
    if (CanShareMember(*child, least_groups)) {
      ++shared;
    } else if (IsSafeBelow(*child)) {
      whole = std::max(whole, child->total_cost);
    } else {
      return false;
    }
  }
  if (shared == append.children.size()) return true;
  if (!settings_.enable_parallel_append) return false;
  // What one participant must do alone shall not keep the others waiting: then children are better gathered one by one.
  const int workers = std::max(1, std::min(settings_.max_parallel_workers_per_gather, settings_.max_parallel_workers));
  return settings_.debug_parallel_query || whole <= append.total_cost / Divisor(workers);
}

}  // namespace gather::planner
