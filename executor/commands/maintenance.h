// VACUUM, ANALYZE, CHECKPOINT, CLUSTER.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string VacuumCommand(CommandContext& context, const sql::ast::Node& node);
std::string CheckpointCommand(CommandContext& context, const sql::ast::Node& node);

}  // namespace gather::executor
