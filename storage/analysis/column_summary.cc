#include "storage/analysis/column_summary.h"

#include <algorithm>
#include <cmath>

#include "types/array.h"
#include "types/compare.h"
#include "types/numeric.h"

namespace gather::storage {

namespace {

// Longer values are neither compared nor kept (PostgreSQL's WIDTH_THRESHOLD).
constexpr size_t kWide = 1024;

bool HasOrder(Oid type) { return type != type_oid::kXid && type != type_oid::kCid && type != type_oid::kJson && type != type_oid::kAclItem; }

bool IsBytewise(Oid type) { return type == type_oid::kText || type == type_oid::kVarchar || type == type_oid::kName || type == type_oid::kBytea; }

// An order-preserving 64-bit beginning of each value; `exact`: equal keys are equal values.
struct SortKeys {
  std::vector<uint64_t> keys;
  bool exact = false;
};

SortKeys MakeKeys(const Vector& values, uint32_t rows) {
  SortKeys out;
  out.keys.resize(rows);
  const VectorView view = values.View();
  const auto integers = [&]<class T>(T) {
    out.exact = true;
    for (uint32_t i = 0; i < rows; ++i) out.keys[i] = static_cast<uint64_t>(static_cast<int64_t>(view.get<T>(i))) ^ uint64_t{1} << 63;
  };
  switch (values.physical()) {
    case PhysicalType::kBool: integers(uint8_t{}); break;
    case PhysicalType::kInt8: integers(uint8_t{}); break;
    case PhysicalType::kInt16: integers(int16_t{}); break;
    case PhysicalType::kInt32: integers(int32_t{}); break;
    case PhysicalType::kUInt32: integers(uint32_t{}); break;
    case PhysicalType::kInt64: integers(int64_t{}); break;
    case PhysicalType::kString:
      if (!IsBytewise(values.type().oid)) break;
      for (uint32_t i = 0; i < rows; ++i) {
        if (!view.valid(i)) continue;
        const std::string_view text = view.get<StringRef>(i).view();
        for (size_t k = 0; k < 8; ++k) out.keys[i] = out.keys[i] << 8 | (k < text.size() ? static_cast<uint8_t>(text[k]) : 0);
      }
      break;
    default: break;
  }
  return out;
}

// Digits to the base of 10,000 that PostgreSQL stores of value / 10^scale.
double NumericWidth(unsigned __int128 value, int scale) {
  for (; scale % 4 != 0; ++scale) value *= 10;
  while (value != 0 && value % 10000 == 0) value /= 10000;
  int digits = 0;
  for (; value != 0; value /= 10000) ++digits;
  return 3 + 2 * digits;
}

struct Track {
  uint32_t count = 0, first = 0;
};

// PostgreSQL's analyze_mcv_list: how many of the candidates are surely more common than the rest.
size_t KeepCommon(const std::vector<Track>& tracks, size_t kept, double distinct, double null_fraction, double sampled, double table_rows) {
  if (sampled >= table_rows || table_rows <= 1) return kept;
  const double distinct_in_table = distinct < 0 ? -distinct * table_rows : distinct;
  double sum = 0;
  for (size_t i = 0; i + 1 < kept; ++i) sum += tracks[i].count;
  while (kept > 0) {
    double share = std::clamp(1 - sum / sampled - null_fraction, 0.0, 1.0);
    const double others = distinct_in_table - static_cast<double>(kept - 1);
    if (others > 1) share /= others;
    const double N = table_rows, n = sampled, K = N * tracks[kept - 1].count / n;
    const double variance = N <= 1 ? 0 : n * K * (N - K) * (N - n) / (N * N * (N - 1));
    if (tracks[kept - 1].count > share * sampled + 2 * std::sqrt(std::max(0.0, variance)) + 0.5) break;
    if (--kept == 0) break;
    sum -= tracks[kept - 1].count;
  }
  return kept;
}

}  // namespace

double StoredWidth(const Vector& values, RowIndex row) {
  const SqlType type = values.type();
  const VectorView view = values.View();
  if (type.oid == type_oid::kNumeric) {
    const auto magnitude = [](__int128 value) { return value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value); };
    if (values.physical() == PhysicalType::kInt64) return NumericWidth(magnitude(view.get<int64_t>(row)), values.shape().scale);
    if (values.physical() == PhysicalType::kInt128) return NumericWidth(magnitude(view.get<__int128>(row)), values.shape().scale);
  }
  if (values.physical() != PhysicalType::kString) return PhysicalSize(values.physical());
  if (type.oid == type_oid::kName) return 64;
  auto size = static_cast<double>(view.get<StringRef>(row).view().size());
  // Our arrays tell the length of each element, PostgreSQL's none where all have the same.
  if (const TypeInfo* info = FindType(type.oid); info != nullptr && IsArray(*info)) {
    const TypeInfo* element = FindType(info->element);
    if (element != nullptr && element->length > 0) size -= 4.0 * ArrayReader(view.get<StringRef>(row).view()).size();
  }
  return size < 127 ? size + 1 : size + 4;
}

