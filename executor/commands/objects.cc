#include "executor/commands/objects.h"

#include <algorithm>

#include "executor/commands/databases.h"
#include "executor/commands/drop_absent.h"
#include "executor/commands/foreign_keys.h"
#include "executor/commands/index_build.h"
#include "executor/commands/relation_names.h"
#include "executor/commands/table_definition.h"
#include "executor/commands/views.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {

std::vector<std::string_view> NameParts(const ast::Node* node) {
  std::vector<std::string_view> parts;
  if (const auto* list = ast::TryAs<ast::ListNode>(node)) {
    for (const ast::Node* item : list->items) {
      if (const auto* text = ast::TryAs<ast::String>(item)) parts.push_back(text->text);
    }
  } else if (const auto* text = ast::TryAs<ast::String>(node)) {
    parts.push_back(text->text);
  }
  return parts;
}

struct DropKind {
  catalog::RelationKind kind;
  const char* word;
  const char* article;
};
DropKind KindOf(ast::ObjectType type) {
  switch (type) {
    case ast::ObjectType::kIndex: return {catalog::RelationKind::kIndex, "index", "an index"};
    case ast::ObjectType::kSequence: return {catalog::RelationKind::kSequence, "sequence", "a sequence"};
    case ast::ObjectType::kView: return {catalog::RelationKind::kView, "view", "a view"};
    default: return {catalog::RelationKind::kTable, "table", "a table"};
  }
}

void RequireKind(const catalog::RelationEntry& relation, ast::ObjectType type) {
  const DropKind wanted = KindOf(type);
  if (relation.kind == wanted.kind) return;
  if (relation.kind == catalog::RelationKind::kSystemView) {
    throw SqlError(sqlstate::kInsufficientPrivilege, Format("permission denied: \"%s\" is a system catalog", relation.name.c_str()));
  }
  SqlError error(sqlstate::kWrongObjectType, Format("\"%s\" is not %s", relation.name.c_str(), wanted.article));
  const std::string word(KindWord(relation));
  std::string upper = word;
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  throw std::move(error).Hint(Format("Use DROP %s to remove %s %s.", upper.c_str(), word == "index" ? "an" : "a", word.c_str()));
}

void DropRelations(Session& session, const ast::DropStmt& statement) {
  const DropKind kind = KindOf(statement.type);
  std::vector<Oid> oids;
  for (const ast::Node* object : statement.objects) {
    const std::vector<std::string_view> name = NameParts(object);
    catalog::RelationRef relation;
    if (name.size() > 1 && session.catalog_view()->FindSchema(name[name.size() - 2]) == nullptr) {
      if (!statement.missing_ok) GetSchema(session, name[name.size() - 2]);
      session.Notice("NOTICE", sqlstate::kInvalidSchemaName, Format("schema \"%s\" does not exist, skipping", std::string(name[name.size() - 2]).c_str()), {}, {});
      continue;
    }
    relation = FindRelation(session, ast::Names(name), true);
    if (relation == nullptr) {
      const std::string message = Format("%s \"%s\" does not exist", kind.word, ast::NameListToString(ast::Names(name)).c_str());
      if (!statement.missing_ok) throw SqlError(statement.type == ast::ObjectType::kIndex ? sqlstate::kUndefinedObject : sqlstate::kUndefinedTable, message);
      session.Notice("NOTICE", sqlstate::kSuccessfulCompletion, message + ", skipping", {}, {});
      continue;
    }
    RequireKind(*relation, statement.type);
    RequireOwner(session, *relation);
    session.LockRelation(relation->kind == catalog::RelationKind::kIndex ? relation->index->table : relation->oid, storage::LockMode::kAccessExclusive);
    if (relation->kind == catalog::RelationKind::kIndex && relation->index->constraint_oid != kInvalidOid) {
      const catalog::RelationRef table = session.catalog_view()->FindRelation(relation->index->table);
      throw SqlError(sqlstate::kDependentObjectsStillExist,
                     Format("cannot drop index %s because constraint %s on table %s requires it", relation->name.c_str(), relation->name.c_str(), table->name.c_str()))
          .Hint(Format("You can drop constraint %s on table %s instead.", relation->name.c_str(), table->name.c_str()));
    }
    RefusePendingChecks(session, *relation, "DROP TABLE");
    LockReferences(session, *relation);
    oids.push_back(relation->oid);
  }
  // Nor are foreign keys among what goes.
  for (const Oid oid : oids) {
    const std::vector<catalog::ForeignKey> keys = session.catalog_view()->FindRelation(oid)->foreign_keys;
    for (const catalog::ForeignKey& key : keys) {
      if (std::find(oids.begin(), oids.end(), key.table) != oids.end()) session.change_catalog().DropConstraint(oid, key.name, false, nullptr);
    }
  }
  // A view dropped together with its table is no obstacle: drop dependents first.
  std::vector<std::string> dropped;
  std::sort(oids.begin(), oids.end(), std::greater<>());
  for (const Oid oid : oids) {
    if (session.catalog_view()->FindRelation(oid) != nullptr) {
      session.change_catalog().DropRelation(oid, statement.behavior == ast::DropBehavior::kCascade, &dropped);
    }
  }
  NoticeDropped(session, dropped);
}

