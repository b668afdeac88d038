// Whether two subqueries of one statement are the same: structurally, whatever numbers the binder gave to their relations and CTEs. What
// is not theirs (outer columns, CTEs of an enclosing query) must be the very same.
//
// Queries that give another answer when asked again (volatile functions, row locks) are not the same as anything, themselves included.
// Names do not count. Pure function; recursion is bounded by CheckStackDepth.
#pragma once

#include "sql/query.h"

namespace gather::planner {

bool SameQuery(const sql::Query& a, const sql::Query& b);

}  // namespace gather::planner
