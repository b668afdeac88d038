// Expr: a bound scalar expression: names, types, functions and operators resolved. What the binder makes, the planner rewrites and the
// executor compiles. One struct for all kinds, so that walking and rewriting are a loop over `children`.
//
// Immutable once built and shared by pointer; a rewrite copies the nodes on its path. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "catalog/function.h"
#include "types/compare.h"
#include "types/datum.h"
#include "types/ids.h"
#include "types/stack_depth.h"
#include "types/statement_scope.h"
#include "types/type.h"

namespace gather::sql {

struct Expr;
using ExprRef = std::shared_ptr<const Expr>;
struct Query;

// A relation in a statement's FROM clauses, unique over the whole statement with all its subqueries and CTE bodies: a column reference
// needs no nesting depth, and is correlated when its relation belongs to an enclosing query.
using RelId = StrongId<struct RelIdTag, uint32_t>;

enum class ExprKind : uint8_t {
  kConstant,        // constant
  kColumn,          // relation, index: column `index` (0-based) of a FROM item
  kSlot,            // index: column of the operator's input chunk (planner output only)
  kOuterSlot,       // index: column of the outer row of a nested loop (index conditions of the inner side only)
  kParameter,       // index: $index+1 of the client
  kExecParameter,   // index: result of init plan `index` (planner output only)
  kFunction,        // function(children); `op` when written as operator (EXPLAIN, deparse); `cast` when written as cast
  kIoCast,          // text output of children[0], then text input of `type` (CoerceViaIO)
  kRelabel,         // children[0] seen as `type`: same bytes (binary-coercible cast); with `name`: COLLATE name
  kArrayCoerce,     // children[0]'s elements through children[1] (an expression over kCaseTest): array casts
  kAnd, kOr, kNot,  // three-valued; And and Or are n-ary
  kIsNull, kIsNotNull,
  kIsTrue, kIsNotTrue, kIsFalse, kIsNotFalse, kIsUnknown, kIsNotUnknown,
  kDistinctFrom,    // children[0] IS DISTINCT FROM children[1] by equality `function`
  kNullIf,          // NULLIF by equality `function`
  kCase,            // [when, then]… [else]; with `case_test`: children[0] is the argument, when conditions refer to it as kCaseTest
  kCaseTest,
  kCoalesce, kGreatest, kLeast,
  kScalarArray,     // children[0] op ANY/ALL (children[1], an array): `function`, `any`. IN lists of constants become this.
  kInList,          // children[0] = one of children[1…] by equality `function`; `negated` for NOT IN (then three-valued NOT)
  kArray,           // ARRAY[…] of element type; multi-dimensional when children are arrays (`any` = true)
  kSubscript,       // children[0][children[1]][children[2]]… (array element): one child per subscript; slices: kSlice
  kSlice,           // children[0][children[1]:children[2]][children[3]:children[4]]…; a missing bound is a null child
  kFieldSelect,     // (children[0]).name: field `index` of a record
  kRow,             // ROW(…): only inside comparisons and IN (expanded by the binder) or as record output
  kSubquery,        // see `subquery_kind`
  kAggregate,       // aggregate call, see `aggregate`; index: 0, or how many query levels up the query lies whose rows it aggregates
  kGrouping,        // GROUPING(…)
  kWindow,          // window function call
  kSetFunction,     // set-returning function call in a target list
  kDefault,         // DEFAULT in VALUES / SET: gone after binding
};

enum class SubqueryKind : uint8_t {
  kScalar,          // (SELECT …): one value, null when empty, 21000 when more rows
  kExists,          // EXISTS (…)
  kAny,             // children[i] op ANY (SELECT …): test_functions[i] compares children[i] with the subquery's column i
  kAll,
  kArray,           // ARRAY(SELECT …)
};

struct SortItem {
  ExprRef expression;
  SortOrder order;
};

struct AggregateCall {
  const catalog::FunctionInfo* function = nullptr;
  bool star = false;                       // count(*)
  bool distinct = false;
  ExprRef filter;                          // may be null
  std::vector<SortItem> order_by;          // inside the call, or WITHIN GROUP
  std::vector<ExprRef> direct_arguments;   // of ordered-set aggregates
};

enum class FrameMode : uint8_t { kRange, kRows, kGroups };
enum class FrameBound : uint8_t { kUnboundedPreceding, kPreceding, kCurrentRow, kFollowing, kUnboundedFollowing };
struct WindowCall {
  const catalog::FunctionInfo* function = nullptr;
  bool star = false;
  ExprRef filter;
  std::vector<ExprRef> partition_by;
  std::vector<SortItem> order_by;
  FrameMode mode = FrameMode::kRange;
  FrameBound start = FrameBound::kUnboundedPreceding, end = FrameBound::kCurrentRow;
  ExprRef start_offset, end_offset;
  char exclude = 0;                        // 0, 'c' current row, 'g' group, 't' ties
};

struct Expr {
  ExprKind kind = ExprKind::kConstant;
  SqlType type;
  Oid collation = kInvalidOid;
  int location = -1;                       // byte offset in the statement, for error positions
  std::vector<ExprRef> children;

