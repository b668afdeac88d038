// INTERSECT and EXCEPT [ALL]: rows of both inputs are put aside by the hash of all their columns, by everybody, in memory or on disk; whoever takes a
// partition finds its distinct left rows and how often each side has them.
#include <algorithm>
#include <atomic>

#include "executor/plan_builder.h"
#include "executor/row/group_table.h"
#include "executor/spill/row_partitions.h"
#include "executor/spill/spill_policy.h"
#include "types/compare.h"

namespace gather::executor {

namespace {

struct Counts {
  uint64_t left = 0, right = 0;
};

// What the rows of one partition, or of all, lie in.
struct Sides {
  uint32_t level = 0, partition = 0;
  std::vector<std::shared_ptr<RowPartitions>> left, right;
};

// What the inputs and the output share.
struct SetOpShared {
  SetOpShared(const planner::SetOpNode& the_node, ExecutionState& the_state)
      : node(the_node), state(the_state), policy(the_state, SpillPolicy::Use::kHash) {
    for (const planner::PlanColumn& column : node.children[0]->output) types.push_back(column.type);
  }
  std::shared_ptr<RowPartitions> MakePartitions(uint32_t level, uint64_t most_bytes) const {
    return std::make_shared<RowPartitions>(types, level, most_bytes, policy.can_spill() ? policy.directory() : std::string(), state.context.budget);
  }
  const planner::SetOpNode& node;
  ExecutionState& state;
  const SpillPolicy policy;
  std::vector<SqlType> types;
  std::mutex mutex;
  Sides all;
};

struct SideLocal : Local {
  std::shared_ptr<RowPartitions> rows;
  std::vector<uint64_t> hashes;
};

class SideSink final : public Sink {
 public:
  SideSink(std::shared_ptr<SetOpShared> shared, bool left) : shared_(std::move(shared)), left_(left) {}

  LocalPtr MakeLocal(Participant&) override {
    auto local = std::make_unique<SideLocal>();
    local->rows = shared_->MakePartitions(0, shared_->policy.limit());
    local->hashes.resize(kVectorSize);
    return local;
  }

  Progress Add(Local& base, Chunk& in) override {
    auto& local = static_cast<SideLocal&>(base);
    std::fill(local.hashes.begin(), local.hashes.end(), kNullHash);
    for (size_t c = 0; c < in.columns(); ++c) HashVector(in[c], in.rows(), local.hashes.data(), c != 0);
    local.rows->Add(in, nullptr, in.rows(), local.hashes.data(), 0);
    return Progress::kNeedInput;
  }

  void Merge(Local& base) override {
    auto& local = static_cast<SideLocal&>(base);
    local.rows->Finish();
    std::lock_guard lock(shared_->mutex);
    (left_ ? shared_->all.left : shared_->all.right).push_back(std::move(local.rows));
  }

 private:
  const std::shared_ptr<SetOpShared> shared_;
  const bool left_;
};

struct SetOpLocal : Local {
  explicit SetOpLocal(Participant& the_participant) : participant(the_participant) {}
  Participant& participant;
  std::vector<Sides> parts;                          // still to be looked at
  std::unique_ptr<GroupTable> table;                 // of the present part
  size_t at = 0;
  uint64_t copies = 0;                               // of row at - 1, still to be handed out
};

class SetOpSource final : public Source {
 public:
  explicit SetOpSource(std::shared_ptr<SetOpShared> shared) : shared_(std::move(shared)) {}
  LocalPtr MakeLocal(Participant& participant) override { return std::make_unique<SetOpLocal>(participant); }

  Progress Next(Local& base, Chunk& out) override {
    auto& local = static_cast<SetOpLocal&>(base);
    out.set_rows(0);
    for (;;) {
      if (local.table != nullptr) {
        if (Write(local, out)) return Progress::kMoreOutput;
        local.table.reset();
      }
      if (local.parts.empty()) {
        const uint32_t partition = next_.fetch_add(1, std::memory_order_relaxed);
        if (partition >= RowPartitions::kPartitions) return Progress::kDone;
        Sides part = shared_->all;
        part.partition = partition;
        local.parts.push_back(std::move(part));
      }
      const Sides part = std::move(local.parts.back());
      local.parts.pop_back();
      Count(part, local);
    }
  }

  double Remaining() const override {
    return 1 - std::min(1.0, static_cast<double>(next_.load(std::memory_order_relaxed)) / RowPartitions::kPartitions);
  }

