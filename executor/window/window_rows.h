// WindowRows: some whole partitions, in order, and where partitions and peer groups begin in them.
//
//   partition   rows with equal partition keys           peers   rows of a partition with equal order keys
// Rows are numbered from 0. A participant fills it with Add and then reads it chunk by chunk; what exceeds work_mem lies on disk.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "executor/chunk_store.h"
#include "planner/plan.h"

namespace gather::executor {

// What every row of one chunk belongs to, as row numbers: [start, end).
struct WindowChunk {
  size_t number = 0;
  uint64_t first = 0;                      // row number of its first row
  uint32_t rows = 0;
  std::vector<uint64_t> partition, partition_end, peers, peers_end;
};

class WindowRows {
 public:
  WindowRows(const planner::WindowAggNode& node, MemoryBudget* budget, const SpillPolicy& policy);

  // Marks where partitions and peer groups begin in `rows`, which continue those before; returns the row (of `rows`) at which its last partition
  // begins, nothing if all of them belong to the partition before.
  std::optional<uint32_t> Mark(const Chunk& rows);
  // Appends rows [from, to) of the chunk that was marked last.
  void Add(const Chunk& rows, uint32_t from, uint32_t to);
  void Clear();

  const ChunkStore& store() const { return store_; }
  uint64_t rows() const { return store_.rows(); }
  void Describe(size_t chunk, WindowChunk& out) const;
  // First row of the peer group before the one that begins at `start`.
  uint64_t PeersBefore(uint64_t start) const { return LastAt(peer_starts_, start - 1); }
  // End of the peer group that `row` belongs to.
  uint64_t PeersEnd(uint64_t row) const { return FirstAfter(peer_starts_, row); }

 private:
  using Bits = std::vector<uint64_t>;
  uint64_t FirstAfter(const Bits& bits, uint64_t row) const;
  static uint64_t LastAt(const Bits& bits, uint64_t row);
  void Differences(const Chunk& rows, const std::vector<uint32_t>& keys, std::vector<uint8_t>& starts);

  const std::vector<uint32_t> partition_keys_;
  std::vector<uint32_t> order_keys_;
  ChunkStore store_;
  Bits partition_starts_, peer_starts_;    // by row number
  std::vector<uint8_t> new_partition_, new_peers_;   // of the marked chunk
  Chunk last_;                             // one row: the last of the chunk marked before; empty at first
  Selection row_before_;                   // of each row of a chunk
  std::vector<uint8_t> equal_;
};

// One column of a WindowRows, row by row in any order: cheap where the rows asked for are near each other.
class WindowColumn {
 public:
  WindowColumn(const WindowRows& rows, uint32_t column) : rows_(&rows), reader_(rows.store()), column_(column) {}
  struct Value { const Vector& vector; uint32_t row; };
  Value At(uint64_t row) {
    Seek(row);
    return {*vector_, static_cast<uint32_t>(row - first_)};
  }
  bool IsNull(uint64_t row) {
    const Value value = At(row);
    return value.vector.IsNull(value.row);
  }
  // Rows [row, …) of the same chunk.
  uint32_t RowsFrom(uint64_t row) {
    Seek(row);
    return static_cast<uint32_t>(end_ - row);
  }

 private:
  void Seek(uint64_t row) {
    if (row < first_ || row >= end_) Load(row);
  }
  void Load(uint64_t row);

  const WindowRows* rows_;
  ChunkStore::Reader reader_;
  uint32_t column_;
  const Vector* vector_ = nullptr;
  Vector packed_;                          // numerics, which may differ in representation from chunk to chunk
  uint64_t first_ = 0, end_ = 0;
};

}  // namespace gather::executor
