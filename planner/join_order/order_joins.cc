// DPccp (Moerkotte and Neumann, "Analysis of Two Existing and One New Dynamic Programming Algorithm", VLDB 2006): every connected pair of
// leaf sets once, best tree per set kept. Past a budget of pairs: greedy operator ordering (the cheapest join next).
#include <algorithm>
#include <bit>
#include <cmath>
#include <unordered_map>

#include "planner/join_order/join_graph.h"
#include "planner/physical/cost.h"

namespace gather::planner {

namespace {

// Pairs looked at before giving up on the optimum: some 5 ms. Twelve relations in a chain or star are far below, a clique of ten at it.
constexpr size_t kPairBudget = 20000;
constexpr size_t kExactLeaves = 14;
// With geqo = off the search goes on, up to some 100 MB.
constexpr size_t kLargestPairBudget = 4000000;

struct Candidate {
  LeafSet left = 0, right = 0;                         // 0: a leaf
  double rows = 1;
  double cost = 0;
};

class Orderer {
 public:
  Orderer(JoinGraph graph, Estimator& estimator, const PlannerSettings& settings)
      : graph_(std::move(graph)),
        estimator_(estimator),
        cost_(settings),
        count_(graph_.leaves.size()),
        exact_leaves_(!settings.geqo ? SIZE_MAX : settings.geqo_threshold > 0 ? static_cast<size_t>(settings.geqo_threshold) - 1 : kExactLeaves),
        budget_(settings.geqo ? kPairBudget : kLargestPairBudget) {}

  LogicalPtr Order() {
    Connect();
    for (size_t i = 0; i < count_; ++i) best_[Bit(i)] = {0, 0, graph_.leaves[i].rows, LeafCost(i)};
    const LeafSet all = count_ == 64 ? ~LeafSet{0} : Bit(count_) - 1;
    if (count_ <= exact_leaves_) Enumerate();
    if (!best_.contains(all)) Greedy(all);
    placed_.assign(graph_.edges.size(), false);
    LogicalPtr root = Build(all);
    if (!graph_.constants.empty()) root = MakeFilter(std::move(root), graph_.constants);
    return root;
  }

 private:
  static LeafSet Bit(size_t i) { return LeafSet{1} << i; }
  static size_t First(LeafSet set) { return static_cast<size_t>(std::countr_zero(set)); }
  static bool IsSubset(LeafSet inner, LeafSet outer) { return (inner & ~outer) == 0; }

  double LeafCost(size_t i) const { return graph_.leaves[i].rows * cost_.ScanRow(); }

  // Neighbours in the graph; components are linked by their smallest leaves, as cross products that come last.
  void Connect() {
    neighbours_.assign(count_, 0);
    const auto link = [this](size_t a, size_t b) {
      neighbours_[a] |= Bit(b);
      neighbours_[b] |= Bit(a);
    };
    for (const JoinEdge& edge : graph_.edges) {
      for (LeafSet a = edge.leaves; a != 0; a &= a - 1) {
        for (LeafSet b = a & (a - 1); b != 0; b &= b - 1) link(First(a), First(b));
      }
    }
    for (size_t i = 0; i < count_; ++i) {
      for (LeafSet b = graph_.leaves[i].needs; b != 0; b &= b - 1) link(i, First(b));
    }
    for (;;) {
      LeafSet reached = Bit(0);
      for (LeafSet todo = reached; todo != 0;) {
        const LeafSet more = neighbours_[First(todo)] & ~reached;
        todo = (todo & (todo - 1)) | more;
        reached |= more;
      }
      size_t inside = count_, outside = count_;
      for (size_t i = 0; i < count_; ++i) {
        if (graph_.leaves[i].kind != JoinKind::kInner) continue;
        size_t& which = (reached & Bit(i)) != 0 ? inside : outside;
        if (which == count_ || graph_.leaves[i].rows < graph_.leaves[which].rows) which = i;
      }
      if (outside == count_ || inside == count_) return;
      link(inside, outside);
    }
  }

  // ---- enumeration of connected subgraphs and their complements

  void Enumerate() {
    for (size_t i = count_; i-- > 0 && pairs_ < budget_;) {
      EmitSubgraph(Bit(i));
      ExtendSubgraph(Bit(i), Bit(i + 1) - 1);
    }
    // The pairs come in an order in which both sides are not always final: combine by size of the union.
    std::sort(found_.begin(), found_.end(), [](const auto& a, const auto& b) { return std::popcount(a.first | a.second) < std::popcount(b.first | b.second); });
    if (pairs_ >= budget_) return;
    for (const auto& [left, right] : found_) Consider(left, right);
  }

