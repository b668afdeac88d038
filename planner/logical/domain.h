// Domain: the general way of unnesting, Neumann and Kemper's "Unnesting Arbitrary Queries" (BTW 2015). The distinct
// outer values that a subquery refers to are joined into it, as far down as needed, and its result is joined back by
// them.
//
// Made for one dependent join, on the stack; single-threaded.
#pragma once

#include <vector>

#include "planner/planning.h"

namespace gather::planner {

class Domain {
 public:
  Domain(Planning& planning, Join& join);

  // Whether the join can be dissolved this way: the outer side can be read twice, equal outer values are alike to the
  // subquery, and every correlated operator takes a domain.
  bool Applies();
  void Dissolve();

 private:
  using Representatives = std::vector<Column>;  // per domain column, who holds its value in a subtree

  bool SpeaksForRows() const;
  bool MayPush(const LogicalNode& node) const;
  ExprRef Same(const Column& a, const Column& b) const;
  LogicalPtr Values(Representatives* held);
  ColumnMap MapTo(const Representatives& held) const;
  void SubstituteOwn(LogicalNode& node, const Representatives& held) const;
  LogicalPtr Push(LogicalPtr node, Representatives* held);
  LogicalPtr PushItems(LogicalPtr node, std::vector<Item>& items, Representatives* held);
  LogicalPtr PushAggregate(LogicalPtr node, Representatives* held);
  LogicalPtr PushJoin(LogicalPtr node, Representatives* held);
  LogicalPtr PushSetOp(LogicalPtr node, Representatives* held);
  LogicalPtr PushLimit(LogicalPtr node, Representatives* held);
  LogicalPtr PushValues(LogicalPtr node, Representatives* held);

  Planning& planning_;
  Join& join_;
  const RelSet outer_;
  std::vector<Column> columns_;      // of the outer side, as the subquery refers to them
  std::vector<ExprRef> conditions_;  // of the join, over the outer side alone: rows that fail them need no answer
};

}  // namespace gather::planner
