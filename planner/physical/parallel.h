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
// As PostgreSQL: one worker at `least`, one more each time the table is three times as large; 1 … most.
int WorkersBySize(double size, double least, int most);
// The table's option parallel_workers; -1: it has none.
int ParallelWorkersOption(const catalog::RelationEntry& table);

class Parallelizer {
 public:
  Parallelizer(const PlannerSettings& settings, const ParallelHistory* history)
      : settings_(settings), history_(history), cost_(settings), thresholds_(ThresholdsFor(settings)) {}

  // Nothing of the statement may run in a worker: `why` becomes the reason.
  void Forbid(std::string why) { if (forbidden_.empty()) forbidden_ = std::move(why); }
  // The statement writes to indexes as it runs: only the leader, who does, may read them.
  void KeepIndexesToLeader() { leader_reads_indexes_ = true; }
  // Looks for what no plan may parallelize: unsafe functions, row locks.
  void Inspect(const PlanNode& root);
  PlanNodePtr Place(PlanNodePtr root);
  std::string Reason() const;
  // One per Gather placed; else the one against the largest scan; none where there was nothing to decide.
  std::vector<ParallelDecision> TakeDecisions();

 private:
  // Fewer groups are one participant's work: nothing above them is shared.
  static constexpr double kSharedGroups = 10000;
  struct Operations { bool join = false, aggregate = false, sort = false, filter = false; };

  // What participants produce together, from its scans to its rows: what a decision about workers looks at.
  struct Path {
    const catalog::RelationEntry* table = nullptr;     // of the largest scan; null: it reads a CTE
    std::string name;                                  // of what it reads
    double scan_rows = -1;
    double threshold_scale = 1;                        // of the thresholds: a row fetched through an index is worth many scanned ones
    const catalog::IndexEntry* index = nullptr;
    double index_share = 1;                            // how much of the index is read
    double weight() const { return scan_rows / threshold_scale; }
    Operations operations;
    double merged = 0;                                 // groups that each participant has some of
  };

  PlanNodePtr PlaceBelow(PlanNodePtr node);
  // Of a subtree that stays serial: no lower node's rows are worth passing on instead, but what it builds and materialises may be large.
  void PlaceInner(PlanNode& node);
  // Of a node without workers; `asked`: Workers has looked at it.
  void PlaceInput(PlanNode& node, bool asked);
  PlanNodePtr PlaceAggregate(PlanNodePtr node);
  PlanNodePtr PlaceSortedAggregate(PlanNodePtr node);
  PlanNodePtr PlaceSort(PlanNodePtr node);
  // Its rows can be produced by participants together. An aggregate's are worth it from `least_groups` on.
  bool CanShare(const PlanNode& node, double least_groups) const;
  bool CanShare(const PlanNode& node) const { return CanShare(node, settings_.debug_parallel_query ? 0 : kSharedGroups); }
  bool CanShareBuild(const HashJoinNode& join) const;  // all participants build the table
  bool SplitsInTwo(const AggregateNode& aggregate) const;
  bool CanPassRows(const AggregateNode& aggregate) const;
  bool IsSafeBelow(const PlanNode& node) const;        // may run, whole, below a Gather
  bool ExpressionsSafe(const PlanNode& node) const;
  void Follow(const PlanNode& node, Path& path) const;
  void FollowScan(const PlanNode& node, Path& path) const;
  // The rows above a LIMIT are there so soon that workers would run ahead in vain.
  bool EndsEarly(const PlanNode& limit) const;
  bool CanShareIndex(const catalog::RelationEntry& table) const { return !leader_reads_indexes_ && !table.temporary; }
  bool CanShareSorted(const PlanNode& node, double least_groups) const;  // as the outer side of a merge join, or for groups
  bool CanShareAppend(const PlanNode& append, double least_groups) const;
  bool CanShareMember(const PlanNode& child, double least_groups) const;  // of an Append
  // Workers for a Gather above `node`, part of `whole`, that passes `rows_up` rows; 0: serial, with the reason noted.
  int Workers(const PlanNode& node, const PlanNode& whole, Operations operations, double rows_up, double extra_cost);
  void Plan(GatherBase& gather) const;                 // by the last decision for workers
  void Share(PlanNode& node, double divisor);          // marks and rescales the shared path
  // Puts a partial aggregate below `aggregate`, which becomes the final one; the child is shared already.
  void Split(AggregateNode& aggregate, double divisor);
  PlanNodePtr MakeGather(PlanNodePtr node, double rows);  // merging, where someone relies on the node's order
  double Divisor(int workers) const;

  const PlannerSettings& settings_;
  const ParallelHistory* const history_;
  CostModel cost_;
  ParallelThresholds thresholds_;
  bool leader_reads_indexes_ = false;
  bool stays_serial_ = false;                          // what Workers looked at last: by its size or its history, whatever it may cost
  std::string forbidden_, serial_reason_;
  ParallelDecision serial_{.rows = -1};                // the one with most rows
  std::vector<ParallelDecision> decisions_;            // for workers
};

}  // namespace gather::planner
