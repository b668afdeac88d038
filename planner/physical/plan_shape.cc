#include "planner/physical/plan_shape.h"

#include "planner/physical/plan_walk.h"

namespace gather::planner {

namespace {

class ShapeHash {
 public:
  void Add(uint64_t value) {
    hash_ ^= value + 0x9E3779B97F4A7C15ull + (hash_ << 6) + (hash_ >> 2);
    hash_ *= 0xFF51AFD7ED558CCDull;
  }
  void Add(const catalog::RelationRef& relation) { Add(relation == nullptr ? 0 : relation->oid); }
  void Add(const std::vector<ScanColumnRef>& columns) {
    for (const ScanColumnRef& column : columns) Add(column.column.value);
  }

  void Add(const sql::Expr& expr) {
    CheckStackDepth();
    const bool value = expr.kind == sql::ExprKind::kConstant || expr.kind == sql::ExprKind::kParameter || expr.kind == sql::ExprKind::kExecParameter;
    // A parameter with its value known is a constant: both are the same to the shape.
    Add(value ? 0 : static_cast<uint64_t>(expr.kind) + 1);
    if (value) return;
    Add(expr.index);
    if (expr.function != nullptr) Add(expr.function->oid);
    if (expr.aggregate != nullptr && expr.aggregate->function != nullptr) Add(expr.aggregate->function->oid);
    // Lists of any length are one shape.
    const size_t children = expr.kind == sql::ExprKind::kInList ? 1 : expr.children.size();
    for (size_t i = 0; i < children; ++i) {
      if (expr.children[i] != nullptr) Add(*expr.children[i]);
    }
  }

  void Add(const PlanNode& node) {
    Add(static_cast<uint64_t>(node.kind));
    switch (node.kind) {
      case NodeKind::kSeqScan:
        Add(static_cast<const SeqScanNode&>(node).table);
        Add(static_cast<const SeqScanNode&>(node).columns);
        break;
      case NodeKind::kIndexScan:
        Add(static_cast<const IndexScanNode&>(node).index);
        Add(static_cast<const IndexScanNode&>(node).columns);
        break;
      case NodeKind::kBitmapIndexScan: Add(static_cast<const BitmapIndexScanNode&>(node).index); break;
      case NodeKind::kBitmapScan:
        Add(static_cast<const BitmapScanNode&>(node).table);
        Add(static_cast<const BitmapScanNode&>(node).columns);
        break;
      case NodeKind::kCteScan:
        // What the CTE computes is no part of the shape.
        Add(std::hash<std::string>{}(static_cast<const CteScanNode&>(node).alias));
        for (const PlanColumn& column : node.output) Add(std::hash<std::string>{}(column.name));
        break;
      case NodeKind::kMergeJoin: Add(static_cast<uint64_t>(static_cast<const MergeJoinNode&>(node).join)); break;
      case NodeKind::kHashJoin: Add(static_cast<uint64_t>(static_cast<const HashJoinNode&>(node).join)); break;
      case NodeKind::kNestedLoop: Add(static_cast<uint64_t>(static_cast<const NestedLoopNode&>(node).join)); break;
      default: break;
    }
    ForEachPlanExpression(node, [this](const ExprRef& expr) { Add(*expr); });
    Add(node.children.size());
    for (const PlanNodePtr& child : node.children) Add(*child);
  }

  uint64_t value() const { return hash_; }

 private:
  uint64_t hash_ = 0;
};

}  // namespace

uint64_t ShapeOf(const PlanNode& node) {
  ShapeHash hash;
  hash.Add(node);
  return hash.value();
}

}  // namespace gather::planner
