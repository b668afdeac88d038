#include "index/index_build.h"

#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <thread>

#include "index/ordered_index.h"
#include "tests/unit/storage/test_storage.h"
#include "types/error.h"

namespace gather::index {
namespace {

using storage::MakeChunk;
using storage::SmallOptions;
using storage::Storage;
using storage::TableStore;
using storage::TestDirectory;

struct Conflict {};

class OrderedIndexTest : public testing::Test {
 protected:
  OrderedIndexTest() : storage_(SmallOptions(directory_.data())) {
    auto transaction = Begin();
    table_ = storage_.CreateTable(*transaction, storage_.NewStorageId(), storage::TestColumns());
    transaction->Commit();
  }
  std::unique_ptr<storage::Transaction> Begin() { return storage_.transactions().Begin(); }
  OrderedIndex Make(bool unique, SortOrder order = {}) {
    return OrderedIndex(storage_, {IndexId(storage_.NewStorageId().value), unique, true, {type_oid::kInt4}, {order}});
  }
  // Inserts a row with this id, and its index entry.
  RowId Add(storage::Transaction& transaction, OrderedIndex& index, int32_t id) {
    const RowId row = storage::InsertRows(transaction, *table_, id, 1)[0];
    AddEntry(transaction, index, Datum::Int4(id), row);
    return row;
  }
  void AddEntry(storage::Transaction& transaction, OrderedIndex& index, const Datum& key, RowId row) {
    const std::vector<Vector> keys = {Vector::Constant(key)};
    index.Insert(transaction, *table_, keys, std::span(&row, 1), interrupt_, [](uint32_t) { throw Conflict(); });
  }
  void Delete(storage::Transaction& transaction, RowId row) {
    ASSERT_EQ(table_->Delete(transaction, row).outcome, storage::WriteOutcome::kDone);
  }
  std::vector<RowId> Lookup(const OrderedIndex& index, storage::Transaction* transaction, int32_t key) {
    std::vector<RowId> rows;
    const Datum datum = Datum::Int4(key);
    index.Lookup(transaction, std::span(&datum, 1), &rows);
    return rows;
  }
  // The ids of the visible rows that a scan yields, in its order.
  std::vector<int32_t> Scan(const OrderedIndex& index, storage::Transaction* transaction, const KeyBound& lower, const KeyBound& upper,
                            bool backward = false) {
    const storage::Snapshot snapshot = transaction != nullptr ? transaction->TakeSnapshot() : storage_.transactions().Latest();
    const auto cursor = index.Scan(transaction, lower, upper, backward);
    std::vector<int32_t> ids;
    RowId rows[3];
    const std::vector<storage::ScanColumn> columns = {storage::TestScanColumns()[0]};
    Chunk out;
    Selection found;
    while (const uint32_t count = cursor->Next(rows, 3)) {
      table_->Fetch(snapshot, std::span(rows, count), columns, out, found);
      for (uint32_t i = 0; i < out.rows(); ++i) ids.push_back(out[0].View().get<int32_t>(i));
    }
    return ids;
  }
  static KeyBound Bound(int32_t value, bool inclusive = true) { return {{Datum::Int4(value)}, inclusive}; }