void DropSchemas(Session& session, const ast::DropStmt& statement) {
  std::vector<std::string> dropped;
  for (const ast::Node* object : statement.objects) {
    const std::string name(ast::As<ast::String>(object).text);
    const catalog::SchemaEntry* schema = session.catalog_view()->FindSchema(name);
    if (schema == nullptr) {
      if (!statement.missing_ok) GetSchema(session, name);
      session.Notice("NOTICE", sqlstate::kInvalidSchemaName, Format("schema \"%s\" does not exist, skipping", name.c_str()), {}, {});
      continue;
    }
    if (schema->oid < kFirstUserOid && schema->name != "public") {
      throw SqlError(sqlstate::kDependentObjectsStillExist, Format("cannot drop schema %s because it is required by the database system", name.c_str()));
    }
    for (const catalog::RelationRef& relation : session.catalog_view()->Relations(schema->oid)) {
      if (relation->kind != catalog::RelationKind::kIndex) session.LockRelation(relation->oid, storage::LockMode::kAccessExclusive);
      LockReferences(session, *relation);
    }
    session.change_catalog().DropSchema(schema->oid, statement.behavior == ast::DropBehavior::kCascade, &dropped);
  }
  NoticeDropped(session, dropped);
}

std::string DropTag(ast::ObjectType type) {
  switch (type) {
    case ast::ObjectType::kIndex: return "DROP INDEX";
    case ast::ObjectType::kSequence: return "DROP SEQUENCE";
    case ast::ObjectType::kView: return "DROP VIEW";
    case ast::ObjectType::kSchema: return "DROP SCHEMA";
    default: return "DROP TABLE";
  }
}

// Text that stored expressions must be given anew when a column changes its name: bound with the old names, written with the new.
void RenameInChecks(Session& session, const catalog::RelationEntry& before, catalog::RelationEntry* after) {
  std::vector<std::string> names;
  for (const catalog::ColumnEntry& column : after->columns) {
    if (!column.dropped) names.push_back(column.name);
  }
  sql::BindContext context = session.MakeBindContext();
  for (catalog::CheckConstraint& check : after->checks) {
    check.expression_sql = sql::DeparseExpr(sql::BindTableExpression(check.expression_sql, &before, type_oid::kBool, "CHECK", context), names, context);
  }
  for (catalog::ColumnEntry& column : after->columns) {
    if (column.dropped || !column.generated) continue;
    column.default_sql = sql::DeparseExpr(sql::BindTableExpression(column.default_sql, &before, column.type, "GENERATED", context), names, context);
  }
}

void RenameInIndexes(Session& session, const catalog::RelationEntry& before, const catalog::RelationEntry& after, const std::string& old_name, const std::string& new_name) {
  std::vector<std::string> names;
  for (const catalog::ColumnEntry& column : after.columns) {
    if (!column.dropped) names.push_back(column.name);
  }
  for (const Oid oid : before.indexes) {
    catalog::RelationEntry index = *session.catalog_view()->FindRelation(oid);
    sql::BindContext context = session.MakeBindContext();
    for (size_t i = 0; i < index.index->columns.size(); ++i) {
      catalog::IndexColumn& part = index.index->columns[i];
      if (part.column.value == 0) {
        part.expression_sql = sql::DeparseExpr(sql::BindTableExpression(part.expression_sql, &before, SqlType(), "index expression", context), names, context);
      } else if (i < index.columns.size() && index.columns[i].name == old_name) {
        index.columns[i].name = new_name;
      }
    }
    if (!index.index->predicate_sql.empty()) {
      index.index->predicate_sql =
          sql::DeparseExpr(sql::BindTableExpression(index.index->predicate_sql, &before, type_oid::kBool, "index predicate", context), names, context);
    }
    session.change_catalog().ReplaceRelation(std::move(index));
  }
}

