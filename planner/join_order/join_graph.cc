#include "planner/join_order/join_graph.h"

#include <algorithm>

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

size_t CountLeaves(const LogicalNode& node) {
  if (node.kind == LogicalKind::kFilter && IsRegion(*node.children[0])) return CountLeaves(*node.children[0]);
  if (!IsRegion(node)) return 1;
  const bool inner = As<Join>(node).join == JoinKind::kInner;
  return CountLeaves(*node.children[0]) + (inner ? CountLeaves(*node.children[1]) : 1);
}

struct Collector {
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
    Take(std::move(join.children[0]));
    if (join.join == JoinKind::kInner) {
      conditions.insert(conditions.end(), join.conditions.begin(), join.conditions.end());
      Take(std::move(join.children[1]));
    } else {
      Add(std::move(join.children[1]), join.join, join.conditions);
    }
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

std::optional<JoinGraph> TakeJoinGraph(LogicalPtr& root) {
  const LogicalNode& top = root->kind == LogicalKind::kFilter ? *root->children[0] : *root;
  if (!IsRegion(top)) return std::nullopt;
  const size_t leaves = CountLeaves(*root);
  if (leaves < 3 || leaves > kMaximumLeaves) return std::nullopt;
  Collector collector;
  collector.Take(std::move(root));
  collector.Finish();
  return std::move(collector.graph);
}

LogicalPtr OrderAllJoins(LogicalPtr root, Estimator& estimator, const PlannerSettings& settings) {
  std::optional<JoinGraph> graph = TakeJoinGraph(root);
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
