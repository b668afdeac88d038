// DECLARE, FETCH, MOVE, CLOSE. A cursor is a portal; backward motion needs its rows kept (SCROLL, or the first backward FETCH of a
// cursor declared with it).
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string DeclareCursorCommand(CommandContext& context, const sql::ast::Node& node);
std::string FetchCommand(CommandContext& context, const sql::ast::Node& node);
std::string ClosePortalCommand(CommandContext& context, const sql::ast::Node& node);

}  // namespace gather::executor
