// System functions: what psql and drivers ask of the catalog, called through the registry's kernels.
#include <gtest/gtest.h>

#include "catalog/functions/system_kernel.h"
#include "tests/unit/catalog/fake_session.h"
#include "tests/unit/catalog/test_catalog.h"

namespace gather::catalog {
namespace {

using namespace type_oid;

class SystemFunctionTest : public testing::Test {
 protected:
  SystemFunctionTest() : session_(*catalog_) {
    session_.open = catalog_.Begin();
    CatalogTransaction& change = catalog_->Change(*session_.open);
    RelationEntry table = Table("t");
    table.columns[1].comment = "second";
    table.checks.push_back({kInvalidOid, "t_check", "(a > 0)", {ColumnId(1)}});
    table_ = change.CreateRelation(table);
    index_ = change.CreateRelation(PrimaryKey("T pkey", table_));
    view_ = change.CreateRelation(View("v", {table_}));
    RelationEntry sequence = Sequence("t_a_seq");
    sequence.sequence->owner_table = table_;
    sequence.sequence->owner_column = ColumnId(1);
    sequence_ = change.CreateRelation(sequence);
    session_.open->Commit();
    session_.open = catalog_.Begin();
  }

  // The answer as text, "NULL", or "SQLSTATE message".
  std::string Call(std::string_view name, const std::vector<Datum>& arguments) {
    std::vector<Oid> types;
    std::vector<SqlType> sql_types;
    std::vector<Vector> vectors;
    for (const Datum& argument : arguments) {
      types.push_back(argument.type.oid);
      sql_types.push_back(argument.type);
      vectors.push_back(Vector::Constant(argument));
    }
    const FunctionInfo* function = TestFunctions().FindFunction(name, types);
    if (function == nullptr && TestFunctions().Functions(name).size() == 1) function = TestFunctions().Functions(name)[0];
    if (function == nullptr) return "no such function";
    const CatalogNames names = NamesOf(session_);
    IoSettings io = session_.settings().Io();
    io.names = &names;
    FunctionContext context{&io, &session_.interrupt(), &session_, function, function->result, sql_types};
    Vector result(function->result);
    try {
      function->kernel(context, vectors, 1, result);
    } catch (const SqlError& error) {
      return std::string(error.state().view()) + " " + error.message();
    }
    if (result.IsNull(0)) return "NULL";
    std::string text;
    GetType(function->result).text_out(result, 0, io, text);
    return text;
  }
  static Datum Regclass(Oid oid) { return Datum::Of<Oid>(kRegclass, oid); }
  static Datum Name(std::string_view text) { return Datum::String(kName, text); }

