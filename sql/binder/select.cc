// SELECT: the order in which PostgreSQL's transformSelectStmt looks at the clauses, and so reports their errors.
#include <algorithm>

#include "sql/binder/binder.h"
#include "sql/query_walk.h"

namespace gather::sql {

using namespace type_oid;

namespace {
constexpr size_t kMaxTargets = 1664;                       // PostgreSQL's MaxTupleAttributeNumber
}

QueryPtr Binder::BindQuery(const ast::SelectStmt& stmt, Scope* parent, bool resolve_unknowns, ExprPlace parent_place) {
  CheckStackDepth();
  Scope scope;
  scope.parent = parent;
  scope.level = parent == nullptr ? 0 : parent->level + 1;
  ExprPlace saved = ExprPlace::kOther;
  if (parent != nullptr && parent_place != ExprPlace::kOther) {
    saved = parent->place;
    parent->place = parent_place;
  }
  auto query = std::make_shared<Query>();
  scope.query = query.get();
  if (stmt.with != nullptr) BindWith(*stmt.with, scope, query->ctes);
  std::vector<Cte> ctes = std::move(query->ctes);
  query->ctes.clear();
  QueryPtr bound;
  if (stmt.op != ast::SetOp::kNone) {
    bound = BindSetOperation(stmt, scope, true);
  } else if (!stmt.values.empty()) {
    bound = BindValues(stmt, scope, resolve_unknowns);
  } else {
    bound = BindPlainSelect(stmt, scope, resolve_unknowns);
  }
  for (Cte& cte : ctes) {
    for (const auto& name : scope.ctes) {
      if (name->number == cte.number) cte.references = name->references - name->self_references;
    }
  }
  bound->ctes = std::move(ctes);
  if (parent != nullptr && parent_place != ExprPlace::kOther) parent->place = saved;
  return bound;
}

QueryPtr Binder::BindPlainSelect(const ast::SelectStmt& stmt, Scope& scope, bool resolve_unknowns) {
  if (stmt.into != nullptr) {
    throw SqlError(sqlstate::kSyntaxError, "SELECT ... INTO is not allowed here").At(stmt.into->relation == nullptr ? -1 : stmt.into->relation->location);
  }
  auto query = std::make_shared<Query>();
  scope.query = query.get();
  scope.windows.assign(stmt.windows.begin(), stmt.windows.end());
  BindFromClause(stmt.from, scope);
  BindTargetList(stmt.target_list, scope, ExprPlace::kSelectTarget, query->targets);
  if (stmt.where != nullptr) query->where = CoerceToBoolean(BindExpression(stmt.where, scope, ExprPlace::kWhere), "WHERE");
  if (stmt.having != nullptr) query->having = CoerceToBoolean(BindExpression(stmt.having, scope, ExprPlace::kHaving), "HAVING");
  BindOrderBy(stmt.order_by, scope, *query);
  BindGroupBy(stmt, scope, *query);
  BindDistinct(stmt, scope, *query);
  query->offset = BindLimit(stmt.limit_offset, scope, ExprPlace::kOffset, false);
  query->limit = BindLimit(stmt.limit_count, scope, ExprPlace::kLimit, stmt.with_ties);
  query->with_ties = stmt.with_ties;
  for (size_t i = 0; i < stmt.windows.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (stmt.windows[i]->name == stmt.windows[j]->name) {
        throw SqlError(sqlstate::kWindowingError, Format("window \"%s\" is already defined", std::string(stmt.windows[i]->name).c_str()))
            .At(stmt.windows[i]->location);
      }
    }
    BindWindowDef(*stmt.windows[i], scope);
  }
  if (resolve_unknowns) {
    for (Target& target : query->targets) target.expression = ResolveUnknown(std::move(target.expression));
  }
  query->has_aggregates = scope.has_aggregates || !query->group_by.empty() || !query->grouping_sets.empty() || query->having != nullptr;
  query->has_windows = scope.has_windows;
  query->has_set_functions = scope.has_set_functions;
  if (query->has_aggregates) CheckGrouping(*query, scope);
  BindLocking(stmt.locking, scope);
  if (query->targets.size() > kMaxTargets) {
    throw SqlError(sqlstate::kTooManyColumns, Format("target lists can have at most %zu entries", kMaxTargets));
  }
  return query;
}

ExprRef Binder::BindLimit(const ast::Node* node, Scope& scope, ExprPlace place, bool with_ties) {
  if (node == nullptr) return nullptr;
  const char* construct = PlaceName(place);
  ExprRef expr = CoerceToSpecific(BindExpression(node, scope, place), kInt8, construct);
  int location = -1;
  WalkDeep(expr, [&](const Expr& part) {
    if (part.kind == ExprKind::kColumn && level_of_relation_[part.relation.value] == scope.level && location < 0) location = part.location;
    return location < 0;
  });
  if (location >= 0) throw SqlError(sqlstate::kInvalidColumnReference, Format("argument of %s must not contain variables", construct)).At(location);
  if (expr->kind == ExprKind::kConstant && expr->constant.is_null) {
    if (with_ties) throw SqlError(sqlstate::kInvalidRowCountInLimitClause, "row count cannot be null in FETCH FIRST ... WITH TIES clause");
    return nullptr;
  }
  return expr;
}

