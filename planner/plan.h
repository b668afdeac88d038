// Plan: an immutable tree of physical nodes with PostgreSQL's names. Built by the planner, printed by EXPLAIN, run by the executor.
//
// Every node: `output` are its columns after `filter` and `projection`. Expressions of a node refer to its *raw* row as kSlot:
//   scans                the columns listed in the node (`columns`), in that order
//   one-child nodes      the child's output (Aggregate: group keys, then aggregate results; see there)
//   joins                the left child's output, then the right child's (semi/anti: left only; mark: left, then one bool)
// The raw row is filtered by `filter` (null: none), then projected (`projection` empty: identity).
// Result, scans, joins, Aggregate, ProjectSet and WindowAgg may compute in their projection; the projection of every other node only
// picks columns (kSlot), to drop what nobody above needs.
//
// Below a Gather each row exists once over all participants: there are no copies per worker. `parallel_aware` nodes share their work;
// the rest of a node's inputs (a small build side, a materialised inner) is produced once and read by everyone. Exec parameters and
// CTEs used below a Gather are computed by the leader before workers start. Gathers do not nest.
// An init plan only refers to exec parameters with smaller numbers.
// Thread-safe: shared by all workers and by every execution of a prepared statement.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "catalog/settings.h"
#include "planner/parallel_history.h"
#include "sql/query.h"
#include "storage/scan.h"
#include "types/chunk.h"

