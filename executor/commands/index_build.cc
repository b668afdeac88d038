#include "executor/commands/index_build.h"

#include "executor/commands/relation_names.h"
#include "executor/commands/table_definition.h"
#include "executor/operators/row_text.h"
#include "storage/scan.h"

namespace gather::executor {

namespace {
std::vector<storage::ScanColumn> LiveColumns(const catalog::RelationEntry& table) {
  std::vector<storage::ScanColumn> columns;
  for (const catalog::ColumnEntry& column : table.columns) {
    if (!column.dropped) columns.push_back({column.id, column.type, column.missing});
  }
  return columns;
}

// "(a, b)=(1, x)": the index's key in one row.
std::string KeyText(Session& session, const catalog::RelationEntry& table, const catalog::IndexEntry& index, const std::vector<sql::ExprRef>& keys, RowId row,
                    const ExecutionContext& context) {
  Chunk rows;
  Selection found;
  table.table->Fetch(session.transaction()->TakeSnapshot(), std::span<const RowId>(&row, 1), LiveColumns(table), rows, found);
  std::string names, values;
  for (size_t i = 0; i < index.columns.size(); ++i) {
    const catalog::IndexColumn& column = index.columns[i];
    names += (i == 0 ? "" : ", ") + (column.column.value != 0 ? table.column(column.column).name : column.expression_sql);
    values += (i == 0 ? "" : ", ") + ValueText(EvaluateOver(keys[i], rows, context), 0, session.io());
  }
  return "(" + names + ")=(" + values + ")";
}
}  // namespace

IndexExpressions BindIndexExpressions(Session& session, const catalog::RelationEntry& table, const catalog::IndexEntry& index) {
  IndexExpressions bound;
  sql::BindContext context = session.MakeBindContext();
  std::vector<uint32_t> position(table.columns.size() + 1, 0);
  uint32_t live = 0;
  for (const catalog::ColumnEntry& column : table.columns) {
    if (!column.dropped) position[static_cast<size_t>(column.id.value)] = live++;
  }
  for (const catalog::IndexColumn& column : index.columns) {
    if (column.column.value != 0) {
      bound.keys.push_back(sql::MakeSlot(position[static_cast<size_t>(column.column.value)], table.column(column.column).type));
    } else {
      bound.keys.push_back(sql::BindTableExpression(column.expression_sql, &table, SqlType(), "index expression", context));
    }
  }
  if (!index.predicate_sql.empty()) bound.predicate = sql::BindTableExpression(index.predicate_sql, &table, type_oid::kBool, "index predicate", context);
  return bound;
}

void ForEachRow(Session& session, const catalog::RelationEntry& table, const std::function<void(const Chunk&, const Vector&)>& visit) {
  const std::vector<storage::ScanColumn> columns = LiveColumns(table);
  session.transaction()->NextCommand();                    // the rows this transaction wrote are there too
  const storage::TableScan scan(table.table, session.transaction()->TakeSnapshot(), columns);
  storage::ScanCursor cursor(scan);
  for (uint64_t vector = 0; vector < scan.vectors(); ++vector) {
    session.interrupt().Check();
    const uint32_t rows = cursor.Open(vector);
    if (rows == 0) continue;
    Chunk chunk;
    for (uint32_t i = 0; i < columns.size(); ++i) {
      Vector column(columns[i].type);
      cursor.Read(i, column);
      chunk.Add(std::move(column));
    }
    chunk.set_rows(rows);
    Vector ctid(type_oid::kTid);
    cursor.ReadRowIds(ctid);
    visit(chunk, ctid);
  }
}

void BuildIndex(Session& session, const catalog::RelationEntry& table, const catalog::RelationEntry& index) {
  const IndexExpressions bound = BindIndexExpressions(session, table, *index.index);
  const ExecutionContext context = session.MakeExecutionContext();
  const std::unique_ptr<index::OrderedIndex::Builder> builder = index.index->ordered->Build(*session.transaction(), *table.table);
  ForEachRow(session, table, [&](const Chunk& rows, const Vector& ctid) {
    Chunk chunk = rows;
    chunk.Add(ctid);
    if (bound.predicate != nullptr) {
      const Vector matches = EvaluateOver(bound.predicate, chunk, context);
      Selection selection;
      for (uint32_t i = 0; i < chunk.rows(); ++i) {
        if (!matches.IsNull(i) && matches.View().get<uint8_t>(i) != 0) selection.Add(i);
      }
      if (selection.size() == 0) return;
      chunk.Slice(selection, selection.size());
    }
    std::vector<Vector> keys;
    for (const sql::ExprRef& key : bound.keys) keys.push_back(EvaluateOver(key, chunk, context));
    Vector ids = chunk[chunk.columns() - 1];
    ids.Flatten(chunk.rows());
    builder->Add(keys, std::span<const RowId>(ids.data<RowId>(), chunk.rows()));
  });
  builder->Finish([&](RowId first, RowId) {
    throw SqlError(sqlstate::kUniqueViolation, Format("could not create unique index \"%s\"", index.name.c_str()))
        .Detail("Key " + KeyText(session, table, *index.index, bound.keys, first, context) + " is duplicated.")
        .Table(session.catalog_view()->FindSchema(table.schema)->name, table.name)
        .Constraint(index.name);
  });
}

Oid CreateIndexRelation(Session& session, Oid table_oid, std::string name, catalog::IndexEntry entry) {
  const catalog::RelationRef table = session.catalog_view()->FindRelation(table_oid);
  catalog::RelationEntry relation;
  relation.oid = kInvalidOid;
  relation.schema = table->schema;
  relation.owner = table->owner;
  relation.name = std::move(name);
  relation.kind = catalog::RelationKind::kIndex;
  relation.temporary = table->temporary;
  for (const catalog::IndexColumn& part : entry.columns) {
    catalog::ColumnEntry column;
    column.id = ColumnId(static_cast<int16_t>(relation.columns.size() + 1));
    column.name = part.column.value != 0 ? table->column(part.column).name : "expr";
    column.type = part.type;
    relation.columns.push_back(std::move(column));
  }
  relation.index = std::move(entry);
  const Oid oid = session.change_catalog().CreateRelation(std::move(relation));
  const catalog::CatalogRef catalog = session.catalog_view();
  BuildIndex(session, *catalog->FindRelation(table_oid), *catalog->FindRelation(oid));
  return oid;
}

}  // namespace gather::executor
