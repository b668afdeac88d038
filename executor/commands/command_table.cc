// The table of commands: one line a kind of statement.
#include "executor/commands/alter_table.h"
#include "executor/commands/command.h"
#include "executor/commands/copy.h"
#include "executor/commands/create_table.h"
#include "executor/commands/cursors.h"
#include "executor/commands/databases.h"
#include "executor/commands/explain.h"
#include "executor/commands/foreign_keys.h"
#include "executor/commands/indexes.h"
#include "executor/commands/maintenance.h"
#include "executor/commands/objects.h"
#include "executor/commands/prepared.h"
#include "executor/commands/schemas.h"
#include "executor/commands/sequences.h"
#include "executor/commands/settings.h"
#include "executor/commands/transactions.h"
#include "executor/commands/views.h"

namespace gather::executor {

namespace ast = sql::ast;
using ast::NodeTag;

namespace {

struct Command {
  NodeTag tag;
  CommandFunction run;
  bool read_only;                                          // may run in a read-only transaction
};

// Statements that have no effect here, for programs that send them.
std::string Accept(CommandContext& context, const ast::Node&) { return std::string(context.statement.tag); }

constexpr Command kCommands[] = {
    {NodeTag::kTransactionStmt, TransactionCommand, true},
    {NodeTag::kVariableSetStmt, SetCommand, true},
    {NodeTag::kVariableShowStmt, ShowCommand, true},
    {NodeTag::kDiscardStmt, DiscardCommand, true},
    {NodeTag::kPrepareStmt, PrepareCommand, true},
    {NodeTag::kExecuteStmt, ExecuteCommand, true},
    {NodeTag::kDeallocateStmt, DeallocateCommand, true},
    {NodeTag::kExplainStmt, ExplainCommand, true},
    {NodeTag::kDeclareCursorStmt, DeclareCursorCommand, true},
    {NodeTag::kFetchStmt, FetchCommand, true},
    {NodeTag::kClosePortalStmt, ClosePortalCommand, true},
    {NodeTag::kLockStmt, LockCommand, true},
    {NodeTag::kCheckPointStmt, CheckpointCommand, true},
    {NodeTag::kVacuumStmt, VacuumCommand, true},
    {NodeTag::kConstraintsSetStmt, SetConstraintsCommand, true},
    {NodeTag::kListenStmt, Accept, true},
    {NodeTag::kUnlistenStmt, Accept, true},
    {NodeTag::kCopyStmt, CopyCommand, true},
    {NodeTag::kCreateStmt, CreateTableCommand, false},
    {NodeTag::kCreateTableAsStmt, CreateTableAsCommand, false},
    {NodeTag::kAlterTableStmt, AlterTableCommand, false},
    {NodeTag::kDropStmt, DropCommand, false},
    {NodeTag::kTruncateStmt, TruncateCommand, false},
    {NodeTag::kRenameStmt, RenameCommand, false},
    {NodeTag::kAlterObjectSchemaStmt, SetSchemaCommand, false},
    {NodeTag::kAlterOwnerStmt, OwnerCommand, false},
    {NodeTag::kCommentStmt, CommentCommand, false},
    {NodeTag::kIndexStmt, CreateIndexCommand, false},
    {NodeTag::kReindexStmt, ReindexCommand, true},
    {NodeTag::kCreateSchemaStmt, CreateSchemaCommand, false},
    {NodeTag::kViewStmt, CreateViewCommand, false},
    {NodeTag::kCreateSeqStmt, CreateSequenceCommand, false},
    {NodeTag::kAlterSeqStmt, AlterSequenceCommand, false},
    {NodeTag::kCreatedbStmt, CreateDatabaseCommand, false},
    {NodeTag::kDropdbStmt, DropDatabaseCommand, false},
    {NodeTag::kAlterDatabaseStmt, AlterDatabaseCommand, false},
    {NodeTag::kAlterDatabaseSetStmt, AlterDatabaseSetCommand, false},
    {NodeTag::kCreateRoleStmt, CreateRoleCommand, false},
    {NodeTag::kAlterRoleStmt, AlterRoleCommand, false},
    {NodeTag::kDropRoleStmt, DropRoleCommand, false},
    {NodeTag::kCreateExtensionStmt, CreateExtensionCommand, false},
};

const Command* Find(NodeTag tag) {
  for (const Command& command : kCommands) {
    if (command.tag == tag) return &command;
  }
  return nullptr;
}

}  // namespace

std::string RunCommandNode(CommandContext& context, const ast::Node& node) {
  const Command* command = Find(node.tag);
  if (command == nullptr) ThrowNotSupported(std::string(ast::CommandTag(node)) + " is not supported yet");
  return command->run(context, node);
}

bool CommandIsReadOnly(const ast::Node& node) {
  const Command* command = Find(node.tag);
  return command == nullptr || command->read_only;
}

std::vector<sql::OutputColumn> CommandColumns(Session& session, const sql::BoundStatement& statement) {
  const ast::Node* node = statement.utility.get();
  if (const auto* show = ast::TryAs<ast::VariableShowStmt>(node)) return ShowColumns(*show);
  if (ast::Is<ast::ExplainStmt>(node)) return {{"QUERY PLAN", type_oid::kText}};
  if (const auto* execute = ast::TryAs<ast::ExecuteStmt>(node)) {
    const PreparedStatement& prepared = session.FindStatement(std::string(execute->name));
    return prepared.bound == nullptr ? std::vector<sql::OutputColumn>() : prepared.bound->output;
  }
  if (const auto* fetch = ast::TryAs<ast::FetchStmt>(node); fetch != nullptr && !fetch->is_move) {
    const auto found = session.portals().find(std::string(fetch->name));
    return found == session.portals().end() ? std::vector<sql::OutputColumn>() : found->second->columns;
  }
  return {};
}

}  // namespace gather::executor
