// Zone: smallest and largest value and null count of some rows of one column, and what it proves about a ZoneFilter.
//
// Values are kept in 16 bytes: integers (and scaled numerics) as int128, floats as double, uuids as they are, strings as a prefix of
// up to 15 bytes (last byte: its length, top bit set when cut). Types without a useful order here have no range. A plain value.
#pragma once

#include <cstdint>

#include "storage/byte_io.h"
#include "storage/scan.h"
#include "types/vector.h"

namespace gather::storage {

enum class ZoneKind : uint8_t { kNone, kInteger, kFloat, kUuid, kString };

// How zones of a column are kept: `physical` is the stored representation.
ZoneKind ZoneKindOf(SqlType type, PhysicalType physical);

struct Zone {
  uint32_t rows = 0;
  uint32_t nulls = 0;
  ZoneKind kind = ZoneKind::kNone;                       // kNone also when all rows are null
  int16_t scale = 0;                                     // of numeric integers
  alignas(16) uint8_t low[16] = {};
  alignas(16) uint8_t high[16] = {};

  // Takes in the first `count` rows.
  void Add(const Vector& values, uint32_t count);
  void AddInteger(__int128 value);
  void AddFloat(double value);
  void AddUuid(const uint8_t* value);
  void AddString(std::string_view value);
  void Merge(const Zone& other);

  __int128 low_integer() const;
  __int128 high_integer() const;

  // No row satisfies the filter. `type` is the column's.
  bool Excludes(SqlType type, const ZoneFilter& filter) const;

  void Write(ByteWriter& writer) const;
  static Zone Read(ByteReader& reader);
};

}  // namespace gather::storage
