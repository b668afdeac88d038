// Merge joins, and joins that keep the order of their outer side: chosen where the order is wanted above, most of all by a LIMIT, and where
// hash joins are switched off.
#include <algorithm>
#include <limits>

#include "planner/physical/lowering.h"

namespace gather::planner {

namespace {

bool MayMerge(JoinKind kind) { return kind != JoinKind::kMark && kind != JoinKind::kSingle; }

}  // namespace

std::optional<Lowered> Lowering::LowerMergeJoin(Join& join, const std::vector<ExprRef>& filter, const ColumnSet& required, const Ordering* ordering) {
  if (join.dependent || !MayMerge(join.join)) return std::nullopt;
  std::vector<ExprRef> residual;
  std::vector<HashKey> keys = JoinKeys(join, &residual);
  if (keys.empty() || std::any_of(keys.begin(), keys.end(), [](const HashKey& key) { return key.null_equals; })) return std::nullopt;
  std::vector<SortOrder> orders(keys.size());
  if (ordering != nullptr) {
    // The keys in the wanted order, as far as that names them.
    size_t placed = 0;
    for (const sql::SortItem& item : ordering->items) {
      if (item.expression->kind != ExprKind::kColumn || placed == keys.size()) break;
      const auto names = [&](const ExprRef& side) { return side->kind == ExprKind::kColumn && RefOf(*side) == RefOf(*item.expression); };
      const auto found = std::find_if(keys.begin() + static_cast<std::ptrdiff_t>(placed), keys.end(), [&](const HashKey& key) {
        return names(key.outer) || (join.join == JoinKind::kInner && names(key.inner));
      });
      if (found == keys.end()) break;
      std::iter_swap(keys.begin() + static_cast<std::ptrdiff_t>(placed), found);
      orders[placed++] = item.order;
    }
    if (placed == 0 || join.join == JoinKind::kRight || join.join == JoinKind::kFull) return std::nullopt;
  }
  ColumnSet below = required;
  for (const ExprRef& condition : join.conditions) below.AddFrom(condition);
  for (const ExprRef& condition : filter) below.AddFrom(condition);
  const double rows = estimator_.Rows(join);
  const double limit = ordering != nullptr && ordering->limit >= 0 ? ordering->limit / std::max(1.0, rows) : -1;
  const auto side = [&](LogicalNode& node, bool outer) {
    std::vector<ExprRef> columns;
    for (const HashKey& key : keys) columns.push_back(outer ? key.outer : key.inner);
    const bool computed = std::any_of(columns.begin(), columns.end(), [](const ExprRef& key) { return key->kind != ExprKind::kColumn; });
    std::vector<sql::SortItem> items;
    Lowered input;
    if (computed) input = WithColumns(Lower(node, below), &columns);
    for (size_t i = 0; i < columns.size(); ++i) items.push_back({columns[i], orders[i]});
    // Of both sides the same share is read before the first rows are there.
    const double first = limit >= 0 ? limit * estimator_.Rows(node) : -1;
    input = computed ? SortBy(std::move(input), items) : SortedInput(node, below, {items, first}, true);
    return std::pair{std::move(input), std::move(items)};
  };
  auto [outer, outer_items] = side(*join.children[0], true);
  auto [inner, inner_items] = side(*join.children[1], false);
  auto node = std::make_unique<MergeJoinNode>();
  node->join = join.join;
  const auto slot_of = [](const Lowered& input, const ExprRef& column) { return SortKeys(input, {{column, SortOrder{}}})[0].slot; };
  for (size_t i = 0; i < keys.size(); ++i) {
    node->outer_keys.push_back(slot_of(outer, outer_items[i].expression));
    node->inner_keys.push_back(slot_of(inner, inner_items[i].expression));
    node->orders.push_back(orders[i]);
  }
  std::vector<Column> pair = outer.layout;
  pair.insert(pair.end(), inner.layout.begin(), inner.layout.end());
  if (!residual.empty()) node->residual = ToSlots(sql::MakeAnd(residual), pair);
  const bool hides_inner = join.join == JoinKind::kSemi || join.join == JoinKind::kAnti;
  std::vector<Column> raw = hides_inner ? outer.layout : pair;
  if (!filter.empty()) node->filter = ToSlots(sql::MakeAnd(filter), raw);
  node->startup_cost = outer.node->startup_cost + inner.node->startup_cost;
  node->total_cost = outer.node->total_cost + inner.node->total_cost + cost_.MergeJoin(outer.node->rows, inner.node->rows, rows) +
                     cost_.Penalty(settings_.enable_mergejoin);
  const bool ordered = join.join != JoinKind::kRight && join.join != JoinKind::kFull;
  node->children.push_back(std::move(outer.node));
  node->children.push_back(std::move(inner.node));
  Lowered done = Finish(std::move(node), std::move(raw), required, rows);
  if (ordered) {
    for (size_t i = 0; i < keys.size(); ++i) done.order.push_back({RefOf(*outer_items[i].expression), orders[i], false});
    // Of matching rows the keys are equal: who wants the inner ones in order has them too.
    if (join.join == JoinKind::kInner && ordering != nullptr) {
      for (size_t i = 0; i < keys.size() && i < ordering->items.size(); ++i) {
        const ExprRef& wanted = ordering->items[i].expression;
        if (inner_items[i].expression->kind == ExprKind::kColumn && RefOf(*wanted) == RefOf(*inner_items[i].expression)) done.order[i].ref = RefOf(*wanted);
      }
    }
  }
  return done;
}

std::optional<Lowered> Lowering::LowerOrderedJoin(Join& join, const std::vector<ExprRef>& filter, const ColumnSet& required, const Ordering& ordering, double rows) {
  if (join.dependent) return std::nullopt;
  const double share = ordering.limit >= 0 ? std::min(1.0, ordering.limit / std::max(1.0, rows)) : 1;
  std::optional<Lowered> best;
  double best_cost = 0;
  const auto consider = [&](std::optional<Lowered> candidate) {
    if (!candidate.has_value() || SortedBy(*candidate, ordering.items) == 0) return;
    const double cost = candidate->node->startup_cost + (candidate->node->total_cost - candidate->node->startup_cost) * share;
    if (best.has_value() && cost >= best_cost) return;
    best_cost = cost;
    best = std::move(candidate);
  };
  consider(LowerMergeJoin(join, filter, required, &ordering));
  // A nested loop has the order of its outer side, of which it reads as much as the limit asks for.
  const auto loop = [&](LogicalNode& outer, LogicalNode& inner) {
    Ordering of_outer = ordering;
    if (ordering.limit >= 0) of_outer.limit = std::max(1.0, share * estimator_.Rows(outer));
    consider(LowerIndexJoin(join, join.join, outer, inner, filter, required, std::numeric_limits<double>::infinity(), &of_outer));
  };
  loop(*join.children[0], *join.children[1]);
  if (join.join == JoinKind::kInner) loop(*join.children[1], *join.children[0]);
  return best;
}

}  // namespace gather::planner
