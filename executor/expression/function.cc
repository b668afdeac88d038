// Function calls: the framework's side of the kernel contract in catalog/function.h.
#include <cstring>

#include "executor/execution_state.h"
#include "executor/expression/nodes.h"
#include "types/array.h"

namespace gather::executor {

namespace {
uint32_t Words(uint32_t rows) { return (rows + 63) / 64; }
}  // namespace

FunctionCall::FunctionCall(const catalog::FunctionInfo& function, SqlType result, std::vector<SqlType> argument_types, Participant& participant)
    : function_(function), result_(result), physical_(GetType(result.oid).physical), argument_types_(std::move(argument_types)) {
  if (function.kernel == nullptr) ThrowNotSupported(Format("function %s cannot be called here", std::string(function.name).c_str()));
  const ExecutionContext& context = participant.execution.context;
  context_.io = &context.io;
  context_.interrupt = context.interrupt;
  context_.session = context.session;
  context_.function = &function_;
  context_.result_type = result_;
  context_.argument_types = argument_types_;
}

void FunctionCall::Run(std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  bool all_constant = foldable(), null_constant = false, nulls = false;
  for (const Vector& argument : arguments) {
    if (!argument.is_constant()) {
      all_constant = false;
      nulls = nulls || argument.validity() != nullptr;
    } else if (!BitIsSet(argument.validity(), 0)) {
      null_constant = true;
    }
  }
  if (function_.strict && null_constant) {
    PrepareResult(result, result_, physical_, 1);
    result.SetConstantNull();
    return;
  }
  const uint32_t called = all_constant ? 1 : rows;
  PrepareResult(result, result_, physical_, called);
  const bool masked = function_.strict && nulls && !all_constant;
  if (masked) {
    const uint32_t words = Words(rows);
    valid_.assign(words, ~uint64_t{0});
    for (const Vector& argument : arguments) {
      const uint64_t* validity = argument.validity();
      if (validity == nullptr || argument.is_constant()) continue;
      if (argument.is_flat()) {
        for (uint32_t word = 0; word < words; ++word) valid_[word] &= validity[word];
      } else {
        const RowIndex* indices = argument.indices();
        for (uint32_t i = 0; i < rows; ++i) {
          if (!BitIsSet(validity, indices[i])) valid_[i >> 6] &= ~(uint64_t{1} << (i & 63));
        }
      }
    }
    const uint64_t tail = (rows & 63) == 0 ? ~uint64_t{0} : (uint64_t{1} << (rows & 63)) - 1;
    bool any = (valid_[words - 1] & tail) != 0;
    for (uint32_t word = 0; word + 1 < words && !any; ++word) any = valid_[word] != 0;
    if (!any) {
      result.SetConstantNull();
      return;
    }
    std::memcpy(result.MutableValidity(), valid_.data(), words * sizeof(uint64_t));
  }
  function_.kernel(context_, arguments, called, result);
  if (masked) {
    // A kernel that chose another representation has reset the validity.
    if (result.validity() == nullptr) {
      std::memcpy(result.MutableValidity(), valid_.data(), valid_.size() * sizeof(uint64_t));
    } else {
      uint64_t* validity = result.MutableValidity();
      for (size_t word = 0; word < valid_.size(); ++word) validity[word] &= valid_[word];
    }
  }
  if (all_constant) result.SetKind(VectorKind::kConstant);
  result.set_type(result_);
}

namespace {

class FunctionNode final : public Evaluator {
 public:
  FunctionNode(const sql::Expr& expr, Compiler& compiler)
      : Evaluator(expr.type), call_(*expr.function, expr.type, ArgumentTypes(expr), compiler.participant()), location_(expr.location) {
    constant_ = call_.foldable();
    for (const sql::ExprRef& child : expr.children) {
      children_.push_back(compiler.Compile(child));
      constant_ = constant_ && children_.back()->constant();
    }
    arguments_.resize(children_.size());
  }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    if (!constant_) {
      Call(input, out);
      return;
    }
    if (!computed_) {
      EvaluationInput one = input;
      one.rows = 1;
      one.epoch = 0;
      Call(one, value_);
      computed_ = true;
    }
    out = value_;
  }
  bool constant() const override { return constant_; }

 private:
  static std::vector<SqlType> ArgumentTypes(const sql::Expr& expr) {
    std::vector<SqlType> types;
    types.reserve(expr.children.size());
    for (const sql::ExprRef& child : expr.children) types.push_back(child->type);
    return types;
  }
  void Call(const EvaluationInput& input, Vector& out) {
    for (size_t i = 0; i < children_.size(); ++i) children_[i]->Evaluate(input, arguments_[i]);
    call_.Run(arguments_, input.rows, out);
    // Let go of the input's buffers, so that its producer can use them again.
    for (size_t i = 0; i < children_.size(); ++i) {
      if (children_[i]->borrows()) arguments_[i] = Vector();
    }
  }

  FunctionCall call_;
  const int location_;
  std::vector<EvaluatorPtr> children_;
  std::vector<Vector> arguments_;
  bool constant_ = false, computed_ = false;
  Vector value_;
};

// f(…, VARIADIC array) of a function that takes any types: the array's elements are its arguments, a different number row by row.
class VariadicNode final : public Evaluator {
 public:
  VariadicNode(const sql::Expr& expr, Compiler& compiler) : Evaluator(expr.type), function_(*expr.function), result_(expr.type), participant_(compiler.participant()) {
    for (const sql::ExprRef& child : expr.children) children_.push_back(compiler.Compile(child));
    values_.resize(children_.size());
  }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    for (size_t i = 0; i < children_.size(); ++i) children_[i]->Evaluate(input, values_[i]);
    PrepareResult(out, result_, GetType(result_.oid).physical, input.rows);
    for (uint32_t row = 0; row < input.rows; ++row) {
      Vector value;
      if (Call(row, value)) out.Append(value, 0, 1, row); else out.SetNull(row);
    }
  }

 private:
  bool Call(uint32_t row, Vector& value) const {
    std::vector<Vector> arguments;
    std::vector<SqlType> types;
    for (size_t i = 0; i + 1 < values_.size(); ++i) {
      arguments.push_back(Vector::Constant(values_[i].Get(row)));
      types.push_back(values_[i].type());
    }
    const Vector& array = values_.back();
    if (array.IsNull(row)) {
      // As PostgreSQL has it: no arguments for format, an unknown text for the others.
      if (function_.name != "format") return false;
    } else {
      ArrayReader reader(array.View().get<StringRef>(row).view());
      ArrayReader::Element element;
      while (reader.Next(&element)) {
        types.emplace_back(reader.element_type());
        arguments.push_back(element.is_null ? Vector::ConstantNull(types.back()) : Vector::Constant(ArrayElementDatum(reader.element_type(), element)));
      }
    }
    FunctionCall(function_, result_, std::move(types), participant_).Run(arguments, 1, value);
    return !value.IsNull(0);
  }

  const catalog::FunctionInfo& function_;
  const SqlType result_;
  Participant& participant_;
  std::vector<EvaluatorPtr> children_;
  std::vector<Vector> values_;
};

}  // namespace

EvaluatorPtr MakeFunctionNode(const sql::Expr& expr, Compiler& compiler) {
  if (expr.any && expr.function->variadic == type_oid::kAny) return std::make_unique<VariadicNode>(expr, compiler);
  return MakeComparisonNode(expr, std::make_unique<FunctionNode>(expr, compiler), compiler);
}

EvaluatorPtr MakeComparisonNode(const sql::Expr&, EvaluatorPtr general, Compiler&) { return general; }

}  // namespace gather::executor
