// SortEntries: sorts entries of a sort (key_code.h) in place. Pure, thread-safe.
//
// By radix (Knuth, volume 3, 5.2.5), from the least significant digit on, but of the first bits alone: of so many that few entries have the same.
// Those are sorted in turn by the bits behind. Entries must come in the order of what lies below their keys, the row numbers.
#pragma once

#include <cstdint>
#include <span>

namespace gather::executor {

using WideEntry = unsigned __int128;

// `room`: as many entries, contents undefined. The entries' keys are the bits [low_bits, high_bits).
void SortEntries(std::span<uint64_t> entries, uint64_t* room, uint32_t low_bits, uint32_t high_bits);
void SortEntries(std::span<WideEntry> entries, WideEntry* room, uint32_t low_bits, uint32_t high_bits);

}  // namespace gather::executor
