// OrderedIndex: PostgreSQL's "btree": memcomparable keys in RocksDB, one entry per row version.
//
// Entry key: index id (8 bytes, big endian) | memcomparable key columns | row id (8 bytes, big endian); value: empty.
// Unique index: index id | key → value: the row ids of that key's versions (8 bytes each, big endian), newest first, so that a point lookup
// is one Get; keys with a null column (nulls distinct) are stored in the first form.
// Entries of deleted versions stay until vacuum or until a reader reports them dead to everyone; whoever reads an entry asks the table
// for the row's visibility. A running transaction's entries live in its WriteSet, so that it sees its own; two transactions
// inserting the same unique key meet at a key lock (the second waits for the first's end).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "storage/storage.h"
#include "storage/table.h"
#include "storage/transaction.h"
#include "storage/write_set.h"
#include "types/compare.h"
#include "types/interrupt.h"
#include "types/vector.h"

namespace gather::index {

using IndexId = StrongId<struct IndexIdTag, uint64_t>;   // the index's own StorageId number: REINDEX takes a new one

struct IndexDefinition {
  IndexId id;
  bool unique = false;
  bool nulls_distinct = true;
  std::vector<SqlType> key_types;
  std::vector<SortOrder> orders;
};

// One bound of a range over a prefix of the key columns, by value (5 is below 7 in a descending column too). Lower and upper agree but for
// the last column of the longer one, the range column: its nulls are in no range. A null value bounds by IS NULL.
struct KeyBound {
  std::vector<Datum> values;                             // of the first columns; empty: unbounded
  bool inclusive = true;
};

class OrderedIndex {
 public:
  OrderedIndex(storage::Storage& storage, IndexDefinition definition);
  const IndexDefinition& definition() const { return definition_; }

  // Adds entries for rows; keys[c] is key column c. On a unique conflict with a live row calls `conflict(i)` for row i, which throws 23505 with
  // the constraint's name and the key's text; waits for in-flight holders (throws on interrupt, 40P01).
  void Insert(storage::Transaction& transaction, storage::TableStore& table, std::span<const Vector> keys, std::span<const RowId> rows,
              const InterruptFlag& interrupt, const std::function<void(uint32_t row)>& conflict);
  // Row ids for a full-key equality: the fast path of point lookups.
  void Lookup(storage::Transaction* transaction, std::span<const Datum> key, std::vector<RowId>* rows) const;

  // Entries whose key is in [from, to), as bytes.
  struct Range {
    std::string from, to;
  };
  Range RangeOf(const KeyBound& lower, const KeyBound& upper) const;
  // Up to `parts` ranges that together are `range`, in key order and of about the same size, as far as can be told without reading it.
  std::vector<Range> Split(const Range& range, uint32_t parts) const;
  uint64_t ApproximateBytes(const Range& range) const;

  // Key columns of entries, as bytes: one after the other, key i ends at ends[i].
  struct Keys {
    std::string bytes;
    std::vector<uint32_t> ends;
  };
  // Row ids in key order (or reverse). Not thread-safe; one per worker or leader.
  class Cursor {
   public:
    virtual ~Cursor() = default;
    virtual uint32_t Next(RowId* rows, uint32_t capacity) = 0;   // 0 at the end
    // The same, with every row's key columns appended to `keys`.
    virtual uint32_t Next(RowId* rows, uint32_t capacity, Keys* keys) = 0;
  };
  std::unique_ptr<Cursor> Scan(storage::Transaction* transaction, const KeyBound& lower, const KeyBound& upper, bool backward) const {
    return Scan(transaction, RangeOf(lower, upper), backward);
  }
  std::unique_ptr<Cursor> Scan(storage::Transaction* transaction, Range range, bool backward) const;
  // To be called before a range is scanned, or a key looked up, for a query of a serializable transaction.
  void MarkRead(const storage::Transaction& transaction, const Range& range) const;

  // Drops all entries (DROP INDEX, TRUNCATE): after commit, outside the transaction.
  void Clear();
  // Removes entries whose rows are dead to everyone; returns how many. Outside any transaction; writers may go on.
  uint64_t Vacuum(const storage::TableStore& table);
  uint64_t ApproximateBytes() const;

 private:
  friend class IndexBuild;                               // index/index_build.h
  // Appends the key columns of every row to keys[i], which begins with the prefix; has_null[i]: a column is null.
  void MakeKeys(std::span<const Vector> keys, uint32_t rows, std::vector<std::string>* out, std::vector<uint8_t>* has_null) const;
  // The entry of this key holds a list of row ids; otherwise one entry per row.
  bool IsListed(bool has_null) const { return definition_.unique && !(has_null && definition_.nulls_distinct); }

  storage::Storage& storage_;
  const IndexDefinition definition_;
  const std::string prefix_;
};

}  // namespace gather::index
