// RowBounds: the values of LIMIT and OFFSET.
#pragma once

#include "executor/expression/evaluator.h"

namespace gather::executor {

struct RowBounds {
  static constexpr uint64_t kAll = ~uint64_t{0};
  uint64_t offset = 0;
  uint64_t limit = kAll;
};

// Null means no bound; 2201W and 2201X for negative ones.
RowBounds EvaluateBounds(const sql::ExprRef& limit, const sql::ExprRef& offset, Participant& participant);

}  // namespace gather::executor
