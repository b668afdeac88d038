// Reading a table for its analysis: all of a small one, vectors spread evenly over a larger one.
#include <algorithm>
#include <cmath>

#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/analysis/analysis.h"
#include "storage/analysis/column_summary.h"
#include "storage/analysis/hyper_log_log.h"
#include "storage/append_rows.h"
#include "storage/scan.h"
#include "types/compare.h"

namespace gather::storage {

namespace {

// Rows kept to evaluate predicates on: 4,096 tell a share of 1 % within a sixth of it.
constexpr uint32_t kSampleRows = 2 * kVectorSize;
constexpr uint32_t kRowsPerTarget = 300;                 // PostgreSQL's
constexpr uint64_t kCountedRows = uint64_t{1} << 23;     // some 0.1 s a column
// What a planner reads that finds nothing: 16 vectors.
constexpr uint32_t kQuickRows = 8192, kQuickVectors = 16;
constexpr int kQuickTarget = 100;

// What is learnt of one column while vectors go by.
struct Collected {
  Vector values;                                         // sampled
  std::unique_ptr<HyperLogLog> counter;                  // of all rows, if they are counted
  uint64_t counted_nulls = 0;
  // Rows of a vector are neighbours and often alike (clustered keys, dates), so a vector counts each of its values once.
  boost::unordered_flat_map<uint64_t, uint32_t> vectors_with;
  uint64_t sightings = 0, present = 0;

  void See(const uint64_t* hashes, uint32_t rows, bool whole) {
    boost::unordered_flat_map<uint64_t, uint32_t>& seen = scratch;
    seen.clear();
    uint32_t nulls = 0;
    for (uint32_t i = 0; i < rows; ++i) {
      if (hashes[i] == kNullHash) ++nulls; else ++seen[hashes[i]];
    }
    present += rows - nulls;
    sightings += seen.size();
    if (whole) return;
    for (const auto& [hash, count] : seen) ++vectors_with[hash];
  }
  boost::unordered_flat_map<uint64_t, uint32_t> scratch;
};

// Duj1 over sightings in vectors in place of rows: 4 rows of a clustered key in one vector are one sighting.
double DistinctBySightings(const Collected& column, double rows) {
  const auto n = static_cast<double>(column.sightings), distinct = static_cast<double>(column.vectors_with.size());
  double once = 0;
  for (const auto& [hash, vectors] : column.vectors_with) once += vectors == 1 ? 1 : 0;
  const double all = rows * n / static_cast<double>(column.present);
  const double denominator = n - once + once * n / std::max(all, n);
  return std::clamp(denominator <= 0 ? rows : n * distinct / denominator, distinct, std::max(distinct, rows));
}

// `count` of the rows [0, rows), one from each of as many equal parts.
void Spread(uint32_t rows, uint32_t count, uint64_t seed, Selection& out) {
  out.Renew();
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t begin = uint64_t{i} * rows / count, end = uint64_t{i + 1} * rows / count;
    seed = seed * 6364136223846793005ull + 1442695040888963407ull;
    out.Add(static_cast<RowIndex>(begin + (seed >> 33) % std::max<uint64_t>(1, end - begin)));
  }
}

}  // namespace

AnalysisRequest FullAnalysis(std::vector<ScanColumn> columns, std::vector<int> targets) {
  AnalysisRequest request;
  const int most = targets.empty() ? 0 : *std::max_element(targets.begin(), targets.end());
  request.columns = std::move(columns);
  request.targets = std::move(targets);
  request.sampled_rows = kRowsPerTarget * static_cast<uint32_t>(std::max(most, 1));
  request.sampled_vectors = std::max<uint32_t>(256, request.sampled_rows / 128);
  request.counted_rows = kCountedRows;
  return request;
}

AnalysisRequest QuickAnalysis(std::vector<ScanColumn> columns) {
  AnalysisRequest request;
  request.targets.assign(columns.size(), kQuickTarget);
  request.columns = std::move(columns);
  request.sampled_rows = kQuickRows;
  request.sampled_vectors = kQuickVectors;
  return request;
}

