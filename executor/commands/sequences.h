// CREATE / ALTER SEQUENCE, and sequence options as serial and identity columns use them.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string CreateSequenceCommand(CommandContext& context, const sql::ast::Node& node);
std::string AlterSequenceCommand(CommandContext& context, const sql::ast::Node& node);
// Options over the defaults of `type`, or over `present`. 22023 for contradictions.
catalog::SequenceEntry DefineSequence(const catalog::CatalogSnapshot& catalog, std::span<const sql::ast::DefElem* const> options, SqlType type, const catalog::SequenceEntry* present);
std::vector<catalog::ColumnEntry> SequenceColumns();       // last_value, log_cnt, is_called

}  // namespace gather::executor
