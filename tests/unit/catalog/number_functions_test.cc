// Arithmetic, comparison and casts of integers, floats and numerics: overflow, scales, representations.
#include <gtest/gtest.h>

#include "catalog/function.h"
#include "tests/unit/catalog/call.h"
#include "types/numeric.h"
#include "types/type.h"

namespace gather::catalog {
namespace {
using namespace type_oid;

SqlType Numeric(int precision, int scale) { return SqlType(kNumeric, EncodeNumericTypmod(precision, scale)); }

TEST(IntegerFunctions, OverflowIsAnErrorOnlyInRowsThatAreNotNull) {
  EXPECT_EQ(CallAllShapes("int4pl", {{kInt4, {"1", "2147483647", nullptr}}, {kInt4, {"2", "0", "5"}}}), "3|2147483647|NULL");
  EXPECT_EQ(CallAllShapes("int4pl", {{kInt4, {"1", "2147483647"}}, {kInt4, {"1"}}}), "ERROR 22003 integer out of range");
  EXPECT_EQ(CallAllShapes("int4pl", {{kInt4, {"1", "2147483647"}}, {kInt4, {"1", nullptr}}}), "2|NULL");
  EXPECT_EQ(CallAllShapes("int8mul", {{kInt8, {"3037000500"}}, {kInt8, {"3037000500"}}}), "ERROR 22003 bigint out of range");
  EXPECT_EQ(CallAllShapes("int2um", {{kInt2, {"-32768"}}}), "ERROR 22003 smallint out of range");
  EXPECT_EQ(CallAllShapes("int24pl", {{kInt2, {"32767"}}, {kInt4, {"1"}}}), "32768");
  EXPECT_EQ(CallAllShapes("int4div", {{kInt4, {"7", "-7"}}, {kInt4, {"2"}}}), "3|-3");
  EXPECT_EQ(CallAllShapes("int4div", {{kInt4, {"7"}}, {kInt4, {"0"}}}), "ERROR 22012 division by zero");
  EXPECT_EQ(CallAllShapes("int4div", {{kInt4, {"-2147483648"}}, {kInt4, {"-1"}}}), "ERROR 22003 integer out of range");
  EXPECT_EQ(CallAllShapes("int4mod", {{kInt4, {"-2147483648", "-7"}}, {kInt4, {"-1", "3"}}}), "0|-1");
  EXPECT_EQ(CallAllShapes("int2", {{kInt4, {"70000"}}}), "ERROR 22003 smallint out of range");
}

TEST(FloatFunctions, NaNIsGreatestAndOverflowRaises) {
  EXPECT_EQ(CallAllShapes("float8lt", {{kFloat8, {"1", "nan", "nan", "inf"}}, {kFloat8, {"nan", "1", "nan", "nan"}}}), "t|f|f|t");
  EXPECT_EQ(CallAllShapes("float8mul", {{kFloat8, {"1e200"}}, {kFloat8, {"1e200"}}}), "ERROR 22003 value out of range: overflow");
  EXPECT_EQ(CallAllShapes("float8mul", {{kFloat8, {"1e-200"}}, {kFloat8, {"1e-200"}}}), "ERROR 22003 value out of range: underflow");
  EXPECT_EQ(CallAllShapes("int4", {{kFloat8, {"2.5", "3.5", "-2.5"}}}), "2|4|-2");
  EXPECT_EQ(CallAllShapes("int4", {{kFloat8, {"nan"}}}), "ERROR 22003 integer out of range");
  EXPECT_EQ(CallAllShapes("sind", {{kFloat8, {"30", "150", "210"}}}), "0.5|0.5|-0.5");
}

TEST(NumericFunctions, RepresentationsDoNotShow) {
  const std::vector<const char*> x = {"1.50", "-2.25", nullptr, "0.00"}, y = {"0.5", "2", "1", "-3"};
  for (const SqlType& left : {SqlType(kNumeric), Numeric(15, 2), Numeric(18, 2), Numeric(30, 2), Numeric(40, 2)}) {
    for (const SqlType& right : {Numeric(10, 1), Numeric(28, 1), Numeric(38, 1), Numeric(39, 1)}) {
      EXPECT_EQ(CallAllShapes("numeric_add", {{left, x}, {right, y}}), "2.00|-0.25|NULL|-3.00");
      EXPECT_EQ(CallAllShapes("numeric_sub", {{left, x}, {right, y}}), "1.00|-4.25|NULL|3.00");
      EXPECT_EQ(CallAllShapes("numeric_mul", {{left, x}, {right, y}}), "0.750|-4.500|NULL|0.000");
      EXPECT_EQ(CallAllShapes("numeric_lt", {{left, x}, {right, y}}), "f|t|NULL|f");
      EXPECT_EQ(CallAllShapes("numeric_eq", {{left, x}, {right, y}}), "f|f|NULL|f");
    }
  }
}

TEST(NumericFunctions, TpchProductStaysInInt64) {
  // sum(l_extendedprice * (1 - l_discount) * (1 + l_tax)): declared (15,2) each, 45 digits by their shapes.
  const FunctionInfo* minus = Registry().FindFunction("numeric_sub", std::vector<Oid>{kNumeric, kNumeric});
  const FunctionInfo* times = Registry().FindFunction("numeric_mul", std::vector<Oid>{kNumeric, kNumeric});
  FunctionContext context;
  Vector price = ParseVector(Numeric(15, 2), {"21168.23", "104949.50"}), discount = ParseVector(Numeric(15, 2), {"0.04", "0.10"});
  Vector one = ParseVector(kNumeric, {"1"});
  one.SetKind(VectorKind::kConstant);
  Vector difference(kNumeric, 2), product(kNumeric, 2), charge(kNumeric, 2);
  minus->kernel(context, std::vector<Vector>{one, discount}, 2, difference);
  EXPECT_EQ(difference.physical(), PhysicalType::kInt64);
  times->kernel(context, std::vector<Vector>{price, difference}, 2, product);
  EXPECT_EQ(product.physical(), PhysicalType::kInt64);
  times->kernel(context, std::vector<Vector>{product, difference}, 2, charge);
  EXPECT_EQ(charge.physical(), PhysicalType::kInt64);
  EXPECT_EQ(ShowVector(charge, 2), "19508.640768|85009.095000");
}

TEST(NumericFunctions, DivisionScale) {
  EXPECT_EQ(CallAllShapes("numeric_div", {{kNumeric, {"1", "10", "1", "123456789"}}, {kNumeric, {"3", "3", "30000", "0.001"}}}),
            "0.33333333333333333333|3.3333333333333333|0.000033333333333333333333|123456789000.00000000");
  EXPECT_EQ(CallAllShapes("numeric_div", {{kNumeric, {"1"}}, {kNumeric, {"0"}}}), "ERROR 22012 division by zero");
  EXPECT_EQ(CallAllShapes("numeric_mod", {{kNumeric, {"7.5", "-7.5"}}, {kNumeric, {"2"}}}), "1.5|-1.5");
}

TEST(NumericFunctions, LengthCoercion) {
  EXPECT_EQ(CallAllShapes("numeric", {{Numeric(10, 3), {"1.005", "-1.005", "9.994"}}, {kInt4, {std::to_string(EncodeNumericTypmod(3, 2)).c_str()}}}), "1.01|-1.01|9.99");
  EXPECT_EQ(CallAllShapes("numeric", {{Numeric(10, 3), {"9.995"}}, {kInt4, {std::to_string(EncodeNumericTypmod(3, 2)).c_str()}}}), "ERROR 22003 numeric field overflow");
  EXPECT_EQ(CallAllShapes("numeric", {{kInt4, {"5", nullptr}}}), "5|NULL");
  EXPECT_EQ(CallAllShapes("round", {{Numeric(10, 3), {"1.005", "-1.005", "2.4"}}, {kInt4, {"2"}}}), "1.01|-1.01|2.40");
  EXPECT_EQ(CallAllShapes("round", {{kNumeric, {"12345.678"}}, {kInt4, {"-2"}}}), "12300");
}

}  // namespace
}  // namespace gather::catalog
