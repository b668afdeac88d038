// The generator's random numbers: one short stream per row, seeded by table and row number, so that any range of rows
// can be made by any thread and comes out the same.
#pragma once

#include <cstdint>

namespace gather::tpch {

class Random {
 public:
  Random(uint64_t stream, uint64_t row)
      : state_(Mix((stream + kSeed) * 0x9e3779b97f4a7c15ULL + 1) ^ Mix(row + 0x632be59bd9b4e019ULL)) {}

  uint64_t Next() { return Mix(state_ += 0x9e3779b97f4a7c15ULL); }

  // Uniform in [low, high]. The bias of the multiplication is below 2^-32 for every range of TPC-H.
  int64_t Uniform(int64_t low, int64_t high) {
    const auto span = static_cast<uint64_t>(high - low + 1);
    return low + static_cast<int64_t>((static_cast<unsigned __int128>(Next()) * span) >> 64);
  }

 private:
  // Chosen so that each nation has suppliers even at scale factor 0.01, and no query comes out empty.
  static constexpr uint64_t kSeed = 19000;

  static uint64_t Mix(uint64_t z) {  // splitmix64's finalizer
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }

  uint64_t state_;
};

}  // namespace gather::tpch
