// ScanColumns: the columns a scan node wants, split into what storage reads and what is made here (ctid, tableoid). Immutable.
#pragma once

#include <vector>

#include "planner/plan.h"
#include "storage/table.h"
#include "types/vector.h"

namespace gather::executor {

class ScanColumns {
 public:
  struct Column {
    int stored = -1;                       // position among stored(); -1: system column
    bool ctid = false;
    SqlType type;
  };
  ScanColumns(const std::vector<planner::ScanColumnRef>& columns, const catalog::RelationEntry& table);
  const std::vector<Column>& list() const { return list_; }
  const std::vector<storage::ScanColumn>& stored() const { return stored_; }
  const Vector& table_oid() const { return table_oid_; }

 private:
  std::vector<Column> list_;
  std::vector<storage::ScanColumn> stored_;
  Vector table_oid_;
};

}  // namespace gather::executor
