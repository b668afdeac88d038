// Estimator: how many rows an operator of the logical algebra yields, and how many distinct values an expression has.
//
// Knows row counts, unique keys, statistics and a row sample of each table (TableFacts), and PostgreSQL's default selectivities for what is left.
// One per planning; single-threaded.
//   estimator.cc     rows of nodes, and of joins
//   distinct.cc      distinct values and groups
//   selectivity.cc   shares of rows that satisfy conditions
#pragma once

#include <map>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "planner/logical/algebra.h"
#include "planner/planning.h"
#include "planner/statistics/table_facts.h"

namespace gather::planner {

class Estimator {
 public:
  explicit Estimator(Planning& planning) : planning_(planning) {}

  // Makes known where the columns of a (sub)tree come from. Again after a rewrite that brought new relations.
  void Learn(const LogicalNode& root);

  double Rows(const LogicalNode& node);                // remembered in the node; at least 1 unless surely empty
  double TableRows(const catalog::RelationEntry& table);
  // The share of `node`'s rows that pass.
  double Selectivity(std::span<const ExprRef> conditions, const LogicalNode* input);
  double Selectivity(const ExprRef& condition);
  // Distinct values of an expression among `rows` rows.
  double DistinctValues(const ExprRef& expr, double rows);
  // The same among the rows of a subtree, whose joins and filters are looked at.
  double DistinctIn(const LogicalNode& node, const ExprRef& expr);
  // Of the rows with one value of the column, how many lie in the same vector.
  double RowsTogether(const Get& get, uint32_t column);
  double Groups(const std::vector<ExprRef>& keys, double rows, const LogicalNode* input = nullptr);
  // Share of the rows whose `expr` lies between the least and the greatest value of `other`, two tables' columns of one type; 1: not known.
  double ShareInRange(const ExprRef& expr, const ExprRef& other);
  // Share of the pairs of rows that the join condition lets through.
  double JoinSelectivity(const ExprRef& condition, double left_rows, double right_rows);
  // By how much the product of the equalities' selectivities underestimates them where several compare the same two tables, as the columns of
  // a composite key do.
  double CompositeKeyFactor(std::span<const ExprRef> conditions);
  // Rows of a join given its inputs' rows: the one formula of joins, for trees and for the join order.
  double JoinRows(JoinKind kind, const std::vector<ExprRef>& conditions, const RelSet& left, double left_rows, double right_rows);
  // The base table column an expression is, through projections and groupings; null: none.
  struct BaseColumn { const Get* get = nullptr; uint32_t index = 0; };
  BaseColumn Origin(const ExprRef& expr) const;
  bool IsUnique(const BaseColumn& column) const;       // a unique index on this column alone
  bool IsUniqueKey(const Get& get, std::span<const uint32_t> columns) const;  // on some of these columns

 private:
  // A table's column in a condition, and what is known of it.
  struct KnownColumn { BaseColumn base; const storage::ColumnAnalysis* analysis = nullptr; double rows = 0; };
  // What an aggregate computes of a group: the call, and the node it belongs to.
  struct Aggregated { const Aggregate* node = nullptr; const AggregateItem* item = nullptr; };

  double RowsOf(const LogicalNode& node);
  double FunctionRows(const FunctionScan& scan) const;
  TableFacts* FactsOf(const Get& get);
  const storage::ColumnAnalysis* AnalysisOf(const BaseColumn& column);
  KnownColumn Known(const ExprRef& expr);
  double FilteredRows(const Get& get);                 // what the conditions right above the table leave

  // selectivity.cc
  double BaseSelectivity(std::span<const ExprRef> conditions, const Get& get);
  double ComparisonSelectivity(const Expr& expr);
  double EqualSelectivity(const ExprRef& left, const ExprRef& right);
  double ValueFrequency(const KnownColumn& column, const Datum& value);
  // Share of the rows whose column is below `value` (or equal), nulls not among them. Nothing without a histogram.
  std::optional<double> ShareBelow(const KnownColumn& column, const Datum& value, bool inclusive);
  std::optional<double> RangeSelectivity(const Expr& comparison);
  std::optional<double> GroupSelectivity(const Expr& comparison);        // of HAVING
  bool IsSimple(const ExprRef& condition);             // the column's statistics say all there is to say
  double ProductOf(std::span<const ExprRef> conditions);
  double InListSelectivity(const Expr& list);

  // distinct.cc
  static bool IsOverSample(const ExprRef& expr, RelId id);               // can be evaluated on the sample of table `id`
  double BaseDistinct(const ExprRef& expr);            // among all rows of its table
  std::optional<double> ComputedDistinct(const ExprRef& expr, double rows);
  double CombinedDistinct(const Get& get, const std::vector<ExprRef>& keys, double independent);
  double GroupSize(const Aggregate& node);             // rows of a group on average
  const Aggregated* AggregateOf(const ExprRef& expr) const;
  // The grouping whose key it is, if that has only the keys that the other side of a join asks for; how many these are (0: no such key).
  const Aggregate* RestrictedBy(const ExprRef& key) const;
  double KeyDomain(const ExprRef& key);
  bool SameColumn(const BaseColumn& a, const BaseColumn& b) const;

  double CommonJoinSelectivity(const KnownColumn& left, const KnownColumn& right);
  double ComputeJoinSelectivity(const KnownColumn& left, const KnownColumn& right);

  Planning& planning_;
  std::unordered_map<uint32_t, const Get*> gets_;
  std::map<ColumnRef, ExprRef> definitions_;
  std::map<ColumnRef, Aggregated> aggregated_;
  std::unordered_map<uint32_t, const Aggregate*> key_relations_;         // of aggregates' keys
  std::unordered_map<uint32_t, std::vector<ExprRef>> filters_;           // right above a Get, by its number
  std::unordered_map<uint32_t, double> filtered_rows_;
  std::unordered_map<const sql::Relation*, std::unique_ptr<TableFacts>> facts_;
  std::map<std::pair<const storage::ColumnAnalysis*, const storage::ColumnAnalysis*>, double> join_selectivities_;
  int depth_ = 0;                                      // of DistinctIn
};

// The share of a normal distribution's mass that lies below.
double NormalBelow(double value, double mean, double variance);

}  // namespace gather::planner
