// The tables the registry is made of: one declaration per file of catalog/functions/. To add a subject: write its file, declare its
// table here, list it in function_registry.cc.
#pragma once

#include <vector>

#include "catalog/function.h"

namespace gather::catalog {

struct FunctionTable {
  std::vector<FunctionInfo> functions;
  std::vector<OperatorInfo> operators;
  std::vector<CastInfo> casts;
};

FunctionTable IntegerFunctions();      // int2 int4 int8 oid: arithmetic, comparison, bits, casts among themselves
FunctionTable FloatFunctions();        // float4 float8, math library
FunctionTable NumericFunctions();
FunctionTable BooleanFunctions();
FunctionTable ByteaFunctions();        // bytea, uuid
FunctionTable ArrayFunctions();
FunctionTable RecordFunctions();       // whole-row comparison
FunctionTable HashFunctions();         // hashtext, hashint4 …
FunctionTable WindowFunctions();       // row_number, rank, lag …: rows only, WindowAgg computes them
FunctionTable AggregateFunctions();    // count sum avg min max, bool_*, bit_*, stddev …, string_agg, array_agg
FunctionTable StringFunctions();       // text varchar bpchar name "char": functions, comparison, casts
FunctionTable PatternFunctions();      // LIKE, ILIKE, SIMILAR TO, regular expressions
FunctionTable FormatFunctions();       // to_char, to_number, to_date, to_timestamp, format, quote_*
FunctionTable DateTimeFunctions();     // date time timetz timestamp timestamptz interval
FunctionTable SeriesFunctions();       // generate_series, unnest, generate_subscripts
FunctionTable SystemFunctions();       // session, settings, catalog inspection, sequences, advisory locks

}  // namespace gather::catalog
