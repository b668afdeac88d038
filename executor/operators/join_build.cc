// The build side of a hash join: every participant stores its rows; then they are linked into one table, and the runtime filters made, in parts.
#include <algorithm>
#include <limits>

#include "executor/operators/hash_join.h"

namespace gather::executor {

namespace {

constexpr uint32_t kPartitions = RowPartitions::kPartitions;

// Least and greatest value of an integer key.
struct KeyRange {
  int64_t least = INT64_MAX, greatest = INT64_MIN;
  void Add(const KeyRange& other) {
    least = std::min(least, other.least);
    greatest = std::max(greatest, other.greatest);
  }
};

struct BuildLocal : Local {
  std::unique_ptr<RowStore> store;
  std::shared_ptr<RowSpill> spill;
  uint64_t counted_bytes = 0;                // of the store, in JoinBuild::bytes_
  ExpressionList keys;
  std::vector<Vector> key_values;
  std::vector<uint64_t> hashes;
  std::vector<uint8_t*> rows;
  std::vector<uint8_t> inserted;
  std::vector<KeyRange> ranges;              // by key, of those that are watched
};

template <class T>
KeyRange RangeAs(const VectorView& view, uint32_t rows, const uint8_t* inserted) {
  T least = std::numeric_limits<T>::max(), greatest = std::numeric_limits<T>::min();
  for (uint32_t i = 0; i < rows; ++i) {
    const T value = view.get<T>(i);
    least = inserted[i] != 0 && value < least ? value : least;
    greatest = inserted[i] != 0 && value > greatest ? value : greatest;
  }
  return least <= greatest ? KeyRange{least, greatest} : KeyRange();
}

class JoinBuild final : public Sink {
 public:
  explicit JoinBuild(std::shared_ptr<JoinShared> shared)
      : shared_(std::move(shared)), integer_key_(shared_->HasIntegerKey()), ranges_(shared_->inner_keys.size()), watched_(ranges_.size(), false) {
    if (integer_key_) watched_[0] = true;
    for (const auto& [key, filter] : shared_->runtime_filters) watched_[key] = true;
  }

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<BuildLocal>();
    local->store = shared_->table->MakeStore();
    local->keys = ExpressionList(shared_->inner_keys, participant);
    local->key_values.resize(shared_->inner_keys.size());
    local->hashes.resize(kVectorSize);
    local->rows.resize(kVectorSize);
    local->inserted.resize(kVectorSize);
    local->ranges.resize(ranges_.size());
    return local;
  }

  Progress Add(Local& base, Chunk& in) override {
    auto& local = static_cast<BuildLocal&>(base);
    const uint32_t rows = in.rows();
    std::fill(local.inserted.begin(), local.inserted.begin() + rows, 1);
    if (local.key_values.empty()) std::fill(local.hashes.begin(), local.hashes.begin() + rows, kNullHash);
    local.keys.NextChunk();
    bool null_key = false;
    for (size_t k = 0; k < local.key_values.size(); ++k) {
      Vector& key = local.key_values[k];
      local.keys.Evaluate(k, in, key);
      HashVector(key, rows, local.hashes.data(), k != 0);
      if (key.MayHaveNulls() && !shared_->NullEquals(k)) {
        const VectorView view = key.View();
        for (uint32_t i = 0; i < rows; ++i) {
          if (view.valid(i)) continue;
          local.inserted[i] = 0;
          null_key = true;
        }
      }
      key = RowForm(key, rows);
    }
    if (null_key) shared_->has_null_key.store(true, std::memory_order_relaxed);
    for (size_t k = 0; k < local.key_values.size(); ++k) {
      if (watched_[k]) local.ranges[k].Add(RangeOf(local.key_values[k], rows, local.inserted.data()));
    }
    const RowLayout& layout = shared_->table->layout();
    for (uint32_t i = 0; i < rows; ++i) {
      local.rows[i] = local.store->NewRow();
      JoinTable::SetHeader(local.rows[i], local.hashes[i], local.inserted[i] != 0);
    }
    for (size_t c = 0; c < shared_->payload.size(); ++c) {
      StoreColumn(layout.column(c), RowForm(in[shared_->payload[c]], rows), nullptr, rows, local.rows.data(), local.store->heap());
    }
    for (size_t k = 0; k < local.key_values.size(); ++k) {
      if (shared_->key_stored[k]) {
        StoreColumn(layout.column(shared_->key_column[k]), local.key_values[k], nullptr, rows, local.rows.data(), local.store->heap());
      }
      local.key_values[k] = Vector();
    }
    local.store->ChargeHeap();
    if (shared_->CanSpill()) Watch(local);
    return Progress::kNeedInput;
  }

  void Merge(Local& base) override {
    auto& local = static_cast<BuildLocal&>(base);
    std::lock_guard lock(shared_->mutex);
    if (local.spill != nullptr) shared_->inner_spills.push_back(std::move(local.spill));
    for (size_t k = 0; k < ranges_.size(); ++k) ranges_[k].Add(local.ranges[k]);
    stores_.push_back(std::move(local.store));
  }

