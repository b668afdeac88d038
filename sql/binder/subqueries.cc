// Subqueries in expressions.
#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

namespace {

const char* ForbiddenPlace(ExprPlace place) {
  switch (place) {
    case ExprPlace::kCheckConstraint: return "cannot use subquery in check constraint";
    case ExprPlace::kColumnDefault: return "cannot use subquery in DEFAULT expression";
    case ExprPlace::kIndexExpression: return "cannot use subquery in index expression";
    case ExprPlace::kIndexPredicate: return "cannot use subquery in index predicate";
    case ExprPlace::kAlterTransform: return "cannot use subquery in transform expression";
    case ExprPlace::kExecuteParameter: return "cannot use subquery in EXECUTE parameter";
    case ExprPlace::kCallArgument: return "cannot use subquery in CALL argument";
    case ExprPlace::kCopyWhere: return "cannot use subquery in COPY FROM WHERE condition";
    case ExprPlace::kGeneratedColumn: return "cannot use subquery in column generation expression";
    default: return nullptr;
  }
}

std::vector<const Target*> Visible(const Query& query) {
  std::vector<const Target*> targets;
  for (const Target& target : query.targets) {
    if (!target.junk) targets.push_back(&target);
  }
  return targets;
}

}  // namespace

ExprRef Binder::BindSubLink(const ast::SubLink& link, Scope& scope) {
  if (const char* forbidden = ForbiddenPlace(scope.place)) throw SqlError(sqlstate::kFeatureNotSupported, forbidden).At(link.location);
  const auto* select = ast::TryAs<ast::SelectStmt>(link.subselect);
  if (select == nullptr) throw SqlError(sqlstate::kSyntaxError, "subquery must be a SELECT").At(link.location);
  QueryPtr query = BindQuery(*select, &scope, true);
  const std::vector<const Target*> targets = Visible(*query);

  ExprPtr expr = NewExpr(ExprKind::kSubquery, kBool, link.location);
  switch (link.type) {
    case ast::SubLinkType::kExists: expr->subquery_kind = SubqueryKind::kExists; break;
    case ast::SubLinkType::kExpr: case ast::SubLinkType::kArray: {
      if (targets.size() != 1) throw SqlError(sqlstate::kSyntaxError, "subquery must return only one column").At(link.location);
      SqlType type = targets[0]->expression->type;
      if (link.type == ast::SubLinkType::kArray) {
        expr->subquery_kind = SubqueryKind::kArray;
        const Oid array = TypeRules::ElementType(type.oid) != kInvalidOid ? type.oid : TypeRules::ArrayType(type.oid);
        if (array == kInvalidOid) {
          throw SqlError(sqlstate::kUndefinedObject, "could not find array type for data type " + FormatType(SqlType(type.oid))).At(link.location);
        }
        type.oid = array;
      }
      expr->type = type;
      expr->collation = targets[0]->expression->collation;
      break;
    }
    case ast::SubLinkType::kAny: case ast::SubLinkType::kAll: {
      expr->subquery_kind = link.type == ast::SubLinkType::kAny ? SubqueryKind::kAny : SubqueryKind::kAll;
      const ExprRef test = BindExpression(link.test, scope);
      const std::vector<ExprRef> left = test->kind == ExprKind::kRow ? test->children : std::vector<ExprRef>{test};
      if (left.size() != targets.size()) {
        throw SqlError(sqlstate::kSyntaxError, left.size() < targets.size() ? "subquery has too many columns" : "subquery has too few columns")
            .At(link.location);
      }
      static constexpr ast::Text kEquals = "=";
      const ast::Names op = link.op.empty() ? ast::Names(&kEquals, 1) : link.op;
      const bool combinable = op.back() == "=" || op.back() == "<>";
      if (left.size() > 1 && !combinable) {
        throw SqlError(sqlstate::kFeatureNotSupported, "row comparison " + std::string(op.back()) + " with a subquery is not supported").At(link.location);
      }
      // Both sides take the types the operator wants: the left here, the subquery's columns by a cast over it.
      std::vector<SqlType> wanted;
      bool recast = false;
      for (size_t i = 0; i < left.size(); ++i) {
        const SqlType right = targets[i]->expression->type;
        const ResolvedOperator resolved = ResolveOperator(op, left[i]->type.oid, right.oid, link.location);
        if (resolved.result != kBool) {
          throw SqlError(sqlstate::kDatatypeMismatch, "row comparison operator must yield type boolean, not type " + FormatType(resolved.result))
              .At(link.location);
        }
        expr->test_functions.push_back(resolved.function);
        expr->test_operators.push_back(resolved.op);
        expr->children.push_back(CoerceType(left[i], resolved.left, CoercionContext::kImplicit, CastForm::kImplicit));
        const bool same = TypeRules::IsPolymorphic(resolved.right) || resolved.right == kAny || resolved.right == right.oid;
        wanted.push_back(same ? right : SqlType(resolved.right));
        recast = recast || !same;
      }
      if (recast) query = CastOutputs(std::move(query), wanted, scope);
      break;
    }
  }
  expr->subquery = std::move(query);
  return expr;
}

// SELECT column FROM (query): what a row of scalar subqueries is made of.
QueryPtr Binder::OneColumn(QueryPtr query, size_t column) {
  std::vector<const Target*> targets = Visible(*query);
  auto outer = std::make_shared<Query>();
  Relation relation;
  relation.kind = RelationKind::kSubquery;
  relation.alias = "unnamed_subquery";
  // The wrapper stands where the subquery stood, one level above it.
  relation.id = RelId(next_relation_++);
  level_of_relation_.resize(next_relation_, -1);
  origin_of_relation_.resize(next_relation_);
  for (const Target* target : targets) {
    relation.column_names.push_back(target->name);
    relation.column_types.push_back(target->expression->type);
  }
  auto item = std::make_unique<FromItem>();
  item->relation = relation.id;
  outer->from.push_back(std::move(item));
  outer->targets.push_back({MakeColumn(relation.id, static_cast<uint32_t>(column), relation.column_types[column], relation.column_names[column]),
                            relation.column_names[column], false});
  relation.subquery = std::move(query);
  outer->relations.push_back(std::move(relation));
  return outer;
}

ExprRef Binder::BindMultiAssign(const ast::MultiAssignRef& ref, Scope& scope) {
  const auto column = static_cast<size_t>(ref.column - 1);
  const auto columns = static_cast<size_t>(ref.columns);
  if (const auto* link = ast::TryAs<ast::SubLink>(ref.source); link != nullptr && link->type == ast::SubLinkType::kExpr) {
    QueryPtr query = BindQuery(ast::As<ast::SelectStmt>(link->subselect), &scope, true);
    if (Visible(*query).size() != columns) {
      throw SqlError(sqlstate::kSyntaxError, "number of columns does not match number of values").At(link->location);
    }
    query = OneColumn(std::move(query), column);
    ExprPtr expr = NewExpr(ExprKind::kSubquery, query->targets[0].expression->type, link->location);
    expr->subquery = std::move(query);
    return expr;
  }
  if (const auto* row = ast::TryAs<ast::RowExpr>(ref.source)) {
    if (row->args.size() != columns) {
      throw SqlError(sqlstate::kSyntaxError, "number of columns does not match number of values").At(row->location);
    }
    return BindExpression(row->args[column], scope);
  }
  throw SqlError(sqlstate::kFeatureNotSupported, "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression")
      .At(ref.source->location);
}

}  // namespace gather::sql
