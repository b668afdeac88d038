// The columns of a table as an analysis of its rows reads them (storage/analysis/analysis.h): ANALYZE, autoanalyze and planning ask here.
#pragma once

#include <vector>

#include "catalog/catalog.h"

namespace gather::catalog {

// Columns that are not dropped, by number.
std::vector<storage::ScanColumn> AnalysisColumns(const RelationEntry& table);
// Their statistics targets: ALTER COLUMN … SET STATISTICS, or `otherwise`.
std::vector<int> AnalysisTargets(const RelationEntry& table, int otherwise);

}  // namespace gather::catalog
