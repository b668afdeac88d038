// Gather and Gather Merge: the only operators that know threads. What is below them runs as a ParallelRun.
#include <algorithm>

#include "executor/operators/sort.h"
#include "executor/operators/stream_merge.h"
#include "executor/plan_builder.h"
#include "executor/pool/parallel_run.h"

namespace gather::executor {

namespace {

// Pipelines that must have finished before `pipeline` starts, in an order in which they can run.
void Collect(const Pipeline& pipeline, std::vector<Pipeline*>& phases) {
  for (Pipeline* dependency : pipeline.dependencies) {
    if (std::find(phases.begin(), phases.end(), dependency) != phases.end()) continue;
    Collect(*dependency, phases);
    phases.push_back(dependency);
  }
}

// Init plans run on the leader, before workers need their values. Within an init plan's own Gather: only those before it, which it may use.
void RunInitPlans(ExecutionState& state) {
  for (uint32_t i = 0; i < state.init_plans.size() && !state.init_plans[i].running; ++i) {
    if (state.plan->init_plans[i].root != nullptr) state.ExecParameter(i);
  }
}

class ParallelSource : public Source {
 public:
  ParallelSource(const planner::GatherBase& plan, std::vector<Pipeline*> phases, Pipeline* stream, ExecutionState& state, bool separate)
      : plan_(plan), phases_(std::move(phases)), stream_(stream), state_(state), separate_(separate) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }
  void Stop() override {
    if (run_ == nullptr) return;
    run_->Stop();
    Report();
  }

 protected:
  void Start() {
    RunInitPlans(state_);
    run_ = std::make_unique<ParallelRun>(phases_, stream_, state_, plan_, separate_);
    run_->RunPhases();
  }
  void Report() {
    if (reported_) return;
    reported_ = true;
    const int launched = run_->workers_launched();
    const std::vector<planner::ParallelDecision>& decisions = state_.plan->decisions;
    if (state_.context.history != nullptr && plan_.decision < decisions.size()) {
      const auto milliseconds = [](uint64_t nanos) { return static_cast<double>(nanos) / 1e6; };
      state_.context.history->Add(decisions[plan_.decision], launched, milliseconds(run_->nanos()), milliseconds(run_->serial_nanos()));
    }
    if (state_.instrumentation == nullptr) return;
    state_.instrumentation->Update(plan_.id, [&](planner::NodeActuals& actuals) { actuals.workers_launched = launched; });
  }

  const planner::GatherBase& plan_;
  const std::vector<Pipeline*> phases_;
  Pipeline* const stream_;
  ExecutionState& state_;
  const bool separate_;
  std::unique_ptr<ParallelRun> run_;
  bool reported_ = false;
};

class GatherSource final : public ParallelSource {
 public:
  using ParallelSource::ParallelSource;
  Progress Next(Local&, Chunk& out) override {
    if (run_ == nullptr) Start();
    if (run_->Next(out)) return Progress::kMoreOutput;
    out.set_rows(0);
    Stop();
    return Progress::kDone;
  }
};

// Over a Sort or Top-N: the leader reads the rows where they lie; or, where they are many and in memory, participants hand out blocks in turn.
class GatherRuns final : public ParallelSource {
 public:
  GatherRuns(const planner::GatherBase& plan, std::vector<Pipeline*> phases, Pipeline* blocks, ExecutionState& state, std::shared_ptr<SortRuns> runs, Source* merge)
      : ParallelSource(plan, std::move(phases), blocks, state, true), runs_(std::move(runs)), merge_(merge) {}
  Progress Next(Local& local, Chunk& out) override {
    if (run_ == nullptr) {
      Start();
      runs_->participants = static_cast<uint32_t>(run_->participants());
      in_blocks_ = run_->participants() > 1 && state_.context.chunk_size >= kVectorSize && runs_->in_blocks();
      if (!in_blocks_) Report();
    }
    if (!in_blocks_) return merge_->Next(local, out);
    if (run_->NextOf(turn_, out)) {
      turn_ = (turn_ + 1) % run_->participants();
      return Progress::kMoreOutput;
    }
    out.set_rows(0);
    Stop();
    return Progress::kDone;
  }

 private:
  const std::shared_ptr<SortRuns> runs_;
  Source* const merge_;
  size_t turn_ = 0;
  bool in_blocks_ = false;
};

class GatherStreams final : public ParallelSource {
 public:
  GatherStreams(const planner::GatherMergeNode& node, std::vector<Pipeline*> phases, Pipeline* stream, ExecutionState& state)
      : ParallelSource(node, std::move(phases), stream, state, true), keys_(node.keys) {}
  Progress Next(Local&, Chunk& out) override {
    if (run_ == nullptr) {
      Start();
      std::vector<StreamMerge::Stream> streams;
      for (size_t i = 0; i < run_->participants(); ++i) streams.push_back([this, i](Chunk& chunk) { return run_->NextOf(i, chunk); });
      std::vector<SqlType> types;
      for (const planner::PlanColumn& column : plan_.children[0]->output) types.push_back(column.type);
      merge_ = std::make_unique<StreamMerge>(std::move(streams), keys_, std::move(types));
    }
    if (merge_->Next(out)) return Progress::kMoreOutput;
    out.set_rows(0);
    Stop();
    return Progress::kDone;
  }

 private:
  const std::vector<planner::SortKey>& keys_;
  std::unique_ptr<StreamMerge> merge_;
};

}  // namespace

void BuildGather(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::GatherNode&>(base);
  Pipeline* stream = builder.state().MakePipeline();
  builder.set_in_gather(true);
  builder.Build(*node.children[0], *stream);
  builder.set_in_gather(false);
  std::vector<Pipeline*> phases;
  Collect(*stream, phases);
  builder.SetSource(pipeline, builder.state().Make<GatherSource>(node, std::move(phases), stream, builder.state(), false), node);
}

void BuildGatherMerge(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::GatherMergeNode&>(base);
  const planner::PlanNode& child = *node.children[0];
  ExecutionState& state = builder.state();
  Pipeline* below = state.MakePipeline();
  std::vector<Pipeline*> phases;
  builder.set_in_gather(true);
  if (child.kind == planner::NodeKind::kSort || child.kind == planner::NodeKind::kTopN) {
    auto runs = std::make_shared<SortRuns>();
    runs->merged_above = true;
    if (child.kind == planner::NodeKind::kTopN) runs->bound = builder.MakeTopNBound(static_cast<const planner::TopNNode&>(child));
    builder.Build(*child.children[0], *below);
    builder.set_in_gather(false);
    builder.SetSink(*below, MakeSortSink(child, state, runs), child);
    Collect(*below, phases);
    phases.push_back(below);
    const bool partial = child.kind == planner::NodeKind::kTopN && static_cast<const planner::TopNNode&>(child).partial;
    Source* merge = MakeMergedSource(child, state, runs, !partial);
    Pipeline* blocks = state.MakePipeline();
    blocks->source = MakeSortedBlocks(state, runs);
    blocks->parallel = true;
    pipeline.source = state.Make<GatherRuns>(node, std::move(phases), blocks, state, runs, merge);
    pipeline.source_node = node.id;
    AppendFilterProject(child, false, builder, pipeline, node.id);
    return;
  }
  builder.TakeRuns();
  builder.Build(child, *below);
  builder.set_in_gather(false);
  Collect(*below, phases);
  builder.SetSource(pipeline, state.Make<GatherStreams>(node, std::move(phases), below, state), node);
}

}  // namespace gather::executor
