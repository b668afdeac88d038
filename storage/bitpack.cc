#include "storage/bitpack.h"

#include <algorithm>
#include <cstring>

#include "storage/bitpack_kernel.inc"

namespace gather::storage {

#if defined(__x86_64__)
void Unpack32_avx2(const uint32_t* packed, uint32_t width, uint32_t base, uint32_t* out);
void Unpack64_avx2(const uint64_t* packed, uint32_t width, uint64_t base, uint64_t* out);
void Unpack32_avx512(const uint32_t* packed, uint32_t width, uint32_t base, uint32_t* out);
void Unpack64_avx512(const uint64_t* packed, uint32_t width, uint64_t base, uint64_t* out);
#endif

namespace {

using Kernel32 = void (*)(const uint32_t*, uint32_t, uint32_t, uint32_t*);
using Kernel64 = void (*)(const uint64_t*, uint32_t, uint64_t, uint64_t*);

void Unpack32Generic(const uint32_t* packed, uint32_t width, uint32_t base, uint32_t* out) { UnpackLanes<uint32_t, kLanes32>(packed, width, base, out); }
void Unpack64Generic(const uint64_t* packed, uint32_t width, uint64_t base, uint64_t* out) { UnpackLanes<uint64_t, kLanes64>(packed, width, base, out); }

Kernel32 ChooseKernel32() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) return Unpack32_avx512;
  if (__builtin_cpu_supports("avx2")) return Unpack32_avx2;
#endif
  return Unpack32Generic;
}
Kernel64 ChooseKernel64() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) return Unpack64_avx512;
  if (__builtin_cpu_supports("avx2")) return Unpack64_avx2;
#endif
  return Unpack64Generic;
}
const Kernel32 kUnpack32 = ChooseKernel32();
const Kernel64 kUnpack64 = ChooseKernel64();

template <class Word, uint32_t kLanes>
void PackLanes(const Word* values, uint32_t width, Word* out) {
  constexpr uint32_t kBits = sizeof(Word) * 8;
  std::memset(out, 0, PackedBytes(width));
  if (width == 0) return;
  for (uint32_t position = 0; position < kBits; ++position, values += kLanes) {
    const uint32_t bit = position * width;
    Word* low = out + bit / kBits * kLanes;
    const uint32_t shift = bit % kBits;
    for (uint32_t lane = 0; lane < kLanes; ++lane) low[lane] |= static_cast<Word>(values[lane] << shift);
    if (shift + width <= kBits) continue;
    for (uint32_t lane = 0; lane < kLanes; ++lane) low[kLanes + lane] |= static_cast<Word>(values[lane] >> (kBits - shift));
  }
}

}  // namespace

void Pack32(const uint32_t* values, uint32_t width, uint32_t* out) { PackLanes<uint32_t, kLanes32>(values, width, out); }
void Pack64(const uint64_t* values, uint32_t width, uint64_t* out) { PackLanes<uint64_t, kLanes64>(values, width, out); }

void Unpack32(const uint32_t* packed, uint32_t width, uint32_t base, uint32_t* out) {
  if (width == 0) std::fill_n(out, kVectorSize, base); else kUnpack32(packed, width, base, out);
}
void Unpack64(const uint64_t* packed, uint32_t width, uint64_t base, uint64_t* out) {
  if (width == 0) std::fill_n(out, kVectorSize, base); else kUnpack64(packed, width, base, out);
}

}  // namespace gather::storage
