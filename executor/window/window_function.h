// WindowFunction: one call of a WindowAgg: a rank, a value of another row, an aggregate over the frame.
//
// One participant's. Computes the chunks of a WindowRows in order, then those of the next one after Begin. Arguments are columns of the rows:
// `first_argument` and following, then the call's FILTER.
#pragma once

#include <memory>
#include <vector>

#include "executor/execution_state.h"
#include "executor/window/window_rows.h"

namespace gather::executor {

class WindowFunction {
 public:
  virtual ~WindowFunction() = default;
  virtual void Begin(const WindowRows& rows) = 0;
  // One value per row of the chunk; `out` is fresh.
  virtual void Compute(const WindowChunk& chunk, Vector& out) = 0;
};

// The columns of a WindowRows that a call reads.
struct WindowArguments {
  std::vector<uint32_t> columns;
  std::optional<uint32_t> filter;
};

std::unique_ptr<WindowFunction> MakeWindowFunction(const planner::WindowAggNode& node, const planner::WindowAggNode::Call& call, WindowArguments arguments,
                                                   Participant& participant);
// window_aggregate.cc
std::unique_ptr<WindowFunction> MakeWindowAggregate(const planner::WindowAggNode& node, const planner::WindowAggNode::Call& call, WindowArguments arguments,
                                                    Participant& participant);

// Row of the frame left out for the sake of `current`, by the call's EXCLUDE; [peers, peers_end) are current's.
inline bool IsExcluded(char exclude, uint64_t row, uint64_t current, uint64_t peers, uint64_t peers_end) {
  if (exclude == 0) return false;
  if (exclude == 'c') return row == current;
  const bool peer = row >= peers && row < peers_end;
  return peer && (exclude == 'g' || row != current);
}

}  // namespace gather::executor
