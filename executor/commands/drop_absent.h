// DROP of kinds of objects that cannot be created here: only built-in ones exist, if any. Gives PostgreSQL's errors, and with IF EXISTS its notices.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

// One of the statement's objects; its kind is not a relation, schema, role or database.
void DropAbsent(Session& session, const sql::ast::DropStmt& statement, const sql::ast::Node& object);

}  // namespace gather::executor
