// ForeignKeyRecorder: notes in the session's ForeignKeyQueue what a writer does to one table's keys. Belongs to the writer, on the leader's thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "executor/constraint/foreign_key_queue.h"
#include "executor/execution.h"
#include "sql/query.h"
#include "storage/table.h"
#include "types/chunk.h"

namespace gather::executor {

class ForeignKeyRecorder {
 public:
  // Null where no foreign key has to do with what `modify` does.
  static std::unique_ptr<ForeignKeyRecorder> Make(const sql::BoundModify& modify, const catalog::CatalogSnapshot& catalog, const ExecutionContext& context);

  // Columns of `rows`: the stored ones first.
  void Inserted(const Chunk& rows, std::span<const RowId> ids);
  void Deleted(std::span<const RowId> old_ids);
  // Row i of `rows` takes the place of old_ids[i].
  void Updated(std::span<const RowId> old_ids, const Chunk& rows, std::span<const RowId> ids);

 private:
  // One foreign key from or to the table.
  struct Side {
    catalog::RelationRef table, referenced;
    const catalog::ForeignKey* key;
    std::vector<uint32_t> slots;             // of the key's columns here, among the stored ones
    std::vector<size_t> old_slots;           // among old_columns_
    bool changes;                            // UPDATE: one of them is assigned
  };
  ForeignKeyRecorder(const catalog::RelationEntry& table, const ExecutionContext& context) : table_(table), context_(context) {}
  void NoteNew(const Side& side, const Chunk& rows, uint32_t row, RowId id);
  void FetchOld(std::span<const RowId> old_ids);
  std::vector<Datum> OldValues(const Side& side, uint32_t row) const;

  const catalog::RelationEntry& table_;
  const ExecutionContext& context_;
  std::vector<Side> from_, to_;
  std::vector<storage::ScanColumn> old_columns_;
  Chunk old_;
};

}  // namespace gather::executor
