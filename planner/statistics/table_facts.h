// TableFacts: what one planning knows of one table: its rows, ANALYZE's statistics or a quick look's (storage/analysis/analysis.h), and which share
// of the sampled rows satisfies a predicate.
//
// Shares the analysis with other sessions; remembers what it has evaluated as long as the planning lasts. Single-threaded.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "planner/expressions.h"
#include "planner/plan.h"
#include "storage/analysis/analysis.h"

namespace gather::planner {

class TableFacts {
 public:
  TableFacts(const catalog::RelationEntry& table, const PlannerContext& context);

  double rows() const { return rows_; }
  // By position in the relation; null: not known.
  const storage::ColumnAnalysis* Column(uint32_t column) const;

  // Rows of the sample, and how many of them satisfy the conditions over this table's columns (of relation `id`).
  struct Matches { double matching = 0, rows = 0; bool all = false; };   // all: the sample is the table
  std::optional<Matches> Matching(RelId id, std::span<const ExprRef> conditions);
  // Distinct values of the expressions together among the sampled rows that satisfy the conditions, and how many of them were seen once.
  struct Distinct { double values = 0, once = 0, rows = 0; bool all = false; };
  std::optional<Distinct> DistinctOf(RelId id, std::span<const ExprRef> expressions, std::span<const ExprRef> conditions);

 private:
  // `expr` over the chunks of the sample: columns become slots. Null: it has columns that are not in the sample.
  ExprRef OverSample(RelId id, const ExprRef& expr) const;

  const catalog::RelationEntry& table_;
  ConstantEvaluator* const evaluator_;
  double rows_ = 0;
  storage::AnalysisRef analysis_;
  std::vector<int> positions_;                         // of the relation's columns in the analysis
  std::map<std::vector<ExprRef>, std::optional<Matches>> evaluated_;
};

}  // namespace gather::planner
