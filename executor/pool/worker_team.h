// WorkerTeam: the same work on the calling thread and on workers of the pool, for commands that have no plan (index builds).
//
// Only free workers join; none is waited for that has not begun when the leader is done. The first error stops everyone and is rethrown by Run.
// Used on the leader's thread; `work` runs on any. Workers see the leader's statement as their StatementScope.
#pragma once

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>

#include "executor/execution.h"

namespace gather::executor {

class WorkerTeam {
 public:
  // At most `workers` beside the leader.
  WorkerTeam(const ExecutionContext& context, int workers);
  WorkerTeam(const WorkerTeam&) = delete;

  int members() const { return workers_ + 1; }
  // Calls work(0) here and work(i), each i at most once, on workers; returns when all calls have. Between two pieces of their work, members ask whether to
  // go_on. May be called again.
  void Run(const std::function<void(int member)>& work);
  bool go_on() const { return !stop_.load(std::memory_order_relaxed); }

 private:
  // Of one Run. What a task holds on to: it may start after the run is over.
  struct Turn {
    std::mutex mutex;
    std::condition_variable changed;
    const std::function<void(int)>* work = nullptr;      // null: too late
    int next = 1, running = 0;
  };
  void Fail(std::exception_ptr error);

  const ExecutionContext& context_;
  const int workers_;
  std::mutex mutex_;
  std::exception_ptr error_;                             // under mutex_
  std::atomic<bool> stop_{false};                        // set once error_ is; nothing is read because of it
};

}  // namespace gather::executor
