#include "maintenance/catalog_link.h"

#include "catalog/analysis_columns.h"
#include "storage/analysis/analysis.h"
#include "types/datetime.h"

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

void AnalyzeTable(const catalog::Catalog& catalog, storage::Storage& storage, const storage::TableStore& table, int target,
                  const std::function<void()>& pause) {
  const auto [snapshot, relation] = FindByStorage(catalog, table.id());
  if (relation == nullptr || relation->temporary) return;
  storage::AnalysisRequest request = storage::FullAnalysis(catalog::AnalysisColumns(*relation), catalog::AnalysisTargets(*relation, target));
  request.pause = pause;
  const uint64_t begun = storage::BeginAnalysis(table);
  storage::TableAnalysis analysis = *storage::Analyze(relation->table, storage.transactions().Latest(), request);
  storage::KeepAnalysis(table, std::move(analysis), begun, true, NowMicros());
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
