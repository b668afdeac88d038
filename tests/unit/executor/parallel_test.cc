// Aggregates, sorts and joins: the same answer on one thread and below a Gather, for no, one and many workers, and for tiny chunks.
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>

#include "executor/execution_state.h"
#include "tests/unit/executor/fixture.h"

namespace gather::executor {
namespace {

using planner::AggregateNode;
using planner::AggregateSplit;
using planner::AggregateStrategy;
using planner::JoinKind;
using planner::PlanNodePtr;
using Rows = std::vector<std::string>;

struct Configuration {
  int workers;          // -1: no Gather at all
  uint32_t chunk_size;
};

class ParallelTest : public ExecutorTest, public ::testing::WithParamInterface<Configuration> {
 protected:
  void SetUp() override {
    ExecutorTest::SetUp();
    chunk_size_ = GetParam().chunk_size;
    if (GetParam().workers > 0) pool_ = std::make_unique<WorkerPool>(GetParam().workers);
    // a: 0 … n-1, g: a % 97 with nulls, s: text of a % 1000
    table_ = MakeTable("t", {{"a", type_oid::kInt4}, {"g", type_oid::kInt4}, {"s", type_oid::kText}});
    Fill(table_, kRows, [](uint64_t row, uint32_t column) {
      const auto a = static_cast<int32_t>(row);
      if (column == 0) return Datum::Int4(a);
      if (column == 1) return a % 100 == 99 ? Datum::Null(type_oid::kInt4) : Datum::Int4(a % 97);
      return Datum::Text("some longer text " + std::to_string(a % 1000));
    });
    small_ = MakeTable("small", {{"g", type_oid::kInt8}, {"name", type_oid::kText}});
    Insert(small_, {{Datum::Int8(1), Datum::Text("one")}, {Datum::Int8(2), Datum::Text("two")}, {Datum::Int8(2), Datum::Text("zwei")},
                    {Datum::Int8(500), Datum::Text("lonely")}, {Datum::Null(type_oid::kInt8), Datum::Text("nobody")}});
  }

  bool parallel() const { return GetParam().workers >= 0; }

  PlanNodePtr ScanOf(const catalog::RelationRef& table, bool aware = true) {
    auto scan = Scan(table);
    scan->parallel_aware = parallel() && aware;
    return scan;
  }
  PlanNodePtr Gathered(PlanNodePtr child) {
    if (!parallel()) return child;
    auto gather = std::make_unique<planner::GatherNode>();
    gather->workers_planned = 4;
    gather->at_once = true;
    gather->output = child->output;
    gather->children.push_back(std::move(child));
    return gather;
  }
  template <class Node>
  static void SetOutput(Node& node, const std::vector<SqlType>& types) {
    for (const SqlType& type : types) node.output.push_back({"c", type});
  }

  std::unique_ptr<AggregateNode> AggregateOver(PlanNodePtr child, AggregateSplit split, std::vector<sql::ExprRef> keys,
                                               std::vector<planner::PlanAggregate> aggregates) {
    auto node = std::make_unique<AggregateNode>();
    node->split = split;
    node->strategy = keys.empty() ? AggregateStrategy::kPlain : AggregateStrategy::kHashed;
    std::vector<SqlType> types;
    for (const sql::ExprRef& key : keys) types.push_back(key->type);
    for (const planner::PlanAggregate& aggregate : aggregates) {
      types.push_back(split == AggregateSplit::kPartial ? SqlType(type_oid::kInternal) : aggregate.result);
    }
    SetOutput(*node, types);
    node->keys = std::move(keys);
    node->aggregates = std::move(aggregates);
    node->children.push_back(std::move(child));
    return node;
  }
  // One phase, or Finalize over Gather over Partial.
  PlanNodePtr Grouped(PlanNodePtr child, std::vector<sql::ExprRef> keys, std::vector<planner::PlanAggregate> aggregates) {
    if (!parallel()) return AggregateOver(std::move(child), AggregateSplit::kSingle, keys, aggregates);
    PlanNodePtr below = Gathered(AggregateOver(std::move(child), AggregateSplit::kPartial, keys, aggregates));
    std::vector<sql::ExprRef> final_keys;
    for (uint32_t i = 0; i < keys.size(); ++i) final_keys.push_back(Slot(i, keys[i]->type));
    for (uint32_t i = 0; i < aggregates.size(); ++i) {
      aggregates[i].arguments = {Slot(static_cast<uint32_t>(keys.size()) + i, type_oid::kInt8)};
      aggregates[i].filter = nullptr;
    }
    return AggregateOver(std::move(below), AggregateSplit::kFinal, final_keys, aggregates);
  }

