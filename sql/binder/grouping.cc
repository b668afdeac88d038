// GROUP BY with grouping sets, and the check that nothing ungrouped escapes (parse_agg.c).
#include <algorithm>

#include "sql/binder/binder.h"
#include "sql/query_walk.h"

namespace gather::sql {

using namespace type_oid;

uint32_t Binder::AddGroupExpression(const ast::Node* node, Scope& scope, Query& query) {
  ExprRef expression;
  const int found = MatchTarget(node, scope, ExprPlace::kGroupBy, query.targets, &expression);
  if (found >= 0) {
    Target& target = query.targets[static_cast<size_t>(found)];
    target.expression = ResolveUnknown(std::move(target.expression));
    expression = target.expression;
    // A named or numbered output column may hold what a bare expression could not.
    WalkDeep(expression, [&](const Expr& part) {
      if (part.kind == ExprKind::kAggregate && part.index == 0) {
        throw SqlError(sqlstate::kGroupingError, "aggregate functions are not allowed in GROUP BY").At(part.location);
      }
      if (part.kind == ExprKind::kWindow) throw SqlError(sqlstate::kWindowingError, "window functions are not allowed in GROUP BY").At(part.location);
      return part.kind != ExprKind::kSubquery;
    });
  } else {
    expression = ResolveUnknown(std::move(expression));
  }
  if (rules_.DefaultOperator("=", expression->type.oid) == nullptr && expression->type.oid != kRecord) {
    throw SqlError(sqlstate::kUndefinedFunction, "could not identify an equality operator for type " + FormatType(SqlType(expression->type.oid)))
        .At(LocationOf(*expression));
  }
  for (size_t i = 0; i < query.group_by.size(); ++i) {
    if (SameExpr(query.group_by[i], expression)) return static_cast<uint32_t>(i);
  }
  query.group_by.push_back(std::move(expression));
  return static_cast<uint32_t>(query.group_by.size()) - 1;
}

namespace {

constexpr size_t kMaxGroupingSets = 4096;

[[noreturn]] void ThrowTooManySets(int location) {
  throw SqlError(sqlstate::kStatementTooComplex, "too many grouping sets present (maximum 4096)").At(location);
}

void AddUnique(std::vector<uint32_t>& set, const std::vector<uint32_t>& more) {
  for (const uint32_t column : more) {
    if (std::find(set.begin(), set.end(), column) == set.end()) set.push_back(column);
  }
}

}  // namespace

// The sets one item of GROUP BY stands for: a plain expression or list is one set.
Binder::Sets Binder::GroupingElement(const ast::Node* node, Scope& scope, Query& query) {
  if (const auto* set = ast::TryAs<ast::GroupingSet>(node)) return ExpandGroupingSet(*set, scope, query);
  std::vector<uint32_t> columns;
  if (const auto* row = ast::TryAs<ast::RowExpr>(node); row != nullptr && !row->explicit_row) {
    for (const ast::Node* item : row->args) AddUnique(columns, {AddGroupExpression(item, scope, query)});
  } else if (const auto* list = ast::TryAs<ast::ListNode>(node)) {
    for (const ast::Node* item : list->items) AddUnique(columns, {AddGroupExpression(item, scope, query)});
  } else {
    columns.push_back(AddGroupExpression(node, scope, query));
  }
  return {columns};
}

Binder::Sets Binder::ExpandGroupingSet(const ast::GroupingSet& set, Scope& scope, Query& query) {
  CheckStackDepth();
  using Kind = ast::GroupingSet::Kind;
  Sets sets;
  std::vector<std::vector<uint32_t>> elements;
  switch (set.kind) {
    case Kind::kEmpty: return {{}};
    case Kind::kSimple:
      sets.emplace_back();
      for (const ast::Node* node : set.content) AddUnique(sets[0], {AddGroupExpression(node, scope, query)});
      return sets;
    case Kind::kSets:
      for (const ast::Node* node : set.content) {
        const Sets more = GroupingElement(node, scope, query);
        sets.insert(sets.end(), more.begin(), more.end());
        if (sets.size() > kMaxGroupingSets) ThrowTooManySets(set.location);
      }
      return sets;
    case Kind::kRollup: case Kind::kCube: break;
  }
  for (const ast::Node* node : set.content) elements.push_back(GroupingElement(node, scope, query)[0]);
  if (set.kind == Kind::kRollup) {
    for (size_t length = elements.size() + 1; length-- > 0;) {
      std::vector<uint32_t> columns;
      for (size_t i = 0; i < length; ++i) AddUnique(columns, elements[i]);
      sets.push_back(std::move(columns));
    }
    return sets;
  }
  constexpr size_t kMaxCube = 12;
  if (elements.size() > kMaxCube) throw SqlError(sqlstate::kTooManyColumns, "CUBE is limited to 12 elements").At(set.location);
  for (size_t mask = (size_t{1} << elements.size()); mask-- > 0;) {
    std::vector<uint32_t> columns;
    for (size_t i = 0; i < elements.size(); ++i) {
      if (mask >> (elements.size() - 1 - i) & 1) AddUnique(columns, elements[i]);
    }
    sets.push_back(std::move(columns));
  }
  return sets;
}

void Binder::BindGroupBy(const ast::SelectStmt& stmt, Scope& scope, Query& query) {
  bool has_sets = false;
  for (const ast::Node* node : stmt.group_by) has_sets = has_sets || ast::Is<ast::GroupingSet>(node);
  if (!has_sets) {
    for (const ast::Node* node : stmt.group_by) {
      if (const auto* row = ast::TryAs<ast::RowExpr>(node); row != nullptr && !row->explicit_row) {
        for (const ast::Node* item : row->args) AddGroupExpression(item, scope, query);
      } else {
        AddGroupExpression(node, scope, query);
      }
    }
    return;
  }
  Sets sets = {{}};
  for (const ast::Node* node : stmt.group_by) {
    const Sets element = GroupingElement(node, scope, query);
    if (sets.size() * element.size() > kMaxGroupingSets) ThrowTooManySets(node->location);
    Sets product;
    for (const auto& left : sets) {
      for (const auto& right : element) {
        product.push_back(left);
        AddUnique(product.back(), right);
      }
    }
    sets = std::move(product);
  }
  for (auto& set : sets) std::sort(set.begin(), set.end());
  if (stmt.group_distinct) {
    std::sort(sets.begin(), sets.end());
    sets.erase(std::unique(sets.begin(), sets.end()), sets.end());
  }
  // GROUP BY () alone is plain aggregation.
  if (sets.size() == 1 && sets[0].size() == query.group_by.size()) {
    if (query.group_by.empty()) scope.has_aggregates = true;
    return;
  }
  query.grouping_sets = std::move(sets);
}

struct Binder::GroupingCheck {
  const Binder& binder;
  const Query& query;
  int level;
  std::vector<uint32_t> common;                        // group expressions in every grouping set

