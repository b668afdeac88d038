// Append: UNION ALL, the children's rows one after the other; Merge Append: sorted children as one sorted stream.
// Parallel Append: the work is (child, morsel): every participant walks over the children, takes those nobody can share whole, if no other
// has yet, and its part of the morsels of the others.
#include <algorithm>
#include <atomic>

#include "executor/operators/stream_merge.h"
#include "executor/plan_builder.h"

namespace gather::executor {

namespace {

struct AppendLocal : Local {
  Participant* participant = nullptr;
  size_t child = 0;
  std::unique_ptr<PipelineRunner> runner;
};

class AppendSource final : public Source {
 public:
  struct Child {
    Pipeline* pipeline;
    double work;                             // estimated
    bool shared;                             // participants run it together
  };

  explicit AppendSource(std::vector<Child> children) : children_(std::move(children)), progress_(new std::atomic<Stage>[children_.size()]()) {
    for (const Child& child : children_) work_ += child.work;
  }

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<AppendLocal>();
    local->participant = &participant;
    return local;
  }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<AppendLocal&>(base);
    for (;;) {
      if (local.runner == nullptr && !Begin(local)) {
        out.set_rows(0);
        return Progress::kDone;
      }
      const Progress progress = local.runner->Next(out);
      if (progress != Progress::kDone) return progress;
      local.runner.reset();
      out.set_rows(0);
      if (local.participant->left) return Progress::kDone;
      progress_[local.child++].store(Stage::kEnded, std::memory_order_relaxed);
    }
  }

  double Remaining() const override {
    double left = 0;
    for (size_t i = 0; i < children_.size(); ++i) {
      const Stage stage = progress_[i].load(std::memory_order_acquire);
      if (stage == Stage::kWaiting) left += children_[i].work;
      if (stage != Stage::kRunning || !children_[i].shared) continue;
      left += children_[i].work * std::max(0.0, children_[i].pipeline->source->Remaining());
    }
    return work_ <= 0 ? 0 : left / work_;
  }

 private:
  enum class Stage : uint8_t { kWaiting, kRunning, kEnded };

  bool Begin(AppendLocal& local) {
    for (; local.child < children_.size(); ++local.child) {
      const Child& child = children_[local.child];
      if (child.shared) {
        local.runner = std::make_unique<PipelineRunner>(*child.pipeline, *local.participant);
        Stage waiting = Stage::kWaiting;
        progress_[local.child].compare_exchange_strong(waiting, Stage::kRunning, std::memory_order_release);
        return true;
      }
      Stage waiting = Stage::kWaiting;
      if (!progress_[local.child].compare_exchange_strong(waiting, Stage::kRunning, std::memory_order_relaxed)) continue;
      // What it depends on is its own, and run by whoever has taken it.
      RunDependencies(*child.pipeline, *local.participant);
      local.runner = std::make_unique<PipelineRunner>(*child.pipeline, *local.participant);
      return true;
    }
    return false;
  }

  const std::vector<Child> children_;
  const std::unique_ptr<std::atomic<Stage>[]> progress_;
  double work_ = 0;
};

struct MergeAppendLocal : Local {
  std::vector<std::unique_ptr<PipelineRunner>> runners;
  std::unique_ptr<StreamMerge> merge;
};

class MergeAppendSource final : public Source {
 public:
  MergeAppendSource(const planner::MergeAppendNode& node, std::vector<Pipeline*> children) : node_(node), children_(std::move(children)) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<MergeAppendLocal>();
    std::vector<StreamMerge::Stream> streams;
    for (const Pipeline* child : children_) {
      local->runners.push_back(std::make_unique<PipelineRunner>(*child, participant));
      streams.push_back([runner = local->runners.back().get()](Chunk& out) {
        Progress progress = Progress::kBlocked;
        while (progress == Progress::kBlocked) progress = runner->Next(out);
        return progress == Progress::kMoreOutput;
      });
    }
    std::vector<SqlType> types;
    for (const planner::PlanColumn& column : node_.children[0]->output) types.push_back(column.type);
    local->merge = std::make_unique<StreamMerge>(std::move(streams), node_.keys, std::move(types));
    return local;
  }

  Progress Next(Local& base, Chunk& out) override {
    if (static_cast<MergeAppendLocal&>(base).merge->Next(out)) return Progress::kMoreOutput;
    out.set_rows(0);
    return Progress::kDone;
  }

 private:
  const planner::MergeAppendNode& node_;
  const std::vector<Pipeline*> children_;
};

void DependOn(const Pipeline& stream, Pipeline& pipeline) {
  pipeline.dependencies.insert(pipeline.dependencies.end(), stream.dependencies.begin(), stream.dependencies.end());
}

// CTEs that `stream` reads are not its own: they are there before anybody takes it.
void DependOnCtes(const Pipeline& stream, const ExecutionState& state, Pipeline& pipeline) {
  for (Pipeline* dependency : stream.dependencies) {
    const bool cte = std::any_of(state.ctes.begin(), state.ctes.end(), [dependency](const CteState& candidate) { return candidate.pipeline == dependency; });
    if (cte) pipeline.dependencies.push_back(dependency);
    else DependOnCtes(*dependency, state, pipeline);
  }
}

}  // namespace

void BuildAppend(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::AppendNode&>(base);
  const bool in_gather = builder.in_gather();
  bool all_shared = true;
  std::vector<AppendSource::Child> children;
  for (const auto& child : node.children) {
    Pipeline* stream = builder.state().MakePipeline();
    const bool shared = children.size() < node.partial.size() && node.partial[children.size()];
    all_shared = all_shared && shared;
    // What one participant takes whole is to it as if there were no others.
    if (!shared && node.parallel_aware) builder.set_in_gather(false);
    builder.Build(*child, *stream);
    builder.set_in_gather(in_gather);
    if (shared) DependOn(*stream, pipeline);
    else if (in_gather) DependOnCtes(*stream, builder.state(), pipeline);
    children.push_back({stream, child->total_cost, shared});
  }
  // The longest pieces that cannot be shared first.
  if (node.parallel_aware) {
    std::stable_sort(children.begin(), children.end(), [](const AppendSource::Child& a, const AppendSource::Child& b) {
      return a.shared != b.shared ? b.shared : !a.shared && a.work > b.work;
    });
  }
  const bool parallel = in_gather && (node.parallel_aware || all_shared);
  builder.SetSource(pipeline, builder.state().Make<AppendSource>(std::move(children)), node, parallel);
}

void BuildMergeAppend(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::MergeAppendNode&>(base);
  std::vector<Pipeline*> children;
  for (const auto& child : node.children) {
    children.push_back(builder.state().MakePipeline());
    builder.Build(*child, *children.back());
    DependOn(*children.back(), pipeline);
  }
  builder.SetSource(pipeline, builder.state().Make<MergeAppendSource>(node, std::move(children)), node);
}

}  // namespace gather::executor