void RenameColumn(Session& session, const ast::RenameStmt& statement) {
  const catalog::RelationRef relation = LockTable(session, *statement.relation, storage::LockMode::kAccessExclusive, statement.missing_ok);
  if (relation == nullptr) return;
  RequireOwner(session, *relation);
  const std::string from(statement.sub_name), to(statement.new_name);
  const catalog::ColumnEntry* column = relation->FindColumn(from);
  if (column == nullptr) throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" does not exist", from.c_str()));
  if (relation->FindColumn(to) != nullptr) {
    throw SqlError(sqlstate::kDuplicateColumn, Format("column \"%s\" of relation \"%s\" already exists", to.c_str(), relation->name.c_str()));
  }
  const ViewTexts views = BindDependentViews(session, relation->oid);
  catalog::RelationEntry changed = *relation;
  changed.columns[static_cast<size_t>(column->id.value) - 1].name = to;
  RenameInChecks(session, *relation, &changed);
  RenameInIndexes(session, *relation, changed, from, to);
  session.change_catalog().ReplaceRelation(std::move(changed));
  RewriteDependentViews(session, views);
}

void RenameRelation(Session& session, const ast::RenameStmt& statement) {
  const catalog::RelationRef relation = LockTable(session, *statement.relation, storage::LockMode::kAccessExclusive, statement.missing_ok);
  if (relation == nullptr) {
    session.Notice("NOTICE", sqlstate::kUndefinedTable, Format("relation \"%s\" does not exist, skipping", QualifiedName(*statement.relation).c_str()), {}, {});
    return;
  }
  RequireOwner(session, *relation);
  const std::string to(statement.new_name);
  if (session.catalog_view()->FindRelation(relation->schema, to) != nullptr) {
    throw SqlError(sqlstate::kDuplicateTable, Format("relation \"%s\" already exists", to.c_str()));
  }
  const ViewTexts views = BindDependentViews(session, relation->oid);
  const std::vector<BoundDefault> defaults = BindDefaultsWith(session, *relation);
  catalog::RelationEntry changed = *relation;
  changed.name = to;
  session.change_catalog().ReplaceRelation(std::move(changed));
  RewriteDependentViews(session, views);
  RewriteDefaults(session, defaults);
}

void RenameConstraint(Session& session, const ast::RenameStmt& statement) {
  const catalog::RelationRef table = LockTable(session, *statement.relation, storage::LockMode::kAccessExclusive);
  RequireOwner(session, *table);
  const std::string from(statement.sub_name), to(statement.new_name);
  catalog::RelationEntry changed = *table;
  for (catalog::CheckConstraint& check : changed.checks) {
    if (check.name != from) continue;
    check.name = to;
    session.change_catalog().ReplaceRelation(std::move(changed));
    return;
  }
  for (catalog::ForeignKey& key : changed.foreign_keys) {
    if (key.name != from) continue;
    key.name = to;
    session.change_catalog().ReplaceRelation(std::move(changed));
    return;
  }
  for (const Oid oid : table->indexes) {
    catalog::RelationEntry index = *session.catalog_view()->FindRelation(oid);
    if (index.name != from || index.index->constraint_oid == kInvalidOid) continue;
    index.name = to;
    session.change_catalog().ReplaceRelation(std::move(index));
    return;
  }
  throw SqlError(sqlstate::kUndefinedObject, Format("constraint \"%s\" for table \"%s\" does not exist", from.c_str(), table->name.c_str()));
}

}  // namespace

std::string DropCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::DropStmt>(node);
  switch (statement.type) {
    case ast::ObjectType::kTable: case ast::ObjectType::kView: case ast::ObjectType::kIndex: case ast::ObjectType::kSequence:
      DropRelations(context.session, statement);
      return DropTag(statement.type);
    case ast::ObjectType::kSchema:
      DropSchemas(context.session, statement);
      return DropTag(statement.type);
    default: break;
  }
  for (const ast::Node* object : statement.objects) DropAbsent(context.session, statement, *object);
  return std::string(context.statement.tag);
}

std::string RenameCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::RenameStmt>(node);
  Session& session = context.session;
  switch (statement.type) {
    case ast::ObjectType::kColumn: RenameColumn(session, statement); break;
    case ast::ObjectType::kTableConstraint: RenameConstraint(session, statement); break;
    case ast::ObjectType::kTable: case ast::ObjectType::kView: case ast::ObjectType::kIndex: case ast::ObjectType::kSequence:
      RenameRelation(session, statement);
      break;
    case ast::ObjectType::kDatabase: RenameDatabase(session, std::string(statement.sub_name), std::string(statement.new_name)); break;
    default: ThrowNotSupported("this form of RENAME is not supported yet");
  }
  return std::string(context.statement.tag);
}

