// What INSERT, UPDATE and DELETE share: the target table, defaults, constraints, RETURNING.
#include <algorithm>

#include "sql/binder/binder.h"
#include "sql/query_walk.h"

namespace gather::sql {

using namespace type_oid;

void Binder::CheckModifiable(const catalog::RelationEntry& table, const ast::RangeVar& var) {
  const std::string& name = table.name;
  switch (table.kind) {
    case catalog::RelationKind::kTable: case catalog::RelationKind::kView: return;
    case catalog::RelationKind::kSystemView:
      throw SqlError(sqlstate::kInsufficientPrivilege, Format("permission denied: \"%s\" is a system catalog", name.c_str()));
    case catalog::RelationKind::kSequence: throw SqlError(sqlstate::kWrongObjectType, Format("cannot change sequence \"%s\"", name.c_str()));
    case catalog::RelationKind::kIndex:
      throw SqlError(sqlstate::kWrongObjectType, Format("cannot open relation \"%s\"", name.c_str()))
          .Detail("This operation is not supported for indexes.")
          .At(var.location);
  }
}

ExprRef Binder::DefaultOf(const catalog::RelationEntry& table, const catalog::ColumnEntry& column) {
  if (column.identity != catalog::Identity::kNone && column.sequence != kInvalidOid) {
    const Oid argument = kRegclass;
    const catalog::FunctionInfo* nextval = functions_.FindFunction("nextval", {&argument, 1});
    if (nextval == nullptr) ThrowInternal("function nextval(regclass) is missing");
    ExprPtr call = NewExpr(ExprKind::kFunction, nextval->result);
    call->function = nextval;
    call->children.push_back(MakeConstant(Datum::Of<Oid>(kRegclass, column.sequence)));
    return CoerceForAssignment(call, column, -1);
  }
  if (column.default_sql.empty() || column.generated) return NullConstant(column.type);
  return ReadDefault(column, table);
}

ExprRef Binder::ReadDefault(const catalog::ColumnEntry& column, const catalog::RelationEntry&) {
  BindContext context;
  context.catalog = context_.catalog;
  context.functions = context_.functions;
  context.search_path = context_.search_path;
  context.io = context_.io;
  return BindTableExpression(column.default_sql, nullptr, column.type, "DEFAULT", context);
}

void Binder::AddConstraints(BoundModify& modify) {
  const catalog::RelationEntry& table = *modify.table;
  for (const catalog::ColumnEntry& column : table.columns) {
    if (!column.dropped) modify.stored.push_back(column.id);
  }
  const auto slot_of = [&](ColumnId id) {
    const auto at = std::find(modify.stored.begin(), modify.stored.end(), id);
    if (at == modify.stored.end()) ThrowInternal("an index refers to a dropped column");
    return static_cast<uint32_t>(at - modify.stored.begin());
  };
  BindContext context;
  context.catalog = context_.catalog;
  context.functions = context_.functions;
  context.search_path = context_.search_path;
  context.io = context_.io;
  for (const catalog::ColumnEntry& column : table.columns) {
    if (column.dropped || !column.generated) continue;
    modify.generated.push_back({slot_of(column.id), BindTableExpression(column.default_sql, &table, column.type, "GENERATED", context)});
  }
  for (const catalog::CheckConstraint& check : table.checks) {
    modify.checks.push_back({check.name, BindTableExpression(check.expression_sql, &table, kBool, "CHECK", context)});
  }
  for (const Oid oid : table.indexes) {
    BoundIndex bound;
    bound.index = catalog_.FindRelation(oid);
    if (bound.index == nullptr || !bound.index->index.has_value()) continue;
    const catalog::IndexEntry& index = *bound.index->index;
    for (const catalog::IndexColumn& key : index.columns) {
      if (key.column.value != 0) {
        const catalog::ColumnEntry& column = table.column(key.column);
        bound.keys.push_back(MakeSlot(slot_of(key.column), column.type, column.name));
      } else {
        bound.keys.push_back(BindTableExpression(key.expression_sql, &table, SqlType(), "index expression", context));
      }
    }
    if (!index.predicate_sql.empty()) bound.predicate = BindTableExpression(index.predicate_sql, &table, kBool, "index predicate", context);
    modify.indexes.push_back(std::move(bound));
  }
}

// RETURNING over `scope`, then as slots of the source: `slot_of_column` gives those of the target's columns (-1: not there, append it);
// what comes from other relations is appended to the source.
void Binder::BindReturning(ast::List<ast::ResTarget> list, Scope& scope, BoundModify& modify, Query& source, const std::vector<int>& slot_of_column) {
  if (list.empty()) return;
  BindTargetList(list, scope, ExprPlace::kReturning, modify.returning);
  returning_output_ = OutputOf(modify.returning);
  std::vector<std::pair<const ExprRef, uint32_t>> appended;
  const bool deletes = modify.kind == BoundModify::Kind::kDelete;
  for (size_t i = 0; i < modify.returning.size(); ++i) {
    Target& target = modify.returning[i];
    target.expression = ResolveUnknown(std::move(target.expression));
    returning_output_[i].type = target.expression->type;
    WalkDeep(target.expression, [&](const Expr& node) {
      if (node.kind == ExprKind::kSubquery) throw SqlError(sqlstate::kFeatureNotSupported, "subqueries in RETURNING are not supported").At(node.location);
      return true;
    });
    target.expression = Rewrite(target.expression, [&](const ExprRef& node) -> ExprRef {
      if (node->kind != ExprKind::kColumn) return nullptr;
      int slot = -1;
      if (node->relation == modify.target) {
        const auto columns = static_cast<uint32_t>(modify.table->columns.size());
        if (node->index == columns + 1) return MakeConstant(Datum::OfOid(modify.table->oid), node->location);
        if (node->index == columns && deletes) slot = static_cast<int>(modify.ctid_slot);
        if (node->index == columns && !deletes) {
          throw SqlError(sqlstate::kFeatureNotSupported, "RETURNING ctid of a new row is not supported").At(node->location);
        }
        if (node->index < columns) slot = slot_of_column[node->index];
      }
      for (const auto& [known, at] : appended) {
        if (slot < 0 && SameExpr(known, node)) slot = static_cast<int>(at);
      }
      if (slot < 0) {
        slot = static_cast<int>(source.targets.size());
        source.targets.push_back({node, node->name, false});
        appended.emplace_back(node, static_cast<uint32_t>(slot));
      }
      auto reference = std::make_shared<Expr>(*node);
      reference->kind = ExprKind::kSlot;
      reference->relation = RelId();
      reference->index = static_cast<uint32_t>(slot);
      return reference;
    });
  }
}

void Binder::BeginModify(BoundModify::Kind kind, const ast::WithClause* with, const ast::RangeVar& target, const char* action, ModifyDraft& draft) {
  draft.modify->kind = kind;
  draft.scope.query = draft.source.get();
  if (with != nullptr) BindWith(*with, draft.scope, draft.ctes);
  draft.into = ResolveTarget(target, action);
  draft.modify->table = draft.into.table;
}

BoundStatement Binder::FinishModify(std::shared_ptr<BoundModify> modify, std::vector<Cte> ctes, Scope& scope) {
  for (Cte& cte : ctes) {
    for (const auto& name : scope.ctes) {
      if (name->number == cte.number) cte.references = name->references - name->self_references;
    }
  }
  FinishParameters();
  BoundStatement bound;
  bound.kind = StatementKind::kModify;
  bound.output = std::move(returning_output_);
  bound.ctes = std::move(ctes);
  bound.modify = std::move(modify);
  bound.read_only = false;
  return bound;
}

}  // namespace gather::sql
