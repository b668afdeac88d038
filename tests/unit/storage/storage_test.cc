#include "storage/storage.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "storage/write_set.h"
#include "tests/unit/storage/test_storage.h"
#include "types/error.h"

namespace gather::storage {
namespace {

TEST(StorageTest, CommittedRowsAreReadAgainAfterRestart) {
  TestDirectory directory;
  StorageId id;
  {
    Storage storage(SmallOptions(directory.data()));
    EXPECT_TRUE(storage.was_created());
    id = storage.NewStorageId();
    auto transaction = storage.transactions().Begin();
    auto table = storage.CreateTable(*transaction, id, TestColumns());
    InsertRows(*transaction, *table, 0, 5000);
    EXPECT_TRUE(ReadAll(storage, table).empty());
    EXPECT_TRUE(ReadAll(table, transaction->TakeSnapshot()).empty());  // its own command's rows are not seen
    transaction->NextCommand();
    EXPECT_EQ(ReadAll(table, transaction->TakeSnapshot()), MakeRows(0, 5000));
    transaction->Commit();
    EXPECT_EQ(ReadAll(storage, table), MakeRows(0, 5000));
    EXPECT_EQ(table->statistics().rows, 5000u);
  }
  Storage storage(SmallOptions(directory.data()));
  EXPECT_EQ(ReadAll(storage, storage.Table(id)), MakeRows(0, 5000));
  EXPECT_EQ(storage.Table(id)->statistics().rows, 5000u);
  EXPECT_GT(storage.NewStorageId(), id);
}

TEST(StorageTest, RolledBackRowsAndTablesAreGone) {
  TestDirectory directory;
  Storage storage(SmallOptions(directory.data()));
  const StorageId id = storage.NewStorageId(), other = storage.NewStorageId();
  auto transaction = storage.transactions().Begin();
  auto table = storage.CreateTable(*transaction, id, TestColumns());
  InsertRows(*transaction, *table, 0, 10);
  transaction->Commit();

  transaction = storage.transactions().Begin();
  InsertRows(*transaction, *table, 10, 10);
  storage.CreateTable(*transaction, other, TestColumns());
  transaction->Rollback();
  EXPECT_EQ(ReadAll(storage, table), MakeRows(0, 10));
  EXPECT_THROW(storage.Table(other), SqlError);
  transaction = storage.transactions().Begin();
  InsertRows(*transaction, *table, 20, 1);
  transaction->Commit();
  EXPECT_EQ(ReadAll(storage, table).size(), 11u);
}

TEST(StorageTest, DeletesFollowSnapshotsAndConflicts) {
  TestDirectory directory;
  StorageId id;
  {
    Storage storage(SmallOptions(directory.data()));
    id = storage.NewStorageId();
    auto transaction = storage.transactions().Begin();
    auto table = storage.CreateTable(*transaction, id, TestColumns());
    const std::vector<RowId> ids = InsertRows(*transaction, *table, 0, 100);
    transaction->Commit();

    auto first = storage.transactions().Begin(), second = storage.transactions().Begin(IsolationLevel::kRepeatableRead);
    const Snapshot old = second->TakeSnapshot();
    EXPECT_EQ(table->Delete(*first, ids[7]).outcome, WriteOutcome::kDone);
    EXPECT_EQ(table->Delete(*first, ids[7]).outcome, WriteOutcome::kOwnCommand);
    const WriteResult busy = table->Delete(*second, ids[7]);
    EXPECT_EQ(busy.outcome, WriteOutcome::kBusy);
    EXPECT_EQ(busy.holder, first->id());
    TransactionId holder;
    EXPECT_EQ(table->CheckLiveness(*first, ids[7], &holder), TableStore::Liveness::kDead);
    EXPECT_EQ(table->CheckLiveness(*second, ids[7], &holder), TableStore::Liveness::kDeleting);
    EXPECT_EQ(holder, first->id());
    EXPECT_TRUE(table->IsVisible(first->TakeSnapshot(), ids[7]));
    first->NextCommand();
    EXPECT_FALSE(table->IsVisible(first->TakeSnapshot(), ids[7]));
    first->Commit();
    EXPECT_EQ(table->Delete(*second, ids[7]).outcome, WriteOutcome::kConflict);
    EXPECT_TRUE(table->IsVisible(old, ids[7]));
    EXPECT_TRUE(table->IsVisible(second->TakeSnapshot(), ids[7]));
    EXPECT_FALSE(table->IsVisible(storage.transactions().Latest(), ids[7]));
    EXPECT_FALSE(table->IsDeadToAll(ids[7], storage.transactions().Oldest()));
    second->Commit();
    EXPECT_TRUE(table->IsDeadToAll(ids[7], storage.transactions().Oldest()));
    EXPECT_EQ(ReadAll(storage, table).size(), 99u);
  }
  Storage storage(SmallOptions(directory.data()));
  const std::vector<TestRow> rows = ReadAll(storage, storage.Table(id));
  EXPECT_EQ(rows.size(), 99u);
  EXPECT_EQ(rows[7], MakeRow(8));
}

TEST(StorageTest, SavepointsUndoRowsDeletesAndRecords) {
  TestDirectory directory;
  Storage storage(SmallOptions(directory.data()));
  auto transaction = storage.transactions().Begin();
  auto table = storage.CreateTable(*transaction, storage.NewStorageId(), TestColumns());
  const std::vector<RowId> ids = InsertRows(*transaction, *table, 0, 10);
  transaction->NextCommand();
  transaction->writes().Put(KeySpace::kCatalog, "a", "1");
  const uint64_t outer = transaction->Savepoint();
  InsertRows(*transaction, *table, 10, 10);
  EXPECT_EQ(table->Delete(*transaction, ids[3]).outcome, WriteOutcome::kDone);
  transaction->writes().Put(KeySpace::kCatalog, "a", "2");
  transaction->NextCommand();
  const uint64_t inner = transaction->Savepoint();
  transaction->writes().Put(KeySpace::kCatalog, "b", "3");
  transaction->RollbackTo(inner);
  EXPECT_EQ(ReadAll(table, transaction->TakeSnapshot()).size(), 19u);
  for (int again = 0; again < 2; ++again) {
    transaction->RollbackTo(outer);
    EXPECT_EQ(ReadAll(table, transaction->TakeSnapshot()), MakeRows(0, 10));
    InsertRows(*transaction, *table, 30, 5);
    transaction->writes().Put(KeySpace::kCatalog, "c", "4");
    transaction->NextCommand();
  }
  transaction->RollbackTo(outer);
  transaction->Commit();
  EXPECT_EQ(ReadAll(storage, table), MakeRows(0, 10));
  std::vector<std::string> records;
  storage.ForEachCatalogRecord("", [&](std::string_view key, std::string_view value) { records.push_back(std::string(key) + std::string(value)); });
  EXPECT_EQ(records, std::vector<std::string>{"a1"});
}

TEST(StorageTest, FetchReturnsVisibleRowsInTheOrderAsked) {
  TestDirectory directory;
  Storage storage(SmallOptions(directory.data()));
  auto transaction = storage.transactions().Begin();
  auto table = storage.CreateTable(*transaction, storage.NewStorageId(), TestColumns());
  const std::vector<RowId> ids = InsertRows(*transaction, *table, 0, 70000);
  transaction->Commit();
  transaction = storage.transactions().Begin();
  table->Delete(*transaction, ids[5]);
  transaction->Commit();
  const std::vector<RowId> wanted = {ids[69999], ids[5], ids[0], RowId(99, 1), ids[4000]};
  std::vector<ScanColumn> columns = TestScanColumns();
  columns.push_back({ColumnId(9), type_oid::kInt4, Datum::Int4(42)});
  Chunk out;
  Selection found;
  ASSERT_EQ(table->Fetch(storage.transactions().Latest(), wanted, columns, out, found), 3u);
  const int expected[] = {69999, 0, 4000};
  const uint32_t places[] = {0, 2, 4};
  for (uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(found[i], places[i]);
    EXPECT_EQ(out[0].View().get<int32_t>(i), expected[i]);
    EXPECT_EQ(out[2].View().get<StringRef>(i).view(), MakeRow(expected[i]).name);
    EXPECT_EQ(out[3].View().get<int32_t>(i), 42);
  }
}

TEST(StorageTest, AnAddedColumnReadsAsItsDefaultInOlderRows) {
  TestDirectory directory;
  StorageId id;
  std::vector<StoredColumn> wider = {TestColumns()[0], {ColumnId(4), type_oid::kInt4}};
  const std::vector<ScanColumn> scanned = {{ColumnId(1), type_oid::kInt4, {}}, {ColumnId(4), type_oid::kInt4, Datum::Int4(7)}};
  const auto read = [&](Storage& storage) {
    std::vector<std::pair<int32_t, int32_t>> rows;
    TableScan scan(storage.Table(id), storage.transactions().Latest(), scanned);
    ScanCursor cursor(scan);
    Vector a, b;
    for (uint64_t v = 0; v < scan.vectors(); ++v) {
      const uint32_t count = cursor.Open(v);
      cursor.Read(0, a);
      cursor.Read(1, b);
      for (uint32_t i = 0; i < count; ++i) rows.emplace_back(a.View().get<int32_t>(i), b.IsNull(i) ? -1 : b.View().get<int32_t>(i));
    }
    return rows;
  };
  const std::vector<std::pair<int32_t, int32_t>> expected = {{0, 7}, {1, 7}, {2, 20}, {3, -1}};
  {
    Storage storage(SmallOptions(directory.data()));
    id = storage.NewStorageId();
    auto transaction = storage.transactions().Begin();
    auto table = storage.CreateTable(*transaction, id, TestColumns());
    InsertRows(*transaction, *table, 0, 2);
    transaction->Commit();
    storage.AddColumn(id, wider[1]);
    transaction = storage.transactions().Begin();
    const std::vector<SqlType> types = {type_oid::kInt4, type_oid::kInt4};
    Chunk chunk(types);
    chunk[0].data<int32_t>()[0] = 2;
    chunk[1].data<int32_t>()[0] = 20;
    chunk.set_rows(1);
    RowId row;
    table->Insert(*transaction, wider, chunk, &row);
    InsertRows(*transaction, *table, 3, 1);
    transaction->Commit();
    EXPECT_EQ(read(storage), expected);
  }
  Storage storage(SmallOptions(directory.data()));
  EXPECT_EQ(read(storage), expected);
}

TEST(StorageTest, DroppedTablesGoWithTheCommitAndStayForThoseWhoPinnedThem) {
  TestDirectory directory;
  StorageId id;
  {
    Storage storage(SmallOptions(directory.data()));
    id = storage.NewStorageId();
    auto transaction = storage.transactions().Begin();
    auto table = storage.CreateTable(*transaction, id, TestColumns());
    InsertRows(*transaction, *table, 0, 10);
    transaction->Commit();
    transaction = storage.transactions().Begin();
    storage.DropTable(*transaction, id);
    transaction->Rollback();
    EXPECT_EQ(ReadAll(storage, storage.Table(id)).size(), 10u);
    transaction = storage.transactions().Begin();
    storage.DropTable(*transaction, id);
    transaction->Commit();
    EXPECT_THROW(storage.Table(id), SqlError);
    EXPECT_EQ(ReadAll(storage, table).size(), 10u);
  }
  Storage storage(SmallOptions(directory.data()));
  EXPECT_THROW(storage.Table(id), SqlError);
}

TEST(DataDirectoryTest, RefusesWhatIsNotItsOwnWithOneClearLine) {
  TestDirectory directory;
  const auto message = [](const std::string& path) -> std::string {
    try {
      Storage storage(SmallOptions(path));
    } catch (const SqlError& error) {
      return error.message();
    }
    return "";
  };
  {
    Storage storage(SmallOptions(directory.data()));
    EXPECT_NE(message(directory.data()).find("is locked by another process"), std::string::npos);
  }
  EXPECT_EQ(message(directory.data()), "");
  { std::ofstream(directory.data() + "/GATHERDB_VERSION") << "99\n"; }
  EXPECT_NE(message(directory.data()).find("was written by a newer server"), std::string::npos);
  std::filesystem::create_directory(directory.path() + "/other");
  { std::ofstream(directory.path() + "/other/file") << "x"; }
  EXPECT_NE(message(directory.path() + "/other").find("not a GatherDB data directory"), std::string::npos);
}

}  // namespace
}  // namespace gather::storage
