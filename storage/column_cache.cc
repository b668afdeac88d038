#include "storage/column_cache.h"

#include <optional>

#include "storage/io_counters.h"

namespace gather::storage {

ColumnCache::ColumnCache(MemoryBudget* budget, uint64_t limit) : budget_(budget), limit_(limit), hand_(ring_.end()) {}
ColumnCache::~ColumnCache() = default;

ColumnCache::Slot::~Slot() {
  if (cache_ != nullptr) cache_->Remove(*this);
}

void ColumnCache::Remove(Slot& slot) {
  std::lock_guard lock(latch_);
  if (slot.cache_ == nullptr) return;
  if (hand_ == slot.place_) ++hand_;
  ring_.erase(slot.place_);
  slot.cache_ = nullptr;
  std::lock_guard slot_lock(slot.latch_);
  if (slot.segment_ != nullptr) cached_.fetch_sub(slot.segment_->bytes(), std::memory_order_relaxed);
  slot.segment_.reset();
}

bool ColumnCache::EvictOne() {
  std::shared_ptr<const Segment> evicted;                // freed after the latch
  std::lock_guard lock(latch_);
  for (size_t steps = 2 * ring_.size(); steps > 0; --steps) {
    if (hand_ == ring_.end()) hand_ = ring_.begin();
    Slot& slot = **hand_;
    if (slot.used_.exchange(false, std::memory_order_relaxed)) {
      ++hand_;
      continue;
    }
    {
      std::lock_guard slot_lock(slot.latch_);
      evicted = std::move(slot.segment_);
      slot.segment_.reset();
    }
    hand_ = ring_.erase(hand_);
    slot.cache_ = nullptr;
    if (evicted != nullptr) cached_.fetch_sub(evicted->bytes(), std::memory_order_relaxed);
    return true;
  }
  return false;
}

MemoryReservation ColumnCache::Reserve(uint64_t bytes) {
  while (cached_bytes() + bytes > limit_ && EvictOne()) {
  }
  if (budget_ == nullptr) return MemoryReservation();
  MemoryReservation memory(*budget_);
  while (!memory.TryGrow(bytes)) {
    if (EvictOne()) continue;
    memory.Grow(bytes);                                  // throws with both numbers, unless someone gave memory back just now
    break;
  }
  return memory;
}

std::shared_ptr<const Segment> ColumnCache::Get(Slot& slot, const std::function<std::shared_ptr<const Segment>(ColumnCache&)>& load) {
  const auto cached = [&] {
    std::lock_guard lock(slot.latch_);
    return slot.segment_;
  };
  std::shared_ptr<const Segment> segment = cached();
  const bool hit = segment != nullptr;
  if (!hit) {
    std::lock_guard loading(slot.loading_);
    segment = cached();
    if (segment == nullptr) {
      {
        // What the load reads is counted as this segment, below.
        std::optional<IoCounters::Scope> pause;
        if (IoCounters::IsCounting()) pause.emplace(nullptr);
        segment = load(*this);
      }
      loads_.fetch_add(1, std::memory_order_relaxed);
      std::lock_guard lock(latch_);
      {
        std::lock_guard slot_lock(slot.latch_);
        slot.segment_ = segment;
      }
      slot.cache_ = this;
      slot.place_ = ring_.insert(hand_, &slot);          // behind the hand: it comes round last
      cached_.fetch_add(segment->bytes(), std::memory_order_relaxed);
    }
  }
  IoCounters::CountSegment(segment->bytes(), hit);
  if (!slot.used_.load(std::memory_order_relaxed)) slot.used_.store(true, std::memory_order_relaxed);
  return segment;
}

}  // namespace gather::storage
