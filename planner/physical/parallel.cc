// Where a Gather goes.
#include "planner/physical/parallel.h"

#include <algorithm>

#include "planner/expressions.h"
#include "planner/physical/lowering.h"
#include "planner/physical/plan_aggregates.h"

namespace gather::planner {

PlanNodePtr Parallelizer::Place(PlanNodePtr root) {
  if (!forbidden_.empty()) return root;
  if (!settings_.enable_parallel_query) {
    Forbid("enable_parallel_query is off");
    return root;
  }
  if (settings_.max_parallel_workers_per_gather <= 0) {
    Forbid("max_parallel_workers_per_gather is 0");
    return root;
  }
  if (settings_.max_parallel_workers <= 0) {
    Forbid("max_parallel_workers is 0");
    return root;
  }
  if (settings_.cores <= 1 && settings_.parallel_threshold < 0 && !settings_.debug_parallel_query) {
    Forbid("one core");
    return root;
  }
  return PlaceBelow(std::move(root));
}

std::string Parallelizer::Reason() const {
  if (!decisions_.empty()) return decisions_.front().reason;
  if (!forbidden_.empty()) return "serial, " + forbidden_;
  if (!serial_.reason.empty()) return serial_.reason;
  if (!serial_reason_.empty()) return "serial, " + serial_reason_;
  return "serial, nothing to share among workers";
}

std::vector<ParallelDecision> Parallelizer::TakeDecisions() {
  if (decisions_.empty() && serial_.shape != 0) decisions_.push_back(std::move(serial_));
  return std::move(decisions_);
}

// Groups of sorted streams meet in the order of their keys.
PlanNodePtr Parallelizer::PlaceSortedAggregate(PlanNodePtr node) {
  auto& aggregate = static_cast<AggregateNode&>(*node);
  PlanNode& child = *node->children[0];
  const bool can = settings_.enable_gathermerge && aggregate.parallel_safe && ExpressionsSafe(aggregate) && AggregatesSafe(aggregate) &&
                   SplitsInTwo(aggregate) && CanShareSorted(child, 0);
  const int workers = can ? Workers(aggregate, aggregate, {}, std::min(child.rows, aggregate.groups * 2), 0) : 0;
  if (workers == 0) {
    PlaceInput(*node, can);
    return node;
  }
  const double divisor = Divisor(workers), total = node->total_cost - child.total_cost;
  Share(child, divisor);
  Split(aggregate, divisor);
  PlanNode& partial = *node->children[0];
  partial.startup_cost = child.startup_cost;
  partial.total_cost = child.total_cost + total / divisor;
  for (uint32_t key = 0; key < aggregate.keys.size(); ++key) partial.order.push_back({key, aggregate.orders[key]});
  node->children[0] = MakeGather(std::move(node->children[0]), std::max(1.0, partial.rows * workers));
  aggregate.startup_cost = node->children[0]->startup_cost;
  aggregate.total_cost = node->children[0]->total_cost + node->children[0]->rows * cost_.HashRow() + aggregate.groups * cost_.ScanRow();
  return node;
}

PlanNodePtr Parallelizer::PlaceAggregate(PlanNodePtr node) {
  auto& aggregate = static_cast<AggregateNode&>(*node);
  if (aggregate.strategy == AggregateStrategy::kSorted) return PlaceSortedAggregate(std::move(node));
  const bool many = aggregate.groups >= kSharedGroups || !SplitsInTwo(aggregate);
  const double rows = node->rows;
  const bool can = CanShare(aggregate, 0);
  const int workers = can ? Workers(aggregate, aggregate, {}, many ? rows : aggregate.groups * 2, 0) : 0;
  if (workers == 0) {
    PlaceInput(*node, can);
    return node;
  }
  const double divisor = Divisor(workers);
  if (many) {
    Share(aggregate, divisor);
    return MakeGather(std::move(node), rows);
  }
  // Few groups: the leader finalizes them.
  Share(*aggregate.children[0], divisor);
  Split(aggregate, divisor);
  const double partial_rows = aggregate.children[0]->rows;
  const double passed = partial_rows * (workers + (settings_.parallel_leader_participation ? 1 : 0));
  aggregate.children[0] = MakeGather(std::move(aggregate.children[0]), std::max(1.0, partial_rows * workers));
  aggregate.startup_cost = aggregate.children[0]->total_cost + passed * cost_.HashRow();
  aggregate.total_cost = aggregate.startup_cost + aggregate.groups * cost_.ScanRow();
  return node;
}

PlanNodePtr Parallelizer::PlaceSort(PlanNodePtr node) {
  PlanNode& child = *node->children[0];
  const bool top = node->kind == NodeKind::kTopN, incremental = node->kind == NodeKind::kIncrementalSort;
  Operations operations;
  operations.sort = true;
  const double rows = node->rows;
  const auto constant = [](const ExprRef& expr) { return expr == nullptr || (sql::IsConstant(*expr) && !expr->constant.is_null); };
  bool can = settings_.enable_gathermerge && CanShare(child);
  if (top) {
    const auto& bound = static_cast<const TopNNode&>(*node);
    can = can && !bound.with_ties && bound.limit != nullptr && constant(bound.limit) && constant(bound.offset);
  }
  const double own = node->total_cost - child.total_cost;
  const int workers = can ? Workers(child, *node, operations, top ? rows * 3 : rows, own) : 0;
  if (workers == 0) {
    PlaceInput(*node, can);
    return node;
  }
  const double divisor = Divisor(workers);
  Share(child, divisor);
  auto merge = std::make_unique<GatherMergeNode>();
  Plan(*merge);
  merge->keys = top ? static_cast<TopNNode&>(*node).keys : incremental ? static_cast<IncrementalSortNode&>(*node).keys : static_cast<SortNode&>(*node).keys;
  merge->order = merge->keys;
  // The merge needs the keys: a projection that drops them moves above it.
  std::vector<ExprRef> projection = std::move(node->projection);
  node->projection.clear();
  const std::vector<PlanColumn> output = std::move(node->output);
  const int width = node->width;
  node->output = child.output;
  node->width = child.width;
  merge->output = node->output;
  merge->width = node->width;
  ExprRef limit, offset;
  if (top) {
    auto& bound = static_cast<TopNNode&>(*node);
    limit = bound.limit;
    offset = bound.offset;
    const auto value = [](const ExprRef& expr) { return expr == nullptr ? int64_t{0} : std::max<int64_t>(0, expr->constant.as<int64_t>()); };
    int64_t bound_rows = 0;
    if (__builtin_add_overflow(value(limit), value(offset), &bound_rows)) bound_rows = INT64_MAX;
    bound.limit = sql::MakeConstant(Datum::Int8(bound_rows));
    bound.offset = nullptr;
    bound.partial = true;
    node->rows = std::min(child.rows, static_cast<double>(bound_rows));
  } else {
    node->rows = child.rows;
  }
  node->startup_cost = child.total_cost + own / divisor;
  node->total_cost = node->startup_cost + node->rows * cost_.ScanRow();
  merge->rows = top ? std::max(1.0, node->rows * workers) : rows;
  merge->startup_cost = node->startup_cost + cost_.ParallelSetup();
  merge->total_cost = node->total_cost + cost_.ParallelSetup() + merge->rows * (cost_.ParallelRow() + cost_.Operator());
  merge->children.push_back(std::move(node));
  PlanNodePtr result = std::move(merge);
  if (top) {
    auto above = std::make_unique<LimitNode>();
    above->limit = limit;
    above->offset = offset;
    above->rows = rows;
    above->startup_cost = result->startup_cost;
    above->total_cost = result->total_cost;
    above->output = result->output;
    above->width = result->width;
    above->children.push_back(std::move(result));
    result = std::move(above);
  }
  if (!projection.empty()) {
    result->projection = std::move(projection);
    result->output = output;
    result->width = width;
  }
  return result;
}

void Parallelizer::PlaceInput(PlanNode& node, bool asked) {
  if (asked && stays_serial_) PlaceInner(*node.children[0]);
  else node.children[0] = PlaceBelow(std::move(node.children[0]));
}

void Parallelizer::PlaceInner(PlanNode& node) {
  switch (node.kind) {
    case NodeKind::kSeqScan: case NodeKind::kIndexScan: case NodeKind::kBitmapScan: case NodeKind::kCteScan: return;
    case NodeKind::kHashJoin: case NodeKind::kMergeJoin: case NodeKind::kNestedLoop: {
      PlaceInner(*node.children[0]);
      const bool per_row = node.kind == NodeKind::kNestedLoop && static_cast<const NestedLoopNode&>(node).parameterized;
      if (!per_row) node.children[1] = PlaceBelow(std::move(node.children[1]));
      return;
    }
    case NodeKind::kAppend: case NodeKind::kSetOp:
      for (PlanNodePtr& child : node.children) {
        if (CanShareMember(*child, 0)) PlaceInner(*child);
        else child = PlaceBelow(std::move(child));
      }
      return;
    default:
      for (PlanNodePtr& child : node.children) PlaceInner(*child);
  }
}

bool Parallelizer::EndsEarly(const PlanNode& limit) const {
  if (settings_.debug_parallel_query) return false;
  // Its cost is that of the rows it lets through.
  if (limit.total_cost * 0.5 <= cost_.ParallelSetup()) return true;
  // A tenth of a stream that begins at once.
  const PlanNode* below = limit.children[0].get();
  if (below->rows <= 0 || limit.rows >= below->rows / 10) return false;
  while (below->kind == NodeKind::kUnique || below->kind == NodeKind::kResult ||
         (below->kind == NodeKind::kAggregate && static_cast<const AggregateNode*>(below)->strategy == AggregateStrategy::kSorted)) {
    if (below->children.empty()) return true;
    below = below->children[0].get();
  }
  switch (below->kind) {
    case NodeKind::kSeqScan: case NodeKind::kIndexScan: case NodeKind::kIncrementalSort: case NodeKind::kMergeJoin: case NodeKind::kMergeAppend: return true;
    case NodeKind::kNestedLoop: return !below->order.empty();
    default: return false;
  }
}

PlanNodePtr Parallelizer::PlaceBelow(PlanNodePtr node) {
  if (node->kind == NodeKind::kAggregate) return PlaceAggregate(std::move(node));
  if (node->kind == NodeKind::kSort || node->kind == NodeKind::kTopN || node->kind == NodeKind::kIncrementalSort) return PlaceSort(std::move(node));
  if (CanShare(*node, node->kind == NodeKind::kSetOp ? 0 : settings_.debug_parallel_query ? 0 : kSharedGroups)) {
    const double rows = node->rows;
    if (const int workers = Workers(*node, *node, {}, rows, 0); workers > 0) {
      Share(*node, Divisor(workers));
      return MakeGather(std::move(node), rows);
    }
    // Parts of it may still pay. Not those that are smaller still.
    if (stays_serial_) {
      PlaceInner(*node);
      return node;
    }
  }
  if (node->kind == NodeKind::kLimit && EndsEarly(*node)) {
    if (serial_reason_.empty()) serial_reason_ = "LIMIT stops the scan early";
    return node;
  }
  for (size_t i = 0; i < node->children.size(); ++i) {
    if (node->kind == NodeKind::kNestedLoop && i == 1 && static_cast<const NestedLoopNode&>(*node).parameterized) continue;
    node->children[i] = PlaceBelow(std::move(node->children[i]));
  }
  return node;
}

}  // namespace gather::planner
