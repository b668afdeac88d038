#include <algorithm>

#include "planner/rules/rules.h"

namespace gather::planner {

namespace {

class Inliner {
 public:
  explicit Inliner(const std::vector<Column>& kept) {
    for (const Column& column : kept) kept_.Add(column.ref);
  }

  void FindPinned(LogicalNode& node) {
    switch (node.kind) {
      case LogicalKind::kSort: case LogicalKind::kDistinct: case LogicalKind::kSetOp: case LogicalKind::kRecursiveUnion: case LogicalKind::kLockRows:
        ForEachExpression(node, [this](ExprRef& expr) { pinned_.AddFrom(expr); });
        break;
      case LogicalKind::kWindow:
        for (const ExprRef& key : As<Window>(node).partition_by) pinned_.AddFrom(key);
        for (const sql::SortItem& item : As<Window>(node).order_by) pinned_.AddFrom(item.expression);
        break;
      case LogicalKind::kProject: PinPassedThrough(As<Project>(node).items); break;
      case LogicalKind::kProjectSet: PinPassedThrough(As<ProjectSet>(node).items); break;
      case LogicalKind::kAggregate: PinPassedThrough(As<Aggregate>(node).keys); break;
      default: break;
    }
    for (LogicalPtr& child : node.children) FindPinned(*child);
  }

  // `nullable`: an outer join above may replace the columns by nulls after they were computed.
  void Visit(LogicalPtr& node, bool nullable, bool is_root) {
    const bool resets = node->kind == LogicalKind::kAggregate || node->kind == LogicalKind::kSetOp || node->kind == LogicalKind::kProjectSet ||
                        node->kind == LogicalKind::kRecursiveUnion;
    for (size_t i = 0; i < node->children.size(); ++i) {
      bool below = nullable && !resets;
      if (node->kind == LogicalKind::kJoin) {
        const JoinKind kind = As<Join>(*node).join;
        if (kind == JoinKind::kFull) below = true;
        if (i == 1 && (kind == JoinKind::kLeft || kind == JoinKind::kSingle)) below = true;
        if (i == 1 && (kind == JoinKind::kSemi || kind == JoinKind::kAnti || kind == JoinKind::kMark)) below = false;
      }
      Visit(node->children[i], below, false);
    }
    if (node->kind != LogicalKind::kProject || is_root) return;
    auto& project = As<Project>(*node);
    SubstituteItems(project.items, map_);
    const bool all = std::all_of(project.items.begin(), project.items.end(), [&](const Item& item) { return MayInline(item, nullable); });
    if (!all) return;
    for (const Item& item : project.items) {
      if (item.expression->kind != ExprKind::kColumn || RefOf(*item.expression) != item.out) map_[item.out] = item.expression;
    }
    LogicalPtr child = std::move(node->children[0]);
    node = std::move(child);
  }

  // The whole tree with the columns that are left.
  void Apply(LogicalNode& node) const {
    if (map_.empty()) return;
    if (node.kind == LogicalKind::kProject) SubstituteItems(As<Project>(node).items, map_);
    else if (node.kind == LogicalKind::kProjectSet) SubstituteItems(As<ProjectSet>(node).items, map_);
    else if (node.kind == LogicalKind::kAggregate) SubstituteItems(As<Aggregate>(node).keys, map_);
    ForEachExpression(node, [this](ExprRef& expr) { expr = Substitute(expr, map_); });
    for (LogicalPtr& child : node.children) Apply(*child);
  }

 private:
  static bool IsPassedThrough(const Item& item) { return item.expression->kind == ExprKind::kColumn && RefOf(*item.expression) == item.out; }

  // These must stay columns.
  void PinPassedThrough(const std::vector<Item>& items) {
    for (const Item& item : items) {
      if (IsPassedThrough(item)) pinned_.Add(item.out);
    }
  }

  // A column that is passed through keeps its identity: it is known above by the name it has below.
  static void SubstituteItems(std::vector<Item>& items, const ColumnMap& map) {
    for (Item& item : items) {
      const bool passed = IsPassedThrough(item);
      item.expression = Substitute(item.expression, map);
      if (passed) item.out = RefOf(*item.expression);
    }
  }

  bool MayInline(const Item& item, bool nullable) const {
    const ExprRef& expr = item.expression;
    if (expr->kind == ExprKind::kColumn && RefOf(*expr) == item.out) return true;
    if (kept_.Contains(item.out)) return false;
    if (expr->kind == ExprKind::kColumn) return true;
    if (pinned_.Contains(item.out) || IsVolatile(expr) || HasKind(expr, ExprKind::kSetFunction)) return false;
    if (!nullable) return true;
    const RelSet relations = RelationsOf(expr);
    return !relations.empty() && IsStrict(expr, relations);
  }

  ColumnSet kept_, pinned_;
  ColumnMap map_;
};

}  // namespace

LogicalPtr InlineProjections(LogicalPtr root, const std::vector<Column>& kept) {
  Inliner inliner(kept);
  inliner.FindPinned(*root);
  inliner.Visit(root, false, true);
  inliner.Apply(*root);
  return root;
}

}  // namespace gather::planner
