// Window functions: names, types and docs. They have no kernels: WindowAgg computes them by name from the partition.
#include "catalog/function_tables.h"

namespace gather::catalog {

namespace {
using namespace type_oid;

struct WindowRow {
  Oid oid;
  std::string_view name;
  Oid arguments[3];
  Oid result;
  bool strict;
  std::string_view doc;
};

constexpr WindowRow kWindowFunctions[] = {
    {3100, "row_number", {}, kInt8, false, "row number within partition"},
    {3101, "rank", {}, kInt8, false, "integer rank with gaps"},
    {3102, "dense_rank", {}, kInt8, false, "integer rank without gaps"},
    {3103, "percent_rank", {}, kFloat8, false, "fractional rank within partition"},
    {3104, "cume_dist", {}, kFloat8, false, "fractional row number within partition"},
    {3105, "ntile", {kInt4}, kInt4, true, "split rows into N groups"},
    {3106, "lag", {kAnyelement}, kAnyelement, true, "fetch the preceding row value"},
    {3107, "lag", {kAnyelement, kInt4}, kAnyelement, true, "fetch the Nth preceding row value"},
    {3108, "lag", {kAnycompatible, kInt4, kAnycompatible}, kAnycompatible, true, "fetch the Nth preceding row value with default"},
    {3109, "lead", {kAnyelement}, kAnyelement, true, "fetch the following row value"},
    {3110, "lead", {kAnyelement, kInt4}, kAnyelement, true, "fetch the Nth following row value"},
    {3111, "lead", {kAnycompatible, kInt4, kAnycompatible}, kAnycompatible, true, "fetch the Nth following row value with default"},
    {3112, "first_value", {kAnyelement}, kAnyelement, true, "fetch the first row value"},
    {3113, "last_value", {kAnyelement}, kAnyelement, true, "fetch the last row value"},
    {3114, "nth_value", {kAnyelement, kInt4}, kAnyelement, true, "fetch the Nth row value"},
};
}  // namespace

FunctionTable WindowFunctions() {
  FunctionTable table;
  for (const WindowRow& row : kWindowFunctions) {
    FunctionInfo& function = table.functions.emplace_back();
    function.oid = row.oid;
    function.name = row.name;
    for (const Oid argument : row.arguments) {
      if (argument != kInvalidOid) function.arguments.push_back(argument);
    }
    function.result = row.result;
    function.strict = row.strict;
    function.doc = row.doc;
    function.kind = FunctionKind::kWindow;
  }
  return table;
}

}  // namespace gather::catalog
