// Timer: raises a session's interrupt when a deadline passes: statement_timeout, lock_timeout.
//
// One thread for all sessions, started with the first deadline. Thread-safe. After Disarm returns, that deadline raises nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

#include "types/interrupt.h"

namespace gather::executor {

class Timer {
 public:
  using Clock = std::chrono::steady_clock;
  Timer() = default;
  ~Timer();
  Timer(const Timer&) = delete;

  // Scope of one deadline; none for milliseconds <= 0. `flag` outlives it.
  class Deadline {
   public:
    Deadline(Timer& timer, InterruptFlag& flag, InterruptReason reason, int64_t milliseconds);
    ~Deadline();
    Deadline(const Deadline&) = delete;

   private:
    Timer& timer_;
    std::pair<Clock::time_point, uint64_t> key_{};
    bool armed_ = false;
  };

 private:
  struct Entry { InterruptFlag* flag; InterruptReason reason; };
  void Run();

  std::mutex mutex_;                                       // guards all below
  std::condition_variable changed_;
  std::map<std::pair<Clock::time_point, uint64_t>, Entry> entries_;
  uint64_t next_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace gather::executor
