// JoinGraph: a region of inner, left, semi, anti and single joins as relations and edges, for ordering.
//
// Leaves are the region's inputs (anything that is not such a join). An inner condition is an edge among the leaves it refers to. A leaf
// that came from the right side of a left, semi, anti or single join is `attached`: it joins, by its own conditions, a set that holds every
// leaf those refer to, and nothing else joins it. Up to 64 leaves; a leaf set is a bit mask.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "planner/statistics/estimator.h"

namespace gather::planner {

using LeafSet = uint64_t;

struct JoinLeaf {
  LogicalPtr tree;
  RelSet relations;                                    // produced by it
  double rows = 1;
  // How it attaches; kInner: freely.
  JoinKind kind = JoinKind::kInner;
  std::vector<ExprRef> conditions;                     // of an attached leaf
  LeafSet needs = 0;                                   // leaves that must be there before it
};

struct JoinEdge {
  ExprRef condition;
  LeafSet leaves = 0;
};

struct JoinGraph {
  std::vector<JoinLeaf> leaves;
  std::vector<JoinEdge> edges;
  std::vector<ExprRef> constants;                      // conditions on no leaf at all
};

// Takes the region at `root` apart; nothing when it is no join or has fewer than three leaves (then the tree is untouched). What
// join_collapse_limit and from_collapse_limit keep as written is a leaf of its own.
std::optional<JoinGraph> TakeJoinGraph(LogicalPtr& root, const PlannerSettings& settings);

// The best order found: a tree of the leaves with all conditions placed.
LogicalPtr OrderJoins(JoinGraph graph, Estimator& estimator, const PlannerSettings& settings);

// Orders every region of the tree, bottom up.
LogicalPtr OrderAllJoins(LogicalPtr root, Estimator& estimator, const PlannerSettings& settings);

}  // namespace gather::planner
