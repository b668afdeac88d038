// CREATE, ALTER and DROP DATABASE. How databases live side by side: docs/decisions/0008-databases.md.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string CreateDatabaseCommand(CommandContext& context, const sql::ast::Node& node);
std::string DropDatabaseCommand(CommandContext& context, const sql::ast::Node& node);
std::string AlterDatabaseCommand(CommandContext& context, const sql::ast::Node& node);
std::string AlterDatabaseSetCommand(CommandContext& context, const sql::ast::Node& node);
// The forms of statements that name other objects too.
void RenameDatabase(Session& session, const std::string& from, const std::string& to);
void SetDatabaseOwner(Session& session, const std::string& name, Oid owner);
void CommentOnDatabase(Session& session, const std::string& name, const std::string& comment);

}  // namespace gather::executor
