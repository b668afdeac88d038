// Hash Join, what its parts share. The inner side builds one table for all participants, the outer side probes it.
//
//   hash_join.cc         the plan's node made into operators; probing in memory
//   join_build.cc        inner rows into the table, its runtime filters, or onto disk
//   join_prober.cc       a chunk of outer rows against a table
//   join_partitions.cc   outer rows onto disk, and the joins of the partitions
//
// A build side that outgrows its memory goes to disk by hash partition. Then what was to stream through the join is cut in two: one pipeline that
// ends by writing the outer rows down, and one whose source are the partitions, which participants take and join one by one.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "executor/expression/evaluator.h"
#include "executor/operators/join_columns.h"
#include "executor/plan_builder.h"
#include "executor/row/join_table.h"
#include "executor/row/runtime_filter.h"
#include "executor/spill/row_partitions.h"
#include "executor/spill/row_spill.h"
#include "executor/spill/spill_policy.h"

namespace gather::executor {

struct JoinShared {
  JoinShared(const planner::HashJoinNode& the_node, ExecutionState& the_state);
  std::unique_ptr<JoinTable> MakeTable() const { return std::make_unique<JoinTable>(inner_types, state.context.budget); }
  bool NullEquals(size_t key) const { return key < node.null_equals.size() && node.null_equals[key]; }
  // The join's one key is an integer: JoinTable may index by it.
  bool HasIntegerKey() const;
  // All that is asked of inner rows is whether there is one with the key.
  bool AsksForPresence() const;
  bool CanSpill() const { return policy.can_spill() && !inner_keys.empty(); }
  bool Spilled() const { return spilled.load(std::memory_order_relaxed); }

  const planner::HashJoinNode& node;
  ExecutionState& state;
  const UsedColumns used;
  size_t outer_columns = 0, inner_columns = 0;
  std::vector<sql::ExprRef> outer_keys, inner_keys;
  std::vector<uint32_t> payload;             // inner columns kept, in table order
  std::vector<int> position;                 // of inner columns in the table; -1: not kept
  std::vector<uint32_t> key_column;          // of keys in the table
  std::vector<bool> key_stored;              // kept for the key's sake
  std::vector<SqlType> inner_types;          // of the table's columns
  std::unique_ptr<JoinTable> table;
  std::atomic<bool> has_null_key{false};
  uint64_t inner_rows = 0;                   // in all, once built
  std::vector<std::pair<uint32_t, std::shared_ptr<RuntimeFilter>>> runtime_filters;   // by key
  std::shared_ptr<const RuntimeFilter> presence;   // once built: every key that occurs, each once if that matters; null: probe the table

  const SpillPolicy policy;
  RowLayout outer_layout;                    // of outer rows on disk, behind their hash
  std::atomic<bool> spilled{false};          // constant once built
  std::mutex mutex;
  std::vector<std::shared_ptr<RowSpill>> inner_spills, outer_spills;
};

// One participant's probing of one table. It keeps pairs (outer row, table row) whose chains are not walked to the end yet. Each round compares all
// pairs' keys at once and moves on to the chains' next rows; matches are gathered up to a full chunk. Outer columns are handed on through a
// selection, inner columns are loaded from rows; columns that nobody above reads are left out.
class JoinProber {
 public:
  JoinProber(const JoinShared& shared, Participant& participant);
  ~JoinProber();
  void SetTable(const JoinTable& table);
  // What comes of `in`. kMoreOutput: there is more, call again with the same rows.
  Progress Probe(Chunk& in, Chunk& out);
  bool busy() const { return bound_; }       // with a chunk that is not used up
  // Inner rows that nobody has found; false: no more.
  bool EmitUnmatched(Chunk& out);

 private:
  void Bind(const Chunk& in);
  bool BindPresent(const Chunk& in);
  template <class Head>
  void OpenHeads(uint32_t rows, const std::vector<uint8_t>& null_key, const Head& head_of);
  template <class T>
  void FindKeys(uint32_t rows, const std::vector<uint8_t>& null_key);
  void Round(const Chunk& in);
  void ApplyResidual(const Chunk& in, size_t first);
  void Note(size_t first);
  void Combine(const Chunk& in, size_t at, uint32_t count, Chunk& out);
  void LoadInner(uint8_t* const* rows, uint32_t count, Chunk& out) const;
  void EmitPairs(const Chunk& in, size_t count, Chunk& out);
  void EmitPresent(Chunk& in, Chunk& out);
  void Conclude(Chunk& in, Chunk& out);
  Vector Mark(uint32_t rows) const;
  void AddNullInner(Chunk& out) const;

  const JoinShared& shared_;
  const planner::JoinKind kind_;
  const bool notes_matches_;                 // of outer rows: the join kind owes something to the others, or to each but once
  Participant& participant_;
  const JoinTable* table_ = nullptr;
  const RuntimeFilter* presence_ = nullptr;
  ExpressionList keys_;
  std::vector<Vector> key_values_;           // in row form
  std::unique_ptr<Filter> residual_;
  std::vector<uint64_t> hashes_;
  bool bound_ = false;
  // Pairs still to be compared, and their chains' rows.
  std::vector<RowIndex> open_;
  std::vector<uint8_t*> open_rows_;
  std::vector<uint8_t> equal_;
  // Matches not yet handed on. `straight_`: they are all outer rows of the chunk, in order.
  std::vector<RowIndex> matched_;
  std::vector<uint8_t*> matched_rows_;
  bool straight_ = false;
  std::vector<uint8_t> found_, unknown_;     // by outer row: has a match; (mark) has a null key
  Selection selection_, outer_rows_;
  Chunk candidates_;
  uint64_t removed_ = 0;
  // Unmatched inner rows
  size_t store_ = 0, block_ = 0;
  uint32_t row_ = 0;
};

Sink* MakeJoinBuild(ExecutionState& state, std::shared_ptr<JoinShared> shared);
// The two halves of a join whose sides are on disk.
Sink* MakeJoinOuter(ExecutionState& state, std::shared_ptr<JoinShared> shared);
Source* MakeJoinPartitions(ExecutionState& state, std::shared_ptr<JoinShared> shared);

}  // namespace gather::executor
