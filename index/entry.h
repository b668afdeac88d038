// Entries of ordered indexes as bytes: see the layout at index/ordered_index.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "storage/keys.h"
#include "types/ids.h"

namespace gather::index {

inline constexpr size_t kIndexIdBytes = 8;
inline constexpr size_t kRowIdBytes = 8;

inline void AppendRowId(std::string& bytes, RowId row) { storage::AppendBigEndian64(bytes, row.value); }
inline RowId ReadRowId(const char* bytes) { return RowId(storage::ReadBigEndian64(bytes)); }
inline size_t ListedRows(std::string_view value) { return value.size() / kRowIdBytes; }
inline RowId ListedRow(std::string_view value, size_t i) { return ReadRowId(value.data() + i * kRowIdBytes); }
// Of an entry with empty value.
inline RowId RowOfKey(std::string_view key) { return ReadRowId(key.data() + key.size() - kRowIdBytes); }

}  // namespace gather::index
