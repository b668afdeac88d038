// Conditions as PostgreSQL's negate_clause and canonicalize_qual write them. Which operands are evaluated, and so which
// errors a query can raise, depends on it: `where not (a between null and b / 0)` is a OR null arm and a term that
// decides nothing once the null is gone. Pure functions; thread-safe.
#pragma once

#include "planner/expressions.h"

namespace gather::planner {

// NOT expr, with the NOT pushed down to where an operator has a negator or a test an inverse.
ExprRef Negate(const ExprRef& expr, const catalog::FunctionRegistry* functions);

// `expr` as the condition of WHERE, ON or HAVING, which lets neither false nor null through: a constant null is false,
// which ends an AND and leaves an OR.
ExprRef CanonicalCondition(const ExprRef& expr);

}  // namespace gather::planner
