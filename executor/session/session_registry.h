// SessionRegistry: every live session by its process id: pg_stat_activity, cancel requests, shutdown.
//
// A session owns its SessionSlot; the registry refers to it. Thread-safe. Activity texts sit behind the slot's mutex, taken by its
// session once per statement and by readers of the view.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "catalog/session_services.h"
#include "types/interrupt.h"

namespace gather::executor {

// Why a connection must end.
enum class EndReason : uint8_t { kNone, kAdministrator, kIdleInTransaction, kIdle };

struct SessionSlot {
  int32_t pid = 0;
  int32_t secret = 0;
  InterruptFlag interrupt;
  std::atomic<bool> running{false};                        // a statement is: only then does a cancel request count
  std::atomic<EndReason> terminate{EndReason::kNone};
  std::mutex mutex;                                        // guards the rest
  catalog::SessionActivity activity;
  std::function<void()> wake;                              // makes an idle connection look at `terminate`; set by the server
};

class SessionRegistry {
 public:
  explicit SessionRegistry(size_t limit);                  // max_connections
  // Fresh pid and secret. FATAL 53300 when there are too many sessions, 57P03 once TerminateAll was called.
  std::shared_ptr<SessionSlot> Register();
  void Unregister(int32_t pid);
  // A CancelRequest message; a wrong secret is ignored, as PostgreSQL does.
  void Cancel(int32_t pid, int32_t secret);
  bool Cancel(int32_t pid);                                // pg_cancel_backend
  bool Terminate(int32_t pid);                             // pg_terminate_backend
  void TerminateAll();                                     // shutdown
  std::vector<catalog::SessionActivity> Activity() const;
  size_t size() const;

 private:
  const size_t limit_;
  mutable std::mutex mutex_;
  bool closing_ = false;
  std::unordered_map<int32_t, std::shared_ptr<SessionSlot>> slots_;
  int32_t next_pid_;
};

}  // namespace gather::executor
