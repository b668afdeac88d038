#include "catalog/catalog_change.h"

#include <algorithm>

#include "catalog/records.h"
#include "storage/analysis/analysis.h"
#include "storage/write_set.h"
#include "types/error.h"

namespace gather::catalog {

namespace {

const char* KindName(RelationKind kind) {
  switch (kind) {
    case RelationKind::kTable: return "table";
    case RelationKind::kIndex: return "index";
    case RelationKind::kSequence: return "sequence";
    case RelationKind::kView:
    case RelationKind::kSystemView: return "view";
  }
  return "relation";
}

[[noreturn]] void ThrowRelationExists(const std::string& name) {
  throw SqlError(sqlstate::kDuplicateTable, Format("relation \"%s\" already exists", name.c_str()));
}

[[noreturn]] void ThrowSchemaExists(const std::string& name) {
  throw SqlError(sqlstate::kDuplicateSchema, Format("schema \"%s\" already exists", name.c_str()));
}

bool Contains(const std::vector<Oid>& oids, Oid oid) { return std::find(oids.begin(), oids.end(), oid) != oids.end(); }

// The columns a sequence shows when it is read as a relation.
std::vector<ColumnEntry> SequenceColumns() {
  std::vector<ColumnEntry> columns(3);
  columns[0].name = "last_value", columns[0].type = type_oid::kInt8;
  columns[1].name = "log_cnt", columns[1].type = type_oid::kInt8;
  columns[2].name = "is_called", columns[2].type = type_oid::kBool;
  for (int16_t i = 0; i < 3; i++) {
    columns[static_cast<size_t>(i)].id = ColumnId(static_cast<int16_t>(i + 1));
    columns[static_cast<size_t>(i)].not_null = true;
    columns[static_cast<size_t>(i)].collation = kInvalidOid;
  }
  return columns;
}

}  // namespace

CatalogChange::CatalogChange(Catalog& catalog, Catalog::State& state, std::shared_ptr<Database> database, storage::Transaction& transaction)
    : catalog_(catalog), state_(state), database_(std::move(database)), transaction_(transaction), id_(transaction.id()) {}

void CatalogChange::Apply(const Change& change, CatalogSnapshot::State& state) {
  const auto apply = [&](const auto& entry, auto put, auto erase) {
    if (entry == nullptr) {
      (state.*erase)(change.oid);
    } else {
      (state.*put)(entry);
    }
  };
  using State = CatalogSnapshot::State;
  if (const auto* schema = std::get_if<SchemaRef>(&change.entry)) apply(*schema, &State::PutSchema, &State::EraseSchema);
  if (const auto* relation = std::get_if<RelationRef>(&change.entry)) apply(*relation, &State::PutRelation, &State::EraseRelation);
  if (const auto* role = std::get_if<RoleRef>(&change.entry)) apply(*role, &State::PutRole, &State::EraseRole);
  if (const auto* database = std::get_if<DatabaseRef>(&change.entry)) {
    if (*database == nullptr) {
      state.databases.Erase(change.oid);
    } else {
      state.databases.Put(change.oid, *database);
    }
  }
}

CatalogRef CatalogChange::View() {
  CatalogRef newest = catalog_.Current(*database_);
  if (view_ != nullptr && base_ == newest) return view_;
  CatalogSnapshot::State state = newest->state();
  for (const Change& change : log_) Apply(change, state);
  state.version = state_.private_versions.fetch_add(1);
  base_ = std::move(newest);
  view_ = std::make_shared<CatalogSnapshot>(std::make_shared<const CatalogSnapshot::State>(std::move(state)));
  return view_;
}

void CatalogChange::Record(Change change) {
  CatalogSnapshot::State state = View()->state();
  Apply(change, state);
  state.version = state_.private_versions.fetch_add(1);
  view_ = std::make_shared<CatalogSnapshot>(std::make_shared<const CatalogSnapshot::State>(std::move(state)));
  log_.push_back(std::move(change));
}

void CatalogChange::RollbackTo(uint64_t mark) {
  if (mark >= log_.size()) return;
  for (size_t i = mark; i < log_.size(); i++) SetDropping(log_[i], false);
  log_.resize(mark);
  view_ = nullptr;
}

std::string CatalogChange::Describe(const RelationEntry& relation) {
  const bool visible = Contains(visible_schemas_, relation.schema) || relation.schema == kPgCatalogSchema;
  const SchemaEntry* schema = View()->FindSchema(relation.schema);
  return std::string(KindName(relation.kind)) + " " + (visible || schema == nullptr ? "" : schema->name + ".") + relation.name;
}

// ---- schemas

Oid CatalogChange::CreateSchema(SchemaEntry entry) {
  if (View()->FindSchema(entry.name) != nullptr) ThrowSchemaExists(entry.name);
  if (entry.oid == kInvalidOid) entry.oid = catalog_.storage().NewOid();
  entry.database = database_->oid;
  const Oid oid = entry.oid;
  transaction_.writes().Put(storage::KeySpace::kCatalog, RecordKey('s', oid), EncodeSchema(entry));
  Record({oid, std::make_shared<const SchemaEntry>(std::move(entry))});
  return oid;
}

void CatalogChange::ReplaceSchema(SchemaEntry entry) {
  const Oid oid = entry.oid;
  transaction_.writes().Put(storage::KeySpace::kCatalog, RecordKey('s', oid), EncodeSchema(entry));
  Record({oid, std::make_shared<const SchemaEntry>(std::move(entry))});
}

void CatalogChange::DropSchema(Oid oid, bool cascade, std::vector<std::string>* dropped) {
  const CatalogRef view = View();
  const SchemaEntry* schema = view->FindSchema(oid);
  if (schema == nullptr) throw SqlError(sqlstate::kInvalidSchemaName, Format("schema with OID %u does not exist", oid));
  if (oid == kPgCatalogSchema || oid == kInformationSchema) {
    throw SqlError(sqlstate::kDependentObjectsStillExist,
                   Format("cannot drop schema %s because it is required by the database system", schema->name.c_str()));
  }
  Drop drop;
  drop.schema = oid;
  std::vector<RelationRef> contents = view->Relations(oid);
  std::sort(contents.begin(), contents.end(), [](const RelationRef& a, const RelationRef& b) { return a->oid < b->oid; });  // as PostgreSQL lists them
  for (const RelationRef& relation : contents) {
    // Indexes and owned sequences go with their tables.
    if (relation->kind == RelationKind::kIndex || (relation->kind == RelationKind::kSequence && relation->sequence->owner_table != kInvalidOid)) continue;
    if (drop.seen.contains(relation->oid)) continue;
    drop.messages.push_back(Describe(*relation) + " depends on schema " + schema->name);
    drop.descriptions.push_back(Describe(*relation));
    Collect(relation, drop);
  }
  RefuseUnlessCascade("schema " + schema->name, cascade, drop, dropped);
  Execute(drop);
  transaction_.writes().Delete(storage::KeySpace::kCatalog, RecordKey('s', oid));
  Record({oid, SchemaRef()});
}

// ---- relations

void CatalogChange::CheckName(Oid schema, const std::string& name, Oid own) {
  const RelationRef other = View()->FindRelation(schema, name);
  if (other != nullptr && other->oid != own) ThrowRelationExists(name);
}

void CatalogChange::PutRecord(const RelationRef& relation) {
  transaction_.writes().Put(storage::KeySpace::kCatalog, RecordKey('r', relation->oid), EncodeRelation(*relation));
}

Oid CatalogChange::CreateRelation(RelationEntry entry) {
  storage::Storage& storage = catalog_.storage();
  const SchemaEntry* schema = View()->FindSchema(entry.schema);
  if (schema == nullptr) throw SqlError(sqlstate::kInvalidSchemaName, Format("schema with OID %u does not exist", entry.schema));
  if (entry.schema == kPgCatalogSchema || entry.schema == kInformationSchema) {
    throw SqlError(sqlstate::kInsufficientPrivilege, Format("permission denied to create \"%s.%s\"", schema->name.c_str(), entry.name.c_str()))
        .Detail("System catalog modifications are currently disallowed.");
  }
  CheckName(entry.schema, entry.name, kInvalidOid);
  if (entry.oid == kInvalidOid) entry.oid = storage.NewOid();
  switch (entry.kind) {
    case RelationKind::kTable:
      if (entry.storage.value == 0) entry.storage = storage.NewStorageId();
      entry.table = storage.CreateTable(transaction_, entry.storage, StoredColumnsOf(entry));
      [[fallthrough]];
    case RelationKind::kView:
      if (entry.row_type == kInvalidOid) entry.row_type = storage.NewOid();
      break;
    case RelationKind::kIndex:
      if (entry.storage.value == 0) entry.storage = storage.NewStorageId();
      if (entry.index->ordered == nullptr) entry.index->ordered = MakeOrderedIndex(storage, entry);
      if (entry.index->kind >= IndexKind::kPrimaryKey && entry.index->constraint_oid == kInvalidOid) entry.index->constraint_oid = storage.NewOid();
      break;
    case RelationKind::kSequence:
      if (entry.storage.value == 0) entry.storage = storage.NewStorageId();
      if (entry.columns.empty()) entry.columns = SequenceColumns();
      break;
    case RelationKind::kSystemView:
      ThrowInternal("system views are not created");
  }
  for (CheckConstraint& check : entry.checks) {
    if (check.oid == kInvalidOid) check.oid = storage.NewOid();
  }
  const auto relation = std::make_shared<const RelationEntry>(std::move(entry));
  PutRecord(relation);
  Record({relation->oid, relation});
  if (relation->kind == RelationKind::kIndex) {
    const RelationRef table = View()->FindRelation(relation->index->table);
    if (table == nullptr) ThrowInternal("index of a table that does not exist");
    if (!Contains(table->indexes, relation->oid)) {
      RelationEntry changed = *table;
      changed.indexes.push_back(relation->oid);
      ReplaceRelation(std::move(changed));
    }
  }
  return relation->oid;
}

void CatalogChange::ReplaceRelation(RelationEntry entry) {
  storage::Storage& storage = catalog_.storage();
  const RelationRef old = View()->FindRelation(entry.oid);
  if (old == nullptr) throw SqlError(sqlstate::kUndefinedTable, Format("relation with OID %u does not exist", entry.oid));
  CheckName(entry.schema, entry.name, entry.oid);
  std::vector<std::shared_ptr<index::OrderedIndex>> obsolete;
  const bool anew = entry.storage.value == 0;
  if (anew && entry.kind != RelationKind::kView) entry.storage = storage.NewStorageId();
  const bool moved = entry.storage != old->storage;
  if (entry.kind == RelationKind::kTable) {
    if (anew) {
      entry.table = storage.CreateTable(transaction_, entry.storage, StoredColumnsOf(entry));
    } else if (moved) {
      entry.table = storage.Table(entry.storage);
    } else {
      for (size_t i = old->columns.size(); i < entry.columns.size(); i++) storage.AddColumn(entry.storage, {entry.columns[i].id, entry.columns[i].type});
    }
    if (moved) {
      storage::TakeOverAnalysis(*old->table, *entry.table);
      storage.DropTable(transaction_, old->storage);
    }
  }
  if (entry.kind == RelationKind::kIndex && moved) {
    obsolete.push_back(old->index->ordered);
    entry.index->ordered = MakeOrderedIndex(storage, entry);
  }
  if (entry.kind == RelationKind::kSequence && moved) transaction_.writes().Delete(storage::KeySpace::kCatalog, SequenceRecordKey(old->storage));
  for (CheckConstraint& check : entry.checks) {
    if (check.oid == kInvalidOid) check.oid = storage.NewOid();
  }
  if (entry.index.has_value() && entry.index->kind >= IndexKind::kPrimaryKey && entry.index->constraint_oid == kInvalidOid) {
    entry.index->constraint_oid = storage.NewOid();
  }
  const auto relation = std::make_shared<const RelationEntry>(std::move(entry));
  PutRecord(relation);
  Record({relation->oid, relation, std::move(obsolete)});
}

// Everything that goes with `relation`, in the order found: itself last, so that dependents are dropped first.
void CatalogChange::Collect(const RelationRef& relation, Drop& drop) {
  if (!drop.seen.insert(relation->oid).second) return;
  const CatalogRef view = View();
  CollectReferences(*relation, drop);
  for (Oid index : relation->indexes) {
    if (RelationRef entry = view->FindRelation(index)) Collect(entry, drop);
  }
  for (const RelationRef& other : view->Relations()) {
    if (other->oid == relation->oid || other->kind == RelationKind::kSystemView || drop.seen.contains(other->oid)) continue;
    if (other->kind == RelationKind::kSequence && other->sequence->owner_table == relation->oid) {
      Collect(other, drop);
    } else if (other->kind == RelationKind::kView && Contains(other->depends_on, relation->oid)) {
      drop.messages.push_back(Describe(*other) + " depends on " + Describe(*relation));
      drop.descriptions.push_back(Describe(*other));
      Collect(other, drop);
    } else if (other->kind == RelationKind::kTable && relation->kind == RelationKind::kSequence) {
      for (const ColumnEntry& column : other->columns) {
        if (column.dropped || column.default_sql.empty()) continue;
        const bool uses = column.sequence == relation->oid ||
                          (Contains(other->depends_on, relation->oid) && column.default_sql.find(relation->name) != std::string::npos);
        if (!uses) continue;
        const std::string what = "default value for column " + column.name + " of " + Describe(*other);
        drop.messages.push_back(what + " depends on " + Describe(*relation));
        drop.descriptions.push_back(what);
        drop.defaults.emplace_back(other->oid, column.id);
      }
    }
  }
  drop.relations.push_back(relation);
}

// Foreign keys of other tables that refer to the table, or need the index.
void CatalogChange::CollectReferences(const RelationEntry& relation, Drop& drop) {
  const RelationRef table = relation.kind == RelationKind::kIndex ? View()->FindRelation(relation.index->table) : View()->FindRelation(relation.oid);
  if (table == nullptr) return;
  for (const Reference& reference : View()->ReferencesTo(*table)) {
    if (relation.kind == RelationKind::kIndex ? reference.key->index != relation.oid : reference.table->oid == relation.oid) continue;
    if (!drop.seen.insert(reference.key->oid).second) continue;
    drop.foreign_keys.emplace_back(reference.table->oid, reference.key->oid);
    if (drop.seen.contains(reference.table->oid) || reference.table->schema == drop.schema) continue;
    const std::string what = "constraint " + reference.key->name + " on " + Describe(*reference.table);
    drop.messages.push_back(what + " depends on " + Describe(relation));
    drop.descriptions.push_back(what);
  }
}

void CatalogChange::AddForeignKey(Oid table_oid, ForeignKey key) {
  if (key.oid == kInvalidOid) key.oid = catalog_.storage().NewOid();
  const Oid referenced_oid = key.table;
  RelationEntry table = *View()->FindRelation(table_oid);
  table.foreign_keys.push_back(std::move(key));
  ReplaceRelation(std::move(table));
  RelationEntry referenced = *View()->FindRelation(referenced_oid);
  if (Contains(referenced.referenced_by, table_oid)) return;
  referenced.referenced_by.push_back(table_oid);
  ReplaceRelation(std::move(referenced));
}

void CatalogChange::DropForeignKey(Oid table_oid, Oid key) {
  const RelationRef table = View()->FindRelation(table_oid);
  if (table == nullptr) return;
  RelationEntry changed = *table;
  const auto found = std::find_if(changed.foreign_keys.begin(), changed.foreign_keys.end(), [&](const ForeignKey& other) { return other.oid == key; });
  if (found == changed.foreign_keys.end()) return;
  const Oid referenced_oid = found->table;
  changed.foreign_keys.erase(found);
  const bool others = std::any_of(changed.foreign_keys.begin(), changed.foreign_keys.end(), [&](const ForeignKey& other) { return other.table == referenced_oid; });
  ReplaceRelation(std::move(changed));
  const RelationRef referenced = others ? nullptr : View()->FindRelation(referenced_oid);
  if (referenced == nullptr) return;
  RelationEntry without = *referenced;
  std::erase(without.referenced_by, table_oid);
  ReplaceRelation(std::move(without));
}

void CatalogChange::RefuseUnlessCascade(const std::string& what, bool cascade, const Drop& drop, std::vector<std::string>* dropped) {
  if (drop.messages.empty()) return;
  if (!cascade) {
    std::string detail;
    for (const std::string& message : drop.messages) detail += (detail.empty() ? "" : "\n") + message;
    throw SqlError(sqlstate::kDependentObjectsStillExist, "cannot drop " + what + " because other objects depend on it")
        .Detail(detail)
        .Hint("Use DROP ... CASCADE to drop the dependent objects too.");
  }
  if (dropped != nullptr) dropped->insert(dropped->end(), drop.descriptions.begin(), drop.descriptions.end());
}

void CatalogChange::Execute(const Drop& drop) {
  for (const auto& [table_oid, column] : drop.defaults) {
    const RelationRef table = View()->FindRelation(table_oid);
    if (table == nullptr || drop.seen.contains(table_oid)) continue;
    RelationEntry changed = *table;
    ColumnEntry& entry = changed.columns[static_cast<size_t>(column.value) - 1];
    entry.default_sql.clear();
    entry.sequence = kInvalidOid;
    ReplaceRelation(std::move(changed));
  }
  for (const auto& [table, key] : drop.foreign_keys) DropForeignKey(table, key);
  for (const RelationRef& relation : drop.relations) {
    const std::vector<ForeignKey> own = relation->foreign_keys;
    for (const ForeignKey& key : own) DropForeignKey(relation->oid, key.oid);
    std::vector<std::shared_ptr<index::OrderedIndex>> obsolete;
    if (relation->kind == RelationKind::kTable) catalog_.storage().DropTable(transaction_, relation->storage);
    if (relation->kind == RelationKind::kSequence) {
      transaction_.writes().Delete(storage::KeySpace::kCatalog, SequenceRecordKey(relation->storage));
    }
    if (relation->kind == RelationKind::kIndex) {
      obsolete.push_back(relation->index->ordered);
      const RelationRef table = View()->FindRelation(relation->index->table);
      if (table != nullptr && !drop.seen.contains(table->oid)) {
        RelationEntry changed = *table;
        std::erase(changed.indexes, relation->oid);
        ReplaceRelation(std::move(changed));
      }
    }
    transaction_.writes().Delete(storage::KeySpace::kCatalog, RecordKey('r', relation->oid));
    Record({relation->oid, RelationRef(), std::move(obsolete)});
  }
}

void CatalogChange::DropRelation(Oid oid, bool cascade, std::vector<std::string>* dropped) {
  const CatalogRef view = View();
  const RelationRef relation = view->FindRelation(oid);
  if (relation == nullptr) throw SqlError(sqlstate::kUndefinedTable, Format("relation with OID %u does not exist", oid));
  if (relation->kind == RelationKind::kSystemView) {
    throw SqlError(sqlstate::kInsufficientPrivilege, Format("permission denied: \"%s\" is a system catalog", relation->name.c_str()));
  }
  if (relation->kind == RelationKind::kIndex && relation->index->constraint_oid != kInvalidOid) {
    const std::string constraint = "constraint " + relation->name + " on " + Describe(*view->FindRelation(relation->index->table));
    throw SqlError(sqlstate::kDependentObjectsStillExist, "cannot drop " + Describe(*relation) + " because " + constraint + " requires it")
        .Hint("You can drop " + constraint + " instead.");
  }
  if (relation->kind == RelationKind::kSequence && relation->sequence->owner_table != kInvalidOid) {
    const RelationRef owner = view->FindRelation(relation->sequence->owner_table);
    const ColumnId column = relation->sequence->owner_column;
    if (owner != nullptr && column.value > 0 && owner->column(column).identity != Identity::kNone) {
      const std::string what = "column " + owner->column(column).name + " of " + Describe(*owner);
      throw SqlError(sqlstate::kDependentObjectsStillExist, "cannot drop " + Describe(*relation) + " because " + what + " requires it")
          .Hint("You can drop " + what + " instead.");
    }
  }
  Drop drop;
  Collect(relation, drop);
  RefuseUnlessCascade(Describe(*relation), cascade, drop, dropped);
  Execute(drop);
}

void CatalogChange::DropConstraint(Oid table_oid, std::string_view name, bool cascade, std::vector<std::string>* dropped) {
  const RelationRef table = View()->FindRelation(table_oid);
  if (table == nullptr) throw SqlError(sqlstate::kUndefinedTable, Format("relation with OID %u does not exist", table_oid));
  for (size_t i = 0; i < table->checks.size(); i++) {
    if (table->checks[i].name != name) continue;
    RelationEntry changed = *table;
    changed.checks.erase(changed.checks.begin() + static_cast<std::ptrdiff_t>(i));
    ReplaceRelation(std::move(changed));
    return;
  }
  for (const ForeignKey& key : table->foreign_keys) {
    if (key.name == name) return DropForeignKey(table_oid, key.oid);
  }
  for (Oid oid : table->indexes) {
    const RelationRef index = View()->FindRelation(oid);
    if (index == nullptr || index->name != name || index->index->constraint_oid == kInvalidOid) continue;
    Drop drop;
    Collect(index, drop);
    RefuseUnlessCascade("constraint " + index->name + " on " + Describe(*table), cascade, drop, dropped);
    Execute(drop);
    return;
  }
  throw SqlError(sqlstate::kUndefinedObject,
                 Format("constraint \"%s\" of relation \"%s\" does not exist", std::string(name).c_str(), table->name.c_str()));
}

// ---- roles and databases

void CatalogChange::PutRole(RoleEntry entry) {
  const RoleEntry* other = View()->FindRole(entry.name);
  if (other != nullptr && other->oid != entry.oid) throw SqlError(sqlstate::kDuplicateObject, Format("role \"%s\" already exists", entry.name.c_str()));
  if (entry.oid == kInvalidOid) entry.oid = catalog_.storage().NewOid();
  const Oid oid = entry.oid;
  transaction_.writes().Put(storage::KeySpace::kCatalog, RecordKey('o', oid), EncodeRole(entry));
  Record({oid, std::make_shared<const RoleEntry>(std::move(entry))});
}

void CatalogChange::DropRole(Oid oid) {
  const CatalogRef view = View();
  const RoleEntry* role = view->FindRole(oid);
  if (role == nullptr) throw SqlError(sqlstate::kUndefinedObject, Format("role with OID %u does not exist", oid));
  if (oid == kBootstrapRole) {
    throw SqlError(sqlstate::kDependentObjectsStillExist,
                   Format("cannot drop role %s because it is required by the database system", role->name.c_str()));
  }
  std::string detail;
  const auto add = [&](const std::string& what) { detail += (detail.empty() ? "owner of " : "\nowner of ") + what; };
  for (const DatabaseEntry* database : view->Databases()) {
    if (database->owner == oid) add("database " + database->name);
  }
  for (const SchemaEntry* schema : view->Schemas()) {
    if (schema->owner == oid) add("schema " + schema->name);
  }
  for (const RelationRef& relation : view->Relations()) {
    if (relation->owner == oid && relation->kind != RelationKind::kIndex) add(Describe(*relation));
  }
  const auto add_elsewhere = [&](const DatabaseEntry& database, int count) {
    if (count == 0) return;
    detail += (detail.empty() ? "" : "\n") + (count == 1 ? "1 object" : Format("%d objects", count)) + " in database " + database.name;
  };
  for (const DatabaseEntry* entry : view->Databases()) {
    const std::shared_ptr<Database> database = entry->oid == database_->oid ? nullptr : FindDatabase(entry->oid);
    if (database == nullptr) continue;
    const CatalogRef other = catalog_.Current(*database);
    int count = 0;
    for (const SchemaEntry* schema : other->Schemas()) count += schema->owner == oid;
    for (const RelationRef& relation : other->Relations()) count += relation->owner == oid && relation->kind != RelationKind::kIndex;
    add_elsewhere(*entry, count);
  }
  if (!detail.empty()) {
    throw SqlError(sqlstate::kDependentObjectsStillExist,
                   Format("role \"%s\" cannot be dropped because some objects depend on it", role->name.c_str())).Detail(detail);
  }
  transaction_.writes().Delete(storage::KeySpace::kCatalog, RecordKey('o', oid));
  Record({oid, RoleRef()});
}

std::shared_ptr<Database> CatalogChange::FindDatabase(Oid oid) const {
  std::lock_guard lock(state_.databases_mutex);
  const auto found = state_.databases.find(oid);
  return found == state_.databases.end() ? nullptr : found->second;
}

void CatalogChange::PutDatabaseRecord(const DatabaseEntry& entry) {
  for (const DatabaseEntry* other : View()->Databases()) {
    if (other->name == entry.name && other->oid != entry.oid) {
      throw SqlError(sqlstate::kDuplicateDatabase, Format("database \"%s\" already exists", entry.name.c_str()));
    }
  }
  transaction_.writes().Put(storage::KeySpace::kCatalog, RecordKey('d', entry.oid), EncodeDatabase(entry));
}

Oid CatalogChange::CreateDatabase(DatabaseEntry entry, Oid from_template) {
  const std::shared_ptr<Database> from = FindDatabase(from_template);
  if (from == nullptr) throw SqlError(sqlstate::kInvalidCatalogName, Format("database with OID %u does not exist", from_template));
  entry.oid = catalog_.storage().NewOid();
  PutDatabaseRecord(entry);
  std::vector<SchemaRef> schemas;
  const CatalogRef source = catalog_.Current(*from);
  for (const SchemaEntry* schema : source->Schemas()) {
    if (schema->oid == kPgCatalogSchema || schema->oid == kInformationSchema || schema->name.starts_with("pg_temp_")) continue;
    if (!source->Relations(schema->oid).empty()) {
      ThrowNotSupported("copying a template database that holds tables, views or sequences is not supported yet");
    }
    auto copy = std::make_shared<SchemaEntry>(*schema);
    copy->oid = catalog_.storage().NewOid();
    copy->database = entry.oid;
    transaction_.writes().Put(storage::KeySpace::kCatalog, RecordKey('s', copy->oid), EncodeSchema(*copy));
    schemas.push_back(std::move(copy));
  }
  const Oid oid = entry.oid;
  Record({oid, std::make_shared<const DatabaseEntry>(std::move(entry)), {}, std::move(schemas)});
  return oid;
}

void CatalogChange::ReplaceDatabase(DatabaseEntry entry) {
  PutDatabaseRecord(entry);
  const Oid oid = entry.oid;
  Record({oid, std::make_shared<const DatabaseEntry>(std::move(entry))});
}

void CatalogChange::DropDatabase(Oid oid) {
  const std::shared_ptr<Database> database = FindDatabase(oid);
  const DatabaseRef* entry = View()->state().databases.Find(oid);
  if (database == nullptr || entry == nullptr) throw SqlError(sqlstate::kInvalidCatalogName, Format("database with OID %u does not exist", oid));
  {
    std::lock_guard lock(state_.databases_mutex);
    if (database->connections > 0 || database->dropping) {
      SqlError error(sqlstate::kObjectInUse, Format("database \"%s\" is being accessed by other users", (*entry)->name.c_str()));
      const uint32_t others = database->connections;
      if (others == 0) throw error;
      throw std::move(error).Detail(others == 1 ? "There is 1 other session using the database." : Format("There are %u other sessions using the database.", others));
    }
    database->dropping = true;
  }
  // Nobody is in there, and nobody comes in any more: what is seen here is all there is.
  Change change{oid, DatabaseRef()};
  const CatalogRef contents = catalog_.Current(*database);
  for (const SchemaEntry* schema : contents->Schemas()) transaction_.writes().Delete(storage::KeySpace::kCatalog, RecordKey('s', schema->oid));
  for (const RelationRef& relation : contents->Relations()) {
    if (relation->kind == RelationKind::kSystemView) continue;
    if (relation->kind == RelationKind::kTable) catalog_.storage().DropTable(transaction_, relation->storage);
    if (relation->kind == RelationKind::kSequence) transaction_.writes().Delete(storage::KeySpace::kCatalog, SequenceRecordKey(relation->storage));
    if (relation->kind == RelationKind::kIndex) change.obsolete.push_back(relation->index->ordered);
    transaction_.writes().Delete(storage::KeySpace::kCatalog, RecordKey('r', relation->oid));
  }
  transaction_.writes().Delete(storage::KeySpace::kCatalog, RecordKey('d', oid));
  Record(std::move(change));
}

void CatalogChange::SetDropping(const Change& change, bool dropping) {
  const auto* entry = std::get_if<DatabaseRef>(&change.entry);
  if (entry == nullptr || *entry != nullptr) return;
  const std::shared_ptr<Database> database = FindDatabase(change.oid);
  std::lock_guard lock(state_.databases_mutex);
  if (database != nullptr) database->dropping = dropping;
}

// ---- the transaction's end

void CatalogChange::CheckNames(const CatalogSnapshot::State& newest) const {
  for (const auto& [schema, name] : taken_names_) {
    const RelationRef* other = newest.relation_names.FindLike(RelationNameView{schema, name});
    if (other == nullptr) continue;
    // Free again only when this transaction dropped or renamed the one that has it.
    const RelationRef* own = view_->state().relations.Find((*other)->oid);
    if (own != nullptr && (*own)->schema == schema && (*own)->name == name) ThrowRelationExists(name);
  }
  for (Oid schema : used_schemas_) {
    if (newest.schemas.Find(schema) == nullptr && view_->FindSchema(schema) == nullptr) {
      throw SqlError(sqlstate::kInvalidSchemaName, Format("schema with OID %u does not exist", schema));
    }
  }
}

void CatalogChange::BeforeCommit(storage::WriteSet&) {
  if (log_.empty()) return;
  std::lock_guard lock(state_.committing_mutex);
  const CatalogRef view = View();
  const CatalogRef newest = base_;
  for (const Change& change : log_) {
    if (const auto* relation = std::get_if<RelationRef>(&change.entry)) {
      const RelationRef last = view->FindRelation(change.oid);
      const RelationRef before = newest->FindRelation(change.oid);
      if (*relation == nullptr || last == nullptr) continue;
      if (before != nullptr && before->schema == last->schema && before->name == last->name) continue;
      taken_names_.emplace(last->schema, last->name);
      used_schemas_.insert(last->schema);
    }
    if (const auto* schema = std::get_if<SchemaRef>(&change.entry)) {
      if (*schema == nullptr) {
        dropped_schemas_.insert(change.oid);
      } else {
        taken_schema_names_.insert((*schema)->name);
        for (const SchemaEntry* other : newest->Schemas()) {
          if (other->name == (*schema)->name && other->oid != change.oid && view->FindSchema(other->oid) != nullptr) ThrowSchemaExists(other->name);
        }
      }
    }
  }
  CheckNames(newest->state());
  for (Oid schema : dropped_schemas_) {
    for (const RelationRef& relation : view->Relations(schema)) {
      throw SqlError(sqlstate::kDependentObjectsStillExist, "cannot drop schema because other objects depend on it")
          .Detail(Describe(*relation) + " depends on it")
          .Hint("Use DROP ... CASCADE to drop the dependent objects too.");
    }
  }
  for (const CatalogChange* other : state_.committing) {
    for (const auto& name : taken_names_) {
      if (other->taken_names_.contains(name)) ThrowRelationExists(name.second);
    }
    for (const std::string& name : taken_schema_names_) {
      if (other->taken_schema_names_.contains(name)) ThrowSchemaExists(name);
    }
    for (Oid schema : used_schemas_) {
      if (other->dropped_schemas_.contains(schema)) throw SqlError(sqlstate::kInvalidSchemaName, Format("schema with OID %u does not exist", schema));
    }
    for (Oid schema : dropped_schemas_) {
      if (other->used_schemas_.contains(schema)) {
        throw SqlError(sqlstate::kDependentObjectsStillExist, "cannot drop schema because other objects depend on it")
            .Hint("Use DROP ... CASCADE to drop the dependent objects too.");
      }
    }
  }
  state_.committing.push_back(this);
}

// Replays the log over the newest snapshot of the own database, and what all share over everybody's.
void CatalogChange::Publish() {
  const bool shared = std::any_of(log_.begin(), log_.end(), [](const Change& change) { return change.shared(); });
  std::lock_guard lock(state_.committing_mutex);
  const auto replay = [&](Database& database) {
    CatalogSnapshot::State next = database.current.load()->state();
    for (const Change& change : log_) {
      if (change.shared() || &database == database_.get()) Apply(change, next);
    }
    next.version++;
    database.Publish(std::move(next));
  };
  if (!shared) return replay(*database_);
  std::lock_guard databases_lock(state_.databases_mutex);
  for (const auto& [oid, database] : state_.databases) replay(*database);
  for (const Change& change : log_) {
    const auto* entry = std::get_if<DatabaseRef>(&change.entry);
    if (entry == nullptr) continue;
    if (*entry == nullptr) {
      state_.databases.erase(change.oid);
    } else if (!state_.databases.contains(change.oid)) {
      const CatalogSnapshot::State& own = database_->current.load()->state();
      CatalogSnapshot::State state;
      AddBuiltIn(state);
      state.roles = own.roles, state.role_names = own.role_names, state.databases = own.databases;
      for (const SchemaRef& schema : change.schemas) state.PutSchema(schema);
      auto database = std::make_shared<Database>(change.oid);
      database->Publish(std::move(state));
      state_.databases[change.oid] = std::move(database);
    }
  }
}

void CatalogChange::Committed(CommitTimestamp) {
  if (!log_.empty()) Publish();
  for (const Change& change : log_) {
    for (const std::shared_ptr<index::OrderedIndex>& index : change.obsolete) {
      try {
        index->Clear();
      } catch (...) {  // its id is never used again: what stays only takes room
      }
    }
  }
  Leave();
}

void CatalogChange::RolledBack() {
  for (const Change& change : log_) SetDropping(change, false);
  Leave();
}

void CatalogChange::Leave() {
  {
    std::lock_guard lock(state_.committing_mutex);
    std::erase(state_.committing, this);
  }
  std::lock_guard lock(state_.open_mutex);
  if (state_.open.erase(id_) > 0) state_.open_count.fetch_sub(1);
}

}  // namespace gather::catalog