std::string SetSchemaCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::AlterObjectSchemaStmt>(node);
  Session& session = context.session;
  if (statement.relation == nullptr) ThrowNotSupported("this form of SET SCHEMA is not supported yet");
  const catalog::RelationRef relation = LockTable(session, *statement.relation, storage::LockMode::kAccessExclusive, statement.missing_ok);
  if (relation == nullptr) {
    session.Notice("NOTICE", sqlstate::kUndefinedTable, Format("relation \"%s\" does not exist, skipping", QualifiedName(*statement.relation).c_str()), {}, {});
    return std::string(context.statement.tag);
  }
  RequireOwner(session, *relation);
  const catalog::SchemaEntry& schema = GetSchema(session, statement.new_schema);
  if (session.catalog_view()->FindRelation(schema.oid, relation->name) != nullptr && schema.oid != relation->schema) {
    throw SqlError(sqlstate::kDuplicateTable, Format("relation \"%s\" already exists in schema \"%s\"", relation->name.c_str(), schema.name.c_str()));
  }
  const Oid schema_oid = schema.oid;
  const ViewTexts views = BindDependentViews(session, relation->oid);
  // Indexes and owned sequences move along.
  std::vector<BoundDefault> defaults = BindDefaultsWith(session, *relation);
  std::vector<Oid> moving = relation->indexes;
  for (const catalog::ColumnEntry& column : relation->columns) {
    if (column.sequence == kInvalidOid) continue;
    moving.push_back(column.sequence);
    const std::vector<BoundDefault> own = BindDefaultsWith(session, *session.catalog_view()->FindRelation(column.sequence));
    defaults.insert(defaults.end(), own.begin(), own.end());
  }
  moving.push_back(relation->oid);
  for (const Oid oid : moving) {
    catalog::RelationEntry changed = *session.catalog_view()->FindRelation(oid);
    changed.schema = schema_oid;
    session.change_catalog().ReplaceRelation(std::move(changed));
  }
  RewriteDependentViews(session, views);
  RewriteDefaults(session, defaults);
  return std::string(context.statement.tag);
}

std::string OwnerCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::AlterOwnerStmt>(node);
  Session& session = context.session;
  const catalog::RoleEntry* role = statement.new_owner->type == ast::RoleSpecType::kName ? session.catalog_view()->FindRole(statement.new_owner->name)
                                                                                         : session.catalog_view()->FindRole(session.user_oid());
  if (role == nullptr) throw SqlError(sqlstate::kUndefinedObject, Format("role \"%s\" does not exist", std::string(statement.new_owner->name).c_str()));
  if (statement.type == ast::ObjectType::kDatabase) {
    SetDatabaseOwner(session, std::string(NameParts(statement.object).back()), role->oid);
    return std::string(context.statement.tag);
  }
  if (statement.type == ast::ObjectType::kSchema) {
    catalog::SchemaEntry schema = GetSchema(session, NameParts(statement.object).back());
    schema.owner = role->oid;
    session.change_catalog().ReplaceSchema(std::move(schema));
    return std::string(context.statement.tag);
  }
  if (statement.relation == nullptr) ThrowNotSupported("this form of OWNER TO is not supported yet");
  const catalog::RelationRef relation = LockTable(session, *statement.relation, storage::LockMode::kAccessExclusive);
  RequireOwner(session, *relation);
  catalog::RelationEntry changed = *relation;
  changed.owner = role->oid;
  session.change_catalog().ReplaceRelation(std::move(changed));
  return std::string(context.statement.tag);
}

