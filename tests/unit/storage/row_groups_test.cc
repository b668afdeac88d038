// Row groups over their life: bulk insert, freezing, reading with pruning, settling, dropping dead ones; and the column cache.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "storage/keys.h"
#include "storage/storage_state.h"
#include "storage/table_state.h"
#include "tests/unit/storage/test_storage.h"
#include "types/error.h"

namespace gather::storage {
namespace {

class RowGroupsTest : public testing::Test {
 protected:
  RowGroupsTest() { Open(); }
  void Open(uint64_t cache_bytes = 64 << 20, MemoryBudget* budget = nullptr) {
    table_.reset();
    storage_.reset();
    StorageOptions options = SmallOptions(directory_.data());
    options.column_cache_bytes = cache_bytes;
    options.budget = budget;
    storage_ = std::make_unique<Storage>(options);
    if (id_.value != 0) table_ = storage_->Table(id_);
  }
  std::unique_ptr<Transaction> Begin() { return storage_->transactions().Begin(); }
  void Create() {
    auto transaction = Begin();
    id_ = storage_->NewStorageId();
    table_ = storage_->CreateTable(*transaction, id_, TestColumns());
    transaction->Commit();
  }
  // In small commands: fresh rows.
  std::vector<RowId> InsertFresh(int32_t first, uint32_t rows) {
    std::vector<RowId> ids;
    auto transaction = Begin();
    for (uint32_t done = 0; done < rows; done += 5000) {
      for (const RowId id : InsertRows(*transaction, *table_, first + static_cast<int32_t>(done), std::min(5000u, rows - done))) ids.push_back(id);
      transaction->NextCommand();
    }
    transaction->Commit();
    return ids;
  }
  std::vector<RowId> InsertBulk(int32_t first, uint32_t rows) {
    auto transaction = Begin();
    std::vector<RowId> ids = InsertRows(*transaction, *table_, first, rows);
    transaction->Commit();
    return ids;
  }
  uint64_t FrozenGroups() const {
    uint64_t frozen = 0;
    for (const auto& group : table_->state().Groups()->groups) frozen += group->Pin().frozen != nullptr;
    return frozen;
  }
  uint64_t Segments() const {
    uint64_t count = 0;
    const std::string prefix = RowsPrefix(id_);
    storage_->kv().ForEach(Family::kSegments, prefix, KeyAfterPrefix(prefix), [&](std::string_view, std::string_view) { return ++count != 0; });
    return count;
  }
  uint64_t Records(Family family, const std::string& prefix) const {
    uint64_t count = 0;
    storage_->kv().ForEach(family, prefix, KeyAfterPrefix(prefix), [&](std::string_view, std::string_view) { return ++count != 0; });
    return count;
  }

