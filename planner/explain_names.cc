#include "planner/explain_names.h"

namespace gather::planner {

const char* JoinWord(JoinKind kind) {
  switch (kind) {
    case JoinKind::kInner: return "Inner";
    case JoinKind::kLeft: return "Left";
    case JoinKind::kRight: return "Right";
    case JoinKind::kFull: return "Full";
    case JoinKind::kSemi: return "Semi";
    case JoinKind::kAnti: return "Anti";
    case JoinKind::kMark: return "Mark";
    case JoinKind::kSingle: return "Single";
  }
  return "";
}

namespace {

// "Hash Left Join", "Nested Loop Semi Join", "Hash Join", "Nested Loop".
std::string JoinName(const char* method, JoinKind kind) {
  const bool hash = std::string_view(method) != "Nested Loop";
  if (kind == JoinKind::kInner) return hash ? std::string(method) + " Join" : method;
  return std::string(method) + " " + JoinWord(kind) + " Join";
}

}  // namespace

ExplainName ExplainNameOf(const PlanNode& node) {
  switch (node.kind) {
    case NodeKind::kResult: return {"Result", "Result", "", "", ""};
    case NodeKind::kValuesScan: return {"Values Scan", "Values Scan", "", "", ""};
    case NodeKind::kSeqScan: case NodeKind::kSystemViewScan: return {"Seq Scan", "Seq Scan", "", "", ""};
    case NodeKind::kIndexScan: {
      const auto& scan = static_cast<const IndexScanNode&>(node);
      const std::string name = scan.index_only ? "Index Only Scan" : "Index Scan";
      return {name + (scan.backward ? " Backward" : ""), name, "", "", ""};
    }
    case NodeKind::kBitmapScan: return {"Bitmap Heap Scan", "Bitmap Heap Scan", "", "", ""};
    case NodeKind::kBitmapIndexScan: return {"Bitmap Index Scan", "Bitmap Index Scan", "", "", ""};
    case NodeKind::kBitmapAnd: return {"BitmapAnd", "BitmapAnd", "", "", ""};
    case NodeKind::kBitmapOr: return {"BitmapOr", "BitmapOr", "", "", ""};
    case NodeKind::kFunctionScan: return {"Function Scan", "Function Scan", "", "", ""};
    case NodeKind::kCteScan: return {"CTE Scan", "CTE Scan", "", "", ""};
    case NodeKind::kWorkTableScan: return {"WorkTable Scan", "WorkTable Scan", "", "", ""};
    case NodeKind::kAppend: return {"Append", "Append", "", "", ""};
    case NodeKind::kMergeAppend: return {"Merge Append", "Merge Append", "", "", ""};
    case NodeKind::kHashJoin: return {JoinName("Hash", static_cast<const HashJoinNode&>(node).join), "Hash Join", "", "", ""};
    case NodeKind::kMergeJoin: return {JoinName("Merge", static_cast<const MergeJoinNode&>(node).join), "Merge Join", "", "", ""};
    case NodeKind::kNestedLoop: return {JoinName("Nested Loop", static_cast<const NestedLoopNode&>(node).join), "Nested Loop", "", "", ""};
    case NodeKind::kAggregate: {
      const auto& aggregate = static_cast<const AggregateNode&>(node);
      const char* prefix = aggregate.split == AggregateSplit::kPartial ? "Partial " : aggregate.split == AggregateSplit::kFinal ? "Finalize " : "";
      const char* mode = aggregate.split == AggregateSplit::kPartial ? "Partial" : aggregate.split == AggregateSplit::kFinal ? "Finalize" : "Simple";
      const char* name = aggregate.strategy == AggregateStrategy::kPlain ? "Aggregate" : aggregate.strategy == AggregateStrategy::kHashed ? "HashAggregate" : "GroupAggregate";
      const char* strategy = aggregate.strategy == AggregateStrategy::kPlain ? "Plain" : aggregate.strategy == AggregateStrategy::kHashed ? "Hashed" : "Sorted";
      return {std::string(prefix) + name, "Aggregate", strategy, mode, ""};
    }
    case NodeKind::kSetOp: {
      const auto& operation = static_cast<const SetOpNode&>(node);
      const std::string name = operation.operation == sql::SetOperation::kIntersect ? "Intersect" : "Except";
      return {"HashSetOp " + name + (operation.all ? " All" : ""), "SetOp", "Hashed", "", ""};
    }
    case NodeKind::kSort: return {"Sort", "Sort", "", "", ""};
    case NodeKind::kIncrementalSort: return {"Incremental Sort", "Incremental Sort", "", "", ""};
    case NodeKind::kTopN: return {static_cast<const TopNNode&>(node).partial ? "Sort" : "Limit", static_cast<const TopNNode&>(node).partial ? "Sort" : "Limit", "", "", ""};
    case NodeKind::kUnique: return {"Unique", "Unique", "", "", ""};
    case NodeKind::kLimit: return {"Limit", "Limit", "", "", ""};
    case NodeKind::kProjectSet: return {"ProjectSet", "ProjectSet", "", "", ""};
    case NodeKind::kWindowAgg: return {"WindowAgg", "WindowAgg", "", "", ""};
    case NodeKind::kRecursiveUnion: return {"Recursive Union", "Recursive Union", "", "", ""};
    case NodeKind::kLockRows: return {"LockRows", "LockRows", "", "", ""};
    case NodeKind::kGather: return {"Gather", "Gather", "", "", ""};
    case NodeKind::kGatherMerge: return {"Gather Merge", "Gather Merge", "", "", ""};
    case NodeKind::kModifyTable: {
      const auto kind = static_cast<const ModifyTableNode&>(node).modify->kind;
      const char* name = kind == sql::BoundModify::Kind::kInsert ? "Insert" : kind == sql::BoundModify::Kind::kUpdate ? "Update" : "Delete";
      return {name, "ModifyTable", "", "", name};
    }
  }
  return {};
}

}  // namespace gather::planner