  bool IsGrouped(const Expr& expr) const {
    const std::shared_ptr<const Expr> borrowed(std::shared_ptr<void>(), &expr);
    return std::any_of(query.group_by.begin(), query.group_by.end(), [&](const ExprRef& group) { return SameExpr(group, borrowed); });
  }

  // All primary key columns of the column's table are grouped.
  bool DependsOnKey(const Expr& column) const {
    const Relation* relation = query.FindRelation(column.relation);
    if (relation == nullptr || relation->kind != RelationKind::kTable || relation->table == nullptr) return false;
    for (const Oid oid : relation->table->indexes) {
      const catalog::RelationRef index = binder.catalog_.FindRelation(oid);
      if (index == nullptr || !index->index.has_value() || index->index->kind != catalog::IndexKind::kPrimaryKey) continue;
      return std::all_of(index->index->columns.begin(), index->index->columns.end(), [&](const catalog::IndexColumn& key) {
        return std::any_of(common.begin(), common.end(), [&](uint32_t group) {
          const Expr& expr = *query.group_by[group];
          return expr.kind == ExprKind::kColumn && expr.relation == column.relation && expr.index + 1 == static_cast<uint32_t>(key.column.value);
        });
      });
    }
    return false;
  }

  [[noreturn]] void ThrowUngrouped(const Expr& column, bool inner) const {
    const Relation* relation = query.FindRelation(column.relation);
    const std::string name = (relation == nullptr ? std::string("?") : relation->alias) + "." + column.name;
    if (inner) throw SqlError(sqlstate::kGroupingError, Format("subquery uses ungrouped column \"%s\" from outer query", name.c_str())).At(column.location);
    throw SqlError(sqlstate::kGroupingError, Format("column \"%s\" must appear in the GROUP BY clause or be used in an aggregate function", name.c_str()))
        .At(column.location);
  }

