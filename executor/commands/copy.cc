#include "executor/constraint/foreign_key_recorder.h"
#include "executor/commands/copy.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "executor/commands/nested.h"
#include "executor/commands/prepared.h"
#include "executor/commands/relation_names.h"
#include "executor/copy/copy_reader.h"
#include "executor/copy/copy_writer.h"
#include "executor/operators/table_writer.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {

constexpr size_t kFileBuffer = 1 << 20;

using File = std::unique_ptr<FILE, int (*)(FILE*)>;

File OpenFile(Session& session, std::string_view name, bool reading) {
  const catalog::RoleEntry* role = session.catalog_view()->FindRole(session.user_oid());
  if (role == nullptr || !role->superuser) {
    throw SqlError(sqlstate::kInsufficientPrivilege, Format("must be superuser or have privileges of the pg_%s_server_files role to COPY %s a file",
                                                            reading ? "read" : "write", reading ? "from" : "to"))
        .Hint("Anyone can COPY to stdout or from stdin. psql's \\copy command also works for anyone.");
  }
  const std::string path(name);
  if (!reading && path[0] != '/') throw SqlError(sqlstate::kInvalidName, "relative path not allowed for COPY to file");
  File file(std::fopen(path.c_str(), reading ? "rb" : "wb"), std::fclose);
  if (file == nullptr) {
    const SqlState state = errno == ENOENT ? SqlState{"58P01"} : errno == EACCES ? sqlstate::kInsufficientPrivilege : sqlstate::kIoError;
    throw SqlError(state, Format("could not open file \"%s\" for %s: %s", path.c_str(), reading ? "reading" : "writing", std::strerror(errno)))
        .Hint(reading ? "COPY FROM instructs the PostgreSQL server process to read a file. You may want a client-side facility such as psql's \\copy."
                      : "COPY TO instructs the PostgreSQL server process to write a file. You may want a client-side facility such as psql's \\copy.");
  }
  return file;
}

// The columns of the list, or all live ones but those that are computed.
std::vector<const catalog::ColumnEntry*> ChosenColumns(const catalog::RelationEntry& table, ast::Names names) {
  std::vector<const catalog::ColumnEntry*> chosen;
  if (names.empty()) {
    for (const catalog::ColumnEntry& column : table.columns) {
      if (!column.dropped && !column.generated) chosen.push_back(&column);
    }
    return chosen;
  }
  for (const std::string_view name : names) {
    const catalog::ColumnEntry* column = table.FindColumn(name);
    if (column == nullptr) {
      throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", std::string(name).c_str(), table.name.c_str()));
    }
    if (column->generated) {
      throw SqlError(sqlstate::kInvalidColumnReference, Format("column \"%s\" is a generated column", column->name.c_str()))
          .Detail("Generated columns cannot be used in COPY.");
    }
    for (const catalog::ColumnEntry* earlier : chosen) {
      if (earlier == column) throw SqlError(sqlstate::kDuplicateColumn, Format("column \"%s\" specified more than once", column->name.c_str()));
    }
    chosen.push_back(column);
  }
  return chosen;
}

// The columns that an option names must be among those copied.
void CheckListed(const std::vector<std::string>& names, const char* option, const catalog::RelationEntry& table,
                 const std::vector<const catalog::ColumnEntry*>& chosen) {
  for (const std::string& name : names) {
    const catalog::ColumnEntry* column = table.FindColumn(name);
    if (column == nullptr) {
      throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", name.c_str(), table.name.c_str()));
    }
    if (std::find(chosen.begin(), chosen.end(), column) == chosen.end()) {
      throw SqlError(sqlstate::kInvalidColumnReference, Format("%s column \"%s\" not referenced by COPY", option, name.c_str()));
    }
  }
}

std::string QualifiedText(Session& session, const catalog::RelationEntry& table) {
  return QuoteIdentifier(session.catalog_view()->FindSchema(table.schema)->name) + "." + QuoteIdentifier(table.name);
}

// How rows of the chosen columns become rows of the table: bound as INSERT … VALUES ($1, …), so that defaults, identity columns, constraints
// and indexes are what INSERT makes of them. Expression i yields stored column i from the chosen columns as slots.
struct RowMapping {
  std::shared_ptr<const sql::BoundStatement> insert;
  std::vector<sql::ExprRef> values;
};