std::string CommentCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::CommentStmt>(node);
  Session& session = context.session;
  const std::string text = statement.is_null ? std::string() : std::string(statement.comment);
  std::vector<std::string_view> name = NameParts(statement.object);
  switch (statement.type) {
    case ast::ObjectType::kTable: case ast::ObjectType::kView: case ast::ObjectType::kIndex: case ast::ObjectType::kSequence: {
      catalog::RelationEntry changed = *FindRelation(session, ast::Names(name));
      RequireOwner(session, changed);
      changed.comment = text;
      session.change_catalog().ReplaceRelation(std::move(changed));
      break;
    }
    case ast::ObjectType::kColumn: {
      const std::string_view column_name = name.back();
      name.pop_back();
      catalog::RelationEntry changed = *FindRelation(session, ast::Names(name));
      RequireOwner(session, changed);
      const catalog::ColumnEntry* column = changed.FindColumn(column_name);
      if (column == nullptr) {
        throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", std::string(column_name).c_str(), changed.name.c_str()));
      }
      changed.columns[static_cast<size_t>(column->id.value) - 1].comment = text;
      session.change_catalog().ReplaceRelation(std::move(changed));
      break;
    }
    case ast::ObjectType::kSchema: {
      catalog::SchemaEntry changed = GetSchema(session, name.back());
      changed.comment = text;
      session.change_catalog().ReplaceSchema(std::move(changed));
      break;
    }
    case ast::ObjectType::kDatabase: CommentOnDatabase(session, std::string(name.back()), text); break;
    case ast::ObjectType::kRole: {
      const catalog::RoleEntry* role = session.catalog_view()->FindRole(name.back());
      if (role == nullptr) throw SqlError(sqlstate::kUndefinedObject, Format("role \"%s\" does not exist", std::string(name.back()).c_str()));
      catalog::RoleEntry changed = *role;
      changed.comment = text;
      session.change_catalog().PutRole(std::move(changed));
      break;
    }
    case ast::ObjectType::kExtension: break;
    default: ThrowNotSupported("comments on this kind of object are not supported yet");
  }
  return "COMMENT";
}

namespace {
// The tables named, and with CASCADE those that refer to them: all locked. Without, these are an error.
std::vector<Oid> TablesToTruncate(Session& session, const ast::TruncateStmt& statement) {
  std::vector<Oid> tables;
  const auto listed = [&](Oid oid) { return std::find(tables.begin(), tables.end(), oid) != tables.end(); };
  for (const ast::RangeVar* name : statement.relations) {
    const catalog::RelationRef table = LockTable(session, *name, storage::LockMode::kAccessExclusive);
    if (table->kind != catalog::RelationKind::kTable) throw SqlError(sqlstate::kWrongObjectType, Format("\"%s\" is not a table", table->name.c_str()));
    RequireOwner(session, *table);
    if (!listed(table->oid)) tables.push_back(table->oid);
  }
  for (size_t i = 0; i < tables.size(); ++i) {
    const catalog::RelationRef table = session.catalog_view()->FindRelation(tables[i]);
    for (const catalog::Reference& reference : session.catalog_view()->ReferencesTo(*table)) {
      if (listed(reference.table->oid)) continue;
      if (statement.behavior != ast::DropBehavior::kCascade) {
        throw SqlError(sqlstate::kFeatureNotSupported, "cannot truncate a table referenced in a foreign key constraint")
            .Detail(Format("Table \"%s\" references \"%s\".", reference.table->name.c_str(), table->name.c_str()))
            .Hint(Format("Truncate table \"%s\" at the same time, or use TRUNCATE ... CASCADE.", reference.table->name.c_str()));
      }
      session.Notice("NOTICE", sqlstate::kSuccessfulCompletion, Format("truncate cascades to table \"%s\"", reference.table->name.c_str()), {}, {});
      session.LockRelation(reference.table->oid, storage::LockMode::kAccessExclusive);
      RequireOwner(session, *reference.table);
      tables.push_back(reference.table->oid);
    }
  }
  return tables;
}
}  // namespace

std::string TruncateCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::TruncateStmt>(node);
  Session& session = context.session;
  for (const Oid table : TablesToTruncate(session, statement)) {
    RefusePendingChecks(session, *session.catalog_view()->FindRelation(table), "TRUNCATE");
    catalog::RelationEntry emptied = *session.catalog_view()->FindRelation(table);
    emptied.storage = StorageId();
    const std::vector<Oid> indexes = emptied.indexes;
    std::vector<Oid> sequences;
    for (const catalog::ColumnEntry& column : emptied.columns) {
      if (column.sequence != kInvalidOid) sequences.push_back(column.sequence);
    }
    session.change_catalog().ReplaceRelation(std::move(emptied));
    for (const Oid oid : indexes) {
      catalog::RelationEntry index = *session.catalog_view()->FindRelation(oid);
      index.storage = StorageId();
      session.change_catalog().ReplaceRelation(std::move(index));
    }
    if (statement.restart_seqs) {
      for (const Oid oid : sequences) {
        catalog::RelationEntry sequence = *session.catalog_view()->FindRelation(oid);
        sequence.storage = StorageId();
        session.change_catalog().ReplaceRelation(std::move(sequence));
      }
    }
  }
  return "TRUNCATE TABLE";
}

}  // namespace gather::executor
