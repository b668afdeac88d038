#include "executor/commands/schemas.h"

#include "executor/commands/nested.h"
#include "executor/commands/relation_names.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {
Oid RoleOid(Session& session, const ast::RoleSpec& role) {
  if (role.type != ast::RoleSpecType::kName) return session.user_oid();
  const catalog::RoleEntry* entry = session.catalog_view()->FindRole(role.name);
  if (entry == nullptr) throw SqlError(sqlstate::kUndefinedObject, Format("role \"%s\" does not exist", std::string(role.name).c_str()));
  return entry->oid;
}

void RequireSuperuser(Session& session, const std::string& what) {
  const catalog::RoleEntry* role = session.catalog_view()->FindRole(session.user_oid());
  if (role == nullptr || !role->superuser) throw SqlError(sqlstate::kInsufficientPrivilege, "permission denied to " + what);
}

void ApplyRoleOptions(std::span<const ast::DefElem* const> options, catalog::RoleEntry* role) {
  for (const ast::DefElem* option : options) {
    const std::string_view name = option->name;
    if (name == "superuser") role->superuser = ast::DefElemBoolean(*option);
    else if (name == "createrole") role->create_role = ast::DefElemBoolean(*option);
    else if (name == "createdb") role->create_db = ast::DefElemBoolean(*option);
    else if (name == "canlogin") role->can_login = ast::DefElemBoolean(*option);
    else if (name == "inherit") role->inherit = ast::DefElemBoolean(*option);
    else if (name == "isreplication") role->replication = ast::DefElemBoolean(*option);
    else if (name == "bypassrls") role->bypass_rls = ast::DefElemBoolean(*option);
    else if (name == "connectionlimit") role->connection_limit = ast::DefElemInt32(*option);
    else if (name == "password" || name == "validUntil" || name == "addroleto" || name == "rolemembers" || name == "adminmembers") {
      ThrowNotSupported(Format("role option \"%s\" is not supported yet", std::string(name).c_str()));
    }
  }
}

catalog::RoleEntry FindRoleEntry(Session& session, std::string_view name) {
  const catalog::RoleEntry* role = session.catalog_view()->FindRole(name);
  if (role == nullptr) throw SqlError(sqlstate::kUndefinedObject, Format("role \"%s\" does not exist", std::string(name).c_str()));
  return *role;
}
}  // namespace

std::string CreateSchemaCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::CreateSchemaStmt>(node);
  Session& session = context.session;
  catalog::SchemaEntry schema;
  schema.oid = kInvalidOid;
  schema.owner = statement.owner == nullptr ? session.user_oid() : RoleOid(session, *statement.owner);
  schema.name = !statement.name.empty() ? std::string(statement.name) : session.catalog_view()->FindRole(schema.owner)->name;
  if (schema.name.starts_with("pg_")) {
    throw SqlError(sqlstate::kReservedName, Format("unacceptable schema name \"%s\"", schema.name.c_str())).Detail("The prefix \"pg_\" is reserved for system schemas.");
  }
  if (session.catalog_view()->FindSchema(schema.name) != nullptr) {
    const std::string message = Format("schema \"%s\" already exists", schema.name.c_str());
    if (!statement.if_not_exists) throw SqlError(sqlstate::kDuplicateSchema, message);
    session.Notice("NOTICE", sqlstate::kDuplicateSchema, message + ", skipping", {}, {});
    return "CREATE SCHEMA";
  }
  const std::string name = schema.name;
  session.change_catalog().CreateSchema(std::move(schema));
  if (statement.elements.empty()) return "CREATE SCHEMA";
  // Elements are created in the new schema, as if it were first in search_path.
  const uint64_t mark = session.settings().Mark();
  session.settings().Set("search_path", QuoteIdentifier(name), true);
  for (const ast::Node* element : statement.elements) {
    sql::BindContext bind = session.MakeBindContext();
    const sql::BoundStatement inner = sql::Bind(NestedStatement(context.statement, element), bind);
    CommandContext nested{session, inner, context.parameters, context.sink, context.rows};
    RunCommandNode(nested, *element);
  }
  session.settings().RollbackTo(mark);
  return "CREATE SCHEMA";
}

std::string CreateRoleCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::CreateRoleStmt>(node);
  Session& session = context.session;
  RequireSuperuser(session, "create role");
  if (session.catalog_view()->FindRole(statement.role) != nullptr) {
    throw SqlError(sqlstate::kDuplicateObject, Format("role \"%s\" already exists", std::string(statement.role).c_str()));
  }
  catalog::RoleEntry role;
  role.oid = session.instance().storage.NewOid();
  role.name = statement.role;
  role.can_login = statement.kind == ast::CreateRoleStmt::Kind::kUser;
  ApplyRoleOptions(statement.options, &role);
  session.change_catalog().PutRole(std::move(role));
  return std::string(context.statement.tag);
}

std::string AlterRoleCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::AlterRoleStmt>(node);
  Session& session = context.session;
  RequireSuperuser(session, "alter role");
  catalog::RoleEntry role = FindRoleEntry(session, statement.role->type == ast::RoleSpecType::kName ? statement.role->name : std::string_view(session.user_name()));
  ApplyRoleOptions(statement.options, &role);
  session.change_catalog().PutRole(std::move(role));
  return std::string(context.statement.tag);
}

std::string DropRoleCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::DropRoleStmt>(node);
  Session& session = context.session;
  RequireSuperuser(session, "drop role");
  for (const ast::RoleSpec* spec : statement.roles) {
    const std::string name(spec->name);
    const catalog::RoleEntry* role = session.catalog_view()->FindRole(name);
    if (role == nullptr) {
      const std::string message = Format("role \"%s\" does not exist", name.c_str());
      if (!statement.missing_ok) throw SqlError(sqlstate::kUndefinedObject, message);
      session.Notice("NOTICE", sqlstate::kUndefinedObject, message + ", skipping", {}, {});
      continue;
    }
    if (role->oid == session.user_oid()) throw SqlError(sqlstate::kObjectInUse, "current user cannot be dropped");
    for (const catalog::RelationRef& relation : session.catalog_view()->Relations()) {
      if (relation->owner == role->oid) {
        throw SqlError(sqlstate::kDependentObjectsStillExist, Format("role \"%s\" cannot be dropped because some objects depend on it", name.c_str()))
            .Detail(Format("owner of %s %s", std::string(KindWord(*relation)).c_str(), relation->name.c_str()));
      }
    }
    session.change_catalog().DropRole(role->oid);
  }
  return std::string(context.statement.tag);
}

std::string CreateExtensionCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::CreateExtensionStmt>(node);
  if (statement.name == "plpgsql") {
    const std::string message = "extension \"plpgsql\" already exists";
    if (!statement.if_not_exists) throw SqlError(sqlstate::kDuplicateObject, message);
    context.session.Notice("NOTICE", sqlstate::kDuplicateObject, message + ", skipping", {}, {});
    return "CREATE EXTENSION";
  }
  throw SqlError(sqlstate::kFeatureNotSupported, Format("extension \"%s\" is not available", std::string(statement.name).c_str()));
}

}  // namespace gather::executor
