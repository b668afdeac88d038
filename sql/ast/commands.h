// Parse nodes of statements that do something: transactions, settings, prepared statements, cursors, COPY, EXPLAIN, maintenance.
#pragma once

#include "sql/ast/definitions.h"

namespace gather::sql::ast {

enum class TransactionKind : uint8_t {
  kBegin, kStart, kCommit, kRollback, kSavepoint, kRelease, kRollbackTo, kPrepare, kCommitPrepared, kRollbackPrepared,
};
struct TransactionStmt : NodeOf<NodeTag::kTransactionStmt> {
  TransactionKind kind = TransactionKind::kBegin;
  List<DefElem> options;                               // transaction_isolation (AConst string), transaction_read_only, transaction_deferrable (AConst integer)
  Text savepoint, gid;
  bool chain = false;
};

struct VariableSetStmt : NodeOf<NodeTag::kVariableSetStmt> {
  enum class Kind : uint8_t {
    kValue,                                            // SET name TO args
    kDefault,                                          // SET name TO DEFAULT
    kCurrent,                                          // SET name FROM CURRENT
    kMulti,                                            // SET TRANSACTION / SESSION CHARACTERISTICS: name "TRANSACTION" / "SESSION CHARACTERISTICS", args DefElem; "TRANSACTION SNAPSHOT"
    kReset, kResetAll,
  } kind = Kind::kValue;
  Text name;
  NodeList args;                                       // AConst, or TypeCast (interval) of time zones
  bool is_local = false;
};
// The value of SET as one string, as PostgreSQL's flatten_set_variable_args: list items joined by ", ", quoted where the setting is a list of names.
std::string FlattenSetArguments(const VariableSetStmt& stmt);
struct VariableShowStmt : NodeOf<NodeTag::kVariableShowStmt> { Text name; };  // "all" for SHOW ALL
struct AlterSystemStmt : NodeOf<NodeTag::kAlterSystemStmt> { const VariableSetStmt* set = nullptr; };
struct DiscardStmt : NodeOf<NodeTag::kDiscardStmt> { enum class Target : uint8_t { kAll, kPlans, kSequences, kTemp } target = Target::kAll; };

struct PrepareStmt : NodeOf<NodeTag::kPrepareStmt> { Text name; List<TypeName> arg_types; const Node* query = nullptr; };
struct ExecuteStmt : NodeOf<NodeTag::kExecuteStmt> { Text name; NodeList params; };
struct DeallocateStmt : NodeOf<NodeTag::kDeallocateStmt> { Text name; };  // empty: ALL

struct ExplainStmt : NodeOf<NodeTag::kExplainStmt> { const Node* query = nullptr; List<DefElem> options; };

struct CopyStmt : NodeOf<NodeTag::kCopyStmt> {
  const RangeVar* relation = nullptr;                  // or
  const Node* query = nullptr;
  Names columns;
  bool is_from = false, is_program = false;
  Text filename;                                       // empty: STDIN / STDOUT
  List<DefElem> options;
  const Node* where = nullptr;
};

struct DeclareCursorStmt : NodeOf<NodeTag::kDeclareCursorStmt> {
  Text name;
  bool binary = false, scroll = false, no_scroll = false, insensitive = false, asensitive = false, hold = false;
  const Node* query = nullptr;
};
enum class FetchDirection : uint8_t { kForward, kBackward, kAbsolute, kRelative };
inline constexpr int64_t kFetchAll = INT64_MAX;
struct FetchStmt : NodeOf<NodeTag::kFetchStmt> {
  FetchDirection direction = FetchDirection::kForward;
  int64_t how_many = 1;
  Text name;
  bool is_move = false;
};
struct ClosePortalStmt : NodeOf<NodeTag::kClosePortalStmt> { Text name; };  // empty: ALL

struct VacuumRelation : NodeOf<NodeTag::kVacuumRelation> { const RangeVar* relation = nullptr; Names columns; };
struct VacuumStmt : NodeOf<NodeTag::kVacuumStmt> { List<DefElem> options; List<VacuumRelation> relations; bool is_vacuum = true; };  // else ANALYZE
struct CheckPointStmt : NodeOf<NodeTag::kCheckPointStmt> {};
struct ReindexStmt : NodeOf<NodeTag::kReindexStmt> {
  enum class Kind : uint8_t { kIndex, kTable, kSchema, kSystem, kDatabase } kind = Kind::kTable;
  const RangeVar* relation = nullptr;
  Text name;                                           // schema, database
  List<DefElem> params;
};
struct ClusterStmt : NodeOf<NodeTag::kClusterStmt> { const RangeVar* relation = nullptr; Text index; };
struct LockStmt : NodeOf<NodeTag::kLockStmt> { List<RangeVar> relations; int mode = 8; bool nowait = false; };  // 1 AccessShare … 8 AccessExclusive
struct ConstraintsSetStmt : NodeOf<NodeTag::kConstraintsSetStmt> { List<RangeVar> constraints; bool deferred = false; };
struct NotifyStmt : NodeOf<NodeTag::kNotifyStmt> { Text channel, payload; };
struct ListenStmt : NodeOf<NodeTag::kListenStmt> { Text channel; };
struct UnlistenStmt : NodeOf<NodeTag::kUnlistenStmt> { Text channel; };     // empty: *
struct DoStmt : NodeOf<NodeTag::kDoStmt> { List<DefElem> args; };
struct CallStmt : NodeOf<NodeTag::kCallStmt> { const FuncCall* call = nullptr; };
struct LoadStmt : NodeOf<NodeTag::kLoadStmt> { Text filename; };
struct ReassignOwnedStmt : NodeOf<NodeTag::kReassignOwnedStmt> { List<RoleSpec> roles; const RoleSpec* new_role = nullptr; };
struct DropOwnedStmt : NodeOf<NodeTag::kDropOwnedStmt> { List<RoleSpec> roles; DropBehavior behavior = DropBehavior::kRestrict; };

// Any other statement PostgreSQL's grammar knows: to be refused by name.
struct OtherStmt : NodeOf<NodeTag::kOtherStmt> { Text command; };           // "CREATE OPERATOR CLASS"

// PostgreSQL's command tag of a statement: "SELECT", "CREATE TABLE", "DROP INDEX" …
std::string_view CommandTag(const Node& statement);

}  // namespace gather::sql::ast
