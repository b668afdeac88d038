#include "storage/locks.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <unordered_map>
#include <unordered_set>

#include "types/error.h"

namespace gather::storage {

namespace {

constexpr int kModes = 9;
using ModeMask = uint16_t;
constexpr ModeMask Bit(int mode) { return static_cast<ModeMask>(1u << mode); }
constexpr ModeMask Bit(LockMode mode) { return Bit(static_cast<int>(mode)); }

// PostgreSQL's conflict table (manual, 13.3.1).
constexpr std::array<ModeMask, kModes> kConflicts = {
    0,
    Bit(8),                                                          // AccessShare
    static_cast<ModeMask>(Bit(7) | Bit(8)),                          // RowShare
    static_cast<ModeMask>(Bit(5) | Bit(6) | Bit(7) | Bit(8)),        // RowExclusive
    static_cast<ModeMask>(Bit(4) | Bit(5) | Bit(6) | Bit(7) | Bit(8)),           // ShareUpdateExclusive
    static_cast<ModeMask>(Bit(3) | Bit(4) | Bit(6) | Bit(7) | Bit(8)),           // Share
    static_cast<ModeMask>(Bit(3) | Bit(4) | Bit(5) | Bit(6) | Bit(7) | Bit(8)),  // ShareRowExclusive
    static_cast<ModeMask>(Bit(2) | Bit(3) | Bit(4) | Bit(5) | Bit(6) | Bit(7) | Bit(8)),
    static_cast<ModeMask>(Bit(1) | Bit(2) | Bit(3) | Bit(4) | Bit(5) | Bit(6) | Bit(7) | Bit(8)),
};
ModeMask Conflicts(LockMode mode) { return kConflicts[static_cast<int>(mode)]; }

// Weak modes never conflict with each other; strong ones conflict with some weak one.
bool IsWeak(LockMode mode) { return mode <= LockMode::kRowExclusive; }
bool IsStrong(LockMode mode) { return mode >= LockMode::kShare; }

constexpr size_t kStrongCounters = 1024;
constexpr size_t kOwnerShards = 64;
constexpr auto kInterruptTick = std::chrono::milliseconds(10);
// The oid of database postgres, shown in deadlock reports as PostgreSQL does.
constexpr unsigned kDatabaseOid = 5;

struct TagHash {
  size_t operator()(const LockTag& tag) const {
    uint64_t hash = tag.first * 0x9E3779B97F4A7C15ull ^ (tag.second + static_cast<uint64_t>(tag.kind)) * 0xC2B2AE3D27D4EB4Full;
    return hash ^ hash >> 29;
  }
};

std::string Describe(const LockTag& tag) {
  const auto number = [](uint64_t value) { return std::to_string(value); };
  switch (tag.kind) {
    case LockTag::Kind::kRelation: return "relation " + number(tag.first) + " of database " + number(kDatabaseOid);
    case LockTag::Kind::kObject: return "object " + number(tag.second) + " of class " + number(tag.first) + " of database " + number(kDatabaseOid);
    case LockTag::Kind::kAdvisory: break;
  }
  return "advisory lock [" + number(kDatabaseOid) + "," + number(tag.first >> 32) + "," + number(tag.first & 0xFFFFFFFF) + "," + number(tag.second) + "]";
}

}  // namespace

const char* LockModeName(LockMode mode) {
  constexpr std::array<const char*, kModes> kNames = {"INVALID", "AccessShareLock", "RowShareLock", "RowExclusiveLock", "ShareUpdateExclusiveLock",
                                                      "ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"};
  return kNames[static_cast<int>(mode)];
}

struct LockOwner::State {
  LockManager::State* manager;
  const TransactionId transaction;
  const int32_t pid;
  int64_t deadlock_timeout_ms = 0;                       // the owner's thread only; 0: the manager's

  // The owner's thread only.
  struct Local {
    LockTag tag;
    LockMode mode;
    uint32_t count;
  };
  std::vector<Local> held;                               // distinct (tag, mode)
  std::vector<std::pair<LockTag, LockMode>> log;         // every acquisition, for savepoints

