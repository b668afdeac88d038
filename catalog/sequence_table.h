// SequenceTable: the state of every sequence, keyed by the sequence's storage id. Outside transactions, as PostgreSQL's. Thread-safe.
//
// What is on disk runs ahead: a record that says "up to v" is written before the first value after the former record is handed out,
// kLogAhead values at a time, so that a crash may lose values but never hands one out twice. The record is not forced to disk by
// itself: whatever commit makes use of a value comes later in the same log. A clean shutdown writes the exact state.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>

#include "catalog/catalog.h"

namespace gather::catalog {

class SequenceTable {
 public:
  explicit SequenceTable(storage::Storage& storage) : storage_(storage) {}
  void Load();
  void Save();                                           // exact states, at shutdown

  int64_t Next(const RelationEntry& sequence);
  void Set(const RelationEntry& sequence, int64_t value, bool is_called);
  Catalog::SequenceState Read(const RelationEntry& sequence);

 private:
  static constexpr int kLogAhead = 32;                   // PostgreSQL's SEQ_LOG_VALS
  struct Slot {
    std::mutex mutex;
    Catalog::SequenceState state{};
    int unlogged = 0;                                    // values that may be handed out before the next record
  };
  std::shared_ptr<Slot> SlotOf(const RelationEntry& sequence);
  void Log(StorageId storage, const Catalog::SequenceState& state);

  storage::Storage& storage_;
  std::mutex mutex_;
  std::map<StorageId, std::shared_ptr<Slot>> slots_;
};

}  // namespace gather::catalog
