#include <gtest/gtest.h>

#include <pthread.h>

#include "sql/sql.h"
#include "types/error.h"

namespace gather::sql {
namespace {

using namespace ast;

const Node& One(const std::vector<ParsedStatement>& statements) {
  EXPECT_EQ(statements.size(), 1u);
  return *statements.at(0).node;
}

SqlError ErrorOf(std::string_view text) {
  try {
    Parse(text);
  } catch (const SqlError& error) {
    return error;
  }
  ADD_FAILURE() << "no error: " << text.substr(0, 60);
  return SqlError(sqlstate::kInternalError, "");
}

std::string Repeat(const std::string& text, int count) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

TEST(ParserTest, SplitsStatementsAndKeepsTheirTexts) {
  const auto statements = Parse("  SELECT 1 ; ;\n-- a comment; with a semicolon\nINSERT INTO t VALUES (';') ;");
  ASSERT_EQ(statements.size(), 2u);
  EXPECT_EQ(statements[0].text, "SELECT 1");
  EXPECT_EQ(statements[0].location, 2);
  EXPECT_TRUE(Is<SelectStmt>(statements[0].node.get()));
  EXPECT_TRUE(Is<InsertStmt>(statements[1].node.get()));
  EXPECT_NE(statements[1].text.find("VALUES (';')"), std::string::npos);
}

TEST(ParserTest, EmptyTextHasNoStatements) {
  EXPECT_TRUE(Parse("").empty());
  EXPECT_TRUE(Parse(" ; -- nothing\n;").empty());
}

TEST(ParserTest, SelectKeepsItsClauses) {
  const auto statements = Parse("SELECT DISTINCT ON (a) a AS x, count(*) FILTER (WHERE b > 1) OVER w FROM s.t AS u (c, d) LEFT JOIN v USING (c) "
                                "WHERE a = $2 GROUP BY ROLLUP (a, b) HAVING true WINDOW w AS (PARTITION BY a ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) "
                                "ORDER BY 1 DESC NULLS LAST LIMIT 10 OFFSET 5 FOR UPDATE SKIP LOCKED");
  const auto& select = As<SelectStmt>(One(statements));
  EXPECT_TRUE(select.distinct);
  EXPECT_EQ(select.distinct_on.size(), 1u);
  ASSERT_EQ(select.target_list.size(), 2u);
  EXPECT_EQ(select.target_list[0]->name, "x");
  const auto& call = As<FuncCall>(select.target_list[1]->value);
  EXPECT_TRUE(call.agg_star);
  EXPECT_NE(call.agg_filter, nullptr);
  EXPECT_EQ(call.over->refname, "");
  EXPECT_EQ(call.over->name, "w");
  const auto& join = As<JoinExpr>(select.from[0]);
  EXPECT_EQ(join.kind, ast::JoinKind::kLeft);
  EXPECT_EQ(join.using_clause[0], "c");
  const auto& table = As<RangeVar>(join.left);
  EXPECT_EQ(table.schema, "s");
  EXPECT_EQ(table.alias->columns.size(), 2u);
  EXPECT_EQ(As<GroupingSet>(select.group_by[0]).kind, GroupingSet::Kind::kRollup);
  EXPECT_EQ(select.windows[0]->mode, WindowDef::Mode::kRows);
  EXPECT_EQ(select.windows[0]->start, WindowDef::Bound::kPreceding);
  EXPECT_EQ(select.windows[0]->end, WindowDef::Bound::kCurrentRow);
  EXPECT_EQ(select.order_by[0]->direction, SortDirection::kDescending);
  EXPECT_EQ(select.order_by[0]->nulls, SortNulls::kLast);
  EXPECT_EQ(As<AConst>(select.limit_count).integer, 10);
  EXPECT_FALSE(select.with_ties);
  EXPECT_EQ(select.locking[0]->wait, LockingClause::Wait::kSkip);
}

TEST(ParserTest, LimitOptionsAreTold) {
  EXPECT_TRUE(As<SelectStmt>(One(Parse("SELECT a FROM t ORDER BY a FETCH FIRST 3 ROWS WITH TIES"))).with_ties);
  EXPECT_FALSE(As<SelectStmt>(One(Parse("SELECT a FROM t ORDER BY a FETCH FIRST 3 ROWS ONLY"))).with_ties);
  EXPECT_FALSE(As<SelectStmt>(One(Parse("SELECT a FROM t"))).with_ties);
}

TEST(ParserTest, ConstantsKeepTheirForms) {
  const auto statements = Parse("SELECT 1, 2147483648, 1.50, 'it''s', NULL, true, B'101', X'1F', -5");
  const auto& select = As<SelectStmt>(One(statements));
  const auto constant = [&](size_t i) -> const AConst& { return As<AConst>(select.target_list[i]->value); };
  EXPECT_EQ(constant(0).integer, 1);
  EXPECT_EQ(constant(1).kind, AConst::Kind::kFloat);
  EXPECT_EQ(constant(2).text, "1.50");
  EXPECT_EQ(constant(3).text, "it's");
  EXPECT_EQ(constant(4).kind, AConst::Kind::kNull);
  EXPECT_TRUE(constant(5).boolean);
  EXPECT_EQ(constant(6).text, "b101");
  EXPECT_EQ(constant(7).text, "x1F");
  EXPECT_EQ(constant(8).integer, -5);
}

// Every statement the house knows arrives as its own node with PostgreSQL's command tag.
TEST(ParserTest, CommandTags) {
  const std::pair<const char*, const char*> cases[] = {
      {"SELECT 1", "SELECT"}, {"VALUES (1)", "SELECT"}, {"TABLE t", "SELECT"}, {"SELECT 1 INTO t", "SELECT INTO"},
      {"INSERT INTO t DEFAULT VALUES", "INSERT"}, {"UPDATE t SET a = 1", "UPDATE"}, {"DELETE FROM t", "DELETE"},
      {"MERGE INTO t USING s ON true WHEN MATCHED THEN DELETE", "MERGE"},
      {"CREATE TABLE t (a serial PRIMARY KEY, b int GENERATED ALWAYS AS IDENTITY, CHECK (a > 0))", "CREATE TABLE"},
      {"CREATE TEMP TABLE t AS SELECT 1", "CREATE TABLE AS"}, {"ALTER TABLE t ADD COLUMN a int DEFAULT 3", "ALTER TABLE"},
      {"ALTER TABLE t RENAME COLUMN a TO b", "ALTER TABLE"}, {"ALTER INDEX i RENAME TO j", "ALTER INDEX"}, {"ALTER VIEW v SET SCHEMA s", "ALTER VIEW"},
      {"DROP TABLE IF EXISTS a, b CASCADE", "DROP TABLE"}, {"DROP VIEW v", "DROP VIEW"}, {"DROP SCHEMA s", "DROP SCHEMA"}, {"DROP SEQUENCE s", "DROP SEQUENCE"},
      {"DROP INDEX CONCURRENTLY i", "DROP INDEX"}, {"DROP FUNCTION f(int)", "DROP FUNCTION"}, {"DROP TYPE t", "DROP TYPE"}, {"DROP OPERATOR + (int, NONE)", "DROP OPERATOR"},
      {"TRUNCATE t RESTART IDENTITY", "TRUNCATE TABLE"}, {"CREATE UNIQUE INDEX ON t USING btree (lower(a) DESC) INCLUDE (b) WHERE c", "CREATE INDEX"},
      {"CREATE SCHEMA s CREATE TABLE t (a int)", "CREATE SCHEMA"}, {"CREATE OR REPLACE VIEW v (a) AS SELECT 1", "CREATE VIEW"},
      {"CREATE MATERIALIZED VIEW m AS SELECT 1", "CREATE MATERIALIZED VIEW"}, {"REFRESH MATERIALIZED VIEW m", "REFRESH MATERIALIZED VIEW"},
      {"CREATE SEQUENCE s INCREMENT BY 2 CYCLE", "CREATE SEQUENCE"}, {"ALTER SEQUENCE s RESTART WITH 5", "ALTER SEQUENCE"},
      {"PREPARE p (int) AS SELECT $1", "PREPARE"}, {"EXECUTE p (1)", "EXECUTE"}, {"DEALLOCATE p", "DEALLOCATE"}, {"DEALLOCATE ALL", "DEALLOCATE ALL"},
      {"SET work_mem = '1MB'", "SET"}, {"SET LOCAL search_path = a, b", "SET"}, {"SHOW work_mem", "SHOW"}, {"RESET ALL", "RESET"},
      {"SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SET"}, {"SET TIME ZONE INTERVAL '1' HOUR", "SET"}, {"DISCARD ALL", "DISCARD ALL"},
      {"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "BEGIN"}, {"START TRANSACTION", "START TRANSACTION"}, {"COMMIT AND CHAIN", "COMMIT"}, {"END", "COMMIT"},
      {"ABORT", "ROLLBACK"}, {"SAVEPOINT s", "SAVEPOINT"}, {"RELEASE s", "RELEASE"}, {"ROLLBACK TO s", "ROLLBACK"}, {"PREPARE TRANSACTION 'x'", "PREPARE TRANSACTION"},
      {"EXPLAIN (ANALYZE, FORMAT JSON) SELECT 1", "EXPLAIN"}, {"COPY t (a) FROM STDIN (FORMAT csv, HEADER)", "COPY"}, {"COPY (SELECT 1) TO STDOUT", "COPY"},
      {"DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT 1", "DECLARE CURSOR"}, {"FETCH BACKWARD ALL FROM c", "FETCH"}, {"MOVE 3 IN c", "MOVE"},
      {"CLOSE c", "CLOSE CURSOR"}, {"CLOSE ALL", "CLOSE CURSOR ALL"}, {"COMMENT ON COLUMN t.a IS 'x'", "COMMENT"}, {"ANALYZE t (a)", "ANALYZE"},
      {"VACUUM (FULL, VERBOSE) t", "VACUUM"}, {"CHECKPOINT", "CHECKPOINT"}, {"REINDEX TABLE t", "REINDEX"}, {"LOCK TABLE t IN SHARE MODE NOWAIT", "LOCK TABLE"},
      {"GRANT SELECT, UPDATE (a) ON t TO PUBLIC", "GRANT"}, {"REVOKE ALL ON ALL TABLES IN SCHEMA s FROM u", "REVOKE"}, {"GRANT a TO b", "GRANT ROLE"},
      {"CREATE USER u PASSWORD 'x' VALID UNTIL 'infinity'", "CREATE ROLE"}, {"ALTER ROLE u SET work_mem = 1", "ALTER ROLE"}, {"ALTER USER u CREATEDB", "ALTER ROLE"},
      {"DROP ROLE IF EXISTS u", "DROP ROLE"}, {"CREATE DATABASE d OWNER u", "CREATE DATABASE"}, {"ALTER DATABASE d SET x.y = 1", "ALTER DATABASE"}, {"DROP DATABASE d", "DROP DATABASE"},
      {"LISTEN c", "LISTEN"}, {"NOTIFY c, 'p'", "NOTIFY"}, {"UNLISTEN *", "UNLISTEN"}, {"DO $$begin end$$", "DO"}, {"CREATE EXTENSION IF NOT EXISTS vector", "CREATE EXTENSION"},
      {"CREATE FUNCTION f(a int DEFAULT 1) RETURNS int LANGUAGE sql AS 'select 1'", "CREATE FUNCTION"}, {"CREATE TYPE t AS ENUM ('a')", "CREATE TYPE"},
      {"CREATE TYPE t AS (a int)", "CREATE TYPE"}, {"CREATE DOMAIN d AS int CHECK (VALUE > 0)", "CREATE DOMAIN"}, {"CREATE AGGREGATE a (int) (sfunc = f, stype = int)", "CREATE AGGREGATE"},
      {"CREATE OPERATOR CLASS c FOR TYPE int USING btree AS OPERATOR 1 <", "CREATE OPERATOR CLASS"}, {"CREATE RULE r AS ON INSERT TO t DO NOTHING", "CREATE RULE"},
      {"CREATE TRIGGER t BEFORE INSERT ON t EXECUTE FUNCTION f()", "CREATE TRIGGER"}, {"CREATE TABLE p PARTITION OF t FOR VALUES FROM (1) TO (2)", "CREATE TABLE"},
      {"IMPORT FOREIGN SCHEMA s FROM SERVER x INTO y", "IMPORT FOREIGN SCHEMA"}, {"CALL f(1)", "CALL"}, {"SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS"},
      {"ALTER SYSTEM SET a = 1", "ALTER SYSTEM"}, {"CLUSTER t USING i", "CLUSTER"}, {"LOAD 'x'", "LOAD"}, {"CREATE STATISTICS s ON a, b FROM t", "CREATE STATISTICS"},
      {"ALTER DOMAIN d DROP NOT NULL", "ALTER DOMAIN"}, {"CREATE PUBLICATION p FOR ALL TABLES", "CREATE PUBLICATION"}, {"CREATE FOREIGN TABLE f (a int) SERVER s", "CREATE FOREIGN TABLE"},
  };
  for (const auto& [text, tag] : cases) {
    SCOPED_TRACE(text);
    const auto statements = Parse(text);
    ASSERT_EQ(statements.size(), 1u);
    EXPECT_EQ(CommandTag(*statements[0].node), tag);
  }
}

TEST(ParserTest, DefinitionsKeepTheirParts) {
  const auto statements = Parse("CREATE TABLE s.t (a bigserial NOT NULL, b numeric(10,2) DEFAULT 1.5 CHECK (b > 0), c text[] COLLATE \"C\", "
                                "CONSTRAINT pk PRIMARY KEY (a, b), FOREIGN KEY (a) REFERENCES u (x) ON DELETE CASCADE) WITH (fillfactor = 70)");
  const auto& create = As<CreateStmt>(One(statements));
  EXPECT_EQ(create.relation->schema, "s");
  ASSERT_EQ(create.table_elts.size(), 5u);
  const auto& b = As<ColumnDef>(create.table_elts[1]);
  EXPECT_EQ(b.type_name->names[1], "numeric");
  EXPECT_EQ(b.type_name->typmods.size(), 2u);
  EXPECT_EQ(b.constraints[0]->type, ConstraintType::kDefault);
  EXPECT_EQ(b.constraints[1]->type, ConstraintType::kCheck);
  EXPECT_EQ(As<ColumnDef>(create.table_elts[2]).type_name->array_bounds.size(), 1u);
  const auto& key = As<Constraint>(create.table_elts[3]);
  EXPECT_EQ(key.name, "pk");
  EXPECT_EQ(key.keys.size(), 2u);
  const auto& foreign = As<Constraint>(create.table_elts[4]);
  EXPECT_EQ(foreign.type, ConstraintType::kForeign);
  EXPECT_EQ(foreign.fk_delete, 'c');
  EXPECT_EQ(DefElemInt32(*create.options[0]), 70);
}

TEST(ParserTest, SetValuesAreFlattened) {
  const auto flat = [](const char* text) {
    const auto statements = Parse(text);
    return FlattenSetArguments(As<VariableSetStmt>(*statements.at(0).node));
  };
  EXPECT_EQ(flat("SET search_path = public, \"My Schema\", \"$user\""), "public, \"My Schema\", \"$user\"");
  EXPECT_EQ(flat("SET datestyle = iso, mdy"), "iso, mdy");
  EXPECT_EQ(flat("SET work_mem TO '4MB'"), "4MB");
  EXPECT_EQ(flat("SET x.y = -1.5"), "-1.5");
  EXPECT_EQ(flat("SET enable_seqscan = off"), "off");
  EXPECT_THROW(flat("SET work_mem = 1, 2"), SqlError);
}

TEST(ParserTest, SyntaxErrorsHavePositions) {
  const SqlError plain = ErrorOf("SELECT 1 FORM t x");
  EXPECT_EQ(plain.state(), sqlstate::kSyntaxError);
  EXPECT_EQ(plain.message(), "syntax error at or near \"t\"");
  EXPECT_EQ(plain.offset(), 14);
  // Offsets are bytes, though the grammar counts characters.
  const SqlError wide = ErrorOf("SELECT 'ä' FORM t x");
  EXPECT_EQ(wide.offset(), 17);
  EXPECT_EQ(ErrorOf("SELECT 1 +").message(), "syntax error at end of input");
  EXPECT_EQ(ErrorOf("SELECT ?").message(), "syntax error at end of input");
  EXPECT_EQ(ErrorOf("SELECT E'\\u00'").hint(), "Unicode escapes must be \\uXXXX or \\UXXXXXXXX.");
}

TEST(ParserTest, BadBytesAreRefused) {
  const SqlError bad = ErrorOf("SELECT '\xff\xfe'");
  EXPECT_EQ(bad.state(), sqlstate::kCharacterNotInRepertoire);
  EXPECT_EQ(bad.message(), "invalid byte sequence for encoding \"UTF8\": 0xff");
  EXPECT_EQ(ErrorOf("SELECT '\xe4\xbd'").message(), "invalid byte sequence for encoding \"UTF8\": 0xe4 0xbd 0x27");
  EXPECT_EQ(ErrorOf("SELECT '\xed\xa0\x80'").message(), "invalid byte sequence for encoding \"UTF8\": 0xed 0xa0 0x80");
  EXPECT_EQ(ErrorOf(std::string_view("SELECT 1\0, 2", 12)).state(), sqlstate::kCharacterNotInRepertoire);
  EXPECT_NO_THROW(Parse("SELECT 'grüße, 世界 🐘'"));
}

TEST(ParserTest, DeepNestingIsAnErrorNotACrash) {
  const int deep = 100000;
  const std::string cases[] = {
      "SELECT " + Repeat("(", deep) + "1" + Repeat(")", deep),
      "SELECT 1" + Repeat("+1", deep),
      "SELECT 1" + Repeat("||1", deep),
      "SELECT 1" + Repeat(" UNION ALL SELECT 1", deep),
      "SELECT 1 FROM t" + Repeat(" JOIN t ON true", deep),
      "SELECT " + Repeat("NOT ", deep) + "true",
      "SELECT " + Repeat("f(", deep) + Repeat(")", deep),
      "SELECT a" + Repeat("::int", deep),
      "SELECT " + Repeat("(SELECT ", deep) + "1" + Repeat(")", deep),
      "SELECT " + Repeat("CASE WHEN true THEN ", deep) + "1" + Repeat(" END", deep),
  };
  for (const std::string& text : cases) {
    SCOPED_TRACE(text.substr(0, 30));
    const SqlError error = ErrorOf(text);
    const bool too_deep = error.state() == sqlstate::kStatementTooComplex && error.message() == "stack depth limit exceeded" && !error.hint().empty();
    const bool grammar = error.state() == sqlstate::kSyntaxError && error.message().starts_with("memory exhausted at or near");
    EXPECT_TRUE(too_deep || grammar) << error.message();
  }
  // Lists are no nesting.
  EXPECT_NO_THROW(Parse("SELECT 1 WHERE true" + Repeat(" AND true", deep)));
  EXPECT_NO_THROW(Parse("SELECT 1 WHERE 1 IN (1" + Repeat(",1", deep) + ")"));
  EXPECT_NO_THROW(Parse("SELECT 1" + Repeat("+1", 2000)));
}

void* ParseDeepOnThread(void* outcome) {
  try {
    Parse("SELECT 1" + Repeat("+1", 2400));
  } catch (const SqlError& error) {
    *static_cast<bool*>(outcome) = error.state() == sqlstate::kStatementTooComplex;
    return nullptr;
  }
  *static_cast<bool*>(outcome) = true;
  return nullptr;
}

TEST(ParserTest, SmallStacksAreNoticed) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  bool survived = false;
  pthread_t thread;
  ASSERT_EQ(pthread_create(&thread, &attributes, ParseDeepOnThread, &survived), 0);
  pthread_join(thread, nullptr);
  pthread_attr_destroy(&attributes);
  EXPECT_TRUE(survived);
}

}  // namespace
}  // namespace gather::sql
