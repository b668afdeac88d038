// Values Scan: rows of expressions.
#include <algorithm>

#include "executor/expression/evaluator.h"
#include "executor/plan_builder.h"

namespace gather::executor {

namespace {

class ValuesScan final : public Source {
 public:
  ValuesScan(const planner::ValuesScanNode& node, ExecutionState& state) : node_(node), state_(state) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }

  Progress Next(Local&, Chunk& out) override {
    out.Clear();
    const uint32_t rows = static_cast<uint32_t>(std::min<size_t>(kVectorSize, node_.values.size() - at_));
    if (rows == 0) return Progress::kDone;
    out = Chunk(node_.types, rows);
    EvaluationInput one;
    one.rows = 1;
    Vector value;
    for (uint32_t row = 0; row < rows; ++row) {
      const std::vector<sql::ExprRef>& expressions = node_.values[at_ + row];
      for (size_t column = 0; column < expressions.size(); ++column) {
        const sql::Expr& expr = *expressions[column];
        if (expr.kind == sql::ExprKind::kConstant) {
          if (expr.constant.is_null && out[column].physical() == PhysicalType::kString) out[column].data<StringRef>()[row] = StringRef();
          out[column].Set(row, expr.constant);
          continue;
        }
        Compile(expressions[column], state_.leader)->Evaluate(one, value);
        out[column].Append(value, 0, 1, row);
      }
    }
    out.set_rows(rows);
    at_ += rows;
    return Progress::kMoreOutput;
  }

 private:
  const planner::ValuesScanNode& node_;
  ExecutionState& state_;
  size_t at_ = 0;
};

}  // namespace

void BuildValuesScan(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::ValuesScanNode&>(base);
  builder.SetSource(pipeline, builder.state().Make<ValuesScan>(node, builder.state()), node);
}

}  // namespace gather::executor
