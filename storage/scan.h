// TableScan and ScanCursor: reading a table vector by vector.
//
// A TableScan pins one version of the table for one snapshot and is shared by all workers; a ScanCursor belongs to one worker.
// The unit is the vector: 2,048 slots; vectors are numbered 0 … vectors()-1 in insertion order. A morsel is a range of vector numbers.
// Usage, with late materialisation:
//   cursor.Open(v) → rows visible there (0: nothing to do: pruned, deleted, empty)
//   cursor.Read(column, out): all visible rows of that vector, in order; decode what the filter needs, filter, then
//   cursor.Read(column, selection, out): only rows selection[i] (positions among the visible rows).
// Vectors read may refer to pinned segments or the cursor's buffers: valid as long as the vector lives.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "storage/table.h"
#include "types/vector.h"

namespace gather::storage {

// A necessary condition on a column, checked against zone maps only: the executor evaluates the full filter anyway.
struct ZoneFilter {
  enum class Op : uint8_t { kEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kIsNull, kIsNotNull };
  uint32_t column;                     // position in the scan's columns
  Op op;
  Datum value;                         // of the column's type
  bool or_null = false;                // nulls fulfil it too
};

struct IntegerRange {
  int64_t least = INT64_MAX, greatest = INT64_MIN;       // no value: least > greatest
};

class TableScan {
 public:
  TableScan(std::shared_ptr<TableStore> table, const Snapshot& snapshot, std::vector<ScanColumn> columns, std::vector<ZoneFilter> filters = {});
  ~TableScan();
  TableScan(const TableScan&) = delete;

  uint64_t vectors() const;
  const std::vector<ScanColumn>& columns() const;
  // The values that an integer column may have in rows the snapshot sees: of frozen row groups as their zones tell; the others' rows are looked
  // at. Nothing where they are many.
  std::optional<IntegerRange> RangeOf(uint32_t column) const;
  // Adds a filter found while running (runtime filter of a hash join, top-N bound). Thread-safe; cursors see it at their next Open.
  void AddFilter(ZoneFilter filter);

  struct State;
  State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

class ScanCursor {
 public:
  explicit ScanCursor(const TableScan& scan);
  ~ScanCursor();
  ScanCursor(ScanCursor&&) noexcept;

  // Rows of vector `number` that the snapshot sees. 0 also when zone maps exclude it.
  uint32_t Open(uint64_t number);
  void Read(uint32_t column, Vector& out);
  void Read(uint32_t column, const Selection& rows, Vector& out);
  void ReadRowIds(Vector& out);                        // type tid, physical kTid

  uint64_t vectors_pruned() const;                     // by zone maps, so far

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gather::storage
