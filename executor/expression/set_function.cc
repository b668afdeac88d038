#include "executor/expression/set_function.h"

#include "executor/execution_state.h"

namespace gather::executor {

SetFunction::SetFunction(const sql::Expr& call, Participant& participant) : function_(call.function) {
  if (function_ == nullptr || function_->set_kernel == nullptr) {
    scalar_ = Compile(std::make_shared<sql::Expr>(call), participant);
    columns_.push_back(call.type);
    return;
  }
  for (const sql::ExprRef& child : call.children) {
    argument_types_.push_back(child->type);
    arguments_.push_back(Compile(child, participant));
  }
  if (function_->out_columns.size() > 1 || (function_->out_columns.size() == 1 && call.type.oid == type_oid::kRecord)) {
    for (size_t i = 0; i < function_->out_columns.size(); ++i) columns_.push_back(sql::OutColumnType(call, i));
  } else {
    columns_.push_back(call.type);
  }
  values_.resize(arguments_.size());
  row_.resize(arguments_.size());
  const ExecutionContext& context = participant.execution.context;
  context_.io = &context.io;
  context_.interrupt = context.interrupt;
  context_.session = context.session;
  context_.function = function_;
  context_.result_type = call.type;
  context_.argument_types = argument_types_;
}

void SetFunction::Bind(const EvaluationInput& input) {
  if (scalar_ != nullptr) {
    scalar_->Evaluate(input, scalar_value_);
    return;
  }
  for (size_t i = 0; i < arguments_.size(); ++i) arguments_[i]->Evaluate(input, values_[i]);
}

void SetFunction::Start(RowIndex row) {
  source_.reset();
  if (scalar_ != nullptr) {
    Selection one(1);
    one.Add(row);
    row_.assign(1, scalar_value_.Sliced(one, 1));
    scalar_pending_ = true;
    return;
  }
  for (size_t i = 0; i < arguments_.size(); ++i) {
    row_[i] = values_[i].is_constant() ? values_[i] : Vector::Constant(values_[i].Get(row));
    if (function_->strict && row_[i].IsNull(0)) return;       // no rows
  }
  source_ = function_->set_kernel(context_, row_);
}

uint32_t SetFunction::Next(std::vector<Vector>& out) {
  if (scalar_ != nullptr) {
    if (!scalar_pending_) return 0;
    scalar_pending_ = false;
    out.resize(1);
    out[0] = row_[0];
    return 1;
  }
  if (source_ == nullptr) return 0;
  out.resize(columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) {
    out[i].Reset(columns_[i], kVectorSize);
  }
  const uint32_t rows = source_->Next(context_, out);
  if (rows == 0) source_.reset();
  return rows;
}

}  // namespace gather::executor
