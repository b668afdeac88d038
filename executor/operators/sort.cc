// Sort and Top-N: thread-local runs of normalized keys, merged by a loser tree.
#include "executor/operators/sort.h"

#include <algorithm>
#include <atomic>

#include "executor/operators/row_bounds.h"
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
  std::shared_ptr<SortRun> run;
  std::shared_ptr<RowSpill> spill;           // null: everything is in memory
  std::vector<uint32_t> spilled;             // its streams
  uint64_t rows = 0, most_bytes = 0;
  std::vector<const Vector*> keys;
};

class SortSink final : public Sink {
 public:
  SortSink(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs)
      : node_(node), specification_(SpecificationOf(node)), state_(state), policy_(state, SpillPolicy::Use::kSort), runs_(std::move(runs)) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<SortLocal>();
    local->participant = &participant;
    local->run = std::make_shared<SortRun>(specification_.columns, specification_.orders, state_.context.budget);
    if (specification_.top_n) {
      const RowBounds bounds = EvaluateBounds(specification_.limit, specification_.offset, participant);
      if (bounds.limit < RowBounds::kAll - bounds.offset) local->run->SetLimit(bounds.limit + bounds.offset, specification_.with_ties, bound_);
    }
    local->keys.resize(specification_.slots.size());
    return local;
  }

  Progress Add(Local& base, Chunk& in) override {
    auto& local = static_cast<SortLocal&>(base);
    for (size_t k = 0; k < local.keys.size(); ++k) local.keys[k] = &in[specification_.slots[k]];
    local.run->Add(in.vectors(), local.keys, in.rows());
    if (local.run->bytes() > policy_.limit()) Spill(local);
    return Progress::kNeedInput;
  }

  void Merge(Local& base) override {
    auto& local = static_cast<SortLocal&>(base);
    local.run->Sort();
    if (state_.instrumentation != nullptr) {
      state_.instrumentation->UpdateSpace(node_.id, *local.participant, [&](planner::SpaceActuals& space) {
        space.sort_method = local.spill != nullptr ? "external merge" : specification_.top_n ? "top-N heapsort" : "quicksort";
        space.memory_bytes += std::max(local.most_bytes, local.run->bytes());
        if (local.spill != nullptr) space.disk_bytes += local.spill->bytes();
      });
      if (runs_->merged_above) state_.instrumentation->Add(node_.id, *local.participant, 0, 0, local.rows + local.run->rows(), true);
    }
    std::lock_guard lock(runs_->mutex);
    runs_->spilled_of.emplace_back();
    for (const uint32_t stream : local.spilled) {
      runs_->spilled_of.back().push_back(static_cast<uint32_t>(runs_->spilled.size()));
      runs_->spilled.push_back({local.spill, stream});
    }
    runs_->runs.push_back(std::move(local.run));
  }

  // Runs in memory are merged by all participants: each part is what lies between two splitters, in every run (parallel sorting by regular
  // sampling, Shi and Schaeffer 1992).
  uint32_t PrepareFinish() override {
    uint64_t rows = 0;
    for (const auto& run : runs_->runs) rows += run->rows();
    if (!runs_->merged_above || specification_.top_n || !runs_->spilled.empty() || runs_->runs.size() < 2 || rows < 2 * kRowsPerPart) return 0;
    if (state_.context.chunk_size < kVectorSize) return 0;   // blocks are taken in turn, whole
    const auto parts = static_cast<uint32_t>(std::min(rows / kRowsPerPart, kMostParts));
    std::vector<SortEntry> sample;
    for (const auto& run : runs_->runs) {
      const uint64_t step = std::max<uint64_t>(1, rows / (parts * kSamplesPerPart));
      for (uint64_t i = step / 2; i < run->rows(); i += step) sample.push_back(run->entries()[i]);
    }
    const auto before = [](const SortEntry& a, const SortEntry& b) { return CompareEntries(a, b) < 0; };
    std::sort(sample.begin(), sample.end(), before);
    borders_.clear();
    for (const auto& run : runs_->runs) {
      const std::vector<SortEntry>& entries = run->entries();
      std::vector<size_t> border{0};
      for (uint32_t part = 1; part < parts; ++part) {
        const SortEntry& splitter = sample[sample.size() * part / parts];
        border.push_back(static_cast<size_t>(std::lower_bound(entries.begin() + static_cast<ptrdiff_t>(border.back()), entries.end(), splitter, before) - entries.begin()));
      }
      border.push_back(entries.size());
      borders_.push_back(std::move(border));
    }
    if (state_.context.budget != nullptr) runs_->merged_memory = MemoryReservation(*state_.context.budget);
    runs_->merged_memory.Grow(rows * sizeof(uint8_t*));
    runs_->merged.resize(rows);
    return parts;
  }

  void FinishPart(uint32_t part) override {
    std::vector<std::span<const SortEntry>> inputs;
    size_t at = 0, count = 0;
    for (size_t r = 0; r < borders_.size(); ++r) {
      const size_t from = borders_[r][part], to = borders_[r][part + 1];
      inputs.push_back(std::span(runs_->runs[r]->entries()).subspan(from, to - from));
      at += from;
      count += to - from;
    }
    RunMerge merge(inputs);
    while (count != 0) {
      const uint32_t taken = merge.Next(runs_->merged.data() + at, static_cast<uint32_t>(std::min<size_t>(count, UINT32_MAX)));
      at += taken;
      count -= taken;
    }
  }

  void Finish() override {
    if (runs_->merged.empty()) return;
    for (const auto& run : runs_->runs) run->DropEntries();
  }

 private:
  static constexpr uint64_t kRowsPerPart = 1 << 16, kMostParts = 64, kSamplesPerPart = 64;
  void Spill(SortLocal& local) const {
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
  std::vector<std::vector<size_t>> borders_;   // by run: where its parts begin, and its end
};

