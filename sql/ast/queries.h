// Parse nodes of SELECT, INSERT, UPDATE, DELETE, MERGE and their clauses.
#pragma once

#include "sql/ast/expressions.h"

namespace gather::sql::ast {

struct Alias : NodeOf<NodeTag::kAlias> { Text name; Names columns; };

// SELECT list: name = AS name, value; INSERT columns: name, indirection; UPDATE SET: name, indirection, value.
struct ResTarget : NodeOf<NodeTag::kResTarget> { Text name; NodeList indirection; const Node* value = nullptr; };

enum class SortDirection : uint8_t { kDefault, kAscending, kDescending, kUsing };
enum class SortNulls : uint8_t { kDefault, kFirst, kLast };
struct SortBy : NodeOf<NodeTag::kSortBy> {
  const Node* node = nullptr;
  SortDirection direction = SortDirection::kDefault;
  SortNulls nulls = SortNulls::kDefault;
  Names use_op;                                        // kUsing
};

struct WindowDef : NodeOf<NodeTag::kWindowDef> {
  Text name;                                           // WINDOW name AS (…), or OVER name
  Text refname;                                        // OVER (refname …), WINDOW w AS (refname …)
  NodeList partition_clause;
  List<SortBy> order_clause;
  enum class Mode : uint8_t { kRange, kRows, kGroups } mode = Mode::kRange;
  enum class Bound : uint8_t { kUnboundedPreceding, kPreceding, kCurrentRow, kFollowing, kUnboundedFollowing };
  bool frame_given = false;
  Bound start = Bound::kUnboundedPreceding, end = Bound::kCurrentRow;
  char exclude = 0;                                    // 0, 'c' current row, 'g' group, 't' ties
  const Node* start_offset = nullptr;
  const Node* end_offset = nullptr;
};

struct GroupingSet : NodeOf<NodeTag::kGroupingSet> {
  enum class Kind : uint8_t { kEmpty, kSimple, kRollup, kCube, kSets } kind = Kind::kEmpty;
  NodeList content;
};

struct RangeVar : NodeOf<NodeTag::kRangeVar> {
  Text catalog, schema, name;
  bool only = false;                                   // ONLY t
  char persistence = 'p';                              // p permanent, t temporary, u unlogged
  const Alias* alias = nullptr;
};
struct RangeSubselect : NodeOf<NodeTag::kRangeSubselect> { bool lateral = false; const Node* subquery = nullptr; const Alias* alias = nullptr; };
struct ColumnDef;
struct RangeFunctionItem : NodeOf<NodeTag::kRangeFunctionItem> { const Node* function = nullptr; List<ColumnDef> columns; };
struct RangeFunction : NodeOf<NodeTag::kRangeFunction> {
  bool lateral = false, ordinality = false, rows_from = false;
  List<RangeFunctionItem> functions;
  const Alias* alias = nullptr;
  List<ColumnDef> columns;                             // AS t(a int, b text)
};
struct RangeTableSample : NodeOf<NodeTag::kRangeTableSample> { const Node* relation = nullptr; Names method; NodeList args; const Node* repeatable = nullptr; };

enum class JoinKind : uint8_t { kInner, kLeft, kRight, kFull };
struct JoinExpr : NodeOf<NodeTag::kJoinExpr> {
  JoinKind kind = JoinKind::kInner;
  bool natural = false;
  const Node* left = nullptr;
  const Node* right = nullptr;
  Names using_clause;
  const Alias* using_alias = nullptr;
  const Node* condition = nullptr;                     // ON; all three absent: CROSS JOIN
  const Alias* alias = nullptr;
};

struct LockingClause : NodeOf<NodeTag::kLockingClause> {
  List<RangeVar> relations;                            // OF …; empty: all
  enum class Strength : uint8_t { kKeyShare, kShare, kNoKeyUpdate, kUpdate } strength = Strength::kUpdate;
  enum class Wait : uint8_t { kBlock, kSkip, kError } wait = Wait::kBlock;
};

struct CommonTableExpr : NodeOf<NodeTag::kCommonTableExpr> {
  Text name;
  Names column_names;
  enum class Materialize : uint8_t { kDefault, kAlways, kNever } materialize = Materialize::kDefault;
  const Node* query = nullptr;
  bool search_or_cycle = false;                        // has a SEARCH or CYCLE clause
};
struct WithClause : NodeOf<NodeTag::kWithClause> { List<CommonTableExpr> ctes; bool recursive = false; };

struct DefElem;
enum class OnCommitAction : uint8_t { kNoop, kPreserveRows, kDeleteRows, kDrop };
struct IntoClause : NodeOf<NodeTag::kIntoClause> {
  const RangeVar* relation = nullptr;
  Names column_names;
  Text access_method;
  List<DefElem> options;
  OnCommitAction on_commit = OnCommitAction::kNoop;
  Text tablespace;
  bool skip_data = false;                              // WITH NO DATA
};

enum class SetOp : uint8_t { kNone, kUnion, kIntersect, kExcept };
struct SelectStmt : NodeOf<NodeTag::kSelectStmt> {
  bool distinct = false;
  NodeList distinct_on;                                // with `distinct`: DISTINCT ON (…)
  const IntoClause* into = nullptr;                    // SELECT … INTO
  List<ResTarget> target_list;
  NodeList from;
  const Node* where = nullptr;
  NodeList group_by;
  bool group_distinct = false;
  const Node* having = nullptr;
  List<WindowDef> windows;
  std::span<const NodeList> values;                    // VALUES (…), (…)
  List<SortBy> order_by;
  const Node* limit_offset = nullptr;
  const Node* limit_count = nullptr;                   // LIMIT ALL: an AConst null
  bool with_ties = false;
  List<LockingClause> locking;
  const WithClause* with = nullptr;
  SetOp op = SetOp::kNone;
  bool all = false;
  const SelectStmt* left = nullptr;
  const SelectStmt* right = nullptr;
};

enum class Overriding : uint8_t { kNone, kUser, kSystem };
struct IndexElem;
struct InferClause : NodeOf<NodeTag::kInferClause> { List<IndexElem> index_elems; const Node* where = nullptr; Text constraint; };
struct OnConflictClause : NodeOf<NodeTag::kOnConflictClause> {
  bool update = false;                                 // DO UPDATE; else DO NOTHING
  const InferClause* infer = nullptr;
  List<ResTarget> target_list;
  const Node* where = nullptr;
};
struct InsertStmt : NodeOf<NodeTag::kInsertStmt> {
  const RangeVar* relation = nullptr;
  List<ResTarget> columns;
  const SelectStmt* select = nullptr;                  // null: DEFAULT VALUES
  const OnConflictClause* on_conflict = nullptr;
  List<ResTarget> returning;
  const WithClause* with = nullptr;
  Overriding overriding = Overriding::kNone;
};
struct UpdateStmt : NodeOf<NodeTag::kUpdateStmt> {
  const RangeVar* relation = nullptr;
  List<ResTarget> target_list;
  const Node* where = nullptr;
  NodeList from;
  List<ResTarget> returning;
  const WithClause* with = nullptr;
};
struct DeleteStmt : NodeOf<NodeTag::kDeleteStmt> {
  const RangeVar* relation = nullptr;
  NodeList using_clause;
  const Node* where = nullptr;
  List<ResTarget> returning;
  const WithClause* with = nullptr;
};
struct MergeWhenClause : NodeOf<NodeTag::kMergeWhenClause> {
  bool matched = false;
  enum class Action : uint8_t { kNothing, kInsert, kUpdate, kDelete } action = Action::kNothing;
  Overriding overriding = Overriding::kNone;
  const Node* condition = nullptr;
  List<ResTarget> target_list;
  NodeList values;
};
struct MergeStmt : NodeOf<NodeTag::kMergeStmt> {
  const RangeVar* relation = nullptr;
  const Node* source = nullptr;
  const Node* condition = nullptr;
  List<MergeWhenClause> whens;
  const WithClause* with = nullptr;
};

}  // namespace gather::sql::ast
