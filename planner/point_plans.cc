#include "planner/point_plans.h"

#include <algorithm>

#include "planner/expressions.h"
#include "planner/physical/lowering.h"
#include "planner/rules/constant_folding.h"

namespace gather::planner {

namespace {

bool IsPlain(const sql::Query& query) {
  return query.ctes.empty() && query.set_operation == sql::SetOperation::kNone && !query.has_aggregates && !query.has_windows &&
         !query.has_set_functions && query.limit == nullptr && query.offset == nullptr && query.locks.empty() && query.having == nullptr &&
         query.group_by.empty();
}

bool HasSubquery(const ExprRef& expr) { return expr != nullptr && HasKind(expr, ExprKind::kSubquery); }

// Visible targets as the node's projection.
void ProjectTargets(PlanNode& node, const sql::Query& query, const std::vector<Column>& layout, const PlannerContext& context) {
  bool identity = true;
  for (const sql::Target& target : query.targets) {
    if (target.junk) continue;
    ExprRef expr = ToSlots(FoldConstants(target.expression, context), layout);
    identity = identity && expr->kind == ExprKind::kSlot && expr->index == node.projection.size();
    node.output.push_back({target.name, expr->type});
    node.width += TypeWidth(expr->type);
    node.projection.push_back(std::move(expr));
  }
  if (identity && node.projection.size() == layout.size()) node.projection.clear();
}

PlanNodePtr MakeRow(const sql::Query& query, const PlannerContext& context) {
  auto result = std::make_unique<ResultNode>();
  ProjectTargets(*result, query, {}, context);
  result->rows = 1;
  result->total_cost = 0.01;
  return result;
}

struct KeyMatch {
  catalog::RelationRef index;
  std::vector<ExprRef> equal, used;
};

bool MatchUnique(const sql::Relation& relation, const std::vector<ExprRef>& conditions, const sql::BoundStatement& statement,
                 const PlannerContext& context, KeyMatch* match) {
  const catalog::RelationEntry& table = *relation.table;
  for (Oid oid : table.indexes) {
    match->index = statement.catalog->FindRelation(oid);
    if (match->index == nullptr || !match->index->index.has_value()) continue;
    const catalog::IndexEntry& index = *match->index->index;
    if (!index.unique() || !index.valid || index.ordered == nullptr || !index.predicate_sql.empty()) continue;
    match->equal.clear();
    match->used.clear();
    for (const catalog::IndexColumn& key : index.columns) {
      for (const ExprRef& condition : conditions) {
        if (!IsEquality(*condition)) continue;
        for (const size_t at : {size_t{0}, size_t{1}}) {
          const ExprRef& column = StripRelabel(condition->children[at]);
          const ExprRef& value = condition->children[1 - at];
          if (column->kind != ExprKind::kColumn || column->relation != relation.id || column->index >= table.columns.size()) continue;
          if (table.columns[column->index].id != key.column || HasColumns(value) || IsVolatile(value)) continue;
          ExprRef converted = KeyValue(value, table.columns[column->index].type, context.functions);
          if (converted == nullptr) continue;
          match->equal.push_back(std::move(converted));
          match->used.push_back(condition);
          break;
        }
        if (!match->used.empty() && match->used.back() == condition) break;
      }
      if (match->equal.size() != static_cast<size_t>(&key - index.columns.data()) + 1) break;
    }
    if (match->equal.size() == index.columns.size()) return true;
  }
  return false;
}

}  // namespace

PlanNodePtr MakePointPlan(const sql::Query& query, const sql::BoundStatement& statement, const PlannerContext& context) {
  if (!IsPlain(query) || query.targets.empty()) return nullptr;
  for (const sql::Target& target : query.targets) {
    if (HasSubquery(target.expression)) return nullptr;
  }
  if (query.from.empty() && query.relations.empty()) return query.where == nullptr ? MakeRow(query, context) : nullptr;
  // One row needs no order and has no duplicates.
  if (query.relations.size() != 1 || query.from.size() != 1 || query.from[0]->is_join || query.where == nullptr) return nullptr;
  const sql::Relation& relation = query.relations[0];
  if (relation.kind != sql::RelationKind::kTable || relation.table == nullptr || relation.table->indexes.empty() || HasSubquery(query.where)) return nullptr;
  if (!context.settings.enable_indexscan) return nullptr;
  const std::vector<ExprRef> conditions = Conjuncts(FoldConstants(query.where, context));
  KeyMatch match;
  if (!MatchUnique(relation, conditions, statement, context, &match)) return nullptr;

  auto scan = std::make_unique<IndexScanNode>();
  scan->table = relation.table;
  scan->index = match.index;
  scan->alias = relation.alias;
  scan->equal = std::move(match.equal);
  scan->condition = sql::MakeAnd(match.used);
  std::vector<ExprRef> rest;
  for (const ExprRef& condition : conditions) {
    if (std::find(match.used.begin(), match.used.end(), condition) == match.used.end()) rest.push_back(condition);
  }
  std::vector<Column> layout;
  const catalog::RelationEntry& table = *relation.table;
  const auto add = [&](const ExprRef& expr) {
    sql::Walk(expr, [&](const Expr& node) {
      if (node.kind != ExprKind::kColumn) return true;
      const ColumnRef ref = RefOf(node);
      if (std::any_of(layout.begin(), layout.end(), [ref](const Column& column) { return column.ref == ref; })) return true;
      layout.push_back(ColumnOf(node));
      ScanColumnRef column;
      column.type = relation.column_types[ref.index];
      column.name = relation.column_names[ref.index];
      if (ref.index < table.columns.size()) column.column = table.columns[ref.index].id;
      else column.system = ref.index == table.columns.size() ? ScanColumnRef::System::kCtid : ScanColumnRef::System::kTableOid;
      scan->columns.push_back(std::move(column));
      return true;
    });
  };
  for (const ExprRef& condition : rest) add(condition);
  for (const sql::Target& target : query.targets) {
    if (!target.junk) add(target.expression);
  }
  if (!rest.empty()) scan->filter = ToSlots(sql::MakeAnd(std::move(rest)), layout);
  ProjectTargets(*scan, query, layout, context);
  const CostModel cost(context.settings);
  scan->rows = 1;
  scan->startup_cost = cost.Descent() * 0.5;
  scan->total_cost = cost.IndexScan(1);
  return scan;
}

}  // namespace gather::planner
