#include "executor/commands/explain.h"

#include <chrono>

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
      } else if (format == "xml" || format == "yaml") {
        ThrowNotSupported("EXPLAIN format \"" + format + "\" is not supported");
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

// Runs the plan to its end; a modification that meets a concurrent change starts anew, as outside EXPLAIN.
planner::ExecutionActuals Run(Session& session, const planner::PlanRef& plan, const std::vector<Datum>& parameters) {
  for (;;) {
    const uint64_t savepoint = session.transaction()->Savepoint();
    try {
      ExecutionContext context = session.MakeExecutionContext(parameters);
      context.instrument = true;
      Execution execution(plan, std::move(context));
      Chunk chunk;
      while (execution.Next(chunk)) chunk.Clear();
      return execution.Actuals();
    } catch (const StatementRetry&) {
      session.transaction()->RollbackTo(savepoint);
      session.interrupt().Check();
    }
  }
}
}  // namespace

std::string ExplainCommand(CommandContext& context, const ast::Node& node) {
  const auto& statement = ast::As<ast::ExplainStmt>(node);
  Session& session = context.session;
  const planner::ExplainOptions options = ReadOptions(statement);
  TextRows rows(1);
  const auto planning_start = Clock::now();
  std::shared_ptr<const sql::BoundStatement> bound;
  planner::PlanRef plan;
  std::vector<Datum> parameters = context.parameters;
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
  if (options.analyze) {
    if (session.transaction_read_only() && !bound->read_only) {
      throw SqlError(sqlstate::kReadOnlySqlTransaction, Format("cannot execute %s in a read-only transaction", bound->tag.c_str()));
    }
    const auto start = Clock::now();
    actuals = Run(session, plan, parameters);
    actuals.execution_ms = MillisecondsSince(start);
  }
  actuals.planning_ms = planning_ms;
  for (const std::string& line : planner::Explain(*plan, options, options.analyze || options.summary ? &actuals : nullptr)) rows.Add({line});
  context.rows = rows.Finish();
  return "EXPLAIN";
}

}  // namespace gather::executor
