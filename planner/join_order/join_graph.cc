#include "planner/join_order/join_graph.h"

#include <algorithm>
#include <cstdint>
#include <unordered_map>

namespace gather::planner {

namespace {

constexpr size_t kMaximumLeaves = 64;

bool IsAttachedKind(JoinKind kind) { return kind == JoinKind::kLeft || kind == JoinKind::kSemi || kind == JoinKind::kAnti || kind == JoinKind::kSingle; }

bool IsRegion(const LogicalNode& node) {
  if (node.kind != LogicalKind::kJoin) return false;
  const auto& join = As<Join>(node);
  if (join.dependent) return false;
  if (join.join == JoinKind::kInner) return true;
  // Attached joins without a condition to the left stay where they are.
  if (!IsAttachedKind(join.join)) return false;
  RelSet used;
  for (const ExprRef& condition : join.conditions) {
    if (IsVolatile(condition)) return false;
    AddRelations(condition, &used);
  }
  return used.Intersects(Produced(*node.children[0]));
}

// What is taken apart together. join_collapse_limit and from_collapse_limit mean what they mean in PostgreSQL: a JOIN whose sides have more
// members than the limit together stays as written, its sides being ordered on their own; so does a subquery in FROM that would make its
// list longer than the limit.
class Collapse {
 public:
  Collapse(const LogicalNode& root, const PlannerSettings& settings)
      : join_limit_(Limit(settings.join_collapse_limit)), from_limit_(Limit(settings.from_collapse_limit)), leaves_(Visit(root, 0, 0)) {}

  size_t leaves() const { return leaves_; }            // of the region

  // Which sides of the join are taken apart with it.
  struct Sides { bool left = true, right = true; };
  Sides SidesOf(const Join& join) const { return sides_.at(&join); }

 private:
  static size_t Limit(int setting) { return setting <= 0 ? SIZE_MAX / 4 : static_cast<size_t>(setting); }

  static const LogicalNode& WithoutFilter(const LogicalNode& node) {
    return node.kind == LogicalKind::kFilter && IsRegion(*node.children[0]) ? *node.children[0] : node;
  }

  // The members of `node`, met in the FROM list `list` with `behind` items after it.
  size_t Visit(const LogicalNode& node, uint32_t list, size_t behind) {
    const LogicalNode& region = WithoutFilter(node);
    if (!IsRegion(region)) return 1;
    const auto& join = As<Join>(region);
    if (join.from_list != list) behind = 0;
    const LogicalNode& first = WithoutFilter(*join.children[0]);
    const size_t left = Visit(first, join.from_list, behind + 1), right = join.join == JoinKind::kInner ? Visit(*join.children[1], 0, 0) : 1;
    Sides sides;
    if (join.from_list == 0) {
      sides.left = sides.right = left + right <= join_limit_;
    } else {
      const bool same_list = IsRegion(first) && As<Join>(first).from_list == join.from_list;
      sides.left = left <= 1 || same_list || left + behind + 1 <= from_limit_;
      sides.right = right <= 1 || (sides.left ? left : 1) + right + behind <= from_limit_;
    }
    sides_[&join] = sides;
    return (sides.left ? left : 1) + (sides.right ? right : 1);
  }

  const size_t join_limit_, from_limit_;
  std::unordered_map<const Join*, Sides> sides_;
  const size_t leaves_;
};

struct Collector {
  const Collapse& collapse;
  JoinGraph graph;
  std::vector<ExprRef> conditions;

  void Take(LogicalPtr node) {
    if (node->kind == LogicalKind::kFilter && IsRegion(*node->children[0])) {
      auto& filter = As<Filter>(*node);
      conditions.insert(conditions.end(), filter.conditions.begin(), filter.conditions.end());
      Take(std::move(node->children[0]));
      return;
    }
    if (!IsRegion(*node)) {
      Add(std::move(node), JoinKind::kInner, {});
      return;
    }
    auto& join = As<Join>(*node);
    const Collapse::Sides sides = collapse.SidesOf(join);
    if (sides.left) Take(std::move(join.children[0]));
    else Add(std::move(join.children[0]), JoinKind::kInner, {});
    if (join.join != JoinKind::kInner) {
      Add(std::move(join.children[1]), join.join, join.conditions);
      return;
    }
    conditions.insert(conditions.end(), join.conditions.begin(), join.conditions.end());
    if (sides.right) Take(std::move(join.children[1]));
    else Add(std::move(join.children[1]), JoinKind::kInner, {});
  }

