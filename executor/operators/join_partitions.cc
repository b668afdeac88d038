// A hash join whose inner side is on disk: the outer rows follow it there, by the same partitions; then participants take the partitions one by one
// and join each in memory. A partition that is still too large is divided by further bits of the hash.
#include <algorithm>
#include <cstring>

#include "executor/operators/hash_join.h"
#include "types/compare.h"

namespace gather::executor {

using planner::JoinKind;

namespace {

constexpr uint32_t kPartitions = RowPartitions::kPartitions, kDeepest = RowPartitions::kDeepest;
constexpr uint64_t kOuterBytes = 256 << 10;            // of outer rows on their way to disk

// Rows on disk: some streams of files.
using SpilledRows = std::vector<std::pair<std::shared_ptr<const RowSpill>, uint32_t>>;
uint64_t RowsOf(const SpilledRows& rows) {
  uint64_t count = 0;
  for (const auto& [spill, stream] : rows) count += spill->rows(stream);
  return count;
}

// Both sides of one partition.
struct JoinPartition {
  SpilledRows inner, outer;
  uint32_t level = 0;
};

struct OuterLocal : Local {
  ExpressionList keys;
  std::vector<uint64_t> hashes;
  std::vector<uint8_t*> rows;
  std::unique_ptr<RowStore> store;
  std::shared_ptr<RowSpill> spill;
};

class JoinOuter final : public Sink {
 public:
  explicit JoinOuter(std::shared_ptr<JoinShared> shared) : shared_(std::move(shared)) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<OuterLocal>();
    local->keys = ExpressionList(shared_->outer_keys, participant);
    local->hashes.resize(kVectorSize);
    local->spill = std::make_shared<RowSpill>(shared_->outer_layout, kPartitions, shared_->policy.directory());
    return local;
  }

  Progress Add(Local& base, Chunk& in) override {
    auto& local = static_cast<OuterLocal&>(base);
    const uint32_t rows = in.rows();
    if (local.store == nullptr || local.store->bytes() > kOuterBytes) {
      local.store = std::make_unique<RowStore>(shared_->outer_layout, shared_->state.context.budget);
    }
    local.keys.NextChunk();
    for (size_t k = 0; k < shared_->outer_keys.size(); ++k) {
      Vector key;
      local.keys.Evaluate(k, in, key);
      HashVector(key, rows, local.hashes.data(), k != 0);
    }
    local.rows.resize(rows);
    for (uint32_t i = 0; i < rows; ++i) {
      local.rows[i] = local.store->NewRow();
      std::memcpy(local.rows[i], &local.hashes[i], sizeof(uint64_t));
    }
    for (size_t c = 0; c < shared_->outer_columns; ++c) {
      StoreColumn(shared_->outer_layout.column(c), RowForm(in[c], rows), nullptr, rows, local.rows.data(), local.store->heap());
    }
    local.store->ChargeHeap();
    for (uint32_t i = 0; i < rows; ++i) local.spill->Add(RowPartitions::PartitionOf(local.hashes[i], 0), local.rows[i]);
    return Progress::kNeedInput;
  }

  void Merge(Local& base) override {
    auto& local = static_cast<OuterLocal&>(base);
    local.spill->Finish();
    std::lock_guard lock(shared_->mutex);
    shared_->outer_spills.push_back(std::move(local.spill));
  }

 private:
  const std::shared_ptr<JoinShared> shared_;
};

struct PartitionsLocal : Local {
  PartitionsLocal(const JoinShared& shared, Participant& the_participant) : participant(the_participant), prober(shared, the_participant) {}
  Participant& participant;
  JoinProber prober;
  std::vector<JoinPartition> partitions;               // parts of one that was too large
  JoinPartition partition;                             // the one at hand
  std::unique_ptr<JoinTable> table;
  std::unique_ptr<RowSpill::Reader> reader;
  size_t stream = 0;
  Chunk outer;
  std::vector<uint8_t*> rows;
};

class JoinPartitions final : public Source {
 public:
  explicit JoinPartitions(std::shared_ptr<JoinShared> shared) : shared_(std::move(shared)), kind_(shared_->node.join) {}
  LocalPtr MakeLocal(Participant& participant) override { return std::make_unique<PartitionsLocal>(*shared_, participant); }
  double Remaining() const override { return 1 - std::min(1.0, static_cast<double>(next_.load(std::memory_order_relaxed)) / kPartitions); }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<PartitionsLocal&>(base);
    for (;;) {
      out.set_rows(0);
      local.participant.CheckInterrupt();
      if (local.participant.stopped()) return Progress::kDone;
      if (local.table == nullptr) {
        if (!TakePartition(local)) return Progress::kDone;
        if (!OpenPartition(local)) continue;
      }
      if (local.prober.busy() || NextOuter(local)) {
        local.prober.Probe(local.outer, out);
        if (!out.empty()) return Progress::kMoreOutput;
        continue;
      }
      if ((kind_ == JoinKind::kRight || kind_ == JoinKind::kFull) && local.prober.EmitUnmatched(out)) return Progress::kMoreOutput;
      local.table.reset();
      open_.fetch_sub(1, std::memory_order_relaxed);
    }
  }

