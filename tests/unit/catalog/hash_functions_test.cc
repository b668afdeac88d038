// The hash functions give PostgreSQL's numbers (taken from PostgreSQL 15).
#include <gtest/gtest.h>

#include "tests/unit/catalog/call.h"

namespace gather::catalog {
namespace {
using namespace type_oid;

TEST(HashFunctions, AsInPostgreSQL) {
  EXPECT_EQ(CallAllShapes("hashint4", {{kInt4, {"42", "-1"}}}), "1509752520|385747274");
  EXPECT_EQ(CallAllShapes("hashint8", {{kInt8, {"42", "-10000000000"}}}), "1509752520|168321433");
  EXPECT_EQ(CallAllShapes("hashint2", {{kInt2, {"7"}}}), "-978793473");
  EXPECT_EQ(CallAllShapes("hashtext", {{kText, {"", "a", "hello world!", "a longer text of some thirty bytes"}}}),
            "-1477818771|1075015857|1400155871|-1430613378");
  EXPECT_EQ(CallAllShapes("hashfloat8", {{kFloat8, {"1.5", "0", "-0"}}}), "630860146|0|0");
  EXPECT_EQ(CallAllShapes("hashfloat4", {{kFloat4, {"1.5"}}}), "630860146");
  EXPECT_EQ(CallAllShapes("hashoid", {{kOid, {"16384"}}}), "-1726903597");
  EXPECT_EQ(CallAllShapes("hashbpchar", {{kBpchar, {"a  "}}}), "1075015857");
  EXPECT_EQ(CallAllShapes("uuid_hash", {{kUuid, {"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}}}), "1154666245");
}

}  // namespace
}  // namespace gather::catalog
