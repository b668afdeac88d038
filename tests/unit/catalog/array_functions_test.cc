// Array functions: nulls, bounds, several dimensions, incompatible shapes.
#include <gtest/gtest.h>

#include "tests/unit/catalog/call.h"

namespace gather::catalog {
namespace {
using namespace type_oid;

TEST(ArrayFunctions, Extending) {
  EXPECT_EQ(CallAllShapes("array_append", {{kInt4Array, {"{1,2}", "{}", nullptr, "[0:1]={1,2}"}}, {kInt4, {"3", "4", "5", nullptr}}}), "{1,2,3}|{4}|{5}|[0:2]={1,2,NULL}");
  EXPECT_EQ(CallAllShapes("array_prepend", {{kText, {"a b", nullptr}}, {kTextArray, {"{c}", "{d}"}}}), "{\"a b\",c}|{NULL,d}");
  EXPECT_EQ(CallAllShapes("array_cat", {{kInt4Array, {"{1}", "{{1,2}}", "{1,2}", nullptr, "{}"}}, {kInt4Array, {"{2,3}", "{{3,4}}", "{{3,4}}", "{5}", "{6}"}}}),
            "{1,2,3}|{{1,2},{3,4}}|{{1,2},{3,4}}|{5}|{6}");
  EXPECT_EQ(CallAllShapes("array_cat", {{kInt4Array, {"{1}"}}, {kInt4Array, {"{{1,2}}"}}}), "ERROR 2202E cannot concatenate incompatible arrays");
}

TEST(ArrayFunctions, Searching) {
  EXPECT_EQ(CallAllShapes("arraycontains", {{kInt4Array, {"{1,2,3}", "{1,NULL}", "{1}", "{}"}}, {kInt4Array, {"{3,1,1}", "{NULL}", "{}", "{1}"}}}), "t|f|t|f");
  EXPECT_EQ(CallAllShapes("arrayoverlap", {{kInt4Array, {"{1,2}", "{1}", "{}"}}, {kInt4Array, {"{2,9}", "{2}", "{}"}}}), "t|f|f");
  EXPECT_EQ(CallAllShapes("array_position", {{kInt4Array, {"{5,6,5}", "[0:1]={5,6}", "{1,NULL}", nullptr, "{1}"}}, {kInt4, {"5", "6", nullptr, "1", "2"}}}), "1|1|2|NULL|NULL");
  EXPECT_EQ(CallAllShapes("array_positions", {{kInt4Array, {"{5,6,5}", "{1}"}}, {kInt4, {"5", "2"}}}), "{1,3}|{}");
  EXPECT_EQ(CallAllShapes("array_eq", {{kInt4Array, {"{1,2}", "{1,2}", "{}"}}, {kInt4Array, {"{1,2}", "{{1,2}}", "{}"}}}), "t|f|t");
}

TEST(ArrayFunctions, ShapesAndChanges) {
  EXPECT_EQ(CallAllShapes("array_dims", {{kInt4Array, {"{{1,2,3}}", "[2:3]={1,2}", "{}"}}}), "[1:1][1:3]|[2:3]|NULL");
  EXPECT_EQ(CallAllShapes("array_upper", {{kInt4Array, {"[2:3]={1,2}", "{1}", "{}"}}, {kInt4, {"1", "2", "1"}}}), "3|NULL|NULL");
  EXPECT_EQ(CallAllShapes("array_remove", {{kInt4Array, {"{1,2,1,NULL}", "{1,1}", "{1,NULL}"}}, {kInt4, {"1", "1", nullptr}}}), "{2,NULL}|{}|{1}");
  EXPECT_EQ(CallAllShapes("array_replace", {{kInt4Array, {"{{1,2},{1,NULL}}"}}, {kInt4, {"1"}}, {kInt4, {"9"}}}), "{{9,2},{9,NULL}}");
  EXPECT_EQ(CallAllShapes("array_fill", {{kInt4, {"7"}}, {kInt4Array, {"{2,2}"}}, {kInt4Array, {"{2,3}"}}}), "[2:3][3:4]={{7,7},{7,7}}");
  EXPECT_EQ(CallAllShapes("trim_array", {{kInt4Array, {"{1,2,3}", "{1}"}}, {kInt4, {"2", "1"}}}), "{1}|{}");
  EXPECT_EQ(CallAllShapes("array_to_string", {{kNumericArray, {"{1.50,NULL,2}"}}, {kText, {"-"}}, {kText, {"*"}}}), "1.50-*-2");
  EXPECT_EQ(CallAllShapes("width_bucket", {{kInt4, {"5", "0", "9"}}, {kInt4Array, {"{1,3,6,9}"}}}), "2|0|4");
}

TEST(ByteaFunctions, PartsAndBits) {
  EXPECT_EQ(CallAllShapes("substring", {{kBytea, {"\\x0102030405060708090a0b0c0d0e0f10", "\\x0102"}}, {kInt4, {"2", "-1"}}, {kInt4, {"14", "3"}}}), "\\x02030405060708090a0b0c0d0e0f|\\x01");
  EXPECT_EQ(CallAllShapes("overlay", {{kBytea, {"\\x0102030405"}}, {kBytea, {"\\xffff"}}, {kInt4, {"2"}}, {kInt4, {"3"}}}), "\\x01ffff05");
  EXPECT_EQ(CallAllShapes("get_bit", {{kBytea, {"\\x05"}}, {kInt8, {"2"}}}), "1");
  EXPECT_EQ(CallAllShapes("get_byte", {{kBytea, {"\\x05"}}, {kInt4, {"1"}}}), "ERROR 2202E index 1 out of valid range, 0..0");
  EXPECT_EQ(CallAllShapes("btrim", {{kBytea, {"\\x0001020100"}}, {kBytea, {"\\x0001"}}}), "\\x02");
  EXPECT_EQ(CallAllShapes("bytealike", {{kBytea, {"\\x616263", "\\x61"}}, {kBytea, {"a_%"}}}), "t|f");
}

}  // namespace
}  // namespace gather::catalog
