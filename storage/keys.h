// Every key in RocksDB, drawn by column family. Numbers are big endian, so that keys sort by number.
//
//   meta      "counters"                                                        → Counters: high-water marks of all durable counters
//   catalog   the catalog's own keys (WriteSet, KeySpace::kCatalog)
//   tables    'T' | storage:8                                                   → TableRecord: columns, dropped flag
//             'G' | storage:8 | group:8                                         → GroupRecord: a frozen or bulk-loaded row group, its segments
//             'A' | storage:8                                                   → analysis record: what ANALYZE found (analysis/record.cc)
//             'P' | number:8                                                    → PendingRecord: what an unfinished bulk write left on disk
//   chunks    storage:8 | group:8 | first slot:4                                → chunk record: fresh rows of one commit (chunk_record.h)
//   deletes   storage:8 | group:8 | commit timestamp:8                          → delete record: slots that this commit deleted
//             (timestamp 0: all older records of the group merged into one)
//   segments  storage:8 | group:8 | column:2                                    → segment (segment.h)
//   index     index:8 | memcomparable key columns [ | row id:8 ]                → "" or row ids (index/ordered_index.h)
//
// Everything of one table is one key range per family, so that dropping a table is a range delete.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/ids.h"

namespace gather::storage {

inline constexpr std::string_view kCountersKey = "counters";

void AppendBigEndian64(std::string& key, uint64_t number);
uint64_t ReadBigEndian64(const char* bytes);
// The first key after all keys that begin with `prefix`; empty when there is none.
std::string KeyAfterPrefix(std::string_view prefix);

std::string TableKey(StorageId table);
StorageId TableOfKey(std::string_view key);                    // of 'T' and 'G' keys
std::string GroupKey(StorageId table, uint64_t group);
std::string GroupPrefix(StorageId table);
uint64_t GroupOfKey(std::string_view key);                     // of 'G' keys
std::string AnalysisKey(StorageId table);
std::string PendingKey(uint64_t number);
inline constexpr std::string_view kTableKeyPrefix = "T";
inline constexpr std::string_view kPendingKeyPrefix = "P";

// Families chunks, deletes, segments: the prefix of a table and of a row group is the same in each.
std::string RowsPrefix(StorageId table);
std::string RowsPrefix(StorageId table, uint64_t group);
std::string ChunkKey(StorageId table, uint64_t group, uint32_t first_slot);
std::string DeleteKey(StorageId table, uint64_t group, CommitTimestamp timestamp);
std::string SegmentKey(StorageId table, uint64_t group, ColumnId column);
uint64_t GroupOfRowsKey(std::string_view key);
uint32_t SlotOfChunkKey(std::string_view key);

}  // namespace gather::storage
