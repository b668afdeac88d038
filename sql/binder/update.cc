// UPDATE and DELETE.
#include <algorithm>

#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

namespace {

void CheckAssignable(const ast::ResTarget& target, const catalog::ColumnEntry& column) {
  if (!target.indirection.empty()) {
    throw SqlError(sqlstate::kFeatureNotSupported, "assignment to array elements in UPDATE is not supported").At(target.location);
  }
  if (column.generated && !ast::Is<ast::SetToDefault>(target.value)) {
    throw SqlError(sqlstate::kGeneratedAlways, Format("column \"%s\" can only be updated to DEFAULT", column.name.c_str()))
        .Detail(Format("Column \"%s\" is a generated column.", column.name.c_str()));
  }
  if (column.identity == catalog::Identity::kAlways && !ast::Is<ast::SetToDefault>(target.value)) {
    throw SqlError(sqlstate::kGeneratedAlways, Format("column \"%s\" can only be updated to DEFAULT", column.name.c_str()))
        .Detail(Format("Column \"%s\" is an identity column defined as GENERATED ALWAYS.", column.name.c_str()));
  }
}

}  // namespace

std::vector<ExprRef> Binder::BindAssignments(ast::List<ast::ResTarget> list, const ModifyTarget& into, Scope& scope) {
  const catalog::RelationEntry& table = *into.table;
  std::vector<ExprRef> assigned(table.columns.size());
  for (const ast::ResTarget* item : list) {
    const std::string name(item->name);
    const catalog::ColumnEntry* column = into.FindColumn(name, "update");
    if (column == nullptr) {
      throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", name.c_str(), into.named().name.c_str())).At(item->location);
    }
    CheckAssignable(*item, *column);
    ExprRef& value = assigned[static_cast<size_t>(column->id.value) - 1];
    if (value != nullptr) {
      throw SqlError(sqlstate::kSyntaxError, Format("multiple assignments to same column \"%s\"", name.c_str()));
    }
    const ast::Node* expression = item->value;
    // A DEFAULT inside SET (a, b) = (1, DEFAULT).
    if (const auto* multi = ast::TryAs<ast::MultiAssignRef>(expression)) {
      const auto* row = ast::TryAs<ast::RowExpr>(multi->source);
      if (row != nullptr && row->args.size() == static_cast<size_t>(multi->columns) && ast::Is<ast::SetToDefault>(row->args[static_cast<size_t>(multi->column) - 1])) {
        expression = row->args[static_cast<size_t>(multi->column) - 1];
      }
    }
    value = ast::Is<ast::SetToDefault>(expression)
                ? DefaultOf(table, *column)
                : CoerceForAssignment(BindExpression(expression, scope, ExprPlace::kUpdateSource), *column, item->location);
  }
  return assigned;
}

void Binder::BindTargetRows(ModifyTarget& into, const ast::RangeVar& relation, ast::NodeList from, const ast::Node* where, BoundModify& modify, Scope& scope) {
  ExprRef view_where;
  FromResult target = AddTarget(into, relation, scope, &view_where);
  modify.target = target.item->relation;
  modify.alias = target.names[0]->alias;
  scope.names = target.names;
  Query& source = *scope.query;
  source.from.push_back(std::move(target.item));
  BindFromClause(from, scope);
  if (where != nullptr) source.where = CoerceToBoolean(BindExpression(where, scope, ExprPlace::kWhere), "WHERE");
  if (view_where != nullptr) source.where = source.where == nullptr ? view_where : MakeAnd({view_where, source.where});
}

BoundStatement Binder::BindUpdate(const ast::UpdateStmt& stmt) {
  ModifyDraft draft;
  BeginModify(BoundModify::Kind::kUpdate, stmt.with, *stmt.relation, "update", draft);
  auto& [modify, source, scope, ctes, into] = draft;
  const catalog::RelationEntry& table = *modify->table;
  BindTargetRows(into, *stmt.relation, stmt.from, stmt.where, *modify, scope);

  AddConstraints(*modify);
  std::vector<ExprRef> assigned = BindAssignments(stmt.target_list, into, scope);
  std::vector<int> slot_of_column;
  for (size_t i = 0; i < table.columns.size(); ++i) {
    const catalog::ColumnEntry& column = table.columns[i];
    slot_of_column.push_back(column.dropped ? -1 : static_cast<int>(source->targets.size()));
    if (column.dropped) continue;
    modify->assigned.push_back(assigned[i] != nullptr || column.generated);
    ExprRef value = assigned[i] != nullptr ? assigned[i] : MakeColumn(modify->target, static_cast<uint32_t>(i), column.type, column.name);
    source->targets.push_back({std::move(value), column.name, false});
  }
  modify->ctid_slot = static_cast<uint32_t>(source->targets.size());
  source->targets.push_back({MakeColumn(modify->target, static_cast<uint32_t>(table.columns.size()), kTid, "ctid"), "ctid", false});
  BindReturning(stmt.returning, scope, *modify, *source, slot_of_column);
  modify->source = source;
  return FinishModify(std::move(modify), std::move(ctes), scope);
}

BoundStatement Binder::BindDelete(const ast::DeleteStmt& stmt) {
  ModifyDraft draft;
  BeginModify(BoundModify::Kind::kDelete, stmt.with, *stmt.relation, "delete from", draft);
  auto& [modify, source, scope, ctes, into] = draft;
  BindTargetRows(into, *stmt.relation, stmt.using_clause, stmt.where, *modify, scope);
  for (const catalog::ColumnEntry& column : modify->table->columns) {
    if (!column.dropped) modify->stored.push_back(column.id);
  }
  modify->ctid_slot = 0;
  source->targets.push_back({MakeColumn(modify->target, static_cast<uint32_t>(modify->table->columns.size()), kTid, "ctid"), "ctid", false});
  const std::vector<int> not_there(modify->table->columns.size(), -1);
  BindReturning(stmt.returning, scope, *modify, *source, not_there);
  modify->source = source;
  return FinishModify(std::move(modify), std::move(ctes), scope);
}

}  // namespace gather::sql
