#include "executor/pool/morsel_dispenser.h"

#include <algorithm>

namespace gather::executor {

namespace {
constexpr uint64_t Pack(uint64_t begin, uint64_t end) { return begin << 32 | end; }
constexpr uint64_t Begin(uint64_t range) { return range >> 32; }
constexpr uint64_t End(uint64_t range) { return range & 0xFFFFFFFFu; }
}  // namespace

MorselDispenser::MorselDispenser(uint64_t end) { lanes_[0].range.store(Pack(0, end), std::memory_order_relaxed); }

uint64_t MorselDispenser::Remaining() const {
  uint64_t left = 0;
  const uint32_t lanes = std::min(std::max(joined_.load(std::memory_order_relaxed), 1u), kMostParticipants);
  for (uint32_t i = 0; i < lanes; ++i) {
    const uint64_t range = lanes_[i].range.load(std::memory_order_relaxed);
    left += End(range) - std::min(Begin(range), End(range));
  }
  return left;
}

bool MorselDispenser::TakeFront(Lane& lane, uint32_t most, Morsel* morsel) {
  uint64_t range = lane.range.load(std::memory_order_relaxed);
  while (Begin(range) < End(range)) {
    const uint64_t end = std::min<uint64_t>(Begin(range) + most, End(range));
    if (lane.range.compare_exchange_weak(range, Pack(end, End(range)), std::memory_order_relaxed)) {
      morsel->begin = Begin(range);
      morsel->end = end;
      return true;
    }
  }
  return false;
}

bool MorselDispenser::Take(uint32_t number, uint32_t most, Morsel* morsel) {
  Lane& lane = lanes_[number];
  morsel->stolen = false;
  for (;;) {
    if (TakeFront(lane, most, morsel)) return true;
    // Half of the largest range left; a single unit is taken whole. Ranges only move through CAS, so none is lost or seen twice.
    uint32_t victim = kMostParticipants;
    uint64_t largest = 0;
    const uint32_t lanes = std::min(std::max(joined_.load(std::memory_order_relaxed), 1u), kMostParticipants);
    for (uint32_t i = 0; i < lanes; ++i) {
      const uint64_t range = lanes_[i].range.load(std::memory_order_relaxed);
      const uint64_t left = End(range) - std::min(Begin(range), End(range));
      if (left > largest) {
        largest = left;
        victim = i;
      }
    }
    if (victim == kMostParticipants) return false;
    if (victim == number) continue;
    uint64_t range = lanes_[victim].range.load(std::memory_order_relaxed);
    const uint64_t begin = Begin(range), end = End(range);
    if (begin >= end) continue;
    const uint64_t middle = begin + (end - begin) / 2;
    if (!lanes_[victim].range.compare_exchange_strong(range, Pack(begin, middle), std::memory_order_relaxed)) continue;
    // Keep the first morsel; the rest goes into our lane, from where others may take again.
    const uint64_t first = std::min<uint64_t>(middle + most, end);
    morsel->begin = middle;
    morsel->end = first;
    morsel->stolen = true;
    if (first < end) {
      uint64_t empty = lane.range.load(std::memory_order_relaxed);
      while (Begin(empty) >= End(empty)) {
        if (lane.range.compare_exchange_weak(empty, Pack(first, end), std::memory_order_relaxed)) return true;
      }
      // Another participant of this lane has filled it meanwhile: keep all of it.
      morsel->end = end;
    }
    return true;
  }
}

}  // namespace gather::executor
