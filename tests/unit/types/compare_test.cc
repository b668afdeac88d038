// Order, hash and memcomparable keys agree with each other for every type, across representations.
#include <gtest/gtest.h>

#include "types/compare.h"
#include "types/io_settings.h"
#include "types/numeric.h"
#include "types/type.h"

namespace gather {
namespace {

Vector Parse(SqlType type, const std::vector<const char*>& texts) {
  Vector vector(type, static_cast<uint32_t>(texts.size()));
  for (uint32_t i = 0; i < texts.size(); ++i) GetType(type.oid).text_in(texts[i], type, IoSettings(), vector, i);
  return vector;
}

// `texts` in ascending order; equal neighbours are joined by "=" entries: {"1", "=1.0", "2"}.
void ExpectAscending(SqlType type, std::vector<const char*> texts) {
  std::vector<int> rank;
  for (auto& text : texts) {
    const bool same = text[0] == '=' && !rank.empty();
    rank.push_back(rank.empty() ? 0 : rank.back() + (same ? 0 : 1));
    if (same) ++text;
  }
  const auto rows = static_cast<uint32_t>(texts.size());
  const Vector values = Parse(type, texts);
  std::vector<uint64_t> hashes(rows);
  HashVector(values, rows, hashes.data(), false);
  std::vector<std::string> up(rows), down(rows);
  AppendSortKeys(values, rows, {.descending = false, .nulls_first = false}, up.data());
  AppendSortKeys(values, rows, {.descending = true, .nulls_first = true}, down.data());
  for (uint32_t i = 0; i < rows; ++i) {
    std::string datum_key;
    AppendSortKey(values.Get(i), {}, datum_key);
    EXPECT_EQ(datum_key, up[i]);
    for (uint32_t j = 0; j < rows; ++j) {
      const int expected = (rank[i] > rank[j]) - (rank[i] < rank[j]);
      const auto sign = [](int order) { return (order > 0) - (order < 0); };
      SCOPED_TRACE(std::string(texts[i]) + " vs " + texts[j]);
      EXPECT_EQ(sign(CompareValues(values, i, values, j)), expected);
      EXPECT_EQ(sign(CompareDatums(values.Get(i), values.Get(j))), expected);
      EXPECT_EQ(sign(up[i].compare(up[j])), expected);
      EXPECT_EQ(sign(down[i].compare(down[j])), -expected);
      if (expected == 0) {
        EXPECT_EQ(hashes[i], hashes[j]);
      }
    }
  }
}

TEST(Compare, OrderHashAndKeysAgree) {
  ExpectAscending(type_oid::kInt4, {"-2147483648", "-1", "0", "1", "2147483647"});
  ExpectAscending(type_oid::kInt8, {"-9223372036854775808", "-1", "0", "5"});
  ExpectAscending(type_oid::kFloat8, {"-inf", "-1e300", "-1", "-0", "=0", "1e-300", "2", "inf", "nan"});
  ExpectAscending(type_oid::kNumeric, {"-inf", "-1e40", "-123", "-12.5", "=-12.50", "-12.4", "-0.001", "0", "=0.00", "0.0001", "0.001", "9.99", "10", "=10.000",
                                       "10.01", "99", "100", "123456789012345678901234567890123456789012", "=123456789012345678901234567890123456789012.0",
                                       "inf", "nan"});
  ExpectAscending(type_oid::kText, {"", "a", "aa", "ab", "abcdefghijklm", "abcdefghijklmn", "b"});
  ExpectAscending(type_oid::kBytea, {"\\x", "\\x00", "\\x0000", "\\x0001", "\\x01", "\\xff"});
  ExpectAscending(type_oid::kBpchar, {"a", "=a  ", "ab"});
  ExpectAscending(type_oid::kInterval, {"-1 day", "23 hours", "1 day", "=24 hours", "29 days", "1 month", "=30 days"});
  ExpectAscending(type_oid::kDate, {"-infinity", "1999-12-31", "2000-01-01", "infinity"});
  ExpectAscending(type_oid::kUuid, {"00000000-0000-0000-0000-000000000001", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"});
  ExpectAscending(type_oid::kInt4Array, {"{}", "{1}", "[2:2]={1}", "{1,2}", "{{1,2}}", "{1,NULL}", "{2}"});
  ExpectAscending(type_oid::kTextArray, {"{a}", "{a,b}", "{aa}"});
  ExpectAscending(type_oid::kOid, {"0", "1", "4294967295"});
  ExpectAscending(type_oid::kTid, {"(0,1)", "(0,2)", "(1,0)"});
}

TEST(Compare, NumericHashAndEqualityIgnoreRepresentation) {
  const SqlType type(type_oid::kNumeric, EncodeNumericTypmod(12, 2));
  const Vector packed = Parse(type_oid::kNumeric, {"1.5", "100", "0", "-7.25"});
  const Vector scaled = ToScaledNumeric(Parse(type, {"1.5", "100", "0", "-7.25"}), type.typmod, 4);
  const Vector wide = ToScaledNumeric(Parse(SqlType(type_oid::kNumeric, EncodeNumericTypmod(30, 5)), {"1.5", "100", "0", "-7.25"}), EncodeNumericTypmod(30, 5), 4);
  ASSERT_EQ(scaled.physical(), PhysicalType::kInt64);
  ASSERT_EQ(wide.physical(), PhysicalType::kInt128);
  uint64_t a[4], b[4], c[4];
  HashVector(packed, 4, a, false);
  HashVector(scaled, 4, b, false);
  HashVector(wide, 4, c, false);
  uint8_t equal[4];
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(a[i] == b[i] && b[i] == c[i]) << i;
  EqualRows(packed, wide, 4, false, equal);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(equal[i], 1);
  std::string x, y, z;
  for (uint32_t i = 0; i < 4; ++i) {
    AppendSortKey(packed, i, {}, x);
    AppendSortKey(scaled, i, {}, y);
    AppendSortKey(wide, i, {}, z);
  }
  EXPECT_EQ(x, y);
  EXPECT_EQ(y, z);
}

TEST(Compare, IntegerAndFloatHashesDoNotDependOnWidth) {
  uint64_t a, b, c;
  HashVector(Parse(type_oid::kInt2, {"-5"}), 1, &a, false);
  HashVector(Parse(type_oid::kInt4, {"-5"}), 1, &b, false);
  HashVector(Parse(type_oid::kInt8, {"-5"}), 1, &c, false);
  EXPECT_TRUE(a == b && b == c);
  HashVector(Parse(type_oid::kFloat4, {"0.5"}), 1, &a, false);
  HashVector(Parse(type_oid::kFloat8, {"0.5"}), 1, &b, false);
  EXPECT_EQ(a, b);
}

TEST(Compare, NullsEqualOnlyWhenAsked) {
  Vector a = Parse(type_oid::kInt4, {"1", "2", "3"}), b = Parse(type_oid::kInt4, {"1", "2", "3"});
  a.SetNull(1);
  b.SetNull(1);
  b.SetNull(2);
  uint8_t matches[3];
  EqualRows(a, b, 3, true, matches);
  EXPECT_TRUE(matches[0] && matches[1] && !matches[2]);
  EqualRows(a, b, 3, false, matches);
  EXPECT_TRUE(matches[0] && !matches[1] && !matches[2]);
}

}  // namespace
}  // namespace gather
