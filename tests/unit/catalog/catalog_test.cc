// The catalog: transactional changes, name clashes, dependencies, durability, sequences.
#include "catalog/catalog.h"

#include <gtest/gtest.h>

#include <cstring>

#include "tests/unit/catalog/test_catalog.h"
#include "types/error.h"

namespace gather::catalog {
namespace {

template <class Action>
std::string ErrorOf(Action&& action) {
  try {
    action();
  } catch (const SqlError& error) {
    return std::string(error.state().view()) + " " + error.message() + (error.detail().empty() ? "" : " / " + error.detail());
  }
  return "no error";
}

Oid Create(TestCatalog& catalog, RelationEntry entry) {
  auto transaction = catalog.Begin();
  const Oid oid = catalog->Change(*transaction).CreateRelation(std::move(entry));
  transaction->Commit();
  return oid;
}

TEST(CatalogTest, ANewDirectoryHasItsSchemasRolesAndDatabases) {
  TestCatalog catalog;
  const CatalogRef view = catalog->Current();
  EXPECT_NE(view->FindSchema("public"), nullptr);
  EXPECT_NE(view->FindSchema("information_schema"), nullptr);
  ASSERT_NE(view->FindRole("postgres"), nullptr);
  EXPECT_TRUE(view->FindRole("postgres")->superuser);
  ASSERT_EQ(view->Databases().size(), 3u);
  EXPECT_EQ(view->Databases()[0]->name, "template1");
  EXPECT_NE(view->FindRelation(kPgCatalogSchema, "pg_class"), nullptr);
}

TEST(CatalogTest, ATransactionSeesItsOwnChangesAndOthersSeeThemAfterCommit) {
  TestCatalog catalog;
  auto transaction = catalog.Begin();
  const Oid oid = catalog->Change(*transaction).CreateRelation(Table("t"));
  EXPECT_NE(catalog->ViewOf(transaction.get())->FindRelation(kPublicSchema, "t"), nullptr);
  EXPECT_EQ(catalog->Current()->FindRelation(kPublicSchema, "t"), nullptr);
  const uint64_t before = catalog->Current()->version();
  transaction->Commit();
  const RelationRef table = catalog->Current()->FindRelation(oid);
  ASSERT_NE(table, nullptr);
  EXPECT_NE(table->table, nullptr);
  EXPECT_GT(catalog->Current()->version(), before);
}

Oid CreateDatabase(TestCatalog& catalog, const std::string& name, Oid from_template = kTemplate1Database) {
  auto transaction = catalog.Begin();
  DatabaseEntry entry{};
  entry.name = name;
  const Oid oid = catalog->Change(*transaction).CreateDatabase(std::move(entry), from_template);
  transaction->Commit();
  return oid;
}

TEST(CatalogTest, DatabasesHaveSchemasAndRelationsOfTheirOwnAndShareRoles) {
  TestCatalog catalog;
  Oid database = CreateDatabase(catalog, "other");
  Create(catalog, Table("t"));
  {
    const std::shared_ptr<Database> connection = catalog->Connect(database);
    const Oid schema = catalog->Current(*connection)->FindSchema("public")->oid;
    EXPECT_NE(schema, kPublicSchema);
    EXPECT_TRUE(catalog->Current(*connection)->Relations(schema).empty());
    auto transaction = catalog.Begin();
    CatalogTransaction& change = catalog->Change(*transaction, connection);
    change.CreateRelation(Table("t", schema));
    RoleEntry role{};
    role.name = "shared";
    change.PutRole(std::move(role));
    transaction->Commit();
  }
  catalog.Restart();
  EXPECT_NE(catalog->Current()->FindRole("shared"), nullptr);
  const std::shared_ptr<Database> connection = catalog->Connect(database);
  const CatalogRef other = catalog->Current(*connection);
  const RelationRef there = other->FindRelation(other->FindSchema("public")->oid, "t");
  const RelationRef here = catalog->Current()->FindRelation(kPublicSchema, "t");
  ASSERT_TRUE(here != nullptr && there != nullptr);
  EXPECT_NE(here->storage, there->storage);
}

TEST(CatalogTest, ADatabaseIsDroppedWithItsTablesOnceNobodyIsConnected) {
  TestCatalog catalog;
  const Oid database = CreateDatabase(catalog, "other");
  std::shared_ptr<Database> connection = catalog->Connect(database);
  auto transaction = catalog.Begin();
  catalog->Change(*transaction, connection).CreateRelation(Table("t", catalog->Current(*connection)->FindSchema("public")->oid));
  transaction->Commit();
  transaction = catalog.Begin();
  EXPECT_THROW(catalog->Change(*transaction).DropDatabase(database), SqlError);
  connection.reset();
  catalog->Change(*transaction).DropDatabase(database);
  EXPECT_EQ(catalog->Connect(database), nullptr);  // from now on nobody comes in
  transaction->Rollback();
  EXPECT_NE(catalog->Connect(database), nullptr);
  const size_t tables = catalog.storage().Tables().size();
  transaction = catalog.Begin();
  catalog->Change(*transaction).DropDatabase(database);
  transaction->Commit();
  EXPECT_EQ(catalog.storage().Tables().size(), tables - 1);
  EXPECT_EQ(catalog->Connect(database), nullptr);
  catalog.Restart();
  EXPECT_EQ(catalog->Current()->Databases().size(), 3u);
}

TEST(CatalogTest, RollbackAndSavepointsUndoChanges) {
  TestCatalog catalog;
  auto transaction = catalog.Begin();
  CatalogTransaction& change = catalog->Change(*transaction);
  change.CreateRelation(Table("kept"));
  const uint64_t savepoint = transaction->Savepoint();
  change.CreateRelation(Table("undone"));
  transaction->RollbackTo(savepoint);
  EXPECT_EQ(change.View()->FindRelation(kPublicSchema, "undone"), nullptr);
  transaction->Commit();
  auto rolled_back = catalog.Begin();
  catalog->Change(*rolled_back).CreateRelation(Table("never"));
  rolled_back->Rollback();
  catalog.Restart();
  EXPECT_NE(catalog->Current()->FindRelation(kPublicSchema, "kept"), nullptr);
  EXPECT_EQ(catalog->Current()->FindRelation(kPublicSchema, "undone"), nullptr);
  EXPECT_EQ(catalog->Current()->FindRelation(kPublicSchema, "never"), nullptr);
}

TEST(CatalogTest, EverythingComesBackAfterARestart) {
  TestCatalog catalog;
  RelationEntry entry = Table("t");
  entry.comment = "hello";
  entry.columns[0].not_null = true;
  entry.columns[1].default_sql = "'x'::text";
  entry.columns[1].missing = Datum::Text("x");
  entry.checks.push_back({kInvalidOid, "t_check", "(a > 0)", {ColumnId(1)}});
  entry.options = {{"parallel_workers", "2"}};
  const Oid table = Create(catalog, entry);
  const Oid index = Create(catalog, PrimaryKey("t_pkey", table));
  const Oid view = Create(catalog, View("v", {table}));
  catalog.Restart();
  const CatalogRef now = catalog->Current();
  const RelationRef loaded = now->FindRelation(table);
  ASSERT_NE(loaded, nullptr);
  EXPECT_EQ(loaded->comment, "hello");
  EXPECT_TRUE(loaded->columns[0].not_null);
  EXPECT_EQ(loaded->columns[1].missing, Datum::Text("x"));
  ASSERT_EQ(loaded->checks.size(), 1u);
  EXPECT_GE(loaded->checks[0].oid, kFirstUserOid);
  EXPECT_EQ(loaded->indexes, std::vector<Oid>{index});
  EXPECT_NE(loaded->table, nullptr);
  EXPECT_EQ(loaded->options[0].second, "2");
  ASSERT_TRUE(now->FindRelation(index)->index.has_value());
  EXPECT_NE(now->FindRelation(index)->index->ordered, nullptr);
  EXPECT_EQ(now->FindRelation(view)->depends_on, std::vector<Oid>{table});
}

TEST(CatalogTest, NamesAreTakenOnce) {
  TestCatalog catalog;
  Create(catalog, Table("t"));
  auto transaction = catalog.Begin();
  EXPECT_EQ(ErrorOf([&] { catalog->Change(*transaction).CreateRelation(Table("t")); }), "42P07 relation \"t\" already exists");
  transaction->Rollback();

  auto first = catalog.Begin(), second = catalog.Begin();
  catalog->Change(*first).CreateRelation(Table("race"));
  catalog->Change(*second).CreateRelation(Table("race"));
  first->Commit();
  EXPECT_EQ(ErrorOf([&] { second->Commit(); }), "42P07 relation \"race\" already exists");
}

TEST(CatalogTest, SystemSchemasAreClosed) {
  TestCatalog catalog;
  auto transaction = catalog.Begin();
  CatalogTransaction& change = catalog->Change(*transaction);
  EXPECT_EQ(ErrorOf([&] { change.CreateRelation(Table("t", kPgCatalogSchema)); }),
            "42501 permission denied to create \"pg_catalog.t\" / System catalog modifications are currently disallowed.");
  EXPECT_EQ(ErrorOf([&] { change.DropRelation(1259, false, nullptr); }), "42501 permission denied: \"pg_class\" is a system catalog");
  EXPECT_EQ(ErrorOf([&] { change.DropSchema(kPgCatalogSchema, true, nullptr); }),
            "2BP01 cannot drop schema pg_catalog because it is required by the database system");
}

TEST(CatalogTest, DependentViewsHoldATableUntilCascade) {
  TestCatalog catalog;
  const Oid table = Create(catalog, Table("t"));
  const Oid view = Create(catalog, View("v", {table}));
  Create(catalog, View("w", {view}));
  auto transaction = catalog.Begin();
  CatalogTransaction& change = catalog->Change(*transaction);
  EXPECT_EQ(ErrorOf([&] { change.DropRelation(table, false, nullptr); }),
            "2BP01 cannot drop table t because other objects depend on it / view v depends on table t\nview w depends on view v");
  std::vector<std::string> dropped;
  change.DropRelation(table, true, &dropped);
  EXPECT_EQ(dropped, (std::vector<std::string>{"view v", "view w"}));
  transaction->Commit();
  EXPECT_EQ(catalog->Current()->Relations(kPublicSchema).size(), 0u);
}

TEST(CatalogTest, IndexesAndOwnedSequencesGoWithTheirTable) {
  TestCatalog catalog;
  const Oid table = Create(catalog, Table("t"));
  const Oid index = Create(catalog, PrimaryKey("t_pkey", table));
  RelationEntry sequence = Sequence("t_a_seq");
  sequence.sequence->owner_table = table;
  sequence.sequence->owner_column = ColumnId(1);
  const Oid owned = Create(catalog, sequence);
  auto transaction = catalog.Begin();
  CatalogTransaction& change = catalog->Change(*transaction);
  EXPECT_EQ(ErrorOf([&] { change.DropRelation(index, false, nullptr); }),
            "2BP01 cannot drop index t_pkey because constraint t_pkey on table t requires it");
  change.DropRelation(table, false, nullptr);
  transaction->Commit();
  EXPECT_EQ(catalog->Current()->FindRelation(index), nullptr);
  EXPECT_EQ(catalog->Current()->FindRelation(owned), nullptr);
}

TEST(CatalogTest, ConstraintsAreDroppedByName) {
  TestCatalog catalog;
  RelationEntry entry = Table("t");
  entry.checks.push_back({kInvalidOid, "t_check", "(a > 0)", {ColumnId(1)}});
  const Oid table = Create(catalog, entry);
  Create(catalog, PrimaryKey("t_pkey", table));
  auto transaction = catalog.Begin();
  CatalogTransaction& change = catalog->Change(*transaction);
  EXPECT_EQ(ErrorOf([&] { change.DropConstraint(table, "x", false, nullptr); }), "42704 constraint \"x\" of relation \"t\" does not exist");
  change.DropConstraint(table, "t_pkey", false, nullptr);
  change.DropConstraint(table, "t_check", false, nullptr);
  transaction->Commit();
  EXPECT_TRUE(catalog->Current()->FindRelation(table)->indexes.empty());
  EXPECT_TRUE(catalog->Current()->FindRelation(table)->checks.empty());
}

TEST(CatalogTest, SchemasAreDroppedWithWhatTheyHold) {
  TestCatalog catalog;
  auto transaction = catalog.Begin();
  CatalogTransaction& change = catalog->Change(*transaction);
  const Oid schema = change.CreateSchema({0, "s"});
  EXPECT_EQ(ErrorOf([&] { change.CreateSchema({0, "s"}); }), "42P06 schema \"s\" already exists");
  change.CreateRelation(Table("t", schema));
  EXPECT_EQ(ErrorOf([&] { change.DropSchema(schema, false, nullptr); }),
            "2BP01 cannot drop schema s because other objects depend on it / table s.t depends on schema s");
  std::vector<std::string> dropped;
  change.DropSchema(schema, true, &dropped);
  EXPECT_EQ(dropped, std::vector<std::string>{"table s.t"});
  transaction->Commit();
  EXPECT_EQ(catalog->Current()->FindSchema("s"), nullptr);
}

TEST(CatalogTest, TruncationGivesNewStorageAndRollbackTheOldOne) {
  TestCatalog catalog;
  const Oid oid = Create(catalog, Table("t"));
  const StorageId old = catalog->Current()->FindRelation(oid)->storage;
  auto transaction = catalog.Begin();
  RelationEntry entry = *catalog->Current()->FindRelation(oid);
  entry.storage = StorageId();
  catalog->Change(*transaction).ReplaceRelation(entry);
  EXPECT_NE(catalog->ViewOf(transaction.get())->FindRelation(oid)->storage, old);
  transaction->Rollback();
  EXPECT_EQ(catalog->Current()->FindRelation(oid)->storage, old);
  EXPECT_NE(catalog.storage().Table(old), nullptr);
}

TEST(CatalogTest, ThousandsOfTablesStayQuickToChange) {
  TestCatalog catalog;
  auto transaction = catalog.Begin();
  CatalogTransaction& change = catalog->Change(*transaction);
  for (int i = 0; i < 1000; i++) change.CreateRelation(Table("t" + std::to_string(i)));
  transaction->Commit();
  EXPECT_EQ(catalog->Current()->Relations(kPublicSchema).size(), 1000u);
  const std::vector<Oid> path{kPgCatalogSchema, kPublicSchema};
  EXPECT_EQ(catalog->Current()->FindRelation(path, "t999")->name, "t999");
}

TEST(SequenceTest, ValuesFollowTheDefinition) {
  TestCatalog catalog;
  RelationEntry entry = Sequence("s");
  entry.sequence->maximum = 3;
  const Oid oid = Create(catalog, entry);
  const RelationRef sequence = catalog->Current()->FindRelation(oid);
  EXPECT_FALSE(catalog->ReadSequence(*sequence).is_called);
  for (int64_t i = 1; i <= 3; i++) EXPECT_EQ(catalog->NextValue(*sequence), i);
  EXPECT_EQ(ErrorOf([&] { catalog->NextValue(*sequence); }), "2200H nextval: reached maximum value of sequence \"s\" (3)");
  catalog->SetValue(*sequence, 2, false);
  EXPECT_EQ(catalog->NextValue(*sequence), 2);
  EXPECT_EQ(ErrorOf([&] { catalog->SetValue(*sequence, 9, true); }), "22003 setval: value 9 is out of bounds for sequence \"s\" (1..3)");
}

TEST(SequenceTest, CyclesAndCountsDown) {
  TestCatalog catalog;
  RelationEntry entry = Sequence("s");
  entry.sequence->increment = -1;
  entry.sequence->minimum = -2;
  entry.sequence->maximum = -1;
  entry.sequence->start = -1;
  entry.sequence->cycle = true;
  const Oid oid = Create(catalog, entry);
  const RelationRef sequence = catalog->Current()->FindRelation(oid);
  const std::vector<int64_t> expected{-1, -2, -1, -2, -1};
  for (int64_t value : expected) EXPECT_EQ(catalog->NextValue(*sequence), value);
}

TEST(SequenceTest, ACleanRestartContinuesExactly) {
  TestCatalog catalog;
  const Oid oid = Create(catalog, Sequence("s"));
  for (int i = 0; i < 5; i++) catalog->NextValue(*catalog->Current()->FindRelation(oid));
  catalog.Restart();
  EXPECT_EQ(catalog->NextValue(*catalog->Current()->FindRelation(oid)), 6);
}

TEST(SequenceTest, WhatIsLoggedIsAheadOfEveryValue) {
  TestCatalog catalog;
  const Oid oid = Create(catalog, Sequence("s"));
  const RelationRef sequence = catalog->Current()->FindRelation(oid);
  for (int64_t i = 1; i <= 100; i++) {
    catalog->NextValue(*sequence);
    // What a crash now would find.
    int records = 0;
    catalog.storage().ForEachCatalogRecord("q", [&](std::string_view, std::string_view record) {
      records++;
      int64_t logged = 0;
      std::memcpy(&logged, record.data() + 1, sizeof(logged));
      EXPECT_GE(logged, i);
    });
    EXPECT_EQ(records, 1);
  }
}

}  // namespace
}  // namespace gather::catalog