RowMapping MapRows(Session& session, const catalog::RelationEntry& table, const std::vector<const catalog::ColumnEntry*>& chosen) {
  std::string text = "INSERT INTO " + QualifiedText(session, table);
  sql::BindContext context = session.MakeBindContext();
  if (chosen.empty()) {
    text += " DEFAULT VALUES";
  } else {
    std::string names, parameters;
    for (size_t i = 0; i < chosen.size(); ++i) {
      names += (i == 0 ? "" : ", ") + QuoteIdentifier(chosen[i]->name);
      parameters += (i == 0 ? "$" : ", $") + std::to_string(i + 1);
      context.parameter_types.push_back(chosen[i]->type.oid);
    }
    text += " (" + names + ") OVERRIDING SYSTEM VALUE VALUES (" + parameters + ")";
  }
  RowMapping mapping;
  mapping.insert = std::make_shared<sql::BoundStatement>(sql::Bind(sql::Parse(text).at(0), context));
  const sql::Query& source = *mapping.insert->modify->source;
  // The reader's values have their column's typmod already: a length coercion on top changes nothing, and the slot has the column's type.
  for (const sql::Target& target : source.targets) {
    mapping.values.push_back(sql::Rewrite(target.expression, [&](const sql::ExprRef& node) -> sql::ExprRef {
      if (node->kind == sql::ExprKind::kColumn) {
        const sql::Relation* relation = source.FindRelation(node->relation);
        if (relation != nullptr && relation->kind == sql::RelationKind::kValues) {
          const sql::ExprRef value = relation->rows.at(0).at(node->index);
          return sql::Rewrite(value, [&](const sql::ExprRef& inner) -> sql::ExprRef {
            return inner->kind == sql::ExprKind::kParameter ? sql::MakeSlot(inner->index, chosen[inner->index]->type) : nullptr;
          });
        }
      }
      return node->kind == sql::ExprKind::kParameter ? sql::MakeSlot(node->index, chosen[node->index]->type) : nullptr;
    }));
  }
  return mapping;
}

std::vector<CopyColumn> CopyColumns(const std::vector<const catalog::ColumnEntry*>& columns) {
  std::vector<CopyColumn> copy;
  for (const catalog::ColumnEntry* column : columns) copy.push_back({column->name, column->type});
  return copy;
}

uint64_t CopyFrom(CommandContext& context, const ast::CopyStmt& statement) {
  Session& session = context.session;
  if (session.transaction_read_only()) throw SqlError(sqlstate::kReadOnlySqlTransaction, "cannot execute COPY FROM in a read-only transaction");
  const CopyOptions options = ReadCopyOptions(statement.options, true);
  const catalog::RelationRef table = LockTable(session, *statement.relation, storage::LockMode::kRowExclusive);
  if (table->kind != catalog::RelationKind::kTable) {
    throw SqlError(sqlstate::kWrongObjectType, Format("cannot copy to %s \"%s\"", std::string(KindWord(*table)).c_str(), table->name.c_str()));
  }
  const std::vector<const catalog::ColumnEntry*> chosen = ChosenColumns(*table, statement.columns);
  CheckListed(options.force_not_null, "FORCE_NOT_NULL", *table, chosen);
  CheckListed(options.force_null, "FORCE_NULL", *table, chosen);
  const RowMapping mapping = MapRows(session, *table, chosen);
  ExecutionState state(nullptr, session.MakeExecutionContext());
  sql::ExprRef where;
  if (statement.where != nullptr) {
    sql::BindContext bind = session.MakeBindContext();
    where = sql::BindTableExpression(*statement.where, table.get(), type_oid::kBool, "COPY FROM WHERE", bind);
  }
  TableWriter writer(*mapping.insert->modify, mapping.insert->catalog, state);
  const std::unique_ptr<ForeignKeyRecorder> foreign_keys = ForeignKeyRecorder::Make(*mapping.insert->modify, *mapping.insert->catalog, state.context);
  ExpressionList values(mapping.values, state.leader);
  const std::unique_ptr<Filter> filter = where == nullptr ? nullptr : std::make_unique<Filter>(where, state.leader);
  Selection selected;
  uint64_t stored = 0;
  CopyReader reader(options, table->name, CopyColumns(chosen), session.io(), [&](Chunk& rows) {
    session.interrupt().Check();
    Chunk full;
    values.EvaluateAll(rows, full);
    if (filter != nullptr && !filter->Select(full, selected)) {
      if (selected.size() == 0) return;
      full.Slice(selected, selected.size());
    }
    writer.Insert(full);
    if (foreign_keys != nullptr) foreign_keys->Inserted(full, writer.inserted());
    stored += full.rows();
  });
  const bool binary = options.format == CopyFormat::kBinary;
  try {
    if (statement.filename.empty()) {
      context.sink.BeginCopyIn(binary, static_cast<int>(chosen.size()));
      std::string_view data;
      reader.StartReading();
      while (context.sink.ReadCopyData(&data)) reader.Feed(data);
    } else {
      const File file = OpenFile(session, statement.filename, true);
      std::string buffer(kFileBuffer, '\0');
      reader.StartReading();
      while (const size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get())) reader.Feed(std::string_view(buffer.data(), count));
      if (std::ferror(file.get()) != 0) throw SqlError(sqlstate::kIoError, Format("could not read from COPY file: %s", std::strerror(errno)));
    }
    reader.Finish();
  } catch (const SqlError& error) {
    throw reader.WithContext(error);
  }
  session.foreign_keys().CheckStatement();
  return stored;
}

