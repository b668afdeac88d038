// AggregateCalls: the aggregates of one Aggregate node: where their states lie in a row's tail, and how rows get into them.
//
// AggregateStates is the shared, immutable part; AggregateInput belongs to one participant: it evaluates arguments and filters, drops rows a strict
// aggregate does not want, and collects the input of ordered ones, and of those that take distinct values, in sorted runs, on disk when they are long.
#pragma once

#include <memory>
#include <vector>

#include "executor/execution_state.h"
#include "executor/expression/evaluator.h"
#include "executor/row/group_table.h"
#include "executor/row/sort_run.h"
#include "executor/spill/spill_policy.h"

namespace gather::executor {

class AggregateStates {
 public:
  AggregateStates(const planner::AggregateNode& node, ExecutionState& state);
  size_t size() const { return calls_.size(); }
  uint32_t bytes() const { return bytes_; }
  const catalog::AggregateKernels& kernels(size_t i) const { return *calls_[i].kernels; }
  uint32_t offset(size_t i) const { return calls_[i].offset; }
  SqlType result(size_t i) const { return calls_[i].result; }
  const planner::PlanAggregate& plan(size_t i) const { return *calls_[i].plan; }
  // Some aggregate looks at its rows as a whole (DISTINCT, ORDER BY, array_agg …): one participant must see all of a group.
  bool needs_one_stream() const { return needs_one_stream_; }
  // Call `i` takes its rows sorted.
  bool sorts(size_t i) const { return plan(i).distinct || !plan(i).order_by.empty(); }
  bool sorts() const;
  // The states of some call are made of partial ones, which are only known by their addresses.
  bool combines() const;
  const SpillPolicy& sort_policy() const { return sort_policy_; }
  catalog::FunctionContext MakeContext(size_t i) const;

  void Initialize(uint8_t* tail) const;
  // The states at targets[k] + tail absorb those at sources[k] + tail, but for calls that cannot: they have seen nothing yet.
  void Combine(uint8_t* const* sources, uint8_t* const* targets, uint32_t count, uint32_t tail) const;
  // Values of the states at rows[k] + tail.
  void Finalize(size_t i, uint8_t* const* rows, uint32_t count, uint32_t tail, Vector& out) const;
  // Values of states[k], for states that travel as pointers.
  void FinalizeStates(size_t i, void** states, uint32_t count, Vector& out) const;
  void CombineStates(size_t i, void** sources, void** targets, uint32_t count) const;
  void Destroy(uint8_t* const* rows, uint64_t count, uint32_t tail) const;

 private:
  struct Call {
    const planner::PlanAggregate* plan;
    const catalog::AggregateKernels* kernels;
    uint32_t offset;
    SqlType result;
  };
  ExecutionState& state_;
  const SpillPolicy sort_policy_;
  std::vector<Call> calls_;
  uint32_t bytes_ = 0;
  bool needs_one_stream_ = false;
};

// The rows of one sorting call, as one participant has collected them: (group's row or 0, arguments), by group and keys.
struct OrderedRows {
  std::shared_ptr<SortRun> run;
  std::shared_ptr<RowSpill> spill;       // null: everything is in memory
  std::vector<uint32_t> streams;         // runs on disk
};

class AggregateInput {
 public:
  AggregateInput(const AggregateStates& states, Participant& participant, uint32_t tail);
  ~AggregateInput();
  // Row i of `in` belongs to the group at rows[i].
  void Update(const Chunk& in, uint8_t* const* rows);
  // All rows belong to one group.
  void UpdateOne(const Chunk& in, uint8_t* row);
  // Feeds what sorting calls have collected. After the last Update.
  void FinishOrdered();
  // What sorting call `i` has collected, sorted, for Feed: of rows of one group only.
  OrderedRows TakeOrdered(size_t i);
  // Feeds the rows of several participants to the states of call `i` in `one`, or else in the group's rows.
  void Feed(size_t i, const std::vector<OrderedRows>& collected, uint8_t* one);

 private:
  struct Call;
  // Arguments of call `i` for the rows it takes; `taken` null: all. Returns their number.
  uint32_t Arguments(size_t i, const Chunk& in, uint8_t* const* rows, uint8_t* one);
  void CombineInput(size_t i, const Chunk& in, uint32_t count, uint8_t* const* rows, uint8_t* one);

  const AggregateStates& states_;
  Participant& participant_;
  const uint32_t tail_;
  ExpressionList arguments_;             // of all calls, in order
  std::vector<std::unique_ptr<Call>> calls_;
  std::vector<void*> targets_;
};

}  // namespace gather::executor
