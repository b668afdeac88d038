// What the Catalog holds behind its face: the published snapshot, the open changes, commits under way, sequences.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/sequence_table.h"
#include "catalog/snapshot_state.h"
#include "types/shared_cell.h"

namespace gather::catalog {

class CatalogChange;

struct Database {
  explicit Database(Oid database_oid) : oid(database_oid) {}

  const Oid oid;
  SharedCell<const CatalogSnapshot> current;             // replaced under `committing_mutex`
  // Guarded by the catalog's `databases_mutex`.
  uint32_t connections = 0;
  bool dropping = false;                                 // by an open transaction: no new connections

  void Publish(CatalogSnapshot::State state) { current.store(std::make_shared<CatalogSnapshot>(std::make_shared<const CatalogSnapshot::State>(std::move(state)))); }
};

struct Catalog::State {
  explicit State(storage::Storage& storage) : sequences(storage) {}

  // Changed under both `committing_mutex` and `databases_mutex`.
  mutable std::mutex databases_mutex;
  std::map<Oid, std::shared_ptr<Database>> databases;
  std::shared_ptr<Database> postgres;                    // the one that callers without a database mean

  // Changes between BeforeCommit and the commit's end: their names are taken.
  std::mutex committing_mutex;
  std::vector<const CatalogChange*> committing;

  // Changes of running transactions. The count spares every other statement the lock.
  std::atomic<uint32_t> open_count{0};
  std::mutex open_mutex;
  std::unordered_map<TransactionId, std::shared_ptr<CatalogChange>> open;

  std::atomic<uint64_t> private_versions{uint64_t{1} << 63};

  SequenceTable sequences;
};

// The index's entries live under its storage id.
std::shared_ptr<index::OrderedIndex> MakeOrderedIndex(storage::Storage& storage, const RelationEntry& relation);
std::vector<storage::StoredColumn> StoredColumnsOf(const RelationEntry& relation);

// pg_catalog, information_schema and the system views: the same in every data directory, never written.
void AddBuiltIn(CatalogSnapshot::State& state);

}  // namespace gather::catalog
