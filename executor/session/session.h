// Session: one client's SQL session: transaction block, settings, prepared statements, portals, notices. No bytes, no socket.
//
// Driven by one thread at a time (the protocol's). The transaction states are PostgreSQL's:
//
//            statement                      BEGIN                     error
//   kIdle ───────────────▶ kImplicit ─────────────────▶ kBlock ─────────────▶ kFailed
//     ▲    end of message /    │                          │ COMMIT, ROLLBACK    │ ROLLBACK, COMMIT
//     └──────── Sync ──────────┴──────────────────────────┴─────────────────────┘
//
// Errors: methods throw SqlError; the caller reports it and calls Failed(), which aborts the transaction.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalog/name_resolver.h"
#include "catalog/session_services.h"
#include "executor/execution.h"
#include "executor/session/instance.h"
#include "executor/session/result_sink.h"
#include "executor/session/session_registry.h"
#include "executor/session/transaction_names.h"
#include "sql/sql.h"
#include "types/error.h"

namespace gather::executor {

struct SessionNotice {
  std::string severity;
  SqlState state;
  std::string message, detail, hint;
};

// A statement parsed and bound under a name (or the empty one), with its cached plan.
struct PreparedStatement {
  std::string name;
  std::string text;                                        // as the client sent it
  sql::ParsedStatement parsed;                             // parsed.node null: empty query
  std::vector<Oid> parameter_types;
  std::shared_ptr<const sql::BoundStatement> bound;
  planner::PlanRef plan;                                   // of queries and modifications
  uint64_t plan_fingerprint = 0;                           // StatementSettings' when bound and planned
  uint64_t planned_rows = 0;                               // of its tables together: replanned when that has changed much
  std::chrono::steady_clock::time_point planned_at;
  bool from_sql = false;                                   // PREPARE
  int64_t prepare_time = 0;
};

struct Portal {
  std::string name;
  std::shared_ptr<PreparedStatement> statement;
  std::shared_ptr<const sql::BoundStatement> bound;        // as of Bind
  planner::PlanRef plan;
  std::vector<Datum> parameters;
  std::vector<int16_t> formats;                            // the protocol's business
  std::vector<sql::OutputColumn> columns;                  // empty: yields no rows
  bool hold = false;                                       // cursor WITH HOLD: rows are materialised at commit
  bool cursor = false;                                     // made by DECLARE
  bool scroll = false, forward_only = false;
  bool started = false, finished = false;
  bool running = false, failed = false;                    // an error ended its run: it cannot go on after ROLLBACK TO
  size_t level = 0;                                        // how many savepoints were open when it was made
  uint64_t position = 0;                                   // rows delivered so far
  std::unique_ptr<Execution> execution;
  std::vector<Chunk> buffered;                             // rows of commands, RETURNING and scrollable cursors
  size_t next_buffered = 0;
  Chunk chunk;                                             // partly delivered
  uint32_t chunk_row = 0;
  storage::Snapshot snapshot;                              // of the execution
  // A cursor that has moved backward keeps all its rows; scroll_position: 0 before the first row, n on row n, one more than all after the last.
  bool keeps_rows = false;
  std::vector<Chunk> kept;
  uint64_t scroll_position = 0;
  std::string tag;                                         // of a finished command
  int64_t creation_time = 0;
  Portal() = default;
  ~Portal();
};

struct StartupOptions {
  std::string user, database;
  std::vector<std::pair<std::string, std::string>> settings;
  std::string client_address;
  int32_t client_port = -1;
};

// What every statement needs of the settings, read again only when one of them has changed.
struct StatementSettings {
  uint64_t version = ~uint64_t{0};
  planner::PlannerSettings planner;
  uint64_t plan_fingerprint = 0;                           // of all settings that binding and planning depend on
  int64_t work_mem = 0, log_min_duration = -1, statement_timeout = 0, lock_timeout = 0, deadlock_timeout = 0;  // milliseconds
  int64_t idle_in_transaction_timeout = 0, idle_session_timeout = 0;                                          // likewise
  int max_parallel_workers = 0;
  uint32_t chunk_size = kVectorSize;
  bool leader_participates = true, default_read_only = false, default_deferrable = false, log_duration = false, custom_plans = false;
  storage::SynchronousCommit synchronous_commit = storage::SynchronousCommit::kOn;
  storage::IsolationLevel default_isolation = storage::IsolationLevel::kReadCommitted;
};

class ForeignKeyQueue;                                     // executor/constraint/foreign_key_queue.h

class Session final : public catalog::SessionServices {
 public:
  // Throws 28000 / 3D000 (FATAL) for an unknown user or database, 42704 / 22023 for bad settings.
  Session(Instance& instance, std::shared_ptr<SessionSlot> slot, StartupOptions options);
  ~Session() override;                                     // rolls back what is open

