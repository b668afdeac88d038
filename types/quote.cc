#include "types/quote.h"

#include <algorithm>
#include <iterator>

namespace gather {
namespace {

// PostgreSQL 15's keywords but the unreserved ones, ascending.
constexpr std::string_view kKeywords[] = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce",
    "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
    "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec",
    "decimal", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract",
    "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group", "grouping",
    "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is",
    "isnull", "join", "lateral", "leading", "least", "left", "like", "limit", "localtime", "localtimestamp",
    "national", "natural", "nchar", "none", "normalize", "not", "notnull", "null", "nullif", "numeric", "offset",
    "on", "only", "or", "order", "out", "outer", "overlaps", "overlay", "placing", "position", "precision",
    "primary", "real", "references", "returning", "right", "row", "select", "session_user", "setof", "similar",
    "smallint", "some", "substring", "symmetric", "table", "tablesample", "then", "time", "timestamp", "to",
    "trailing", "treat", "trim", "true", "union", "unique", "user", "using", "values", "varchar", "variadic",
    "verbose", "when", "where", "window", "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists",
    "xmlforest", "xmlnamespaces", "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable"};

bool IsPlain(std::string_view name) {
  if (name.empty() || !((name[0] >= 'a' && name[0] <= 'z') || name[0] == '_')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

std::string Enclose(std::string_view text, char quote) {
  std::string quoted;
  quoted.reserve(text.size() + 2);
  quoted += quote;
  for (char c : text) {
    if (c == quote || (quote == '\'' && c == '\\')) quoted += c;
    quoted += c;
  }
  quoted += quote;
  return quoted;
}

}  // namespace

bool IsRestrictedKeyword(std::string_view lower_case) { return std::binary_search(std::begin(kKeywords), std::end(kKeywords), lower_case); }

std::string QuoteIdentifier(std::string_view name) {
  return IsPlain(name) && !IsRestrictedKeyword(name) ? std::string(name) : Enclose(name, '"');
}

std::string QuoteLiteral(std::string_view text) {
  const bool escapes = text.find('\\') != std::string_view::npos;
  return (escapes ? "E" : "") + Enclose(text, '\'');
}

std::string QuoteQualified(std::string_view schema, std::string_view name) { return QuoteIdentifier(schema) + "." + QuoteIdentifier(name); }

}  // namespace gather
