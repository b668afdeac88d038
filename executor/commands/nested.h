// Statements within statements: the query of EXPLAIN, PREPARE, DECLARE, COPY, CREATE VIEW, CREATE TABLE AS.
#pragma once

#include "executor/session/session.h"
#include "sql/ast.h"

namespace gather::executor {

// `node` of `outer`'s tree as a statement of its own; shares the tree's arena.
sql::ParsedStatement NestedStatement(const sql::BoundStatement& outer, const sql::ast::Node* node);
// Bound to the session's present catalog, its relations locked. `parameter_types`: of the outer statement's parameters.
std::shared_ptr<const sql::BoundStatement> BindNested(Session& session, const sql::BoundStatement& outer, const sql::ast::Node* node);

}  // namespace gather::executor
