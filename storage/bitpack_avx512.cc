#include <stdint.h>

#include "storage/bitpack_kernel.inc"

namespace gather::storage {

void Unpack32_avx512(const uint32_t* packed, uint32_t width, uint32_t base, uint32_t* out) { UnpackLanes<uint32_t, 64>(packed, width, base, out); }
void Unpack64_avx512(const uint64_t* packed, uint32_t width, uint64_t base, uint64_t* out) { UnpackLanes<uint64_t, 32>(packed, width, base, out); }

}  // namespace gather::storage
