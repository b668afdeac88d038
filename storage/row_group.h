// RowGroup: 65,536 row slots of one table: columns (fresh or frozen) and versions.
//
// Listed by its table's group list, shared by readers, scans and transactions that touched it. What a reader uses is pinned by Pin, a
// few pointers copied under the latch, and then read unlocked. Writers hold the latch for one append or one stamp run.
//
//   open ──(full, or closed)──► closed ──(Freeze: every insert ended)──► frozen
//   Invariants: slots below rows() never change their values; a frozen group never thaws; a closed one takes no more rows.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "storage/fresh_columns.h"
#include "storage/frozen_columns.h"
#include "storage/table.h"
#include "storage/version_info.h"

namespace gather::storage {

class RowGroup {
 public:
  // A fresh, open group.
  RowGroup(StorageId table, uint64_t number, std::shared_ptr<TableCounters> counters, std::vector<StoredColumn> columns);
  // A frozen one.
  RowGroup(StorageId table, uint64_t number, std::shared_ptr<TableCounters> counters, std::shared_ptr<const FrozenColumns> frozen,
           std::unique_ptr<VersionInfo> versions);

  StorageId table() const { return table_; }
  uint64_t number() const { return number_; }
  TableCounters& counters() const { return *counters_; }

  struct Pinned {
    std::shared_ptr<FreshColumns> fresh;                 // one of these two
    std::shared_ptr<const FrozenColumns> frozen;
    std::shared_ptr<VersionInfo> versions;
    uint32_t rows = 0;
    const std::vector<StoredColumn>& columns() const { return frozen != nullptr ? frozen->columns() : fresh->columns(); }
  };
  Pinned Pin() const;
  uint32_t rows() const;

  // Appends as many of the rows [from, from + count) as fit; returns their number (0: closed or full) and where they begin.
  uint32_t Append(std::span<const ColumnSource> sources, uint32_t from, uint32_t count, Stamp stamp, uint32_t* first);
  // A private group takes rows only by AppendPrivate, from the one who made it so (BulkInsert). False when it has other than `rows` rows.
  bool MakePrivate(uint32_t rows);
  uint32_t AppendPrivate(std::span<const ColumnSource> sources, uint32_t from, uint32_t count, Stamp stamp, uint32_t* first);
  void MakeShared();
  void Close();
  bool closed() const;
  bool Holds(std::span<const StoredColumn> columns) const;
  // Recovery: rows of a chunk record, settled; slots never loaded stay dead.
  uint32_t LoadChunk(uint32_t first, std::string_view record);

  // Recovery: slots of a delete record; returns how many were not dead yet.
  uint32_t LoadDeletes(uint32_t first, uint32_t count);

  WriteResult Delete(uint32_t slot, Stamp running);
  void SetSuccessor(uint32_t slot, const VersionInfo::Successor& successor);
  void StampInserted(uint32_t first, uint32_t count, Stamp stamp);
  void StampDeleted(uint32_t first, uint32_t count, Stamp stamp);

  // Maintenance, and BulkInsert. Swap in segments made from the pinned fresh columns.
  void ReplaceByFrozen(std::shared_ptr<const FrozenColumns> frozen);
  // Collapses version info settled before `oldest`; true when something became smaller.
  bool Settle(CommitTimestamp oldest);

  // Delete records on disk that a merge could fold into one (counted by commits).
  std::atomic<uint32_t> delete_records{0};

 private:
  const StorageId table_;
  const uint64_t number_;
  const std::shared_ptr<TableCounters> counters_;

  uint32_t AppendLocked(std::span<const ColumnSource> sources, uint32_t from, uint32_t count, Stamp stamp, uint32_t* first);

  mutable std::mutex latch_;                             // guards everything below
  Pinned contents_;
  bool closed_ = false;
  bool private_ = false;
};

// The row groups of a table at one moment, by number. Immutable.
struct GroupList {
  std::vector<std::shared_ptr<RowGroup>> groups;
  const std::shared_ptr<RowGroup>* Find(uint64_t number) const;
};

}  // namespace gather::storage
