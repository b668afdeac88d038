// UNION, INTERSECT, EXCEPT.
#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

namespace {

const char* OperationName(ast::SetOp op) { return op == ast::SetOp::kUnion ? "UNION" : op == ast::SetOp::kIntersect ? "INTERSECT" : "EXCEPT"; }

std::vector<size_t> VisibleTargets(const Query& query) {
  std::vector<size_t> visible;
  for (size_t i = 0; i < query.targets.size(); ++i) {
    if (!query.targets[i].junk) visible.push_back(i);
  }
  return visible;
}

}  // namespace

QueryPtr Binder::BindSetOperand(const ast::SelectStmt& stmt, Scope& scope, bool) {
  const bool bare = stmt.order_by.empty() && stmt.limit_count == nullptr && stmt.limit_offset == nullptr && stmt.locking.empty() && stmt.with == nullptr;
  if (stmt.op != ast::SetOp::kNone && bare) {
    Query scratch;
    Query* const saved = scope.query;
    scope.query = &scratch;
    QueryPtr query = BindSetOperation(stmt, scope, false);
    scope.query = saved;
    return query;
  }
  if (stmt.into != nullptr) {
    throw SqlError(sqlstate::kSyntaxError, "INTO is only allowed on first SELECT of UNION/INTERSECT/EXCEPT")
        .At(stmt.into->relation == nullptr ? -1 : stmt.into->relation->location);
  }
  return BindQuery(stmt, &scope, false);
}

// The query with its visible outputs cast to `types`: in its own SELECT list where that changes nothing else, else by a query around it.
QueryPtr Binder::CastOutputs(QueryPtr query, const std::vector<SqlType>& types, Scope& scope) {
  const std::vector<size_t> visible = VisibleTargets(*query);
  bool differs = false, unknown = false;
  for (size_t i = 0; i < visible.size(); ++i) {
    const SqlType type = query->targets[visible[i]].expression->type;
    differs = differs || type != types[i];
    unknown = unknown || type.oid == kUnknown;
  }
  if (!differs) return query;
  const bool plain = query->set_operation == SetOperation::kNone && !query->distinct && query->distinct_on.empty() && query->order_by.empty() &&
                     !query->has_set_functions;
  const auto cast = [&](ExprRef expr, SqlType type) {
    if (expr->type == type) return expr;
    if (expr->type.oid == type.oid) return type.typmod < 0 ? expr : CoerceTypmod(std::move(expr), type, CoercionContext::kImplicit, CastForm::kImplicit, -1, false);
    return CoerceToCommon(std::move(expr), type.oid, "UNION/INTERSECT/EXCEPT");
  };
  if (plain || unknown) {
    // Literals of type unknown must be cast where they stand, whatever else happens.
    for (size_t i = 0; i < visible.size(); ++i) {
      ExprRef& expr = query->targets[visible[i]].expression;
      if (plain || expr->type.oid == kUnknown) expr = cast(std::move(expr), types[i]);
    }
    if (plain) return query;
  }
  auto outer = std::make_shared<Query>();
  Relation relation;
  relation.id = NewRelId(scope);
  relation.kind = RelationKind::kSubquery;
  relation.alias = "unnamed_subquery";
  for (size_t i = 0; i < visible.size(); ++i) {
    const Target& target = query->targets[visible[i]];
    relation.column_names.push_back(target.name);
    relation.column_types.push_back(target.expression->type);
    ExprRef column = MakeColumn(relation.id, static_cast<uint32_t>(i), target.expression->type, target.name, target.expression->location);
    outer->targets.push_back({cast(std::move(column), types[i]), target.name, false});
  }
  relation.subquery = std::move(query);
  auto item = std::make_unique<FromItem>();
  item->relation = relation.id;
  outer->from.push_back(std::move(item));
  outer->relations.push_back(std::move(relation));
  return outer;
}

