// The inside of Storage, shared by storage's own files.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "storage/column_cache.h"
#include "storage/data_directory.h"
#include "storage/frozen_columns.h"
#include "storage/kv_store.h"
#include "storage/storage.h"
#include "storage/transaction_state.h"

namespace gather::storage {

// Durable counters are written ahead in steps: after a crash numbering goes on behind the last step.
struct Counters {
  uint64_t transaction = 1;
  uint64_t timestamp = 2;                                // kSettled is 1
  uint64_t storage = 1;
  uint64_t oid = kFirstUserOid;
  uint64_t pending = 1;
};

struct Storage::State {
  explicit State(const StorageOptions& given) : options(given), directory(given.directory) {}

  StorageOptions options;
  DataDirectory directory;
  MemoryReservation kv_memory;
  std::unique_ptr<KvStore> kv;
  std::unique_ptr<ColumnCache> cache;
  SegmentSource segments;
  std::unique_ptr<LockManager> locks;
  std::unique_ptr<TransactionManager> transactions;
  bool was_created = false;

  mutable std::shared_mutex tables_latch;
  std::unordered_map<StorageId, std::shared_ptr<TableStore>> tables;

  std::mutex nudge_latch;
  std::function<void()> nudge;                           // a row group filled up

  std::mutex counters_latch;
  Counters counters;                                     // as found at start
  std::atomic<uint64_t> next_storage{1}, next_oid{kFirstUserOid}, next_pending{1};
  // What is on disk: numbers below are ours to hand out.
  std::atomic<uint64_t> transaction_limit{0}, timestamp_limit{0}, storage_limit{0}, oid_limit{0}, pending_limit{0};
  // Raises a limit durably when `used`, the number just taken, comes near it.
  void ReserveCounter(std::atomic<uint64_t>& limit, uint64_t used, uint64_t step) {
    if (used + step / 2 >= limit.load(std::memory_order_relaxed)) [[unlikely]] RaiseCounter(limit, used, step);
  }
  void RaiseCounter(std::atomic<uint64_t>& limit, uint64_t used, uint64_t step);
  void WriteCounters(const Counters& counters);

  void Nudge() {
    std::lock_guard lock(nudge_latch);
    if (nudge) nudge();
  }
  void Recover(Storage& owner);
  // Commit and rollback of table creation.
  void PublishTables(Transaction::State& transaction);
  void ForgetTable(StorageId id);
};

}  // namespace gather::storage
