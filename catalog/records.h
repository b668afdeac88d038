// Catalog records: how entries lie in storage's catalog space, one record per entry.
//
//   key     kind (1 byte) | OID, 4 bytes big endian          's' schema  'r' relation  'o' role  'd' database
//           'q' | storage id, 8 bytes big endian             state of a sequence
//   value   version (1 byte, kRecordVersion) | fields in the order records.cc writes them:
//           integers little endian, bool one byte, string uint32 length + bytes, list uint32 count + elements,
//           type OID + typmod, datum type | null | 16 raw bytes | string
// A relation's pointers (table, ordered index, system view) are not written: the loader rebuilds them from storage ids.
// Adding a field: append it behind a higher version and read it only from there on. Version 2: a schema's database, a database's options. Version 3: generated columns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "catalog/catalog.h"

namespace gather::catalog {

inline constexpr uint8_t kRecordVersion = 5;

std::string RecordKey(char kind, Oid oid);
std::string SequenceRecordKey(StorageId storage);

std::string EncodeSchema(const SchemaEntry& entry);
std::string EncodeRelation(const RelationEntry& entry);
std::string EncodeRole(const RoleEntry& entry);
std::string EncodeDatabase(const DatabaseEntry& entry);
std::string EncodeSequenceState(const Catalog::SequenceState& state);

// Throw XX001 for a damaged record or one of a newer version.
SchemaEntry DecodeSchema(std::string_view record);
RelationEntry DecodeRelation(std::string_view record);
RoleEntry DecodeRole(std::string_view record);
DatabaseEntry DecodeDatabase(std::string_view record);
Catalog::SequenceState DecodeSequenceState(std::string_view record);

}  // namespace gather::catalog