class MergedSource final : public Source {
 public:
  MergedSource(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs, bool apply_bounds)
      : specification_(SpecificationOf(node)), apply_bounds_(apply_bounds && specification_.top_n), state_(state), runs_(std::move(runs)) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }

  Progress Next(Local&, Chunk& out) override {
    out.set_rows(0);
    if (merge_ == nullptr) Start();
    if (merge_ == nullptr || left_ == 0) return TieOrDone(out);
    const auto wanted = static_cast<uint32_t>(std::min<uint64_t>(left_, kVectorSize));
    const uint32_t count = merge_->Next(rows_.data(), wanted);
    left_ -= count;
    if (count == 0) return Progress::kDone;
    runs_->runs[0]->Load(rows_.data(), count, merge_->owner(), out);
    return Progress::kMoreOutput;
  }

 private:
  void Start() {
    if (runs_->runs.empty()) return;
    merge_ = std::make_unique<RunMerge>(runs_->runs, runs_->spilled, state_.context.budget);
    rows_.resize(kVectorSize);
    if (!apply_bounds_) return;
    const RowBounds bounds = EvaluateBounds(specification_.limit, specification_.offset, state_.leader);
    uint64_t skip = bounds.offset;
    left_ = bounds.limit;
    while (skip != 0) {
      const uint32_t skipped = merge_->Next(rows_.data(), static_cast<uint32_t>(std::min<uint64_t>(skip, kVectorSize)));
      if (skipped == 0) break;
      skip -= skipped;
    }
    ties_ = specification_.with_ties && left_ != 0;
  }
  // Past the limit: rows whose key equals the last one's, with ties.
  Progress TieOrDone(Chunk& out) {
    SortEntry next;
    if (!ties_ || merge_->last() == nullptr || !merge_->Peek(&next) || CompareEntries(*merge_->last(), next) != 0) return Progress::kDone;
    merge_->Next(rows_.data(), 1);
    runs_->runs[0]->Load(rows_.data(), 1, merge_->owner(), out);
    return Progress::kMoreOutput;
  }

  const SortSpecification specification_;
  const bool apply_bounds_;
  ExecutionState& state_;
  const std::shared_ptr<SortRuns> runs_;
  std::unique_ptr<RunMerge> merge_;
  std::vector<uint8_t*> rows_;
  uint64_t left_ = RowBounds::kAll;
  bool ties_ = false;
};

struct BlocksLocal : Local {
  uint64_t at = 0;
  std::shared_ptr<const void> owner;         // of the rows' strings
};

