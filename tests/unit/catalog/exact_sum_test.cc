// Exact sums: no order and no division of the values changes a bit.
#include "catalog/functions/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace gather::catalog {
namespace {

double Sum(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.Add(value);
  return sum.Value();
}

uint64_t Bits(double value) { return std::bit_cast<uint64_t>(value); }

TEST(ExactSumTest, NothingIsLostByCancellation) {
  EXPECT_EQ(Sum({1e300, 1, -1e300}), 1);
  EXPECT_EQ(Sum({1e16, 1, -1e16, 1e-300, -1}), 1e-300);
  EXPECT_EQ(Sum({std::numeric_limits<double>::denorm_min(), 1, -1}), std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(Sum({std::numeric_limits<double>::max(), std::numeric_limits<double>::max(), -std::numeric_limits<double>::max()}),
            std::numeric_limits<double>::max());
}

TEST(ExactSumTest, RoundsOnceToTheNearestEven) {
  EXPECT_EQ(Sum({1, 0x1p-53}), 1);
  EXPECT_EQ(Sum({1, 0x1p-53, 0x1p-200}), std::nextafter(1, 2));
  EXPECT_EQ(Sum({1, 0x1p-52, 0x1p-53}), 1 + 0x1p-51);
  EXPECT_EQ(Sum({-1, -0x1p-53, -0x1p-1000}), std::nextafter(-1, -2));
}

TEST(ExactSumTest, ZerosAndValuesThatAreNotFinite) {
  EXPECT_EQ(Bits(Sum({-0.0, -0.0})), Bits(-0.0));
  EXPECT_EQ(Bits(Sum({-0.0, 0.0})), Bits(0.0));
  EXPECT_EQ(Bits(Sum({})), Bits(0.0));
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(Sum({1, infinity, 2}), infinity);
  EXPECT_EQ(Sum({1, -infinity, 2}), -infinity);
  EXPECT_TRUE(std::isnan(Sum({infinity, -infinity})));
  EXPECT_TRUE(std::isinf(Sum({std::numeric_limits<double>::max(), std::numeric_limits<double>::max()})));
}

TEST(ExactSumTest, AnyOrderAndAnyPartsHaveTheSameBytes) {
  std::mt19937_64 random(7);
  std::vector<double> values;
  while (values.size() < 2000) {
    const auto value = std::bit_cast<double>(random());
    if (std::isfinite(value) && std::abs(value) < 1e290) values.push_back(value);
  }
  for (size_t i = 0; i < 500; ++i) values.push_back(-values[i]);
  const uint64_t expected = Bits(Sum(values));
  for (int round = 0; round < 20; ++round) {
    std::shuffle(values.begin(), values.end(), random);
    EXPECT_EQ(Bits(Sum(values)), expected);
    std::vector<ExactSum> parts(1 + random() % 7);
    for (const double value : values) parts[random() % parts.size()].Add(value);
    ExactSum all;
    for (ExactSum& part : parts) all.Merge(part);
    EXPECT_EQ(Bits(all.Value()), expected);
  }
}

TEST(ExactSumTest, WideKeepsWhatADoubleCannot) {
  ExactSum sum;
  for (const double value : {1.0, 0x1p-90}) sum.Add(value);
  EXPECT_EQ(static_cast<double>(sum.Wide() - 1), 0x1p-90);
  ExactSum squares;
  squares.AddProduct(1 + 0x1p-52, 1 + 0x1p-52);
  squares.AddProduct(-1, 1);
  EXPECT_EQ(static_cast<double>(squares.Wide()), 0x1p-51 + 0x1p-104);
  ExactSum negative;
  negative.Add(-0x1p-1074);
  EXPECT_EQ(static_cast<double>(negative.Wide()), -0x1p-1074);
}

}  // namespace
}  // namespace gather::catalog
