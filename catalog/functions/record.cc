// record: comparison of whole rows, column by column. ROW(…) op ROW(…) written out is spelt out by the binder and does not come here.
#include <functional>

#include "catalog/functions/kernel.h"
#include "catalog/functions/row_loops.h"
#include "catalog/functions/rows.h"
#include "types/value_order.h"

namespace gather::catalog {

namespace {
using namespace type_oid;

template <class Op>
void RecordOrder(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<uint8_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result,
                                         [](const StringRef& a, const StringRef& b) { return Op()(CompareRecords(a.view(), b.view()), 0); });
}

GATHER_KERNEL(RecordCompare) {
  MapRows<int32_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [](const StringRef& a, const StringRef& b) {
    const int order = CompareRecords(a.view(), b.view());
    return (order > 0) - (order < 0);
  });
}

constexpr FunctionRow kFunctions[] = {
    {2981, "record_eq", {kRecord, kRecord}, kBool, RecordOrder<std::equal_to<>>, "implementation of = operator"},
    {2982, "record_ne", {kRecord, kRecord}, kBool, RecordOrder<std::not_equal_to<>>, "implementation of <> operator"},
    {2983, "record_lt", {kRecord, kRecord}, kBool, RecordOrder<std::less<>>, "implementation of < operator"},
    {2984, "record_gt", {kRecord, kRecord}, kBool, RecordOrder<std::greater<>>, "implementation of > operator"},
    {2985, "record_le", {kRecord, kRecord}, kBool, RecordOrder<std::less_equal<>>, "implementation of <= operator"},
    {2986, "record_ge", {kRecord, kRecord}, kBool, RecordOrder<std::greater_equal<>>, "implementation of >= operator"},
    {2987, "btrecordcmp", {kRecord, kRecord}, kInt4, RecordCompare, "less-equal-greater"},
};

constexpr OperatorInfo kOperators[] = {
    {2988, "=", kRecord, kRecord, kBool, "record_eq", "=", "<>", true, true},
    {2989, "<>", kRecord, kRecord, kBool, "record_ne", "<>", "=", false, false},
    {2990, "<", kRecord, kRecord, kBool, "record_lt", ">", ">=", false, false},
    {2991, ">", kRecord, kRecord, kBool, "record_gt", "<", "<=", false, false},
    {2992, "<=", kRecord, kRecord, kBool, "record_le", ">=", ">", false, false},
    {2993, ">=", kRecord, kRecord, kBool, "record_ge", "<=", "<", false, false},
};
}  // namespace

FunctionTable RecordFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  AddRows(kOperators, table);
  return table;
}

}  // namespace gather::catalog