  uint32_t PrepareFinish() override {
    for (const auto& store : stores_) shared_->inner_rows += store->rows();
    for (const auto& spill : shared_->inner_spills) {
      for (uint32_t partition = 0; partition < kPartitions; ++partition) shared_->inner_rows += spill->rows(partition);
    }
    const bool spilled = shared_->Spilled();
    uint64_t most_bytes = 0;
    for (auto& store : stores_) {
      most_bytes += store->bytes();
      if (!spilled) {
        shared_->table->Take(std::move(store));
        continue;
      }
      shared_->inner_spills.push_back(std::make_shared<RowSpill>(shared_->table->layout(), kPartitions, shared_->policy.directory()));
      SpillStore(*store, *shared_->inner_spills.back());
      store.reset();
    }
    stores_.clear();
    uint64_t disk_bytes = 0;
    for (const auto& spill : shared_->inner_spills) {
      spill->Finish();
      disk_bytes += spill->bytes();
    }
    std::optional<JoinTable::KeyRange> range;
    if (integer_key_ && !spilled) range = JoinTable::KeyRange{shared_->key_column[0], ranges_[0].least, ranges_[0].greatest};
    const uint32_t parts = shared_->table->Prepare(range);
    if (!spilled) PrepareFilters();
    if (shared_->state.instrumentation != nullptr) {
      shared_->state.instrumentation->Update(shared_->node.id, [&](planner::NodeActuals& actuals) {
        actuals.hash_buckets = shared_->table->slots();
        actuals.hash_batches = spilled ? kPartitions : 1;
        actuals.memory_bytes = spilled ? std::max(most_bytes, shared_->policy.limit()) : shared_->table->bytes();
        actuals.disk_bytes = disk_bytes;
      });
    }
    return parts;
  }

  void FinishPart(uint32_t part) override {
    shared_->table->Link(part);
    for (const Filling& filling : filling_) {
      shared_->table->ForEachBlock(part, [&](const uint8_t* row, uint32_t rows, uint32_t size) { filling.filter->Add(row, rows, size, *filling.column); });
    }
  }

  void Finish() override {
    for (const Filling& filling : filling_) filling.filter->Publish();
    if (presence_ != nullptr && (shared_->node.join != planner::JoinKind::kInner || shared_->table->unique())) shared_->presence = std::move(presence_);
  }

 private:
  // A runtime filter that takes in the values of a column of the table's.
  struct Filling {
    std::shared_ptr<RuntimeFilter> filter;
    const RowColumn* column;
  };

  void PrepareFilters() {
    const JoinTable& table = *shared_->table;
    MemoryBudget* const budget = shared_->state.context.budget;
    const auto fill = [&](uint32_t key, const std::shared_ptr<RuntimeFilter>& filter) {
      if (!filter->Prepare(ranges_[key].least, ranges_[key].greatest, table.rows(), budget)) return false;
      filling_.push_back({filter, &table.layout().column(shared_->key_column[key])});
      return true;
    };
    const bool asks = table.dense() && shared_->AsksForPresence();
    for (const auto& [key, filter] : shared_->runtime_filters) {
      if (fill(key, filter) && asks && filter->exact()) presence_ = filter;
    }
    if (!asks || presence_ != nullptr) return;
    auto filter = std::make_shared<RuntimeFilter>();
    if (fill(0, filter) && filter->exact()) presence_ = filter;
  }

  static void SpillStore(const RowStore& store, RowSpill& spill) {
    store.ForEachBlock([&](const uint8_t* row, uint32_t rows, uint32_t size) {
      for (uint32_t i = 0; i < rows; ++i, row += size) spill.Add(RowPartitions::PartitionOf(JoinTable::Hash(row), 0), row);
    });
  }

  static KeyRange RangeOf(const Vector& key, uint32_t rows, const uint8_t* inserted) {
    const VectorView view = key.View();
    switch (key.physical()) {
      case PhysicalType::kInt16: return RangeAs<int16_t>(view, rows, inserted);
      case PhysicalType::kInt32: return RangeAs<int32_t>(view, rows, inserted);
      default: return RangeAs<int64_t>(view, rows, inserted);
    }
  }

  // Once all participants' rows together are too many, everybody writes down what it has, and what follows.
  void Watch(BuildLocal& local) {
    const uint64_t bytes = local.store->bytes() + local.store->rows() * sizeof(uint64_t);   // and the directory to come
    const uint64_t all = bytes_.fetch_add(bytes - local.counted_bytes, std::memory_order_relaxed) + bytes - local.counted_bytes;
    local.counted_bytes = bytes;
    if (all > shared_->policy.limit()) shared_->spilled.store(true, std::memory_order_relaxed);
    if (!shared_->Spilled()) return;
    if (local.spill == nullptr) local.spill = std::make_shared<RowSpill>(shared_->table->layout(), kPartitions, shared_->policy.directory());
    SpillStore(*local.store, *local.spill);
    local.store = shared_->table->MakeStore();
    bytes_.fetch_sub(local.counted_bytes, std::memory_order_relaxed);
    local.counted_bytes = 0;
  }

  const std::shared_ptr<JoinShared> shared_;
  const bool integer_key_;
  std::atomic<uint64_t> bytes_{0};
  // Of all participants, from Merge on.
  std::vector<std::unique_ptr<RowStore>> stores_;
  std::vector<KeyRange> ranges_;                       // by key
  std::vector<bool> watched_;
  std::vector<Filling> filling_;
  std::shared_ptr<RuntimeFilter> presence_;
};

}  // namespace

Sink* MakeJoinBuild(ExecutionState& state, std::shared_ptr<JoinShared> shared) { return state.Make<JoinBuild>(std::move(shared)); }

}  // namespace gather::executor
