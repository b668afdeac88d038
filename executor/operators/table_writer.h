// TableWriter: rows into one table, as INSERT, UPDATE and COPY do: NOT NULL and CHECK constraints, the rows, their index entries.
//
// Runs on the leader's thread: one transaction has one writer. Throws 23502, 23514, 23505 with PostgreSQL's texts and fields.
#pragma once

#include <memory>
#include <optional>
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

  // Columns of `rows`: those of BoundModify::stored; what follows them is ignored. Fills in generated columns.
  void Insert(Chunk& rows);
  // The row ids of the last Insert.
  const std::vector<RowId>& inserted() const { return ids_; }

  // ---- ON CONFLICT, one row at a time
  // Generated columns and constraints only: what must be right even of a row that is not inserted.
  void Check(Chunk& row);
  // Of a row for which FindConflict has found nothing: when somebody was quicker, the statement looks again.
  void InsertProbed(Chunk& row);
  // A live row with the same key in one of the conflict's unique indexes; waits for those who are inserting or deleting one.
  std::optional<RowId> FindConflict(const Chunk& row);

 private:
  struct Index {
    const sql::BoundIndex* bound = nullptr;
    ExpressionList keys;
    std::unique_ptr<Filter> predicate;
  };

  std::pair<std::string, std::string> TableName() const;   // schema, table
  std::string FailingRow(const Chunk& rows, RowIndex row) const;
  void Generate(Chunk& rows);
  void CheckConstraints(const Chunk& rows);
  void InsertEntries(Index& index, const Chunk& rows);
  bool IsArbiter(const Index& index) const;

  const sql::BoundModify& modify_;
  const catalog::RelationEntry& table_;
  const catalog::CatalogRef catalog_;
  ExecutionState& state_;
  std::vector<storage::StoredColumn> stored_;
  ExpressionList generated_;
  std::vector<EvaluatorPtr> checks_;
  std::vector<Index> indexes_;
  std::vector<RowId> ids_;
  bool probed_ = false;                                  // by FindConflict: a unique conflict is a race lost, not an error
  Selection selected_;
};

}  // namespace gather::executor
