// BulkInsert: the rows that one command of one transaction adds to one table.
//
// A few rows go to the table's open row group, next to everybody's. From kBulkRows on the command fills row groups of its own; each that
// is full becomes segments at once and leaves memory; the commit publishes them by their records. The last one becomes segments too
// when it is worth it, else it stays fresh and is the table's open group afterwards.
// Before a file of segments becomes part of the store a pending record says so: rollback, or recovery after a crash, removes what no
// commit published.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/group_writer.h"
#include "storage/table.h"
#include "storage/table_state.h"
#include "storage/transaction_state.h"

namespace gather::storage {

class BulkInsert {
 public:
  explicit BulkInsert(TableStore::State& table) : table_(table) {}
  ~BulkInsert();

  TableStore::State& table() const { return table_; }
  void Insert(Transaction::State& transaction, std::span<const StoredColumn> columns, std::span<const ColumnSource> sources, uint32_t count, RowId* ids);
  // Makes what was written readable for the transaction's next command.
  void EndCommand(Transaction::State& transaction);

 private:
  void InsertShared(Transaction::State& transaction, std::span<const StoredColumn> columns, std::span<const ColumnSource> sources, uint32_t count, RowId* ids);
  void BeginOwnGroup(std::span<const StoredColumn> columns);
  void Encode(Transaction::State& transaction);
  void FinishFile(Transaction::State& transaction);

  TableStore::State& table_;
  uint64_t rows_ = 0;                                    // of this command
  std::shared_ptr<RowGroup> adoptable_;                  // an open group that held nothing but our rows, when we looked
  uint32_t adoptable_rows_ = 0;
  std::shared_ptr<RowGroup> own_;
  std::unique_ptr<GroupWriter> writer_;
  std::vector<std::pair<std::shared_ptr<RowGroup>, std::shared_ptr<const FrozenColumns>>> encoded_;  // not yet readable
};

}  // namespace gather::storage
