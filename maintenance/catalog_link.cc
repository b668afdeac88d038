#include "maintenance/catalog_link.h"

namespace gather::maintenance {

namespace {

catalog::RelationRef FindByStorage(const catalog::CatalogSnapshot& snapshot, StorageId storage) {
  for (catalog::RelationRef& relation : snapshot.Relations()) {
    if (relation->kind == catalog::RelationKind::kTable && relation->storage == storage) return std::move(relation);
  }
  return nullptr;
}

}  // namespace

std::string TableName(const catalog::Catalog& catalog, StorageId storage) {
  const catalog::CatalogRef snapshot = catalog.Current();
  const catalog::RelationRef relation = FindByStorage(*snapshot, storage);
  if (relation == nullptr) return {};
  const catalog::SchemaEntry* schema = snapshot->FindSchema(relation->schema);
  return schema == nullptr ? relation->name : schema->name + "." + relation->name;
}

uint64_t VacuumIndexes(const catalog::Catalog& catalog, const storage::TableStore& table) {
  const catalog::CatalogRef snapshot = catalog.Current();
  const catalog::RelationRef relation = FindByStorage(*snapshot, table.id());
  if (relation == nullptr) return 0;
  uint64_t removed = 0;
  for (const Oid oid : relation->indexes) {
    const catalog::RelationRef index = snapshot->FindRelation(oid);
    if (index != nullptr && index->index.has_value() && index->index->ordered != nullptr) removed += index->index->ordered->Vacuum(table);
  }
  return removed;
}

}  // namespace gather::maintenance
