// Quoting of identifiers and literals for SQL text that is shown or parsed again. Pure; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace gather {

// Quotes unless it is a lower-case word that is no keyword.
std::string QuoteIdentifier(std::string_view name);
// 'it''s'; with backslashes: E'a\\b'.
std::string QuoteLiteral(std::string_view text);
// schema.name, both quoted as needed.
std::string QuoteQualified(std::string_view schema, std::string_view name);
// True for keywords PostgreSQL does not let be names without quotes (all but the unreserved ones).
bool IsRestrictedKeyword(std::string_view lower_case);

}  // namespace gather
