// IndexProbe: row ids of an index condition, for one set of bounds or for every row of an outer chunk; and the rows behind them.
//
// One participant's. A key that names all columns of a unique index is a point lookup (no iterator).
#pragma once

#include <memory>
#include <vector>

#include "executor/expression/evaluator.h"
#include "executor/operators/scan_columns.h"
#include "index/ordered_index.h"
#include "planner/plan.h"

namespace gather::executor {

class IndexProbe {
 public:
  using Range = index::OrderedIndex::Range;
  IndexProbe(const planner::IndexCondition& condition, bool backward, Participant& participant);
  // Evaluates the bounds for all rows of `input` (one row without an outer chunk).
  void Bind(const EvaluationInput& input);
  // Begins the range of row `row`.
  void Start(RowIndex row);
  // Up to `capacity` further row ids in index order; 0 at the end.
  uint32_t Next(RowId* ids, uint32_t capacity);

  // For who reads the index itself: the ranges of a condition without outer row, in the order of the scan.
  std::vector<Range> Ranges();
  const index::OrderedIndex& index() const { return index_; }
  storage::Transaction* transaction() const { return transaction_; }

 private:
  Datum ValueOf(size_t which, RowIndex row) const { return values_[which].Get(row); }
  // The key of `row`; false: nothing can be equal to it. With IN, any_ are then the keys' values in column any_at.
  bool MakeKey(RowIndex row);
  Range RangeOf(RowIndex row) const;     // of key_
  void StartNext();                      // the next value of the list

  const planner::IndexCondition& condition_;
  const bool backward_;
  const index::OrderedIndex& index_;
  storage::Transaction* const transaction_;
  bool point_ = false;
  std::vector<EvaluatorPtr> bounds_;     // equal, then lower, then upper
  std::vector<Vector> values_;
  std::vector<EvaluatorPtr> list_;       // any
  std::vector<Vector> list_values_;
  RowIndex row_ = 0;
  std::vector<Datum> key_;
  std::vector<Datum> any_;               // distinct, in the order of the scan
  size_t any_next_ = 0;
  std::unique_ptr<index::OrderedIndex::Cursor> cursor_;
  std::vector<RowId> found_;             // of a point lookup
  size_t found_at_ = 0;
};

// Visible rows among `ids`, as the scan's raw columns; position[i]: which id output row i has.
class RowFetch {
 public:
  RowFetch(const std::vector<planner::ScanColumnRef>& columns, const catalog::RelationEntry& table) : table_(table), columns_(columns, table) {}
  uint32_t Fetch(const storage::Snapshot& snapshot, std::span<const RowId> ids, Chunk& scratch, Selection& position, Chunk& out) const;

 private:
  const catalog::RelationEntry& table_;
  const ScanColumns columns_;
};

}  // namespace gather::executor
