// TableAnalysis: what ANALYZE, or a planner's first look, found out about the rows of a table: per column what pg_stats shows, and a sample of
// whole rows on which predicates can be evaluated.
//
// Immutable, shared by every session that plans over the table (shared_ptr<const TableAnalysis>). Made by Analyze (collect.cc), written to and read
// from disk by record.cc, kept by the table (TableStore::analysis, TableStore::CurrentAnalysis; keep.cc).
// Columns are named by ColumnId and carry their type: who asks for a column that has changed its type since finds nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/table.h"
#include "types/chunk.h"

namespace gather::storage {

struct ColumnAnalysis {
  ColumnId id;
  SqlType type;
  double null_fraction = 0;
  double average_width = 0;                              // of the values that are not null, in bytes
  // Distinct values, as PostgreSQL counts them: negative, the share of the rows that they are, where they grow with the table. 0: not known.
  double distinct = 0;
  // Most common values, most common first, with their share of all rows. All values there are when `common_is_all`.
  Vector common;
  std::vector<float> frequencies;
  std::vector<uint64_t> common_hashes;                   // HashVector's
  bool common_is_all = false;
  // Bounds of parts with equally many of the other values, ascending.
  Vector bounds;
  uint32_t bound_count = 0;
  // Between the order of the values and that of the rows, -1 to 1; nothing where values have no order.
  std::optional<float> correlation;
  // Rows of one value within a vector that has it: how many neighbours one fetch through an index finds.
  double together = 1;
  bool listed = true;                                    // false: ANALYZE was asked for other columns; planners may use it, pg_stats does not show it

  // Distinct values among `rows` rows of the table.
  double DistinctAmong(double rows) const { return distinct >= 0 ? distinct : -distinct * rows; }
};

// When a table was analysed, µs since 2000 (0: never), and how often.
struct AnalysisHistory {
  int64_t by_command_at = 0, automatic_at = 0;
  uint64_t by_command = 0, automatic = 0;
};

class TableAnalysis {
 public:
  AnalysisHistory history;
  double rows = 0;                                       // the table's when it was made
  std::vector<ColumnAnalysis> columns;
  // Rows spread over the table, in their order, in chunks of kVectorSize; column i belongs to columns[i]. All rows when `sample_is_all`.
  std::vector<Chunk> sample;
  uint32_t sample_rows = 0;
  uint32_t sampled_rows = 0;                             // looked at for the columns; not kept on disk
  bool sample_is_all = false;

  const ColumnAnalysis* Find(ColumnId id, SqlType type) const {
    const int at = Position(id, type);
    return at < 0 ? nullptr : &columns[static_cast<size_t>(at)];
  }
  int Position(ColumnId id, SqlType type) const;         // of a column; -1: not analysed
};
using AnalysisRef = std::shared_ptr<const TableAnalysis>;

struct AnalysisRequest {
  std::vector<ScanColumn> columns;
  std::vector<int> targets;                              // entries of most common values and histogram, per column; 0: do not analyse it
  uint32_t sampled_rows = 30000;                         // tables with no more rows are read whole
  uint32_t sampled_vectors = 256;                        // at most, of larger ones
  // Up to this many rows, distinct values and nulls are counted over all of them.
  uint64_t counted_rows = 0;
  std::function<void()> pause;                           // called before each vector of a column is read: interrupts, cost limits; may throw
};

// Throws what reading throws.
AnalysisRef Analyze(const std::shared_ptr<TableStore>& table, const Snapshot& snapshot, const AnalysisRequest& request);

// The request of ANALYZE with PostgreSQL's sample size, 300 rows for each entry wanted.
AnalysisRequest FullAnalysis(std::vector<ScanColumn> columns, std::vector<int> targets);
// The request of a planner that finds nothing: fewer rows, from few places.
AnalysisRequest QuickAnalysis(std::vector<ScanColumn> columns);

// ---- What a table keeps (keep.cc). Thread-safe.

// The last result of ANALYZE, read from disk when first asked for; null: there is none.
AnalysisRef KeptAnalysis(const TableStore& table);
// The newest there is for planning: ANALYZE's, or where a tenth of the rows has changed since, one from a quick look at the rows that everybody or
// `snapshot`'s own transaction sees, shared by all sessions until as much has changed again. Null when the rows cannot be read.
AnalysisRef CurrentAnalysis(const std::shared_ptr<TableStore>& table, const Snapshot& snapshot, std::span<const ScanColumn> columns);
// What Analyze is about to be asked will be kept: remembers how far the table has come. Then makes the result the last one, durably; columns
// analysed before and now not `listed` stay as they were.
uint64_t BeginAnalysis(const TableStore& table);
void KeepAnalysis(const TableStore& table, TableAnalysis analysis, uint64_t begun, bool automatic, int64_t now);
// The rows of `former` have gone, or moved to `table`: what ANALYZE found out about them stays until the next one.
void TakeOverAnalysis(const TableStore& former, const TableStore& table);

std::string EncodeAnalysis(const TableAnalysis& analysis);
// Null for a record that is damaged or of another version: then nothing is known.
AnalysisRef DecodeAnalysis(std::string_view record);

}  // namespace gather::storage
