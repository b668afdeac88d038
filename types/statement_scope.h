// StatementScope: the statement that the calling thread works for, for code too deep to be handed its interrupt flag and its budget: functions
// over long strings, strings of vectors, the planner's search. Set by a session around each message and by a worker around each task; scopes nest.
//
// Outside any scope nothing is checked and nothing is charged: recovery and the maintenance thread are never interrupted.
#pragma once

#include "types/interrupt.h"
#include "types/memory_budget.h"

namespace gather {

// The strings made of one chunk have become too many: whoever set the limit takes fewer rows at a time.
struct ChunkTooLarge {};

class StatementScope {
 public:
  // Both may be null, and outlive the scope. `budget` also outlives all memory charged to it: the server's.
  StatementScope(const InterruptFlag* interrupt, MemoryBudget* budget) : outer_(current_) { current_ = {interrupt, budget}; }
  ~StatementScope() { current_ = outer_; }
  StatementScope(const StatementScope&) = delete;
  StatementScope& operator=(const StatementScope&) = delete;

  // Throws when the statement was cancelled. A few instructions.
  static void CheckInterrupt() {
    if (current_.interrupt != nullptr) current_.interrupt->Check();
  }
  static MemoryBudget* budget() { return current_.budget; }

  // While it lives, ChunkTooLarge is thrown by the thread once it has made `bytes` of strings in large blocks. Does not nest.
  class StringLimit {
   public:
    explicit StringLimit(uint64_t bytes) { strings_left_ = bytes; }
    ~StringLimit() { strings_left_ = kNoLimit; }
    StringLimit(const StringLimit&) = delete;
    StringLimit& operator=(const StringLimit&) = delete;
  };
  static constexpr uint64_t kNoLimit = ~uint64_t{0};
  // A large block is about to be taken.
  static void CountStrings(uint64_t bytes) {
    if (strings_left_ == kNoLimit) return;
    if (bytes > strings_left_) throw ChunkTooLarge();
    strings_left_ -= bytes;
  }

 private:
  struct State {
    const InterruptFlag* interrupt;
    MemoryBudget* budget;
  };
  static inline constinit thread_local State current_{nullptr, nullptr};
  static inline constinit thread_local uint64_t strings_left_ = kNoLimit;
  const State outer_;
};

}  // namespace gather
