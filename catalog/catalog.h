// The catalog: schemas, relations, columns, constraints, indexes, sequences, views, roles, databases; immutable snapshots of it.
//
// CatalogSnapshot is an immutable, persistent (structure-sharing) map of entries; a statement pins one and keeps it for its whole life,
// a plan keeps the one it was bound to. Entries are immutable and shared by pointer. Changes go through CatalogTransaction: the
// transaction sees its own; the commit merges them into the newest snapshot and writes the records in the same batch as the data.
// Lock discipline: who changes a relation holds its AccessExclusive (or the mode PostgreSQL takes) lock first; name clashes of
// concurrent creators are decided at commit (the second fails with 42P07 …, or earlier by an object lock on the name).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/function.h"
#include "index/ordered_index.h"
#include "storage/storage.h"
#include "types/datum.h"
#include "types/ids.h"
#include "types/type.h"

namespace gather::catalog {

// OIDs PostgreSQL fixes.
inline constexpr Oid kPgCatalogSchema = 11, kPublicSchema = 2200, kInformationSchema = 13000, kBootstrapRole = 10, kDatabaseOwnerRole = 6171, kTemplate1Database = 1,
                     kTemplate0Database = 4, kPostgresDatabase = 5;

struct SchemaEntry {
  Oid oid;
  std::string name;
  Oid owner = kBootstrapRole;
  std::string comment;
  Oid database = kPostgresDatabase;        // pg_catalog and information_schema are in every one
};

enum class RelationKind : char { kTable = 'r', kIndex = 'i', kSequence = 'S', kView = 'v', kSystemView = 's' /* shown as r or v */ };
enum class Identity : char { kNone = 0, kAlways = 'a', kByDefault = 'd' };

struct ColumnEntry {
  ColumnId id;                             // attnum
  std::string name;
  SqlType type;
  bool not_null = false;
  bool dropped = false;
  std::string default_sql;                 // deparsed expression, empty: none
  bool generated = false;                  // default_sql is over the table's columns, and stored whenever the row is written
  Identity identity = Identity::kNone;
  Oid sequence = kInvalidOid;              // owned by identity / serial
  Datum missing;                           // value in rows older than ADD COLUMN … DEFAULT constant
  Oid collation = 100;                     // 0 for non-collatable types
  std::string comment;
  int32_t statistics_target = -1;          // SET STATISTICS; -1: default_statistics_target
};

struct CheckConstraint {
  Oid oid;
  std::string name;
  std::string expression_sql;              // over the table's columns by name
  std::vector<ColumnId> columns;
};

struct ForeignKey {                        // of the referencing table
  Oid oid = kInvalidOid;
  std::string name;
  std::vector<ColumnId> columns;
  Oid table = kInvalidOid;                 // the referenced one, whose `referenced_by` names the referencing table
  std::vector<ColumnId> referenced;        // one for each of `columns`
  Oid index = kInvalidOid;                 // unique index of the referenced table over these columns, perhaps in another order
  char match = 's', on_update = 'a', on_delete = 'a';   // letters of pg_constraint
  std::vector<ColumnId> delete_set;        // ON DELETE SET NULL or DEFAULT (…); empty: all columns
  bool deferrable = false, initially_deferred = false;
  bool validated = true;                   // false: NOT VALID, older rows are unchecked
};

enum class IndexKind : uint8_t { kPlain, kUnique, kPrimaryKey, kUniqueConstraint };

struct IndexColumn {
  ColumnId column;                         // 0: expression
  std::string expression_sql;
  SqlType type;
  SortOrder order;
};

struct RelationEntry;
using RelationRef = std::shared_ptr<const RelationEntry>;

struct IndexEntry {                        // part of an index's RelationEntry
  Oid table;
  IndexKind kind = IndexKind::kPlain;
  std::vector<IndexColumn> columns;
  std::vector<ColumnId> include;
  std::string predicate_sql;               // partial index
  bool nulls_distinct = true;
  std::string method = "btree";
  Oid constraint_oid = kInvalidOid;        // for primary keys and unique constraints
  bool valid = true;
  std::shared_ptr<index::OrderedIndex> ordered;
  bool unique() const { return kind != IndexKind::kPlain; }
};

struct SequenceEntry {
  SqlType type = type_oid::kInt8;
  int64_t start = 1, increment = 1, minimum = 1, maximum = INT64_MAX, cache = 1;
  bool cycle = false;
  Oid owner_table = kInvalidOid;
  ColumnId owner_column;
};

// Yields the rows of a system view; catalog/system_view.h.
struct SystemViewInfo;

struct RelationEntry {
  Oid oid;
  Oid schema;
  std::string name;
  RelationKind kind = RelationKind::kTable;
  Oid owner = kBootstrapRole;
  std::string comment;
  std::vector<ColumnEntry> columns;        // by attnum, dropped ones included (sequences: last_value, log_cnt, is_called)
  // kTable
  StorageId storage;
  std::shared_ptr<storage::TableStore> table;
  std::vector<CheckConstraint> checks;
  std::vector<ForeignKey> foreign_keys;
  std::vector<Oid> referenced_by;          // tables with foreign keys to this one, itself perhaps included
  std::vector<Oid> indexes;                // of a table
  std::vector<std::pair<std::string, std::string>> options;  // WITH (parallel_workers = 2)
  bool temporary = false;
  Oid row_type = kInvalidOid;              // pg_type row of the table's composite type
  // kIndex, kSequence, kView, kSystemView
  std::optional<IndexEntry> index;
  std::optional<SequenceEntry> sequence;
  std::string view_sql;                    // deparsed SELECT with qualified names
  const SystemViewInfo* system_view = nullptr;
  std::vector<Oid> depends_on;             // relations a view (or default) refers to

