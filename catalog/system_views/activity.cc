// What happens now: sessions, locks, prepared statements; and what was counted: tables, indexes, databases.
#include <algorithm>
#include <unordered_map>

#include "catalog/system_views/rows.h"
#include "storage/analysis/analysis.h"
#include "index/ordered_index.h"
#include "storage/table.h"

namespace gather::catalog {

namespace {
void TextOrNull(std::string_view text, RowWriter& out) {
  if (text.empty()) out.Null(); else out.Text(text);
}

std::string_view SchemaName(const SystemViewContext& context, Oid schema) {
  const SchemaEntry* entry = context.catalog.FindSchema(schema);
  return entry == nullptr ? std::string_view() : std::string_view(entry->name);
}

bool IsSystem(const RelationEntry& relation) { return relation.kind == RelationKind::kSystemView; }
}  // namespace

void PgStatActivity(const SystemViewContext& context, RowWriter& out) {
  for (const SessionActivity& a : context.session.Activity()) {
    const bool client = a.backend_type == "client backend";
    std::string database;
    for (const DatabaseEntry* entry : context.catalog.Databases()) {
      if (entry->oid == a.database) database = entry->name;
    }
    if (client) out.OfOid(a.database).Text(database); else out.Nulls(2);
    out.Int4(a.pid).Null();
    if (client) out.OfOid(a.user).Text(a.user_name); else out.Nulls(2);
    out.Text(a.application_name);
    TextOrNull(a.client_address, out);
    out.Null();
    if (client) out.Int4(a.client_port); else out.Null();
    out.Timestamptz(a.backend_start).Timestamptz(a.transaction_start).Timestamptz(a.query_start).Timestamptz(a.state_change);
    TextOrNull(a.wait_event_type, out);
    TextOrNull(a.wait_event, out);
    TextOrNull(a.state, out);
    if (a.transaction_id != 0) out.OfOid(static_cast<Oid>(a.transaction_id)); else out.Null();
    out.Nulls(2).Text(a.query).Text(a.backend_type);
  }
}

void PgStatSsl(const SystemViewContext& context, RowWriter& out) {
  for (const SessionActivity& a : context.session.Activity()) {
    if (a.backend_type == "client backend") out.Int4(a.pid).Bool(false).Nulls(6);
  }
}

void PgLocks(const SystemViewContext& context, RowWriter& out) {
  std::unordered_map<int32_t, Oid> database_of;
  for (const SessionActivity& session : context.session.Activity()) database_of[session.pid] = session.database;
  for (const storage::LockStatus& lock : context.session.catalog().storage().locks().Status()) {
    const auto found = database_of.find(lock.backend_pid);
    const Oid database = found == database_of.end() ? kPostgresDatabase : found->second;
    const uint64_t first = lock.tag.first, second = lock.tag.second;
    switch (lock.tag.kind) {
      case storage::LockTag::Kind::kRelation:
        out.Text("relation").OfOid(database).OfOid(static_cast<Oid>(first)).Nulls(7);
        break;
      case storage::LockTag::Kind::kObject:
        out.Text("object").OfOid(database).Nulls(5).OfOid(static_cast<Oid>(first)).OfOid(static_cast<Oid>(second)).Int2(0);
        break;
      case storage::LockTag::Kind::kAdvisory:
        // One bigint key: its halves, objsubid 1; two integers: objsubid 2 (second is 1 or 2, see the advisory functions).
        out.Text("advisory").OfOid(database).Nulls(5).OfOid(static_cast<Oid>(first >> 32)).OfOid(static_cast<Oid>(first));
        out.Int2(static_cast<int16_t>(second));
        break;
    }
    out.Text(std::to_string(lock.backend_pid) + "/" + std::to_string(lock.transaction.value)).Int4(lock.backend_pid);
    out.Text(storage::LockModeName(lock.mode)).Bool(lock.granted).Bool(false).Null();
  }
}

void PgPreparedStatements(const SystemViewContext& context, RowWriter& out) {
  for (const PreparedStatementInfo& row : context.session.PreparedStatements()) {
    out.Text(row.name).Text(row.text).Timestamptz(row.prepare_time).Oids(row.parameter_types).Bool(row.from_sql).Nulls(2);
  }
}

// Times of one shape on average; without samples they are null.
void GatherParallelDecisions(const SystemViewContext& context, RowWriter& out) {
  for (const ParallelDecisionInfo& row : context.session.ParallelDecisions()) {
    const auto time = [&out](uint64_t samples, double ms) { samples == 0 ? out.Null() : out.Float8(ms); };
    out.Int8(static_cast<int64_t>(row.shape)).Text(row.operation).Text(row.table).Int8(static_cast<int64_t>(row.rows));
    out.Text(row.workers_planned == 0 ? "serial" : "parallel").Int4(row.workers_planned).Text(row.reason);
    out.Int8(static_cast<int64_t>(row.executions)).Int8(static_cast<int64_t>(row.workers_launched));
    out.Int8(static_cast<int64_t>(row.serial_samples));
    time(row.serial_samples, row.serial_ms);
    out.Int8(static_cast<int64_t>(row.parallel_samples));
    time(row.parallel_samples, row.parallel_ms);
    const bool both = row.serial_samples != 0 && row.parallel_samples != 0 && row.parallel_ms > 0;
    both ? out.Float8(row.serial_ms / row.parallel_ms) : out.Null();
  }
}

void GatherMemory(const SystemViewContext& context, RowWriter& out) {
  const MemoryInfo memory = context.session.Memory();
  for (const uint64_t bytes : {memory.limit, memory.used, memory.peak, memory.available, memory.resident}) {
    out.Int8(static_cast<int64_t>(std::min<uint64_t>(bytes, INT64_MAX)));
  }
}

void PgCursors(const SystemViewContext& context, RowWriter& out) {
  for (const CursorInfo& row : context.session.Cursors()) {
    out.Text(row.name).Text(row.text).Bool(row.hold).Bool(row.binary).Bool(row.scrollable).Timestamptz(row.creation_time);
  }
}

namespace {

enum class Whose : uint8_t { kAll, kUser, kSystem };
bool Wanted(const RelationEntry& relation, Whose whose) {
  return whose == Whose::kAll || (whose == Whose::kSystem) == IsSystem(relation);
}

void TableStatistics(const SystemViewContext& context, Whose whose, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (ShownKind(*relation) != 'r' || !Wanted(*relation, whose)) continue;
    out.OfOid(relation->oid).Text(SchemaName(context, relation->schema)).Text(relation->name);
    if (relation->table == nullptr) {
      out.Nulls(20);
      continue;
    }
    const storage::TableStatistics statistics = relation->table->statistics();
    const auto number = [&out](uint64_t value) { out.Int8(static_cast<int64_t>(value)); };
    const storage::AnalysisRef analysis = storage::KeptAnalysis(*relation->table);
    const storage::AnalysisHistory history = analysis == nullptr ? storage::AnalysisHistory() : analysis->history;
    out.Nulls(4);
    for (const uint64_t value : {statistics.inserted, statistics.updated, statistics.deleted}) number(value);
    out.Null();
    for (const uint64_t value : {statistics.rows, statistics.dead_rows, statistics.changed}) number(value);
    out.Nulls(3).Timestamptz(history.by_command_at).Timestamptz(history.automatic_at).Nulls(2);
    for (const uint64_t value : {history.by_command, history.automatic}) number(value);
  }
}

void IndexStatistics(const SystemViewContext& context, Whose whose, RowWriter& out) {
  for (const RelationRef& relation : context.catalog.Relations()) {
    if (relation->kind != RelationKind::kIndex || !Wanted(*relation, whose)) continue;
    const RelationRef table = context.catalog.FindRelation(relation->index->table);
    if (table == nullptr) continue;
    out.OfOid(table->oid).OfOid(relation->oid).Text(SchemaName(context, table->schema)).Text(table->name).Text(relation->name).Nulls(3);
  }
}

}  // namespace

