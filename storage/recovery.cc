// Recovery of one table: its row groups from their records on disk. Everything found is committed and older than every snapshot.
#include <algorithm>
#include <map>

#include "storage/delete_record.h"
#include "storage/keys.h"
#include "storage/storage_state.h"
#include "storage/table_state.h"

namespace gather::storage {

void TableStore::State::Load() {
  KvStore& kv = storage.kv();
  std::map<uint64_t, std::shared_ptr<RowGroup>> found;
  const std::string rows = RowsPrefix(id);
  int64_t live = 0;
  kv.ForEach(Family::kTables, GroupPrefix(id), KeyAfterPrefix(GroupPrefix(id)), [&](std::string_view key, std::string_view value) {
    const uint64_t number = GroupOfKey(key);
    auto frozen = std::make_shared<const FrozenColumns>(storage.state().segments, id, number, value);
    auto group = std::make_shared<RowGroup>(id, number, counters, frozen, std::make_unique<VersionInfo>(kSettled));
    live += frozen->rows();
    counters->frozen_bytes.fetch_add(frozen->bytes(), std::memory_order_relaxed);
    for (const auto& [first, end] : frozen->dead()) {
      group->StampDeleted(first, end - first, kSettled);
      live -= end - first;
    }
    found.emplace(number, std::move(group));
    return true;
  });
  kv.ForEach(Family::kChunks, rows, KeyAfterPrefix(rows), [&](std::string_view key, std::string_view value) {
    const uint64_t number = GroupOfRowsKey(key);
    std::shared_ptr<RowGroup>& group = found[number];
    if (group == nullptr) {
      std::vector<StoredColumn> stored;
      for (const ColumnId column : FreshColumns::ColumnsOf(value)) {
        for (const StoredColumn& known : columns) {
          if (known.id == column) stored.push_back(known);
        }
      }
      group = std::make_shared<RowGroup>(id, number, counters, std::move(stored));
    }
    live += group->LoadChunk(SlotOfChunkKey(key), value);
    return true;
  });
  int64_t dead = 0;
  kv.ForEach(Family::kDeletes, rows, KeyAfterPrefix(rows), [&](std::string_view key, std::string_view value) {
    const auto group = found.find(GroupOfRowsKey(key));
    if (group == found.end()) return true;
    group->second->delete_records.fetch_add(1, std::memory_order_relaxed);
    DecodeSlotRuns(value, [&](uint32_t first, uint32_t count) {
      dead += group->second->LoadDeletes(first, count);
    });
    return true;
  });
  auto list = std::make_shared<GroupList>();
  for (const auto& [number, group] : found) {
    group->Settle(CommitTimestamp(kSettled));
    next_group = std::max(next_group, number + 1);
    list->groups.push_back(group);
  }
  if (!list->groups.empty() && !list->groups.back()->closed()) open = list->groups.back();
  groups = std::move(list);
  counters->live.store(live - dead, std::memory_order_relaxed);
  counters->dead.store(dead, std::memory_order_relaxed);
  // Never analysed: all rows count as changed since.
  PinnedValue record;
  if (!kv.Get(Family::kTables, AnalysisKey(id), &record)) counters->changed.store(static_cast<uint64_t>(std::max<int64_t>(0, live - dead)), std::memory_order_relaxed);
}

}  // namespace gather::storage
