// ModifyTable: INSERT, UPDATE, DELETE. Takes all rows of its child, then streams RETURNING. Runs on the leader: one transaction has one writer.
//
// An update is a delete of the old version and an insert of the new one. The child's scan never meets the new versions: the statement's
// snapshot hides what its own command writes.
#include "executor/chunk_store.h"
#include "executor/expression/evaluator.h"
#include "executor/operators/row_lock.h"
#include "executor/operators/table_writer.h"
#include "executor/plan_builder.h"
#include "storage/storage.h"

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
    if (writer_ != nullptr) writer_->Insert(rows);
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
  // Deletes the old versions; `done`: the rows whose version this statement has deleted.
  void DeleteOld(const Chunk& in, Selection& done) {
    storage::Transaction& transaction = *state_.context.transaction;
    const storage::Snapshot& snapshot = state_.context.snapshot;
    const VectorView ctids = in[modify_.ctid_slot].View();
    done.Renew();
    for (uint32_t i = 0; i < in.rows(); ++i) {
      if (!ctids.valid(i)) continue;       // the null-extended side of an outer join in FROM
      const storage::LockTag row_lock = RowLockTag(*table_.table, ctids.get<RowId>(i));
      const bool locked = row_lockers.load() != 0;
      if (locked) {
        WaitOnLock(state_.context, [&] {
          state_.context.session->transaction_locks().Lock(row_lock, storage::LockMode::kExclusive, *state_.context.interrupt);
        });
      }
      for (;;) {
        const storage::WriteResult result = table_.table->Delete(transaction, snapshot, ctids.get<RowId>(i));
        if (result.outcome == storage::WriteOutcome::kDone) {
          // Somebody may have locked the row after the look above and before the mark: then it is his.
          if (!locked && row_lockers.load() != 0 &&
              !state_.context.session->transaction_locks().TryLock(row_lock, storage::LockMode::kExclusive)) {
            throw StatementRetry();
          }
          done.Add(i);
        } else if (result.outcome == storage::WriteOutcome::kBusy) {
          WaitOnLock(state_.context, [&] {
            state_.context.storage->transactions().WaitFor(transaction.id(), result.holder, *state_.context.interrupt);
          });
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

  const sql::BoundModify& modify_;
  const catalog::RelationEntry& table_;
  ExecutionState& state_;
  const std::shared_ptr<ChunkStore> returned_;
  std::unique_ptr<TableWriter> writer_;          // null for DELETE
  ExpressionList returning_;
  Selection deleted_;
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
