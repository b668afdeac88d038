#include "executor/sort/row_sorter.h"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "types/numeric.h"

namespace gather::executor {

namespace {

uint64_t FirstRowOf(size_t block) { return uint64_t{block} << StagedRows::kBlockBits; }

template <class Entry>
Entry Joined(uint64_t low, uint64_t high) {
  if constexpr (std::is_same_v<Entry, WideEntry>) {
    return WideEntry{high} << 64 | low;
  } else {
    return low;
  }
}

}  // namespace

// ---- StagedInput

StagedInput::StagedInput(std::span<const SqlType> types, std::vector<SortKeySlot> the_keys, MemoryBudget* budget)
    : keys(std::move(the_keys)), rows(types, budget), statistics(keys.size()) {}

void StagedInput::Add(std::span<const Vector> columns, uint32_t count) {
  rows.Add(columns, count);
  for (size_t k = 0; k < keys.size(); ++k) {
    const Vector& key = columns[keys[k].column];
    switch (KindOf(rows.columns()[keys[k].column])) {
      case KeyKind::kNumber: statistics[k].AddNumbers(key, count); break;
      case KeyKind::kText: statistics[k].AddTexts(key, count, key.type().oid == type_oid::kBpchar); break;
      case KeyKind::kRest: break;
    }
  }
}

uint64_t StagedInput::bytes() const {
  for (const SortKeySlot& key : keys) {
    if (KindOf(rows.columns()[key.column]) == KeyKind::kRest) return most_bytes();
  }
  return KeyCode(keys, statistics, false, rows.columns(), rows.rows()).wide() ? most_bytes() : rows.bytes() + rows.rows() * sizeof(uint64_t);
}

// ---- SortedRows

uint64_t SortedRows::RowOf(uint64_t place) const {
  const uint64_t mask = ~uint64_t{0} >> (64 - code_->row_bits());
  return (wide_ != nullptr ? static_cast<uint64_t>(wide_[place]) : narrow_[place]) & mask;
}

void SortedRows::Decode(uint32_t column, uint64_t from, uint32_t count, Vector& out) const {
  wide_ != nullptr ? code_->Decode(column, wide_.get() + from, count, out) : code_->Decode(column, narrow_.get() + from, count, out);
}

bool SortedRows::Equal(std::span<const uint32_t> columns, uint64_t a, uint64_t b) const {
  const uint64_t places[] = {a, b};
  Vector values[2];
  return std::all_of(columns.begin(), columns.end(), [&](uint32_t c) {
    for (size_t i = 0; i < 2; ++i) {
      if (code_->Holds(c)) {
        Decode(c, places[i], 1, values[i]);
      } else {
        const uint64_t row = RowOf(places[i]);
        LoadStaged(columns_[c], c, blocks_, &row, 1, nullptr, values[i]);
      }
    }
    uint8_t equal = 0;
    EqualRows(values[0], values[1], 1, true, &equal);
    return equal != 0;
  });
}

void SortedRows::Load(uint64_t from, uint32_t count, const std::shared_ptr<const SortedRows>& self, Chunk& out) const {
  uint64_t rows[kVectorSize];
  bool gathered = false;
  out.vectors().resize(columns_.size());
  for (uint32_t c = 0; c < columns_.size(); ++c) {
    if (code_->Holds(c)) {
      Decode(c, from, count, out[c]);
      continue;
    }
    if (!gathered) {
      for (uint32_t i = 0; i < count; ++i) rows[i] = RowOf(from + i);
      gathered = true;
    }
    LoadStaged(columns_[c], c, blocks_, rows, count, self, out[c]);
  }
  out.set_rows(count);
}

// ---- rounds

RowSorter::RowSorter(std::vector<std::shared_ptr<StagedInput>> inputs, MemoryBudget* budget)
    : inputs_(std::move(inputs)), sorted_(std::make_shared<SortedRows>()) {
  if (budget != nullptr) sorted_->memory_ = MemoryReservation(*budget);
  for (const auto& input : inputs_) {
    input->rows.Seal();
    sorted_->rows_ += input->rows.rows();
  }
  sorted_->inputs_ = inputs_;
  AlignNumerics();
  for (const auto& input : inputs_) {
    for (const StagedBlock& block : input->rows.blocks()) sorted_->blocks_.push_back(&block);
  }
  const auto blocks = static_cast<uint32_t>(sorted_->blocks_.size());
  blocks_per_part_ = std::max(1u, (blocks + kMostParts - 1) / kMostParts);
  parts_ = (blocks + blocks_per_part_ - 1) / blocks_per_part_;
}

// Numeric columns have one representation in all inputs.
void RowSorter::AlignNumerics() {
  for (const auto& input : inputs_) {
    if (sorted_->columns_.empty() || input->rows.rows() != 0) sorted_->columns_ = input->rows.columns();
  }
  for (size_t c = 0; c < sorted_->columns_.size(); ++c) {
    StagedColumn& column = sorted_->columns_[c];
    if (column.type.oid != type_oid::kNumeric) continue;
    bool same = true;
    for (const auto& input : inputs_) {
      const StagedColumn& other = input->rows.columns()[c];
      if (input->rows.rows() == 0) continue;
      same = same && other.physical == column.physical && other.shape.scale == column.shape.scale;
      column.shape.digits = std::max(column.shape.digits, other.shape.digits);
    }
    if (same) continue;
    for (const auto& input : inputs_) input->rows.PackNumeric(c);
    column.physical = PhysicalType::kString;
    column.shape = {};
  }
}

uint32_t RowSorter::NextRound() {
  switch (round_) {
    case Round::kNone: {
      const std::vector<SortKeySlot>& keys = inputs_[0]->keys;
      while (own_keys_ < keys.size() && KindOf(sorted_->columns_[keys[own_keys_].column]) != KeyKind::kRest) ++own_keys_;
      if (sorted_->rows_ == 0) {
        MakeCode();
        round_ = Round::kDone;
        return 0;
      }
      if (own_keys_ < keys.size()) {
        round_ = Round::kPrepare;
        rest_heaps_ = std::vector<StringHeap>(parts_);
        rest_.resize(parts_);
        return parts_;
      }
      [[fallthrough]];
    }
    case Round::kPrepare: {
      for (const StringHeap& heap : rest_heaps_) sorted_->memory_.Grow(heap.bytes());
      if (!rest_heaps_.empty()) sorted_->memory_.Grow(FirstRowOf(sorted_->blocks_.size()) * sizeof(StringRef));
      MakeCode();
      const uint64_t bytes = sorted_->rows_ * (sorted_->code_->wide() ? sizeof(WideEntry) : sizeof(uint64_t));
      sorted_->memory_.Grow(bytes);
      sorted_->entry_bytes_ = bytes;
      if (sorted_->code_->wide()) {
        sorted_->wide_ = std::make_unique_for_overwrite<WideEntry[]>(sorted_->rows_);
      } else {
        sorted_->narrow_ = std::make_unique_for_overwrite<uint64_t[]>(sorted_->rows_);
      }
      bin_bits_ = std::min(kMostBinBits, sorted_->code_->key_bits());
      if (!Divided() || bin_bits_ == 0) {
        partitions_ = {0, sorted_->rows_};
        round_ = Round::kSort;
        return 1;
      }
      counts_.resize(parts_);
      round_ = Round::kCount;
      return parts_;
    }
    case Round::kCount:
      MakePartitions();
      round_ = Round::kDivide;
      return parts_;
    case Round::kDivide:
      starts_.clear();
      round_ = Round::kSort;
      return static_cast<uint32_t>(partitions_.size() - 1);
    case Round::kSort:
      if (!rest_heaps_.empty()) {
        for (const auto& input : inputs_) {
          for (StagedBlock& block : input->rows.blocks()) block.rest = nullptr;
        }
        uint64_t bytes = FirstRowOf(sorted_->blocks_.size()) * sizeof(StringRef);
        for (const StringHeap& heap : rest_heaps_) bytes += heap.bytes();
        rest_heaps_.clear();
        sorted_->memory_.Shrink(bytes);
      }
      round_ = Round::kDone;
      return 0;
    case Round::kDone: break;
  }
  return 0;
}

void RowSorter::RunPart(uint32_t part) {
  const bool wide = sorted_->wide_ != nullptr;
  switch (round_) {
    case Round::kPrepare: Prepare(part); break;
    case Round::kCount: Count(part); break;
    case Round::kDivide: wide ? Divide(part, sorted_->wide_.get()) : Divide(part, sorted_->narrow_.get()); break;
    case Round::kSort:
      if (starts_.empty() && counts_.empty()) {       // undivided: the entries come first
        for (uint32_t p = 0; p < parts_; ++p) wide ? Divide(p, sorted_->wide_.get()) : Divide(p, sorted_->narrow_.get());
      }
      wide ? SortPartition(part, sorted_->wide_.get()) : SortPartition(part, sorted_->narrow_.get());
      break;
    default: break;
  }
}

void RowSorter::RunAll() {
  while (const uint32_t parts = NextRound()) {
    for (uint32_t part = 0; part < parts; ++part) RunPart(part);
  }
}

void RowSorter::MakeCode() {
  std::vector<KeyStatistics> statistics(own_keys_);
  for (size_t k = 0; k < own_keys_; ++k) {
    for (const auto& input : inputs_) statistics[k].Add(input->statistics[k]);
  }
  const bool rest = own_keys_ < inputs_[0]->keys.size();
  if (rest) {
    statistics.emplace_back();
    for (const KeyStatistics& part : rest_) statistics.back().Add(part);
  }
  sorted_->code_ = std::make_unique<KeyCode>(inputs_[0]->keys, std::move(statistics), rest, sorted_->columns_, FirstRowOf(sorted_->blocks_.size()));
}

// visit(block, its number, first row, rows)
template <class Visit>
void RowSorter::ForEachVector(uint32_t part, const Visit& visit) const {
  const size_t end = std::min<size_t>(size_t{part + 1} * blocks_per_part_, sorted_->blocks_.size());
  for (size_t b = size_t{part} * blocks_per_part_; b < end; ++b) {
    const StagedBlock& block = *sorted_->blocks_[b];
    for (uint32_t from = 0; from < block.rows; from += kVectorSize) visit(block, b, from, std::min(block.rows - from, kVectorSize));
  }
}

void RowSorter::Prepare(uint32_t part) {
  const std::vector<SortKeySlot>& keys = inputs_[0]->keys;
  const size_t end = std::min<size_t>(size_t{part + 1} * blocks_per_part_, sorted_->blocks_.size());
  for (size_t b = size_t{part} * blocks_per_part_; b < end; ++b) {
    auto& block = const_cast<StagedBlock&>(*sorted_->blocks_[b]);
    block.rest = std::make_unique_for_overwrite<StringRef[]>(block.rows);
  }
  std::vector<std::string> texts(kVectorSize);
  uint64_t rows[kVectorSize];
  Vector values;
  ForEachVector(part, [&](const StagedBlock& block, size_t number, uint32_t from, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      rows[i] = FirstRowOf(number) + from + i;
      texts[i].clear();
    }
    for (size_t k = own_keys_; k < keys.size(); ++k) {
      LoadStaged(sorted_->columns_[keys[k].column], keys[k].column, sorted_->blocks_, rows, count, nullptr, values);
      AppendSortKeys(values, count, keys[k].order, texts.data());
    }
    for (uint32_t i = 0; i < count; ++i) {
      rest_[part].AddText(texts[i]);
      block.rest[from + i] = rest_heaps_[part].Add(texts[i]);
    }
  });
}

