#include "storage/locks.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/unit/storage/test_storage.h"
#include "types/error.h"

namespace gather::storage {
namespace {

using std::chrono::milliseconds;

const LockTag kTable{LockTag::Kind::kRelation, 16384, 0};
const LockTag kOther{LockTag::Kind::kRelation, 16385, 0};
constexpr LockMode kModes[] = {LockMode::kAccessShare,    LockMode::kRowShare, LockMode::kRowExclusive, LockMode::kShareUpdateExclusive, LockMode::kShare,
                               LockMode::kShareRowExclusive, LockMode::kExclusive, LockMode::kAccessExclusive};

class LocksTest : public testing::Test {
 protected:
  std::unique_ptr<LockOwner> Owner(int number) { return std::make_unique<LockOwner>(manager_, TransactionId(number), 1000 + number); }
  // Waits until so many requests are not granted.
  void WaitForWaiters(size_t count) {
    for (int i = 0; i < 2000; ++i) {
      size_t waiting = 0;
      for (const LockStatus& status : manager_.Status()) waiting += !status.granted;
      if (waiting == count) return;
      std::this_thread::sleep_for(milliseconds(1));
    }
    FAIL() << "no " << count << " waiters";
  }
  LockManager manager_;
  InterruptFlag interrupt_;
};

TEST_F(LocksTest, ModesConflictAsInPostgreSQL) {
  // Rows and columns as in table 13.2 of its manual.
  const char* const expected[] = {".......X", "......XX", "....XXXX", "...XXXXX", "..XX.XXX", "..XXXXXX", ".XXXXXXX", "XXXXXXXX"};
  for (int held = 0; held < 8; ++held) {
    for (int wanted = 0; wanted < 8; ++wanted) {
      auto a = Owner(1), b = Owner(2);
      a->Lock(kTable, kModes[held], interrupt_);
      EXPECT_EQ(b->TryLock(kTable, kModes[wanted]), expected[held][wanted] == '.') << LockModeName(kModes[held]) << " " << LockModeName(kModes[wanted]);
      b->ReleaseAll();
      EXPECT_TRUE(a->TryLock(kTable, kModes[wanted])) << "an owner never conflicts with itself";
    }
  }
  EXPECT_TRUE(manager_.Status().empty());
}

TEST_F(LocksTest, LocksAreCountedAndReleasedOneByOne) {
  auto a = Owner(1), b = Owner(2);
  for (int i = 0; i < 3; ++i) a->Lock(kTable, LockMode::kExclusive, interrupt_);
  EXPECT_TRUE(a->Unlock(kTable, LockMode::kExclusive));
  EXPECT_TRUE(a->Unlock(kTable, LockMode::kExclusive));
  EXPECT_FALSE(b->TryLock(kTable, LockMode::kRowExclusive));
  EXPECT_TRUE(a->Unlock(kTable, LockMode::kExclusive));
  EXPECT_FALSE(a->Unlock(kTable, LockMode::kExclusive));
  EXPECT_TRUE(b->TryLock(kTable, LockMode::kRowExclusive));
}

TEST_F(LocksTest, ASavepointsLocksGoWithIt) {
  auto a = Owner(1), b = Owner(2);
  a->Lock(kTable, LockMode::kAccessShare, interrupt_);
  const uint64_t mark = a->Mark();
  a->Lock(kTable, LockMode::kAccessExclusive, interrupt_);
  a->Lock(kOther, LockMode::kRowExclusive, interrupt_);
  a->RollbackTo(mark);
  EXPECT_TRUE(b->TryLock(kOther, LockMode::kAccessExclusive));
  EXPECT_TRUE(b->TryLock(kTable, LockMode::kExclusive));
  EXPECT_FALSE(b->TryLock(kTable, LockMode::kAccessExclusive));
}

TEST_F(LocksTest, AWaiterIsNotOvertakenByThoseWhoConflictWithIt) {
  auto reader = Owner(1);
  reader->Lock(kTable, LockMode::kAccessShare, interrupt_);
  std::atomic<int> order{0};
  int writer_turn = 0, late_turn = 0;
  std::thread writer([&] {
    auto owner = Owner(2);
    owner->Lock(kTable, LockMode::kAccessExclusive, interrupt_);
    writer_turn = ++order;
  });
  WaitForWaiters(1);
  EXPECT_EQ(manager_.BlockingPids(1002), std::vector<int32_t>{1001});
  EXPECT_FALSE(Owner(9)->TryLock(kTable, LockMode::kAccessShare));  // must queue behind the writer
  EXPECT_TRUE(reader->TryLock(kTable, LockMode::kRowShare));        // who holds already need not
  std::thread late([&] {
    auto owner = Owner(3);
    owner->Lock(kTable, LockMode::kAccessShare, interrupt_);
    late_turn = ++order;
  });
  WaitForWaiters(2);
  reader->ReleaseAll();
  writer.join();
  late.join();
  EXPECT_EQ(writer_turn, 1);
  EXPECT_EQ(late_turn, 2);
}

TEST_F(LocksTest, AnInterruptEndsTheWaitAndLeavesTheQueueWorking) {
  auto holder = Owner(1);
  holder->Lock(kTable, LockMode::kExclusive, interrupt_);
  InterruptFlag cancel;
  std::thread waiter([&] {
    auto owner = Owner(2);
    try {
      owner->Lock(kTable, LockMode::kAccessExclusive, cancel);
      ADD_FAILURE();
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), sqlstate::kLockNotAvailable);
    }
  });
  WaitForWaiters(1);
  cancel.Raise(InterruptReason::kLockTimeout);
  waiter.join();
  EXPECT_TRUE(Owner(3)->TryLock(kTable, LockMode::kAccessShare));
  holder->ReleaseAll();
  EXPECT_TRUE(Owner(4)->TryLock(kTable, LockMode::kAccessExclusive));
}

