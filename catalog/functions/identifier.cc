// Row ids and transaction ids: comparison; three-way comparison functions of the btree classes; regclass from text.
#include "catalog/functions/system_kernel.h"
#include "types/compare.h"

namespace gather::catalog {

namespace {

// EqualRows is null-aware; strict functions have no null rows that count.
template <bool wanted>
GATHER_SYSTEM_KERNEL(Equality) {
  EqualRows(arguments[0], arguments[1], rows, true, result.data<uint8_t>());
  if (!wanted) {
    for (uint32_t row = 0; row < rows; row++) result.data<uint8_t>()[row] ^= 1;
  }
}

enum class Order : uint8_t { kLess, kLessEqual, kGreater, kGreaterEqual };
template <Order order>
GATHER_SYSTEM_KERNEL(Ordered) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const int sign = CompareValues(arguments[0], row, arguments[1], row);
    result.data<uint8_t>()[row] = order == Order::kLess ? sign < 0 : order == Order::kLessEqual ? sign <= 0 : order == Order::kGreater ? sign > 0 : sign >= 0;
  });
}
constexpr ScalarKernel kLess = Ordered<Order::kLess>, kLessEqual = Ordered<Order::kLessEqual>, kGreater = Ordered<Order::kGreater>,
                       kGreaterEqual = Ordered<Order::kGreaterEqual>, kEqual = Equality<true>, kNotEqual = Equality<false>;

GATHER_SYSTEM_KERNEL(Compare) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const int sign = CompareValues(arguments[0], row, arguments[1], row);
    result.data<int32_t>()[row] = sign < 0 ? -1 : sign > 0;
  });
}

template <bool wanted>
GATHER_SYSTEM_KERNEL(XidIsInt) {
  MapRows<uint8_t, uint32_t, int32_t>(arguments[0], arguments[1], rows, result, [](uint32_t xid, int32_t number) {
    return (xid == static_cast<uint32_t>(number)) == wanted;
  });
}
constexpr ScalarKernel kXidIsInt = XidIsInt<true>, kXidIsNotInt = XidIsInt<false>;

GATHER_SYSTEM_KERNEL(RegclassOfText) {
  const CatalogNames names = NamesOf(SessionOf(context));
  ForValidRows(result, rows, [&](uint32_t row) { result.data<Oid>()[row] = names.Relation(TextAt(arguments[0], row))->oid; });
}

using namespace type_oid;
const FunctionRow kRows[] = {
    // clang-format off
    {1292, "tideq", {kTid, kTid}, kBool, kEqual, "implementation of = operator"},
    {1265, "tidne", {kTid, kTid}, kBool, kNotEqual, "implementation of <> operator"},
    {2791, "tidlt", {kTid, kTid}, kBool, kLess, "implementation of < operator"},
    {2793, "tidle", {kTid, kTid}, kBool, kLessEqual, "implementation of <= operator"},
    {2790, "tidgt", {kTid, kTid}, kBool, kGreater, "implementation of > operator"},
    {2792, "tidge", {kTid, kTid}, kBool, kGreaterEqual, "implementation of >= operator"},
    {2794, "bttidcmp", {kTid, kTid}, kInt4, Compare, "less-equal-greater"},
    {68, "xideq", {kXid, kXid}, kBool, kEqual, "implementation of = operator"},
    {3308, "xidneq", {kXid, kXid}, kBool, kNotEqual, "implementation of <> operator"},
    {1319, "xideqint4", {kXid, kInt4}, kBool, kXidIsInt, "implementation of = operator"},
    {3309, "xidneqint4", {kXid, kInt4}, kBool, kXidIsNotInt, "implementation of <> operator"},
    {69, "cideq", {kCid, kCid}, kBool, kEqual, "implementation of = operator"},
    {404, "btoidvectorcmp", {kOidVector, kOidVector}, kInt4, Compare, "less-equal-greater"},
    {1693, "btboolcmp", {kBool, kBool}, kInt4, Compare, "less-equal-greater"},
    {358, "btcharcmp", {kChar, kChar}, kInt4, Compare, "less-equal-greater"},
    {350, "btint2cmp", {kInt2, kInt2}, kInt4, Compare, "less-equal-greater"},
    {351, "btint4cmp", {kInt4, kInt4}, kInt4, Compare, "less-equal-greater"},
    {842, "btint8cmp", {kInt8, kInt8}, kInt4, Compare, "less-equal-greater"},
    {356, "btoidcmp", {kOid, kOid}, kInt4, Compare, "less-equal-greater"},
    {354, "btfloat4cmp", {kFloat4, kFloat4}, kInt4, Compare, "less-equal-greater"},
    {355, "btfloat8cmp", {kFloat8, kFloat8}, kInt4, Compare, "less-equal-greater"},
    {1079, "regclass", {kText}, kRegclass, RegclassOfText, "convert text to regclass", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    // clang-format on
};

const OperatorInfo kOperators[] = {
    {352, "=", kXid, kXid, kBool, "xideq", "=", "<>", false, true},
    {353, "=", kXid, kInt4, kBool, "xideqint4", "", "<>", false, false},
    {385, "=", kCid, kCid, kBool, "cideq", "=", "", false, true},
    {387, "=", kTid, kTid, kBool, "tideq", "=", "<>", true, true},
    {402, "<>", kTid, kTid, kBool, "tidne", "<>", "=", false, false},
    {2799, "<", kTid, kTid, kBool, "tidlt", ">", ">=", false, false},
    {2800, ">", kTid, kTid, kBool, "tidgt", "<", "<=", false, false},
    {2801, "<=", kTid, kTid, kBool, "tidle", ">=", ">", false, false},
    {2802, ">=", kTid, kTid, kBool, "tidge", "<=", "<", false, false},
    {3315, "<>", kXid, kXid, kBool, "xidneq", "<>", "=", false, false},
    {3316, "<>", kXid, kInt4, kBool, "xidneqint4", "", "=", false, false},
};
}  // namespace

void AddIdentifierFunctions(FunctionTable& table) {
  AddRows(kRows, table);
  AddRows(kOperators, table);
  table.casts.push_back({kText, kRegclass, CastContext::kImplicit, CastMethod::kFunction, "regclass"});
  table.casts.push_back({kVarchar, kRegclass, CastContext::kImplicit, CastMethod::kFunction, "regclass"});
  table.casts.push_back({kPgNodeTree, kText, CastContext::kImplicit, CastMethod::kBinary, {}});
}

}  // namespace gather::catalog
