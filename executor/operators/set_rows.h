// SetRows: several set-returning functions advancing side by side, as ROWS FROM and target lists want it. One participant's.
#pragma once

#include <memory>
#include <vector>

#include "executor/expression/set_function.h"

namespace gather::executor {

class SetRows {
 public:
  SetRows(const std::vector<const sql::Expr*>& calls, Participant& participant);
  // How many of the columns are call `i`'s.
  size_t width(size_t i) const { return functions_[i]->columns().size(); }
  const std::vector<SqlType>& types() const { return types_; }     // of all functions' columns, in order
  void Bind(const EvaluationInput& input);
  void Start(RowIndex row);
  // Further rows (columns of all functions); those of ended sets are null. 0 when all have ended.
  uint32_t Next(std::vector<Vector>& out);

 private:
  struct Part {
    std::vector<Vector> values;
    uint32_t at = 0, rows = 0;
    bool ended = false;
  };
  std::vector<std::unique_ptr<SetFunction>> functions_;
  std::vector<Part> parts_;
  std::vector<SqlType> types_;
};

}  // namespace gather::executor
