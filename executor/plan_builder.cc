#include "executor/plan_builder.h"

#include <utility>

#include "executor/chunk_store.h"
#include "executor/row/top_n_bound.h"
#include "executor/spill/spill_policy.h"

namespace gather::executor {

namespace {
// Makes operators in `arena` for a while.
class ArenaScope {
 public:
  ArenaScope(ExecutionState& state, OperatorArena& arena) : state_(state), before_(std::exchange(state.arena, &arena)) {}
  ~ArenaScope() { state_.arena = before_; }

 private:
  ExecutionState& state_;
  OperatorArena* const before_;
};

// The scan that streams output column `slot` of `node` as it is, and its column there; leaving out rows of it leaves out what comes of them, nothing else.
const planner::SeqScanNode* FindScan(const planner::PlanNode& node, uint32_t slot, uint32_t* column) {
  if (!node.projection.empty()) {
    if (node.projection[slot]->kind != sql::ExprKind::kSlot) return nullptr;
    slot = node.projection[slot]->index;
  }
  if (node.kind == planner::NodeKind::kSeqScan) {
    const auto& scan = static_cast<const planner::SeqScanNode&>(node);
    if (scan.columns[slot].system != planner::ScanColumnRef::System::kNone) return nullptr;
    *column = slot;
    return &scan;
  }
  if (node.kind != planner::NodeKind::kHashJoin || slot >= node.children[0]->output.size()) return nullptr;
  switch (static_cast<const planner::HashJoinNode&>(node).join) {
    case planner::JoinKind::kInner: case planner::JoinKind::kLeft: case planner::JoinKind::kSemi: case planner::JoinKind::kAnti:
      return FindScan(*node.children[0], slot, column);
    default: return nullptr;
  }
}
}  // namespace

std::shared_ptr<TopNBound> PlanBuilder::MakeTopNBound(const planner::TopNNode& node) {
  uint32_t column = 0;
  const planner::SeqScanNode* scan = FindScan(*node.children[0], node.keys[0].slot, &column);
  if (scan == nullptr) return nullptr;
  auto bound = std::make_shared<TopNBound>(node.keys[0].order, node.keys.size() == 1 && !node.with_ties);
  top_n_bounds_.push_back({scan, column, bound});
  return bound;
}

std::shared_ptr<TopNBound> PlanBuilder::TopNBoundOf(const planner::SeqScanNode& scan, uint32_t* column) const {
  for (const ScanBound& use : top_n_bounds_) {
    if (use.scan != &scan) continue;
    *column = use.column;
    return use.bound;
  }
  return nullptr;
}

void PlanBuilder::Build(const planner::PlanNode& node, Pipeline& pipeline) {
  in_runs_ = std::exchange(takes_runs_, false);
  const OperatorRow& row = FindOperator(node.kind);
  row.build(node, *this, pipeline);
  AppendFilterProject(node, row.filters, *this, pipeline);
}

Pipeline* PlanBuilder::BuildInput(const planner::PlanNode& node, Pipeline& dependent) {
  Pipeline* input = state_.MakePipeline();
  Build(node, *input);
  dependent.dependencies.push_back(input);
  return input;
}

Pipeline* PlanBuilder::CtePipeline(uint32_t cte) {
  CteState& state = state_.ctes[cte];
  if (state.pipeline != nullptr) return state.pipeline;
  const ArenaScope scope(state_, state_.root);   // read by the whole plan, whoever needs it first
  state.pipeline = state_.MakePipeline();
  const bool in_gather = in_gather_;
  in_gather_ = false;                      // CTEs are computed by the leader, whoever reads them
  Build(*state_.plan->ctes[cte], *state.pipeline);
  in_gather_ = in_gather;
  state.rows = std::make_shared<ChunkStore>(state_.context.budget, SpillPolicy(state_, SpillPolicy::Use::kSort));
  state.pipeline->sink = state_.Make<ChunkStoreSink>(state.rows);
  return state.pipeline;
}

PlanStream::PlanStream(const planner::PlanNode& node, ExecutionState& state) : state_(state) {
  const ArenaScope scope(state, arena_);
  pipeline_ = state.MakePipeline();
  PlanBuilder(state).Build(node, *pipeline_);
}

bool PlanStream::Next(Chunk& out) {
  if (runner_ == nullptr) {
    RunDependencies(*pipeline_, state_.leader);
    runner_ = std::make_unique<PipelineRunner>(*pipeline_, state_.leader);
  }
  for (;;) {
    const Progress progress = runner_->Next(out);
    if (progress == Progress::kMoreOutput) return true;
    if (progress == Progress::kDone) return false;
  }
}

}  // namespace gather::executor
