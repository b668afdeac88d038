// Bitmap scans: where rows that one or several indexes lead to lie scattered over the table, their ids are collected first, so that each vector is
// decoded once. OR of conditions on different columns can use indexes in no other way.
#include <algorithm>
#include <cmath>

#include "planner/physical/lowering.h"

namespace gather::planner {

namespace {

// The printed form of a condition of several branches: each branch's own, joined.
ExprRef Joined(const std::vector<ExprRef>& parts, bool any) { return any ? MakeOr(parts) : sql::MakeAnd(parts); }

}  // namespace

// What of `conditions` one index answers best: the branch of an OR, or one conjunct; none: no index does.
std::optional<Lowering::Bitmap> Lowering::IndexBitmap(const Get& get, const std::vector<ExprRef>& conditions) {
  std::optional<Bitmap> best;
  for (const IndexMatch& match : MatchIndexes(get, conditions, {})) {
    if (match.used.empty()) continue;
    auto node = std::make_unique<BitmapIndexScanNode>();
    static_cast<IndexCondition&>(*node) = ConditionOf(match);
    node->table = get.relation->table;
    node->rows = std::max(1.0, match.rows);
    node->startup_cost = node->total_cost = cost_.BitmapIndexScan(node->rows, std::max<size_t>(1, match.any.size()));
    Bitmap bitmap;
    bitmap.rows = node->rows;
    bitmap.cost = node->total_cost;
    bitmap.condition = node->condition;
    bitmap.used = match.used;
    bitmap.node = std::move(node);
    if (!best.has_value() || bitmap.rows < best->rows || (bitmap.rows == best->rows && bitmap.cost < best->cost)) best = std::move(bitmap);
  }
  return best;
}

std::optional<Lowering::Bitmap> Lowering::OrBitmap(const Get& get, const ExprRef& condition) {
  if (condition->kind != ExprKind::kOr) return std::nullopt;
  const double table_rows = estimator_.TableRows(*get.relation->table);
  std::vector<Bitmap> parts;
  for (const ExprRef& branch : condition->children) {
    std::optional<Bitmap> part = BestBitmap(get, Conjuncts(branch));
    if (!part.has_value()) return std::nullopt;
    // What the index leaves open is asked again of every row.
    parts.push_back(std::move(*part));
  }
  Bitmap all;
  auto node = std::make_unique<BitmapOrNode>();
  std::vector<ExprRef> printed;
  for (Bitmap& part : parts) {
    all.rows += part.rows;
    all.cost += part.cost;
    printed.push_back(part.condition);
    node->children.push_back(std::move(part.node));
  }
  all.rows = std::min(all.rows, table_rows);
  all.condition = Joined(printed, true);
  // The bitmap answers the whole OR if each branch is answered whole.
  bool whole = true;
  for (size_t i = 0; i < parts.size(); ++i) whole = whole && parts[i].used.size() == Conjuncts(condition->children[i]).size();
  if (whole) all.used = {condition};
  node->rows = all.rows;
  node->startup_cost = node->total_cost = all.cost;
  all.node = std::move(node);
  return all;
}

std::optional<Lowering::Bitmap> Lowering::BestBitmap(const Get& get, const std::vector<ExprRef>& conditions) {
  const double table_rows = std::max(1.0, estimator_.TableRows(*get.relation->table));
  // The indexes' own answers, one after the other, each to conditions that are left; then the ORs'.
  std::vector<Bitmap> candidates;
  std::vector<ExprRef> left = conditions;
  const auto without = [&left](const std::vector<ExprRef>& used) {
    std::erase_if(left, [&](const ExprRef& condition) { return std::find(used.begin(), used.end(), condition) != used.end(); });
  };
  while (std::optional<Bitmap> next = IndexBitmap(get, left)) {
    without(next->used);
    candidates.push_back(std::move(*next));
  }
  for (const ExprRef& condition : std::vector<ExprRef>(left)) {
    if (std::optional<Bitmap> next = OrBitmap(get, condition)) candidates.push_back(std::move(*next));
  }
  if (candidates.empty()) return std::nullopt;
  std::stable_sort(candidates.begin(), candidates.end(), [](const Bitmap& a, const Bitmap& b) { return a.rows < b.rows; });
  // A further index pays while it costs less than the vectors it spares.
  std::vector<Bitmap> chosen;
  chosen.push_back(std::move(candidates[0]));
  double rows = chosen[0].rows;
  for (size_t i = 1; i < candidates.size(); ++i) {
    const double fewer = rows * candidates[i].rows / table_rows;
    if (cost_.BitmapHeapScan(rows, table_rows) - cost_.BitmapHeapScan(fewer, table_rows) <= candidates[i].cost) continue;
    rows = fewer;
    chosen.push_back(std::move(candidates[i]));
  }
  if (chosen.size() == 1) return std::move(chosen[0]);
  Bitmap all;
  auto node = std::make_unique<BitmapAndNode>();
  std::vector<ExprRef> printed;
  for (Bitmap& part : chosen) {
    all.cost += part.cost;
    printed.push_back(part.condition);
    all.used.insert(all.used.end(), part.used.begin(), part.used.end());
    node->children.push_back(std::move(part.node));
  }
  all.rows = std::max(1.0, rows);
  all.condition = Joined(printed, false);
  node->rows = all.rows;
  node->startup_cost = node->total_cost = all.cost;
  all.node = std::move(node);
  return all;
}

std::optional<Lowered> Lowering::LowerBitmap(const Get& get, const std::vector<ExprRef>& conditions, const ColumnSet& required, double rows) {
  if (get.relation->table->indexes.empty()) return std::nullopt;
  std::optional<Bitmap> bitmap = BestBitmap(get, conditions);
  if (!bitmap.has_value()) return std::nullopt;
  auto scan = std::make_unique<BitmapScanNode>();
  scan->table = get.relation->table;
  scan->alias = get.relation->alias;
  scan->condition = bitmap->condition;
  scan->entries = bitmap->rows;
  std::vector<ExprRef> rest;
  for (const ExprRef& condition : conditions) {
    if (std::find(bitmap->used.begin(), bitmap->used.end(), condition) == bitmap->used.end()) rest.push_back(condition);
  }
  std::vector<Column> layout;
  uint32_t first = 0;
  scan->columns = ScanColumns(get, rest, required, &layout, &first);
  if (!rest.empty()) scan->filter = ToSlots(sql::MakeAnd(rest), layout);
  scan->startup_cost = bitmap->cost;
  scan->total_cost = bitmap->cost + cost_.BitmapHeapScan(bitmap->rows, estimator_.TableRows(*scan->table)) +
                     bitmap->rows * cost_.Operator() * OperatorsOf(rest) + cost_.Penalty(settings_.enable_bitmapscan);
  scan->children.push_back(std::move(bitmap->node));
  return Finish(std::move(scan), std::move(layout), required, rows);
}

}  // namespace gather::planner
