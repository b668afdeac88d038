// CASE, COALESCE, GREATEST, LEAST, NULLIF, IS DISTINCT FROM.
#include <algorithm>

#include "executor/expression/nodes.h"
#include "types/compare.h"
#include "types/numeric.h"

namespace gather::executor {

namespace {

// A CASE: every branch sees only the rows that reach it.
class CaseNode final : public Evaluator {
 public:
  CaseNode(const sql::Expr& expr, Compiler& compiler) : Evaluator(expr.type) {
    size_t at = 0;
    if (expr.case_test) test_ = compiler.Compile(expr.children[at++]);
    constant_ = test_ == nullptr || test_->constant();
    for (; at + 1 < expr.children.size(); at += 2) {
      branches_.push_back({compiler.Compile(expr.children[at]), compiler.Compile(expr.children[at + 1])});
      constant_ = constant_ && branches_.back().when->constant() && branches_.back().then->constant();
    }
    if (at < expr.children.size() && expr.children[at] != nullptr) {
      otherwise_ = compiler.Compile(expr.children[at]);
      constant_ = constant_ && otherwise_->constant();
    }
  }
  bool constant() const override { return constant_; }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    EvaluationInput inner = input;
    inner.epoch = 0;
    Vector test, spread;
    if (test_ != nullptr) {
      test_->Evaluate(input, test);
      inner.case_test = &test;
      if (input.selection != nullptr && !test.is_constant()) {
        // The selection applies to the test as to the chunk: put value i where chunk row selection[i] is.
        RowIndex last = 0;
        for (uint32_t i = 0; i < input.rows; ++i) last = std::max(last, input.row(i));
        Selection places(last + 1);
        std::fill(places.data(), places.data() + last + 1, 0u);
        for (uint32_t i = 0; i < input.rows; ++i) places.data()[input.row(i)] = i;
        places.set_size(last + 1);
        spread = test.Sliced(places, last + 1);
        inner.case_test = &spread;
      }
    }
    const RowPositions positions(input);
    PieceMerge merge;
    Selection taken, rest_even, rest_odd;
    std::vector<RowIndex> targets;
    EvaluationInput rest = inner;
    Selection* next_rest = &rest_even;
    for (Branch& branch : branches_) {
      branch.when->Select(rest, taken);
      if (taken.size() == 0) continue;
      const bool whole = taken.size() == input.rows;
      const EvaluationInput chosen = whole ? inner : inner.Narrowed(taken);
      Vector value;
      branch.then->Evaluate(chosen, value);
      if (whole) {
        Deliver(std::move(value), input.rows, out);
        return;
      }
      positions.Map(taken, targets);
      merge.Add(std::move(value), targets.data(), taken.size());
      next_rest->Renew();
      uint32_t t = 0;
      for (uint32_t i = 0; i < rest.rows; ++i) {
        const RowIndex row = rest.row(i);
        if (t < taken.size() && taken[t] == row) {
          ++t;
        } else {
          next_rest->Add(row);
        }
      }
      taken.Renew();
      rest = inner.Narrowed(*next_rest);
      next_rest = next_rest == &rest_even ? &rest_odd : &rest_even;
      if (rest.rows == 0) break;
    }
    if (rest.rows != 0 && otherwise_ != nullptr) {
      Vector value;
      otherwise_->Evaluate(rest, value);
      if (rest.rows == input.rows) {
        Deliver(std::move(value), input.rows, out);
        return;
      }
      Selection all;
      for (uint32_t i = 0; i < rest.rows; ++i) all.Add(rest.row(i));
      positions.Map(all, targets);
      merge.Add(std::move(value), targets.data(), rest.rows);
    } else if (rest.rows == input.rows) {
      PrepareResult(out, type_, physical_, 1);
      out.SetConstantNull();
      return;
    }
    merge.Finish(type_, physical_, input.rows, out);
  }

 private:
  struct Branch {
    EvaluatorPtr when, then;
  };
  void Deliver(Vector value, uint32_t, Vector& out) {
    out = std::move(value);
    out.set_type(type_);
  }

  EvaluatorPtr test_, otherwise_;
  std::vector<Branch> branches_;
  bool constant_;
};

class CoalesceNode final : public Evaluator {
 public:
  CoalesceNode(const sql::Expr& expr, Compiler& compiler) : Evaluator(expr.type) {
    for (const sql::ExprRef& child : expr.children) {
      children_.push_back(compiler.Compile(child));
      constant_ = constant_ && children_.back()->constant();
    }
  }
  bool constant() const override { return constant_; }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    const RowPositions positions(input);
    PieceMerge merge;
    Selection even, odd, *next = &even;
    std::vector<RowIndex> chosen, targets;
    EvaluationInput rest = input;
    for (size_t child = 0; child < children_.size() && rest.rows != 0; ++child) {
      Vector value;
      children_[child]->Evaluate(rest, value);
      const bool last = child + 1 == children_.size();
      if (rest.rows == input.rows && (last || (value.is_constant() ? !value.IsNull(0) : value.validity() == nullptr))) {
        out = std::move(value);
        out.set_type(type_);
        return;
      }
      const VectorView view = value.View();
      Selection filled;
      Selection filled_rows;
      next->Renew();
      for (uint32_t i = 0; i < rest.rows; ++i) {
        if (view.valid(i) || last) {
          filled.Add(i);
          filled_rows.Add(rest.row(i));
        } else {
          next->Add(rest.row(i));
        }
      }
      if (filled.size() != 0) {
        positions.Map(filled_rows, targets);
        merge.Add(value.Sliced(filled, filled.size()), targets.data(), filled.size());
      }
      rest = input.Narrowed(*next);
      next = next == &even ? &odd : &even;
    }
    merge.Finish(type_, physical_, input.rows, out);
  }

