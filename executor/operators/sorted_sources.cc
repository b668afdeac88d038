// What reads the rows of a Sort or Top-N (sort.h).
#include <algorithm>
#include <atomic>

#include "executor/operators/row_bounds.h"
#include "executor/operators/sort.h"

namespace gather::executor {

namespace {

class MergedSource final : public Source {
 public:
  MergedSource(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs, bool apply_bounds)
      : specification_(SpecificationOf(node)), apply_bounds_(apply_bounds && specification_.top_n), state_(state), runs_(std::move(runs)) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }

  Progress Next(Local&, Chunk& out) override {
    out.set_rows(0);
    if (!runs_->sorted.empty()) return NextSorted(out);
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
    std::vector<SpilledRun> spilled;
    for (const std::vector<SpilledRun>& some : runs_->spilled) spilled.insert(spilled.end(), some.begin(), some.end());
    merge_ = std::make_unique<RunMerge>(runs_->runs, spilled, state_.context.budget);
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
  Progress NextSorted(Chunk& out) {
    const std::shared_ptr<const SortedRows>& sorted = runs_->sorted[0];
    if (at_ == sorted->rows()) return Progress::kDone;
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(sorted->rows() - at_, kVectorSize));
    sorted->Load(at_, count, sorted, out);
    at_ += count;
    return Progress::kMoreOutput;
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
  uint64_t at_ = 0;                        // of rows in memory
  uint64_t left_ = RowBounds::kAll;
  bool ties_ = false;
};

struct BlocksLocal : Local {
  uint64_t at = 0;
};

class SortedBlocks final : public Source {
 public:
  explicit SortedBlocks(std::shared_ptr<SortRuns> runs) : runs_(std::move(runs)) {}
  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<BlocksLocal>();
    local->at = uint64_t{participant.number} * kVectorSize;
    return local;
  }
  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<BlocksLocal&>(base);
    out.set_rows(0);
    const std::shared_ptr<const SortedRows>& sorted = runs_->sorted[0];
    if (local.at >= sorted->rows()) return Progress::kDone;
    sorted->Load(local.at, static_cast<uint32_t>(std::min<uint64_t>(sorted->rows() - local.at, kVectorSize)), sorted, out);
    local.at += uint64_t{runs_->participants} * kVectorSize;
    return Progress::kMoreOutput;
  }

 private:
  const std::shared_ptr<SortRuns> runs_;
};

struct SeparateLocal : Local {
  std::shared_ptr<const SortedRows> sorted;  // in memory: rows from `at` on are still to come
  uint64_t at = 0;
  std::shared_ptr<SortRun> run;
  std::unique_ptr<RunMerge> merge;           // of what its participant spilled, and of the run
  bool claimed = false;
  std::vector<uint8_t*> rows;
};

// Below a Gather, in a common order or none: every Local streams one sequence.
class SeparateSource final : public Source {
 public:
  SeparateSource(std::shared_ptr<SortRuns> runs, MemoryBudget* budget) : runs_(std::move(runs)), budget_(budget) {}
  LocalPtr MakeLocal(Participant&) override { return std::make_unique<SeparateLocal>(); }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<SeparateLocal&>(base);
    out.set_rows(0);
    if (!local.claimed) {
      local.claimed = true;
      // Not an empty one: that would look like the end.
      size_t mine = next_.fetch_add(1, std::memory_order_relaxed);
      while (mine < runs_->runs.size() && IsEmpty(mine)) mine = next_.fetch_add(1, std::memory_order_relaxed);
      if (mine < runs_->runs.size()) Claim(local, mine);
    }
    if (local.sorted != nullptr) {
      if (local.at == local.sorted->rows()) return Progress::kDone;
      const auto count = static_cast<uint32_t>(std::min<uint64_t>(local.sorted->rows() - local.at, kVectorSize));
      local.sorted->Load(local.at, count, local.sorted, out);
      local.at += count;
      return Progress::kMoreOutput;
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
  bool IsEmpty(size_t run) const {
    if (!runs_->sorted.empty() && runs_->sorted[run] != nullptr) return runs_->sorted[run]->rows() == 0;
    return runs_->runs[run]->rows() == 0 && runs_->spilled[run].empty();
  }
  void Claim(SeparateLocal& local, size_t mine) const {
    if (!runs_->sorted.empty() && runs_->sorted[mine] != nullptr) {
      local.sorted = runs_->sorted[mine];
      return;
    }
    local.run = runs_->runs[mine];
    local.merge = std::make_unique<RunMerge>(std::vector{local.run}, runs_->spilled[mine], budget_);
    local.rows.resize(kVectorSize);
  }

  const std::shared_ptr<SortRuns> runs_;
  MemoryBudget* const budget_;
  std::atomic<size_t> next_{0};
};

}  // namespace

Source* MakeMergedSource(const planner::PlanNode& node, ExecutionState& state, std::shared_ptr<SortRuns> runs, bool apply_bounds) {
  return state.Make<MergedSource>(node, state, std::move(runs), apply_bounds);
}

Source* MakeSortedBlocks(ExecutionState& state, std::shared_ptr<SortRuns> runs) { return state.Make<SortedBlocks>(std::move(runs)); }

Source* MakeSeparateSource(ExecutionState& state, std::shared_ptr<SortRuns> runs) {
  return state.Make<SeparateSource>(std::move(runs), state.context.budget);
}

}  // namespace gather::executor
