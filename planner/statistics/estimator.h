// Estimator: how many rows an operator of the logical algebra yields, and how many distinct values a column has.
//
// Knows row counts (TableStore::statistics), unique keys, a few vectors of each larger table on which it evaluates the actual predicates
// (TableSample), and PostgreSQL's default selectivities for what is left. One per planning; single-threaded.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <vector>

#include "planner/logical/algebra.h"
#include "planner/planning.h"
#include "planner/statistics/table_sample.h"

namespace gather::planner {

class Estimator {
 public:
  explicit Estimator(Planning& planning) : planning_(planning) {}

  // Makes known where the columns of a (sub)tree come from. Again after a rewrite that brought new relations.
  void Learn(const LogicalNode& root);

  double Rows(const LogicalNode& node);                // remembered in the node; at least 1 unless surely empty
  double TableRows(const catalog::RelationEntry& table) const;
  // The share of `node`'s rows that pass.
  double Selectivity(std::span<const ExprRef> conditions, const LogicalNode* input);
  double Selectivity(const ExprRef& condition);
  // Distinct values of an expression, not more than `rows`.
  double DistinctValues(const ExprRef& expr, double rows);
  // Of the rows with one value of the column, how many lie in the same vector.
  double RowsTogether(const Get& get, uint32_t column);
  double Groups(const std::vector<ExprRef>& keys, double rows);
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
  double RowsOf(const LogicalNode& node);
  double ComparisonSelectivity(const Expr& expr);
  const TableSample* SampleOf(const Get& get);
  double BaseSelectivity(std::span<const ExprRef> conditions, const Get& get);

  Planning& planning_;
  std::map<uint32_t, const Get*> gets_;
  std::map<ColumnRef, ExprRef> definitions_;
  std::map<const sql::Relation*, std::unique_ptr<TableSample>> samples_;
};

}  // namespace gather::planner
