// Locking one row, as SELECT … FOR UPDATE and kin do and foreign keys; waiting for who has it.
#pragma once

#include <functional>

#include "executor/execution.h"
#include "sql/query.h"
#include "storage/locks.h"
#include "storage/row_locks.h"
#include "storage/table.h"

namespace gather::executor {

// Runs `wait`, which may block on another transaction, under lock_timeout.
void WaitOnLock(const ExecutionContext& context, const std::function<void()>& wait);
// Blocks until transaction `holder` has ended; throws on interrupt, lock timeout and deadlock.
void WaitForHolder(const ExecutionContext& context, TransactionId holder);

// The queue of those who wait for a row: a lock of the lock manager on it, which they hold while they wait for the row's holders. So who came first is the
// first to get it, and a deadlock by this shows.
class RowQueue {
 public:
  RowQueue(const ExecutionContext& context, const storage::TableStore& table, RowId row, storage::RowLockStrength strength);
  ~RowQueue();
  RowQueue(const RowQueue&) = delete;
  // Blocks until we are its first. Who has a lock on the row already waits outside: those in the queue may wait for him.
  void Enter();

 private:
  static storage::LockMode ModeOf(storage::RowLockStrength strength);
  const ExecutionContext& context_;
  storage::LockOwner& locks_;
  const storage::RowLocks::Row row_;
  const storage::LockTag tag_;
  const storage::LockMode mode_;
  bool waits_ = false;
};

enum class RowLockOutcome : uint8_t {
  kLocked,
  kRefused,                              // would have to wait, and must not
  kGone,                                 // deleted, or replaced by a version that the lock does not go for, by a transaction that has committed
};
// A KEY SHARE lock goes for the versions of later updates that keep the key, too.
RowLockOutcome LockRow(const ExecutionContext& context, storage::TableStore& table, RowId row, storage::RowLockStrength strength, sql::RowLock::Wait wait);

// Something has changed after the snapshot: the statement runs again with a fresh one (READ COMMITTED), or 40001.
[[noreturn]] void RetryOrFail(const ExecutionContext& context);
[[noreturn]] void RetryOrFail(const ExecutionContext& context, const storage::TableStore& table, RowId gone);

}  // namespace gather::executor
