// ExecutionState: everything one execution owns: its operators and pipelines, the values of init plans, materialised CTEs, measurements.
//
// Built and destroyed on the leader's thread. Workers read it; what they write synchronises itself (Instrumentation) or belongs to an operator.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "executor/execution.h"
#include "executor/pipeline.h"
#include "planner/plan.h"

namespace gather::executor {

class ChunkStore;

uint64_t NowNanos();                          // of a steady clock

// EXPLAIN ANALYZE's numbers, by PlanNode::id. Thread-safe.
class Instrumentation {
 public:
  explicit Instrumentation(uint32_t nodes) : nodes_(nodes) {}
  // Exclusive time of one participant in a node.
  void Add(uint32_t node, const Participant& participant, uint64_t nanos, uint64_t first_nanos, uint64_t rows, bool counts);
  // A participant has run a pipeline that ends in the node.
  void AddInputRun(uint32_t node);
  // A node run `loops` times within its parent's own time.
  void AddLoops(uint32_t node, const Participant& participant, uint64_t nanos, uint64_t rows, uint64_t loops);
  // Time in a node outside its pipelines.
  void AddTime(uint32_t node, const Participant& participant, uint64_t nanos);
  // Space that `participant` needed: `change` runs under the lock.
  template <class Change>
  void UpdateSpace(uint32_t node, const Participant& participant, const Change& change) {
    std::lock_guard lock(mutex_);
    if (participant.leader) {
      change(static_cast<planner::SpaceActuals&>(nodes_[node].actuals));
    } else {
      change(static_cast<planner::SpaceActuals&>(WorkerOf(nodes_[node], participant).actuals));
    }
  }
  void AddMorsels(uint32_t node, const Participant& participant, uint64_t morsels, uint64_t stolen);
  // Further numbers: `change` runs under the lock.
  template <class Change>
  void Update(uint32_t node, const Change& change) {
    std::lock_guard lock(mutex_);
    change(nodes_[node].actuals);
  }
  // Times made inclusive along the plan.
  planner::ExecutionActuals Collect(const planner::Plan& plan) const;

 private:
  struct Times {
    double startup_ms = 0, total_ms = 0;
  };
  struct Worker {
    planner::WorkerActuals actuals;          // times: its own, without inputs
    uint32_t participant;
  };
  struct Node {
    planner::NodeActuals actuals;
    uint64_t nanos = 0, first_nanos = 0;     // of all participants, without inputs
    uint64_t input_runs = 0;
    std::vector<Worker> workers;
  };
  static Worker& WorkerOf(Node& node, const Participant& participant);
  // Wall times of one loop of `node`; notes the actuals of its subtree.
  Times Total(const planner::PlanNode& node, planner::ExecutionActuals& out) const;
  Times WorkerTotal(const planner::PlanNode& node, uint32_t participant) const;

  mutable std::mutex mutex_;
  std::vector<Node> nodes_;
};

struct InitPlanState {
  std::optional<Datum> value;
  bool running = false;
};

// What one recursive CTE's iteration reads.
struct WorkTable {
  std::shared_ptr<ChunkStore> rows;
};

struct CteState {
  std::shared_ptr<ChunkStore> rows;
  Pipeline* pipeline = nullptr;              // fills `rows`
};

// Operators and pipelines made together. Those made later may hold runners of those made earlier, so they go first.
struct OperatorArena {
  OperatorArena() = default;
  OperatorArena(const OperatorArena&) = delete;
  ~OperatorArena() {
    while (!operators.empty()) operators.pop_back();
  }
  std::vector<std::unique_ptr<Pipeline>> pipelines;
  std::vector<std::unique_ptr<Operator>> operators;
};

struct ExecutionState {
  ExecutionState(planner::PlanRef plan, ExecutionContext context);
  ~ExecutionState();
  ExecutionState(const ExecutionState&) = delete;

  // The value of kExecParameter `index`; runs its init plan at the first call, which must be on the leader's thread.
  const Datum& ExecParameter(uint32_t index);
  // Of kind kOuter; before what reads it is built.
  void SetExecParameter(uint32_t index, Datum value) { init_plans.at(index).value = std::move(value); }

  template <class T, class... Arguments>
  T* Make(Arguments&&... arguments) {
    auto made = std::make_unique<T>(std::forward<Arguments>(arguments)...);
    T* pointer = made.get();
    arena->operators.push_back(std::move(made));
    return pointer;
  }
  Pipeline* MakePipeline() {
    arena->pipelines.push_back(std::make_unique<Pipeline>());
    return arena->pipelines.back().get();
  }

  const planner::PlanRef plan;                // null: a bare expression
  ExecutionContext context;
  std::unique_ptr<Instrumentation> instrumentation;
  std::vector<InitPlanState> init_plans;
  std::vector<CteState> ctes;
  std::vector<WorkTable> work_tables;
  uint64_t rows_modified = 0;
  Participant leader{*this};
  OperatorArena root;
  OperatorArena* arena = &root;               // where Make puts things
};

}  // namespace gather::executor