 private:
  std::vector<EvaluatorPtr> children_;
  bool constant_ = true;
};

class GreatestNode final : public Evaluator {
 public:
  GreatestNode(const sql::Expr& expr, Compiler& compiler) : Evaluator(expr.type), greatest_(expr.kind == sql::ExprKind::kGreatest) {
    for (const sql::ExprRef& child : expr.children) {
      children_.push_back(compiler.Compile(child));
      constant_ = constant_ && children_.back()->constant();
    }
    values_.resize(children_.size());
  }
  bool constant() const override { return constant_; }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    const bool numeric = type_.oid == type_oid::kNumeric;
    for (size_t child = 0; child < children_.size(); ++child) {
      children_[child]->Evaluate(input, values_[child]);
      if (numeric) values_[child] = ToPackedNumeric(values_[child], values_[child].is_constant() ? 1 : input.rows);
    }
    std::vector<std::vector<RowIndex>> rows(children_.size());
    for (uint32_t i = 0; i < input.rows; ++i) {
      size_t best = children_.size();
      for (size_t child = 0; child < children_.size(); ++child) {
        if (values_[child].IsNull(i)) continue;
        if (best == children_.size()) {
          best = child;
          continue;
        }
        const int order = CompareValues(values_[child], i, values_[best], i);
        if (greatest_ ? order > 0 : order < 0) best = child;
      }
      if (best != children_.size()) rows[best].push_back(i);
    }
    PieceMerge merge;
    for (size_t child = 0; child < children_.size(); ++child) {
      if (rows[child].empty()) continue;
      Selection selection(static_cast<uint32_t>(rows[child].size()));
      for (const RowIndex row : rows[child]) selection.Add(row);
      merge.Add(values_[child].Sliced(selection, selection.size()), rows[child].data(), selection.size());
    }
    merge.Finish(type_, numeric ? PhysicalType::kString : physical_, input.rows, out);
    for (Vector& value : values_) value = Vector();
  }

 private:
  const bool greatest_;
  std::vector<EvaluatorPtr> children_;
  std::vector<Vector> values_;
  bool constant_ = true;
};

// NULLIF(a, b) and a IS DISTINCT FROM b: both by an equality function.
class EqualityNode final : public Evaluator {
 public:
  EqualityNode(const sql::Expr& expr, Compiler& compiler)
      : Evaluator(expr.type),
        null_if_(expr.kind == sql::ExprKind::kNullIf),
        negated_(expr.negated),
        equal_(*expr.function, type_oid::kBool, {expr.children[0]->type, expr.children[1]->type}, compiler.participant()) {
    left_ = compiler.Compile(expr.children[0]);
    right_ = compiler.Compile(expr.children[1]);
  }
  bool constant() const override { return left_->constant() && right_->constant() && equal_.foldable(); }

  void Evaluate(const EvaluationInput& input, Vector& out) override {
    Vector sides[2];
    left_->Evaluate(input, sides[0]);
    right_->Evaluate(input, sides[1]);
    equal_.Run(sides, input.rows, result_);
    const VectorView left = sides[0].View(), right = sides[1].View(), equal = result_.View();
    if (!null_if_) {
      PrepareResult(out, type_oid::kBool, PhysicalType::kBool, input.rows);
      uint8_t* values = out.data<uint8_t>();
      for (uint32_t i = 0; i < input.rows; ++i) {
        const bool a = left.valid(i), b = right.valid(i);
        const bool distinct = a && b ? !(equal.valid(i) && equal.get<uint8_t>(i) != 0) : a != b;
        values[i] = distinct != negated_;
      }
      return;
    }
    Selection kept;
    std::vector<RowIndex> rows;
    for (uint32_t i = 0; i < input.rows; ++i) {
      if (!left.valid(i) || (equal.valid(i) && equal.get<uint8_t>(i) != 0)) continue;
      kept.Add(i);
      rows.push_back(i);
    }
    if (rows.size() == input.rows) {
      out = sides[0];
      out.set_type(type_);
      return;
    }
    PieceMerge merge;
    merge.Add(sides[0].Sliced(kept, kept.size()), rows.data(), kept.size());
    merge.Finish(type_, physical_, input.rows, out);
  }

 private:
  const bool null_if_, negated_;
  FunctionCall equal_;
  EvaluatorPtr left_, right_;
  Vector result_;
};

}  // namespace

EvaluatorPtr MakeConditionalNode(const sql::Expr& expr, Compiler& compiler) {
  switch (expr.kind) {
    case sql::ExprKind::kCase: return std::make_unique<CaseNode>(expr, compiler);
    case sql::ExprKind::kCoalesce: return std::make_unique<CoalesceNode>(expr, compiler);
    case sql::ExprKind::kGreatest:
    case sql::ExprKind::kLeast: return std::make_unique<GreatestNode>(expr, compiler);
    default: return std::make_unique<EqualityNode>(expr, compiler);
  }
}

}  // namespace gather::executor