QueryPtr Binder::CombineOperands(ast::SetOp op, bool all, QueryPtr left, QueryPtr right, Scope& scope) {
  const char* name = OperationName(op);
  const std::vector<size_t> left_columns = VisibleTargets(*left), right_columns = VisibleTargets(*right);
  if (left_columns.size() != right_columns.size()) {
    const int location = right_columns.empty() ? -1 : LocationOf(*right->targets[right_columns[0]].expression);
    throw SqlError(sqlstate::kSyntaxError, Format("each %s query must have the same number of columns", name)).At(location);
  }
  auto query = std::make_shared<Query>();
  query->set_operation = static_cast<SetOperation>(op);
  query->all = all;
  query->set_relation = NewRelId(scope);
  std::vector<SqlType> types;
  for (size_t i = 0; i < left_columns.size(); ++i) {
    const Target& left_target = left->targets[left_columns[i]];
    const Target& right_target = right->targets[right_columns[i]];
    const std::vector<ExprRef> both = {left_target.expression, right_target.expression};
    const Oid type = SelectCommonType(both, name);
    for (const ExprRef& expr : both) {
      if (rules_.CanCoerce(expr->type.oid, type, CoercionContext::kImplicit)) continue;
      throw SqlError(sqlstate::kCannotCoerce, Format("%s could not convert type %s to %s", name, FormatType(SqlType(expr->type.oid)).c_str(),
                                                     FormatType(SqlType(type)).c_str())).At(LocationOf(*expr));
    }
    if (!(op == ast::SetOp::kUnion && all) && type != kRecord && rules_.DefaultOperator("=", type) == nullptr) {
      throw SqlError(sqlstate::kUndefinedFunction, "could not identify an equality operator for type " + FormatType(SqlType(type)))
          .At(LocationOf(*left_target.expression));
    }
    types.emplace_back(type, SelectCommonTypmod(both, type));
    query->targets.push_back({MakeColumn(query->set_relation, static_cast<uint32_t>(i), types.back(), left_target.name, left_target.expression->location),
                              left_target.name, false});
  }
  query->left = CastOutputs(std::move(left), types, scope);
  query->right = CastOutputs(std::move(right), types, scope);
  return query;
}

QueryPtr Binder::BindSetOperation(const ast::SelectStmt& stmt, Scope& scope, bool is_top) {
  CheckStackDepth();
  QueryPtr left = BindSetOperand(*stmt.left, scope, false);
  QueryPtr right = BindSetOperand(*stmt.right, scope, false);
  QueryPtr query = CombineOperands(stmt.op, stmt.all, std::move(left), std::move(right), scope);
  if (!is_top) return query;

  // ORDER BY sees the output columns only.
  scope.query = query.get();
  auto item = std::make_shared<NameItem>();
  item->alias = "*SELECT*";
  item->relation_visible = false;
  for (size_t i = 0; i < query->targets.size(); ++i) {
    const Target& target = query->targets[i];
    item->columns.push_back({target.name, target.expression->type, static_cast<uint32_t>(i), query->set_relation, nullptr, kInvalidOid});
  }
  scope.names = {item};
  const size_t outputs = query->targets.size();
  for (const ast::SortBy* sort : stmt.order_by) {
    const ast::List<ast::SortBy> one(&sort, 1);
    BindOrderBy(one, scope, *query);
    if (query->targets.size() != outputs) {
      throw SqlError(sqlstate::kFeatureNotSupported, "invalid UNION/INTERSECT/EXCEPT ORDER BY clause")
          .Detail("Only result column names can be used, not expressions or functions.")
          .Hint("Add the expression/function to every SELECT, or move the UNION into a FROM clause.")
          .At(LocationOf(*query->targets.back().expression));
    }
  }
  scope.names.clear();
  query->offset = BindLimit(stmt.limit_offset, scope, ExprPlace::kOffset, false);
  query->limit = BindLimit(stmt.limit_count, scope, ExprPlace::kLimit, stmt.with_ties);
  query->with_ties = stmt.with_ties;
  BindLocking(stmt.locking, scope);
  return query;
}

}  // namespace gather::sql
