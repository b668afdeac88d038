// Append: UNION ALL, the children's rows one after the other. Parallel: participants share parallel-aware children and take the others whole.
#include <atomic>

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
  explicit AppendSource(std::vector<Pipeline*> children) : children_(std::move(children)), claimed_(new std::atomic<bool>[children_.size()]()) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<AppendLocal>();
    local->participant = &participant;
    return local;
  }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<AppendLocal&>(base);
    for (;;) {
      if (local.runner == nullptr) {
        while (local.child < children_.size() && !children_[local.child]->parallel && claimed_[local.child].exchange(true)) ++local.child;
        if (local.child == children_.size()) {
          out.set_rows(0);
          return Progress::kDone;
        }
        local.runner = std::make_unique<PipelineRunner>(*children_[local.child], *local.participant);
      }
      const Progress progress = local.runner->Next(out);
      if (progress != Progress::kDone) return progress;
      local.runner.reset();
      ++local.child;
    }
  }

 private:
  const std::vector<Pipeline*> children_;
  const std::unique_ptr<std::atomic<bool>[]> claimed_;
};

std::vector<Pipeline*> BuildChildren(const planner::PlanNode& node, PlanBuilder& builder, Pipeline& pipeline) {
  std::vector<Pipeline*> children;
  for (const auto& child : node.children) {
    Pipeline* stream = builder.state().MakePipeline();
    builder.Build(*child, *stream);
    pipeline.dependencies.insert(pipeline.dependencies.end(), stream->dependencies.begin(), stream->dependencies.end());
    children.push_back(stream);
  }
  return children;
}

}  // namespace

void BuildAppend(const planner::PlanNode& node, PlanBuilder& builder, Pipeline& pipeline) {
  std::vector<Pipeline*> children = BuildChildren(node, builder, pipeline);
  builder.SetSource(pipeline, builder.state().Make<AppendSource>(std::move(children)), node, builder.in_gather());
}

}  // namespace gather::executor