void RowSorter::Count(uint32_t part) {
  std::vector<uint32_t>& counts = counts_[part];
  counts.assign(size_t{1} << bin_bits_, 0);
  const KeyCode& code = *sorted_->code_;
  const uint32_t shift = code.key_bits() + code.row_bits() - bin_bits_;
  uint64_t low[kVectorSize], high[kVectorSize];
  ForEachVector(part, [&](const StagedBlock& block, size_t number, uint32_t from, uint32_t count) {
    code.Encode(block, from, count, FirstRowOf(number) + from, low, high);
    if (sorted_->wide_ != nullptr) {
      for (uint32_t i = 0; i < count; ++i) ++counts[static_cast<uint64_t>(Joined<WideEntry>(low[i], high[i]) >> shift)];
    } else {
      for (uint32_t i = 0; i < count; ++i) ++counts[low[i] >> shift];
    }
  });
}

void RowSorter::MakePartitions() {
  const size_t bins = size_t{1} << bin_bits_;
  std::vector<uint64_t> totals(bins);
  for (const std::vector<uint32_t>& counts : counts_) {
    for (size_t bin = 0; bin < bins; ++bin) totals[bin] += counts[bin];
  }
  const uint64_t wanted = std::max(kPartitionRows, sorted_->rows_ / kMostPartitions * 2);
  partition_of_bin_.resize(bins);
  partitions_ = {0};
  uint64_t at = 0;
  for (size_t bin = 0; bin < bins; ++bin) {
    // A bin that is large by itself begins a partition.
    if (at > partitions_.back() && at + totals[bin] - partitions_.back() > wanted) partitions_.push_back(at);
    partition_of_bin_[bin] = static_cast<uint16_t>(partitions_.size() - 1);
    at += totals[bin];
  }
  partitions_.push_back(at);
  // Parts one after the other, so that rows of equal keys stay in order.
  std::vector<uint64_t> next(partitions_.begin(), partitions_.end() - 1);
  starts_.assign(parts_, {});
  for (uint32_t part = 0; part < parts_; ++part) {
    starts_[part] = next;
    for (size_t bin = 0; bin < bins; ++bin) next[partition_of_bin_[bin]] += counts_[part][bin];
    counts_[part] = {};
  }
}

