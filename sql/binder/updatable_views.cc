// The table behind the target of a modification: itself, or what a simple view shows of it (rewriteHandler.c, "auto-updatable" views).
#include <algorithm>

#include "sql/binder/binder.h"
#include "sql/query_walk.h"

namespace gather::sql {

namespace {

// Why a view's query cannot be written through; null: it can.
const char* NotUpdatable(const Query& query) {
  if (query.distinct || !query.distinct_on.empty()) return "Views containing DISTINCT are not automatically updatable.";
  if (!query.group_by.empty() || !query.grouping_sets.empty()) return "Views containing GROUP BY are not automatically updatable.";
  if (query.having != nullptr) return "Views containing HAVING are not automatically updatable.";
  if (query.set_operation != SetOperation::kNone) return "Views containing UNION, INTERSECT, or EXCEPT are not automatically updatable.";
  if (!query.ctes.empty()) return "Views containing WITH are not automatically updatable.";
  if (query.limit != nullptr || query.offset != nullptr) return "Views containing LIMIT or OFFSET are not automatically updatable.";
  if (query.has_aggregates) return "Views that return aggregate functions are not automatically updatable.";
  if (query.has_windows) return "Views that return window functions are not automatically updatable.";
  if (query.has_set_functions) return "Views that return set-returning functions are not automatically updatable.";
  const bool single = query.from.size() == 1 && !query.from[0]->is_join && query.relations.size() == 1;
  const bool table = single && (query.relations[0].kind == RelationKind::kTable || (query.relations[0].kind == RelationKind::kSubquery && query.relations[0].table != nullptr));
  return table ? nullptr : "Views that do not select from a single table or view are not automatically updatable.";
}

[[noreturn]] void ThrowNotUpdatable(const std::string& view, std::string_view action, const char* detail) {
  const bool insert = action == "insert into", update = action == "update";
  const char* doing = insert ? "inserting into" : update ? "updating" : "deleting from";
  const char* event = insert ? "INSERT" : update ? "UPDATE" : "DELETE";
  throw SqlError(sqlstate::kObjectNotInPrerequisiteState, Format("cannot %s view \"%s\"", std::string(action).c_str(), view.c_str()))
      .Detail(detail)
      .Hint(Format("To enable %s the view, provide an INSTEAD OF %s trigger or an unconditional ON %s DO INSTEAD rule.", doing, event, event));
}

// `expr` with the columns of relation `from` replaced by `columns`.
ExprRef Substitute(const ExprRef& expr, RelId from, const std::vector<ExprRef>& columns) {
  return Rewrite(expr, [&](const ExprRef& node) -> ExprRef {
    return node->kind == ExprKind::kColumn && node->relation == from && node->index < columns.size() ? columns[node->index] : nullptr;
  });
}

bool HasSubquery(const ExprRef& expr) {
  bool found = false;
  Walk(expr, [&](const Expr& node) { return !(found = found || node.kind == ExprKind::kSubquery); });
  return found;
}

}  // namespace

Binder::ModifyTarget Binder::ResolveTarget(const ast::RangeVar& var, const char* action) {
  ModifyTarget target;
  target.table = LookUpRelation(var);
  if (target.table->kind != catalog::RelationKind::kView) {
    CheckModifiable(*target.table, var);
    Depend(target.table->oid);
    return target;
  }
  target.view = target.table;
  Scope scope;
  Query scratch;
  scope.query = &scratch;
  AddView(target.view, nullptr, scope);
  // Through views over views, composing their columns and conditions, down to the table.
  const Query* query = scratch.relations[0].subquery.get();
  bool outermost = true;
  while (true) {
    const char* detail = NotUpdatable(*query);
    bool subquery = HasSubquery(query->where);
    for (const Target& output : query->targets) subquery = subquery || HasSubquery(output.expression);
    if (detail == nullptr && subquery) detail = "Views containing subqueries are not automatically updatable.";
    if (detail != nullptr) ThrowNotUpdatable(target.view->name, action, detail);
    std::vector<ExprRef> columns;
    for (const Target& output : query->targets) {
      if (!output.junk) columns.push_back(output.expression);
    }
    if (outermost) {
      target.columns = std::move(columns);
      target.where = query->where;
    } else {
      for (ExprRef& column : target.columns) column = Substitute(column, target.relation, columns);
      if (target.where != nullptr) target.where = Substitute(target.where, target.relation, columns);
      if (query->where != nullptr) target.where = target.where == nullptr ? query->where : MakeAnd({target.where, query->where});
    }
    outermost = false;
    const Relation& relation = query->relations[0];
    target.relation = relation.id;
    target.table = relation.table;
    if (relation.kind == RelationKind::kTable) break;
    query = relation.subquery.get();
  }
  CheckModifiable(*target.table, var);
  return target;
}

const catalog::ColumnEntry* Binder::ModifyTarget::FindColumn(std::string_view name, const char* action) const {
  if (view == nullptr) return table->FindColumn(name);
  size_t at = 0;
  for (const catalog::ColumnEntry& column : view->columns) {
    if (column.dropped) continue;
    const size_t number = at++;
    if (column.name != name) continue;
    const Expr& expr = *columns[number];
    if (expr.kind == ExprKind::kColumn && expr.relation == relation && expr.index < table->columns.size()) return &table->columns[expr.index];
    throw SqlError(sqlstate::kFeatureNotSupported, Format("cannot %s column \"%s\" of view \"%s\"", action, column.name.c_str(), view->name.c_str()))
        .Detail("View columns that are not columns of their base relation are not updatable.");
  }
  return nullptr;
}

// The target's table in FROM, under the names that the statement knows: the view's columns when it names a view.
Binder::FromResult Binder::AddTarget(ModifyTarget& target, const ast::RangeVar& var, Scope& scope, ExprRef* where) {
  FromResult from = AddTable(target.table, target.view == nullptr ? var.alias : nullptr, scope);
  if (target.view == nullptr) return from;
  const RelId relation = from.item->relation;
  std::vector<ExprRef> table_columns;
  for (uint32_t i = 0; i < target.table->columns.size(); ++i) {
    const catalog::ColumnEntry& column = target.table->columns[i];
    table_columns.push_back(MakeColumn(relation, i, column.type, column.name));
  }
  NameItem& item = *from.names[0];
  item.alias = var.alias != nullptr ? var.alias->name : std::string_view(target.view->name);
  item.has_alias = var.alias != nullptr;
  item.real_name = target.view->name;
  item.table = target.view;
  item.columns.clear();
  size_t at = 0;
  for (const catalog::ColumnEntry& column : target.view->columns) {
    if (column.dropped) continue;
    NameColumn name;
    name.name = var.alias != nullptr && at < var.alias->columns.size() ? var.alias->columns[at] : std::string_view(column.name);
    name.merged = Substitute(target.columns[at++], target.relation, table_columns);
    name.type = name.merged->type;
    item.columns.push_back(std::move(name));
  }
  if (target.where != nullptr && where != nullptr) *where = Substitute(target.where, target.relation, table_columns);
  return from;
}

}  // namespace gather::sql
