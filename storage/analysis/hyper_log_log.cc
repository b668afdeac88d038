#include "storage/analysis/hyper_log_log.h"

#include <cmath>
#include <limits>

namespace gather::storage {

namespace {

// Ertl's sigma and tau: what registers that never, or always, saw a value contribute.
double Sigma(double x) {
  if (x == 1) return std::numeric_limits<double>::infinity();
  double y = 1, z = x, before;
  do {
    x *= x;
    before = z;
    z += x * y;
    y += y;
  } while (z != before);
  return z;
}

double Tau(double x) {
  if (x == 0 || x == 1) return 0;
  double y = 1, z = 1 - x, before;
  do {
    x = std::sqrt(x);
    before = z;
    y *= 0.5;
    z -= (1 - x) * (1 - x) * y;
  } while (z != before);
  return z / 3;
}

}  // namespace

double HyperLogLog::Estimate() const {
  const auto m = static_cast<double>(registers_.size());
  std::array<uint32_t, kMostRank + 1> counts{};
  for (const uint8_t rank : registers_) ++counts[rank];
  double z = m * Tau(1 - counts[kMostRank] / m);
  for (int rank = kMostRank - 1; rank >= 1; --rank) z = 0.5 * (z + counts[static_cast<size_t>(rank)]);
  z += m * Sigma(counts[0] / m);
  return m / (2 * std::log(2.0)) * m / z;
}

}  // namespace gather::storage