  TestDirectory directory_;
  std::unique_ptr<Storage> storage_;
  StorageId id_;
  std::shared_ptr<TableStore> table_;
};

TEST_F(RowGroupsTest, AFullRowGroupIsFrozenAndReadsTheSame) {
  Create();
  const std::vector<RowId> ids = InsertFresh(0, 150000);
  EXPECT_EQ(FrozenGroups(), 0u);
  auto deleter = Begin();
  for (const uint32_t row : {3u, 70000u, 140000u}) table_->Delete(*deleter, ids[row]);
  deleter->Commit();
  const std::vector<TestRow> before = ReadAll(*storage_, table_);
  EXPECT_EQ(before.size(), 149997u);
  EXPECT_EQ(table_->Freeze(), 2u);
  EXPECT_EQ(FrozenGroups(), 2u);
  EXPECT_TRUE(ReadAll(*storage_, table_) == before);
  EXPECT_EQ(Records(Family::kChunks, RowsPrefix(id_, 0)), 0u);
  Open();
  EXPECT_EQ(FrozenGroups(), 2u);
  EXPECT_TRUE(ReadAll(*storage_, table_) == before);
  EXPECT_EQ(table_->statistics().rows, before.size());
  InsertFresh(150000, 10);                               // goes on in the open group
  EXPECT_EQ(ReadAll(*storage_, table_).size(), before.size() + 10);
  EXPECT_EQ(table_->statistics().row_groups, 3u);
}

TEST_F(RowGroupsTest, RunningInsertsKeepAGroupFromFreezingAndUndoneOnesStayInvisible) {
  Create();
  auto running = Begin(), undone = Begin();
  InsertRows(*running, *table_, 0, 10);
  InsertRows(*undone, *table_, 10, 10);
  InsertFresh(20, 65536);
  EXPECT_EQ(table_->Freeze(), 0u);
  undone->Rollback();
  EXPECT_EQ(table_->Freeze(), 0u);
  running->Commit();
  EXPECT_EQ(table_->Freeze(), 1u);
  EXPECT_EQ(ReadAll(*storage_, table_).size(), 65546u);
  Open();
  EXPECT_EQ(ReadAll(*storage_, table_).size(), 65546u);
  EXPECT_EQ(table_->statistics().rows, 65546u);
}

TEST_F(RowGroupsTest, SnapshotsOutliveFreezingAndSettling) {
  Create();
  const std::vector<RowId> ids = InsertFresh(0, 66000);
  auto reader = storage_->transactions().Begin(IsolationLevel::kRepeatableRead);
  const Snapshot old = reader->TakeSnapshot();
  auto deleter = Begin();
  for (int i = 0; i < 100; ++i) table_->Delete(*deleter, ids[i]);
  deleter->Commit();
  InsertFresh(66000, 10);
  EXPECT_EQ(table_->Freeze(), 1u);
  EXPECT_EQ(ReadAll(table_, old).size(), 66000u);
  EXPECT_EQ(ReadAll(*storage_, table_).size(), 65910u);
  reader->Commit();
  table_->Freeze();
  EXPECT_EQ(ReadAll(*storage_, table_).size(), 65910u);
}

TEST_F(RowGroupsTest, ABigCommandWritesSegmentsAndOneSmallCommit) {
  Create();
  auto transaction = Begin();
  std::vector<RowId> ids = InsertRows(*transaction, *table_, 0, 200000);
  EXPECT_TRUE(ReadAll(table_, transaction->TakeSnapshot()).empty());
  transaction->NextCommand();
  EXPECT_TRUE(ReadAll(table_, transaction->TakeSnapshot()) == MakeRows(0, 200000));
  EXPECT_TRUE(ReadAll(*storage_, table_).empty());
  EXPECT_EQ(table_->Delete(*transaction, ids[123456]).outcome, WriteOutcome::kDone);
  EXPECT_EQ(Records(Family::kTables, "P"), 1u);
  transaction->Commit();
  EXPECT_EQ(Records(Family::kTables, "P"), 0u);
  EXPECT_EQ(Records(Family::kChunks, RowsPrefix(id_)), 1u);  // the tail of 3,392 rows
  EXPECT_EQ(FrozenGroups(), 3u);
  EXPECT_EQ(ReadAll(*storage_, table_).size(), 199999u);
  InsertBulk(200000, 100000);
  InsertFresh(300000, 5);
  Open();
  EXPECT_EQ(ReadAll(*storage_, table_).size(), 300004u);
  EXPECT_EQ(table_->statistics().rows, 300004u);
}

TEST_F(RowGroupsTest, ABulkInsertUndoneLeavesNothingBehind) {
  Create();
  InsertFresh(0, 10);
  auto transaction = Begin();
  const uint64_t savepoint = transaction->Savepoint();
  InsertRows(*transaction, *table_, 1000, 150000);
  transaction->NextCommand();
  EXPECT_GT(Segments(), 0u);
  transaction->RollbackTo(savepoint);
  EXPECT_EQ(Segments(), 0u);
  EXPECT_EQ(Records(Family::kTables, "P"), 0u);
  InsertRows(*transaction, *table_, 10, 5);
  transaction->Commit();
  EXPECT_EQ(ReadAll(*storage_, table_), MakeRows(0, 15));
  table_->Freeze();
  EXPECT_LE(table_->statistics().row_groups, 2u);        // dead groups are gone
  transaction = Begin();
  InsertRows(*transaction, *table_, 1000, 150000);       // not even ended
  transaction->Rollback();
  table_->Freeze();
  Open();
  EXPECT_EQ(ReadAll(*storage_, table_), MakeRows(0, 15));
}

TEST_F(RowGroupsTest, RecoveryDropsSegmentsThatNoCommitPublished) {
  Create();
  InsertFresh(0, 10);
  static auto* abandoned = Begin().release();            // as a crash would leave it
  InsertRows(*abandoned, *table_, 1000, 150000);
  abandoned->NextCommand();
  EXPECT_GT(Segments(), 0u);
  table_.reset();
  Open();
  EXPECT_EQ(Segments(), 0u);
  EXPECT_EQ(ReadAll(*storage_, table_), MakeRows(0, 10));
}

TEST_F(RowGroupsTest, ConcurrentInsertersShareGroupsAndKeepTheirRows) {
  Create();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 30; ++i) {
        auto transaction = Begin();
        const uint32_t rows = i == 10 ? 40000 : 500;     // one big command among small ones
        InsertRows(*transaction, *table_, t * 2000000 + i * 50000, rows);
        if (i % 5 == 4) transaction->Rollback(); else transaction->Commit();
      }
    });
  }
  std::atomic<bool> stop{false};
  std::thread maintenance([&] {
    while (!stop) table_->Freeze();
  });
  for (std::thread& thread : threads) thread.join();
  stop = true;
  maintenance.join();
  const size_t expected = 4 * (40000 + 23 * 500);
  for (int pass = 0; pass < 2; ++pass) {
    std::vector<TestRow> rows = ReadAll(*storage_, table_);
    EXPECT_EQ(rows.size(), expected);
    std::sort(rows.begin(), rows.end(), [](const TestRow& a, const TestRow& b) { return a.id < b.id; });
    for (size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(rows[i], MakeRow(rows[i].id));
      ASSERT_TRUE(i == 0 || rows[i - 1].id < rows[i].id);
    }
    EXPECT_EQ(table_->statistics().rows, expected);
    Open();
  }
}

