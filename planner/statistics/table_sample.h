// TableSample: a few vectors of a table, spread over its length, read for one planning: what ANALYZE would know, asked of the rows themselves.
//
// Columns are read when first asked for. Single-threaded; holds the pinned scan as long as it lives.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "planner/plan.h"
#include "storage/scan.h"

namespace gather::planner {

class TableSample {
 public:
  TableSample(const catalog::RelationEntry& table, const storage::Snapshot& snapshot);
  ~TableSample();

  uint32_t rows() const { return rows_; }
  bool is_whole() const { return whole_; }             // every row of the table is in it

  // Share of the rows for which the predicate over (relation column index) kSlot is true; nothing when it cannot be evaluated.
  std::optional<double> Matching(const ExprRef& predicate, std::span<const uint32_t> columns, ConstantEvaluator& evaluator);
  struct ColumnSummary {
    double distinct = 0;                               // of the whole table's values, estimated
    double null_fraction = 0;
    double together = 1;                               // rows of one value in a vector that has it: neighbours are fetched for one price
  };
  const ColumnSummary& Summary(uint32_t column, double table_rows);

 private:
  struct Block;
  const Vector& Read(Block& block, uint32_t column);

  const catalog::RelationEntry& table_;
  std::unique_ptr<storage::TableScan> scan_;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::vector<std::optional<ColumnSummary>> summaries_;
  uint32_t rows_ = 0;
  bool whole_ = false;
};

}  // namespace gather::planner