TEST_F(LocksTest, ADeadlockHasOneVictimWithPostgreSQLsReport) {
  manager_.set_deadlock_timeout_ms(50);
  auto first = Owner(1);
  first->Lock(kTable, LockMode::kAccessExclusive, interrupt_);
  std::atomic<int> victims{0};
  std::string detail;
  std::atomic<bool> other_holds{false};
  const auto lock = [&](LockOwner& owner, const LockTag& tag) {
    try {
      owner.Lock(tag, LockMode::kAccessShare, interrupt_);
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), sqlstate::kDeadlockDetected);
      EXPECT_EQ(error.message(), "deadlock detected");
      EXPECT_EQ(error.hint(), "See server log for query details.");
      detail = error.detail();
      ++victims;
      owner.ReleaseAll();
    }
  };
  std::thread other([&] {
    auto second = Owner(2);
    second->Lock(kOther, LockMode::kAccessExclusive, interrupt_);
    other_holds = true;
    lock(*second, kTable);
  });
  while (!other_holds) std::this_thread::yield();
  lock(*first, kOther);
  first->ReleaseAll();
  other.join();
  EXPECT_EQ(victims, 1);
  const std::string one = "Process 1001 waits for AccessShareLock on relation 16385 of database 5; blocked by process 1002.";
  const std::string two = "Process 1002 waits for AccessShareLock on relation 16384 of database 5; blocked by process 1001.";
  EXPECT_TRUE(detail == one + "\n" + two || detail == two + "\n" + one) << detail;
}

TEST_F(LocksTest, RowWaitsAndTableLocksShareOneGraph) {
  TestDirectory directory;
  Storage storage(SmallOptions(directory.data()));
  storage.locks().set_deadlock_timeout_ms(50);
  auto first = storage.transactions().Begin();
  LockOwner first_locks(storage.locks(), first->id(), 501);
  first_locks.Lock(kTable, LockMode::kAccessExclusive, interrupt_);
  std::atomic<uint64_t> second_id{0};
  std::atomic<int> victims{0};
  std::thread other([&] {
    auto second = storage.transactions().Begin();
    LockOwner locks(storage.locks(), second->id(), 502);
    second_id = second->id().value;
    try {
      locks.Lock(kTable, LockMode::kRowExclusive, interrupt_);
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), sqlstate::kDeadlockDetected);
      ++victims;
    }
  });
  while (second_id == 0) std::this_thread::yield();
  try {
    storage.transactions().WaitFor(first->id(), TransactionId(second_id), interrupt_);
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), sqlstate::kDeadlockDetected);
    EXPECT_NE(error.detail().find("Process 501 waits for ShareLock on transaction " + std::to_string(second_id) + "; blocked by process 502."),
              std::string::npos);
    ++victims;
  }
  first_locks.ReleaseAll();
  other.join();
  EXPECT_EQ(victims, 1);
}

TEST_F(LocksTest, WeakAndStrongLockersExcludeEachOtherUnderLoad) {
  std::atomic<int> readers{0}, writers{0}, writes{0};
  std::atomic<bool> wrong{false};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      auto owner = Owner(t + 1);
      for (int i = 0; i < 400; ++i) {
        if (i % 40 == t) {
          owner->Lock(kTable, LockMode::kAccessExclusive, interrupt_);
          if (++writers != 1 || readers != 0) wrong = true;
          ++writes;
          --writers;
        } else {
          owner->Lock(kTable, i % 2 == 0 ? LockMode::kAccessShare : LockMode::kRowExclusive, interrupt_);
          ++readers;
          if (writers != 0) wrong = true;
          --readers;
        }
        owner->ReleaseAll();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(wrong);
  EXPECT_EQ(writes, 40);
  EXPECT_TRUE(manager_.Status().empty());
}

}  // namespace
}  // namespace gather::storage
