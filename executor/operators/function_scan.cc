// Function Scan: ROWS FROM (f(…), g(…)): the functions' sets side by side, the shorter ones padded with nulls.
#include <algorithm>

#include "executor/expression/set_function.h"
#include "executor/operators/set_rows.h"
#include "executor/plan_builder.h"

namespace gather::executor {

// ---- SetRows

SetRows::SetRows(const std::vector<const sql::Expr*>& calls, Participant& participant) {
  for (const sql::Expr* call : calls) {
    functions_.push_back(std::make_unique<SetFunction>(*call, participant));
    parts_.emplace_back();
    for (const SqlType& type : functions_.back()->columns()) types_.push_back(type);
  }
}

void SetRows::Bind(const EvaluationInput& input) {
  for (const auto& function : functions_) function->Bind(input);
}

void SetRows::Start(RowIndex row) {
  for (size_t i = 0; i < functions_.size(); ++i) {
    functions_[i]->Start(row);
    parts_[i].at = parts_[i].rows = 0;
    parts_[i].ended = false;
  }
}

uint32_t SetRows::Next(std::vector<Vector>& out) {
  // As many rows as every set that goes on has at hand.
  uint32_t rows = kVectorSize;
  bool any = false;
  for (size_t i = 0; i < functions_.size(); ++i) {
    Part& part = parts_[i];
    if (!part.ended && part.at == part.rows) {
      part.at = 0;
      part.rows = functions_[i]->Next(part.values);
      part.ended = part.rows == 0;
    }
    if (part.ended) continue;
    any = true;
    rows = std::min(rows, part.rows - part.at);
  }
  if (!any) return 0;
  out.resize(types_.size());
  size_t column = 0;
  for (size_t i = 0; i < functions_.size(); ++i) {
    Part& part = parts_[i];
    for (size_t c = 0; c < functions_[i]->columns().size(); ++c, ++column) {
      if (part.ended) {
        out[column] = Vector::ConstantNull(types_[column]);
      } else if (part.at == 0 && rows == part.rows) {
        out[column] = part.values[c];
      } else {
        Selection piece;
        for (uint32_t row = 0; row < rows; ++row) piece.Add(part.at + row);
        out[column] = part.values[c].Sliced(piece, rows);
      }
    }
    if (!part.ended) part.at += rows;
  }
  return rows;
}

namespace {

class FunctionScan final : public Source {
 public:
  FunctionScan(const planner::FunctionScanNode& node, ExecutionState& state) : node_(node), state_(state) {}
  LocalPtr MakeLocal(Participant&) override { return nullptr; }

  Progress Next(Local&, Chunk& out) override {
    if (rows_ == nullptr) {
      std::vector<const sql::Expr*> calls;
      for (const sql::ExprRef& call : node_.functions) calls.push_back(call.get());
      rows_ = std::make_unique<SetRows>(calls, state_.leader);
      EvaluationInput one;
      one.rows = 1;
      rows_->Bind(one);
      rows_->Start(0);
    }
    const uint32_t rows = rows_->Next(out.vectors());
    out.set_rows(rows);
    if (rows == 0) return Progress::kDone;
    if (node_.with_ordinality) {
      Vector number(type_oid::kInt8);
      for (uint32_t i = 0; i < rows; ++i) number.data<int64_t>()[i] = ++ordinality_;
      out.Add(std::move(number));
    }
    return Progress::kMoreOutput;
  }

 private:
  const planner::FunctionScanNode& node_;
  ExecutionState& state_;
  std::unique_ptr<SetRows> rows_;
  int64_t ordinality_ = 0;
};

}  // namespace

void BuildFunctionScan(const planner::PlanNode& base, PlanBuilder& builder, Pipeline& pipeline) {
  const auto& node = static_cast<const planner::FunctionScanNode&>(base);
  builder.SetSource(pipeline, builder.state().Make<FunctionScan>(node, builder.state()), node);
}

}  // namespace gather::executor