uint64_t CopyTo(CommandContext& context, const ast::CopyStmt& statement) {
  Session& session = context.session;
  const CopyOptions options = ReadCopyOptions(statement.options, false);
  // COPY table TO is SELECT of its columns.
  std::unique_ptr<Portal> portal;
  if (statement.relation != nullptr) {
    const catalog::RelationRef table = FindRelation(session, *statement.relation);
    if (table->kind != catalog::RelationKind::kTable && table->kind != catalog::RelationKind::kSystemView) {
      SqlError error(sqlstate::kWrongObjectType, Format("cannot copy from %s \"%s\"", std::string(KindWord(*table)).c_str(), table->name.c_str()));
      if (table->kind == catalog::RelationKind::kView) throw std::move(error).Hint("Try the COPY (SELECT ...) TO variant.");
      throw error;
    }
    std::string list;
    for (const catalog::ColumnEntry* column : ChosenColumns(*table, statement.columns)) list += (list.empty() ? "" : ", ") + QuoteIdentifier(column->name);
    const std::string text = "SELECT " + list + " FROM " + QualifiedText(session, *table);
    portal = session.MakePortal("", session.MakePrepared("", sql::Parse(text).at(0), text, {}), {});
  } else {
    portal = session.MakePortal("", session.MakePrepared("", NestedStatement(context.statement, statement.query), context.statement.text, {}), {});
    if (portal->columns.empty() && portal->bound->kind == sql::StatementKind::kModify) {
      throw SqlError(sqlstate::kFeatureNotSupported, "COPY query must have a RETURNING clause");
    }
  }
  std::vector<CopyColumn> columns;
  for (const sql::OutputColumn& column : portal->columns) columns.push_back({column.name, column.type.oid == type_oid::kUnknown ? SqlType(type_oid::kText) : column.type});
  File file(nullptr, std::fclose);
  if (!statement.filename.empty()) file = OpenFile(session, statement.filename, false);
  CopyWriter writer(options, columns, session.io(), [&](std::string_view row) {
    if (file == nullptr) {
      context.sink.WriteCopyData(row);
    } else if (std::fwrite(row.data(), 1, row.size(), file.get()) != row.size()) {
      throw SqlError(errno == ENOSPC ? sqlstate::kDiskFull : sqlstate::kIoError, Format("could not write to COPY file: %s", std::strerror(errno)));
    }
  });
  if (file == nullptr) context.sink.BeginCopyOut(options.format == CopyFormat::kBinary, static_cast<int>(columns.size()));
  writer.Begin();
  const uint64_t rows = session.FetchRows(*portal, 0, [&](const Chunk& chunk, uint32_t first, uint32_t count) { writer.Write(chunk, first, count); });
  writer.End();
  if (file == nullptr) {
    context.sink.EndCopyOut();
  } else if (std::fflush(file.get()) != 0) {
    throw SqlError(errno == ENOSPC ? sqlstate::kDiskFull : sqlstate::kIoError, Format("could not write to COPY file: %s", std::strerror(errno)));
  }
  return rows;
}

}  // namespace

std::string CopyCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::CopyStmt>(node);
  if (statement.is_program) ThrowNotSupported("COPY to or from a program is not supported");
  const uint64_t rows = statement.is_from ? CopyFrom(context, statement) : CopyTo(context, statement);
  return "COPY " + std::to_string(rows);
}

}  // namespace gather::executor
