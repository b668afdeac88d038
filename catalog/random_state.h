// RandomState: the generator behind random() and setseed(): xoroshiro128**, seeded as PostgreSQL 15 seeds it, so that the same seed gives
// the same numbers. One per session (SessionServices::random_state); not thread-safe.
#pragma once

#include <cstdint>

namespace gather::catalog {

class RandomState {
 public:
  RandomState();                       // unpredictable
  void Seed(double seed);              // -1 … 1
  double Next();                       // [0, 1)

 private:
  uint64_t NextBits();
  uint64_t words_[2];
};

}  // namespace gather::catalog
