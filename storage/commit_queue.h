// CommitQueue: hands out commit timestamps and publishes them in order.
//
//   Enter  → timestamp, at the end of the queue            (before the batch is written)
//   the batch is written, several at once; RocksDB shares the fsync
//   Finish → runs `publish_work` in timestamp order, then makes the timestamp visible to new snapshots; returns once it is
// A commit whose batch failed is finished without work: its timestamp stays unused. Thread-safe.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>

#include "types/ids.h"

namespace gather::storage {

class CommitQueue {
 public:
  explicit CommitQueue(uint64_t newest) : published_(newest), next_(newest + 1) {}

  class Ticket {
   public:
    CommitTimestamp timestamp() const { return CommitTimestamp(timestamp_); }

   private:
    friend class CommitQueue;
    uint64_t timestamp_ = 0;
    bool written_ = false;
    bool has_work_ = false;
    std::atomic<uint32_t> state_{0};                     // 0 waiting, 1 its turn to work, 2 published by another
  };

  void Enter(Ticket& ticket);
  // `work` may be empty: then whoever is before may publish for us.
  void Finish(Ticket& ticket, const std::function<void()>& work);
  uint64_t published() const { return published_.load(std::memory_order_seq_cst); }

 private:
  void PublishFront();

  std::atomic<uint64_t> published_;
  std::mutex latch_;                                     // guards the rest
  uint64_t next_;
  std::deque<Ticket*> queue_;                            // by timestamp
};

}  // namespace gather::storage
