// Casts that are no function calls: through text, by relabelling, and of arrays element by element.
#include <algorithm>

#include "executor/execution_state.h"
#include "executor/expression/nodes.h"
#include "types/array.h"
#include "types/numeric.h"

namespace gather::executor {

namespace {

// Through the source type's text output and the target type's text input.
class IoCastNode final : public Evaluator {
 public:
  IoCastNode(const sql::Expr& expr, Compiler& compiler)
      : Evaluator(expr.type), io_(compiler.participant().execution.context.io), child_(compiler.Compile(expr.children[0])),
        source_(GetType(expr.children[0]->type.oid)), target_(GetType(expr.type.oid)) {
    if (source_.text_out == nullptr || target_.text_in == nullptr) {
      ThrowNotSupported(Format("cannot cast type %s to %s through text", source_.sql_name, target_.sql_name));
    }
  }
  bool constant() const override { return child_->constant(); }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    child_->Evaluate(input, value_);
    const uint32_t rows = value_.is_constant() ? 1 : input.rows;
    PrepareResult(out, type_, physical_, rows);
    const VectorView view = value_.View();
    for (uint32_t i = 0; i < rows; ++i) {
      if (!view.valid(i)) {
        if (physical_ == PhysicalType::kString) out.data<StringRef>()[i] = StringRef();
        out.SetNull(i);
        continue;
      }
      text_.clear();
      source_.text_out(value_, i, io_, text_);
      target_.text_in(text_, type_, io_, out, i);
    }
    if (value_.is_constant()) out.SetKind(VectorKind::kConstant);
    if (child_->borrows()) value_ = Vector();
  }

 private:
  const IoSettings& io_;
  const EvaluatorPtr child_;
  const TypeInfo& source_;
  const TypeInfo& target_;
  Vector value_;
  std::string text_;
};

// An integer or float as a wider one: what a hash join makes of int4 = int8.
class WidenNode final : public Evaluator {
 public:
  WidenNode(const sql::Expr& expr, Compiler& compiler) : Evaluator(expr.type), child_(compiler.Compile(expr.children[0])) {}
  static bool Fits(PhysicalType from, PhysicalType to) {
    return (from == PhysicalType::kInt16 && (to == PhysicalType::kInt32 || to == PhysicalType::kInt64)) ||
           (from == PhysicalType::kInt32 && to == PhysicalType::kInt64) || (from == PhysicalType::kFloat32 && to == PhysicalType::kFloat64);
  }
  bool constant() const override { return child_->constant(); }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    child_->Evaluate(input, value_);
    const uint32_t rows = value_.is_constant() ? 1 : input.rows;
    PrepareResult(out, type_, physical_, rows);
    if (physical_ == PhysicalType::kFloat64) {
      Convert<float, double>(rows, out);
    } else if (physical_ == PhysicalType::kInt32) {
      Convert<int16_t, int32_t>(rows, out);
    } else if (child_->physical() == PhysicalType::kInt16) {
      Convert<int16_t, int64_t>(rows, out);
    } else {
      Convert<int32_t, int64_t>(rows, out);
    }
    if (value_.is_constant()) out.SetKind(VectorKind::kConstant);
    value_ = Vector();
  }

 private:
  template <class From, class To>
  void Convert(uint32_t rows, Vector& out) {
    const VectorView view = value_.View();
    To* values = out.data<To>();
    for (uint32_t i = 0; i < rows; ++i) values[i] = static_cast<To>(view.get<From>(i));
    if (view.validity == nullptr) return;
    for (uint32_t i = 0; i < rows; ++i) {
      if (!view.valid(i)) out.SetNull(i);
    }
  }
  const EvaluatorPtr child_;
  Vector value_;
};

// The same bytes under another type.
class RelabelNode final : public Evaluator {
 public:
  RelabelNode(const sql::Expr& expr, Compiler& compiler) : Evaluator(expr.type), child_(compiler.Compile(expr.children[0])) {}
  bool constant() const override { return child_->constant(); }
  bool borrows() const override { return child_->borrows() || child_->physical() != physical_; }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    child_->Evaluate(input, out);
    if (child_->physical() == physical_) {
      out.set_type(type_);
      return;
    }
    // int4 seen as oid …: a vector of the other physical type that refers to the same bytes.
    auto owner = std::make_shared<Vector>(std::move(out));
    const bool constant = owner->is_constant();
    if (!constant) owner->Flatten(input.rows);
    out = Vector();
    out.ReferTo(type_, physical_, owner->raw_data(), owner->validity(), owner);
    if (constant) out.SetKind(VectorKind::kConstant);
  }

 private:
  const EvaluatorPtr child_;
};

// Elements of arrays through an expression over one element (a CASE test).
class ArrayCoerceNode final : public Evaluator {
 public:
  ArrayCoerceNode(const sql::Expr& expr, Compiler& compiler)
      : Evaluator(expr.type), child_(compiler.Compile(expr.children[0])), element_(compiler.Compile(expr.children[1])) {}
  bool constant() const override { return child_->constant(); }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    Vector arrays;
    child_->Evaluate(input, arrays);
    const uint32_t rows = arrays.is_constant() ? 1 : input.rows;
    PrepareResult(out, type_, physical_, rows);
    const VectorView view = arrays.View();
    for (uint32_t i = 0; i < rows; ++i) {
      out.data<StringRef>()[i] = StringRef();
      if (!view.valid(i)) {
        out.SetNull(i);
        continue;
      }
      out.data<StringRef>()[i] = out.AddString(Coerce(view.get<StringRef>(i).view()));
    }
    if (arrays.is_constant()) out.SetKind(VectorKind::kConstant);
  }

 private:
  std::string Coerce(std::string_view payload) {
    const ArrayReader reader(payload);
    const Vector elements = ArrayElements(payload);
    ArrayBuilder builder(element_->type().oid);
    for (uint32_t at = 0; at < reader.size(); at += kVectorSize) {
      const uint32_t count = std::min(kVectorSize, reader.size() - at);
      Selection part;
      for (uint32_t i = 0; i < count; ++i) part.Add(at + i);
      const Vector test = elements.Sliced(part, count);
      EvaluationInput input;
      input.case_test = &test;
      input.rows = count;
      Vector coerced;
      element_->Evaluate(input, coerced);
      for (uint32_t i = 0; i < count; ++i) {
        if (coerced.IsNull(i)) builder.AddNull(); else builder.Add(coerced, i);
      }
    }
    return builder.Finish(reader.dimensions());
  }

  const EvaluatorPtr child_, element_;
};

}  // namespace

EvaluatorPtr MakeCastNode(const sql::Expr& expr, Compiler& compiler) {
  switch (expr.kind) {
    case sql::ExprKind::kIoCast:
      if (GetType(expr.type.oid).category == 'N' && WidenNode::Fits(GetType(expr.children[0]->type.oid).physical, GetType(expr.type.oid).physical)) {
        return std::make_unique<WidenNode>(expr, compiler);
      }
      return std::make_unique<IoCastNode>(expr, compiler);
    case sql::ExprKind::kRelabel: return std::make_unique<RelabelNode>(expr, compiler);
    default: return std::make_unique<ArrayCoerceNode>(expr, compiler);
  }
}

}  // namespace gather::executor
