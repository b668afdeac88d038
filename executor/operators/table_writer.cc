#include "executor/operators/table_writer.h"

#include <algorithm>

#include "executor/operators/row_lock.h"
#include "executor/operators/row_text.h"
#include "index/ordered_index.h"
#include "storage/storage.h"

namespace gather::executor {

TableWriter::TableWriter(const sql::BoundModify& modify, catalog::CatalogRef catalog, ExecutionState& state)
    : modify_(modify), table_(*modify.table), catalog_(std::move(catalog)), state_(state) {
  for (const ColumnId id : modify_.stored) stored_.push_back({id, table_.column(id).type});
  std::vector<sql::ExprRef> generated;
  for (const sql::BoundGenerated& column : modify_.generated) generated.push_back(column.expression);
  generated_ = ExpressionList(generated, state.leader);
  for (const sql::BoundCheck& check : modify_.checks) checks_.push_back(Compile(check.expression, state.leader));
  for (const sql::BoundIndex& index : modify_.indexes) {
    Index made;
    made.bound = &index;
    made.keys = ExpressionList(index.keys, state.leader);
    if (index.predicate != nullptr) made.predicate = std::make_unique<Filter>(index.predicate, state.leader);
    indexes_.push_back(std::move(made));
  }
}

std::pair<std::string, std::string> TableWriter::TableName() const {
  const catalog::SchemaEntry* schema = catalog_ == nullptr ? nullptr : catalog_->FindSchema(table_.schema);
  return {schema == nullptr ? std::string() : schema->name, table_.name};
}

std::string TableWriter::FailingRow(const Chunk& rows, RowIndex row) const {
  return "Failing row contains " + RowText(rows, static_cast<uint32_t>(stored_.size()), row, state_.context.io) + ".";
}

// No generated column refers to another, so their order does not matter.
void TableWriter::Generate(Chunk& rows) {
  if (generated_.size() == 0) return;
  generated_.NextChunk();
  for (size_t i = 0; i < generated_.size(); ++i) {
    Vector value;
    generated_.Evaluate(i, rows, value);
    rows[modify_.generated[i].slot] = std::move(value);
  }
}

void TableWriter::CheckConstraints(const Chunk& rows) {
  for (size_t i = 0; i < stored_.size(); ++i) {
    const catalog::ColumnEntry& column = table_.column(stored_[i].id);
    if (!column.not_null || !rows[i].MayHaveNulls()) continue;
    const VectorView view = rows[i].View();
    for (uint32_t row = 0; row < rows.rows(); ++row) {
      if (view.valid(row)) continue;
      auto [schema, table] = TableName();
      throw SqlError(sqlstate::kNotNullViolation, Format("null value in column \"%s\" of relation \"%s\" violates not-null constraint",
                                                         column.name.c_str(), table_.name.c_str()))
          .Detail(FailingRow(rows, row)).Table(schema, table).Column(column.name);
    }
  }
  EvaluationInput input;
  input.chunk = &rows;
  input.rows = rows.rows();
  for (size_t check = 0; check < checks_.size(); ++check) {
    Vector value;
    checks_[check]->Evaluate(input, value);
    const VectorView view = value.View();
    for (uint32_t row = 0; row < rows.rows(); ++row) {
      if (!view.valid(row) || view.get<uint8_t>(row) != 0) continue;    // unknown passes
      auto [schema, table] = TableName();
      const std::string& name = modify_.checks[check].name;
      throw SqlError(sqlstate::kCheckViolation, Format("new row for relation \"%s\" violates check constraint \"%s\"", table_.name.c_str(), name.c_str()))
          .Detail(FailingRow(rows, row)).Table(schema, table).Constraint(name);
    }
  }
}

void TableWriter::Check(Chunk& row) {
  Generate(row);
  CheckConstraints(row);
}

std::optional<RowId> TableWriter::FindConflict(const Chunk& row) {
  storage::Transaction& transaction = *state_.context.transaction;
  std::vector<Datum> key;
  std::vector<RowId> found;
  for (const uint32_t arbiter : modify_.conflict->arbiters) {
    Index& index = indexes_[arbiter];
    const catalog::IndexEntry& entry = *index.bound->index->index;
    if (index.predicate != nullptr && !index.predicate->Select(row, selected_) && selected_.size() == 0) continue;
    key.clear();
    bool null = false;
    index.keys.NextChunk();
    for (size_t i = 0; i < index.keys.size(); ++i) {
      Vector value;
      index.keys.Evaluate(i, row, value);
      key.push_back(value.Get(0));
      null = null || key.back().is_null;
    }
    if (null && entry.nulls_distinct) continue;
    for (bool again = true; again;) {
      again = false;
      entry.ordered->Lookup(&transaction, key, &found);
      for (const RowId other : found) {
        TransactionId holder;
        switch (table_.table->CheckLiveness(transaction, other, &holder)) {
          case storage::TableStore::Liveness::kDead: continue;
          case storage::TableStore::Liveness::kLive: return other;
          case storage::TableStore::Liveness::kInserting:
          case storage::TableStore::Liveness::kDeleting: break;
        }
        state_.context.storage->transactions().WaitFor(transaction.id(), holder, *state_.context.interrupt);
        state_.context.interrupt->Check();
        again = true;
        break;
      }
    }
  }
  return std::nullopt;
}

void TableWriter::InsertProbed(Chunk& row) {
  probed_ = true;
  Insert(row);
  probed_ = false;
}

void TableWriter::Insert(Chunk& rows) {
  Generate(rows);
  CheckConstraints(rows);
  storage::Transaction& transaction = *state_.context.transaction;
  ids_.resize(rows.rows());
  if (rows.columns() == stored_.size()) {
    table_.table->Insert(transaction, stored_, rows, ids_.data());
  } else {                               // UPDATE: ctid and columns for RETURNING follow the new row
    Chunk stored;
    for (size_t i = 0; i < stored_.size(); ++i) stored.Add(rows[i]);
    stored.set_rows(rows.rows());
    table_.table->Insert(transaction, stored_, stored, ids_.data());
  }
  for (Index& index : indexes_) InsertEntries(index, rows);
}

bool TableWriter::IsArbiter(const Index& index) const {
  const std::vector<uint32_t>& arbiters = modify_.conflict->arbiters;
  return std::find(arbiters.begin(), arbiters.end(), static_cast<uint32_t>(&index - indexes_.data())) != arbiters.end();
}

void TableWriter::InsertEntries(Index& index, const Chunk& rows) {
  Chunk chosen;
  std::vector<RowId> ids;
  const Chunk* of = &rows;
  std::span<const RowId> row_ids = ids_;
  if (index.predicate != nullptr && !index.predicate->Select(rows, selected_)) {
    if (selected_.size() == 0) return;
    chosen = rows;
    chosen.Slice(selected_, selected_.size());
    for (uint32_t i = 0; i < selected_.size(); ++i) ids.push_back(ids_[selected_[i]]);
    of = &chosen;
    row_ids = ids;
  }
  std::vector<Vector> keys(index.keys.size());
  index.keys.NextChunk();
  for (size_t i = 0; i < keys.size(); ++i) index.keys.Evaluate(i, *of, keys[i]);
  const catalog::RelationEntry& relation = *index.bound->index;
  relation.index->ordered->Insert(*state_.context.transaction, *table_.table, keys, row_ids, *state_.context.interrupt, [&](uint32_t row) {
    if (probed_ && IsArbiter(index)) RetryOrFail(state_.context);
    auto [schema, table] = TableName();
    std::string names, values;
    for (size_t i = 0; i < keys.size(); ++i) {
      const catalog::IndexColumn& column = relation.index->columns[i];
      names += (i == 0 ? "" : ", ") + (column.column.value > 0 ? table_.column(column.column).name : column.expression_sql);
      values += (i == 0 ? "" : ", ") + ValueText(keys[i], row, state_.context.io);
    }
    throw SqlError(sqlstate::kUniqueViolation, Format("duplicate key value violates unique constraint \"%s\"", relation.name.c_str()))
        .Detail(Format("Key (%s)=(%s) already exists.", names.c_str(), values.c_str())).Table(schema, table).Constraint(relation.name);
  });
}

}  // namespace gather::executor
