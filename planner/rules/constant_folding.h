// Constant folding: immutable subexpressions of constants are evaluated once, as PostgreSQL's eval_const_expressions does: AND and OR
// drop terms that decide nothing, CASE drops branches that cannot be taken, strict functions of a null constant are null.
// An error in a subexpression that is sure to be constant is raised here, as in PostgreSQL.
#pragma once

#include "planner/plan.h"

namespace gather::planner {

ExprRef FoldConstants(const ExprRef& expr, const PlannerContext& context);

}  // namespace gather::planner
