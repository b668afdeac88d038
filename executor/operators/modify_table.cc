// ModifyTable: INSERT, UPDATE, DELETE. Takes all rows of its child, then streams RETURNING. Runs on the leader: one transaction has one writer.
//
// An update is a delete of the old version and an insert of the new one. The child's scan never meets the new versions: the statement's
// snapshot hides what its own command writes.
#include <algorithm>
#include <optional>
#include <unordered_set>

#include "executor/chunk_store.h"
#include "executor/constraint/foreign_key_recorder.h"
#include "executor/expression/evaluator.h"
#include "executor/operators/row_lock.h"
#include "executor/operators/table_writer.h"
#include "executor/plan_builder.h"
#include "executor/spill/spill_policy.h"
#include "storage/storage.h"
#include "types/compare.h"

namespace gather::executor {

namespace {

class ModifySink final : public Sink {
 public:
  ModifySink(const planner::ModifyTableNode& node, ExecutionState& state, std::shared_ptr<ChunkStore> returned)
      : modify_(*node.modify), table_(*node.modify->table), state_(state), returned_(std::move(returned)) {
    Participant& leader = state.leader;
    if (modify_.kind != sql::BoundModify::Kind::kDelete) {
      writer_ = std::make_unique<TableWriter>(modify_, state.plan->statement == nullptr ? nullptr : state.plan->statement->catalog, state);
    }
    if (state.plan->statement != nullptr) foreign_keys_ = ForeignKeyRecorder::Make(modify_, *state.plan->statement->catalog, state.context);
    std::vector<sql::ExprRef> returning;
    for (const sql::Target& target : modify_.returning) returning.push_back(target.expression);
    returning_ = ExpressionList(returning, leader);
    if (const sql::BoundConflict* conflict = modify_.conflict.get(); conflict != nullptr && conflict->update) {
      conflict_values_ = ExpressionList(conflict->values, leader);
      if (conflict->where != nullptr) conflict_where_ = std::make_unique<Filter>(conflict->where, leader);
      for (const ColumnId id : modify_.stored) stored_.push_back({id, table_.column(id).type, table_.column(id).missing});
    }
    if (!modify_.assigned.empty()) FindKeyColumns();
  }

  LocalPtr MakeLocal(Participant&) override { return nullptr; }

  Progress Add(Local&, Chunk& in) override {
    Chunk rows = in;
    if (modify_.kind != sql::BoundModify::Kind::kInsert) {
      DeleteOld(in, deleted_);
      if (deleted_.size() == 0) return Progress::kNeedInput;
      if (deleted_.size() != in.rows()) rows.Slice(deleted_, deleted_.size());
    }
    if (modify_.conflict != nullptr) {
      for (uint32_t i = 0; i < rows.rows(); ++i) {
        Selection one(1);
        one.Add(i);
        Chunk row = rows;
        row.Slice(one, 1);
        if (InsertOrResolve(row)) Finish(row);
      }
      return Progress::kNeedInput;
    }
    if (writer_ != nullptr) writer_->Insert(rows);
    if (modify_.kind == sql::BoundModify::Kind::kUpdate) {
      const VectorView ctids = rows[modify_.ctid_slot].View();
      old_rows_.clear();
      for (uint32_t i = 0; i < rows.rows(); ++i) old_rows_.push_back(ctids.get<RowId>(i));
      Replaced(old_rows_);
      if (foreign_keys_ != nullptr) foreign_keys_->Updated(old_rows_, rows, writer_->inserted());
    } else if (modify_.kind == sql::BoundModify::Kind::kInsert) {
      if (foreign_keys_ != nullptr) foreign_keys_->Inserted(rows, writer_->inserted());
    } else if (foreign_keys_ != nullptr) {
      const VectorView ctids = rows[modify_.ctid_slot].View();
      old_rows_.clear();
      for (uint32_t i = 0; i < rows.rows(); ++i) old_rows_.push_back(ctids.get<RowId>(i));
      foreign_keys_->Deleted(old_rows_);
    }
    Finish(rows);
    return Progress::kNeedInput;
  }
  void Merge(Local&) override {}

