#include "executor/session/session.h"

#include <thread>

#include "executor/constraint/foreign_key_queue.h"
#include "executor/session/timer.h"
#include "executor/session/transaction_names.h"
#include "executor/commands/command.h"
#include "sql/print.h"
#include "types/datetime.h"
#include "types/machine.h"
#include "types/statement_scope.h"

namespace gather::executor {

namespace ast = sql::ast;

namespace {
constexpr auto kPlanCheckInterval = std::chrono::seconds(1);

void SetIfChanged(catalog::Settings& settings, std::string_view name, std::string_view value) {
  if (settings.GetString(name) != value) settings.SetInternal(name, value);
}

bool IsTransactionEnd(const ast::Node* node) {
  const auto* transaction = ast::TryAs<ast::TransactionStmt>(node);
  return transaction != nullptr && (transaction->kind == ast::TransactionKind::kCommit || transaction->kind == ast::TransactionKind::kRollback ||
                                    transaction->kind == ast::TransactionKind::kRollbackTo);
}
}  // namespace

Portal::~Portal() = default;

Session::Session(Instance& instance, std::shared_ptr<SessionSlot> slot, StartupOptions options)
    : instance_(instance), slot_(std::move(slot)), options_(std::move(options)), settings_(instance.settings),
      foreign_keys_(std::make_unique<ForeignKeyQueue>(*this)), backend_start_(NowMicros()) {
  const catalog::CatalogRef catalog = instance.catalog.Current();
  const catalog::RoleEntry* role = catalog->FindRole(options_.user);
  if (role == nullptr) {
    throw SqlError(sqlstate::kInvalidAuthorizationSpecification, Format("role \"%s\" does not exist", options_.user.c_str())).Severity("FATAL");
  }
  if (!role->can_login) {
    throw SqlError(sqlstate::kInvalidAuthorizationSpecification, Format("role \"%s\" is not permitted to log in", options_.user.c_str())).Severity("FATAL");
  }
  const catalog::DatabaseEntry* database = nullptr;
  for (const catalog::DatabaseEntry* entry : catalog->Databases()) {
    if (entry->name == options_.database) database = entry;
  }
  if (database == nullptr) {
    throw SqlError(sqlstate::kInvalidCatalogName, Format("database \"%s\" does not exist", options_.database.c_str())).Severity("FATAL");
  }
  if (!database->allow_connections) {
    throw SqlError(sqlstate::kObjectNotInPrerequisiteState, Format("database \"%s\" is not currently accepting connections", options_.database.c_str())).Severity("FATAL");
  }
  if (database->connection_limit >= 0 && !role->superuser && instance.catalog.Connections(database->oid) >= static_cast<uint32_t>(database->connection_limit)) {
    throw SqlError(sqlstate::kTooManyConnections, Format("too many connections for database \"%s\"", options_.database.c_str())).Severity("FATAL");
  }
  database_ = instance.catalog.Connect(database->oid);
  if (database_ == nullptr) {
    throw SqlError(sqlstate::kInvalidCatalogName, Format("database \"%s\" does not exist", options_.database.c_str()))
        .Severity("FATAL").Detail("It seems to have just been dropped or renamed.");
  }
  user_name_ = session_user_name_ = options_.user;
  user_oid_ = role->oid;
  settings_.SetInternal("session_authorization", options_.user);
  settings_.SetInternal("is_superuser", role->superuser ? "on" : "off");
  for (const auto& [name, value] : database->settings) settings_.SetAtStart(name, value);
  for (const auto& [name, value] : options_.settings) settings_.SetAtStart(name, value);
  settings_.TakeReports();
  std::lock_guard lock(slot_->mutex);
  catalog::SessionActivity& activity = slot_->activity;
  activity.database = database->oid;
  activity.user = user_oid_;
  activity.user_name = options_.user;
  activity.application_name = settings_.GetString("application_name");
  activity.client_address = options_.client_address;
  activity.client_port = options_.client_port;
  activity.backend_start = backend_start_;
  activity.state = "idle";
  activity.state_change = backend_start_;
  if (settings_.GetBool("log_connections")) {
    instance_.log("LOG", Format("connection authorized: user=%s database=%s%s", user_name_.c_str(), options_.database.c_str(),
                                activity.application_name.empty() ? "" : (" application_name=" + activity.application_name).c_str()));
  }
}

Session::~Session() {
  if (settings_.GetBool("log_disconnections")) {
    const int64_t milliseconds = (NowMicros() - backend_start_) / 1000;
    instance_.log("LOG", Format("disconnection: session time: %d:%02d:%02d.%03d user=%s database=%s host=%s", static_cast<int>(milliseconds / 3600000),
                                static_cast<int>(milliseconds / 60000 % 60), static_cast<int>(milliseconds / 1000 % 60), static_cast<int>(milliseconds % 1000),
                                user_name_.c_str(), options_.database.c_str(), options_.client_address.c_str()));
  }
  portals_.clear();
  if (transaction_ != nullptr) {
    try {
      AbortTransaction();
    } catch (const std::exception& error) {
      instance_.log("WARNING", Format("rollback at disconnection failed: %s", error.what()));
    }
  }
  if (catalog_view()->FindSchema(TemporarySchemaName(slot_->pid)) == nullptr) return;
  try {
    state_ = BlockState::kIdle;
    EnsureTransaction();
    DropTemporaryRelations();
    CommitTransaction();
  } catch (const std::exception& error) {
    instance_.log("WARNING", Format("could not drop temporary relations: %s", error.what()));
  }
}

// ---- Statements

void Session::BeginStatement(std::string_view text) {
  statement_start_ = NowMicros();
  slot_->interrupt.Clear();
  slot_->running.store(true, std::memory_order_release);
  if (slot_->terminate.load(std::memory_order_acquire) != EndReason::kNone) slot_->interrupt.Raise(InterruptReason::kShutdown);
  std::lock_guard lock(slot_->mutex);
  slot_->activity.state = "active";
  slot_->activity.query.assign(text.substr(0, 1024));
  slot_->activity.query_start = slot_->activity.state_change = statement_start_;
}

void Session::EndStatement() {
  slot_->running.store(false, std::memory_order_release);
  std::lock_guard lock(slot_->mutex);
  slot_->activity.state = state_ == BlockState::kFailed ? "idle in transaction (aborted)" : state_ == BlockState::kIdle ? "idle" : "idle in transaction";
  slot_->activity.state_change = NowMicros();
  if (transaction_ == nullptr) {
    slot_->activity.transaction_start = 0;
    slot_->activity.transaction_id = 0;
  }
}

void Session::RunStatement(std::string_view text, const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  const int64_t log_min_duration = statement_settings().log_min_duration;
  const bool log_duration = statement_settings().log_duration;
  BeginStatement(text);
  const StatementScope scope(&slot_->interrupt, &instance_.budget);
  try {
    const Timer::Deadline deadline(instance_.timer, slot_->interrupt, InterruptReason::kStatementTimeout, statement_settings().statement_timeout);
    work();
  } catch (...) {
    EndStatement();
    throw;
  }
  EndStatement();
  if (log_min_duration < 0 && !log_duration) return;
  const double milliseconds = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  if (log_min_duration >= 0 && milliseconds >= static_cast<double>(log_min_duration)) {
    instance_.log("LOG", Format("duration: %.3f ms  statement: ", milliseconds) + std::string(text));
  } else if (log_duration) {
    instance_.log("LOG", Format("duration: %.3f ms", milliseconds));
  }
}

void Session::RefuseInFailedBlock(const sql::ParsedStatement& parsed) const {
  if (state_ == BlockState::kFailed && parsed.node != nullptr && !IsTransactionEnd(parsed.node.get())) {
    throw SqlError(sqlstate::kInFailedSqlTransaction, "current transaction is aborted, commands ignored until end of transaction block");
  }
}

void Session::SimpleQuery(std::string_view text, ResultSink& sink) {
  portals_.erase("");
  statements_.erase("");
  const std::vector<sql::ParsedStatement> parsed = sql::Parse(text);
  if (parsed.empty()) {
    sink.EmptyQuery();
    return;
  }
  for (size_t i = 0; i < parsed.size(); ++i) {
    const bool last = i + 1 == parsed.size();
    RefuseInFailedBlock(parsed[i]);
    if (!IsTransactionEnd(parsed[i].node.get())) EnsureTransaction();
    auto statement = MakePrepared("", parsed[i], parsed[i].text, {});
    std::unique_ptr<Portal> portal = MakePortal("", statement, {});
    if (!portal->columns.empty()) sink.Describe(portal->columns);
    if (portal->bound->kind == sql::StatementKind::kUtility) {
      RunCommand(*portal, sink);
    } else {
      FetchRows(*portal, 0, [&](const Chunk& rows, uint32_t first, uint32_t count) { sink.Rows(rows, first, count); });
    }
    if (portal->bound->kind == sql::StatementKind::kUtility && !portal->columns.empty()) {
      uint64_t rows = 0;
      for (const Chunk& chunk : portal->buffered) {
        sink.Rows(chunk, 0, chunk.rows());
        rows += chunk.rows();
      }
      portal->position = rows;
    }
    const std::string tag = TagOf(*portal, portal->position);
    portal.reset();
    if (last && state_ == BlockState::kImplicit) CommitTransaction();
    if (transaction_ != nullptr) transaction_->NextCommand();
    sink.Complete(tag);
  }
}

void Session::Parse(const std::string& name, std::string_view text, std::vector<Oid> parameter_types) {
  std::vector<sql::ParsedStatement> parsed = sql::Parse(text);
  if (parsed.size() > 1) throw SqlError(sqlstate::kSyntaxError, "cannot insert multiple commands into a prepared statement");
  sql::ParsedStatement statement;
  if (!parsed.empty()) statement = std::move(parsed[0]);
  if (name.empty()) {
    statements_.erase("");
  } else if (statements_.contains(name)) {
    throw SqlError(sqlstate::kDuplicatePreparedStatement, Format("prepared statement \"%s\" already exists", name.c_str()));
  }
  RefuseInFailedBlock(statement);
  if (statement.node != nullptr && !IsTransactionEnd(statement.node.get())) EnsureTransaction();
  statements_[name] = MakePrepared(name, statement, std::string(text), std::move(parameter_types));
}

std::shared_ptr<PreparedStatement> Session::MakePrepared(std::string name, const sql::ParsedStatement& parsed, std::string text, std::vector<Oid> types) {
  auto statement = std::make_shared<PreparedStatement>();
  statement->name = std::move(name);
  statement->text = std::move(text);
  statement->parsed = parsed;
  statement->parameter_types = std::move(types);
  statement->prepare_time = statement_start_;
  if (parsed.node != nullptr) Bind(*statement);
  return statement;
}

sql::BindContext Session::MakeBindContext() {
  sql::BindContext context;
  context.catalog = catalog_view();
  context.functions = &instance_.functions;
  context.search_path = SearchPath();
  context.io = &io();
  return context;
}

std::string Session::ExpressionText(const std::string& stored, const catalog::RelationEntry* table, bool pretty) {
  sql::BindContext context = MakeBindContext();
  return sql::PrintStoredExpression(stored, table, context, pretty);
}

std::string Session::QueryText(const std::string& stored, bool pretty) {
  sql::BindContext context = MakeBindContext();
  return sql::PrintStoredQuery(stored, context, pretty);
}

void Session::Bind(PreparedStatement& statement) {
  sql::BindContext context = MakeBindContext();
  context.parameter_types = statement.parameter_types;
  context.variable_parameters = true;
  auto bound = std::make_shared<sql::BoundStatement>(sql::Bind(statement.parsed, context));
  if (bound->kind == sql::StatementKind::kUtility && bound->output.empty()) bound->output = CommandColumns(*this, *bound);
  if (statement.bound != nullptr) {
    // The client was told these columns: they may not change under it.
    const auto same = [](const sql::OutputColumn& a, const sql::OutputColumn& b) { return a.type == b.type && a.name == b.name; };
    if (!std::equal(bound->output.begin(), bound->output.end(), statement.bound->output.begin(), statement.bound->output.end(), same)) {
      throw SqlError(sqlstate::kFeatureNotSupported, "cached plan must not change result type");
    }
  }
  statement.parameter_types = bound->parameter_types;
  statement.bound = std::move(bound);
  statement.plan.reset();
  statement.plan_fingerprint = statement_settings().plan_fingerprint;
}

uint64_t Session::TableRows(const sql::BoundStatement& bound) const {
  uint64_t rows = 0;
  for (const Oid oid : bound.relations) {
    const catalog::RelationRef relation = bound.catalog->FindRelation(oid);
    if (relation != nullptr && relation->table != nullptr) rows += relation->table->statistics().rows;
  }
  return rows;
}

void Session::Prepare(PreparedStatement& statement) {
  for (;;) {
    if (statement.bound->catalog->version() != catalog_view()->version() || statement.plan_fingerprint != statement_settings().plan_fingerprint) Bind(statement);
    if (LockRelations(*statement.bound)) break;
  }
  if (statement.bound->kind == sql::StatementKind::kUtility) return;
  const auto now = std::chrono::steady_clock::now();
  if (statement.plan != nullptr && now - statement.planned_at > kPlanCheckInterval) {
    const uint64_t rows = TableRows(*statement.bound);
    if (rows > 2 * statement.planned_rows + 1000 || 2 * rows + 1000 < statement.planned_rows) statement.plan.reset();
    statement.planned_at = now;
  }
  if (statement.plan == nullptr) {
    statement.plan = PlanStatement(statement.bound);
    statement.planned_rows = TableRows(*statement.bound);
    statement.planned_at = now;
  }
}

planner::PlanRef Session::PlanStatement(std::shared_ptr<const sql::BoundStatement> bound, const std::vector<Datum>* parameters) {
  class Evaluator final : public planner::ConstantEvaluator {
   public:
    explicit Evaluator(const ExecutionContext& context) : context_(context) {}
    Datum Evaluate(const sql::Expr& expr) override { return EvaluateExpression(std::make_shared<sql::Expr>(expr), context_); }
    bool EvaluateOver(const sql::ExprRef& expr, const Chunk& rows, Vector* result) override {
      *result = executor::EvaluateOver(expr, rows, context_);
      return true;
    }

   private:
    const ExecutionContext& context_;
  };
  const ExecutionContext execution = MakeExecutionContext();
  Evaluator evaluator(execution);
  planner::PlannerContext context;
  context.settings = statement_settings().planner;
  context.evaluator = &evaluator;
  context.parameters = parameters;
  context.functions = &instance_.functions;
  context.snapshot = &execution.snapshot;
  context.history = &instance_.history;
  return planner::MakePlan(std::move(bound), context);
}

bool Session::LockRelations(const sql::BoundStatement& bound) {
  for (const Oid oid : bound.relations) {
    const bool written = bound.modify != nullptr && bound.modify->table->oid == oid;
    LockRelation(oid, written ? storage::LockMode::kRowExclusive : storage::LockMode::kAccessShare);
  }
  return bound.catalog->version() == catalog_view()->version();
}

void Session::LockRelation(Oid relation, storage::LockMode mode) {
  const Timer::Deadline deadline(instance_.timer, slot_->interrupt, InterruptReason::kLockTimeout, statement_settings().lock_timeout);
  transaction_locks().Lock({storage::LockTag::Kind::kRelation, relation, 0}, mode, slot_->interrupt);
}

// ---- Portals

std::unique_ptr<Portal> Session::MakePortal(std::string name, std::shared_ptr<PreparedStatement> statement, std::vector<Datum> parameters) {
  auto portal = std::make_unique<Portal>();
  portal->name = std::move(name);
  portal->parameters = std::move(parameters);
  if (statement->parsed.node != nullptr) {
    Prepare(*statement);
    portal->bound = statement->bound;
    const bool custom = statement_settings().custom_plans && !portal->parameters.empty() && statement->plan != nullptr;
    portal->plan = custom ? PlanStatement(statement->bound, &portal->parameters) : statement->plan;
    portal->columns = statement->bound->output;
  }
  portal->statement = std::move(statement);
  portal->creation_time = statement_start_;
  portal->level = savepoints_.size();
  return portal;
}

PreparedStatement& Session::FindStatement(const std::string& name) {
  const auto found = statements_.find(name);
  if (found != statements_.end()) return *found->second;
  throw SqlError(sqlstate::kInvalidSqlStatementName,
                 name.empty() ? "unnamed prepared statement does not exist" : Format("prepared statement \"%s\" does not exist", name.c_str()));
}

Portal& Session::FindPortal(const std::string& name) {
  const auto found = portals_.find(name);
  if (found != portals_.end()) return *found->second;
  throw SqlError(sqlstate::kInvalidCursorName, Format("portal \"%s\" does not exist", name.c_str()));
}

void Session::ClosePortal(const std::string& name) { portals_.erase(name); }

Portal& Session::Bind(const std::string& portal_name, const std::string& statement_name, std::vector<Datum> parameters, std::vector<int16_t> formats) {
  FindStatement(statement_name);
  const std::shared_ptr<PreparedStatement> statement = statements_.find(statement_name)->second;
  RefuseInFailedBlock(statement->parsed);
  if (portal_name.empty()) {
    portals_.erase("");
  } else if (portals_.contains(portal_name)) {
    throw SqlError(sqlstate::kDuplicateCursor, Format("cursor \"%s\" already exists", portal_name.c_str()));
  }
  if (!IsTransactionEnd(statement->parsed.node.get())) EnsureTransaction();
  std::unique_ptr<Portal> portal = MakePortal(portal_name, statement, std::move(parameters));
  portal->formats = std::move(formats);
  if (portal->formats.size() > 1 && portal->formats.size() != portal->columns.size()) {
    throw SqlError(sqlstate::kProtocolViolation,
                   Format("bind message has %zu result formats but query has %zu columns", portal->formats.size(), portal->columns.size()));
  }
  return *(portals_[portal_name] = std::move(portal));
}

const std::vector<sql::OutputColumn>& Session::DescribeStatement(PreparedStatement& statement) {
  static const std::vector<sql::OutputColumn> kNone;
  if (statement.parsed.node == nullptr) return kNone;
  if (state_ == BlockState::kFailed && !statement.bound->output.empty()) {
    throw SqlError(sqlstate::kInFailedSqlTransaction, "current transaction is aborted, commands ignored until end of transaction block");
  }
  if (statement.bound->catalog->version() != catalog_view()->version()) Bind(statement);
  return statement.bound->output;
}

void Session::Execute(Portal& portal, int64_t row_limit, ResultSink& sink) {
  if (portal.statement->parsed.node == nullptr) {
    sink.EmptyQuery();
    return;
  }
  RefuseInFailedBlock(portal.statement->parsed);
  if (!IsTransactionEnd(portal.statement->parsed.node.get())) EnsureTransaction();
  if (portal.bound->kind == sql::StatementKind::kUtility && !portal.started) {
    // The command may drop this very portal (CLOSE, ROLLBACK): remember what is needed afterwards.
    const bool rows = !portal.columns.empty();
    if (!rows) {
      RunCommand(portal, sink);
      if (transaction_ != nullptr) transaction_->NextCommand();
      sink.Complete(portal.tag);
      return;
    }
    RunCommand(portal, sink);
  }
  const auto limit = row_limit <= 0 ? uint64_t{0} : static_cast<uint64_t>(row_limit);
  const uint64_t fetched = FetchRows(portal, limit, [&](const Chunk& rows, uint32_t first, uint32_t count) { sink.Rows(rows, first, count); });
  if (limit != 0 && fetched == limit && !portal.columns.empty()) {
    sink.Suspended();
    return;
  }
  if (transaction_ != nullptr) transaction_->NextCommand();
  // A query's tag counts the rows of this Execute, a writing statement's those of the whole.
  const bool modify = portal.bound->kind == sql::StatementKind::kModify;
  sink.Complete(TagOf(portal, modify ? portal.position : fetched));
}

void Session::StartPortal(Portal& portal) {
  portal.started = true;
  if (read_only_ && !portal.bound->read_only) {
    throw SqlError(sqlstate::kReadOnlySqlTransaction, Format("cannot execute %s in a read-only transaction", portal.bound->tag.c_str()));
  }
  if (portal.bound->kind == sql::StatementKind::kModify) {
    RunModify(portal);
  } else {
    ExecutionContext context = MakeExecutionContext(portal.parameters);
    portal.snapshot = context.snapshot;
    portal.execution = std::make_unique<Execution>(portal.plan, std::move(context));
  }
}

// Runs the whole modification; its RETURNING rows are buffered. Under READ COMMITTED a conflict undoes the statement and runs it anew.
void Session::RunModify(Portal& portal) {
  for (;;) {
    const uint64_t savepoint = transaction_->Savepoint();
    try {
      Execution execution(portal.plan, MakeExecutionContext(portal.parameters));
      Chunk chunk;
      while (execution.Next(chunk)) {
        if (!portal.columns.empty()) portal.buffered.push_back(chunk);
        chunk.Clear();
      }
      portal.position = execution.rows_modified();
      foreign_keys_->CheckStatement();
      break;
    } catch (const StatementRetry&) {
      portal.buffered.clear();
      foreign_keys_->Forget();
      transaction_->RollbackTo(savepoint);
      slot_->interrupt.Check();
    }
  }
}

// A row to be locked (FOR UPDATE) may have changed since the snapshot: as long as no row has been delivered, the query starts over.
bool Session::NextChunk(Portal& portal, bool delivered) {
  for (;;) {
    try {
      return portal.execution->Next(portal.chunk);
    } catch (const StatementRetry&) {
      if (delivered) throw SqlError(sqlstate::kSerializationFailure, "could not serialize access due to concurrent update");
      slot_->interrupt.Check();
      ExecutionContext context = MakeExecutionContext(portal.parameters);
      portal.snapshot = context.snapshot;
      portal.chunk.Clear();
      portal.execution = std::make_unique<Execution>(portal.plan, std::move(context));
    }
  }
}

uint64_t Session::FetchRows(Portal& portal, uint64_t limit, const std::function<void(const Chunk&, uint32_t, uint32_t)>& deliver) {
  if (portal.failed) throw SqlError(sqlstate::kObjectNotInPrerequisiteState, Format("portal \"%s\" cannot be run", portal.name.c_str()));
  portal.running = true;                                   // until the end, if no error comes in between
  if (!portal.started) StartPortal(portal);
  const bool modify = portal.bound->kind == sql::StatementKind::kModify;
  uint64_t fetched = 0;
  while (limit == 0 || fetched < limit) {
    if (portal.chunk_row >= portal.chunk.rows()) {
      portal.chunk_row = 0;
      if (portal.next_buffered < portal.buffered.size()) {
        portal.chunk = std::move(portal.buffered[portal.next_buffered++]);
      } else {
        portal.chunk.Clear();
        if (portal.finished || portal.execution == nullptr || !NextChunk(portal, portal.position + fetched != 0)) {
          portal.finished = true;
          portal.chunk.Clear();
          break;
        }
      }
    }
    uint32_t count = portal.chunk.rows() - portal.chunk_row;
    if (limit != 0 && count > limit - fetched) count = static_cast<uint32_t>(limit - fetched);
    deliver(portal.chunk, portal.chunk_row, count);
    portal.chunk_row += count;
    fetched += count;
  }
  if (!modify) portal.position += fetched;
  portal.running = false;
  return fetched;
}

// Runs the cursor's query again with its own snapshot and keeps every row: from then on it moves both ways.
void Session::KeepRows(Portal& portal) {
  if (portal.keeps_rows) return;
  uint64_t count = 0;
  if (portal.hold && portal.execution == nullptr) {
    // Held past its transaction: the rest is buffered, what was delivered is gone.
    throw SqlError(sqlstate::kObjectNotInPrerequisiteState, "cursor can only scan forward").Hint("Declare it with SCROLL option to enable backward scan.");
  }
  ExecutionContext context = MakeExecutionContext(portal.parameters);
  context.snapshot = portal.snapshot;
  Execution again(portal.plan, std::move(context));
  Chunk chunk;
  while (again.Next(chunk)) {
    count += chunk.rows();
    portal.kept.push_back(chunk);
    chunk.Clear();
  }
  portal.execution.reset();
  portal.keeps_rows = true;
  portal.scroll_position = portal.finished ? count + 1 : portal.position;
}

void Session::DiscardAll() {
  portals_.clear();
  statements_.clear();
  settings_.ResetAll();
  session_locks_.reset();
  ForgetSequences();
  DropTemporaryRelations();
}

void Session::ForgetSequences() {
  sequence_values_.clear();
  last_sequence_.reset();
}

void Session::DropTemporaryRelations() {
  const catalog::SchemaEntry* schema = catalog_view()->FindSchema(TemporarySchemaName(slot_->pid));
  if (schema == nullptr) return;
  std::vector<std::string> dropped;
  change_catalog().DropSchema(schema->oid, true, &dropped);
}

void Session::RunCommand(Portal& portal, ResultSink& sink) {
  portal.started = true;
  const std::shared_ptr<const sql::BoundStatement> bound = portal.bound;
  if (read_only_ && !CommandIsReadOnly(*bound->utility)) {
    throw SqlError(sqlstate::kReadOnlySqlTransaction, Format("cannot execute %s in a read-only transaction", bound->tag.c_str()));
  }
  std::vector<Chunk> rows;
  CommandContext context{*this, *bound, portal.parameters, sink, rows};
  std::string tag = RunCommandNode(context, *bound->utility);
  portal.tag = std::move(tag);
  portal.buffered = std::move(rows);
}

std::string Session::TagOf(const Portal& portal, uint64_t rows) const {
  if (portal.bound->kind == sql::StatementKind::kUtility) {
    // FETCH 3, EXECUTE's own tag … : a trailing space asks for the number of rows.
    return portal.tag.ends_with(' ') ? portal.tag + std::to_string(rows) : portal.tag;
  }
  if (portal.bound->kind == sql::StatementKind::kModify && portal.bound->modify->kind == sql::BoundModify::Kind::kInsert) {
    return "INSERT 0 " + std::to_string(rows);
  }
  return portal.bound->tag + " " + std::to_string(rows);
}

// ---- Context of an execution

const IoSettings& Session::io() {
  const catalog::CatalogRef catalog = catalog_view();
  if (io_version_ != settings_.version() || io_catalog_ != catalog->version()) {
    io_ = settings_.Io();
    names_ = std::make_shared<catalog::CatalogNames>(catalog, instance_.functions, SearchPath());
    io_.names = names_.get();
    io_version_ = settings_.version();
    io_catalog_ = catalog->version();
  }
  io_.transaction_start = transaction_start_;
  return io_;
}

const StatementSettings& Session::statement_settings() {
  StatementSettings& now = statement_settings_;
  if (now.version == settings_.version()) return now;
  now.version = settings_.version();
  now.planner = planner::ReadPlannerSettings(settings_);
  now.work_mem = settings_.GetInteger("work_mem") * 1024;
  now.log_min_duration = settings_.GetInteger("log_min_duration_statement");
  now.idle_in_transaction_timeout = settings_.GetInteger("idle_in_transaction_session_timeout");
  now.idle_session_timeout = settings_.GetInteger("idle_session_timeout");
  now.lock_timeout = settings_.GetInteger("lock_timeout");
  now.statement_timeout = settings_.GetInteger("statement_timeout");
  now.deadlock_timeout = settings_.GetInteger("deadlock_timeout");
  for (storage::LockOwner* owner : {transaction_locks_.get(), session_locks_.get()}) {
    if (owner != nullptr) owner->set_deadlock_timeout_ms(now.deadlock_timeout);
  }
  now.log_duration = settings_.GetBool("log_duration");
  now.custom_plans = settings_.GetString("plan_cache_mode") == "force_custom_plan";
  now.max_parallel_workers = static_cast<int>(settings_.GetInteger("max_parallel_workers"));
  now.chunk_size = static_cast<uint32_t>(settings_.GetInteger("chunk_size"));
  now.leader_participates = settings_.GetBool("parallel_leader_participation");
  now.default_read_only = settings_.GetBool("default_transaction_read_only");
  now.default_deferrable = settings_.GetBool("default_transaction_deferrable");
  now.default_isolation = ParseIsolationLevel(settings_.GetString("default_transaction_isolation"));
  now.synchronous_commit = settings_.GetString("synchronous_commit") == "off" ? storage::SynchronousCommit::kOff : storage::SynchronousCommit::kOn;
  // Everything but these two, which every BEGIN may change, may show in a bound statement (literals, names) or in its plan.
  uint64_t fingerprint = 0;
  for (const catalog::Settings::Row& row : settings_.All()) {
    if (row.info != nullptr && row.info->name.starts_with("transaction_")) continue;
    fingerprint = fingerprint * 0x100000001B3ull ^ std::hash<std::string>()(row.value);
  }
  now.plan_fingerprint = fingerprint;
  return now;
}

ExecutionContext Session::MakeExecutionContext(std::vector<Datum> parameters) {
  ExecutionContext context;
  context.storage = &instance_.storage;
  context.transaction = transaction_.get();
  if (transaction_ != nullptr) {
    if (isolation_ == storage::IsolationLevel::kSerializable && !transaction_->has_snapshot()) {
      transaction_->SetAccess(read_only_, deferrable_, pid());
      transaction_->WaitForSafeSnapshot(slot_->interrupt);
    }
    context.snapshot = transaction_->TakeSnapshot();
  }
  context.io = io();
  context.interrupt = &slot_->interrupt;
  context.budget = &instance_.budget;
  context.session = this;
  context.pool = instance_.pool;
  context.history = &instance_.history;
  context.foreign_keys = foreign_keys_.get();
  context.parameters = std::move(parameters);
  const StatementSettings& settings = statement_settings();
  context.work_mem = settings.work_mem;
  context.max_parallel_workers = settings.max_parallel_workers;
  context.chunk_size = settings.chunk_size;
  context.leader_participates = settings.leader_participates;
  if (settings.lock_timeout != 0) {
    context.lock_wait = [this](const std::function<void()>& wait) {
      const Timer::Deadline deadline(instance_.timer, slot_->interrupt, InterruptReason::kLockTimeout, statement_settings().lock_timeout);
      wait();
    };
  }
  return context;
}

// ---- Transactions

char Session::transaction_status() const {
  switch (state_) {
    case BlockState::kFailed: return 'E';
    case BlockState::kBlock: return 'T';
    default: return 'I';
  }
}

void Session::EnsureTransaction() {
  if (transaction_ != nullptr || state_ == BlockState::kFailed) return;
  isolation_ = statement_settings().default_isolation;
  read_only_ = statement_settings().default_read_only;
  deferrable_ = statement_settings().default_deferrable;
  transaction_ = instance_.storage.transactions().Begin(isolation_);
  transaction_start_ = statement_start_;
  state_ = BlockState::kImplicit;
  settings_.Begin();
}

void Session::BeginBlock(const TransactionModes& modes) {
  if (state_ == BlockState::kBlock) {
    Notice("WARNING", sqlstate::kActiveSqlTransaction, "there is already a transaction in progress", {}, {});
  }
  state_ = BlockState::kBlock;
  SetTransactionModes(modes);
}

void Session::SetTransactionModes(const TransactionModes& modes) {
  if (modes.isolation.has_value() && *modes.isolation != isolation_) {
    if (transaction_->has_snapshot() || transaction_->has_writes()) {
      throw SqlError(sqlstate::kActiveSqlTransaction, "SET TRANSACTION ISOLATION LEVEL must be called before any query");
    }
    if (!savepoints_.empty()) throw SqlError(sqlstate::kActiveSqlTransaction, "SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction");
    transaction_->Rollback();
    transaction_ = instance_.storage.transactions().Begin(*modes.isolation);
    transaction_locks_.reset();
    isolation_ = *modes.isolation;
  }
  if (modes.read_only.has_value()) {
    if (!*modes.read_only && read_only_ && transaction_->has_snapshot()) {
      throw SqlError(sqlstate::kActiveSqlTransaction, "transaction read-write mode must be set before any query");
    }
    read_only_ = *modes.read_only;
  }
  if (modes.deferrable.has_value()) {
    if (transaction_->has_snapshot()) throw SqlError(sqlstate::kActiveSqlTransaction, "SET TRANSACTION [NOT] DEFERRABLE must be called before any query");
    deferrable_ = *modes.deferrable;
  }
  SetIfChanged(settings_, "transaction_isolation", IsolationLevelName(isolation_));
  SetIfChanged(settings_, "transaction_read_only", read_only_ ? "on" : "off");
  SetIfChanged(settings_, "transaction_deferrable", deferrable_ ? "on" : "off");
}

std::string_view Session::CommitBlock(bool chain) {
  if (state_ == BlockState::kFailed) {
    RollbackBlock(chain);
    return "ROLLBACK";
  }
  if (state_ != BlockState::kBlock) {
    if (chain) RequireBlock("COMMIT AND CHAIN");
    Notice("WARNING", sqlstate::kNoActiveSqlTransaction, "there is no transaction in progress", {}, {});
  }
  const TransactionModes modes{isolation_, read_only_, deferrable_};
  if (transaction_ != nullptr) CommitTransaction();
  if (chain) {
    EnsureTransaction();
    BeginBlock(modes);
  }
  return "COMMIT";
}

std::string_view Session::RollbackBlock(bool chain) {
  if (state_ == BlockState::kIdle || state_ == BlockState::kImplicit) {
    if (chain) RequireBlock("ROLLBACK AND CHAIN");
    Notice("WARNING", sqlstate::kNoActiveSqlTransaction, "there is no transaction in progress", {}, {});
  }
  const TransactionModes modes{isolation_, read_only_, deferrable_};
  if (transaction_ != nullptr) AbortTransaction();
  state_ = BlockState::kIdle;
  if (chain) {
    EnsureTransaction();
    BeginBlock(modes);
  }
  return "ROLLBACK";
}

void Session::CommitTransaction() {
  try {
    foreign_keys_->CheckDeferred();
  } catch (...) {
    AbortTransaction();
    throw;
  }
  HoldCursors();
  try {
    transaction_->Commit(statement_settings().synchronous_commit);
  } catch (...) {
    EndTransaction(false);
    throw;
  }
  EndTransaction(true);
}

void Session::AbortTransaction() {
  // Portals first: their executions read through the transaction's snapshot.
  std::erase_if(portals_, [](const auto& entry) { return !entry.second->hold || entry.second->execution != nullptr; });
  if (transaction_->active()) transaction_->Rollback();
  EndTransaction(false);
}

void Session::EndTransaction(bool committed) {
  foreign_keys_->EndTransaction();
  std::erase_if(portals_, [](const auto& entry) { return !entry.second->hold; });
  transaction_.reset();
  transaction_locks_.reset();
  savepoints_.clear();
  if (committed) settings_.Commit(); else settings_.Rollback();
  read_only_ = false;
  state_ = BlockState::kIdle;
}

// WITH HOLD: the rest of the rows is computed before the transaction goes.
void Session::HoldCursors() {
  for (auto& [name, portal] : portals_) {
    if (!portal->hold || portal->finished) continue;
    if (!portal->started) StartPortal(*portal);
    Chunk chunk;
    while (portal->execution != nullptr && portal->execution->Next(chunk)) {
      portal->buffered.push_back(chunk);
      chunk.Clear();
    }
    portal->execution.reset();
  }
}

void Session::Sync() {
  if (state_ == BlockState::kImplicit) CommitTransaction();
}

void Session::Failed() {
  foreign_keys_->Forget();
  if (state_ == BlockState::kIdle) return;
  const bool block = state_ == BlockState::kBlock || state_ == BlockState::kFailed;
  std::vector<SavepointMark> savepoints;
  if (block && !savepoints_.empty() && transaction_ != nullptr && transaction_->active()) {
    // ROLLBACK TO a savepoint may still revive the block: keep the transaction as it is until then.
    DropPortalsSince(savepoints_.size());
    for (auto& [name, portal] : portals_) portal->failed |= portal->running;
    state_ = BlockState::kFailed;
    return;
  }
  if (transaction_ != nullptr) AbortTransaction();
  if (block) state_ = BlockState::kFailed;
}

void Session::DefineSavepoint(const std::string& name) {
  RequireBlock("SAVEPOINT");
  savepoints_.push_back({name, transaction_->Savepoint(), transaction_locks().Mark(), settings_.Mark()});
}

void Session::ReleaseSavepoint(const std::string& name) {
  RequireBlock("RELEASE SAVEPOINT");
  for (size_t i = savepoints_.size(); i-- > 0;) {
    if (savepoints_[i].name != name) continue;
    savepoints_.resize(i);
    for (auto& [portal_name, portal] : portals_) portal->level = std::min(portal->level, i);
    return;
  }
  throw SqlError(sqlstate::kInvalidSavepointSpecification, Format("savepoint \"%s\" does not exist", name.c_str()));
}

// Those made while so many savepoints, or more, were open; of the others cursors go on where they are.
void Session::DropPortalsSince(size_t level) {
  std::erase_if(portals_, [level](const auto& entry) { return !entry.second->hold && entry.second->level >= level; });
}

void Session::RollbackToSavepoint(const std::string& name) {
  if (state_ != BlockState::kFailed) RequireBlock("ROLLBACK TO SAVEPOINT");
  for (size_t i = savepoints_.size(); i-- > 0;) {
    if (savepoints_[i].name != name) continue;
    DropPortalsSince(i + 1);
    transaction_->RollbackTo(savepoints_[i].storage);
    transaction_locks().RollbackTo(savepoints_[i].locks);
    settings_.RollbackTo(savepoints_[i].settings);
    savepoints_.resize(i + 1);
    state_ = BlockState::kBlock;
    return;
  }
  throw SqlError(sqlstate::kInvalidSavepointSpecification, Format("savepoint \"%s\" does not exist", name.c_str()));
}

void Session::RequireNoBlock(std::string_view statement) const {
  if (state_ == BlockState::kBlock) {
    throw SqlError(sqlstate::kActiveSqlTransaction, std::string(statement) + " cannot run inside a transaction block");
  }
}

void Session::RequireBlock(std::string_view statement) const {
  if (state_ != BlockState::kBlock) {
    throw SqlError(sqlstate::kNoActiveSqlTransaction, std::string(statement) + " can only be used in transaction blocks");
  }
}

// ---- SessionServices

catalog::CatalogRef Session::catalog_view() const { return instance_.catalog.ViewOf(transaction_.get(), *database_); }

catalog::CatalogTransaction& Session::change_catalog() {
  catalog::CatalogTransaction& change = instance_.catalog.Change(*transaction_, database_);
  change.SetVisibleSchemas(SearchPath());
  return change;
}

storage::LockOwner& Session::transaction_locks() {
  if (transaction_locks_ == nullptr) {
    transaction_locks_ = std::make_unique<storage::LockOwner>(instance_.storage.locks(), transaction_ == nullptr ? TransactionId{} : transaction_->id(), slot_->pid);
    transaction_locks_->set_deadlock_timeout_ms(statement_settings().deadlock_timeout);
  }
  return *transaction_locks_;
}

storage::LockOwner& Session::session_locks() {
  if (session_locks_ == nullptr) {
    session_locks_ = std::make_unique<storage::LockOwner>(instance_.storage.locks(), TransactionId{}, slot_->pid);
    session_locks_->set_deadlock_timeout_ms(statement_settings().deadlock_timeout);
  }
  return *session_locks_;
}

std::vector<Oid> Session::SearchPath() const {
  const catalog::CatalogRef catalog = catalog_view();
  std::vector<Oid> path;
  bool lists_pg_catalog = false;
  for (const std::string& name : SplitNameList(settings_.GetString("search_path"))) {
    const catalog::SchemaEntry* schema = catalog->FindSchema(name == "$user" ? user_name_ : name);
    if (schema == nullptr) continue;
    lists_pg_catalog |= schema->oid == catalog::kPgCatalogSchema;
    path.push_back(schema->oid);
  }
  if (!lists_pg_catalog) path.insert(path.begin(), catalog::kPgCatalogSchema);
  if (const catalog::SchemaEntry* temporary = catalog->FindSchema(TemporarySchemaName(slot_->pid))) path.insert(path.begin(), temporary->oid);
  return path;
}

Oid Session::CurrentSchema() const {
  const catalog::CatalogRef catalog = catalog_view();
  for (const std::string& name : SplitNameList(settings_.GetString("search_path"))) {
    if (const catalog::SchemaEntry* schema = catalog->FindSchema(name == "$user" ? user_name_ : name)) return schema->oid;
  }
  return kInvalidOid;
}

void Session::Notice(std::string_view severity, SqlState state, std::string_view message, std::string_view detail, std::string_view hint) {
  if (!notice_handler_) return;
  static constexpr std::string_view kLevels[] = {"DEBUG5", "DEBUG4", "DEBUG3", "DEBUG2", "DEBUG1", "LOG", "NOTICE", "WARNING", "ERROR"};
  const auto rank = [](std::string_view level) {
    for (size_t i = 0; i < std::size(kLevels); ++i) {
      if (kLevels[i].size() == level.size() && strncasecmp(kLevels[i].data(), level.data(), level.size()) == 0) return i;
    }
    return std::size(kLevels);
  };
  if (severity != "INFO" && rank(severity) < rank(settings_.GetString("client_min_messages"))) return;
  // Clients are told of one level of debugging only, as PostgreSQL tells them.
  notice_handler_({std::string(severity.starts_with("DEBUG") ? "DEBUG" : severity), state, std::string(message), std::string(detail), std::string(hint)});
}

void Session::RecordSequenceValue(Oid sequence, int64_t value) {
  sequence_values_[sequence] = value;
  last_sequence_ = sequence;
}

int64_t Session::CurrentSequenceValue(Oid sequence) const {
  const auto found = sequence_values_.find(sequence);
  if (found != sequence_values_.end()) return found->second;
  const catalog::RelationRef relation = catalog_view()->FindRelation(sequence);
  throw SqlError(sqlstate::kObjectNotInPrerequisiteState,
                 Format("currval of sequence \"%s\" is not yet defined in this session", relation == nullptr ? "" : relation->name.c_str()));
}

int64_t Session::LastSequenceValue() const {
  if (!last_sequence_.has_value() || catalog_view()->FindRelation(*last_sequence_) == nullptr) throw SqlError(sqlstate::kObjectNotInPrerequisiteState, "lastval is not yet defined in this session");
  return sequence_values_.at(*last_sequence_);
}

std::vector<catalog::PreparedStatementInfo> Session::PreparedStatements() const {
  std::vector<catalog::PreparedStatementInfo> rows;
  for (const auto& [name, statement] : statements_) {
    if (!name.empty()) rows.push_back({name, statement->text, statement->prepare_time, statement->parameter_types, statement->from_sql});
  }
  return rows;
}

std::vector<catalog::CursorInfo> Session::Cursors() const {
  std::vector<catalog::CursorInfo> rows;
  for (const auto& [name, portal] : portals_) {
    if (portal->statement == nullptr) continue;
    rows.push_back({name, portal->statement->text, portal->hold, false, portal->cursor && !portal->forward_only, portal->creation_time});
  }
  return rows;
}

catalog::MemoryInfo Session::Memory() const {
  const MemoryBudget& budget = instance_.budget;
  return {.limit = budget.limit(), .used = budget.used(), .peak = budget.peak(), .available = budget.available(), .resident = ResidentMemory()};
}

std::vector<catalog::ParallelDecisionInfo> Session::ParallelDecisions() const {
  std::vector<catalog::ParallelDecisionInfo> rows;
  for (const planner::ParallelHistory::Record& record : instance_.history.All()) {
    rows.push_back({.shape = record.last.shape, .operation = record.last.operation, .table = record.last.table, .reason = record.last.reason,
                    .rows = record.last.rows, .serial_ms = record.serial_ms, .parallel_ms = record.parallel_ms, .workers_planned = record.last.workers,
                    .executions = record.executions, .workers_launched = record.workers_launched, .serial_samples = record.serial_samples,
                    .parallel_samples = record.parallel_samples});
  }
  return rows;
}

}  // namespace gather::executor
