// Walks over every expression of a query: its own and, on demand, those of its subqueries. Recursion is bounded by CheckStackDepth.
#pragma once

#include "sql/query.h"

namespace gather::sql {

template <class Visit> void WalkFromItem(const FromItem& item, const Visit& visit) {
  if (!item.is_join) return;
  CheckStackDepth();
  WalkFromItem(*item.left, visit);
  WalkFromItem(*item.right, visit);
  if (item.condition != nullptr) visit(item.condition);
}

// Calls visit(ExprRef) for each top expression of `query` itself: not below expressions, not in subqueries of FROM or WITH.
template <class Visit>
void ForEachExpression(const Query& query, const Visit& visit) {
  const auto maybe = [&](const ExprRef& expr) { if (expr != nullptr) visit(expr); };
  for (const Relation& relation : query.relations) {
    for (const std::vector<ExprRef>& row : relation.rows) {
      for (const ExprRef& value : row) maybe(value);
    }
    for (const ExprRef& function : relation.functions) maybe(function);
  }
  for (const auto& item : query.from) WalkFromItem(*item, visit);
  maybe(query.where);
  for (const Target& target : query.targets) maybe(target.expression);
  for (const ExprRef& expr : query.group_by) maybe(expr);
  maybe(query.having);
  maybe(query.limit);
  maybe(query.offset);
}

// Calls visit(const Query&) for each query directly below: FROM, WITH, operands of set operations.
template <class Visit>
void ForEachSubquery(const Query& query, const Visit& visit) {
  for (const Cte& cte : query.ctes) { if (cte.query != nullptr) visit(*cte.query); }
  for (const Relation& relation : query.relations) { if (relation.subquery != nullptr) visit(*relation.subquery); }
  if (query.left != nullptr) visit(*query.left);
  if (query.right != nullptr) visit(*query.right);
}

// Top-down over `expr` with everything hanging on it (aggregate and window clauses, subqueries and all below): visit returns whether to descend.
template <class Visit>
void WalkDeep(const ExprRef& expr, const Visit& visit);

template <class Visit>
void WalkDeep(const Query& query, const Visit& visit) {
  CheckStackDepth();
  ForEachExpression(query, [&](const ExprRef& expr) { WalkDeep(expr, visit); });
  ForEachSubquery(query, [&](const Query& below) { WalkDeep(below, visit); });
}

template <class Visit>
void WalkDeep(const ExprRef& expr, const Visit& visit) {
  if (expr == nullptr) return;
  CheckStackDepth();
  if (!visit(*expr)) return;
  for (const ExprRef& child : expr->children) WalkDeep(child, visit);
  if (expr->subquery != nullptr) WalkDeep(*expr->subquery, visit);
  if (expr->aggregate != nullptr) {
    WalkDeep(expr->aggregate->filter, visit);
    for (const SortItem& item : expr->aggregate->order_by) WalkDeep(item.expression, visit);
    for (const ExprRef& argument : expr->aggregate->direct_arguments) WalkDeep(argument, visit);
  }
  if (expr->window != nullptr) {
    WalkDeep(expr->window->filter, visit);
    for (const ExprRef& key : expr->window->partition_by) WalkDeep(key, visit);
    for (const SortItem& item : expr->window->order_by) WalkDeep(item.expression, visit);
    WalkDeep(expr->window->start_offset, visit);
    WalkDeep(expr->window->end_offset, visit);
  }
}

}  // namespace gather::sql
