// JoinTable: the build side of a hash join, shared by all participants.
//
// Built in two steps: every participant stores its rows in a RowStore of its own; then the directory is made once, of the right size, and the
// stores' blocks are linked into it side by side, by compare-and-swap. A directory slot is the head of a chain: 16 tag bits (one bit per
// hash value in the chain, Leis et al., SIGMOD 2014) and a pointer, so that most probes that miss touch no row.
// Where the rows' one integer key lies dense, the directory is indexed by the key itself: a chain then holds the rows of one key, and nothing is
// hashed or compared.
// Row header: next row of the chain (8 bytes), hash (8), matched (1: a probe row has found it; RIGHT and FULL joins).
// Immutable after Link but for the matched bytes, which are only ever set.
#pragma once

#include <atomic>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "executor/row/row_layout.h"

namespace gather::executor {

class JoinTable {
 public:
  static constexpr uint32_t kHeaderBytes = 24;
  static constexpr uint32_t kHashOffset = 8, kMatchedOffset = 16, kInsertedOffset = 17;

  JoinTable(std::vector<SqlType> columns, MemoryBudget* budget);
  const RowLayout& layout() const { return layout_; }
  std::unique_ptr<RowStore> MakeStore() const { return std::make_unique<RowStore>(layout_, budget_); }
  // Takes a participant's rows. Thread-safe.
  void Take(std::unique_ptr<RowStore> store);
  // An integer key and the least and greatest value that rows which belong to a chain have in it.
  struct KeyRange { uint32_t column; int64_t least, greatest; };
  // Makes the directory; returns the number of parts for Link.
  uint32_t Prepare(std::optional<KeyRange> range = std::nullopt);
  void Link(uint32_t part);
  // The rows of a part: visit(first row, number of rows, row size).
  template <class Visit>
  void ForEachBlock(uint32_t number, const Visit& visit) const {
    const Part& part = parts_[number];
    const RowStore& store = *(*stores_)[part.store];
    for (size_t i = part.first_block; i < part.first_block + part.blocks; ++i) visit(store.block(i), store.block_rows(i), store.row_size());
  }

  uint64_t rows() const { return rows_; }
  uint64_t slots() const { return slots_; }
  bool dense() const { return dense_.has_value(); }
  bool unique() const { return !chained_.load(std::memory_order_relaxed); }   // dense: no key occurs twice
  // Dense: the rows with this key; null: none.
  uint8_t* HeadOfKey(int64_t key) const {
    const uint64_t slot = static_cast<uint64_t>(key) - static_cast<uint64_t>(dense_->least);
    return slot < slots_ ? reinterpret_cast<uint8_t*>(directory_[slot].load(std::memory_order_relaxed)) : nullptr;
  }
  void PrefetchKey(int64_t key) const {
    const uint64_t slot = static_cast<uint64_t>(key) - static_cast<uint64_t>(dense_->least);
    if (slot < slots_) __builtin_prefetch(&directory_[slot]);
  }
  uint64_t bytes() const;
  // Head of the chain that may hold `hash`; null: certainly none.
  uint8_t* Head(uint64_t hash) const {
    const uint64_t entry = directory_[hash >> shift_].load(std::memory_order_relaxed);
    return (entry & TagBit(hash)) == 0 ? nullptr : reinterpret_cast<uint8_t*>(entry & kPointerBits);
  }
  void Prefetch(uint64_t hash) const { __builtin_prefetch(&directory_[hash >> shift_]); }
  static uint8_t* Next(const uint8_t* row) { return Read<uint8_t*>(row, 0); }
  static uint64_t Hash(const uint8_t* row) { return Read<uint64_t>(row, kHashOffset); }
  static void SetHeader(uint8_t* row, uint64_t hash, bool inserted) {
    std::memset(row, 0, kHeaderBytes);
    std::memcpy(row + kHashOffset, &hash, sizeof(hash));
    row[kInsertedOffset] = inserted;
  }
  static void SetMatched(uint8_t* row) {
    std::atomic_ref<uint8_t> matched(row[kMatchedOffset]);
    if (matched.load(std::memory_order_relaxed) == 0) matched.store(1, std::memory_order_relaxed);
  }
  static bool Matched(const uint8_t* row) { return row[kMatchedOffset] != 0; }
  // Stores in the order they were taken, for scans over all rows.
  const std::vector<std::shared_ptr<RowStore>>& stores() const { return *stores_; }
  // Keeps the rows' strings.
  std::shared_ptr<const void> owner() const { return stores_; }

 private:
  struct Part { size_t store, first_block, blocks; };
  template <class T>
  void LinkKeys(const RowStore& store, const Part& part);
  static constexpr int kTagShift = 48;
  static constexpr uint64_t kPointerBits = (uint64_t{1} << kTagShift) - 1;
  static uint64_t TagBit(uint64_t hash) { return uint64_t{1} << (kTagShift + (hash & 15)); }
  template <class T>
  static T Read(const uint8_t* row, uint32_t offset) {
    T value;
    std::memcpy(&value, row + offset, sizeof(T));
    return value;
  }

  const RowLayout layout_;
  MemoryBudget* const budget_;
  std::mutex mutex_;
  std::shared_ptr<std::vector<std::shared_ptr<RowStore>>> stores_;
  std::vector<Part> parts_;
  std::unique_ptr<std::atomic<uint64_t>[]> directory_;
  uint64_t slots_ = 0;
  std::optional<KeyRange> dense_;
  std::atomic<bool> chained_{false};       // dense: some key has a second row
  int shift_ = 63;
  uint64_t rows_ = 0;
  MemoryReservation directory_memory_;
};

}  // namespace gather::executor
