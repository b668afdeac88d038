#include "executor/operators/scan_columns.h"

namespace gather::executor {

ScanColumns::ScanColumns(const std::vector<planner::ScanColumnRef>& columns, const catalog::RelationEntry& table) {
  list_.reserve(columns.size());
  stored_.reserve(columns.size());
  for (const planner::ScanColumnRef& column : columns) {
    Column made;
    made.type = column.type;
    if (column.column.value > 0) {
      made.stored = static_cast<int>(stored_.size());
      stored_.push_back({column.column, column.type, table.column(column.column).missing});
    } else if (column.system == planner::ScanColumnRef::System::kCtid) {
      made.ctid = true;
    } else {
      table_oid_ = Vector::Constant(Datum::OfOid(table.oid));
    }
    list_.push_back(made);
  }
}

}  // namespace gather::executor
