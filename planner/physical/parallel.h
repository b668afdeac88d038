// Parallel: where a finished serial plan runs on several workers: Gather, Gather Merge, Partial and Finalize Aggregate, Parallel Hash.
//
// Works on the serial plan, top down: the highest subtree that can be shared and is worth it gets the Gather. Thresholds in rows come from
// the number of cores (or parallel_threshold), then the cost of starting workers and passing rows must be won back. Every decision leaves
// its reason, which EXPLAIN prints.
#pragma once

#include <string>

#include "planner/physical/cost.h"

namespace gather::planner {

// Rows below which an operation stays serial.
struct ParallelThresholds {
  double scan, filter, join, aggregate, sort;
};
ParallelThresholds ThresholdsFor(const PlannerSettings& settings);

class Parallelizer {
 public:
  Parallelizer(const PlannerSettings& settings, const ParallelHistory* history)
      : settings_(settings), history_(history), cost_(settings), thresholds_(ThresholdsFor(settings)) {}

  // Nothing of the statement may run in a worker: `why` becomes the reason.
  void Forbid(std::string why) { if (forbidden_.empty()) forbidden_ = std::move(why); }
  // Looks for what no plan may parallelize: unsafe functions, row locks.
  void Inspect(const PlanNode& root);
  PlanNodePtr Place(PlanNodePtr root);
  std::string Reason() const;
  // One per Gather placed; else the one against the largest scan; none where there was nothing to decide.
  std::vector<ParallelDecision> TakeDecisions();

 private:
  struct Operations { bool join = false, aggregate = false, sort = false, filter = false; };

  PlanNodePtr PlaceBelow(PlanNodePtr node);
  PlanNodePtr PlaceAggregate(PlanNodePtr node);
  PlanNodePtr PlaceSort(PlanNodePtr node);
  bool CanShare(const PlanNode& node) const;           // its rows can be produced by participants together
  bool IsSafeBelow(const PlanNode& node) const;        // may run, whole, below a Gather
  bool ExpressionsSafe(const PlanNode& node) const;
  const SeqScanNode* DrivingScan(const PlanNode& node) const;
  // Workers for a Gather above `node`, part of `whole`, that passes `rows_up` rows; 0: serial, with the reason noted.
  int Workers(const PlanNode& node, const PlanNode& whole, Operations operations, double rows_up, double extra_cost);
  void Plan(GatherBase& gather) const;                 // by the last decision for workers
  void Share(PlanNode& node, double divisor);          // marks and rescales the shared path
  PlanNodePtr MakeGather(PlanNodePtr node, double rows);
  double Divisor(int workers) const;

  const PlannerSettings& settings_;
  const ParallelHistory* const history_;
  CostModel cost_;
  ParallelThresholds thresholds_;
  std::string forbidden_, serial_reason_;
  ParallelDecision serial_{.rows = -1};                // the one with most rows
  std::vector<ParallelDecision> decisions_;            // for workers
};

}  // namespace gather::planner
