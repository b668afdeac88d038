// RowPartitions: rows by partition of a hash: in memory while they are few, then on disk. What operators pass rows between participants in, and
// what they put aside until their turn.
//
// One participant adds; after Finish any number of readers, each its own Reader. Rows of different tags (a grouping set, a side of a set operation)
// may lie in one partition. A partition that is too large is divided by the next level's bits of the hash: kDeepest times, then it has few
// distinct hashes.
#pragma once

#include <memory>
#include <vector>

#include "executor/row/row_layout.h"
#include "executor/spill/row_spill.h"
#include "types/chunk.h"

namespace gather::executor {

class RowPartitions {
 public:
  static constexpr uint32_t kPartitions = 32, kDeepest = 3;
  // Bits of the hash that neither the slots (low) nor the tags (high) of hash tables use up.
  static uint32_t PartitionOf(uint64_t hash, uint32_t level) { return static_cast<uint32_t>(hash >> (32 - 5 * level)) & (kPartitions - 1); }

  // At most `most_bytes` stay in memory; what is more goes to files in `directory`.
  RowPartitions(const std::vector<SqlType>& types, uint32_t level, uint64_t most_bytes, std::string directory, MemoryBudget* budget);
  RowPartitions(const RowPartitions&) = delete;

  // Rows pick[i] of `rows` (null: all), hashes[pick[i]] being their hashes.
  void Add(const Chunk& rows, const RowIndex* pick, uint32_t count, const uint64_t* hashes, uint32_t tag);
  void Finish();

  uint32_t level() const { return level_; }
  uint64_t rows(uint32_t partition) const { return rows_[partition]; }
  uint64_t bytes() const { return store_ == nullptr ? 0 : store_->bytes() + pointers_.bytes(); }
  uint64_t disk_bytes() const { return spill_ == nullptr ? 0 : spill_->bytes(); }

  class Reader {
   public:
    Reader(const RowPartitions& from, uint32_t partition);
    // The next rows, all of one tag; false at the end.
    bool Next(Chunk& out, uint32_t* tag);

   private:
    bool Fill();
    const RowPartitions& from_;
    const uint32_t partition_;
    std::unique_ptr<RowSpill::Reader> file_;
    size_t taken_ = 0;                       // rows in memory
    std::vector<uint8_t*> rows_, same_;
    std::shared_ptr<RowStore> store_;        // of `rows_`
  };

 private:
  const RowLayout layout_;
  const uint32_t level_;
  const uint64_t most_bytes_;
  const std::string directory_;
  MemoryBudget* const budget_;
  std::shared_ptr<RowStore> store_;
  std::vector<std::vector<uint8_t*>> in_memory_;   // by partition
  std::vector<uint64_t> rows_;
  MemoryReservation pointers_;                     // of in_memory_
  std::unique_ptr<RowSpill> spill_;
  std::vector<uint8_t*> new_rows_;
};

}  // namespace gather::executor
