// FunctionRow: a row of a function table that costs nothing to compile, for tables of hundreds of functions.
#pragma once

#include <span>
#include <string_view>

#include "catalog/function_tables.h"

namespace gather::catalog {

struct FunctionRow {
  Oid oid = 0;
  std::string_view name;
  Oid arguments[8] = {};                    // up to the first 0
  Oid result = kInvalidOid;
  ScalarKernel kernel = nullptr;
  std::string_view doc = {};
  Volatility volatility = Volatility::kImmutable;
  bool strict = true;
  ParallelSafety parallel = ParallelSafety::kSafe;
  SetKernel set_kernel = nullptr;           // returns a set when given
  Oid variadic = kInvalidOid;
  std::string_view argument_names = {};     // separated by blanks
  std::string_view defaults = {};           // of the last arguments, separated by '|'
};

void AppendRows(std::span<const FunctionRow> rows, FunctionTable& table);

}  // namespace gather::catalog
