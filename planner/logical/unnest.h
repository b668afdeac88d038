// Unnesting: dissolves dependent joins, so that no subquery runs once per outer row.
//
// First the simple way: conditions that compare inner with outer columns are pulled up into the join, through filters,
// projections, joins and (equalities only) groupings, which gain the inner columns as keys. A grouping that would be
// computed for far more keys than the outer side asks for is restricted to those by a semi join with that side ("magic
// set"). What that cannot do goes the general way (domain.h).
//
// What stays dependent is run per outer row (plan.h, NestedLoopNode): a lateral function call; and, with parameters and
// a memory of its results, a subquery that is volatile, or recursive, or counts its rows by an outer column, or that
// tells equal outer values apart (numeric 1.0 and 1.00).
#pragma once

#include "planner/planning.h"
#include "planner/statistics/estimator.h"

namespace gather::planner {

LogicalPtr Unnest(LogicalPtr root, Planning& planning, Estimator& estimator);

// parameters.cc: the last step of it. From the top, so that a subquery's own subqueries see the parameters that stand
// for its outer columns.
void BindParameters(LogicalNode& root, Planning& planning);

}  // namespace gather::planner
