// The binder against PostgreSQL 15: expected texts, messages, hints and offsets are what the same statements give there.
#include "tests/unit/sql/test_binder.h"

namespace gather::sql {
namespace {

class BinderTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { binder_ = new TestBinder; }
  static void TearDownTestSuite() {
    delete binder_;
    binder_ = nullptr;
  }
  static TestBinder* binder_;
};
TestBinder* BinderTest::binder_ = nullptr;

TEST_F(BinderTest, LiteralsTakeTheTypeTheirSurroundingsAskFor) {
  EXPECT_EQ(binder_->Expression("a = '5'"), "(a = 5)");
  EXPECT_EQ(binder_->Expression("d > '2020-01-01'"), "(d > '2020-01-01 00:00:00'::timestamp without time zone)");
  EXPECT_EQ(binder_->Expression("e = 'x'"), "((e)::text = 'x'::text)");
  EXPECT_EQ(binder_->Expression("c + 1"), "(c + (1)::numeric)");
  EXPECT_EQ(binder_->Expression("'x' || b"), "('x'::text || b)");
  EXPECT_EQ(binder_->Expression("coalesce(a, '3')"), "COALESCE(a, 3)");
  EXPECT_EQ(binder_->TypeOf("'x'"), "text");
  EXPECT_EQ(binder_->TypeOf("null"), "text");
  EXPECT_EQ(binder_->Error("SELECT a = 'x' FROM t"), "22P02 invalid input syntax for type integer: \"x\" @11");
}

TEST_F(BinderTest, NumbersHaveTheSmallestTypeThatHoldsThem) {
  EXPECT_EQ(binder_->TypeOf("1"), "integer");
  EXPECT_EQ(binder_->TypeOf("2147483648"), "bigint");
  EXPECT_EQ(binder_->TypeOf("-9223372036854775808"), "bigint");
  EXPECT_EQ(binder_->TypeOf("9223372036854775808"), "numeric");
  EXPECT_EQ(binder_->TypeOf("1.5"), "numeric");
  EXPECT_EQ(binder_->TypeOf("1e3"), "numeric");
}

TEST_F(BinderTest, OperatorsResolveByTheCandidateRules) {
  EXPECT_EQ(binder_->TypeOf("a + 1::bigint"), "bigint");
  EXPECT_EQ(binder_->TypeOf("1::smallint + 1"), "integer");
  EXPECT_EQ(binder_->TypeOf("1::real + 1::numeric"), "double precision");
  EXPECT_EQ(binder_->TypeOf("d - d"), "interval");
  EXPECT_EQ(binder_->TypeOf("date '2020-01-01' + 1"), "date");
  EXPECT_EQ(binder_->TypeOf("1 || b"), "text");
  EXPECT_EQ(binder_->Error("SELECT 1 + true"), "42883 operator does not exist: integer + boolean [No operator matches the given name and argument types. You might "
                                               "need to add explicit type casts.] @9");
  EXPECT_EQ(binder_->Error("SELECT 'a' + 'b'"), "42725 operator is not unique: unknown + unknown [Could not choose a best candidate operator. You might need to add "
                                                "explicit type casts.] @11");
  EXPECT_EQ(binder_->Error("SELECT @ true"), "42883 operator does not exist: @ boolean [No operator matches the given name and argument type. You might need to add "
                                             "an explicit type cast.] @7");
}

TEST_F(BinderTest, FunctionsResolveByTheCandidateRules) {
  EXPECT_EQ(binder_->TypeOf("abs(a)"), "integer");
  EXPECT_EQ(binder_->TypeOf("abs(c)"), "numeric");
  EXPECT_EQ(binder_->TypeOf("round('1.5')"), "double precision");
  EXPECT_EQ(binder_->Expression("upper(e)"), "upper((e)::text)");
  EXPECT_EQ(binder_->Expression("text(e)"), "(e)::text");
  EXPECT_EQ(binder_->TypeOf("int4(c)"), "integer");
  EXPECT_EQ(binder_->TypeOf("float8('1')"), "double precision");
  EXPECT_EQ(binder_->Error("SELECT foo(1, 'a', null)"), "42883 function foo(integer, unknown, unknown) does not exist [No function matches the given name and argument "
                                                        "types. You might need to add explicit type casts.] @7");
  EXPECT_EQ(binder_->Error("SELECT nosuch.abs(1)"), "3F000 schema \"nosuch\" does not exist @7");
  EXPECT_EQ(binder_->Error("SELECT public.abs(1)"), "42883 function public.abs(integer) does not exist [No function matches the given name and argument types. You "
                                                    "might need to add explicit type casts.] @7");
}

TEST_F(BinderTest, NamedAndVariadicArguments) {
  EXPECT_EQ(binder_->TypeOf("make_interval(days => 5)"), "interval");
  EXPECT_EQ(binder_->TypeOf("concat('a', 1, null)"), "text");
  EXPECT_EQ(binder_->Error("SELECT make_interval(days => 1, days => 2)"), "42601 argument name \"days\" used more than once @32");
  EXPECT_EQ(binder_->Error("SELECT make_interval(days => 1, 2)"), "42601 positional argument cannot follow named argument @32");
}

TEST_F(BinderTest, CommonTypes) {
  EXPECT_EQ(binder_->TypeOf("CASE WHEN f THEN 1 ELSE 2.5 END"), "numeric");
  EXPECT_EQ(binder_->TypeOf("greatest(a, 1::bigint)"), "bigint");
  EXPECT_EQ(binder_->TypeOf("ARRAY[1, 2.5]"), "numeric[]");
  EXPECT_EQ(binder_->TypeOf("coalesce(e, 'x'::varchar(5))"), "character varying(5)");
  EXPECT_EQ(binder_->Error("SELECT CASE WHEN f THEN 1 ELSE b END FROM t"), "42804 CASE types text and integer cannot be matched @24");
  EXPECT_EQ(binder_->Error("SELECT a FROM t UNION SELECT b FROM t"), "42804 UNION types integer and text cannot be matched @29");
  EXPECT_EQ(binder_->Error("SELECT a, b FROM t UNION SELECT a FROM t"), "42601 each UNION query must have the same number of columns @32");
}

TEST_F(BinderTest, Casts) {
  EXPECT_EQ(binder_->Expression("a::text"), "(a)::text");
  EXPECT_EQ(binder_->Expression("b::varchar(3)"), "(b)::character varying(3)");
  EXPECT_EQ(binder_->Expression("'1.555'::numeric(5,2)"), "1.555::numeric(5,2)");
  EXPECT_EQ(binder_->Expression("ARRAY[]::int[]"), "ARRAY[]::integer[]");
  EXPECT_EQ(binder_->TypeOf("interval '1' day"), "interval day");
  EXPECT_EQ(binder_->TypeOf("'x'::char(3)"), "character(3)");
  EXPECT_EQ(binder_->Error("SELECT f::date FROM t"), "42846 cannot cast type boolean to date @8");
  EXPECT_EQ(binder_->Error("SELECT 1::nosuch"), "42704 type \"nosuch\" does not exist @10");
  EXPECT_EQ(binder_->Error("SELECT 1::numeric(0)"), "22023 NUMERIC precision 0 must be between 1 and 1000 @10");
  EXPECT_EQ(binder_->Error("SELECT 'x'::text(3)"), "42601 type modifier is not allowed for type \"text\" @12");
}

TEST_F(BinderTest, ColumnsAndTheirHints) {
  EXPECT_EQ(binder_->Error("SELECT nope FROM t"), "42703 column \"nope\" does not exist @7");
  EXPECT_EQ(binder_->Error("SELECT aa FROM t"), "42703 column \"aa\" does not exist [Perhaps you meant to reference the column \"t.a\".] @7");
  EXPECT_EQ(binder_->Error("SELECT t.nope FROM t"), "42703 column t.nope does not exist @7");
  EXPECT_EQ(binder_->Error("SELECT q.a FROM t"), "42P01 missing FROM-clause entry for table \"q\" @7");
  EXPECT_EQ(binder_->Error("SELECT t.a FROM t q"),
            "42P01 invalid reference to FROM-clause entry for table \"t\" [Perhaps you meant to reference the table alias \"q\".] @7");
  EXPECT_EQ(binder_->Error("SELECT a FROM t, u"), "42702 column reference \"a\" is ambiguous @7");
  EXPECT_EQ(binder_->Error("SELECT 1 FROM nope"), "42P01 relation \"nope\" does not exist @14");
  EXPECT_EQ(binder_->Error("SELECT 1 FROM nosuch.nope"), "42P01 relation \"nosuch.nope\" does not exist @14");
  EXPECT_EQ(binder_->Error("SELECT * FROM t, t"), "42712 table name \"t\" specified more than once");
  EXPECT_EQ(binder_->Error("SELECT 1 FROM t, (SELECT t.a) s"),
            "42P01 invalid reference to FROM-clause entry for table \"t\" [There is an entry for table \"t\", but it cannot be referenced from this part of the "
            "query.] @25");
  EXPECT_EQ(binder_->Error("SELECT 1 FROM t, LATERAL (SELECT t.a) s"), "");
}

TEST_F(BinderTest, StarsAndJoins) {
  EXPECT_EQ(binder_->Text("SELECT * FROM t JOIN u USING (a)"), "SELECT t.a, t.b, t.c, t.d, t.e, t.f, u.x, u.y FROM t JOIN u USING (a)");
  EXPECT_EQ(binder_->Text("SELECT a FROM t FULL JOIN u USING (a)"), "SELECT COALESCE(t.a, u.a) AS a FROM t FULL JOIN u USING (a)");
  EXPECT_EQ(binder_->Text("SELECT a FROM t RIGHT JOIN u USING (a)"), "SELECT u.a FROM t RIGHT JOIN u USING (a)");
  EXPECT_EQ(binder_->Bind("SELECT u.*, t.a AS z FROM t, u").output.size(), 4u);
  EXPECT_EQ(binder_->Error("SELECT *"), "42601 SELECT * with no tables specified is not valid @7");
  EXPECT_EQ(binder_->Error("SELECT 1 FROM t JOIN u USING (b)"), "42703 column \"b\" specified in USING clause does not exist in right table");
}

TEST_F(BinderTest, OutputColumnsKnowTheirNamesAndOrigins) {
  const BoundStatement bound = binder_->Bind("SELECT a, a + 1, upper(t.b), a::bigint, CASE WHEN f THEN 1 END, (SELECT x FROM u), s.b, ctid FROM t, LATERAL (SELECT t.b) s");
  const std::vector<std::string> names = {"a", "?column?", "upper", "a", "case", "x", "b", "ctid"};
  ASSERT_EQ(bound.output.size(), names.size());
  for (size_t i = 0; i < names.size(); ++i) EXPECT_EQ(bound.output[i].name, names[i]);
  EXPECT_EQ(bound.output[0].attribute, 1);
  EXPECT_NE(bound.output[0].table, kInvalidOid);
  EXPECT_EQ(bound.output[1].table, kInvalidOid);
  EXPECT_EQ(bound.output[6].attribute, 2);
  EXPECT_EQ(bound.output[7].attribute, -1);
}

TEST_F(BinderTest, GroupingIsChecked) {
  EXPECT_EQ(binder_->Error("SELECT a FROM t GROUP BY b"), "42803 column \"t.a\" must appear in the GROUP BY clause or be used in an aggregate function @7");
  EXPECT_EQ(binder_->Error("SELECT a + 1 FROM t GROUP BY a + 1"), "");
  EXPECT_EQ(binder_->Error("SELECT a AS z FROM t GROUP BY z"), "");
  EXPECT_EQ(binder_->Error("SELECT a, b FROM t GROUP BY 1, 2"), "");
  EXPECT_EQ(binder_->Error("SELECT x FROM u GROUP BY a"), "");
  EXPECT_EQ(binder_->Error("SELECT a FROM u GROUP BY x"), "42803 column \"u.a\" must appear in the GROUP BY clause or be used in an aggregate function @7");
  EXPECT_EQ(binder_->Error("SELECT a, count(*) FROM t"), "42803 column \"t.a\" must appear in the GROUP BY clause or be used in an aggregate function @7");
  EXPECT_EQ(binder_->Error("SELECT (SELECT t.a FROM u) FROM t GROUP BY b"), "42803 subquery uses ungrouped column \"t.a\" from outer query @15");
  EXPECT_EQ(binder_->Error("SELECT 1 FROM t WHERE count(*) > 1"), "42803 aggregate functions are not allowed in WHERE @22");
  EXPECT_EQ(binder_->Error("SELECT sum(count(a)) FROM t"), "42803 aggregate function calls cannot be nested @11");
  EXPECT_EQ(binder_->Error("SELECT count(*) FROM t GROUP BY 3"), "42P10 GROUP BY position 3 is not in select list @32");
}

TEST_F(BinderTest, AggregatesBelongToTheQueryOfTheirColumns) {
  const BoundStatement outer = binder_->Bind("SELECT (SELECT sum(t.a) FROM u) FROM t");
  EXPECT_TRUE(outer.query->has_aggregates);
  EXPECT_FALSE(outer.query->targets[0].expression->subquery->has_aggregates);
  const BoundStatement inner = binder_->Bind("SELECT (SELECT sum(t.a + u.a) FROM u) FROM t");
  EXPECT_FALSE(inner.query->has_aggregates);
}

TEST_F(BinderTest, OrderByAndDistinct) {
  EXPECT_EQ(binder_->Text("SELECT a AS b, b AS c FROM t ORDER BY b, 2 DESC"), "SELECT t.a AS b, t.b AS c FROM t ORDER BY t.a, t.b DESC");
  EXPECT_EQ(binder_->Error("SELECT a FROM t ORDER BY 2"), "42P10 ORDER BY position 2 is not in select list @25");
  EXPECT_EQ(binder_->Error("SELECT a FROM t ORDER BY 'x'"), "42601 non-integer constant in ORDER BY @25");
  EXPECT_EQ(binder_->Error("SELECT a AS x, b AS x FROM t ORDER BY x"), "42702 ORDER BY \"x\" is ambiguous @38");
  EXPECT_EQ(binder_->Error("SELECT DISTINCT a FROM t ORDER BY b"), "42P10 for SELECT DISTINCT, ORDER BY expressions must appear in select list @34");
  EXPECT_EQ(binder_->Error("SELECT DISTINCT ON (b) a FROM t ORDER BY a"), "42P10 SELECT DISTINCT ON expressions must match initial ORDER BY expressions @20");
  EXPECT_EQ(binder_->Error("SELECT a FROM t UNION SELECT a FROM u ORDER BY a + 1"),
            "0A000 invalid UNION/INTERSECT/EXCEPT ORDER BY clause [Add the expression/function to every SELECT, or move the UNION into a FROM clause.] @47");
}

TEST_F(BinderTest, Subqueries) {
  EXPECT_EQ(binder_->Error("SELECT (SELECT a, b FROM t)"), "42601 subquery must return only one column @7");
  EXPECT_EQ(binder_->Error("SELECT (1, 2) IN (SELECT a FROM t)"), "42601 subquery has too few columns @14");
  EXPECT_EQ(binder_->TypeOf("ARRAY(SELECT a FROM u)"), "integer[]");
  EXPECT_EQ(binder_->TypeOf("a IN (SELECT y FROM u)"), "boolean");
  EXPECT_EQ(binder_->Error("SELECT 1 FROM (SELECT 1)"), "42601 subquery in FROM must have an alias [For example, FROM (SELECT ...) [AS] foo.] @14");
}

TEST_F(BinderTest, WithQueries) {
  const BoundStatement bound = binder_->Bind("WITH w(x) AS (SELECT a FROM t) SELECT w1.x FROM w w1, w w2");
  ASSERT_EQ(bound.query->ctes.size(), 1u);
  EXPECT_EQ(bound.query->ctes[0].references, 2u);
  const BoundStatement recursive = binder_->Bind("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT n FROM r");
  EXPECT_TRUE(recursive.query->ctes[0].recursive);
  EXPECT_EQ(recursive.query->ctes[0].references, 1u);
  EXPECT_EQ(binder_->Error("WITH w AS (SELECT 1), w AS (SELECT 2) SELECT 1"), "42712 WITH query name \"w\" specified more than once @22");
  EXPECT_EQ(binder_->Error("WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1.5 FROM r) SELECT n FROM r"),
            "42804 recursive query \"r\" column 1 has type integer in non-recursive term but type numeric overall [Cast the output of the non-recursive term to "
            "the correct type.] @31");
}

TEST_F(BinderTest, ParametersAreInferred) {
  const auto types = [&](const char* text) { return binder_->Bind(text).parameter_types; };
  EXPECT_EQ(types("SELECT 1 FROM t WHERE a = $1 AND b = $2"), (std::vector<Oid>{type_oid::kInt4, type_oid::kText}));
  EXPECT_EQ(types("INSERT INTO u VALUES ($1, $2, $3)"), (std::vector<Oid>{type_oid::kInt4, type_oid::kText, type_oid::kFloat8}));
  EXPECT_EQ(types("SELECT $1::date"), (std::vector<Oid>{type_oid::kDate}));
  EXPECT_EQ(types("SELECT $1"), (std::vector<Oid>{type_oid::kText}));
  EXPECT_EQ(types("SELECT 1 LIMIT $1"), (std::vector<Oid>{type_oid::kInt8}));
  EXPECT_EQ(binder_->Error("SELECT $2::int"), "42P18 could not determine data type of parameter $1");
  EXPECT_EQ(binder_->Error("SELECT $1::int, $1::date"), "42846 cannot cast type integer to date @18");
}

TEST_F(BinderTest, InsertFillsCompleteRows) {
  const BoundStatement bound = binder_->Bind("INSERT INTO t (b, a) VALUES ('x', 1) RETURNING a, b || 'y'");
  const BoundModify& modify = *bound.modify;
  ASSERT_EQ(modify.source->targets.size(), 6u);
  EXPECT_EQ(modify.source->targets[0].expression->constant.as<int32_t>(), 1);
  EXPECT_TRUE(modify.source->targets[2].expression->constant.is_null);
  EXPECT_TRUE(IsConstantTrue(*modify.source->targets[5].expression));
  EXPECT_EQ(modify.returning[0].expression->kind, ExprKind::kSlot);
  EXPECT_EQ(bound.output[1].name, "?column?");
  EXPECT_EQ(binder_->Error("INSERT INTO t (a, nope) VALUES (1, 2)"), "42703 column \"nope\" of relation \"t\" does not exist @18");
  EXPECT_EQ(binder_->Error("INSERT INTO t (a, a) VALUES (1, 2)"), "42701 column \"a\" specified more than once @18");
  EXPECT_EQ(binder_->Error("INSERT INTO t (a) VALUES (1, 2)"), "42601 INSERT has more expressions than target columns @29");
  EXPECT_EQ(binder_->Error("INSERT INTO t (a, b) VALUES (1)"), "42601 INSERT has more target columns than expressions @18");
  EXPECT_EQ(binder_->Error("INSERT INTO t VALUES (true)"),
            "42804 column \"a\" is of type integer but expression is of type boolean [You will need to rewrite or cast the expression.] @22");
}

TEST_F(BinderTest, UpdateAndDelete) {
  const BoundStatement bound = binder_->Bind("UPDATE t SET a = u.a FROM u WHERE t.b = u.x RETURNING t.a, u.y");
  const BoundModify& modify = *bound.modify;
  EXPECT_EQ(modify.ctid_slot, 6u);
  ASSERT_EQ(modify.source->targets.size(), 8u);
  EXPECT_EQ(modify.assigned, (std::vector<bool>{true, false, false, false, false, false}));
  EXPECT_EQ(modify.returning[1].expression->index, 7u);
  EXPECT_EQ(binder_->Error("UPDATE t SET nope = 1"), "42703 column \"nope\" of relation \"t\" does not exist @13");
  EXPECT_EQ(binder_->Error("UPDATE t SET a = 1, a = 2"), "42601 multiple assignments to same column \"a\"");
  const BoundStatement deleted = binder_->Bind("DELETE FROM t WHERE a = 1 RETURNING b, ctid");
  EXPECT_EQ(deleted.modify->ctid_slot, 0u);
  EXPECT_EQ(deleted.modify->returning[0].expression->index, 1u);
  EXPECT_EQ(deleted.modify->returning[1].expression->index, 0u);
}

TEST_F(BinderTest, ViewsAreInlined) {
  const BoundStatement bound = binder_->Bind("SELECT a FROM v WHERE b = 'x'");
  ASSERT_EQ(bound.query->relations.size(), 1u);
  EXPECT_EQ(bound.query->relations[0].kind, RelationKind::kSubquery);
  EXPECT_EQ(bound.relations.size(), 2u);
}

TEST_F(BinderTest, DeepExpressionsBindOrAreRefused) {
  std::string deep = "SELECT a";
  for (int i = 0; i < 2000; ++i) deep += " + 1";
  EXPECT_EQ(binder_->Error(deep + " FROM t"), "");
  for (int i = 0; i < 98000; ++i) deep += " + 1";
  EXPECT_TRUE(binder_->Error(deep + " FROM t").starts_with("54001 stack depth limit exceeded"));
}

TEST_F(BinderTest, DeparsePrintsWhatRuleutilsPrints) {
  EXPECT_EQ(binder_->Expression("a + 1 * 2"), "(a + (1 * 2))");
  EXPECT_EQ(binder_->Expression("not (a = 1 or f)"), "(NOT ((a = 1) OR f))");
  EXPECT_EQ(binder_->Expression("a in (1, 2)"), "(a = ANY (ARRAY[1, 2]))");
  EXPECT_EQ(binder_->Expression("a between 1 and 2"), "((a >= 1) AND (a <= 2))");
  EXPECT_EQ(binder_->Expression("b like 'x%'"), "(b ~~ 'x%'::text)");
  EXPECT_EQ(binder_->Expression("extract(year from d)"), "EXTRACT(year FROM d)");
  EXPECT_EQ(binder_->Expression("d at time zone 'UTC'"), "(d AT TIME ZONE 'UTC'::text)");
  EXPECT_EQ(binder_->Expression("trim(b)"), "TRIM(BOTH FROM b)");
  EXPECT_EQ(binder_->Expression("current_date"), "CURRENT_DATE");
  EXPECT_EQ(binder_->Expression("-1"), "'-1'::integer");
  EXPECT_EQ(binder_->Expression("a is distinct from 1"), "(a IS DISTINCT FROM 1)");
  EXPECT_EQ(binder_->Expression("(ARRAY[1,2])[1]"), "(ARRAY[1, 2])[1]");
  EXPECT_EQ(binder_->Text("SELECT t.a FROM t WHERE EXISTS (SELECT 1 FROM t x WHERE x.a = t.a)"),
            "SELECT t.a FROM t WHERE (EXISTS ( SELECT 1 FROM t x WHERE x.a = t.a))");
}

}  // namespace
}  // namespace gather::sql
