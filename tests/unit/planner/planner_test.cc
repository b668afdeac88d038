// Plan shapes: what the rules, the join order, the access paths and the parallel decision make of statements.
#include <gtest/gtest.h>

#include "tests/unit/planner/test_database.h"

namespace gather::planner {
namespace {

class PlannerTest : public testing::Test {
 protected:
  // big: 50,000 rows with a key, small: 100 rows, tiny: 10 rows. b of each has 10 values, c 20.
  PlannerTest() {
    for (const auto& [name, rows] : {std::pair{"big", 50000u}, std::pair{"small", 100u}, std::pair{"tiny", 10u}}) {
      db_.CreateTable(name, {{"a", type_oid::kInt4, true}, {"b"}, {"c"}, {"t", type_oid::kText}}, rows);
    }
    db_.CreateIndex("big_pkey", "big", {1}, catalog::IndexKind::kPrimaryKey);
    db_.CreateIndex("small_pkey", "small", {1}, catalog::IndexKind::kPrimaryKey);
  }
  TestDatabase db_;
};

TEST_F(PlannerTest, AUniqueKeyIsLookedUpInTheIndex) {
  EXPECT_EQ(db_.Explain("select b from big where a = 5 and c > 3"),
            "Index Scan using big_pkey on big\n  Index Cond: (a = 5)\n  Filter: (c > 3)\n");
  EXPECT_EQ(db_.Explain("select b from big where a = $1"), "Index Scan using big_pkey on big\n  Index Cond: (a = $1)\n");
  EXPECT_EQ(db_.Explain("update big set b = b + 1 where a = 7"),
            "Update on big\n  ->  Index Scan using big_pkey on big\n        Index Cond: (a = 7)\n");
}

TEST_F(PlannerTest, ConditionsReachTheScansOfACommaJoin) {
  EXPECT_EQ(db_.Explain("select big.t from big, small where big.b = small.b and small.c = 3 and big.c = 4"),
            "Hash Join\n"
            "  Hash Cond: (big.b = small.b)\n"
            "  ->  Seq Scan on big\n        Filter: (c = 4)\n        Runtime Filter: (big.b = small.b)\n"
            "  ->  Hash\n        ->  Seq Scan on small\n              Filter: (c = 3)\n");
}

TEST_F(PlannerTest, AConstantSpreadsOverEqualColumns) {
  const std::string plan = db_.Explain("select 1 from big x, big y where x.b = y.b and x.b = 3");
  EXPECT_NE(plan.find("big x\n        Filter: (b = 3)"), std::string::npos) << plan;
  EXPECT_NE(plan.find("big y\n              Filter: (b = 3)"), std::string::npos) << plan;
}

TEST_F(PlannerTest, AnOuterJoinWhoseNullRowsAreRejectedIsInner) {
  EXPECT_NE(db_.Explain("select 1 from big left join small on big.b = small.b where small.c > 1").find("Hash Join"), std::string::npos);
  const std::string kept = db_.Explain("select 1 from big left join small on big.b = small.b where small.c is null");
  EXPECT_NE(kept.find("Hash Left Join"), std::string::npos) << kept;
  EXPECT_NE(kept.find("Filter: (small.c IS NULL)"), std::string::npos) << kept;
}

TEST_F(PlannerTest, CommonFactorsLeaveAnOr) {
  const std::string plan = db_.Explain("select 1 from big, small where (big.b = small.b and small.c = 1 and big.c = 2) or (big.b = small.b and small.c = 3 and big.c = 4)");
  EXPECT_NE(plan.find("Hash Cond: (big.b = small.b)"), std::string::npos) << plan;
  EXPECT_NE(plan.find("Filter: ((c = 1) OR (c = 3))"), std::string::npos) << plan;
}

TEST_F(PlannerTest, TheSmallSideOfAnAntiJoinIsBuilt) {
  EXPECT_EQ(db_.Explain("select t from small where not exists (select 1 from big where big.a = small.a and big.c = 3)"),
            "Hash Right Join\n"
            "  Hash Cond: (big.a = small.a)\n"
            "  Filter: (big.a IS NULL)\n"
            "  ->  Seq Scan on big\n        Filter: (c = 3)\n        Runtime Filter: (big.a = small.a)\n"
            "  ->  Hash\n        ->  Seq Scan on small\n");
}

TEST_F(PlannerTest, OnlyWhatCannotBeUnnestedRunsPerRow) {
  const std::string volatile_one = db_.Explain("select (select random() where tiny.b > 0) from tiny");
  EXPECT_NE(volatile_one.find("Parameters: $0 = b"), std::string::npos) << volatile_one;
  const std::string recursive =
      db_.Explain("select (with recursive r(d) as (select tiny.b union all select d + 1 from r where d < 9) select max(d) from r) from tiny");
  EXPECT_NE(recursive.find("Cache Key: $0 = tiny.b"), std::string::npos) << recursive;
  const std::string windowed =
      db_.Explain("select (select b from small where small.c < tiny.c order by small.a offset 2 limit 1) from tiny");
  EXPECT_EQ(windowed.find("Cache Key"), std::string::npos) << windowed;
}

TEST_F(PlannerTest, ASubqueryInACaseIsAskedForTheRowsThatReachIt) {
  const std::string plan = db_.Explain("select case when b = 3 then (select small.c from small where small.b = tiny.b) end from tiny");
  EXPECT_NE(plan.find("Join Filter: (tiny.b = 3)"), std::string::npos) << plan;
}

TEST_F(PlannerTest, SubqueriesBecomeJoins) {
  EXPECT_NE(db_.Explain("select 1 from small where exists (select 1 from tiny where tiny.b = small.b)").find("Hash Semi Join"), std::string::npos);
  EXPECT_NE(db_.Explain("select 1 from small where not exists (select 1 from tiny where tiny.b = small.b)").find("Hash Anti Join"), std::string::npos);
  EXPECT_NE(db_.Explain("select 1 from small where b in (select b from tiny)").find("Hash Semi Join"), std::string::npos);
  // NOT IN with possible nulls keeps three values; without them it is an anti join.
  EXPECT_NE(db_.Explain("select 1 from small where b not in (select b from tiny)").find("Hash Mark Join"), std::string::npos);
  EXPECT_NE(db_.Explain("select 1 from small where a not in (select a from tiny)").find("Hash Anti Join"), std::string::npos);
}

TEST_F(PlannerTest, ASemiJoinWithAUniqueSideIsInner) {
  EXPECT_NE(db_.Explain("select 1 from tiny where b in (select a from small)").find("Hash Join"), std::string::npos);
}

TEST_F(PlannerTest, AnUncorrelatedScalarSubqueryIsAnInitPlan) {
  EXPECT_EQ(db_.Explain("select a from tiny where b > (select max(c) from small)"),
            "Seq Scan on tiny\n"
            "  Filter: (b > $0)\n"
            "  InitPlan 1 (returns $0)\n"
            "    ->  Aggregate\n"
            "          ->  Seq Scan on small\n");
}

TEST_F(PlannerTest, ACorrelatedAggregateIsGroupedOnce) {
  EXPECT_EQ(db_.Explain("select a, (select count(*) from small where small.b = tiny.b) from tiny"),
            "Hash Left Join\n"
            "  Hash Cond: (tiny.b = small.b)\n"
            "  ->  Seq Scan on tiny\n"
            "  ->  Hash\n"
            "        ->  HashAggregate\n"
            "              Group Key: small.b\n"
            "              ->  Seq Scan on small\n");
}

TEST_F(PlannerTest, NoCorrelationSurvives) {
  for (const char* sql : {"select (select max(s.c) from small s where s.b < tiny.b) from tiny",
                          "select (select s.c from small s where s.b = tiny.b order by s.a limit 1) from tiny",
                          "select * from tiny, lateral (select count(*) from small s where s.b > tiny.b union all select tiny.c) x",
                          "select 1 from tiny where exists (select 1 from small s where exists (select 1 from big where big.a = s.a and big.b = tiny.b))",
                          "select (select sum(c) from (select distinct s.c from small s where s.b = tiny.b) x) from tiny",
                          "select array(select s.a from small s where s.b = tiny.b order by 1) from tiny"}) {
    EXPECT_NO_THROW(db_.Plan(sql)) << sql;
  }
}

TEST_F(PlannerTest, SubqueriesInFromArePulledUp) {
  EXPECT_EQ(db_.Explain("select x.s from (select a + b as s, c from tiny) x where x.c = 1 and x.s > 4"),
            "Seq Scan on tiny\n  Filter: ((c = 1) AND ((a + b) > 4))\n");
}

TEST_F(PlannerTest, ConditionsPassGroupingsAndSetOperations) {
  EXPECT_EQ(db_.Explain("select * from (select b, count(*) n from tiny group by b) x where b = 2 and n > 1"),
            "HashAggregate\n  Group Key: tiny.b\n  Filter: (count(*) > 1)\n  ->  Seq Scan on tiny\n        Filter: (b = 2)\n");
  EXPECT_EQ(db_.Explain("select * from (select a from tiny union all select c from small) x where a = 2"),
            "Append\n  ->  Seq Scan on tiny\n        Filter: (a = 2)\n  ->  Seq Scan on small\n        Filter: (c = 2)\n");
}

TEST_F(PlannerTest, TheSmallestRelationsAreBuiltAndChainsStartSmall) {
  const std::string plan = db_.Explain("select 1 from big, small, tiny where big.b = small.b and small.c = tiny.c and tiny.b = 1");
  const size_t big = plan.find("Seq Scan on big"), small = plan.find("Seq Scan on small"), tiny = plan.find("Seq Scan on tiny");
  EXPECT_LT(big, small) << plan;
  EXPECT_LT(small, tiny) << plan;
}

TEST_F(PlannerTest, ManyRelationsAreOrderedWithinABudget) {
  std::string sql = "select 1 from tiny t0";
  for (int i = 1; i < 40; ++i) sql += ", tiny t" + std::to_string(i);
  sql += " where t0.a = 1";
  for (int i = 1; i < 40; ++i) sql += " and t" + std::to_string(i - 1) + ".b = t" + std::to_string(i) + ".b";
  const std::string plan = db_.Explain(sql);
  for (int i = 0; i < 40; ++i) EXPECT_NE(plan.find("tiny t" + std::to_string(i) + "\n"), std::string::npos) << i;
}

TEST_F(PlannerTest, OrderByTheKeyWithALimitReadsTheIndex) {
  EXPECT_EQ(db_.Explain("select a, t from big order by a desc limit 5"), "Limit\n  ->  Index Scan Backward using big_pkey on big\n");
  EXPECT_EQ(db_.Explain("select a, t from big order by b limit 5"), "Limit\n  ->  Sort\n        Sort Key: b\n        ->  Seq Scan on big\n");
}

TEST_F(PlannerTest, OneCoreRunsSerially) {
  const PlanRef plan = db_.Plan("select sum(b) from big");
  EXPECT_EQ(plan->root->kind, NodeKind::kAggregate);
  EXPECT_EQ(plan->parallel_reason, "serial, one core");
}

TEST_F(PlannerTest, ManyCoresGatherPartialAggregates) {
  db_.settings.cores = 4;
  EXPECT_EQ(db_.Explain("select sum(b) from big"),
            "Finalize Aggregate\n"
            "  ->  Gather\n"
            "        Workers Planned: 2\n"
            "        ->  Partial Aggregate\n"
            "              ->  Parallel Seq Scan on big\n");
  EXPECT_EQ(db_.Plan("select sum(b) from small")->parallel_reason, "serial, 100 rows are too few for any worker");
}

TEST_F(PlannerTest, SortedParallelResultsAreMerged) {
  db_.settings.cores = 8;
  db_.settings.debug_parallel_query = true;
  EXPECT_EQ(db_.Explain("select t from big where c = 1 order by b, a limit 3"),
            "Limit\n"
            "  ->  Gather Merge\n"
            "        Workers Planned: 2\n"
            "        ->  Sort\n"
            "              Sort Key: b, a\n"
            "              ->  Parallel Seq Scan on big\n"
            "                    Filter: (c = 1)\n");
}

TEST_F(PlannerTest, NoWorkersAllowed) {
  db_.settings.max_parallel_workers_per_gather = 0;
  EXPECT_EQ(db_.Plan("select sum(b) from big")->parallel_reason, "serial, max_parallel_workers_per_gather is 0");
}

TEST_F(PlannerTest, JsonHasPostgresKeys) {
  ExplainOptions options;
  options.costs = false;
  options.format = ExplainFormat::kJson;
  const std::vector<std::string> lines = Explain(*db_.Plan("select b from tiny where c = 1"), options, nullptr);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0],
            "[\n  {\n    \"Plan\": {\n      \"Node Type\": \"Seq Scan\",\n      \"Parallel Aware\": false,\n      \"Async Capable\": false,\n"
            "      \"Relation Name\": \"tiny\",\n      \"Alias\": \"tiny\",\n      \"Filter\": \"(c = 1)\"\n    }\n  }\n]");
}

}  // namespace
}  // namespace gather::planner
