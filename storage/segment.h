// Segment: one column of one row group, encoded, immutable. Read by vectors or by single rows, never decoded as a whole.
//
// Layout (little endian, sections begin at multiples of 64 so that arrays are aligned):
//   Header (64 bytes)
//   VectorEntry[vectors]      per 2,048 rows: base and width of packed integers, where they begin, nulls
//   zones                     one Zone per vector, as zone_map.h writes them
//   validity                  65,536 bits, only when there are nulls
//   payload by encoding:
//     constant      the value (strings: length:4, bytes); none when all rows are null
//     bit-packed    per vector width * 256 bytes (bitpack.h); 64-bit lanes for 8-byte values, else 32-bit lanes
//     run length    values[runs] as int64, ends[runs] as uint32 (slot behind the run); VectorEntry.offset: first run that reaches into it
//     dictionary    offsets[entries + 1] as uint32, bytes; then codes as bit-packed. With nulls entry 0 is null.
//     plain         values[rows]; strings: offsets[rows + 1] as uint32, bytes
//
// A numeric column is stored as integers of one scale when all rows share it: 64 bits when 18 digits suffice.
// Shared by readers through shared_ptr; vectors read from it keep it alive. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/zone_map.h"
#include "types/memory_budget.h"
#include "types/vector.h"

namespace gather::storage {

enum class Encoding : uint8_t { kConstant, kBitPacked, kRunLength, kDictionary, kPlain };

// Encodes `rows` rows of a column given as vectors of 2,048 (the last shorter), all in stored form (fresh_columns.h). Fills `zone`.
std::string EncodeSegment(SqlType type, std::span<const Vector> vectors, uint32_t rows, Zone* zone);

class Segment : public std::enable_shared_from_this<Segment> {
 public:
  // Takes a copy of `bytes` into aligned memory charged to `memory`. Throws XX001 when they are no segment.
  Segment(SqlType type, std::string_view bytes, MemoryReservation memory);
  ~Segment();
  Segment(const Segment&) = delete;

  Encoding encoding() const { return header_.encoding; }
  uint32_t rows() const { return header_.rows; }
  uint64_t bytes() const { return size_; }
  const Zone& zone(uint32_t vector) const { return zones_[vector]; }

  // All rows of a vector.
  void Read(uint32_t vector, Vector& out) const;
  // Rows picked[0 … count) of a vector, in that order, one behind the other.
  void Read(uint32_t vector, const RowIndex* picked, uint32_t count, Vector& out) const;

  struct Header {
    uint32_t magic;
    uint8_t version;
    Encoding encoding;
    PhysicalType physical;
    uint8_t has_nulls;
    uint32_t rows;
    uint32_t runs_or_entries;
    int16_t scale;
    int16_t digits;
    uint32_t vectors_at, zones_at, validity_at, payload_at, codes_at, size;
    uint8_t unused[20];
  };
  static_assert(sizeof(Header) == 64);
  struct VectorEntry {
    int64_t base;
    uint32_t offset;                                     // bit-packed: bytes behind the packed section's begin; run length: run number
    uint16_t nulls;                                      // saturated at 2,048 rows
    uint8_t width;
    uint8_t unused;
  };
  static_assert(sizeof(VectorEntry) == 16);

 private:
  template <class T> const T* At(uint32_t offset) const { return reinterpret_cast<const T*>(data_ + offset); }
  uint32_t RowsOf(uint32_t vector) const;
  const uint64_t* Validity(uint32_t vector) const;       // null: no nulls in this vector
  void Prepare(Vector& out, PhysicalType physical) const;
  void FillConstant(Vector& out) const;
  void CopyValidity(uint32_t vector, Vector& out) const;
  void CopyValidity(uint32_t vector, const RowIndex* picked, uint32_t count, Vector& out) const;
  int64_t RunValue(uint32_t slot, uint32_t* run) const;  // `run`: where to look first
  uint32_t Code(uint32_t vector, uint32_t row) const;

  const SqlType type_;
  MemoryReservation memory_;
  uint8_t* data_ = nullptr;                              // 64-byte aligned
  uint32_t size_ = 0;
  Header header_{};
  std::vector<Zone> zones_;
  std::vector<StringRef> dictionary_;                    // views into data_; entry 0 is null when there are nulls
  std::vector<uint64_t> dictionary_validity_;            // empty: no nulls
};

}  // namespace gather::storage
