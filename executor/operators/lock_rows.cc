// LockRows: SELECT … FOR UPDATE / SHARE. Row by row, so that a LIMIT above locks no more rows than it returns.
#include "executor/operators/row_lock.h"
#include "executor/plan_builder.h"
#include "storage/storage.h"

namespace gather::executor {

namespace {

using sql::RowLock;

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
    switch (LockRow(state_.context, table, id, StrengthOf(lock.strength), lock.wait)) {
      case RowLockOutcome::kLocked: return true;
      case RowLockOutcome::kGone: RetryOrFail(state_.context, table, id);
      case RowLockOutcome::kRefused: break;
    }
    if (lock.wait == RowLock::Wait::kSkip) return false;
    throw SqlError(sqlstate::kLockNotAvailable, Format("could not obtain lock on row in relation \"%s\"", lock.table->name.c_str()));
  }

  static storage::RowLockStrength StrengthOf(RowLock::Strength strength) {
    switch (strength) {
      case RowLock::Strength::kKeyShare: return storage::RowLockStrength::kKeyShare;
      case RowLock::Strength::kShare: return storage::RowLockStrength::kShare;
      case RowLock::Strength::kNoKeyUpdate: return storage::RowLockStrength::kNoKeyUpdate;
      case RowLock::Strength::kUpdate: break;
    }
    return storage::RowLockStrength::kUpdate;
  }

  const planner::LockRowsNode& node_;
  ExecutionState& state_;
};

}  // namespace

void BuildLockRows(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::LockRowsNode&>(base);
  builder.Build(*node.children[0], pipeline);
  builder.AddStep(pipeline, builder.state().Make<LockRows>(node, builder.state()), node);
}

}  // namespace gather::executor
