// CREATE TABLE, CREATE TABLE AS / SELECT INTO.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string CreateTableCommand(CommandContext& context, const sql::ast::Node& node);
std::string CreateTableAsCommand(CommandContext& context, const sql::ast::Node& node);

}  // namespace gather::executor
