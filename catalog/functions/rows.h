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
  Oid oid = 0;
  std::string_view name;
  Oid arguments[8] = {};              // up to the first 0
  Oid result = kInvalidOid;
  ScalarKernel kernel = nullptr;
  std::string_view doc = {};
  bool strict = true;
  Volatility volatility = Volatility::kImmutable;
  ParallelSafety parallel = ParallelSafety::kSafe;
  Oid variadic = kInvalidOid;
  SetKernel set_kernel = nullptr;            // given: the function returns a set
  std::string_view argument_names = {};      // separated by blanks
  std::string_view defaults = {};            // of the last arguments, separated by '|'
};

void AddRows(std::span<const FunctionRow> rows, FunctionTable& table);
inline void AddRows(std::span<const OperatorInfo> rows, FunctionTable& table) { table.operators.insert(table.operators.end(), rows.begin(), rows.end()); }
inline void AddRows(std::span<const CastInfo> rows, FunctionTable& table) { table.casts.insert(table.casts.end(), rows.begin(), rows.end()); }

}  // namespace gather::catalog
