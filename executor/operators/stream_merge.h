// StreamMerge: sorted streams of chunks as one sorted stream: Gather Merge over any subtree, Merge Append. The leader's.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "planner/plan.h"
#include "types/chunk.h"

namespace gather::executor {

class StreamMerge {
 public:
  using Stream = std::function<bool(Chunk& out)>;    // false: the end
  StreamMerge(std::vector<Stream> streams, const std::vector<planner::SortKey>& keys, std::vector<SqlType> types);
  bool Next(Chunk& out);

 private:
  struct Input {
    Stream next;
    Chunk chunk;
    std::shared_ptr<const void> states;              // what its addresses of partial aggregates' states point into
    std::vector<std::string> keys;                   // of the chunk's rows
    uint32_t row = 0;
    bool ended = false;
  };
  void Refill(Input& input);
  const std::vector<planner::SortKey> keys_;
  const std::vector<SqlType> types_;
  std::vector<Input> inputs_;
  size_t states_slot_ = 0;                           // a column of such addresses, if there is one: they all have the same owner
  bool started_ = false;
};

}  // namespace gather::executor
