// The short way to a plan for the statements that come by the ten thousand: one row of one table by a unique key (SELECT, and the source of
// UPDATE and DELETE), and rows computed from nothing (SELECT 1, INSERT … VALUES of one row). A few µs instead of the whole planner.
#pragma once

#include "planner/plan.h"

namespace gather::planner {

// The plan of `query`, or null when it is none of these.
PlanNodePtr MakePointPlan(const sql::Query& query, const sql::BoundStatement& statement, const PlannerContext& context);

}  // namespace gather::planner
