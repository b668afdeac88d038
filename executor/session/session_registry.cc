#include "executor/session/session_registry.h"

#include <unistd.h>

#include <random>

namespace gather::executor {

namespace {
void RaiseIfRunning(SessionSlot& slot, InterruptReason reason) {
  if (slot.running.load(std::memory_order_acquire)) slot.interrupt.Raise(reason);
}

// Without any lock: waking may end the connection right here, when its own thread has just let go of it.
void EndSession(SessionSlot& slot) {
  slot.terminate.store(EndReason::kAdministrator, std::memory_order_release);
  slot.interrupt.Raise(InterruptReason::kShutdown);
  std::function<void()> wake;
  {
    std::lock_guard lock(slot.mutex);
    wake = slot.wake;
  }
  if (wake) wake();
}
}  // namespace

SessionRegistry::SessionRegistry(size_t limit) : limit_(limit), next_pid_(::getpid()) {}

std::shared_ptr<SessionSlot> SessionRegistry::Register() {
  auto slot = std::make_shared<SessionSlot>();
  slot->secret = static_cast<int32_t>(std::random_device()());
  std::lock_guard lock(mutex_);
  if (closing_) throw SqlError(sqlstate::kCannotConnectNow, "the database system is shutting down").Severity("FATAL");
  if (slots_.size() >= limit_) throw SqlError(sqlstate::kTooManyConnections, "sorry, too many clients already").Severity("FATAL");
  do {
    next_pid_ = next_pid_ == INT32_MAX ? 1 : next_pid_ + 1;
  } while (slots_.contains(next_pid_));
  slot->pid = next_pid_;
  slot->activity.pid = slot->pid;
  slots_[slot->pid] = slot;
  return slot;
}

void SessionRegistry::Unregister(int32_t pid) {
  std::lock_guard lock(mutex_);
  slots_.erase(pid);
}

void SessionRegistry::Cancel(int32_t pid, int32_t secret) {
  std::lock_guard lock(mutex_);
  const auto found = slots_.find(pid);
  if (found != slots_.end() && found->second->secret == secret) RaiseIfRunning(*found->second, InterruptReason::kUserCancel);
}

bool SessionRegistry::Cancel(int32_t pid) {
  std::lock_guard lock(mutex_);
  const auto found = slots_.find(pid);
  if (found == slots_.end()) return false;
  RaiseIfRunning(*found->second, InterruptReason::kUserCancel);
  return true;
}

bool SessionRegistry::Terminate(int32_t pid) {
  std::shared_ptr<SessionSlot> slot;
  {
    std::lock_guard lock(mutex_);
    const auto found = slots_.find(pid);
    if (found == slots_.end()) return false;
    slot = found->second;
  }
  EndSession(*slot);
  return true;
}

void SessionRegistry::TerminateAll() {
  std::vector<std::shared_ptr<SessionSlot>> slots;
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
    for (const auto& [pid, slot] : slots_) slots.push_back(slot);
  }
  for (const auto& slot : slots) EndSession(*slot);
}

std::vector<catalog::SessionActivity> SessionRegistry::Activity() const {
  std::lock_guard lock(mutex_);
  std::vector<catalog::SessionActivity> rows;
  rows.reserve(slots_.size());
  for (const auto& [pid, slot] : slots_) {
    std::lock_guard slot_lock(slot->mutex);
    rows.push_back(slot->activity);
  }
  return rows;
}

size_t SessionRegistry::size() const {
  std::lock_guard lock(mutex_);
  return slots_.size();
}

}  // namespace gather::executor