AnalysisRef Analyze(const std::shared_ptr<TableStore>& table, const Snapshot& snapshot, const AnalysisRequest& request) {
  TableScan scan(table, snapshot, request.columns);
  const uint64_t vectors = scan.vectors(), live = table->statistics().rows;
  const bool whole = vectors * kVectorSize <= request.sampled_rows + kVectorSize || (live <= request.sampled_rows && vectors * kVectorSize <= 8 * live);
  const bool counted = !whole && live <= request.counted_rows;
  const uint64_t take = whole ? vectors : std::min<uint64_t>(vectors, request.sampled_vectors);
  const auto each = static_cast<uint32_t>(whole ? kVectorSize : std::min<uint64_t>(kVectorSize, (request.sampled_rows + take - 1) / std::max<uint64_t>(1, take)));

  std::vector<uint32_t> wanted;
  for (uint32_t c = 0; c < request.columns.size(); ++c) {
    if (request.targets[c] > 0) wanted.push_back(c);
  }
  std::vector<Collected> collected(wanted.size());
  for (size_t i = 0; i < wanted.size(); ++i) {
    collected[i].values = Vector(request.columns[wanted[i]].type, static_cast<uint32_t>(std::max<uint64_t>(1, take * each)));
    if (counted) collected[i].counter = std::make_unique<HyperLogLog>();
  }

  ScanCursor cursor(scan);
  std::vector<uint64_t> hashes(kVectorSize);
  Vector read;
  Selection picked;
  uint64_t seen = 0, opened = 0;
  uint32_t sampled = 0;
  const bool every = whole || counted;
  const auto middle = [&](uint64_t part) { return (2 * part + 1) * vectors / (2 * take); };  // of one of `take` equal parts
  for (uint64_t step = 0, part = 0; step < (every ? vectors : take); ++step) {
    const uint64_t number = every ? step : middle(step);
    const bool sample = whole || (part < take && number == middle(part));
    if (sample) ++part;
    const uint32_t rows = cursor.Open(number);
    seen += rows;
    ++opened;
    if (rows == 0) continue;
    const uint32_t picks = std::min(rows, each);
    if (sample && picks < rows) Spread(rows, picks, number, picked);
    for (size_t i = 0; i < wanted.size(); ++i) {
      Collected& column = collected[i];
      if (request.pause) request.pause();
      cursor.Read(wanted[i], read);
      HashVector(read, rows, hashes.data(), false);
      if (counted) {
        for (uint32_t row = 0; row < rows; ++row) {
          if (hashes[row] == kNullHash) ++column.counted_nulls; else column.counter->Add(hashes[row]);
        }
      }
      if (!sample) continue;
      column.See(hashes.data(), rows, whole || counted);
      if (picks < rows) read.Slice(picked, picks);
      AppendRows(read, picks, column.values, sampled);
    }
    if (sample) sampled += picks;
  }

  auto analysis = std::make_shared<TableAnalysis>();
  analysis->rows = whole || counted ? static_cast<double>(seen) : std::max<double>(static_cast<double>(live), static_cast<double>(seen));
  // Rows that only this transaction sees are not among the live ones.
  if (!whole && !counted && live == 0 && opened != 0) analysis->rows = static_cast<double>(seen) / static_cast<double>(opened) * static_cast<double>(vectors);
  for (size_t i = 0; i < wanted.size(); ++i) {
    Collected& column = collected[i];
    ColumnAnalysis& out = analysis->columns.emplace_back();
    out.id = request.columns[wanted[i]].id;
    out.type = request.columns[wanted[i]].type;
    ColumnSample sample{&column.values, sampled, analysis->rows, {}, {}, request.targets[wanted[i]]};
    if (counted && seen != 0) {
      sample.distinct = std::min(std::round(column.counter->Estimate()), static_cast<double>(seen - column.counted_nulls));
      sample.null_fraction = static_cast<double>(column.counted_nulls) / static_cast<double>(seen);
    } else if (!whole && column.present != 0) {
      const double nulls = 1 - static_cast<double>(column.present) / static_cast<double>(std::max<uint64_t>(1, seen));
      sample.null_fraction = nulls;
      sample.distinct = std::round(DistinctBySightings(column, analysis->rows * (1 - nulls)));
    }
    SummarizeColumn(sample, &out);
    out.together = column.sightings == 0 ? 1 : std::max(1.0, static_cast<double>(column.present) / static_cast<double>(column.sightings));
  }

  analysis->sampled_rows = sampled;
  analysis->sample_rows = std::min(sampled, kSampleRows);
  analysis->sample_is_all = whole && sampled <= kSampleRows;
  for (uint32_t first = 0; first < analysis->sample_rows; first += kVectorSize) {
    const uint32_t rows = std::min(kVectorSize, analysis->sample_rows - first);
    Selection chosen;
    for (uint32_t i = 0; i < rows; ++i) chosen.Add(static_cast<RowIndex>(uint64_t{first + i} * sampled / analysis->sample_rows));
    Chunk& chunk = analysis->sample.emplace_back();
    for (const Collected& column : collected) {
      Vector copy(column.values.type(), rows);
      AppendRows(column.values.Sliced(chosen, rows), rows, copy, 0);
      chunk.Add(std::move(copy));
    }
    chunk.set_rows(rows);
  }
  return analysis;
}

int TableAnalysis::Position(ColumnId id, SqlType type) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].id == id) return columns[i].type.oid == type.oid ? static_cast<int>(i) : -1;
  }
  return -1;
}

}  // namespace gather::storage
