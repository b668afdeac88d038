// The inside of Transaction and TransactionManager, shared by storage's own files.
//
// A transaction's undo log lists what it did to row groups and tables, in order; commit stamps it, rollback undoes it from the end. A
// savepoint is a position in the log.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "storage/active_transactions.h"
#include "storage/commit_queue.h"
#include "storage/kv_store.h"
#include "storage/row_group.h"
#include "storage/serializable_conflicts.h"
#include "storage/storage.h"
#include "storage/transaction.h"

namespace gather::storage {

struct UndoEntry {
  enum class Kind : uint8_t { kInsert, kDelete, kReplace, kCreateTable, kDropTable };  // kReplace: deleted by an update
  Kind kind;
  uint32_t group;                                        // position in groups, or in tables
  uint32_t first = 0;
  uint32_t count = 0;
};

// Segments of bulk inserts that are part of the store but not yet of any commit.
struct PendingSegments {
  uint64_t number;                                       // of the pending record
  size_t undo;                                           // length of the undo log when they were written
  StorageId table;
  std::vector<uint64_t> groups;
};

class BulkInsert;

struct SavepointState {
  size_t undo;
  size_t row_locks;
  size_t key_locks;
  size_t write_savepoints;                               // of the write set, when it was taken; write set absent: none
  bool had_writes;
  std::vector<uint64_t> participants;
};

struct Transaction::State {
  Storage* storage = nullptr;
  TransactionManager::State* manager = nullptr;
  ActiveTransactions::Slot* slot = nullptr;
  TransactionId id;
  IsolationLevel isolation = IsolationLevel::kReadCommitted;
  bool active = true;

  uint32_t command = 0;
  bool command_wrote = false;                            // something was stamped with the present command
  uint64_t snapshot = 0;                                 // the first one taken; 0: none
  SerializableTransaction* serializable = nullptr;       // from the first snapshot on, if it is one
  bool read_only = false, deferrable = false;
  int32_t backend_pid = 0;

  std::vector<UndoEntry> undo;
  size_t undo_floor = 0;                                 // entries before it belong to a savepoint: not extended
  std::vector<std::shared_ptr<RowGroup>> groups;         // touched
  std::unordered_map<const RowGroup*, uint32_t> group_positions;
  std::vector<std::shared_ptr<TableStore>> tables;       // created or dropped
  std::vector<SavepointState> savepoints;
  size_t write_savepoints = 0;
  std::unique_ptr<KvWriteSet> writes;
  std::vector<std::shared_ptr<CommitParticipant>> participants;
  std::vector<uint64_t> key_locks;                       // held until the end (KeyLocks)
  struct RowLock {
    RowLocks::Row row;
    RowLockStrength before;
  };
  std::vector<RowLock> row_locks;                        // as they were taken
  bool locked_rows = false;                              // at some time: a lock given back may have been copied

  std::vector<std::unique_ptr<BulkInsert>> bulk;         // of the present command, one per table
  std::vector<PendingSegments> pending;

  State();
  ~State();
  KvWriteSet& Writes();
  BulkInsert& BulkOf(TableStore::State& table);
  void EndBulk();
  void Record(UndoEntry::Kind kind, const std::shared_ptr<RowGroup>& group, uint32_t first, uint32_t count);
  void UndoTo(size_t position);
  void UnlockRowsTo(size_t position);
  void UnlockKeysTo(size_t position);
  void WriteRows(CommitTimestamp timestamp);             // chunk, group and delete records into the batch
  void StampAll(Stamp stamp);
  void RegisterSnapshot();                               // takes the newest
  void End(bool committed);
};

// Unique keys in flight: hash of (index, key) → the transaction that inserts it. Sharded.
class KeyLocks {
 public:
  // True when it is ours now (or was); otherwise `holder` is who has it.
  bool TryLock(uint64_t key, TransactionId transaction, TransactionId* holder, bool* fresh);
  void Unlock(uint64_t key, TransactionId transaction);

 private:
  struct alignas(64) Shard {
    std::mutex latch;
    std::unordered_map<uint64_t, TransactionId> holders;
  };
  Shard& shard(uint64_t key) { return shards_[key >> 58]; }
  std::array<Shard, 64> shards_;
};

struct TransactionManager::State {
  explicit State(Storage& owner, uint64_t newest, uint64_t first_transaction) : storage(owner), commits(newest), next_transaction(first_transaction) {}
  Storage& storage;
  ActiveTransactions running;
  CommitQueue commits;
  std::atomic<uint64_t> next_transaction;
  KeyLocks keys;
  RowLocks row_locks;
  SerializableConflicts conflicts;
  std::atomic<uint64_t> oldest_cache{0};

  TransactionId FullId(uint64_t low_bits) const;
};

}  // namespace gather::storage
