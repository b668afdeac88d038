// ModifyTable: INSERT, UPDATE, DELETE. Takes all rows of its child, then streams RETURNING. Runs on the leader: one transaction has one writer.
//
// An update is a delete of the old version and an insert of the new one. The child's scan never meets the new versions: the statement's
// snapshot hides what its own command writes.
#include "executor/chunk_store.h"
#include "executor/expression/evaluator.h"
#include "executor/operators/row_text.h"
#include "executor/plan_builder.h"
#include "index/ordered_index.h"
#include "storage/storage.h"

namespace gather::executor {

namespace {

class ModifySink final : public Sink {
 public:
  ModifySink(const planner::ModifyTableNode& node, ExecutionState& state, std::shared_ptr<ChunkStore> returned)
      : modify_(*node.modify), table_(*node.modify->table), state_(state), returned_(std::move(returned)) {
    Participant& leader = state.leader;
    for (const ColumnId id : modify_.stored) stored_.push_back({id, table_.column(id).type});
    if (modify_.kind != sql::BoundModify::Kind::kDelete) {
      for (const sql::BoundCheck& check : modify_.checks) checks_.push_back(Compile(check.expression, leader));
      for (const sql::BoundIndex& index : modify_.indexes) {
        Index made;
        made.bound = &index;
        made.keys = ExpressionList(index.keys, leader);
        if (index.predicate != nullptr) made.predicate = std::make_unique<Filter>(index.predicate, leader);
        indexes_.push_back(std::move(made));
      }
    }
    std::vector<sql::ExprRef> returning;
    for (const sql::Target& target : modify_.returning) returning.push_back(target.expression);
    returning_ = ExpressionList(returning, leader);
  }

  LocalPtr MakeLocal(Participant&) override { return nullptr; }

  Progress Add(Local&, Chunk& in) override {
    Chunk rows = in;
    if (modify_.kind != sql::BoundModify::Kind::kInsert) {
      DeleteOld(in, deleted_);
      if (deleted_.size() == 0) return Progress::kNeedInput;
      if (deleted_.size() != in.rows()) rows.Slice(deleted_, deleted_.size());
    }
    if (modify_.kind != sql::BoundModify::Kind::kDelete) InsertNew(rows);
    state_.rows_modified += rows.rows();
    if (returning_.size() != 0) {
      Chunk out;
      returning_.NextChunk();
      for (size_t i = 0; i < returning_.size(); ++i) {
        Vector value;
        returning_.Evaluate(i, rows, value);
        out.Add(std::move(value));
      }
      out.set_rows(rows.rows());
      returned_->Append(out);
    }
    return Progress::kNeedInput;
  }
  void Merge(Local&) override {}

 private:
  struct Index {
    const sql::BoundIndex* bound = nullptr;
    ExpressionList keys;
    std::unique_ptr<Filter> predicate;
  };

  // Deletes the old versions; `done`: the rows whose version this statement has deleted.
  void DeleteOld(const Chunk& in, Selection& done) {
    storage::Transaction& transaction = *state_.context.transaction;
    const storage::Snapshot& snapshot = state_.context.snapshot;
    const VectorView ctids = in[modify_.ctid_slot].View();
    done.Renew();
    for (uint32_t i = 0; i < in.rows(); ++i) {
      if (!ctids.valid(i)) continue;       // the null-extended side of an outer join in FROM
      for (;;) {
        const storage::WriteResult result = table_.table->Delete(transaction, snapshot, ctids.get<RowId>(i));
        if (result.outcome == storage::WriteOutcome::kDone) {
          done.Add(i);
        } else if (result.outcome == storage::WriteOutcome::kBusy) {
          state_.context.storage->transactions().WaitFor(transaction.id(), result.holder, *state_.context.interrupt);
          continue;
        } else if (result.outcome == storage::WriteOutcome::kConflict) {
          if (transaction.isolation() == storage::IsolationLevel::kReadCommitted) throw StatementRetry();
          throw SqlError(sqlstate::kSerializationFailure, modify_.kind == sql::BoundModify::Kind::kDelete
                                                              ? "could not serialize access due to concurrent delete"
                                                              : "could not serialize access due to concurrent update");
        }
        break;
      }
    }
  }

  std::pair<std::string, std::string> TableName() const {
    const catalog::CatalogRef& catalog = state_.plan->statement != nullptr ? state_.plan->statement->catalog : nullptr;
    const catalog::SchemaEntry* schema = catalog == nullptr ? nullptr : catalog->FindSchema(table_.schema);
    return {schema == nullptr ? std::string() : schema->name, table_.name};
  }

  std::string FailingRow(const Chunk& rows, RowIndex row) const {
    return "Failing row contains " + RowText(rows, static_cast<uint32_t>(stored_.size()), row, state_.context.io) + ".";
  }

  void CheckConstraints(const Chunk& rows) {
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

  void InsertNew(const Chunk& rows) {
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

  void InsertEntries(Index& index, const Chunk& rows) {
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

  const sql::BoundModify& modify_;
  const catalog::RelationEntry& table_;
  ExecutionState& state_;
  const std::shared_ptr<ChunkStore> returned_;
  std::vector<storage::StoredColumn> stored_;
  std::vector<EvaluatorPtr> checks_;
  std::vector<Index> indexes_;
  ExpressionList returning_;
  std::vector<RowId> ids_;
  Selection deleted_, selected_;
};

}  // namespace

void BuildModifyTable(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::ModifyTableNode&>(base);
  auto returned = std::make_shared<ChunkStore>(builder.state().context.budget);
  Pipeline* input = builder.BuildInput(*node.children[0], pipeline);
  builder.SetSink(*input, builder.state().Make<ModifySink>(node, builder.state(), returned), node);
  builder.SetSource(pipeline, builder.state().Make<ChunkStoreSource>(returned), node);
}

}  // namespace gather::executor
