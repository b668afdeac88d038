// AggregateCalls: the aggregates of one Aggregate node: where their states lie in a row's tail, and how rows get into them.
//
// AggregateStates is the shared, immutable part; AggregateInput belongs to one participant: it evaluates arguments and filters, drops rows a strict
// aggregate does not want, keeps DISTINCT ones apart, and collects the input of ordered ones.
#pragma once

#include <memory>
#include <vector>

#include "executor/execution_state.h"
#include "executor/expression/evaluator.h"
#include "executor/row/group_table.h"
#include "executor/row/sort_run.h"

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
  // Some aggregate looks at its rows as a whole (DISTINCT, ORDER BY, array_agg …): one participant must see them all, in order.
  bool needs_one_stream() const { return needs_one_stream_; }
  catalog::FunctionContext MakeContext(size_t i) const;

  void Initialize(uint8_t* tail) const;
  // The states at targets[k] + tail absorb those at sources[k] + tail.
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
  std::vector<Call> calls_;
  uint32_t bytes_ = 0;
  bool needs_one_stream_ = false;
};

class AggregateInput {
 public:
  AggregateInput(const AggregateStates& states, Participant& participant, uint32_t tail);
  ~AggregateInput();
  // Row i of `in` belongs to the group at rows[i].
  void Update(const Chunk& in, uint8_t* const* rows);
  // All rows belong to one group.
  void UpdateOne(const Chunk& in, uint8_t* row);
  // Feeds what ordered aggregates have collected. After the last Update.
  void FinishOrdered();

 private:
  struct Call;
  // Arguments of call `i` for the rows it takes; `taken` null: all. Returns their number.
  uint32_t Arguments(size_t i, const Chunk& in, uint8_t* const* rows, uint8_t* one);

  const AggregateStates& states_;
  const uint32_t tail_;
  ExpressionList arguments_;             // of all calls, in order
  std::vector<std::unique_ptr<Call>> calls_;
  std::vector<void*> targets_;
};

}  // namespace gather::executor
