// Strong ids: integers that do not mix. StrongId<Tag> compares, hashes and prints as its number, and converts only explicitly.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace gather {

template <class Tag, class Number>
struct StrongId {
  Number value{};
  constexpr StrongId() = default;
  constexpr explicit StrongId(Number number) : value(number) {}
  constexpr auto operator<=>(const StrongId&) const = default;
};

// PostgreSQL's object id. Not strong: it travels as a plain number in hundreds of catalog columns.
using Oid = uint32_t;
inline constexpr Oid kInvalidOid = 0;
inline constexpr Oid kFirstUserOid = 16384;

// The rows of a relation (PostgreSQL's relfilenode): TRUNCATE and rewriting ALTERs give the relation a new one.
using StorageId = StrongId<struct StorageIdTag, uint64_t>;
// A column of a relation for its whole life (PostgreSQL's attnum): 1, 2, …; never reused after DROP COLUMN.
using ColumnId = StrongId<struct ColumnIdTag, int16_t>;
// A transaction, unique over the life of the data directory. 0 is none.
using TransactionId = StrongId<struct TransactionIdTag, uint64_t>;
// A commit's place in the order of all commits. Snapshots see every commit <= theirs.
using CommitTimestamp = StrongId<struct CommitTimestampTag, uint64_t>;

inline constexpr uint32_t kVectorSize = 2048;         // rows of a vector, and of a chunk at most
inline constexpr uint32_t kRowGroupSize = 65536;      // row slots of a row group: 32 vectors

// Where a row version lives: row group number within its StorageId and slot within the row group. Shown as ctid (group,slot).
// Order is insertion order within one storage.
struct RowId {
  uint64_t value = 0;                                  // group << 16 | slot
  constexpr RowId() = default;
  constexpr explicit RowId(uint64_t number) : value(number) {}
  constexpr RowId(uint64_t group, uint32_t slot) : value(group << 16 | slot) {}
  constexpr uint64_t group() const { return value >> 16; }
  constexpr uint32_t slot() const { return static_cast<uint32_t>(value & 0xFFFF); }
  constexpr auto operator<=>(const RowId&) const = default;
};

}  // namespace gather

template <class Tag, class Number>
struct std::hash<gather::StrongId<Tag, Number>> {
  size_t operator()(const gather::StrongId<Tag, Number>& id) const { return std::hash<Number>()(id.value); }
};
template <>
struct std::hash<gather::RowId> {
  size_t operator()(const gather::RowId& id) const { return std::hash<uint64_t>()(id.value); }
};
