#include "catalog/random_state.h"

#include <openssl/rand.h>

#include <bit>
#include <cmath>

namespace gather::catalog {

namespace {
uint64_t SplitMix(uint64_t* state) {
  uint64_t value = *state += 0x9E3779B97F4A7C15ull;
  value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9ull;
  value = (value ^ value >> 27) * 0x94D049BB133111EBull;
  return value ^ value >> 31;
}
}  // namespace

RandomState::RandomState() {
  RAND_bytes(reinterpret_cast<unsigned char*>(words_), sizeof(words_));
  words_[0] |= words_[0] == 0 && words_[1] == 0;  // all zero would stay zero
}

void RandomState::Seed(double seed) {
  auto state = static_cast<uint64_t>(static_cast<int64_t>(static_cast<double>((uint64_t{1} << 52) - 1) * seed));
  words_[0] = SplitMix(&state);
  words_[1] = SplitMix(&state);
}

uint64_t RandomState::NextBits() {
  const uint64_t first = words_[0], mixed = words_[1] ^ first;
  const uint64_t value = std::rotl(first * 5, 7) * 9;
  words_[0] = std::rotl(first, 24) ^ mixed ^ mixed << 16;
  words_[1] = std::rotl(mixed, 37);
  return value;
}

double RandomState::Next() { return std::ldexp(static_cast<double>(NextBits() >> 12), -52); }

}  // namespace gather::catalog
