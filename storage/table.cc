#include "storage/table.h"

#include <algorithm>

#include "storage/bulk_insert.h"
#include "storage/byte_io.h"
#include "storage/keys.h"
#include "storage/storage_state.h"
#include "storage/table_state.h"
#include "storage/transaction_state.h"
#include "types/error.h"

namespace gather::storage {

std::string TableRecord::Encode() const {
  ByteWriter writer;
  writer.Put(static_cast<uint8_t>(dropped));
  writer.Put(next_group);
  writer.Put(static_cast<uint32_t>(columns.size()));
  for (const StoredColumn& column : columns) {
    writer.Put(column.id.value);
    writer.Put(column.type.oid);
    writer.Put(column.type.typmod);
  }
  return writer.Take();
}

TableRecord TableRecord::Decode(std::string_view bytes) {
  ByteReader reader(bytes);
  TableRecord record;
  record.dropped = reader.Get<uint8_t>() != 0;
  record.next_group = reader.Get<uint64_t>();
  const auto count = reader.Get<uint32_t>();
  for (uint32_t i = 0; i < count; ++i) {
    StoredColumn column;
    column.id = ColumnId(reader.Get<int16_t>());
    column.type.oid = reader.Get<Oid>();
    column.type.typmod = reader.Get<int32_t>();
    record.columns.push_back(column);
  }
  return record;
}

// ---- TableStore::State

TableStore::State::~State() {
  if (!dropped.load()) return;
  try {
    const std::string rows = RowsPrefix(id), rows_end = KeyAfterPrefix(rows), list = GroupPrefix(id), record = TableKey(id), analysis = AnalysisKey(id);
    storage.kv().DeleteRanges({{Family::kChunks, rows, rows_end}, {Family::kDeletes, rows, rows_end}, {Family::kSegments, rows, rows_end},
                               {Family::kTables, list, KeyAfterPrefix(list)}, {Family::kTables, record, KeyAfterPrefix(record)},
                               {Family::kTables, analysis, KeyAfterPrefix(analysis)}});
  } catch (const SqlError&) {
    // The dropped mark is on disk: the next start removes the rest.
  }
}

TableRecord TableStore::State::Record(bool drop) const {
  std::lock_guard lock(latch);
  return {drop, next_group, columns};
}

void TableStore::State::AddGroup(std::shared_ptr<RowGroup> group) {
  auto list = std::make_shared<GroupList>(*groups);
  list->groups.push_back(std::move(group));
  groups = std::move(list);
}

std::shared_ptr<RowGroup> TableStore::State::NewGroup(std::span<const StoredColumn> wanted) {
  std::vector<StoredColumn> stored = columns;
  for (const StoredColumn& column : wanted) {
    const bool known = std::any_of(stored.begin(), stored.end(), [&](const StoredColumn& present) { return present.id == column.id; });
    if (!known) stored.push_back(column);
  }
  auto group = std::make_shared<RowGroup>(id, next_group++, counters, std::move(stored));
  AddGroup(group);
  return group;
}

std::shared_ptr<RowGroup> TableStore::State::OpenGroup(std::span<const StoredColumn> wanted, const RowGroup* full) {
  std::lock_guard lock(latch);
  if (open != nullptr && open.get() != full && open->Holds(wanted)) return open;
  if (open != nullptr) open->Close();
  open = NewGroup(wanted);
  return open;
}

std::shared_ptr<RowGroup> TableStore::State::Find(RowId row) const {
  std::lock_guard lock(latch);
  const std::shared_ptr<RowGroup>* group = groups->Find(row.group());
  return group == nullptr ? nullptr : *group;
}

// ---- TableStore

std::shared_ptr<TableStore> MakeTable(Storage& storage, StorageId id, std::vector<StoredColumn> columns) {
  return std::make_shared<TableStore>(std::make_unique<TableStore::State>(storage, id, std::move(columns)));
}

TableStore::TableStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
TableStore::~TableStore() = default;

StorageId TableStore::id() const { return state_->id; }

std::vector<StoredColumn> TableStore::columns() const {
  std::lock_guard lock(state_->latch);
  return state_->columns;
}

TableStatistics TableStore::statistics() const {
  TableStatistics statistics;
  const std::shared_ptr<const GroupList> groups = state_->Groups();
  statistics.rows = static_cast<uint64_t>(std::max<int64_t>(0, state_->counters->live.load(std::memory_order_relaxed)));
  statistics.dead_rows = static_cast<uint64_t>(std::max<int64_t>(0, state_->counters->dead.load(std::memory_order_relaxed)));
  statistics.updated = state_->counters->updated.load(std::memory_order_relaxed);
  const uint64_t inserted = state_->counters->inserted.load(std::memory_order_relaxed);
  statistics.inserted = inserted - std::min(inserted, statistics.updated);  // without new versions
  statistics.deleted = state_->counters->deleted.load(std::memory_order_relaxed);
  statistics.changed = state_->counters->changed.load(std::memory_order_relaxed) - state_->counters->changed_before.load(std::memory_order_relaxed);
  statistics.row_groups = groups->groups.size();
  statistics.bytes = state_->counters->frozen_bytes.load(std::memory_order_relaxed) + state_->counters->fresh_bytes.load(std::memory_order_relaxed);
  return statistics;
}

void TableStore::Insert(Transaction& transaction, std::span<const StoredColumn> columns, const Chunk& rows, RowId* ids) {
  const uint32_t count = rows.rows();
  if (count == 0) return;
  if (Transaction::State& state = transaction.state(); state.serializable != nullptr) state.manager->conflicts.WriteTable(state.serializable, state_->id);
  std::vector<Vector> converted;
  converted.reserve(columns.size());
  std::vector<ColumnSource> sources(columns.size());
  for (size_t c = 0; c < columns.size(); ++c) {
    const bool numeric = columns[c].type.oid == type_oid::kNumeric;
    if (numeric) converted.push_back(StoredForm(rows[c], columns[c].type, count));
    sources[c] = {columns[c].id, numeric ? &converted.back() : &rows[c]};
  }
  transaction.state().BulkOf(*state_).Insert(transaction.state(), columns, sources, count, ids);
}

WriteResult TableStore::Delete(Transaction& transaction, RowId row, DeleteKind kind) {
  const std::shared_ptr<RowGroup> group = state_->Find(row);
  if (group == nullptr || row.slot() >= group->rows()) return {WriteOutcome::kConflict, {}};
  Transaction::State& state = transaction.state();
  WriteResult result = group->Delete(row.slot(), RunningStamp(state.id, state.command) | (kind == DeleteKind::kUpdateKeepingKey ? kKeepsKeyBit : 0));
  if (result.outcome == WriteOutcome::kDone) {
    state.Record(kind == DeleteKind::kDelete ? UndoEntry::Kind::kDelete : UndoEntry::Kind::kReplace, group, row.slot(), 1);
    if (state.serializable != nullptr) state.manager->conflicts.WriteRow(state.serializable, state_->id, row);
  } else if (result.outcome == WriteOutcome::kBusy) {
    result.holder = state.manager->FullId(result.holder.value);
  }
  return result;
}

void TableStore::State::MarkRead(const Snapshot& snapshot, std::span<const RowId> ids, const Selection& found) const {
  if (snapshot.serializable == nullptr) return;
  std::vector<RowId> rows;
  for (uint32_t i = 0; i < found.size(); ++i) rows.push_back(ids[found[i]]);
  storage.transactions().conflicts().ReadRows(snapshot.serializable, id, rows);
}

bool TableStore::IsVisible(const Snapshot& snapshot, RowId row) const {
  const std::shared_ptr<RowGroup> group = state_->Find(row);
  if (group == nullptr) return false;
  const RowGroup::Pinned pinned = group->Pin();
  return row.slot() < pinned.rows && pinned.versions->IsVisible(row.slot(), snapshot);
}

TableStore::Liveness TableStore::CheckLiveness(const Transaction& transaction, RowId row, TransactionId* holder) const {
  const std::shared_ptr<RowGroup> group = state_->Find(row);
  if (group == nullptr) return Liveness::kDead;
  const RowGroup::Pinned pinned = group->Pin();
  if (row.slot() >= pinned.rows) return Liveness::kDead;
  const Stamp inserted = pinned.versions->Inserted(row.slot());
  const Stamp deleted = pinned.versions->Deleted(row.slot());
  if (inserted == kAborted) return Liveness::kDead;
  const Transaction::State& state = transaction.state();
  if (IsRunning(inserted) && !IsOwn(inserted, state.id)) {
    *holder = state.manager->FullId(StampTransaction(inserted));
    return Liveness::kInserting;
  }
  if (deleted == kNotDeleted) return Liveness::kLive;
  if (IsRunning(deleted) && !IsOwn(deleted, state.id)) {
    *holder = state.manager->FullId(StampTransaction(deleted));
    return Liveness::kDeleting;
  }
  return Liveness::kDead;
}

TableStore::Replacement TableStore::ReplacementOf(RowId row) const {
  const std::shared_ptr<RowGroup> group = state_->Find(row);
  if (group == nullptr) return {};
  const RowGroup::Pinned pinned = group->Pin();
  if (row.slot() >= pinned.rows) return {};
  // The successor after the stamp: where the stamp says nothing any more, the successor has been set.
  const Stamp deleted = pinned.versions->Deleted(row.slot());
  const VersionInfo::Successor successor = pinned.versions->SuccessorOf(row.slot());
  return {deleted != kNotDeleted, successor.row, successor.keeps_key || (IsRunning(deleted) && KeepsKey(deleted))};
}

void TableStore::SetSuccessors(Transaction& transaction, std::span<const RowId> old_rows, std::span<const RowId> new_rows, bool keep_key) {
  TransactionManager::State& manager = *transaction.state().manager;
  const auto is_active = [&](TransactionId id) { return manager.running.Find(id) != nullptr; };
  std::shared_ptr<RowGroup> group;
  for (size_t i = 0; i < old_rows.size(); ++i) {
    if (group == nullptr || group->number() != old_rows[i].group()) group = state_->Find(old_rows[i]);
    if (group == nullptr) continue;
    group->SetSuccessor(old_rows[i].slot(), {new_rows[i], keep_key});
    if (keep_key) manager.row_locks.Copy({id(), old_rows[i]}, {id(), new_rows[i]}, transaction.id(), is_active);
  }
}

bool TableStore::IsDeadToAll(RowId row, CommitTimestamp oldest) const {
  const std::shared_ptr<RowGroup> group = state_->Find(row);
  if (group == nullptr) return true;
  const RowGroup::Pinned pinned = group->Pin();
  if (row.slot() >= pinned.rows) return true;
  return pinned.versions->Inserted(row.slot()) == kAborted || pinned.versions->Deleted(row.slot()) <= oldest.value;
}

}  // namespace gather::storage
