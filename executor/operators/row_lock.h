// Row locks of SELECT … FOR UPDATE and kin: entries of the lock manager, held to the transaction's end.
//
// Writers look for them only while there are row lockers in the process (one database per process): an ordinary UPDATE pays one load.
#pragma once

#include <atomic>
#include <functional>

#include "executor/execution.h"
#include "storage/locks.h"
#include "storage/table.h"

namespace gather::executor {

// Executions of running transactions that have locked rows. A counter, not state: nobody reads more out of it than "none".
inline std::atomic<uint32_t> row_lockers{0};

inline storage::LockTag RowLockTag(const storage::TableStore& table, RowId row) {
  return {storage::LockTag::Kind::kObject, table.id().value, row.value};
}

// Runs `wait`, which may block on another transaction, under lock_timeout.
inline void WaitOnLock(const ExecutionContext& context, const std::function<void()>& wait) {
  if (context.lock_wait) {
    context.lock_wait(wait);
  } else {
    wait();
  }
}

}  // namespace gather::executor
