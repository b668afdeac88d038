// ColumnCache: the segments in memory, up to a limit; least recently used ones go first (clock).
//
// One per Storage. A slot belongs to one column of one frozen row group; whoever reads it gets a shared_ptr, so that evicting only drops the
// cache's own reference. A segment is charged to the memory budget as long as it lives. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "storage/segment.h"
#include "types/memory_budget.h"

namespace gather::storage {

class ColumnCache {
 public:
  // `budget` may be null. `limit` bounds what the cache keeps; segments that running scans hold may pass it for a while.
  ColumnCache(MemoryBudget* budget, uint64_t limit);
  ~ColumnCache();
  ColumnCache(const ColumnCache&) = delete;

  class Slot {
   public:
    Slot() = default;
    ~Slot();
    Slot(const Slot&) = delete;

   private:
    friend class ColumnCache;
    ColumnCache* cache_ = nullptr;                       // set while listed
    mutable std::mutex latch_;                           // of segment_
    std::shared_ptr<const Segment> segment_;
    std::atomic<bool> used_{false};
    std::list<Slot*>::iterator place_;
    std::mutex loading_;                                 // one reader loads, the others wait
  };

  // The slot's segment, loaded by `load` when it is not here. `load` gets a reservation to charge.
  std::shared_ptr<const Segment> Get(Slot& slot, const std::function<std::shared_ptr<const Segment>(ColumnCache&)>& load);
  // Memory for a segment of this size; evicts until it fits. Throws 53200 when the server's budget is used up by others.
  MemoryReservation Reserve(uint64_t bytes);
  uint64_t cached_bytes() const { return cached_.load(std::memory_order_relaxed); }
  uint64_t loads() const { return loads_.load(std::memory_order_relaxed); }

 private:
  bool EvictOne();
  void Remove(Slot& slot);

  MemoryBudget* const budget_;
  const uint64_t limit_;
  std::atomic<uint64_t> cached_{0};
  std::atomic<uint64_t> loads_{0};
  std::mutex latch_;                                     // of the ring; taken before a slot's latch
  std::list<Slot*> ring_;
  std::list<Slot*>::iterator hand_;
};

}  // namespace gather::storage
