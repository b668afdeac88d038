// ReferencedRows: rows of a referenced table by key, for foreign keys; and what is said where there is none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "executor/constraint/foreign_key_queue.h"
#include "executor/execution.h"

namespace gather::executor {

// The type of key columns lets them be compared, and looked up in the referenced index.
bool CanReference(const catalog::FunctionRegistry& functions, Oid referencing, Oid referenced);

class ReferencedRows {
 public:
  ReferencedRows(Session& session, const ForeignKeyBatch& batch);
  // A row with this key is there and has a KEY SHARE lock now; waits for those who are deleting it. Values without null, in the order of the constraint's columns.
  bool Lock(const std::vector<Datum>& values);

 private:
  std::optional<Datum> Convert(const Datum& value, size_t column);
  bool LockOne(RowId row, bool* gone);

  const catalog::RelationRef referenced_;  // as it is now, locked against being rewritten
  const ExecutionContext context_;
  storage::TableStore& table_;
  std::shared_ptr<index::OrderedIndex> index_;
  std::vector<size_t> order_;              // index column i is the constraint's column order_[i]
  std::vector<SqlType> types_;             // of the referenced columns, in the constraint's order
  std::vector<sql::ExprRef> casts_;        // of slot 0; null: the value will do as it is
  std::vector<Datum> key_;
  std::vector<RowId> found_;
};

// "(a, b)=(1, 2)"
std::string KeyText(Session& session, const catalog::RelationEntry& table, const std::vector<ColumnId>& columns, const std::vector<Datum>& values);
[[noreturn]] void ThrowNotPresent(Session& session, const catalog::RelationEntry& table, const catalog::ForeignKey& key, const catalog::RelationEntry& referenced,
                                  const std::vector<Datum>& values);
[[noreturn]] void ThrowMixedNulls(Session& session, const catalog::RelationEntry& table, const catalog::ForeignKey& key);

}  // namespace gather::executor