void PgStatAllTables(const SystemViewContext& context, RowWriter& out) { TableStatistics(context, Whose::kAll, out); }
void PgStatUserTables(const SystemViewContext& context, RowWriter& out) { TableStatistics(context, Whose::kUser, out); }
void PgStatSysTables(const SystemViewContext& context, RowWriter& out) { TableStatistics(context, Whose::kSystem, out); }
void PgStatAllIndexes(const SystemViewContext& context, RowWriter& out) { IndexStatistics(context, Whose::kAll, out); }
void PgStatUserIndexes(const SystemViewContext& context, RowWriter& out) { IndexStatistics(context, Whose::kUser, out); }
void PgStatSysIndexes(const SystemViewContext& context, RowWriter& out) { IndexStatistics(context, Whose::kSystem, out); }

void PgStatDatabase(const SystemViewContext& context, RowWriter& out) {
  const std::vector<SessionActivity> sessions = context.session.Activity();
  for (const DatabaseEntry* database : context.catalog.Databases()) {
    int32_t backends = 0;
    for (const SessionActivity& a : sessions) backends += a.backend_type == "client backend" && a.database == database->oid ? 1 : 0;
    out.OfOid(database->oid).Text(database->name).Int4(backends).Nulls(25);
  }
}

}  // namespace gather::catalog