template <class Entry>
void RowSorter::Divide(uint32_t part, Entry* entries) {
  const KeyCode& code = *sorted_->code_;
  uint64_t low[kVectorSize], high[kVectorSize];
  if (starts_.empty()) {
    uint64_t at = 0;
    const size_t first = size_t{part} * blocks_per_part_;
    for (size_t b = 0; b < first; ++b) at += sorted_->blocks_[b]->rows;
    ForEachVector(part, [&](const StagedBlock& block, size_t number, uint32_t from, uint32_t count) {
      code.Encode(block, from, count, FirstRowOf(number) + from, low, high);
      for (uint32_t i = 0; i < count; ++i) entries[at++] = Joined<Entry>(low[i], high[i]);
    });
    return;
  }
  const uint32_t shift = code.key_bits() + code.row_bits() - bin_bits_;
  uint64_t* const next = starts_[part].data();
  const uint16_t* const partition_of_bin = partition_of_bin_.data();
  ForEachVector(part, [&](const StagedBlock& block, size_t number, uint32_t from, uint32_t count) {
    code.Encode(block, from, count, FirstRowOf(number) + from, low, high);
    for (uint32_t i = 0; i < count; ++i) {
      const Entry entry = Joined<Entry>(low[i], high[i]);
      entries[next[partition_of_bin[static_cast<uint64_t>(entry >> shift)]]++] = entry;
    }
  });
}

