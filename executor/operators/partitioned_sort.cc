// A Sort below a WindowAgg that participants share: rows meet by a hash of the window's partition keys, so that each window partition has
// exactly one participant. Everyone sorts what it has read, bucket by bucket; whoever takes a bucket merges everyone's runs of it.
#include <algorithm>
#include <atomic>

#include "executor/operators/sort.h"
#include "executor/spill/row_partitions.h"
#include "executor/spill/spill_policy.h"

namespace gather::executor {

namespace {

constexpr uint32_t kBuckets = RowPartitions::kPartitions;

struct Bucket {
  std::vector<std::shared_ptr<SortRun>> runs;
  std::vector<SpilledRun> spilled;
};

struct Buckets {
  std::mutex mutex;
  Bucket all[kBuckets];
};

struct BucketsLocal : Local {
  const Participant* participant = nullptr;
  std::shared_ptr<SortRun> runs[kBuckets];
  std::shared_ptr<RowSpill> spill;           // null: everything is in memory
  std::vector<uint32_t> spilled[kBuckets];   // its streams
  std::vector<uint64_t> hashes;
  Selection rows_of[kBuckets];
  std::vector<Vector> columns;
  std::vector<const Vector*> keys;
  uint64_t most_bytes = 0;
};

class PartitionedSortSink final : public Sink {
 public:
  PartitionedSortSink(const planner::SortNode& node, ExecutionState& state, std::shared_ptr<Buckets> buckets)
      : node_(node), specification_(SpecificationOf(node)), state_(state), policy_(state, SpillPolicy::Use::kSort), buckets_(std::move(buckets)) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<BucketsLocal>();
    local->participant = &participant;
    for (auto& run : local->runs) run = std::make_shared<SortRun>(specification_.columns, specification_.orders, state_.context.budget);
    local->keys.resize(specification_.slots.size());
    return local;
  }

  Progress Add(Local& base, Chunk& in) override {
    auto& local = static_cast<BucketsLocal&>(base);
    local.hashes.resize(in.rows());
    for (size_t k = 0; k < node_.partition_by.size(); ++k) HashVector(in[node_.partition_by[k]], in.rows(), local.hashes.data(), k != 0);
    for (Selection& rows : local.rows_of) rows.Renew();
    for (uint32_t i = 0; i < in.rows(); ++i) local.rows_of[RowPartitions::PartitionOf(local.hashes[i], 0)].Add(i);
    for (uint32_t b = 0; b < kBuckets; ++b) {
      const Selection& rows = local.rows_of[b];
      if (rows.size() == 0) continue;
      local.columns.clear();
      for (const Vector& column : in.vectors()) local.columns.push_back(column.Sliced(rows, rows.size()));
      for (size_t k = 0; k < local.keys.size(); ++k) local.keys[k] = &local.columns[specification_.slots[k]];
      local.runs[b]->Add(local.columns, local.keys, rows.size());
    }
    local.columns.clear();
    if (Bytes(local) > policy_.limit()) Spill(local);
    return Progress::kNeedInput;
  }

  void Merge(Local& base) override {
    auto& local = static_cast<BucketsLocal&>(base);
    for (const auto& run : local.runs) run->Sort();
    if (state_.instrumentation != nullptr) {
      state_.instrumentation->UpdateSpace(node_.id, *local.participant, [&](planner::SpaceActuals& space) {
        space.sort_method = local.spill != nullptr ? "external merge" : "quicksort";
        space.memory_bytes += std::max(local.most_bytes, Bytes(local));
        if (local.spill != nullptr) space.disk_bytes += local.spill->bytes();
      });
    }
    std::lock_guard lock(buckets_->mutex);
    for (uint32_t b = 0; b < kBuckets; ++b) {
      Bucket& bucket = buckets_->all[b];
      bucket.runs.push_back(std::move(local.runs[b]));
      for (const uint32_t stream : local.spilled[b]) bucket.spilled.push_back({local.spill, stream});
    }
  }

 private:
  static uint64_t Bytes(const BucketsLocal& local) {
    uint64_t bytes = 0;
    for (const auto& run : local.runs) bytes += run->bytes();
    return bytes;
  }
  void Spill(BucketsLocal& local) const {
    local.most_bytes = std::max(local.most_bytes, Bytes(local));
    if (local.spill == nullptr) local.spill = std::make_shared<RowSpill>(local.runs[0]->layout(), 0, policy_.directory(), true);
    for (uint32_t b = 0; b < kBuckets; ++b) {
      if (local.runs[b]->rows() == 0) continue;
      local.runs[b]->Sort();
      local.spilled[b].push_back(local.runs[b]->SpillTo(*local.spill));
    }
  }

  const planner::SortNode& node_;
  const SortSpecification specification_;
  ExecutionState& state_;
  const SpillPolicy policy_;
  const std::shared_ptr<Buckets> buckets_;
};

struct BucketLocal : Local {
  const Bucket* bucket = nullptr;            // being merged
  std::unique_ptr<RunMerge> merge;
  std::vector<uint8_t*> rows;
};

class BucketSource final : public Source {
 public:
  BucketSource(std::shared_ptr<Buckets> buckets, MemoryBudget* budget) : buckets_(std::move(buckets)), budget_(budget) {}
  LocalPtr MakeLocal(Participant&) override { return std::make_unique<BucketLocal>(); }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<BucketLocal&>(base);
    out.set_rows(0);
    for (;;) {
      if (local.merge != nullptr) {
        const uint32_t count = local.merge->Next(local.rows.data(), kVectorSize);
        if (count != 0) {
          local.bucket->runs[0]->Load(local.rows.data(), count, local.merge->owner(), out);
          return Progress::kMoreOutput;
        }
        local.merge = nullptr;
      }
      const uint32_t mine = next_.fetch_add(1, std::memory_order_relaxed);
      if (mine >= kBuckets) return Progress::kDone;
      local.bucket = &buckets_->all[mine];
      if (local.bucket->runs.empty()) continue;
      local.merge = std::make_unique<RunMerge>(local.bucket->runs, local.bucket->spilled, budget_);
      local.rows.resize(kVectorSize);
    }
  }
  double Remaining() const override { return std::max(0.0, 1 - static_cast<double>(next_.load(std::memory_order_relaxed)) / kBuckets); }

 private:
  const std::shared_ptr<Buckets> buckets_;
  MemoryBudget* const budget_;
  std::atomic<uint32_t> next_{0};
};

}  // namespace

void BuildPartitionedSort(const planner::SortNode& node, PlanBuilder& builder, Pipeline& pipeline) {
  auto buckets = std::make_shared<Buckets>();
  Pipeline* input = builder.BuildInput(*node.children[0], pipeline);
  builder.SetSink(*input, builder.state().Make<PartitionedSortSink>(node, builder.state(), buckets), node);
  builder.SetSource(pipeline, builder.state().Make<BucketSource>(buckets, builder.state().context.budget), node, true);
}

}  // namespace gather::executor
