// The cost model: PostgreSQL's settings, with what they mean for vectors instead of tuples.
//
// One unit is PostgreSQL's: about a sequential page read, 25 µs of one core here. PostgreSQL spends some 40 to 100 times as much on a row as
// a loop over columns does, so its per-row settings are scaled down by the factors below; they keep their names, defaults and
// proportions, so that a user who doubles cpu_tuple_cost still doubles what a scanned row costs.
#pragma once

#include <algorithm>

#include "planner/plan.h"

namespace gather::planner {

class CostModel {
 public:
  explicit CostModel(const PlannerSettings& settings) : settings_(settings) {}

  // Factors on the settings, each from a measured cost per row (release build, one core, data in memory).
  static constexpr double kScanFactor = 0.01;          // cpu_tuple_cost: decode and pass on, 2.5 ns a row
  static constexpr double kOperatorFactor = 0.02;      // cpu_operator_cost: one arithmetic or comparison kernel, 1.2 ns a row
  static constexpr double kHashFactor = 0.04;          // cpu_tuple_cost: hash and probe, 10 ns; inserting costs twice that
  static constexpr double kMergeFactor = 0.08;         // cpu_tuple_cost: a key made and compared, 20 ns
  static constexpr double kSortFactor = 0.05;          // cpu_operator_cost per comparison: 3 ns
  static constexpr double kFetchFactor = 0.05;         // random_page_cost: an index descent with its row, 5 µs
  static constexpr double kIndexRowFactor = 4.0;       // cpu_index_tuple_cost: a further entry of the same range and its row, 500 ns
  static constexpr double kVectorFactor = 0.04;        // random_page_cost: a row in another vector, to be found and decoded, 4 µs
  static constexpr double kSetupFactor = 0.002;        // parallel_setup_cost: waking pooled threads takes 50 µs, not forking
  static constexpr double kTransferFactor = 0.003;     // parallel_tuple_cost: a chunk changes hands as a whole, 7 ns a row

  static constexpr double kKeyShare = 0.4;             // of an index row's cost: its entry read and its columns decoded, 200 ns

  static constexpr double kBitmapShare = 0.2;          // of an index row's cost: its id read and put into the bitmap, 100 ns
  static constexpr double kPickedRow = 0.5;            // of an index row's cost: a row picked out of a vector that is being read, with its id

  double ScanRow() const { return settings_.cpu_tuple_cost * kScanFactor; }
  double Operator() const { return settings_.cpu_operator_cost * kOperatorFactor; }
  double HashRow() const { return settings_.cpu_tuple_cost * kHashFactor; }
  double Descent() const { return settings_.random_page_cost * kFetchFactor; }
  double IndexRow() const { return settings_.cpu_index_tuple_cost * kIndexRowFactor; }
  double MergeRow() const { return settings_.cpu_tuple_cost * kMergeFactor; }
  double ParallelSetup() const { return settings_.parallel_setup_cost * kSetupFactor; }
  double ParallelRow() const { return settings_.parallel_tuple_cost * kTransferFactor; }
  double Sort(double rows) const;

  // `operators`: what its conditions cost a row, in OperatorsOf.
  double SeqScan(double table_rows, double columns, double operators) const;
  // `together`: how many of them lie next to each other.
  double IndexScan(double rows, double together = 1e18) const;
  double IndexOnlyScan(double rows) const { return Descent() + std::max(0.0, rows - 1) * IndexRow() * kKeyShare; }
  // Row ids of one index into a bitmap; `ranges` of it.
  double BitmapIndexScan(double rows, size_t ranges) const { return static_cast<double>(ranges + 1) * Descent() * 0.5 + rows * IndexRow() * kBitmapShare; }
  // Rows scattered over a table, fetched in its order.
  double BitmapHeapScan(double rows, double table_rows) const;
  double HashJoin(double outer_rows, double inner_rows, double out_rows) const;
  double MergeJoin(double outer_rows, double inner_rows, double out_rows) const { return MergeRow() * (outer_rows + inner_rows) + ScanRow() * out_rows; }
  double NestedLoop(double outer_rows, double inner_rows) const;
  double Aggregate(double rows, double groups, size_t keys, size_t aggregates) const;

  // A plan that a switched-off method needs costs this much more, as in PostgreSQL.
  static constexpr double kDisabled = 1e10;
  double Penalty(bool enabled) const { return enabled ? 0 : kDisabled; }

 private:
  const PlannerSettings& settings_;
};

// How many operators on integers an expression, or several, cost as much as.
double OperatorsOf(const ExprRef& expr);
double OperatorsOf(const std::vector<ExprRef>& exprs);

int TypeWidth(SqlType type);                           // bytes, as PostgreSQL's get_typavgwidth estimates them

}  // namespace gather::planner
