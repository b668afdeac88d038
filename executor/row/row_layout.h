// Row layout: how hash tables and sorts keep rows: one fixed-size record per row, strings in an arena beside.
//
//   header (the table's own: hash, next pointer, sort key …) | one null byte per column | columns, aligned | tail (aggregate states, 16-aligned)
//
// A column takes its physical size; strings are StringRefs whose long bytes lie in the RowStore's heap. Numeric is always packed, so that
// all rows of a table are alike. Functions on rows are typed loops over a column: the type is looked at once per vector. Immutable; thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "types/memory_budget.h"
#include "types/vector.h"

namespace gather::executor {

struct RowColumn {
  SqlType type;
  PhysicalType physical;
  uint32_t size;
  uint32_t offset;                       // of the value
  uint32_t null_offset;                  // of the byte that is 1 for null
};

class RowLayout {
 public:
  RowLayout() = default;
  RowLayout(std::span<const SqlType> types, uint32_t header_bytes, uint32_t tail_bytes = 0);
  size_t columns() const { return columns_.size(); }
  const RowColumn& column(size_t i) const { return columns_[i]; }
  uint32_t size() const { return size_; }
  uint32_t tail() const { return tail_; }

 private:
  std::vector<RowColumn> columns_;
  uint32_t tail_ = 0;
  uint32_t size_ = 0;
};

// Rows of one layout in blocks that never move. One thread at a time.
class RowStore {
 public:
  RowStore(const RowLayout& layout, MemoryBudget* budget);
  RowStore(const RowStore&) = delete;
  // A new row, contents undefined. Throws 53200 when the budget is used up.
  uint8_t* NewRow() {
    if (used_ == block_rows_) NewBlock();
    ++rows_;
    return blocks_.back().get() + static_cast<size_t>(used_++) * row_size_;
  }
  uint64_t rows() const { return rows_; }
  uint64_t bytes() const { return memory_.bytes(); }
  StringHeap& heap() { return heap_; }
  // Charges what the heap has grown by. Call after storing a chunk.
  void ChargeHeap();
  // Rows block by block: visit(first row, number of rows, row size).
  template <class Visit>
  void ForEachBlock(const Visit& visit) const {
    for (size_t i = 0; i < blocks_.size(); ++i) visit(blocks_[i].get(), i + 1 == blocks_.size() ? used_ : rows_of_[i], row_size_);
  }
  size_t blocks() const { return blocks_.size(); }
  uint8_t* block(size_t i) const { return blocks_[i].get(); }
  uint32_t block_rows(size_t i) const { return i + 1 == blocks_.size() ? used_ : rows_of_[i]; }
  uint32_t row_size() const { return row_size_; }

 private:
  void NewBlock();
  const uint32_t row_size_;
  uint32_t block_rows_ = 0;              // capacity of the last block
  uint32_t used_ = 0;                    // of the last block
  uint64_t rows_ = 0;
  struct Free { void operator()(uint8_t* block) const { ::operator delete(block, std::align_val_t{16}); } };
  std::vector<std::unique_ptr<uint8_t, Free>> blocks_;
  std::vector<uint32_t> rows_of_;
  StringHeap heap_;
  uint64_t heap_charged_ = 0;
  MemoryReservation memory_;
};

// The vector as rows keep it: numeric packed, everything else as it is.
Vector RowForm(const Vector& vector, uint32_t rows);

// Writes value vector[pick[i]] (pick null: i) into rows[i]. `vector` in row form. Long strings are copied to `heap`.
void StoreColumn(const RowColumn& column, const Vector& vector, const RowIndex* pick, uint32_t count, uint8_t* const* rows, StringHeap& heap);
// out[i] = the column of rows[i]; flat. Strings are referred to: `owner` keeps them. Null rows[i] (a null pointer): null, if `outer`.
void LoadColumn(const RowColumn& column, uint8_t* const* rows, uint32_t count, const std::shared_ptr<const void>& owner, Vector& out);
// equal[i] &= vector[pick[i]] equals the column of rows[i]. `vector` in row form.
void MatchColumn(const RowColumn& column, const Vector& vector, const RowIndex* pick, uint32_t count, uint8_t* const* rows, bool nulls_equal,
                 uint8_t* equal);

}  // namespace gather::executor