TEST_F(RowGroupsTest, ZoneFiltersSkipVectorsAndNeverRows) {
  Create();
  InsertBulk(0, 200000);
  TableScan scan(table_, storage_->transactions().Latest(), TestScanColumns(), {{0, ZoneFilter::Op::kGreaterEqual, Datum::Int4(100000)}});
  ScanCursor cursor(scan);
  Vector ids;
  uint64_t rows = 0, opened = 0;
  for (uint64_t v = 0; v < scan.vectors(); ++v) {
    if (v == 60) scan.AddFilter({0, ZoneFilter::Op::kLess, Datum::Int4(150000)});
    const uint32_t count = cursor.Open(v);
    if (count == 0) continue;
    ++opened;
    cursor.Read(0, ids);
    for (uint32_t i = 0; i < count; ++i) {
      const int32_t id = ids.View().get<int32_t>(i);
      rows += id >= 100000 && id < 150000;
    }
  }
  EXPECT_EQ(rows, 50000u);
  EXPECT_EQ(opened, 26u + 2u);                           // 50,000 rows lie in 26 vectors; the fresh rows at the end have no zones
  EXPECT_EQ(cursor.vectors_pruned(), scan.vectors() - opened);
}

TEST_F(RowGroupsTest, ReadingPickedRowsAgreesWithReadingAll) {
  Create();
  const std::vector<RowId> ids = InsertBulk(0, 70000);
  InsertFresh(70000, 1000);
  auto deleter = Begin();
  for (size_t i = 0; i < ids.size(); i += 3) table_->Delete(*deleter, ids[i]);
  deleter->Commit();
  TableScan scan(table_, storage_->transactions().Latest(), TestScanColumns());
  ScanCursor cursor(scan);
  Vector all, picked;
  for (uint64_t v = 0; v < scan.vectors(); ++v) {
    const uint32_t count = cursor.Open(v);
    for (const uint32_t step : {1u, 3u, 50u}) {
      Selection selection;
      for (uint32_t i = 0; i < count; i += step) selection.Add(i);
      for (uint32_t column = 0; column < 3; ++column) {
        cursor.Read(column, all);
        cursor.Read(column, selection, picked);
        for (uint32_t i = 0; i < selection.size(); ++i) ASSERT_TRUE(picked.Get(i) == all.Get(selection[i]));
      }
    }
  }
}

