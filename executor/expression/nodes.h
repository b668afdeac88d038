// Makers of evaluator nodes, one per kind of expression; Compile (evaluator.cc) chooses. Internal to executor/expression.
#pragma once

#include "executor/expression/evaluator.h"

namespace gather::executor {

// Compiles children of one expression list, sharing repeated subexpressions.
class Compiler {
 public:
  explicit Compiler(Participant& participant) : participant_(participant) {}
  EvaluatorPtr Compile(const sql::ExprRef& expr);
  // Looks for subexpressions that occur more than once in `expressions`: Compile shares their results.
  void FindRepeated(const std::vector<sql::ExprRef>& expressions);
  Participant& participant() { return participant_; }

 private:
  struct Shared;
  EvaluatorPtr CompileNode(const sql::ExprRef& expr);
  Participant& participant_;
  std::vector<std::shared_ptr<Shared>> shared_;
};

EvaluatorPtr MakeConstantNode(Datum value);
EvaluatorPtr MakeFunctionNode(const sql::Expr& expr, Compiler& compiler);                   // function.cc
EvaluatorPtr MakeComparisonNode(const sql::Expr& expr, EvaluatorPtr general, Compiler& compiler);  // comparison.cc; may return `general`
EvaluatorPtr MakeLogicNode(const sql::Expr& expr, Compiler& compiler);                      // logic.cc: And, Or, Not, IS …
EvaluatorPtr MakeConditionalNode(const sql::Expr& expr, Compiler& compiler);                // conditional.cc: Case, Coalesce, Greatest, NullIf …
EvaluatorPtr MakeCastNode(const sql::Expr& expr, Compiler& compiler);                       // cast.cc: IoCast, Relabel, ArrayCoerce
EvaluatorPtr MakeListNode(const sql::Expr& expr, Compiler& compiler);                       // list.cc: ScalarArray, InList
EvaluatorPtr MakeArrayNode(const sql::Expr& expr, Compiler& compiler);                      // array.cc: Array, Subscript, Slice, Row

// A function called on vectors, with the framework's side of the kernel contract (catalog/function.h): null handling, constants.
class FunctionCall {
 public:
  FunctionCall(const catalog::FunctionInfo& function, SqlType result, std::vector<SqlType> argument_types, Participant& participant);
  // `arguments` of any kind with `rows` rows; `result` is overwritten.
  void Run(std::span<const Vector> arguments, uint32_t rows, Vector& result);
  bool foldable() const { return function_.volatility != catalog::Volatility::kVolatile; }

 private:
  const catalog::FunctionInfo& function_;
  const SqlType result_;
  const PhysicalType physical_;
  const std::vector<SqlType> argument_types_;
  catalog::FunctionContext context_;
  std::vector<uint64_t> valid_;          // AND of the arguments' validity
};

// Puts together one vector from pieces computed for disjoint sets of rows.
class PieceMerge {
 public:
  void Clear() { pieces_.clear(); }
  // values[i] belongs to row rows[i] (position in the result).
  void Add(Vector values, const RowIndex* rows, uint32_t count);
  // Rows in no piece are null.
  void Finish(SqlType type, PhysicalType physical, uint32_t rows, Vector& out);

 private:
  struct Piece {
    Vector values;
    std::vector<RowIndex> rows;
  };
  std::vector<Piece> pieces_;
};

// Positions within an input for chunk rows picked from it.
class RowPositions {
 public:
  explicit RowPositions(const EvaluationInput& input);
  // position[i] of chunk row rows[i].
  void Map(const Selection& rows, std::vector<RowIndex>& positions) const;

 private:
  std::vector<RowIndex> position_;       // by chunk row; empty: identity
};

}  // namespace gather::executor
