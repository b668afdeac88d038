// SetFunction: a set-returning function call compiled for one participant: arguments over a chunk, then one set per row.
#pragma once

#include <memory>
#include <vector>

#include "executor/expression/evaluator.h"

namespace gather::executor {

class SetFunction {
 public:
  SetFunction(const sql::Expr& call, Participant& participant);
  // Types of the columns of its rows.
  const std::vector<SqlType>& columns() const { return columns_; }
  // Evaluates the arguments for all rows of `input`.
  void Bind(const EvaluationInput& input);
  // Begins the set of row `row`.
  void Start(RowIndex row);
  // Up to kVectorSize further rows of it into `out`; 0 at the end.
  uint32_t Next(std::vector<Vector>& out);

 private:
  const catalog::FunctionInfo* function_;   // null: folded to a constant
  std::vector<SqlType> argument_types_;
  std::vector<SqlType> columns_;
  catalog::FunctionContext context_;
  std::vector<EvaluatorPtr> arguments_;
  std::vector<Vector> values_;
  std::vector<Vector> row_;                // the arguments of one row, constants
  std::unique_ptr<catalog::SetSource> source_;
  EvaluatorPtr scalar_;                    // a function that returns one value: a set of one row
  Vector scalar_value_;
  bool scalar_pending_ = false;
};

}  // namespace gather::executor