  // ---- Driven by the protocol
  void SimpleQuery(std::string_view text, ResultSink& sink);
  void Parse(const std::string& name, std::string_view text, std::vector<Oid> parameter_types);
  PreparedStatement& FindStatement(const std::string& name);                    // 26000
  Portal& Bind(const std::string& portal, const std::string& statement, std::vector<Datum> parameters, std::vector<int16_t> formats);
  Portal& FindPortal(const std::string& name);                                  // 34000
  // What RowDescription says of a statement: none for no rows. Rebinds when the catalog has changed.
  const std::vector<sql::OutputColumn>& DescribeStatement(PreparedStatement& statement);
  void Execute(Portal& portal, int64_t row_limit, ResultSink& sink);
  void CloseStatement(const std::string& name) { statements_.erase(name); }
  void ClosePortal(const std::string& name);
  void Sync();                                             // ends an implicit transaction: commits it
  void Failed();                                           // an error was reported
  char transaction_status() const;                         // I, T, E
  // The interrupt and the activity of the statement that begins or ends here.
  void BeginStatement(std::string_view text);
  void EndStatement();
  // One message's work: activity, statement_timeout, and the log line of a slow statement around it.
  void RunStatement(std::string_view text, const std::function<void()>& work);
  void SetNoticeHandler(std::function<void(const SessionNotice&)> handler) { notice_handler_ = std::move(handler); }
  std::vector<std::pair<std::string, std::string>> TakeParameterReports() { return settings_.TakeReports(); }
  const IoSettings& io();
  const StatementSettings& statement_settings();
  SessionSlot& slot() { return *slot_; }
  Instance& instance() { return instance_; }

  // ---- For commands (executor/commands)
  enum class BlockState : uint8_t { kIdle, kImplicit, kBlock, kFailed };
  BlockState block_state() const { return state_; }
  void EnsureTransaction();
  void BeginBlock(const TransactionModes& modes);
  // Both return the tag: COMMIT of a failed block is a ROLLBACK.
  std::string_view CommitBlock(bool chain);
  std::string_view RollbackBlock(bool chain);
  void DefineSavepoint(const std::string& name);
  void ReleaseSavepoint(const std::string& name);
  void RollbackToSavepoint(const std::string& name);
  // 25001 "x cannot run inside a transaction block".
  void RequireNoBlock(std::string_view statement) const;
  // 25P01 "x can only be used in transaction blocks".
  void RequireBlock(std::string_view statement) const;
  catalog::CatalogTransaction& change_catalog();
  sql::BindContext MakeBindContext();
  ExecutionContext MakeExecutionContext(std::vector<Datum> parameters = {});
  planner::PlanRef PlanStatement(std::shared_ptr<const sql::BoundStatement> bound, const std::vector<Datum>* parameters = nullptr);
  // Takes the locks the statement needs; false: the catalog changed meanwhile, bind again.
  bool LockRelations(const sql::BoundStatement& bound);
  void LockRelation(Oid relation, storage::LockMode mode);
  // Whoever runs a writing statement calls its CheckStatement at the end.
  ForeignKeyQueue& foreign_keys() { return *foreign_keys_; }
  std::unordered_map<std::string, std::shared_ptr<PreparedStatement>>& statements() { return statements_; }
  std::map<std::string, std::unique_ptr<Portal>>& portals() { return portals_; }
  std::shared_ptr<PreparedStatement> MakePrepared(std::string name, const sql::ParsedStatement& parsed, std::string text, std::vector<Oid> types);
  std::unique_ptr<Portal> MakePortal(std::string name, std::shared_ptr<PreparedStatement> statement, std::vector<Datum> parameters);
  // Delivers up to `limit` rows (0: all) to `deliver`; returns how many.
  uint64_t FetchRows(Portal& portal, uint64_t limit, const std::function<void(const Chunk&, uint32_t, uint32_t)>& deliver);
  void OpenPortal(Portal& portal) { StartPortal(portal); }
  void KeepRows(Portal& portal);
  void DiscardAll();
  void ForgetSequences();
  void DropTemporaryRelations();
  storage::IsolationLevel isolation() const { return isolation_; }
  bool transaction_read_only() const { return read_only_; }
  void SetTransactionModes(const TransactionModes& modes);
  std::string TagOf(const Portal& portal, uint64_t rows) const;

