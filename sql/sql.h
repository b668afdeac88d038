// From text to bound statement: the two entry points, and what the commands of the executor need of the binder.
//
// Parsing uses PostgreSQL's own grammar (libpg_query) and our typed AST (sql/ast.h). Pure functions; thread-safe.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/session_services.h"
#include "sql/ast.h"
#include "sql/query.h"

namespace gather::sql {

struct ParsedStatement {
  std::shared_ptr<const ast::Node> node;               // null: empty statement
  int location = 0;                                    // of the statement within the text given to Parse, in bytes
  std::string text;                                    // the statement alone, without the semicolon
};

// Splits and parses. Throws 42601 and kin with position; 22021 for invalid UTF-8 or NUL bytes; 54001 for too deep nesting. Runs on a stack big enough.
std::vector<ParsedStatement> Parse(std::string_view text);

struct BindContext {
  catalog::CatalogRef catalog;
  const catalog::FunctionRegistry* functions = nullptr;
  std::vector<Oid> search_path;
  const IoSettings* io = nullptr;                      // for literals
  // In: types the client declared (0: to be inferred). Out: all of them. 42P18 when one stays unknown.
  std::vector<Oid> parameter_types;
  bool variable_parameters = false;                    // $n beyond parameter_types may be inferred (Parse message, PREPARE)
};

BoundStatement Bind(const ParsedStatement& statement, BindContext& context);

// ---- for commands
// An expression over the columns of `table` (may be null: none allowed), coerced to `target` by assignment when its oid is set.
// Columns come out as kSlot by position among the live columns. `what` names the context in errors ("DEFAULT", "CHECK", "index expression").
ExprRef BindTableExpression(const ast::Node& expression, const catalog::RelationEntry* table, SqlType target, std::string_view what, BindContext& context);
// The same from stored SQL text (default_sql, check expression_sql, predicate_sql).
ExprRef BindTableExpression(std::string_view sql_text, const catalog::RelationEntry* table, SqlType target, std::string_view what, BindContext& context);
SqlType ResolveTypeName(const ast::TypeName& name, const catalog::CatalogSnapshot& catalog);  // 42704
// Canonical text as PostgreSQL's ruleutils prints it: pg_get_expr, pg_get_constraintdef, pg_get_viewdef. kSlot i prints as column_names[i].
std::string DeparseExpr(const ExprRef& expr, std::span<const std::string> column_names, const BindContext& context);
std::string DeparseQuery(const Query& query, const BindContext& context, bool pretty);

// Constant folding of immutable subexpressions lives in the planner; the binder evaluates only typed literals through the type table.

}  // namespace gather::sql
