// Index Scan: rows by an ordered index, in its order. Parallel: participants take batches of row ids from one cursor and fetch side by side.
#include <mutex>

#include "executor/operators/index_probe.h"
#include "executor/plan_builder.h"

namespace gather::executor {

namespace {

// The first batch is small: a LIMIT or a point lookup wants few rows.
constexpr uint32_t kFirstBatch = 64;

struct IndexScanLocal : Local {
  std::vector<RowId> ids;
  Selection position{1};
  Chunk fetched;
  std::unique_ptr<Filter> recheck;
  Selection kept;
};

class IndexScan final : public Source {
 public:
  IndexScan(const planner::IndexScanNode& node, ExecutionState& state) : node_(node), state_(state), fetch_(node.columns, *node.table) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<IndexScanLocal>();
    if (node_.recheck && node_.condition != nullptr) local->recheck = std::make_unique<Filter>(node_.condition, participant);
    return local;
  }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<IndexScanLocal&>(base);
    out.set_rows(0);
    uint32_t count;
    {
      std::lock_guard lock(mutex_);
      if (probe_ == nullptr) {
        probe_ = std::make_unique<IndexProbe>(node_, state_.leader);
        EvaluationInput one;
        one.rows = 1;
        probe_->Bind(one);
        probe_->Start(0);
      }
      if (local.ids.size() < batch_) {
        local.ids.resize(batch_);
        local.position = Selection(batch_);
      }
      count = probe_->Next(local.ids.data(), batch_);
      batch_ = kVectorSize;
    }
    if (count == 0) return Progress::kDone;
    const uint32_t rows = fetch_.Fetch(state_.context.snapshot, std::span<const RowId>(local.ids.data(), count), local.fetched, local.position, out);
    if (local.recheck != nullptr && rows != 0 && !local.recheck->Select(out, local.kept)) out.Slice(local.kept, local.kept.size());
    return Progress::kMoreOutput;
  }

 private:
  const planner::IndexScanNode& node_;
  ExecutionState& state_;
  const RowFetch fetch_;
  std::mutex mutex_;
  std::unique_ptr<IndexProbe> probe_;
  uint32_t batch_ = kFirstBatch;
};

}  // namespace

void BuildIndexScan(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::IndexScanNode&>(base);
  builder.SetSource(pipeline, builder.state().Make<IndexScan>(node, builder.state()), node, node.parallel_aware && !node.ordered);
}

}  // namespace gather::executor
