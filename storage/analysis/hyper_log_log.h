// HyperLogLog: about how many distinct values were added, within some 1 %, in 16 kB.
//
// Flajolet et al. (AOFA 2007), with the estimator of Ertl ("New cardinality estimation algorithms for HyperLogLog sketches", 2017), which needs
// no correction tables. Added are hashes; equal values must hash equally.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace gather::storage {

class HyperLogLog {
 public:
  void Add(uint64_t hash) {
    // Once more mixed: hashes of small integers may differ in few bits.
    hash = (hash ^ hash >> 33) * 0xFF51AFD7ED558CCDull;
    hash = (hash ^ hash >> 33) * 0xC4CEB9FE1A85EC53ull;
    hash ^= hash >> 33;
    const uint64_t index = hash >> (64 - kBits);
    const auto rank = static_cast<uint8_t>(std::countl_zero(hash << kBits | uint64_t{1} << (kBits - 1)) + 1);
    if (rank > registers_[index]) registers_[index] = rank;
  }
  double Estimate() const;

 private:
  static constexpr int kBits = 14;
  static constexpr int kMostRank = 64 - kBits + 1;
  std::array<uint8_t, std::size_t{1} << kBits> registers_{};
};

}  // namespace gather::storage
