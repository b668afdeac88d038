// RowSorter puts rows of any types, orders and distributions where the memcomparable keys of types/compare.h would put them, whatever the number of
// inputs and blocks, and keeps equal rows in the order in which they came.
#include "executor/sort/row_sorter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <random>
#include <string>

#include "types/datum.h"
#include "types/numeric.h"

namespace gather::executor {
namespace {

using Random = std::mt19937_64;
// Writes row `row` of a flat vector.
using Fill = void (*)(Vector& vector, RowIndex row, Random& random);

struct Column {
  SqlType type;
  Fill fill;
  double nulls = 0;
};

template <class T>
void Narrow(Vector& vector, RowIndex row, Random& random) { vector.data<T>()[row] = static_cast<T>(random() % 100); }
template <class T>
void Wide(Vector& vector, RowIndex row, Random& random) { vector.data<T>()[row] = static_cast<T>(random()); }
void Extremes(Vector& vector, RowIndex row, Random& random) {
  constexpr int64_t kValues[] = {std::numeric_limits<int64_t>::min(), -1, 0, 1, std::numeric_limits<int64_t>::max()};
  vector.data<int64_t>()[row] = kValues[random() % 5];
}
void Skewed(Vector& vector, RowIndex row, Random& random) { vector.data<int64_t>()[row] = random() % 10000 == 0 ? int64_t{1} << 60 : static_cast<int64_t>(random() % 1000); }
void Reals(Vector& vector, RowIndex row, Random& random) {
  const double values[] = {0.0, -0.0, std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::infinity(), 1e300,
                           static_cast<double>(random() % 1000) / 8, -static_cast<double>(random() % 1000)};
  vector.data<double>()[row] = values[random() % 7];
}
void SharedBeginning(Vector& vector, RowIndex row, Random& random) { vector.data<StringRef>()[row] = vector.AddString("text " + std::to_string(random() % 3000)); }
void LongTexts(Vector& vector, RowIndex row, Random& random) {
  vector.data<StringRef>()[row] = vector.AddString("http://example.org/" + std::string(random() % 30, 'a') + std::to_string(random() % 50));
}
void ShortTexts(Vector& vector, RowIndex row, Random& random) { vector.data<StringRef>()[row] = vector.AddString(std::string(random() % 3, static_cast<char>('a' + random() % 3))); }
void Blanks(Vector& vector, RowIndex row, Random& random) { vector.data<StringRef>()[row] = vector.AddString(std::to_string(random() % 40) + std::string(random() % 3, ' ')); }
void Bytes(Vector& vector, RowIndex row, Random& random) {
  std::string bytes(random() % 4, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random() % 3);
  vector.data<StringRef>()[row] = vector.AddString(bytes);
}
void Numerics(Vector& vector, RowIndex row, Random& random) { vector.data<int64_t>()[row] = static_cast<int64_t>(random() % 2000) - 1000; }

class RowSorterTest : public ::testing::Test {
 protected:
  // Rows are numbered by a last column, which is no key unless `number_is_key`.
  void Check(const std::vector<Column>& columns, const std::vector<SortOrder>& orders, uint32_t inputs, uint32_t chunks, uint32_t rows_per_chunk,
             bool number_is_key = false, bool mixed_scales = false) {
    Random random(chunks * 31 + rows_per_chunk);
    std::vector<SqlType> types;
    for (const Column& column : columns) types.push_back(column.type);
    types.push_back(type_oid::kInt8);
    std::vector<SortKeySlot> keys;
    for (uint32_t k = 0; k < orders.size(); ++k) keys.push_back({k, orders[k]});
    if (number_is_key) keys.push_back({static_cast<uint32_t>(columns.size()), {}});
    std::vector<std::shared_ptr<StagedInput>> staged;
    std::vector<std::string> expected;                  // by row number: the key
    std::vector<std::vector<int64_t>> numbers(inputs);  // by input: its rows
    for (uint32_t i = 0; i < inputs; ++i) staged.push_back(std::make_shared<StagedInput>(types, keys, nullptr));
    for (uint32_t chunk = 0; chunk < chunks; ++chunk) {
      std::vector<Vector> vectors;
      for (const Column& column : columns) {
        Vector vector(column.type);
        if (column.type.oid == type_oid::kNumeric) {
          vector.Reset(PhysicalType::kInt64);
          vector.set_shape({static_cast<int16_t>(mixed_scales ? chunk % 3 : 2), 6});
        }
        for (RowIndex row = 0; row < rows_per_chunk; ++row) {
          if (static_cast<double>(random() % 1000) < column.nulls * 1000) {
            vector.SetNull(row);
          } else {
            column.fill(vector, row, random);
          }
        }
        vectors.push_back(std::move(vector));
      }
      Vector number(type_oid::kInt8);
      for (RowIndex row = 0; row < rows_per_chunk; ++row) {
        number.data<int64_t>()[row] = static_cast<int64_t>(expected.size());
        numbers[chunk % inputs].push_back(static_cast<int64_t>(expected.size()));
        std::string key;
        for (size_t k = 0; k < orders.size(); ++k) AppendSortKey(vectors[k], row, orders[k], key);
        expected.push_back(key);
      }
      vectors.push_back(number);
      staged[chunk % inputs]->Add(vectors, rows_per_chunk);
    }
    std::vector<int64_t> order;
    for (const auto& some : numbers) order.insert(order.end(), some.begin(), some.end());
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      const int compared = expected[static_cast<size_t>(a)].compare(expected[static_cast<size_t>(b)]);
      return compared != 0 ? compared < 0 : number_is_key && a < b;
    });
    RowSorter sorter(staged, nullptr);
    sorter.RunAll();
    const std::shared_ptr<const SortedRows> sorted = sorter.Take();
    staged.clear();
    ASSERT_EQ(sorted->rows(), order.size());
    Chunk out;
    for (uint64_t at = 0; at < sorted->rows(); at += out.rows()) {
      sorted->Load(at, static_cast<uint32_t>(std::min<uint64_t>(kVectorSize, sorted->rows() - at)), sorted, out);
      const VectorView number = out[columns.size()].View();
      for (RowIndex row = 0; row < out.rows(); ++row) {
        const int64_t is = number.get<int64_t>(row);
        ASSERT_EQ(is, order[at + row]) << "at " << at + row;
        std::string key;
        for (size_t k = 0; k < orders.size(); ++k) AppendSortKey(out[k], row, orders[k], key);
        ASSERT_EQ(key, expected[static_cast<size_t>(is)]) << "values of row " << is;
      }
    }
  }

