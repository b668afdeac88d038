#include "executor/operators/row_lock.h"

#include "storage/storage.h"
#include "types/error.h"

namespace gather::executor {

using storage::RowLockStrength;
using storage::TableStore;

void WaitOnLock(const ExecutionContext& context, const std::function<void()>& wait) {
  if (context.lock_wait) {
    context.lock_wait(wait);
  } else {
    wait();
  }
}

void WaitForHolder(const ExecutionContext& context, TransactionId holder) {
  WaitOnLock(context, [&] { context.storage->transactions().WaitFor(context.transaction->id(), holder, *context.interrupt); });
  context.interrupt->Check();
}

RowQueue::~RowQueue() {
  if (waits_) locks_.Unlock(tag_, mode_);
}

void RowQueue::Enter() {
  if (waits_ || context_.storage->transactions().row_locks().Holds(row_, context_.transaction->id())) return;
  WaitOnLock(context_, [&] { locks_.Lock(tag_, mode_, *context_.interrupt); });
  waits_ = true;
}

RowQueue::RowQueue(const ExecutionContext& context, const TableStore& table, RowId row, RowLockStrength strength)
    : context_(context), locks_(context.session->transaction_locks()), row_{table.id(), row}, tag_{storage::LockTag::Kind::kObject, table.id().value, row.value},
      mode_(ModeOf(strength)) {}

// Modes that conflict as the strengths do; PostgreSQL uses the same.
storage::LockMode RowQueue::ModeOf(RowLockStrength strength) {
  switch (strength) {
    case RowLockStrength::kKeyShare: return storage::LockMode::kAccessShare;
    case RowLockStrength::kShare: return storage::LockMode::kRowShare;
    case RowLockStrength::kNoKeyUpdate: return storage::LockMode::kExclusive;
    default: return storage::LockMode::kAccessExclusive;
  }
}

RowLockOutcome LockRow(const ExecutionContext& context, TableStore& table, RowId row, RowLockStrength strength, sql::RowLock::Wait wait) {
  storage::Transaction& transaction = *context.transaction;
  RowQueue queue(context, table, row, strength);
  for (;;) {
    TransactionId holder = transaction.TryLockRow(table.id(), row, strength);
    if (holder.value == 0) {
      const TableStore::Liveness liveness = table.CheckLiveness(transaction, row, &holder);
      if (liveness == TableStore::Liveness::kLive) return RowLockOutcome::kLocked;
      const TableStore::Replacement replacement = table.ReplacementOf(row);
      // Our own row, or the new version of one whose key stays: nobody else's is visible.
      if (liveness == TableStore::Liveness::kInserting && !replacement.deleted) return RowLockOutcome::kLocked;
      if (strength == RowLockStrength::kKeyShare && replacement.keeps_key) {
        // A new version that is still on its way takes this lock over when it comes.
        if (replacement.row.value == 0) return RowLockOutcome::kLocked;
        const RowLockOutcome outcome = LockRow(context, table, replacement.row, strength, wait);
        if (outcome != RowLockOutcome::kLocked) transaction.UnlockLastRow();
        if (outcome == RowLockOutcome::kGone && liveness != TableStore::Liveness::kDead) continue;   // undone meanwhile, perhaps
        return outcome;
      }
      transaction.UnlockLastRow();
      if (liveness == TableStore::Liveness::kDead) return RowLockOutcome::kGone;
    }
    if (wait != sql::RowLock::Wait::kBlock) return RowLockOutcome::kRefused;
    queue.Enter();
    WaitForHolder(context, holder);
  }
}

void RetryOrFail(const ExecutionContext& context) {
  if (context.transaction->isolation() == storage::IsolationLevel::kReadCommitted) throw StatementRetry();
  throw SqlError(sqlstate::kSerializationFailure, "could not serialize access due to concurrent update");
}

void RetryOrFail(const ExecutionContext& context, const TableStore& table, RowId gone) {
  if (context.transaction->isolation() == storage::IsolationLevel::kReadCommitted || table.ReplacementOf(gone).row.value != 0) RetryOrFail(context);
  throw SqlError(sqlstate::kSerializationFailure, "could not serialize access due to concurrent delete");
}

}  // namespace gather::executor
