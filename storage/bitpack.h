// Bit packing of 2,048 integers into `width` bits each, in an order that unpacks with plain SIMD shifts.
//
// Values lie in rows of lanes (64 lanes of 32 bits, or 32 lanes of 64 bits); value i is in lane i % lanes at position i / lanes of that lane, and each
// lane is an ordinary little-endian bit stream whose words are interleaved with the other lanes' (after FastLanes, Afroozeh & Boncz
// 2023). So all lanes shift by the same amount, for any width, and one value is found by arithmetic alone.
// A packed vector takes width * 256 bytes. Pure; kernels are chosen once for the machine.
#pragma once

#include <bit>
#include <cstdint>

#include "types/ids.h"

namespace gather::storage {

inline constexpr uint32_t kLanes32 = 64;
inline constexpr uint32_t kLanes64 = 32;
inline constexpr uint32_t PackedBytes(uint32_t width) { return width * (kVectorSize / 8); }
inline uint32_t BitWidth(uint64_t largest) { return static_cast<uint32_t>(std::bit_width(largest)); }

// out: PackedBytes(width), 8-byte aligned. Values must fit in `width` bits.
void Pack32(const uint32_t* values, uint32_t width, uint32_t* out);
void Pack64(const uint64_t* values, uint32_t width, uint64_t* out);
// out[i] = value i + base, for all 2,048 values.
void Unpack32(const uint32_t* packed, uint32_t width, uint32_t base, uint32_t* out);
void Unpack64(const uint64_t* packed, uint32_t width, uint64_t base, uint64_t* out);

inline uint32_t UnpackOne32(const uint32_t* packed, uint32_t width, uint32_t base, uint32_t i) {
  if (width == 0) return base;
  const uint32_t lane = i % kLanes32, bit = i / kLanes32 * width, word = bit / 32, shift = bit % 32;
  uint64_t both = packed[word * kLanes32 + lane];
  if (shift + width > 32) both |= uint64_t{packed[(word + 1) * kLanes32 + lane]} << 32;
  return static_cast<uint32_t>(both >> shift & (~uint64_t{0} >> (64 - width))) + base;
}

inline uint64_t UnpackOne64(const uint64_t* packed, uint32_t width, uint64_t base, uint32_t i) {
  if (width == 0) return base;
  const uint32_t lane = i % kLanes64, bit = i / kLanes64 * width, word = bit / 64, shift = bit % 64;
  uint64_t value = packed[word * kLanes64 + lane] >> shift;
  if (shift + width > 64) value |= packed[(word + 1) * kLanes64 + lane] << (64 - shift);
  return (value & (~uint64_t{0} >> (64 - width))) + base;
}

}  // namespace gather::storage
