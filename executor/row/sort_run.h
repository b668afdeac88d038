// SortRun: rows with memcomparable keys (types/compare.h), sorted by them: what Sort, Top-N and ordered aggregates collect.
//
// An entry is the first eight key bytes as a number and the row; most comparisons look at nothing else. Row header: key pointer, key length
// (16 bytes). Equal keys keep their arrival order. One thread at a time until sorted; then immutable.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "executor/row/row_layout.h"
#include "executor/spill/row_spill.h"
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
  // Writes the (sorted) rows to a new stream of `spill` and forgets them. The spill's rows have this run's layout, and string headers.
  uint32_t SpillTo(RowSpill& spill);

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

// A sorted run in a temporary file.
struct SpilledRun {
  std::shared_ptr<const RowSpill> spill;
  uint32_t stream;
};

// Several sorted runs as one sequence, by a loser tree (Knuth, volume 3, 5.4.1). Of spilled runs a block of rows each is in memory. Equal rows come
// in the order of the runs, spilled ones first. One thread at a time.
class RunMerge {
 public:
  explicit RunMerge(std::vector<std::shared_ptr<SortRun>> runs) : RunMerge(std::move(runs), {}, nullptr) {}
  RunMerge(std::vector<std::shared_ptr<SortRun>> runs, const std::vector<SpilledRun>& spilled, MemoryBudget* budget);
  // Keeps the strings of the rows that the last Next handed out.
  std::shared_ptr<const void> owner();
  // Up to `count` next rows, which of a spilled run are there until the call after; 0 at the end.
  uint32_t Next(uint8_t** rows, uint32_t count);
  // The last row handed out, for ties; null before the first.
  const SortEntry* last() const { return has_last_ ? &last_ : nullptr; }
  bool Peek(SortEntry* entry) const;

 private:
  // Reads a spilled run, block by block.
  struct File {
    File(const SpilledRun& run, const RowLayout& layout, MemoryBudget* budget);
    bool Refill();
    const std::shared_ptr<const RowSpill> spill;
    const RowLayout& layout;
    MemoryBudget* const budget;
    RowSpill::Reader reader;
    std::shared_ptr<RowStore> block;
    std::vector<uint8_t*> rows;
    std::vector<SortEntry> entries;
  };
  struct Cursor {
    const SortEntry* at;
    const SortEntry* end;
    File* file = nullptr;
  };
  void Refill(Cursor& cursor);
  bool Before(uint32_t a, uint32_t b) const;
  void Replay(uint32_t leaf);
  std::vector<std::shared_ptr<SortRun>> runs_;
  std::vector<std::unique_ptr<File>> files_;
  std::vector<std::shared_ptr<RowStore>> retired_;   // blocks used up by the last Next
  std::shared_ptr<const void> owner_;                // without files: of all runs
  std::vector<Cursor> cursors_;
  std::vector<uint32_t> losers_;          // losers_[0]: the winner
  SortEntry last_{};
  bool has_last_ = false;
};

}  // namespace gather::executor
