// Who and where: version, users, database, schemas, backends, transactions, time of start; cancelling, sleeping.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "catalog/functions/system_kernel.h"
#include "catalog/setting_values.h"
#include "catalog/version.h"
#include "storage/serializable_conflicts.h"
#include "storage/transaction.h"
#include "types/array.h"
#include "types/datetime.h"

namespace gather::catalog {

namespace {

// One answer for all rows.
template <class T>
void Fill(Vector& result, uint32_t rows, T value) {
  for (uint32_t row = 0; row < rows; row++) result.data<T>()[row] = value;
}
void FillText(Vector& result, uint32_t rows, std::string_view text) {
  const StringRef ref = result.AddString(text);
  for (uint32_t row = 0; row < rows; row++) result.data<StringRef>()[row] = ref;
}

GATHER_SYSTEM_KERNEL(Version) { FillText(result, rows, kVersionText); }
GATHER_SYSTEM_KERNEL(CurrentDatabase) { FillText(result, rows, SessionOf(context).database_name()); }
GATHER_SYSTEM_KERNEL(CurrentUser) { FillText(result, rows, SessionOf(context).user_name()); }
GATHER_SYSTEM_KERNEL(SessionUser) { FillText(result, rows, SessionOf(context).session_user_name()); }
GATHER_SYSTEM_KERNEL(BackendPid) { Fill<int32_t>(result, rows, SessionOf(context).pid()); }
GATHER_SYSTEM_KERNEL(ClientEncoding) { FillText(result, rows, SessionOf(context).settings().GetString("client_encoding")); }
GATHER_SYSTEM_KERNEL(ServerEncoding) { FillText(result, rows, SessionOf(context).settings().GetString("server_encoding")); }
GATHER_SYSTEM_KERNEL(PostmasterStartTime) { Fill<int64_t>(result, rows, SessionOf(context).server_start()); }
GATHER_SYSTEM_KERNEL(False) { Fill<uint8_t>(result, rows, 0); }
GATHER_SYSTEM_KERNEL(Zero) { Fill<int32_t>(result, rows, 0); }
GATHER_SYSTEM_KERNEL(Nothing) { Fill<int32_t>(result, rows, 0); }

GATHER_SYSTEM_KERNEL(ForgetParallelDecisions) {
  SessionOf(context).ForgetParallelDecisions();
  Fill<int32_t>(result, rows, 0);
}

GATHER_SYSTEM_KERNEL(CurrentSchema) {
  SessionServices& session = SessionOf(context);
  const SchemaEntry* schema = session.catalog_view()->FindSchema(session.CurrentSchema());
  if (schema == nullptr) return result.SetConstantNull();
  FillText(result, rows, schema->name);
}

std::string SchemaArray(SessionServices& session, bool implicit) {
  const CatalogRef catalog = session.catalog_view();
  std::vector<std::string> listed;
  SplitIdentifierList(session.settings().GetString("search_path"), &listed);
  for (std::string& name : listed) {
    if (name == "$user") name = session.user_name();
  }
  ArrayBuilder builder(type_oid::kName);
  for (Oid oid : session.SearchPath()) {
    const SchemaEntry* schema = catalog->FindSchema(oid);
    if (schema == nullptr) continue;
    if (implicit || std::find(listed.begin(), listed.end(), schema->name) != listed.end()) builder.Add(schema->name);
  }
  return builder.Finish();
}

GATHER_SYSTEM_KERNEL(CurrentSchemas) {
  ForValidRows(result, rows, [&](uint32_t row) { SetText(result, row, SchemaArray(SessionOf(context), BoolAt(arguments[0], row))); });
}

GATHER_SYSTEM_KERNEL(ClientAddress) {
  const std::string address = SessionOf(context).client_address();
  if (address.empty()) return result.SetConstantNull();
  FillText(result, rows, address);
}

GATHER_SYSTEM_KERNEL(ClientPort) {
  if (SessionOf(context).client_address().empty()) return result.SetConstantNull();
  Fill<int32_t>(result, rows, SessionOf(context).client_port());
}

GATHER_SYSTEM_KERNEL(ServerPort) { Fill<int32_t>(result, rows, static_cast<int32_t>(SessionOf(context).settings().GetInteger("port"))); }

Oid OwnTemporarySchema(SessionServices& session) {
  const CatalogRef catalog = session.catalog_view();
  for (Oid oid : session.SearchPath()) {
    const SchemaEntry* schema = catalog->FindSchema(oid);
    if (schema != nullptr && schema->name.starts_with("pg_temp_")) return oid;
  }
  return kInvalidOid;
}

GATHER_SYSTEM_KERNEL(MyTemporarySchema) { Fill<Oid>(result, rows, OwnTemporarySchema(SessionOf(context))); }

GATHER_SYSTEM_KERNEL(IsOtherTemporarySchema) {
  SessionServices& session = SessionOf(context);
  ForValidRows(result, rows, [&](uint32_t row) {
    const Oid oid = At<Oid>(arguments[0], row);
    const SchemaEntry* schema = session.catalog_view()->FindSchema(oid);
    result.data<uint8_t>()[row] = schema != nullptr && schema->name.starts_with("pg_temp_") && oid != OwnTemporarySchema(session);
  });
}

// ---- other backends

GATHER_SYSTEM_KERNEL(CancelBackend) {
  SessionServices& session = SessionOf(context);
  ForValidRows(result, rows, [&](uint32_t row) {
    const int32_t pid = At<int32_t>(arguments[0], row);
    const bool found = session.CancelBackend(pid);
    if (!found) session.Notice("WARNING", sqlstate::kWarning, Format("PID %d is not a PostgreSQL backend process", pid));
    result.data<uint8_t>()[row] = found;
  });
}

GATHER_SYSTEM_KERNEL(TerminateBackend) {
  SessionServices& session = SessionOf(context);
  ForValidRows(result, rows, [&](uint32_t row) {
    const int32_t pid = At<int32_t>(arguments[0], row);
    if (At<int64_t>(arguments[1], row) < 0) throw SqlError(sqlstate::kNumericValueOutOfRange, "\"timeout\" must not be negative");
    const bool found = session.TerminateBackend(pid);
    if (!found) session.Notice("WARNING", sqlstate::kWarning, Format("PID %d is not a PostgreSQL backend process", pid));
    result.data<uint8_t>()[row] = found;
  });
}

std::string PidArray(const std::vector<int32_t>& pids) {
  ArrayBuilder builder(type_oid::kInt4);
  for (const int32_t& pid : pids) builder.Add({reinterpret_cast<const char*>(&pid), sizeof(pid)});
  return builder.Finish();
}

GATHER_SYSTEM_KERNEL(BlockingPids) {
  storage::LockManager& locks = SessionOf(context).catalog().storage().locks();
  ForValidRows(result, rows, [&](uint32_t row) { SetText(result, row, PidArray(locks.BlockingPids(At<int32_t>(arguments[0], row)))); });
}

GATHER_SYSTEM_KERNEL(SafeSnapshotBlockingPids) {
  storage::SerializableConflicts& conflicts = SessionOf(context).catalog().storage().transactions().conflicts();
  ForValidRows(result, rows, [&](uint32_t row) { SetText(result, row, PidArray(conflicts.SafeSnapshotBlockingPids(At<int32_t>(arguments[0], row)))); });
}

// What isolationtester asks: does a session wait for one of these others? (PostgreSQL's src/backend/utils/adt/lockfuncs.c)
GATHER_SYSTEM_KERNEL(IsBlockedBy) {
  storage::Storage& storage = SessionOf(context).catalog().storage();
  ForValidRows(result, rows, [&](uint32_t row) {
    const int32_t waiter = At<int32_t>(arguments[0], row);
    std::vector<int32_t> blocking = storage.locks().BlockingPids(waiter);
    const std::vector<int32_t> unsafe = storage.transactions().conflicts().SafeSnapshotBlockingPids(waiter);
    blocking.insert(blocking.end(), unsafe.begin(), unsafe.end());
    const std::string pids = TextAt(arguments[1], row);
    const Vector others = ArrayElements(pids);
    const int32_t* begin = others.data<int32_t>();
    result.data<uint8_t>()[row] = std::find_first_of(blocking.begin(), blocking.end(), begin, begin + ArrayReader(pids).size()) != blocking.end();
  });
}

// Wakes often enough to see a cancel request at once.
void SleepFor(FunctionContext& context, double seconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(std::min(seconds, 1e9));
  while (true) {
    context.interrupt->Check();
    const auto left = end - std::chrono::steady_clock::now();
    if (left <= std::chrono::nanoseconds(0)) return;
    std::this_thread::sleep_for(std::min<std::chrono::duration<double>>(left, std::chrono::milliseconds(5)));
  }
}

GATHER_SYSTEM_KERNEL(Sleep) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const double seconds = At<double>(arguments[0], row);
    if (seconds > 0) SleepFor(context, seconds);
    result.data<int32_t>()[row] = 0;
  });
}

