// Order and hash of single representations: what types/compare.h, hash.cc and sort_key.cc share. Inline, for the loops there and in the
// comparison kernels of catalog/functions. Pure.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string_view>

#include "types/datetime.h"
#include "types/type.h"

namespace gather {

// A float as an unsigned integer of the same order: NaN greatest, -0 as 0.
template <class Bits, class Float>
inline Bits OrderedBits(Float value) {
  if (std::isnan(value)) value = std::numeric_limits<Float>::quiet_NaN();
  if (value == 0) value = 0;
  const auto bits = std::bit_cast<Bits>(value);
  constexpr Bits kSign = Bits{1} << (sizeof(Bits) * 8 - 1);
  return (bits & kSign) != 0 ? ~bits : bits | kSign;
}

// -1, 0, 1. Floats: NaN equals NaN and is greatest; -0 equals 0.
template <class T>
inline int CompareNumbers(T a, T b) { return (a > b) - (a < b); }
template <class T>
inline int CompareFloats(T a, T b) {
  if (std::isnan(a) || std::isnan(b)) [[unlikely]] return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  return (a > b) - (a < b);
}

// What intervals compare by: microseconds, months of 30 days.
inline __int128 IntervalSpan(const Interval& value) {
  return static_cast<__int128>(value.micros) + static_cast<__int128>(value.days + int64_t{value.months} * 30) * kMicrosPerDay;
}
inline int CompareIntervalSpans(const Interval& a, const Interval& b) { return CompareNumbers(IntervalSpan(a), IntervalSpan(b)); }

// timetz: the instant, then the zone.
inline int64_t TimeTzInstant(const TimeTz& value) { return value.micros + int64_t{value.zone} * kMicrosPerSecond; }
inline int CompareTimeTz(const TimeTz& a, const TimeTz& b) {
  const int instant = CompareNumbers(TimeTzInstant(a), TimeTzInstant(b));
  return instant != 0 ? instant : CompareNumbers(a.zone, b.zone);
}

inline std::string_view TrimBlanks(std::string_view text) {
  size_t end = text.size();
  while (end > 0 && text[end - 1] == ' ') --end;
  return text.substr(0, end);
}
inline int CompareBytes(std::string_view a, std::string_view b) {
  const size_t shorter = a.size() < b.size() ? a.size() : b.size();
  const int order = shorter == 0 ? 0 : std::memcmp(a.data(), b.data(), shorter);
  return order != 0 ? order : CompareNumbers(a.size(), b.size());
}

// How the strings of a type compare.
enum class StringOrder : uint8_t { kBytes, kBlankTrimmed, kNumeric, kArray, kRecord };
StringOrder StringOrderOf(Oid type);
int CompareStrings(StringOrder order, std::string_view a, std::string_view b);
int CompareArrays(std::string_view a, std::string_view b);
int CompareRecords(std::string_view a, std::string_view b);

// Two elements (bytes as in an array) of one type.
int CompareElements(const TypeInfo& type, std::string_view a, std::string_view b);

inline uint64_t MixHash(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a ^ 0x2d358dccaa6c78a5ull) * (b ^ 0x8bb84b93962eacc9ull);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}
uint64_t HashElement(const TypeInfo& type, std::string_view bytes);
void AppendElementKey(const TypeInfo& type, std::string_view bytes, std::string& key);   // without null marker, ascending

}  // namespace gather
