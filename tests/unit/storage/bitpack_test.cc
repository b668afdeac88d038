#include "storage/bitpack.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace gather::storage {
namespace {

TEST(BitpackTest, EveryWidthComesBackWholeAndOneByOne) {
  std::mt19937_64 random(7);
  std::vector<uint32_t> values32(kVectorSize), out32(kVectorSize), packed32(PackedBytes(32) / 4);
  for (uint32_t width = 0; width <= 32; ++width) {
    for (uint32_t& value : values32) value = width == 0 ? 0 : static_cast<uint32_t>(random() >> (64 - width));
    Pack32(values32.data(), width, packed32.data());
    Unpack32(packed32.data(), width, 100, out32.data());
    for (uint32_t i = 0; i < kVectorSize; ++i) {
      ASSERT_EQ(out32[i], values32[i] + 100) << width << " " << i;
      ASSERT_EQ(UnpackOne32(packed32.data(), width, 100, i), values32[i] + 100) << width << " " << i;
    }
  }
  std::vector<uint64_t> values64(kVectorSize), out64(kVectorSize), packed64(PackedBytes(64) / 8);
  for (uint32_t width = 0; width <= 64; ++width) {
    for (uint64_t& value : values64) value = width == 0 ? 0 : random() >> (64 - width);
    Pack64(values64.data(), width, packed64.data());
    Unpack64(packed64.data(), width, 1000, out64.data());
    for (uint32_t i = 0; i < kVectorSize; ++i) {
      ASSERT_EQ(out64[i], values64[i] + 1000) << width << " " << i;
      ASSERT_EQ(UnpackOne64(packed64.data(), width, 1000, i), values64[i] + 1000) << width << " " << i;
    }
  }
}

}  // namespace
}  // namespace gather::storage