GATHER_SYSTEM_KERNEL(SleepInterval) {
  ForValidRows(result, rows, [&](uint32_t row) {
    const auto interval = At<Interval>(arguments[0], row);
    const double days = interval.days + interval.months * 30.0;
    SleepFor(context, static_cast<double>(interval.micros) / 1e6 + days * 86400);
    result.data<int32_t>()[row] = 0;
  });
}

GATHER_SYSTEM_KERNEL(SleepUntil) {
  ForValidRows(result, rows, [&](uint32_t row) {
    SleepFor(context, static_cast<double>(At<int64_t>(arguments[0], row) - NowMicros()) / 1e6);
    result.data<int32_t>()[row] = 0;
  });
}

// ---- transactions

GATHER_SYSTEM_KERNEL(TransactionNumber) {
  storage::Transaction* transaction = SessionOf(context).transaction();
  if (transaction == nullptr) return result.SetConstantNull();
  Fill<int64_t>(result, rows, static_cast<int64_t>(transaction->id().value));
}

GATHER_SYSTEM_KERNEL(TransactionNumberIfAssigned) {
  storage::Transaction* transaction = SessionOf(context).transaction();
  if (transaction == nullptr || !transaction->has_writes()) return result.SetConstantNull();
  Fill<int64_t>(result, rows, static_cast<int64_t>(transaction->id().value));
}