  // ---- SessionServices
  std::string ExpressionText(const std::string& stored, const catalog::RelationEntry* table, bool pretty) override;
  std::string QueryText(const std::string& stored, bool pretty) override;
  const std::string& user_name() const override { return user_name_; }
  const std::string& session_user_name() const override { return session_user_name_; }
  Oid user_oid() const override { return user_oid_; }
  const std::string& database_name() const override { return options_.database; }
  int32_t pid() const override { return slot_->pid; }
  catalog::Settings& settings() override { return settings_; }
  std::vector<Oid> SearchPath() const override;
  Oid CurrentSchema() const override;
  const InterruptFlag& interrupt() const override { return slot_->interrupt; }
  std::string client_address() const override { return options_.client_address; }
  int32_t client_port() const override { return options_.client_port; }
  int64_t statement_start() const override { return statement_start_; }
  int64_t backend_start() const override { return backend_start_; }
  void Notice(std::string_view severity, SqlState state, std::string_view message, std::string_view detail, std::string_view hint) override;
  catalog::CatalogRef catalog_view() const override;
  catalog::Catalog& catalog() override { return instance_.catalog; }
  storage::Transaction* transaction() override { return transaction_.get(); }
  storage::LockOwner& session_locks() override;
  storage::LockOwner& transaction_locks() override;
  void RecordSequenceValue(Oid sequence, int64_t value) override;
  int64_t CurrentSequenceValue(Oid sequence) const override;
  int64_t LastSequenceValue() const override;
  std::vector<catalog::SessionActivity> Activity() const override { return instance_.sessions.Activity(); }
  bool CancelBackend(int32_t pid) override { return instance_.sessions.Cancel(pid); }
  bool TerminateBackend(int32_t pid) override { return instance_.sessions.Terminate(pid); }
  int64_t server_start() const override { return instance_.start_time; }
  std::vector<catalog::PreparedStatementInfo> PreparedStatements() const override;
  std::vector<catalog::CursorInfo> Cursors() const override;
  std::vector<catalog::ParallelDecisionInfo> ParallelDecisions() const override;
  catalog::MemoryInfo Memory() const override;
  void ForgetParallelDecisions() override { instance_.history.Reset(); }

 private:
  struct SavepointMark {
    std::string name;
    uint64_t storage, locks, settings;
  };

  void RefuseInFailedBlock(const sql::ParsedStatement& parsed) const;
  void Bind(PreparedStatement& statement);                 // (re)binds to the present catalog
  void Prepare(PreparedStatement& statement);              // rebinds and replans when stale; takes locks
  void StartPortal(Portal& portal);
  void RunModify(Portal& portal);
  bool NextChunk(Portal& portal, bool delivered);
  void RunCommand(Portal& portal, ResultSink& sink);
  void CommitTransaction();
  void AbortTransaction();
  void EndTransaction(bool committed);
  void HoldCursors();
  void DropPortalsSince(size_t level);
  uint64_t TableRows(const sql::BoundStatement& bound) const;

  Instance& instance_;
  const std::shared_ptr<SessionSlot> slot_;
  const StartupOptions options_;
  std::shared_ptr<catalog::Database> database_;
  catalog::Settings settings_;
  std::string user_name_, session_user_name_;
  Oid user_oid_ = kInvalidOid;
  std::function<void(const SessionNotice&)> notice_handler_;

  BlockState state_ = BlockState::kIdle;
  std::unique_ptr<storage::Transaction> transaction_;
  std::unique_ptr<storage::LockOwner> transaction_locks_, session_locks_;
  const std::unique_ptr<ForeignKeyQueue> foreign_keys_;
  std::vector<SavepointMark> savepoints_;
  storage::IsolationLevel isolation_ = storage::IsolationLevel::kReadCommitted;
  bool read_only_ = false, deferrable_ = false;
  int64_t transaction_start_ = 0;

  std::unordered_map<std::string, std::shared_ptr<PreparedStatement>> statements_;
  std::map<std::string, std::unique_ptr<Portal>> portals_;
  std::unordered_map<Oid, int64_t> sequence_values_;
  std::optional<Oid> last_sequence_;

  int64_t statement_start_ = 0;
  const int64_t backend_start_;
  StatementSettings statement_settings_;
  IoSettings io_;
  uint64_t io_version_ = ~uint64_t{0};
  std::shared_ptr<const catalog::CatalogNames> names_;  // of catalog version io_catalog_
  uint64_t io_catalog_ = ~uint64_t{0};
};

}  // namespace gather::executor
