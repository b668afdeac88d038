#include "executor/expression/evaluator.h"

#include <algorithm>

#include "executor/execution_state.h"
#include "executor/expression/nodes.h"
#include "types/numeric.h"

namespace gather::executor {

Evaluator::Evaluator(SqlType type) : type_(type), physical_(GetType(type.oid).physical) {}

void Evaluator::Select(const EvaluationInput& input, Selection& out) {
  Evaluate(input, condition_);
  const VectorView view = condition_.View();
  out.Renew();
  if (condition_.is_constant()) {
    if (view.valid(0) && view.get<uint8_t>(0) != 0) {
      for (uint32_t i = 0; i < input.rows; ++i) out.data()[i] = input.row(i);
      out.set_size(input.rows);
    }
    return;
  }
  RowIndex* rows = out.data();
  uint32_t count = 0;
  const bool plain = condition_.is_flat() && view.validity == nullptr;
  const uint8_t* values = condition_.data<uint8_t>();
  if (plain && input.selection == nullptr) {
    for (uint32_t i = 0; i < input.rows; ++i) {
      rows[count] = i;
      count += values[i];
    }
  } else if (plain) {
    const RowIndex* from = input.selection->data();
    for (uint32_t i = 0; i < input.rows; ++i) {
      rows[count] = from[i];
      count += values[i];
    }
  } else {
    for (uint32_t i = 0; i < input.rows; ++i) {
      rows[count] = input.row(i);
      count += view.valid(i) && view.get<uint8_t>(i) != 0;
    }
  }
  out.set_size(count);
}

namespace {

class SlotNode final : public Evaluator {
 public:
  SlotNode(SqlType type, uint32_t slot, bool outer) : Evaluator(type), slot_(slot), outer_(outer) {}
  void Evaluate(const EvaluationInput& input, Vector& out) override {
    const Chunk* chunk = outer_ ? input.outer : input.chunk;
    if (chunk == nullptr || slot_ >= chunk->columns()) ThrowInternal(Format("slot %u is not in the operator's input", slot_));
    out = (*chunk)[slot_];
    if (input.selection != nullptr) out.Slice(*input.selection, input.rows);
  }
  bool borrows() const override { return true; }

 private:
  const uint32_t slot_;
  const bool outer_;
};

class CaseTestNode final : public Evaluator {
 public:
  using Evaluator::Evaluator;
  void Evaluate(const EvaluationInput& input, Vector& out) override {
    if (input.case_test == nullptr) ThrowInternal("a case test outside of CASE");
    out = *input.case_test;
    if (input.selection != nullptr) out.Slice(*input.selection, input.rows);
  }
  bool borrows() const override { return true; }
};

class ConstantNode final : public Evaluator {
 public:
  explicit ConstantNode(const Datum& value) : Evaluator(value.type), value_(Vector::Constant(value)) {}
  void Evaluate(const EvaluationInput&, Vector& out) override { out = value_; }
  bool constant() const override { return true; }

 private:
  const Vector value_;
};

// The result of an init plan, run when it is first needed.
class ExecParameterNode final : public Evaluator {
 public:
  ExecParameterNode(SqlType type, uint32_t index, ExecutionState& execution) : Evaluator(type), index_(index), execution_(execution) {}
  void Evaluate(const EvaluationInput&, Vector& out) override {
    if (!ready_) {
      value_ = Vector::Constant(execution_.ExecParameter(index_));
      ready_ = true;
    }
    out = value_;
  }
  bool constant() const override { return true; }

