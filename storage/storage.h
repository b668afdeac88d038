// Storage: one data directory: RocksDB, the tables in it, transactions, locks, column cache. Built by main, outlives every session.
//
// Opening recovers: replays what RocksDB's log holds, rebuilds the open row groups from chunk records, drops unpublished bulk segments.
// Throws SqlError with one clear line: directory locked by another process, unwritable, from a newer version, not ours.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/locks.h"
#include "storage/table.h"
#include "storage/transaction.h"
#include "types/memory_budget.h"

namespace gather::storage {

class KvStore;                                           // storage/kv_store.h: every RocksDB call

struct StorageOptions {
  std::string directory;
  MemoryBudget* budget = nullptr;                        // column cache, RocksDB block cache and write buffers charge it
  uint64_t column_cache_bytes = uint64_t{1} << 30;
  uint64_t block_cache_bytes = uint64_t{256} << 20;
  bool fsync = true;
};

class Storage {
 public:
  explicit Storage(const StorageOptions& options);
  ~Storage();                                            // flushes; everything committed is durable
  Storage(const Storage&) = delete;

  bool was_created() const;                              // the directory was empty: the catalog bootstraps itself

  TransactionManager& transactions();
  LockManager& locks();
  KvStore& kv();

  StorageId NewStorageId();                              // durable counter, never reused
  Oid NewOid();                                          // from kFirstUserOid up, durable counter
  // Transactional: the table appears with the commit, and goes with it (readers that pinned it go on).
  std::shared_ptr<TableStore> CreateTable(Transaction& transaction, StorageId id, std::vector<StoredColumn> columns);
  void DropTable(Transaction& transaction, StorageId id);
  // For ADD COLUMN: new row groups store it too. Takes effect at once, harmless if rolled back.
  void AddColumn(StorageId id, const StoredColumn& column);
  std::shared_ptr<TableStore> Table(StorageId id) const;  // throws XX000 when unknown
  std::vector<std::shared_ptr<TableStore>> Tables() const;

  // Raw records for the catalog (column family "catalog"): ordered keys, transactional through WriteSet, read directly at start.
  void ForEachCatalogRecord(std::string_view prefix, const std::function<void(std::string_view key, std::string_view value)>& visit) const;

  // How error messages name a table; unset: by number. Set once, before sessions start.
  void SetTableNames(std::function<std::string(StorageId)> name);
  // Called, on the inserting thread, when a table has something to freeze: wakes the maintenance thread.
  void SetNudge(std::function<void()> nudge);

  struct State;                                          // storage's own: storage/storage_state.h
  State& state() { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gather::storage
