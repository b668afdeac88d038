// WindowAgg: window functions over input sorted by partition and order. Collects whole partitions, some thousand rows at least, computes every
// call for them, and hands them on.
//
// What calls look at beyond the child's columns (arguments, filters) is computed as rows come in, and kept beside them.
#include <optional>

#include "executor/expression/evaluator.h"
#include "executor/plan_builder.h"
#include "executor/spill/spill_policy.h"
#include "executor/window/window_function.h"

namespace gather::executor {

namespace {

// Partitions are computed together until they have this many rows.
constexpr uint64_t kRowsTogether = 4 * kVectorSize;

struct WindowLocal : Local {
  WindowLocal(const planner::WindowAggNode& node, ExecutionState& state, const SpillPolicy& policy) : rows(node, state.context.budget, policy) {}
  WindowRows rows;
  ExpressionList expressions;                        // columns kept beside the child's
  std::vector<std::unique_ptr<WindowFunction>> calls;
  std::unique_ptr<ChunkStore::Reader> reader;        // while results are handed out
  size_t next = 0;                                   // chunk
  WindowChunk chunk;
  Chunk rest;                                        // input that belongs to later partitions, from `rest_from` on
  uint32_t rest_from = 0;
};

class WindowAgg final : public Transform {
 public:
  WindowAgg(const planner::WindowAggNode& node, ExecutionState& state)
      : node_(node), state_(state), policy_(state, SpillPolicy::Use::kSort), columns_(static_cast<uint32_t>(node.children[0]->output.size())) {
    for (const planner::WindowAggNode::Call& call : node.calls) {
      WindowArguments arguments;
      for (const sql::ExprRef& argument : call.arguments) arguments.columns.push_back(ColumnOf(argument));
      if (call.filter != nullptr) arguments.filter = ColumnOf(call.filter);
      arguments_.push_back(std::move(arguments));
    }
  }

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<WindowLocal>(node_, state_, policy_);
    local->expressions = ExpressionList(expressions_, participant);
    for (size_t i = 0; i < node_.calls.size(); ++i) local->calls.push_back(MakeWindowFunction(node_, node_.calls[i], arguments_[i], participant));
    return local;
  }

  Progress Push(Local& base, Chunk& in, Chunk& out) override {
    auto& local = static_cast<WindowLocal&>(base);
    out.set_rows(0);
    if (local.reader != nullptr) return NextOrRest(local, out);
    Chunk rows = in;
    Chunk computed;
    local.expressions.EvaluateAll(in, computed);
    for (Vector& vector : computed.vectors()) rows.Add(std::move(vector));
    const std::optional<uint32_t> border = local.rows.Mark(rows);
    const bool enough = border.has_value() && local.rows.rows() + *border >= kRowsTogether;
    local.rows.Add(rows, 0, enough ? *border : rows.rows());
    if (!enough) return Progress::kNeedInput;
    local.rest = std::move(rows);
    local.rest_from = *border;
    Begin(local);
    return NextOrRest(local, out);
  }

  Progress Drain(Local& base, Chunk& out) override {
    auto& local = static_cast<WindowLocal&>(base);
    out.set_rows(0);
    if (local.reader == nullptr) {
      if (local.rows.rows() == 0) return Progress::kDone;
      Begin(local);
    }
    if (Next(local, out)) return Progress::kMoreOutput;
    local.rows.Clear();
    local.reader = nullptr;
    return Progress::kDone;
  }

 private:
  uint32_t ColumnOf(const sql::ExprRef& expr) {
    if (expr->kind == sql::ExprKind::kSlot) return expr->index;
    expressions_.push_back(expr);
    return columns_ + static_cast<uint32_t>(expressions_.size()) - 1;
  }

  static void Begin(WindowLocal& local) {
    local.reader = std::make_unique<ChunkStore::Reader>(local.rows.store());
    local.next = 0;
    for (const auto& call : local.calls) call->Begin(local.rows);
  }

  // The next chunk of finished rows.
  bool Next(WindowLocal& local, Chunk& out) const {
    if (local.next == local.rows.store().size()) return false;
    local.rows.Describe(local.next, local.chunk);
    const Chunk& rows = local.reader->At(local.next++);
    out.Clear();
    for (uint32_t i = 0; i < columns_; ++i) out.Add(rows[i]);
    for (size_t i = 0; i < local.calls.size(); ++i) {
      Vector result(node_.calls[i].result, rows.rows());
      local.calls[i]->Compute(local.chunk, result);
      out.Add(std::move(result));
    }
    out.set_rows(rows.rows());
    return true;
  }

  Progress NextOrRest(WindowLocal& local, Chunk& out) const {
    if (Next(local, out)) return Progress::kMoreOutput;
    local.reader = nullptr;
    local.rows.Clear();
    local.rows.Add(local.rest, local.rest_from, local.rest.rows());
    local.rest.Clear();
    return Progress::kNeedInput;
  }

  const planner::WindowAggNode& node_;
  ExecutionState& state_;
  const SpillPolicy policy_;
  const uint32_t columns_;
  std::vector<sql::ExprRef> expressions_;
  std::vector<WindowArguments> arguments_;           // by call
};

}  // namespace

namespace {
// Participants have whole partitions each.
bool IsShared(const planner::PlanNode& node) {
  if (node.kind == planner::NodeKind::kWindowAgg) return IsShared(*node.children[0]);
  return node.kind == planner::NodeKind::kSort && !static_cast<const planner::SortNode&>(node).partition_by.empty();
}
}  // namespace

void BuildWindowAgg(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::WindowAggNode&>(base);
  builder.Build(*node.children[0], pipeline);
  if (!IsShared(*node.children[0])) pipeline.parallel = false;
  builder.AddStep(pipeline, builder.state().Make<WindowAgg>(node, builder.state()), node);
}

}  // namespace gather::executor
