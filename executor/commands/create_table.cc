#include "executor/commands/foreign_keys.h"
#include "executor/commands/create_table.h"

#include "executor/commands/nested.h"
#include "executor/commands/prepared.h"
#include "executor/commands/relation_names.h"
#include "executor/commands/table_definition.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {
void ReadOptions(std::span<const ast::DefElem* const> options, catalog::RelationEntry* table) {
  for (const ast::DefElem* option : options) {
    const std::string name(option->name);
    if (name == "parallel_workers" || name == "fillfactor") {
      ast::DefElemInt32(*option);
    } else if (!name.starts_with("autovacuum_") && name != "toast_tuple_target" && name != "user_catalog_table" && name != "oids") {
      throw SqlError(sqlstate::kInvalidParameterValue, Format("unrecognized parameter \"%s\"", name.c_str()));
    }
    if (name == "oids") continue;
    table->options.emplace_back(name, option->arg == nullptr ? "true" : ast::DefElemString(*option));
  }
}

// LIKE other [INCLUDING …].
void CopyColumns(Session& session, const ast::TableLikeClause& like, catalog::RelationEntry* table, TableDefinition* pending) {
  const catalog::RelationRef source = FindRelation(session, *like.relation);
  if (source->kind == catalog::RelationKind::kIndex || source->kind == catalog::RelationKind::kSequence) {
    throw SqlError(sqlstate::kWrongObjectType, Format("relation \"%s\" is invalid in LIKE clause", source->name.c_str()));
  }
  for (const catalog::ColumnEntry& from : source->columns) {
    if (from.dropped) continue;
    if (table->FindColumn(from.name) != nullptr) {
      throw SqlError(sqlstate::kDuplicateColumn, Format("column \"%s\" specified more than once", from.name.c_str()));
    }
    catalog::ColumnEntry column;
    column.id = ColumnId(static_cast<int16_t>(table->columns.size() + 1));
    column.name = from.name;
    column.type = from.type;
    column.not_null = from.not_null;
    column.collation = from.collation;
    column.generated = from.generated && (like.options & ast::TableLikeClause::kGenerated) != 0;
    if (column.generated || (!from.generated && (like.options & ast::TableLikeClause::kDefaults) != 0)) column.default_sql = from.default_sql;
    if (like.options & ast::TableLikeClause::kComments) column.comment = from.comment;
    if ((like.options & ast::TableLikeClause::kIdentity) && from.identity != catalog::Identity::kNone) {
      column.identity = from.identity;
      pending->sequences.push_back({table->columns.size(), false, {}});
    }
    table->columns.push_back(std::move(column));
  }
  if (like.options & ast::TableLikeClause::kConstraints) {
    for (catalog::CheckConstraint check : source->checks) {
      check.oid = kInvalidOid;
      table->checks.push_back(std::move(check));
    }
  }
}
}  // namespace

std::string CreateTableCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::CreateStmt>(node);
  Session& session = context.session;
  if (!statement.inherits.empty()) ThrowNotSupported("table inheritance is not supported");
  if (statement.partition_spec != nullptr || statement.partition_bound != nullptr) ThrowNotSupported("partitioned tables are not supported yet");
  if (statement.of_type != nullptr) ThrowNotSupported("typed tables are not supported");
  if (statement.foreign) ThrowNotSupported("foreign tables are not supported");
  if (statement.on_commit == ast::OnCommitAction::kDrop || statement.on_commit == ast::OnCommitAction::kDeleteRows) {
    if (statement.relation->persistence != 't') {
      throw SqlError(sqlstate::kInvalidTableDefinition, "ON COMMIT can only be used on temporary tables");
    }
    ThrowNotSupported("ON COMMIT DROP and ON COMMIT DELETE ROWS are not supported yet");
  }
  const catalog::SchemaEntry& schema = SchemaForNew(session, *statement.relation);
  const Oid schema_oid = schema.oid;
  catalog::RelationEntry table;
  table.oid = kInvalidOid;
  table.schema = schema_oid;
  table.name = statement.relation->name;
  table.owner = session.user_oid();
  table.temporary = statement.relation->persistence == 't';
  if (session.catalog_view()->FindRelation(schema_oid, table.name) != nullptr) {
    if (!statement.if_not_exists) throw SqlError(sqlstate::kDuplicateTable, Format("relation \"%s\" already exists", table.name.c_str()));
    session.Notice("NOTICE", sqlstate::kDuplicateTable, Format("relation \"%s\" already exists, skipping", table.name.c_str()), {}, {});
    return "CREATE TABLE";
  }
  TableDefinition pending;
  for (const ast::Node* element : statement.table_elts) {
    if (const auto* column = ast::TryAs<ast::ColumnDef>(element)) {
      AddColumnDefinition(session, *column, &table, &pending);
    } else if (const auto* like = ast::TryAs<ast::TableLikeClause>(element)) {
      CopyColumns(session, *like, &table, &pending);
    } else if (const auto* constraint = ast::TryAs<ast::Constraint>(element)) {
      switch (constraint->type) {
        case ast::ConstraintType::kCheck: pending.checks.emplace_back(constraint, ""); break;
        case ast::ConstraintType::kPrimary:
        case ast::ConstraintType::kUnique: pending.keys.push_back({constraint, ""}); break;
        case ast::ConstraintType::kForeign: pending.keys.push_back({constraint, ""}); break;
        default: ThrowNotSupported("this kind of table constraint is not supported");
      }
    }
  }
  ReadOptions(statement.options, &table);
  BindGenerated(session, pending, &table);
  for (const auto& [constraint, column] : pending.checks) table.checks.push_back(MakeCheck(session, *constraint, column, table));
  int primary_keys = 0;
  for (const PendingKey& key : pending.keys) {
    if (key.constraint->type == ast::ConstraintType::kPrimary && ++primary_keys > 1) {
      throw SqlError(sqlstate::kInvalidTableDefinition, Format("multiple primary keys for table \"%s\" are not allowed", table.name.c_str())).At(key.constraint->location);
    }
  }
  const Oid oid = session.change_catalog().CreateRelation(std::move(table));
  session.LockRelation(oid, storage::LockMode::kAccessExclusive);
  for (const SerialColumn& serial : pending.sequences) CreateOwnedSequence(session, serial, oid);
  // The primary key first, as PostgreSQL lists it.
  for (const bool primary : {true, false}) {
    for (const PendingKey& key : pending.keys) {
      if (key.constraint->type == ast::ConstraintType::kForeign) continue;
      if ((key.constraint->type == ast::ConstraintType::kPrimary) == primary) AddKeyConstraint(session, oid, key);
    }
  }
  // They may refer to the table itself.
  for (const PendingKey& key : pending.keys) {
    if (key.constraint->type == ast::ConstraintType::kForeign) AddForeignKey(session, oid, key, false);
  }
  return "CREATE TABLE";
}

