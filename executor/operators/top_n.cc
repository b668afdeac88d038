// Top-N: every participant keeps a run of the rows that may be among the first; they know of each other's bound.
#include <algorithm>

#include "executor/operators/row_bounds.h"
#include "executor/operators/sort.h"
#include "executor/row/top_n_bound.h"
#include "executor/spill/spill_policy.h"

namespace gather::executor {

namespace {

struct TopNLocal : Local {
  const Participant* participant = nullptr;
  std::shared_ptr<SortRun> run;
  std::shared_ptr<RowSpill> spill;           // null: everything is in memory
  std::vector<uint32_t> spilled;             // its streams
  uint64_t rows = 0, most_bytes = 0, bounds_found = 0;
  std::vector<const Vector*> keys;
};

class TopNSink final : public Sink {
 public:
  TopNSink(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs)
      : node_(node), specification_(SpecificationOf(node)), state_(state), policy_(state, SpillPolicy::Use::kSort), runs_(std::move(runs)) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<TopNLocal>();
    local->participant = &participant;
    local->run = std::make_shared<SortRun>(specification_.columns, specification_.orders, state_.context.budget);
    const RowBounds bounds = EvaluateBounds(specification_.limit, specification_.offset, participant);
    if (bounds.limit < RowBounds::kAll - bounds.offset) local->run->SetLimit(bounds.limit + bounds.offset, specification_.with_ties, bound_);
    local->keys.resize(specification_.slots.size());
    return local;
  }

  Progress Add(Local& base, Chunk& in) override {
    auto& local = static_cast<TopNLocal&>(base);
    for (size_t k = 0; k < local.keys.size(); ++k) local.keys[k] = &in[specification_.slots[k]];
    local.run->Add(in.vectors(), local.keys, in.rows());
    if (local.run->bounds_found() != local.bounds_found) Publish(local);
    if (local.run->bytes() > policy_.limit()) Spill(local);
    return Progress::kNeedInput;
  }

  void Merge(Local& base) override {
    auto& local = static_cast<TopNLocal&>(base);
    local.run->Sort();
    if (state_.instrumentation != nullptr) {
      state_.instrumentation->UpdateSpace(node_.id, *local.participant, [&](planner::SpaceActuals& space) {
        space.sort_method = local.spill != nullptr ? "external merge" : "top-N heapsort";
        space.memory_bytes += std::max(local.most_bytes, local.run->bytes());
        if (local.spill != nullptr) space.disk_bytes += local.spill->bytes();
      });
      if (runs_->merged_above) state_.instrumentation->Add(node_.id, *local.participant, 0, 0, local.rows + local.run->rows(), true);
    }
    std::lock_guard lock(runs_->mutex);
    runs_->spilled.emplace_back();
    for (const uint32_t stream : local.spilled) runs_->spilled.back().push_back({local.spill, stream});
    runs_->runs.push_back(std::move(local.run));
  }

 private:
  void Publish(TopNLocal& local) const {
    local.bounds_found = local.run->bounds_found();
    if (runs_->bound == nullptr) return;
    uint8_t* const row = local.run->bound_row();
    Vector first;
    LoadColumn(local.run->layout().column(specification_.slots[0]), &row, 1, nullptr, first);
    runs_->bound->Publish(local.run->bound(), first.Get(0));
  }
  void Spill(TopNLocal& local) const {
    local.most_bytes = std::max(local.most_bytes, local.run->bytes());
    local.run->Sort();
    local.rows += local.run->rows();
    if (local.spill == nullptr) local.spill = std::make_shared<RowSpill>(local.run->layout(), 0, policy_.directory(), true);
    local.spilled.push_back(local.run->SpillTo(*local.spill));
  }

  const planner::PlanNode& node_;
  const SortSpecification specification_;
  ExecutionState& state_;
  const SpillPolicy policy_;
  const std::shared_ptr<SortRuns> runs_;
  const std::shared_ptr<SharedBound> bound_ = std::make_shared<SharedBound>();
};

}  // namespace

Sink* MakeTopNSink(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs) {
  return state.Make<TopNSink>(node, state, std::move(runs));
}

}  // namespace gather::executor
