// Commands on catalog objects of any kind: DROP, RENAME, SET SCHEMA, OWNER TO, COMMENT ON, TRUNCATE.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string DropCommand(CommandContext& context, const sql::ast::Node& node);
std::string RenameCommand(CommandContext& context, const sql::ast::Node& node);
std::string SetSchemaCommand(CommandContext& context, const sql::ast::Node& node);
std::string OwnerCommand(CommandContext& context, const sql::ast::Node& node);
std::string CommentCommand(CommandContext& context, const sql::ast::Node& node);
std::string TruncateCommand(CommandContext& context, const sql::ast::Node& node);

}  // namespace gather::executor