 private:
  const uint32_t index_;
  ExecutionState& execution_;
  bool ready_ = false;
  Vector value_;
};

}  // namespace

EvaluatorPtr MakeConstantNode(Datum value) { return std::make_unique<ConstantNode>(value); }

// One repeated subexpression: every place that uses it holds a node that refers to the same Shared.
struct Compiler::Shared {
  sql::ExprRef expr;
  EvaluatorPtr evaluator;
  Vector value;
  uint64_t epoch = 0;
  bool compiling = false;
};

EvaluatorPtr Compiler::Compile(const sql::ExprRef& expr) {
  class SharedNode final : public Evaluator {
   public:
    SharedNode(SqlType type, std::shared_ptr<Shared> shared) : Evaluator(type), shared_(std::move(shared)) {}
    void Evaluate(const EvaluationInput& input, Vector& out) override {
      if (input.epoch == 0) {
        shared_->evaluator->Evaluate(input, out);
        return;
      }
      if (shared_->epoch != input.epoch) {
        shared_->evaluator->Evaluate(input, shared_->value);
        shared_->epoch = input.epoch;
      }
      out = shared_->value;
    }
    bool borrows() const override { return true; }

   private:
    const std::shared_ptr<Shared> shared_;
  };

  if (!shared_.empty()) {
    for (const std::shared_ptr<Shared>& shared : shared_) {
      if (shared->compiling || !sql::SameExpr(shared->expr, expr)) continue;
      if (shared->evaluator == nullptr) {
        shared->compiling = true;
        shared->evaluator = CompileNode(expr);
        shared->compiling = false;
      }
      return std::make_unique<SharedNode>(expr->type, shared);
    }
  }
  return CompileNode(expr);
}

void Compiler::FindRepeated(const std::vector<sql::ExprRef>& expressions) {
  // Only function calls over columns are worth it, and only lists that stay small are searched (the search is quadratic).
  constexpr size_t kMost = 64;
  std::vector<sql::ExprRef> calls;
  const auto collect = [&](const auto& self, const sql::ExprRef& expr) -> bool {   // whether it may be shared
    if (expr == nullptr) return true;
    bool shareable = expr->kind != sql::ExprKind::kCaseTest && expr->subquery == nullptr;
    bool columns = expr->kind == sql::ExprKind::kSlot;
    if (expr->function != nullptr && expr->function->volatility == catalog::Volatility::kVolatile) shareable = false;
    for (const sql::ExprRef& child : expr->children) {
      const size_t before = calls.size();
      if (!self(self, child)) shareable = false;
      columns = columns || calls.size() != before || (child != nullptr && child->kind == sql::ExprKind::kSlot);
    }
    // Inside a CASE rows differ from branch to branch: its parts are not shared, the whole may be.
    if (shareable && columns && expr->kind == sql::ExprKind::kFunction) calls.push_back(expr);
    return shareable;
  };
  for (const sql::ExprRef& expr : expressions) {
    collect(collect, expr);
    if (calls.size() > kMost) return;
  }
  for (size_t i = 0; i < calls.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      if (!sql::SameExpr(calls[i], calls[j])) continue;
      const bool known = std::any_of(shared_.begin(), shared_.end(), [&](const auto& shared) { return sql::SameExpr(shared->expr, calls[i]); });
      if (!known) {
        shared_.push_back(std::make_shared<Shared>());
        shared_.back()->expr = calls[i];
      }
      break;
    }
  }
}

EvaluatorPtr Compiler::CompileNode(const sql::ExprRef& expr) {
  using sql::ExprKind;
  switch (expr->kind) {
    case ExprKind::kConstant: return MakeConstantNode(expr->constant);
    case ExprKind::kSlot: return std::make_unique<SlotNode>(expr->type, expr->index, false);
    case ExprKind::kOuterSlot: return std::make_unique<SlotNode>(expr->type, expr->index, true);
    case ExprKind::kCaseTest: return std::make_unique<CaseTestNode>(expr->type);
    case ExprKind::kParameter: {
      const std::vector<Datum>& parameters = participant_.execution.context.parameters;
      if (expr->index >= parameters.size()) {
        throw SqlError(sqlstate::kUndefinedParameter, Format("there is no parameter $%u", expr->index + 1)).At(expr->location);
      }
      Datum value = parameters[expr->index];
      if (value.type.oid != expr->type.oid && GetType(value.type.oid).physical == GetType(expr->type.oid).physical) value.type = expr->type;
      return MakeConstantNode(std::move(value));
    }
    case ExprKind::kExecParameter: return std::make_unique<ExecParameterNode>(expr->type, expr->index, participant_.execution);
    case ExprKind::kFunction: return MakeFunctionNode(*expr, *this);
    case ExprKind::kIoCast:
    case ExprKind::kRelabel:
    case ExprKind::kArrayCoerce: return MakeCastNode(*expr, *this);
    case ExprKind::kAnd:
    case ExprKind::kOr:
    case ExprKind::kNot:
    case ExprKind::kIsNull:
    case ExprKind::kIsNotNull:
    case ExprKind::kIsTrue:
    case ExprKind::kIsNotTrue:
    case ExprKind::kIsFalse:
    case ExprKind::kIsNotFalse:
    case ExprKind::kIsUnknown:
    case ExprKind::kIsNotUnknown: return MakeLogicNode(*expr, *this);
    case ExprKind::kDistinctFrom:
    case ExprKind::kNullIf:
    case ExprKind::kCase:
    case ExprKind::kCoalesce:
    case ExprKind::kGreatest:
    case ExprKind::kLeast: return MakeConditionalNode(*expr, *this);
    case ExprKind::kScalarArray:
    case ExprKind::kInList: return MakeListNode(*expr, *this);
    case ExprKind::kArray:
    case ExprKind::kSubscript:
    case ExprKind::kSlice:
    case ExprKind::kFieldSelect:
    case ExprKind::kRow: return MakeArrayNode(*expr, *this);
    default: ThrowInternal(Format("expression of kind %d reached the executor", static_cast<int>(expr->kind)));
  }
}

EvaluatorPtr Compile(const sql::ExprRef& expr, Participant& participant) { return Compiler(participant).Compile(expr); }

// ---- ExpressionList

ExpressionList::ExpressionList(const std::vector<sql::ExprRef>& expressions, Participant& participant) {
  Compiler compiler(participant);
  if (expressions.size() > 1) compiler.FindRepeated(expressions);
  list_.reserve(expressions.size());
  for (const sql::ExprRef& expr : expressions) list_.push_back(compiler.Compile(expr));
}

void ExpressionList::EvaluateAll(const Chunk& chunk, Chunk& out) {
  NextChunk();
  out.Clear();
  for (size_t i = 0; i < size(); ++i) {
    out.Add(Vector());
    Evaluate(i, chunk, out[i]);
  }
  out.set_rows(chunk.rows());
}

