// bool: comparison, casts. AND, OR and NOT are expressions of the executor, not functions.
#include <functional>

#include "catalog/functions/kernels.h"
#include "catalog/functions/rows.h"

namespace gather::catalog {

namespace {
using namespace type_oid;

struct And {
  bool operator()(uint8_t a, uint8_t b) const { return a & b; }
};
struct Or {
  bool operator()(uint8_t a, uint8_t b) const { return a | b; }
};

void BoolToText(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  const VectorView x = arguments[0].View();
  for (uint32_t i = 0; i < rows; ++i) result.data<StringRef>()[i] = StringRef(std::string_view(x.get<uint8_t>(i) != 0 ? "true" : "false"));
}

template <class Op>
constexpr ScalarKernel kCompare = BinaryKernel<uint8_t, uint8_t, uint8_t, Op>;

constexpr FunctionRow kFunctions[] = {
    // clang-format off
    {56, "boollt", {kBool, kBool}, kBool, kCompare<std::less<>>, "implementation of < operator"},
    {57, "boolgt", {kBool, kBool}, kBool, kCompare<std::greater<>>, "implementation of > operator"},
    {60, "booleq", {kBool, kBool}, kBool, kCompare<std::equal_to<>>, "implementation of = operator"},
    {84, "boolne", {kBool, kBool}, kBool, kCompare<std::not_equal_to<>>, "implementation of <> operator"},
    {1691, "boolle", {kBool, kBool}, kBool, kCompare<std::less_equal<>>, "implementation of <= operator"},
    {1692, "boolge", {kBool, kBool}, kBool, kCompare<std::greater_equal<>>, "implementation of >= operator"},
    {2515, "booland_statefunc", {kBool, kBool}, kBool, kCompare<And>, "aggregate transition function"},
    {2516, "boolor_statefunc", {kBool, kBool}, kBool, kCompare<Or>, "aggregate transition function"},
    {2558, "int4", {kBool}, kInt4, UnaryKernel<uint8_t, int32_t, std::identity>, "convert boolean to int4"},
    {2971, "text", {kBool}, kText, BoolToText, "convert boolean to text"},
    // clang-format on
};

constexpr OperatorInfo kOperators[] = {
    // clang-format off
    // oid, name, left, right, result, function, commutator, negator, merges, hashes
    {58, "<", kBool, kBool, kBool, "boollt", ">", ">=", false, false},
    {59, ">", kBool, kBool, kBool, "boolgt", "<", "<=", false, false},
    {85, "<>", kBool, kBool, kBool, "boolne", "<>", "=", false, false},
    {91, "=", kBool, kBool, kBool, "booleq", "=", "<>", true, true},
    {1694, "<=", kBool, kBool, kBool, "boolle", ">=", ">", false, false},
    {1695, ">=", kBool, kBool, kBool, "boolge", "<=", "<", false, false},
    // clang-format on
};

constexpr CastInfo kCasts[] = {
    {kBool, kInt4, CastContext::kExplicit, CastMethod::kFunction, "int4"},
    {kBool, kText, CastContext::kAssignment, CastMethod::kFunction, "text"},
    {kBool, kVarchar, CastContext::kAssignment, CastMethod::kFunction, "text"},
    {kBool, kBpchar, CastContext::kAssignment, CastMethod::kFunction, "text"},
};
}  // namespace

FunctionTable BooleanFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  AddRows(kOperators, table);
  AddRows(kCasts, table);
  return table;
}

}  // namespace gather::catalog
