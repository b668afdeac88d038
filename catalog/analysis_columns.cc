#include "catalog/analysis_columns.h"

namespace gather::catalog {

std::vector<storage::ScanColumn> AnalysisColumns(const RelationEntry& table) {
  std::vector<storage::ScanColumn> columns;
  for (const ColumnEntry& column : table.columns) {
    if (!column.dropped) columns.push_back({column.id, column.type, column.missing});
  }
  return columns;
}

std::vector<int> AnalysisTargets(const RelationEntry& table, int otherwise) {
  std::vector<int> targets;
  for (const ColumnEntry& column : table.columns) {
    if (!column.dropped) targets.push_back(column.statistics_target < 0 ? otherwise : column.statistics_target);
  }
  return targets;
}

}  // namespace gather::catalog
