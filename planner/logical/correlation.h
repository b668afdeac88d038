// What the ways of unnesting share: questions about correlated subqueries and small changes to them. Pure functions on
// a planning's tree.
#pragma once

#include <map>
#include <vector>

#include "planner/planning.h"

namespace gather::planner {

bool IsCorrelated(const ExprRef& expr, const RelSet& outer);
// What an aggregate yields for no rows is null, but for these 0.
bool CountsRows(const AggregateItem& item);
ExprRef Zero(SqlType type);
ExprRef Renamed(const ExprRef& expr, const std::map<uint32_t, uint32_t>& renamed);
bool HasVolatile(LogicalNode& node);
// Whether a copy of the subtree is sure to yield the same rows in the same execution.
bool IsStable(LogicalNode& node);
// FROM f(outer columns): a function is called for every row by its nature.
bool IsLateralCall(const Join& join);
Item PassThrough(const Column& column);
bool HasItem(const std::vector<Item>& items, ColumnRef ref);
// The order of an aggregate's input goes lost where rows of several outer values mix: given to those aggregates that
// see it.
void TakeOrder(Aggregate& aggregate);

}  // namespace gather::planner
