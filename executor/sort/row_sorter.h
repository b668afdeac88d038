// RowSorter: sorts the staged rows of all participants as one, in rounds of independent parts, which any participants may run at the same time.
//
//   prepare     the keys that have no form as numbers are written as bytes               (only where there are such; parts: blocks)
//   count       how many entries begin with which bits                                  (not for few rows; parts: blocks)
//   divide      entries are made and put where their partition, a range of keys, begins  (parts: blocks)
//   sort        each partition, in the cache                                             (parts: partitions)
//
// Nothing is merged: the partitions follow each other. Rounds are begun by one thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "executor/sort/entry_sort.h"
#include "executor/sort/key_code.h"
#include "executor/sort/staged_rows.h"
#include "types/chunk.h"

namespace gather::executor {

// Rows of one participant with what is known of their keys.
struct StagedInput {
  StagedInput(std::span<const SqlType> types, std::vector<SortKeySlot> keys, MemoryBudget* budget);
  void Add(std::span<const Vector> columns, uint32_t rows);
  // With the entries that a sort of them needs, which most_bytes knows the most of.
  uint64_t bytes() const;
  uint64_t most_bytes() const { return rows.bytes() + rows.rows() * sizeof(WideEntry); }
  const std::vector<SortKeySlot> keys;
  StagedRows rows;
  std::vector<KeyStatistics> statistics;   // by key; of those without a number or text: nothing
};

// Sorted rows. Immutable, thread-safe.
class SortedRows {
 public:
  uint64_t rows() const { return rows_; }
  uint64_t bytes() const { return entry_bytes_; }
  // Rows [from, from + count) in order, count <= kVectorSize. `self` keeps their strings.
  void Load(uint64_t from, uint32_t count, const std::shared_ptr<const SortedRows>& self, Chunk& out) const;
  // Whether two rows have equal values, or nulls, in these columns.
  bool Equal(std::span<const uint32_t> columns, uint64_t a, uint64_t b) const;

 private:
  friend class RowSorter;
  uint64_t RowOf(uint64_t place) const;
  void Decode(uint32_t column, uint64_t from, uint32_t count, Vector& out) const;
  std::vector<std::shared_ptr<StagedInput>> inputs_;
  std::vector<const StagedBlock*> blocks_;
  std::vector<StagedColumn> columns_;
  std::unique_ptr<KeyCode> code_;
  std::unique_ptr<uint64_t[]> narrow_;     // entries of 64 bits, or
  std::unique_ptr<WideEntry[]> wide_;
  uint64_t rows_ = 0, entry_bytes_ = 0;
  MemoryReservation memory_;
};

class RowSorter {
 public:
  // The inputs have the same columns and keys.
  RowSorter(std::vector<std::shared_ptr<StagedInput>> inputs, MemoryBudget* budget);
  // Begins the next round, after all parts of the one before: how many parts it has; 0: sorted.
  uint32_t NextRound();
  void RunPart(uint32_t part);
  void RunAll();
  std::shared_ptr<const SortedRows> Take() { return std::move(sorted_); }

 private:
  enum class Round { kNone, kPrepare, kCount, kDivide, kSort, kDone };
  void AlignNumerics();
  void MakeCode();
  bool Divided() const { return sorted_->rows_ > kPartitionRows * 2; }
  void Prepare(uint32_t part);
  void Count(uint32_t part);
  void MakePartitions();
  template <class Entry>
  void Divide(uint32_t part, Entry* entries);
  template <class Entry>
  void SortPartition(uint32_t part, Entry* entries) const;
  template <class Visit>
  void ForEachVector(uint32_t part, const Visit& visit) const;

  static constexpr uint64_t kPartitionRows = 1 << 15;
  static constexpr uint32_t kMostPartitions = 1 << 11, kMostBinBits = 14, kMostParts = 64;

  const std::vector<std::shared_ptr<StagedInput>> inputs_;
  std::shared_ptr<SortedRows> sorted_;
  Round round_ = Round::kNone;
  size_t own_keys_ = 0;                     // keys before the rest
  std::vector<StringHeap> rest_heaps_;      // by part
  std::vector<KeyStatistics> rest_;         // by part
  uint32_t blocks_per_part_ = 1, parts_ = 0;
  uint32_t bin_bits_ = 0;
  std::vector<std::vector<uint32_t>> counts_;    // by part: by bin; then by partition: where its entries begin
  std::vector<std::vector<uint64_t>> starts_;    // by part: by partition
  std::vector<uint16_t> partition_of_bin_;
  std::vector<uint64_t> partitions_;             // where they begin, and the end
};

}  // namespace gather::executor