namespace {

const char* StrengthName(ast::LockingClause::Strength strength) {
  switch (strength) {
    case ast::LockingClause::Strength::kKeyShare: return "FOR KEY SHARE";
    case ast::LockingClause::Strength::kShare: return "FOR SHARE";
    case ast::LockingClause::Strength::kNoKeyUpdate: return "FOR NO KEY UPDATE";
    case ast::LockingClause::Strength::kUpdate: return "FOR UPDATE";
  }
  return "";
}

void CheckLockable(const Query& query, const char* name) {
  const char* with = query.distinct || !query.distinct_on.empty()                       ? "DISTINCT clause"
                     : query.set_operation != SetOperation::kNone                       ? "UNION/INTERSECT/EXCEPT"
                     : !query.group_by.empty() || !query.grouping_sets.empty()          ? "GROUP BY clause"
                     : query.having != nullptr                                          ? "HAVING clause"
                     : query.has_aggregates                                             ? "aggregate functions"
                     : query.has_windows                                                ? "window functions"
                     : query.has_set_functions                                          ? "set-returning functions in the target list"
                                                                                        : nullptr;
  if (with != nullptr) throw SqlError(sqlstate::kFeatureNotSupported, Format("%s is not allowed with %s", name, with));
}

const char* KindName(RelationKind kind) {
  switch (kind) {
    case RelationKind::kFunction: return "a function";
    case RelationKind::kValues: return "VALUES";
    case RelationKind::kCte: return "a WITH query";
    default: return "a join";
  }
}

}  // namespace

void Binder::BindLocking(ast::List<ast::LockingClause> clauses, Scope& scope) {
  Query& query = *scope.query;
  for (const ast::LockingClause* clause : clauses) {
    const char* name = StrengthName(clause->strength);
    CheckLockable(query, name);
    const auto lock = [&](RelId relation) {
      const auto strength = static_cast<RowLock::Strength>(clause->strength);
      const auto wait = static_cast<RowLock::Wait>(clause->wait);
      for (RowLock& known : query.locks) {
        if (known.relation != relation) continue;
        known.strength = std::max(known.strength, strength);
        known.wait = std::max(known.wait, wait);
        return;
      }
      query.locks.push_back({relation, strength, wait});
    };
    if (clause->relations.empty()) {
      for (const Relation& relation : query.relations) {
        if (relation.kind == RelationKind::kTable) lock(relation.id);
      }
      continue;
    }
    for (const ast::RangeVar* var : clause->relations) {
      const std::string wanted(var->name);
      if (!var->schema.empty()) {
        throw SqlError(sqlstate::kSyntaxError, Format("%s must specify unqualified relation names", name)).At(var->location);
      }
      const Relation* found = nullptr;
      for (const Relation& relation : query.relations) {
        if (relation.alias == wanted) found = &relation;
      }
      if (found == nullptr) {
        throw SqlError(sqlstate::kUndefinedTable, Format("relation \"%s\" in %s clause not found in FROM clause", wanted.c_str(), name)).At(var->location);
      }
      if (found->kind == RelationKind::kTable) {
        lock(found->id);
      } else if (found->kind != RelationKind::kSubquery && found->kind != RelationKind::kSystemView) {
        throw SqlError(sqlstate::kFeatureNotSupported, Format("%s cannot be applied to %s", name, KindName(found->kind))).At(var->location);
      }
    }
  }
}

QueryPtr Binder::BindValues(const ast::SelectStmt& stmt, Scope& scope, bool) {
  auto query = std::make_shared<Query>();
  scope.query = query.get();
  Relation relation;
  relation.kind = RelationKind::kValues;
  relation.alias = "*VALUES*";
  const size_t width = stmt.values[0].size();
  relation.rows.reserve(stmt.values.size());
  for (const ast::NodeList row : stmt.values) {
    std::vector<ExprRef> values;
    values.reserve(width);
    for (const ast::Node* node : row) values.push_back(BindExpression(node, scope, ExprPlace::kValues));
    if (values.size() != width) {
      throw SqlError(sqlstate::kSyntaxError, "VALUES lists must all be the same length").At(values.empty() ? -1 : LocationOf(*values[0]));
    }
    relation.rows.push_back(std::move(values));
  }
  for (size_t column = 0; column < width; ++column) {
    std::vector<ExprRef> values;
    values.reserve(relation.rows.size());
    for (const auto& row : relation.rows) values.push_back(row[column]);
    const Oid type = SelectCommonType(values, "VALUES");
    for (auto& row : relation.rows) row[column] = CoerceToCommon(std::move(row[column]), type, "VALUES");
    for (size_t i = 0; i < values.size(); ++i) values[i] = relation.rows[i][column];
    relation.column_names.push_back(Format("column%zu", column + 1));
    relation.column_types.emplace_back(type, SelectCommonTypmod(values, type));
  }
  relation.id = NewRelId(scope);
  FromResult result = AddRelation(std::move(relation), nullptr, scope);
  scope.names = result.names;
  query->from.push_back(std::move(result.item));
  for (const NameColumn& column : scope.names[0]->columns) query->targets.push_back({ColumnExpr(*scope.names[0], column, -1), column.name, false});
  BindOrderBy(stmt.order_by, scope, *query);
  query->offset = BindLimit(stmt.limit_offset, scope, ExprPlace::kOffset, false);
  query->limit = BindLimit(stmt.limit_count, scope, ExprPlace::kLimit, stmt.with_ties);
  query->with_ties = stmt.with_ties;
  if (!stmt.locking.empty()) {
    throw SqlError(sqlstate::kFeatureNotSupported, Format("%s cannot be applied to VALUES", StrengthName(stmt.locking[0]->strength)));
  }
  return query;
}

}  // namespace gather::sql
