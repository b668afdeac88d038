#include "planner/statistics/table_sample.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "types/compare.h"
#include "types/error.h"

namespace gather::planner {

namespace {
// Vectors read per table: 8,192 rows tell a selectivity of 1 % within a tenth of it, and cost some 50 µs a column.
constexpr uint64_t kSampledVectors = 4;
}  // namespace

struct TableSample::Block {
  explicit Block(const storage::TableScan& scan) : cursor(scan) {}
  storage::ScanCursor cursor;
  uint32_t rows = 0;
  std::map<uint32_t, Vector> columns;
};

TableSample::TableSample(const catalog::RelationEntry& table, const storage::Snapshot& snapshot) : table_(table) {
  std::vector<storage::ScanColumn> columns;
  for (const catalog::ColumnEntry& column : table.columns) columns.push_back({column.id, column.type, column.missing});
  scan_ = std::make_unique<storage::TableScan>(table.table, snapshot, std::move(columns));
  summaries_.resize(table.columns.size());
  const uint64_t vectors = scan_->vectors();
  const uint64_t take = std::min(vectors, kSampledVectors);
  whole_ = vectors <= kSampledVectors;
  for (uint64_t i = 0; i < take; ++i) {
    // The middle of each of `take` equal parts.
    const uint64_t number = whole_ ? i : (2 * i + 1) * vectors / (2 * take);
    auto block = std::make_unique<Block>(*scan_);
    block->rows = block->cursor.Open(number);
    if (block->rows == 0) continue;
    rows_ += block->rows;
    blocks_.push_back(std::move(block));
  }
}

TableSample::~TableSample() = default;

const Vector& TableSample::Read(Block& block, uint32_t column) {
  const auto found = block.columns.find(column);
  if (found != block.columns.end()) return found->second;
  Vector& vector = block.columns[column];
  block.cursor.Read(column, vector);
  return vector;
}

std::optional<double> TableSample::Matching(const ExprRef& predicate, std::span<const uint32_t> columns, ConstantEvaluator& evaluator) {
  if (rows_ == 0) return std::nullopt;
  uint64_t matches = 0;
  try {
    for (const auto& block : blocks_) {
      Chunk chunk;
      for (uint32_t column : columns) chunk.Add(Read(*block, column));
      chunk.set_rows(block->rows);
      const int64_t count = evaluator.CountMatches(predicate, chunk);
      if (count < 0) return std::nullopt;
      matches += static_cast<uint64_t>(count);
    }
  } catch (const SqlError&) {
    return std::nullopt;                               // it will be raised, or not, when the statement runs
  }
  return static_cast<double>(matches) / rows_;
}

const TableSample::ColumnSummary& TableSample::Summary(uint32_t column, double table_rows) {
  if (summaries_[column].has_value()) return *summaries_[column];
  ColumnSummary summary;
  // Rows of a vector are neighbours and often alike (clustered keys, dates), so a vector counts each of its values once: "once" and "twice"
  // below are numbers of vectors.
  std::unordered_map<uint64_t, uint32_t> vectors_with;
  uint64_t nulls = 0, sightings = 0;
  std::vector<uint64_t> hashes(kVectorSize);
  for (const auto& block : blocks_) {
    const Vector& vector = Read(*block, column);
    HashVector(vector, block->rows, hashes.data(), false);
    std::sort(hashes.begin(), hashes.begin() + block->rows);
    for (uint32_t i = 0; i < block->rows; ++i) {
      if (hashes[i] == kNullHash) {
        ++nulls;
      } else if (i == 0 || hashes[i] != hashes[i - 1]) {
        ++vectors_with[hashes[i]];
        ++sightings;
      }
    }
  }
  const double sampled = static_cast<double>(rows_ - nulls);
  const auto distinct = static_cast<double>(vectors_with.size());
  const auto once = static_cast<double>(std::count_if(vectors_with.begin(), vectors_with.end(), [](const auto& entry) { return entry.second == 1; }));
  summary.together = sightings == 0 ? 1 : std::max(1.0, sampled / static_cast<double>(sightings));
  summary.null_fraction = rows_ == 0 ? 0 : static_cast<double>(nulls) / rows_;
  const double rows = std::max(table_rows * (1 - summary.null_fraction), sampled);
  if (whole_ || sampled <= 0) {
    summary.distinct = distinct;
  } else {
    // Haas and Stokes' Duj1, as PostgreSQL's ANALYZE has it, n * d / (n - f1 + f1 * n / N), over sightings instead of rows.
    const auto n = static_cast<double>(sightings);
    const double all = rows * n / sampled;
    const double denominator = n - once + once * n / all;
    summary.distinct = std::clamp(denominator <= 0 ? rows : n * distinct / denominator, distinct, rows);
  }
  summaries_[column] = summary;
  return *summaries_[column];
}

}  // namespace gather::planner