void ExpressionList::Evaluate(size_t which, const Chunk& chunk, Vector& out) {
  EvaluationInput input;
  input.chunk = &chunk;
  input.rows = chunk.rows();
  Evaluate(which, input, out);
}

void ExpressionList::Evaluate(size_t which, const EvaluationInput& input, Vector& out) {
  EvaluationInput numbered = input;
  // Calls of one list may narrow differently (FILTER): only whole chunks share results.
  if (input.selection == nullptr) numbered.epoch = epoch_;
  list_[which]->Evaluate(numbered, out);
}

bool Filter::Select(const Chunk& chunk, Selection& selected, const Chunk* outer) {
  EvaluationInput input;
  input.chunk = &chunk;
  input.outer = outer;
  input.rows = chunk.rows();
  evaluator_->Select(input, selected);
  return selected.size() == chunk.rows();
}

// ---- PieceMerge, RowPositions

void PieceMerge::Add(Vector values, const RowIndex* rows, uint32_t count) {
  if (count == 0) return;
  pieces_.push_back({std::move(values), std::vector<RowIndex>(rows, rows + count)});
}

namespace {
template <class T>
void ScatterValues(const VectorView& from, const std::vector<RowIndex>& rows, void* to) {
  T* values = static_cast<T*>(to);
  for (uint32_t i = 0; i < rows.size(); ++i) values[rows[i]] = from.get<T>(i);
}
}  // namespace

void PieceMerge::Finish(SqlType type, PhysicalType physical, uint32_t rows, Vector& out) {
  // Numeric pieces may differ in representation: keep integers only when all agree in width and scale.
  NumericShape shape;
  if (type.oid == type_oid::kNumeric) {
    bool agree = true, first = true;
    for (const Piece& piece : pieces_) {
      if (piece.values.is_constant() && piece.values.IsNull(0)) continue;
      if (first) {
        physical = piece.values.physical();
        shape = piece.values.shape();
        first = false;
      } else if (piece.values.physical() != physical || piece.values.shape().scale != shape.scale) {
        agree = false;
      }
      shape.digits = std::max(shape.digits, piece.values.shape().digits);
    }
    if (!agree) {
      physical = PhysicalType::kString;
      shape = {};
      for (Piece& piece : pieces_) piece.values = ToPackedNumeric(piece.values, static_cast<uint32_t>(piece.rows.size()));
    }
  }
  PrepareResult(out, type, physical, rows);
  if (physical != PhysicalType::kString) out.set_shape(shape);
  uint32_t covered = 0;
  for (const Piece& piece : pieces_) covered += static_cast<uint32_t>(piece.rows.size());
  if (covered < rows) {
    std::vector<uint8_t> seen(rows, 0);
    for (const Piece& piece : pieces_) {
      for (const RowIndex row : piece.rows) seen[row] = 1;
    }
    for (uint32_t i = 0; i < rows; ++i) {
      if (seen[i] == 0) out.SetNull(i);
    }
    if (physical == PhysicalType::kString) {
      for (uint32_t i = 0; i < rows; ++i) {
        if (seen[i] == 0) out.data<StringRef>()[i] = StringRef();
      }
    }
  }
  for (const Piece& piece : pieces_) {
    const VectorView view = piece.values.View();
    const bool null_constant = piece.values.is_constant() && !view.valid(0);
    if (!null_constant) {
      switch (PhysicalSize(physical)) {
        case 1: ScatterValues<uint8_t>(view, piece.rows, out.raw_data()); break;
        case 2: ScatterValues<uint16_t>(view, piece.rows, out.raw_data()); break;
        case 4: ScatterValues<uint32_t>(view, piece.rows, out.raw_data()); break;
        case 8: ScatterValues<uint64_t>(view, piece.rows, out.raw_data()); break;
        default: ScatterValues<std::pair<uint64_t, uint64_t>>(view, piece.rows, out.raw_data()); break;
      }
      out.KeepAlive(piece.values);
    } else if (physical == PhysicalType::kString) {
      for (const RowIndex row : piece.rows) out.data<StringRef>()[row] = StringRef();
    }
    if (view.validity != nullptr) {
      for (uint32_t i = 0; i < piece.rows.size(); ++i) {
        if (!view.valid(i)) out.SetNull(piece.rows[i]);
      }
    }
  }
}

RowPositions::RowPositions(const EvaluationInput& input) {
  if (input.selection == nullptr) return;
  RowIndex last = 0;
  for (uint32_t i = 0; i < input.rows; ++i) last = std::max(last, (*input.selection)[i]);
  position_.resize(last + 1);
  for (uint32_t i = 0; i < input.rows; ++i) position_[(*input.selection)[i]] = i;
}

void RowPositions::Map(const Selection& rows, std::vector<RowIndex>& positions) const {
  positions.resize(rows.size());
  for (uint32_t i = 0; i < rows.size(); ++i) positions[i] = position_.empty() ? rows[i] : position_[rows[i]];
}

}  // namespace gather::executor
