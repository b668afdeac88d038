#include "executor/session/timer.h"

namespace gather::executor {

Timer::~Timer() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Timer::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (entries_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = entries_.begin();
    const Clock::time_point due = first->first.first;
    if (Clock::now() < due) {
      changed_.wait_until(lock, due);
      continue;
    }
    first->second.flag->Raise(first->second.reason);
    entries_.erase(first);
  }
}

Timer::Deadline::Deadline(Timer& timer, InterruptFlag& flag, InterruptReason reason, int64_t milliseconds) : timer_(timer) {
  if (milliseconds <= 0) return;
  std::lock_guard lock(timer_.mutex_);
  if (!timer_.thread_.joinable()) timer_.thread_ = std::thread([&timer] { timer.Run(); });
  key_ = {Clock::now() + std::chrono::milliseconds(milliseconds), timer_.next_++};
  timer_.entries_[key_] = {&flag, reason};
  armed_ = true;
  if (timer_.entries_.begin()->first == key_) timer_.changed_.notify_one();
}

Timer::Deadline::~Deadline() {
  if (!armed_) return;
  std::lock_guard lock(timer_.mutex_);
  timer_.entries_.erase(key_);
}

}  // namespace gather::executor
