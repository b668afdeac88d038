// Unnesting: dissolves dependent joins, so that no subquery runs once per outer row.
//
// First the simple way: conditions that compare inner with outer columns are pulled up into the join, through filters, projections, joins
// and (equalities only) groupings, which gain the inner columns as keys. What that cannot do goes the general way of Neumann and Kemper,
// "Unnesting Arbitrary Queries" (BTW 2015): the distinct outer values (the domain) are joined into the subquery as far down as needed, and
// its result is joined back by them. A grouping that would be computed for far more keys than the outer side asks for is restricted to those
// by a semi join with that side ("magic set"). What stays dependent is a join with a FunctionScan whose arguments come from the left: a lateral call.
#pragma once

#include "planner/planning.h"
#include "planner/statistics/estimator.h"

namespace gather::planner {

LogicalPtr Unnest(LogicalPtr root, Planning& planning, Estimator& estimator);

}  // namespace gather::planner
