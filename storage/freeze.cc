// Maintenance of one table: settling versions, freezing full row groups, dropping dead ones, merging delete records.
#include <algorithm>

#include "storage/group_writer.h"
#include "storage/keys.h"
#include "storage/storage_state.h"
#include "storage/table_state.h"

namespace gather::storage {

namespace {
// Delete records of a row group that are worth folding into one.
constexpr uint32_t kMergeRecords = 16;
}  // namespace

uint32_t TableStore::Freeze() {
  State& state = *state_;
  std::lock_guard one_at_a_time(state.maintenance);
  if (state.dropped.load() || !state.committed.load()) return 0;
  state.SaveAnalysis();
  uint32_t frozen = 0;
  const std::shared_ptr<const GroupList> groups = state.Groups();
  for (const std::shared_ptr<RowGroup>& group : groups->groups) {
    const CommitTimestamp oldest = state.storage.transactions().Oldest();
    group->Settle(oldest);
    if (!group->closed()) continue;
    const RowGroup::Pinned pinned = group->Pin();
    if (pinned.versions->HasRunning(pinned.rows, false)) continue;
    if (pinned.versions->AllDead(pinned.rows, oldest)) {
      state.RemoveGroup(group);
      continue;
    }
    if (pinned.frozen == nullptr) {
      state.FreezeGroup(*group, pinned);
      ++frozen;
    }
    if (group->delete_records.load(std::memory_order_relaxed) > kMergeRecords) state.MergeDeletes(*group);
  }
  return frozen;
}

void TableStore::State::FreezeGroup(RowGroup& group, const RowGroup::Pinned& pinned) {
  std::vector<SlotRun> dead;
  for (uint32_t slot = 0; slot < pinned.rows; ++slot) {
    // Settle has turned inserts that were undone into deletes with the oldest of all stamps; so are deletes that have their own records.
    if (pinned.versions->Inserted(slot) != kAborted && pinned.versions->Deleted(slot) != kSettled) continue;
    if (!dead.empty() && dead.back().second == slot) ++dead.back().second; else dead.emplace_back(slot, slot + 1);
  }
  GroupWriter writer(storage.state().segments);
  std::shared_ptr<const FrozenColumns> frozen = writer.Encode(id, group.number(), pinned, std::move(dead));
  writer.Finish();
  const std::unique_ptr<KvWriteSet> writes = storage.kv().NewWriteSet();
  writes->Put(Family::kTables, GroupKey(id, group.number()), frozen->Record());
  const std::string prefix = RowsPrefix(id, group.number());
  storage.kv().ForEach(Family::kChunks, prefix, KeyAfterPrefix(prefix), [&](std::string_view key, std::string_view) {
    writes->Delete(Family::kChunks, key);
    return true;
  });
  storage.kv().Write(*writes, false);
  counters->frozen_bytes.fetch_add(frozen->bytes(), std::memory_order_relaxed);
  group.ReplaceByFrozen(std::move(frozen));
}

void TableStore::State::RemoveGroup(const std::shared_ptr<RowGroup>& group) {
  const RowGroup::Pinned pinned = group->Pin();
  {
    std::lock_guard lock(latch);
    auto list = std::make_shared<GroupList>(*groups);
    std::erase(list->groups, group);
    groups = std::move(list);
    if (open == group) open.reset();
  }
  counters->dead.fetch_sub(pinned.rows, std::memory_order_relaxed);
  if (pinned.frozen != nullptr) counters->frozen_bytes.fetch_sub(pinned.frozen->bytes(), std::memory_order_relaxed);
  // In one step, with the table's next number: neither delete records nor index entries may ever meet another group of this number.
  const std::string prefix = RowsPrefix(id, group->number()), end = KeyAfterPrefix(prefix), record = GroupKey(id, group->number());
  storage.kv().DeleteRanges({{Family::kTables, record, KeyAfterPrefix(record)}, {Family::kChunks, prefix, end}, {Family::kDeletes, prefix, end},
                             {Family::kSegments, prefix, end}},
                            {{Family::kTables, TableKey(id), Record(false).Encode()}});
}

void TableStore::State::MergeDeletes(RowGroup& group) {
  const std::string prefix = RowsPrefix(id, group.number());
  const std::unique_ptr<KvWriteSet> writes = storage.kv().NewWriteSet();
  std::vector<bool> slots(kRowGroupSize);
  uint32_t records = 0;
  storage.kv().ForEach(Family::kDeletes, prefix, KeyAfterPrefix(prefix), [&](std::string_view key, std::string_view value) {
    DecodeSlotRuns(value, [&](uint32_t first, uint32_t count) { std::fill_n(slots.begin() + first, count, true); });
    writes->Delete(Family::kDeletes, key);
    ++records;
    return true;
  });
  std::vector<SlotRun> runs;
  for (uint32_t slot = 0; slot < kRowGroupSize; ++slot) {
    if (!slots[slot]) continue;
    if (!runs.empty() && runs.back().second == slot) ++runs.back().second; else runs.emplace_back(slot, slot + 1);
  }
  writes->Put(Family::kDeletes, DeleteKey(id, group.number(), CommitTimestamp(0)), EncodeSlotRuns(runs));
  storage.kv().Write(*writes, false);
  group.delete_records.fetch_sub(records - 1, std::memory_order_relaxed);
}

}  // namespace gather::storage
