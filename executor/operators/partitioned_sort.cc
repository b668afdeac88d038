// What reads a Sort below a WindowAgg that participants share: each window partition has exactly one reader. In memory it is a range of the sorted
// rows, cut where the partition keys change; on disk a bucket of their hash, of which everyone's runs are merged.
#include <algorithm>
#include <atomic>

#include "executor/operators/sort.h"

namespace gather::executor {

namespace {

// Rows that are handed out together, about: fewer where there are few, so that all participants have some.
constexpr uint64_t kLeastRange = kVectorSize, kMostRange = 32 * kVectorSize, kRanges = 64;

struct PartitionLocal : Local {
  Participant* participant = nullptr;
  uint64_t at = 0, end = 0;                  // in memory: rows taken
  std::unique_ptr<RunMerge> merge;           // on disk: of the bucket taken
  std::vector<uint8_t*> rows;
};

class PartitionSource final : public Source {
 public:
  PartitionSource(std::shared_ptr<SortRuns> runs, MemoryBudget* budget) : runs_(std::move(runs)), budget_(budget) {}
  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<PartitionLocal>();
    local->participant = &participant;
    return local;
  }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<PartitionLocal&>(base);
    out.set_rows(0);
    return runs_->sorted.empty() ? NextOnDisk(local, out) : NextInMemory(local, out);
  }

  double Remaining() const override {
    const auto taken = static_cast<double>(next_.load(std::memory_order_relaxed));
    const auto all = static_cast<double>(runs_->sorted.empty() ? SortRuns::kBuckets : Ranges());
    return all == 0 ? 0 : std::max(0.0, 1 - taken / all);
  }

 private:
  uint64_t RangeRows() const { return std::clamp(runs_->sorted[0]->rows() / kRanges, kLeastRange, kMostRange); }
  uint64_t Ranges() const { return (runs_->sorted[0]->rows() + RangeRows() - 1) / RangeRows(); }

  // The first row from `row` on that begins a partition.
  uint64_t Border(uint64_t row) const {
    const SortedRows& sorted = *runs_->sorted[0];
    if (row == 0 || row >= sorted.rows()) return std::min(row, sorted.rows());
    const uint64_t before = row - 1;
    const auto same = [&](uint64_t other) { return sorted.Equal(runs_->partition_by, before, other); };
    // `last` belongs to the partition of the row before, `next` does not.
    uint64_t last = before, next = row;
    for (uint64_t step = 1; same(next); step *= 2) {
      last = next;
      next = std::min(next + step, sorted.rows());
      if (next == sorted.rows()) break;
    }
    while (next - last > 1) {
      const uint64_t middle = last + (next - last) / 2;
      (same(middle) ? last : next) = middle;
    }
    return next;
  }

  Progress NextInMemory(PartitionLocal& local, Chunk& out) {
    const std::shared_ptr<const SortedRows>& sorted = runs_->sorted[0];
    while (local.at == local.end) {
      if (local.participant->ShouldLeave()) return Progress::kDone;
      const uint64_t range = next_.fetch_add(1, std::memory_order_relaxed);
      if (range >= Ranges()) return Progress::kDone;
      local.at = Border(range * RangeRows());
      local.end = std::max(local.at, Border((range + 1) * RangeRows()));
    }
    sorted->Load(local.at, static_cast<uint32_t>(std::min<uint64_t>(local.end - local.at, kVectorSize)), sorted, out);
    local.at += out.rows();
    return Progress::kMoreOutput;
  }

  Progress NextOnDisk(PartitionLocal& local, Chunk& out) {
    for (;;) {
      if (local.merge != nullptr) {
        const uint32_t count = local.merge->Next(local.rows.data(), kVectorSize);
        if (count != 0) {
          runs_->runs[0]->Load(local.rows.data(), count, local.merge->owner(), out);
          return Progress::kMoreOutput;
        }
        local.merge = nullptr;
      }
      if (local.participant->ShouldLeave()) return Progress::kDone;
      const uint64_t bucket = next_.fetch_add(1, std::memory_order_relaxed);
      if (bucket >= runs_->spilled.size()) return Progress::kDone;
      // The run in memory is empty.
      local.merge = std::make_unique<RunMerge>(std::vector{runs_->runs[0]}, runs_->spilled[bucket], budget_);
      local.rows.resize(kVectorSize);
    }
  }

  const std::shared_ptr<SortRuns> runs_;
  MemoryBudget* const budget_;
  std::atomic<uint64_t> next_{0};            // range, or bucket
};

}  // namespace

Source* MakePartitionSource(ExecutionState& state, std::shared_ptr<SortRuns> runs) {
  return state.Make<PartitionSource>(std::move(runs), state.context.budget);
}

}  // namespace gather::executor
