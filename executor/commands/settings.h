// SET, SHOW, RESET, DISCARD; ALTER SYSTEM and ALTER ROLE/DATABASE SET are refused for now.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string SetCommand(CommandContext& context, const sql::ast::Node& node);
std::string ShowCommand(CommandContext& context, const sql::ast::Node& node);
std::string DiscardCommand(CommandContext& context, const sql::ast::Node& node);
std::vector<sql::OutputColumn> ShowColumns(const sql::ast::VariableShowStmt& statement);

}  // namespace gather::executor
