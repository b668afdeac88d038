// ChunkStore: rows kept as chunks in arrival order: materialised CTEs and inner sides, RETURNING, work tables, window partitions.
//
// Filled through Append by one thread at a time (ChunkStoreSink locks); immutable afterwards and then read by any number of threads, each through
// a Reader of its own. What is more than `limit` bytes lies in a temporary file.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "executor/pipeline.h"
#include "executor/spill/chunk_spill.h"
#include "types/chunk.h"
#include "types/memory_budget.h"

namespace gather::executor {

class SpillPolicy;

class ChunkStore {
 public:
  // `policy` says how much stays in memory.
  ChunkStore(MemoryBudget* budget, const SpillPolicy& policy);
  // All of it: for few rows.
  explicit ChunkStore(MemoryBudget* budget);
  ~ChunkStore();

  // Copies small or sliced chunks together; keeps big flat ones by sharing them.
  void Append(const Chunk& chunk);
  void Clear();
  uint64_t rows() const { return rows_; }
  size_t size() const { return slots_.size(); }                        // chunks
  uint64_t first_row(size_t chunk) const { return slots_[chunk].first_row; }
  uint32_t rows_of(size_t chunk) const { return slots_[chunk].rows; }
  size_t chunk_of(uint64_t row) const;

  // One thread's view. The chunks it gives are valid until some others (kKept) have been asked for.
  class Reader {
   public:
    static constexpr size_t kKept = 4;
    explicit Reader(const ChunkStore& store) : store_(&store) {}
    const Chunk& At(size_t chunk);

   private:
    struct Loaded {
      size_t number = ~size_t{0};
      Chunk chunk;
    };
    const ChunkStore* store_;
    std::array<Loaded, kKept> loaded_;
    size_t oldest_ = 0;
  };

 private:
  struct Slot {
    Chunk chunk;                           // empty once it is on disk
    uint64_t first_row = 0;
    uint32_t rows = 0;
    bool on_disk = false;
    ChunkSpill::Extent extent;
  };
  void Charge(uint64_t bytes);
  void Spill();
  bool Fits(const Chunk& chunk) const;
  void AddSlot(Chunk chunk, uint64_t first_row);

  std::vector<Slot> slots_;
  bool open_ = false;                      // the last chunk is ours and has room
  uint64_t rows_ = 0;
  MemoryReservation memory_;
  uint64_t charged_ = 0;
  const uint64_t limit_;
  const std::string directory_;
  std::unique_ptr<ChunkSpill> spill_;
  size_t spilled_ = 0;                     // chunks before this one are on disk
};

// Appends everything to a ChunkStore.
class ChunkStoreSink final : public Sink {
 public:
  explicit ChunkStoreSink(std::shared_ptr<ChunkStore> store) : store_(std::move(store)) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }
  Progress Add(Local&, Chunk& in) override {
    std::lock_guard lock(mutex_);
    store_->Append(in);
    return Progress::kNeedInput;
  }
  void Merge(Local&) override {}

 private:
  std::mutex mutex_;
  const std::shared_ptr<ChunkStore> store_;
};

// Streams a ChunkStore; several participants share the chunks.
class ChunkStoreSource final : public Source {
 public:
  explicit ChunkStoreSource(std::shared_ptr<ChunkStore> store) : store_(std::move(store)) {}
  LocalPtr MakeLocal(Participant&) override { return std::make_unique<StoreLocal>(*store_); }
  Progress Next(Local& local, Chunk& out) override {
    const size_t at = next_.fetch_add(1, std::memory_order_relaxed);
    if (at >= store_->size()) {
      out.set_rows(0);
      return Progress::kDone;
    }
    out = static_cast<StoreLocal&>(local).reader.At(at);
    return Progress::kMoreOutput;
  }
  double Remaining() const override {
    const auto all = static_cast<double>(store_->size());
    return all == 0 ? 0 : std::max(0.0, 1 - static_cast<double>(next_.load(std::memory_order_relaxed)) / all);
  }

 private:
  struct StoreLocal : Local {
    explicit StoreLocal(const ChunkStore& store) : reader(store) {}
    ChunkStore::Reader reader;
  };
  const std::shared_ptr<ChunkStore> store_;
  std::atomic<size_t> next_{0};
};

}  // namespace gather::executor
