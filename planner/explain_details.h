// What EXPLAIN says of a node of each kind: what it works on, and its conditions and keys.
#pragma once

#include "planner/explain.h"
#include "planner/explain_document.h"
#include "planner/explain_expression.h"

namespace gather::planner {

struct ExplainInput {
  const Plan& plan;
  const ExplainOptions& options;
  const ExpressionPrinter& printer;
};

// " using index on table alias" behind the heading.
void AddHeading(const PlanNode& node, const ExplainInput& input, ExplainEntry& entry);
// Lines below it. `outer`: whose rows index conditions refer to; `actual` may be null.
void AddDetails(const PlanNode& node, const ExplainInput& input, const PlanNode* outer, const NodeActuals* actual, ExplainEntry& entry);

}  // namespace gather::planner
