// Equality, order and hashing of SQL values by type, over vectors: what joins, grouping, sorting and indexes mean by "same" and "less".
//
// Follows the types' default btree and hash operator classes: NaN equals NaN and is greatest; -0 equals 0; bpchar ignores trailing
// blanks; numeric ignores scale; interval compares its span; text in byte order (C collation); arrays element by element.
// Functions are pure and thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "types/datum.h"
#include "types/vector.h"

namespace gather {

inline constexpr uint64_t kNullHash = 0x9E3779B97F4A7C15ull;

// hashes[i] = hash of row i (nulls: kNullHash). With `combine`, mixed into what is there: call once per key column.
// Equal values of one type hash equally whatever their representation; int2, int4 and int8 hash alike, float4 and float8 alike.
void HashVector(const Vector& vector, uint32_t rows, uint64_t* hashes, bool combine);

// Three-way order of two non-null values of the same type: < 0, 0, > 0.
int CompareValues(const Vector& a, RowIndex a_row, const Vector& b, RowIndex b_row);
int CompareDatums(const Datum& a, const Datum& b);
// matches[i] = rows i of a and b are equal; nulls equal each other when `nulls_equal`, otherwise nothing.
void EqualRows(const Vector& a, const Vector& b, uint32_t rows, bool nulls_equal, uint8_t* matches);

// ---- Memcomparable keys: memcmp order of the encodings is the order of the values (sort keys and ordered indexes).
struct SortOrder {
  bool descending = false;
  bool nulls_first = false;           // PostgreSQL's default: nulls last ascending, first descending
};
// Appends the key of one value: one byte null marker, then the value: big-endian with flipped sign for fixed widths; strings escaped
// (00 -> 00 FF, end 00 00); numeric: sign, decimal exponent, digit pairs. Descending: all bytes inverted.
// The null marker is not inverted: SortOrder says where nulls go.
void AppendSortKey(const Vector& vector, RowIndex row, SortOrder order, std::string& key);
void AppendSortKey(const Datum& value, SortOrder order, std::string& key);
// The same for many rows at once into keys[i].
void AppendSortKeys(const Vector& vector, uint32_t rows, SortOrder order, std::string* keys);


// Whether a value is its key: otherwise equal values of the type may differ (1.0 and 1.00, -0 and 0), or are kept shortened.
bool SortKeyHoldsValue(SqlType type);
// Reads the value at the front of `key` (of such a type) into row `row` of `out`, flat and owned; null: only past it. Returns its length.
size_t ReadSortKey(std::string_view key, SqlType type, SortOrder order, Vector* out, RowIndex row);

}  // namespace gather
