// What a Gather changes below it: shared scans, joins and appends, partial aggregates, and the Gather itself.
#include <algorithm>
#include <cmath>

#include "planner/physical/parallel.h"
#include "planner/physical/window_sharing.h"

namespace gather::planner {

namespace {

// A column of the node's raw row.
PlanColumn RawColumn(const PlanNode& node, uint32_t slot) {
  if (node.kind == NodeKind::kIndexScan) {
    const ScanColumnRef& column = static_cast<const IndexScanNode&>(node).columns[slot];
    return {column.name, column.type};
  }
  const auto left = static_cast<uint32_t>(node.children[0]->output.size());
  return slot < left ? node.children[0]->output[slot] : node.children[1]->output[slot - left];
}

// The node's order as slots of its output, to which keys that are not in it are added.
std::vector<SortKey> KeepKeys(PlanNode& node) {
  if (node.projection.empty()) return node.order;
  std::vector<SortKey> keys;
  for (const SortKey& key : node.order) {
    uint32_t slot = 0;
    while (slot < node.projection.size() && !(node.projection[slot]->kind == sql::ExprKind::kSlot && node.projection[slot]->index == key.slot)) ++slot;
    if (slot == node.projection.size()) {
      const PlanColumn column = RawColumn(node, key.slot);
      node.projection.push_back(sql::MakeSlot(key.slot, column.type, column.name));
      node.output.push_back(column);
      node.width += TypeWidth(column.type);
    }
    keys.push_back({slot, key.order});
  }
  return keys;
}

void CopyShape(const PlanNode& from, PlanNode& to) {
  to.output = from.output;
  to.width = from.width;
  to.rows = from.rows;
}

}  // namespace

void Parallelizer::Plan(GatherBase& gather) const {
  gather.workers_planned = decisions_.back().workers;
  gather.at_once = decisions_.back().forced;
  gather.decision = static_cast<uint32_t>(decisions_.size() - 1);
}

void Parallelizer::Share(PlanNode& node, double divisor) {
  switch (node.kind) {
    case NodeKind::kSeqScan: case NodeKind::kIndexScan: case NodeKind::kBitmapScan: case NodeKind::kCteScan: node.parallel_aware = true; break;
    case NodeKind::kWindowAgg: {
      // The topmost of several decides.
      const WindowSharing sharing = SharingOf(node);
      if (sharing.sort->partition_by.empty()) sharing.sort->partition_by = sharing.slots;
      break;
    }
    case NodeKind::kAppend: {
      auto& append = static_cast<AppendNode&>(node);
      for (const PlanNodePtr& child : node.children) {
        append.partial.push_back(CanShareMember(*child, 0));
        if (append.partial.back()) Share(*child, divisor);
      }
      node.parallel_aware = settings_.enable_parallel_append;
      break;
    }
    case NodeKind::kHashJoin:
      if (CanShareBuild(static_cast<const HashJoinNode&>(node))) {
        node.parallel_aware = true;
        Share(*node.children[1], divisor);
      }
      break;
    default: break;
  }
  if (node.kind == NodeKind::kSetOp) {
    node.parallel_aware = true;
    for (const PlanNodePtr& child : node.children) {
      if (CanShare(*child, 0)) Share(*child, divisor);
    }
  } else if (!node.children.empty() && node.kind != NodeKind::kAppend && node.kind != NodeKind::kBitmapScan) {
    Share(*node.children[0], divisor);
  }
  if (node.kind == NodeKind::kAggregate) {
    auto& aggregate = static_cast<AggregateNode&>(node);
    if (SplitsInTwo(aggregate)) Split(aggregate, divisor);
    else aggregate.parallel_aware = aggregate.split == AggregateSplit::kSingle;
  }
  node.rows = std::max(1.0, std::round(node.rows / divisor));
  node.total_cost = node.startup_cost + (node.total_cost - node.startup_cost) / divisor;
}

PlanNodePtr Parallelizer::MakeGather(PlanNodePtr node, double rows) {
  std::unique_ptr<GatherBase> gather;
  std::vector<PlanColumn> output;                      // without what only the merge needs
  double each = cost_.ParallelRow();
  if (node->order.empty()) {
    gather = std::make_unique<GatherNode>();
  } else {
    auto merge = std::make_unique<GatherMergeNode>();
    output = node->output;
    merge->keys = merge->order = KeepKeys(*node);
    gather = std::move(merge);
    each += cost_.Operator();
  }
  Plan(*gather);
  CopyShape(*node, *gather);
  gather->rows = rows;
  gather->startup_cost = node->startup_cost + cost_.ParallelSetup();
  gather->total_cost = node->total_cost + cost_.ParallelSetup() + rows * each;
  if (!output.empty() && output.size() < gather->output.size()) {
    for (uint32_t slot = 0; slot < output.size(); ++slot) gather->projection.push_back(sql::MakeSlot(slot, output[slot].type, output[slot].name));
    gather->output = std::move(output);
  }
  gather->children.push_back(std::move(node));
  return gather;
}

void Parallelizer::Split(AggregateNode& aggregate, double divisor) {
  PlanNode& child = *aggregate.children[0];
  // The child's cost is its shared one by now; this node's is still the serial one.
  const double own = cost_.Aggregate(child.rows * divisor, aggregate.groups, aggregate.keys.size(), aggregate.aggregates.size());
  auto partial = std::make_unique<AggregateNode>();
  partial->strategy = aggregate.strategy;
  partial->split = AggregateSplit::kPartial;
  partial->keys = aggregate.keys;
  partial->aggregates = aggregate.aggregates;
  std::vector<ExprRef> key_slots;
  for (const ExprRef& key : aggregate.keys) {
    key_slots.push_back(sql::MakeSlot(static_cast<uint32_t>(key_slots.size()), key->type, key->name));
    partial->output.push_back({key->name, key->type});
    partial->width += TypeWidth(key->type);
  }
  for (PlanAggregate& call : aggregate.aggregates) {
    const auto slot = static_cast<uint32_t>(partial->output.size());
    partial->output.push_back({"partial " + std::string(call.call->function->name), type_oid::kInternal});
    partial->width += 8;
    call.arguments = {sql::MakeSlot(slot, type_oid::kInternal)};
    call.filter = nullptr;
  }
  partial->orders = aggregate.orders;
  partial->grouping_sets = aggregate.grouping_sets;
  if (!partial->grouping_sets.empty()) partial->output.push_back({"set", type_oid::kInt4});
  partial->groups = partial->rows = aggregate.strategy == AggregateStrategy::kPlain ? 1 : std::max(1.0, std::min(aggregate.groups, child.rows));
  partial->startup_cost = child.total_cost + own / divisor;
  partial->total_cost = partial->startup_cost + partial->rows * cost_.ScanRow();
  partial->children.push_back(std::move(aggregate.children[0]));
  aggregate.split = AggregateSplit::kFinal;
  aggregate.keys = std::move(key_slots);
  aggregate.startup_cost = partial->startup_cost + partial->rows * cost_.HashRow();
  aggregate.total_cost = aggregate.startup_cost + aggregate.groups * cost_.ScanRow();
  aggregate.children[0] = std::move(partial);
}

}  // namespace gather::planner
