// What an analysis says of a table, when planners take a new look, and what survives on disk.
#include <gtest/gtest.h>

#include <cmath>
#include <thread>

#include "storage/analysis/analysis.h"
#include "storage/analysis/hyper_log_log.h"
#include "storage/keys.h"
#include "storage/kv_store.h"
#include "tests/unit/storage/test_storage.h"
#include "types/compare.h"

namespace gather::storage {
namespace {

constexpr StorageId kTable{7};

class AnalysisTest : public testing::Test {
 protected:
  AnalysisTest() : storage_(std::make_unique<Storage>(SmallOptions(directory_.data()))) {
    auto transaction = storage_->transactions().Begin();
    table_ = storage_->CreateTable(*transaction, kTable, TestColumns());
    transaction->Commit();
  }
  void Insert(int32_t first, uint32_t rows) {
    auto transaction = storage_->transactions().Begin();
    InsertRows(*transaction, *table_, first, rows);
    transaction->Commit();
  }
  AnalysisRef Look() { return CurrentAnalysis(table_, storage_->transactions().Latest(), TestScanColumns()); }
  AnalysisRef Full() { return Analyze(table_, storage_->transactions().Latest(), FullAnalysis(TestScanColumns(), {100, 100, 100})); }
  void Keep(bool automatic = false) {
    const uint64_t begun = BeginAnalysis(*table_);
    KeepAnalysis(*table_, *Full(), begun, automatic, 1234);
  }
  void Restart() {
    table_.reset();
    storage_.reset();
    storage_ = std::make_unique<Storage>(SmallOptions(directory_.data()));
    table_ = storage_->Table(kTable);
  }

