#include "executor/row/join_table.h"

#include <bit>

namespace gather::executor {

namespace {
// Blocks of a store linked as one part: a megabyte each at most.
constexpr size_t kBlocksPerPart = 16;
// A directory by key has at most this many slots.
constexpr uint64_t kDenseSlotsPerRow = 4, kAlwaysDense = 1024;
// Rows whose slots are fetched ahead of linking them.
constexpr uint32_t kAhead = 32;
}  // namespace

JoinTable::JoinTable(std::vector<SqlType> columns, MemoryBudget* budget)
    : layout_(columns, kHeaderBytes), budget_(budget), stores_(std::make_shared<std::vector<std::shared_ptr<RowStore>>>()) {
  if (budget != nullptr) directory_memory_ = MemoryReservation(*budget);
}

void JoinTable::Take(std::unique_ptr<RowStore> store) {
  std::lock_guard lock(mutex_);
  stores_->push_back(std::move(store));
}

uint32_t JoinTable::Prepare(std::optional<KeyRange> range) {
  for (const auto& store : *stores_) rows_ += store->rows();
  slots_ = std::bit_ceil(std::max<uint64_t>(rows_, 2));
  if (range.has_value() && range->least <= range->greatest) {
    const uint64_t last = static_cast<uint64_t>(range->greatest) - static_cast<uint64_t>(range->least);
    if (last < kDenseSlotsPerRow * rows_ + kAlwaysDense) {
      dense_ = range;
      slots_ = last + 1;
    }
  }
  directory_memory_.Grow(slots_ * sizeof(uint64_t));
  directory_ = std::make_unique<std::atomic<uint64_t>[]>(slots_);
  if (!dense()) shift_ = 64 - std::countr_zero(slots_);
  for (size_t store = 0; store < stores_->size(); ++store) {
    const size_t blocks = (*stores_)[store]->blocks();
    for (size_t first = 0; first < blocks; first += kBlocksPerPart) parts_.push_back({store, first, std::min(kBlocksPerPart, blocks - first)});
  }
  return static_cast<uint32_t>(parts_.size());
}

void JoinTable::Link(uint32_t number) {
  const Part& part = parts_[number];
  const RowStore& store = *(*stores_)[part.store];
  if (dense()) {
    switch (layout_.column(dense_->column).size) {
      case 2: LinkKeys<int16_t>(store, part); break;
      case 4: LinkKeys<int32_t>(store, part); break;
      default: LinkKeys<int64_t>(store, part); break;
    }
    return;
  }
  for (size_t block = part.first_block; block < part.first_block + part.blocks; ++block) {
    uint8_t* row = store.block(block);
    const uint32_t rows = store.block_rows(block);
    const size_t ahead = static_cast<size_t>(kAhead) * store.row_size();
    for (uint32_t i = 0; i < rows; ++i, row += store.row_size()) {
      if (i + kAhead < rows) __builtin_prefetch(&directory_[Hash(row + ahead) >> shift_], 1);
      if (row[kInsertedOffset] == 0) continue;           // a null key: no chain
      const uint64_t hash = Hash(row);
      std::atomic<uint64_t>& slot = directory_[hash >> shift_];
      uint64_t head = slot.load(std::memory_order_relaxed);
      uint64_t mine;
      do {
        const uint64_t next = head & kPointerBits;
        std::memcpy(row, &next, sizeof(next));
        mine = (head & ~kPointerBits) | TagBit(hash) | reinterpret_cast<uint64_t>(row);
      } while (!slot.compare_exchange_weak(head, mine, std::memory_order_release, std::memory_order_relaxed));
    }
  }
}

template <class T>
void JoinTable::LinkKeys(const RowStore& store, const Part& part) {
  const uint32_t offset = layout_.column(dense_->column).offset;
  const auto slot_of = [&](const uint8_t* row) { return static_cast<uint64_t>(int64_t{Read<T>(row, offset)}) - static_cast<uint64_t>(dense_->least); };
  bool chained = false;
  for (size_t block = part.first_block; block < part.first_block + part.blocks; ++block) {
    uint8_t* row = store.block(block);
    const uint32_t rows = store.block_rows(block);
    const size_t ahead = static_cast<size_t>(kAhead) * store.row_size();
    for (uint32_t i = 0; i < rows; ++i, row += store.row_size()) {
      if (i + kAhead < rows && row[ahead + kInsertedOffset] != 0) __builtin_prefetch(&directory_[slot_of(row + ahead)], 1);
      if (row[kInsertedOffset] == 0) continue;           // a null key: no chain
      std::atomic<uint64_t>& slot = directory_[slot_of(row)];
      uint64_t head = slot.load(std::memory_order_relaxed);
      do {
        std::memcpy(row, &head, sizeof(head));
      } while (!slot.compare_exchange_weak(head, reinterpret_cast<uint64_t>(row), std::memory_order_release, std::memory_order_relaxed));
      chained = chained || head != 0;
    }
  }
  if (chained) chained_.store(true, std::memory_order_relaxed);
}

uint64_t JoinTable::bytes() const {
  uint64_t bytes = directory_memory_.bytes();
  for (const auto& store : *stores_) bytes += store->bytes();
  return bytes;
}

}  // namespace gather::executor
