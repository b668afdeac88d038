// Expressions that belong to a table: DEFAULT, CHECK, index keys and predicates, ALTER … USING.
#include "sql/binder/binder.h"
#include "sql/print.h"
#include "sql/query_walk.h"

namespace gather::sql {

using namespace type_oid;

namespace {

ExprPlace PlaceOf(std::string_view what) {
  if (what == "DEFAULT") return ExprPlace::kColumnDefault;
  if (what == "GENERATED") return ExprPlace::kGeneratedColumn;
  if (what == "CHECK") return ExprPlace::kCheckConstraint;
  if (what == "index expression") return ExprPlace::kIndexExpression;
  if (what == "index predicate") return ExprPlace::kIndexPredicate;
  if (what == "USING") return ExprPlace::kAlterTransform;
  if (what == "EXECUTE parameter") return ExprPlace::kExecuteParameter;
  if (what == "COPY FROM WHERE") return ExprPlace::kCopyWhere;
  if (what == "CALL") return ExprPlace::kCallArgument;
  return ExprPlace::kOther;
}

}  // namespace

ExprRef Binder::BindOverTable(const ast::Node& expression, const catalog::RelationEntry* table, SqlType target, std::string_view what) {
  Query query;
  Scope scope;
  scope.query = &query;
  RelId relation;
  std::vector<int> slot_of_column;
  if (table != nullptr) {
    // Borrowed for the length of this call.
    const catalog::RelationRef borrowed(std::shared_ptr<void>(), table);
    FromResult from = AddTable(borrowed, nullptr, scope);
    scope.names = from.names;
    relation = from.item->relation;
    int slot = 0;
    for (const catalog::ColumnEntry& column : table->columns) slot_of_column.push_back(column.dropped ? -1 : slot++);
  }
  const ExprPlace place = PlaceOf(what);
  ExprRef expr = BindExpression(&expression, scope, place);
  if (place == ExprPlace::kGeneratedColumn) {
    Walk(expr, [&](const Expr& node) {
      if (node.kind == ExprKind::kColumn && node.relation == relation && node.index >= slot_of_column.size()) {
        throw SqlError(sqlstate::kInvalidColumnReference, Format("cannot use system column \"%s\" in column generation expression", node.name.c_str())).At(node.location);
      }
      return true;
    });
  }
  if (place == ExprPlace::kCheckConstraint || place == ExprPlace::kIndexPredicate || place == ExprPlace::kCopyWhere) {
    expr = CoerceToBoolean(std::move(expr), place == ExprPlace::kCheckConstraint ? "CHECK" : "WHERE");
  } else if (target.oid != kInvalidOid) {
    const SqlType source(expr->type.oid);
    const int location = LocationOf(*expr);
    ExprRef coerced = CoerceToTarget(expr, target, CoercionContext::kAssignment, CastForm::kImplicit);
    if (coerced == nullptr && place == ExprPlace::kExecuteParameter) {
      throw SqlError(sqlstate::kDatatypeMismatch, "parameter of type " + FormatType(source) + " cannot be coerced to the expected type " + FormatType(target))
          .Hint("You will need to rewrite or cast the expression.")
          .At(location);
    }
    if (coerced == nullptr && (place == ExprPlace::kColumnDefault || place == ExprPlace::kGeneratedColumn)) {
      const char* kind = place == ExprPlace::kColumnDefault ? "default" : "generation";
      throw SqlError(sqlstate::kDatatypeMismatch, "column is of type " + FormatType(SqlType(target.oid)) + " but " + kind + " expression is of type " + FormatType(source))
          .Hint("You will need to rewrite or cast the expression.");
    }
    if (coerced == nullptr) {
      throw SqlError(sqlstate::kDatatypeMismatch, Format("result of %s clause cannot be cast to type %s", std::string(what).c_str(), FormatType(target).c_str()))
          .Hint("You might need to specify the expression explicitly.")
          .At(location);
    }
    expr = std::move(coerced);
  } else {
    expr = ResolveUnknown(std::move(expr));
  }
  const auto columns = static_cast<uint32_t>(slot_of_column.size());
  return Rewrite(expr, [&](const ExprRef& node) -> ExprRef {
    if (node->kind != ExprKind::kColumn || node->relation != relation) return nullptr;
    if (node->index >= columns) {
      throw SqlError(sqlstate::kFeatureNotSupported, place == ExprPlace::kCheckConstraint
                                                         ? Format("system column \"%s\" reference in check constraint is invalid", node->name.c_str())
                                                         : Format("index creation on system columns is not supported"))
          .At(node->location);
    }
    auto slot = std::make_shared<Expr>(*node);
    slot->kind = ExprKind::kSlot;
    slot->relation = RelId();
    slot->index = static_cast<uint32_t>(slot_of_column[node->index]);
    return slot;
  });
}

ExprRef BindTableExpression(const ast::Node& expression, const catalog::RelationEntry* table, SqlType target, std::string_view what, BindContext& context) {
  Binder binder(context);
  return binder.BindOverTable(expression, table, target, what);
}

// Stored lists (pg_index.indexprs) print item by item.
std::string PrintStoredExpression(std::string_view sql_text, const catalog::RelationEntry* table, BindContext& context, bool pretty) {
  const std::vector<ParsedStatement> parsed = Parse("SELECT " + std::string(sql_text));
  const auto* select = parsed.size() == 1 ? ast::TryAs<ast::SelectStmt>(parsed[0].node.get()) : nullptr;
  if (select == nullptr) ThrowInternal("stored expression is damaged: " + std::string(sql_text));
  std::vector<std::string> names;
  if (table != nullptr) {
    for (const catalog::ColumnEntry& column : table->columns) {
      if (!column.dropped) names.push_back(column.name);
    }
  }
  std::string text;
  for (const ast::ResTarget* target : select->target_list) {
    Binder binder(context);
    if (!text.empty()) text += ", ";
    text += PrintExpr(binder.BindOverTable(*target->value, table, SqlType(), ""), names, context, pretty);
  }
  return text;
}

ExprRef BindTableExpression(std::string_view sql_text, const catalog::RelationEntry* table, SqlType target, std::string_view what, BindContext& context) {
  const std::vector<ParsedStatement> parsed = Parse("SELECT " + std::string(sql_text));
  const auto* select = parsed.size() == 1 ? ast::TryAs<ast::SelectStmt>(parsed[0].node.get()) : nullptr;
  if (select == nullptr || select->target_list.size() != 1) ThrowInternal("stored expression is damaged: " + std::string(sql_text));
  Binder binder(context);
  try {
    return binder.BindOverTable(*select->target_list[0]->value, table, target, what);
  } catch (SqlError& error) {
    // Its place is in the stored text, not in the client's.
    throw std::move(error).At(-1);
  }
}

}  // namespace gather::sql
