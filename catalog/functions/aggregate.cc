// Rows of the aggregates. Kernels: aggregate_kernels.h.
#include "catalog/functions/aggregate_kernels.h"
#include "catalog/function_tables.h"

namespace gather::catalog {

namespace {
using namespace type_oid;

struct AggregateRow {
  Oid oid;
  std::string_view name;
  Oid arguments[2];
  Oid result;
  const AggregateKernels* kernels;    // null: chosen by name and argument type below
  std::string_view doc;
  bool strict = true;                 // rows with a null argument are not seen
};

const AggregateRow kAggregates[] = {
    // clang-format off
    {2335, "array_agg", {kAnynonarray}, kAnyarray, &kArrayAgg, "concatenate aggregate input into an array", false},
    {4053, "array_agg", {kAnyarray}, kAnyarray, &kArrayAggArray, "concatenate aggregate input into an array", false},
    {2100, "avg", {kInt8}, kNumeric, &kAvgInt8, "the average (arithmetic mean) as numeric of all bigint values"},
    {2101, "avg", {kInt4}, kNumeric, &kAvgInt4, "the average (arithmetic mean) as numeric of all integer values"},
    {2102, "avg", {kInt2}, kNumeric, &kAvgInt2, "the average (arithmetic mean) as numeric of all smallint values"},
    {2103, "avg", {kNumeric}, kNumeric, &kAvgNumeric, "the average (arithmetic mean) as numeric of all numeric values"},
    {2104, "avg", {kFloat4}, kFloat8, &kAvgFloat4, "the average (arithmetic mean) as float8 of all float4 values"},
    {2105, "avg", {kFloat8}, kFloat8, &kAvgFloat8, "the average (arithmetic mean) as float8 of all float8 values"},
    {2236, "bit_and", {kInt2}, kInt2, &kBitAnd2, "bitwise-and smallint aggregate"},
    {2238, "bit_and", {kInt4}, kInt4, &kBitAnd4, "bitwise-and integer aggregate"},
    {2240, "bit_and", {kInt8}, kInt8, &kBitAnd8, "bitwise-and bigint aggregate"},
    {2237, "bit_or", {kInt2}, kInt2, &kBitOr2, "bitwise-or smallint aggregate"},
    {2239, "bit_or", {kInt4}, kInt4, &kBitOr4, "bitwise-or integer aggregate"},
    {2241, "bit_or", {kInt8}, kInt8, &kBitOr8, "bitwise-or bigint aggregate"},
    {6164, "bit_xor", {kInt2}, kInt2, &kBitXor2, "bitwise-xor smallint aggregate"},
    {6165, "bit_xor", {kInt4}, kInt4, &kBitXor4, "bitwise-xor integer aggregate"},
    {6166, "bit_xor", {kInt8}, kInt8, &kBitXor8, "bitwise-xor bigint aggregate"},
    {2517, "bool_and", {kBool}, kBool, &kBoolAnd, "boolean-and aggregate"},
    {2518, "bool_or", {kBool}, kBool, &kBoolOr, "boolean-or aggregate"},
    {2147, "count", {kAny}, kInt8, &kCountRows, "number of input rows for which the input expression is not null"},
    {2803, "count", {}, kInt8, &kCountRows, "number of input rows"},
    {2519, "every", {kBool}, kBool, &kBoolAnd, "boolean-and aggregate"},
    {3538, "string_agg", {kText, kText}, kText, &kStringAgg, "concatenate aggregate input into a string", false},
    {3545, "string_agg", {kBytea, kBytea}, kBytea, &kStringAgg, "concatenate aggregate input into a bytea", false},
    {2107, "sum", {kInt8}, kNumeric, &kSumInt8, "sum as numeric across all bigint input values"},
    {2108, "sum", {kInt4}, kInt8, &kSumInt4, "sum as bigint across all integer input values"},
    {2109, "sum", {kInt2}, kInt8, &kSumInt2, "sum as bigint across all smallint input values"},
    {2110, "sum", {kFloat4}, kFloat4, &kSumFloat4, "sum as float4 across all float4 input values"},
    {2111, "sum", {kFloat8}, kFloat8, &kSumFloat8, "sum as float8 across all float8 input values"},
    {2114, "sum", {kNumeric}, kNumeric, &kSumNumeric, "sum as numeric across all numeric input values"},
    {2050, "max", {kAnyarray}, kAnyarray, nullptr, "maximum value of all anyarray input values"},
    {2115, "max", {kInt8}, kInt8, nullptr, "maximum value of all bigint input values"},
    {2116, "max", {kInt4}, kInt4, nullptr, "maximum value of all integer input values"},
    {2117, "max", {kInt2}, kInt2, nullptr, "maximum value of all smallint input values"},
    {2118, "max", {kOid}, kOid, nullptr, "maximum value of all oid input values"},
    {2119, "max", {kFloat4}, kFloat4, nullptr, "maximum value of all float4 input values"},
    {2120, "max", {kFloat8}, kFloat8, nullptr, "maximum value of all float8 input values"},
    {2122, "max", {kDate}, kDate, nullptr, "maximum value of all date input values"},
    {2123, "max", {kTime}, kTime, nullptr, "maximum value of all time input values"},
    {2124, "max", {kTimetz}, kTimetz, nullptr, "maximum value of all time with time zone input values"},
    {2126, "max", {kTimestamp}, kTimestamp, nullptr, "maximum value of all timestamp input values"},
    {2127, "max", {kTimestamptz}, kTimestamptz, nullptr, "maximum value of all timestamp with time zone input values"},
    {2128, "max", {kInterval}, kInterval, nullptr, "maximum value of all interval input values"},
    {2129, "max", {kText}, kText, nullptr, "maximum value of all text input values"},
    {2130, "max", {kNumeric}, kNumeric, nullptr, "maximum value of all numeric input values"},
    {2244, "max", {kBpchar}, kBpchar, nullptr, "maximum value of all bpchar input values"},
    {2051, "min", {kAnyarray}, kAnyarray, nullptr, "minimum value of all anyarray input values"},
    {2131, "min", {kInt8}, kInt8, nullptr, "minimum value of all bigint input values"},
    {2132, "min", {kInt4}, kInt4, nullptr, "minimum value of all integer input values"},
    {2133, "min", {kInt2}, kInt2, nullptr, "minimum value of all smallint input values"},
    {2134, "min", {kOid}, kOid, nullptr, "minimum value of all oid input values"},
    {2135, "min", {kFloat4}, kFloat4, nullptr, "minimum value of all float4 input values"},
    {2136, "min", {kFloat8}, kFloat8, nullptr, "minimum value of all float8 input values"},
    {2138, "min", {kDate}, kDate, nullptr, "minimum value of all date input values"},
    {2139, "min", {kTime}, kTime, nullptr, "minimum value of all time input values"},
    {2140, "min", {kTimetz}, kTimetz, nullptr, "minimum value of all time with time zone input values"},
    {2142, "min", {kTimestamp}, kTimestamp, nullptr, "minimum value of all timestamp input values"},
    {2143, "min", {kTimestamptz}, kTimestamptz, nullptr, "minimum value of all timestamp with time zone input values"},
    {2144, "min", {kInterval}, kInterval, nullptr, "minimum value of all interval input values"},
    {2145, "min", {kText}, kText, nullptr, "minimum value of all text values"},
    {2146, "min", {kNumeric}, kNumeric, nullptr, "minimum value of all numeric input values"},
    {2245, "min", {kBpchar}, kBpchar, nullptr, "minimum value of all bpchar input values"},
    {2154, "stddev", {kInt8}, kNumeric, nullptr, "historical alias for stddev_samp"},
    {2155, "stddev", {kInt4}, kNumeric, nullptr, "historical alias for stddev_samp"},
    {2156, "stddev", {kInt2}, kNumeric, nullptr, "historical alias for stddev_samp"},
    {2157, "stddev", {kFloat4}, kFloat8, nullptr, "historical alias for stddev_samp"},
    {2158, "stddev", {kFloat8}, kFloat8, nullptr, "historical alias for stddev_samp"},
    {2159, "stddev", {kNumeric}, kNumeric, nullptr, "historical alias for stddev_samp"},
    {2724, "stddev_pop", {kInt8}, kNumeric, nullptr, "population standard deviation of bigint input values"},
    {2725, "stddev_pop", {kInt4}, kNumeric, nullptr, "population standard deviation of integer input values"},
    {2726, "stddev_pop", {kInt2}, kNumeric, nullptr, "population standard deviation of smallint input values"},
    {2727, "stddev_pop", {kFloat4}, kFloat8, nullptr, "population standard deviation of float4 input values"},
    {2728, "stddev_pop", {kFloat8}, kFloat8, nullptr, "population standard deviation of float8 input values"},
    {2729, "stddev_pop", {kNumeric}, kNumeric, nullptr, "population standard deviation of numeric input values"},
    {2712, "stddev_samp", {kInt8}, kNumeric, nullptr, "sample standard deviation of bigint input values"},
    {2713, "stddev_samp", {kInt4}, kNumeric, nullptr, "sample standard deviation of integer input values"},
    {2714, "stddev_samp", {kInt2}, kNumeric, nullptr, "sample standard deviation of smallint input values"},
    {2715, "stddev_samp", {kFloat4}, kFloat8, nullptr, "sample standard deviation of float4 input values"},
    {2716, "stddev_samp", {kFloat8}, kFloat8, nullptr, "sample standard deviation of float8 input values"},
    {2717, "stddev_samp", {kNumeric}, kNumeric, nullptr, "sample standard deviation of numeric input values"},
    {2718, "var_pop", {kInt8}, kNumeric, nullptr, "population variance of bigint input values (square of the population standard deviation)"},
    {2719, "var_pop", {kInt4}, kNumeric, nullptr, "population variance of integer input values (square of the population standard deviation)"},
    {2720, "var_pop", {kInt2}, kNumeric, nullptr, "population variance of smallint input values (square of the population standard deviation)"},
    {2721, "var_pop", {kFloat4}, kFloat8, nullptr, "population variance of float4 input values (square of the population standard deviation)"},
    {2722, "var_pop", {kFloat8}, kFloat8, nullptr, "population variance of float8 input values (square of the population standard deviation)"},
    {2723, "var_pop", {kNumeric}, kNumeric, nullptr, "population variance of numeric input values (square of the population standard deviation)"},
    {2641, "var_samp", {kInt8}, kNumeric, nullptr, "sample variance of bigint input values (square of the sample standard deviation)"},
    {2642, "var_samp", {kInt4}, kNumeric, nullptr, "sample variance of integer input values (square of the sample standard deviation)"},
    {2643, "var_samp", {kInt2}, kNumeric, nullptr, "sample variance of smallint input values (square of the sample standard deviation)"},
    {2644, "var_samp", {kFloat4}, kFloat8, nullptr, "sample variance of float4 input values (square of the sample standard deviation)"},
    {2645, "var_samp", {kFloat8}, kFloat8, nullptr, "sample variance of float8 input values (square of the sample standard deviation)"},
    {2646, "var_samp", {kNumeric}, kNumeric, nullptr, "sample variance of numeric input values (square of the sample standard deviation)"},
    {2148, "variance", {kInt8}, kNumeric, nullptr, "historical alias for var_samp"},
    {2149, "variance", {kInt4}, kNumeric, nullptr, "historical alias for var_samp"},
    {2150, "variance", {kInt2}, kNumeric, nullptr, "historical alias for var_samp"},
    {2151, "variance", {kFloat4}, kFloat8, nullptr, "historical alias for var_samp"},
    {2152, "variance", {kFloat8}, kFloat8, nullptr, "historical alias for var_samp"},
    {2153, "variance", {kNumeric}, kNumeric, nullptr, "historical alias for var_samp"},
    {2829, "corr", {kFloat8, kFloat8}, kFloat8, nullptr, "correlation coefficient"},
    {2827, "covar_pop", {kFloat8, kFloat8}, kFloat8, nullptr, "population covariance"},
    {2828, "covar_samp", {kFloat8, kFloat8}, kFloat8, nullptr, "sample covariance"},
    {2822, "regr_avgx", {kFloat8, kFloat8}, kFloat8, nullptr, "average of the independent variable (sum(X)/N)"},
    {2823, "regr_avgy", {kFloat8, kFloat8}, kFloat8, nullptr, "average of the dependent variable (sum(Y)/N)"},
    {2818, "regr_count", {kFloat8, kFloat8}, kInt8, nullptr, "number of input rows in which both expressions are not null"},
    {2826, "regr_intercept", {kFloat8, kFloat8}, kFloat8, nullptr, "y-intercept of the least-squares-fit linear equation determined by the (X, Y) pairs"},
    {2824, "regr_r2", {kFloat8, kFloat8}, kFloat8, nullptr, "square of the correlation coefficient"},
    {2825, "regr_slope", {kFloat8, kFloat8}, kFloat8, nullptr, "slope of the least-squares-fit linear equation determined by the (X, Y) pairs"},
    {2819, "regr_sxx", {kFloat8, kFloat8}, kFloat8, nullptr, "sum of squares of the independent variable (sum(X^2) - sum(X)^2/N)"},
    {2821, "regr_sxy", {kFloat8, kFloat8}, kFloat8, nullptr, "sum of products of independent times dependent variable (sum(X*Y) - sum(X) * sum(Y)/N)"},
    {2820, "regr_syy", {kFloat8, kFloat8}, kFloat8, nullptr, "sum of squares of the dependent variable (sum(Y^2) - sum(Y)^2/N)"},
    {2113, "sum", {kInterval}, kInterval, &kSumInterval, "sum as interval across all interval input values"},
    {2106, "avg", {kInterval}, kInterval, &kAvgInterval, "the average (arithmetic mean) as interval of all interval values"},
    {2797, "max", {kTid}, kTid, nullptr, "maximum value of all tid input values"},
    {2798, "min", {kTid}, kTid, nullptr, "minimum value of all tid input values"},
    {3984, "mode", {kAnyelement}, kAnyelement, &kMode, "most common value"},
    {3972, "percentile_disc", {kFloat8, kAnyelement}, kAnyelement, &kPercentileDisc, "discrete percentile"},
    {3978, "percentile_disc", {kFloat8Array, kAnyelement}, kAnyarray, &kPercentileDiscMany, "multiple discrete percentiles"},
    {3974, "percentile_cont", {kFloat8, kFloat8}, kFloat8, &kPercentileCont, "continuous distribution percentile"},
    {3976, "percentile_cont", {kFloat8, kInterval}, kInterval, &kPercentileContInterval, "continuous distribution percentile"},
    {3980, "percentile_cont", {kFloat8Array, kFloat8}, kFloat8Array, &kPercentileContMany, "multiple continuous percentiles"},
    {3982, "percentile_cont", {kFloat8Array, kInterval}, kIntervalArray, &kPercentileContIntervalMany, "multiple continuous percentiles"},
    // clang-format on
};

const AggregateKernels* KernelsFor(const AggregateRow& row) {
  if (row.kernels != nullptr) return row.kernels;
  // array_larger and kin: any array compares like its payload.
  const Oid type = row.arguments[0];
  if (row.name == "min") return MinKernels(type);
  if (row.name == "max") return MaxKernels(type);
  if (row.name == "var_pop") return SpreadKernels(type, Spread::kVarPop);
  if (row.name == "var_samp" || row.name == "variance") return SpreadKernels(type, Spread::kVarSamp);
  if (row.name == "stddev_pop") return SpreadKernels(type, Spread::kStddevPop);
  if (row.name == "stddev_samp" || row.name == "stddev") return SpreadKernels(type, Spread::kStddevSamp);
  return RegressionKernels(row.name);
}
}  // namespace

FunctionTable AggregateFunctions() {
  FunctionTable table;
  for (const AggregateRow& row : kAggregates) {
    FunctionInfo& function = table.functions.emplace_back();
    function.oid = row.oid;
    function.name = row.name;
    for (const Oid argument : row.arguments) {
      if (argument != kInvalidOid) function.arguments.push_back(argument);
    }
    function.result = row.result;
    function.strict = row.strict;
    function.doc = row.doc;
    function.kind = FunctionKind::kAggregate;
    function.aggregate = KernelsFor(row);
  }
  return table;
}

}  // namespace gather::catalog
