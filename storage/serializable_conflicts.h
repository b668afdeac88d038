// SerializableConflicts: which serializable transactions read what others have written, and who of them must fail so that what commits has a serial
// order. Serializable snapshot isolation: Cahill, Röhm & Fekete, "Serializable isolation for snapshot databases" (SIGMOD 2008); rules and order of
// victims as in Ports & Grittner, "Serializable snapshot isolation in PostgreSQL" (VLDB 2012), and PostgreSQL's README-SSI.
//
// Reads and writes leave marks: a read on a whole table, a row or a range of index keys; a write on a table, a row that it deletes, an index key that
// it adds. A mark that meets one of the other kind by a concurrent transaction is an rw-conflict, reader → writer, whichever came first: index
// entries of a running transaction are nobody else's to see, so the store cannot be asked instead.
// T1 → T2 → T3 of which T3 commits first may be part of a cycle: somebody gets 40001, T2 (the pivot) if possible.
//
// Marks stay until nobody runs who was concurrent with their transaction. Many marks of one kind become one on the whole table or index.
// Only serializable transactions are looked at. Thread-safe: workers read for their transaction. One latch, a leaf, held for some hash lookups.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "storage/snapshot.h"
#include "types/ids.h"
#include "types/interrupt.h"

namespace gather::storage {

class SerializableTransaction;

class SerializableConflicts {
 public:
  SerializableConflicts();
  ~SerializableConflicts();

  // `take_snapshot` takes the transaction's snapshot. In here, so that what it sees agrees with who has committed: nobody prepares, begins or ends
  // meanwhile.
  SerializableTransaction* Begin(int32_t backend_pid, bool read_only, const std::function<void()>& take_snapshot);
  // A transaction that has been told off fails with 40001 at each of these but End.
  void ReadTable(SerializableTransaction* transaction, StorageId table);
  void ReadRows(SerializableTransaction* transaction, StorageId table, std::span<const RowId> rows);
  void ReadKeys(SerializableTransaction* transaction, uint64_t index, std::string_view from, std::string_view to);   // [from, to)
  void WriteTable(SerializableTransaction* transaction, StorageId table);
  void WriteRow(SerializableTransaction* transaction, StorageId table, RowId row);
  void WriteKey(SerializableTransaction* transaction, uint64_t index, std::string_view key);
  // Before the commit is written: the last moment to fail.
  void PrepareCommit(SerializableTransaction* transaction);
  // After the commit is published, or the rollback done. Nothing is to be done with the transaction after this.
  void End(SerializableTransaction* transaction, bool committed);

  // READ ONLY: nothing that runs can make what it reads wrong; it needs no more marks.
  bool IsSafe(const SerializableTransaction* transaction) const;
  // READ ONLY DEFERRABLE: waits until that is sure (true), or sure not to be (false: begin again with a new snapshot).
  bool WaitUntilSafe(SerializableTransaction* transaction, const InterruptFlag& interrupt);
  // Whom a WaitUntilSafe of this backend waits for.
  std::vector<int32_t> SafeSnapshotBlockingPids(int32_t backend_pid) const;

 private:
  using Transaction = SerializableTransaction;
  struct TableMarks;
  struct IndexMarks;

  void Check(const Transaction& transaction, const char* when) const;
  void Conflict(Transaction& reader, Transaction& writer, const Transaction& present);
  void RequireNoPivot(const Transaction& reader, Transaction& writer, const Transaction& present);
  void RemoveMarks(Transaction& transaction);
  void RemoveFinished();

  mutable std::mutex latch_;                               // guards everything
  std::condition_variable told_;                           // a reader became safe or unsafe
  std::list<std::unique_ptr<Transaction>> running_;
  std::list<std::unique_ptr<Transaction>> finished_;       // committed, by their numbers, while somebody runs who was concurrent
  uint64_t last_commit_ = 1;                               // numbers of preparations and ends, in their order
  std::unordered_map<uint64_t, TableMarks> tables_;        // by StorageId
  std::unordered_map<uint64_t, IndexMarks> indexes_;
};

}  // namespace gather::storage
