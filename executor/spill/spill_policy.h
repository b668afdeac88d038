// SpillPolicy: how much one operator of an execution may keep in memory, and where what is over goes (docs/decisions/0006-memory.md).
//
// Made on the leader's thread when the operator is; immutable, any participant may ask it.
#pragma once

#include <cstdint>
#include <string>

#include "executor/execution_state.h"

namespace gather::executor {

class SpillPolicy {
 public:
  enum class Use { kSort, kHash };
  SpillPolicy(ExecutionState& state, Use use);
  // Bytes after which to spill: work_mem (times hash_mem_multiplier for a hash table), and no more than a share of what the server has left.
  uint64_t limit() const;
  bool can_spill() const { return directory_ != nullptr; }
  // Of temporary files.
  std::string directory() const { return *directory_ + "/temp"; }

 private:
  uint64_t allowed_;
  const MemoryBudget* budget_;
  const std::string* directory_ = nullptr;     // the data directory; null: outside a server
};

}  // namespace gather::executor