  const ColumnEntry* FindColumn(std::string_view column_name) const;  // not dropped; null when absent
  const ColumnEntry& column(ColumnId id) const { return columns[static_cast<size_t>(id.value) - 1]; }
};

struct RoleEntry {
  Oid oid;
  std::string name;
  bool superuser = false, create_role = false, create_db = false, can_login = true, inherit = true, replication = false, bypass_rls = false;
  int32_t connection_limit = -1;
  std::string password;                    // SCRAM verifier or md5…
  std::string comment;
};

struct DatabaseEntry {
  Oid oid;
  std::string name;
  Oid owner = kBootstrapRole;
  bool is_template = false;
  std::string comment;
  bool allow_connections = true;
  int32_t connection_limit = -1;
  std::vector<std::pair<std::string, std::string>> settings;  // ALTER DATABASE … SET: where its sessions start
};

// The referencing table and its foreign key.
struct Reference {
  RelationRef table;
  const ForeignKey* key;
};

// What one database's sessions see: its schemas and relations, and the roles and databases that all share.
class CatalogSnapshot {
 public:
  uint64_t version() const;                // grows with every committed change; a transaction's private view has its own numbers

  const SchemaEntry* FindSchema(std::string_view name) const;
  const SchemaEntry* FindSchema(Oid oid) const;
  RelationRef FindRelation(Oid schema, std::string_view name) const;  // null when absent
  RelationRef FindRelation(Oid oid) const;
  // First match along the search path (schema OIDs; pg_catalog is searched first unless listed).
  RelationRef FindRelation(std::span<const Oid> search_path, std::string_view name) const;
  const RoleEntry* FindRole(std::string_view name) const;
  const RoleEntry* FindRole(Oid oid) const;

  std::vector<const SchemaEntry*> Schemas() const;
  std::vector<RelationRef> Relations() const;              // all, system views included, by OID
  std::vector<RelationRef> Relations(Oid schema) const;    // by name
  std::vector<Reference> ReferencesTo(const RelationEntry& table) const;   // foreign keys of all tables that refer to it, by OID
  std::vector<const RoleEntry*> Roles() const;
  std::vector<const DatabaseEntry*> Databases() const;

  struct State;
  explicit CatalogSnapshot(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  const State& state() const { return *state_; }
  const std::shared_ptr<const State>& shared_state() const { return state_; }

 private:
  std::shared_ptr<const State> state_;
};
using CatalogRef = std::shared_ptr<const CatalogSnapshot>;

class Catalog;
// A session's hold on a database, by shared_ptr: DROP DATABASE is refused (55006) while one lives. catalog_state.h
struct Database;

// The changes of one transaction; a CommitParticipant of it. Created on the first DDL of a transaction by Catalog::Change.
// Methods check what belongs to names and dependencies and throw PostgreSQL's errors; they do not take relation locks.
class CatalogTransaction : public storage::CommitParticipant {
 public:
  virtual CatalogRef View() = 0;                            // committed plus own changes

