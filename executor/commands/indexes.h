// CREATE INDEX, REINDEX.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string CreateIndexCommand(CommandContext& context, const sql::ast::Node& node);
std::string ReindexCommand(CommandContext& context, const sql::ast::Node& node);

}  // namespace gather::executor
