#include "executor/commands/maintenance.h"

#include <algorithm>

#include "catalog/analysis_columns.h"
#include "catalog/system_view.h"
#include "executor/commands/relation_names.h"
#include "storage/analysis/analysis.h"
#include "types/datetime.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {

struct VacuumOptions {
  bool analyze = false, verbose = false;
};

VacuumOptions ReadOptions(const ast::VacuumStmt& statement) {
  // What concerns PostgreSQL's heap has no meaning here.
  static constexpr std::string_view kVacuumOnly[] = {"freeze", "full", "disable_page_skipping", "index_cleanup", "process_toast", "truncate", "parallel"};
  VacuumOptions options;
  options.analyze = !statement.is_vacuum;
  for (const ast::DefElem* option : statement.options) {
    if (option->name == "verbose") {
      options.verbose = ast::DefElemBoolean(*option);
    } else if (option->name == "skip_locked") {
      ast::DefElemBoolean(*option);
    } else if (statement.is_vacuum && option->name == "analyze") {
      options.analyze = ast::DefElemBoolean(*option);
    } else if (!statement.is_vacuum || std::find(std::begin(kVacuumOnly), std::end(kVacuumOnly), option->name) == std::end(kVacuumOnly)) {
      throw SqlError(sqlstate::kSyntaxError, Format("unrecognized %s option \"%s\"", statement.is_vacuum ? "VACUUM" : "ANALYZE", std::string(option->name).c_str()));
    }
  }
  return options;
}

struct Target {
  catalog::RelationRef table;
  std::vector<ColumnId> columns;                           // empty: all
};

std::vector<Target> FindTargets(Session& session, const ast::VacuumStmt& statement, const VacuumOptions& options) {
  std::vector<Target> targets;
  for (const ast::VacuumRelation* wanted : statement.relations) {
    const catalog::RelationRef relation = FindRelation(session, *wanted->relation);
    if (relation->kind == catalog::RelationKind::kSystemView && relation->system_view->shown_kind == 'r') continue;
    if (relation->kind != catalog::RelationKind::kTable) {
      session.Notice("WARNING", sqlstate::kWarning,
                     Format("skipping \"%s\" --- cannot %s non-tables or special system tables", relation->name.c_str(), statement.is_vacuum ? "vacuum" : "analyze"), {}, {});
      continue;
    }
    Target target{relation, {}};
    if (!options.analyze && !std::empty(wanted->columns)) {
      throw SqlError(sqlstate::kFeatureNotSupported, "ANALYZE option must be specified when a column list is provided");
    }
    for (const std::string_view name : wanted->columns) {
      const catalog::ColumnEntry* column = relation->FindColumn(name);
      if (column == nullptr) {
        throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", std::string(name).c_str(), relation->name.c_str()));
      }
      if (std::find(target.columns.begin(), target.columns.end(), column->id) != target.columns.end()) {
        throw SqlError(sqlstate::kDuplicateColumn, Format("column \"%s\" of relation \"%s\" appears more than once", std::string(name).c_str(), relation->name.c_str()));
      }
      target.columns.push_back(column->id);
    }
    targets.push_back(std::move(target));
  }
  if (!statement.relations.empty()) return targets;
  for (const catalog::RelationRef& relation : session.catalog_view()->Relations()) {
    if (relation->kind == catalog::RelationKind::kTable && relation->table != nullptr) targets.push_back({relation, {}});
  }
  return targets;
}

void AnalyzeTable(Session& session, const Target& target, bool verbose) {
  const catalog::RelationEntry& relation = *target.table;
  const catalog::SchemaEntry* schema = session.catalog_view()->FindSchema(relation.schema);
  const auto inform = [&](const std::string& message) { session.Notice("INFO", sqlstate::kSuccessfulCompletion, message, {}, {}); };
  if (verbose) inform(Format("analyzing \"%s.%s\"", schema == nullptr ? "" : schema->name.c_str(), relation.name.c_str()));
  const int otherwise = static_cast<int>(session.settings().GetInteger("default_statistics_target"));
  storage::AnalysisRequest request = storage::FullAnalysis(catalog::AnalysisColumns(relation), catalog::AnalysisTargets(relation, otherwise));
  request.pause = [&session] { session.interrupt().Check(); };
  const uint64_t begun = storage::BeginAnalysis(*relation.table);
  storage::TableAnalysis analysis = *storage::Analyze(relation.table, session.MakeExecutionContext().snapshot, request);
  if (!target.columns.empty()) {
    for (storage::ColumnAnalysis& column : analysis.columns) {
      column.listed = std::find(target.columns.begin(), target.columns.end(), column.id) != target.columns.end();
    }
  }
  if (verbose) {
    const storage::TableStatistics statistics = relation.table->statistics();
    const auto pages = static_cast<unsigned>((statistics.bytes + 8191) / 8192);
    inform(Format("\"%s\": scanned %u of %u pages, containing %.0f live rows and %llu dead rows; %u rows in sample, %.0f estimated total rows", relation.name.c_str(),
                  pages, pages, analysis.rows, static_cast<unsigned long long>(statistics.dead_rows), analysis.sampled_rows, analysis.rows));
  }
  storage::KeepAnalysis(*relation.table, std::move(analysis), begun, false, NowMicros());
}

}  // namespace

// VACUUM freezes full row groups at once instead of waiting for the maintenance thread.
std::string VacuumCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::VacuumStmt>(node);
  Session& session = context.session;
  const VacuumOptions options = ReadOptions(statement);
  if (statement.is_vacuum) session.RequireNoBlock("VACUUM");
  for (const Target& target : FindTargets(session, statement, options)) {
    session.LockRelation(target.table->oid, storage::LockMode::kShareUpdateExclusive);
    if (statement.is_vacuum) target.table->table->Freeze();
    session.interrupt().Check();
    // It may have been dropped or altered while the lock was waited for.
    const catalog::RelationRef now = session.catalog_view()->FindRelation(target.table->oid);
    if (options.analyze && now != nullptr) AnalyzeTable(session, {now, target.columns}, options.verbose);
  }
  return statement.is_vacuum ? "VACUUM" : "ANALYZE";
}

std::string CheckpointCommand(CommandContext&, const ast::Node&) { return "CHECKPOINT"; }

}  // namespace gather::executor