  TestCatalog catalog_;
  FakeSession session_;
  Oid table_ = 0, index_ = 0, view_ = 0, sequence_ = 0;
};

TEST_F(SystemFunctionTest, TellsWhoAndWhere) {
  EXPECT_TRUE(Call("version", {}).starts_with("GatherDB 0.1 (PostgreSQL 15.0 compatible)"));
  EXPECT_EQ(Call("current_database", {}), "postgres");
  EXPECT_EQ(Call("current_schema", {}), "public");
  EXPECT_EQ(Call("current_schemas", {Datum::Bool(true)}), "{pg_catalog,public}");
  EXPECT_EQ(Call("current_schemas", {Datum::Bool(false)}), "{public}");
  EXPECT_EQ(Call("pg_backend_pid", {}), "7");
  EXPECT_EQ(Call("current_setting", {Datum::Text("temp_buffers")}), "8MB");
  EXPECT_EQ(Call("current_setting", {Datum::Text("no.such"), Datum::Bool(true)}), "NULL");
  EXPECT_EQ(Call("set_config", {Datum::Text("search_path"), Datum::Text("public"), Datum::Bool(false)}), "public");
  EXPECT_EQ(Call("pg_encoding_to_char", {Datum::Int4(6)}), "UTF8");
  EXPECT_EQ(Call("pg_cancel_backend", {Datum::Int4(99)}), "f");
  EXPECT_EQ(session_.notices, std::vector<std::string>{"PID 99 is not a PostgreSQL backend process"});
}

TEST_F(SystemFunctionTest, WritesDefinitionsAsSql) {
  EXPECT_EQ(Call("pg_get_indexdef", {Datum::OfOid(index_)}), "CREATE UNIQUE INDEX \"T pkey\" ON public.t USING btree (a)");
  EXPECT_EQ(Call("pg_get_indexdef", {Datum::OfOid(index_), Datum::Int4(0), Datum::Bool(true)}), "CREATE UNIQUE INDEX \"T pkey\" ON t USING btree (a)");
  EXPECT_EQ(Call("pg_get_indexdef", {Datum::OfOid(index_), Datum::Int4(1), Datum::Bool(true)}), "a");
  const RelationRef table = catalog_->Current()->FindRelation(table_);
  const RelationRef index = catalog_->Current()->FindRelation(index_);
  EXPECT_EQ(Call("pg_get_constraintdef", {Datum::OfOid(table->checks[0].oid)}), "CHECK ((a > 0))");
  EXPECT_EQ(Call("pg_get_constraintdef", {Datum::OfOid(index->index->constraint_oid)}), "PRIMARY KEY (a)");
  EXPECT_EQ(Call("pg_get_viewdef", {Datum::OfOid(view_)}), " SELECT t.a, t.b FROM t;");
  EXPECT_EQ(Call("pg_get_viewdef", {Datum::OfOid(table_)}), "Not a view");
  EXPECT_EQ(Call("pg_get_serial_sequence", {Datum::Text("t"), Datum::Text("a")}), "public.t_a_seq");
  EXPECT_EQ(Call("pg_get_serial_sequence", {Datum::Text("t"), Datum::Text("z")}), "42703 column \"z\" of relation \"t\" does not exist");
  EXPECT_EQ(Call("format_type", {Datum::OfOid(kNumeric), Datum::Int4(EncodeNumericTypmod(10, 2))}), "numeric(10,2)");
  EXPECT_EQ(Call("format_type", {Datum::OfOid(kBpchar), Datum::Int4(-1)}), "bpchar");
  EXPECT_EQ(Call("format_type", {Datum::OfOid(kBpchar), Datum::Null(kInt4)}), "character");
  EXPECT_EQ(Call("format_type", {Datum::OfOid(1), Datum::Null(kInt4)}), "???");
  EXPECT_EQ(Call("pg_get_userbyid", {Datum::OfOid(10)}), "postgres");
  EXPECT_EQ(Call("pg_get_userbyid", {Datum::OfOid(11)}), "unknown (OID=11)");
  EXPECT_EQ(Call("pg_get_function_arguments", {Datum::OfOid(2096)}), "pid integer, timeout bigint DEFAULT 0");
  EXPECT_EQ(Call("col_description", {Datum::OfOid(table_), Datum::Int4(2)}), "second");
  EXPECT_EQ(Call("col_description", {Datum::OfOid(table_), Datum::Int4(1)}), "NULL");
  EXPECT_EQ(Call("obj_description", {Datum::OfOid(kPublicSchema), Name("pg_namespace")}), "standard public schema");
}

TEST_F(SystemFunctionTest, FindsObjectsByName) {
  EXPECT_EQ(Call("to_regclass", {Datum::Text("t")}), "t");
  EXPECT_EQ(Call("to_regclass", {Datum::Text("\"T pkey\"")}), "\"T pkey\"");
  EXPECT_EQ(Call("to_regclass", {Datum::Text("nothing")}), "NULL");
  EXPECT_EQ(Call("to_regclass", {Datum::Text("no.thing")}), "NULL");
  EXPECT_EQ(Call("to_regclass", {Datum::Text("a b")}), "42602 invalid name syntax");
  EXPECT_EQ(Call("to_regclass", {Datum::Text("pg_catalog.pg_class")}), "pg_class");
  EXPECT_EQ(Call("to_regclass", {Datum::Text("information_schema.tables")}), "information_schema.tables");
  EXPECT_EQ(Call("to_regtype", {Datum::Text("varchar(10)")}), "character varying");
  EXPECT_EQ(Call("to_regtype", {Datum::Text("timestamp(3) with time zone")}), "timestamp with time zone");
  EXPECT_EQ(Call("to_regtype", {Datum::Text("int[]")}), "integer[]");
  EXPECT_EQ(Call("to_regtype", {Datum::Text("T")}), "t");
  EXPECT_EQ(Call("to_regproc", {Datum::Text("pg_catalog.array_in")}), "array_in");
  EXPECT_EQ(Call("to_regprocedure", {Datum::Text("pg_sleep(float8)")}), "pg_sleep(double precision)");
  EXPECT_EQ(Call("to_regrole", {Datum::Text("postgres")}), "postgres");
  EXPECT_EQ(Call("pg_table_is_visible", {Datum::OfOid(table_)}), "t");
  EXPECT_EQ(Call("pg_table_is_visible", {Datum::OfOid(1)}), "NULL");
  EXPECT_EQ(Call("pg_type_is_visible", {Datum::OfOid(kInt4)}), "t");
}

TEST_F(SystemFunctionTest, AnswersRights) {
  EXPECT_EQ(Call("has_table_privilege", {Name("postgres"), Datum::Text("t"), Datum::Text("select, INSERT with grant option")}), "t");
  EXPECT_EQ(Call("has_table_privilege", {Datum::Text("t"), Datum::Text("EAT")}), "22023 unrecognized privilege type: \"EAT\"");
  EXPECT_EQ(Call("has_table_privilege", {Name("nobody"), Datum::Text("t"), Datum::Text("SELECT")}), "42704 role \"nobody\" does not exist");
  EXPECT_EQ(Call("has_table_privilege", {Name("public"), Datum::Text("t"), Datum::Text("SELECT")}), "f");
  EXPECT_EQ(Call("has_table_privilege", {Name("public"), Datum::Text("pg_class"), Datum::Text("SELECT")}), "t");
  EXPECT_EQ(Call("has_schema_privilege", {Datum::Text("public"), Datum::Text("USAGE")}), "t");
  EXPECT_EQ(Call("has_database_privilege", {Name("postgres"), Datum::Text("nothing"), Datum::Text("CONNECT")}), "3D000 database \"nothing\" does not exist");
  EXPECT_EQ(Call("pg_has_role", {Name("postgres"), Datum::Text("USAGE")}), "t");
  EXPECT_EQ(Call("acldefault", {Datum::Of<char>(kChar, 'd'), Datum::OfOid(10)}), "{=Tc/postgres,postgres=CTc/postgres}");
}

TEST_F(SystemFunctionTest, CountsSequences) {
  EXPECT_EQ(Call("lastval", {}), "55000 lastval is not yet defined in this session");
  EXPECT_EQ(Call("nextval", {Regclass(sequence_)}), "1");
  EXPECT_EQ(Call("nextval", {Regclass(sequence_)}), "2");
  EXPECT_EQ(Call("currval", {Regclass(sequence_)}), "2");
  EXPECT_EQ(Call("setval", {Regclass(sequence_), Datum::Int8(10)}), "10");
  EXPECT_EQ(Call("lastval", {}), "10");
  EXPECT_EQ(Call("setval", {Regclass(sequence_), Datum::Int8(20), Datum::Bool(false)}), "20");
  EXPECT_EQ(Call("nextval", {Regclass(sequence_)}), "20");
  EXPECT_EQ(Call("nextval", {Regclass(table_)}), "42809 \"t\" is not a sequence");
}

TEST_F(SystemFunctionTest, WritesSizesAsPostgres) {
  EXPECT_EQ(Call("pg_size_pretty", {Datum::Int8(10239)}), "10239 bytes");
  EXPECT_EQ(Call("pg_size_pretty", {Datum::Int8(10240)}), "10 kB");
  EXPECT_EQ(Call("pg_size_pretty", {Datum::Int8(1000000000)}), "954 MB");
  EXPECT_EQ(Call("pg_size_pretty", {Datum::Int8(-1000000000)}), "-954 MB");
  EXPECT_EQ(Call("pg_size_bytes", {Datum::Text("1.5 GB")}), "1610612736");
  EXPECT_EQ(Call("pg_size_bytes", {Datum::Text("1 furlong")}), "22023 invalid size: \"1 furlong\"");
  EXPECT_EQ(Call("pg_relation_size", {Regclass(sequence_)}), "8192");
}

TEST_F(SystemFunctionTest, LocksAdvisoryKeys) {
  EXPECT_EQ(Call("pg_try_advisory_lock", {Datum::Int8(1)}), "t");
  EXPECT_EQ(Call("pg_advisory_unlock", {Datum::Int8(1)}), "t");
  EXPECT_EQ(Call("pg_advisory_unlock", {Datum::Int8(1)}), "f");
  EXPECT_EQ(session_.notices, std::vector<std::string>{"you don't own a lock of type ExclusiveLock"});
  EXPECT_EQ(Call("pg_try_advisory_xact_lock", {Datum::Int4(1), Datum::Int4(2)}), "t");
}

TEST_F(SystemFunctionTest, OffersTheTypesOwnInputAndOutput) {
  EXPECT_EQ(Call("int4in", {Datum::String(kCstring, "42")}), "42");
  EXPECT_EQ(Call("int4out", {Datum::Int4(42)}), "42");
  EXPECT_EQ(Call("int4send", {Datum::Int4(42)}), "\\x0000002a");
  EXPECT_EQ(Call("numerictypmodout", {Datum::Int4(EncodeNumericTypmod(10, 2))}), "(10,2)");
}

}  // namespace
}  // namespace gather::catalog
