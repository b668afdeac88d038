// What maintenance and storage's messages ask of the catalog: which indexes a table has, and how it is called.
//
// Reads the newest committed snapshot. Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "catalog/catalog.h"

namespace gather::maintenance {

// "schema.name" of the relation whose rows these are; empty when no committed relation has them.
std::string TableName(const catalog::Catalog& catalog, StorageId storage);
// ANALYZE with `target` entries where a column has no target of its own; nothing for temporary tables and those of no committed relation.
void AnalyzeTable(const catalog::Catalog& catalog, storage::Storage& storage, const storage::TableStore& table, int target,
                  const std::function<void()>& pause);
// Removes index entries whose rows are dead to everyone from all indexes of the table; returns how many.
uint64_t VacuumIndexes(const catalog::Catalog& catalog, const storage::TableStore& table);

}  // namespace gather::maintenance
