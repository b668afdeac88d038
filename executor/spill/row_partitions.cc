#include "executor/spill/row_partitions.h"

#include <algorithm>
#include <cstring>

namespace gather::executor {

namespace {
struct Header {
  uint64_t hash;
  uint32_t tag;
  uint32_t unused;
};
Header HeaderOf(const uint8_t* row) {
  Header header;
  std::memcpy(&header, row, sizeof(header));
  return header;
}
}  // namespace

RowPartitions::RowPartitions(const std::vector<SqlType>& types, uint32_t level, uint64_t most_bytes, std::string directory, MemoryBudget* budget)
    : layout_(types, sizeof(Header)), level_(level), most_bytes_(most_bytes), directory_(std::move(directory)), budget_(budget), in_memory_(kPartitions),
      rows_(kPartitions) {
  if (budget != nullptr) pointers_ = MemoryReservation(*budget);
}

void RowPartitions::Add(const Chunk& rows, const RowIndex* pick, uint32_t count, const uint64_t* hashes, uint32_t tag) {
  if (store_ == nullptr) store_ = std::make_shared<RowStore>(layout_, budget_);
  new_rows_.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    const uint64_t hash = hashes[pick == nullptr ? i : pick[i]];
    const Header header{hash, tag, 0};
    uint8_t* row = new_rows_[i] = store_->NewRow();
    std::memcpy(row, &header, sizeof(header));
    const uint32_t partition = PartitionOf(hash, level_);
    in_memory_[partition].push_back(row);
    ++rows_[partition];
  }
  for (size_t c = 0; c < layout_.columns(); ++c) {
    StoreColumn(layout_.column(c), RowForm(rows[c], rows.rows()), pick, count, new_rows_.data(), store_->heap());
  }
  store_->ChargeHeap();
  pointers_.Grow(2 * count * sizeof(uint8_t*));      // vectors grow by doubling
  if (bytes() <= most_bytes_) return;
  if (spill_ == nullptr) spill_ = std::make_unique<RowSpill>(layout_, kPartitions, directory_);
  for (uint32_t partition = 0; partition < kPartitions; ++partition) {
    for (const uint8_t* row : in_memory_[partition]) spill_->Add(partition, row);
    in_memory_[partition].clear();
  }
  store_.reset();
  pointers_.Clear();
}

void RowPartitions::Finish() {
  if (spill_ != nullptr) spill_->Finish();
}

RowPartitions::Reader::Reader(const RowPartitions& from, uint32_t partition) : from_(from), partition_(partition) {
  if (from.spill_ != nullptr) file_ = std::make_unique<RowSpill::Reader>(*from.spill_, partition);
}

bool RowPartitions::Reader::Fill() {
  if (file_ != nullptr) {
    store_ = std::make_shared<RowStore>(from_.layout_, from_.budget_);
    if (file_->Next(*store_, kVectorSize, rows_) != 0) return true;
    file_.reset();
  }
  const std::vector<uint8_t*>& rows = from_.in_memory_[partition_];
  const size_t count = std::min<size_t>(kVectorSize, rows.size() - taken_);
  if (count == 0) return false;
  rows_.assign(rows.begin() + static_cast<ptrdiff_t>(taken_), rows.begin() + static_cast<ptrdiff_t>(taken_ + count));
  taken_ += count;
  store_ = from_.store_;
  return true;
}

bool RowPartitions::Reader::Next(Chunk& out, uint32_t* tag) {
  if (rows_.empty() && !Fill()) return false;
  *tag = HeaderOf(rows_[0]).tag;
  same_.clear();
  size_t left = 0;
  for (uint8_t* row : rows_) {
    if (HeaderOf(row).tag == *tag) same_.push_back(row);
    else rows_[left++] = row;
  }
  rows_.resize(left);
  out.Clear();
  for (size_t c = 0; c < from_.layout_.columns(); ++c) {
    out.Add(Vector());
    LoadColumn(from_.layout_.column(c), same_.data(), static_cast<uint32_t>(same_.size()), store_, out[c]);
  }
  out.set_rows(static_cast<uint32_t>(same_.size()));
  return true;
}

}  // namespace gather::executor
