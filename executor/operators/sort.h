// SortRuns: what a Sort's or Top-N's input leaves behind, and the sources that read it: as one stream, in blocks that participants hand out in turn,
// one stream per participant, or in whole window partitions.
//
// A Sort's rows are staged and sorted together (executor/sort/); what outgrows its memory goes to disk in sorted runs, and then all rows do. A Top-N
// keeps one run per participant.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "executor/plan_builder.h"
#include "executor/row/sort_run.h"
#include "executor/sort/row_sorter.h"
#include "executor/spill/row_partitions.h"

namespace gather::executor {

struct SortSpecification {
  std::vector<SqlType> columns;            // of the input
  std::vector<uint32_t> slots;             // of the keys
  std::vector<SortOrder> orders;
  planner::ExprRef limit, offset;          // Top-N
  bool top_n = false, with_ties = false;
};
SortSpecification SpecificationOf(const planner::PlanNode& node);   // of a Sort or Top-N node

struct SortRuns {
  std::mutex mutex;
  bool merged_above = false;               // by a Gather Merge: a participant's rows are counted where its input ends
  bool separate = false;                   // every participant's rows are a sequence of its own
  // Not empty: rows with equal values in these columns, which are next to each other in the order, go to one reader.
  std::vector<uint32_t> partition_by;
  // A Sort in memory: one for all; with `separate` one per participant, null where it has rows on disk.
  std::vector<std::shared_ptr<const SortedRows>> sorted;
  // A Sort on disk, whose runs are empty, and Top-N.
  std::vector<std::shared_ptr<SortRun>> runs;
  // What is on disk: by participant in the order of `runs`, others behind; with `partition_by` by bucket of a hash. Empty: a Sort in memory.
  std::vector<std::vector<SpilledRun>> spilled;
  static constexpr uint32_t kBuckets = RowPartitions::kPartitions;
  std::shared_ptr<TopNBound> bound;        // Top-N: for scans below; null: none wants it
  uint32_t participants = 1;               // who share the reading in blocks
  // Enough rows in one sequence in memory that participants should read it together.
  bool in_blocks() const { return !separate && sorted.size() == 1 && sorted[0]->rows() >= kLeastForBlocks; }
  static constexpr uint64_t kLeastForBlocks = 1 << 17;
};

// Of a Sort (sort.cc) or Top-N (top_n.cc).
Sink* MakeSortSink(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs);
Sink* MakeTopNSink(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs);
// All rows as one stream; `apply_bounds`: OFFSET and LIMIT of a Top-N. (sorted_sources.cc, as those below)
Source* MakeMergedSource(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs, bool apply_bounds);

// One sequence (SortRuns::in_blocks): participant i of n hands out blocks i, i + n, i + 2n …
Source* MakeSortedBlocks(ExecutionState& state, std::shared_ptr<SortRuns> runs);
// With SortRuns::separate: every participant takes sequences that nobody has taken.
Source* MakeSeparateSource(ExecutionState& state, std::shared_ptr<SortRuns> runs);
// With SortRuns::partition_by: participants share the rows. (partitioned_sort.cc)
Source* MakePartitionSource(ExecutionState& state, std::shared_ptr<SortRuns> runs);

}  // namespace gather::executor
