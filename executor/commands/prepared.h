// PREPARE, EXECUTE, DEALLOCATE.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string PrepareCommand(CommandContext& context, const sql::ast::Node& node);
std::string ExecuteCommand(CommandContext& context, const sql::ast::Node& node);
std::string DeallocateCommand(CommandContext& context, const sql::ast::Node& node);
// A portal of EXECUTE's prepared statement with its arguments evaluated.
std::unique_ptr<Portal> PortalOfExecute(Session& session, const sql::ast::ExecuteStmt& statement, std::string portal_name);

}  // namespace gather::executor
