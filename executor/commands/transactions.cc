#include "executor/commands/transactions.h"

#include "executor/commands/relation_names.h"

namespace gather::executor {

namespace ast = sql::ast;

TransactionModes ReadTransactionModes(ast::NodeList options) {
  TransactionModes modes;
  for (const ast::Node* node : options) {
    const auto* option = ast::TryAs<ast::DefElem>(node);
    if (option == nullptr) continue;
    const auto* value = ast::TryAs<ast::AConst>(option->arg);
    if (value == nullptr) continue;
    if (option->name == "transaction_isolation") modes.isolation = ParseIsolationLevel(value->text);
    if (option->name == "transaction_read_only") modes.read_only = value->integer != 0;
    if (option->name == "transaction_deferrable") modes.deferrable = value->integer != 0;
  }
  return modes;
}

std::string TransactionCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::TransactionStmt>(node);
  Session& session = context.session;
  switch (statement.kind) {
    case ast::TransactionKind::kBegin:
    case ast::TransactionKind::kStart: {
      std::vector<const ast::Node*> options(statement.options.begin(), statement.options.end());
      session.BeginBlock(ReadTransactionModes(options));
      return statement.kind == ast::TransactionKind::kBegin ? "BEGIN" : "START TRANSACTION";
    }
    case ast::TransactionKind::kCommit: return std::string(session.CommitBlock(statement.chain));
    case ast::TransactionKind::kRollback: return std::string(session.RollbackBlock(statement.chain));
    case ast::TransactionKind::kSavepoint: session.DefineSavepoint(std::string(statement.savepoint)); return "SAVEPOINT";
    case ast::TransactionKind::kRelease: session.ReleaseSavepoint(std::string(statement.savepoint)); return "RELEASE";
    case ast::TransactionKind::kRollbackTo: session.RollbackToSavepoint(std::string(statement.savepoint)); return "ROLLBACK";
    case ast::TransactionKind::kPrepare:
    case ast::TransactionKind::kCommitPrepared:
    case ast::TransactionKind::kRollbackPrepared:
      throw SqlError(sqlstate::kObjectNotInPrerequisiteState, "prepared transactions are disabled").Hint("Set max_prepared_transactions to a nonzero value.");
  }
  ThrowInternal("unknown transaction statement");
}

std::string LockCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::LockStmt>(node);
  context.session.RequireBlock("LOCK TABLE");
  const auto mode = static_cast<storage::LockMode>(statement.mode);
  for (const ast::RangeVar* name : statement.relations) {
    const catalog::RelationRef relation = FindRelation(context.session, *name);
    if (relation->kind != catalog::RelationKind::kTable && relation->kind != catalog::RelationKind::kView) {
      throw SqlError(sqlstate::kWrongObjectType, Format("\"%s\" is not a table or view", relation->name.c_str()));
    }
    if (!statement.nowait) {
      context.session.LockRelation(relation->oid, mode);
    } else if (!context.session.transaction_locks().TryLock({storage::LockTag::Kind::kRelation, relation->oid, 0}, mode)) {
      throw SqlError(sqlstate::kLockNotAvailable, Format("could not obtain lock on relation \"%s\"", relation->name.c_str()));
    }
  }
  return "LOCK TABLE";
}

}  // namespace gather::executor