  TestDirectory directory_;
  Storage storage_;
  std::shared_ptr<TableStore> table_;
  InterruptFlag interrupt_;
};

TEST_F(OrderedIndexTest, LookupFindsOwnAndCommittedRows) {
  for (const bool unique : {false, true}) {
    OrderedIndex index = Make(unique);
    auto transaction = Begin();
    const RowId row = Add(*transaction, index, 5);
    EXPECT_EQ(Lookup(index, transaction.get(), 5), std::vector<RowId>{row});
    EXPECT_TRUE(Lookup(index, nullptr, 5).empty());
    transaction->Commit();
    EXPECT_EQ(Lookup(index, nullptr, 5), std::vector<RowId>{row});
    EXPECT_TRUE(Lookup(index, nullptr, 6).empty());
    transaction = Begin();
    Add(*transaction, index, 6);
    transaction->Rollback();
    EXPECT_TRUE(Lookup(index, nullptr, 6).empty());
  }
}

TEST_F(OrderedIndexTest, UniqueKeysConflictWithLiveRowsOnly) {
  OrderedIndex index = Make(true);
  auto transaction = Begin();
  const RowId row = Add(*transaction, index, 1);
  EXPECT_THROW(Add(*transaction, index, 1), Conflict);
  transaction->Commit();
  transaction = Begin();
  EXPECT_THROW(Add(*transaction, index, 1), Conflict);
  transaction->Rollback();

  // An update deletes and inserts the same key.
  transaction = Begin();
  Delete(*transaction, row);
  const RowId second = Add(*transaction, index, 1);
  EXPECT_EQ(Lookup(index, transaction.get(), 1), (std::vector<RowId>{second, row}));
  transaction->Commit();

  // Once nobody sees the old version, its entry goes with the next write of the key.
  transaction = Begin();
  Delete(*transaction, second);
  const RowId third = Add(*transaction, index, 1);
  transaction->Commit();
  EXPECT_EQ(Lookup(index, nullptr, 1), (std::vector<RowId>{third, second}));
}

TEST_F(OrderedIndexTest, NullsAreDistinctUnlessToldOtherwise) {
  OrderedIndex distinct = Make(true);
  auto transaction = Begin();
  for (int i = 0; i < 2; ++i) AddEntry(*transaction, distinct, Datum::Null(type_oid::kInt4), storage::InsertRows(*transaction, *table_, i, 1)[0]);
  OrderedIndex equal(storage_, {IndexId(storage_.NewStorageId().value), true, false, {type_oid::kInt4}, {SortOrder()}});
  AddEntry(*transaction, equal, Datum::Null(type_oid::kInt4), storage::InsertRows(*transaction, *table_, 3, 1)[0]);
  EXPECT_THROW(AddEntry(*transaction, equal, Datum::Null(type_oid::kInt4), storage::InsertRows(*transaction, *table_, 4, 1)[0]), Conflict);
}

TEST_F(OrderedIndexTest, ScansReadRangesInKeyOrderMergedWithOwnRows) {
  for (const bool unique : {false, true}) {
    for (const bool descending : {false, true}) {
      OrderedIndex index = Make(unique, {descending, descending});
      auto transaction = Begin();
      for (const int32_t id : {4, 1, 3, 9, 7, -2}) Add(*transaction, index, id);
      AddEntry(*transaction, index, Datum::Null(type_oid::kInt4), storage::InsertRows(*transaction, *table_, 1000, 1)[0]);
      transaction->Commit();
      transaction = Begin();
      for (const int32_t id : {5, 2, 8}) Add(*transaction, index, id);
      transaction->NextCommand();
      const auto expect = [&](std::vector<int32_t> ids, const KeyBound& lower, const KeyBound& upper, storage::Transaction* reader) {
        if (descending) std::reverse(ids.begin(), ids.end());
        EXPECT_EQ(Scan(index, reader, lower, upper), ids);
        std::reverse(ids.begin(), ids.end());
        EXPECT_EQ(Scan(index, reader, lower, upper, true), ids);
      };
      expect({-2, 1, 3, 4, 7, 9, 1000}, {}, {}, nullptr);
      expect({-2, 1, 2, 3, 4, 5, 7, 8, 9, 1000}, {}, {}, transaction.get());
      expect({2, 3, 4, 5}, Bound(2), Bound(5), transaction.get());
      expect({3, 4}, Bound(2, false), Bound(5, false), transaction.get());
      expect({8, 9}, Bound(8), {}, transaction.get());
      expect({9}, Bound(8, false), {}, transaction.get());
      expect({-2, 1, 2}, {}, Bound(3, false), transaction.get());
      expect({}, Bound(5), Bound(4), transaction.get());
      const KeyBound null = {{Datum::Null(type_oid::kInt4)}, true};
      expect({1000}, null, null, transaction.get());
      transaction->Rollback();
    }
  }
}

TEST_F(OrderedIndexTest, ASecondInserterOfAKeyWaitsForTheFirst) {
  OrderedIndex index = Make(true);
  for (const bool commit : {true, false}) {
    const int32_t key = commit ? 10 : 20;
    auto first = Begin();
    Add(*first, index, key);
    std::atomic<int> outcome{0};
    std::thread other([&] {
      auto second = Begin();
      try {
        Add(*second, index, key);
        second->Commit();
        outcome = 1;
      } catch (const Conflict&) {
        outcome = 2;
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    EXPECT_EQ(outcome, 0);
    if (commit) first->Commit(); else first->Rollback();
    other.join();
    EXPECT_EQ(outcome, commit ? 2 : 1);
  }
}

TEST_F(OrderedIndexTest, AnInserterWaitsForTheDeleterOfItsKeyWithoutBlockingIt) {
  OrderedIndex index = Make(true);
  auto transaction = Begin();
  const RowId row = Add(*transaction, index, 1);
  transaction->Commit();
  auto first = Begin();
  Delete(*first, row);
  std::atomic<int> outcome{0};
  std::thread other([&] {
    auto second = Begin();
    try {
      Add(*second, index, 1);
      second->Commit();
      outcome = 1;
    } catch (const Conflict&) {
      outcome = 2;
    }
  });
  std::this_thread::sleep_for(std::chrono::milliseconds(30));
  Add(*first, index, 1);                                 // needs the key while the other waits
  first->Commit();
  other.join();
  EXPECT_EQ(outcome, 2);
}

TEST_F(OrderedIndexTest, ConcurrentInsertersOfTheSameKeysLeaveEachKeyOnce) {
  OrderedIndex index = Make(true);
  constexpr int kKeys = 200;
  std::atomic<int> inserted{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int32_t key = 0; key < kKeys; ++key) {
        auto transaction = Begin();
        try {
          Add(*transaction, index, key);
          transaction->Commit();
          ++inserted;
        } catch (const Conflict&) {
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(inserted, kKeys);
  EXPECT_EQ(Scan(index, nullptr, {}, {}).size(), static_cast<size_t>(kKeys));
}

// `memory` below a chunk's keys: every run goes to disk.
void Finish(IndexBuild& build, uint32_t parts, uint32_t ranges) {
  for (uint32_t part = 0; part < parts; ++part) build.Close(part);
  for (uint32_t i = 0, all = build.Divide(ranges); i < all; ++i) build.Write(i);
}

TEST_F(OrderedIndexTest, ABuildEqualsInsertingRowByRow) {
  for (const bool unique : {false, true}) {
    for (const uint64_t memory : {uint64_t{0}, uint64_t{64} << 20}) {
      OrderedIndex index = Make(unique);
      auto transaction = Begin();
      IndexBuild build(index, storage_, *transaction, *table_, 3, memory, std::string(directory_.data()) + "/temp");
      // Enough for several ranges, and for runs that are long enough to be spilled.
      constexpr int32_t kBatch = 2000, kBatches = 75;
      for (int32_t i = 0; i < kBatches; ++i) {
        const int32_t first = i * 7 % kBatches * kBatch;
        const std::vector<RowId> rows = storage::InsertRows(*transaction, *table_, first, kBatch);
        build.Add(static_cast<uint32_t>(i) % 2, std::span(MakeChunk(first, kBatch).vectors()).first(1), rows);
      }
      Finish(build, 3, 4);
      EXPECT_FALSE(build.duplicate().has_value());
      transaction->Commit();
      std::vector<int32_t> expected(kBatch * kBatches);
      std::iota(expected.begin(), expected.end(), 0);
      EXPECT_EQ(Scan(index, nullptr, {}, {}), expected);
      EXPECT_EQ(Lookup(index, nullptr, 6999).size(), 1u);
      index.Clear();
      EXPECT_TRUE(Scan(index, nullptr, {}, {}).empty());
      transaction = Begin();
      storage_.DropTable(*transaction, table_->id());
      table_ = storage_.CreateTable(*transaction, storage_.NewStorageId(), storage::TestColumns());
      transaction->Commit();
    }
  }
}

TEST_F(OrderedIndexTest, ABuildFindsDuplicatesAndIsUndoneByRollback) {
  OrderedIndex index = Make(true);
  auto transaction = Begin();
  {
    IndexBuild build(index, storage_, *transaction, *table_, 2, 1 << 20, std::string(directory_.data()) + "/temp");
    std::vector<RowId> of_five;
    for (const int32_t first : {0, 10, 5}) {
      const std::vector<RowId> rows = storage::InsertRows(*transaction, *table_, first, 6);
      if (first != 10) of_five.push_back(rows[first == 0 ? 5 : 0]);
      build.Add(first == 10, std::span(MakeChunk(first, 6).vectors()).first(1), rows);
    }
    Finish(build, 2, 2);
    ASSERT_TRUE(build.duplicate().has_value());          // 5, before 10
    EXPECT_EQ(build.duplicate()->first, of_five[0]);
    EXPECT_EQ(build.duplicate()->second, of_five[1]);
  }
  transaction->Rollback();
  EXPECT_TRUE(Lookup(index, nullptr, 1).empty());

  transaction = Begin();
  const uint64_t savepoint = transaction->Savepoint();
  IndexBuild build(index, storage_, *transaction, *table_, 1, 1 << 20, std::string(directory_.data()) + "/temp");
  build.Add(0, std::span(MakeChunk(0, 6).vectors()).first(1), storage::InsertRows(*transaction, *table_, 0, 6));
  Finish(build, 1, 1);
  EXPECT_FALSE(Lookup(index, nullptr, 1).empty());
  transaction->RollbackTo(savepoint);
  EXPECT_TRUE(Lookup(index, nullptr, 1).empty());
}

TEST_F(OrderedIndexTest, VacuumRemovesEntriesThatAreDeadToEveryone) {
  for (const bool unique : {false, true}) {
    OrderedIndex index = Make(unique);
    auto transaction = Begin();
    std::vector<RowId> rows;
    for (int32_t id = 0; id < 20; ++id) rows.push_back(Add(*transaction, index, id));
    transaction->Commit();
    auto reader = storage_.transactions().Begin(storage::IsolationLevel::kRepeatableRead);
    reader->TakeSnapshot();
    transaction = Begin();
    for (int i = 0; i < 10; ++i) Delete(*transaction, rows[i]);
    transaction->Commit();
    EXPECT_EQ(index.Vacuum(*table_), 0u);                // the reader still sees them
    reader->Commit();
    EXPECT_EQ(index.Vacuum(*table_), 10u);
    EXPECT_TRUE(Lookup(index, nullptr, 3).empty());
    EXPECT_EQ(Lookup(index, nullptr, 13).size(), 1u);
  }
}

}  // namespace
}  // namespace gather::index
