// Quoting of identifiers and literals as PostgreSQL's quote_identifier and quote_literal do.
#pragma once

#include <string>
#include <string_view>

namespace gather::sql {

// In double quotes unless it is a lower-case name that is no keyword (unreserved keywords need none).
std::string QuoteIdentifier(std::string_view name);
// In single quotes, E'…' when it has backslashes.
std::string QuoteLiteral(std::string_view text);

}  // namespace gather::sql
