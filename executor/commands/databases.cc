#include "executor/commands/databases.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "executor/commands/relation_names.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {

// As PostgreSQL: sessions that are about to end get so much time.
constexpr auto kDisconnectWait = std::chrono::seconds(5);
constexpr auto kDisconnectPause = std::chrono::milliseconds(10);

const catalog::DatabaseEntry* TryFind(Session& session, std::string_view name) {
  for (const catalog::DatabaseEntry* database : session.catalog_view()->Databases()) {
    if (database->name == name) return database;
  }
  return nullptr;
}

catalog::DatabaseEntry Find(Session& session, std::string_view name) {
  const catalog::DatabaseEntry* found = TryFind(session, name);
  if (found == nullptr) throw SqlError(sqlstate::kInvalidCatalogName, Format("database \"%s\" does not exist", std::string(name).c_str()));
  return *found;
}

const catalog::RoleEntry& CurrentRole(Session& session) {
  const catalog::RoleEntry* role = session.catalog_view()->FindRole(session.user_oid());
  if (role == nullptr) ThrowInternal("the current role does not exist");
  return *role;
}

catalog::DatabaseEntry FindOwn(Session& session, std::string_view name) {
  catalog::DatabaseEntry entry = Find(session, name);
  if (!CurrentRole(session).superuser && entry.owner != session.user_oid()) {
    throw SqlError(sqlstate::kInsufficientPrivilege, Format("must be owner of database %s", entry.name.c_str()));
  }
  return entry;
}

bool IsOneOf(std::string word, std::initializer_list<std::string_view> words) {
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Every database is UTF-8 with byte order.
void CheckEncoding(const ast::DefElem& option) {
  if (const auto* number = ast::TryAs<ast::Integer>(option.arg); number != nullptr ? number->value == 6 : IsOneOf(ast::DefElemString(option), {"utf8", "utf-8", "unicode"})) return;
  ThrowNotSupported("databases have the encoding UTF8 only");
}

void CheckLocale(const ast::DefElem& option) {
  const std::string locale = ast::DefElemString(option);
  if (!IsOneOf(locale, {"c", "posix", "c.utf-8", "c.utf8"})) ThrowNotSupported(Format("locale \"%s\" is not supported", locale.c_str()));
}

[[noreturn]] void ThrowUnknownOption(const ast::DefElem& option) {
  throw SqlError(sqlstate::kSyntaxError, Format("option \"%s\" not recognized", std::string(option.name).c_str())).At(option.location);
}

// What CREATE and ALTER share.
bool ApplyOption(const ast::DefElem& option, catalog::DatabaseEntry& entry) {
  if (option.name == "is_template") {
    entry.is_template = ast::DefElemBoolean(option);
  } else if (option.name == "allow_connections") {
    entry.allow_connections = ast::DefElemBoolean(option);
  } else if (option.name == "connection_limit") {
    entry.connection_limit = ast::DefElemInt32(option);
    if (entry.connection_limit < -1) throw SqlError(sqlstate::kInvalidParameterValue, Format("invalid connection limit: %d", entry.connection_limit));
  } else {
    return false;
  }
  return true;
}

// 55006 when sessions are left in it.
void RequireUnused(Session& session, const catalog::DatabaseEntry& entry) {
  const auto deadline = std::chrono::steady_clock::now() + kDisconnectWait;
  uint32_t others = 0;
  while ((others = session.instance().catalog.Connections(entry.oid)) > 0 && std::chrono::steady_clock::now() < deadline) {
    session.interrupt().Check();
    std::this_thread::sleep_for(kDisconnectPause);
  }
  if (others == 0) return;
  throw SqlError(sqlstate::kObjectInUse, Format("database \"%s\" is being accessed by other users", entry.name.c_str()))
      .Detail(others == 1 ? "There is 1 other session using the database." : Format("There are %u other sessions using the database.", others));
}

void EndSessionsOf(Session& session, Oid database) {
  for (const catalog::SessionActivity& other : session.Activity()) {
    if (other.database == database) session.TerminateBackend(other.pid);
  }
}

}  // namespace

std::string CreateDatabaseCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::CreatedbStmt>(node);
  Session& session = context.session;
  session.RequireNoBlock("CREATE DATABASE");
  catalog::DatabaseEntry entry;
  entry.name = statement.name;
  entry.owner = session.user_oid();
  std::string template_name = "template1";
  for (const ast::DefElem* option : statement.options) {
    // DEFAULT has no value.
    if (option->arg == nullptr || ApplyOption(*option, entry)) continue;
    if (option->name == "owner") {
      const catalog::RoleEntry* role = session.catalog_view()->FindRole(ast::DefElemString(*option));
      if (role == nullptr) throw SqlError(sqlstate::kUndefinedObject, Format("role \"%s\" does not exist", ast::DefElemString(*option).c_str()));
      entry.owner = role->oid;
    } else if (option->name == "template") {
      template_name = ast::DefElemString(*option);
    } else if (option->name == "encoding") {
      CheckEncoding(*option);
    } else if (option->name == "locale" || option->name == "lc_collate" || option->name == "lc_ctype") {
      CheckLocale(*option);
    } else if (option->name == "tablespace") {
      const std::string tablespace = ast::DefElemString(*option);
      if (tablespace != "pg_default") throw SqlError(sqlstate::kUndefinedObject, Format("tablespace \"%s\" does not exist", tablespace.c_str()));
    } else if (option->name != "strategy") {
      ThrowUnknownOption(*option);
    }
  }
  const catalog::RoleEntry& role = CurrentRole(session);
  if (!role.superuser && !role.create_db) throw SqlError(sqlstate::kInsufficientPrivilege, "permission denied to create database");
  const catalog::DatabaseEntry* from = TryFind(session, template_name);
  if (from == nullptr) throw SqlError(sqlstate::kInvalidCatalogName, Format("template database \"%s\" does not exist", template_name.c_str()));
  if (!from->is_template && !role.superuser && from->owner != role.oid) {
    throw SqlError(sqlstate::kInsufficientPrivilege, Format("permission denied to copy database \"%s\"", template_name.c_str()));
  }
  session.change_catalog().CreateDatabase(std::move(entry), from->oid);
  return "CREATE DATABASE";
}

