// Sort: participants stage their rows; when all are there they are sorted as one, by all of them. Staged rows that outgrow their memory are sorted and
// written to disk; then the others are too, and what is on disk is merged.
#include "executor/operators/sort.h"

#include <algorithm>

#include "executor/spill/spill_policy.h"

namespace gather::executor {

SortSpecification SpecificationOf(const planner::PlanNode& node) {
  SortSpecification specification;
  for (const planner::PlanColumn& column : node.children[0]->output) specification.columns.push_back(column.type);
  const std::vector<planner::SortKey>* keys;
  if (node.kind == planner::NodeKind::kTopN) {
    const auto& top = static_cast<const planner::TopNNode&>(node);
    keys = &top.keys;
    specification.limit = top.limit;
    specification.offset = top.offset;
    specification.top_n = true;
    specification.with_ties = top.with_ties;
  } else {
    keys = &static_cast<const planner::SortNode&>(node).keys;
  }
  for (const planner::SortKey& key : *keys) {
    specification.slots.push_back(key.slot);
    specification.orders.push_back(key.order);
  }
  return specification;
}

namespace {

struct SortLocal : Local {
  const Participant* participant = nullptr;
  std::shared_ptr<StagedInput> input;
  std::shared_ptr<RowSpill> spill;           // null: everything is in memory
  std::vector<uint32_t> spilled;             // its streams
  uint64_t rows = 0, most_bytes = 0;
};

class SortSink final : public Sink {
 public:
  SortSink(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs)
      : node_(node), specification_(SpecificationOf(node)), state_(state), policy_(state, SpillPolicy::Use::kSort), runs_(std::move(runs)) {}

  LocalPtr MakeLocal(Participant& participant) override {
    std::vector<SortKeySlot> keys;
    for (size_t k = 0; k < specification_.slots.size(); ++k) keys.push_back({specification_.slots[k], specification_.orders[k]});
    auto local = std::make_unique<SortLocal>();
    local->participant = &participant;
    local->input = std::make_shared<StagedInput>(specification_.columns, std::move(keys), state_.context.budget);
    return local;
  }

  Progress Add(Local& base, Chunk& in) override {
    auto& local = static_cast<SortLocal&>(base);
    local.input->Add(in.vectors(), in.rows());
    local.rows += in.rows();
    const uint64_t limit = policy_.limit();
    if (local.input->most_bytes() > limit && local.input->bytes() > limit) Spill(local);
    return Progress::kNeedInput;
  }

  void Merge(Local& base) override {
    auto& local = static_cast<SortLocal&>(base);
    local.most_bytes = std::max(local.most_bytes, local.input->bytes());
    std::shared_ptr<const SortedRows> sorted;
    if (runs_->separate) {
      if (local.spill != nullptr) {
        Spill(local);
      } else {
        sorted = Sorted(std::move(local.input));
      }
    }
    if (state_.instrumentation != nullptr) {
      state_.instrumentation->UpdateSpace(node_.id, *local.participant, [&](planner::SpaceActuals& space) {
        space.sort_method = local.spill != nullptr ? "external merge" : "quicksort";
        space.memory_bytes += local.most_bytes;
        if (local.spill != nullptr) space.disk_bytes += local.spill->bytes();
      });
      if (runs_->merged_above) state_.instrumentation->Add(node_.id, *local.participant, 0, 0, local.rows, true);
    }
    std::lock_guard lock(runs_->mutex);
    if (runs_->separate) runs_->sorted.push_back(std::move(sorted));
    if (!runs_->separate) inputs_.push_back(std::move(local.input));
    runs_->runs.push_back(NewRun());
    Publish(local.spill, local.spilled);
  }

  uint32_t PrepareFinish() override {
    if (runs_->separate || inputs_.empty()) return 0;
    if (!runs_->spilled.empty()) return static_cast<uint32_t>(inputs_.size());
    sorter_ = std::make_unique<RowSorter>(std::move(inputs_), state_.context.budget);
    return sorter_->NextRound();
  }
  uint32_t NextRound() override { return sorter_ != nullptr ? sorter_->NextRound() : 0; }

  void FinishPart(uint32_t part) override {
    if (sorter_ != nullptr) {
      sorter_->RunPart(part);
      return;
    }
    if (inputs_[part]->rows.rows() == 0) return;
    auto spill = std::make_shared<RowSpill>(NewRun()->layout(), 0, policy_.directory(), true);
    std::vector<uint32_t> streams;
    Write(std::move(inputs_[part]), *spill, streams);
    std::lock_guard lock(runs_->mutex);
    Publish(spill, streams);
  }

  void Finish() override {
    inputs_.clear();
    if (sorter_ == nullptr) return;
    runs_->sorted.push_back(sorter_->Take());
    sorter_ = nullptr;
  }

 private:
  std::shared_ptr<SortRun> NewRun() const { return std::make_shared<SortRun>(specification_.columns, specification_.orders, state_.context.budget); }

  std::shared_ptr<const SortedRows> Sorted(std::shared_ptr<StagedInput> input) const {
    RowSorter sorter({std::move(input)}, state_.context.budget);
    sorter.RunAll();
    return sorter.Take();
  }

