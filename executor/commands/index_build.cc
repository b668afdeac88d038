#include "executor/commands/index_build.h"

#include <algorithm>
#include <atomic>
#include <optional>

#include "executor/commands/relation_names.h"
#include "executor/commands/table_definition.h"
#include "executor/execution_state.h"
#include "executor/expression/evaluator.h"
#include "executor/operators/row_text.h"
#include "executor/pool/morsel_dispenser.h"
#include "executor/pool/worker_team.h"
#include "index/index_build.h"
#include "planner/physical/parallel.h"
#include "storage/scan.h"
#include "types/statement_scope.h"

namespace gather::executor {

namespace {
constexpr uint32_t kMorselVectors = 16;

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

// Workers for a build: none below the sort threshold, one from there on and one more each time the table is three times as large.
int WorkersFor(Session& session, const catalog::RelationEntry& table, double rows) {
  const planner::PlannerSettings& settings = session.statement_settings().planner;
  const int most = std::min(static_cast<int>(session.settings().GetInteger("max_parallel_maintenance_workers")), settings.max_parallel_workers);
  if (most <= 0 || !settings.enable_parallel_query) return 0;
  if (const int option = planner::ParallelWorkersOption(table); option >= 0) return std::min(option, most);
  const double threshold = planner::ThresholdsFor(settings).sort;
  if (rows < threshold) return settings.debug_parallel_query ? most : 0;
  return planner::WorkersBySize(rows, std::max(threshold, 1000.0), most);
}

// One participant's look at the rows to be indexed, vector by vector. Reads only the columns that keys and predicate need.
class IndexRows {
 public:
  IndexRows(const IndexExpressions& bound, const ExecutionContext& context, const storage::TableScan& scan)
      : state_(nullptr, context), keys_of_(bound.keys, state_.leader), cursor_(scan), columns_(scan.columns()), needed_(columns_.size(), false) {
    for (const sql::ExprRef& key : bound.keys) Need(key);
    if (bound.predicate == nullptr) return;
    Need(bound.predicate);
    predicate_.emplace(bound.predicate, state_.leader);
  }

  // False: no row.
  bool Read(uint64_t vector) {
    const uint32_t rows = cursor_.Open(vector);
    if (rows == 0) return false;
    Chunk chunk;
    for (uint32_t i = 0; i < columns_.size(); ++i) {
      Vector column(columns_[i].type);
      if (needed_[i]) cursor_.Read(i, column); else column.SetConstantNull();
      chunk.Add(std::move(column));
    }
    chunk.Add(Vector(type_oid::kTid));
    cursor_.ReadRowIds(chunk[chunk.columns() - 1]);
    chunk.set_rows(rows);
    if (predicate_.has_value()) {
      Selection selected;
      if (!predicate_->Select(chunk, selected)) {
        if (selected.size() == 0) return false;
        chunk.Slice(selected, selected.size());
      }
    }
    ids_ = chunk[chunk.columns() - 1];
    ids_.Flatten(chunk.rows());
    rows_ = chunk.rows();
    Chunk keys;
    keys_of_.EvaluateAll(chunk, keys);
    keys_ = std::move(keys);
    return true;
  }
  std::span<const Vector> keys() const { return keys_.vectors(); }
  std::span<const RowId> ids() const { return {ids_.data<RowId>(), rows_}; }

 private:
  void Need(const sql::ExprRef& expr) {
    sql::Walk(expr, [this](const sql::Expr& node) {
      if (node.kind == sql::ExprKind::kSlot && node.index < needed_.size()) needed_[node.index] = true;
      return true;
    });
  }

  ExecutionState state_;
  ExpressionList keys_of_;
  std::optional<Filter> predicate_;
  storage::ScanCursor cursor_;
  const std::vector<storage::ScanColumn>& columns_;
  std::vector<bool> needed_;
  Chunk keys_;
  Vector ids_;
  uint32_t rows_ = 0;
};
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
  session.transaction()->NextCommand();                    // the rows this transaction wrote are there too
  const storage::TableScan scan(table.table, session.transaction()->TakeSnapshot(), LiveColumns(table));
  WorkerTeam team(context, WorkersFor(session, table, static_cast<double>(scan.vectors()) * kVectorSize));
  session.Notice("DEBUG1", sqlstate::kSuccessfulCompletion,
                 Format("building index \"%s\" on table \"%s\" ", index.name.c_str(), table.name.c_str()) +
                     (team.members() == 1 ? std::string("serially") : Format("with request for %d parallel workers", team.members() - 1)),
                 {}, {});
  index::IndexBuild build(*index.index->ordered, session.instance().storage, *session.transaction(), *table.table, static_cast<uint32_t>(team.members()),
                          static_cast<uint64_t>(session.settings().GetInteger("maintenance_work_mem")) << 10, session.settings().GetString("data_directory") + "/temp");
  MorselDispenser vectors(scan.vectors());
  team.Run([&](int member) {
    IndexRows rows(bound, context, scan);
    const uint32_t lane = vectors.Join();
    for (MorselDispenser::Morsel morsel; team.go_on() && vectors.Take(lane, kMorselVectors, &morsel);) {
      for (uint64_t vector = morsel.begin; vector < morsel.end; ++vector) {
        StatementScope::CheckInterrupt();
        if (rows.Read(vector)) build.Add(static_cast<uint32_t>(member), rows.keys(), rows.ids());
      }
    }
    if (team.go_on()) build.Close(static_cast<uint32_t>(member));
  });
  // A few more ranges than members: who is late with one does not keep the others waiting.
  const uint32_t ranges = build.Divide(team.members() == 1 ? 1 : static_cast<uint32_t>(team.members()) * 4);
  std::atomic<uint32_t> next{0};
  team.Run([&](int) {
    for (uint32_t range = next.fetch_add(1); team.go_on() && range < ranges; range = next.fetch_add(1)) build.Write(range);
  });
  if (const std::optional<index::IndexBuild::Duplicate> duplicate = build.duplicate()) {
    throw SqlError(sqlstate::kUniqueViolation, Format("could not create unique index \"%s\"", index.name.c_str()))
        .Detail("Key " + KeyText(session, table, *index.index, bound.keys, duplicate->first, context) + " is duplicated.")
        .Table(session.catalog_view()->FindSchema(table.schema)->name, table.name)
        .Constraint(index.name);
  }
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
