// The logical algebra: what a statement computes, without how. Built from a Query, reshaped by the rules, lowered to a Plan.
//
// A tree of nodes owned by its root, mutable, one per planning; single-threaded. Columns have one identity in the whole statement
// (ColumnRef), so a node's expressions stay valid wherever it moves as long as the columns are below it. A reference to a column that is
// produced elsewhere (by the left side of an enclosing dependent join) is free: the subtree is correlated.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "planner/expressions.h"
#include "planner/plan.h"
#include "sql/query.h"

namespace gather::planner {

enum class LogicalKind : uint8_t {
  kSingleRow,       // one row without columns
  kGet,             // a table or system view
  kValues,
  kFunctionScan,
  kCteScan,         // a materialised CTE
  kWorkTable,       // the recursive term's view of the rows so far
  kFilter,
  kProject,
  kJoin,
  kAggregate,
  kDistinct,
  kSetOp,
  kSort,
  kLimit,
  kWindow,
  kProjectSet,
  kLockRows,
  kRecursiveUnion,
};

struct LogicalNode {
  explicit LogicalNode(LogicalKind node_kind) : kind(node_kind) {}
  LogicalNode(const LogicalNode& other) : kind(other.kind) {}  // the node alone, without children
  virtual ~LogicalNode() = default;
  LogicalKind kind;
  std::vector<std::unique_ptr<LogicalNode>> children;
  double rows = -1;                                    // estimate, once asked for
};
using LogicalPtr = std::unique_ptr<LogicalNode>;

// A computed column; `out` equal to the column in `expression`: passed through.
struct Item {
  ColumnRef out;
  ExprRef expression;
  std::string name;
};
Column ColumnOf(const Item& item);

struct SingleRow : LogicalNode { SingleRow() : LogicalNode(LogicalKind::kSingleRow) {} };

struct Get : LogicalNode {
  Get() : LogicalNode(LogicalKind::kGet) {}
  RelId id;                                            // differs from relation->id in copies
  const sql::Relation* relation = nullptr;             // the statement keeps it alive
};

struct Values : LogicalNode {
  Values() : LogicalNode(LogicalKind::kValues) {}
  RelId id;
  const sql::Relation* relation = nullptr;
  std::vector<std::vector<ExprRef>> values;
};

struct FunctionScan : LogicalNode {
  FunctionScan() : LogicalNode(LogicalKind::kFunctionScan) {}
  RelId id;
  const sql::Relation* relation = nullptr;
  std::vector<ExprRef> functions;                      // may have free columns
};

struct CteScan : LogicalNode {                         // also kWorkTable
  explicit CteScan(LogicalKind node_kind = LogicalKind::kCteScan) : LogicalNode(node_kind) {}
  RelId id;
  std::string alias;
  uint32_t cte = 0;
  std::vector<Column> columns;                         // (id, i) is the CTE's column i
};

struct Filter : LogicalNode {
  Filter() : LogicalNode(LogicalKind::kFilter) {}
  std::vector<ExprRef> conditions;                     // conjuncts
};

struct Project : LogicalNode {
  Project() : LogicalNode(LogicalKind::kProject) {}
  std::vector<Item> items;
};

// Condition of semi and anti joins: rows of the left side with (without) a right row for which all conditions are true. kMark: the left
// row and `mark`. kSingle: a left join that raises 21000 on a second match. `dependent`: the right side has free columns of the left.
struct Join : LogicalNode {
  Join() : LogicalNode(LogicalKind::kJoin) {}
  JoinKind join = JoinKind::kInner;
  std::vector<ExprRef> conditions;
  bool dependent = false;
  uint32_t from_list = 0;                              // not 0: a comma of the FROM clause with this number; else a JOIN as written, or a subquery's
  // `dependent`, and not to be unnested: the right side, whose free columns are exec parameters now, is run for every row of the left.
  struct Parameter { uint32_t number; ExprRef value; };
  std::vector<Parameter> parameters;
  bool memoize = true;                                 // with parameters: the right side gives the same rows for the same values
  bool null_aware = false;                             // kMark
  Column mark;                                         // kMark
};

struct AggregateItem {
  ColumnRef out;
  std::shared_ptr<const sql::AggregateCall> call;      // function, star, distinct; the expressions are those below
  std::vector<ExprRef> arguments;
  ExprRef filter;
  std::vector<sql::SortItem> order_by;
  SqlType type;
  Oid collation = kInvalidOid;
  std::string name;
};

struct Aggregate : LogicalNode {
  Aggregate() : LogicalNode(LogicalKind::kAggregate) {}
  std::vector<Item> keys;
  std::vector<AggregateItem> aggregates;
  std::vector<std::vector<uint32_t>> grouping_sets;
  Column set_number;                                   // with grouping sets
  bool restricted = false;                             // its input was reduced to the keys that will be asked for (logical/unnest.cc)
  bool scalar() const { return keys.empty() && grouping_sets.empty(); }
};

struct Distinct : LogicalNode {
  Distinct() : LogicalNode(LogicalKind::kDistinct) {}
  std::vector<Column> columns;                         // what is compared; all of the output unless `first`
  bool first = false;                                  // DISTINCT ON: the first row of each group, input is sorted by columns first
};

struct SetOp : LogicalNode {
  SetOp() : LogicalNode(LogicalKind::kSetOp) {}
  sql::SetOperation operation = sql::SetOperation::kUnion;
  bool all = false;
  std::vector<Column> output;
  std::vector<std::vector<Column>> inputs;             // per child, as many as output
};

struct Sort : LogicalNode {
  Sort() : LogicalNode(LogicalKind::kSort) {}
  std::vector<sql::SortItem> items;                    // columns
};

struct Limit : LogicalNode {
  Limit() : LogicalNode(LogicalKind::kLimit) {}
  ExprRef limit, offset;
  bool with_ties = false;
};

struct WindowItem {
  ColumnRef out;
  std::shared_ptr<const sql::WindowCall> call;
  std::vector<ExprRef> arguments;
  ExprRef filter;
  SqlType type;
  Oid collation = kInvalidOid;
  std::string name;
};

struct Window : LogicalNode {                          // passes its input's columns through
  Window() : LogicalNode(LogicalKind::kWindow) {}
  std::vector<ExprRef> partition_by;
  std::vector<sql::SortItem> order_by;
  std::vector<WindowItem> calls;
};

struct ProjectSet : LogicalNode {
  ProjectSet() : LogicalNode(LogicalKind::kProjectSet) {}
  std::vector<Item> items;                             // kSetFunction at the top of some
};

struct LockRows : LogicalNode {
  LockRows() : LogicalNode(LogicalKind::kLockRows) {}
  struct Lock { ColumnRef ctid; catalog::RelationRef table; sql::RowLock::Strength strength; sql::RowLock::Wait wait; };
  std::vector<Lock> locks;
};

struct RecursiveUnion : LogicalNode {
  RecursiveUnion() : LogicalNode(LogicalKind::kRecursiveUnion) {}
  uint32_t cte = 0;
  bool all = false;
  std::vector<Column> output;
  std::vector<std::vector<Column>> inputs;
};

template <class Node> Node& As(LogicalNode& node) { return static_cast<Node&>(node); }
template <class Node> const Node& As(const LogicalNode& node) { return static_cast<const Node&>(node); }

LogicalPtr MakeFilter(LogicalPtr child, std::vector<ExprRef> conditions);   // the child when there are none; merges with a Filter below
LogicalPtr MakeJoin(JoinKind kind, LogicalPtr left, LogicalPtr right, std::vector<ExprRef> conditions);

// The columns a node's parent may refer to.
void AddOutputs(const LogicalNode& node, std::vector<Column>* columns);
std::vector<Column> Outputs(const LogicalNode& node);
RelSet Produced(const LogicalNode& node);              // relations of those columns
RelSet Defined(const LogicalNode& node);               // relations of any column made in the subtree
RelSet Free(const LogicalNode& node);                  // relations referred to in the subtree but not defined there
// Calls visit for every expression of the node itself; it may replace it.
void ForEachExpression(LogicalNode& node, const std::function<void(ExprRef&)>& visit);
// The same over the whole subtree.
void ForEachExpressionBelow(LogicalNode& node, const std::function<void(ExprRef&)>& visit);
void SubstituteBelow(LogicalNode& node, const ColumnMap& map);

// A copy in which every relation defined inside has a fresh number from `next_relation`; `renamed` gets old → new columns.
LogicalPtr Copy(const LogicalNode& node, uint32_t* next_relation, std::map<uint32_t, uint32_t>* renamed);

}  // namespace gather::planner
