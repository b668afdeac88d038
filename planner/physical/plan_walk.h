// Walks over the expressions of plan nodes.
#pragma once

#include "planner/plan.h"

namespace gather::planner {

// Calls visit(const ExprRef&) for every expression of the node itself (null ones left out).
template <class Visit>
void ForEachPlanExpression(const PlanNode& node, const Visit& visit) {
  const auto one = [&visit](const ExprRef& expr) { if (expr != nullptr) visit(expr); };
  const auto all = [&one](const std::vector<ExprRef>& list) { for (const ExprRef& expr : list) one(expr); };
  const auto index = [&one, &all](const IndexCondition& condition) {
    all(condition.equal);
    all(condition.any);
    one(condition.lower);
    one(condition.upper);
  };
  one(node.filter);
  all(node.projection);
  switch (node.kind) {
    case NodeKind::kResult: one(static_cast<const ResultNode&>(node).one_time_filter); break;
    case NodeKind::kValuesScan:
      for (const auto& row : static_cast<const ValuesScanNode&>(node).values) all(row);
      break;
    case NodeKind::kSeqScan:
      for (const auto& zone : static_cast<const SeqScanNode&>(node).zone_conditions) one(zone.value);
      break;
    case NodeKind::kIndexScan: index(static_cast<const IndexScanNode&>(node)); break;
    case NodeKind::kBitmapIndexScan: index(static_cast<const BitmapIndexScanNode&>(node)); break;
    case NodeKind::kFunctionScan: all(static_cast<const FunctionScanNode&>(node).functions); break;
    case NodeKind::kHashJoin: {
      const auto& join = static_cast<const HashJoinNode&>(node);
      all(join.outer_keys);
      all(join.inner_keys);
      one(join.residual);
      break;
    }
    case NodeKind::kMergeJoin: one(static_cast<const MergeJoinNode&>(node).residual); break;
    case NodeKind::kNestedLoop: {
      const auto& loop = static_cast<const NestedLoopNode&>(node);
      one(loop.condition);
      one(loop.outer_filter);
      for (const NestedLoopNode::Parameter& parameter : loop.parameters) one(parameter.value);
      break;
    }
    case NodeKind::kAggregate: {
      const auto& aggregate = static_cast<const AggregateNode&>(node);
      all(aggregate.keys);
      for (const PlanAggregate& call : aggregate.aggregates) {
        all(call.arguments);
        one(call.filter);
        for (const sql::SortItem& item : call.order_by) one(item.expression);
      }
      break;
    }
    case NodeKind::kTopN:
      one(static_cast<const TopNNode&>(node).limit);
      one(static_cast<const TopNNode&>(node).offset);
      break;
    case NodeKind::kLimit:
      one(static_cast<const LimitNode&>(node).limit);
      one(static_cast<const LimitNode&>(node).offset);
      break;
    case NodeKind::kProjectSet: all(static_cast<const ProjectSetNode&>(node).targets); break;
    case NodeKind::kWindowAgg:
      for (const auto& call : static_cast<const WindowAggNode&>(node).calls) {
        all(call.arguments);
        one(call.filter);
      }
      break;
    default: break;
  }
}

}  // namespace gather::planner
