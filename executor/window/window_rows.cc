#include "executor/window/window_rows.h"

#include <algorithm>
#include <bit>

#include "types/compare.h"
#include "types/numeric.h"

namespace gather::executor {

namespace {
void SetBit(std::vector<uint64_t>& bits, uint64_t row) { bits[row / 64] |= uint64_t{1} << (row % 64); }
}  // namespace

WindowRows::WindowRows(const planner::WindowAggNode& node, MemoryBudget* budget, const SpillPolicy& policy)
    : partition_keys_(node.partition_by), store_(budget, policy) {
  for (const planner::SortKey& key : node.order_by) order_keys_.push_back(key.slot);
  for (uint32_t i = 0; i < kVectorSize; ++i) row_before_.Add(i == 0 ? 0 : i - 1);
}

// starts[i] |= row i differs in a key from the row before.
void WindowRows::Differences(const Chunk& rows, const std::vector<uint32_t>& keys, std::vector<uint8_t>& starts) {
  equal_.resize(rows.rows());
  for (const uint32_t key : keys) {
    EqualRows(rows[key], rows[key].Sliced(row_before_, rows.rows()), rows.rows(), true, equal_.data());
    for (uint32_t i = 1; i < rows.rows(); ++i) starts[i] |= equal_[i] == 0;
    if (last_.empty()) continue;
    const bool null = rows[key].IsNull(0), null_before = last_[key].IsNull(0);
    starts[0] |= null != null_before || (!null && CompareValues(rows[key], 0, last_[key], 0) != 0);
  }
}

std::optional<uint32_t> WindowRows::Mark(const Chunk& rows) {
  new_partition_.assign(rows.rows(), 0);
  new_partition_[0] = last_.empty();
  Differences(rows, partition_keys_, new_partition_);
  new_peers_ = new_partition_;
  Differences(rows, order_keys_, new_peers_);
  Selection last(1);
  last.Add(rows.rows() - 1);
  last_ = rows;
  last_.Slice(last, 1);
  last_.Flatten();
  for (uint32_t i = rows.rows(); i-- > 0;) {
    if (new_partition_[i] != 0) return i;
  }
  return std::nullopt;
}

void WindowRows::Add(const Chunk& rows, uint32_t from, uint32_t to) {
  if (from == to) return;
  const uint64_t first = store_.rows();
  const size_t words = (first + (to - from)) / 64 + 1;
  partition_starts_.resize(words);
  peer_starts_.resize(words);
  for (uint32_t i = from; i < to; ++i) {
    if (new_partition_[i] != 0) SetBit(partition_starts_, first + i - from);
    if (new_peers_[i] != 0) SetBit(peer_starts_, first + i - from);
  }
  if (from == 0 && to == rows.rows()) {
    store_.Append(rows);
    return;
  }
  Selection part;
  for (uint32_t i = from; i < to; ++i) part.Add(i);
  Chunk sliced = rows;
  sliced.Slice(part, part.size());
  store_.Append(sliced);
}

void WindowRows::Clear() {
  store_.Clear();
  partition_starts_.clear();
  peer_starts_.clear();
}

uint64_t WindowRows::FirstAfter(const Bits& bits, uint64_t row) const {
  const uint64_t from = row + 1;
  size_t word = from / 64;
  if (word >= bits.size()) return rows();
  uint64_t rest = bits[word] & ~uint64_t{0} << (from % 64);
  while (rest == 0) {
    if (++word == bits.size()) return rows();
    rest = bits[word];
  }
  return word * 64 + static_cast<uint64_t>(std::countr_zero(rest));
}

uint64_t WindowRows::LastAt(const Bits& bits, uint64_t row) {
  size_t word = row / 64;
  uint64_t rest = bits[word] & ~uint64_t{0} >> (63 - row % 64);
  while (rest == 0) rest = bits[--word];       // row 0 begins a partition
  return word * 64 + 63 - static_cast<uint64_t>(std::countl_zero(rest));
}

void WindowRows::Describe(size_t chunk, WindowChunk& out) const {
  out.number = chunk;
  out.first = store_.first_row(chunk);
  out.rows = store_.rows_of(chunk);
  const auto fill = [&](const Bits& bits, std::vector<uint64_t>& starts, std::vector<uint64_t>& ends) {
    starts.resize(out.rows);
    ends.resize(out.rows);
    uint64_t start = LastAt(bits, out.first);
    for (uint32_t i = 0; i < out.rows;) {
      const uint64_t end = FirstAfter(bits, out.first + i);
      const auto until = static_cast<uint32_t>(std::min<uint64_t>(end - out.first, out.rows));
      std::fill(starts.begin() + i, starts.begin() + until, start);
      std::fill(ends.begin() + i, ends.begin() + until, end);
      i = until;
      start = end;
    }
  };
  fill(partition_starts_, out.partition, out.partition_end);
  fill(peer_starts_, out.peers, out.peers_end);
}

void WindowColumn::Load(uint64_t row) {
  const size_t chunk = rows_->store().chunk_of(row);
  vector_ = &reader_.At(chunk)[column_];
  first_ = rows_->store().first_row(chunk);
  end_ = first_ + rows_->store().rows_of(chunk);
  if (vector_->type().oid == type_oid::kNumeric && vector_->physical() != PhysicalType::kString) {
    packed_ = ToPackedNumeric(*vector_, static_cast<uint32_t>(end_ - first_));
    vector_ = &packed_;
  }
}

}  // namespace gather::executor
