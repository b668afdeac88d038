#include "storage/segment.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "storage/fresh_columns.h"
#include "types/compare.h"
#include "types/datum.h"
#include "types/error.h"
#include "types/numeric.h"

namespace gather::storage {
namespace {

using Values = std::vector<Datum>;

std::vector<Vector> MakeVectors(SqlType type, const Values& values) {
  std::vector<Vector> vectors;
  for (size_t first = 0; first < values.size(); first += kVectorSize) {
    const auto rows = static_cast<uint32_t>(std::min<size_t>(kVectorSize, values.size() - first));
    Vector vector(type);
    for (uint32_t i = 0; i < rows; ++i) vector.Set(i, values[first + i]);
    vectors.push_back(StoredForm(vector, type, rows));
  }
  return vectors;
}

// Encodes, and reads everything back: whole vectors, few rows and many rows of them.
std::shared_ptr<const Segment> CheckRoundTrip(SqlType type, const Values& values, Encoding expected) {
  const auto rows = static_cast<uint32_t>(values.size());
  Zone zone;
  const std::string bytes = EncodeSegment(type, MakeVectors(type, values), rows, &zone);
  auto segment = std::make_shared<const Segment>(type, bytes, MemoryReservation());
  EXPECT_EQ(segment->encoding(), expected);
  EXPECT_EQ(zone.rows, rows);
  std::mt19937 random(3);
  Vector out;
  for (uint32_t first = 0; first < rows; first += kVectorSize) {
    const uint32_t vector = first / kVectorSize, count = std::min(kVectorSize, rows - first);
    segment->Read(vector, out);
    for (uint32_t i = 0; i < count; ++i) {
      if (!(out.Get(i) == values[first + i])) {
        ADD_FAILURE() << "row " << first + i << " of " << FormatType(type);
        return segment;
      }
    }
    for (const uint32_t step : {1u, 2u, 100u}) {
      std::vector<RowIndex> picked;
      for (uint32_t i = random() % step; i < count; i += step) picked.push_back(i);
      segment->Read(vector, picked.data(), static_cast<uint32_t>(picked.size()), out);
      for (uint32_t i = 0; i < picked.size(); ++i) {
        if (!(out.Get(i) == values[first + picked[i]])) {
          ADD_FAILURE() << "picked row " << first + picked[i] << " of " << FormatType(type);
          return segment;
        }
      }
    }
  }
  return segment;
}

// With and without nulls, for full and partial row groups.
void CheckAll(SqlType type, const std::function<Datum(uint32_t)>& make, Encoding expected) {
  for (const uint32_t rows : {kRowGroupSize, 5000u}) {
    for (const bool nulls : {false, true}) {
      Values values;
      for (uint32_t i = 0; i < rows; ++i) {
        const bool null = nulls && (i % 7 == 0 || (i > 2048 && i < 4200));
        values.push_back(null ? Datum::Null(type) : make(i));
      }
      SCOPED_TRACE(FormatType(type) + (nulls ? " with nulls" : ""));
      CheckRoundTrip(type, values, expected);
    }
  }
}

TEST(SegmentTest, IntegersArePackedOrRunLengthEncoded) {
  std::mt19937_64 random(1);
  CheckAll(type_oid::kInt4, [&](uint32_t) { return Datum::Int4(static_cast<int32_t>(random())); }, Encoding::kBitPacked);
  CheckAll(type_oid::kInt8, [&](uint32_t i) { return Datum::Int8(i % 3 == 0 ? std::numeric_limits<int64_t>::min() : static_cast<int64_t>(random())); },
           Encoding::kBitPacked);
  CheckAll(type_oid::kInt8, [&](uint32_t i) { return Datum::Int8(1000000000000 + i * 3); }, Encoding::kBitPacked);
  CheckAll(type_oid::kInt2, [&](uint32_t i) { return Datum::Of<int16_t>(type_oid::kInt2, static_cast<int16_t>(i * 31)); }, Encoding::kBitPacked);
  CheckAll(type_oid::kBool, [&](uint32_t i) { return Datum::Bool(i % 3 == 0); }, Encoding::kBitPacked);
  CheckAll(type_oid::kOid, [&](uint32_t i) { return Datum::OfOid(i % 2 == 0 ? 4294967295u : i); }, Encoding::kBitPacked);
  CheckAll(type_oid::kDate, [&](uint32_t i) { return Datum::Of<int32_t>(type_oid::kDate, static_cast<int32_t>(i / 1000) - 20); }, Encoding::kRunLength);
  CheckAll(type_oid::kInt8, [&](uint32_t i) { return Datum::Int8(i < 100 ? -5 : int64_t{i / 3000} << 40); }, Encoding::kRunLength);
  CheckAll(type_oid::kBool, [&](uint32_t i) { return Datum::Bool(i > 2500); }, Encoding::kRunLength);
}

TEST(SegmentTest, StringsUseADictionaryWhenItPays) {
  CheckAll(type_oid::kText, [](uint32_t i) { return Datum::Text("a longer value, number " + std::to_string(i % 100)); }, Encoding::kDictionary);
  CheckAll(type_oid::kText, [](uint32_t i) { return Datum::Text(i / 2048 % 2 == 0 ? "even" : "odd, and long enough for the heap"); }, Encoding::kDictionary);
  CheckAll(type_oid::kText, [](uint32_t i) { return Datum::Text("different each time " + std::to_string(i)); }, Encoding::kPlain);
  CheckAll(type_oid::kText, [](uint32_t i) { return Datum::Text(i % 8 == 0 ? "" : std::to_string(i) + " and more"); }, Encoding::kPlain);
}

TEST(SegmentTest, OtherFixedWidthsArePlain) {
  CheckAll(type_oid::kFloat8, [](uint32_t i) { return Datum::Float8(i % 11 == 0 ? std::nan("") : i * 0.37); }, Encoding::kPlain);
  CheckAll(type_oid::kFloat4, [](uint32_t i) { return Datum::Of<float>(type_oid::kFloat4, static_cast<float>(i)); }, Encoding::kPlain);
  CheckAll(type_oid::kUuid, [](uint32_t i) { return Datum::Of<std::array<uint64_t, 2>>(type_oid::kUuid, {i, ~uint64_t{i}}); }, Encoding::kPlain);
}

TEST(SegmentTest, OneValueAllThroughIsStoredOnce) {
  for (const Datum& value : {Datum::Int4(7), Datum::Int8(-1), Datum::Text("a string that is not inlined"), Datum::Null(type_oid::kText), Datum::Float8(1.5)}) {
    const auto segment = CheckRoundTrip(value.type, Values(kRowGroupSize, value), Encoding::kConstant);
    Vector out;
    segment->Read(3, out);
    EXPECT_TRUE(out.is_constant());
    EXPECT_LT(segment->bytes(), 4096u);
  }
}

TEST(SegmentTest, NumericsAreScaledIntegersWithTheirRealDigits) {
  const SqlType price(type_oid::kNumeric, EncodeNumericTypmod(15, 2));
  const auto numeric = [](SqlType type, const std::string& text) { return Datum::String(type, ParseNumeric(text, type.typmod)); };
  CheckAll(price, [&](uint32_t i) { return numeric(price, std::to_string(i % 9999) + ".5"); }, Encoding::kBitPacked);
  Values values;
  for (uint32_t i = 0; i < 3000; ++i) values.push_back(numeric(price, std::to_string(i) + ".25"));
  const auto segment = CheckRoundTrip(price, values, Encoding::kBitPacked);
  Vector out;
  segment->Read(0, out);
  EXPECT_EQ(out.physical(), PhysicalType::kInt64);
  EXPECT_EQ(out.shape().scale, 2);
  EXPECT_EQ(out.shape().digits, 6);                      // 2999.25

  // A wide type with small values runs in 64 bits too, one with NaN falls back to packed values, a bare numeric keeps a common scale.
  const SqlType wide(type_oid::kNumeric, EncodeNumericTypmod(30, 3));
  CheckAll(wide, [&](uint32_t i) { return numeric(wide, std::to_string(i)); }, Encoding::kBitPacked);
  CheckAll(wide, [&](uint32_t i) { return numeric(wide, std::to_string(i + 1) + "00000000000000000000"); }, Encoding::kPlain);
  CheckAll(price, [&](uint32_t i) { return numeric(price, i == 78 ? "NaN" : std::to_string(i)); }, Encoding::kPlain);
  CheckAll(type_oid::kNumeric, [&](uint32_t i) { return numeric(type_oid::kNumeric, std::to_string(i) + ".125"); }, Encoding::kBitPacked);
  CheckAll(type_oid::kNumeric, [&](uint32_t i) { return numeric(type_oid::kNumeric, std::to_string(i) + (i % 2 == 0 ? ".5" : ".50")); }, Encoding::kPlain);
}

TEST(SegmentTest, DamagedBytesAreRefused) {
  Zone zone;
  const std::string bytes = EncodeSegment(type_oid::kInt4, MakeVectors(type_oid::kInt4, Values(100, Datum::Int4(1))), 100, &zone);
  for (const std::string& bad : {std::string(), bytes.substr(0, 10), bytes.substr(0, bytes.size() - 1), "x" + bytes.substr(1)}) {
    EXPECT_THROW(Segment(type_oid::kInt4, bad, MemoryReservation()), SqlError);
  }
}

// No zone filter excludes a zone that has a row satisfying it; and those that should exclude do.
TEST(ZoneTest, ExcludesOnlyWhatCannotMatch) {
  using Op = ZoneFilter::Op;
  const auto numeric = [](const std::string& text) { return Datum::String(type_oid::kNumeric, ParseNumeric(text, -1)); };
  const std::vector<std::pair<SqlType, Values>> cases = {
      {type_oid::kInt4, {Datum::Int4(-3), Datum::Int4(5), Datum::Int4(9), Datum::Int4(20)}},
      {type_oid::kFloat8, {Datum::Float8(-1), Datum::Float8(2.5), Datum::Float8(INFINITY), Datum::Float8(std::nan(""))}},
      {type_oid::kText, {Datum::Text(""), Datum::Text("abc"), Datum::Text("abcdefghijklmnopqr"), Datum::Text("abcdefghijklmnopqs"), Datum::Text("b")}},
      {type_oid::kNumeric, {numeric("1.5"), numeric("1.49"), numeric("1.500"), numeric("-2"), numeric("3.25")}},
      {type_oid::kBpchar, {Datum::String(type_oid::kBpchar, "a  "), Datum::String(type_oid::kBpchar, "a\x01 "), Datum::String(type_oid::kBpchar, "b  ")}},
  };
  for (const auto& [type, values] : cases) {
    uint32_t excluded = 0;
    for (const Datum& low : values) {
      for (const Datum& high : values) {
        Zone zone;
        const Values rows = {low, high, Datum::Null(type)};
        EncodeSegment(type, MakeVectors(type, rows), 3, &zone);
        for (const Datum& value : values) {
          for (const Op op : {Op::kEqual, Op::kLess, Op::kLessEqual, Op::kGreater, Op::kGreaterEqual}) {
            const bool excludes = zone.Excludes(type, {0, op, value});
            bool any = false;
            for (const Datum& row : {low, high}) {
              const int order = CompareDatums(row, value);
              any = any || (op == Op::kEqual && order == 0) || (op == Op::kLess && order < 0) || (op == Op::kLessEqual && order <= 0) ||
                    (op == Op::kGreater && order > 0) || (op == Op::kGreaterEqual && order >= 0);
            }
            EXPECT_FALSE(excludes && any) << FormatType(type) << " " << static_cast<int>(op);
            excluded += excludes;
          }
        }
        EXPECT_FALSE(zone.Excludes(type, {0, Op::kIsNull, {}}));
        EXPECT_FALSE(zone.Excludes(type, {0, Op::kIsNotNull, {}}));
        EXPECT_TRUE(zone.Excludes(type, {0, Op::kEqual, Datum::Null(type)}));
      }
    }
    EXPECT_GT(excluded, values.size()) << FormatType(type);
  }
}

}  // namespace
}  // namespace gather::storage
