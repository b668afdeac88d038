// Transactions: begin, snapshot, savepoints, commit, rollback.
//
// A Transaction belongs to one session thread; workers only read through Snapshots taken from it. Commit is one RocksDB batch (fresh
// rows, delete marks, index entries, catalog changes) with group commit and fsync, then stamps, then publication of the timestamp in
// order: a snapshot taken afterwards sees all of it or nothing. Rollback undoes stamps in memory; nothing of it ever reached the disk
// but segments of bulk loads, which recovery drops unless their publishing record is there.
//
// Lifetime: TransactionManager::Begin hands out a unique_ptr; destroying an active transaction rolls it back.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "storage/row_locks.h"
#include "storage/snapshot.h"
#include "types/ids.h"
#include "types/interrupt.h"

namespace gather::storage {

class SerializableConflicts;
class Storage;
class WriteSet;                                          // storage/write_set.h: the WriteBatchWithIndex of one transaction

enum class IsolationLevel : uint8_t { kReadCommitted, kRepeatableRead, kSerializable };
enum class SynchronousCommit : uint8_t { kOff, kOn };

// Takes part in a transaction's end: the catalog, sequences. Called on the session's thread.
class CommitParticipant {
 public:
  virtual ~CommitParticipant() = default;
  virtual void BeforeCommit(WriteSet&) {}                // last writes into the batch; may throw, which rolls back
  virtual void Committed(CommitTimestamp) {}             // durable; called in commit order, before the timestamp is published: must not throw
  virtual void RolledBack() {}
  virtual uint64_t Mark() { return 0; }                  // savepoint: an opaque position …
  virtual void RollbackTo(uint64_t /*mark*/) {}          // … to return to
};

class Transaction {
 public:
  ~Transaction();
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  TransactionId id() const;                              // assigned at Begin; cheap
  IsolationLevel isolation() const;
  bool has_writes() const;
  bool has_snapshot() const;                             // one has been taken

  // Of a serializable transaction, before its first snapshot; `backend_pid`: for those who ask who waits for it.
  void SetAccess(bool read_only, bool deferrable, int32_t backend_pid);
  // SERIALIZABLE READ ONLY DEFERRABLE: waits for a snapshot that no running transaction can make wrong, and takes it. Of others: nothing.
  void WaitForSafeSnapshot(const InterruptFlag& interrupt);
  // READ COMMITTED: a fresh snapshot each call; otherwise the transaction's one snapshot with the present command number.
  Snapshot TakeSnapshot();
  // Null unless serializable.
  SerializableTransaction* serializable() const;
  // Ends the current command: later snapshots see what it wrote.
  void NextCommand();
  uint32_t command() const;

  // Savepoints nest; names are the session's business. RollbackTo undoes rows, deletes, index entries and participants back to the mark.
  uint64_t Savepoint();
  void RollbackTo(uint64_t savepoint);

  void AddParticipant(std::shared_ptr<CommitParticipant> participant);
  WriteSet& writes();

  // Unique keys in flight, by hash; held until the end. False: `holder` has it. `fresh`: this call took it, so that UnlockKey may give it back.
  bool TryLockKey(uint64_t key, TransactionId* holder, bool* fresh);
  void UnlockKey(uint64_t key);

  // Row locks, held until the end or until a rollback to before. Does not wait: the holder that is in the way, or 0 when the lock is ours.
  TransactionId TryLockRow(StorageId table, RowId row, RowLockStrength strength);
  // Gives back what the last TryLockRow took.
  void UnlockLastRow();

  // Both end it. Commit throws what went wrong, having rolled back (53100 disk full, 40001 …).
  CommitTimestamp Commit(SynchronousCommit sync = SynchronousCommit::kOn);
  void Rollback();
  bool active() const;

  struct State;                                          // storage's own: storage/transaction_state.h
  State& state() { return *state_; }
  const State& state() const { return *state_; }

 private:
  friend class TransactionManager;
  explicit Transaction(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class TransactionManager {
 public:
  explicit TransactionManager(Storage& storage);
  ~TransactionManager();
  std::unique_ptr<Transaction> Begin(IsolationLevel level = IsolationLevel::kReadCommitted);
  // A snapshot of the newest published commit, for readers without a transaction (maintenance, system views).
  Snapshot Latest() const;
  // No present or future snapshot is older: versions deleted at or before it are dead to everyone.
  CommitTimestamp Oldest() const;
  // Blocks until `id` has ended (or was never active), or has rolled back to a savepoint: the caller looks again. Throws when `interrupt` is raised or
  // waiting would close a cycle (40P01).
  void WaitFor(TransactionId waiter, TransactionId id, const InterruptFlag& interrupt);
  bool IsActive(TransactionId id) const;
  SerializableConflicts& conflicts();
  const RowLocks& row_locks() const;

  struct State;
  State& state() { return *state_; }
  const State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gather::storage
