// EXPLAIN: a plan as PostgreSQL prints it, in its four formats, with actuals when the executor measured them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "planner/plan.h"
#include "storage/io_counters.h"

namespace gather::planner {

// The space one participant needed in a node.
struct SpaceActuals {
  std::string sort_method;                            // Sort: "quicksort", "top-N heapsort", "external merge"
  uint64_t memory_bytes = 0, disk_bytes = 0;          // sort space, hash table
  uint64_t hash_batches = 0;                          // not 0: a hash table
  uint64_t sort_groups = 0;                           // Incremental Sort
};
struct WorkerActuals : SpaceActuals {
  uint32_t number = 0;
  double startup_ms = 0, total_ms = 0;
  uint64_t rows = 0, loops = 0;
  uint64_t morsels = 0, stolen = 0, waits = 0, spilled_bytes = 0;
};
// What one node did, summed over participants; times include its inputs. The space is the leader's, or what all share. `workers` has one
// entry per worker that ran it (the leader is not among them).
struct NodeActuals : SpaceActuals {
  double startup_ms = 0, total_ms = 0;
  uint64_t rows = 0, loops = 0;                       // loops: participants times rescans
  uint64_t rows_removed_by_filter = 0, rows_removed_by_join_filter = 0, rows_removed_by_runtime_filter = 0;
  int workers_launched = -1;                          // Gather, Gather Merge
  uint64_t hash_buckets = 0;
  uint64_t merged_bytes = 0;                          // partial aggregate: the merged groups that the final one reads
  uint64_t heap_fetches = 0, vectors_pruned = 0;
  uint64_t heap_blocks = 0;                           // Bitmap Heap Scan: vectors it looked into
  std::vector<WorkerActuals> workers;
};
struct ExecutionActuals {
  std::vector<NodeActuals> nodes;                     // by PlanNode::id
  double planning_ms = 0, execution_ms = 0;
  storage::IoCounts planning_io, execution_io;        // BUFFERS: of the whole statement
};

enum class ExplainFormat : uint8_t { kText, kJson, kXml, kYaml };
struct ExplainOptions {
  bool analyze = false, verbose = false, costs = true, buffers = false, timing = true, summary = false, settings = false, wal = false;
  ExplainFormat format = ExplainFormat::kText;
  IoSettings io;                                      // of constants
  // SETTINGS: those of planning that are not at their default, by name.
  std::vector<std::pair<std::string, std::string>> changed_settings;
};

// Lines of the answer (text: one per line; the others: one string).
std::vector<std::string> Explain(const Plan& plan, const ExplainOptions& options, const ExecutionActuals* actuals);

}  // namespace gather::planner
