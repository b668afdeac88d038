#include "executor/constraint/foreign_key_queue.h"
#include "executor/commands/explain.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "executor/commands/nested.h"
#include "executor/commands/prepared.h"
#include "executor/commands/rows.h"
#include "planner/explain.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {
using Clock = std::chrono::steady_clock;
double MillisecondsSince(Clock::time_point start) { return std::chrono::duration<double, std::milli>(Clock::now() - start).count(); }

planner::ExplainOptions ReadOptions(const ast::ExplainStmt& statement) {
  planner::ExplainOptions options;
  bool timing_given = false, summary_given = false;
  for (const ast::DefElem* option : statement.options) {
    const std::string name(option->name);
    if (name == "analyze") {
      options.analyze = ast::DefElemBoolean(*option);
    } else if (name == "verbose") {
      options.verbose = ast::DefElemBoolean(*option);
    } else if (name == "costs") {
      options.costs = ast::DefElemBoolean(*option);
    } else if (name == "buffers") {
      options.buffers = ast::DefElemBoolean(*option);
    } else if (name == "wal") {
      options.wal = ast::DefElemBoolean(*option);
    } else if (name == "settings") {
      options.settings = ast::DefElemBoolean(*option);
    } else if (name == "timing") {
      timing_given = true;
      options.timing = ast::DefElemBoolean(*option);
    } else if (name == "summary") {
      summary_given = true;
      options.summary = ast::DefElemBoolean(*option);
    } else if (name == "format") {
      const std::string format = ast::DefElemString(*option);
      if (format == "text") {
        options.format = planner::ExplainFormat::kText;
      } else if (format == "json") {
        options.format = planner::ExplainFormat::kJson;
      } else if (format == "xml") {
        options.format = planner::ExplainFormat::kXml;
      } else if (format == "yaml") {
        options.format = planner::ExplainFormat::kYaml;
      } else {
        throw SqlError(sqlstate::kInvalidParameterValue, Format("unrecognized value for EXPLAIN option \"%s\": \"%s\"", name.c_str(), format.c_str())).At(option->location);
      }
    } else {
      throw SqlError(sqlstate::kSyntaxError, Format("unrecognized EXPLAIN option \"%s\"", name.c_str())).At(option->location);
    }
  }
  if (options.wal && !options.analyze) throw SqlError(sqlstate::kInvalidParameterValue, "EXPLAIN option WAL requires ANALYZE");
  if (!timing_given) options.timing = options.analyze;
  if (options.timing && !options.analyze) throw SqlError(sqlstate::kInvalidParameterValue, "EXPLAIN option TIMING requires ANALYZE");
  if (!summary_given) options.summary = options.analyze;
  return options;
}

// As PostgreSQL's: what planning and its memory depend on.
bool IsExplained(const catalog::SettingInfo& info) {
  static constexpr std::array<std::string_view, 14> kNames = {
      "debug_parallel_query", "deterministic_aggregates", "effective_io_concurrency", "hash_mem_multiplier", "max_parallel_workers",
      "max_parallel_workers_per_gather", "min_parallel_index_scan_size", "min_parallel_table_scan_size", "parallel_leader_participation",
      "parallel_setup_cost", "parallel_threshold", "parallel_tuple_cost", "search_path", "work_mem"};
  return info.category.starts_with("Query Tuning") || std::find(kNames.begin(), kNames.end(), info.name) != kNames.end();
}

void AddChangedSettings(const catalog::Settings& settings, planner::ExplainOptions* options) {
  const catalog::Settings defaults;
  for (const catalog::SettingInfo& info : catalog::AllSettings()) {
    if (!IsExplained(info) || settings.IsDefault(info.name)) continue;
    std::string value = settings.Show(info.name);
    if (value != defaults.Show(info.name)) options->changed_settings.emplace_back(info.name, std::move(value));
  }
  std::sort(options->changed_settings.begin(), options->changed_settings.end());
}

// Runs the plan to its end; a modification that meets a concurrent change starts anew, as outside EXPLAIN.
planner::ExecutionActuals Run(Session& session, const planner::PlanRef& plan, const std::vector<Datum>& parameters, storage::IoCounters* counters) {
  for (;;) {
    const uint64_t savepoint = session.transaction()->Savepoint();
    try {
      ExecutionContext context = session.MakeExecutionContext(parameters);
      context.instrument = true;
      context.io_counters = counters;
      Execution execution(plan, std::move(context));
      Chunk chunk;
      while (execution.Next(chunk)) chunk.Clear();
      session.foreign_keys().CheckStatement();
      return execution.Actuals();
    } catch (const StatementRetry&) {
      session.foreign_keys().Forget();
      session.transaction()->RollbackTo(savepoint);
      session.interrupt().Check();
    }
  }
}
}  // namespace

std::string ExplainCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::ExplainStmt>(node);
  Session& session = context.session;
  planner::ExplainOptions options = ReadOptions(statement);
  if (options.settings) AddChangedSettings(session.settings(), &options);
  options.io = session.io();
  TextRows rows(1);
  const auto planning_start = Clock::now();
  std::shared_ptr<const sql::BoundStatement> bound;
  planner::PlanRef plan;
  std::vector<Datum> parameters = context.parameters;
  storage::IoCounters planning_counters;
  std::optional<storage::IoCounters::Scope> planning_scope;
  if (options.buffers) planning_scope.emplace(&planning_counters);
  const ast::Node* query = statement.query;
  if (const auto* create = ast::TryAs<ast::CreateTableAsStmt>(query)) query = create->query;
  if (const auto* declare = ast::TryAs<ast::DeclareCursorStmt>(query)) query = declare->query;
  if (const auto* execute = ast::TryAs<ast::ExecuteStmt>(query)) {
    const std::unique_ptr<Portal> portal = PortalOfExecute(session, *execute, "");
    bound = portal->bound;
    plan = portal->plan;
    parameters = portal->parameters;
  } else {
    bound = BindNested(session, context.statement, query);
    if (bound->kind != sql::StatementKind::kUtility) plan = session.PlanStatement(bound, &parameters);
  }
  if (plan == nullptr) {
    rows.Add({"Utility statements have no plan structure"});
    context.rows = rows.Finish();
    return "EXPLAIN";
  }
  planner::ExecutionActuals actuals;
  const double planning_ms = MillisecondsSince(planning_start);
  planning_scope.reset();
  if (options.analyze) {
    if (session.transaction_read_only() && !bound->read_only) {
      throw SqlError(sqlstate::kReadOnlySqlTransaction, Format("cannot execute %s in a read-only transaction", bound->tag.c_str()));
    }
    const auto start = Clock::now();
    storage::IoCounters counters;
    {
      storage::IoCounters* const counted = options.buffers ? &counters : nullptr;
      const storage::IoCounters::Scope scope(counted);
      actuals = Run(session, plan, parameters, counted);
    }
    actuals.execution_io = counters.counts();
    actuals.execution_ms = MillisecondsSince(start);
  }
  actuals.planning_ms = planning_ms;
  actuals.planning_io = planning_counters.counts();
  for (const std::string& line : planner::Explain(*plan, options, options.analyze || options.summary || options.buffers ? &actuals : nullptr)) rows.Add({line});
  context.rows = rows.Finish();
  return "EXPLAIN";
}

}  // namespace gather::executor