  // Locks that only this owner's list knows: guarded by latch, which a strong locker takes to move them to the table.
  std::mutex latch;
  std::vector<std::pair<LockTag, LockMode>> fast;

  State(LockManager::State* owner_of, TransactionId id, int32_t backend) : manager(owner_of), transaction(id), pid(backend) {}
  Local* Find(const LockTag& tag, LockMode mode) {
    for (auto entry = held.rbegin(); entry != held.rend(); ++entry) {
      if (entry->mode == mode && entry->tag == tag) return &*entry;
    }
    return nullptr;
  }
};

using Owner = LockOwner::State;

namespace {

struct Waiter {
  Owner* owner;
  LockMode mode;
  bool granted = false;
  std::condition_variable wake;
};

struct Holder {
  Owner* owner;
  ModeMask modes = 0;
};

struct Lock {
  std::vector<Holder> holders;
  std::list<Waiter*> queue;                              // first come, first served

  ModeMask ModesOf(const Owner* owner) const {
    for (const Holder& holder : holders) {
      if (holder.owner == owner) return holder.modes;
    }
    return 0;
  }
  bool HoldersConflict(const Owner* owner, LockMode mode) const {
    for (const Holder& holder : holders) {
      if (holder.owner != owner && (holder.modes & Conflicts(mode)) != 0) return true;
    }
    return false;
  }
  void Grant(Owner* owner, LockMode mode) {
    for (Holder& holder : holders) {
      if (holder.owner == owner) {
        holder.modes |= Bit(mode);
        return;
      }
    }
    holders.push_back({owner, Bit(mode)});
  }
};

// A wait for a transaction's end (a row that it changed).
struct TransactionWait {
  TransactionId waiter;
  TransactionId holder;
};

// Someone who waits or is waited for: a backend when known, else a transaction.
using Node = uint64_t;
Node NodeOfPid(int32_t pid) { return static_cast<uint32_t>(pid); }
Node NodeOfTransaction(TransactionId id) { return uint64_t{1} << 63 | id.value; }

struct Edge {
  Node from, to;
  std::string what;                                      // "ShareLock on transaction 7"
  bool soft = false;                                     // only behind it in the queue
};

}  // namespace

struct LockManager::State {
  struct alignas(64) Shard {
    std::mutex latch;
    std::unordered_set<Owner*> owners;
  };
  std::array<Shard, kOwnerShards> shards;
  // How many strong locks are held or wanted, by hash of the tag. Read by everyone, written rarely.
  std::array<std::atomic<uint32_t>, kStrongCounters> strong{};

  std::mutex latch;                                      // the table, queues, waits; taken before an owner's latch
  std::unordered_map<LockTag, Lock, TagHash> table;
  std::list<TransactionWait*> transaction_waits;
  std::condition_variable transaction_ended;
  std::atomic<int64_t> deadlock_timeout_ms{1000};

  std::chrono::milliseconds DeadlockTimeout(const Owner* owner) const {
    const int64_t own = owner == nullptr ? 0 : owner->deadlock_timeout_ms;
    return std::chrono::milliseconds(own != 0 ? own : deadlock_timeout_ms.load(std::memory_order_relaxed));
  }
  std::atomic<uint32_t>& StrongCounter(const LockTag& tag) { return strong[TagHash()(tag) % kStrongCounters]; }
  Shard& ShardOf(const Owner* owner) { return shards[reinterpret_cast<uintptr_t>(owner) / 64 % kOwnerShards]; }

  template <class Visit>
  void ForEachOwner(Visit visit) {
    for (Shard& shard : shards) {
      std::lock_guard lock(shard.latch);
      for (Owner* owner : shard.owners) visit(owner);
    }
  }

  bool TryFast(Owner& owner, const LockTag& tag, LockMode mode);
  void MoveFastLocks(const LockTag& tag);                // latch held
  // Grants now, or queues `waiter` (null: only try). latch held.
  bool GrantOrQueue(Owner& owner, const LockTag& tag, LockMode mode, Waiter* waiter);
  void Wait(std::unique_lock<std::mutex>& held, const LockTag& tag, Waiter& waiter, const InterruptFlag& interrupt);
  void WakeQueue(const LockTag& tag);                    // latch held
  void Release(Owner& owner, const LockTag& tag, LockMode mode);
  void RemoveWaiter(const LockTag& tag, Waiter& waiter);

