// Execution: one run of one plan. The session makes it, pulls chunks until the end (or stops early), and destroys it.
//
// Next runs on the calling (leader) thread, which takes part in the work; workers are only used below Gather and Gather Merge. Between two
// calls no worker is held: a suspended portal costs its buffers only. Destroying it cancels what still runs and waits for the workers.
// Throws SqlError. Not thread-safe.
#pragma once

#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

#include "catalog/session_services.h"
#include "planner/explain.h"
#include "planner/plan.h"
#include "storage/transaction.h"
#include "types/chunk.h"
#include "types/interrupt.h"
#include "types/memory_budget.h"

namespace gather::executor {

class ForeignKeyQueue;                                // executor/constraint/foreign_key_queue.h
class WorkerPool;                                     // executor/pool/worker_pool.h

// An UPDATE or DELETE met a row that another transaction has changed since the snapshot was taken (READ COMMITTED): the session rolls back to
// the statement's savepoint and runs the statement again with a fresh snapshot. Never reaches a client.
class StatementRetry : public std::exception {
 public:
  const char* what() const noexcept override { return "the statement must be run again with a fresh snapshot"; }
};

// What a statement runs in. Everything outlives the execution.
struct ExecutionContext {
  storage::Storage* storage = nullptr;
  storage::Transaction* transaction = nullptr;
  storage::Snapshot snapshot;
  IoSettings io;
  const InterruptFlag* interrupt = nullptr;
  MemoryBudget* budget = nullptr;                     // the query's: operators make children of it
  catalog::SessionServices* session = nullptr;
  WorkerPool* pool = nullptr;                         // null: serial
  planner::ParallelHistory* history = nullptr;        // told what workers brought; null: nobody
  std::vector<Datum> parameters;
  int64_t work_mem = 4 << 20;
  int max_parallel_workers = 8;
  uint32_t chunk_size = kVectorSize;                  // developer option: smaller chunks
  bool leader_participates = true;
  ForeignKeyQueue* foreign_keys = nullptr;            // told of keys that come and go; null: nobody
  bool instrument = false;                            // EXPLAIN ANALYZE
  storage::IoCounters* io_counters = nullptr;         // of the statement's workers, for EXPLAIN; null: not counted
  // Runs a wait for another transaction or a row lock under the session's lock_timeout; null: no limit.
  std::function<void(const std::function<void()>& wait)> lock_wait;
};

class Execution {
 public:
  Execution(planner::PlanRef plan, ExecutionContext context);
  ~Execution();
  Execution(const Execution&) = delete;

  // The next rows of the result (never 0 rows while returning true).
  bool Next(Chunk& out);
  // Rows inserted, updated or deleted so far (ModifyTable).
  uint64_t rows_modified() const;
  // After the end, with `instrument`.
  planner::ExecutionActuals Actuals() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Evaluates an expression without slots: constants, parameters, functions.
Datum EvaluateExpression(const sql::ExprRef& expr, const ExecutionContext& context);
// Over one chunk: for commands (checks over existing rows, index builds).
Vector EvaluateOver(const sql::ExprRef& expr, const Chunk& input, const ExecutionContext& context);

}  // namespace gather::executor
