// What the Catalog holds behind its face: the published snapshot, the open changes, commits under way, sequences.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/sequence_table.h"
#include "catalog/snapshot_state.h"

namespace gather::catalog {

class CatalogChange;

struct Catalog::State {
  explicit State(storage::Storage& storage) : sequences(storage) {}

  std::atomic<CatalogRef> current;                       // replaced under `committing_mutex`

  // Changes between BeforeCommit and the commit's end: their names are taken.
  std::mutex committing_mutex;
  std::vector<const CatalogChange*> committing;

  // Changes of running transactions. The count spares every other statement the lock.
  std::atomic<uint32_t> open_count{0};
  std::mutex open_mutex;
  std::unordered_map<TransactionId, std::shared_ptr<CatalogChange>> open;

  std::atomic<uint64_t> private_versions{uint64_t{1} << 63};

  SequenceTable sequences;

  void Publish(CatalogSnapshot::State state) { current.store(std::make_shared<CatalogSnapshot>(std::make_shared<const CatalogSnapshot::State>(std::move(state)))); }
};

// The index's entries live under its storage id.
std::shared_ptr<index::OrderedIndex> MakeOrderedIndex(storage::Storage& storage, const RelationEntry& relation);
std::vector<storage::StoredColumn> StoredColumnsOf(const RelationEntry& relation);

// pg_catalog, information_schema and the system views: the same in every data directory, never written.
void AddBuiltIn(CatalogSnapshot::State& state);

}  // namespace gather::catalog
