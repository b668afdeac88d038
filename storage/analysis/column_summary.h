// SummarizeColumn: distinct values, most common values, histogram and correlation of one column from sampled values, by the rules of
// PostgreSQL's compute_scalar_stats (analyze.c), so that pg_stats of a table read whole shows what PostgreSQL shows. Pure; thread-safe.
#pragma once

#include <optional>

#include "storage/analysis/analysis.h"

namespace gather::storage {

struct ColumnSample {
  const Vector* values;                                  // of the sampled rows in the table's order; flat
  uint32_t rows = 0;
  double table_rows = 0;
  std::optional<double> distinct;                        // of the whole table, where it is known better than from `values`
  std::optional<double> null_fraction;                   // likewise
  int target = 100;
};

// Fills all but id, type and `together`.
void SummarizeColumn(const ColumnSample& sample, ColumnAnalysis* out);

// Bytes PostgreSQL stores the value in; avg_width is their average.
double StoredWidth(const Vector& values, RowIndex row);

}  // namespace gather::storage
