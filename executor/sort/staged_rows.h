// StagedRows: the rows that one participant of a sort has collected, column by column, in blocks, until all are there.
//
//   block: kBlockRows rows; of each column an array of values, and an array of bytes that are 1 for null where the block has nulls
//
// A full block's integers are kept as differences from the block's least one, in as few bytes as these need. Numeric is kept as integers while
// all values have one scale, else packed. Long strings lie in a heap beside. One thread at a time until sealed; then immutable but for
// PackNumeric; the owner of the rows keeps what vectors made of them refer to.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include "types/memory_budget.h"
#include "types/vector.h"

namespace gather::executor {

template <class T>
T ReadAt(const uint8_t* values, size_t row) {
  T value;
  std::memcpy(&value, values + row * sizeof(T), sizeof(T));
  return value;
}

// Values of one column in one block.
struct StagedValues {
  std::unique_ptr<uint8_t[]> values;
  std::unique_ptr<uint8_t[]> nulls;        // null pointer: none
  uint32_t width = 0;                      // bytes of a value
  bool narrowed = false;                   // value = OrderedInteger^-1(base + difference)
  uint64_t base = 0;
  bool null(uint32_t row) const { return nulls != nullptr && nulls[row] != 0; }
  // Of narrowed values: the value as OrderedInteger.
  uint64_t Ordered(uint64_t row) const {
    switch (width) {
      case 1: return base + ReadAt<uint8_t>(values.get(), row);
      case 2: return base + ReadAt<uint16_t>(values.get(), row);
      case 4: return base + ReadAt<uint32_t>(values.get(), row);
      default: return base + ReadAt<uint64_t>(values.get(), row);
    }
  }
};

struct StagedBlock {
  uint32_t rows = 0;
  std::vector<StagedValues> columns;
  std::unique_ptr<StringRef[]> rest;       // RowSorter's: keys that are compared as bytes
};

// A signed integer as an unsigned one of the same order, and back.
inline uint64_t OrderedInteger(int64_t value) { return static_cast<uint64_t>(value) ^ uint64_t{1} << 63; }
inline int64_t PlainInteger(uint64_t ordered) { return static_cast<int64_t>(ordered ^ uint64_t{1} << 63); }

struct StagedColumn {
  SqlType type;
  PhysicalType physical;
  NumericShape shape;                      // numeric as integers
  bool settled = false;                    // numeric: the representation is known
  bool integer() const { return physical == PhysicalType::kInt16 || physical == PhysicalType::kInt32 || physical == PhysicalType::kInt64; }
};

class StagedRows {
 public:
  static constexpr uint32_t kBlockBits = 16, kBlockRows = 1 << kBlockBits;
  StagedRows(std::span<const SqlType> types, MemoryBudget* budget);
  StagedRows(const StagedRows&) = delete;

  void Add(std::span<const Vector> columns, uint32_t rows);
  // No more rows.
  void Seal();
  // Turns a numeric column of integers into packed values.
  void PackNumeric(size_t column);

  uint64_t rows() const { return rows_; }
  uint64_t bytes() const { return memory_.bytes(); }
  const std::vector<StagedColumn>& columns() const { return columns_; }
  std::vector<StagedBlock>& blocks() { return blocks_; }

 private:
  void Reserve(uint32_t rows);             // room for so many rows in the open block
  void Append(size_t column, const Vector& vector, uint32_t rows);
  void AppendStrings(size_t column, const VectorView& view, uint32_t rows);
  void Settle(size_t column, const Vector& vector);
  void Close();

  std::vector<StagedColumn> columns_;
  std::vector<StagedBlock> blocks_;
  StagedBlock open_;                       // values as they are, not narrowed
  uint32_t open_capacity_ = 0;
  uint64_t rows_ = 0;
  StringHeap heap_;
  MemoryReservation memory_;
  uint64_t heap_charged_ = 0;
};

// Values of a column, rows[i] = block number << kBlockBits | row in it, of `blocks`; flat. `owner` keeps their strings.
void LoadStaged(const StagedColumn& column, size_t number, std::span<const StagedBlock* const> blocks, const uint64_t* rows, uint32_t count,
                const std::shared_ptr<const void>& owner, Vector& out);

}  // namespace gather::executor
