// The inside of TableStore, shared by storage's own files.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/analysis/analysis.h"
#include "storage/delete_record.h"
#include "storage/row_group.h"
#include "storage/storage.h"
#include "storage/storage_state.h"
#include "storage/table.h"

namespace gather::storage {

// TableRecord: dropped:1 | next group:8 | columns:4 | per column id:2, type:4, typmod:4
struct TableRecord {
  bool dropped = false;
  uint64_t next_group = 0;                               // at least; counts only where it passes the groups that are there
  std::vector<StoredColumn> columns;

  std::string Encode() const;
  static TableRecord Decode(std::string_view bytes);
};

// An analysis, and what the table's counters were when it was begun.
struct DatedAnalysis {
  AnalysisRef analysis;
  uint64_t changed = 0, appended = 0;
  double live = 0;
};

struct TableStore::State {
  State(Storage& owner, StorageId storage_id, std::vector<StoredColumn> stored)
      : storage(owner), id(storage_id), counters(std::make_shared<TableCounters>(owner.state().options.budget)), columns(std::move(stored)),
        groups(std::make_shared<const GroupList>()) {}
  ~State();

  Storage& storage;
  const StorageId id;
  const std::shared_ptr<TableCounters> counters;
  std::atomic<bool> committed{false};                    // its creation
  std::atomic<bool> dropped{false};                      // its keys go with the last user

  // Guards what follows; held to copy or replace pointers only.
  mutable std::mutex latch;
  std::vector<StoredColumn> columns;
  std::shared_ptr<const GroupList> groups;
  std::shared_ptr<RowGroup> open;                        // where small inserts go; null: none
  uint64_t next_group = 0;

  std::mutex maintenance;                                // one Freeze at a time

  // What is known of the rows (analysis/keep.cc). One planner looks at rows at a time; the latch is held to copy or replace pointers.
  std::mutex looking;
  mutable std::mutex analysis_latch;
  mutable bool analysis_loaded = false;
  mutable DatedAnalysis analysed;                        // by ANALYZE
  DatedAnalysis looked;                                  // by a planner
  bool analysis_unsaved = false;                         // the table is not committed yet
  const DatedAnalysis& Analysed() const;                 // analysis_latch held
  DatedAnalysis Date(AnalysisRef analysis) const;        // with the counters as they are
  bool IsOutdated(const DatedAnalysis& dated, std::span<const ScanColumn> columns) const;
  void SaveAnalysis();                                   // if it is not on disk and the table is committed

  std::shared_ptr<const GroupList> Groups() const {
    std::lock_guard lock(latch);
    return groups;
  }
  // The open group, if it holds all of `wanted`; else a new one. `full` is what the caller found full.
  std::shared_ptr<RowGroup> OpenGroup(std::span<const StoredColumn> wanted, const RowGroup* full);
  void AddGroup(std::shared_ptr<RowGroup> group);        // latch held
  std::shared_ptr<RowGroup> NewGroup(std::span<const StoredColumn> wanted);  // latch held; listed
  std::shared_ptr<RowGroup> Find(RowId row) const;       // null: no such group
  // The rows ids[found[i]] are read: for serializable transactions.
  void MarkRead(const Snapshot& snapshot, std::span<const RowId> ids, const Selection& found) const;
  TableRecord Record(bool drop) const;                   // latch not held
  void Load();                                           // recovery.cc

  // freeze.cc; `maintenance` held.
  void FreezeGroup(RowGroup& group, const RowGroup::Pinned& pinned);
  void RemoveGroup(const std::shared_ptr<RowGroup>& group);
  void MergeDeletes(RowGroup& group);
};

std::shared_ptr<TableStore> MakeTable(Storage& storage, StorageId id, std::vector<StoredColumn> columns);

}  // namespace gather::storage
