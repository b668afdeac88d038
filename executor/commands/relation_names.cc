#include "executor/commands/relation_names.h"

#include <algorithm>

#include "executor/session/transaction_names.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {
constexpr size_t kMaxName = 63;                            // NAMEDATALEN - 1

// Cuts to `bytes` without splitting a character.
std::string_view ClipUtf8(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

[[noreturn]] void ThrowNoRelation(const std::string& name, int location) {
  throw SqlError(sqlstate::kUndefinedTable, Format("relation \"%s\" does not exist", name.c_str())).At(location);
}

catalog::RelationRef Find(Session& session, std::string_view schema, std::string_view name) {
  const catalog::CatalogRef catalog = session.catalog_view();
  if (schema.empty()) return catalog->FindRelation(session.SearchPath(), name);
  const catalog::SchemaEntry* entry = catalog->FindSchema(schema == "pg_temp" ? TemporarySchemaName(session.pid()) : std::string(schema));
  return entry == nullptr ? nullptr : catalog->FindRelation(entry->oid, name);
}
}  // namespace

std::string QualifiedName(const ast::RangeVar& name) {
  return name.schema.empty() ? std::string(name.name) : std::string(name.schema) + "." + std::string(name.name);
}

catalog::RelationRef FindRelation(Session& session, const ast::RangeVar& name, bool missing_ok) {
  catalog::RelationRef relation = Find(session, name.schema, name.name);
  if (relation == nullptr && !missing_ok) ThrowNoRelation(QualifiedName(name), -1);
  return relation;
}

catalog::RelationRef FindRelation(Session& session, ast::Names name, bool missing_ok) {
  catalog::RelationRef relation = Find(session, name.size() > 1 ? name[name.size() - 2] : std::string_view(), name.back());
  if (relation == nullptr && !missing_ok) ThrowNoRelation(ast::NameListToString(name), -1);
  return relation;
}

catalog::RelationRef FindTable(Session& session, const ast::RangeVar& name, bool missing_ok) {
  catalog::RelationRef relation = FindRelation(session, name, missing_ok);
  if (relation != nullptr && relation->kind != catalog::RelationKind::kTable) {
    throw SqlError(sqlstate::kWrongObjectType, Format("\"%s\" is not a table", relation->name.c_str()));
  }
  return relation;
}

catalog::RelationRef LockTable(Session& session, const ast::RangeVar& name, storage::LockMode mode, bool missing_ok) {
  for (;;) {
    const catalog::RelationRef relation = FindRelation(session, name, missing_ok);
    if (relation == nullptr) return nullptr;
    session.LockRelation(relation->oid, mode);
    catalog::RelationRef again = FindRelation(session, name, missing_ok);
    if (again == nullptr || again->oid == relation->oid) return again;
  }
}

const catalog::SchemaEntry& GetSchema(Session& session, std::string_view name) {
  const catalog::SchemaEntry* schema = session.catalog_view()->FindSchema(name);
  if (schema == nullptr) throw SqlError(sqlstate::kInvalidSchemaName, Format("schema \"%s\" does not exist", std::string(name).c_str()));
  return *schema;
}

const catalog::SchemaEntry& SchemaForNew(Session& session, const ast::RangeVar& name) {
  if (name.persistence == 't' || name.schema == "pg_temp") {
    const std::string temporary = TemporarySchemaName(session.pid());
    if (session.catalog_view()->FindSchema(temporary) == nullptr) {
      catalog::SchemaEntry entry;
      entry.oid = kInvalidOid;
      entry.name = temporary;
      entry.owner = session.user_oid();
      session.change_catalog().CreateSchema(std::move(entry));
    }
    return GetSchema(session, temporary);
  }
  if (!name.schema.empty()) {
    const catalog::SchemaEntry& schema = GetSchema(session, name.schema);
    if (schema.oid == catalog::kPgCatalogSchema) {
      throw SqlError(sqlstate::kInsufficientPrivilege, "permission denied to create \"pg_catalog." + std::string(name.name) + "\"")
          .Detail("System catalog modifications are currently disallowed.");
    }
    return schema;
  }
  const catalog::SchemaEntry* schema = session.catalog_view()->FindSchema(session.CurrentSchema());
  if (schema == nullptr) throw SqlError(sqlstate::kInvalidSchemaName, "no schema has been selected to create in").At(name.location);
  return *schema;
}

std::string MakeObjectName(std::string_view first, std::string_view second, std::string_view suffix) {
  const size_t overhead = (second.empty() ? 0 : 1) + (suffix.empty() ? 0 : 1 + suffix.size());
  size_t first_bytes = first.size(), second_bytes = second.size();
  while (first_bytes + second_bytes + overhead > kMaxName) {
    if (first_bytes > second_bytes) --first_bytes; else --second_bytes;
  }
  std::string name(ClipUtf8(first, first_bytes));
  if (!second.empty()) name.append("_").append(ClipUtf8(second, second_bytes));
  if (!suffix.empty()) name.append("_").append(suffix);
  return name;
}

std::string ChooseRelationName(Session& session, Oid schema, std::string_view table, std::string_view columns, std::string_view suffix,
                               const std::vector<std::string>& also_taken) {
  const catalog::CatalogRef catalog = session.catalog_view();
  for (int pass = 0;; ++pass) {
    std::string name = MakeObjectName(table, columns, pass == 0 ? std::string(suffix) : std::string(suffix) + std::to_string(pass));
    if (catalog->FindRelation(schema, name) == nullptr && std::find(also_taken.begin(), also_taken.end(), name) == also_taken.end()) return name;
  }
}

std::string_view KindWord(const catalog::RelationEntry& relation) {
  switch (relation.kind) {
    case catalog::RelationKind::kIndex: return "index";
    case catalog::RelationKind::kSequence: return "sequence";
    case catalog::RelationKind::kView: case catalog::RelationKind::kSystemView: return "view";
    default: return "table";
  }
}

void RequireOwner(Session& session, const catalog::RelationEntry& relation) {
  if (relation.kind == catalog::RelationKind::kSystemView) {
    throw SqlError(sqlstate::kInsufficientPrivilege, Format("permission denied: \"%s\" is a system catalog", relation.name.c_str()));
  }
  const catalog::RoleEntry* role = session.catalog_view()->FindRole(session.user_oid());
  if (relation.owner == session.user_oid() || (role != nullptr && role->superuser)) return;
  throw SqlError(sqlstate::kInsufficientPrivilege, Format("must be owner of %s %s", std::string(KindWord(relation)).c_str(), relation.name.c_str()));
}

void NoticeDropped(Session& session, const std::vector<std::string>& dropped) {
  if (dropped.empty()) return;
  if (dropped.size() == 1) {
    session.Notice("NOTICE", sqlstate::kSuccessfulCompletion, "drop cascades to " + dropped[0], {}, {});
    return;
  }
  std::string detail;
  for (const std::string& object : dropped) detail += (detail.empty() ? "drop cascades to " : "\ndrop cascades to ") + object;
  session.Notice("NOTICE", sqlstate::kSuccessfulCompletion, Format("drop cascades to %zu other objects", dropped.size()), detail, {});
}

std::string QuoteIdentifier(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted.push_back('"');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

}  // namespace gather::executor
