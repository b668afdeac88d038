// CREATE SCHEMA; roles; extensions.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string CreateSchemaCommand(CommandContext& context, const sql::ast::Node& node);
std::string CreateRoleCommand(CommandContext& context, const sql::ast::Node& node);
std::string AlterRoleCommand(CommandContext& context, const sql::ast::Node& node);
std::string DropRoleCommand(CommandContext& context, const sql::ast::Node& node);
std::string CreateExtensionCommand(CommandContext& context, const sql::ast::Node& node);

}  // namespace gather::executor
