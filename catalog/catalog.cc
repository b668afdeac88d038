#include "catalog/catalog.h"

#include "catalog/catalog_change.h"
#include "catalog/catalog_state.h"
#include "catalog/records.h"
#include "storage/write_set.h"
#include "types/error.h"

namespace gather::catalog {

std::vector<storage::StoredColumn> StoredColumnsOf(const RelationEntry& relation) {
  std::vector<storage::StoredColumn> columns;
  for (const ColumnEntry& column : relation.columns) {
    if (!column.dropped) columns.push_back({column.id, column.type});
  }
  return columns;
}

std::shared_ptr<index::OrderedIndex> MakeOrderedIndex(storage::Storage& storage, const RelationEntry& relation) {
  const IndexEntry& entry = *relation.index;
  index::IndexDefinition definition;
  definition.id = index::IndexId(relation.storage.value);
  definition.unique = entry.unique();
  definition.nulls_distinct = entry.nulls_distinct;
  for (const IndexColumn& column : entry.columns) {
    definition.key_types.push_back(column.type);
    definition.orders.push_back(column.order);
  }
  return std::make_shared<index::OrderedIndex>(storage, std::move(definition));
}

namespace {

// What a new data directory holds besides the built-in entries.
void Bootstrap(storage::Storage& storage) {
  const std::unique_ptr<storage::Transaction> transaction = storage.transactions().Begin();
  storage::WriteSet& writes = transaction->writes();
  const auto put = [&](char kind, Oid oid, const std::string& record) { writes.Put(storage::KeySpace::kCatalog, RecordKey(kind, oid), record); };
  put('s', kPublicSchema, EncodeSchema({kPublicSchema, "public", kDatabaseOwnerRole, "standard public schema"}));
  RoleEntry superuser{kBootstrapRole, "postgres"};
  superuser.superuser = superuser.create_role = superuser.create_db = superuser.replication = superuser.bypass_rls = true;
  put('o', kBootstrapRole, EncodeRole(superuser));
  RoleEntry database_owner{kDatabaseOwnerRole, "pg_database_owner"};
  database_owner.can_login = false;
  put('o', kDatabaseOwnerRole, EncodeRole(database_owner));
  put('d', kTemplate1Database, EncodeDatabase({kTemplate1Database, "template1", kBootstrapRole, true, "default template for new databases"}));
  DatabaseEntry template0{kTemplate0Database, "template0", kBootstrapRole, true, "unmodifiable empty database"};
  template0.allow_connections = false;
  put('d', kTemplate0Database, EncodeDatabase(template0));
  for (const Oid database : {kTemplate0Database, kTemplate1Database}) {
    const Oid oid = storage.NewOid();
    put('s', oid, EncodeSchema({oid, "public", kDatabaseOwnerRole, "standard public schema", database}));
  }
  put('d', kPostgresDatabase, EncodeDatabase({kPostgresDatabase, "postgres", kBootstrapRole, false, "default administrative connection database"}));
  transaction->Commit();
}

// Temporary relations end with the server that held them.
void DropTemporary(storage::Storage& storage, const std::vector<RelationRef>& relations, const std::vector<SchemaRef>& schemas) {
  if (relations.empty() && schemas.empty()) return;
  const std::unique_ptr<storage::Transaction> transaction = storage.transactions().Begin();
  for (const RelationRef& relation : relations) {
    transaction->writes().Delete(storage::KeySpace::kCatalog, RecordKey('r', relation->oid));
    if (relation->kind == RelationKind::kTable) storage.DropTable(*transaction, relation->storage);
    if (relation->kind == RelationKind::kSequence) transaction->writes().Delete(storage::KeySpace::kCatalog, SequenceRecordKey(relation->storage));
  }
  for (const SchemaRef& schema : schemas) transaction->writes().Delete(storage::KeySpace::kCatalog, RecordKey('s', schema->oid));
  transaction->Commit();
}

// Every database's first snapshot.
std::map<Oid, CatalogSnapshot::State> Load(storage::Storage& storage) {
  CatalogSnapshot::State shared;
  AddBuiltIn(shared);
  storage.ForEachCatalogRecord("o", [&](std::string_view, std::string_view record) {
    auto role = std::make_shared<const RoleEntry>(DecodeRole(record));
    shared.PutRole(role);
  });
  storage.ForEachCatalogRecord("d", [&](std::string_view, std::string_view record) {
    auto database = std::make_shared<const DatabaseEntry>(DecodeDatabase(record));
    shared.databases.Put(database->oid, database);
  });
  std::map<Oid, CatalogSnapshot::State> states;
  shared.databases.ForEach([&](Oid oid, const DatabaseRef&) { states[oid] = shared; });
  std::vector<SchemaRef> temporary_schemas;
  std::unordered_map<Oid, CatalogSnapshot::State*> state_of_schema;
  storage.ForEachCatalogRecord("s", [&](std::string_view, std::string_view record) {
    auto schema = std::make_shared<const SchemaEntry>(DecodeSchema(record));
    const auto state = states.find(schema->database);
    if (schema->name.starts_with("pg_temp_") || state == states.end()) {
      temporary_schemas.push_back(std::move(schema));
    } else {
      state_of_schema[schema->oid] = &state->second;
      state->second.PutSchema(schema);
    }
  });
  std::vector<RelationRef> temporary_relations;
  storage.ForEachCatalogRecord("r", [&](std::string_view, std::string_view record) {
    auto relation = std::make_shared<RelationEntry>(DecodeRelation(record));
    const auto state = state_of_schema.find(relation->schema);
    if (state == state_of_schema.end()) {
      temporary_relations.push_back(std::move(relation));
      return;
    }
    if (relation->kind == RelationKind::kTable) relation->table = storage.Table(relation->storage);
    if (relation->kind == RelationKind::kIndex) relation->index->ordered = MakeOrderedIndex(storage, *relation);
    state->second->PutRelation(std::move(relation));
  });
  DropTemporary(storage, temporary_relations, temporary_schemas);
  return states;
}

}  // namespace

Catalog::Catalog(storage::Storage& storage, const FunctionRegistry& functions)
    : storage_(storage), functions_(functions), state_(std::make_unique<State>(storage)) {
  if (storage.was_created()) Bootstrap(storage);
  for (auto& [oid, snapshot] : Load(storage)) {
    auto database = std::make_shared<Database>(oid);
    database->Publish(std::move(snapshot));
    if (oid == kPostgresDatabase) state_->postgres = database;
    state_->databases[oid] = std::move(database);
  }
  state_->sequences.Load();
}

Catalog::~Catalog() {
  try {
    state_->sequences.Save();
  } catch (const SqlError&) {  // what is logged already is ahead of every value handed out
  }
}

std::shared_ptr<Database> Catalog::Connect(Oid oid) {
  std::lock_guard lock(state_->databases_mutex);
  const auto found = state_->databases.find(oid);
  if (found == state_->databases.end() || found->second->dropping) return nullptr;
  found->second->connections++;
  return {found->second.get(), [this, database = found->second](Database*) {
            std::lock_guard disconnect_lock(state_->databases_mutex);
            database->connections--;
          }};
}

uint32_t Catalog::Connections(Oid oid) const {
  std::lock_guard lock(state_->databases_mutex);
  const auto found = state_->databases.find(oid);
  return found == state_->databases.end() ? 0 : found->second->connections;
}

CatalogRef Catalog::Current(const Database& database) const { return database.current.load(); }
CatalogRef Catalog::Current() const { return state_->postgres->current.load(); }
CatalogRef Catalog::ViewOf(storage::Transaction* transaction) const { return ViewOf(transaction, *state_->postgres); }

std::vector<CatalogRef> Catalog::CurrentOfAll() const {
  std::lock_guard lock(state_->databases_mutex);
  std::vector<CatalogRef> all;
  for (const auto& [oid, database] : state_->databases) all.push_back(database->current.load());
  return all;
}

CatalogTransaction& Catalog::Change(storage::Transaction& transaction, const std::shared_ptr<Database>& database) {
  std::lock_guard lock(state_->open_mutex);
  std::shared_ptr<CatalogChange>& change = state_->open[transaction.id()];
  if (change == nullptr) {
    change = std::make_shared<CatalogChange>(*this, *state_, database == nullptr ? state_->postgres : database, transaction);
    transaction.AddParticipant(change);
    state_->open_count.fetch_add(1);
  }
  return *change;
}

CatalogTransaction* Catalog::ChangeIfAny(storage::Transaction& transaction) const {
  if (state_->open_count.load() == 0) return nullptr;
  std::lock_guard lock(state_->open_mutex);
  const auto found = state_->open.find(transaction.id());
  return found == state_->open.end() ? nullptr : found->second.get();
}

int64_t Catalog::NextValue(const RelationEntry& sequence) { return state_->sequences.Next(sequence); }
void Catalog::SetValue(const RelationEntry& sequence, int64_t value, bool is_called) { state_->sequences.Set(sequence, value, is_called); }
Catalog::SequenceState Catalog::ReadSequence(const RelationEntry& sequence) const { return state_->sequences.Read(sequence); }

}  // namespace gather::catalog
