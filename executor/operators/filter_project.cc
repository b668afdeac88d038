// A node's filter and projection, applied to its raw rows: to all of a chunk at once, or to a few at a time where functions make long strings of
// them (2,048 strings of 10 MB would be 20 GB).
#include "executor/expression/evaluator.h"
#include "executor/plan_builder.h"
#include "types/statement_scope.h"

namespace gather::executor {

namespace {

// Strings that one piece of a chunk may make.
constexpr uint64_t kPieceStrings = 32 << 20;

struct FilterProjectLocal : Local {
  std::unique_ptr<Filter> filter;
  ExpressionList projection;
  Selection selected;
  Chunk kept;
  uint32_t piece = kVectorSize;            // rows taken at a time
  uint32_t at = 0;                         // rows of the input done
  Chunk part;
  Selection part_rows;
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
    for (;;) {
      const uint32_t count = std::min(local.piece, in.rows() - local.at);
      const bool all = count == in.rows();
      try {
        const StatementScope::StringLimit limit(count > 1 ? kPieceStrings : StatementScope::kNoLimit);
        if (!all) TakePart(in, count, local);
        Apply(local, all ? in : local.part, out);
      } catch (const ChunkTooLarge&) {
        local.piece = std::max(1u, count / 8);
        continue;
      }
      local.at += count;
      if (local.at < in.rows()) return Progress::kMoreOutput;
      local.at = 0;
      local.piece = std::min(local.piece * 2, kVectorSize);
      local.part.Clear();
      return Progress::kNeedInput;
    }
  }

 private:
  static void TakePart(const Chunk& in, uint32_t count, FilterProjectLocal& local) {
    local.part_rows.Renew();
    for (uint32_t i = 0; i < count; ++i) local.part_rows.Add(local.at + i);
    local.part = in;
    local.part.Slice(local.part_rows, count);
  }

  void Apply(FilterProjectLocal& local, const Chunk& in, Chunk& out) {
    const Chunk* rows = &in;
    out.set_rows(0);
    if (local.filter != nullptr) {
      const bool all = local.filter->Select(in, local.selected);
      if (!all) {
        CountRemoved(in.rows() - local.selected.size());
        if (local.selected.size() == 0) return;
        if (projection_.empty()) {
          out = in;
          out.Slice(local.selected, local.selected.size());
          return;
        }
        if (picks_columns_) {
          Pick(in, out);
          out.Slice(local.selected, local.selected.size());
          return;
        }
        local.kept = in;
        local.kept.Slice(local.selected, local.selected.size());
        rows = &local.kept;
      }
    }
    if (projection_.empty()) {
      out = *rows;
      return;
    }
    if (picks_columns_) {
      Pick(*rows, out);
      return;
    }
    out.vectors().resize(projection_.size());
    local.projection.NextChunk();
    for (size_t i = 0; i < projection_.size(); ++i) local.projection.Evaluate(i, *rows, out[i]);
    out.set_rows(rows->rows());
    local.kept.Clear();
  }

  void CountRemoved(uint32_t rows) {
    if (execution_.instrumentation == nullptr) return;
    execution_.instrumentation->Update(node_, [&](planner::NodeActuals& actuals) { actuals.rows_removed_by_filter += rows; });
  }
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

void AppendFilterProject(const planner::PlanNode& node, bool filtered, PlanBuilder& builder, Pipeline& pipeline, uint32_t counted_as) {
  const sql::ExprRef filter = filtered ? nullptr : node.filter;
  if (filter == nullptr && node.projection.empty()) return;
  bool picks = true;
  for (const sql::ExprRef& expr : node.projection) picks = picks && expr->kind == sql::ExprKind::kSlot;
  const uint32_t number = counted_as == kNoNode ? node.id : counted_as;
  pipeline.steps.push_back({builder.state().Make<FilterProject>(filter, node.projection, picks, number, builder.state()), number});
}

}  // namespace gather::executor
