// BEGIN, COMMIT, ROLLBACK, SAVEPOINT and kin; LOCK TABLE.
#pragma once

#include "executor/commands/command.h"
#include "executor/session/transaction_names.h"

namespace gather::executor {

std::string TransactionCommand(CommandContext& context, const sql::ast::Node& node);
std::string LockCommand(CommandContext& context, const sql::ast::Node& node);
// Options of BEGIN and SET TRANSACTION.
TransactionModes ReadTransactionModes(sql::ast::NodeList options);

}  // namespace gather::executor
