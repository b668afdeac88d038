// FOREIGN KEY constraints as commands make and check them; SET CONSTRAINTS.
#pragma once

#include "executor/commands/command.h"
#include "executor/commands/table_definition.h"

namespace gather::executor {

// Locks the referenced table and adds the constraint. `check`: rows that are there, unless it is NOT VALID.
void AddForeignKey(Session& session, Oid table, const PendingKey& key, bool check);
// Both tables of every foreign key that goes when these tables do.
void LockReferences(Session& session, const catalog::RelationEntry& table);
// After a column has got another type: keys from and to it are still comparable, and hold.
void RecheckForeignKeys(Session& session, const catalog::RelationEntry& table, ColumnId column);
// 55006 while deferred checks wait for rows of the table. `what`: "ALTER TABLE".
void RefusePendingChecks(Session& session, const catalog::RelationEntry& table, const char* what);
std::string SetConstraintsCommand(CommandContext& context, const sql::ast::Node& node);

}  // namespace gather::executor
