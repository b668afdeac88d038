// Scans, projections, limits and writes on one thread.
#include "tests/unit/executor/fixture.h"

namespace gather::executor {
namespace {

using planner::LimitNode;
using Rows = std::vector<std::string>;

class ScanTest : public ExecutorTest {
 protected:
  void SetUp() override {
    ExecutorTest::SetUp();
    table_ = MakeTable("t", {{"a", type_oid::kInt4}, {"b", type_oid::kText}});
  }
  void FillNumbers(uint64_t rows) {
    Fill(table_, rows, [](uint64_t row, uint32_t column) {
      return column == 0 ? Datum::Int4(static_cast<int32_t>(row)) : Datum::Text("row number " + std::to_string(row));
    });
  }
  catalog::RelationRef table_;
};

TEST_F(ScanTest, FiltersBeforeReadingOtherColumns) {
  FillNumbers(10000);
  for (const uint32_t chunk_size : {2048u, 7u}) {
    chunk_size_ = chunk_size;
    auto scan = Scan(table_);
    scan->filter_columns = 1;
    scan->filter = Op("=", Op("%", Slot(0, type_oid::kInt4), Int4(2500)), Int4(1));
    scan->projection = {Slot(1, type_oid::kText), Op("+", Slot(0, type_oid::kInt4), Int4(1))};
    EXPECT_EQ(Run(PlanOf(std::move(scan))), (Rows{"row number 1|2", "row number 2501|2502", "row number 5001|5002", "row number 7501|7502"}));
  }
}

TEST_F(ScanTest, LimitAndOffset) {
  FillNumbers(5000);
  for (const uint32_t chunk_size : {2048u, 3u}) {
    chunk_size_ = chunk_size;
    auto limit = std::make_unique<LimitNode>();
    limit->limit = Int8(3);
    limit->offset = Int8(2047);
    limit->children.push_back(Scan(table_, {0}));
    EXPECT_EQ(Run(PlanOf(std::move(limit))), (Rows{"2047", "2048", "2049"}));
  }
  auto none = std::make_unique<LimitNode>();
  none->limit = Int8(0);
  none->children.push_back(Scan(table_, {0}));
  EXPECT_EQ(Run(PlanOf(std::move(none))), Rows{});
  auto negative = std::make_unique<LimitNode>();
  negative->limit = Int8(-1);
  negative->children.push_back(Scan(table_, {0}));
  EXPECT_THROW(Run(PlanOf(std::move(negative))), SqlError);
}

TEST_F(ScanTest, ResultAndValues) {
  auto result = std::make_unique<planner::ResultNode>();
  result->projection = {Op("+", Int4(1), Int4(2))};
  EXPECT_EQ(Run(PlanOf(std::move(result))), Rows{"3"});
  auto never = std::make_unique<planner::ResultNode>();
  never->projection = {Int4(1)};
  never->one_time_filter = sql::MakeConstant(Datum::Bool(false));
  EXPECT_EQ(Run(PlanOf(std::move(never))), Rows{});
  auto values = std::make_unique<planner::ValuesScanNode>();
  values->types = {type_oid::kInt4, type_oid::kText};
  values->values = {{Int4(1), Text("one")}, {Op("+", Int4(1), Int4(1)), Null(type_oid::kText)}};
  EXPECT_EQ(Run(PlanOf(std::move(values))), (Rows{"1|one", "2|null"}));
}

TEST_F(ScanTest, InterruptIsSeen) {
  FillNumbers(5000);
  interrupt_.Raise(InterruptReason::kUserCancel);
  EXPECT_THROW(Run(PlanOf(Scan(table_))), SqlError);
}

class ModifyTest : public ScanTest {
 protected:
  std::shared_ptr<sql::BoundModify> Modify(sql::BoundModify::Kind kind) {
    auto modify = std::make_shared<sql::BoundModify>();
    modify->kind = kind;
    modify->table = table_;
    modify->stored = {ColumnId(1), ColumnId(2)};
    return modify;
  }
  Rows RunModify(std::shared_ptr<const sql::BoundModify> modify, planner::PlanNodePtr source) {
    auto node = std::make_unique<planner::ModifyTableNode>();
    node->modify = std::move(modify);
    node->children.push_back(std::move(source));
    return Run(PlanOf(std::move(node)));
  }
  planner::PlanNodePtr Values(std::vector<std::vector<sql::ExprRef>> rows) {
    auto values = std::make_unique<planner::ValuesScanNode>();
    values->types = {type_oid::kInt4, type_oid::kText};
    values->values = std::move(rows);
    return values;
  }
};

TEST_F(ModifyTest, InsertReturnsWhatItWrote) {
  auto insert = Modify(sql::BoundModify::Kind::kInsert);
  insert->returning = {{Op("*", Slot(0, type_oid::kInt4), Int4(10)), "x", false}};
  EXPECT_EQ(RunModify(insert, Values({{Int4(1), Text("one")}, {Int4(2), Text("two")}})), (Rows{"10", "20"}));
  EXPECT_EQ(rows_modified_, 2u);
  EXPECT_EQ(Run(PlanOf(Scan(table_))), (Rows{"1|one", "2|two"}));
}

TEST_F(ModifyTest, ConstraintsNameTheRow) {
  auto changed = std::make_shared<catalog::RelationEntry>(*table_);
  changed->columns[0].not_null = true;
  table_ = changed;
  auto insert = Modify(sql::BoundModify::Kind::kInsert);
  insert->checks.push_back({"t_a_check", Op(">", Slot(0, type_oid::kInt4), Int4(0))});
  try {
    RunModify(insert, Values({{Null(type_oid::kInt4), Text("one")}}));
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.state().view(), "23502");
    EXPECT_EQ(error.message(), "null value in column \"a\" of relation \"t\" violates not-null constraint");
    EXPECT_EQ(error.detail(), "Failing row contains (null, one).");
  }
  try {
    RunModify(insert, Values({{Int4(1), Text("fine")}, {Int4(-1), Null(type_oid::kText)}}));
    FAIL();
  } catch (const SqlError& error) {
    EXPECT_EQ(error.message(), "new row for relation \"t\" violates check constraint \"t_a_check\"");
    EXPECT_EQ(error.detail(), "Failing row contains (-1, null).");
  }
}

TEST_F(ModifyTest, UpdateAndDeleteByCtid) {
  FillNumbers(4000);
  const auto scan = [&](int32_t modulus) {
    auto node = Scan(table_);
    planner::ScanColumnRef ctid;
    ctid.system = planner::ScanColumnRef::System::kCtid;
    ctid.type = type_oid::kTid;
    node->columns.push_back(ctid);
    node->filter_columns = 1;
    node->filter = Op("=", Op("%", Slot(0, type_oid::kInt4), Int4(modulus)), Int4(0));
    return node;
  };
  auto update = Modify(sql::BoundModify::Kind::kUpdate);
  update->ctid_slot = 2;
  auto source = scan(1000);
  source->projection = {Op("+", Slot(0, type_oid::kInt4), Int4(1000000)), Slot(1, type_oid::kText), Slot(2, type_oid::kTid)};
  EXPECT_EQ(RunModify(update, std::move(source)), Rows{});
  EXPECT_EQ(rows_modified_, 4u);
  auto remove = Modify(sql::BoundModify::Kind::kDelete);
  remove->ctid_slot = 0;
  remove->returning = {{Slot(1, type_oid::kInt4), "a", false}};
  auto victims = scan(500000);
  victims->projection = {Slot(2, type_oid::kTid), Slot(0, type_oid::kInt4)};
  EXPECT_EQ(RunModify(remove, std::move(victims)), Rows{"1000000"});
  auto rest = Scan(table_);
  rest->filter = Op(">", Slot(0, type_oid::kInt4), Int4(3997));
  EXPECT_EQ(RunSorted(PlanOf(std::move(rest))), (Rows{"1001000|row number 1000", "1002000|row number 2000", "1003000|row number 3000",
                                                      "3998|row number 3998", "3999|row number 3999"}));
}

}  // namespace
}  // namespace gather::executor
