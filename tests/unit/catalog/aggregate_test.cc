// Aggregates give one answer whatever way rows come in: scattered, at once, in chunks, through partial states.
#include <gtest/gtest.h>

#include "tests/unit/catalog/call.h"

namespace gather::catalog {
namespace {
using namespace type_oid;

SqlType Numeric(int precision, int scale) { return SqlType(kNumeric, EncodeNumericTypmod(precision, scale)); }

TEST(Aggregate, CountAndSums) {
  EXPECT_EQ(Aggregate("count", {{kInt4, {"1", nullptr, "3"}}}), "2");
  EXPECT_EQ(Aggregate("sum", {{kInt4, {"2147483647", nullptr, "3"}}}), "2147483650");
  EXPECT_EQ(Aggregate("sum", {{kInt4, {nullptr}}}), "NULL");
  EXPECT_EQ(Aggregate("sum", {{kInt8, {"9223372036854775807", "9223372036854775807"}}}), "18446744073709551614");
  EXPECT_EQ(Aggregate("sum", {{kFloat8, {"0.5", "0.25"}}}), "0.75");
}

TEST(Aggregate, SumOfNumericsKeepsTheLargestScale) {
  EXPECT_EQ(Aggregate("sum", {{kNumeric, {"1.5", "2.25", "-3"}}}), "0.75");
  EXPECT_EQ(Aggregate("sum", {{Numeric(15, 2), {"1.50", "2.25", nullptr}}}), "3.75");
  EXPECT_EQ(Aggregate("sum", {{Numeric(30, 3), {"99999999999999999999999.5", "0.5"}}}), "100000000000000000000000.000");
  EXPECT_EQ(Aggregate("sum", {{kNumeric, {"170141183460469231731687303715884105727", "1", "0.5"}}}), "170141183460469231731687303715884105728.5");
  EXPECT_EQ(Aggregate("sum", {{kNumeric, {"1e50", "-1e50", "1.00"}}}), "1.00");
  EXPECT_EQ(Aggregate("sum", {{kNumeric, {"1", "nan"}}}), "NaN");
  EXPECT_EQ(Aggregate("sum", {{kNumeric, {"inf", "1"}}}), "Infinity");
  EXPECT_EQ(Aggregate("sum", {{kNumeric, {"inf", "-inf"}}}), "NaN");
}

TEST(Aggregate, Averages) {
  EXPECT_EQ(Aggregate("avg", {{kInt4, {"1", "2", "4"}}}), "2.3333333333333333");
  EXPECT_EQ(Aggregate("avg", {{Numeric(15, 2), {"1.00", "2.00"}}}), "1.5000000000000000");
  EXPECT_EQ(Aggregate("avg", {{kFloat4, {"1", "2"}}}), "1.5");
  EXPECT_EQ(Aggregate("avg", {{kInt8, {nullptr}}}), "NULL");
}

TEST(Aggregate, Extremes) {
  EXPECT_EQ(Aggregate("max", {{kInt4, {"1", "5", nullptr, "3"}}}), "5");
  EXPECT_EQ(Aggregate("min", {{kText, {"b", "abcdefghijklmnop", "c"}}}), "abcdefghijklmnop");
  EXPECT_EQ(Aggregate("max", {{kNumeric, {"1.5", "10", "9.99"}}}), "10");
  EXPECT_EQ(Aggregate("max", {{Numeric(10, 2), {"1.5", "10", "9.99"}}}), "10.00");
  EXPECT_EQ(Aggregate("max", {{kFloat8, {"1", "nan", "inf"}}}), "NaN");
  EXPECT_EQ(Aggregate("min", {{kInterval, {"1 month", "29 days"}}}), "29 days");
  EXPECT_EQ(Aggregate("max", {{kInt4Array, {"{1,2}", "{1,3}", "{0,9,9}"}}}), "{1,3}");
  EXPECT_EQ(Aggregate("bool_and", {{kBool, {"t", nullptr, "f"}}}), "f");
  EXPECT_EQ(Aggregate("bit_xor", {{kInt4, {"5", "3", "1"}}}), "7");
}

TEST(Aggregate, Spread) {
  EXPECT_EQ(Aggregate("stddev", {{kInt4, {"1", "2", "4"}}}), "1.5275252316519467");
  EXPECT_EQ(Aggregate("var_pop", {{kInt8, {"1", "2", "4"}}}), "1.5555555555555556");
  EXPECT_EQ(Aggregate("stddev", {{kNumeric, {"5"}}}), "NULL");
  EXPECT_EQ(Aggregate("stddev_pop", {{kNumeric, {"5"}}}), "0");
  EXPECT_EQ(Aggregate("variance", {{kFloat8, {"1", "2", "3"}}}), "1");
}

TEST(Aggregate, Collections) {
  EXPECT_EQ(Aggregate("string_agg", {{kText, {"a", nullptr, "c"}}, {kText, {",", ";", "-"}}}), "a-c");
  EXPECT_EQ(Aggregate("array_agg", {{kInt4, {"1", nullptr, "3"}}}), "{1,NULL,3}");
  EXPECT_EQ(Aggregate("array_agg", {{kInt4Array, {"{1,2}", "{3,4}"}}}), "{{1,2},{3,4}}");
  EXPECT_EQ(Aggregate("array_agg", {{kInt4Array, {"{1,2}", "{3}"}}}), "ERROR 2202E cannot accumulate arrays of different dimensionality");
}

TEST(Aggregate, Intervals) {
  EXPECT_EQ(Aggregate("sum", {{kInterval, {"1 day", "2 hours", nullptr}}}), "1 day 02:00:00");
  EXPECT_EQ(Aggregate("avg", {{kInterval, {"1 day", "2 days"}}}), "1 day 12:00:00");
}

TEST(Aggregate, OrderedSets) {
  // Rows come sorted: the operator's part.
  const std::vector<const char*> half = {"0.5", "0.5", "0.5", "0.5"};
  EXPECT_EQ(Aggregate("percentile_cont", {{kFloat8, half}, {kFloat8, {"1", "2", "4", "8"}}}), "3");
  EXPECT_EQ(Aggregate("percentile_disc", {{kFloat8, half}, {kText, {"a", "b", "c", "d"}}}), "b");
  EXPECT_EQ(Aggregate("percentile_cont", {{kFloat8Array, {"{0,NULL,1}", "{0,NULL,1}"}}, {kFloat8, {"1", "3"}}}), "{1,NULL,3}");
  EXPECT_EQ(Aggregate("percentile_cont", {{kFloat8, {"1.5"}}, {kFloat8, {"1"}}}), "ERROR 22003 percentile value 1.5 is not between 0 and 1");
  EXPECT_EQ(Aggregate("mode", {{kNumeric, {"1.0", "2", "2.00", "3"}}}), "2");
}

}  // namespace
}  // namespace gather::catalog
