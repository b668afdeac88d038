#include "storage/row_group.h"

#include <algorithm>

namespace gather::storage {

RowGroup::RowGroup(StorageId table, uint64_t number, std::shared_ptr<TableCounters> counters, std::vector<StoredColumn> columns)
    : table_(table), number_(number), counters_(std::move(counters)) {
  contents_.fresh = std::make_shared<FreshColumns>(std::move(columns), counters_);
  contents_.versions = std::make_shared<VersionInfo>();
}

RowGroup::RowGroup(StorageId table, uint64_t number, std::shared_ptr<TableCounters> counters, std::shared_ptr<const FrozenColumns> frozen,
                   std::unique_ptr<VersionInfo> versions)
    : table_(table), number_(number), counters_(std::move(counters)), closed_(true) {
  contents_.rows = frozen->rows();
  contents_.frozen = std::move(frozen);
  contents_.versions = std::move(versions);
}

RowGroup::Pinned RowGroup::Pin() const {
  std::lock_guard lock(latch_);
  return contents_;
}

uint32_t RowGroup::rows() const {
  std::lock_guard lock(latch_);
  return contents_.rows;
}

uint32_t RowGroup::AppendLocked(std::span<const ColumnSource> sources, uint32_t from, uint32_t count, Stamp stamp, uint32_t* first) {
  count = std::min(count, kRowGroupSize - contents_.rows);
  if (closed_ || count == 0) return 0;
  contents_.fresh->Append(sources, from, count, contents_.rows);
  contents_.versions->SetInserted(contents_.rows, count, stamp);
  *first = contents_.rows;
  contents_.rows += count;
  closed_ = contents_.rows == kRowGroupSize;
  return count;
}

uint32_t RowGroup::Append(std::span<const ColumnSource> sources, uint32_t from, uint32_t count, Stamp stamp, uint32_t* first) {
  std::lock_guard lock(latch_);
  return private_ ? 0 : AppendLocked(sources, from, count, stamp, first);
}

uint32_t RowGroup::AppendPrivate(std::span<const ColumnSource> sources, uint32_t from, uint32_t count, Stamp stamp, uint32_t* first) {
  std::lock_guard lock(latch_);
  return AppendLocked(sources, from, count, stamp, first);
}

bool RowGroup::MakePrivate(uint32_t rows) {
  std::lock_guard lock(latch_);
  if (contents_.rows != rows || closed_) return false;
  private_ = true;
  return true;
}

void RowGroup::MakeShared() {
  std::lock_guard lock(latch_);
  private_ = false;
}

void RowGroup::Close() {
  std::lock_guard lock(latch_);
  closed_ = true;
}

bool RowGroup::closed() const {
  std::lock_guard lock(latch_);
  return closed_;
}

bool RowGroup::Holds(std::span<const StoredColumn> columns) const {
  std::lock_guard lock(latch_);
  return contents_.fresh != nullptr && contents_.fresh->Holds(columns);
}

uint32_t RowGroup::LoadChunk(uint32_t first, std::string_view record) {
  std::lock_guard lock(latch_);
  const uint32_t rows = contents_.fresh->Load(record, first);
  // Slots in between belonged to transactions that did not commit.
  if (first > contents_.rows) contents_.versions->SetInserted(contents_.rows, first - contents_.rows, kAborted);
  contents_.versions->SetInserted(first, rows, kSettled);
  contents_.rows = std::max(contents_.rows, first + rows);
  closed_ = contents_.rows == kRowGroupSize;
  return rows;
}

uint32_t RowGroup::LoadDeletes(uint32_t first, uint32_t count) {
  std::lock_guard lock(latch_);
  uint32_t dead = 0;
  for (uint32_t slot = first; slot < std::min(first + count, contents_.rows); ++slot) {
    if (contents_.versions->Deleted(slot) != kNotDeleted) continue;
    contents_.versions->SetDeleted(slot, kSettled);
    ++dead;
  }
  return dead;
}

WriteResult RowGroup::Delete(uint32_t slot, Stamp running) {
  std::lock_guard lock(latch_);
  const Stamp now = contents_.versions->Deleted(slot);
  if (now == kNotDeleted) {
    contents_.versions->SetSuccessor(slot, {});      // of an update that was undone
    contents_.versions->SetDeleted(slot, running);
    return {WriteOutcome::kDone, {}};
  }
  if (IsRunning(now) && StampTransaction(now) == StampTransaction(running)) return {WriteOutcome::kOwnCommand, {}};
  if (IsRunning(now)) return {WriteOutcome::kBusy, TransactionId(StampTransaction(now))};
  return {WriteOutcome::kConflict, {}};
}

void RowGroup::SetSuccessor(uint32_t slot, const VersionInfo::Successor& successor) {
  std::lock_guard lock(latch_);
  contents_.versions->SetSuccessor(slot, successor);
}

void RowGroup::StampInserted(uint32_t first, uint32_t count, Stamp stamp) {
  std::lock_guard lock(latch_);
  contents_.versions->SetInserted(first, count, stamp);
}

void RowGroup::StampDeleted(uint32_t first, uint32_t count, Stamp stamp) {
  std::lock_guard lock(latch_);
  for (uint32_t slot = first; slot < first + count; ++slot) contents_.versions->SetDeleted(slot, stamp);
}

void RowGroup::ReplaceByFrozen(std::shared_ptr<const FrozenColumns> frozen) {
  std::lock_guard lock(latch_);
  contents_.frozen = std::move(frozen);
  contents_.fresh.reset();
}

bool RowGroup::Settle(CommitTimestamp oldest) {
  std::lock_guard lock(latch_);
  std::unique_ptr<VersionInfo> settled = contents_.versions->Settled(contents_.rows, oldest);
  if (settled == nullptr) return false;
  contents_.versions = std::move(settled);
  return true;
}

const std::shared_ptr<RowGroup>* GroupList::Find(uint64_t number) const {
  // Numbers are dense but for groups that were rolled back or vacuumed away.
  if (number < groups.size() && groups[number]->number() == number) return &groups[number];
  const auto at = std::lower_bound(groups.begin(), groups.end(), number,
                                   [](const std::shared_ptr<RowGroup>& group, uint64_t wanted) { return group->number() < wanted; });
  return at != groups.end() && (*at)->number() == number ? &*at : nullptr;
}

}  // namespace gather::storage
