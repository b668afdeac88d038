// AND, OR, NOT and IS … tests, in SQL's three-valued logic. AND and OR show a term only the rows that the terms before it left open.
#include <algorithm>

#include "executor/expression/nodes.h"

namespace gather::executor {

namespace {

// 0 false, 1 true, 2 null.
constexpr uint8_t kNull = 2;

uint8_t Truth(const VectorView& view, RowIndex row) { return !view.valid(row) ? kNull : view.get<uint8_t>(row) != 0 ? 1 : 0; }

void WriteTruth(const std::vector<uint8_t>& truth, uint32_t rows, Vector& out) {
  PrepareResult(out, type_oid::kBool, PhysicalType::kBool, rows);
  uint8_t* values = out.data<uint8_t>();
  for (uint32_t i = 0; i < rows; ++i) {
    values[i] = truth[i] == 1;
    if (truth[i] == kNull) out.SetNull(i);
  }
}

class JunctionNode final : public Evaluator {
 public:
  JunctionNode(const sql::Expr& expr, Compiler& compiler) : Evaluator(type_oid::kBool), is_and_(expr.kind == sql::ExprKind::kAnd) {
    constant_ = true;
    for (const sql::ExprRef& child : expr.children) {
      terms_.push_back(compiler.Compile(child));
      constant_ = constant_ && terms_.back()->constant();
    }
  }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    const uint8_t decides = is_and_ ? 0 : 1;
    truth_.resize(input.rows);
    Vector value;
    terms_[0]->Evaluate(input, value);
    if (value.is_constant()) {
      const uint8_t truth = Truth(value.View(), 0);
      if (truth == decides) {
        out = value;
        return;
      }
      std::fill(truth_.begin(), truth_.end(), truth);
    } else {
      const VectorView view = value.View();
      for (uint32_t i = 0; i < input.rows; ++i) truth_[i] = Truth(view, i);
    }
    Selection open;
    std::vector<uint32_t> positions;
    for (size_t term = 1; term < terms_.size(); ++term) {
      open.Renew();
      positions.clear();
      for (uint32_t i = 0; i < input.rows; ++i) {
        if (truth_[i] == decides) continue;
        open.Add(input.row(i));
        positions.push_back(i);
      }
      if (positions.empty()) break;
      if (positions.size() == input.rows) {
        terms_[term]->Evaluate(input, value);
      } else {
        terms_[term]->Evaluate(input.Narrowed(open), value);
      }
      const VectorView view = value.View();
      for (uint32_t i = 0; i < positions.size(); ++i) {
        uint8_t& truth = truth_[positions[i]];
        const uint8_t other = Truth(view, i);
        if (other == decides) {
          truth = decides;
        } else if (other == kNull) {
          truth = kNull;
        }
      }
    }
    WriteTruth(truth_, input.rows, out);
  }

  void Select(const EvaluationInput& input, Selection& out) override {
    if (is_and_) {
      SelectAnd(input, out);
    } else {
      SelectOr(input, out);
    }
  }
  bool constant() const override { return constant_; }

 private:
  void SelectAnd(const EvaluationInput& input, Selection& out) {
    EvaluationInput now = input;
    Selection* filled = &even_;
    for (size_t term = 0; term < terms_.size(); ++term) {
      Selection* target = term + 1 == terms_.size() ? &out : filled;
      terms_[term]->Select(now, *target);
      if (target == &out) return;
      if (target->size() == 0) {
        out.Renew();
        return;
      }
      if (target->size() != now.rows) now = input.Narrowed(*target);
      // `now` may still refer to the selection just filled: the next term fills the other one.
      filled = filled == &even_ ? &odd_ : &even_;
      if (now.selection == filled) filled = filled == &even_ ? &odd_ : &even_;
    }
  }

  void SelectOr(const EvaluationInput& input, Selection& out) {
    RowIndex last = 0;
    for (uint32_t i = 0; i < input.rows; ++i) last = std::max(last, input.row(i));
    truth_.assign(last + 1, 0);
    EvaluationInput now = input;
    Selection rest;
    for (size_t term = 0; term < terms_.size(); ++term) {
      terms_[term]->Select(now, even_);
      for (uint32_t i = 0; i < even_.size(); ++i) truth_[even_[i]] = 1;
      if (even_.size() == now.rows || term + 1 == terms_.size()) break;
      rest.Renew();
      for (uint32_t i = 0; i < input.rows; ++i) {
        if (truth_[input.row(i)] == 0) rest.Add(input.row(i));
      }
      now = input.Narrowed(rest);
    }
    out.Renew();
    for (uint32_t i = 0; i < input.rows; ++i) {
      if (truth_[input.row(i)] != 0) out.Add(input.row(i));
    }
  }