void SummarizeColumn(const ColumnSample& sample, ColumnAnalysis* out) {
  const Vector& values = *sample.values;
  const VectorView view = values.View();
  const bool text = values.physical() == PhysicalType::kString;
  const bool ordered = HasOrder(values.type().oid);
  std::vector<uint32_t> sorted;                          // rows of values that are compared
  sorted.reserve(sample.rows);
  uint32_t nulls = 0, wide = 0;
  double width = 0;
  for (uint32_t row = 0; row < sample.rows; ++row) {
    if (!view.valid(row)) {
      ++nulls;
      continue;
    }
    width += StoredWidth(values, row);
    if (text && view.get<StringRef>(row).view().size() > kWide) ++wide; else sorted.push_back(row);
  }
  const uint32_t present = sample.rows - nulls;
  const auto rows = static_cast<double>(sample.rows);
  const double sampled_nulls = sample.rows == 0 ? 0 : nulls / rows;
  out->null_fraction = sample.null_fraction.value_or(sampled_nulls);
  out->average_width = present == 0 ? (text ? 0 : PhysicalSize(values.physical())) : width / present;
  if (present == 0) return;
  if (sorted.empty()) {
    out->distinct = -1 * (1 - out->null_fraction);
    return;
  }

  const SortKeys keys = MakeKeys(values, sample.rows);
  const auto compare = [&](uint32_t a, uint32_t b) {
    if (keys.keys[a] != keys.keys[b]) return keys.keys[a] < keys.keys[b] ? -1 : 1;
    return keys.exact ? 0 : CompareValues(values, a, values, b);
  };
  std::sort(sorted.begin(), sorted.end(), [&](uint32_t a, uint32_t b) {
    const int order = compare(a, b);
    return order != 0 ? order < 0 : a < b;
  });

  // Runs of equal values; the most frequent ones are tracked, in order.
  const auto target = static_cast<size_t>(sample.target);
  std::vector<Track> tracks;
  uint32_t distinct = 0, repeated = 0;
  double position_product = 0;
  // Correlation is between places among the compared values.
  std::vector<uint32_t> place(sample.rows);
  for (uint32_t row = 0, at = 0; row < sample.rows; ++row) {
    place[row] = at;
    if (view.valid(row) && !(text && view.get<StringRef>(row).view().size() > kWide)) ++at;
  }
  for (uint32_t first = 0, i = 0; i < sorted.size(); ++i) {
    position_product += static_cast<double>(i) * place[sorted[i]];
    if (i + 1 < sorted.size() && compare(sorted[i], sorted[i + 1]) == 0) continue;
    const uint32_t count = i + 1 - first;
    ++distinct;
    if (count > 1) {
      ++repeated;
      if (tracks.size() < target || (!tracks.empty() && count > tracks.back().count)) {
        if (tracks.size() < target) tracks.emplace_back();
        size_t at = tracks.size() - 1;
        for (; at > 0 && tracks[at - 1].count < count; --at) tracks[at] = tracks[at - 1];
        tracks[at] = {count, first};
      }
    }
    first = i + 1;
  }

  if (sample.distinct.has_value()) {
    out->distinct = *sample.distinct;
    // No value seen twice, and as many as rows within the measure's error: a key.
    const double all = sample.table_rows * (1 - out->null_fraction);
    if (repeated == 0 && wide == 0 && out->distinct > 0.95 * all) out->distinct = all;
  } else if (repeated == 0) {
    out->distinct = -1 * (1 - out->null_fraction);
  } else if (wide == 0 && repeated == distinct) {
    out->distinct = distinct;
  } else {
    // Haas and Stokes' Duj1.
    const double once = distinct - repeated + wide, d = once + repeated, n = present, all = sample.table_rows * (1 - out->null_fraction);
    out->distinct = all <= 0 ? 0 : std::floor(std::clamp(n * d / ((n - once) + once * n / all), d, std::max(d, all)) + 0.5);
  }
  if (out->distinct > 0.1 * sample.table_rows) out->distinct = -out->distinct / sample.table_rows;

  size_t common = tracks.size();
  if (common == distinct && wide == 0 && out->distinct > 0 && (!sample.distinct.has_value() || *sample.distinct <= distinct * 1.02)) {
    out->common_is_all = true;
  } else {
    common = KeepCommon(tracks, common, out->distinct, out->null_fraction, rows, sample.table_rows);
  }
  tracks.resize(common);
  if (common > 0) {
    out->common = Vector(values.type(), values.physical(), static_cast<uint32_t>(common));
    out->common.set_shape(values.shape());
    for (uint32_t i = 0; i < common; ++i) {
      out->common.Append(values, sorted[tracks[i].first], 1, i);
      out->frequencies.push_back(static_cast<float>(tracks[i].count / rows));
    }
    out->common_hashes.resize(common);
    HashVector(out->common, static_cast<uint32_t>(common), out->common_hashes.data(), false);
  }

  uint32_t bounds = std::min<uint32_t>(distinct - static_cast<uint32_t>(common), static_cast<uint32_t>(target) + 1);
  if (ordered && bounds >= 2 && target > 0) {
    std::vector<uint32_t> rest;
    std::sort(tracks.begin(), tracks.end(), [](const Track& a, const Track& b) { return a.first < b.first; });
    size_t next = 0;
    for (uint32_t i = 0; i < sorted.size();) {
      if (next < tracks.size() && tracks[next].first == i) {
        i += tracks[next++].count;
        continue;
      }
      rest.push_back(sorted[i++]);
    }
    out->bounds = Vector(values.type(), values.physical(), bounds);
    out->bounds.set_shape(values.shape());
    out->bound_count = bounds;
    const auto last = static_cast<uint32_t>(rest.size() - 1);
    for (uint32_t i = 0; i < bounds; ++i) {
      out->bounds.Append(values, rest[static_cast<uint32_t>(uint64_t{i} * last / (bounds - 1))], 1, i);
    }
  }
  if (ordered && sorted.size() > 1) {
    const auto n = static_cast<double>(sorted.size());
    const double sum = (n - 1) * n / 2, squares = (n - 1) * n * (2 * n - 1) / 6;
    out->correlation = static_cast<float>((n * position_product - sum * sum) / (n * squares - sum * sum));
  }
}

}  // namespace gather::storage
