// Questions about the calls of an Aggregate node.
#pragma once

#include "planner/plan.h"

namespace gather::planner {

// States that participants have made of some rows each can be combined, in any order.
bool IsCombinable(const PlanAggregate& aggregate);
// A value that comes again changes nothing: min, max, bool_and …
bool IgnoresRepeated(const sql::AggregateCall& call);
// May run in a worker.
bool AggregatesSafe(const AggregateNode& node);

}  // namespace gather::planner
