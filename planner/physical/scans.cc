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

// Every one of the columns can be read out of an entry's key: Index Only Scan.
bool KeysHold(const catalog::IndexEntry& index, const std::vector<ScanColumnRef>& columns, std::vector<uint32_t>* positions) {
  uint32_t last = 0;
  for (const ScanColumnRef& column : columns) {
    if (column.system != ScanColumnRef::System::kNone) return false;
    const auto found = std::find_if(index.columns.begin(), index.columns.end(), [&](const catalog::IndexColumn& key) { return key.column == column.column; });
    if (found == index.columns.end()) return false;
    positions->push_back(static_cast<uint32_t>(found - index.columns.begin()));
    last = std::max(last, positions->back() + 1);
  }
  // What lies before the last one is read past.
  return std::all_of(index.columns.begin(), index.columns.begin() + last, [](const catalog::IndexColumn& key) { return SortKeyHoldsValue(key.type); });
}

}  // namespace

IndexCondition Lowering::ConditionOf(const IndexMatch& match) {
  IndexCondition condition;
  condition.index = match.index;
  condition.equal = match.equal;
  condition.any = match.any;
  condition.any_at = match.any_at;
  condition.lower = match.lower;
  condition.upper = match.upper;
  condition.lower_inclusive = match.lower_inclusive;
  condition.upper_inclusive = match.upper_inclusive;
  if (!match.used.empty()) condition.condition = sql::MakeAnd(match.used);  // in columns: the caller turns outer columns into slots
  return condition;
}

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
  scan->total_cost = cost_.SeqScan(table_rows, static_cast<double>(scan->columns.size()), OperatorsOf(conditions)) +
                     cost_.Penalty(settings_.enable_seqscan);
  return Finish(std::move(scan), std::move(layout), required, rows);
}

Lowered Lowering::MakeIndexScan(const Get& get, const IndexMatch& match, const std::vector<ExprRef>& conditions, const ColumnSet& required, double rows,
                                bool backward, bool parameterized) {
  auto scan = std::make_unique<IndexScanNode>();
  scan->table = get.relation->table;
  scan->alias = get.relation->alias;
  static_cast<IndexCondition&>(*scan) = ConditionOf(match);
  scan->backward = backward;
  std::vector<ExprRef> rest;
  for (const ExprRef& condition : conditions) {
    if (std::find(match.used.begin(), match.used.end(), condition) == match.used.end()) rest.push_back(condition);
  }
  std::vector<Column> layout;
  uint32_t first = 0;
  scan->columns = ScanColumns(get, rest, required, &layout, &first);
  if (!rest.empty()) scan->filter = ToSlots(sql::MakeAnd(rest), layout);
  const double entries = std::max(1.0, match.rows);
  scan->entries = entries;
  scan->index_only = !parameterized && !match.unique && settings_.enable_indexonlyscan && KeysHold(*match.index->index, scan->columns, &scan->key_columns);
  scan->startup_cost = cost_.Descent() * 0.5;
  scan->total_cost = (scan->index_only ? cost_.IndexOnlyScan(entries) : cost_.IndexScan(entries, match.together)) +
                     static_cast<double>(std::max<size_t>(match.any.size(), 1) - 1) * cost_.Descent() * 0.5 +
                     entries * cost_.Operator() * OperatorsOf(rest) + cost_.Penalty(settings_.enable_indexscan);
  Lowered done = Finish(std::move(scan), std::move(layout), required, rows);
  const catalog::IndexEntry& index = *match.index->index;
  for (size_t i = 0; i < index.columns.size(); ++i) {
    if (index.columns[i].column.value == 0) break;
    const bool fixed = i < match.equal.size() && (match.any.empty() || i != match.any_at);
    SortOrder order = index.columns[i].order;
    if (backward) order = {!order.descending, !order.nulls_first};
    done.order.push_back({{get.id, static_cast<uint32_t>(index.columns[i].column.value - 1)}, order, fixed});
  }
  return done;
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
  if (std::optional<Lowered> bitmap = LowerBitmap(get, conditions, required, rows); bitmap.has_value()) {
    if (best.node == nullptr || bitmap->node->total_cost < best.node->total_cost) best = std::move(*bitmap);
  }
  Lowered seq = MakeSeqScan(get, conditions, required, rows);
  if (best.node == nullptr || seq.node->total_cost <= best.node->total_cost) return seq;
  return best;
}

}  // namespace gather::planner