std::string CreateTableAsCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::CreateTableAsStmt>(node);
  Session& session = context.session;
  if (statement.object_type == ast::ObjectType::kMaterializedView) ThrowNotSupported("materialized views are not supported yet");
  const ast::RangeVar& name = *statement.into->relation;
  const Oid schema = SchemaForNew(session, name).oid;
  if (session.catalog_view()->FindRelation(schema, name.name) != nullptr) {
    const std::string message = Format("relation \"%s\" already exists", std::string(name.name).c_str());
    if (!statement.if_not_exists) throw SqlError(sqlstate::kDuplicateTable, message);
    session.Notice("NOTICE", sqlstate::kDuplicateTable, message + ", skipping", {}, {});
    return "CREATE TABLE AS";
  }
  std::unique_ptr<Portal> portal;
  if (const auto* execute = ast::TryAs<ast::ExecuteStmt>(statement.query)) {
    portal = PortalOfExecute(session, *execute, "");
  } else {
    auto prepared = session.MakePrepared("", NestedStatement(context.statement, statement.query), context.statement.text, context.statement.parameter_types);
    portal = session.MakePortal("", prepared, context.parameters);
  }
  catalog::RelationEntry table;
  table.oid = kInvalidOid;
  table.schema = schema;
  table.name = name.name;
  table.owner = session.user_oid();
  table.temporary = name.persistence == 't';
  ReadOptions(statement.into->options, &table);
  const auto& aliases = statement.into->column_names;
  if (aliases.size() > portal->columns.size()) throw SqlError(sqlstate::kSyntaxError, "too many column names were specified");
  for (size_t i = 0; i < portal->columns.size(); ++i) {
    catalog::ColumnEntry column;
    column.id = ColumnId(static_cast<int16_t>(i + 1));
    column.name = i < aliases.size() ? std::string(aliases[i]) : portal->columns[i].name;
    column.type = portal->columns[i].type;
    if (column.type.oid == type_oid::kUnknown) column.type = type_oid::kText;
    if (table.FindColumn(column.name) != nullptr) {
      throw SqlError(sqlstate::kDuplicateColumn, Format("column \"%s\" specified more than once", column.name.c_str()));
    }
    table.columns.push_back(std::move(column));
  }
  const Oid oid = session.change_catalog().CreateRelation(std::move(table));
  session.LockRelation(oid, storage::LockMode::kAccessExclusive);
  if (statement.into->skip_data) return "CREATE TABLE AS";
  const catalog::RelationRef created = session.catalog_view()->FindRelation(oid);
  std::vector<storage::StoredColumn> columns;
  for (const catalog::ColumnEntry& column : created->columns) columns.push_back({column.id, column.type});
  std::vector<RowId> ids(kVectorSize);
  const uint64_t rows = session.FetchRows(*portal, 0, [&](const Chunk& chunk, uint32_t, uint32_t) {
    created->table->Insert(*session.transaction(), columns, chunk, ids.data());
  });
  return "SELECT " + std::to_string(rows);
}

}  // namespace gather::executor
