// EXPLAIN [ANALYZE].
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string ExplainCommand(CommandContext& context, const sql::ast::Node& node);

}  // namespace gather::executor
