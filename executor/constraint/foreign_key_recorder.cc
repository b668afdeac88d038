#include "executor/constraint/foreign_key_recorder.h"

#include <algorithm>

#include "types/error.h"

namespace gather::executor {

namespace {
bool AnyNull(const std::vector<Datum>& values) {
  return std::any_of(values.begin(), values.end(), [](const Datum& value) { return value.is_null; });
}
bool AllNull(const std::vector<Datum>& values) {
  return std::all_of(values.begin(), values.end(), [](const Datum& value) { return value.is_null; });
}
}  // namespace

std::unique_ptr<ForeignKeyRecorder> ForeignKeyRecorder::Make(const sql::BoundModify& modify, const catalog::CatalogSnapshot& catalog, const ExecutionContext& context) {
  const catalog::RelationEntry& table = *modify.table;
  if ((table.foreign_keys.empty() && table.referenced_by.empty()) || context.foreign_keys == nullptr) return nullptr;
  std::unique_ptr<ForeignKeyRecorder> made(new ForeignKeyRecorder(table, context));
  std::vector<ColumnId> stored;
  for (const catalog::ColumnEntry& column : table.columns) {
    if (!column.dropped) stored.push_back(column.id);
  }
  const auto side = [&](catalog::RelationRef referencing, catalog::RelationRef referenced, const catalog::ForeignKey& key, const std::vector<ColumnId>& columns) {
    Side made_side{std::move(referencing), std::move(referenced), &key, {}, {}, modify.assigned.empty()};
    for (const ColumnId column : columns) {
      const auto slot = static_cast<uint32_t>(std::find(stored.begin(), stored.end(), column) - stored.begin());
      made_side.slots.push_back(slot);
      const catalog::ColumnEntry& entry = table.column(column);
      // A generated column may change with any other.
      if (!modify.assigned.empty() && (modify.assigned[slot] || entry.generated)) made_side.changes = true;
      const auto old = std::find_if(made->old_columns_.begin(), made->old_columns_.end(), [&](const storage::ScanColumn& known) { return known.id == column; });
      made_side.old_slots.push_back(static_cast<size_t>(old - made->old_columns_.begin()));
      if (old == made->old_columns_.end()) made->old_columns_.push_back({column, entry.type, entry.missing});
    }
    return made_side;
  };
  if (modify.kind != sql::BoundModify::Kind::kDelete) {
    for (const catalog::ForeignKey& key : table.foreign_keys) {
      Side made_side = side(modify.table, catalog.FindRelation(key.table), key, key.columns);
      // A row that a deferred check waits for may be replaced: the check is to find the new one.
      made_side.changes = made_side.changes || key.deferrable;
      made->from_.push_back(std::move(made_side));
    }
  }
  if (modify.kind == sql::BoundModify::Kind::kDelete || !modify.assigned.empty()) {
    for (const catalog::Reference& reference : catalog.ReferencesTo(table)) {
      Side made_side = side(reference.table, modify.table, *reference.key, reference.key->referenced);
      if (made_side.changes) made->to_.push_back(std::move(made_side));
    }
  }
  if (made->from_.empty() && made->to_.empty()) return nullptr;
  return made;
}

void ForeignKeyRecorder::NoteNew(const Side& side, const Chunk& rows, uint32_t row, RowId id) {
  std::vector<Datum> values;
  for (const uint32_t slot : side.slots) values.push_back(rows[slot].Get(row));
  if (side.key->match == 'f' ? AllNull(values) : AnyNull(values)) return;
  ForeignKeyQueue& queue = *context_.foreign_keys;
  queue.Add(queue.BatchOf(ForeignKeyEvent::kReferencing, side.table, *side.key, side.referenced), std::move(values), {}, id);
}

void ForeignKeyRecorder::Inserted(const Chunk& rows, std::span<const RowId> ids) {
  for (const Side& side : from_) {
    for (uint32_t row = 0; row < rows.rows(); ++row) NoteNew(side, rows, row, ids[row]);
  }
}

void ForeignKeyRecorder::FetchOld(std::span<const RowId> old_ids) {
  Selection found(kVectorSize);
  old_ = Chunk();
  if (table_.table->Fetch(context_.snapshot, old_ids, old_columns_, old_, found) != old_ids.size()) ThrowInternal("a deleted row cannot be read");
}

std::vector<Datum> ForeignKeyRecorder::OldValues(const Side& side, uint32_t row) const {
  std::vector<Datum> values;
  for (const size_t slot : side.old_slots) values.push_back(old_[slot].Get(row));
  return values;
}

void ForeignKeyRecorder::Deleted(std::span<const RowId> old_ids) {
  if (to_.empty()) return;
  FetchOld(old_ids);
  ForeignKeyQueue& queue = *context_.foreign_keys;
  for (const Side& side : to_) {
    for (uint32_t row = 0; row < old_ids.size(); ++row) {
      std::vector<Datum> values = OldValues(side, row);
      if (!AnyNull(values)) queue.Add(queue.BatchOf(ForeignKeyEvent::kDeleted, side.table, *side.key, side.referenced), std::move(values), {}, RowId());
    }
  }
}

void ForeignKeyRecorder::Updated(std::span<const RowId> old_ids, const Chunk& rows, std::span<const RowId> ids) {
  const bool changes = !to_.empty() || std::any_of(from_.begin(), from_.end(), [](const Side& side) { return side.changes; });
  if (!changes) return;
  FetchOld(old_ids);
  ForeignKeyQueue& queue = *context_.foreign_keys;
  const auto now = [&](const Side& side, uint32_t row) {
    std::vector<Datum> values;
    for (const uint32_t slot : side.slots) values.push_back(rows[slot].Get(row));
    return values;
  };
  for (const Side& side : to_) {
    for (uint32_t row = 0; row < old_ids.size(); ++row) {
      std::vector<Datum> values = OldValues(side, row), replacement = now(side, row);
      if (AnyNull(values) || values == replacement) continue;
      queue.Add(queue.BatchOf(ForeignKeyEvent::kUpdated, side.table, *side.key, side.referenced), std::move(values), std::move(replacement), RowId());
    }
  }
  for (const Side& side : from_) {
    if (!side.changes) continue;
    for (uint32_t row = 0; row < old_ids.size(); ++row) {
      if (side.key->deferrable || OldValues(side, row) != now(side, row)) NoteNew(side, rows, row, ids[row]);
    }
  }
}

}  // namespace gather::executor
