// Groups of an input sorted by the keys: Group Aggregate, and Unique for DISTINCT. Their first rows are there before the input ends, in the keys' order:
// for a LIMIT over an index, and for who switches hashed grouping off.
#include <algorithm>

#include "planner/physical/lowering.h"
#include "planner/physical/plan_aggregates.h"

namespace gather::planner {

std::optional<Lowering::SortedKeys> Lowering::KeysInOrder(const std::vector<ExprRef>& keys, const std::vector<ColumnRef>& outputs, const Ordering* ordering) {
  SortedKeys sorted;
  const auto take = [&](uint32_t position, SortOrder order) {
    if (std::find(sorted.positions.begin(), sorted.positions.end(), position) != sorted.positions.end()) return;
    sorted.positions.push_back(position);
    sorted.items.push_back({keys[position], order});
  };
  if (ordering != nullptr) {
    for (const sql::SortItem& item : ordering->items) {
      const ExprRef& wanted = SameOrder(item.expression);
      if (wanted->kind != ExprKind::kColumn) break;
      const auto found = std::find(outputs.begin(), outputs.end(), RefOf(*wanted));
      if (found == outputs.end()) break;
      take(static_cast<uint32_t>(found - outputs.begin()), item.order);
    }
    if (sorted.items.empty()) return std::nullopt;
  }
  for (uint32_t i = 0; i < keys.size(); ++i) take(i, SortOrder{});
  return sorted;
}

// The child sorted by the keys.
std::optional<Lowered> Lowering::SortedGroups(LogicalNode& child, const ColumnSet& required, SortedKeys& keys, double groups, const Ordering* ordering) {
  std::vector<ExprRef> columns;
  for (const sql::SortItem& item : keys.items) columns.push_back(item.expression);
  const bool computed = std::any_of(columns.begin(), columns.end(), [](const ExprRef& key) { return SameOrder(key)->kind != ExprKind::kColumn; });
  const double each = std::max(1.0, estimator_.Rows(child) / std::max(1.0, groups));
  const Ordering below{keys.items, ordering != nullptr && ordering->limit >= 0 ? ordering->limit * each : -1};
  if (settings_.enable_hashagg) {
    // Sorting everything is dearer than grouping it by hash.
    if (computed || below.limit < 0) return std::nullopt;
    std::optional<Lowered> input = LowerOrdered(child, required, below);
    if (input.has_value()) input = SortBy(std::move(*input), keys.items);
    return input;
  }
  if (!computed) return SortedInput(child, required, below, true);
  Lowered input = WithColumns(Lower(child, required), &columns);
  for (size_t i = 0; i < columns.size(); ++i) keys.items[i].expression = columns[i];
  return SortBy(std::move(input), keys.items);
}

std::optional<Lowered> Lowering::LowerSortedAggregate(Aggregate& aggregate, const ColumnSet& required, const Ordering* ordering) {
  if (aggregate.keys.empty() || !aggregate.grouping_sets.empty()) return std::nullopt;
  ColumnSet below;
  const std::vector<AggregateItem> used = RequiredOf(aggregate, required, &below);
  // What takes its rows sorted or in one stream collects them anyway.
  for (const AggregateItem& item : used) {
    const catalog::FunctionInfo* function = item.call->function;
    if (function == nullptr || function->aggregate == nullptr || function->aggregate->order_sensitive || !item.order_by.empty()) return std::nullopt;
    if (item.call->distinct && !IgnoresRepeated(*item.call)) return std::nullopt;
  }
  std::vector<ExprRef> expressions;
  std::vector<ColumnRef> outputs;
  for (const Item& key : aggregate.keys) {
    if (IsVolatile(key.expression)) return std::nullopt;
    expressions.push_back(key.expression);
    outputs.push_back(key.out);
  }
  std::optional<SortedKeys> keys = KeysInOrder(expressions, outputs, ordering);
  if (!keys.has_value()) return std::nullopt;
  const double rows = estimator_.Rows(aggregate);
  std::optional<Lowered> input = SortedGroups(*aggregate.children[0], below, *keys, rows, ordering);
  if (!input.has_value()) return std::nullopt;
  auto node = std::make_unique<AggregateNode>();
  node->strategy = AggregateStrategy::kSorted;
  std::vector<Column> raw;
  std::vector<OrderedColumn> order;
  for (size_t i = 0; i < keys->positions.size(); ++i) {
    const Item& key = aggregate.keys[keys->positions[i]];
    node->keys.push_back(ToSlots(keys->items[i].expression, input->layout));
    node->orders.push_back(keys->items[i].order);
    raw.push_back(ColumnOf(key));
    order.push_back({key.out, keys->items[i].order, false});
  }
  for (const AggregateItem& item : used) {
    node->aggregates.push_back(LowerCall(item, input->layout));
    node->aggregates.back().distinct = false;
    raw.push_back({item.out, item.type, item.collation, item.name});
  }
  node->groups = rows;
  node->startup_cost = input->node->startup_cost;
  node->total_cost = input->node->total_cost + cost_.Aggregate(input->node->rows, rows, node->keys.size(), node->aggregates.size());
  node->children.push_back(std::move(input->node));
  Lowered done = Finish(std::move(node), std::move(raw), required, rows);
  done.order = std::move(order);
  return done;
}

std::optional<Lowered> Lowering::LowerSortedDistinct(Distinct& distinct, const ColumnSet& required, const Ordering* ordering) {
  if (distinct.first || distinct.columns.empty()) return std::nullopt;
  std::vector<ExprRef> expressions;
  std::vector<ColumnRef> outputs;
  ColumnSet below = required;
  for (const Column& column : distinct.columns) {
    expressions.push_back(MakeColumn(column));
    outputs.push_back(column.ref);
    below.Add(column.ref);
  }
  std::optional<SortedKeys> keys = KeysInOrder(expressions, outputs, ordering);
  if (!keys.has_value()) return std::nullopt;
  const double rows = estimator_.Rows(distinct);
  std::optional<Lowered> input = SortedGroups(*distinct.children[0], below, *keys, rows, ordering);
  if (!input.has_value()) return std::nullopt;
  auto node = std::make_unique<UniqueNode>();
  std::vector<OrderedColumn> order;
  for (const SortKey& key : SortKeys(*input, keys->items)) node->keys.push_back(key.slot);
  for (const sql::SortItem& item : keys->items) order.push_back({RefOf(*item.expression), item.order, false});
  node->startup_cost = input->node->startup_cost;
  node->total_cost = input->node->total_cost + input->node->rows * cost_.Operator() * static_cast<double>(node->keys.size());
  node->order = OutputOrder(*input->node);
  std::vector<Column> raw = input->layout;
  node->children.push_back(std::move(input->node));
  Lowered done = Finish(std::move(node), std::move(raw), required, rows);
  done.order = std::move(order);
  return done;
}

}  // namespace gather::planner
