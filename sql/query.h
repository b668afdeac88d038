// Query and BoundStatement: a statement after binding, shaped like PostgreSQL's Query. Plain data; the binder builds it, the planner
// reads it. Immutable afterwards, and keeps the catalog snapshot it was bound against.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "sql/expression.h"

namespace gather::sql {

namespace ast { struct Node; }

enum class JoinType : uint8_t { kInner, kLeft, kRight, kFull, kSemi, kAnti };  // the last two: planner only

enum class RelationKind : uint8_t { kTable, kSystemView, kSubquery, kValues, kFunction, kCte };

// One FROM item that has columns.
struct Relation {
  RelId id;
  RelationKind kind;
  std::string alias;                                   // as shown: alias or name
  std::vector<std::string> column_names;
  std::vector<SqlType> column_types;
  bool lateral = false;
  // kTable, kSystemView. Columns: every attnum in order, dropped ones included as int4 placeholders never referenced, then
  // the system columns ctid (tid) and tableoid (oid).
  catalog::RelationRef table;
  std::shared_ptr<const Query> subquery;               // kSubquery (views are inlined as such)
  std::vector<std::vector<ExprRef>> rows;              // kValues
  std::vector<ExprRef> functions;                      // kFunction: ROWS FROM; each kFunction/kSetFunction
  bool with_ordinality = false;
  uint32_t cte = 0;                                    // kCte: its number in the statement-wide list of CTEs
  bool self_reference = false;                         // kCte: the recursive term's reference to the working table
};

struct FromItem {
  bool is_join = false;
  RelId relation;                                      // !is_join
  JoinType type = JoinType::kInner;
  std::unique_ptr<FromItem> left, right;
  ExprRef condition;                                   // null: none (CROSS JOIN)
  // As written, for deparse: columns of USING (or NATURAL), alias of the join.
  std::vector<std::string> using_columns;
  std::string alias;
};

struct Target {
  ExprRef expression;
  std::string name;
  bool junk = false;                                   // needed by ORDER BY / DISTINCT ON only; not output
};

struct SortClause {
  uint32_t target;                                     // index into targets
  SortOrder order;
};

enum class SetOperation : uint8_t { kNone, kUnion, kIntersect, kExcept };

struct Cte {
  uint32_t number;                                     // unique over the statement
  std::string name;
  std::vector<std::string> column_names;               // WITH name (a, b): as written, for deparse
  std::shared_ptr<const Query> query;
  bool recursive = false;                              // query is UNION [ALL] of base and recursive term
  std::optional<bool> materialized;                    // as written; absent: inlined when referenced once and not volatile
  uint32_t references = 0;
};

struct RowLock {
  RelId relation;
  enum class Strength : uint8_t { kKeyShare, kShare, kNoKeyUpdate, kUpdate } strength;
  enum class Wait : uint8_t { kBlock, kSkip, kError } wait;
};

struct Query {
  std::vector<Cte> ctes;
  std::vector<Relation> relations;                     // of this level
  std::vector<std::unique_ptr<FromItem>> from;         // comma list
  ExprRef where;
  std::vector<Target> targets;
  bool has_aggregates = false;                         // or GROUP BY or HAVING
  std::vector<ExprRef> group_by;
  std::vector<std::vector<uint32_t>> grouping_sets;    // indices into group_by; empty: one set of all
  ExprRef having;
  bool distinct = false;
  std::vector<uint32_t> distinct_on;                   // targets
  bool has_set_functions = false;                      // in targets
  bool has_windows = false;
  std::vector<SortClause> order_by;
  ExprRef limit, offset;                               // int8
  bool with_ties = false;
  std::vector<RowLock> locks;
  // Set operation: left and right have as many visible targets, already cast to the common types; `targets` are kColumn references
  // to the pseudo-relation `set_relation`. Everything above but ctes, order_by, limit, offset is unused then.
  SetOperation set_operation = SetOperation::kNone;
  bool all = false;
  std::shared_ptr<const Query> left, right;
  RelId set_relation;

  const Relation* FindRelation(RelId id) const {
    for (const Relation& relation : relations) {
      if (relation.id == id) return &relation;
    }
    return nullptr;
  }
};

// An index of the target table with its key expressions and predicate over the new row (kSlot i = column at position i of `stored`).
struct BoundIndex {
  catalog::RelationRef index;
  std::vector<ExprRef> keys;
  ExprRef predicate;                                   // may be null
};

struct BoundCheck {
  std::string name;
  ExprRef expression;                                  // over the new row
};

struct BoundGenerated {
  uint32_t slot;                                       // in `stored`
  ExprRef expression;                                  // over the new row
};

// ON CONFLICT.
struct BoundConflict {
  bool update = false;                                 // DO UPDATE; else DO NOTHING
  std::vector<uint32_t> arbiters;                      // unique indexes among BoundModify::indexes
  // DO UPDATE: per `stored` column the new value, and WHERE (may be null). Slots: the stored columns of the row that is there, then of the one proposed.
  std::vector<ExprRef> values;
  ExprRef where;
};

// INSERT, UPDATE, DELETE. `source` yields, for
//   INSERT  one column per live (not dropped) column of the table in attnum order, defaults and assignment casts applied;
//   UPDATE  the same (the new row), then ctid, then what RETURNING needs of other relations;
//   DELETE  ctid, then the live columns of the old row that RETURNING needs and what it needs of other relations.
// Expressions of checks, indexes and returning refer to `source`'s columns as kSlot (INSERT returning included).
struct BoundModify {
  enum class Kind : uint8_t { kInsert, kUpdate, kDelete } kind;
  catalog::RelationRef table;
  RelId target;                                        // UPDATE, DELETE: the table's relation in source
  std::string alias;
  std::shared_ptr<const Query> source;
  std::vector<ColumnId> stored;                        // live columns in attnum order: positions of the new row
  std::vector<BoundGenerated> generated;               // `source` yields null, or the old value, in their place
  std::vector<BoundCheck> checks;
  std::vector<BoundIndex> indexes;
  std::shared_ptr<const BoundConflict> conflict;       // INSERT … ON CONFLICT
  std::vector<bool> assigned;                          // UPDATE, DO UPDATE: per `stored` column, whether SET touches it
  uint32_t ctid_slot = 0;                              // UPDATE, DELETE
  std::vector<Target> returning;
};

enum class StatementKind : uint8_t { kQuery, kModify, kUtility };

struct OutputColumn {
  std::string name;
  SqlType type;
  Oid table = kInvalidOid;                             // RowDescription's origin, when it is a plain column
  int16_t attribute = 0;
};

struct BoundStatement {
  StatementKind kind = StatementKind::kUtility;
  std::string text;                                    // of this statement alone
  std::shared_ptr<const Query> query;                  // kQuery
  std::shared_ptr<const BoundModify> modify;           // kModify
  std::shared_ptr<const ast::Node> utility;            // kUtility: the executor's commands read the parse tree
  std::vector<Cte> ctes;                               // of a modify's WITH (queries keep theirs in Query)
  std::vector<OutputColumn> output;                    // empty: no rows. Utilities with rows (SHOW, EXPLAIN) are filled by their command.
  std::vector<Oid> parameter_types;
  std::vector<Oid> relations;                          // all tables and views it reads or writes: locks, plan invalidation
  catalog::CatalogRef catalog;
  std::string tag;                                     // "SELECT", "INSERT", "CREATE TABLE" …
  bool read_only = true;
};

}  // namespace gather::sql
