// ActiveTransactions: who runs now and the oldest snapshot anyone holds, without a lock.
//
// One cache line per running transaction, taken by compare-and-swap near where this thread found one last. Begin and end touch only that
// line; Oldest reads all of them. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>

#include "types/ids.h"

namespace gather::storage {

class ActiveTransactions {
 public:
  struct alignas(64) Slot {
    std::atomic<uint64_t> id{0};                         // 0: free
    std::atomic<uint64_t> snapshot{0};                   // oldest timestamp it may read; 0: none taken
    std::atomic<uint32_t> waiters{0};                    // others waiting for its end
    std::atomic<uint32_t> rollbacks{0};                  // to savepoints, by any transaction that has had this slot
  };
  ActiveTransactions();
  ~ActiveTransactions();

  Slot* Enter(TransactionId id);
  static void Leave(Slot* slot);
  Slot* Find(TransactionId id) const;                    // null: not running
  // The smallest snapshot held, at most `newest`, which the caller read before.
  uint64_t Oldest(uint64_t newest) const;

 private:
  static constexpr size_t kSlotsPerBlock = 256;
  static constexpr size_t kBlocks = 256;
  struct Block {
    std::array<Slot, kSlotsPerBlock> slots;
  };
  Block* GetBlock(size_t number);
  std::array<std::atomic<Block*>, kBlocks> blocks_{};
};

}  // namespace gather::storage
