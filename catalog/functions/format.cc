#include "catalog/functions/format_kernels.h"
#include "catalog/functions/rows.h"
#include "catalog/functions/string_kernels.h"

namespace gather::catalog {
namespace {

using namespace type_oid;  // NOLINT: a table full of them

// Values to text by a format, and back.
constexpr FunctionRow kFunctions[] = {
    {.oid = 3058, .name = "concat", .arguments = {kAny}, .result = kText, .kernel = ConcatAny, .doc = "concatenate values", .strict = false, .volatility = Volatility::kStable, .variadic = kAny},
    {.oid = 3059, .name = "concat_ws", .arguments = {kText, kAny}, .result = kText, .kernel = ConcatWithSeparator, .doc = "concatenate values with separators", .strict = false, .volatility = Volatility::kStable, .variadic = kAny},
    {.oid = 3539, .name = "format", .arguments = {kText, kAny}, .result = kText, .kernel = FormatText, .doc = "format text message", .strict = false, .volatility = Volatility::kStable, .variadic = kAny},
    {.oid = 3540, .name = "format", .arguments = {kText}, .result = kText, .kernel = FormatText, .doc = "format text message", .strict = false, .volatility = Volatility::kStable},
    {.oid = 1282, .name = "quote_ident", .arguments = {kText}, .result = kText, .kernel = QuoteIdent, .doc = "quote an identifier for usage in a querystring"},
    {.oid = 1283, .name = "quote_literal", .arguments = {kText}, .result = kText, .kernel = QuoteLiteralText, .doc = "quote a literal for usage in a querystring"},
    {.oid = 1285, .name = "quote_literal", .arguments = {kAnyelement}, .result = kText, .kernel = QuoteLiteralAny, .doc = "quote a data value for usage in a querystring", .volatility = Volatility::kStable},
    {.oid = 1289, .name = "quote_nullable", .arguments = {kText}, .result = kText, .kernel = QuoteNullableText, .doc = "quote a possibly-null literal for usage in a querystring", .strict = false},
    {.oid = 1290, .name = "quote_nullable", .arguments = {kAnyelement}, .result = kText, .kernel = QuoteNullableAny, .doc = "quote a possibly-null data value for usage in a querystring", .strict = false, .volatility = Volatility::kStable},
    {.oid = 1768, .name = "to_char", .arguments = {kInterval, kText}, .result = kText, .kernel = IntervalToChar, .doc = "format interval to text", .volatility = Volatility::kStable},
    {.oid = 1770, .name = "to_char", .arguments = {kTimestamptz, kText}, .result = kText, .kernel = TimestamptzToChar, .doc = "format timestamp with time zone to text", .volatility = Volatility::kStable},
    {.oid = 1772, .name = "to_char", .arguments = {kNumeric, kText}, .result = kText, .kernel = NumericToChars, .doc = "format numeric to text", .volatility = Volatility::kStable},
    {.oid = 1773, .name = "to_char", .arguments = {kInt4, kText}, .result = kText, .kernel = Int4ToChars, .doc = "format int4 to text", .volatility = Volatility::kStable},
    {.oid = 1774, .name = "to_char", .arguments = {kInt8, kText}, .result = kText, .kernel = Int8ToChars, .doc = "format int8 to text", .volatility = Volatility::kStable},
    {.oid = 1775, .name = "to_char", .arguments = {kFloat4, kText}, .result = kText, .kernel = Float4ToChars, .doc = "format float4 to text", .volatility = Volatility::kStable},
    {.oid = 1776, .name = "to_char", .arguments = {kFloat8, kText}, .result = kText, .kernel = Float8ToChars, .doc = "format float8 to text", .volatility = Volatility::kStable},
    {.oid = 2049, .name = "to_char", .arguments = {kTimestamp, kText}, .result = kText, .kernel = TimestampToChar, .doc = "format timestamp to text", .volatility = Volatility::kStable},
    {.oid = 1780, .name = "to_date", .arguments = {kText, kText}, .result = kDate, .kernel = ToDate, .doc = "convert text to date", .volatility = Volatility::kStable},
    {.oid = 1777, .name = "to_number", .arguments = {kText, kText}, .result = kNumeric, .kernel = ToNumber, .doc = "convert text to numeric", .volatility = Volatility::kStable},
    {.oid = 1778, .name = "to_timestamp", .arguments = {kText, kText}, .result = kTimestamptz, .kernel = ToTimestamp, .doc = "convert text to timestamp with time zone", .volatility = Volatility::kStable},
};

}  // namespace

FunctionTable FormatFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  return table;
}

}  // namespace gather::catalog