 private:
  // What the last Insert has written took the place of `old_rows`.
  void Replaced(std::span<const RowId> old_rows) {
    table_.table->SetSuccessors(*state_.context.transaction, old_rows, writer_->inserted(), delete_kind_ == storage::DeleteKind::kUpdateKeepingKey);
  }

  // Rows written: counted, and RETURNING computed.
  void Finish(const Chunk& rows) {
    state_.rows_modified += rows.rows();
    if (returning_.size() != 0) {
      Chunk out;
      returning_.EvaluateAll(rows, out);
      returned_->Append(out);
    }
  }

  // ON CONFLICT for one row; it becomes what was written. False: nothing was.
  bool InsertOrResolve(Chunk& row) {
    state_.leader.CheckInterrupt();
    writer_->Check(row);
    const std::optional<RowId> other = writer_->FindConflict(row);
    if (!other.has_value()) {
      writer_->InsertProbed(row);
      own_.insert(writer_->inserted()[0].value);
      if (foreign_keys_ != nullptr) foreign_keys_->Inserted(row, writer_->inserted());
      return true;
    }
    const bool own = own_.contains(other->value);
    const bool visible = !own && table_.table->IsVisible(state_.context.snapshot, *other);
    if (!modify_.conflict->update) {
      if (!own && !visible && state_.context.transaction->isolation() != storage::IsolationLevel::kReadCommitted) RetryOrFail(state_.context);
      return false;
    }
    if (own) {
      throw SqlError(SqlState{"21000"}, "ON CONFLICT DO UPDATE command cannot affect row a second time")
          .Hint("Ensure that no rows proposed for insertion within the same command have duplicate constrained values.");
    }
    if (!visible) RetryOrFail(state_.context);
    Chunk both;
    Selection found(1);
    const RowId id = *other;
    if (table_.table->Fetch(state_.context.snapshot, {&id, 1}, stored_, both, found) != 1) RetryOrFail(state_.context);
    for (size_t i = 0; i < stored_.size(); ++i) both.Add(row[i]);
    both.set_rows(1);
    Selection kept;
    if (conflict_where_ != nullptr && !conflict_where_->Select(both, kept) && kept.size() == 0) return false;
    Chunk updated;
    conflict_values_.EvaluateAll(both, updated);
    ChooseDeleteKind(updated, {&id, 1});
    if (!DeleteOne(id)) RetryOrFail(state_.context);
    writer_->Insert(updated);
    Replaced({&id, 1});
    if (foreign_keys_ != nullptr) foreign_keys_->Updated({&id, 1}, updated, writer_->inserted());
    own_.insert(writer_->inserted()[0].value);
    row = std::move(updated);
    return true;
  }

  // Deletes the old versions; `done`: the rows whose version this statement has deleted.
  void DeleteOld(const Chunk& in, Selection& done) {
    const VectorView ctids = in[modify_.ctid_slot].View();
    done.Renew();
    if (modify_.kind == sql::BoundModify::Kind::kUpdate) {
      old_rows_.clear();
      for (uint32_t i = 0; i < in.rows(); ++i) old_rows_.push_back(ctids.valid(i) ? ctids.get<RowId>(i) : RowId());
      ChooseDeleteKind(in, old_rows_);
    }
    for (uint32_t i = 0; i < in.rows(); ++i) {
      // Null: the null-extended side of an outer join in FROM.
      if (ctids.valid(i) && DeleteOne(ctids.get<RowId>(i))) done.Add(i);
    }
  }

  // The columns of keys that foreign keys may refer to, as far as they are assigned.
  void FindKeyColumns() {
    for (const sql::BoundIndex& bound : modify_.indexes) {
      const catalog::IndexEntry& index = *bound.index->index;
      if (!index.unique() || !index.predicate_sql.empty()) continue;
      for (const catalog::IndexColumn& part : index.columns) {
        const auto at = std::find(modify_.stored.begin(), modify_.stored.end(), part.column);
        const auto slot = static_cast<uint32_t>(at - modify_.stored.begin());
        if (at == modify_.stored.end() || !modify_.assigned[slot] || std::find(key_slots_.begin(), key_slots_.end(), slot) != key_slots_.end()) continue;
        const catalog::ColumnEntry& column = table_.column(part.column);
        key_slots_.push_back(slot);
        key_columns_.push_back({column.id, column.type, column.missing});
        generates_key_ = generates_key_ || column.generated;
      }
    }
  }

