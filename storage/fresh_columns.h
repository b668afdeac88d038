// FreshColumns: the rows of an open row group in memory, as typed columns, 2,048 rows a block.
//
// Appended to by whoever holds the row group's latch; read by anyone. A block's arrays never move under a reader: growing makes new
// arrays and leaves the old ones to those who pinned them. A reader asks only for rows that its pin covers; those are never written again.
//
// Numeric columns hold scaled integers of their typmod where every value of the block fits, else packed values.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "storage/byte_io.h"
#include "storage/table.h"
#include "types/memory_budget.h"
#include "types/vector.h"

namespace gather::storage {

// The rows of an Insert, each vector flat or not, numeric columns in the representation that storage keeps.
struct ColumnSource {
  ColumnId id;
  const Vector* values;
};

// Totals of one table, kept up by commits and by those who hold its rows.
struct TableCounters {
  explicit TableCounters(MemoryBudget* charged) : budget(charged) {}
  MemoryBudget* const budget;                            // fresh rows charge it; may be null
  std::atomic<int64_t> live{0};
  std::atomic<int64_t> dead{0};
  // Rows written by commits; `changed`: all of them, `appended`: slots taken by anyone, committed or not.
  std::atomic<uint64_t> inserted{0}, updated{0}, deleted{0}, changed{0}, appended{0};
  std::atomic<uint64_t> changed_before{0};               // `changed` when the last ANALYZE began
  std::atomic<uint64_t> frozen_bytes{0};
  std::atomic<uint64_t> fresh_bytes{0};
};

class FreshColumns {
 public:
  FreshColumns(std::vector<StoredColumn> columns, std::shared_ptr<TableCounters> counters);
  ~FreshColumns();
  FreshColumns(const FreshColumns&) = delete;

  const std::vector<StoredColumn>& columns() const { return columns_; }
  int Find(ColumnId id) const;                           // position, -1 when absent
  bool Holds(std::span<const StoredColumn> columns) const;

  // Rows [from, from + count) of the sources behind slot `at`, which must be the present end. Columns without source become null.
  // Throws 53200, nothing appended, when the memory budget is used up.
  void Append(std::span<const ColumnSource> sources, uint32_t from, uint32_t count, uint32_t at, bool must_be_charged = true);
  // The first `rows` rows of a vector of column `position`, without copying values.
  void Read(uint32_t position, uint32_t vector, uint32_t rows, Vector& out) const;
  // Chunk record of rows [first, first + count): see chunk format in fresh_columns.cc.
  std::string Serialize(uint32_t first, uint32_t count) const;
  // Rows of a chunk record into slot `at` and following. Gaps before are left as null rows.
  uint32_t Load(std::string_view record, uint32_t at);
  static std::vector<ColumnId> ColumnsOf(std::string_view record);

 private:
  struct Block {
    PhysicalType physical = PhysicalType::kInt32;
    NumericShape shape;
    uint32_t capacity = 0;
    std::shared_ptr<uint8_t[]> data;
    std::shared_ptr<std::atomic<uint64_t>[]> validity;   // null: all valid
    std::shared_ptr<StringHeap> heap;                    // long strings
  };
  struct Column {
    std::vector<Block> blocks;
  };
  Block& Reserve(Column& column, const StoredColumn& stored, uint32_t vector, uint32_t rows);
  void AppendColumn(Column& column, const StoredColumn& stored, const Vector* values, uint32_t from, uint32_t count, uint32_t at);
  void Pack(Block& block, const StoredColumn& stored, uint32_t rows);
  void Charge(uint64_t bytes, bool must);                // latch held
  static void ReadBlock(const Block& block, SqlType type, uint32_t rows, Vector& out);

  const std::vector<StoredColumn> columns_;
  const std::shared_ptr<TableCounters> counters_;
  uint64_t row_bytes_ = 0;                               // of a row's fixed part; constant
  mutable std::mutex latch_;                             // of everything below; held to copy pointers or append one chunk
  std::vector<Column> data_;
  uint64_t bytes_ = 0;
  MemoryReservation memory_;
};

// `vector` as storage keeps it: numeric scaled by its typmod where that is exact; everything else unchanged.
Vector StoredForm(const Vector& vector, SqlType type, uint32_t rows);
// Representation and shape that StoredForm aims at.
PhysicalType StoredPhysical(SqlType type);

}  // namespace gather::storage
