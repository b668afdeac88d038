// Estimated rows: what statistics say of conditions, joins and groups; and the presets from which on workers are considered.
#include <gtest/gtest.h>

#include "planner/physical/parallel.h"
#include "tests/unit/planner/test_database.h"

namespace gather::planner {
namespace {

class EstimatesTest : public testing::Test {
 protected:
  // big: 50,000 rows, few: 100. Column a is a number of its own in each row, b has 10 values, c 20, t 30.
  EstimatesTest() {
    for (const auto& [name, rows] : {std::pair{"big", 50000u}, std::pair{"few", 100u}}) {
      db_.CreateTable(name, {{"a", type_oid::kInt4, true}, {"b"}, {"c"}, {"t", type_oid::kText}}, rows);
    }
    db_.CreateIndex("big_pkey", "big", {1}, catalog::IndexKind::kPrimaryKey);
  }
  double Rows(const std::string& sql) { return db_.Plan(sql)->root->rows; }
  TestDatabase db_;
};

TEST_F(EstimatesTest, EqualityByMostCommonValues) {
  EXPECT_NEAR(Rows("select 1 from big where b = 3"), 5000, 250);
  EXPECT_NEAR(Rows("select 1 from big where b <> 3"), 45000, 250);
  EXPECT_NEAR(Rows("select 1 from big where t = '7'"), 1667, 100);
  EXPECT_LE(Rows("select 1 from big where b = 77"), 5);
  EXPECT_NEAR(Rows("select 1 from big where b = $1"), 5000, 50);
  EXPECT_EQ(Rows("select 1 from big where a = 77"), 1);
  EXPECT_EQ(Rows("select 1 from few where b = 3"), 10);
}

TEST_F(EstimatesTest, RangesByHistogram) {
  EXPECT_NEAR(Rows("select 1 from big where c >= 5"), 37500, 1500);
  EXPECT_NEAR(Rows("select 1 from big where a + 0 > 5 and c < 5"), 12500.0 / 3, 500);
  EXPECT_NEAR(Rows("select 1 from big where a >= 10000 and a < 20000"), 10000, 1000);
  EXPECT_NEAR(Rows("select 1 from big where 10000 > a"), 10000, 1000);
  EXPECT_LE(Rows("select 1 from big where a > 60000"), 1);
  EXPECT_NEAR(Rows("select 1 from big where b is null"), 1, 0);
}

TEST_F(EstimatesTest, JoinsValueByValue) {
  // Ten values on both sides: a tenth of all pairs.
  EXPECT_NEAR(Rows("select 1 from big, few where big.b = few.b"), 500000, 25000);
  // Values of b are among those of c.
  EXPECT_NEAR(Rows("select 1 from big, few where big.c = few.b"), 250000, 25000);
  EXPECT_NEAR(Rows("select 1 from big, few where big.a = few.a"), 100, 1);
}

TEST_F(EstimatesTest, GroupsByCombinationsThatThereAre) {
  EXPECT_EQ(Rows("select b from big group by b"), 10);
  // c decides b.
  EXPECT_EQ(Rows("select b, c from big group by b, c"), 20);
  EXPECT_EQ(Rows("select a, b, c from big group by a, b, c"), 50000);
  // No more than the rows of any join on the way.
  EXPECT_EQ(Rows("select big.a from big, few where big.a = few.a group by big.a"), 100);
}

TEST_F(EstimatesTest, HavingByMoments) {
  EXPECT_EQ(Rows("select b from big group by b having count(*) > 4000"), 10);
  EXPECT_EQ(Rows("select b from big group by b having count(*) > 6000"), 1);
  EXPECT_EQ(Rows("select b from big group by b having sum(c) < 60000"), 10);
  EXPECT_EQ(Rows("select b from big group by b having sum(c) < 40000"), 1);
}

TEST_F(EstimatesTest, RowsOfTheKeysAnAntiJoinDoesNotFind) {
  // few has 100 of big's 50,000 keys.
  EXPECT_NEAR(Rows("select 1 from big where not exists (select 1 from few where few.a = big.a)"), 49900, 50);
  EXPECT_NEAR(Rows("select 1 from big where exists (select 1 from few where few.a = big.a)"), 100, 1);
}

TEST(ParallelThresholdsTest, PresetsByCores) {
  struct Preset { int cores; double scan, filter, join, aggregate, sort; };
  for (const Preset& preset : {Preset{2, 20000, 15000, 25000, 30000, 20000}, Preset{3, 20000, 15000, 25000, 30000, 20000},
                               Preset{4, 5000, 4000, 10000, 8000, 10000}, Preset{7, 5000, 4000, 10000, 8000, 10000},
                               Preset{8, 2000, 2000, 5000, 3000, 5000}, Preset{64, 2000, 2000, 5000, 3000, 5000}}) {
    PlannerSettings settings;
    settings.cores = preset.cores;
    const ParallelThresholds found = ThresholdsFor(settings);
    EXPECT_EQ(found.scan, preset.scan) << preset.cores;
    EXPECT_EQ(found.filter, preset.filter) << preset.cores;
    EXPECT_EQ(found.join, preset.join) << preset.cores;
    EXPECT_EQ(found.aggregate, preset.aggregate) << preset.cores;
    EXPECT_EQ(found.sort, preset.sort) << preset.cores;
  }
}

TEST(ParallelThresholdsTest, TheSettingStandsInForAllAndTwiceForJoins) {
  PlannerSettings settings;
  settings.cores = 8;
  settings.parallel_threshold = 1000;
  const ParallelThresholds found = ThresholdsFor(settings);
  EXPECT_EQ(found.scan, 1000);
  EXPECT_EQ(found.filter, 1000);
  EXPECT_EQ(found.join, 2000);
  EXPECT_EQ(found.aggregate, 1000);
  EXPECT_EQ(found.sort, 1000);
}

}  // namespace
}  // namespace gather::planner