  void Add(LogicalPtr tree, JoinKind kind, std::vector<ExprRef> own) {
    JoinLeaf leaf;
    leaf.relations = Produced(*tree);
    leaf.tree = std::move(tree);
    leaf.kind = kind;
    leaf.conditions = std::move(own);
    graph.leaves.push_back(std::move(leaf));
  }

  LeafSet LeavesOf(const RelSet& relations) const {
    LeafSet set = 0;
    for (size_t i = 0; i < graph.leaves.size(); ++i) {
      if (graph.leaves[i].relations.Intersects(relations)) set |= LeafSet{1} << i;
    }
    return set;
  }

  void Finish() {
    for (size_t i = 0; i < graph.leaves.size(); ++i) {
      JoinLeaf& leaf = graph.leaves[i];
      RelSet used;
      for (const ExprRef& condition : leaf.conditions) AddRelations(condition, &used);
      leaf.needs = LeavesOf(used) & ~(LeafSet{1} << i);
    }
    for (const ExprRef& condition : conditions) {
      const LeafSet leaves = LeavesOf(RelationsOf(condition));
      if (leaves == 0) graph.constants.push_back(condition);
      else graph.edges.push_back({condition, leaves});
    }
    AddImplied();
  }

  // a = b and b = c: also a = c, so that a and c can be joined first. Same-typed columns only.
  void AddImplied() {
    const size_t known = graph.edges.size();
    if (known > 40) return;
    for (size_t i = 0; i < graph.edges.size() && graph.edges.size() < 3 * known + 8; ++i) {
      for (size_t j = 0; j < i; ++j) {
        const ExprRef a = graph.edges[i].condition, b = graph.edges[j].condition;
        if (!IsLink(*a) || !IsLink(*b) || a->function != b->function) continue;
        for (const size_t x : {size_t{0}, size_t{1}}) {
          for (const size_t y : {size_t{0}, size_t{1}}) {
            if (RefOf(*a->children[x]) != RefOf(*b->children[y])) continue;
            const ExprRef left = a->children[1 - x], right = b->children[1 - y];
            const LeafSet leaves = LeavesOf(RelationsOf(left)) | LeavesOf(RelationsOf(right));
            if (RefOf(*left) == RefOf(*right) || (leaves & (leaves - 1)) == 0 || left->type.oid != right->type.oid) continue;
            const bool have = std::any_of(graph.edges.begin(), graph.edges.end(), [&](const JoinEdge& edge) {
              if (!IsLink(*edge.condition)) return false;
              const ColumnRef p = RefOf(*edge.condition->children[0]), q = RefOf(*edge.condition->children[1]);
              return (p == RefOf(*left) && q == RefOf(*right)) || (q == RefOf(*left) && p == RefOf(*right));
            });
            if (have || Attached(leaves)) continue;
            auto implied = std::make_shared<Expr>(*a);
            implied->children = {left, right};
            graph.edges.push_back({implied, leaves});
          }
        }
      }
    }
  }

  bool Attached(LeafSet leaves) const {
    for (size_t i = 0; i < graph.leaves.size(); ++i) {
      if ((leaves >> i & 1) != 0 && graph.leaves[i].kind != JoinKind::kInner) return true;
    }
    return false;
  }

  static bool IsLink(const Expr& expr) {
    return IsEquality(expr) && expr.children[0]->kind == ExprKind::kColumn && expr.children[1]->kind == ExprKind::kColumn &&
           expr.children[0]->type.oid == expr.children[1]->type.oid;
  }
};

}  // namespace

std::optional<JoinGraph> TakeJoinGraph(LogicalPtr& root, const PlannerSettings& settings) {
  const LogicalNode& top = root->kind == LogicalKind::kFilter ? *root->children[0] : *root;
  if (!IsRegion(top)) return std::nullopt;
  const Collapse collapse(*root, settings);
  const size_t leaves = collapse.leaves();
  if (leaves < 3 || leaves > kMaximumLeaves) return std::nullopt;
  Collector collector{collapse, {}, {}};
  collector.Take(std::move(root));
  collector.Finish();
  return std::move(collector.graph);
}

LogicalPtr OrderAllJoins(LogicalPtr root, Estimator& estimator, const PlannerSettings& settings) {
  std::optional<JoinGraph> graph = TakeJoinGraph(root, settings);
  if (!graph.has_value()) {
    for (LogicalPtr& child : root->children) child = OrderAllJoins(std::move(child), estimator, settings);
    return root;
  }
  for (JoinLeaf& leaf : graph->leaves) {
    leaf.tree = OrderAllJoins(std::move(leaf.tree), estimator, settings);
    leaf.rows = estimator.Rows(*leaf.tree);
  }
  return OrderJoins(std::move(*graph), estimator, settings);
}

}  // namespace gather::planner
