// ALTER TABLE (and ALTER INDEX / VIEW / SEQUENCE in their ALTER TABLE clothes).
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string AlterTableCommand(CommandContext& context, const sql::ast::Node& node);

}  // namespace gather::executor