std::string DropDatabaseCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::DropdbStmt>(node);
  Session& session = context.session;
  session.RequireNoBlock("DROP DATABASE");
  bool force = false;
  for (const ast::DefElem* option : statement.options) {
    if (option->name != "force") {
      throw SqlError(sqlstate::kSyntaxError, Format("unrecognized DROP DATABASE option \"%s\"", std::string(option->name).c_str())).At(option->location);
    }
    force = true;
  }
  if (statement.missing_ok && TryFind(session, statement.name) == nullptr) {
    session.Notice("NOTICE", sqlstate::kSuccessfulCompletion, Format("database \"%s\" does not exist, skipping", std::string(statement.name).c_str()), {}, {});
    return "DROP DATABASE";
  }
  const catalog::DatabaseEntry entry = FindOwn(session, statement.name);
  if (entry.name == session.database_name()) throw SqlError(sqlstate::kObjectInUse, "cannot drop the currently open database");
  if (entry.is_template) throw SqlError(sqlstate::kWrongObjectType, "cannot drop a template database");
  if (force) EndSessionsOf(session, entry.oid);
  RequireUnused(session, entry);
  session.change_catalog().DropDatabase(entry.oid);
  return "DROP DATABASE";
}

std::string AlterDatabaseCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::AlterDatabaseStmt>(node);
  catalog::DatabaseEntry entry = FindOwn(context.session, statement.name);
  for (const ast::DefElem* option : statement.options) {
    if (option->name == "tablespace") ThrowNotSupported("tablespaces are not supported yet");
    if (!ApplyOption(*option, entry)) ThrowUnknownOption(*option);
  }
  if (!entry.allow_connections && entry.name == context.session.database_name()) {
    throw SqlError(sqlstate::kInvalidParameterValue, "cannot disallow connections for current database");
  }
  context.session.change_catalog().ReplaceDatabase(std::move(entry));
  return "ALTER DATABASE";
}

std::string AlterDatabaseSetCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::AlterDatabaseSetStmt>(node);
  Session& session = context.session;
  catalog::DatabaseEntry entry = FindOwn(session, statement.name);
  const ast::VariableSetStmt& set = *statement.set;
  using Kind = ast::VariableSetStmt::Kind;
  if (set.kind == Kind::kResetAll) {
    entry.settings.clear();
  } else {
    // Checked on a copy: this session keeps its own values.
    catalog::Settings checked = session.settings();
    std::string value;
    if (set.kind == Kind::kValue) {
      value = ast::FlattenSetArguments(set);
      checked.Set(set.name, value);
    } else {
      value = checked.Show(set.name);
    }
    const catalog::SettingInfo* info = catalog::FindSetting(set.name);
    const std::string name(info == nullptr ? set.name : info->name);
    std::erase_if(entry.settings, [&](const auto& setting) { return setting.first == name; });
    if (set.kind == Kind::kValue || set.kind == Kind::kCurrent) entry.settings.emplace_back(name, value);
  }
  session.change_catalog().ReplaceDatabase(std::move(entry));
  return "ALTER DATABASE";
}

void RenameDatabase(Session& session, const std::string& from, const std::string& to) {
  catalog::DatabaseEntry entry = FindOwn(session, from);
  if (entry.name == session.database_name()) ThrowNotSupported("current database cannot be renamed");
  if (TryFind(session, to) != nullptr) throw SqlError(sqlstate::kDuplicateDatabase, Format("database \"%s\" already exists", to.c_str()));
  RequireUnused(session, entry);
  entry.name = to;
  session.change_catalog().ReplaceDatabase(std::move(entry));
}

void SetDatabaseOwner(Session& session, const std::string& name, Oid owner) {
  catalog::DatabaseEntry entry = FindOwn(session, name);
  entry.owner = owner;
  session.change_catalog().ReplaceDatabase(std::move(entry));
}

void CommentOnDatabase(Session& session, const std::string& name, const std::string& comment) {
  catalog::DatabaseEntry entry = FindOwn(session, name);
  entry.comment = comment;
  session.change_catalog().ReplaceDatabase(std::move(entry));
}

}  // namespace gather::executor
