// SessionServices: what functions and system views may ask of the session that runs them and of the server around it.
//
// Implemented by the session (executor/session). Called on the leader's thread unless said otherwise.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/random_state.h"
#include "catalog/settings.h"
#include "storage/locks.h"

namespace gather::catalog {

struct SessionActivity {                                 // one row of pg_stat_activity
  int32_t pid = 0;
  Oid database = kPostgresDatabase;
  Oid user = kBootstrapRole;
  std::string user_name, application_name, client_address, state, query, wait_event_type, wait_event;
  int32_t client_port = -1;
  int64_t backend_start = 0, transaction_start = 0, query_start = 0, state_change = 0;  // 0: null
  uint64_t transaction_id = 0;
  std::string backend_type = "client backend";
};

struct PreparedStatementInfo {                           // one row of pg_prepared_statements
  std::string name, text;
  int64_t prepare_time = 0;
  std::vector<Oid> parameter_types;
  bool from_sql = false;
};

struct CursorInfo {                                      // one row of pg_cursors
  std::string name, text;
  bool hold = false, binary = false, scrollable = false;
  int64_t creation_time = 0;
};

struct ParallelDecisionInfo {                            // one row of gather_parallel_decisions; times in milliseconds
  uint64_t shape = 0;
  std::string operation, table, reason;
  double rows = 0, serial_ms = 0, parallel_ms = 0;
  int workers_planned = 0;
  uint64_t executions = 0, workers_launched = 0, serial_samples = 0, parallel_samples = 0;
};

struct MemoryInfo {                                      // the row of gather_memory, in bytes
  uint64_t limit = 0, used = 0, peak = 0, available = 0, resident = 0;
};

class SessionServices {
 public:
  virtual ~SessionServices() = default;
  // Session
  virtual const std::string& user_name() const = 0;      // current_user
  virtual const std::string& session_user_name() const = 0;
  virtual Oid user_oid() const = 0;
  virtual const std::string& database_name() const = 0;
  virtual int32_t pid() const = 0;
  virtual Settings& settings() = 0;
  virtual std::vector<Oid> SearchPath() const = 0;       // effective, implicit pg_catalog (and pg_temp) included
  virtual Oid CurrentSchema() const = 0;                 // first existing of search_path; 0: none
  virtual const InterruptFlag& interrupt() const = 0;
  virtual std::string client_address() const = 0;
  virtual int32_t client_port() const = 0;
  virtual int64_t statement_start() const = 0;           // µs since 2000
  virtual int64_t backend_start() const = 0;
  virtual void Notice(std::string_view severity, SqlState state, std::string_view message, std::string_view detail = {}, std::string_view hint = {}) = 0;
  virtual RandomState* random_state() { return nullptr; }         // of random() and setseed(); null: one per thread
  // Stored SQL text for a reader: names relative to the search path; `pretty` leaves out parentheses that precedence makes redundant.
  virtual std::string ExpressionText(const std::string& stored, const RelationEntry* /*table: whose columns it may use*/, bool /*pretty*/) { return stored; }
  virtual std::string QueryText(const std::string& stored, bool /*pretty*/) { return stored; }
  // Transaction
  virtual CatalogRef catalog_view() const = 0;           // pinned by the running statement
  virtual Catalog& catalog() = 0;
  virtual storage::Transaction* transaction() = 0;
  virtual storage::LockOwner& session_locks() = 0;       // advisory locks held by the session
  virtual storage::LockOwner& transaction_locks() = 0;
  // currval, lastval, setval bookkeeping
  virtual void RecordSequenceValue(Oid sequence, int64_t value) = 0;
  virtual int64_t CurrentSequenceValue(Oid sequence) const = 0;   // 55000
  virtual int64_t LastSequenceValue() const = 0;                  // 55000
  // Server
  virtual std::vector<SessionActivity> Activity() const = 0;      // thread-safe
  virtual bool CancelBackend(int32_t pid) = 0;
  virtual bool TerminateBackend(int32_t pid) = 0;
  virtual int64_t server_start() const = 0;
  virtual std::vector<PreparedStatementInfo> PreparedStatements() const = 0;
  virtual std::vector<CursorInfo> Cursors() const = 0;
  virtual std::vector<ParallelDecisionInfo> ParallelDecisions() const { return {}; }
  virtual MemoryInfo Memory() const { return {}; }
  virtual void ForgetParallelDecisions() {}
};

}  // namespace gather::catalog
