// Tables without a server: a catalog in a data directory of its own, rows written straight into storage, statements bound and planned, plans
// as EXPLAIN (COSTS OFF) prints them.
#pragma once

#include <string>
#include <vector>

#include "planner/explain.h"
#include "planner/plan.h"
#include "sql/sql.h"
#include "tests/unit/catalog/test_catalog.h"

namespace gather::planner {

class TestDatabase {
 public:
  // Column names with types: {"a", int4}; `rows` rows of small numbers in int4 columns (column c of row r: r % (c ? 10 * c : rows)).
  struct Column {
    std::string name;
    Oid type = type_oid::kInt4;
    bool not_null = false;
  };
  Oid CreateTable(const std::string& name, const std::vector<Column>& columns, uint32_t rows);
  void CreateIndex(const std::string& name, const std::string& table, const std::vector<int16_t>& columns, catalog::IndexKind kind);

  PlanRef Plan(const std::string& sql);
  // Lines of EXPLAIN (COSTS OFF), each with a newline.
  std::string Explain(const std::string& sql);

  PlannerSettings settings;                            // one core unless a test says otherwise
  ParallelHistory history;

 private:
  catalog::TestCatalog catalog_;
};

}  // namespace gather::planner
