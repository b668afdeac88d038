// Result: one empty row (then projected), or its child's rows; none at all when the one-time filter is not true.
#include "executor/expression/evaluator.h"
#include "executor/plan_builder.h"

namespace gather::executor {

namespace {

bool IsTrueOnce(const sql::ExprRef& condition, Participant& participant) {
  if (condition == nullptr) return true;
  EvaluationInput one;
  one.rows = 1;
  Vector value;
  Compile(condition, participant)->Evaluate(one, value);
  return !value.IsNull(0) && value.View().get<uint8_t>(0) != 0;
}

class OneRow final : public Source {
 public:
  OneRow(const planner::ResultNode& node, ExecutionState& state) : node_(node), state_(state) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }
  Progress Next(Local&, Chunk& out) override {
    out.Clear();
    if (done_ || !IsTrueOnce(node_.one_time_filter, state_.leader)) return Progress::kDone;
    done_ = true;
    out.set_rows(1);
    return Progress::kMoreOutput;
  }

 private:
  const planner::ResultNode& node_;
  ExecutionState& state_;
  bool done_ = false;
};

struct GateLocal : Local {
  explicit GateLocal(Participant& who) : participant(who) {}
  Participant& participant;
  int open = -1;                           // not known yet
};

// A one-time filter above a child.
class Gate final : public Transform {
 public:
  explicit Gate(sql::ExprRef condition) : condition_(std::move(condition)) {}
  LocalPtr MakeLocal(Participant& participant) override { return std::make_unique<GateLocal>(participant); }
  Progress Push(Local& base, Chunk& in, Chunk& out) override {
    auto& local = static_cast<GateLocal&>(base);
    if (local.open < 0) local.open = IsTrueOnce(condition_, local.participant);
    if (local.open == 0) {
      out.set_rows(0);
      return Progress::kDone;
    }
    out = in;
    return Progress::kNeedInput;
  }

 private:
  const sql::ExprRef condition_;
};

// The same below a source that has not started: nothing of the child runs when the condition is not true.
class GatedSource final : public Source {
 public:
  GatedSource(Source* child, sql::ExprRef condition) : child_(child), condition_(std::move(condition)) {}
  struct GatedLocal : Local {
    explicit GatedLocal(Participant& who) : participant(who) {}
    Participant& participant;
    LocalPtr child;
    int open = -1;
  };
  LocalPtr MakeLocal(Participant& participant) override { return std::make_unique<GatedLocal>(participant); }
  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<GatedLocal&>(base);
    if (local.open < 0) {
      local.open = IsTrueOnce(condition_, local.participant);
      if (local.open == 1) local.child = child_->MakeLocal(local.participant);
    }
    if (local.open == 0) {
      out.set_rows(0);
      return Progress::kDone;
    }
    return child_->Next(LocalOf(local.child), out);
  }
  void Stop() override { child_->Stop(); }

 private:
  Source* const child_;
  const sql::ExprRef condition_;
};

}  // namespace

void BuildResult(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::ResultNode&>(base);
  if (node.children.empty()) {
    builder.SetSource(pipeline, builder.state().Make<OneRow>(node, builder.state()), node);
    return;
  }
  builder.Build(*node.children[0], pipeline);
  if (node.one_time_filter == nullptr) return;
  if (pipeline.dependencies.empty()) {
    pipeline.source = builder.state().Make<GatedSource>(pipeline.source, node.one_time_filter);
  } else {
    builder.AddStep(pipeline, builder.state().Make<Gate>(node.one_time_filter), node);
  }
}

}  // namespace gather::executor
