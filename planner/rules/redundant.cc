#include <algorithm>

#include "planner/rules/rules.h"

namespace gather::planner {

namespace {

// row_number() and its like over rows as they come.
bool CountsInOrder(const LogicalNode& node) {
  return node.kind == LogicalKind::kWindow && As<Window>(node).partition_by.empty() && As<Window>(node).order_by.empty();
}

// Whether the order of a node's input can be seen in its output.
bool KeepsOrder(const LogicalNode& node) {
  switch (node.kind) {
    case LogicalKind::kAggregate:
      // array_agg and string_agg without ORDER BY of their own do see it.
      return std::any_of(As<Aggregate>(node).aggregates.begin(), As<Aggregate>(node).aggregates.end(), [](const AggregateItem& item) {
        return item.call->function != nullptr && item.call->function->aggregate != nullptr && item.call->function->aggregate->order_sensitive &&
               item.order_by.empty();
      });
    case LogicalKind::kDistinct: return As<Distinct>(node).first;
    case LogicalKind::kSetOp: return As<SetOp>(node).operation == sql::SetOperation::kUnion && As<SetOp>(node).all;
    case LogicalKind::kSort: return false;
    case LogicalKind::kWindow: return CountsInOrder(node);
    default: return true;
  }
}

LogicalPtr Visit(LogicalPtr node, bool order_matters) {
  if (node->kind == LogicalKind::kSort && !order_matters) return Visit(std::move(node->children[0]), false);
  for (size_t i = 0; i < node->children.size(); ++i) {
    bool below = order_matters;
    if (node->kind == LogicalKind::kLimit || CountsInOrder(*node)) below = true;
    else if (!KeepsOrder(*node)) below = false;
    else if (node->kind == LogicalKind::kAggregate || node->kind == LogicalKind::kDistinct) below = true;
    else if (node->kind == LogicalKind::kJoin && i == 1) below = false;
    node->children[i] = Visit(std::move(node->children[i]), below);
  }
  // DISTINCT over a grouping by the same columns, or over another DISTINCT.
  if (node->kind == LogicalKind::kDistinct && !As<Distinct>(*node).first) {
    const LogicalNode* below = node->children[0].get();
    std::vector<ColumnRef> distinct;
    for (const Column& column : As<Distinct>(*node).columns) distinct.push_back(column.ref);
    if (below->kind == LogicalKind::kProject) {
      const auto& project = As<Project>(*below);
      std::vector<ColumnRef> inner;
      for (const Item& item : project.items) {
        if (item.expression->kind == ExprKind::kColumn && std::find(distinct.begin(), distinct.end(), item.out) != distinct.end()) inner.push_back(RefOf(*item.expression));
      }
      distinct = std::move(inner);
      below = below->children[0].get();
    }
    if (below->kind == LogicalKind::kAggregate && As<Aggregate>(*below).grouping_sets.empty()) {
      const auto& keys = As<Aggregate>(*below).keys;
      const bool all = std::all_of(keys.begin(), keys.end(), [&](const Item& key) { return std::find(distinct.begin(), distinct.end(), key.out) != distinct.end(); });
      if (all) return std::move(node->children[0]);
    }
  }
  return node;
}

}  // namespace

LogicalPtr RemoveRedundant(LogicalPtr root, const Planning&) { return Visit(std::move(root), true); }

}  // namespace gather::planner
