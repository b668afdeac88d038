// INSERT … ON CONFLICT: which unique indexes decide, and what DO UPDATE makes of the row that is there.
#include <algorithm>

#include "sql/binder/binder.h"
#include "sql/query_walk.h"

namespace gather::sql {

using namespace type_oid;

namespace {

bool HasExpr(const std::vector<ExprRef>& list, const ExprRef& wanted) {
  return std::any_of(list.begin(), list.end(), [&](const ExprRef& expr) { return SameExpr(expr, wanted); });
}

}  // namespace

// The unique indexes that the clause means, as numbers into modify.indexes.
std::vector<uint32_t> Binder::InferArbiters(const ast::OnConflictClause& clause, const BoundModify& modify) {
  const catalog::RelationEntry& table = *modify.table;
  std::vector<uint32_t> unique;
  for (uint32_t i = 0; i < modify.indexes.size(); ++i) {
    if (modify.indexes[i].index->index->unique()) unique.push_back(i);
  }
  if (clause.infer == nullptr) {
    if (clause.update) {
      throw SqlError(sqlstate::kSyntaxError, "ON CONFLICT DO UPDATE requires inference specification or constraint name")
          .Hint("For example, ON CONFLICT (column_name).")
          .At(clause.location);
    }
    return unique;
  }
  const ast::InferClause& infer = *clause.infer;
  if (!infer.constraint.empty()) {
    for (const uint32_t i : unique) {
      const catalog::RelationEntry& index = *modify.indexes[i].index;
      if (index.index->constraint_oid != kInvalidOid && index.name == infer.constraint) return {i};
    }
    throw SqlError(sqlstate::kUndefinedObject, Format("constraint \"%s\" for table \"%s\" does not exist", std::string(infer.constraint).c_str(), table.name.c_str()));
  }
  std::vector<ExprRef> keys;
  for (const ast::IndexElem* element : infer.index_elems) {
    if (element->expr != nullptr) {
      keys.push_back(BindOverTable(*element->expr, &table, SqlType(), "index expression"));
      continue;
    }
    const catalog::ColumnEntry* column = table.FindColumn(element->name);
    if (column == nullptr) throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" does not exist", std::string(element->name).c_str())).At(element->location);
    const auto slot = std::find(modify.stored.begin(), modify.stored.end(), column->id) - modify.stored.begin();
    keys.push_back(MakeSlot(static_cast<uint32_t>(slot), column->type, column->name));
  }
  const ExprRef where = infer.where == nullptr ? nullptr : BindOverTable(*infer.where, &table, kBool, "index predicate");
  std::vector<uint32_t> arbiters;
  for (const uint32_t i : unique) {
    const BoundIndex& index = modify.indexes[i];
    const bool same = std::all_of(keys.begin(), keys.end(), [&](const ExprRef& key) { return HasExpr(index.keys, key); }) &&
                      std::all_of(index.keys.begin(), index.keys.end(), [&](const ExprRef& key) { return HasExpr(keys, key); });
    // A partial index decides when the clause repeats its predicate.
    if (same && (index.predicate == nullptr || (where != nullptr && SameExpr(index.predicate, where)))) arbiters.push_back(i);
  }
  if (arbiters.empty()) {
    throw SqlError(sqlstate::kInvalidColumnReference, "there is no unique or exclusion constraint matching the ON CONFLICT specification");
  }
  return arbiters;
}

void Binder::BindOnConflict(const ast::InsertStmt& stmt, ModifyTarget& into, const std::vector<int>& slot_of_column, BoundModify& modify) {
  const ast::OnConflictClause& clause = *stmt.on_conflict;
  const catalog::RelationEntry& table = *modify.table;
  auto conflict = std::make_shared<BoundConflict>();
  conflict->update = clause.update;
  conflict->arbiters = InferArbiters(clause, modify);
  if (clause.update) {
    // The row that is there goes by the table's name, the one proposed by "excluded".
    Scope scope;
    Query scratch;
    scope.query = &scratch;
    FromResult existing = AddTarget(into, *stmt.relation, scope, nullptr);
    FromResult proposed = AddTarget(into, *stmt.relation, scope, nullptr);
    proposed.names[0]->alias = "excluded";
    proposed.names[0]->has_alias = true;
    scope.names = {existing.names[0], proposed.names[0]};
    const RelId old_row = existing.item->relation, new_row = proposed.item->relation;
    const auto columns = static_cast<uint32_t>(modify.stored.size());
    const auto over_both = [&](const ExprRef& expr) {
      WalkDeep(expr, [&](const Expr& node) {
        if (node.kind == ExprKind::kSubquery) throw SqlError(sqlstate::kFeatureNotSupported, "subqueries in ON CONFLICT DO UPDATE are not supported").At(node.location);
        return true;
      });
      return Rewrite(expr, [&](const ExprRef& node) -> ExprRef {
        if (node->kind != ExprKind::kColumn || (node->relation != old_row && node->relation != new_row)) return nullptr;
        if (node->index == table.columns.size() + 1) return MakeConstant(Datum::OfOid(table.oid), node->location);
        if (node->index >= table.columns.size()) {
          throw SqlError(sqlstate::kFeatureNotSupported, "system columns in ON CONFLICT DO UPDATE are not supported").At(node->location);
        }
        auto slot = std::make_shared<Expr>(*node);
        slot->kind = ExprKind::kSlot;
        slot->relation = RelId();
        slot->index = static_cast<uint32_t>(slot_of_column[node->index]) + (node->relation == new_row ? columns : 0);
        return slot;
      });
    };
    std::vector<ExprRef> assigned = BindAssignments(clause.target_list, into, scope);
    for (size_t i = 0; i < table.columns.size(); ++i) {
      const catalog::ColumnEntry& column = table.columns[i];
      if (column.dropped) continue;
      modify.assigned.push_back(assigned[i] != nullptr || column.generated);
      conflict->values.push_back(assigned[i] == nullptr ? MakeSlot(static_cast<uint32_t>(slot_of_column[i]), column.type, column.name) : over_both(assigned[i]));
    }
    if (clause.where != nullptr) conflict->where = over_both(CoerceToBoolean(BindExpression(clause.where, scope, ExprPlace::kWhere), "WHERE"));
  }
  modify.conflict = std::move(conflict);
}

}  // namespace gather::sql
