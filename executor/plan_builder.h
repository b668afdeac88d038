// PlanBuilder: cuts a plan into pipelines. One run per execution (and per iteration of a recursive union); cheap.
//
// Every operator file in executor/operators defines one builder function; operator_table.cc maps NodeKind to it. A builder appends to the
// pipeline it is given so that the pipeline's stream becomes the node's raw rows; the node's filter and projection are appended after it.
// Leader's thread only.
#pragma once

#include <memory>
#include <vector>

#include "executor/execution_state.h"
#include "executor/pipeline.h"
#include "planner/plan.h"

namespace gather::executor {

class RuntimeFilter;                         // executor/row/runtime_filter.h
class TopNBound;                             // executor/row/top_n_bound.h

class PlanBuilder {
 public:
  explicit PlanBuilder(ExecutionState& state) : state_(state) {}

  // Makes `pipeline` (fresh) a stream of `node`'s output.
  void Build(const planner::PlanNode& node, Pipeline& pipeline);
  // A new pipeline that streams `node`'s output and that `dependent` depends on; the caller gives it a sink.
  Pipeline* BuildInput(const planner::PlanNode& node, Pipeline& dependent);
  // The pipeline that fills CTE `cte`'s rows: made at the first call.
  Pipeline* CtePipeline(uint32_t cte);

  ExecutionState& state() { return state_; }
  Participant& leader() { return state_.leader; }
  void AddStep(Pipeline& pipeline, Transform* transform, const planner::PlanNode& node) { pipeline.steps.push_back({transform, node.id}); }
  void SetSource(Pipeline& pipeline, Source* source, const planner::PlanNode& node, bool parallel = false) {
    pipeline.source = source;
    pipeline.source_node = node.id;
    pipeline.parallel = parallel;
  }
  void SetSink(Pipeline& pipeline, Sink* sink, const planner::PlanNode& node) {
    pipeline.sink = sink;
    pipeline.sink_node = node.id;
  }
  // Runtime filter `number` of the plan: made by the join, which is built before the scans below it that use it.
  std::shared_ptr<RuntimeFilter>& runtime_filter(uint32_t number) {
    if (number >= runtime_filters_.size()) runtime_filters_.resize(number + 1);
    return runtime_filters_[number];
  }
  // The bound of the Top-N `node`'s first key, if a scan in the pipeline below can use it; null: none can. Call before that is built.
  std::shared_ptr<TopNBound> MakeTopNBound(const planner::TopNNode& node);
  // That which a scan is to use, and for which of its columns; null: none.
  std::shared_ptr<TopNBound> TopNBoundOf(const planner::SeqScanNode& scan, uint32_t* column) const;
  // Below a Gather: a pipeline whose source is parallel-aware may be run by all participants.
  bool in_gather() const { return in_gather_; }
  void set_in_gather(bool in_gather) { in_gather_ = in_gather; }
  // Before building a child whose reader walks sorted runs one by one: below a Gather its Sort may then hand a run to each participant. Whoever reads
  // the child as one sorted stream does not ask for that.
  void TakeRuns() { takes_runs_ = true; }
  // The node being built was asked for in runs. To be read before anything below it is built.
  bool in_runs() const { return in_runs_; }

 private:
  ExecutionState& state_;
  bool in_gather_ = false;
  bool takes_runs_ = false, in_runs_ = false;
  std::vector<std::shared_ptr<RuntimeFilter>> runtime_filters_;
  struct ScanBound { const planner::PlanNode* scan; uint32_t column; std::shared_ptr<TopNBound> bound; };
  std::vector<ScanBound> top_n_bounds_;
};

// What a node's builder is. It handles `node.filter` and `node.projection` itself when its table row says so (scans that filter early).
using BuildFunction = void (*)(const planner::PlanNode& node, PlanBuilder& builder, Pipeline& pipeline);
struct OperatorRow {
  planner::NodeKind kind;
  BuildFunction build;
  bool filters = false;                    // applies node.filter itself
};
const OperatorRow& FindOperator(planner::NodeKind kind);

// Appends the node's filter (unless applied already) and projection. `counted_as`: the node that EXPLAIN ANALYZE counts it to, if another one.
void AppendFilterProject(const planner::PlanNode& node, bool filtered, PlanBuilder& builder, Pipeline& pipeline, uint32_t counted_as = kNoNode);

// A plan subtree run on the leader, pulled chunk by chunk: init plans, rounds of a recursive union. Owns its operators.
class PlanStream {
 public:
  PlanStream(const planner::PlanNode& node, ExecutionState& state);
  bool Next(Chunk& out);

 private:
  ExecutionState& state_;
  OperatorArena arena_;
  Pipeline* pipeline_;
  std::unique_ptr<PipelineRunner> runner_;
};

}  // namespace gather::executor
