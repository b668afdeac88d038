// The rewrites of the logical algebra, one file each. Every rule takes a tree and gives back an equivalent one; `planner.cc` says in
// which order they run and why.
#pragma once

#include "planner/logical/algebra.h"
#include "planner/planning.h"

namespace gather::planner {

// push_down.cc: conditions move towards the tables: through projections, joins, groupings, set operations. On the way outer joins whose
// null-extended rows a condition rejects become inner, ORs give up their common factors, and constants spread over equal columns.
LogicalPtr PushDownPredicates(LogicalPtr root);

// inline_projections.cc: subquery pull-up: a projection below joins, filters and groupings disappears into the expressions that use its
// columns. `kept`: columns that are referred to from outside the tree.
LogicalPtr InlineProjections(LogicalPtr root, const std::vector<Column>& kept);

// or_factors.cc: (a AND b) OR (a AND c) as a, (b OR c); and for each relation that every arm restricts, that restriction on its own.
void FactorOr(const ExprRef& condition, std::vector<ExprRef>* out);

// unique_joins.cc: semi joins as inner, single joins as left joins where the right side has at most one partner.
LogicalPtr SimplifyUniqueJoins(LogicalPtr root, const Planning& planning);

// redundant.cc: sorts whose order nobody sees, DISTINCT over what is distinct already.
LogicalPtr RemoveRedundant(LogicalPtr root, const Planning& planning);

// push_down_limits.cc: below projections, to the preserved side of joins, into UNION ALL.
LogicalPtr PushDownLimits(LogicalPtr root);

}  // namespace gather::planner
