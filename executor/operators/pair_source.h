// PairSource: where a nested loop's candidate pairs come from: a materialised subtree (every pair), an index probed
// with values of the outer row, a lateral function, a subtree run anew per outer row.
//
// One participant's; used by one thread at a time.
#pragma once

#include <memory>
#include <vector>

#include "executor/pipeline.h"
#include "planner/plan.h"

namespace gather::executor {

// Candidate pairs for the rows of one outer chunk.
class PairSource {
 public:
  virtual ~PairSource() = default;
  virtual void Start(const Chunk& outer) = 0;
  // Pairs (outer row outer_rows[i], row i of `inner`), 2,048 at most; false when there are no more. `numbers[i]`: the
  // inner row's number, of materialised ones.
  virtual bool Next(const Chunk& outer, Selection& outer_rows, Chunk& inner, std::vector<uint64_t>& numbers) = 0;
};

// subtree_pairs.cc: the inner subtree of a loop with `parameters`. Leader only.
std::unique_ptr<PairSource> MakeSubtreePairs(const planner::NestedLoopNode& loop, Participant& participant);

}  // namespace gather::executor