  uint32_t index = 0;                      // kColumn, kSlot, kOuterSlot, kParameter, kExecParameter
  RelId relation;                          // kColumn
  bool any = false, negated = false;       // kScalarArray, kInList, kArray
  bool implicit_cast = false;              // a cast the user did not write: deparse leaves it out
  bool cast = false, case_test = false;
  bool sql_syntax = false;                 // written as EXTRACT(…), AT TIME ZONE, TRIM(…) …; with `name`: as that keyword (CURRENT_DATE). Deparse only.
  const catalog::FunctionInfo* function = nullptr;
  const catalog::OperatorInfo* op = nullptr;
  Datum constant;                          // kConstant (its type equals `type`)
  std::string name;                        // kColumn: column name, for EXPLAIN and messages
  SubqueryKind subquery_kind = SubqueryKind::kScalar;
  std::shared_ptr<const Query> subquery;
  std::vector<const catalog::FunctionInfo*> test_functions;
  std::vector<const catalog::OperatorInfo*> test_operators;
  std::shared_ptr<const AggregateCall> aggregate;   // kAggregate: children are its arguments
  std::shared_ptr<const WindowCall> window;         // kWindow: children are its arguments
};

// The type of OUT column `column` of a call of a record-returning function, polymorphic ones resolved by the arguments.
SqlType OutColumnType(const Expr& call, size_t column);
ExprRef MakeConstant(Datum value, int location = -1);
ExprRef MakeSlot(uint32_t slot, SqlType type, std::string name = {});
ExprRef MakeAnd(std::vector<ExprRef> terms);        // true for none, the term for one; flattens
bool IsConstant(const Expr& expr);
bool IsConstantTrue(const Expr& expr);

// Rebuilds `expr` bottom-up: `replace` returns a node's replacement, or null to keep it (children are rewritten first). Does not descend into subqueries.
template <class Replace>
ExprRef Rewrite(const ExprRef& expr, const Replace& replace) {
  CheckStackDepth();
  StatementScope::CheckInterrupt();
  std::shared_ptr<Expr> copy;                              // made once: a list of thousands of children stays linear
  for (size_t i = 0; i < expr->children.size(); ++i) {
    if (expr->children[i] == nullptr) continue;
    ExprRef child = Rewrite(expr->children[i], replace);
    if (child == expr->children[i]) continue;
    if (copy == nullptr) copy = std::make_shared<Expr>(*expr);
    copy->children[i] = std::move(child);
  }
  const ExprRef now = copy == nullptr ? expr : ExprRef(std::move(copy));
  if (ExprRef other = replace(now)) return other;
  return now;
}

// Calls visit(expr) top-down; visit returns whether to descend. Does not enter subqueries.
template <class Visit>
void Walk(const ExprRef& expr, const Visit& visit) {
  CheckStackDepth();
  if (expr == nullptr || !visit(*expr)) return;
  for (const ExprRef& child : expr->children) Walk(child, visit);
}

// Same meaning, structurally (locations and names ignored).
bool SameExpr(const ExprRef& a, const ExprRef& b);

}  // namespace gather::sql
