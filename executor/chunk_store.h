// ChunkStore: rows kept as chunks in arrival order: materialised CTEs and inner sides, RETURNING, work tables.
//
// Filled through Append by one thread at a time (ChunkStoreSink locks); immutable afterwards and then read by any number of threads.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "executor/pipeline.h"
#include "types/chunk.h"
#include "types/memory_budget.h"

namespace gather::executor {

class ChunkStore {
 public:
  explicit ChunkStore(MemoryBudget* budget);
  // Copies small or sliced chunks together; keeps big flat ones by sharing them.
  void Append(const Chunk& chunk);
  uint64_t rows() const { return rows_; }
  const std::vector<Chunk>& chunks() const { return chunks_; }

 private:
  void Charge(uint64_t bytes);
  bool Fits(const Chunk& chunk) const;

  std::vector<Chunk> chunks_;
  bool open_ = false;                      // the last chunk is ours and has room
  uint64_t rows_ = 0;
  MemoryReservation memory_;
  uint64_t charged_ = 0;
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
  LocalPtr MakeLocal(Participant&) override { return nullptr; }
  Progress Next(Local&, Chunk& out) override {
    const size_t at = next_.fetch_add(1, std::memory_order_relaxed);
    if (at >= store_->chunks().size()) {
      out.set_rows(0);
      return Progress::kDone;
    }
    out = store_->chunks()[at];
    return Progress::kMoreOutput;
  }

 private:
  const std::shared_ptr<ChunkStore> store_;
  std::atomic<size_t> next_{0};
};

}  // namespace gather::executor
