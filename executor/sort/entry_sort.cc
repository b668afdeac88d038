#include "executor/sort/entry_sort.h"

#include <algorithm>
#include <bit>
#include <vector>

namespace gather::executor {

namespace {

constexpr size_t kInsertion = 16, kComparison = 192;
constexpr uint32_t kMostDigitBits = 11;
// Entries are sorted by this many bits more than would tell them apart if they were dense.
constexpr uint32_t kSpareBits = 2;

template <class Entry>
void InsertionSort(Entry* entries, size_t count) {
  for (size_t i = 1; i < count; ++i) {
    const Entry entry = entries[i];
    size_t at = i;
    for (; at > 0 && entry < entries[at - 1]; --at) entries[at] = entries[at - 1];
    entries[at] = entry;
  }
}

uint32_t WidthOf(uint64_t bits) { return static_cast<uint32_t>(std::bit_width(bits)); }
uint32_t WidthOf(WideEntry bits) {
  const auto high = static_cast<uint64_t>(bits >> 64);
  return high != 0 ? 64 + WidthOf(high) : WidthOf(static_cast<uint64_t>(bits));
}

template <class Entry>
void Scatter(const Entry* from, Entry* to, size_t count, uint32_t shift, uint32_t bits) {
  const uint32_t mask = (1u << bits) - 1;
  uint32_t at[1 << kMostDigitBits];
  std::fill_n(at, size_t{1} << bits, 0);
  for (size_t i = 0; i < count; ++i) ++at[static_cast<uint32_t>(from[i] >> shift) & mask];
  uint32_t sum = 0;
  for (uint32_t digit = 0; digit <= mask; ++digit) {
    const uint32_t here = at[digit];
    at[digit] = sum;
    sum += here;
  }
  for (size_t i = 0; i < count; ++i) to[at[static_cast<uint32_t>(from[i] >> shift) & mask]++] = from[i];
}

// Digits of entries too many for the counters: by comparison, halves first.
constexpr size_t kMostForRadix = size_t{1} << 31;

template <class Entry>
void Sort(Entry* entries, size_t count, Entry* room, uint32_t low_bits, uint32_t high_bits) {
  for (;;) {
    if (count <= kInsertion) return InsertionSort(entries, count);
    if (count <= kComparison || count > kMostForRadix) return std::sort(entries, entries + count);
    Entry differing = 0;
    for (size_t i = 1; i < count; ++i) differing |= entries[i] ^ entries[0];
    high_bits = std::min(high_bits, WidthOf(differing));
    if (high_bits <= low_bits) return;
    const uint32_t bits = std::min(high_bits - low_bits, WidthOf(uint64_t{count}) + kSpareBits);
    const uint32_t passes = (bits + kMostDigitBits - 1) / kMostDigitBits;
    uint32_t shift = high_bits - bits;
    const uint32_t below = shift;
    Entry* from = entries;
    Entry* to = room;
    for (uint32_t pass = 0; pass < passes; ++pass) {
      const uint32_t digit = (high_bits - shift) / (passes - pass);
      Scatter(from, to, count, shift, digit);
      std::swap(from, to);
      shift += digit;
    }
    if (from != entries) std::copy(from, from + count, entries);
    if (below <= low_bits) return;
    // Entries that have these bits in common.
    bool all = false;
    for (size_t at = 0; at < count;) {
      const Entry prefix = entries[at] >> below;
      size_t end = at + 1;
      while (end < count && entries[end] >> below == prefix) ++end;
      if (end - at == count) {
        all = true;
        break;
      }
      if (end - at > 1) Sort(entries + at, end - at, room, low_bits, below);
      at = end;
    }
    if (!all) return;
    high_bits = below;
  }
}

}  // namespace

void SortEntries(std::span<uint64_t> entries, uint64_t* room, uint32_t low_bits, uint32_t high_bits) {
  Sort(entries.data(), entries.size(), room, low_bits, high_bits);
}
void SortEntries(std::span<WideEntry> entries, WideEntry* room, uint32_t low_bits, uint32_t high_bits) {
  Sort(entries.data(), entries.size(), room, low_bits, high_bits);
}

}  // namespace gather::executor
