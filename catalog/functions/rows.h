// Compact rows of the function tables: constant data that FunctionTable's vectors are filled from.
//
// A row names what differs from the common case (immutable, strict, parallel safe). OperatorInfo and CastInfo are their own rows.
#pragma once

#include <span>
#include <string_view>

#include "catalog/function.h"
#include "catalog/function_tables.h"

namespace gather::catalog {

struct FunctionRow {
  Oid oid;
  std::string_view name;
  Oid arguments[6];                   // zero terminated
  Oid result;
  ScalarKernel kernel;
  std::string_view doc;
  bool strict = true;
  Volatility volatility = Volatility::kImmutable;
  ParallelSafety parallel = ParallelSafety::kSafe;
  Oid variadic = kInvalidOid;
};

inline void AddRows(std::span<const FunctionRow> rows, FunctionTable& table) {
  table.functions.reserve(table.functions.size() + rows.size());
  for (const FunctionRow& row : rows) {
    FunctionInfo& function = table.functions.emplace_back();
    function.oid = row.oid;
    function.name = row.name;
    for (const Oid argument : row.arguments) {
      if (argument == kInvalidOid) break;
      function.arguments.push_back(argument);
    }
    function.result = row.result;
    function.kernel = row.kernel;
    function.doc = row.doc;
    function.strict = row.strict;
    function.volatility = row.volatility;
    function.parallel = row.parallel;
    function.variadic = row.variadic;
  }
}
inline void AddRows(std::span<const OperatorInfo> rows, FunctionTable& table) { table.operators.insert(table.operators.end(), rows.begin(), rows.end()); }
inline void AddRows(std::span<const CastInfo> rows, FunctionTable& table) { table.casts.insert(table.casts.end(), rows.begin(), rows.end()); }

}  // namespace gather::catalog