  TestDirectory directory_;
  std::unique_ptr<Storage> storage_;
  std::shared_ptr<TableStore> table_;
};

TEST(HyperLogLogTest, CountsWithinTwoPercent) {
  for (const uint64_t distinct : {0ull, 1ull, 10ull, 1000ull, 20000ull, 60000ull, 1000000ull}) {
    HyperLogLog counter;
    for (uint64_t round = 0; round < 2; ++round) {
      for (uint64_t i = 0; i < distinct; ++i) counter.Add(i);
    }
    EXPECT_NEAR(counter.Estimate(), static_cast<double>(distinct), 0.02 * static_cast<double>(distinct) + 0.01) << distinct;
  }
}

TEST_F(AnalysisTest, ALargeTableIsSampledForValuesAndCountedForDistinctOnes) {
  Insert(0, 100000);
  const AnalysisRef analysis = Full();
  EXPECT_EQ(analysis->rows, 100000);
  EXPECT_FALSE(analysis->sample_is_all);
  ASSERT_EQ(analysis->columns.size(), 3u);
  EXPECT_EQ(analysis->columns[0].distinct, -1);
  EXPECT_TRUE(analysis->columns[0].frequencies.empty());
  EXPECT_EQ(analysis->columns[0].bound_count, 101u);
  EXPECT_NEAR(analysis->columns[0].correlation.value(), 1, 1e-3);
  EXPECT_NEAR(analysis->columns[2].distinct, 1000, 20);
  ASSERT_EQ(analysis->sample.size(), 2u);
  uint32_t rows = 0;
  for (const Chunk& chunk : analysis->sample) {
    // Rows stay rows: the columns belong together.
    for (uint32_t i = 0; i < chunk.rows(); ++i) {
      const TestRow row = MakeRow(chunk[0].Get(i).as<int32_t>());
      EXPECT_EQ(chunk[1].Get(i).as<int64_t>(), row.value);
      EXPECT_EQ(chunk[2].Get(i).bytes, row.name);
    }
    rows += chunk.rows();
  }
  EXPECT_EQ(rows, analysis->sample_rows);
}

TEST_F(AnalysisTest, AQuickLookTellsClusteredKeysFromFewValues) {
  // Name "number n" comes every 1,000 rows: few values. Of ids every one is another.
  Insert(0, 200000);
  const AnalysisRef analysis = Look();
  EXPECT_NEAR(analysis->columns[0].DistinctAmong(200000), 200000, 2000);
  EXPECT_NEAR(analysis->columns[2].DistinctAmong(200000), 1000, 50);
}

TEST_F(AnalysisTest, PlannersShareALookUntilATenthHasChanged) {
  Insert(0, 1000);
  const AnalysisRef first = Look();
  EXPECT_TRUE(first->sample_is_all);
  EXPECT_EQ(Look(), first);
  Insert(1000, 50);
  EXPECT_EQ(Look(), first);
  Insert(2000, 100);
  const AnalysisRef second = Look();
  EXPECT_NE(second, first);
  EXPECT_EQ(second->rows, 1150);
}

TEST_F(AnalysisTest, RowsOfTheOwnTransactionAreLookedAt) {
  auto transaction = storage_->transactions().Begin();
  InsertRows(*transaction, *table_, 0, 5000);
  transaction->NextCommand();
  const Snapshot own = transaction->TakeSnapshot();
  const AnalysisRef analysis = CurrentAnalysis(table_, own, TestScanColumns());
  EXPECT_EQ(analysis->rows, 5000);
  EXPECT_EQ(CurrentAnalysis(table_, own, TestScanColumns()), analysis);
  transaction->Rollback();
}

TEST_F(AnalysisTest, WhatIsKeptSurvivesARestart) {
  Insert(0, 3000);
  Keep(true);
  EXPECT_EQ(table_->statistics().changed, 0u);
  const AnalysisRef before = KeptAnalysis(*table_);
  EXPECT_EQ(Look(), before);
  Restart();
  const AnalysisRef after = KeptAnalysis(*table_);
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->history.automatic, 1u);
  EXPECT_EQ(after->history.automatic_at, 1234);
  EXPECT_EQ(after->history.by_command, 0u);
  EXPECT_EQ(EncodeAnalysis(*after), EncodeAnalysis(*before));
  EXPECT_EQ(Look(), after);
  Insert(3000, 3000);
  EXPECT_EQ(table_->statistics().changed, 3000u);
  EXPECT_NE(Look(), after);
  EXPECT_EQ(KeptAnalysis(*table_), after);
}

TEST_F(AnalysisTest, ADamagedRecordOrOneOfAnotherVersionSaysNothing) {
  Insert(0, 100);
  const std::string record = EncodeAnalysis(*Full());
  EXPECT_NE(DecodeAnalysis(record), nullptr);
  EXPECT_EQ(DecodeAnalysis(""), nullptr);
  EXPECT_EQ(DecodeAnalysis("\x02" + record.substr(1)), nullptr);
  EXPECT_EQ(DecodeAnalysis(record + "x"), nullptr);
  for (size_t size = 0; size < record.size(); size += 7) EXPECT_EQ(DecodeAnalysis(record.substr(0, size)), nullptr) << size;
  Keep();
  storage_->kv().Put(Family::kTables, AnalysisKey(kTable), "nonsense", false);
  Restart();
  EXPECT_EQ(KeptAnalysis(*table_), nullptr);
  EXPECT_EQ(Look()->rows, 100);
}

TEST_F(AnalysisTest, ADroppedTableTakesItsRecordAlong) {
  Insert(0, 100);
  Keep();
  auto transaction = storage_->transactions().Begin();
  storage_->DropTable(*transaction, kTable);
  transaction->Commit();
  table_.reset();
  std::string record;
  EXPECT_FALSE(storage_->kv().Get(Family::kTables, AnalysisKey(kTable), &record));
}

TEST_F(AnalysisTest, AnUpdateIsOneChange) {
  Insert(0, 10);
  auto transaction = storage_->transactions().Begin();
  std::vector<RowId> ids;
  ReadAll(table_, transaction->TakeSnapshot(), &ids);
  table_->Delete(*transaction, ids[0], DeleteKind::kUpdate);
  InsertRows(*transaction, *table_, 100, 1);
  table_->Delete(*transaction, ids[1]);
  transaction->Commit();
  const TableStatistics statistics = table_->statistics();
  EXPECT_EQ(statistics.inserted, 10u);
  EXPECT_EQ(statistics.updated, 1u);
  EXPECT_EQ(statistics.deleted, 1u);
  EXPECT_EQ(statistics.changed, 12u);
}

TEST_F(AnalysisTest, ManyPlannersLookOnce) {
  Insert(0, 20000);
  std::vector<AnalysisRef> found(8);
  std::vector<std::thread> threads;
  for (AnalysisRef& analysis : found) threads.emplace_back([&] { analysis = Look(); });
  for (std::thread& thread : threads) thread.join();
  for (const AnalysisRef& analysis : found) EXPECT_EQ(analysis, found[0]);
}

}  // namespace
}  // namespace gather::storage
