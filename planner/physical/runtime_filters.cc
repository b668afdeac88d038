#include "planner/physical/runtime_filters.h"

#include "sql/expression.h"

namespace gather::planner {

bool TakesRuntimeFilters(SqlType type) {
  switch (GetType(type.oid).physical) {
    case PhysicalType::kInt16:
    case PhysicalType::kInt32:
    case PhysicalType::kInt64: return type.oid != type_oid::kNumeric;
    default: return false;
  }
}

namespace {

// Of an outer row whose key has no match in the join, nothing comes out.
bool DropsUnmatched(JoinKind kind) { return kind == JoinKind::kInner || kind == JoinKind::kSemi || kind == JoinKind::kRight; }

// An inner row whose key has no match is not missed, be it only to tell that the inner side is not empty.
bool DropsUnmatchedInner(const HashJoinNode& join) {
  return join.join != JoinKind::kRight && join.join != JoinKind::kFull && !(join.join == JoinKind::kMark && join.null_aware);
}

// Whether leaving out left rows of a join leaves out what comes of them, and nothing else.
bool PassesLeft(JoinKind kind) { return kind != JoinKind::kRight && kind != JoinKind::kFull; }

// The scan that output column `slot` of `node` comes from as it is, and its column there.
SeqScanNode* FindScan(PlanNode& node, uint32_t slot, uint32_t* column) {
  if (!node.projection.empty()) {
    if (node.projection[slot]->kind != sql::ExprKind::kSlot) return nullptr;
    slot = node.projection[slot]->index;
  }
  switch (node.kind) {
    case NodeKind::kSeqScan: {
      auto& scan = static_cast<SeqScanNode&>(node);
      if (scan.columns[slot].system != ScanColumnRef::System::kNone) return nullptr;
      *column = slot;
      return &scan;
    }
    case NodeKind::kHashJoin:
    case NodeKind::kNestedLoop: {
      const JoinKind kind = node.kind == NodeKind::kHashJoin ? static_cast<const HashJoinNode&>(node).join : static_cast<const NestedLoopNode&>(node).join;
      const auto left = static_cast<uint32_t>(node.children[0]->output.size());
      if (slot < left) return PassesLeft(kind) ? FindScan(*node.children[0], slot, column) : nullptr;
      // The build side of an inner join below: it is built after ours.
      if (node.kind != NodeKind::kHashJoin || kind != JoinKind::kInner) return nullptr;
      return FindScan(*node.children[1], slot - left, column);
    }
    case NodeKind::kAggregate: {
      const auto& aggregate = static_cast<const AggregateNode&>(node);
      if (!aggregate.grouping_sets.empty() || slot >= aggregate.keys.size() || aggregate.keys[slot]->kind != sql::ExprKind::kSlot) return nullptr;
      return FindScan(*node.children[0], aggregate.keys[slot]->index, column);
    }
    case NodeKind::kSort:
    case NodeKind::kGather:
    case NodeKind::kGatherMerge: return FindScan(*node.children[0], slot, column);
    default: return nullptr;
  }
}

void Place(PlanNode& node, Plan& plan) {
  if (node.kind == NodeKind::kHashJoin) {
    auto& join = static_cast<HashJoinNode&>(node);
    double built = node.children[1]->rows;
    for (uint32_t key = 0; key < join.inner_in_range.size() && DropsUnmatchedInner(join); ++key) built *= join.inner_in_range[key];
    for (uint32_t key = 0; key < join.outer_keys.size() && DropsUnmatched(join.join); ++key) {
      const ExprRef& outer = join.outer_keys[key];
      const bool null_equals = key < join.null_equals.size() && join.null_equals[key];
      if (outer->kind != sql::ExprKind::kSlot || null_equals || !TakesRuntimeFilters(outer->type) || !TakesRuntimeFilters(join.inner_keys[key]->type)) continue;
      uint32_t column = 0;
      SeqScanNode* scan = FindScan(*node.children[0], outer->index, &column);
      if (scan == nullptr || built > scan->rows * kWorthwhileRuntimeFilter) continue;
      join.runtime_filters.push_back({key, plan.runtime_filters});
      scan->runtime_filters.push_back({.column = column, .join = &join, .key = key, .number = plan.runtime_filters++});
    }
    for (uint32_t key = 0; key < join.inner_in_range.size() && DropsUnmatchedInner(join); ++key) {
      const ExprRef &outer = join.outer_keys[key], &inner = join.inner_keys[key];
      if (join.inner_in_range[key] > kWorthwhileRuntimeFilter || join.null_equals[key] || outer->kind != sql::ExprKind::kSlot || inner->kind != sql::ExprKind::kSlot) continue;
      if (!TakesRuntimeFilters(outer->type) || !TakesRuntimeFilters(inner->type)) continue;
      uint32_t column = 0, partner_column = 0;
      SeqScanNode* scan = FindScan(*node.children[1], inner->index, &column);
      const SeqScanNode* partner = FindScan(*node.children[0], outer->index, &partner_column);
      if (scan == nullptr || partner == nullptr) continue;
      scan->runtime_filters.push_back({.column = column, .join = &join, .key = key, .partner = partner, .partner_column = partner_column});
    }
  }
  for (const PlanNodePtr& child : node.children) Place(*child, plan);
}

}  // namespace

void PlaceRuntimeFilters(Plan& plan) {
  Place(*plan.root, plan);
  for (const InitPlan& init : plan.init_plans) {
    if (init.root != nullptr) Place(*init.root, plan);
  }
  for (const PlanNodePtr& cte : plan.ctes) {
    if (cte != nullptr) Place(*cte, plan);
  }
}

}  // namespace gather::planner
