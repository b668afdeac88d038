// COPY table | query FROM / TO STDIN, STDOUT or a server file.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string CopyCommand(CommandContext& context, const sql::ast::Node& node);

}  // namespace gather::executor
