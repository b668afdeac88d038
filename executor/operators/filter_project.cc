// A node's filter and projection, applied to its raw rows.
#include "executor/expression/evaluator.h"
#include "executor/plan_builder.h"

namespace gather::executor {

namespace {

struct FilterProjectLocal : Local {
  std::unique_ptr<Filter> filter;
  ExpressionList projection;
  Selection selected;
  Chunk kept;
};

class FilterProject final : public Transform {
 public:
  FilterProject(sql::ExprRef filter, const std::vector<sql::ExprRef>& projection, bool picks_columns, uint32_t node, ExecutionState& execution)
      : filter_(std::move(filter)), projection_(projection), picks_columns_(picks_columns), node_(node), execution_(execution) {}

  LocalPtr MakeLocal(Participant& participant) override {
    auto local = std::make_unique<FilterProjectLocal>();
    if (filter_ != nullptr) local->filter = std::make_unique<Filter>(filter_, participant);
    if (!picks_columns_) local->projection = ExpressionList(projection_, participant);
    return local;
  }

  Progress Push(Local& base, Chunk& in, Chunk& out) override {
    auto& local = static_cast<FilterProjectLocal&>(base);
    const Chunk* rows = &in;
    out.set_rows(0);
    if (local.filter != nullptr) {
      const bool all = local.filter->Select(in, local.selected);
      if (execution_.instrumentation != nullptr) [[unlikely]] {
        const uint32_t removed = all ? 0 : in.rows() - local.selected.size();
        execution_.instrumentation->Update(node_, [&](planner::NodeActuals& actuals) { actuals.rows_removed_by_filter += removed; });
      }
      if (!all) {
        if (local.selected.size() == 0) return Progress::kNeedInput;
        if (projection_.empty()) {
          out = in;
          out.Slice(local.selected, local.selected.size());
          return Progress::kNeedInput;
        }
        if (picks_columns_) {
          Pick(in, out);
          out.Slice(local.selected, local.selected.size());
          return Progress::kNeedInput;
        }
        local.kept = in;
        local.kept.Slice(local.selected, local.selected.size());
        rows = &local.kept;
      }
    }
    if (projection_.empty()) {
      out = *rows;
      return Progress::kNeedInput;
    }
    if (picks_columns_) {
      Pick(*rows, out);
      return Progress::kNeedInput;
    }
    out.vectors().resize(projection_.size());
    local.projection.NextChunk();
    for (size_t i = 0; i < projection_.size(); ++i) local.projection.Evaluate(i, *rows, out[i]);
    out.set_rows(rows->rows());
    local.kept.Clear();
    return Progress::kNeedInput;
  }

 private:
  void Pick(const Chunk& in, Chunk& out) {
    out.vectors().resize(projection_.size());
    for (size_t i = 0; i < projection_.size(); ++i) out[i] = in[projection_[i]->index];
    out.set_rows(in.rows());
  }

  const sql::ExprRef filter_;
  const std::vector<sql::ExprRef>& projection_;   // of the plan node
  const bool picks_columns_;
  const uint32_t node_;
  ExecutionState& execution_;
};

}  // namespace

void AppendFilterProject(const planner::PlanNode& node, bool filtered, PlanBuilder& builder, Pipeline& pipeline) {
  const sql::ExprRef filter = filtered ? nullptr : node.filter;
  if (filter == nullptr && node.projection.empty()) return;
  bool picks = true;
  for (const sql::ExprRef& expr : node.projection) picks = picks && expr->kind == sql::ExprKind::kSlot;
  builder.AddStep(pipeline, builder.state().Make<FilterProject>(filter, node.projection, picks, node.id, builder.state()), node);
}

}  // namespace gather::executor
