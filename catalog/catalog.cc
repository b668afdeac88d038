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

CatalogSnapshot::State Load(storage::Storage& storage) {
  CatalogSnapshot::State state;
  AddBuiltIn(state);
  std::vector<SchemaRef> temporary_schemas;
  storage.ForEachCatalogRecord("s", [&](std::string_view, std::string_view record) {
    auto schema = std::make_shared<const SchemaEntry>(DecodeSchema(record));
    if (schema->name.starts_with("pg_temp_")) {
      temporary_schemas.push_back(std::move(schema));
    } else {
      state.PutSchema(schema);
    }
  });
  storage.ForEachCatalogRecord("o", [&](std::string_view, std::string_view record) {
    auto role = std::make_shared<const RoleEntry>(DecodeRole(record));
    state.PutRole(role);
  });
  storage.ForEachCatalogRecord("d", [&](std::string_view, std::string_view record) {
    auto database = std::make_shared<const DatabaseEntry>(DecodeDatabase(record));
    state.databases.Put(database->oid, database);
  });
  std::vector<RelationRef> temporary_relations;
  storage.ForEachCatalogRecord("r", [&](std::string_view, std::string_view record) {
    auto relation = std::make_shared<RelationEntry>(DecodeRelation(record));
    if (state.schemas.Find(relation->schema) == nullptr) {
      temporary_relations.push_back(std::move(relation));
      return;
    }
    if (relation->kind == RelationKind::kTable) relation->table = storage.Table(relation->storage);
    if (relation->kind == RelationKind::kIndex) relation->index->ordered = MakeOrderedIndex(storage, *relation);
    state.PutRelation(std::move(relation));
  });
  DropTemporary(storage, temporary_relations, temporary_schemas);
  return state;
}

}  // namespace

Catalog::Catalog(storage::Storage& storage, const FunctionRegistry& functions)
    : storage_(storage), functions_(functions), state_(std::make_unique<State>(storage)) {
  if (storage.was_created()) Bootstrap(storage);
  state_->Publish(Load(storage));
  state_->sequences.Load();
}

Catalog::~Catalog() {
  try {
    state_->sequences.Save();
  } catch (const SqlError&) {  // what is logged already is ahead of every value handed out
  }
}

CatalogRef Catalog::Current() const { return state_->current.load(); }

CatalogTransaction& Catalog::Change(storage::Transaction& transaction) {
  std::lock_guard lock(state_->open_mutex);
  std::shared_ptr<CatalogChange>& change = state_->open[transaction.id()];
  if (change == nullptr) {
    change = std::make_shared<CatalogChange>(*this, *state_, transaction);
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
