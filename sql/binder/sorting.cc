// ORDER BY and DISTINCT: output names, ordinals, expressions (parse_clause.c).
#include <algorithm>

#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

namespace {

const ExprRef& StripImplicit(const ExprRef& expr) {
  const ExprRef* at = &expr;
  while ((*at)->implicit_cast && !(*at)->children.empty()) at = &(*at)->children[0];
  return *at;
}

}  // namespace

// The target a clause's item means, or -1 with its own expression. Names of output columns, then ordinals, then equal expressions.
int Binder::MatchTarget(const ast::Node* node, Scope& scope, ExprPlace place, const std::vector<Target>& targets, ExprRef* expression) {
  if (const auto* ref = ast::TryAs<ast::ColumnRef>(node); ref != nullptr && ref->fields.size() == 1 && ast::Is<ast::String>(ref->fields[0])) {
    const std::string_view name = ast::As<ast::String>(ref->fields[0]).text;
    // GROUP BY prefers a column of FROM over an output name, as the standard has it.
    bool use_name = true;
    if (place == ExprPlace::kGroupBy) {
      Scope* const parent = scope.parent;
      scope.parent = nullptr;
      use_name = FindColumn(name, scope, ref->location) == nullptr;
      scope.parent = parent;
    }
    int found = -1;
    for (size_t i = 0; use_name && i < targets.size(); ++i) {
      if (targets[i].junk || targets[i].name != name) continue;
      if (found >= 0 && !SameExpr(targets[static_cast<size_t>(found)].expression, targets[i].expression)) {
        throw SqlError(sqlstate::kAmbiguousColumn, Format("%s \"%s\" is ambiguous", PlaceName(place), std::string(name).c_str())).At(ref->location);
      }
      if (found < 0) found = static_cast<int>(i);
    }
    if (found >= 0) return found;
  }
  if (const auto* constant = ast::TryAs<ast::AConst>(node)) {
    if (constant->kind != ast::AConst::Kind::kInteger) {
      throw SqlError(sqlstate::kSyntaxError, Format("non-integer constant in %s", PlaceName(place))).At(constant->location);
    }
    int position = 0;
    for (size_t i = 0; i < targets.size(); ++i) {
      if (!targets[i].junk && ++position == constant->integer) return static_cast<int>(i);
    }
    throw SqlError(sqlstate::kInvalidColumnReference, Format("%s position %d is not in select list", PlaceName(place), constant->integer))
        .At(constant->location);
  }
  *expression = BindExpression(node, scope, place);
  for (size_t i = 0; i < targets.size(); ++i) {
    if (SameExpr(*expression, StripImplicit(targets[i].expression))) return static_cast<int>(i);
  }
  return -1;
}

uint32_t Binder::FindTarget(const ast::Node* node, Scope& scope, ExprPlace place, std::vector<Target>& targets) {
  ExprRef expression;
  int found = MatchTarget(node, scope, place, targets, &expression);
  if (found < 0) {
    targets.push_back({std::move(expression), FigureColumnName(node), true});
    found = static_cast<int>(targets.size()) - 1;
  }
  Target& target = targets[static_cast<size_t>(found)];
  target.expression = ResolveUnknown(std::move(target.expression));
  return static_cast<uint32_t>(found);
}

void Binder::BindOrderBy(ast::List<ast::SortBy> order, Scope& scope, Query& query) {
  for (const ast::SortBy* sort : order) {
    const uint32_t target = FindTarget(sort->node, scope, ExprPlace::kOrderBy, query.targets);
    const Expr& expr = *query.targets[target].expression;
    const SortOrder how = OrderOf(*sort, expr.type.oid, sort->location >= 0 ? sort->location : LocationOf(expr));
    const bool repeated = std::any_of(query.order_by.begin(), query.order_by.end(), [&](const SortClause& clause) { return clause.target == target; });
    if (!repeated) query.order_by.push_back({target, how});
  }
}

void Binder::BindDistinct(const ast::SelectStmt& stmt, Scope& scope, Query& query) {
  if (!stmt.distinct) return;
  const auto check_equality = [&](const Expr& expr) {
    if (rules_.DefaultOperator("=", expr.type.oid) != nullptr || expr.type.oid == kRecord || expr.type.oid == kUnknown) return;
    throw SqlError(sqlstate::kUndefinedFunction, "could not identify an equality operator for type " + FormatType(SqlType(expr.type.oid))).At(LocationOf(expr));
  };
  if (stmt.distinct_on.empty()) {
    query.distinct = true;
    for (const SortClause& clause : query.order_by) {
      const Target& target = query.targets[clause.target];
      if (target.junk) {
        throw SqlError(sqlstate::kInvalidColumnReference, "for SELECT DISTINCT, ORDER BY expressions must appear in select list")
            .At(LocationOf(*target.expression));
      }
    }
    for (const Target& target : query.targets) {
      if (!target.junk) check_equality(*target.expression);
    }
    if (query.targets.empty()) throw SqlError(sqlstate::kSyntaxError, "SELECT DISTINCT must have at least one column");
    return;
  }
  for (const ast::Node* node : stmt.distinct_on) {
    const uint32_t target = FindTarget(node, scope, ExprPlace::kDistinctOn, query.targets);
    check_equality(*query.targets[target].expression);
    if (std::find(query.distinct_on.begin(), query.distinct_on.end(), target) == query.distinct_on.end()) query.distinct_on.push_back(target);
  }
  // The ON expressions must be the first sort keys.
  bool skipped = false;
  size_t matched = 0;
  for (const SortClause& clause : query.order_by) {
    const bool listed = std::find(query.distinct_on.begin(), query.distinct_on.end(), clause.target) != query.distinct_on.end();
    if (listed && skipped) {
      throw SqlError(sqlstate::kInvalidColumnReference, "SELECT DISTINCT ON expressions must match initial ORDER BY expressions")
          .At(LocationOf(*query.targets[clause.target].expression));
    }
    matched += listed;
    skipped = skipped || !listed;
  }
  if (skipped && matched < query.distinct_on.size()) {
    for (const uint32_t target : query.distinct_on) {
      const bool sorted = std::any_of(query.order_by.begin(), query.order_by.end(), [&](const SortClause& clause) { return clause.target == target; });
      if (sorted) continue;
      // PostgreSQL points at the ON expression as written.
      int location = LocationOf(*query.targets[target].expression);
      for (const ast::Node* node : stmt.distinct_on) {
        ExprRef unused;
        if (MatchTarget(node, scope, ExprPlace::kDistinctOn, query.targets, &unused) == static_cast<int>(target)) location = node->location;
      }
      throw SqlError(sqlstate::kInvalidColumnReference, "SELECT DISTINCT ON expressions must match initial ORDER BY expressions").At(location);
    }
  }
}

}  // namespace gather::sql
