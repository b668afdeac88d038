#include "executor/commands/indexes.h"

#include "executor/commands/index_build.h"
#include "executor/commands/relation_names.h"
#include "executor/commands/table_definition.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {
// The name part PostgreSQL gives an expression column: the function's name, or "expr".
std::string ExpressionName(const ast::Node* expression) {
  if (const auto* call = ast::TryAs<ast::FuncCall>(expression)) return std::string(call->name.back());
  if (const auto* cast = ast::TryAs<ast::TypeCast>(expression)) return ExpressionName(cast->arg);
  return "expr";
}

bool AlwaysImmutable(const sql::ExprRef& expr) {
  bool immutable = true;
  sql::Walk(expr, [&](const sql::Expr& node) {
    immutable &= node.function == nullptr || node.function->volatility == catalog::Volatility::kImmutable;
    return true;
  });
  return immutable;
}

// False: the index was dropped meanwhile.
bool Rebuild(Session& session, Oid oid) {
  catalog::RelationRef relation = session.catalog_view()->FindRelation(oid);
  if (relation == nullptr) return false;
  RequireOwner(session, *relation);
  session.LockRelation(relation->index->table, storage::LockMode::kAccessExclusive);
  relation = session.catalog_view()->FindRelation(oid);
  if (relation == nullptr) return false;
  catalog::RelationEntry changed = *relation;
  changed.storage = StorageId();
  session.change_catalog().ReplaceRelation(std::move(changed));
  BuildIndex(session, *session.catalog_view()->FindRelation(relation->index->table), *session.catalog_view()->FindRelation(oid));
  return true;
}

}  // namespace

std::string CreateIndexCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::IndexStmt>(node);
  Session& session = context.session;
  if (statement.concurrent) session.RequireNoBlock("CREATE INDEX CONCURRENTLY");
  const catalog::RelationRef table = LockTable(session, *statement.relation, storage::LockMode::kShare);
  if (table->kind != catalog::RelationKind::kTable) {
    throw SqlError(sqlstate::kWrongObjectType, Format("cannot create index on relation \"%s\"", table->name.c_str()))
        .Detail(Format("This operation is not supported for %ss.", std::string(KindWord(*table)).c_str()));
  }
  RequireOwner(session, *table);
  if (!statement.access_method.empty() && statement.access_method != "btree") {
    if (statement.access_method == "hash" || statement.access_method == "gin" || statement.access_method == "gist" || statement.access_method == "brin" ||
        statement.access_method == "spgist" || statement.access_method == "hnsw" || statement.access_method == "ivfflat") {
      ThrowNotSupported(Format("access method \"%s\" is not supported yet", std::string(statement.access_method).c_str()));
    }
    throw SqlError(sqlstate::kUndefinedObject, Format("access method \"%s\" does not exist", std::string(statement.access_method).c_str()));
  }
  catalog::IndexEntry entry;
  entry.table = table->oid;
  entry.kind = statement.unique ? catalog::IndexKind::kUnique : catalog::IndexKind::kPlain;
  entry.nulls_distinct = !statement.nulls_not_distinct;
  std::string joined;
  for (const ast::IndexElem* element : statement.params) {
    catalog::IndexColumn part;
    if (!element->name.empty()) {
      const catalog::ColumnEntry* column = table->FindColumn(element->name);
      if (column == nullptr) throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" does not exist", std::string(element->name).c_str())).At(element->location);
      part.column = column->id;
      part.type = column->type;
      joined += (joined.empty() ? "" : "_") + column->name;
    } else {
      sql::BindContext bind = session.MakeBindContext();
      const sql::ExprRef expr = sql::BindTableExpression(*element->expr, table.get(), SqlType(), "index expression", bind);
      if (!AlwaysImmutable(expr)) throw SqlError(SqlState{"42P17"}, "functions in index expression must be marked IMMUTABLE");
      part.type = expr->type;
      part.expression_sql = sql::DeparseExpr(expr, LiveColumnNames(*table), bind);
      joined += (joined.empty() ? "" : "_") + ExpressionName(element->expr);
    }
    part.order.descending = element->ordering == ast::SortDirection::kDescending;
    part.order.nulls_first = element->nulls == ast::SortNulls::kDefault ? part.order.descending : element->nulls == ast::SortNulls::kFirst;
    entry.columns.push_back(std::move(part));
  }
  for (const ast::IndexElem* element : statement.including) {
    const catalog::ColumnEntry* column = table->FindColumn(element->name);
    if (column == nullptr) throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" does not exist", std::string(element->name).c_str()));
    entry.include.push_back(column->id);
  }
  if (statement.where != nullptr) {
    sql::BindContext bind = session.MakeBindContext();
    const sql::ExprRef predicate = sql::BindTableExpression(*statement.where, table.get(), type_oid::kBool, "index predicate", bind);
    if (!AlwaysImmutable(predicate)) throw SqlError(SqlState{"42P17"}, "functions in index predicate must be marked IMMUTABLE");
    entry.predicate_sql = sql::DeparseExpr(predicate, LiveColumnNames(*table), bind);
  }
  std::string name(statement.name);
  if (name.empty()) {
    name = ChooseRelationName(session, table->schema, table->name, joined, "idx");
  } else if (session.catalog_view()->FindRelation(table->schema, name) != nullptr) {
    const std::string message = Format("relation \"%s\" already exists", name.c_str());
    if (!statement.if_not_exists) throw SqlError(sqlstate::kDuplicateTable, message);
    session.Notice("NOTICE", sqlstate::kDuplicateTable, message + ", skipping", {}, {});
    return "CREATE INDEX";
  }
  CreateIndexRelation(session, table->oid, std::move(name), std::move(entry));
  return "CREATE INDEX";
}

std::string ReindexCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::ReindexStmt>(node);
  Session& session = context.session;
  using Kind = ast::ReindexStmt::Kind;
  if (statement.kind == Kind::kIndex) {
    for (bool rebuilt = false; !rebuilt;) {
      const catalog::RelationRef index = FindRelation(session, *statement.relation);
      if (index->kind != catalog::RelationKind::kIndex) throw SqlError(sqlstate::kWrongObjectType, Format("\"%s\" is not an index", index->name.c_str()));
      rebuilt = Rebuild(session, index->oid);
    }
  } else if (statement.kind == Kind::kTable) {
    FindTable(session, *statement.relation);
    const catalog::RelationRef table = LockTable(session, *statement.relation, storage::LockMode::kAccessExclusive);
    if (table->indexes.empty()) session.Notice("NOTICE", sqlstate::kSuccessfulCompletion, Format("table \"%s\" has no indexes to reindex", table->name.c_str()), {}, {});
    for (const Oid oid : table->indexes) Rebuild(session, oid);
  } else {
    session.RequireNoBlock(statement.kind == Kind::kSchema ? "REINDEX SCHEMA" : "REINDEX DATABASE");
    const Oid schema = statement.kind == Kind::kSchema ? GetSchema(session, statement.name).oid : kInvalidOid;
    for (const catalog::RelationRef& relation : session.catalog_view()->Relations()) {
      if (relation->kind == catalog::RelationKind::kIndex && relation->oid >= kFirstUserOid && (schema == kInvalidOid || relation->schema == schema)) Rebuild(session, relation->oid);
    }
  }
  return "REINDEX";
}

}  // namespace gather::executor