  virtual Oid CreateSchema(SchemaEntry entry) = 0;          // 42P06
  virtual void ReplaceSchema(SchemaEntry entry) = 0;        // same OID: owner, comment
  virtual void DropSchema(Oid oid, bool cascade, std::vector<std::string>* dropped) = 0;
  // Fills in OIDs (relation, row type, constraints), storage, the OrderedIndex. 42P07 "relation \"t\" already exists". Temporary: schema pg_temp_N.
  // An index enters its table's `indexes`.
  virtual Oid CreateRelation(RelationEntry entry) = 0;
  // ALTER: same OID, new contents (rename, columns, defaults …). Columns new in a table are made known to its storage. Storage: unchanged,
  // or 0: the relation starts anew, empty (TRUNCATE, RESTART of a sequence, REINDEX), or one the caller has created (a rewriting ALTER); the former
  // storage then goes with the commit.
  virtual void ReplaceRelation(RelationEntry entry) = 0;
  // Views and sequences that depend on it: 2BP01 with detail and hint, or dropped too with `cascade` (their descriptions in `dropped`, for the NOTICE).
  virtual void DropRelation(Oid oid, bool cascade, std::vector<std::string>* dropped) = 0;
  // Both tables are locked against writers.
  virtual void AddForeignKey(Oid table, ForeignKey key) = 0;
  // CHECK, FOREIGN KEY, UNIQUE and PRIMARY KEY alike (the latter two with their index, and, by cascade, foreign keys that need it). 42704.
  virtual void DropConstraint(Oid table, std::string_view name, bool cascade, std::vector<std::string>* dropped) = 0;
  // Relations outside these schemas are named with their schema in messages. Default: pg_catalog, public.
  virtual void SetVisibleSchemas(std::vector<Oid> schemas) = 0;
  virtual void PutRole(RoleEntry entry) = 0;
  virtual void DropRole(Oid oid) = 0;
  // A new database has its template's schemas; 0A000 when there are relations in these. 42P04.
  virtual Oid CreateDatabase(DatabaseEntry entry, Oid from_template) = 0;
  virtual void ReplaceDatabase(DatabaseEntry entry) = 0;    // same OID: name, owner, options
  virtual void DropDatabase(Oid oid) = 0;                   // with all that is in it; 55006 while sessions hold it
};

class Catalog {
 public:
  // Loads every record, or bootstraps: schemas, roles, databases postgres and template1, system views.
  Catalog(storage::Storage& storage, const FunctionRegistry& functions);
  ~Catalog();

  // Null: there is none of that OID, or it is being dropped. The catalog outlives what it returns.
  std::shared_ptr<Database> Connect(Oid database);
  uint32_t Connections(Oid database) const;

  // Newest committed; one atomic load. Without a database: postgres.
  CatalogRef Current(const Database& database) const;
  CatalogRef Current() const;
  std::vector<CatalogRef> CurrentOfAll() const;
  CatalogTransaction& Change(storage::Transaction& transaction, const std::shared_ptr<Database>& database = nullptr);
  CatalogTransaction* ChangeIfAny(storage::Transaction& transaction) const;
  // What a statement of this transaction binds against.
  CatalogRef ViewOf(storage::Transaction* transaction, const Database& database) const {
    CatalogTransaction* change = transaction == nullptr ? nullptr : ChangeIfAny(*transaction);
    return change == nullptr ? Current(database) : change->View();
  }
  CatalogRef ViewOf(storage::Transaction* transaction) const;

  // Sequences: outside transactions, as PostgreSQL's. Thread-safe.
  int64_t NextValue(const RelationEntry& sequence);         // 2200H at the limit
  void SetValue(const RelationEntry& sequence, int64_t value, bool is_called);
  struct SequenceState { int64_t last_value; bool is_called; };
  SequenceState ReadSequence(const RelationEntry& sequence) const;

  const FunctionRegistry& functions() const { return functions_; }
  storage::Storage& storage() { return storage_; }
  struct State;

 private:
  storage::Storage& storage_;
  const FunctionRegistry& functions_;
  std::unique_ptr<State> state_;
};

}  // namespace gather::catalog