namespace gather::planner {

using sql::ExprRef;

enum class NodeKind : uint8_t {
  kResult,            // one empty row (or none), projected: SELECT 1; also a projection or one-time filter above a child
  kValuesScan,
  kSeqScan,
  kSystemViewScan,    // printed as Seq Scan
  kIndexScan,         // also the parameterised inner side of a nested loop; Index Only Scan
  kBitmapScan,        // Bitmap Heap Scan, over a tree of the next three
  kBitmapIndexScan, kBitmapAnd, kBitmapOr,
  kFunctionScan,
  kCteScan,
  kWorkTableScan,
  kAppend, kMergeAppend,
  kHashJoin, kMergeJoin, kNestedLoop,
  kAggregate,
  kSetOp,
  kSort, kIncrementalSort,
  kTopN,              // Sort with a bound: printed as Limit over Sort
  kUnique,
  kLimit,
  kProjectSet,
  kWindowAgg,
  kRecursiveUnion,
  kLockRows,
  kGather, kGatherMerge,
  kModifyTable,
};

struct PlanColumn {
  std::string name;
  SqlType type;
};

struct SortKey {
  uint32_t slot;
  SortOrder order;
};

struct PlanNode {
  explicit PlanNode(NodeKind node_kind) : kind(node_kind) {}
  virtual ~PlanNode() = default;
  const NodeKind kind;
  uint32_t id = 0;                              // dense within the plan: index of instrumentation
  std::vector<std::unique_ptr<PlanNode>> children;
  std::vector<PlanColumn> output;
  ExprRef filter;
  std::vector<ExprRef> projection;
  std::vector<SortKey> order;                   // of the raw rows, where a node above (or the client) relies on it: a Gather above must merge
  double startup_cost = 0, total_cost = 0, rows = 0;
  int width = 0;
  bool parallel_aware = false;                  // workers share its work (Parallel Seq Scan, Parallel Hash Join, Parallel Append)
  bool parallel_safe = true;
};
using PlanNodePtr = std::unique_ptr<PlanNode>;

struct ResultNode : PlanNode {
  ResultNode() : PlanNode(NodeKind::kResult) {}
  ExprRef one_time_filter;                      // not of this level's rows: constant or exec parameter
};

struct ValuesScanNode : PlanNode {
  ValuesScanNode() : PlanNode(NodeKind::kValuesScan) {}
  std::string alias;
  std::vector<std::vector<ExprRef>> values;     // without slots
  std::vector<SqlType> types;
};

// Columns of a base relation that a scan produces; system columns too.
struct ScanColumnRef {
  ColumnId column;                              // 0: `system`
  enum class System : uint8_t { kNone, kCtid, kTableOid } system = System::kNone;
  SqlType type;
  std::string name;
};

struct HashJoinNode;

struct SeqScanNode : PlanNode {
  SeqScanNode() : PlanNode(NodeKind::kSeqScan) {}
  catalog::RelationRef table;
  std::string alias;
  std::vector<ScanColumnRef> columns;
  // Conjuncts of `filter` that zone maps can use: column position, operator, an expression without slots evaluated once at start.
  struct ZoneCondition { uint32_t column; storage::ZoneFilter::Op op; ExprRef value; };
  std::vector<ZoneCondition> zone_conditions;
  // Rows without partner in a hash join above, whose key `key` is this scan's `column`, may be left out. On its outer side by the build side's values,
  // once they are there (number `number`); on its build side by the range of the values that column `partner_column` of the scan `partner`, on its
  // outer side, can have, which zone maps tell.
  struct RuntimeFilter {
    uint32_t column;
    const HashJoinNode* join;
    uint32_t key;
    uint32_t number = 0;
    const SeqScanNode* partner = nullptr;
    uint32_t partner_column = 0;
  };
  std::vector<RuntimeFilter> runtime_filters;
  // The filter's columns come first in `columns`: the scan reads the first `filter_columns`, filters, then reads the rest for the survivors.
  uint32_t filter_columns = 0;
};

struct SystemViewScanNode : PlanNode {
  SystemViewScanNode() : PlanNode(NodeKind::kSystemViewScan) {}
  const catalog::SystemViewInfo* view = nullptr;
  std::string alias;
  std::vector<uint32_t> columns;                // positions in the view
};

// What of an index is read.
//
// Equality on the first key columns, then at most one range on the next: `lower` is the least value, also of a descending column.
// Values have the key column's type and no slots, but kOuterSlot on the inner side of a nested loop. A null value finds
// nothing, and a column with a bound yields no nulls.
struct IndexCondition {
  catalog::RelationRef index;
  std::vector<ExprRef> equal;
  // Not empty: key column `any_at` equals one of these in turn (IN); equal[any_at] is one of them.
  std::vector<ExprRef> any;
  uint32_t any_at = 0;
  ExprRef lower, upper;
  bool lower_inclusive = true, upper_inclusive = true;
  ExprRef condition;                            // the conditions as written, for EXPLAIN's "Index Cond" only: the table's columns are kColumn
};

struct IndexScanNode : PlanNode, IndexCondition {
  IndexScanNode() : PlanNode(NodeKind::kIndexScan) {}
  catalog::RelationRef table;
  std::string alias;
  std::vector<ScanColumnRef> columns;
  bool backward = false;
  bool ordered = false;                         // someone relies on the index order
  bool recheck = false;                         // the index answers them loosely: they are in `filter` as well
  // Index Only Scan: `columns` are read from the entries' keys; key_columns[i]: which key column columns[i] is.
  bool index_only = false;
  std::vector<uint32_t> key_columns;
  double entries = 0;                           // estimate of what is read of the index
};

// Rows of the table whose ids the bitmap (the only child: BitmapIndexScan, BitmapAnd, BitmapOr) holds, in the table's order.
struct BitmapScanNode : PlanNode {
  BitmapScanNode() : PlanNode(NodeKind::kBitmapScan) {}
  catalog::RelationRef table;
  std::string alias;
  std::vector<ScanColumnRef> columns;
  ExprRef condition;                            // for EXPLAIN's "Recheck Cond" only; the bitmap is exact
  double entries = 0;                           // estimate of the rows in the bitmap
};

struct BitmapIndexScanNode : PlanNode, IndexCondition {
  BitmapIndexScanNode() : PlanNode(NodeKind::kBitmapIndexScan) {}
  catalog::RelationRef table;
};
struct BitmapAndNode : PlanNode { BitmapAndNode() : PlanNode(NodeKind::kBitmapAnd) {} };
struct BitmapOrNode : PlanNode { BitmapOrNode() : PlanNode(NodeKind::kBitmapOr) {} };

struct FunctionScanNode : PlanNode {
  FunctionScanNode() : PlanNode(NodeKind::kFunctionScan) {}
  std::string alias;
  std::vector<ExprRef> functions;               // may use kOuterSlot when lateral
  bool with_ordinality = false;
};

struct CteScanNode : PlanNode {                 // reads init plan `cte` of Plan::ctes, materialised once
  CteScanNode() : PlanNode(NodeKind::kCteScan) {}
  std::string alias;
  uint32_t cte = 0;
  double entries = 0;                           // estimate of the CTE's rows
};

struct WorkTableScanNode : PlanNode {
  WorkTableScanNode() : PlanNode(NodeKind::kWorkTableScan) {}
  std::string alias;
  uint32_t cte = 0;
};

struct RecursiveUnionNode : PlanNode {          // children: base, recursive term
  RecursiveUnionNode() : PlanNode(NodeKind::kRecursiveUnion) {}
  uint32_t cte = 0;
  bool all = true;
};

// UNION ALL: the children's outputs one after the other, types alike. Below a Gather participants share the partial children; the others are
// taken whole by one participant each, which needs `parallel_aware` (Parallel Append).
struct AppendNode : PlanNode {
  AppendNode() : PlanNode(NodeKind::kAppend) {}
  std::vector<bool> partial;                    // by child, below a Gather: participants share it; empty: none
};

struct MergeAppendNode : PlanNode {             // UNION ALL of children sorted by the keys; keys: slots of every child's output
  MergeAppendNode() : PlanNode(NodeKind::kMergeAppend) {}
  std::vector<SortKey> keys;
};

enum class JoinKind : uint8_t {
  kInner, kLeft, kRight, kFull, kSemi, kAnti,
  kMark,                                        // left row plus bool: some match (null as IN's three-valued logic says)
  kSingle,                                      // left join that raises 21000 on a second match (scalar subqueries)
};

struct HashJoinNode : PlanNode {                // children: outer (probe), inner (build)
  HashJoinNode() : PlanNode(NodeKind::kHashJoin) {}
  JoinKind join = JoinKind::kInner;
  std::vector<ExprRef> outer_keys;              // over the outer child's output
  std::vector<ExprRef> inner_keys;              // over the inner child's output
  std::vector<bool> null_equals;                // per key: IS NOT DISTINCT FROM
  std::vector<double> inner_in_range;           // per key: estimated share of inner rows between the outer's least and greatest; empty: not known
  ExprRef residual;                             // further join condition, over left then right columns
  // Inner, right and semi joins: key `key`'s values of the build side become runtime filter `number` for scans on the outer side, whose rows
  // they reach without passing the nullable side of an outer join, a limit or a window.
  struct RuntimeFilter { uint32_t key; uint32_t number; };
  std::vector<RuntimeFilter> runtime_filters;
  // kMark: without it the mark is never null. With it (one key, no residual): null for a null key, or for no match but a null among the
  // inner keys; false whenever the inner side is empty.
  bool null_aware = false;
};

// Children sorted by the keys, which are equalities; not for kMark and kSingle. Below a Gather participants share the outer side (not for
// kRight and kFull), each with all of the inner one.
struct MergeJoinNode : PlanNode {
  MergeJoinNode() : PlanNode(NodeKind::kMergeJoin) {}
  JoinKind join = JoinKind::kInner;
  std::vector<uint32_t> outer_keys, inner_keys;  // slots of the children's outputs, of the same types
  std::vector<SortOrder> orders;
  ExprRef residual;                             // further join condition, over left then right columns
};

struct NestedLoopNode : PlanNode {              // inner: any subtree (materialised once), or an IndexScan / FunctionScan with kOuterSlot
  NestedLoopNode() : PlanNode(NodeKind::kNestedLoop) {}
  JoinKind join = JoinKind::kInner;
  ExprRef condition;
  bool parameterized = false;                   // inner uses kOuterSlot: run per outer row
  // Not empty: the inner subtree reads these exec parameters (InitPlan::Kind::kOuter), expressions over the outer child's output, and is
  // run anew for every outer row; with `memoize` once for all rows with the same values. Such a loop runs on the leader.
  struct Parameter { uint32_t number; ExprRef value; };
  std::vector<Parameter> parameters;
  bool memoize = false;
  ExprRef outer_filter;                         // over the outer child's output: other rows have no inner rows, which are not asked for
  bool null_aware = false;                      // kMark: true if the condition is true for some inner row, else null if it is null for some
};

enum class AggregateStrategy : uint8_t { kPlain, kHashed, kSorted };
enum class AggregateSplit : uint8_t { kSingle, kPartial, kFinal };

struct PlanAggregate {
  std::shared_ptr<const sql::AggregateCall> call;
  std::vector<ExprRef> arguments;               // over the child's output; kFinal: one kSlot, the partial state's column
  ExprRef filter;
  std::vector<sql::SortItem> order_by;
  SqlType result;
  std::vector<SqlType> argument_types;
  bool distinct = false;                        // takes every value once (call->distinct is what was written)
  bool combines = false;                        // the one argument is a partial state's column, as for every call of a kFinal node
};

// Raw row: group keys in order, then aggregate results; with grouping sets also the set's number (int4) last. kPartial: group keys, then per
// aggregate one opaque column of type internal that only a kFinal node reads. kFinal: keys are slots of the partial's key columns, `call`
// and `argument_types` as in the partial; HAVING is its `filter`. kSorted: the child is sorted by the keys. Below a Gather every group comes up once,
// at some participant: a kPartial node merges what participants have, a kFinal one finalizes it; a parallel_aware kSingle node, whose calls cannot
// be combined, passes each row to the participant that has its group.
struct AggregateNode : PlanNode {
  AggregateNode() : PlanNode(NodeKind::kAggregate) {}
  AggregateStrategy strategy = AggregateStrategy::kHashed;
  AggregateSplit split = AggregateSplit::kSingle;
  std::vector<ExprRef> keys;                    // over the child's output
  std::vector<PlanAggregate> aggregates;
  std::vector<SortOrder> orders;                // kSorted: what the input is sorted by, key by key
  std::vector<std::vector<uint32_t>> grouping_sets;
  double groups = 1;                            // estimated, before `filter`
};

struct SetOpNode : PlanNode {                   // INTERSECT / EXCEPT [ALL]; two children
  SetOpNode() : PlanNode(NodeKind::kSetOp) {}
  sql::SetOperation operation = sql::SetOperation::kIntersect;
  bool all = false;
};

struct SortNode : PlanNode {                    // keys: slots of the child's output
  SortNode() : PlanNode(NodeKind::kSort) {}
  std::vector<SortKey> keys;
  // Not empty: shared by participants below a WindowAgg. Rows with equal values in these slots of the child's output come to one participant,
  // in order.
  std::vector<uint32_t> partition_by;
};

struct IncrementalSortNode : PlanNode {         // the child is sorted by the first `presorted` keys already
  IncrementalSortNode() : PlanNode(NodeKind::kIncrementalSort) {}
  std::vector<SortKey> keys;
  uint32_t presorted = 0;
};

struct TopNNode : PlanNode {                    // LIMIT over ORDER BY: limit/offset without slots
  TopNNode() : PlanNode(NodeKind::kTopN) {}
  std::vector<SortKey> keys;
  ExprRef limit, offset;
  bool with_ties = false;
  bool partial = false;                         // below a Gather Merge: every stream's first rows; printed as Sort, the Limit stands above
};

struct UniqueNode : PlanNode {                  // DISTINCT ON over sorted input: first row of each run of equal `keys`
  UniqueNode() : PlanNode(NodeKind::kUnique) {}
  std::vector<uint32_t> keys;
};

struct LimitNode : PlanNode {
  LimitNode() : PlanNode(NodeKind::kLimit) {}
  ExprRef limit, offset;                        // int8, without slots; may be null
};

struct ProjectSetNode : PlanNode {              // set-returning functions in the target list
  ProjectSetNode() : PlanNode(NodeKind::kProjectSet) {}
  std::vector<ExprRef> targets;                 // over the child's output; kSetFunction at top level
};

struct WindowAggNode : PlanNode {               // input sorted by partition, then order; raw row: child's output, then the calls' results
  WindowAggNode() : PlanNode(NodeKind::kWindowAgg) {}
  std::vector<uint32_t> partition_by;
  double partitions = 1;                        // estimate
  std::vector<SortKey> order_by;
  struct Call { std::shared_ptr<const sql::WindowCall> call; std::vector<ExprRef> arguments; ExprRef filter; SqlType result; std::vector<SqlType> argument_types; };
  std::vector<Call> calls;
};

struct LockRowsNode : PlanNode {
  LockRowsNode() : PlanNode(NodeKind::kLockRows) {}
  struct Lock { catalog::RelationRef table; uint32_t ctid_slot; sql::RowLock::Strength strength; sql::RowLock::Wait wait; };
  std::vector<Lock> locks;
};

// What Gather and Gather Merge have in common: the workers they ask for, at the start or when the leader's rate shows that they pay.
struct GatherBase : PlanNode {
  using PlanNode::PlanNode;
  int workers_planned = 0;
  bool at_once = false;                         // forced: not left to measurement
  uint32_t decision = 0;                        // of Plan::decisions
};

struct GatherNode : GatherBase {
  GatherNode() : GatherBase(NodeKind::kGather) {}
};

struct GatherMergeNode : GatherBase {           // every worker's stream is sorted by `keys`
  GatherMergeNode() : GatherBase(NodeKind::kGatherMerge) {}
  std::vector<SortKey> keys;
};

struct ModifyTableNode : PlanNode {             // child yields what BoundModify::source says; output: RETURNING
  ModifyTableNode() : PlanNode(NodeKind::kModifyTable) {}
  std::shared_ptr<const sql::BoundModify> modify;
};

// Run at most once per execution, before or when first needed. kOuter: no plan (`root` is null), set by the nested loop that names it.
struct InitPlan {
  PlanNodePtr root;
  enum class Kind : uint8_t { kScalar, kExists, kArray, kOuter } kind = Kind::kScalar;
  SqlType type;                                 // of exec parameter number = its index
};

struct Plan {
  PlanNodePtr root;
  std::vector<InitPlan> init_plans;             // kExecParameter i
  std::vector<PlanNodePtr> ctes;                // by Cte number; null when inlined
  std::vector<std::string> cte_names;           // for EXPLAIN
  uint32_t node_count = 0;
  uint32_t runtime_filters = 0;                 // numbered from 0
  std::vector<sql::OutputColumn> output;
  std::string parallel_reason;                  // why serial or parallel: EXPLAIN's "Parallel:" line
  std::vector<ParallelDecision> decisions;      // one per Gather; without any, the one against the largest scan, if there was a choice
  std::shared_ptr<const sql::BoundStatement> statement;   // keeps catalog entries alive
};
using PlanRef = std::shared_ptr<const Plan>;

// The settings that planning depends on, read once per statement.
struct PlannerSettings {
  int max_parallel_workers_per_gather = 2;
  int max_parallel_workers = 8;
  bool parallel_leader_participation = true;
  bool debug_parallel_query = false;
  bool enable_parallel_query = true;
  int64_t parallel_threshold = -1;              // rows; -1: preset by core count
  double parallel_setup_cost = 1000, parallel_tuple_cost = 0.1;
  double seq_page_cost = 1, random_page_cost = 4, cpu_tuple_cost = 0.01, cpu_index_tuple_cost = 0.005, cpu_operator_cost = 0.0025;
  int64_t work_mem = 4 << 20;
  bool enable_seqscan = true, enable_indexscan = true, enable_bitmapscan = true, enable_hashjoin = true, enable_mergejoin = true,
       enable_nestloop = true, enable_hashagg = true, enable_sort = true, enable_gathermerge = true, enable_parallel_hash = true,
       enable_parallel_append = true, enable_incremental_sort = true, enable_indexonlyscan = true, enable_memoize = true;
  int64_t min_parallel_table_scan_size = -1;           // bytes, in place of the thresholds in rows; -1: not set
  int64_t min_parallel_index_scan_size = 512 << 10;    // bytes
  int cores = 1;
  // How many relations the search for a join order takes apart at once, and from how many on it is greedy; 0: not set, its own budget decides.
  int join_collapse_limit = 0, from_collapse_limit = 0, geqo_threshold = 0;
  bool geqo = true;                             // false: never greedy
};
PlannerSettings ReadPlannerSettings(const catalog::Settings& settings);

// Evaluates expressions for the planner: the executor provides it.
class ConstantEvaluator {
 public:
  virtual ~ConstantEvaluator() = default;
  virtual Datum Evaluate(const sql::Expr& expr) = 0;   // without columns (constant folding); throws what the expression throws
  // An expression over kSlot = column of `rows` for each of them (estimates from a sample); false: not available.
  virtual bool EvaluateOver(const ExprRef& /*expr*/, const Chunk& /*rows*/, Vector* /*result*/) { return false; }
};

struct PlannerContext {
  PlannerSettings settings;
  ConstantEvaluator* evaluator = nullptr;
  const catalog::FunctionRegistry* functions = nullptr;   // for rewrites that need a function (count correction, casts of index keys)
  const storage::Snapshot* snapshot = nullptr;         // to look at a few rows of the tables; null: estimates go without
  const ParallelHistory* history = nullptr;            // what earlier runs say about workers; null: nothing
  const std::vector<Datum>* parameters = nullptr;      // custom plan: client parameters as constants; null: generic plan
};

PlanRef MakePlan(std::shared_ptr<const sql::BoundStatement> statement, const PlannerContext& context);

}  // namespace gather::planner
