// Which locks a row's new version takes over. How lockers and writers wait for each other: tests/sql/transactions/row_locks.slt.
#include "storage/row_locks.h"

#include <gtest/gtest.h>

namespace gather::storage {
namespace {

constexpr RowLocks::Row kOld{StorageId{7}, RowId(1)}, kNew{StorageId{7}, RowId(2)};
constexpr TransactionId kLocker{10}, kWriter{11}, kOther{12};
bool Active(TransactionId) { return true; }

TEST(RowLocks, TheNewVersionTakesOverKeyShare) {
  RowLocks locks;
  RowLockStrength before;
  EXPECT_EQ(0u, locks.TryLock(kOld, kLocker, RowLockStrength::kKeyShare, &before).value);
  locks.Copy(kOld, kNew, kWriter, Active);
  EXPECT_EQ(kLocker.value, locks.Conflicting(kNew, kOther, RowLockStrength::kUpdate).value);
  locks.DropCopies(kLocker);
  EXPECT_EQ(0u, locks.Conflicting(kNew, kOther, RowLockStrength::kUpdate).value);
}

// A locker that has entered its lock and not yet seen that the row is being updated: it gives the lock back, and nobody would give back the copy.
TEST(RowLocks, TheNewVersionDoesNotTakeOverWhatConflictsWithItsUpdate) {
  for (const RowLockStrength strength : {RowLockStrength::kShare, RowLockStrength::kNoKeyUpdate, RowLockStrength::kUpdate}) {
    RowLocks locks;
    RowLockStrength before;
    EXPECT_EQ(0u, locks.TryLock(kOld, kLocker, strength, &before).value);
    locks.Copy(kOld, kNew, kWriter, Active);
    locks.Weaken(kOld, kLocker, before);
    EXPECT_EQ(0u, locks.Conflicting(kNew, kOther, RowLockStrength::kUpdate).value);
  }
}

}  // namespace
}  // namespace gather::storage
