// Expressions over chunks: nulls, constants, lazily evaluated branches, selections.
#include "tests/unit/executor/fixture.h"
#include "types/array.h"

namespace gather::executor {
namespace {

class ExpressionTest : public ExecutorTest {
 protected:
  // A chunk of one int4 column: 0, 1, null, 3, 4 …
  Chunk Numbers(uint32_t rows) {
    Chunk chunk;
    Vector vector(type_oid::kInt4);
    for (uint32_t i = 0; i < rows; ++i) vector.data<int32_t>()[i] = static_cast<int32_t>(i);
    if (rows > 2) vector.SetNull(2);
    chunk.Add(std::move(vector));
    chunk.set_rows(rows);
    return chunk;
  }
  std::string Values(const sql::ExprRef& expr, const Chunk& chunk) {
    const Vector value = EvaluateOver(expr, chunk, Context());
    std::string text;
    for (uint32_t i = 0; i < chunk.rows(); ++i) {
      if (i != 0) text += ' ';
      if (value.IsNull(i)) text += "null"; else GetType(value.type().oid).text_out(value, i, IoSettings(), text);
    }
    return text;
  }
  sql::ExprRef Column() { return Slot(0, type_oid::kInt4); }
};

TEST_F(ExpressionTest, StrictFunctionsGiveNullForNull) {
  EXPECT_EQ(Values(Op("+", Column(), Int4(10)), Numbers(5)), "10 11 null 13 14");
}

TEST_F(ExpressionTest, ConstantsAreComputedOnce) {
  EXPECT_EQ(Values(Op("*", Int4(6), Int4(7)), Numbers(3)), "42 42 42");
}

TEST_F(ExpressionTest, AndShowsLaterTermsOnlyOpenRows) {
  // 10 / x is not evaluated for x = 0, which the first term has decided.
  const sql::ExprRef guarded = Make(sql::ExprKind::kAnd, type_oid::kBool,
                                    {Op("<>", Column(), Int4(0)), Op(">", Op("/", Int4(10), Column()), Int4(3))});
  EXPECT_EQ(Values(guarded, Numbers(5)), "f t null f f");
}

TEST_F(ExpressionTest, OrStopsAtTrue) {
  const sql::ExprRef guarded = Make(sql::ExprKind::kOr, type_oid::kBool,
                                    {Op("=", Column(), Int4(0)), Op(">", Op("/", Int4(10), Column()), Int4(3))});
  EXPECT_EQ(Values(guarded, Numbers(5)), "t t null f f");
}

TEST_F(ExpressionTest, CaseEvaluatesOnlyTheChosenBranch) {
  const sql::ExprRef expr = Make(sql::ExprKind::kCase, type_oid::kInt4,
                                 {Op("=", Column(), Int4(0)), Int4(-1), Op("<", Column(), Int4(4)), Op("/", Int4(12), Column()), Int4(99)});
  EXPECT_EQ(Values(expr, Numbers(6)), "-1 12 99 4 99 99");
}

TEST_F(ExpressionTest, CaseWithoutElseGivesNull) {
  const sql::ExprRef expr = Make(sql::ExprKind::kCase, type_oid::kInt4, {Op("=", Column(), Int4(1)), Int4(5)});
  EXPECT_EQ(Values(expr, Numbers(4)), "null 5 null null");
}

TEST_F(ExpressionTest, SimpleCaseComparesItsArgument) {
  auto expr = std::make_shared<sql::Expr>();
  expr->kind = sql::ExprKind::kCase;
  expr->type = type_oid::kText;
  expr->case_test = true;
  const sql::ExprRef test = Make(sql::ExprKind::kCaseTest, type_oid::kInt4, {});
  expr->children = {Op("+", Column(), Int4(1)), Op("=", test, Int4(1)), Text("one"), Op("=", test, Int4(4)), Text("four"), Text("other")};
  EXPECT_EQ(Values(expr, Numbers(5)), "one other other four other");
}

TEST_F(ExpressionTest, CoalesceTakesTheFirstNonNull) {
  EXPECT_EQ(Values(Make(sql::ExprKind::kCoalesce, type_oid::kInt4, {Column(), Int4(7)}), Numbers(4)), "0 1 7 3");
}

TEST_F(ExpressionTest, GreatestIgnoresNulls) {
  EXPECT_EQ(Values(Make(sql::ExprKind::kGreatest, type_oid::kInt4, {Column(), Int4(2)}), Numbers(5)), "2 2 2 3 4");
  EXPECT_EQ(Values(Make(sql::ExprKind::kLeast, type_oid::kInt4, {Column(), Int4(2)}), Numbers(5)), "0 1 2 2 2");
}

TEST_F(ExpressionTest, IsTests) {
  EXPECT_EQ(Values(Make(sql::ExprKind::kIsNull, type_oid::kBool, {Column()}), Numbers(4)), "f f t f");
  const sql::ExprRef truth = Op(">", Column(), Int4(0));
  EXPECT_EQ(Values(Make(sql::ExprKind::kIsNotTrue, type_oid::kBool, {truth}), Numbers(4)), "t f t f");
  EXPECT_EQ(Values(Make(sql::ExprKind::kIsUnknown, type_oid::kBool, {truth}), Numbers(4)), "f f t f");
  EXPECT_EQ(Values(Make(sql::ExprKind::kNot, type_oid::kBool, {truth}), Numbers(4)), "t f null f");
}

TEST_F(ExpressionTest, InListsKnowNulls) {
  const auto list = [&](std::vector<sql::ExprRef> items, bool negated) {
    auto expr = std::make_shared<sql::Expr>(*Op("=", Column(), Int4(0)));
    expr->kind = sql::ExprKind::kInList;
    expr->negated = negated;
    expr->children = {Column()};
    expr->children.insert(expr->children.end(), items.begin(), items.end());
    return expr;
  };
  EXPECT_EQ(Values(list({Int4(1), Int4(3)}, false), Numbers(5)), "f t null t f");
  EXPECT_EQ(Values(list({Int4(1), Null(type_oid::kInt4)}, true), Numbers(4)), "null f null null");
  // Long lists go through a hash set, with the same answers.
  EXPECT_EQ(Values(list({Int4(1), Int4(3), Int4(5), Int4(7), Int4(9), Int4(11)}, false), Numbers(6)), "f t null t f t");
  EXPECT_EQ(Values(list({Int4(1), Int4(3), Int4(5), Int4(7), Int4(9), Null(type_oid::kInt4)}, true), Numbers(6)), "null f null f null f");
}

TEST_F(ExpressionTest, AnyOverAnArray) {
  ArrayBuilder builder(type_oid::kInt4);
  for (int32_t value : {1, 3, 5, 7, 9, 11}) builder.Add(std::string_view(reinterpret_cast<const char*>(&value), 4));
  const sql::ExprRef array = sql::MakeConstant(Datum::String(type_oid::kInt4Array, builder.Finish()));
  auto any = std::make_shared<sql::Expr>(*Op("=", Column(), Int4(0)));
  any->kind = sql::ExprKind::kScalarArray;
  any->any = true;
  any->children = {Column(), array};
  EXPECT_EQ(Values(any, Numbers(6)), "f t null t f t");
  auto all = std::make_shared<sql::Expr>(*Op("<", Column(), Int4(0)));
  all->kind = sql::ExprKind::kScalarArray;
  all->children = {Column(), array};
  EXPECT_EQ(Values(all, Numbers(4)), "t f null f");
}

TEST_F(ExpressionTest, ArraysAndSubscripts) {
  const sql::ExprRef array = Make(sql::ExprKind::kArray, type_oid::kInt4Array, {Column(), Int4(10), Op("*", Column(), Int4(2))});
  EXPECT_EQ(Values(array, Numbers(3)), "{0,10,0} {1,10,2} {NULL,10,NULL}");
  EXPECT_EQ(Values(Make(sql::ExprKind::kSubscript, type_oid::kInt4, {array, Int4(3)}), Numbers(4)), "0 2 null 6");
  EXPECT_EQ(Values(Make(sql::ExprKind::kSubscript, type_oid::kInt4, {array, Int4(4)}), Numbers(2)), "null null");
  EXPECT_EQ(Values(Make(sql::ExprKind::kSlice, type_oid::kInt4Array, {array, Int4(2), nullptr}), Numbers(2)), "{10,0} {10,2}");
}

TEST_F(ExpressionTest, CastsThroughText) {
  EXPECT_EQ(Values(Make(sql::ExprKind::kIoCast, type_oid::kText, {Column()}), Numbers(4)), "0 1 null 3");
  EXPECT_EQ(Values(Make(sql::ExprKind::kIoCast, type_oid::kInt8, {Make(sql::ExprKind::kIoCast, type_oid::kText, {Column()})}), Numbers(2)), "0 1");
}

TEST_F(ExpressionTest, DistinctFromAndNullIf) {
  auto distinct = std::make_shared<sql::Expr>(*Op("=", Column(), Int4(0)));
  distinct->kind = sql::ExprKind::kDistinctFrom;
  distinct->children = {Column(), Int4(1)};
  EXPECT_EQ(Values(distinct, Numbers(4)), "t f t t");
  auto null_if = std::make_shared<sql::Expr>(*distinct);
  null_if->kind = sql::ExprKind::kNullIf;
  null_if->type = type_oid::kInt4;
  EXPECT_EQ(Values(null_if, Numbers(4)), "0 null null 3");
}

TEST_F(ExpressionTest, ErrorsInConstantsSurfaceOnlyWhenReached) {
  const sql::ExprRef boom = Op("/", Int4(1), Int4(0));
  const sql::ExprRef never = Make(sql::ExprKind::kCase, type_oid::kInt4, {Op("<", Column(), Int4(-1)), boom, Int4(1)});
  EXPECT_EQ(Values(never, Numbers(2)), "1 1");
  EXPECT_THROW(Values(boom, Numbers(1)), SqlError);
}

}  // namespace
}  // namespace gather::executor