TEST_F(RowGroupsTest, ATableLargerThanTheCacheIsScannedWithinIt) {
  MemoryBudget budget("server", 90 << 20);
  Create();
  InsertBulk(0, 1000000);
  constexpr uint64_t kCache = 1 << 20;
  Open(kCache, &budget);
  EXPECT_GT(table_->statistics().bytes, 4 * kCache);
  const uint64_t base = budget.used();
  uint64_t sum = 0, rows = 0;
  for (int pass = 0; pass < 2; ++pass) {
    TableScan scan(table_, storage_->transactions().Latest(), TestScanColumns());
    ScanCursor cursor(scan);
    Vector id, value, name;
    for (uint64_t v = 0; v < scan.vectors(); ++v) {
      const uint32_t count = cursor.Open(v);
      cursor.Read(0, id);
      cursor.Read(1, value);
      cursor.Read(2, name);
      for (uint32_t i = 0; i < count; ++i) sum += static_cast<uint64_t>(id.View().get<int32_t>(i));
      rows += count;
      EXPECT_LE(storage_->state().cache->cached_bytes(), kCache);
    }
  }
  EXPECT_EQ(rows, 2000000u);
  EXPECT_EQ(sum, 999999000000u);
  EXPECT_LE(budget.peak() - base, 2 * kCache + (2 << 20));
  table_.reset();
  storage_.reset();                                      // before its budget
}

TEST_F(RowGroupsTest, ADamagedSegmentIsReportedWithItsTable) {
  Create();
  InsertBulk(0, 70000);
  storage_->kv().Put(Family::kSegments, SegmentKey(id_, 0, ColumnId(2)), "nonsense", false);
  storage_->SetTableNames([](StorageId) { return "public.orders"; });
  try {
    ReadAll(*storage_, table_);
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state(), sqlstate::kDataCorrupted);
    EXPECT_EQ(error.message(), "invalid data in column 2 of row group 0 of table \"public.orders\"");
  }
}

TEST_F(RowGroupsTest, ManyDeleteRecordsAreMergedIntoOne) {
  Create();
  const std::vector<RowId> ids = InsertBulk(0, 65536);
  for (int i = 0; i < 40; ++i) {
    auto deleter = Begin();
    table_->Delete(*deleter, ids[i * 100]);
    deleter->Commit();
  }
  EXPECT_EQ(Records(Family::kDeletes, RowsPrefix(id_)), 40u);
  table_->Freeze();
  EXPECT_EQ(Records(Family::kDeletes, RowsPrefix(id_)), 1u);
  EXPECT_EQ(ReadAll(*storage_, table_).size(), 65496u);
  Open();
  EXPECT_EQ(ReadAll(*storage_, table_).size(), 65496u);
  // Deleting the rest removes the group.
  auto deleter = Begin();
  for (const RowId id : ids) table_->Delete(*deleter, id);
  deleter->Commit();
  table_->Freeze();
  EXPECT_EQ(table_->statistics().row_groups, 0u);
  EXPECT_EQ(Segments(), 0u);
  EXPECT_EQ(Records(Family::kDeletes, RowsPrefix(id_)), 0u);
  // Its number is never taken again: index entries may still lead to it.
  Open();
  EXPECT_GT(InsertFresh(0, 1)[0].group(), ids[0].group());
}

}  // namespace
}  // namespace gather::storage