class MergedBlocks final : public Source {
 public:
  explicit MergedBlocks(std::shared_ptr<SortRuns> runs) : runs_(std::move(runs)) {}
  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<BlocksLocal>();
    local->at = uint64_t{participant.number} * kVectorSize;
    auto stores = std::make_shared<std::vector<std::shared_ptr<RowStore>>>();
    for (const auto& run : runs_->runs) stores->push_back(run->store());
    local->owner = std::move(stores);
    return local;
  }
  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<BlocksLocal&>(base);
    out.set_rows(0);
    if (local.at >= runs_->merged.size()) return Progress::kDone;
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(runs_->merged.size() - local.at, kVectorSize));
    runs_->runs[0]->Load(runs_->merged.data() + local.at, count, local.owner, out);
    local.at += uint64_t{runs_->participants} * kVectorSize;
    return Progress::kMoreOutput;
  }

 private:
  const std::shared_ptr<SortRuns> runs_;
};

struct RunLocal : Local {
  std::shared_ptr<SortRun> run;
  std::unique_ptr<RunMerge> merge;           // of the run and what its participant spilled
  bool claimed = false;
  std::vector<uint8_t*> rows;
};

// Below a Gather, in a common order or none: every Local streams one run.
class RunSource final : public Source {
 public:
  RunSource(std::shared_ptr<SortRuns> runs, MemoryBudget* budget) : runs_(std::move(runs)), budget_(budget) {}
  LocalPtr MakeLocal(Participant&) override { return std::make_unique<RunLocal>(); }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<RunLocal&>(base);
    out.set_rows(0);
    if (!local.claimed) {
      local.claimed = true;
      // Not an empty one: that would look like the end.
      size_t mine = next_.fetch_add(1, std::memory_order_relaxed);
      while (mine < runs_->runs.size() && IsEmpty(mine)) mine = next_.fetch_add(1, std::memory_order_relaxed);
      if (mine < runs_->runs.size()) Claim(local, mine);
    }
    if (local.run == nullptr) return Progress::kDone;
    const uint32_t count = local.merge->Next(local.rows.data(), kVectorSize);
    if (count == 0) return Progress::kDone;
    local.run->Load(local.rows.data(), count, local.merge->owner(), out);
    return Progress::kMoreOutput;
  }

  bool HasAnotherRun() const override {
    size_t next = next_.load(std::memory_order_relaxed);
    while (next < runs_->runs.size() && IsEmpty(next)) ++next;
    return next < runs_->runs.size();
  }

 private:
  bool IsEmpty(size_t run) const { return runs_->runs[run]->rows() == 0 && runs_->spilled_of[run].empty(); }
  void Claim(RunLocal& local, size_t mine) const {
    local.run = runs_->runs[mine];
    std::vector<SpilledRun> spilled;
    for (const uint32_t run : runs_->spilled_of[mine]) spilled.push_back(runs_->spilled[run]);
    local.merge = std::make_unique<RunMerge>(std::vector{local.run}, spilled, budget_);
    local.rows.resize(kVectorSize);
  }

  const std::shared_ptr<SortRuns> runs_;
  MemoryBudget* const budget_;
  std::atomic<size_t> next_{0};
};

void BuildSorted(const planner::PlanNode& node, PlanBuilder& builder, Pipeline& pipeline) {
  auto runs = std::make_shared<SortRuns>();
  Pipeline* input = builder.BuildInput(*node.children[0], pipeline);
  builder.SetSink(*input, MakeSortSink(node, builder.state(), runs), node);
  if (input->parallel && builder.in_gather()) {
    builder.SetSource(pipeline, builder.state().Make<RunSource>(runs, builder.state().context.budget), node, true);
  } else {
    builder.SetSource(pipeline, MakeMergedSource(node, builder.state(), runs, true), node);
  }
}

}  // namespace

Sink* MakeSortSink(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs) {
  return state.Make<SortSink>(node, state, std::move(runs));
}

Source* MakeMergedSource(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs, bool apply_bounds) {
  return state.Make<MergedSource>(node, state, std::move(runs), apply_bounds);
}

Source* MakeMergedBlocks(ExecutionState& state, std::shared_ptr<SortRuns> runs) { return state.Make<MergedBlocks>(std::move(runs)); }

void BuildSort(const planner::PlanNode& node, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& sort = static_cast<const planner::SortNode&>(node);
  if (!sort.partition_by.empty() && builder.in_gather()) {
    BuildPartitionedSort(sort, builder, pipeline);
  } else {
    BuildSorted(node, builder, pipeline);
  }
}
void BuildTopN(const planner::PlanNode& node, PlanBuilder& builder, Pipeline& pipeline) { BuildSorted(node, builder, pipeline); }

}  // namespace gather::executor
