#include "storage/transaction.h"

#include <algorithm>
#include <utility>

#include "storage/bulk_insert.h"
#include "storage/keys.h"
#include "storage/storage_state.h"
#include "storage/table_state.h"
#include "storage/transaction_state.h"
#include "types/error.h"

namespace gather::storage {

namespace {
// Numbers reserved on disk at a time, and how early the next ones are.
constexpr uint64_t kTransactionStep = uint64_t{1} << 22;
}  // namespace

// ---- KeyLocks

bool KeyLocks::TryLock(uint64_t key, TransactionId transaction, TransactionId* holder, bool* fresh) {
  Shard& at = shard(key);
  std::lock_guard lock(at.latch);
  const auto [entry, inserted] = at.holders.try_emplace(key, transaction);
  *holder = entry->second;
  *fresh = inserted;
  return entry->second == transaction;
}

void KeyLocks::Unlock(uint64_t key, TransactionId transaction) {
  Shard& at = shard(key);
  std::lock_guard lock(at.latch);
  const auto entry = at.holders.find(key);
  if (entry != at.holders.end() && entry->second == transaction) at.holders.erase(entry);
}

// ---- Transaction::State

Transaction::State::State() = default;
Transaction::State::~State() = default;

BulkInsert& Transaction::State::BulkOf(TableStore::State& table) {
  for (const auto& present : bulk) {
    if (&present->table() == &table) return *present;
  }
  bulk.push_back(std::make_unique<BulkInsert>(table));
  return *bulk.back();
}

void Transaction::State::EndBulk() {
  for (const auto& present : bulk) present->EndCommand(*this);
  bulk.clear();
}

KvWriteSet& Transaction::State::Writes() {
  if (writes == nullptr) writes = storage->kv().NewWriteSet();
  return *writes;
}

void Transaction::State::Record(UndoEntry::Kind kind, const std::shared_ptr<RowGroup>& group, uint32_t first, uint32_t count) {
  command_wrote = true;
  if (kind == UndoEntry::Kind::kInsert) group->counters().appended.fetch_add(count, std::memory_order_relaxed);
  uint32_t position;
  if (!groups.empty() && groups.back() == group) {
    position = static_cast<uint32_t>(groups.size() - 1);
  } else {
    const auto [entry, fresh] = group_positions.try_emplace(group.get(), static_cast<uint32_t>(groups.size()));
    if (fresh) groups.push_back(group);
    position = entry->second;
  }
  if (undo.size() > undo_floor) {
    UndoEntry& last = undo.back();
    if (last.kind == kind && last.group == position && last.first + last.count == first) {
      last.count += count;
      return;
    }
  }
  undo.push_back({kind, position, first, count});
}

void Transaction::State::UndoTo(size_t position) {
  while (undo.size() > position) {
    const UndoEntry entry = undo.back();
    undo.pop_back();
    switch (entry.kind) {
      case UndoEntry::Kind::kInsert:
        groups[entry.group]->StampInserted(entry.first, entry.count, kAborted);
        groups[entry.group]->counters().dead.fetch_add(entry.count, std::memory_order_relaxed);
        break;
      case UndoEntry::Kind::kDelete: case UndoEntry::Kind::kReplace: groups[entry.group]->StampDeleted(entry.first, entry.count, kNotDeleted); break;
      case UndoEntry::Kind::kCreateTable: storage->state().ForgetTable(tables[entry.group]->id()); break;
      case UndoEntry::Kind::kDropTable: break;
    }
  }
  undo_floor = std::min(undo_floor, undo.size());
  while (!pending.empty() && pending.back().undo > position) {
    const PendingSegments written = std::move(pending.back());
    pending.pop_back();
    try {
      for (const uint64_t group : written.groups) {
        const std::string prefix = RowsPrefix(written.table, group);
        storage->kv().DeleteRanges({{Family::kSegments, prefix, KeyAfterPrefix(prefix)}});
      }
      storage->kv().DeleteRanges({{Family::kTables, PendingKey(written.number), PendingKey(written.number + 1)}});
    } catch (const SqlError&) {
      // The pending record is still there: the next start removes the segments.
    }
  }
}

// Per touched row group: what this transaction inserted, as runs, and what it deleted.
void Transaction::State::WriteRows(CommitTimestamp timestamp) {
  struct Changes {
    std::vector<std::pair<uint32_t, uint32_t>> inserted;  // first, end
    std::vector<std::pair<uint32_t, uint32_t>> deleted;
  };
  std::vector<Changes> changes(groups.size());
  for (const UndoEntry& entry : undo) {
    if (entry.kind == UndoEntry::Kind::kInsert) changes[entry.group].inserted.emplace_back(entry.first, entry.first + entry.count);
    if (entry.kind == UndoEntry::Kind::kDelete || entry.kind == UndoEntry::Kind::kReplace) changes[entry.group].deleted.emplace_back(entry.first, entry.first + entry.count);
  }
  const auto merge = [](std::vector<std::pair<uint32_t, uint32_t>>& runs) {
    std::sort(runs.begin(), runs.end());
    size_t kept = 0;
    for (size_t i = 1; i < runs.size(); ++i) {
      if (runs[kept].second == runs[i].first) runs[kept].second = runs[i].second; else runs[++kept] = runs[i];
    }
    if (!runs.empty()) runs.resize(kept + 1);
  };
  for (const UndoEntry& entry : undo) {
    // Again, for columns added since: AddColumn knows no transaction.
    if (entry.kind != UndoEntry::Kind::kCreateTable) continue;
    const TableStore& table = *tables[entry.group];
    Writes().Put(Family::kTables, TableKey(table.id()), table.state().Record(false).Encode());
  }
  for (const UndoEntry& entry : undo) {
    if (entry.kind != UndoEntry::Kind::kDropTable) continue;
    const TableStore& table = *tables[entry.group];
    Writes().Put(Family::kTables, TableKey(table.id()), table.state().Record(true).Encode());
  }
  for (size_t g = 0; g < groups.size(); ++g) {
    RowGroup& group = *groups[g];
    merge(changes[g].inserted);
    merge(changes[g].deleted);
    if (!changes[g].inserted.empty()) {
      const RowGroup::Pinned pinned = group.Pin();
      if (pinned.frozen != nullptr) {
        Writes().Put(Family::kTables, GroupKey(group.table(), group.number()), pinned.frozen->Record());
      } else {
        for (const auto& [first, end] : changes[g].inserted) {
          Writes().Put(Family::kChunks, ChunkKey(group.table(), group.number(), first), pinned.fresh->Serialize(first, end - first));
        }
      }
    }
    if (!changes[g].deleted.empty()) {
      Writes().Put(Family::kDeletes, DeleteKey(group.table(), group.number(), timestamp), EncodeSlotRuns(changes[g].deleted));
      group.delete_records.fetch_add(1, std::memory_order_relaxed);
    }
  }
}

void Transaction::State::StampAll(Stamp stamp) {
  for (const UndoEntry& entry : undo) {
    const bool inserted = entry.kind == UndoEntry::Kind::kInsert, replaced = entry.kind == UndoEntry::Kind::kReplace;
    if (!inserted && !replaced && entry.kind != UndoEntry::Kind::kDelete) continue;
    RowGroup& group = *groups[entry.group];
    TableCounters& counters = group.counters();
    const auto add = [&entry](auto& counter) { counter.fetch_add(entry.count, std::memory_order_relaxed); };
    if (inserted) {
      group.StampInserted(entry.first, entry.count, stamp);
      add(counters.live);
      add(counters.inserted);
      add(counters.changed);
      continue;
    }
    group.StampDeleted(entry.first, entry.count, stamp);
    counters.live.fetch_sub(entry.count, std::memory_order_relaxed);
    add(counters.dead);
    // An update is one change: its new version has been counted as inserted.
    if (replaced) {
      add(counters.updated);
    } else {
      add(counters.deleted);
      add(counters.changed);
    }
  }
}

void Transaction::State::RegisterSnapshot() {
  uint64_t newest = manager->commits.published();
  // Registered before it counts: whoever computes Oldest after this second look sees it.
  for (;;) {
    slot->snapshot.store(newest, std::memory_order_seq_cst);
    const uint64_t again = manager->commits.published();
    if (again == newest) break;
    newest = again;
  }
  snapshot = newest;
}

void Transaction::State::End(bool committed) {
  active = false;
  if (serializable != nullptr) manager->conflicts.End(std::exchange(serializable, nullptr), committed);
  UnlockKeysTo(0);
  ActiveTransactions::Slot* left = slot;
  slot = nullptr;
  ActiveTransactions::Leave(left);
  if (locked_rows) {
    UnlockRowsTo(0);
    manager->row_locks.DropCopies(id);
  }
  if (left->waiters.load(std::memory_order_seq_cst) != 0) storage->locks().TransactionEnded();
  undo.clear();
  groups.clear();
  group_positions.clear();
  tables.clear();
  participants.clear();
  writes.reset();
}

// ---- Transaction

Transaction::Transaction(std::unique_ptr<State> state) : state_(std::move(state)) {}

Transaction::~Transaction() {
  if (state_->active) Rollback();
}

TransactionId Transaction::id() const { return state_->id; }
IsolationLevel Transaction::isolation() const { return state_->isolation; }
bool Transaction::active() const { return state_->active; }
uint32_t Transaction::command() const { return state_->command; }
bool Transaction::has_writes() const { return !state_->undo.empty() || (state_->writes != nullptr && !state_->writes->empty()); }

void Transaction::SetAccess(bool read_only, bool deferrable, int32_t backend_pid) {
  state_->read_only = read_only;
  state_->deferrable = deferrable;
  state_->backend_pid = backend_pid;
}

SerializableTransaction* Transaction::serializable() const { return state_->serializable; }

void Transaction::WaitForSafeSnapshot(const InterruptFlag& interrupt) {
  State& state = *state_;
  if (state.isolation != IsolationLevel::kSerializable || !state.read_only || !state.deferrable || state.snapshot != 0) return;
  SerializableConflicts& conflicts = state.manager->conflicts;
  for (;;) {
    TakeSnapshot();
    if (conflicts.WaitUntilSafe(state.serializable, interrupt)) return;
    conflicts.End(std::exchange(state.serializable, nullptr), false);
    state.snapshot = 0;
    state.slot->snapshot.store(0, std::memory_order_seq_cst);
  }
}

bool Transaction::has_snapshot() const { return state_->snapshot != 0; }

Snapshot Transaction::TakeSnapshot() {
  State& state = *state_;
  if (state.isolation == IsolationLevel::kSerializable && state.snapshot == 0) {
    state.serializable = state.manager->conflicts.Begin(state.backend_pid, state.read_only, [&] { state.RegisterSnapshot(); });
  }
  if (state.isolation != IsolationLevel::kReadCommitted && state.snapshot != 0) {
    const bool safe = state.read_only && state.serializable != nullptr && state.manager->conflicts.IsSafe(state.serializable);
    return {CommitTimestamp(state.snapshot), state.id, state.command, safe ? nullptr : state.serializable};
  }
  if (state.snapshot == 0) {
    state.RegisterSnapshot();
    return {CommitTimestamp(state.snapshot), state.id, state.command, nullptr};
  }
  return {CommitTimestamp(state.manager->commits.published()), state.id, state.command, nullptr};
}

void Transaction::NextCommand() {
  State& state = *state_;
  state.EndBulk();
  if (!state.command_wrote) return;
  if (state.command == kMaxCommand) throw SqlError(sqlstate::kProgramLimitExceeded, Format("cannot have more than %u commands in a transaction", kMaxCommand));
  ++state.command;
  state.command_wrote = false;
}

uint64_t Transaction::Savepoint() {
  State& state = *state_;
  state.EndBulk();
  SavepointState savepoint;
  savepoint.undo = state.undo.size();
  savepoint.row_locks = state.row_locks.size();
  savepoint.key_locks = state.key_locks.size();
  savepoint.had_writes = state.writes != nullptr;
  if (state.writes != nullptr) {
    state.writes->SetSavepoint();
    ++state.write_savepoints;
  }
  savepoint.write_savepoints = state.write_savepoints;
  for (const auto& participant : state.participants) savepoint.participants.push_back(participant->Mark());
  state.undo_floor = state.undo.size();
  state.savepoints.push_back(std::move(savepoint));
  return state.savepoints.size() - 1;
}

void Transaction::RollbackTo(uint64_t mark) {
  State& state = *state_;
  if (mark >= state.savepoints.size()) ThrowInternal("rollback to an unknown savepoint");
  state.savepoints.resize(mark + 1);
  SavepointState& savepoint = state.savepoints[mark];
  state.bulk.clear();
  state.UndoTo(savepoint.undo);
  state.UnlockRowsTo(savepoint.row_locks);
  state.UnlockKeysTo(savepoint.key_locks);
  state.undo_floor = state.undo.size();
  if (!savepoint.had_writes) {
    state.writes.reset();
    state.write_savepoints = 0;
  } else {
    while (state.write_savepoints >= savepoint.write_savepoints) {
      state.writes->RollbackToSavepoint();
      --state.write_savepoints;
    }
    state.writes->SetSavepoint();                        // the savepoint may be rolled back to again
    ++state.write_savepoints;
  }
  for (size_t i = 0; i < state.participants.size(); ++i) {
    state.participants[i]->RollbackTo(i < savepoint.participants.size() ? savepoint.participants[i] : 0);
  }
  // What somebody waits for may be undone.
  state.slot->rollbacks.fetch_add(1, std::memory_order_seq_cst);
  if (state.slot->waiters.load(std::memory_order_seq_cst) != 0) state.storage->locks().TransactionEnded();
}

void Transaction::AddParticipant(std::shared_ptr<CommitParticipant> participant) { state_->participants.push_back(std::move(participant)); }

WriteSet& Transaction::writes() { return state_->Writes(); }

bool Transaction::TryLockKey(uint64_t key, TransactionId* holder, bool* fresh) {
  if (!state_->manager->keys.TryLock(key, state_->id, holder, fresh)) return false;
  if (*fresh) state_->key_locks.push_back(key);
  return true;
}

void Transaction::UnlockKey(uint64_t key) {
  state_->manager->keys.Unlock(key, state_->id);
  // Given back soon after it was taken: look from the end.
  for (size_t i = state_->key_locks.size(); i-- > 0;) {
    if (state_->key_locks[i] != key) continue;
    state_->key_locks.erase(state_->key_locks.begin() + static_cast<ptrdiff_t>(i));
    return;
  }
}

TransactionId Transaction::TryLockRow(StorageId table, RowId row, RowLockStrength strength) {
  Transaction::State::RowLock lock{{table, row}, RowLockStrength::kNone};
  const TransactionId holder = state_->manager->row_locks.TryLock(lock.row, state_->id, strength, &lock.before);
  if (holder.value != 0) return holder;
  state_->row_locks.push_back(lock);
  state_->locked_rows = true;
  return {};
}

void Transaction::UnlockLastRow() { state_->UnlockRowsTo(state_->row_locks.size() - 1); }

void Transaction::State::UnlockRowsTo(size_t position) {
  while (row_locks.size() > position) {
    manager->row_locks.Weaken(row_locks.back().row, id, row_locks.back().before);
    row_locks.pop_back();
  }
}

void Transaction::State::UnlockKeysTo(size_t position) {
  while (key_locks.size() > position) {
    manager->keys.Unlock(key_locks.back(), id);
    key_locks.pop_back();
  }
}

CommitTimestamp Transaction::Commit(SynchronousCommit sync) {
  State& state = *state_;
  if (!state.active) ThrowInternal("commit of a transaction that has ended");
  try {
    state.EndBulk();
    for (const auto& participant : state.participants) {
      participant->BeforeCommit(state.Writes());
    }
    if (state.serializable != nullptr) state.manager->conflicts.PrepareCommit(state.serializable);
  } catch (...) {
    Rollback();
    throw;
  }
  if (!has_writes()) {  // nothing to order or to make durable
    const CommitTimestamp newest(state.manager->commits.published());
    for (const auto& participant : state.participants) participant->Committed(newest);
    state.End(true);
    return newest;
  }
  CommitQueue::Ticket ticket;
  state.manager->commits.Enter(ticket);
  const CommitTimestamp timestamp = ticket.timestamp();
  try {
    state.storage->state().ReserveCounter(state.storage->state().timestamp_limit, timestamp.value, kTransactionStep);
    state.WriteRows(timestamp);
    state.storage->kv().Write(state.Writes(), sync == SynchronousCommit::kOn);
  } catch (...) {
    state.manager->commits.Finish(ticket, nullptr);
    Rollback();
    throw;
  }
  state.StampAll(timestamp.value);
  std::function<void()> work;
  if (!state.participants.empty() || !state.tables.empty()) {
    work = [&] {
      state.storage->state().PublishTables(state);
      for (const auto& participant : state.participants) participant->Committed(timestamp);
    };
  }
  state.manager->commits.Finish(ticket, work);
  state.End(true);
  return timestamp;
}

void Transaction::Rollback() {
  State& state = *state_;
  if (!state.active) return;
  state.bulk.clear();
  state.UndoTo(0);
  for (auto participant = state.participants.rbegin(); participant != state.participants.rend(); ++participant) (*participant)->RolledBack();
  state.End(false);
}

// ---- TransactionManager

TransactionManager::TransactionManager(Storage& storage)
    : state_(std::make_unique<State>(storage, storage.state().counters.timestamp, storage.state().counters.transaction)) {}
TransactionManager::~TransactionManager() = default;

std::unique_ptr<Transaction> TransactionManager::Begin(IsolationLevel level) {
  auto state = std::make_unique<Transaction::State>();
  state->storage = &state_->storage;
  state->manager = state_.get();
  state->id = TransactionId(state_->next_transaction.fetch_add(1, std::memory_order_relaxed));
  state_->storage.state().ReserveCounter(state_->storage.state().transaction_limit, state->id.value, kTransactionStep);
  state->isolation = level;
  state->slot = state_->running.Enter(state->id);
  return std::unique_ptr<Transaction>(new Transaction(std::move(state)));
}

Snapshot TransactionManager::Latest() const { return {CommitTimestamp(state_->commits.published()), TransactionId(0), 0}; }

CommitTimestamp TransactionManager::Oldest() const { return CommitTimestamp(state_->running.Oldest(state_->commits.published())); }

const RowLocks& TransactionManager::row_locks() const { return state_->row_locks; }
SerializableConflicts& TransactionManager::conflicts() { return state_->conflicts; }

bool TransactionManager::IsActive(TransactionId id) const { return id.value != 0 && state_->running.Find(id) != nullptr; }

void TransactionManager::WaitFor(TransactionId waiter, TransactionId id, const InterruptFlag& interrupt) {
  ActiveTransactions::Slot* slot = state_->running.Find(id);
  if (slot == nullptr || id == waiter) return;
  // Counted before the second look, as the holder looks at the count after it has left: one of the two sees the other.
  slot->waiters.fetch_add(1, std::memory_order_seq_cst);
  struct Counted {
    ActiveTransactions::Slot* slot;
    ~Counted() { slot->waiters.fetch_sub(1, std::memory_order_seq_cst); }
  } counted{slot};
  const uint32_t rollbacks = slot->rollbacks.load(std::memory_order_seq_cst);
  const auto goes_on = [&] { return slot->id.load(std::memory_order_seq_cst) == id.value && slot->rollbacks.load(std::memory_order_seq_cst) == rollbacks; };
  state_->storage.locks().WaitForTransaction(waiter, id, goes_on, interrupt);
}

TransactionId TransactionManager::State::FullId(uint64_t low_bits) const {
  const uint64_t next = next_transaction.load(std::memory_order_relaxed);
  uint64_t id = (next & ~kStampTransactionMask) | low_bits;
  if (id >= next) id -= kStampTransactionMask + 1;
  return TransactionId(id);
}

}  // namespace gather::storage
