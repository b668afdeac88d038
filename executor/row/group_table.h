// GroupTable: distinct keys, each with one row (key columns and a tail for aggregate states).
//
// Open addressing: the directory holds 16 bits of the hash and a pointer to the row, so that a probe touches a row only when it will most
// likely match. Works on vectors: hashes, probes and comparisons are loops over up to 2,048 rows. Rows never move. One thread at a time.
// Row header: the hash (8 bytes). Nulls equal each other (GROUP BY, DISTINCT).
#pragma once

#include <cstring>
#include <memory>
#include <vector>

#include "executor/row/key_cache.h"
#include "executor/row/row_layout.h"

namespace gather::executor {

class GroupTable {
 public:
  static constexpr uint32_t kHeaderBytes = 8;
  GroupTable(std::vector<SqlType> key_types, uint32_t tail_bytes, MemoryBudget* budget);

  // rows[i] becomes the row of keys[…][i], made if it is new; `added` gets the i of new ones (one each), if given.
  void FindOrAdd(std::span<const Vector> keys, uint32_t count, uint8_t** rows, Selection* added);
  // The same without adding: a null pointer for keys that are not there.
  void Find(std::span<const Vector> keys, uint32_t count, uint8_t** rows);
  // Rows of another table of the same layout: targets[i] is the row with the same key, sources[i] itself if it is the first. Adopted rows stay
  // in their store, which must live as long.
  void Adopt(uint8_t* const* sources, uint32_t count, uint8_t** targets);

  uint64_t bytes() const { return store_->bytes() + directory_bytes(); }
  // Of what finds the rows, adopted ones among them.
  uint64_t directory_bytes() const { return directory_.capacity() * sizeof(uint64_t) + rows_.capacity() * sizeof(uint8_t*); }
  uint64_t groups() const { return groups_; }
  const RowLayout& layout() const { return layout_; }
  RowStore& store() { return *store_; }
  const std::shared_ptr<RowStore>& shared_store() const { return store_; }
  // All rows in the order they were added, adopted ones included.
  const std::vector<uint8_t*>& rows() const { return rows_; }
  static uint64_t Hash(const uint8_t* row) {
    uint64_t hash;
    std::memcpy(&hash, row, sizeof(hash));
    return hash;
  }

 private:
  enum class Mode { kAdd, kFind, kAdopt };
  void AddMissing(std::span<const Vector> keys, uint32_t count, uint8_t** rows, Selection* added);
  void Resolve(std::span<const Vector> keys, uint32_t count, Mode mode, uint8_t* const* sources, uint8_t** rows, Selection* added);
  void Grow(uint64_t groups);
  void Hashes(std::span<const Vector> keys, uint32_t count);

  RowLayout layout_;
  std::shared_ptr<RowStore> store_;
  std::vector<uint8_t*> rows_;
  std::vector<uint64_t> directory_;      // 0: empty; else tag << 48 | row
  uint64_t mask_ = 0;
  uint64_t groups_ = 0;
  MemoryReservation directory_memory_;
  // Scratch
  KeyCache cache_;
  Selection misses_;
  std::vector<Vector> missing_;
  std::vector<uint8_t*> missing_rows_;
  std::vector<Vector> key_forms_;
  std::vector<uint64_t> hashes_;
  std::vector<uint64_t> slots_;
  std::vector<RowIndex> open_, candidates_;
  std::vector<uint8_t*> candidate_rows_, new_rows_;
  std::vector<RowIndex> new_;
  std::vector<uint8_t> equal_;
};

}  // namespace gather::executor
