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
};

}  // namespace

FunctionTable FormatFunctions() {
  FunctionTable table;
  AddRows(kFunctions, table);
  return table;
}

}  // namespace gather::catalog
