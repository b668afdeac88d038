// Text and binary input and output of the type table: accepted texts, messages, round trips.
#include <gtest/gtest.h>

#include "types/datum.h"
#include "types/error.h"
#include "types/io_settings.h"
#include "types/type.h"
#include "types/vector.h"

namespace gather {
namespace {

std::string Echo(SqlType type, std::string_view text) {
  const IoSettings settings;
  const TypeInfo& info = GetType(type.oid);
  Vector vector(type, 1);
  info.text_in(text, type, settings, vector, 0);
  std::string out;
  info.text_out(vector, 0, settings, out);
  // And through the binary form.
  std::string binary, again;
  info.binary_out(vector, 0, settings, binary);
  Vector received(type, 1);
  info.binary_in(binary, type, settings, received, 0);
  info.text_out(received, 0, settings, again);
  EXPECT_EQ(again, out) << "binary round trip of " << text;
  return out;
}

std::string ErrorOf(SqlType type, std::string_view text) {
  try {
    return "no error: " + Echo(type, text);
  } catch (const SqlError& error) {
    return std::string(error.state().view()) + " " + error.message();
  }
}

TEST(TypeIo, EveryTypeHasAnArrayThatPointsBack) {
  for (const TypeInfo& type : AllTypes()) {
    EXPECT_EQ(FindType(type.name), &type);
    if (type.array != kInvalidOid) {
      EXPECT_EQ(GetType(type.array).element, type.oid);
    }
  }
}

TEST(TypeIo, Integers) {
  EXPECT_EQ(Echo(type_oid::kInt4, " -2147483648 "), "-2147483648");
  EXPECT_EQ(Echo(type_oid::kInt8, "+9223372036854775807"), "9223372036854775807");
  EXPECT_EQ(ErrorOf(type_oid::kInt4, "x"), "22P02 invalid input syntax for type integer: \"x\"");
  EXPECT_EQ(ErrorOf(type_oid::kInt4, "99999999999"), "22003 value \"99999999999\" is out of range for type integer");
  EXPECT_EQ(ErrorOf(type_oid::kInt2, "32768"), "22003 value \"32768\" is out of range for type smallint");
  EXPECT_EQ(ErrorOf(type_oid::kInt8, "-9223372036854775809"), "22003 value \"-9223372036854775809\" is out of range for type bigint");
  EXPECT_EQ(ErrorOf(type_oid::kInt8, ""), "22P02 invalid input syntax for type bigint: \"\"");
  EXPECT_EQ(Echo(type_oid::kOid, "4294967295"), "4294967295");
  EXPECT_EQ(Echo(type_oid::kTid, "(3,7)"), "(3,7)");
}

TEST(TypeIo, Booleans) {
  for (const char* text : {"t", "TRUE", " yes ", "on", "1", "tr"}) EXPECT_EQ(Echo(type_oid::kBool, text), "t") << text;
  for (const char* text : {"f", "False", "no", "of", "0"}) EXPECT_EQ(Echo(type_oid::kBool, text), "f") << text;
  for (const char* text : {"", "o", "2", "trues", "yep"}) EXPECT_EQ(ErrorOf(type_oid::kBool, text).substr(0, 5), "22P02") << text;
}

TEST(TypeIo, Floats) {
  EXPECT_EQ(Echo(type_oid::kFloat8, "0.1"), "0.1");
  EXPECT_EQ(Echo(type_oid::kFloat8, "1e15"), "1e+15");
  EXPECT_EQ(Echo(type_oid::kFloat8, "123456789012345"), "123456789012345");
  EXPECT_EQ(Echo(type_oid::kFloat8, "1e-5"), "1e-05");
  EXPECT_EQ(Echo(type_oid::kFloat8, "0.0001"), "0.0001");
  EXPECT_EQ(Echo(type_oid::kFloat8, "-inf"), "-Infinity");
  EXPECT_EQ(Echo(type_oid::kFloat8, "nan"), "NaN");
  EXPECT_EQ(Echo(type_oid::kFloat8, "-0"), "-0");
  EXPECT_EQ(Echo(type_oid::kFloat4, "1e6"), "1e+06");
  EXPECT_EQ(Echo(type_oid::kFloat4, "123456"), "123456");
  EXPECT_EQ(ErrorOf(type_oid::kFloat8, "1e400"), "22003 \"1e400\" is out of range for type double precision");
  EXPECT_EQ(ErrorOf(type_oid::kFloat8, "1.5x"), "22P02 invalid input syntax for type double precision: \"1.5x\"");
}

TEST(TypeIo, Numerics) {
  EXPECT_EQ(Echo(type_oid::kNumeric, "-000123.4500"), "-123.4500");
  EXPECT_EQ(Echo(type_oid::kNumeric, "1e-5"), "0.00001");
  EXPECT_EQ(Echo(type_oid::kNumeric, ".5"), "0.5");
  EXPECT_EQ(Echo(type_oid::kNumeric, "123456789012345678901234567890123456789012345.678"), "123456789012345678901234567890123456789012345.678");
  EXPECT_EQ(Echo(type_oid::kNumeric, "NaN"), "NaN");
  EXPECT_EQ(Echo(type_oid::kNumeric, "-infinity"), "-Infinity");
  EXPECT_EQ(Echo(SqlType(type_oid::kNumeric, EncodeNumericTypmod(5, 2)), "123.456"), "123.46");
  EXPECT_EQ(Echo(SqlType(type_oid::kNumeric, EncodeNumericTypmod(3, -2)), "12345"), "12300");
  EXPECT_EQ(ErrorOf(SqlType(type_oid::kNumeric, EncodeNumericTypmod(5, 2)), "1234.56"), "22003 numeric field overflow");
  EXPECT_EQ(ErrorOf(type_oid::kNumeric, "1.2.3"), "22P02 invalid input syntax for type numeric: \"1.2.3\"");
  EXPECT_EQ(ErrorOf(type_oid::kNumeric, "."), "22P02 invalid input syntax for type numeric: \".\"");
  EXPECT_EQ(ErrorOf(type_oid::kNumeric, "1e200000"), "22003 value overflows numeric format");
}

TEST(TypeIo, NumericInputIntoScaledVectorTurnsPackedAtNaN) {
  const IoSettings settings;
  const SqlType type(type_oid::kNumeric, EncodeNumericTypmod(10, 2));
  Vector vector(type, PhysicalType::kInt64, 4);
  vector.set_shape({2, 10});
  const TypeInfo& info = GetType(type.oid);
  info.text_in("1.5", type, settings, vector, 0);
  info.text_in("-2.345", type, settings, vector, 1);
  EXPECT_EQ(vector.data<int64_t>()[0], 150);
  EXPECT_EQ(vector.data<int64_t>()[1], -235);
  info.text_in("NaN", type, settings, vector, 2);
  EXPECT_EQ(vector.physical(), PhysicalType::kString);
  std::string out;
  for (uint32_t row = 0; row < 3; ++row) info.text_out(vector, row, settings, out += ' ');
  EXPECT_EQ(out, " 1.50 -2.35 NaN");
}

TEST(TypeIo, Strings) {
  EXPECT_EQ(Echo(SqlType(type_oid::kBpchar, 4 + 5), "a\xC3\xA9"), "a\xC3\xA9   ");
  EXPECT_EQ(Echo(SqlType(type_oid::kVarchar, 4 + 2), "ab  "), "ab");
  EXPECT_EQ(ErrorOf(SqlType(type_oid::kVarchar, 4 + 2), "abc"), "22001 value too long for type character varying(2)");
}

TEST(TypeIo, Bytea) {
  EXPECT_EQ(Echo(type_oid::kBytea, "\\xDEad bE"), "\\xdeadbe");
  EXPECT_EQ(Echo(type_oid::kBytea, "a\\\\b\\001"), "\\x615c6201");
  EXPECT_EQ(ErrorOf(type_oid::kBytea, "\\xabc"), "22023 invalid hexadecimal data: odd number of digits");
  EXPECT_EQ(ErrorOf(type_oid::kBytea, "\\9"), "22P02 invalid input syntax for type bytea");
}

TEST(TypeIo, Uuid) {
  EXPECT_EQ(Echo(type_oid::kUuid, "{A0EEBC99-9c0b4ef8-bb6d6bb9bd380a11}"), "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  EXPECT_EQ(ErrorOf(type_oid::kUuid, "a0ee"), "22P02 invalid input syntax for type uuid: \"a0ee\"");
}

TEST(TypeIo, Arrays) {
  EXPECT_EQ(Echo(type_oid::kInt4Array, " { 1, 2 ,NULL}"), "{1,2,NULL}");
  EXPECT_EQ(Echo(type_oid::kInt4Array, "{{1,2},{3,4}}"), "{{1,2},{3,4}}");
  EXPECT_EQ(Echo(type_oid::kInt4Array, "[0:1]={1,2}"), "[0:1]={1,2}");
  EXPECT_EQ(Echo(type_oid::kTextArray, R"({a, "b c" ,"", "nul\"l", \{x , "NULL"})"), R"({a,"b c","","nul\"l","{x","NULL"})");
  EXPECT_EQ(Echo(type_oid::kNumericArray, "{1.50,NaN}"), "{1.50,NaN}");
  EXPECT_EQ(Echo(type_oid::kInt4Array, "{}"), "{}");
  EXPECT_EQ(Echo(type_oid::kOidVector, "1 2  3"), "1 2 3");
  for (const char* bad : {"", "1", "{1", "{1,}", "{1,,2}", "{{1},{2,3}}", "{1}x", "[1:3]={1,2}", "{1,{2}}", "{{1},2}"}) {
    EXPECT_EQ(ErrorOf(type_oid::kInt4Array, bad), Format("22P02 malformed array literal: \"%s\"", bad));
  }
}

TEST(TypeIo, FormatType) {
  EXPECT_EQ(FormatType(SqlType(type_oid::kNumeric, EncodeNumericTypmod(15, 2))), "numeric(15,2)");
  EXPECT_EQ(FormatType(SqlType(type_oid::kTimestamptz, 3)), "timestamp(3) with time zone");
  EXPECT_EQ(FormatType(SqlType(type_oid::kVarcharArray, 14)), "character varying(10)[]");
  EXPECT_EQ(FormatType(type_oid::kInt4Array), "integer[]");
}

}  // namespace
}  // namespace gather
