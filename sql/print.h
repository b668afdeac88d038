// SQL text to be shown, as PostgreSQL's ruleutils prints it (pg_get_expr, pg_get_constraintdef, pg_get_viewdef): names relative to
// context.search_path; `pretty` leaves out parentheses that precedence makes redundant.
//
// What is stored in the catalog comes from DeparseExpr and DeparseQuery (sql/sql.h) instead: relations always with their schema, so that
// the text means the same under any search path. Pure; thread-safe.
#pragma once

#include "sql/sql.h"

namespace gather::sql {

// kSlot i prints as column_names[i].
std::string PrintExpr(const ExprRef& expr, std::span<const std::string> column_names, const BindContext& context, bool pretty);
std::string PrintQuery(const Query& query, const BindContext& context, bool pretty);
// The same from stored text: an expression over `table` (may be null) or a list of such, and a view's query.
std::string PrintStoredExpression(std::string_view sql_text, const catalog::RelationEntry* table, BindContext& context, bool pretty);
std::string PrintStoredQuery(std::string_view sql_text, BindContext& context, bool pretty);

}  // namespace gather::sql
