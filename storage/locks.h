// LockManager: PostgreSQL's eight table lock modes and advisory locks; FIFO queues, deadlock detection.
//
// Weak modes (AccessShare, RowShare, RowExclusive) take a fast path that touches only the owner's own cache lines as long as nobody holds
// or waits for a strong one (visible readers, as in BRAVO, Dice & Kogan 2019, and PostgreSQL's fast path): docs/locks.md.
// A holder is a transaction or a session (advisory). Thread-safe.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "types/ids.h"
#include "types/interrupt.h"

namespace gather::storage {

enum class LockMode : uint8_t {
  kAccessShare = 1, kRowShare, kRowExclusive, kShareUpdateExclusive, kShare, kShareRowExclusive, kExclusive, kAccessExclusive
};
const char* LockModeName(LockMode mode);                 // "AccessShareLock"

struct LockTag {
  enum class Kind : uint8_t { kRelation, kObject, kAdvisory } kind = Kind::kRelation;
  uint64_t first = 0;                                    // relation OID; object class; advisory key
  uint64_t second = 0;
  bool operator==(const LockTag&) const = default;
};

// One holder's locks. Not thread-safe itself. Destroying it releases everything.
class LockManager;
class LockOwner {
 public:
  LockOwner(LockManager& manager, TransactionId id, int32_t backend_pid);
  ~LockOwner();
  LockOwner(const LockOwner&) = delete;
  // Blocks; throws on interrupt (57014, 55P03 lock timeout) and 40P01 when chosen as deadlock victim. Re-entrant.
  void Lock(const LockTag& tag, LockMode mode, const InterruptFlag& interrupt);
  bool TryLock(const LockTag& tag, LockMode mode);
  bool Unlock(const LockTag& tag, LockMode mode);
  void ReleaseAll();
  // How long it waits before it looks for a deadlock; 0: as the manager says. By the owner's thread.
  void set_deadlock_timeout_ms(int64_t milliseconds);
  uint64_t Mark() const;                                 // savepoint
  void RollbackTo(uint64_t mark);

  struct State;

 private:
  std::unique_ptr<State> state_;
};

struct LockStatus {                                      // one row of pg_locks
  LockTag tag;
  LockMode mode;
  bool granted;
  TransactionId transaction;
  int32_t backend_pid;
};

class LockManager {
 public:
  LockManager();
  ~LockManager();
  std::vector<LockStatus> Status() const;
  std::vector<int32_t> BlockingPids(int32_t backend_pid) const;
  void set_deadlock_timeout_ms(int64_t milliseconds);    // of owners without one of their own
  // Blocks while `still_running` says that transaction `holder` runs; part of the same waits-for graph. For TransactionManager::WaitFor.
  void WaitForTransaction(TransactionId waiter, TransactionId holder, const std::function<bool()>& still_running, const InterruptFlag& interrupt);
  void TransactionEnded();                               // wakes those waits
  struct State;
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gather::storage