  // `depth`: subqueries entered below the query being checked.
  void Check(const ExprRef& expr, int depth) const {
    if (expr == nullptr) return;
    CheckStackDepth();
    switch (expr->kind) {
      case ExprKind::kConstant: case ExprKind::kParameter: return;
      case ExprKind::kAggregate:
        if (static_cast<int>(expr->index) == depth) {
          for (const ExprRef& argument : expr->aggregate->direct_arguments) Check(argument, depth);
          return;
        }
        if (static_cast<int>(expr->index) > depth) return;
        Check(expr->aggregate->filter, depth);
        for (const SortItem& item : expr->aggregate->order_by) Check(item.expression, depth);
        break;
      case ExprKind::kGrouping:
        if (static_cast<int>(expr->index) == depth) {
          for (const ExprRef& child : expr->children) {
            if (!IsGrouped(*child)) {
              throw SqlError(sqlstate::kGroupingError, "arguments to GROUPING must be grouping expressions of the associated query level")
                  .At(LocationOf(*child));
            }
          }
          return;
        }
        break;
      default: break;
    }
    if (IsGrouped(*expr)) return;
    if (expr->kind == ExprKind::kColumn) {
      if (binder.level_of_relation_[expr->relation.value] != level || query.FindRelation(expr->relation) == nullptr) return;
      if (DependsOnKey(*expr)) return;
      ThrowUngrouped(*expr, depth > 0);
    }
    for (const ExprRef& child : expr->children) Check(child, depth);
    if (expr->window != nullptr) {
      Check(expr->window->filter, depth);
      for (const ExprRef& key : expr->window->partition_by) Check(key, depth);
      for (const SortItem& item : expr->window->order_by) Check(item.expression, depth);
      Check(expr->window->start_offset, depth);
      Check(expr->window->end_offset, depth);
    }
    if (expr->subquery != nullptr) CheckQuery(*expr->subquery, depth + 1);
  }

  void CheckQuery(const Query& below, int depth) const {
    ForEachExpression(below, [&](const ExprRef& expr) { Check(expr, depth); });
    // Operands of a set operation and FROM subqueries are bound one level further down.
    ForEachSubquery(below, [&](const Query& inner) { CheckQuery(inner, depth + 1); });
  }
};

void Binder::CheckGrouping(Query& query, Scope& scope) {
  GroupingCheck check{*this, query, scope.level, {}};
  for (uint32_t i = 0; i < query.group_by.size(); ++i) {
    const bool everywhere = std::all_of(query.grouping_sets.begin(), query.grouping_sets.end(),
                                        [&](const auto& set) { return std::find(set.begin(), set.end(), i) != set.end(); });
    if (everywhere) check.common.push_back(i);
  }
  for (const Target& target : query.targets) check.Check(target.expression, 0);
  check.Check(query.having, 0);
}

}  // namespace gather::sql
