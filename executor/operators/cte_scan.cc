// CTE Scan, WorkTable Scan and Recursive Union.
//
// A CTE is computed once, on the leader, when the first reader starts. A recursive union runs its recursive term again and again over the rows that
// the round before has added; the term is built anew for every round.
#include "executor/chunk_store.h"
#include "executor/plan_builder.h"
#include "executor/row/group_table.h"
#include "executor/spill/spill_policy.h"

namespace gather::executor {

namespace {

class RecursiveUnion final : public Source {
 public:
  RecursiveUnion(const planner::RecursiveUnionNode& node, ExecutionState& state) : node_(node), state_(state) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }

  Progress Next(Local&, Chunk& out) override {
    if (round_ == nullptr) {
      if (!node_.all) {
        std::vector<SqlType> types;
        for (const planner::PlanColumn& column : node_.children[0]->output) types.push_back(column.type);
        seen_ = std::make_unique<GroupTable>(types, 0, state_.context.budget);
        rows_.resize(kVectorSize);
      }
      round_ = std::make_unique<PlanStream>(*node_.children[0], state_);
      added_ = NewRound();
    }
    for (;;) {
      while (round_->Next(out)) {
        if (seen_ != nullptr) {
          seen_->FindOrAdd(out.vectors(), out.rows(), rows_.data(), &new_);
          if (new_.size() == 0) continue;
          if (new_.size() != out.rows()) out.Slice(new_, new_.size());
        }
        added_->Append(out);
        return Progress::kMoreOutput;
      }
      if (added_->rows() == 0) break;
      state_.work_tables[node_.cte].rows = std::move(added_);
      added_ = NewRound();
      round_ = std::make_unique<PlanStream>(*node_.children[1], state_);
    }
    out.set_rows(0);
    return Progress::kDone;
  }

 private:
  std::shared_ptr<ChunkStore> NewRound() const {
    return std::make_shared<ChunkStore>(state_.context.budget, SpillPolicy(state_, SpillPolicy::Use::kSort));
  }

  const planner::RecursiveUnionNode& node_;
  ExecutionState& state_;
  std::unique_ptr<PlanStream> round_;
  std::shared_ptr<ChunkStore> added_;      // by the present round
  std::unique_ptr<GroupTable> seen_;       // UNION: all rows so far
  std::vector<uint8_t*> rows_;
  Selection new_;
};

}  // namespace

void BuildRecursiveUnion(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::RecursiveUnionNode&>(base);
  builder.SetSource(pipeline, builder.state().Make<RecursiveUnion>(node, builder.state()), node);
}

void BuildCteScan(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::CteScanNode&>(base);
  pipeline.dependencies.push_back(builder.CtePipeline(node.cte));
  builder.SetSource(pipeline, builder.state().Make<ChunkStoreSource>(builder.state().ctes[node.cte].rows), node, node.parallel_aware);
}

void BuildWorkTableScan(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::WorkTableScanNode&>(base);
  builder.SetSource(pipeline, builder.state().Make<ChunkStoreSource>(builder.state().work_tables[node.cte].rows), node);
}

}  // namespace gather::executor
