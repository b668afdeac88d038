#include "executor/commands/prepared.h"

#include "executor/commands/nested.h"

namespace gather::executor {

namespace ast = sql::ast;

std::string PrepareCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::PrepareStmt>(node);
  Session& session = context.session;
  std::string name(statement.name);
  if (name.empty()) throw SqlError(SqlState{"26000"}, "invalid statement name: must not be empty");
  if (session.statements().contains(name)) {
    throw SqlError(sqlstate::kDuplicatePreparedStatement, Format("prepared statement \"%s\" already exists", name.c_str()));
  }
  std::vector<Oid> types;
  for (const ast::TypeName* type : statement.arg_types) types.push_back(sql::ResolveTypeName(*type, *session.catalog_view()).oid);
  auto prepared = session.MakePrepared(name, NestedStatement(context.statement, statement.query), context.statement.text, std::move(types));
  prepared->from_sql = true;
  session.statements()[name] = std::move(prepared);
  return "PREPARE";
}

std::unique_ptr<Portal> PortalOfExecute(Session& session, const ast::ExecuteStmt& statement, std::string portal_name) {
  const std::string name(statement.name);
  session.FindStatement(name);
  const std::shared_ptr<PreparedStatement> prepared = session.statements().at(name);
  if (statement.params.size() != prepared->parameter_types.size()) {
    throw SqlError(sqlstate::kSyntaxError, Format("wrong number of parameters for prepared statement \"%s\"", name.c_str()))
        .Detail(Format("Expected %zu parameters but got %zu.", prepared->parameter_types.size(), statement.params.size()));
  }
  std::vector<Datum> parameters;
  for (size_t i = 0; i < statement.params.size(); ++i) {
    sql::BindContext bind = session.MakeBindContext();
    const sql::ExprRef expr = sql::BindTableExpression(*statement.params[i], nullptr, prepared->parameter_types[i], "EXECUTE parameter", bind);
    parameters.push_back(EvaluateExpression(expr, session.MakeExecutionContext()));
  }
  return session.MakePortal(std::move(portal_name), prepared, std::move(parameters));
}

std::string ExecuteCommand(CommandContext& context, const ast::Node& node) {
  Session& session = context.session;
  std::unique_ptr<Portal> portal = PortalOfExecute(session, ast::As<ast::ExecuteStmt>(node), "");
  if (portal->bound->kind == sql::StatementKind::kUtility) {
    CommandContext inner{session, *portal->bound, portal->parameters, context.sink, context.rows};
    return RunCommandNode(inner, *portal->bound->utility);
  }
  session.FetchRows(*portal, 0, [&](const Chunk& rows, uint32_t, uint32_t) { context.rows.push_back(rows); });
  return session.TagOf(*portal, portal->position);
}

std::string DeallocateCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::DeallocateStmt>(node);
  auto& statements = context.session.statements();
  if (statement.name.empty()) {
    std::erase_if(statements, [](const auto& entry) { return !entry.first.empty(); });
    return "DEALLOCATE ALL";
  }
  const std::string name(statement.name);
  context.session.FindStatement(name);
  statements.erase(name);
  return "DEALLOCATE";
}

}  // namespace gather::executor