  const bool is_and_;
  bool constant_;
  std::vector<EvaluatorPtr> terms_;
  std::vector<uint8_t> truth_;
  Selection even_, odd_;
};

// NOT and the IS tests: one child, a table from {false, true, null} to {false, true, null}.
class TruthTableNode final : public Evaluator {
 public:
  TruthTableNode(EvaluatorPtr child, uint8_t of_false, uint8_t of_true, uint8_t of_null)
      : Evaluator(type_oid::kBool), child_(std::move(child)), table_{of_false, of_true, of_null} {}
  void Evaluate(const EvaluationInput& input, Vector& out) override {
    child_->Evaluate(input, value_);
    const uint32_t rows = value_.is_constant() ? 1 : input.rows;
    const VectorView view = value_.View();
    PrepareResult(out, type_oid::kBool, PhysicalType::kBool, rows);
    uint8_t* values = out.data<uint8_t>();
    for (uint32_t i = 0; i < rows; ++i) {
      const uint8_t truth = table_[Truth(view, i)];
      values[i] = truth == 1;
      if (truth == kNull) out.SetNull(i);
    }
    if (value_.is_constant()) out.SetKind(VectorKind::kConstant);
    if (child_->borrows()) value_ = Vector();
  }
  bool constant() const override { return child_->constant(); }

 private:
  const EvaluatorPtr child_;
  const uint8_t table_[3];
  Vector value_;
};

class NullTestNode final : public Evaluator {
 public:
  NullTestNode(EvaluatorPtr child, bool is_null) : Evaluator(type_oid::kBool), child_(std::move(child)), is_null_(is_null) {}
  void Evaluate(const EvaluationInput& input, Vector& out) override {
    child_->Evaluate(input, value_);
    const bool one = value_.is_constant() || value_.validity() == nullptr;
    const uint32_t rows = one ? 1 : input.rows;
    PrepareResult(out, type_oid::kBool, PhysicalType::kBool, rows);
    const VectorView view = value_.View();
    uint8_t* values = out.data<uint8_t>();
    for (uint32_t i = 0; i < rows; ++i) values[i] = view.valid(i) != is_null_;
    if (one) out.SetKind(VectorKind::kConstant);
    if (child_->borrows()) value_ = Vector();
  }
  bool constant() const override { return child_->constant(); }

 private:
  const EvaluatorPtr child_;
  const bool is_null_;
  Vector value_;
};

}  // namespace

EvaluatorPtr MakeLogicNode(const sql::Expr& expr, Compiler& compiler) {
  using sql::ExprKind;
  if (expr.kind == ExprKind::kAnd || expr.kind == ExprKind::kOr) {
    if (expr.children.empty()) return MakeConstantNode(Datum::Bool(expr.kind == ExprKind::kAnd));
    return std::make_unique<JunctionNode>(expr, compiler);
  }
  EvaluatorPtr child = compiler.Compile(expr.children[0]);
  switch (expr.kind) {
    case ExprKind::kNot: return std::make_unique<TruthTableNode>(std::move(child), 1, 0, kNull);
    case ExprKind::kIsTrue: return std::make_unique<TruthTableNode>(std::move(child), 0, 1, 0);
    case ExprKind::kIsNotTrue: return std::make_unique<TruthTableNode>(std::move(child), 1, 0, 1);
    case ExprKind::kIsFalse: return std::make_unique<TruthTableNode>(std::move(child), 1, 0, 0);
    case ExprKind::kIsNotFalse: return std::make_unique<TruthTableNode>(std::move(child), 0, 1, 1);
    case ExprKind::kIsUnknown: return std::make_unique<TruthTableNode>(std::move(child), 0, 0, 1);
    case ExprKind::kIsNotUnknown: return std::make_unique<TruthTableNode>(std::move(child), 1, 1, 0);
    case ExprKind::kIsNull: return std::make_unique<NullTestNode>(std::move(child), true);
    default: return std::make_unique<NullTestNode>(std::move(child), false);
  }
}

}  // namespace gather::executor