  // All orders, few and many rows, one and several inputs.
  void CheckAll(const std::vector<Column>& columns, bool mixed_scales = false) {
    for (const bool descending : {false, true}) {
      for (const bool nulls_first : {false, true}) {
        const std::vector<SortOrder> orders(columns.size(), SortOrder{descending, nulls_first});
        Check(columns, orders, 1, 1, 1, false, mixed_scales);
        Check(columns, orders, 1, 3, 100, true, mixed_scales);
        Check(columns, orders, 3, 10, 1999, false, mixed_scales);
      }
    }
    Check(columns, std::vector<SortOrder>(columns.size()), 2, 70, kVectorSize, false, mixed_scales);
    Check(columns, std::vector<SortOrder>(columns.size(), SortOrder{true, true}), 1, 70, 2000, true, mixed_scales);
  }
};

TEST_F(RowSorterTest, Integers) {
  CheckAll({{type_oid::kInt8, Narrow<int64_t>, 0.1}});
  CheckAll({{type_oid::kInt4, Wide<int32_t>}, {type_oid::kInt2, Wide<int16_t>, 0.5}});
  CheckAll({{type_oid::kBool, [](Vector& vector, RowIndex row, Random& random) { vector.data<uint8_t>()[row] = random() % 2; }, 0.3}, {type_oid::kOid, Wide<uint32_t>}});
}
TEST_F(RowSorterTest, WholeRangeWithNulls) {
  CheckAll({{type_oid::kInt8, Extremes, 0.2}});
  CheckAll({{type_oid::kInt8, Extremes, 0.2}, {type_oid::kInt8, Extremes}, {type_oid::kInt8, Wide<int64_t>, 0.01}});
}
TEST_F(RowSorterTest, ValuesFarFromTheOthers) { CheckAll({{type_oid::kInt8, Skewed}}); }
TEST_F(RowSorterTest, NothingButNullsAndOneValue) {
  CheckAll({{type_oid::kInt8, Narrow<int64_t>, 1.0}, {type_oid::kText, ShortTexts, 1.0}});
  CheckAll({{type_oid::kInt8, [](Vector& vector, RowIndex row, Random&) { vector.data<int64_t>()[row] = 7; }}});
}
TEST_F(RowSorterTest, FloatsWithZerosAndNaN) {
  CheckAll({{type_oid::kFloat8, Reals, 0.1}});
  CheckAll({{type_oid::kFloat8, Reals}, {type_oid::kInt4, Narrow<int32_t>}});
}
TEST_F(RowSorterTest, TextsThatBeginAlike) { CheckAll({{type_oid::kText, SharedBeginning}, {type_oid::kInt8, Narrow<int64_t>, 0.1}}); }
TEST_F(RowSorterTest, TextsLongerThanAnEntry) { CheckAll({{type_oid::kText, LongTexts, 0.1}, {type_oid::kInt4, Narrow<int32_t>, 0.1}}); }
TEST_F(RowSorterTest, EmptyAndShortTexts) { CheckAll({{type_oid::kVarchar, ShortTexts, 0.1}, {type_oid::kText, ShortTexts}, {type_oid::kInt8, Wide<int64_t>}}); }
TEST_F(RowSorterTest, TrailingBlanks) { CheckAll({{type_oid::kBpchar, Blanks, 0.1}, {type_oid::kText, Blanks}}); }
TEST_F(RowSorterTest, BytesWithZeros) { CheckAll({{type_oid::kInt2, Narrow<int16_t>}, {type_oid::kBytea, Bytes, 0.1}, {type_oid::kInt4, Narrow<int32_t>}}); }
TEST_F(RowSorterTest, NumericOfOneScale) { CheckAll({{type_oid::kNumeric, Numerics, 0.1}}); }
TEST_F(RowSorterTest, NumericOfSeveralScales) { CheckAll({{type_oid::kNumeric, Numerics, 0.1}, {type_oid::kText, ShortTexts}}, true); }

}  // namespace
}  // namespace gather::executor
