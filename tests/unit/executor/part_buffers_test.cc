// PartBuffers: every row reaches its part, in order, whatever the chunks' vectors look like.
#include <gtest/gtest.h>

#include "executor/row/part_buffers.h"

namespace gather::executor {
namespace {

TEST(PartBuffersTest, RowsReachTheirPartsInOrder) {
  const std::vector<SqlType> types = {type_oid::kInt4, type_oid::kText};
  constexpr uint32_t kParts = 8, kRows = 50000;
  MemoryBudget budget("test", MemoryBudget::kUnlimited);
  std::vector<std::vector<std::string>> taken(kParts);
  {
    PartBuffers buffers(types, kParts, &budget, [&](uint32_t part, Chunk& rows) {
      for (uint32_t i = 0; i < rows.rows(); ++i) {
        const int32_t number = rows[0].data<int32_t>()[i];
        EXPECT_EQ(rows[1].IsNull(i), number % 5 == 0) << number;
        taken[part].push_back(std::to_string(number) + "|" + (rows[1].IsNull(i) ? "" : std::string(rows[1].data<StringRef>()[i].view())));
      }
    });
    EXPECT_EQ(budget.used(), PartBuffers::Bytes(types, kParts));
    Vector numbers(types[0]), texts(types[1]);
    std::vector<uint8_t> parts(kVectorSize);
    for (uint32_t first = 0; first < kRows; first += kVectorSize) {
      const uint32_t rows = std::min(kVectorSize, kRows - first);
      numbers.Reset();
      texts.Reset();
      for (uint32_t i = 0; i < rows; ++i) {
        const uint32_t row = first + i;
        numbers.data<int32_t>()[i] = static_cast<int32_t>(row);
        texts.data<StringRef>()[i] = texts.AddString((row % 2 == 0 ? "short " : "a text that is too long to lie inline ") + std::to_string(row));
        if (row % 5 == 0) texts.SetNull(i);
        parts[i] = static_cast<uint8_t>(row * 7 / 3 % kParts);
      }
      Chunk chunk;
      chunk.Add(numbers);
      chunk.Add(texts);
      chunk.set_rows(rows);
      buffers.Add(chunk, rows, parts.data());
    }
    buffers.Flush();
  }
  EXPECT_EQ(budget.used(), 0u);
  std::vector<std::vector<std::string>> expected(kParts);
  for (uint32_t row = 0; row < kRows; ++row) {
    const std::string text = (row % 2 == 0 ? "short " : "a text that is too long to lie inline ") + std::to_string(row);
    expected[row * 7 / 3 % kParts].push_back(std::to_string(row) + "|" + (row % 5 == 0 ? "" : text));
  }
  EXPECT_EQ(taken, expected);
}

// Numerics of one column come as integers of one scale, then of another, then packed.
TEST(PartBuffersTest, NumericsKeepTheirValuesWhenTheirFormChanges) {
  const std::vector<SqlType> types = {type_oid::kNumeric};
  std::vector<std::string> taken;
  PartBuffers buffers(types, 1, nullptr, [&](uint32_t, Chunk& rows) {
    for (uint32_t i = 0; i < rows.rows(); ++i) taken.push_back(rows[0].shape().scale == 0 ? "0" : std::to_string(rows[0].data<int64_t>()[i]));
  });
  const std::vector<uint8_t> parts(kVectorSize, 0);
  for (const int16_t scale : {int16_t{1}, int16_t{2}, int16_t{2}, int16_t{1}}) {
    Chunk chunk;
    Vector values(types[0], PhysicalType::kInt64);
    values.set_shape({scale, 5});
    for (uint32_t i = 0; i < 3; ++i) values.data<int64_t>()[i] = 100 * scale + i;
    chunk.Add(values);
    chunk.set_rows(3);
    buffers.Add(chunk, 3, parts.data());
  }
  buffers.Flush();
  EXPECT_EQ(taken, (std::vector<std::string>{"100", "101", "102", "200", "201", "202", "200", "201", "202", "100", "101", "102"}));
}

}  // namespace
}  // namespace gather::executor
