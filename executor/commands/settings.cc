#include "executor/commands/settings.h"

#include "executor/commands/rows.h"
#include "executor/commands/transactions.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {
void SetTransaction(Session& session, const ast::VariableSetStmt& statement) {
  if (statement.name == "TRANSACTION") {
    if (session.block_state() != Session::BlockState::kBlock) {
      session.Notice("WARNING", sqlstate::kNoActiveSqlTransaction, "SET TRANSACTION can only be used in transaction blocks", {}, {});
    }
    session.SetTransactionModes(ReadTransactionModes(statement.args));
  } else if (statement.name == "SESSION CHARACTERISTICS") {
    for (const ast::Node* node : statement.args) {
      const auto* option = ast::TryAs<ast::DefElem>(node);
      const auto* value = option == nullptr ? nullptr : ast::TryAs<ast::AConst>(option->arg);
      if (value == nullptr) continue;
      session.settings().Set("default_" + std::string(option->name), value->kind == ast::AConst::Kind::kInteger ? (value->integer != 0 ? "on" : "off") : value->text);
    }
  } else {
    ThrowNotSupported("SET TRANSACTION SNAPSHOT is not supported");
  }
}
}  // namespace

std::string SetCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::VariableSetStmt>(node);
  Session& session = context.session;
  using Kind = ast::VariableSetStmt::Kind;
  if (statement.is_local && session.block_state() != Session::BlockState::kBlock) {
    session.Notice("WARNING", sqlstate::kNoActiveSqlTransaction, "SET LOCAL can only be used in transaction blocks", {}, {});
  }
  switch (statement.kind) {
    case Kind::kValue: session.settings().Set(statement.name, ast::FlattenSetArguments(statement), statement.is_local); return "SET";
    case Kind::kDefault: session.settings().Reset(statement.name); return "SET";
    case Kind::kCurrent: session.settings().Set(statement.name, session.settings().Show(statement.name), statement.is_local); return "SET";
    case Kind::kMulti: SetTransaction(session, statement); return "SET";
    case Kind::kReset: session.settings().Reset(statement.name); return "RESET";
    case Kind::kResetAll: session.settings().ResetAll(); return "RESET";
  }
  ThrowInternal("unknown SET statement");
}

std::vector<sql::OutputColumn> ShowColumns(const ast::VariableShowStmt& statement) {
  if (statement.name == "all") {
    return {{"name", type_oid::kText}, {"setting", type_oid::kText}, {"description", type_oid::kText}};
  }
  const catalog::SettingInfo* info = catalog::FindSetting(statement.name);
  return {{info == nullptr ? std::string(statement.name) : std::string(info->name), type_oid::kText}};
}

std::string ShowCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::VariableShowStmt>(node);
  if (statement.name == "all") {
    TextRows rows(3);
    for (const catalog::Settings::Row& row : context.session.settings().All()) {
      if (row.info == nullptr) continue;
      rows.Add({std::string(row.info->name), context.session.settings().Show(row.info->name), std::string(row.info->doc)});
    }
    context.rows = rows.Finish();
  } else {
    TextRows rows(1);
    rows.Add({context.session.settings().Show(statement.name)});
    context.rows = rows.Finish();
  }
  return "SHOW";
}

std::string DiscardCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::DiscardStmt>(node);
  Session& session = context.session;
  switch (statement.target) {
    case ast::DiscardStmt::Target::kAll:
      session.RequireNoBlock("DISCARD ALL");
      session.DiscardAll();
      return "DISCARD ALL";
    case ast::DiscardStmt::Target::kPlans:
      for (auto& [name, prepared] : session.statements()) prepared->plan.reset();
      return "DISCARD PLANS";
    case ast::DiscardStmt::Target::kSequences: session.ForgetSequences(); return "DISCARD SEQUENCES";
    case ast::DiscardStmt::Target::kTemp: session.DropTemporaryRelations(); return "DISCARD TEMP";
  }
  ThrowInternal("unknown DISCARD statement");
}

}  // namespace gather::executor
