// The analysis record (keys.h, 'A'):
//   version:1 | by command at:8, times:8 | automatic at:8, times:8 | rows:8 | sample rows:4 | sample is all:1 | columns:4 | per column
//     id:2, type:4, typmod:4 | null fraction:8 | average width:8 | distinct:8 | together:8 | flags:1 | correlation:4
//     common values:4, values, frequencies 4 each | bounds:4, values | sample, values
// where values are a segment (segment.h) of as many rows, length:4 before it; none for no rows.
#include <algorithm>

#include "storage/analysis/analysis.h"
#include "storage/append_rows.h"
#include "storage/byte_io.h"
#include "storage/segment.h"
#include "types/compare.h"
#include "types/error.h"

namespace gather::storage {

namespace {

constexpr uint8_t kVersion = 1;
enum Flag : uint8_t { kListed = 1, kCommonIsAll = 2, kCorrelated = 4 };

void WriteVectors(ByteWriter& writer, SqlType type, std::span<const Vector> vectors, uint32_t rows) {
  Zone zone;
  if (rows != 0) writer.PutString(EncodeSegment(type, vectors, rows, &zone));
}

// One long vector, in the pieces a segment is made of.
void WriteVector(ByteWriter& writer, const Vector& values, uint32_t rows) {
  std::vector<Vector> pieces;
  for (uint32_t first = 0; first < rows; first += kVectorSize) {
    const uint32_t count = std::min(kVectorSize, rows - first);
    Vector& piece = pieces.emplace_back(values.type(), values.physical(), kVectorSize);
    piece.set_shape(values.shape());
    piece.Append(values, first, count, 0);
  }
  WriteVectors(writer, values.type(), pieces, rows);
}

std::vector<Vector> ReadVectors(ByteReader& reader, SqlType type, uint32_t rows) {
  std::vector<Vector> vectors;
  if (rows == 0) return vectors;
  const auto segment = std::make_shared<const Segment>(type, reader.GetString(), MemoryReservation());
  if (segment->rows() != rows) throw SqlError(sqlstate::kDataCorrupted, "an analysis record has other rows than it says");
  for (uint32_t vector = 0; vector * kVectorSize < rows; ++vector) {
    segment->Read(vector, vectors.emplace_back());
    vectors.back().set_type(type);
  }
  return vectors;
}

Vector ReadVector(ByteReader& reader, SqlType type, uint32_t rows) {
  const std::vector<Vector> pieces = ReadVectors(reader, type, rows);
  if (pieces.empty()) return {};
  Vector values(type, rows);
  for (uint32_t i = 0; i < pieces.size(); ++i) AppendRows(pieces[i], std::min(kVectorSize, rows - i * kVectorSize), values, i * kVectorSize);
  return values;
}

AnalysisRef Decode(std::string_view record) {
  ByteReader reader(record);
  if (reader.Get<uint8_t>() != kVersion) return nullptr;
  auto analysis = std::make_shared<TableAnalysis>();
  analysis->history.by_command_at = reader.Get<int64_t>();
  analysis->history.by_command = reader.Get<uint64_t>();
  analysis->history.automatic_at = reader.Get<int64_t>();
  analysis->history.automatic = reader.Get<uint64_t>();
  analysis->rows = reader.Get<double>();
  analysis->sample_rows = reader.Get<uint32_t>();
  analysis->sample_is_all = reader.Get<uint8_t>() != 0;
  for (uint32_t first = 0; first < analysis->sample_rows; first += kVectorSize) {
    analysis->sample.emplace_back().set_rows(std::min(kVectorSize, analysis->sample_rows - first));
  }
  for (uint32_t left = reader.Get<uint32_t>(); left > 0; --left) {
    ColumnAnalysis& column = analysis->columns.emplace_back();
    column.id = ColumnId(reader.Get<int16_t>());
    column.type.oid = reader.Get<Oid>();
    column.type.typmod = reader.Get<int32_t>();
    column.null_fraction = reader.Get<double>();
    column.average_width = reader.Get<double>();
    column.distinct = reader.Get<double>();
    column.together = reader.Get<double>();
    const auto flags = reader.Get<uint8_t>();
    column.listed = (flags & kListed) != 0;
    column.common_is_all = (flags & kCommonIsAll) != 0;
    const auto correlation = reader.Get<float>();
    if ((flags & kCorrelated) != 0) column.correlation = correlation;
    const auto common = reader.Get<uint32_t>();
    column.common = ReadVector(reader, column.type, common);
    for (uint32_t i = 0; i < common; ++i) column.frequencies.push_back(reader.Get<float>());
    column.common_hashes.resize(common);
    if (common != 0) HashVector(column.common, common, column.common_hashes.data(), false);
    column.bound_count = reader.Get<uint32_t>();
    column.bounds = ReadVector(reader, column.type, column.bound_count);
    std::vector<Vector> sample = ReadVectors(reader, column.type, analysis->sample_rows);
    for (size_t i = 0; i < sample.size(); ++i) analysis->sample[i].Add(std::move(sample[i]));
  }
  return reader.at_end() ? analysis : nullptr;
}

}  // namespace

std::string EncodeAnalysis(const TableAnalysis& analysis) {
  ByteWriter writer;
  writer.Put(kVersion);
  writer.Put(analysis.history.by_command_at);
  writer.Put(analysis.history.by_command);
  writer.Put(analysis.history.automatic_at);
  writer.Put(analysis.history.automatic);
  writer.Put(analysis.rows);
  writer.Put(analysis.sample_rows);
  writer.Put(static_cast<uint8_t>(analysis.sample_is_all));
  writer.Put(static_cast<uint32_t>(analysis.columns.size()));
  for (size_t i = 0; i < analysis.columns.size(); ++i) {
    const ColumnAnalysis& column = analysis.columns[i];
    writer.Put(column.id.value);
    writer.Put(column.type.oid);
    writer.Put(column.type.typmod);
    writer.Put(column.null_fraction);
    writer.Put(column.average_width);
    writer.Put(column.distinct);
    writer.Put(column.together);
    writer.Put(static_cast<uint8_t>((column.listed ? kListed : 0) | (column.common_is_all ? kCommonIsAll : 0) | (column.correlation.has_value() ? kCorrelated : 0)));
    writer.Put(column.correlation.value_or(0));
    const auto common = static_cast<uint32_t>(column.frequencies.size());
    writer.Put(common);
    WriteVector(writer, column.common, common);
    for (const float frequency : column.frequencies) writer.Put(frequency);
    writer.Put(column.bound_count);
    WriteVector(writer, column.bounds, column.bound_count);
    std::vector<Vector> sample;
    for (const Chunk& chunk : analysis.sample) sample.push_back(chunk[i]);
    WriteVectors(writer, column.type, sample, analysis.sample_rows);
  }
  return writer.Take();
}

AnalysisRef DecodeAnalysis(std::string_view record) {
  try {
    return Decode(record);
  } catch (const SqlError&) {
    return nullptr;
  }
}

}  // namespace gather::storage
