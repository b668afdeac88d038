#include "storage/active_transactions.h"

#include <algorithm>

#include "types/error.h"

namespace gather::storage {

namespace {
thread_local size_t last_slot = 0;
}  // namespace

ActiveTransactions::ActiveTransactions() { GetBlock(0); }

ActiveTransactions::~ActiveTransactions() {
  for (std::atomic<Block*>& block : blocks_) delete block.load(std::memory_order_relaxed);
}

ActiveTransactions::Block* ActiveTransactions::GetBlock(size_t number) {
  Block* block = blocks_[number].load(std::memory_order_acquire);
  if (block != nullptr) return block;
  auto fresh = std::make_unique<Block>();
  if (blocks_[number].compare_exchange_strong(block, fresh.get(), std::memory_order_acq_rel)) return fresh.release();
  return block;
}

ActiveTransactions::Slot* ActiveTransactions::Enter(TransactionId id) {
  const size_t start = last_slot;
  for (size_t step = 0; step < kBlocks * kSlotsPerBlock; ++step) {
    // First the block this thread knows, from where it was; then the others.
    const size_t block = (start / kSlotsPerBlock + step / kSlotsPerBlock) % kBlocks;
    const size_t place = (start + step) % kSlotsPerBlock;
    Slot& slot = GetBlock(block)->slots[place];
    uint64_t free = 0;
    if (slot.id.load(std::memory_order_relaxed) == 0 && slot.id.compare_exchange_strong(free, id.value, std::memory_order_seq_cst)) {
      last_slot = block * kSlotsPerBlock + place;
      return &slot;
    }
  }
  throw SqlError(sqlstate::kTooManyConnections, "too many transactions are running");
}

void ActiveTransactions::Leave(Slot* slot) {
  slot->snapshot.store(0, std::memory_order_release);
  slot->id.store(0, std::memory_order_seq_cst);
}

ActiveTransactions::Slot* ActiveTransactions::Find(TransactionId id) const {
  for (const std::atomic<Block*>& entry : blocks_) {
    Block* block = entry.load(std::memory_order_acquire);
    if (block == nullptr) continue;
    for (Slot& slot : block->slots) {
      if (slot.id.load(std::memory_order_seq_cst) == id.value) return &slot;
    }
  }
  return nullptr;
}

uint64_t ActiveTransactions::Oldest(uint64_t newest) const {
  uint64_t oldest = newest;
  for (const std::atomic<Block*>& entry : blocks_) {
    const Block* block = entry.load(std::memory_order_acquire);
    if (block == nullptr) continue;
    for (const Slot& slot : block->slots) {
      if (slot.id.load(std::memory_order_relaxed) == 0) continue;
      const uint64_t snapshot = slot.snapshot.load(std::memory_order_seq_cst);
      if (snapshot != 0) oldest = std::min(oldest, snapshot);
    }
  }
  return oldest;
}

}  // namespace gather::storage
