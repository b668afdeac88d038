#include "executor/operators/hash_join.h"

#include <algorithm>

namespace gather::executor {

namespace {

using planner::HashJoinNode;
using planner::JoinKind;

// Keys of both sides in a common type: integers and floats of different width meet in the widest.
sql::ExprRef Widened(const sql::ExprRef& key, SqlType other) {
  const PhysicalType mine = GetType(key->type.oid).physical, theirs = GetType(other.oid).physical;
  if (mine == theirs) return key;
  const auto rank = [](PhysicalType type) {
    switch (type) {
      case PhysicalType::kInt16: return 1;
      case PhysicalType::kInt32: return 2;
      case PhysicalType::kInt64: return 3;
      case PhysicalType::kFloat32: return 1;
      case PhysicalType::kFloat64: return 2;
      default: return 0;
    }
  };
  if (rank(mine) >= rank(theirs)) return key;
  auto cast = std::make_shared<sql::Expr>();
  cast->kind = sql::ExprKind::kIoCast;
  cast->type = other;
  cast->children = {key};
  return cast;
}

// Probing of the table in memory.
struct ProbeLocal : Local {
  ProbeLocal(const JoinShared& shared, Participant& participant) : prober(shared, participant) {}
  JoinProber prober;
  bool draining = false, drains = false;
};

class JoinProbe final : public Transform {
 public:
  explicit JoinProbe(std::shared_ptr<JoinShared> shared) : shared_(std::move(shared)), kind_(shared_->node.join) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<ProbeLocal>(*shared_, participant);
    local->prober.SetTable(*shared_->table);
    probing_.fetch_add(1);
    return local;
  }

  Progress Push(Local& base, Chunk& in, Chunk& out) override {
    out.set_rows(0);
    return static_cast<ProbeLocal&>(base).prober.Probe(in, out);
  }

  Progress Drain(Local& base, Chunk& out) override {
    auto& local = static_cast<ProbeLocal&>(base);
    out.set_rows(0);
    if (kind_ != JoinKind::kRight && kind_ != JoinKind::kFull) return Progress::kDone;
    if (!local.draining) {
      // Whoever stops probing last hands out the inner rows that nobody has found; all marks are there by then.
      local.draining = true;
      local.drains = probing_.fetch_sub(1) == 1 && !drained_.exchange(true);
    }
    return local.drains && local.prober.EmitUnmatched(out) ? Progress::kMoreOutput : Progress::kDone;
  }

 private:
  const std::shared_ptr<JoinShared> shared_;
  const JoinKind kind_;
  std::atomic<uint32_t> probing_{0};
  std::atomic<bool> drained_{false};
};

}  // namespace

JoinShared::JoinShared(const HashJoinNode& the_node, ExecutionState& the_state)
    : node(the_node), state(the_state), used(the_node), policy(the_state, SpillPolicy::Use::kHash) {
  const planner::PlanNode& inner = *node.children[1];
  outer_columns = node.children[0]->output.size();
  inner_columns = inner.output.size();
  // The table keeps the inner columns that are read later, then the keys that are not among them.
  std::vector<SqlType> types;
  for (size_t i = 0; i < inner_columns; ++i) {
    position.push_back(-1);
    if (!used.contains(outer_columns + i)) continue;
    position[i] = static_cast<int>(types.size());
    payload.push_back(static_cast<uint32_t>(i));
    types.push_back(inner.output[i].type);
  }
  for (size_t k = 0; k < node.inner_keys.size(); ++k) {
    inner_keys.push_back(Widened(node.inner_keys[k], node.outer_keys[k]->type));
    outer_keys.push_back(Widened(node.outer_keys[k], node.inner_keys[k]->type));
    const sql::Expr& key = *inner_keys.back();
    if (key.kind == sql::ExprKind::kSlot && position[key.index] >= 0 && types[static_cast<size_t>(position[key.index])].oid == key.type.oid) {
      key_column.push_back(static_cast<uint32_t>(position[key.index]));
      key_stored.push_back(false);
    } else {
      key_column.push_back(static_cast<uint32_t>(types.size()));
      key_stored.push_back(true);
      types.push_back(key.type);
    }
  }
  inner_types = types;
  table = MakeTable();
  std::vector<SqlType> outer_types;
  for (const planner::PlanColumn& column : node.children[0]->output) outer_types.push_back(column.type);
  outer_layout = RowLayout(outer_types, sizeof(uint64_t));
}

bool JoinShared::HasIntegerKey() const {
  if (inner_keys.size() != 1 || NullEquals(0)) return false;
  const RowColumn& column = table->layout().column(key_column[0]);
  return column.type.oid != type_oid::kNumeric && RuntimeFilter::Supports(column.physical);
}

bool JoinShared::AsksForPresence() const {
  const bool kind = node.join == JoinKind::kInner || node.join == JoinKind::kSemi || node.join == JoinKind::kAnti || node.join == JoinKind::kMark;
  return kind && payload.empty() && node.residual == nullptr && HasIntegerKey();
}

void BuildHashJoin(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const HashJoinNode&>(base);
  ExecutionState& state = builder.state();
  auto shared = std::make_shared<JoinShared>(node, state);
  for (const HashJoinNode::RuntimeFilter& wanted : node.runtime_filters) {
    builder.runtime_filter(wanted.number) = std::make_shared<RuntimeFilter>();
    shared->runtime_filters.emplace_back(wanted.key, builder.runtime_filter(wanted.number));
  }
  Pipeline* build = builder.BuildInput(*node.children[1], pipeline);
  builder.SetSink(*build, MakeJoinBuild(state, shared), node);
  builder.Build(*node.children[0], pipeline);
  Transform* probe = state.Make<JoinProbe>(shared);
  builder.AddStep(pipeline, probe, node);
  if (!shared->CanSpill()) return;
  // Should the inner side be on disk when the outer one is asked, the outer one goes there first, and the partitions take its place.
  Pipeline* outer = state.MakePipeline();
  outer->prepare = [&pipeline, &state, &node, outer, probe, shared] {
    if (!shared->Spilled()) {
      outer->finished = true;
      return;
    }
    const auto at = std::find_if(pipeline.steps.begin(), pipeline.steps.end(), [probe](const Pipeline::Step& step) { return step.transform == probe; });
    outer->source = pipeline.source;
    outer->source_node = pipeline.source_node;
    outer->steps.assign(pipeline.steps.begin(), at);
    outer->parallel = pipeline.parallel;
    outer->sink = MakeJoinOuter(state, shared);
    pipeline.source = MakeJoinPartitions(state, shared);
    pipeline.source_node = node.id;
    pipeline.steps.erase(pipeline.steps.begin(), at + 1);
  };
  pipeline.dependencies.push_back(outer);
}

}  // namespace gather::executor
