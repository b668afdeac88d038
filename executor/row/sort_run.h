// SortRun: rows with memcomparable keys (types/compare.h), sorted by them: what Sort, Top-N and ordered aggregates collect.
//
// An entry is the first eight key bytes as a number and the row; most comparisons look at nothing else. Row header: key pointer, key length
// (16 bytes). Equal keys keep their arrival order. One thread at a time until sorted; then immutable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "executor/row/row_layout.h"
#include "types/chunk.h"
#include "types/compare.h"

namespace gather::executor {

struct SortEntry {
  uint64_t prefix;                        // big-endian start of the key, zero padded
  uint8_t* row;
};
// < 0, 0, > 0 by key.
int CompareEntries(const SortEntry& a, const SortEntry& b);

class SortRun {
 public:
  static constexpr uint32_t kHeaderBytes = 16;
  SortRun(std::vector<SqlType> columns, std::vector<SortOrder> orders, MemoryBudget* budget);

  // Keeps the first `limit` rows only (and those equal to the last of them, with ties): Top-N. Call before the first Add.
  void SetLimit(uint64_t limit, bool with_ties);
  // keys[k]: the column of sort key k.
  void Add(std::span<const Vector> columns, std::span<const Vector* const> keys, uint32_t rows);
  void Sort();

  uint64_t rows() const { return entries_.size(); }
  uint64_t bytes() const { return store_->bytes() + entry_memory_.bytes(); }
  const std::vector<SortEntry>& entries() const { return entries_; }
  const RowLayout& layout() const { return layout_; }
  const std::shared_ptr<RowStore>& store() const { return store_; }
  // Columns of `count` rows; the store of each row must be alive: `owner` keeps it.
  void Load(uint8_t* const* rows, uint32_t count, const std::shared_ptr<const void>& owner, Chunk& out) const;

 private:
  void Prune();
  bool Beyond(const std::string& key) const;

  RowLayout layout_;
  const std::vector<SortOrder> orders_;
  MemoryBudget* const budget_;
  std::shared_ptr<RowStore> store_;
  std::vector<SortEntry> entries_;
  MemoryReservation entry_memory_;
  uint64_t limit_ = ~uint64_t{0};
  bool with_ties_ = false;
  bool has_bound_ = false;
  std::string bound_;                     // key of the last row that can still be among the first `limit_`
  // Scratch
  std::vector<std::string> keys_;
  std::vector<Vector> forms_;
  std::vector<RowIndex> picked_;
  std::vector<uint8_t*> new_rows_;
};

// Several sorted runs as one sequence, by a loser tree (Knuth, volume 3, 5.4.1). One thread at a time.
class RunMerge {
 public:
  explicit RunMerge(std::vector<std::shared_ptr<SortRun>> runs);
  // Up to `count` next rows; 0 at the end.
  uint32_t Next(uint8_t** rows, uint32_t count);
  // The last row handed out, for ties; null before the first.
  const SortEntry* last() const { return has_last_ ? &last_ : nullptr; }
  bool Peek(SortEntry* entry) const;

 private:
  struct Cursor {
    const SortEntry* at;
    const SortEntry* end;
  };
  bool Before(uint32_t a, uint32_t b) const;
  void Replay(uint32_t leaf);
  std::vector<std::shared_ptr<SortRun>> runs_;
  std::vector<Cursor> cursors_;
  std::vector<uint32_t> losers_;          // losers_[0]: the winner
  SortEntry last_{};
  bool has_last_ = false;
};

}  // namespace gather::executor