  // Every row's key has the value that it had.
  bool KeysStay(const Chunk& updated, std::span<const RowId> old_rows) {
    if (key_slots_.empty()) return true;
    if (generates_key_) return false;
    Selection found;
    if (table_.table->Fetch(state_.context.snapshot, old_rows, key_columns_, old_keys_, found) != old_rows.size()) return false;
    std::vector<std::string> before(old_rows.size()), after(old_rows.size());
    for (size_t k = 0; k < key_slots_.size(); ++k) {
      AppendSortKeys(old_keys_[k], static_cast<uint32_t>(old_rows.size()), {}, before.data());
      AppendSortKeys(updated[key_slots_[k]], static_cast<uint32_t>(old_rows.size()), {}, after.data());
    }
    return before == after;
  }

  void ChooseDeleteKind(const Chunk& updated, std::span<const RowId> old_rows) {
    delete_kind_ = KeysStay(updated, old_rows) ? storage::DeleteKind::kUpdateKeepingKey : storage::DeleteKind::kUpdate;
  }

  // False: this command has deleted it already.
  bool DeleteOne(RowId row) {
    storage::Transaction& transaction = *state_.context.transaction;
    const storage::RowLocks& row_locks = state_.context.storage->transactions().row_locks();
    const storage::RowLocks::Row locked{table_.table->id(), row};
    const storage::RowLockStrength strength =
        delete_kind_ == storage::DeleteKind::kUpdateKeepingKey ? storage::RowLockStrength::kNoKeyUpdate : storage::RowLockStrength::kUpdate;
    std::optional<RowQueue> queue;
    const auto wait_for = [&](TransactionId holder) {
      if (!queue.has_value()) queue.emplace(state_.context, *table_.table, row, strength);
      queue->Enter();
      WaitForHolder(state_.context, holder);
    };
    for (;;) {
      const TransactionId locker = row_locks.Conflicting(locked, transaction.id(), strength);
      if (locker.value != 0) {
        wait_for(locker);
        continue;
      }
      const storage::WriteResult result = table_.table->Delete(transaction, row, delete_kind_);
      switch (result.outcome) {
        case storage::WriteOutcome::kDone:
          // Somebody may have locked the row after the look above and before the mark: then it is his.
          if (row_locks.Conflicting(locked, transaction.id(), strength).value != 0) throw StatementRetry();
          return true;
        case storage::WriteOutcome::kOwnCommand: return false;
        case storage::WriteOutcome::kBusy: wait_for(result.holder); continue;
        case storage::WriteOutcome::kConflict: RetryOrFail(state_.context, *table_.table, row);
      }
    }
  }

  const sql::BoundModify& modify_;
  const catalog::RelationEntry& table_;
  ExecutionState& state_;
  const std::shared_ptr<ChunkStore> returned_;
  std::unique_ptr<TableWriter> writer_;          // null for DELETE
  std::unique_ptr<ForeignKeyRecorder> foreign_keys_;   // null: none has to do with this
  ExpressionList returning_;
  Selection deleted_;
  storage::DeleteKind delete_kind_ = storage::DeleteKind::kDelete;   // of old versions
  std::vector<uint32_t> key_slots_;              // assigned columns of unique keys, among the stored ones
  std::vector<storage::ScanColumn> key_columns_;
  bool generates_key_ = false;                   // one of them is generated
  Chunk old_keys_;
  std::vector<RowId> old_rows_;
  // ON CONFLICT
  ExpressionList conflict_values_;
  std::unique_ptr<Filter> conflict_where_;
  std::vector<storage::ScanColumn> stored_;      // of the row that is there
  std::unordered_set<uint64_t> own_;             // rows this command has written
};

}  // namespace

void BuildModifyTable(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::ModifyTableNode&>(base);
  auto returned = std::make_shared<ChunkStore>(builder.state().context.budget, SpillPolicy(builder.state(), SpillPolicy::Use::kSort));
  Pipeline* input = builder.BuildInput(*node.children[0], pipeline);
  builder.SetSink(*input, builder.state().Make<ModifySink>(node, builder.state(), returned), node);
  builder.SetSource(pipeline, builder.state().Make<ChunkStoreSource>(returned), node);
}

}  // namespace gather::executor
