// MorselDispenser: hands out ranges of [0, end) to participants that come and go. Lock-free.
//
// Every participant owns a range and takes morsels from its front. Who has nothing left, or has just joined, takes over the back half of the
// largest range left. So the work spreads over as many participants as there are, without knowing how many.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace gather::executor {

class MorselDispenser {
 public:
  static constexpr uint32_t kMostParticipants = 64;     // further ones share lanes
  explicit MorselDispenser(uint64_t end);

  struct Morsel {
    uint64_t begin = 0, end = 0;
    bool stolen = false;                                 // first morsel of a range taken over from another participant
  };
  // A lane for a new participant.
  uint32_t Join() { return joined_.fetch_add(1, std::memory_order_relaxed) % kMostParticipants; }
  // Units that nobody has taken.
  uint64_t Remaining() const;
  // Up to `most` units; false: nothing left anywhere.
  bool Take(uint32_t lane, uint32_t most, Morsel* morsel);

 private:
  struct alignas(64) Lane {
    std::atomic<uint64_t> range{0};                      // begin << 32 | end
  };
  bool TakeFront(Lane& lane, uint32_t most, Morsel* morsel);

  std::array<Lane, kMostParticipants> lanes_;
  std::atomic<uint32_t> joined_{0};
};

}  // namespace gather::executor
