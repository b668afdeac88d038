#include <algorithm>

#include "catalog/snapshot_state.h"

namespace gather::catalog {

void CatalogSnapshot::State::PutRelation(RelationRef relation) {
  EraseRelation(relation->oid);
  relation_names.Put({relation->schema, relation->name}, relation);
  const Oid oid = relation->oid;
  relations.Put(oid, std::move(relation));
}

void CatalogSnapshot::State::EraseRelation(Oid oid) {
  const RelationRef* old = relations.Find(oid);
  if (old == nullptr) return;
  relation_names.Erase({(*old)->schema, (*old)->name});
  relations.Erase(oid);
}

void CatalogSnapshot::State::PutSchema(SchemaRef schema) {
  EraseSchema(schema->oid);
  schema_names.Put(schema->name, schema);
  const Oid oid = schema->oid;
  schemas.Put(oid, std::move(schema));
}

void CatalogSnapshot::State::EraseSchema(Oid oid) {
  const SchemaRef* old = schemas.Find(oid);
  if (old == nullptr) return;
  schema_names.Erase((*old)->name);
  schemas.Erase(oid);
}

void CatalogSnapshot::State::PutRole(RoleRef role) {
  EraseRole(role->oid);
  role_names.Put(role->name, role);
  const Oid oid = role->oid;
  roles.Put(oid, std::move(role));
}

void CatalogSnapshot::State::EraseRole(Oid oid) {
  const RoleRef* old = roles.Find(oid);
  if (old == nullptr) return;
  role_names.Erase((*old)->name);
  roles.Erase(oid);
}

const ColumnEntry* RelationEntry::FindColumn(std::string_view column_name) const {
  for (const ColumnEntry& column : columns) {
    if (!column.dropped && column.name == column_name) return &column;
  }
  return nullptr;
}

uint64_t CatalogSnapshot::version() const { return state_->version; }

const SchemaEntry* CatalogSnapshot::FindSchema(std::string_view name) const {
  const SchemaRef* found = state_->schema_names.FindLike(name);
  return found == nullptr ? nullptr : found->get();
}

const SchemaEntry* CatalogSnapshot::FindSchema(Oid oid) const {
  const SchemaRef* found = state_->schemas.Find(oid);
  return found == nullptr ? nullptr : found->get();
}

RelationRef CatalogSnapshot::FindRelation(Oid schema, std::string_view name) const {
  const RelationRef* found = state_->relation_names.FindLike(RelationNameView{schema, name});
  return found == nullptr ? nullptr : *found;
}

RelationRef CatalogSnapshot::FindRelation(Oid oid) const {
  const RelationRef* found = state_->relations.Find(oid);
  return found == nullptr ? nullptr : *found;
}

RelationRef CatalogSnapshot::FindRelation(std::span<const Oid> search_path, std::string_view name) const {
  bool lists_catalog = false;
  for (Oid schema : search_path) lists_catalog |= schema == kPgCatalogSchema;
  if (!lists_catalog) {
    if (RelationRef found = FindRelation(kPgCatalogSchema, name)) return found;
  }
  for (Oid schema : search_path) {
    if (RelationRef found = FindRelation(schema, name)) return found;
  }
  return nullptr;
}

const RoleEntry* CatalogSnapshot::FindRole(std::string_view name) const {
  const RoleRef* found = state_->role_names.FindLike(name);
  return found == nullptr ? nullptr : found->get();
}

const RoleEntry* CatalogSnapshot::FindRole(Oid oid) const {
  const RoleRef* found = state_->roles.Find(oid);
  return found == nullptr ? nullptr : found->get();
}

std::vector<const SchemaEntry*> CatalogSnapshot::Schemas() const {
  std::vector<const SchemaEntry*> all;
  state_->schemas.ForEach([&](Oid, const SchemaRef& schema) { all.push_back(schema.get()); });
  return all;
}

std::vector<RelationRef> CatalogSnapshot::Relations() const {
  std::vector<RelationRef> all;
  state_->relations.ForEach([&](Oid, const RelationRef& relation) { all.push_back(relation); });
  return all;
}

std::vector<RelationRef> CatalogSnapshot::Relations(Oid schema) const {
  std::vector<RelationRef> all;
  state_->relation_names.ForEachFrom(RelationNameView{schema, {}}, [&](const RelationName& name, const RelationRef& relation) {
    if (name.schema != schema) return false;
    all.push_back(relation);
    return true;
  });
  return all;
}

std::vector<Reference> CatalogSnapshot::ReferencesTo(const RelationEntry& table) const {
  std::vector<Reference> references;
  for (const Oid oid : table.referenced_by) {
    const RelationRef other = FindRelation(oid);
    if (other == nullptr) continue;
    for (const ForeignKey& key : other->foreign_keys) {
      if (key.table == table.oid) references.push_back({other, &key});
    }
  }
  std::sort(references.begin(), references.end(), [](const Reference& a, const Reference& b) { return a.key->oid < b.key->oid; });
  return references;
}

std::vector<const RoleEntry*> CatalogSnapshot::Roles() const {
  std::vector<const RoleEntry*> all;
  state_->roles.ForEach([&](Oid, const RoleRef& role) { all.push_back(role.get()); });
  return all;
}

std::vector<const DatabaseEntry*> CatalogSnapshot::Databases() const {
  std::vector<const DatabaseEntry*> all;
  state_->databases.ForEach([&](Oid, const DatabaseRef& database) { all.push_back(database.get()); });
  return all;
}

}  // namespace gather::catalog
