// Builder: a bound Query as logical algebra. Subqueries in expressions become joins: EXISTS and IN at the top of a condition semi and
// anti joins, others mark joins; scalar ones single joins; what does not depend on the outer query an init plan. Correlated ones are
// dependent joins until planner/logical/unnest.h has dissolved them.
//
// Expressions are folded and client parameters replaced on the way in. One Builder per statement; single-threaded.
#pragma once

#include <map>
#include <vector>

#include "planner/logical/algebra.h"
#include "planner/planning.h"

namespace gather::planner {

struct BuiltQuery {
  LogicalPtr root;
  std::vector<Column> columns;                         // the visible targets, in order
};

class Builder {
 public:
  explicit Builder(Planning& planning) : planning_(planning) {}

  // The statement's CTEs must be known before what refers to them.
  void AddCtes(const std::vector<sql::Cte>& ctes);
  BuiltQuery Build(const sql::Query& query);

 private:
  struct CteState {
    const sql::Cte* cte = nullptr;
    bool inlined = false;
    BuiltQuery body;                                   // inlined: copied by every reference
    bool built = false;
  };

  // builder.cc: the clauses of one query level
  BuiltQuery BuildSelect(const sql::Query& query);
  BuiltQuery BuildSetOperation(const sql::Query& query);
  void FlattenUnion(const sql::Query& query, const sql::Query& top, SetOp& out);
  void SortAndLimit(const sql::Query& query, const std::vector<Column>& targets, LogicalPtr& root);
  LogicalPtr BuildDistinct(const sql::Query& query, const std::vector<Column>& targets, LogicalPtr root);
  void LimitByNumber(LogicalPtr counts, const ExprRef& limit, const ExprRef& offset, const std::vector<sql::SortItem>& order, LogicalPtr& root);
  LogicalPtr BuildLocks(const sql::Query& query, LogicalPtr root);
  ExprRef Import(const ExprRef& expr) const;           // folded, parameters replaced
  ExprRef ImportCondition(const ExprRef& expr) const;  // of WHERE, ON, HAVING: canonical as well

  // from.cc
  LogicalPtr BuildFrom(const sql::Query& query);
  LogicalPtr BuildFromItem(const sql::Query& query, const sql::FromItem& item);
  LogicalPtr BuildJoin(const sql::Query& query, const sql::FromItem& item);
  LogicalPtr BuildRelation(const sql::Relation& relation);
  LogicalPtr BuildCteReference(const sql::Relation& relation);
  LogicalPtr BuildRecursive(const sql::Cte& cte, std::vector<Column>* columns);
  static LogicalPtr Rename(RelId id, const std::vector<std::string>& names, BuiltQuery body);

  // grouping.cc: aggregates and windows
  struct Grouping {
    std::vector<Item> keys;
    std::vector<AggregateItem> aggregates;
    std::vector<ExprRef> calls;                        // the kAggregate expressions, in the order of `aggregates`
    RelId key_relation, aggregate_relation;
    Column set_number;
    std::vector<std::vector<uint32_t>> sets;
    std::vector<ExprRef> key_expressions;
  };
  void CollectAggregates(const ExprRef& expr, Grouping& grouping, LogicalPtr& input);
  void CollectAggregate(const ExprRef& expr, Grouping& grouping, LogicalPtr& input);
  ExprRef ReplaceGrouped(const ExprRef& expr, Grouping& grouping);
  ExprRef GroupingValue(const Expr& call, const Grouping& grouping);
  void AddDependentKeys(const ExprRef& expr, const RelSet& input, Grouping& grouping, bool* added);
  void ExpandGroupedSets(Grouping& grouping, LogicalPtr& root);
  LogicalPtr BuildWindows(std::vector<ExprRef>& targets, LogicalPtr root);

  // subqueries.cc
  void FilterBy(const ExprRef& condition, LogicalPtr& root);
  ExprRef Flatten(const ExprRef& expr, LogicalPtr& root);
  ExprRef FlattenSubquery(const ExprRef& expr, LogicalPtr& root);
  ExprRef FlattenCase(const ExprRef& expr, LogicalPtr& root);
  void Guard(ExprRef condition);
  void AttachGuarded(JoinKind kind, LogicalPtr& root, LogicalPtr right, std::vector<ExprRef> conditions);
  BuiltQuery BuildSubquery(const sql::Query& query);
  BuiltQuery BuildExists(const sql::Query& query);
  ExprRef AttachMark(LogicalPtr& root, LogicalPtr right, std::vector<ExprRef> conditions, bool null_aware);
  std::vector<ExprRef> QuantifiedTests(const Expr& subquery, const BuiltQuery& built, LogicalPtr& root);
  bool NeverNull(const ExprRef& expr, const LogicalNode& input) const;

  Planning& planning_;
  std::map<uint32_t, CteState> ctes_;
  std::map<uint32_t, std::vector<Column>> work_tables_;  // recursive CTEs being built
  // What must be true of a row for the expression that is being flattened to be evaluated: conditions of the CASE, AND, OR, COALESCE around it.
  std::vector<ExprRef> guards_;
  Grouping* outer_grouping_ = nullptr;                 // subqueries above an aggregation see its outputs only
};

}  // namespace gather::planner