  bool partitioned() const { return !runs_->partition_by.empty(); }

  // Sorts the rows and writes them to a new stream, or one for each bucket: all of them are sorted.
  void Write(std::shared_ptr<StagedInput> input, RowSpill& spill, std::vector<uint32_t>& streams) const {
    const std::shared_ptr<const SortedRows> sorted = Sorted(std::move(input));
    const std::shared_ptr<SortRun> run = NewRun();
    std::vector<const Vector*> keys(specification_.slots.size());
    const size_t first = streams.size();
    for (uint32_t i = 0; i < (partitioned() ? SortRuns::kBuckets : 1); ++i) streams.push_back(spill.AddStream());
    std::vector<uint64_t> hashes(kVectorSize);
    std::vector<uint32_t> stream_of(kVectorSize, streams[first]);
    Chunk rows;
    for (uint64_t at = 0; at < sorted->rows(); at += rows.rows()) {
      sorted->Load(at, static_cast<uint32_t>(std::min<uint64_t>(sorted->rows() - at, kVectorSize)), sorted, rows);
      for (size_t k = 0; k < runs_->partition_by.size(); ++k) HashVector(rows[runs_->partition_by[k]], rows.rows(), hashes.data(), k != 0);
      if (partitioned()) {
        for (uint32_t i = 0; i < rows.rows(); ++i) stream_of[i] = streams[first + RowPartitions::PartitionOf(hashes[i], 0)];
      }
      for (size_t k = 0; k < keys.size(); ++k) keys[k] = &rows[specification_.slots[k]];
      run->Add(rows.vectors(), keys, rows.rows());
      run->SpillTo(spill, stream_of);
    }
    for (size_t i = first; i < streams.size(); ++i) spill.Finish(streams[i]);
  }

  void Spill(SortLocal& local) const {
    local.most_bytes = std::max(local.most_bytes, local.input->bytes());
    if (local.spill == nullptr) local.spill = std::make_shared<RowSpill>(NewRun()->layout(), 0, policy_.directory(), true);
    auto fresh = std::make_shared<StagedInput>(specification_.columns, local.input->keys, state_.context.budget);
    Write(std::move(local.input), *local.spill, local.spilled);
    local.input = std::move(fresh);
  }

  // With runs_->mutex.
  void Publish(const std::shared_ptr<RowSpill>& spill, const std::vector<uint32_t>& streams) const {
    if (streams.empty() && !runs_->separate) return;
    if (partitioned()) {
      runs_->spilled.resize(SortRuns::kBuckets);
    } else {
      runs_->spilled.emplace_back();
    }
    for (size_t i = 0; i < streams.size(); ++i) {
      if (spill->rows(streams[i]) == 0) continue;
      std::vector<SpilledRun>& sequence = partitioned() ? runs_->spilled[i % SortRuns::kBuckets] : runs_->spilled.back();
      sequence.push_back({spill, streams[i]});
    }
  }

  const planner::PlanNode& node_;
  const SortSpecification specification_;
  ExecutionState& state_;
  const SpillPolicy policy_;
  const std::shared_ptr<SortRuns> runs_;
  std::vector<std::shared_ptr<StagedInput>> inputs_;
  std::unique_ptr<RowSorter> sorter_;
};

void BuildSorted(const planner::PlanNode& node, PlanBuilder& builder, Pipeline& pipeline) {
  const bool in_runs = builder.in_runs() && builder.in_gather();
  auto runs = std::make_shared<SortRuns>();
  if (node.kind == planner::NodeKind::kSort && builder.in_gather()) runs->partition_by = static_cast<const planner::SortNode&>(node).partition_by;
  if (node.kind == planner::NodeKind::kTopN) runs->bound = builder.MakeTopNBound(static_cast<const planner::TopNNode&>(node));
  Pipeline* input = builder.BuildInput(*node.children[0], pipeline);
  runs->separate = input->parallel && in_runs && runs->partition_by.empty();
  builder.SetSink(*input, MakeSortSink(node, builder.state(), runs), node);
  if (!runs->partition_by.empty()) {
    builder.SetSource(pipeline, MakePartitionSource(builder.state(), runs), node, true);
  } else if (runs->separate) {
    builder.SetSource(pipeline, MakeSeparateSource(builder.state(), runs), node, true);
  } else {
    builder.SetSource(pipeline, MakeMergedSource(node, builder.state(), runs, true), node);
  }
}

}  // namespace

Sink* MakeSortSink(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs) {
  if (node.kind == planner::NodeKind::kTopN) return MakeTopNSink(node, state, std::move(runs));
  return state.Make<SortSink>(node, state, std::move(runs));
}

void BuildSort(const planner::PlanNode& node, PlanBuilder& builder, Pipeline& pipeline) { BuildSorted(node, builder, pipeline); }
void BuildTopN(const planner::PlanNode& node, PlanBuilder& builder, Pipeline& pipeline) { BuildSorted(node, builder, pipeline); }

}  // namespace gather::executor
