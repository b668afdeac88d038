// Ordered inputs: which order a plan's rows are in, what it takes to have them in another, and plans that bring the order along: scans of
// indexes, nested loops and merge joins over them, merged UNION ALL.
#include <algorithm>
#include <cmath>

#include "planner/physical/lowering.h"

namespace gather::planner {

namespace {

// A child in the order of its keys is somebody's, who said so; the rest of the chain up to him must keep it.
void Rely(PlanNode& node, std::vector<SortKey> keys);

// Keys that are slots of `node`'s output.
void RelyOnOutput(PlanNode& node, std::vector<SortKey> keys) {
  for (SortKey& key : keys) {
    if (node.projection.empty()) continue;
    if (node.projection[key.slot]->kind != ExprKind::kSlot) return;
    key.slot = node.projection[key.slot]->index;
  }
  Rely(node, std::move(keys));
}

void Rely(PlanNode& node, std::vector<SortKey> keys) {
  node.order = keys;
  switch (node.kind) {
    case NodeKind::kIndexScan: static_cast<IndexScanNode&>(node).ordered = true; break;
    case NodeKind::kResult: case NodeKind::kLimit: case NodeKind::kUnique: case NodeKind::kWindowAgg: case NodeKind::kNestedLoop: case NodeKind::kLockRows:
      if (!node.children.empty()) RelyOnOutput(*node.children[0], std::move(keys));
      break;
    default: break;                                    // makes the order itself
  }
}

}  // namespace

const ExprRef& SameOrder(const ExprRef& expr) {
  const auto is_bytes = [](const ExprRef& of) { return of->type.oid == type_oid::kText || of->type.oid == type_oid::kVarchar; };
  const ExprRef* at = &expr;
  while ((*at)->kind == ExprKind::kRelabel && is_bytes(*at) && is_bytes((*at)->children[0])) at = &(*at)->children[0];
  return *at;
}

std::vector<SortKey> OutputOrder(const PlanNode& node) {
  if (node.projection.empty()) return node.order;
  std::vector<SortKey> keys;
  for (const SortKey& key : node.order) {
    const auto found = std::find_if(node.projection.begin(), node.projection.end(),
                                    [&](const ExprRef& expr) { return expr->kind == ExprKind::kSlot && expr->index == key.slot; });
    if (found == node.projection.end()) return {};
    keys.push_back({static_cast<uint32_t>(found - node.projection.begin()), key.order});
  }
  return keys;
}

bool IsOrderKept(const PlanNode& below, const PlanNode& above) { return below.order.empty() || !above.order.empty(); }

size_t Lowering::SortedBy(const Lowered& input, const std::vector<sql::SortItem>& items) {
  size_t at = 0, satisfied = 0;
  for (const sql::SortItem& item : items) {
    const ExprRef& wanted = SameOrder(item.expression);
    if (wanted->kind != ExprKind::kColumn) break;
    const ColumnRef ref = RefOf(*wanted);
    const auto before = input.order.begin() + static_cast<std::ptrdiff_t>(at);
    bool known = std::any_of(input.order.begin(), before, [ref](const OrderedColumn& column) { return column.ref == ref; }) ||
                 std::any_of(input.order.begin(), input.order.end(), [ref](const OrderedColumn& column) { return column.fixed && column.ref == ref; });
    if (!known) {
      while (at < input.order.size() && input.order[at].fixed) ++at;
      known = at < input.order.size() && input.order[at].ref == ref && input.order[at].order.descending == item.order.descending &&
              input.order[at].order.nulls_first == item.order.nulls_first;
      if (known) ++at;
    }
    if (!known) break;
    ++satisfied;
  }
  return satisfied;
}

std::vector<SortKey> Lowering::SortKeys(const Lowered& input, const std::vector<sql::SortItem>& items) {
  std::vector<SortKey> keys;
  for (const sql::SortItem& item : items) {
    const ExprRef& column = SameOrder(item.expression);
    uint32_t slot = 0;
    while (slot < input.layout.size() && input.layout[slot].ref != RefOf(*column)) ++slot;
    if (slot == input.layout.size()) ThrowInternal("a sort column is not produced below where it is used");
    const bool again = std::any_of(keys.begin(), keys.end(), [slot](const SortKey& key) { return key.slot == slot; });
    if (!again) keys.push_back({slot, item.order});
  }
  return keys;
}

void Lowering::RelyOnOrder(Lowered& input, const std::vector<sql::SortItem>& items) { RelyOnOutput(*input.node, SortKeys(input, items)); }

double Lowering::SortCost(const Lowered& input, const std::vector<sql::SortItem>& items, size_t presorted, double* startup) {
  const double rows = input.node->rows;
  if (presorted == 0 || !settings_.enable_incremental_sort) {
    *startup = input.node->total_cost + cost_.Sort(rows) + cost_.Penalty(settings_.enable_sort);
    return *startup + rows * cost_.ScanRow();
  }
  std::vector<ExprRef> prefix;
  for (size_t i = 0; i < presorted; ++i) prefix.push_back(items[i].expression);
  const double groups = std::clamp(estimator_.Groups(prefix, rows), 1.0, std::max(1.0, rows));
  const double each = cost_.Sort(rows / groups) + cost_.Operator() * rows / groups;
  *startup = input.node->startup_cost + (input.node->total_cost - input.node->startup_cost) / groups + each;
  return input.node->total_cost + groups * each + rows * cost_.HashRow();
}

Lowered Lowering::SortBy(Lowered input, const std::vector<sql::SortItem>& items) {
  const size_t presorted = SortedBy(input, items);
  if (presorted == items.size()) {
    RelyOnOrder(input, items);
    return input;
  }
  const bool incremental = presorted > 0 && settings_.enable_incremental_sort;
  double startup = 0;
  const double total = SortCost(input, items, presorted, &startup);
  PlanNodePtr node;
  std::vector<SortKey> keys = SortKeys(input, items);
  if (incremental) {
    const std::vector<sql::SortItem> prefix(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(presorted));
    RelyOnOrder(input, prefix);
    auto sort = std::make_unique<IncrementalSortNode>();
    sort->presorted = static_cast<uint32_t>(SortKeys(input, prefix).size());
    sort->keys = std::move(keys);
    node = std::move(sort);
  } else {
    auto sort = std::make_unique<SortNode>();
    sort->keys = std::move(keys);
    node = std::move(sort);
  }
  node->startup_cost = startup;
  node->total_cost = total;
  node->rows = input.node->rows;
  node->output = input.node->output;
  node->width = input.node->width;
  node->children.push_back(std::move(input.node));
  input.node = std::move(node);
  input.order.clear();
  for (const sql::SortItem& item : items) input.order.push_back({RefOf(*SameOrder(item.expression)), item.order, false});
  return input;
}

Lowered Lowering::WithColumns(Lowered input, std::vector<ExprRef>* keys) {
  std::vector<Item> items;
  for (const Column& column : input.layout) items.push_back({column.ref, MakeColumn(column), column.name});
  const size_t before = items.size();
  const RelId relation = planning_.NewRelation();
  for (ExprRef& key : *keys) {
    if (SameOrder(key)->kind == ExprKind::kColumn) continue;
    items.push_back({{relation, static_cast<uint32_t>(items.size() - before)}, key, ""});
    key = MakeColumn(ColumnOf(items.back()));
  }
  return items.size() == before ? std::move(input) : Compute(std::move(input), items);
}

double Lowering::CostOfFirst(const PlanNode& node, double limit) {
  const double share = limit >= 0 ? std::min(1.0, limit / std::max(1.0, node.rows)) : 1;
  return node.startup_cost + (node.total_cost - node.startup_cost) * share;
}

Lowered Lowering::SortedInput(LogicalNode& node, const ColumnSet& required, const Ordering& ordering, bool first_counts) {
  std::optional<Lowered> ordered = LowerOrdered(node, required, ordering);
  Lowered sorted = SortBy(Lower(node, required), ordering.items);
  if (!ordered.has_value()) return sorted;
  *ordered = SortBy(std::move(*ordered), ordering.items);
  const double limit = first_counts ? ordering.limit : -1;
  return CostOfFirst(*ordered->node, limit) < CostOfFirst(*sorted.node, limit) ? std::move(*ordered) : std::move(sorted);
}

std::optional<Lowered> Lowering::LowerOrdered(LogicalNode& node, const ColumnSet& required, const Ordering& ordering) {
  switch (node.kind) {
    case LogicalKind::kProject: {
      auto& project = As<Project>(node);
      ColumnMap map;
      ColumnSet below;
      for (const Item& item : project.items) {
        if (IsVolatile(item.expression)) return std::nullopt;
        map[item.out] = item.expression;
        if (required.Contains(item.out)) below.AddFrom(item.expression);
      }
      Ordering inner = ordering;
      for (sql::SortItem& item : inner.items) {
        item.expression = Substitute(item.expression, map);
        below.AddFrom(item.expression);
      }
      std::optional<Lowered> input = LowerOrdered(*project.children[0], below, inner);
      if (!input.has_value()) return std::nullopt;
      std::vector<Item> items;
      for (const Item& item : project.items) {
        if (required.Contains(item.out)) items.push_back(item);
      }
      if (items.empty()) return std::nullopt;
      return Compute(std::move(*input), items);
    }
    case LogicalKind::kFilter: {
      auto& filter = As<Filter>(node);
      for (const ExprRef& condition : filter.conditions) {
        if (!HasColumns(condition)) return std::nullopt;
      }
      LogicalNode& child = *filter.children[0];
      if (child.kind == LogicalKind::kGet) return LowerOrderedGet(As<Get>(child), filter.conditions, required, ordering);
      if (child.kind == LogicalKind::kJoin) return LowerOrderedJoin(As<Join>(child), filter.conditions, required, ordering, estimator_.Rows(node));
      if (child.kind != LogicalKind::kAggregate) return std::nullopt;
      ColumnSet below = required;
      for (const ExprRef& condition : filter.conditions) below.AddFrom(condition);
      std::optional<Lowered> groups = LowerOrdered(child, below, ordering);
      if (groups.has_value()) groups = AddFilter(std::move(*groups), filter.conditions, estimator_.Rows(node));
      return groups;
    }
    case LogicalKind::kGet: return LowerOrderedGet(As<Get>(node), {}, required, ordering);
    case LogicalKind::kJoin: return LowerOrderedJoin(As<Join>(node), {}, required, ordering, estimator_.Rows(node));
    case LogicalKind::kSetOp: return LowerOrderedUnion(As<SetOp>(node), required, ordering);
    case LogicalKind::kAggregate: return LowerSortedAggregate(As<Aggregate>(node), required, &ordering);
    case LogicalKind::kDistinct: return LowerSortedDistinct(As<Distinct>(node), required, &ordering);
    default: return std::nullopt;
  }
}

std::optional<Lowered> Lowering::LowerOrderedGet(const Get& get, const std::vector<ExprRef>& conditions, const ColumnSet& required, const Ordering& ordering) {
  if (get.relation->kind != sql::RelationKind::kTable) return std::nullopt;
  const catalog::RelationEntry& table = *get.relation->table;
  if (table.indexes.empty()) return std::nullopt;
  const double table_rows = estimator_.TableRows(table);
  const double rows = table_rows * estimator_.Selectivity(conditions, &get);
  std::optional<Lowered> best;
  double best_cost = 0;
  for (IndexMatch& match : MatchIndexes(get, conditions, {})) {
    if (match.used.empty()) match.rows = table_rows;
    for (const bool backward : {false, true}) {
      Lowered scan = MakeIndexScan(get, match, conditions, required, rows, backward);
      const size_t presorted = SortedBy(scan, ordering.items);
      const bool real = presorted != 0 && !std::all_of(scan.order.begin(), scan.order.end(), [](const OrderedColumn& column) { return column.fixed; });
      if (!real && !(presorted == ordering.items.size())) continue;
      double startup = scan.node->startup_cost, total = scan.node->total_cost;
      if (presorted < ordering.items.size()) total = SortCost(scan, ordering.items, presorted, &startup);
      const double share = ordering.limit >= 0 ? std::min(1.0, ordering.limit / std::max(1.0, rows)) : 1;
      const double cost = startup + (total - startup) * share;
      if (best.has_value() && cost >= best_cost) continue;
      best = std::move(scan);
      best_cost = cost;
    }
  }
  return best;
}

std::optional<Lowered> Lowering::LowerOrderedUnion(SetOp& operation, const ColumnSet& required, const Ordering& ordering) {
  if (operation.operation != sql::SetOperation::kUnion || !operation.all) return std::nullopt;
  std::vector<Column> output;
  std::vector<size_t> kept;
  ColumnSet outputs;
  for (size_t i = 0; i < operation.output.size(); ++i) {
    if (!required.Contains(operation.output[i].ref)) continue;
    output.push_back(operation.output[i]);
    outputs.Add(operation.output[i].ref);
    kept.push_back(i);
  }
  auto merge = std::make_unique<MergeAppendNode>();
  bool any = false;
  double rows = 0;
  for (size_t child = 0; child < operation.children.size(); ++child) {
    ColumnSet below;
    std::vector<Column> columns;
    for (size_t i : kept) {
      columns.push_back(operation.inputs[child][i]);
      below.Add(columns.back().ref);
    }
    Ordering inner = ordering;
    for (sql::SortItem& item : inner.items) {
      const ExprRef& wanted = SameOrder(item.expression);
      if (wanted->kind != ExprKind::kColumn) return std::nullopt;
      size_t at = 0;
      while (at < output.size() && output[at].ref != RefOf(*wanted)) ++at;
      if (at == output.size()) return std::nullopt;
      item.expression = MakeColumn(columns[at]);
    }
    any = any || LowerOrdered(*operation.children[child], below, inner).has_value();
    PlanNodePtr node = Arrange(SortedInput(*operation.children[child], below, inner, true), columns);
    rows += node->rows;
    merge->startup_cost += node->startup_cost;
    merge->total_cost += node->total_cost;
    merge->children.push_back(std::move(node));
  }
  if (!any) return std::nullopt;
  merge->total_cost += rows * cost_.HashRow();
  Lowered all = Finish(std::move(merge), output, outputs, rows);
  static_cast<MergeAppendNode&>(*all.node).keys = SortKeys(all, ordering.items);
  for (const sql::SortItem& item : ordering.items) all.order.push_back({RefOf(*SameOrder(item.expression)), item.order, false});
  return all;
}

}  // namespace gather::planner