template <class Entry>
void RowSorter::SortPartition(uint32_t part, Entry* entries) const {
  const uint64_t from = partitions_[part], to = partitions_[part + 1];
  if (to - from < 2) return;
  const KeyCode& code = *sorted_->code_;
  const std::span<Entry> partition(entries + from, to - from);
  const auto room = std::make_unique_for_overwrite<Entry[]>(partition.size());
  SortEntries(partition, room.get(), code.row_bits(), code.key_bits() + code.row_bits());
  if (code.exact()) return;
  // Rows whose keys are the same as far as entries have them.
  const uint64_t row_mask = ~uint64_t{0} >> (64 - code.row_bits());
  for (size_t at = 0; at < partition.size();) {
    size_t end = at + 1;
    while (end < partition.size() && partition[end] >> code.row_bits() == partition[at] >> code.row_bits()) ++end;
    if (end - at > 1) {
      std::sort(partition.begin() + static_cast<ptrdiff_t>(at), partition.begin() + static_cast<ptrdiff_t>(end), [&](const Entry& a, const Entry& b) {
        const uint64_t x = static_cast<uint64_t>(a) & row_mask, y = static_cast<uint64_t>(b) & row_mask;
        const int order = code.CompareRows(sorted_->blocks_, x, y);
        return order != 0 ? order < 0 : x < y;
      });
    }
    at = end;
  }
}

}  // namespace gather::executor
