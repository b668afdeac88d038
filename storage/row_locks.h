// RowLocks: rows locked by SELECT … FOR UPDATE and kin, by foreign keys. What UPDATE and DELETE lock shows in the row's delete stamp.
//
// Strengths and their conflicts are PostgreSQL's (manual, 13.3.2). Nobody waits in here: who is refused waits for the holder's end and tries again.
// A locker enters its lock first and then looks at the row's stamp; a writer stamps first and then looks here: one of them sees the other. A row's
// new version takes over the locks of the old one when an update leaves its key alone. Thread-safe; all latches are leaves.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "types/ids.h"

namespace gather::storage {

enum class RowLockStrength : uint8_t { kNone, kKeyShare, kShare, kNoKeyUpdate, kUpdate };
// Two transactions cannot have both.
bool Conflict(RowLockStrength a, RowLockStrength b);

class RowLocks {
 public:
  struct Row {
    StorageId table;
    RowId id;
    bool operator==(const Row&) const = default;
  };
  // Takes the lock, or strengthens the one that `transaction` has; `before`: what that was. Nothing is taken, and a holder returned, where
  // another's lock conflicts; 0: taken.
  TransactionId TryLock(const Row& row, TransactionId transaction, RowLockStrength strength, RowLockStrength* before);
  // Whose lock forbids `transaction` to write the row with this strength; 0: nobody's. One load where nothing is locked nearby.
  TransactionId Conflicting(const Row& row, TransactionId transaction, RowLockStrength strength) const;
  bool Holds(const Row& row, TransactionId transaction) const;
  // Back to a weaker lock of the transaction, or to none.
  void Weaken(const Row& row, TransactionId transaction, RowLockStrength to);
  // `writer` has updated `from` and kept its key: who has a lock on `from` that goes with that gets the same on `to`, the new version. Those that end meanwhile, by `is_active`, do not.
  void Copy(const Row& from, const Row& to, TransactionId writer, const std::function<bool(TransactionId)>& is_active);
  // Drops what Copy has given to a transaction, which is not active any more.
  void DropCopies(TransactionId transaction);

 private:
  struct Holder {
    TransactionId transaction;
    RowLockStrength strength;
  };
  struct Hash {
    size_t operator()(const Row& row) const { return HashOf(row); }
  };
  static uint64_t HashOf(const Row& row) {
    const uint64_t hash = (row.id.value + row.table.value * 0x9E3779B97F4A7C15ull) * 0xC2B2AE3D27D4EB4Full;
    return hash ^ hash >> 31;
  }
  struct alignas(64) Shard {
    mutable std::mutex latch;
    std::atomic<uint32_t> rows{0};                         // entries of the map; seq_cst against the stamps
    std::unordered_map<Row, std::vector<Holder>, Hash> holders;
  };
  static constexpr size_t kShards = 64;
  Shard& ShardOf(const Row& row) { return shards_[HashOf(row) >> 58]; }
  const Shard& ShardOf(const Row& row) const { return shards_[HashOf(row) >> 58]; }
  std::array<Shard, kShards> shards_;
  std::mutex copies_latch_;
  std::unordered_map<uint64_t, std::vector<Row>> copies_;  // by transaction
};

}  // namespace gather::storage