  static constexpr uint64_t kRows = 20000;
  catalog::RelationRef table_, small_;
};

TEST_P(ParallelTest, PlainAggregate) {
  auto plan = PlanOf(Grouped(ScanOf(table_), {}, {Aggregate("count", {}, true), Aggregate("sum", {Slot(0, type_oid::kInt4)}),
                                                   Aggregate("count", {Slot(1, type_oid::kInt4)}), Aggregate("max", {Slot(2, type_oid::kText)})}));
  EXPECT_EQ(Run(plan), Rows{"20000|199990000|19800|some longer text 999"});
}

TEST_P(ParallelTest, PlainAggregateOfNothingIsOneRow) {
  auto empty = MakeTable("empty", {{"a", type_oid::kInt4}});
  auto plan = PlanOf(Grouped(ScanOf(empty), {}, {Aggregate("count", {}, true), Aggregate("sum", {Slot(0, type_oid::kInt4)})}));
  EXPECT_EQ(Run(plan), Rows{"0|null"});
  auto grouped = PlanOf(Grouped(ScanOf(empty), {Slot(0, type_oid::kInt4)}, {Aggregate("count", {}, true)}));
  EXPECT_EQ(Run(grouped), Rows{});
}

TEST_P(ParallelTest, FewGroups) {
  auto plan = PlanOf(Grouped(ScanOf(table_), {Slot(1, type_oid::kInt4)}, {Aggregate("count", {}, true), Aggregate("sum", {Slot(0, type_oid::kInt4)})}));
  std::map<int, std::pair<int64_t, int64_t>> expected;
  for (int64_t a = 0; a < static_cast<int64_t>(kRows); ++a) {
    auto& [count, sum] = expected[a % 100 == 99 ? -1 : static_cast<int>(a % 97)];
    ++count;
    sum += a;
  }
  std::set<std::string> rows;
  for (const auto& [group, values] : expected) {
    rows.insert((group < 0 ? "null" : std::to_string(group)) + "|" + std::to_string(values.first) + "|" + std::to_string(values.second));
  }
  EXPECT_EQ(RunSorted(plan), Rows(rows.begin(), rows.end()));
}

TEST_P(ParallelTest, ManyGroupsAreMergedByPartition) {
  // Every row its own group, under a text key.
  const sql::ExprRef key = Make(sql::ExprKind::kIoCast, type_oid::kText, {Slot(0, type_oid::kInt4)});
  auto plan = PlanOf(Grouped(ScanOf(table_), {key, Slot(2, type_oid::kText)}, {Aggregate("count", {}, true), Aggregate("min", {Slot(0, type_oid::kInt4)})}));
  const Rows rows = Run(plan);
  ASSERT_EQ(rows.size(), kRows);
  std::set<std::string> seen;
  for (const std::string& row : rows) {
    const std::string a = row.substr(0, row.find('|'));
    EXPECT_EQ(row, a + "|some longer text " + std::to_string(std::stoi(a) % 1000) + "|1|" + a);
    seen.insert(a);
  }
  EXPECT_EQ(seen.size(), kRows);
}

TEST_P(ParallelTest, FilterAndDistinctAggregates) {
  planner::PlanAggregate filtered = Aggregate("count", {}, true);
  filtered.filter = Op("<", Slot(0, type_oid::kInt4), Int4(10));
  planner::PlanAggregate distinct = Aggregate("count", {Slot(1, type_oid::kInt4)});
  auto call = std::make_shared<sql::AggregateCall>(*distinct.call);
  call->distinct = true;
  distinct.call = call;
  distinct.distinct = true;
  auto plan = PlanOf(AggregateOver(Gathered(ScanOf(table_)), AggregateSplit::kSingle, {}, {filtered, distinct}));
  EXPECT_EQ(Run(plan), Rows{"10|97"});
}

TEST_P(ParallelTest, OrderedAggregates) {
  auto limited = Scan(table_);
  limited->filter = Op("<", Slot(0, type_oid::kInt4), Int4(6));
  planner::PlanAggregate ordered = Aggregate("array_agg", {Slot(0, type_oid::kInt4)});
  ordered.result = type_oid::kInt4Array;
  ordered.order_by = {{Slot(0, type_oid::kInt4), SortOrder{.descending = true}}};
  const sql::ExprRef key = Op("%", Slot(0, type_oid::kInt4), Int4(2));
  auto plan = PlanOf(AggregateOver(std::move(limited), AggregateSplit::kSingle, {key}, {ordered}));
  EXPECT_EQ(RunSorted(plan), (Rows{"0|{4,2,0}", "1|{5,3,1}"}));
}

TEST_P(ParallelTest, GroupingSets) {
  auto limited = Scan(table_);
  limited->filter = Op("<", Slot(0, type_oid::kInt4), Int4(4));
  auto node = AggregateOver(std::move(limited), AggregateSplit::kSingle, {Op("%", Slot(0, type_oid::kInt4), Int4(2))}, {Aggregate("count", {}, true)});
  node->grouping_sets = {{0}, {}};
  EXPECT_EQ(RunSorted(PlanOf(std::move(node))), (Rows{"0|2|0", "1|2|0", "null|4|1"}));
}

TEST_P(ParallelTest, SortMergesRuns) {
  for (const bool top : {false, true}) {
    PlanNodePtr sorted;
    const std::vector<planner::SortKey> keys = {{2, SortOrder{.descending = true}}, {0, SortOrder{}}};
    PlanNodePtr scan = ScanOf(table_);
    const auto output = scan->output;
    if (top) {
      auto node = std::make_unique<planner::TopNNode>();
      node->keys = keys;
      node->limit = Int8(1000);
      node->partial = parallel();
      sorted = std::move(node);
    } else {
      auto node = std::make_unique<planner::SortNode>();
      node->keys = keys;
      sorted = std::move(node);
    }
    sorted->output = output;
    sorted->children.push_back(std::move(scan));
    if (parallel()) {
      auto merge = std::make_unique<planner::GatherMergeNode>();
      merge->keys = keys;
      merge->workers_planned = 4;
      merge->at_once = true;
      merge->output = output;
      merge->children.push_back(std::move(sorted));
      sorted = std::move(merge);
    }
    if (top) {
      auto limit = std::make_unique<planner::LimitNode>();
      limit->limit = Int8(1000);
      limit->output = output;
      limit->children.push_back(std::move(sorted));
      sorted = std::move(limit);
    }
    const Rows rows = Run(PlanOf(std::move(sorted)));
    ASSERT_EQ(rows.size(), top ? 1000 : kRows);
    // Text order, descending: 999, 998 … 99, 989 …; within it by a.
    std::vector<std::pair<std::string, int>> expected;
    for (int a = 0; a < static_cast<int>(kRows); ++a) expected.emplace_back("some longer text " + std::to_string(a % 1000), a);
    std::sort(expected.begin(), expected.end(), [](const auto& x, const auto& y) { return x.first != y.first ? x.first > y.first : x.second < y.second; });
    for (size_t i = 0; i < rows.size(); ++i) {
      ASSERT_EQ(rows[i].substr(0, rows[i].find('|')), std::to_string(expected[i].second)) << i;
    }
  }
}

TEST_P(ParallelTest, GatherMergeOfSortedStreams) {
  if (!parallel()) return;
  // A projection between the Sort and the Gather Merge: streams are merged row by row.
  auto sort = std::make_unique<planner::SortNode>();
  sort->keys = {{0, SortOrder{}}};
  PlanNodePtr scan = ScanOf(table_);
  sort->output = scan->output;
  sort->children.push_back(std::move(scan));
  auto result = std::make_unique<planner::ResultNode>();
  result->projection = {Op("+", Slot(0, type_oid::kInt4), Int4(1)), Slot(2, type_oid::kText)};
  SetOutput(*result, {type_oid::kInt4, type_oid::kText});
  result->children.push_back(std::move(sort));
  auto merge = std::make_unique<planner::GatherMergeNode>();
  merge->keys = {{0, SortOrder{}}};
  merge->workers_planned = 4;
  merge->at_once = true;
  merge->output = result->output;
  merge->children.push_back(std::move(result));
  const Rows rows = Run(PlanOf(std::move(merge)));
  ASSERT_EQ(rows.size(), kRows);
  for (size_t i = 0; i < rows.size(); ++i) ASSERT_EQ(rows[i].substr(0, rows[i].find('|')), std::to_string(i + 1));
}

class JoinTest : public ParallelTest {
 protected:
  PlanNodePtr Join(JoinKind kind, sql::ExprRef residual = nullptr, bool null_aware = false) {
    auto join = std::make_unique<planner::HashJoinNode>();
    join->join = kind;
    join->null_aware = null_aware;
    auto outer = Scan(table_);
    outer->parallel_aware = parallel();
    outer->filter = Op("<", Slot(0, type_oid::kInt4), Int4(100));
    auto inner = Scan(small_);
    std::vector<SqlType> types;
    for (const auto& column : outer->output) types.push_back(column.type);
    if (kind == JoinKind::kMark) types.push_back(type_oid::kBool);
    else if (kind != JoinKind::kSemi && kind != JoinKind::kAnti) for (const auto& column : inner->output) types.push_back(column.type);
    SetOutput(*join, types);
    join->outer_keys = {Slot(1, type_oid::kInt4)};
    join->inner_keys = {Slot(0, type_oid::kInt8)};
    join->residual = std::move(residual);
    join->parallel_aware = parallel();
    join->children.push_back(std::move(outer));
    join->children.push_back(std::move(inner));
    return join;
  }
  // Projects `a` and, if there is one, the last column.
  Rows Answer(PlanNodePtr join, std::vector<uint32_t> columns) {
    std::vector<SqlType> types;
    for (const auto& column : join->output) types.push_back(column.type);
    for (const uint32_t column : columns) join->projection.push_back(Slot(column, types[column]));
    join->output.clear();
    for (const uint32_t column : columns) join->output.push_back({"c", types[column]});
    return RunSorted(PlanOf(Gathered(std::move(join))));
  }
};

TEST_P(JoinTest, Inner) {
  EXPECT_EQ(Answer(Join(JoinKind::kInner), {0, 4}), (Rows{"1|one", "2|two", "2|zwei", "98|one"}));
}
TEST_P(JoinTest, Left) {
  const Rows rows = Answer(Join(JoinKind::kLeft), {0, 1, 4});
  EXPECT_EQ(rows.size(), 101u);
  EXPECT_TRUE(std::count(rows.begin(), rows.end(), "2|2|zwei") == 1);
  EXPECT_TRUE(std::count(rows.begin(), rows.end(), "99|null|null") == 1);
}
TEST_P(JoinTest, Right) {
  EXPECT_EQ(Answer(Join(JoinKind::kRight), {0, 4}), (Rows{"1|one", "2|two", "2|zwei", "98|one", "null|lonely", "null|nobody"}));
}
TEST_P(JoinTest, Full) {
  const Rows rows = Answer(Join(JoinKind::kFull), {0, 4});
  EXPECT_EQ(rows.size(), 103u);
  EXPECT_TRUE(std::count(rows.begin(), rows.end(), "null|lonely") == 1);
}
TEST_P(JoinTest, SemiAndAnti) {
  EXPECT_EQ(Answer(Join(JoinKind::kSemi), {0}), (Rows{"1", "2", "98"}));
  EXPECT_EQ(Answer(Join(JoinKind::kAnti), {0}).size(), 97u);
}
TEST_P(JoinTest, ResidualDecidesMatches) {
  // a > 10 leaves only 98.
  const sql::ExprRef residual = Op(">", Slot(0, type_oid::kInt4), Int4(10));
  EXPECT_EQ(Answer(Join(JoinKind::kInner, residual), {0, 4}), Rows{"98|one"});
  EXPECT_EQ(Answer(Join(JoinKind::kSemi, residual), {0}), Rows{"98"});
  EXPECT_EQ(Answer(Join(JoinKind::kAnti, residual), {0}).size(), 99u);
  EXPECT_EQ(Answer(Join(JoinKind::kRight, residual), {0, 4}), (Rows{"98|one", "null|lonely", "null|nobody", "null|two", "null|zwei"}));
}
TEST_P(JoinTest, MarkKnowsNulls) {
  const Rows plain = Answer(Join(JoinKind::kMark), {0, 3});
  EXPECT_EQ(std::count_if(plain.begin(), plain.end(), [](const std::string& row) { return row.ends_with("|t"); }), 3);
  EXPECT_EQ(std::count_if(plain.begin(), plain.end(), [](const std::string& row) { return row.ends_with("|null"); }), 0);
  // The inner side has a null key: what does not match is unknown.
  const Rows aware = Answer(Join(JoinKind::kMark, nullptr, true), {0, 3});
  EXPECT_EQ(std::count_if(aware.begin(), aware.end(), [](const std::string& row) { return row.ends_with("|t"); }), 3);
  EXPECT_EQ(std::count_if(aware.begin(), aware.end(), [](const std::string& row) { return row.ends_with("|null"); }), 97);
}
TEST_P(JoinTest, SingleRaisesOnASecondMatch) {
  try {
    Answer(Join(JoinKind::kSingle), {0, 4});
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state().view(), "21000");
  }
}
TEST_P(JoinTest, ManyMatchesPerRow) {
  // 100 outer rows with g = a % 97 against the whole table by g: about 200 matches each.
  auto join = std::make_unique<planner::HashJoinNode>();
  auto outer = Scan(table_);
  outer->parallel_aware = parallel();
  outer->filter = Op("<", Slot(0, type_oid::kInt4), Int4(50));
  join->outer_keys = {Slot(1, type_oid::kInt4)};
  join->inner_keys = {Slot(1, type_oid::kInt4)};
  join->parallel_aware = parallel();
  join->children.push_back(std::move(outer));
  join->children.push_back(ScanOf(table_));
  join->projection = {Slot(3, type_oid::kInt4)};
  SetOutput(*join, {type_oid::kInt4});
  auto plan = PlanOf(Grouped(std::move(join), {}, {Aggregate("count", {}, true), Aggregate("sum", {Slot(0, type_oid::kInt4)})}));
  int64_t count = 0, sum = 0;
  for (int64_t a = 0; a < static_cast<int64_t>(kRows); ++a) {
    if (a % 100 == 99 || a % 97 >= 50) continue;
    ++count;
    sum += a;
  }
  EXPECT_EQ(Run(plan), Rows{std::to_string(count) + "|" + std::to_string(sum)});
}

TEST_P(ParallelTest, ErrorsOfWorkersReachTheLeader) {
  auto scan = Scan(table_);
  scan->parallel_aware = parallel();
  scan->projection = {Op("/", Int4(1), Op("-", Slot(0, type_oid::kInt4), Int4(15555)))};
  scan->output = {{"c", type_oid::kInt4}};
  for (int i = 0; i < 5; ++i) {
    auto again = Scan(table_);
    again->parallel_aware = parallel();
    again->projection = scan->projection;
    again->output = scan->output;
    try {
      Run(PlanOf(Gathered(std::move(again))));
      FAIL();
    } catch (const SqlError& error) {
      EXPECT_EQ(error.message(), "division by zero");
    }
  }
}

TEST_P(ParallelTest, AnUnfinishedExecutionStopsItsWorkers) {
  for (int i = 0; i < 20; ++i) {
    Execution execution(PlanOf(Gathered(ScanOf(table_))), Context());
    Chunk chunk;
    EXPECT_TRUE(execution.Next(chunk));
  }
  if (pool_ != nullptr) {
    for (int i = 0; i < 1000 && pool_->free() != pool_->threads(); ++i) usleep(1000);
    EXPECT_EQ(pool_->free(), pool_->threads());
  }
}

TEST_P(ParallelTest, ASuspendedExecutionHoldsNoWorker) {
  if (pool_ == nullptr) return;
  Execution execution(PlanOf(Gathered(ScanOf(table_))), Context());
  Chunk chunk;
  uint64_t rows = 0;
  EXPECT_TRUE(execution.Next(chunk));
  rows += chunk.rows();
  for (int i = 0; i < 5000 && pool_->free() != pool_->threads(); ++i) usleep(1000);
  EXPECT_EQ(pool_->free(), pool_->threads());
  while (execution.Next(chunk)) rows += chunk.rows();
  EXPECT_EQ(rows, kRows);
}

TEST_P(ParallelTest, LimitEndsEarly) {
  auto limit = std::make_unique<planner::LimitNode>();
  limit->limit = Int8(10);
  PlanNodePtr below = Gathered(ScanOf(table_));
  limit->output = below->output;
  limit->children.push_back(std::move(below));
  EXPECT_EQ(Run(PlanOf(std::move(limit))).size(), 10u);
}

TEST_P(ParallelTest, ActualsAddUp) {
  instrument_ = true;
  PlanNodePtr gathered = Gathered(ScanOf(table_));
  const auto plan = PlanOf(std::move(gathered));
  Run(plan);
  EXPECT_EQ(actuals_.nodes[0].rows, kRows);
  EXPECT_EQ(actuals_.nodes.back().rows, kRows);
  if (parallel()) {
    EXPECT_GE(actuals_.nodes[0].workers_launched, 0);
    EXPECT_LE(actuals_.nodes[0].workers_launched, 4);   // places: one thread may take several, one after the other
  }
}

// Times are wall time by loop: above a Gather no node may take longer than the statement did; below it, a loop is one participant's.
TEST_P(ParallelTest, TimesAreWallTimes) {
  instrument_ = true;
  const auto plan = PlanOf(Grouped(ScanOf(table_), {Slot(1, type_oid::kInt4)}, {Aggregate("sum", {Slot(0, type_oid::kInt4)})}));
  const uint64_t start = NowNanos();
  Run(plan);
  const double elapsed = static_cast<double>(NowNanos() - start) / 1e6;
  for (const planner::PlanNode* node = plan->root.get(); node != nullptr; node = node->children.empty() ? nullptr : node->children[0].get()) {
    const planner::NodeActuals& actuals = actuals_.nodes[node->id];
    ASSERT_GT(actuals.loops, 0u);
    EXPECT_LE(actuals.total_ms / static_cast<double>(actuals.loops), elapsed);
    EXPECT_LE(actuals.startup_ms, actuals.total_ms);
    EXPECT_LE(actuals.workers.size(), 4u);
    if (node->kind == planner::NodeKind::kAggregate) { EXPECT_GT(actuals.memory_bytes, 0u); }
  }
}

std::string NameOf(const ::testing::TestParamInfo<Configuration>& info) {
  return (info.param.workers < 0 ? std::string("Serial") : "Workers" + std::to_string(info.param.workers)) +
         (info.param.chunk_size == kVectorSize ? "" : "Chunks" + std::to_string(info.param.chunk_size));
}
const Configuration kConfigurations[] = {{-1, kVectorSize}, {-1, 7}, {0, kVectorSize}, {1, kVectorSize}, {4, kVectorSize}, {4, 100}};
INSTANTIATE_TEST_SUITE_P(All, ParallelTest, ::testing::ValuesIn(kConfigurations), NameOf);
INSTANTIATE_TEST_SUITE_P(All, JoinTest, ::testing::ValuesIn(kConfigurations), NameOf);

}  // namespace
}  // namespace gather::executor
