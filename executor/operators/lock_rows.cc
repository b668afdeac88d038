// LockRows: SELECT … FOR UPDATE / SHARE. Row by row, so that a LIMIT above locks no more rows than it returns.
//
// A row lock is an entry of the lock manager. Writers look for one only while there are row lockers; a locker announces itself first,
// then locks, then looks whether the row is still the version it has read: whoever deletes it at the same time sees the one or the other.
#include "executor/operators/row_lock.h"
#include "executor/plan_builder.h"
#include "storage/storage.h"

namespace gather::executor {

namespace {

using sql::RowLock;

// A locker is counted until its transaction ends.
class Announcement final : public storage::CommitParticipant {
 public:
  Announcement() { row_lockers.fetch_add(1); }
  void Committed(CommitTimestamp) override { row_lockers.fetch_sub(1); }
  void RolledBack() override { row_lockers.fetch_sub(1); }
};

struct LockRowsLocal : Local {
  uint32_t row = 0;
};

class LockRows final : public Transform {
 public:
  LockRows(const planner::LockRowsNode& node, ExecutionState& state) : node_(node), state_(state) {}
  LocalPtr MakeLocal(Participant&) override { return std::make_unique<LockRowsLocal>(); }

  Progress Push(Local& base, Chunk& in, Chunk& out) override {
    auto& local = static_cast<LockRowsLocal&>(base);
    out.set_rows(0);
    while (local.row < in.rows()) {
      const RowIndex row = local.row++;
      if (!LockAll(in, row)) continue;
      Selection one(1);
      one.Add(row);
      out = in;
      out.Slice(one, 1);
      if (local.row < in.rows()) return Progress::kMoreOutput;
      break;
    }
    local.row = 0;
    return Progress::kNeedInput;
  }

 private:
  // False: the row is skipped.
  bool LockAll(const Chunk& in, RowIndex row) {
    for (size_t i = 0; i < node_.locks.size(); ++i) {
      const VectorView ctids = in[node_.locks[i].ctid_slot].View();
      if (ctids.valid(row) && !LockOne(i, ctids.get<RowId>(row))) return false;   // null: the missing side of an outer join
    }
    return true;
  }

  bool LockOne(size_t which, RowId id) {
    const planner::LockRowsNode::Lock& lock = node_.locks[which];
    storage::TableStore& table = *lock.table->table;
    storage::Transaction& transaction = *state_.context.transaction;
    if (!announced_) {
      transaction.AddParticipant(std::make_shared<Announcement>());
      announced_ = true;
    }
    const bool shared = lock.strength == RowLock::Strength::kKeyShare || lock.strength == RowLock::Strength::kShare;
    const storage::LockMode mode = shared ? storage::LockMode::kShare : storage::LockMode::kExclusive;
    const storage::LockTag tag = RowLockTag(table, id);
    storage::LockOwner& owner = state_.context.session->transaction_locks();
    if (lock.wait == RowLock::Wait::kBlock) {
      WaitOnLock(state_.context, [&] { owner.Lock(tag, mode, *state_.context.interrupt); });
    } else if (!owner.TryLock(tag, mode)) {
      return Refuse(lock);
    }
    for (;;) {
      TransactionId holder;
      switch (table.CheckLiveness(transaction, id, &holder)) {
        case storage::TableStore::Liveness::kLive: return true;
        case storage::TableStore::Liveness::kDeleting:
          if (holder == transaction.id()) return true;
          if (lock.wait != RowLock::Wait::kBlock) return Refuse(lock);
          WaitOnLock(state_.context, [&] {
            state_.context.storage->transactions().WaitFor(transaction.id(), holder, *state_.context.interrupt);
          });
          break;
        case storage::TableStore::Liveness::kInserting: return true;               // our own row: nobody else's is visible
        case storage::TableStore::Liveness::kDead:
          if (transaction.isolation() == storage::IsolationLevel::kReadCommitted) throw StatementRetry();
          throw SqlError(sqlstate::kSerializationFailure, "could not serialize access due to concurrent update");
      }
    }
  }

  static bool Refuse(const planner::LockRowsNode::Lock& lock) {
    if (lock.wait == RowLock::Wait::kSkip) return false;
    throw SqlError(sqlstate::kLockNotAvailable, Format("could not obtain lock on row in relation \"%s\"", lock.table->name.c_str()));
  }

  const planner::LockRowsNode& node_;
  ExecutionState& state_;
  bool announced_ = false;
};

}  // namespace

void BuildLockRows(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::LockRowsNode&>(base);
  builder.Build(*node.children[0], pipeline);
  builder.AddStep(pipeline, builder.state().Make<LockRows>(node, builder.state()), node);
}

}  // namespace gather::executor
