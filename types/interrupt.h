// InterruptFlag: how a running statement learns that it must stop: cancel request, statement timeout, shutdown, lost client.
//
// Set by any thread, checked by every worker at least once per chunk. The first reason wins until Clear.
#pragma once

#include <atomic>

#include "types/error.h"

namespace gather {

enum class InterruptReason : int { kNone, kUserCancel, kStatementTimeout, kLockTimeout, kShutdown, kClientGone };

class InterruptFlag {
 public:
  void Raise(InterruptReason reason) {
    int none = 0;
    reason_.compare_exchange_strong(none, static_cast<int>(reason), std::memory_order_relaxed);
  }
  void Clear() { reason_.store(0, std::memory_order_relaxed); }
  bool raised() const { return reason_.load(std::memory_order_relaxed) != 0; }
  InterruptReason reason() const { return static_cast<InterruptReason>(reason_.load(std::memory_order_relaxed)); }
  void Check() const { if (raised()) [[unlikely]] Throw(); }  // throws 57014 / 57P01 / 08006

 private:
  [[noreturn]] void Throw() const;
  std::atomic<int> reason_{0};
};

}  // namespace gather
