// WindowFrame: which rows a window call looks at, row by row, from its frame clause (ROWS, RANGE, GROUPS with offsets; exclusion aside).
//
// One participant's. Asked for the chunks of a WindowRows in order; Begin before those of another one.
#pragma once

#include <memory>
#include <vector>

#include "executor/expression/evaluator.h"
#include "executor/window/range_test.h"
#include "executor/window/window_rows.h"

namespace gather::executor {

class WindowFrame {
 public:
  WindowFrame(const planner::WindowAggNode& node, const sql::WindowCall& call, Participant& participant);
  void Begin(const WindowRows& rows);
  // Row i's frame is [start[i], end[i]), within its partition.
  void Borders(const WindowChunk& chunk, std::vector<uint64_t>& start, std::vector<uint64_t>& end);
  bool starts_with_partition() const { return call_.start == sql::FrameBound::kUnboundedPreceding; }

 private:
  // The moving border of a RANGE frame with an offset.
  struct RangeSide {
    std::unique_ptr<RangeTest> test;
    EvaluatorPtr sum;                      // key ± offset, where the test wants that; null: the key
    std::unique_ptr<WindowColumn> keys;
    uint64_t at = 0;
  };
  void PrepareOffsets(const WindowChunk& chunk);
  int64_t OffsetOf(const sql::ExprRef& expr, const char* which);
  void PrepareRange(RangeSide& side, const sql::ExprRef& offset, bool preceding, bool ends);
  void MoveRange(RangeSide& side, const WindowChunk& chunk, bool ends, std::vector<uint64_t>& borders);
  uint64_t GroupAway(const WindowChunk& chunk, uint32_t i, int64_t groups) const;
  uint64_t Start(const WindowChunk& chunk, uint32_t i) const;
  uint64_t End(const WindowChunk& chunk, uint32_t i) const;

  const planner::WindowAggNode& node_;
  const sql::WindowCall& call_;
  Participant& participant_;
  const WindowRows* rows_ = nullptr;
  bool prepared_ = false;
  int64_t start_offset_ = 0, end_offset_ = 0;   // negative: preceding
  RangeSide range_start_, range_end_;
  SqlType key_type_;
};

}  // namespace gather::executor