 private:
  bool TakePartition(PartitionsLocal& local) {
    if (!local.partitions.empty()) {
      local.partition = std::move(local.partitions.back());
      local.partitions.pop_back();
      return true;
    }
    const uint32_t number = next_.fetch_add(1, std::memory_order_relaxed);
    if (number >= kPartitions) return false;
    local.partition = JoinPartition();
    for (const auto& spill : shared_->inner_spills) local.partition.inner.emplace_back(spill, number);
    for (const auto& spill : shared_->outer_spills) local.partition.outer.emplace_back(spill, number);
    return true;
  }

  // Loads the inner rows; false when there is nothing to do, or they were too many and have been divided.
  bool OpenPartition(PartitionsLocal& local) {
    const JoinPartition& partition = local.partition;
    const bool needs_outer = kind_ != JoinKind::kRight && kind_ != JoinKind::kFull;
    if (needs_outer && RowsOf(partition.outer) == 0) return false;
    const bool needs_inner = kind_ == JoinKind::kInner || kind_ == JoinKind::kSemi || kind_ == JoinKind::kRight;
    if (needs_inner && RowsOf(partition.inner) == 0) return false;
    // Those who join partitions at the same time share what one may have.
    const uint64_t sharers = open_.fetch_add(1, std::memory_order_relaxed) + 1;
    auto table = shared_->MakeTable();
    auto store = table->MakeStore();
    for (const auto& [spill, stream] : partition.inner) {
      RowSpill::Reader reader(*spill, stream);
      while (reader.Next(*store, kVectorSize, local.rows) != 0) {
        local.participant.CheckInterrupt();
        if (partition.level < kDeepest && store->bytes() > shared_->policy.limit() / sharers) {
          store.reset();
          open_.fetch_sub(1, std::memory_order_relaxed);
          Divide(local);
          return false;
        }
      }
    }
    table->Take(std::move(store));
    const uint32_t parts = table->Prepare();
    for (uint32_t part = 0; part < parts; ++part) table->Link(part);
    local.table = std::move(table);
    local.prober.SetTable(*local.table);
    local.stream = 0;
    local.reader.reset();
    return true;
  }

  void Divide(PartitionsLocal& local) const {
    const uint32_t level = local.partition.level + 1;
    std::vector<JoinPartition> parts(kPartitions);
    for (JoinPartition& part : parts) part.level = level;
    const auto divide = [&](const SpilledRows& from, const RowLayout& layout, uint32_t hash_offset, SpilledRows JoinPartition::*side) {
      auto spill = std::make_shared<RowSpill>(layout, kPartitions, shared_->policy.directory());
      for (const auto& [file, stream] : from) {
        RowSpill::Reader reader(*file, stream);
        for (;;) {
          RowStore store(layout, shared_->state.context.budget);
          if (reader.Next(store, kVectorSize, local.rows) == 0) break;
          local.participant.CheckInterrupt();
          for (const uint8_t* row : local.rows) {
            uint64_t hash;
            std::memcpy(&hash, row + hash_offset, sizeof(hash));
            spill->Add(RowPartitions::PartitionOf(hash, level), row);
          }
        }
      }
      spill->Finish();
      for (uint32_t number = 0; number < kPartitions; ++number) (parts[number].*side).emplace_back(spill, number);
    };
    divide(local.partition.inner, shared_->table->layout(), JoinTable::kHashOffset, &JoinPartition::inner);
    divide(local.partition.outer, shared_->outer_layout, 0, &JoinPartition::outer);
    for (JoinPartition& part : parts) local.partitions.push_back(std::move(part));
  }

  bool NextOuter(PartitionsLocal& local) const {
    for (; local.stream < local.partition.outer.size(); ++local.stream, local.reader.reset()) {
      const auto& [spill, stream] = local.partition.outer[local.stream];
      if (local.reader == nullptr) local.reader = std::make_unique<RowSpill::Reader>(*spill, stream);
      const auto store = std::make_shared<RowStore>(shared_->outer_layout, shared_->state.context.budget);
      const uint32_t rows = local.reader->Next(*store, kVectorSize, local.rows);
      if (rows == 0) continue;
      local.outer.vectors().resize(shared_->outer_columns);
      for (size_t c = 0; c < shared_->outer_columns; ++c) {
        local.outer[c] = Vector();
        LoadColumn(shared_->outer_layout.column(c), local.rows.data(), rows, store, local.outer[c]);
      }
      local.outer.set_rows(rows);
      return true;
    }
    return false;
  }

  const std::shared_ptr<JoinShared> shared_;
  const JoinKind kind_;
  std::atomic<uint32_t> next_{0};                      // partition
  std::atomic<uint32_t> open_{0};                      // being joined now
};

}  // namespace

Sink* MakeJoinOuter(ExecutionState& state, std::shared_ptr<JoinShared> shared) { return state.Make<JoinOuter>(std::move(shared)); }
Source* MakeJoinPartitions(ExecutionState& state, std::shared_ptr<JoinShared> shared) { return state.Make<JoinPartitions>(std::move(shared)); }

}  // namespace gather::executor
