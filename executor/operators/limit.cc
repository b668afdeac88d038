// Limit: OFFSET and LIMIT over a stream. Parallel: participants count rows into one shared counter; whoever passes the limit ends its pipeline.
#include <algorithm>
#include <atomic>

#include "executor/operators/row_bounds.h"
#include "executor/plan_builder.h"

namespace gather::executor {

RowBounds EvaluateBounds(const sql::ExprRef& limit, const sql::ExprRef& offset, Participant& participant) {
  RowBounds bounds;
  const auto evaluate = [&](const sql::ExprRef& expr, uint64_t* to, SqlState state, const char* what) {
    if (expr == nullptr) return;
    EvaluationInput one;
    one.rows = 1;
    Vector value;
    Compile(expr, participant)->Evaluate(one, value);
    if (value.IsNull(0)) return;
    const int64_t number = value.View().get<int64_t>(0);
    if (number < 0) throw SqlError(state, Format("%s must not be negative", what));
    *to = static_cast<uint64_t>(number);
  };
  evaluate(offset, &bounds.offset, sqlstate::kInvalidRowCountInResultOffsetClause, "OFFSET");
  evaluate(limit, &bounds.limit, sqlstate::kInvalidRowCountInLimitClause, "LIMIT");
  return bounds;
}

namespace {

class Limit final : public Transform {
 public:
  explicit Limit(const planner::LimitNode& node) : node_(node) {}

  LocalPtr MakeLocal(Participant& participant) override {
    std::call_once(known_, [&] {
      const RowBounds bounds = EvaluateBounds(node_.limit, node_.offset, participant);
      first_ = bounds.offset;
      end_ = bounds.limit > RowBounds::kAll - bounds.offset ? RowBounds::kAll : bounds.offset + bounds.limit;
    });
    return nullptr;
  }

  Progress Push(Local&, Chunk& in, Chunk& out) override {
    const uint64_t begin = seen_.fetch_add(in.rows(), std::memory_order_relaxed), after = begin + in.rows();
    const uint64_t from = std::max(begin, first_), to = std::min(after, end_);
    if (from >= to) {
      out.set_rows(0);
    } else {
      out = in;
      if (to - from != in.rows()) {
        Selection part;
        for (uint64_t row = from; row < to; ++row) part.Add(static_cast<RowIndex>(row - begin));
        out.Slice(part, part.size());
      }
    }
    return after >= end_ ? Progress::kDone : Progress::kNeedInput;
  }
  bool Satisfied() const override { return seen_.load(std::memory_order_relaxed) >= end_; }

 private:
  const planner::LimitNode& node_;
  std::once_flag known_;
  uint64_t first_ = 0, end_ = 0;           // rows [first_, end_) of the input are wanted
  std::atomic<uint64_t> seen_{0};
};

}  // namespace

void BuildLimit(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::LimitNode&>(base);
  builder.Build(*node.children[0], pipeline);
  builder.AddStep(pipeline, builder.state().Make<Limit>(node), node);
}

}  // namespace gather::executor
