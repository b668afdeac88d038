#include "planner/statistics/table_facts.h"

#include <algorithm>

#include <boost/unordered/unordered_flat_map.hpp>

#include "catalog/analysis_columns.h"
#include "types/compare.h"
#include "types/error.h"

namespace gather::planner {

TableFacts::TableFacts(const catalog::RelationEntry& table, const PlannerContext& context) : table_(table), evaluator_(context.evaluator) {
  if (table.table == nullptr) return;
  if (context.snapshot != nullptr) analysis_ = storage::CurrentAnalysis(table.table, *context.snapshot, catalog::AnalysisColumns(table));
  const auto live = static_cast<double>(table.table->statistics().rows);
  // Without a committed row there may be some of this transaction's own.
  rows_ = live > 0 || analysis_ == nullptr ? live : analysis_->rows;
  if (analysis_ == nullptr) return;
  positions_.reserve(table.columns.size());
  for (const catalog::ColumnEntry& column : table.columns) positions_.push_back(column.dropped ? -1 : analysis_->Position(column.id, column.type));
}

const storage::ColumnAnalysis* TableFacts::Column(uint32_t column) const {
  if (column >= positions_.size() || positions_[column] < 0) return nullptr;
  return &analysis_->columns[static_cast<size_t>(positions_[column])];
}

ExprRef TableFacts::OverSample(RelId id, const ExprRef& expr) const {
  bool known = true;
  ExprRef over = sql::Rewrite(expr, [&](const ExprRef& node) -> ExprRef {
    if (node->kind != ExprKind::kColumn) return nullptr;
    if (node->relation != id || node->index >= positions_.size() || positions_[node->index] < 0) {
      known = false;
      return nullptr;
    }
    return sql::MakeSlot(static_cast<uint32_t>(positions_[node->index]), node->type, node->name);
  });
  return known ? over : nullptr;
}

std::optional<TableFacts::Matches> TableFacts::Matching(RelId id, std::span<const ExprRef> conditions) {
  if (analysis_ == nullptr || evaluator_ == nullptr || analysis_->sample_rows == 0) return std::nullopt;
  const auto [entry, fresh] = evaluated_.try_emplace(std::vector<ExprRef>(conditions.begin(), conditions.end()));
  if (!fresh) return entry->second;
  const ExprRef predicate = OverSample(id, sql::MakeAnd(std::vector<ExprRef>(conditions.begin(), conditions.end())));
  if (predicate == nullptr) return std::nullopt;
  Matches matches{0, static_cast<double>(analysis_->sample_rows), analysis_->sample_is_all};
  try {
    for (const Chunk& chunk : analysis_->sample) {
      Vector result;
      if (!evaluator_->EvaluateOver(predicate, chunk, &result)) return std::nullopt;
      const VectorView view = result.View();
      for (RowIndex row = 0; row < chunk.rows(); ++row) matches.matching += view.valid(row) && view.get<uint8_t>(row) != 0 ? 1 : 0;
    }
  } catch (const SqlError&) {
    return std::nullopt;                               // it will be raised, or not, when the statement runs
  }
  return entry->second = matches;
}

std::optional<TableFacts::Distinct> TableFacts::DistinctOf(RelId id, std::span<const ExprRef> expressions, std::span<const ExprRef> conditions) {
  if (analysis_ == nullptr || evaluator_ == nullptr || analysis_->sample_rows == 0) return std::nullopt;
  std::vector<ExprRef> over;
  for (const ExprRef& expr : expressions) {
    if (over.emplace_back(OverSample(id, expr)) == nullptr) return std::nullopt;
  }
  const ExprRef predicate = conditions.empty() ? nullptr : OverSample(id, sql::MakeAnd(std::vector<ExprRef>(conditions.begin(), conditions.end())));
  if (!conditions.empty() && predicate == nullptr) return std::nullopt;
  boost::unordered_flat_map<uint64_t, uint32_t> counts;
  Distinct distinct;
  distinct.all = analysis_->sample_is_all;
  std::vector<uint64_t> hashes(kVectorSize);
  try {
    for (const Chunk& chunk : analysis_->sample) {
      Vector result;
      for (size_t i = 0; i < over.size(); ++i) {
        if (!evaluator_->EvaluateOver(over[i], chunk, &result)) return std::nullopt;
        HashVector(result, chunk.rows(), hashes.data(), i != 0);
      }
      if (predicate != nullptr && !evaluator_->EvaluateOver(predicate, chunk, &result)) return std::nullopt;
      const VectorView view = result.View();
      for (RowIndex row = 0; row < chunk.rows(); ++row) {
        if (predicate != nullptr && (!view.valid(row) || view.get<uint8_t>(row) == 0)) continue;
        ++counts[hashes[row]];
        ++distinct.rows;
      }
    }
  } catch (const SqlError&) {
    return std::nullopt;
  }
  distinct.values = static_cast<double>(counts.size());
  for (const auto& [hash, count] : counts) distinct.once += count == 1 ? 1 : 0;
  return distinct;
}

}  // namespace gather::planner
