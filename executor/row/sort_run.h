// SortRun: rows with memcomparable keys (types/compare.h), sorted by them: what Top-N, ordered aggregates and incremental sorts collect, and the form
// that sorted rows have on disk.
//
// An entry is the first sixteen key bytes as two numbers, and the row; most comparisons look at nothing else. Row header: key pointer, key length
// (16 bytes). Entries are sorted by radix (Knuth, volume 3, 5.2.5).
// Equal keys keep their arrival order. One thread at a time until sorted; then immutable.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <vector>

#include "executor/row/row_layout.h"
#include "executor/spill/row_spill.h"
#include "types/chunk.h"
#include "types/compare.h"

namespace gather::executor {

struct SortEntry {
  uint64_t prefix[2];                     // big-endian start of the key, zero padded
  uint8_t* row;
};
// < 0, 0, > 0 by what lies behind the prefixes, which are equal.
int CompareRest(const SortEntry& a, const SortEntry& b);
// < 0, 0, > 0 by key.
inline int CompareEntries(const SortEntry& a, const SortEntry& b) {
  if (a.prefix[0] != b.prefix[0]) return a.prefix[0] < b.prefix[0] ? -1 : 1;
  if (a.prefix[1] != b.prefix[1]) return a.prefix[1] < b.prefix[1] ? -1 : 1;
  return CompareRest(a, b);
}

// What participants of one Top-N know of each other: no row whose key begins with more than this is among the first.
struct SharedBound {
  std::atomic<uint64_t> prefix{~uint64_t{0}};
  void Lower(uint64_t to) {
    uint64_t now = prefix.load(std::memory_order_relaxed);
    while (to < now && !prefix.compare_exchange_weak(now, to, std::memory_order_relaxed)) {
    }
  }
};

class SortRun {
 public:
  static constexpr uint32_t kHeaderBytes = 16;
  SortRun(std::vector<SqlType> columns, std::vector<SortOrder> orders, MemoryBudget* budget);

  // Keeps the first `limit` rows only (and those equal to the last of them, with ties): Top-N. Call before the first Add.
  void SetLimit(uint64_t limit, bool with_ties, std::shared_ptr<SharedBound> shared = nullptr);
  // keys[k]: the column of sort key k.
  void Add(std::span<const Vector> columns, std::span<const Vector* const> keys, uint32_t rows);
  // Top-N: how often a bound has been found; its key, and the row that it is of.
  uint64_t bounds_found() const { return bounds_found_; }
  const std::string& bound() const { return bound_; }
  uint8_t* bound_row() const { return entries_[limit_ - 1].row; }     // right after the Add that found it
  void Sort();
  // Writes the (sorted) rows to a new stream of `spill` and forgets them. The spill's rows have this run's layout, and string headers.
  uint32_t SpillTo(RowSpill& spill);
  // The same, row i to the end of streams[i], which the caller finishes.
  void SpillTo(RowSpill& spill, std::span<const uint32_t> streams);

  uint64_t rows() const { return entries_.size(); }
  uint64_t bytes() const { return store_->bytes() + entry_memory_.bytes(); }
  const std::vector<SortEntry>& entries() const { return entries_; }
  // The rows stay.
  void DropEntries();
  const RowLayout& layout() const { return layout_; }
  const std::shared_ptr<RowStore>& store() const { return store_; }
  // Columns of `count` rows; the store of each row must be alive: `owner` keeps it.
  void Load(uint8_t* const* rows, uint32_t count, const std::shared_ptr<const void>& owner, Chunk& out) const;

 private:
  struct KeyView { const uint8_t* data; uint32_t length; };
  void WriteKeys(std::span<const Vector* const> keys, uint32_t rows);
  KeyView KeyAt(uint32_t row) const;      // of those written last
  void Prune();
  void PickCandidates(uint32_t rows);     // into picked_: rows that by the start of their key may be within the bound
  bool Beyond(KeyView key, const SortEntry& entry) const;

  RowLayout layout_;
  const std::vector<SortOrder> orders_;
  MemoryBudget* const budget_;
  std::shared_ptr<RowStore> store_;
  std::vector<SortEntry> entries_;
  MemoryReservation entry_memory_;
  uint64_t limit_ = ~uint64_t{0};
  bool with_ties_ = false;
  bool has_bound_ = false;
  uint64_t bounds_found_ = 0;
  uint64_t bound_prefix_ = ~uint64_t{0};  // its first eight bytes
  std::string bound_;                     // key of the last row that can still be among the first `limit_`
  std::shared_ptr<SharedBound> shared_bound_;
  // Keys of one chunk: of one width for all rows, or strings.
  uint32_t key_width_ = 0;                // 0: strings
  std::vector<uint8_t> fixed_keys_;
  std::vector<std::string> keys_;
  // Scratch
  std::vector<Vector> forms_;
  std::vector<RowIndex> picked_;
  std::vector<uint64_t> prefixes_, sorted_prefixes_;   // of those picked
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
  void Play();
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
