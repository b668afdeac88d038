// Who decides about workers, in order: what forbids them, forces them or is too small for them; what earlier runs of the shape measured; thresholds and
// costs. Runs are told to the history by hand, so that nothing depends on how fast something is.
#include <gtest/gtest.h>

#include "tests/unit/planner/test_database.h"

namespace gather::planner {
namespace {

class ParallelDecisionsTest : public testing::Test {
 protected:
  // big: 50,000 rows, middle: 3,000, small: 900.
  ParallelDecisionsTest() {
    for (const auto& [name, rows] : {std::pair{"big", 50000u}, std::pair{"middle", 3000u}, std::pair{"small", 900u}}) {
      db_.CreateTable(name, {{"a", type_oid::kInt4, true}, {"b"}, {"c"}}, rows);
    }
    db_.settings.cores = 4;
  }
  ParallelDecision Decide(const std::string& sql) {
    const PlanRef plan = db_.Plan(sql);
    EXPECT_EQ(plan->decisions.size(), 1u) << sql;
    return plan->decisions.empty() ? ParallelDecision() : plan->decisions[0];
  }
  // `runs` runs of the plan as it is decided on each time: `ms` with workers, `serial_ms` without.
  void Run(const std::string& sql, uint64_t runs, double ms, double serial_ms) {
    for (uint64_t i = 0; i < runs; ++i) {
      const ParallelDecision decision = Decide(sql);
      if (decision.workers > 0) db_.history.Add(decision, decision.workers, ms, serial_ms); else db_.history.Add(decision, 0, serial_ms, 0);
    }
  }
  TestDatabase db_;
};

constexpr uint64_t kSamples = ParallelHistory::kSamples;

TEST_F(ParallelDecisionsTest, WorkersThatBringLittleAreDemotedAfterTenRuns) {
  const std::string sql = "select sum(b + 1) from big";
  Run(sql, kSamples - 1, 10, 14);
  EXPECT_GT(Decide(sql).workers, 0);
  Run(sql, 1, 10, 14);
  EXPECT_EQ(Decide(sql).workers, 0);
  EXPECT_EQ(Decide(sql).reason, "serial, 10 runs with workers were 1.40 times as fast, less than 1.5");
  // Constants are no part of the shape; columns are.
  EXPECT_EQ(Decide("select sum(b + 7) from big").workers, 0);
  EXPECT_GT(Decide("select sum(a + 7) from big").workers, 0);
}

TEST_F(ParallelDecisionsTest, NothingBelowADemotedNodeGetsWorkersInItsPlace) {
  // Workers and passed rows are for free: on its own the scan would be worth them.
  db_.settings.parallel_setup_cost = db_.settings.parallel_tuple_cost = 0;
  for (const std::string sql : {"select sum(b + 1) from big where a % 100 = 3", "select b from big where a % 100 = 3 order by b"}) {
    ASSERT_GT(Decide(sql).workers, 0) << sql;
    Run(sql, kSamples, 10, 10);
    EXPECT_EQ(Decide(sql).workers, 0) << sql;
  }
}

TEST_F(ParallelDecisionsTest, WorkersThatBringMuchStay) {
  const std::string sql = "select sum(b) from big";
  Run(sql, 3 * kSamples, 10, 17);
  EXPECT_GT(Decide(sql).workers, 0);
  EXPECT_EQ(Decide(sql).reason, "2 workers: 30 runs with workers were 1.70 times as fast");
}

TEST_F(ParallelDecisionsTest, ADemotedShapeIsTriedAgainAndConverges) {
  const std::string sql = "select sum(b) from big";
  Run(sql, kSamples, 10, 10);
  ASSERT_EQ(Decide(sql).workers, 0);
  // The machine was busy then: the next look finds twice the speed, and that lasts.
  Run(sql, ParallelHistory::kRetry, 5, 10);
  ASSERT_GT(Decide(sql).workers, 0);
  Run(sql, 5 * kSamples, 5, 10);
  EXPECT_GT(Decide(sql).workers, 0);
}

TEST_F(ParallelDecisionsTest, ASlowSerialShapeIsPromoted) {
  // Below the threshold of 8,000 rows.
  const std::string sql = "select sum(b) from middle";
  EXPECT_EQ(Decide(sql).reason, "serial, 3000 rows, the aggregate threshold is 8000 (4 cores)");
  Run(sql, kSamples, 0, ParallelHistory::kSlowMs + 1);
  EXPECT_EQ(Decide(sql).reason, "1 worker: 10 serial runs took 11.0 ms each");
  // And demoted again when that brings nothing.
  Run(sql, kSamples, 11, 11);
  EXPECT_EQ(Decide(sql).workers, 0);
}

TEST_F(ParallelDecisionsTest, FewRowsAreSerialAndNoMatterOfMeasurement) {
  const PlanRef plan = db_.Plan("select sum(b) from small");
  EXPECT_EQ(plan->parallel_reason, "serial, 900 rows are too few for any worker");
  EXPECT_TRUE(plan->decisions.empty());
}

TEST_F(ParallelDecisionsTest, ASettingByHandOverrulesHistory) {
  const std::string sql = "select sum(b) from big";
  Run(sql, kSamples, 10, 10);
  ASSERT_EQ(Decide(sql).workers, 0);
  db_.settings.parallel_threshold = 1000;
  EXPECT_EQ(Decide(sql).reason, "2 workers: 50000 rows, the scan threshold is 1000 (parallel_threshold)");
  db_.settings.parallel_threshold = -1;
  db_.settings.debug_parallel_query = true;
  EXPECT_EQ(Decide(sql).reason, "2 workers: forced by debug_parallel_query");
}

TEST_F(ParallelDecisionsTest, EachOperationHasItsThreshold) {
  db_.settings.parallel_setup_cost = db_.settings.parallel_tuple_cost = 0;
  db_.settings.cores = 2;
  db_.settings.parallel_threshold = 20000;
  // 50,000 rows: above the scan's 20,000 and the join's 40,000.
  EXPECT_EQ(Decide("select a from big where c = 3").operation, "filter");
  EXPECT_EQ(Decide("select sum(a) from big").operation, "aggregate");
  EXPECT_EQ(Decide("select x.a from big x, middle y where x.b = y.a").operation, "join");
  EXPECT_EQ(Decide("select a from big order by b").operation, "sort");
  db_.settings.parallel_threshold = 30000;
  EXPECT_GT(Decide("select sum(a) from big").workers, 0);
  EXPECT_EQ(Decide("select x.a from big x, middle y where x.b = y.a").reason, "serial, 50000 rows, the join threshold is 60000 (parallel_threshold)");
}

TEST_F(ParallelDecisionsTest, ATableSizeThatIsSetReplacesTheThresholds) {
  db_.settings.parallel_setup_cost = db_.settings.parallel_tuple_cost = 0;
  EXPECT_EQ(Decide("select sum(b) from middle").workers, 0);
  db_.settings.min_parallel_table_scan_size = 0;
  EXPECT_EQ(Decide("select sum(b) from middle").reason, "2 workers: table middle is larger than min_parallel_table_scan_size");
  EXPECT_EQ(db_.Plan("select sum(b) from small")->parallel_reason, "serial, 900 rows are too few for any worker");
  db_.settings.min_parallel_table_scan_size = int64_t{1} << 30;
  EXPECT_EQ(db_.Plan("select sum(b) from big")->parallel_reason, "serial, table big is smaller than min_parallel_table_scan_size");
}

TEST_F(ParallelDecisionsTest, WhatWorkersCostMustBeWonBack) {
  db_.settings.parallel_setup_cost = 1e6;
  EXPECT_EQ(Decide("select sum(b) from big").reason.substr(0, 26), "serial, workers would save");
  db_.settings.parallel_setup_cost = db_.settings.parallel_tuple_cost = 0;
  db_.settings.parallel_tuple_cost = 100;
  EXPECT_EQ(Decide("select a from big").workers, 0);
  EXPECT_GT(Decide("select sum(b) from big").workers, 0);
}

}  // namespace
}  // namespace gather::planner
