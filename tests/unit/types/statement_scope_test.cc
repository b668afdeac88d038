#include "types/statement_scope.h"

#include <gtest/gtest.h>

#include "types/shared_cell.h"
#include "types/vector.h"

#include <thread>
#include <vector>

namespace gather {
namespace {

constexpr uint32_t kMegabyte = 1 << 20;

TEST(StatementScope, ChargesStringsOfItsThreadAndGivesBack) {
  MemoryBudget budget("server", 10 * kMegabyte);
  {
    const StatementScope scope(nullptr, &budget);
    Vector text(SqlType(type_oid::kText), 1);
    for (int i = 0; i < 4; ++i) text.heap().Allocate(2 * kMegabyte);
    EXPECT_EQ(budget.used(), 8 * kMegabyte);
    try {
      text.heap().Allocate(4 * kMegabyte);
      FAIL() << "more than the budget";
    } catch (const SqlError& error) {
      EXPECT_EQ(error.state(), sqlstate::kOutOfMemory);
    }
    text.heap().Clear();                                   // keeps the last block
    EXPECT_EQ(budget.used(), 2 * kMegabyte);
  }
  EXPECT_EQ(budget.used(), 0u);
  Vector outside(SqlType(type_oid::kText), 1);
  outside.heap().Allocate(20 * kMegabyte);
  EXPECT_EQ(budget.used(), 0u);
}

TEST(StatementScope, ASmallerChunkIsAskedForOnceStringsAreMany) {
  MemoryBudget budget("server", MemoryBudget::kUnlimited);
  const StatementScope scope(nullptr, &budget);
  Vector text(SqlType(type_oid::kText), 1);
  {
    const StatementScope::StringLimit limit(3 * kMegabyte);
    text.heap().Allocate(2 * kMegabyte);
    EXPECT_THROW(text.heap().Allocate(2 * kMegabyte), ChunkTooLarge);
  }
  text.heap().Allocate(8 * kMegabyte);
}

TEST(StatementScope, InterruptsOnlyInside) {
  InterruptFlag flag;
  flag.Raise(InterruptReason::kUserCancel);
  {
    const StatementScope scope(&flag, nullptr);
    EXPECT_THROW(StatementScope::CheckInterrupt(), SqlError);
    const StatementScope inner(nullptr, nullptr);
    StatementScope::CheckInterrupt();
  }
  StatementScope::CheckInterrupt();
}

// A race for the thread sanitizer: readers copy the pointer while writers replace it.
TEST(SharedCell, ReadersSeeWholeValues) {
  SharedCell<const std::vector<int>> cell(std::make_shared<const std::vector<int>>(100, 0));
  std::vector<std::thread> threads;
  for (int writer = 1; writer <= 2; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < 5000; ++i) cell.store(std::make_shared<const std::vector<int>>(100, writer * 10000 + i));
    });
  }
  for (int reader = 0; reader < 2; ++reader) {
    threads.emplace_back([&] {
      for (int i = 0; i < 5000; ++i) {
        const auto value = cell.load();
        ASSERT_EQ(value->front(), value->back());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace gather
