// CatalogChange: the catalog changes of one transaction, as a log of new and dropped entries over the newest committed snapshot.
//
// Belongs to the session's thread. Records go into the transaction's WriteSet as the changes are made (and go from there with a rolled-back
// savepoint); the log serves the transaction's own view, and at commit is replayed over whatever snapshot is then the newest.
//
//   open ──BeforeCommit (names checked, reserved)──▶ committing ──Committed (replayed, published)──▶ gone
//     └──────────────── RolledBack ───────────────────┴──▶ gone
#pragma once

#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/catalog_state.h"

namespace gather::catalog {

class CatalogChange final : public CatalogTransaction {
 public:
  CatalogChange(Catalog& catalog, Catalog::State& state, std::shared_ptr<Database> database, storage::Transaction& transaction);

  CatalogRef View() override;
  Oid CreateSchema(SchemaEntry entry) override;
  void ReplaceSchema(SchemaEntry entry) override;
  void DropSchema(Oid oid, bool cascade, std::vector<std::string>* dropped) override;
  Oid CreateRelation(RelationEntry entry) override;
  void ReplaceRelation(RelationEntry entry) override;
  void DropRelation(Oid oid, bool cascade, std::vector<std::string>* dropped) override;
  void AddForeignKey(Oid table, ForeignKey key) override;
  void DropConstraint(Oid table, std::string_view name, bool cascade, std::vector<std::string>* dropped) override;
  void SetVisibleSchemas(std::vector<Oid> schemas) override { visible_schemas_ = std::move(schemas); }
  void PutRole(RoleEntry entry) override;
  void DropRole(Oid oid) override;
  Oid CreateDatabase(DatabaseEntry entry, Oid from_template) override;
  void ReplaceDatabase(DatabaseEntry entry) override;
  void DropDatabase(Oid oid) override;

  void BeforeCommit(storage::WriteSet& writes) override;
  void Committed(CommitTimestamp timestamp) override;
  void RolledBack() override;
  uint64_t Mark() override { return log_.size(); }
  void RollbackTo(uint64_t mark) override;

 private:
  // The entry's new state; a null pointer drops it.
  struct Change {
    Oid oid;
    std::variant<SchemaRef, RelationRef, RoleRef, DatabaseRef> entry;
    std::vector<std::shared_ptr<index::OrderedIndex>> obsolete = {};  // to clear once committed
    std::vector<SchemaRef> schemas = {};                 // of a new database
    bool shared() const { return entry.index() >= 2; }   // every database sees roles and databases
  };
  // What a DROP takes along.
  struct Drop {
    std::vector<RelationRef> relations;
    std::vector<std::pair<Oid, ColumnId>> defaults;
    std::vector<std::pair<Oid, Oid>> foreign_keys;       // the table's, the key's; of tables that stay, perhaps
    Oid schema = kInvalidOid;                            // all of it goes: no foreign key of its tables is worth a word
    std::set<Oid> seen;
    std::vector<std::string> messages;                   // "view v depends on table t"
    std::vector<std::string> descriptions;               // "view v"
  };

  static void Apply(const Change& change, CatalogSnapshot::State& state);
  void Record(Change change);
  void PutRecord(const RelationRef& relation);
  std::string Describe(const RelationEntry& relation);
  void Collect(const RelationRef& relation, Drop& drop);
  void CollectReferences(const RelationEntry& relation, Drop& drop);
  void DropForeignKey(Oid table, Oid key);
  void Execute(const Drop& drop);
  void RefuseUnlessCascade(const std::string& what, bool cascade, const Drop& drop, std::vector<std::string>* dropped);
  void CheckName(Oid schema, const std::string& name, Oid own);
  void CheckNames(const CatalogSnapshot::State& newest) const;
  void PutDatabaseRecord(const DatabaseEntry& entry);
  std::shared_ptr<Database> FindDatabase(Oid oid) const;
  void SetDropping(const Change& change, bool dropping);
  void Publish();
  void Leave();

  Catalog& catalog_;
  Catalog::State& state_;
  const std::shared_ptr<Database> database_;
  storage::Transaction& transaction_;
  const TransactionId id_;
  std::vector<Change> log_;
  std::vector<Oid> visible_schemas_{kPgCatalogSchema, kPublicSchema};
  CatalogRef base_, view_;                               // view_ = base_ + log_

  // Guarded by state_.committing_mutex: what this commit takes.
  std::set<std::pair<Oid, std::string>> taken_names_;
  std::set<std::string> taken_schema_names_;
  std::set<Oid> used_schemas_, dropped_schemas_;
};

}  // namespace gather::catalog