  LeafSet NeighboursOf(LeafSet set) const {
    LeafSet out = 0;
    for (LeafSet at = set; at != 0; at &= at - 1) out |= neighbours_[First(at)];
    return out & ~set;
  }

  void ExtendSubgraph(LeafSet set, LeafSet excluded) {
    const LeafSet next = NeighboursOf(set) & ~excluded;
    for (LeafSet sub = next & (~next + 1); sub != 0 && pairs_ < budget_; sub = (sub - next) & next) EmitSubgraph(set | sub);
    for (LeafSet sub = next & (~next + 1); sub != 0 && pairs_ < budget_; sub = (sub - next) & next) ExtendSubgraph(set | sub, excluded | next);
  }

  void EmitSubgraph(LeafSet set) {
    const LeafSet smallest = set & (~set + 1);
    const LeafSet excluded = (smallest - 1) | set;
    const LeafSet next = NeighboursOf(set) & ~excluded;
    for (size_t i = count_; i-- > 0 && pairs_ < budget_;) {
      if ((next & Bit(i)) == 0) continue;
      Emit(set, Bit(i));
      ExtendComplement(set, Bit(i), excluded | (next & (Bit(i) - 1)) | Bit(i));
    }
  }

  void ExtendComplement(LeafSet set, LeafSet complement, LeafSet excluded) {
    const LeafSet next = NeighboursOf(complement) & ~excluded;
    for (LeafSet sub = next & (~next + 1); sub != 0 && pairs_ < budget_; sub = (sub - next) & next) Emit(set, complement | sub);
    for (LeafSet sub = next & (~next + 1); sub != 0 && pairs_ < budget_; sub = (sub - next) & next) {
      ExtendComplement(set, complement | sub, excluded | next);
    }
  }

  void Emit(LeafSet left, LeafSet right) {
    ++pairs_;
    found_.emplace_back(left, right);
  }

  // ---- costs

  // Whether `set` can stand on its own: what is attached has what it needs.
  bool IsWhole(LeafSet set) const {
    if (std::has_single_bit(set)) return true;
    for (LeafSet at = set; at != 0; at &= at - 1) {
      const JoinLeaf& leaf = graph_.leaves[First(at)];
      if (leaf.kind != JoinKind::kInner && !IsSubset(leaf.needs, set)) return false;
    }
    return true;
  }

  bool IsAttachedLeaf(LeafSet set) const { return std::has_single_bit(set) && graph_.leaves[First(set)].kind != JoinKind::kInner; }

  void Consider(LeafSet left, LeafSet right) {
    if (IsAttachedLeaf(left)) std::swap(left, right);
    if (IsAttachedLeaf(left) || !best_.contains(left) || !best_.contains(right)) return;
    Candidate candidate;
    if (!Join(left, right, &candidate)) return;
    const auto [entry, fresh] = best_.emplace(left | right, candidate);
    if (!fresh && candidate.cost < entry->second.cost) entry->second = candidate;
  }

  bool Join(LeafSet left, LeafSet right, Candidate* out) {
    const Candidate& a = best_.at(left);
    const Candidate& b = best_.at(right);
    if (IsAttachedLeaf(right)) {
      const JoinLeaf& leaf = graph_.leaves[First(right)];
      if (!IsSubset(leaf.needs, left)) return false;
      // Rows of an attached join: as a share of the rows it joins, wherever that happens.
      double rows = a.rows * AttachedFactor(First(right), a.rows);
      for (const JoinEdge& edge : graph_.edges) {
        if ((edge.leaves & right) != 0 && IsSubset(edge.leaves, left | right)) rows *= estimator_.Selectivity(edge.condition);
      }
      *out = {left, right, std::max(1.0, rows), a.cost + b.cost + AttachedCost(leaf.kind, a.rows, b.rows, rows)};
      return true;
    }
    if (!IsWhole(left) || !IsWhole(right)) return false;
    const double rows = RowsOf(left | right);
    // The smaller side is built.
    const bool keyed = HasEdge(left, right);
    const double join = keyed ? cost_.HashJoin(std::max(a.rows, b.rows), std::min(a.rows, b.rows), rows) : cost_.NestedLoop(a.rows, b.rows) + 2 * cost_.HashRow() * rows;
    *out = {left, right, rows, a.cost + b.cost + join};
    if (std::min(a.rows, b.rows) == b.rows) return true;
    std::swap(out->left, out->right);
    return true;
  }