  Node NodeOf(const Owner* owner) const { return owner->pid != 0 ? NodeOfPid(owner->pid) : NodeOfTransaction(owner->transaction); }
  std::vector<Edge> Edges();                             // latch held
  // The cycle through `start`, empty when there is none.
  static std::vector<Edge> FindCycle(const std::vector<Edge>& edges, Node start);
  [[noreturn]] static void ThrowDeadlock(const std::vector<Edge>& cycle);
};

bool LockManager::State::TryFast(Owner& owner, const LockTag& tag, LockMode mode) {
  if (!IsWeak(mode) || tag.kind != LockTag::Kind::kRelation) return false;
  std::lock_guard lock(owner.latch);
  // A strong locker counts itself before it takes our latch: either it finds this entry or we see its count.
  if (StrongCounter(tag).load(std::memory_order_seq_cst) != 0) return false;
  owner.fast.emplace_back(tag, mode);
  return true;
}

void LockManager::State::MoveFastLocks(const LockTag& tag) {
  ForEachOwner([&](Owner* owner) {
    std::lock_guard lock(owner->latch);
    for (size_t i = 0; i < owner->fast.size();) {
      if (owner->fast[i].first == tag) {
        table[tag].Grant(owner, owner->fast[i].second);
        owner->fast[i] = owner->fast.back();
        owner->fast.pop_back();
      } else {
        ++i;
      }
    }
  });
}

bool LockManager::State::GrantOrQueue(Owner& owner, const LockTag& tag, LockMode mode, Waiter* waiter) {
  if (IsStrong(mode) && tag.kind == LockTag::Kind::kRelation) MoveFastLocks(tag);
  Lock& lock = table[tag];
  // As PostgreSQL: behind everybody, but before the first waiter that waits for a lock we hold ourselves (it would deadlock).
  auto place = lock.queue.end();
  const ModeMask own = lock.ModesOf(&owner);
  if (own != 0) {
    place = std::find_if(lock.queue.begin(), lock.queue.end(), [&](const Waiter* other) { return (Conflicts(other->mode) & own) != 0; });
  }
  bool must_wait = lock.HoldersConflict(&owner, mode);
  for (auto other = lock.queue.begin(); !must_wait && other != place; ++other) must_wait = (Conflicts(mode) & Bit((*other)->mode)) != 0;
  if (!must_wait) {
    lock.Grant(&owner, mode);
    return true;
  }
  if (waiter != nullptr) {
    lock.queue.insert(place, waiter);
  } else if (lock.holders.empty() && lock.queue.empty()) {
    table.erase(tag);
  }
  return false;
}

void LockManager::State::WakeQueue(const LockTag& tag) {
  const auto entry = table.find(tag);
  if (entry == table.end()) return;
  Lock& lock = entry->second;
  ModeMask ahead = 0;                                    // wanted by those who stay
  for (auto at = lock.queue.begin(); at != lock.queue.end();) {
    Waiter& waiter = **at;
    if (!lock.HoldersConflict(waiter.owner, waiter.mode) && (Conflicts(waiter.mode) & ahead) == 0) {
      lock.Grant(waiter.owner, waiter.mode);
      waiter.granted = true;
      waiter.wake.notify_one();
      at = lock.queue.erase(at);
    } else {
      ahead |= Bit(waiter.mode);
      ++at;
    }
  }
  if (lock.holders.empty() && lock.queue.empty()) table.erase(entry);
}

void LockManager::State::RemoveWaiter(const LockTag& tag, Waiter& waiter) {
  const auto entry = table.find(tag);
  if (entry != table.end()) entry->second.queue.remove(&waiter);
  WakeQueue(tag);
}

void LockManager::State::Wait(std::unique_lock<std::mutex>& held, const LockTag& tag, Waiter& waiter, const InterruptFlag& interrupt) {
  const auto check_at = std::chrono::steady_clock::now() + DeadlockTimeout(waiter.owner);
  bool checked = false;
  while (!waiter.granted) {
    waiter.wake.wait_for(held, kInterruptTick);
    if (waiter.granted) return;
    if (interrupt.raised()) {
      RemoveWaiter(tag, waiter);
      interrupt.Check();
    }
    if (checked || std::chrono::steady_clock::now() < check_at) continue;
    checked = true;
    const std::vector<Edge> edges = Edges();
    const std::vector<Edge> cycle = FindCycle(edges, NodeOf(waiter.owner));
    if (cycle.empty()) continue;
    // If only the queue's order closes the cycle, let the waiter overtake.
    Lock& lock = table[tag];
    if (!lock.HoldersConflict(waiter.owner, waiter.mode)) {
      lock.queue.remove(&waiter);
      lock.Grant(waiter.owner, waiter.mode);
      waiter.granted = true;
      return;
    }
    RemoveWaiter(tag, waiter);
    ThrowDeadlock(cycle);
  }
}

void LockManager::State::Release(Owner& owner, const LockTag& tag, LockMode mode) {
  if (IsWeak(mode) && tag.kind == LockTag::Kind::kRelation) {
    std::lock_guard lock(owner.latch);
    for (size_t i = owner.fast.size(); i-- > 0;) {
      if (owner.fast[i].second == mode && owner.fast[i].first == tag) {
        owner.fast[i] = owner.fast.back();
        owner.fast.pop_back();
        return;
      }
    }
  }
  std::lock_guard lock(latch);
  const auto entry = table.find(tag);
  if (entry == table.end()) return;
  std::vector<Holder>& holders = entry->second.holders;
  for (size_t i = 0; i < holders.size(); ++i) {
    if (holders[i].owner != &owner) continue;
    holders[i].modes &= static_cast<ModeMask>(~Bit(mode));
    if (holders[i].modes == 0) holders.erase(holders.begin() + static_cast<ptrdiff_t>(i));
    break;
  }
  WakeQueue(tag);
  if (IsStrong(mode)) StrongCounter(tag).fetch_sub(1, std::memory_order_seq_cst);
}

std::vector<Edge> LockManager::State::Edges() {
  std::vector<Edge> edges;
  for (const auto& [tag, lock] : table) {
    for (auto at = lock.queue.begin(); at != lock.queue.end(); ++at) {
      const Waiter& waiter = **at;
      const std::string what = std::string(LockModeName(waiter.mode)) + " on " + Describe(tag);
      for (const Holder& holder : lock.holders) {
        if (holder.owner != waiter.owner && (holder.modes & Conflicts(waiter.mode)) != 0) {
          edges.push_back({NodeOf(waiter.owner), NodeOf(holder.owner), what, false});
        }
      }
      for (auto ahead = lock.queue.begin(); ahead != at; ++ahead) {
        if ((Conflicts(waiter.mode) & Bit((*ahead)->mode)) != 0) edges.push_back({NodeOf(waiter.owner), NodeOf((*ahead)->owner), what, true});
      }
    }
  }
  if (transaction_waits.empty()) return edges;
  std::unordered_map<uint64_t, Node> backends;           // of transactions
  ForEachOwner([&](const Owner* owner) {
    if (owner->transaction.value != 0) backends[owner->transaction.value] = NodeOf(owner);
  });
  const auto node = [&](TransactionId id) {
    const auto found = backends.find(id.value);
    return found != backends.end() ? found->second : NodeOfTransaction(id);
  };
  for (const TransactionWait* wait : transaction_waits) {
    edges.push_back({node(wait->waiter), node(wait->holder), "ShareLock on transaction " + std::to_string(wait->holder.value), false});
  }
  return edges;
}

std::vector<Edge> LockManager::State::FindCycle(const std::vector<Edge>& edges, Node start) {
  std::unordered_map<Node, std::vector<size_t>> out;
  for (size_t i = 0; i < edges.size(); ++i) out[edges[i].from].push_back(i);
  std::unordered_set<Node> seen;
  std::vector<std::pair<Node, size_t>> path = {{start, 0}};  // node, next edge to try
  std::vector<size_t> taken;
  while (!path.empty()) {
    auto& [node, next] = path.back();
    const std::vector<size_t>& outgoing = out[node];
    if (next == outgoing.size()) {
      path.pop_back();
      if (!taken.empty()) taken.pop_back();
      continue;
    }
    const size_t edge = outgoing[next++];
    if (edges[edge].to == start) {
      std::vector<Edge> cycle;
      for (const size_t i : taken) cycle.push_back(edges[i]);
      cycle.push_back(edges[edge]);
      return cycle;
    }
    if (!seen.insert(edges[edge].to).second) continue;
    taken.push_back(edge);
    path.emplace_back(edges[edge].to, 0);
  }
  return {};
}

void LockManager::State::ThrowDeadlock(const std::vector<Edge>& cycle) {
  std::string detail;
  const auto number = [](Node node) { return std::to_string(node & ~(uint64_t{1} << 63)); };
  for (const Edge& edge : cycle) {
    if (!detail.empty()) detail += "\n";
    detail += "Process " + number(edge.from) + " waits for " + edge.what + "; blocked by process " + number(edge.to) + ".";
  }
  throw SqlError(sqlstate::kDeadlockDetected, "deadlock detected").Detail(detail).Hint("See server log for query details.");
}

// ---- LockOwner

LockOwner::LockOwner(LockManager& manager, TransactionId id, int32_t backend_pid)
    : state_(std::make_unique<State>(&manager.state(), id, backend_pid)) {
  LockManager::State::Shard& shard = state_->manager->ShardOf(state_.get());
  std::lock_guard lock(shard.latch);
  shard.owners.insert(state_.get());
}

LockOwner::~LockOwner() {
  ReleaseAll();
  LockManager::State::Shard& shard = state_->manager->ShardOf(state_.get());
  std::lock_guard lock(shard.latch);
  shard.owners.erase(state_.get());
}

void LockOwner::Lock(const LockTag& tag, LockMode mode, const InterruptFlag& interrupt) {
  if (State::Local* local = state_->Find(tag, mode)) {
    ++local->count;
    state_->log.emplace_back(tag, mode);
    return;
  }
  LockManager::State& manager = *state_->manager;
  if (!manager.TryFast(*state_, tag, mode)) {
    if (IsStrong(mode)) manager.StrongCounter(tag).fetch_add(1, std::memory_order_seq_cst);
    try {
      std::unique_lock held(manager.latch);
      Waiter waiter{state_.get(), mode};
      if (!manager.GrantOrQueue(*state_, tag, mode, &waiter)) manager.Wait(held, tag, waiter, interrupt);
    } catch (...) {
      if (IsStrong(mode)) manager.StrongCounter(tag).fetch_sub(1, std::memory_order_seq_cst);
      throw;
    }
  }
  state_->held.push_back({tag, mode, 1});
  state_->log.emplace_back(tag, mode);
}

bool LockOwner::TryLock(const LockTag& tag, LockMode mode) {
  if (State::Local* local = state_->Find(tag, mode)) {
    ++local->count;
    state_->log.emplace_back(tag, mode);
    return true;
  }
  LockManager::State& manager = *state_->manager;
  if (!manager.TryFast(*state_, tag, mode)) {
    if (IsStrong(mode)) manager.StrongCounter(tag).fetch_add(1, std::memory_order_seq_cst);
    std::lock_guard held(manager.latch);
    if (!manager.GrantOrQueue(*state_, tag, mode, nullptr)) {
      if (IsStrong(mode)) manager.StrongCounter(tag).fetch_sub(1, std::memory_order_seq_cst);
      return false;
    }
  }
  state_->held.push_back({tag, mode, 1});
  state_->log.emplace_back(tag, mode);
  return true;
}

bool LockOwner::Unlock(const LockTag& tag, LockMode mode) {
  State::Local* local = state_->Find(tag, mode);
  if (local == nullptr) return false;
  for (size_t i = state_->log.size(); i-- > 0;) {
    if (state_->log[i].second == mode && state_->log[i].first == tag) {
      state_->log.erase(state_->log.begin() + static_cast<ptrdiff_t>(i));
      break;
    }
  }
  if (--local->count == 0) {
    *local = state_->held.back();
    state_->held.pop_back();
    state_->manager->Release(*state_, tag, mode);
  }
  return true;
}

void LockOwner::ReleaseAll() {
  for (const State::Local& local : state_->held) state_->manager->Release(*state_, local.tag, local.mode);
  state_->held.clear();
  state_->log.clear();
}

uint64_t LockOwner::Mark() const { return state_->log.size(); }

void LockOwner::RollbackTo(uint64_t mark) {
  while (state_->log.size() > mark) {
    const auto [tag, mode] = state_->log.back();
    Unlock(tag, mode);
  }
}

// ---- LockManager

LockManager::LockManager() : state_(std::make_unique<State>()) {}
LockManager::~LockManager() = default;

void LockOwner::set_deadlock_timeout_ms(int64_t milliseconds) { state_->deadlock_timeout_ms = milliseconds; }
void LockManager::set_deadlock_timeout_ms(int64_t milliseconds) { state_->deadlock_timeout_ms.store(milliseconds, std::memory_order_relaxed); }

void LockManager::WaitForTransaction(TransactionId waiter, TransactionId holder, const std::function<bool()>& still_running,
                                     const InterruptFlag& interrupt) {
  std::unique_lock held(state_->latch);
  TransactionWait wait{waiter, holder};
  const auto entry = state_->transaction_waits.insert(state_->transaction_waits.end(), &wait);
  struct Leave {
    State& state;
    std::list<TransactionWait*>::iterator entry;
    ~Leave() { state.transaction_waits.erase(entry); }
  } leave{*state_, entry};
  const Owner* own = nullptr;
  state_->ForEachOwner([&](const Owner* owner) {
    if (owner->transaction == waiter) own = owner;
  });
  const auto check_at = std::chrono::steady_clock::now() + state_->DeadlockTimeout(own);
  bool checked = false;
  while (still_running()) {
    state_->transaction_ended.wait_for(held, kInterruptTick);
    interrupt.Check();
    if (checked || std::chrono::steady_clock::now() < check_at || !still_running()) continue;
    checked = true;
    const std::vector<Edge> edges = state_->Edges();
    Node node = NodeOfTransaction(waiter);
    state_->ForEachOwner([&](const Owner* owner) {
      if (owner->transaction == waiter) node = state_->NodeOf(owner);
    });
    const std::vector<Edge> cycle = State::FindCycle(edges, node);
    if (!cycle.empty()) State::ThrowDeadlock(cycle);
  }
}

void LockManager::TransactionEnded() {
  // Through the latch: a waiter that saw the transaction running is asleep by then.
  { std::lock_guard held(state_->latch); }
  state_->transaction_ended.notify_all();
}

std::vector<LockStatus> LockManager::Status() const {
  std::vector<LockStatus> rows;
  std::lock_guard held(state_->latch);
  state_->ForEachOwner([&](Owner* owner) {
    std::lock_guard lock(owner->latch);
    for (const auto& [tag, mode] : owner->fast) rows.push_back({tag, mode, true, owner->transaction, owner->pid});
  });
  for (const auto& [tag, lock] : state_->table) {
    for (const Holder& holder : lock.holders) {
      for (int mode = 1; mode < kModes; ++mode) {
        if ((holder.modes & Bit(mode)) != 0) rows.push_back({tag, static_cast<LockMode>(mode), true, holder.owner->transaction, holder.owner->pid});
      }
    }
    for (const Waiter* waiter : lock.queue) rows.push_back({tag, waiter->mode, false, waiter->owner->transaction, waiter->owner->pid});
  }
  return rows;
}

std::vector<int32_t> LockManager::BlockingPids(int32_t backend_pid) const {
  std::vector<int32_t> pids;
  std::lock_guard held(state_->latch);
  for (const Edge& edge : state_->Edges()) {
    if (edge.from != NodeOfPid(backend_pid) || edge.to >> 63 != 0) continue;
    const auto pid = static_cast<int32_t>(edge.to);
    if (std::find(pids.begin(), pids.end(), pid) == pids.end()) pids.push_back(pid);
  }
  return pids;
}

}  // namespace gather::storage
