// RuntimeFilter: what it lets pass, as a bitmap, a Bloom filter and a range; filled by several threads.
#include <gtest/gtest.h>

#include <thread>

#include "executor/row/runtime_filter.h"

namespace gather::executor {
namespace {

class RuntimeFilterTest : public ::testing::Test {
 protected:
  // Every `step`th value from `least` on, `count` of them, and a null between any two.
  void Fill(RuntimeFilter& filter, int64_t least, int64_t step, uint32_t count) {
    const std::vector<SqlType> types = {type_oid::kInt8};
    const RowLayout layout(types, 8);
    std::vector<uint8_t> rows(size_t{2} * count * layout.size(), 0);
    for (uint32_t i = 0; i < count; ++i) {
      const int64_t value = least + step * i;
      std::memcpy(&rows[size_t{2} * i * layout.size() + layout.column(0).offset], &value, sizeof(value));
      rows[(size_t{2} * i + 1) * layout.size() + layout.column(0).null_offset] = 1;
    }
    ASSERT_TRUE(filter.Prepare(least, least + step * (count - 1), count, nullptr));
    EXPECT_FALSE(filter.ready());
    std::vector<std::thread> threads;
    for (uint32_t part = 0; part < 4; ++part) {
      const uint32_t first = 2 * count / 4 * part, end = part == 3 ? 2 * count : 2 * count / 4 * (part + 1);
      threads.emplace_back([&, first, end] { filter.Add(rows.data() + size_t{first} * layout.size(), end - first, layout.size(), layout.column(0)); });
    }
    for (std::thread& thread : threads) thread.join();
    filter.Publish();
    EXPECT_TRUE(filter.ready());
  }
  static std::vector<int64_t> Passing(const RuntimeFilter& filter, const std::vector<int64_t>& values) {
    Vector vector(type_oid::kInt8);
    std::copy(values.begin(), values.end(), vector.data<int64_t>());
    Selection selection;
    filter.Select(vector, static_cast<uint32_t>(values.size()), selection);
    std::vector<int64_t> passing;
    for (uint32_t i = 0; i < selection.size(); ++i) passing.push_back(values[selection[i]]);
    return passing;
  }
};

TEST_F(RuntimeFilterTest, ABitmapKnowsEveryValue) {
  RuntimeFilter filter;
  Fill(filter, -3000, 3, 2000);
  EXPECT_TRUE(filter.exact());
  EXPECT_EQ(Passing(filter, {-3000, -2999, -3, 0, 1, 2997, 2998, 3000, INT64_MIN, INT64_MAX}), (std::vector<int64_t>{-3000, -3, 0, 2997}));
}

TEST_F(RuntimeFilterTest, ABloomFilterLosesNoValueAndDropsMostOthers) {
  RuntimeFilter filter;
  constexpr int64_t kStep = 1'000'003'007;
  Fill(filter, -7, kStep, 2000);
  EXPECT_FALSE(filter.exact());
  std::vector<int64_t> there, others;
  for (int64_t i = 0; i < 2000; ++i) {
    there.push_back(-7 + i * kStep);
    others.push_back(-6 + i * kStep);
  }
  EXPECT_EQ(Passing(filter, there), there);
  EXPECT_LT(Passing(filter, others).size(), 200u);
  EXPECT_TRUE(Passing(filter, {-8, 2000 * kStep}).empty());
}

TEST_F(RuntimeFilterTest, ARangeAndNothing) {
  RuntimeFilter range, nothing;
  range.PublishRange(INT64_MIN, 5);
  EXPECT_EQ(Passing(range, {INT64_MIN, 0, 5, 6, INT64_MAX}), (std::vector<int64_t>{INT64_MIN, 0, 5}));
  ASSERT_TRUE(nothing.Prepare(INT64_MAX, INT64_MIN, 0, nullptr));
  nothing.Publish();
  EXPECT_TRUE(Passing(nothing, {INT64_MIN, 0, INT64_MAX}).empty());
}

}  // namespace
}  // namespace gather::executor
