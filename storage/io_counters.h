// IoCounters: blocks of 8 kB that the threads of one statement took from the caches (segments, blocks of RocksDB), had read from disk, and
// read from and wrote to temporary files: what EXPLAIN's BUFFERS shows. Rows that have no segment yet lie in memory and are not counted.
//
// A thread counts for the counters of its innermost Scope; without one nothing is counted, and a count costs one test. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace gather::storage {

struct IoCounts {
  uint64_t hit = 0, read = 0, temp_read = 0, temp_written = 0;   // blocks
};

class IoCounters {
 public:
  IoCounters() = default;
  IoCounters(const IoCounters&) = delete;

  // The calling thread counts for `counters` while it lives; null: for nobody. Scopes nest.
  class Scope {
   public:
    explicit Scope(IoCounters* counters);
    ~Scope();
    Scope(const Scope&) = delete;

   private:
    IoCounters* const outer_;
    int outer_level_ = 0;                                // of RocksDB's own counting
  };
  static bool IsCounting() { return current_ != nullptr; }

  static void CountSegment(uint64_t bytes, bool cached) {
    if (current_ != nullptr) (cached ? current_->hit_ : current_->read_).fetch_add(BlocksOf(bytes), std::memory_order_relaxed);
  }
  static void CountTemporary(uint64_t bytes, bool written) {
    if (current_ != nullptr) (written ? current_->temp_written_bytes_ : current_->temp_read_bytes_).fetch_add(bytes, std::memory_order_relaxed);
  }

  // After every scope of other threads has ended.
  IoCounts counts() const {
    return {hit_.load(std::memory_order_relaxed), read_.load(std::memory_order_relaxed), BlocksOf(temp_read_bytes_.load(std::memory_order_relaxed)),
            BlocksOf(temp_written_bytes_.load(std::memory_order_relaxed))};
  }

 private:
  static constexpr uint64_t kBlock = 8192;
  static uint64_t BlocksOf(uint64_t bytes) { return (bytes + kBlock - 1) / kBlock; }
  static void TakeStoreCounts();                         // what RocksDB has counted for this thread goes to current_

  static inline constinit thread_local IoCounters* current_ = nullptr;
  std::atomic<uint64_t> hit_{0}, read_{0}, temp_read_bytes_{0}, temp_written_bytes_{0};
};

}  // namespace gather::storage
