// TableStore: the rows of one relation (one StorageId): row groups, versions, inserts, deletes, point fetches.
//
// Shared by all sessions (shared_ptr); synchronises itself. Inside: pin, then unlock: a latch is held only to copy a pointer to the
// immutable list of row groups. Readers never wait for writers.
// Values of a column are addressed by ColumnId; what a row group does not hold (column added later) reads as the ScanColumn's default.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "storage/snapshot.h"
#include "storage/transaction.h"
#include "types/chunk.h"
#include "types/datum.h"
#include "types/ids.h"

namespace gather::storage {

struct StoredColumn {
  ColumnId id;
  SqlType type;
};

struct ScanColumn {
  ColumnId id;
  SqlType type;
  Datum missing;                       // value in rows older than the column; default: null
};

enum class WriteOutcome : uint8_t {
  kDone,
  kOwnCommand,                         // this very command deleted it already (UPDATE … FROM met the row twice): skip
  kConflict,                           // another transaction deleted it after our snapshot and has committed
  kBusy,                               // another running transaction deleted it: wait for `holder`, then look again
};
struct WriteResult {
  WriteOutcome outcome = WriteOutcome::kDone;
  TransactionId holder;
};

enum class DeleteKind : uint8_t { kDelete, kUpdate, kUpdateKeepingKey };   // updates: by a new version that Insert brings

struct TableStatistics {
  uint64_t rows = 0;                   // live rows, as far as the last commits tell: exact when nothing runs
  uint64_t dead_rows = 0;
  uint64_t row_groups = 0;
  uint64_t bytes = 0;                  // compressed segments plus fresh rows
  // By commits since the server started.
  uint64_t inserted = 0, updated = 0, deleted = 0;
  uint64_t changed = 0;                // rows of those since the last ANALYZE
};

class TableStore {
 public:
  StorageId id() const;
  std::vector<StoredColumn> columns() const;
  TableStatistics statistics() const;

  // Appends rows (one vector per column of `columns`, columns absent are not stored and read as missing → null). ids[i] gets row i's id.
  // Full row groups of one big statement become segments on the spot (see storage/README.md, "bulk load").
  void Insert(Transaction& transaction, std::span<const StoredColumn> columns, const Chunk& rows, RowId* ids);
  // Marks one visible row deleted by the transaction's present command. Does not wait, nor look at row locks.
  WriteResult Delete(Transaction& transaction, RowId row, DeleteKind kind = DeleteKind::kDelete);
  // After an update: which rows took the place of which. With the same keys, locks on the old ones go for the new ones too.
  void SetSuccessors(Transaction& transaction, std::span<const RowId> old_rows, std::span<const RowId> new_rows, bool keep_key);

  // Rows by id (at most kVectorSize): out gets the visible ones in input order, as vectors of any kind; found[i] is the position in `ids` of
  // output row i. Returns their number.
  uint32_t Fetch(const Snapshot& snapshot, std::span<const RowId> ids, std::span<const ScanColumn> columns, Chunk& out, Selection& found) const;
  bool IsVisible(const Snapshot& snapshot, RowId row) const;
  // Positions of the visible ones among `ids` (at most kVectorSize) into `found`; returns how many could not be told for their whole vector.
  uint32_t FindVisible(const Snapshot& snapshot, std::span<const RowId> ids, Selection& found) const;
  // How a unique check must treat an existing index entry for `row`.
  enum class Liveness : uint8_t { kDead, kLive, kInserting, kDeleting };  // the last two: `holder` is still running
  Liveness CheckLiveness(const Transaction& transaction, RowId row, TransactionId* holder) const;
  // Of a row that is being deleted, or dead: the new version (0: on its way, or there is none) and whether it has the same key.
  struct Replacement {
    bool deleted = false;
    RowId row;
    bool keeps_key = false;
  };
  Replacement ReplacementOf(RowId row) const;

  // Deleted at or before `oldest`, or never inserted: index entries that lead to it can go.
  bool IsDeadToAll(RowId row, CommitTimestamp oldest) const;

  // Maintenance: turns full, settled row groups into segments; returns how many.
  uint32_t Freeze();

  struct State;
  explicit TableStore(std::unique_ptr<State> state);
  ~TableStore();
  State& state() { return *state_; }
  const State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gather::storage
