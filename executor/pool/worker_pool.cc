#include "executor/pool/worker_pool.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>

#if defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#define GATHER_HIDDEN_HANDOVER __attribute__((no_sanitize_thread))
#else
#define GATHER_HIDDEN_HANDOVER
#endif

namespace gather::executor {

struct WorkerPool::Arena {
  // oneTBB counts the calling thread among its parallelism, hence one more; without the limit it would never start more threads
  // than the machine has cores.
  explicit Arena(int threads) : control(tbb::global_control::max_allowed_parallelism, static_cast<size_t>(threads) + 1), arena(threads, 0) {}
  tbb::global_control control;
  tbb::task_arena arena;
};

WorkerPool::WorkerPool(int threads) : threads_(std::max(threads, 0)), free_(threads_) {
  if (threads_ > 0) arena_ = std::make_unique<Arena>(threads_);
}

WorkerPool::~WorkerPool() = default;

int WorkerPool::Reserve(int wanted) {
  int free = free_.load(std::memory_order_relaxed);
  for (;;) {
    const int granted = std::min(wanted, free);
    if (granted <= 0) return 0;
    if (free_.compare_exchange_weak(free, free - granted, std::memory_order_acq_rel)) return granted;
  }
}

bool WorkerPool::TryLeave() {
  int asking = asking_.load(std::memory_order_relaxed);
  while (asking > 0) {
    if (asking_.compare_exchange_weak(asking, asking - 1, std::memory_order_relaxed)) return true;
  }
  return false;
}

void WorkerPool::Release(int workers) { free_.fetch_add(workers, std::memory_order_acq_rel); }

void WorkerPool::Run(std::function<void()> task) {
  auto owned = std::make_unique<std::function<void()>>(std::move(task));
#if defined(__SANITIZE_THREAD__)
  // libtbb is not instrumented: the sanitizer is told what its queue orders, and does not look at the hand-over through its memory.
  __tsan_release(owned.get());
#endif
  arena_->arena.enqueue([this, handed = owned.get()]() GATHER_HIDDEN_HANDOVER { Execute(handed); });
  owned.release();
}

void WorkerPool::Execute(std::function<void()>* handed) {
#if defined(__SANITIZE_THREAD__)
  __tsan_acquire(handed);
#endif
  std::unique_ptr<std::function<void()>> task(handed);
  (*task)();
  task.reset();
  Release(1);
}

}  // namespace gather::executor
