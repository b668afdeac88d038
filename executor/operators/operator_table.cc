// The operators: one line each. An operator is a file in this folder that defines the builder named here.
#include "executor/plan_builder.h"

namespace gather::executor {

using planner::NodeKind;
using planner::PlanNode;

// Kind of node, its builder, and whether it applies the node's filter itself.
#define GATHER_OPERATORS(X)                          \
  X(kResult, BuildResult, false)                     \
  X(kValuesScan, BuildValuesScan, false)             \
  X(kSeqScan, BuildSeqScan, true)                    \
  X(kSystemViewScan, BuildSystemViewScan, false)     \
  X(kFunctionScan, BuildFunctionScan, false)         \
  X(kLimit, BuildLimit, false)                       \
  X(kAggregate, BuildAggregate, false)               \
  X(kSort, BuildSort, false)                         \
  X(kTopN, BuildTopN, false)                         \
  X(kIncrementalSort, BuildIncrementalSort, false)   \
  X(kMergeJoin, BuildMergeJoin, false)               \
  X(kProjectSet, BuildProjectSet, false)             \
  X(kHashJoin, BuildHashJoin, false)                 \
  X(kGather, BuildGather, false)                     \
  X(kGatherMerge, BuildGatherMerge, false)           \
  X(kIndexScan, BuildIndexScan, false)               \
  X(kBitmapScan, BuildBitmapScan, false)             \
  X(kNestedLoop, BuildNestedLoop, false)             \
  X(kAppend, BuildAppend, false)                     \
  X(kMergeAppend, BuildMergeAppend, false)           \
  X(kSetOp, BuildSetOp, false)                       \
  X(kUnique, BuildUnique, false)                     \
  X(kCteScan, BuildCteScan, false)                   \
  X(kWorkTableScan, BuildWorkTableScan, false)       \
  X(kRecursiveUnion, BuildRecursiveUnion, false)     \
  X(kWindowAgg, BuildWindowAgg, false)               \
  X(kLockRows, BuildLockRows, false)                 \
  X(kModifyTable, BuildModifyTable, false)

#define X(kind, build, filters) void build(const PlanNode& node, PlanBuilder& builder, Pipeline& pipeline);
GATHER_OPERATORS(X)
#undef X

const OperatorRow& FindOperator(NodeKind kind) {
  static constexpr OperatorRow kRows[] = {
#define X(kind, build, filters) {NodeKind::kind, build, filters},
      GATHER_OPERATORS(X)
#undef X
  };
  for (const OperatorRow& row : kRows) {
    if (row.kind == kind) return row;
  }
  ThrowInternal(Format("no operator for plan nodes of kind %d", static_cast<int>(kind)));
}

}  // namespace gather::executor
