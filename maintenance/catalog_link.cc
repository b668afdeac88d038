#include "maintenance/catalog_link.h"

namespace gather::maintenance {

namespace {

struct Found {
  catalog::CatalogRef snapshot;
  catalog::RelationRef relation;                           // null: no table of any database has this storage
};

Found FindByStorage(const catalog::Catalog& catalog, StorageId storage) {
  for (catalog::CatalogRef& snapshot : catalog.CurrentOfAll()) {
    for (catalog::RelationRef& relation : snapshot->Relations()) {
      if (relation->kind == catalog::RelationKind::kTable && relation->storage == storage) return {std::move(snapshot), std::move(relation)};
    }
  }
  return {};
}

}  // namespace

std::string TableName(const catalog::Catalog& catalog, StorageId storage) {
  const auto [snapshot, relation] = FindByStorage(catalog, storage);
  if (relation == nullptr) return {};
  const catalog::SchemaEntry* schema = snapshot->FindSchema(relation->schema);
  return schema == nullptr ? relation->name : schema->name + "." + relation->name;
}

uint64_t VacuumIndexes(const catalog::Catalog& catalog, const storage::TableStore& table) {
  const auto [snapshot, relation] = FindByStorage(catalog, table.id());
  if (relation == nullptr) return 0;
  uint64_t removed = 0;
  for (const Oid oid : relation->indexes) {
    const catalog::RelationRef index = snapshot->FindRelation(oid);
    if (index != nullptr && index->index.has_value() && index->index->ordered != nullptr) removed += index->index->ordered->Vacuum(table);
  }
  return removed;
}

}  // namespace gather::maintenance
