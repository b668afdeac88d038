// Commands: utility statements (everything but queries and INSERT/UPDATE/DELETE). One function a kind of parse node; command_table.cc lists them.
//
// A command runs on the session's thread inside the session's transaction. It takes its own locks, checks what PostgreSQL checks, and throws
// PostgreSQL's errors. Rows it yields (SHOW, EXPLAIN, FETCH, EXECUTE) go to `rows`, with the columns CommandColumns told beforehand.
#pragma once

#include <string>
#include <vector>

#include "executor/session/session.h"
#include "sql/ast.h"

namespace gather::executor {

struct CommandContext {
  Session& session;
  const sql::BoundStatement& statement;
  const std::vector<Datum>& parameters;
  ResultSink& sink;                                        // COPY
  std::vector<Chunk>& rows;
};

using CommandFunction = std::string (*)(CommandContext& context, const sql::ast::Node& node);  // returns the command tag

// Throws 0A000 for statements we do not have.
std::string RunCommandNode(CommandContext& context, const sql::ast::Node& node);
// Columns of the rows a command yields; empty for most.
std::vector<sql::OutputColumn> CommandColumns(Session& session, const sql::BoundStatement& statement);
// Whether it may run in a read-only transaction.
bool CommandIsReadOnly(const sql::ast::Node& node);

}  // namespace gather::executor