  bool HasEdge(LeafSet left, LeafSet right) const {
    return std::any_of(graph_.edges.begin(), graph_.edges.end(), [&](const JoinEdge& edge) {
      return (edge.leaves & left) != 0 && (edge.leaves & right) != 0 && IsSubset(edge.leaves, left | right) && IsEquality(*edge.condition);
    });
  }

  // All but single joins can be turned round, to build the smaller side (joins.cc).
  double AttachedCost(JoinKind kind, double left, double right, double rows) const {
    const double straight = cost_.HashJoin(left, right, rows);
    return kind == JoinKind::kSingle ? straight : std::min(straight, cost_.HashJoin(right, left, rows) + cost_.HashRow() * left);
  }

  double AttachedFactor(size_t leaf_number, double left_rows) {
    const JoinLeaf& leaf = graph_.leaves[leaf_number];
    RelSet left;
    for (size_t i = 0; i < count_; ++i) {
      if ((leaf.needs & Bit(i)) != 0) left.Add(graph_.leaves[i].relations);
    }
    return estimator_.JoinRows(leaf.kind, leaf.conditions, left, left_rows, leaf.rows) / std::max(1.0, left_rows);
  }

  // The same for every order of the same leaves.
  double RowsOf(LeafSet set) {
    const auto known = rows_.find(set);
    if (known != rows_.end()) return known->second;
    double rows = 1;
    double attached = 1;
    for (LeafSet at = set; at != 0; at &= at - 1) {
      const size_t i = First(at);
      if (graph_.leaves[i].kind == JoinKind::kInner) rows *= graph_.leaves[i].rows;
    }
    // Implied equalities say nothing new: per class of equal columns one fewer selectivity than columns counts, the strongest ones.
    std::vector<std::pair<double, const JoinEdge*>> applied;
    for (const JoinEdge& edge : graph_.edges) {
      if (!IsSubset(edge.leaves, set) || std::has_single_bit(edge.leaves)) continue;
      applied.emplace_back(EdgeSelectivity(edge), &edge);
    }
    std::sort(applied.begin(), applied.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::map<ColumnRef, ColumnRef> parent;
    const auto find = [&parent](ColumnRef ref) {
      while (parent.contains(ref) && parent[ref] != ref) ref = parent[ref];
      return ref;
    };
    for (const auto& [selectivity, edge] : applied) {
      const Expr& condition = *edge->condition;
      if (IsEquality(condition) && condition.children[0]->kind == ExprKind::kColumn && condition.children[1]->kind == ExprKind::kColumn) {
        const ColumnRef a = find(RefOf(*condition.children[0])), b = find(RefOf(*condition.children[1]));
        if (a == b) continue;
        parent[a] = b;
      }
      rows *= selectivity;
    }
    std::vector<ExprRef> equalities;
    for (const auto& entry : applied) equalities.push_back(entry.second->condition);
    rows = std::max(1.0, rows * estimator_.CompositeKeyFactor(equalities));
    for (LeafSet at = set; at != 0; at &= at - 1) {
      const size_t i = First(at);
      if (graph_.leaves[i].kind != JoinKind::kInner) attached *= AttachedFactor(i, rows);
    }
    return rows_[set] = std::max(1.0, rows * attached);
  }

  double EdgeSelectivity(const JoinEdge& edge) {
    const auto known = selectivities_.find(&edge);
    if (known != selectivities_.end()) return known->second;
    const auto rows = [&](LeafSet leaves) {
      double product = 1;
      for (LeafSet at = leaves; at != 0; at &= at - 1) product = std::max(product, graph_.leaves[First(at)].rows);
      return product;
    };
    const double selectivity = estimator_.JoinSelectivity(edge.condition, rows(edge.leaves), rows(edge.leaves));
    return selectivities_[&edge] = selectivity;
  }

  // ---- greedy operator ordering

  void Greedy(LeafSet all) {
    best_.clear();
    std::vector<LeafSet> sets;
    for (size_t i = 0; i < count_; ++i) {
      best_[Bit(i)] = {0, 0, graph_.leaves[i].rows, LeafCost(i)};
      sets.push_back(Bit(i));
    }
    while (sets.size() > 1) {
      size_t best_a = 0, best_b = 0;
      Candidate best;
      bool found = false;
      for (int pass = 0; pass < 2 && !found; ++pass) {   // second: cross products
        for (size_t a = 0; a < sets.size(); ++a) {
          StatementScope::CheckInterrupt();
          for (size_t b = 0; b < a; ++b) {
            if (pass == 0 && (NeighboursOf(sets[a]) & sets[b]) == 0) continue;
            LeafSet left = sets[a], right = sets[b];
            if (IsAttachedLeaf(left)) std::swap(left, right);
            if (IsAttachedLeaf(left)) continue;
            Candidate candidate;
            if (!Join(left, right, &candidate)) continue;
            const double own = candidate.rows + (candidate.cost - best_.at(left).cost - best_.at(right).cost);
            const double best_own = found ? best.rows + (best.cost - best_.at(best.left).cost - best_.at(best.right).cost) : 0;
            if (found && own >= best_own) continue;
            found = true;
            best = candidate;
            best_a = a;
            best_b = b;
          }
        }
      }
      const LeafSet joined = sets[best_a] | sets[best_b];
      best_[joined] = best;
      sets[best_b] = joined;
      sets.erase(sets.begin() + static_cast<std::ptrdiff_t>(best_a));
    }
    (void)all;
  }

  // ---- the tree

  LogicalPtr Build(LeafSet set) {
    const Candidate candidate = best_.at(set);
    if (candidate.left == 0) {
      LogicalPtr leaf = std::move(graph_.leaves[First(set)].tree);
      // Conditions on an attached leaf alone hold above its join, not below.
      if (IsAttachedLeaf(set)) return leaf;
      return MakeFilter(std::move(leaf), Place(set, set));
    }
    LeafSet left = candidate.left, right = candidate.right;
    if (IsAttachedLeaf(left)) std::swap(left, right);
    LogicalPtr a = Build(left), b = Build(right);
    std::vector<ExprRef> conditions;
    JoinKind kind = JoinKind::kInner;
    std::vector<ExprRef> above;
    if (IsAttachedLeaf(right)) {
      JoinLeaf& leaf = graph_.leaves[First(right)];
      kind = leaf.kind;
      conditions = leaf.conditions;
      above = Place(set, 0);
    } else {
      conditions = Place(set, 0);
    }
    LogicalPtr join = MakeJoin(kind, std::move(a), std::move(b), std::move(conditions));
    join->rows = candidate.rows;
    LogicalPtr result = MakeFilter(std::move(join), std::move(above));
    result->rows = candidate.rows;
    return result;
  }

  // Conditions that become complete with `set`. Redundant equalities are left out: a class of equal columns needs no cycle.
  std::vector<ExprRef> Place(LeafSet set, LeafSet exactly) {
    std::vector<ExprRef> conditions;
    for (size_t i = 0; i < graph_.edges.size(); ++i) {
      const JoinEdge& edge = graph_.edges[i];
      if (placed_[i] || !IsSubset(edge.leaves, set) || (exactly != 0 && edge.leaves != exactly)) continue;
      placed_[i] = true;
      const Expr& condition = *edge.condition;
      if (IsEquality(condition) && condition.children[0]->kind == ExprKind::kColumn && condition.children[1]->kind == ExprKind::kColumn &&
          condition.children[0]->type.oid == condition.children[1]->type.oid) {
        const ColumnRef a = Representative(RefOf(*condition.children[0])), b = Representative(RefOf(*condition.children[1]));
        if (a == b) continue;                          // follows from what was placed below
        equal_[a] = b;
      }
      conditions.push_back(edge.condition);
    }
    return conditions;
  }

  ColumnRef Representative(ColumnRef ref) const {
    for (auto at = equal_.find(ref); at != equal_.end(); at = equal_.find(ref)) ref = at->second;
    return ref;
  }

  JoinGraph graph_;
  Estimator& estimator_;
  CostModel cost_;
  const size_t count_;
  const size_t exact_leaves_, budget_;
  std::vector<LeafSet> neighbours_;
  std::unordered_map<LeafSet, Candidate> best_;
  std::unordered_map<LeafSet, double> rows_;
  std::map<const JoinEdge*, double> selectivities_;
  std::vector<std::pair<LeafSet, LeafSet>> found_;
  size_t pairs_ = 0;
  std::vector<bool> placed_;
  std::map<ColumnRef, ColumnRef> equal_;
};

}  // namespace

LogicalPtr OrderJoins(JoinGraph graph, Estimator& estimator, const PlannerSettings& settings) {
  return Orderer(std::move(graph), estimator, settings).Order();
}

}  // namespace gather::planner