using namespace type_oid;
const FunctionRow kRows[] = {
    // clang-format off
    {89, "version", {}, kText, Version, "PostgreSQL version string", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {861, "current_database", {}, kName, CurrentDatabase, "name of the current database", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {745, "current_user", {}, kName, CurrentUser, "current user name", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {710, "getpgusername", {}, kName, CurrentUser, "deprecated, use current_user instead", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {746, "session_user", {}, kName, SessionUser, "session user name", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {1402, "current_schema", {}, kName, CurrentSchema, "current schema name", true, Volatility::kStable,
     ParallelSafety::kUnsafe},
    {1403, "current_schemas", {kBool}, kNameArray, CurrentSchemas, "current schema search list", true,
     Volatility::kStable, ParallelSafety::kUnsafe},
    {2026, "pg_backend_pid", {}, kInt4, BackendPid, "statistics: current backend PID", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {810, "pg_client_encoding", {}, kName, ClientEncoding, "encoding name of current database", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {1039, "getdatabaseencoding", {}, kName, ServerEncoding, "encoding name of current database", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2196, "inet_client_addr", {}, kText, ClientAddress, "inet address of the client", false, Volatility::kStable,
     ParallelSafety::kRestricted},
    {2197, "inet_client_port", {}, kInt4, ClientPort, "client's port number for this connection", false,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2198, "inet_server_addr", {}, kText, AlwaysNull, "inet address of the server", false, Volatility::kStable,
     ParallelSafety::kRestricted},
    {2199, "inet_server_port", {}, kInt4, ServerPort, "server's port number for this connection", false,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2560, "pg_postmaster_start_time", {}, kTimestamptz, PostmasterStartTime, "postmaster start time", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2034, "pg_conf_load_time", {}, kTimestamptz, PostmasterStartTime, "configuration load time", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {3810, "pg_is_in_recovery", {}, kBool, False, "true if server is in recovery", true, Volatility::kVolatile,
     ParallelSafety::kRestricted},
    {315, "pg_jit_available", {}, kBool, False, "Is JIT compilation available in this session?", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {3163, "pg_trigger_depth", {}, kInt4, Zero, "current trigger depth", true, Volatility::kStable,
     ParallelSafety::kRestricted},
    {2854, "pg_my_temp_schema", {}, kOid, MyTemporarySchema, "get OID of current session's temp schema, if any", true,
     Volatility::kStable, ParallelSafety::kRestricted},
    {2855, "pg_is_other_temp_schema", {kOid}, kBool, IsOtherTemporarySchema,
     "is schema another session's temp schema?", true, Volatility::kStable, ParallelSafety::kRestricted},
    {2171, "pg_cancel_backend", {kInt4}, kBool, CancelBackend, "cancel a server process' current query", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2096, "pg_terminate_backend", {kInt4, kInt8}, kBool, TerminateBackend, "terminate a server process", true,
     Volatility::kVolatile, ParallelSafety::kRestricted, 0, nullptr, "pid timeout", "0"},
    {2561, "pg_blocking_pids", {kInt4}, kInt4Array, BlockingPids,
     "get array of PIDs of sessions blocking specified backend PID from acquiring a heavyweight lock", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {3376, "pg_safe_snapshot_blocking_pids", {kInt4}, kInt4Array, SafeSnapshotBlockingPids,
     "get array of PIDs of sessions blocking specified backend PID from acquiring a safe snapshot", true,
     Volatility::kVolatile, ParallelSafety::kSafe},
    {3378, "pg_isolation_test_session_is_blocked", {kInt4, kInt4Array}, kBool, IsBlockedBy,
     "isolationtester support function", true, Volatility::kVolatile, ParallelSafety::kSafe},
    {2626, "pg_sleep", {kFloat8}, kVoid, Sleep, "sleep for the specified time in seconds", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {3935, "pg_sleep_for", {kInterval}, kVoid, SleepInterval, "sleep for the specified interval", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {3936, "pg_sleep_until", {kTimestamptz}, kVoid, SleepUntil, "sleep until the specified time", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2943, "txid_current", {}, kInt8, TransactionNumber, "get current transaction ID", true, Volatility::kStable,
     ParallelSafety::kUnsafe},
    {3348, "txid_current_if_assigned", {}, kInt8, TransactionNumberIfAssigned, "get current transaction ID", true,
     Volatility::kStable, ParallelSafety::kUnsafe},
    {5059, "pg_current_xact_id", {}, kInt8, TransactionNumber, "get current transaction ID", true,
     Volatility::kStable, ParallelSafety::kUnsafe},
    {5060, "pg_current_xact_id_if_assigned", {}, kInt8, TransactionNumberIfAssigned, "get current transaction ID",
     true, Volatility::kStable, ParallelSafety::kUnsafe},
    {3830, "pg_last_xact_replay_timestamp", {}, kTimestamptz, AlwaysNull, "timestamp of last replay xact", true,
     Volatility::kVolatile, ParallelSafety::kRestricted},
    {2230, "pg_stat_clear_snapshot", {}, kVoid, Nothing,
     "statistics: discard current transaction's statistics snapshot", false, Volatility::kVolatile,
     ParallelSafety::kRestricted},
    {9101, "gather_parallel_decisions_reset", {}, kVoid, ForgetParallelDecisions,
     "forget what earlier executions taught about parallel workers", false, Volatility::kVolatile,
     ParallelSafety::kRestricted},
    // clang-format on
};

}  // namespace

void AddSessionFunctions(FunctionTable& table) { AddRows(kRows, table); }

}  // namespace gather::catalog
