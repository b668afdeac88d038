// SortRuns: what a Sort's input leaves behind: one sorted run per participant. Read merged by one stream, or run by run below a Gather Merge.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "executor/plan_builder.h"
#include "executor/row/sort_run.h"

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
  std::vector<std::shared_ptr<SortRun>> runs;
  std::vector<SpilledRun> spilled;
  std::vector<std::vector<uint32_t>> spilled_of;   // by run: what its participant spilled before, in order
  bool merged_above = false;               // by a Gather Merge: a participant's rows are counted where its run is sorted
  // All rows in order, where participants have merged the runs together; the runs then only own them.
  std::vector<uint8_t*> merged;
  MemoryReservation merged_memory;
  uint32_t participants = 1;               // who share the reading of `merged`
};

// Collects rows into runs; runs are sorted by the participant that collected them.
Sink* MakeSortSink(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs);
// All runs merged into one stream; `apply_bounds`: OFFSET and LIMIT of a Top-N.
Source* MakeMergedSource(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs, bool apply_bounds);

// Rows that participants have merged (SortRuns::merged), in blocks: participant i of n hands out blocks i, i + n, i + 2n …
Source* MakeMergedBlocks(ExecutionState& state, std::shared_ptr<SortRuns> runs);

// partitioned_sort.cc: of a node with `partition_by`.
void BuildPartitionedSort(const planner::SortNode& node, PlanBuilder& builder, Pipeline& pipeline);

}  // namespace gather::executor
