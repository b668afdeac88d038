// Every system view yields rows that fit its columns, and the relation views tell what is there.
#include "catalog/system_view.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/unit/catalog/fake_session.h"
#include "tests/unit/catalog/test_catalog.h"
#include "types/io_settings.h"

namespace gather::catalog {
namespace {

class SystemViewTest : public testing::Test {
 protected:
  SystemViewTest() : session_(*catalog_) {
    session_.open = catalog_.Begin();
    CatalogTransaction& change = catalog_->Change(*session_.open);
    RelationEntry table = Table("t");
    table.columns[0].not_null = true;
    table.columns[1].default_sql = "'x'::text";
    table.checks.push_back({kInvalidOid, "t_check", "(a > 0)", {ColumnId(1)}});
    table_ = change.CreateRelation(table);
    change.CreateRelation(PrimaryKey("t_pkey", table_));
    change.CreateRelation(View("v", {table_}));
    change.CreateRelation(Sequence("s"));
    session_.open->Commit();
    session_.open.reset();
  }

  // Rows of a view as text, "a|b|NULL".
  std::vector<std::string> Rows(const SystemViewInfo& view) {
    RowWriter writer(view.columns);
    const CatalogRef catalog = session_.catalog_view();
    view.rows({*catalog, TestFunctions(), session_}, writer);
    std::vector<std::string> rows;
    const IoSettings io;
    for (const Chunk& chunk : writer.Finish()) {
      for (uint32_t row = 0; row < chunk.rows(); row++) {
        std::string text;
        for (size_t column = 0; column < chunk.columns(); column++) {
          if (column > 0) text += "|";
          const Vector& vector = chunk[column];
          if (vector.IsNull(row)) {
            EXPECT_FALSE(view.columns[column].not_null && view.schema == "pg_catalog" && view.shown_kind == 'r') << view.name << "." << view.columns[column].name;
            text += "NULL";
          } else {
            GetType(vector.type().oid).text_out(vector, row, io, text);
          }
        }
        rows.push_back(std::move(text));
      }
    }
    return rows;
  }
  std::vector<std::string> Rows(std::string_view name) {
    for (const SystemViewInfo& view : AllSystemViews()) {
      if (view.name == name) return Rows(view);
    }
    ADD_FAILURE() << "no view " << name;
    return {};
  }

  TestCatalog catalog_;
  FakeSession session_;
  Oid table_ = 0;
};

TEST_F(SystemViewTest, EveryViewYieldsWholeRows) {
  std::set<Oid> oids;
  for (const SystemViewInfo& view : AllSystemViews()) {
    SCOPED_TRACE(std::string(view.schema) + "." + std::string(view.name));
    EXPECT_NO_THROW(Rows(view));
    EXPECT_TRUE(oids.insert(view.oid).second);
  }
}

TEST_F(SystemViewTest, OidsOfFunctionsAndTypesAreUnique) {
  for (const char* name : {"pg_proc", "pg_type", "pg_operator", "pg_class", "pg_constraint", "pg_cast"}) {
    std::set<std::string> oids;
    for (const std::string& row : Rows(name)) EXPECT_TRUE(oids.insert(row.substr(0, row.find('|'))).second) << name << ": " << row;
    EXPECT_FALSE(oids.empty()) << name;
  }
}

TEST_F(SystemViewTest, AnIndexIsDescribedAsSql) {
  const std::vector<std::string> rows = Rows("pg_indexes");
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0], "public|t|t_pkey|NULL|CREATE UNIQUE INDEX t_pkey ON public.t USING btree (a)");
}

TEST_F(SystemViewTest, InformationSchemaTellsColumns) {
  std::vector<std::string> own;
  for (const std::string& row : Rows("columns")) {
    if (row.starts_with("postgres|public|t|")) own.push_back(row.substr(0, row.find("|NULL|NULL|NULL|NULL|NULL")));
  }
  ASSERT_EQ(own.size(), 2u);
  EXPECT_TRUE(own[0].starts_with("postgres|public|t|a|1|NULL|NO|integer|NULL|NULL|32|2|0")) << own[0];
  EXPECT_TRUE(own[1].starts_with("postgres|public|t|b|2|'x'::text|YES|text|NULL|1073741824")) << own[1];
}

TEST_F(SystemViewTest, ConstraintsAreListed) {
  EXPECT_EQ(Rows("pg_constraint").size(), 2u);
  EXPECT_EQ(Rows("key_column_usage"), std::vector<std::string>{"postgres|public|t_pkey|postgres|public|t|a|1|NULL"});
}

}  // namespace
}  // namespace gather::catalog