 private:
  // The table of one part; none if it was too large and has been divided.
  void Count(const Sides& part, SetOpLocal& local) const {
    auto table = std::make_unique<GroupTable>(shared_->types, static_cast<uint32_t>(sizeof(Counts)), shared_->state.context.budget);
    const uint32_t tail = table->layout().tail();
    std::vector<uint8_t*> rows(kVectorSize);
    Selection added;
    Chunk chunk;
    for (const bool left : {true, false}) {
      for (const std::shared_ptr<RowPartitions>& from : left ? part.left : part.right) {
        RowPartitions::Reader reader(*from, part.partition);
        for (uint32_t tag; reader.Next(chunk, &tag);) {
          local.participant.CheckInterrupt();
          if (!left) {
            table->Find(chunk.vectors(), chunk.rows(), rows.data());
            for (uint32_t i = 0; i < chunk.rows(); ++i) {
              if (rows[i] != nullptr) ++reinterpret_cast<Counts*>(rows[i] + tail)->right;
            }
            continue;
          }
          table->FindOrAdd(chunk.vectors(), chunk.rows(), rows.data(), &added);
          for (uint32_t i = 0; i < added.size(); ++i) new (rows[added[i]] + tail) Counts();
          for (uint32_t i = 0; i < chunk.rows(); ++i) ++reinterpret_cast<Counts*>(rows[i] + tail)->left;
          if (table->bytes() > shared_->policy.limit() && part.level < RowPartitions::kDeepest) {
            Divide(part, local);
            return;
          }
        }
      }
    }
    local.table = std::move(table);
    local.at = 0;
    local.copies = 0;
  }

  void Divide(const Sides& part, SetOpLocal& local) const {
    Sides divided;
    divided.level = part.level + 1;
    std::vector<uint64_t> hashes(kVectorSize, kNullHash);
    Chunk chunk;
    for (const bool left : {true, false}) {
      auto rows = shared_->MakePartitions(divided.level, 0);
      for (const std::shared_ptr<RowPartitions>& from : left ? part.left : part.right) {
        RowPartitions::Reader reader(*from, part.partition);
        for (uint32_t tag; reader.Next(chunk, &tag);) {
          local.participant.CheckInterrupt();
          for (size_t c = 0; c < chunk.columns(); ++c) HashVector(chunk[c], chunk.rows(), hashes.data(), c != 0);
          rows->Add(chunk, nullptr, chunk.rows(), hashes.data(), 0);
        }
      }
      rows->Finish();
      (left ? divided.left : divided.right).push_back(std::move(rows));
    }
    for (divided.partition = 0; divided.partition < RowPartitions::kPartitions; ++divided.partition) local.parts.push_back(divided);
  }

  bool Write(SetOpLocal& local, Chunk& out) const {
    const GroupTable& table = *local.table;
    const RowLayout& layout = table.layout();
    std::vector<uint8_t*> rows;
    while (rows.size() < kVectorSize) {
      if (local.copies == 0) {
        if (local.at == table.rows().size()) break;
        local.copies = Copies(*reinterpret_cast<const Counts*>(table.rows()[local.at++] + layout.tail()));
        continue;
      }
      const uint64_t count = std::min<uint64_t>(local.copies, kVectorSize - rows.size());
      rows.insert(rows.end(), count, table.rows()[local.at - 1]);
      local.copies -= count;
    }
    const auto count = static_cast<uint32_t>(rows.size());
    if (count == 0) return false;
    out.vectors().resize(layout.columns());
    for (size_t c = 0; c < layout.columns(); ++c) LoadColumn(layout.column(c), rows.data(), count, table.owner(), out[c]);
    out.set_rows(count);
    return true;
  }

  uint64_t Copies(const Counts& counts) const {
    const planner::SetOpNode& node = shared_->node;
    if (node.operation == sql::SetOperation::kIntersect) {
      const uint64_t both = std::min(counts.left, counts.right);
      return node.all ? both : std::min<uint64_t>(both, 1);
    }
    if (node.all) return counts.left > counts.right ? counts.left - counts.right : 0;
    return counts.right == 0 ? 1 : 0;
  }

  const std::shared_ptr<SetOpShared> shared_;
  std::atomic<uint32_t> next_{0};
};

}  // namespace

void BuildSetOp(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::SetOpNode&>(base);
  auto shared = std::make_shared<SetOpShared>(node, builder.state());
  for (const bool left : {true, false}) {
    Pipeline* input = builder.BuildInput(*node.children[left ? 0 : 1], pipeline);
    builder.SetSink(*input, builder.state().Make<SideSink>(shared, left), node);
  }
  builder.SetSource(pipeline, builder.state().Make<SetOpSource>(shared), node, builder.in_gather());
}

}  // namespace gather::executor
