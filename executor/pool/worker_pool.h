// WorkerPool: the server's worker threads: one persistent oneTBB arena of max_parallel_workers threads, shared by all sessions.
//
// A query reserves workers before it uses them (what is free, perhaps none) and gives each back when its task has ended. Thread-safe.
// A query that got none may wait for one: then some query's worker leaves it at its next morsel border.
// Only Gather and Gather Merge (through ParallelRun) use it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

namespace gather::executor {

class WorkerPool {
 public:
  explicit WorkerPool(int threads);
  ~WorkerPool();                            // no task may be running
  WorkerPool(const WorkerPool&) = delete;

  int threads() const { return threads_; }
  int free() const { return free_.load(std::memory_order_relaxed); }
  // Reserves up to `wanted` workers; the number granted.
  int Reserve(int wanted);
  // Runs `task` on one reserved worker, which is free again when the task returns. The task must not throw.
  void Run(std::function<void()> task);
  void Release(int workers);                // reserved but not used
  // A query without any worker would like one; withdrawn when it has one or ends.
  void Ask() { asking_.fetch_add(1, std::memory_order_relaxed); }
  void Withdraw() { TryLeave(); }
  // For a worker between two morsels: true when it shall make room; answers one Ask.
  bool TryLeave();

 private:
  struct Arena;
  void Execute(std::function<void()>* handed);  // owns it now

  const int threads_;
  std::atomic<int> free_;
  std::atomic<int> asking_{0};              // never negative
  std::unique_ptr<Arena> arena_;
};

}  // namespace gather::executor
