#include "executor/pool/worker_team.h"

#include <algorithm>

#include "executor/pool/worker_pool.h"
#include "storage/io_counters.h"
#include "types/statement_scope.h"

namespace gather::executor {

WorkerTeam::WorkerTeam(const ExecutionContext& context, int workers)
    : context_(context), workers_(context.pool == nullptr ? 0 : std::clamp(workers, 0, context.pool->threads())) {}

void WorkerTeam::Fail(std::exception_ptr error) {
  std::lock_guard lock(mutex_);
  if (error_ == nullptr) error_ = std::move(error);
  stop_.store(true, std::memory_order_relaxed);
}

void WorkerTeam::Run(const std::function<void(int)>& work) {
  const auto turn = std::make_shared<Turn>();
  turn->work = &work;
  const int granted = workers_ == 0 ? 0 : context_.pool->Reserve(workers_);
  for (int i = 0; i < granted; ++i) {
    context_.pool->Run([this, turn] {
      std::unique_lock lock(turn->mutex);
      if (turn->work == nullptr) return;                 // the team may be gone
      const std::function<void(int)>& work = *turn->work;
      const int member = turn->next++;
      ++turn->running;
      lock.unlock();
      try {
        const StatementScope scope(context_.interrupt, context_.budget);
        const storage::IoCounters::Scope counts(context_.io_counters);
        work(member);
      } catch (...) {
        Fail(std::current_exception());
      }
      lock.lock();
      --turn->running;
      turn->changed.notify_all();
    });
  }
  try {
    work(0);
  } catch (...) {
    Fail(std::current_exception());
  }
  {
    std::unique_lock lock(turn->mutex);
    turn->work = nullptr;
    turn->changed.wait(lock, [&] { return turn->running == 0; });
  }
  std::lock_guard lock(mutex_);
  if (error_ != nullptr) std::rethrow_exception(error_);
}

}  // namespace gather::executor
