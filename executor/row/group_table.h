// GroupTable: distinct keys, each with one row (key columns and a tail for aggregate states).
//
// Open addressing: the directory holds 16 bits of the hash and a pointer to the row, so that a probe touches a row only when it will most
// likely match. Works on vectors: hashes, probes and comparisons are loops over up to 2,048 rows. Rows never move. One thread at a time.
// Row header: the hash (8 bytes). Nulls equal each other (GROUP BY, DISTINCT).
// A table that is to be merged with others keeps its rows in parts by hash, each in blocks of its own, once there are many: so that who merges a part
// of several tables reads them one after the other.
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
  static constexpr uint32_t kParts = 64;
  // Fewer groups than this for each part are not worth dividing.
  static constexpr uint64_t kUndivided = 16384;
  static uint32_t PartOf(uint64_t hash) { return static_cast<uint32_t>(hash >> 40) & (kParts - 1); }

  // kOfMany: it is one of the parts itself, and sees rows that lie apart: without a cache of keys.
  enum class Parts { kOne, kByHash, kOfMany };
  GroupTable(std::vector<SqlType> key_types, uint32_t tail_bytes, MemoryBudget* budget, Parts parts = Parts::kOne);

  // rows[i] becomes the row of keys[…][i], made if it is new; `added` gets the i of new ones (one each), if given.
  void FindOrAdd(std::span<const Vector> keys, uint32_t count, uint8_t** rows, Selection* added);
  // The same without adding: a null pointer for keys that are not there.
  void Find(std::span<const Vector> keys, uint32_t count, uint8_t** rows);
  // Rows of another table of the same layout: targets[i] is the row with the same key, sources[i] itself if it is the first. Adopted rows stay
  // in their store, which must live as long.
  void Adopt(uint8_t* const* sources, uint32_t count, uint8_t** targets);
  // The same for rows that are all known to be new.
  void AdoptNew(const std::vector<uint8_t*>& sources);
  // Room for so many groups.
  void Reserve(uint64_t groups) { Grow(groups); }

  uint64_t bytes() const { return store_bytes() + directory_bytes(); }
  uint64_t store_bytes() const;
  // Of what finds the rows, adopted ones among them.
  uint64_t directory_bytes() const { return directory_.size() * sizeof(uint64_t) + groups_ * sizeof(uint8_t*); }
  uint64_t groups() const { return groups_; }
  const RowLayout& layout() const { return layout_; }
  // Keeps the rows, but for adopted ones.
  std::shared_ptr<const void> owner() const { return stores_; }
  // All rows, adopted ones included, in the order they were added: a single part, or kParts.
  const std::vector<std::vector<uint8_t*>>& parts() const { return parts_; }
  bool divided() const { return parts_.size() > 1; }
  // Whatever the number of rows.
  void DivideNow() { if (!divided()) Divide(); }
  // Of a table in one part.
  const std::vector<uint8_t*>& rows() const { return parts_[0]; }
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
  void Rehash(uint64_t slots);
  void Divide();
  // Arrays needed during a call: a thread's, for all its tables.
  struct Scratch;
  static Scratch& ThreadScratch();
  void Hashes(Scratch& scratch, std::span<const Vector> keys, uint32_t count);
  RowStore& StoreOf(uint64_t hash) { return *(*stores_)[stores_->size() == 1 ? 0 : 1 + PartOf(hash)]; }

  RowLayout layout_;
  MemoryBudget* const budget_;
  const bool divides_;
  // The first keeps all strings and the rows from before the table was divided; then one for each part.
  std::shared_ptr<std::vector<std::unique_ptr<RowStore>>> stores_;
  std::vector<std::vector<uint8_t*>> parts_;
  std::vector<uint64_t> directory_;      // 0: empty; else tag << 48 | row
  uint64_t mask_ = 0;
  uint64_t groups_ = 0;
  MemoryReservation directory_memory_;
  KeyCache cache_;
  std::vector<Vector> missing_, key_forms_;  // of the call at hand
};

}  // namespace gather::executor
