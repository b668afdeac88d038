// TableWriter: rows into one table, as INSERT, UPDATE and COPY do: NOT NULL and CHECK constraints, the rows, their index entries.
//
// Runs on the leader's thread: one transaction has one writer. Throws 23502, 23514, 23505 with PostgreSQL's texts and fields.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "executor/execution_state.h"
#include "executor/expression/evaluator.h"
#include "sql/query.h"
#include "storage/table.h"

namespace gather::executor {

class TableWriter {
 public:
  // `modify` and `state` outlive this.
  TableWriter(const sql::BoundModify& modify, catalog::CatalogRef catalog, ExecutionState& state);

  // Columns of `rows`: those of BoundModify::stored; what follows them is ignored.
  void Insert(const Chunk& rows);

 private:
  struct Index {
    const sql::BoundIndex* bound = nullptr;
    ExpressionList keys;
    std::unique_ptr<Filter> predicate;
  };

  std::pair<std::string, std::string> TableName() const;   // schema, table
  std::string FailingRow(const Chunk& rows, RowIndex row) const;
  void CheckConstraints(const Chunk& rows);
  void InsertEntries(Index& index, const Chunk& rows);

  const sql::BoundModify& modify_;
  const catalog::RelationEntry& table_;
  const catalog::CatalogRef catalog_;
  ExecutionState& state_;
  std::vector<storage::StoredColumn> stored_;
  std::vector<EvaluatorPtr> checks_;
  std::vector<Index> indexes_;
  std::vector<RowId> ids_;
  Selection selected_;
};

}  // namespace gather::executor
