// Scans of base relations.
#include <algorithm>

#include "catalog/system_view.h"
#include "planner/physical/lowering.h"
#include "types/error.h"

namespace gather::planner {

namespace {

Column GetColumn(const Get& get, uint32_t index) {
  const sql::Relation& relation = *get.relation;
  Column column{{get.id, index}, relation.column_types[index], kInvalidOid, relation.column_names[index]};
  if (relation.table != nullptr && index < relation.table->columns.size()) column.collation = relation.table->columns[index].collation;
  return column;
}

std::optional<storage::ZoneFilter::Op> ZoneOperator(std::string_view name, bool commuted) {
  using Op = storage::ZoneFilter::Op;
  if (name == "=") return Op::kEqual;
  if (name == "<") return commuted ? Op::kGreater : Op::kLess;
  if (name == "<=") return commuted ? Op::kGreaterEqual : Op::kLessEqual;
  if (name == ">") return commuted ? Op::kLess : Op::kGreater;
  if (name == ">=") return commuted ? Op::kLessEqual : Op::kGreaterEqual;
  return std::nullopt;
}

}  // namespace

std::vector<ScanColumnRef> Lowering::ScanColumns(const Get& get, const std::vector<ExprRef>& first, const ColumnSet& required,
                                                 std::vector<Column>* layout, uint32_t* first_columns) const {
  std::vector<ScanColumnRef> columns;
  ColumnSet done;
  const catalog::RelationEntry& table = *get.relation->table;
  const auto add = [&](ColumnRef ref) {
    if (ref.relation != get.id || done.Contains(ref)) return;
    done.Add(ref);
    const Column column = GetColumn(get, ref.index);
    ScanColumnRef scanned;
    scanned.type = column.type;
    scanned.name = column.name;
    if (ref.index < table.columns.size()) {
      scanned.column = table.columns[ref.index].id;
    } else {
      scanned.system = ref.index == table.columns.size() ? ScanColumnRef::System::kCtid : ScanColumnRef::System::kTableOid;
    }
    columns.push_back(std::move(scanned));
    layout->push_back(column);
  };
  for (const ExprRef& condition : first) {
    sql::Walk(condition, [&add](const Expr& node) {
      if (node.kind == ExprKind::kColumn) add(RefOf(node));
      return true;
    });
  }
  *first_columns = static_cast<uint32_t>(columns.size());
  for (ColumnRef ref : required) add(ref);
  return columns;
}

Lowered Lowering::LowerSystemView(const Get& get, const std::vector<ExprRef>& conditions, const ColumnSet& required, double rows) {
  auto scan = std::make_unique<SystemViewScanNode>();
  scan->view = get.relation->table->system_view;
  scan->alias = get.relation->alias;
  scan->parallel_safe = false;                         // views look at the session
  std::vector<Column> layout;
  ColumnSet needed = required;
  for (const ExprRef& condition : conditions) needed.AddFrom(condition);
  for (ColumnRef ref : needed) {
    if (ref.relation != get.id) continue;
    scan->columns.push_back(ref.index);
    layout.push_back(GetColumn(get, ref.index));
  }
  if (!conditions.empty()) scan->filter = ToSlots(sql::MakeAnd(conditions), layout);
  scan->total_cost = rows * cost_.ScanRow();
  return Finish(std::move(scan), std::move(layout), required, rows);
}

Lowered Lowering::MakeSeqScan(const Get& get, const std::vector<ExprRef>& conditions, const ColumnSet& required, double rows) {
  auto scan = std::make_unique<SeqScanNode>();
  scan->table = get.relation->table;
  scan->alias = get.relation->alias;
  std::vector<Column> layout;
  scan->columns = ScanColumns(get, conditions, required, &layout, &scan->filter_columns);
  if (!conditions.empty()) scan->filter = ToSlots(sql::MakeAnd(conditions), layout);
  const auto position = [&](const ExprRef& expr) -> int {
    const ExprRef& column = StripRelabel(expr);
    if (column->kind != ExprKind::kColumn || column->relation != get.id || column->index >= scan->table->columns.size()) return -1;
    for (uint32_t i = 0; i < layout.size(); ++i) {
      if (layout[i].ref == RefOf(*column)) return static_cast<int>(i);
    }
    return -1;
  };
  for (const ExprRef& condition : conditions) {
    using Op = storage::ZoneFilter::Op;
    if (condition->kind == ExprKind::kIsNull || condition->kind == ExprKind::kIsNotNull) {
      if (const int at = position(condition->children[0]); at >= 0) {
        scan->zone_conditions.push_back({static_cast<uint32_t>(at), condition->kind == ExprKind::kIsNull ? Op::kIsNull : Op::kIsNotNull, nullptr});
      }
      continue;
    }
    if (condition->kind != ExprKind::kFunction || condition->op == nullptr || condition->children.size() != 2) continue;
    for (const bool commuted : {false, true}) {
      const ExprRef& column = condition->children[commuted ? 1 : 0];
      const ExprRef& value = condition->children[commuted ? 0 : 1];
      const int at = position(column);
      if (at < 0 || HasColumns(value) || IsVolatile(value)) continue;
      const auto op = ZoneOperator(condition->op->name, commuted);
      if (!op.has_value()) continue;
      if (ExprRef converted = KeyValue(value, layout[static_cast<size_t>(at)].type, planning_.context.functions)) {
        scan->zone_conditions.push_back({static_cast<uint32_t>(at), *op, std::move(converted)});
      }
    }
  }
  const double table_rows = estimator_.TableRows(*scan->table);
  scan->total_cost = cost_.SeqScan(table_rows, static_cast<double>(scan->columns.size()), static_cast<double>(conditions.size())) +
                     cost_.Penalty(settings_.enable_seqscan);
  return Finish(std::move(scan), std::move(layout), required, rows);
}

Lowered Lowering::MakeIndexScan(const Get& get, const IndexMatch& match, const std::vector<ExprRef>& conditions, const ColumnSet& required, double rows) {
  auto scan = std::make_unique<IndexScanNode>();
  scan->table = get.relation->table;
  scan->index = match.index;
  scan->alias = get.relation->alias;
  scan->equal = match.equal;
  scan->lower = match.lower;
  scan->upper = match.upper;
  scan->lower_inclusive = match.lower_inclusive;
  scan->upper_inclusive = match.upper_inclusive;
  std::vector<ExprRef> rest;
  for (const ExprRef& condition : conditions) {
    if (std::find(match.used.begin(), match.used.end(), condition) == match.used.end()) rest.push_back(condition);
  }
  std::vector<Column> layout;
  uint32_t first = 0;
  scan->columns = ScanColumns(get, rest, required, &layout, &first);
  if (!rest.empty()) scan->filter = ToSlots(sql::MakeAnd(rest), layout);
  if (!match.used.empty()) scan->condition = sql::MakeAnd(match.used);  // in columns: the caller turns outer columns into slots
  const double entries = std::max(1.0, match.rows);
  scan->startup_cost = cost_.Descent() * 0.5;
  scan->total_cost = cost_.IndexScan(entries, match.together) + entries * cost_.Operator() * static_cast<double>(rest.size()) + cost_.Penalty(settings_.enable_indexscan);
  return Finish(std::move(scan), std::move(layout), required, rows);
}

Lowered Lowering::LowerGet(const Get& get, std::vector<ExprRef> conditions, const ColumnSet& required, double rows) {
  if (get.relation->kind == sql::RelationKind::kSystemView) return LowerSystemView(get, conditions, required, rows);
  std::vector<IndexMatch> matches = MatchIndexes(get, conditions, {});
  Lowered best;
  for (const IndexMatch& match : matches) {
    if (match.used.empty()) continue;
    const double found = match.unique ? 1 : rows;
    Lowered scan = MakeIndexScan(get, match, conditions, required, found);
    if (best.node == nullptr || scan.node->total_cost < best.node->total_cost) best = std::move(scan);
    // A unique key always wins: whatever the statistics say, it is one row.
    if (match.unique && settings_.enable_indexscan) return best;
  }
  Lowered seq = MakeSeqScan(get, conditions, required, rows);
  if (best.node == nullptr || seq.node->total_cost <= best.node->total_cost) return seq;
  return best;
}

std::optional<Lowered> Lowering::LowerOrdered(LogicalNode& node, const ColumnSet& required, const Ordering& ordering) {
  // Down through projections to one table: the wanted order in its columns.
  LogicalNode* at = &node;
  std::vector<sql::SortItem> items = ordering.items;
  std::vector<Project*> projects;
  while (at->kind == LogicalKind::kProject) {
    auto& project = As<Project>(*at);
    ColumnMap map;
    for (const Item& item : project.items) map[item.out] = item.expression;
    for (sql::SortItem& item : items) item.expression = Substitute(item.expression, map);
    projects.push_back(&project);
    at = project.children[0].get();
  }
  std::vector<ExprRef> conditions;
  if (at->kind == LogicalKind::kFilter) {
    conditions = As<Filter>(*at).conditions;
    at = at->children[0].get();
  }
  if (at->kind != LogicalKind::kGet || As<Get>(*at).relation->kind != sql::RelationKind::kTable) return std::nullopt;
  const auto& get = As<Get>(*at);
  for (const ExprRef& condition : conditions) {
    if (!HasColumns(condition)) return std::nullopt;
  }
  const catalog::RelationEntry& table = *get.relation->table;
  const double table_rows = estimator_.TableRows(table);
  const double rows = table_rows * estimator_.Selectivity(conditions, &get);
  std::optional<Lowered> best;
  for (IndexMatch& match : MatchIndexes(get, conditions, {})) {
    const catalog::IndexEntry& index = *match.index->index;
    // Key columns fixed by equality do not matter for the order; the rest must be the sort items, all forward or all backward.
    bool backward = false, fits = true;
    size_t key = match.equal.size();
    for (size_t i = 0; i < items.size() && fits; ++i) {
      const ExprRef& wanted = StripRelabel(items[i].expression);
      if (wanted->kind != ExprKind::kColumn || wanted->relation != get.id || wanted->index >= table.columns.size()) { fits = false; break; }
      const ColumnId column = table.columns[wanted->index].id;
      bool fixed = false;
      for (size_t k = 0; k < match.equal.size(); ++k) fixed = fixed || index.columns[k].column == column;
      if (fixed) continue;
      if (key >= index.columns.size() || index.columns[key].column != column) { fits = false; break; }
      const SortOrder have = index.columns[key].order, want = items[i].order;
      const bool same = have.descending == want.descending && have.nulls_first == want.nulls_first;
      const bool reverse = have.descending != want.descending && have.nulls_first != want.nulls_first;
      if (key == match.equal.size()) backward = reverse;
      fits = backward ? reverse : same;
      ++key;
    }
    if (!fits || key == match.equal.size()) continue;
    if (match.used.empty()) match.rows = table_rows;
    ColumnSet below = required;
    if (!projects.empty()) {
      below = ColumnSet();
      for (const Item& item : projects.back()->items) below.AddFrom(item.expression);
    }
    Lowered scan = MakeIndexScan(get, match, conditions, below, rows);
    auto& node = static_cast<IndexScanNode&>(*scan.node);
    node.ordered = true;
    node.backward = backward;
    for (auto project = projects.rbegin(); project != projects.rend(); ++project) scan = Compute(std::move(scan), (*project)->items);
    if (!best.has_value() || scan.node->total_cost < best->node->total_cost) best = std::move(scan);
  }
  if (!best.has_value()) return std::nullopt;
  // Against scanning everything and sorting it (or keeping the first few).
  const double scanned = cost_.SeqScan(table_rows, static_cast<double>(best->layout.size()), static_cast<double>(conditions.size()));
  const double share = ordering.limit >= 0 ? std::min(1.0, ordering.limit / std::max(1.0, rows)) : 1;
  const double sorted = scanned + (ordering.limit >= 0 ? rows * cost_.Operator() : cost_.Sort(rows)) + cost_.Penalty(settings_.enable_sort) +
                        cost_.Penalty(settings_.enable_seqscan);
  const double indexed = best->node->startup_cost + (best->node->total_cost - best->node->startup_cost) * share;
  if (indexed >= sorted) return std::nullopt;
  return best;
}

}  // namespace gather::planner
