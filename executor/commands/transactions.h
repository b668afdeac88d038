// BEGIN, COMMIT, ROLLBACK, SAVEPOINT and kin; LOCK TABLE.
#pragma once

#include "executor/commands/command.h"

namespace gather::executor {

std::string TransactionCommand(CommandContext& context, const sql::ast::Node& node);
std::string LockCommand(CommandContext& context, const sql::ast::Node& node);
// Options of BEGIN and SET TRANSACTION.
struct TransactionModes {
  std::optional<storage::IsolationLevel> isolation;
  std::optional<bool> read_only;
};
TransactionModes ReadTransactionModes(sql::ast::NodeList options);

}  // namespace gather::executor
