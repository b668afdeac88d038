#include "executor/commands/maintenance.h"

#include "executor/commands/relation_names.h"

namespace gather::executor {

namespace ast = sql::ast;

// VACUUM freezes full row groups at once instead of waiting for the maintenance thread. ANALYZE checks its arguments; the planner reads
// row counts from storage and samples tables when it plans.
std::string VacuumCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::VacuumStmt>(node);
  Session& session = context.session;
  if (statement.is_vacuum) session.RequireNoBlock("VACUUM");
  std::vector<catalog::RelationRef> tables;
  for (const ast::VacuumRelation* relation : statement.relations) {
    const catalog::RelationRef table = FindTable(session, *relation->relation);
    for (const std::string_view column : relation->columns) {
      if (table->FindColumn(column) == nullptr) {
        throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", std::string(column).c_str(), table->name.c_str()));
      }
    }
    tables.push_back(table);
  }
  if (statement.relations.empty()) {
    for (const catalog::RelationRef& relation : session.catalog_view()->Relations()) {
      if (relation->kind == catalog::RelationKind::kTable && relation->table != nullptr) tables.push_back(relation);
    }
  }
  if (statement.is_vacuum) {
    for (const catalog::RelationRef& table : tables) {
      session.LockRelation(table->oid, storage::LockMode::kShareUpdateExclusive);
      table->table->Freeze();
      session.interrupt().Check();
    }
  }
  return statement.is_vacuum ? "VACUUM" : "ANALYZE";
}

std::string CheckpointCommand(CommandContext&, const ast::Node&) { return "CHECKPOINT"; }

}  // namespace gather::executor
