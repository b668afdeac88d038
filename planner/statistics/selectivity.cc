// Selectivity: a condition on one column by its most common values and histogram, anything over one table by evaluating it on sampled rows,
// HAVING by the moments of what is aggregated, the rest by PostgreSQL's defaults (selfuncs.h).
#include <algorithm>
#include <cmath>

#include "planner/statistics/estimator.h"
#include "types/compare.h"
#include "types/numeric.h"

namespace gather::planner {

namespace {

constexpr double kDefaultEqual = 0.005, kDefaultInequality = 1.0 / 3, kDefaultMatch = 0.005, kDefaultUnknown = 0.005, kDefaultBoolean = 0.5;
// Matching sampled rows from which on their share is believed as it is.
constexpr double kEnoughMatches = 30;

double Clamp01(double value) { return std::clamp(value, 0.0, 1.0); }

std::string_view OperatorName(const Expr& expr) { return expr.op != nullptr ? expr.op->name : std::string_view(); }
bool IsInequality(std::string_view name) { return name == "<" || name == "<=" || name == ">" || name == ">="; }

// A place on a line, for interpolation; nothing for types without.
std::optional<double> Place(const Datum& value) {
  switch (value.type.oid) {
    case type_oid::kInt2: return value.as<int16_t>();
    case type_oid::kInt4: case type_oid::kDate: return value.as<int32_t>();
    case type_oid::kInt8: case type_oid::kTimestamp: case type_oid::kTimestamptz: case type_oid::kTime: return static_cast<double>(value.as<int64_t>());
    case type_oid::kOid: return value.as<uint32_t>();
    case type_oid::kFloat4: return value.as<float>();
    case type_oid::kFloat8: return value.as<double>();
    case type_oid::kNumeric: return NumericToDouble(value.bytes);
    default: return std::nullopt;
  }
}

const Datum* ConstantOf(const ExprRef& expr) {
  const ExprRef& value = StripRelabel(expr);
  return sql::IsConstant(*value) ? &value->constant : nullptr;
}

}  // namespace

double NormalBelow(double value, double mean, double variance) {
  if (variance <= 0) return value >= mean ? 1 : 0;
  return 0.5 * std::erfc((mean - value) / std::sqrt(2 * variance));
}

double Estimator::ValueFrequency(const KnownColumn& column, const Datum& value) {
  const storage::ColumnAnalysis& analysis = *column.analysis;
  if (value.is_null) return 0;
  uint64_t hash;
  HashVector(Vector::Constant(value), 1, &hash, false);
  double common = 0, least = 1;
  for (size_t i = 0; i < analysis.common_hashes.size(); ++i) {
    if (analysis.common_hashes[i] == hash) return analysis.frequencies[i];
    common += analysis.frequencies[i];
    least = std::min<double>(least, analysis.frequencies[i]);
  }
  const double rest = Clamp01(1 - analysis.null_fraction - common);
  const double others = analysis.DistinctAmong(column.rows) - static_cast<double>(analysis.frequencies.size());
  if (analysis.common_is_all || (rest <= 0 && others < 1)) return 0.5 / std::max(1.0, column.rows);
  return std::min(least, rest / std::max(1.0, others));
}

double Estimator::EqualSelectivity(const ExprRef& left, const ExprRef& right) {
  for (const bool turned : {false, true}) {
    const ExprRef &of = turned ? right : left, &other = turned ? left : right;
    if (HasColumns(other)) continue;
    const KnownColumn column = Known(of);
    const Datum* value = ConstantOf(other);
    if (value != nullptr && value->is_null) return 0;
    if (column.analysis != nullptr && value != nullptr && !IsUnique(column.base)) return ValueFrequency(column, *value);
  }
  const double a = HasColumns(left) ? BaseDistinct(left) : 0, b = HasColumns(right) ? BaseDistinct(right) : 0;
  const double distinct = std::max(a, b);
  return distinct > 0 ? 1 / distinct : kDefaultEqual;
}

std::optional<double> Estimator::ShareBelow(const KnownColumn& column, const Datum& value, bool inclusive) {
  const storage::ColumnAnalysis& analysis = *column.analysis;
  if (analysis.type.oid != value.type.oid || (analysis.bound_count == 0 && analysis.frequencies.empty())) return std::nullopt;
  double share = 0, common = 0;
  for (uint32_t i = 0; i < analysis.frequencies.size(); ++i) {
    const int order = CompareDatums(analysis.common.Get(i), value);
    common += analysis.frequencies[i];
    if (order < 0 || (order == 0 && inclusive)) share += analysis.frequencies[i];
  }
  if (analysis.bound_count < 2) return share;
  const double rest = Clamp01(1 - analysis.null_fraction - common);
  // The first bound that is not below.
  uint32_t first = 0, last = analysis.bound_count;
  while (first < last) {
    const uint32_t middle = (first + last) / 2;
    if (CompareDatums(analysis.bounds.Get(middle), value) < 0) first = middle + 1; else last = middle;
  }
  if (first == 0) return share;
  if (first == analysis.bound_count) return share + rest;
  const Datum low = analysis.bounds.Get(first - 1), high = analysis.bounds.Get(first);
  const std::optional<double> from = Place(low), to = Place(high), at = Place(value);
  double within = 0.5;
  if (from.has_value() && to.has_value() && at.has_value() && *to > *from) within = Clamp01((*at - *from) / (*to - *from));
  return share + rest * (first - 1 + within) / (analysis.bound_count - 1);
}

double Estimator::ShareInRange(const ExprRef& expr, const ExprRef& other) {
  const KnownColumn column = Known(expr), range = Known(other);
  if (column.analysis == nullptr || range.analysis == nullptr || range.analysis->type.oid != column.analysis->type.oid) return 1;
  std::optional<Datum> least, greatest;
  const auto take_in = [&](const Vector& values, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      const Datum value = values.Get(i);
      if (!least.has_value() || CompareDatums(value, *least) < 0) least = value;
      if (!greatest.has_value() || CompareDatums(value, *greatest) > 0) greatest = value;
    }
  };
  take_in(range.analysis->common, static_cast<uint32_t>(range.analysis->frequencies.size()));
  take_in(range.analysis->bounds, range.analysis->bound_count);
  if (!least.has_value()) return 1;
  const std::optional<double> below = ShareBelow(column, *least, false), within = ShareBelow(column, *greatest, true);
  return below.has_value() && within.has_value() ? Clamp01(*within - *below) : 1;
}

std::optional<double> Estimator::RangeSelectivity(const Expr& comparison) {
  std::string_view name = OperatorName(comparison);
  for (const bool turned : {false, true}) {
    const ExprRef &of = comparison.children[turned ? 1 : 0], &other = comparison.children[turned ? 0 : 1];
    const Datum* value = ConstantOf(other);
    if (value == nullptr) continue;
    if (value->is_null) return 0;
    const KnownColumn column = Known(of);
    if (column.analysis == nullptr) return std::nullopt;
    const bool below = (name[0] == '<') != turned, with_equal = name.size() == 2;
    const std::optional<double> share = ShareBelow(column, *value, below == with_equal);
    if (!share.has_value()) return std::nullopt;
    return below ? *share : Clamp01(1 - column.analysis->null_fraction - *share);
  }
  return std::nullopt;
}

// An aggregate against a constant: the sum of n values has n times their mean and, n varying as chance has it, n times their mean square as variance.
std::optional<double> Estimator::GroupSelectivity(const Expr& comparison) {
  const std::string_view name = OperatorName(comparison);
  for (const bool turned : {false, true}) {
    const Aggregated* aggregated = AggregateOf(comparison.children[turned ? 1 : 0]);
    const Datum* value = ConstantOf(comparison.children[turned ? 0 : 1]);
    if (aggregated == nullptr || value == nullptr || value->is_null) continue;
    const std::optional<double> limit = Place(*value);
    const std::string_view function = aggregated->item->call->function->name;
    if (!limit.has_value() || aggregated->node->scalar()) return std::nullopt;
    const double size = GroupSize(*aggregated->node);
    double mean = 1, square = 1;
    if (function == "sum" || function == "avg") {
      if (aggregated->item->arguments.size() != 1) return std::nullopt;
      const KnownColumn column = Known(aggregated->item->arguments[0]);
      if (column.analysis == nullptr || (column.analysis->bound_count == 0 && column.analysis->frequencies.empty())) return std::nullopt;
      double weight = 0, sum = 0, squares = 0;
      const auto add = [&](const Datum& datum, double share) {
        const std::optional<double> place = Place(datum);
        if (!place.has_value()) return;
        weight += share;
        sum += share * *place;
        squares += share * *place * *place;
      };
      for (uint32_t i = 0; i < column.analysis->frequencies.size(); ++i) add(column.analysis->common.Get(i), column.analysis->frequencies[i]);
      const double rest = Clamp01(1 - column.analysis->null_fraction - weight);
      for (uint32_t i = 0; i < column.analysis->bound_count; ++i) add(column.analysis->bounds.Get(i), rest / column.analysis->bound_count);
      if (weight <= 0) return std::nullopt;
      mean = sum / weight;
      square = squares / weight;
    } else if (function != "count") {
      return std::nullopt;
    }
    const bool averages = function == "avg";
    const double below = averages ? NormalBelow(*limit, mean, std::max(0.0, square - mean * mean) / size)
                                  : NormalBelow(*limit, size * mean, size * square);
    if (name == "=" || name == "<>") return std::nullopt;
    return Clamp01((name[0] == '<') != turned ? below : 1 - below);
  }
  return std::nullopt;
}

double Estimator::ComparisonSelectivity(const Expr& expr) {
  const std::string_view name = OperatorName(expr);
  const bool binary = expr.children.size() == 2;
  if (name == "=" && binary) return EqualSelectivity(expr.children[0], expr.children[1]);
  if (name == "<>" && binary) {
    const KnownColumn column = Known(expr.children[0]);
    const double present = column.analysis == nullptr ? 1 : 1 - column.analysis->null_fraction;
    return Clamp01(present - EqualSelectivity(expr.children[0], expr.children[1]));
  }
  if (IsInequality(name) && binary) {
    if (const std::optional<double> share = RangeSelectivity(expr)) return *share;
    if (const std::optional<double> share = GroupSelectivity(expr)) return *share;
    return kDefaultInequality;
  }
  if (name == "~~" || name == "~~*" || name == "~" || name == "~*") return kDefaultMatch;
  if (name == "!~~" || name == "!~~*" || name == "!~" || name == "!~*") return 1 - kDefaultMatch;
  return expr.op == nullptr ? kDefaultInequality : kDefaultBoolean;
}

double Estimator::InListSelectivity(const Expr& list) {
  const KnownColumn column = Known(list.children[0]);
  const double one = 1 / BaseDistinct(list.children[0]);
  const std::string_view name = OperatorName(list);
  std::vector<const Expr*> values;
  double count = 10;
  if (list.kind == ExprKind::kInList) {
    for (size_t i = 1; i < list.children.size(); ++i) values.push_back(list.children[i].get());
    count = static_cast<double>(values.size());
  } else if (list.children[1]->kind == ExprKind::kArray) {
    for (const ExprRef& element : list.children[1]->children) values.push_back(element.get());
    count = static_cast<double>(values.size());
  }
  if (list.kind == ExprKind::kScalarArray && name != "=") {
    const double each = name == "<>" ? 1 - one : kDefaultInequality;
    return list.any ? 1 - std::pow(1 - each, count) : std::pow(each, count);
  }
  if (list.kind == ExprKind::kScalarArray && !list.any) return std::pow(one, count);
  double sum = values.empty() ? count * one : 0;
  for (const Expr* value : values) {
    sum += column.analysis != nullptr && !IsUnique(column.base) && sql::IsConstant(*value) ? ValueFrequency(column, value->constant) : one;
  }
  return list.negated ? 1 - Clamp01(sum) : Clamp01(sum);
}

double Estimator::Selectivity(const ExprRef& condition) {
  switch (condition->kind) {
    case ExprKind::kConstant: return HasDatumFalseOrNull(*condition) ? 0 : 1;
    case ExprKind::kAnd: {
      double selectivity = 1;
      for (const ExprRef& child : condition->children) selectivity *= Selectivity(child);
      return selectivity;
    }
    case ExprKind::kOr: {
      double none = 1;
      for (const ExprRef& child : condition->children) none *= 1 - Selectivity(child);
      return 1 - none;
    }
    case ExprKind::kNot: return Clamp01(1 - Selectivity(condition->children[0]));
    case ExprKind::kIsNull: case ExprKind::kIsUnknown: {
      const KnownColumn column = Known(condition->children[0]);
      return column.analysis == nullptr ? kDefaultUnknown : column.analysis->null_fraction;
    }
    case ExprKind::kIsNotNull: case ExprKind::kIsNotUnknown: {
      const KnownColumn column = Known(condition->children[0]);
      return 1 - (column.analysis == nullptr ? kDefaultUnknown : column.analysis->null_fraction);
    }
    case ExprKind::kColumn: {                          // a boolean one
      const KnownColumn column = Known(condition);
      return column.analysis == nullptr ? kDefaultBoolean : ValueFrequency(column, Datum::Bool(true));
    }
    case ExprKind::kInList: case ExprKind::kScalarArray: return InListSelectivity(*condition);
    case ExprKind::kFunction: return ComparisonSelectivity(*condition);
    case ExprKind::kDistinctFrom: return 1 - 1 / std::max(1.0, BaseDistinct(condition->children[0]));
    default: return kDefaultBoolean;
  }
}

bool Estimator::IsSimple(const ExprRef& condition) {
  switch (condition->kind) {
    case ExprKind::kIsNull: case ExprKind::kIsNotNull: case ExprKind::kInList: case ExprKind::kScalarArray: {
      if (condition->kind == ExprKind::kScalarArray && (OperatorName(*condition) != "=" || !condition->any)) return false;
      return Known(condition->children[0]).analysis != nullptr;
    }
    case ExprKind::kFunction: {
      const std::string_view name = OperatorName(*condition);
      if (condition->children.size() != 2) return false;
      if (name == "=" || name == "<>") {
        return (Known(condition->children[0]).analysis != nullptr && ConstantOf(condition->children[1]) != nullptr) ||
               (Known(condition->children[1]).analysis != nullptr && ConstantOf(condition->children[0]) != nullptr);
      }
      return IsInequality(name) && RangeSelectivity(*condition).has_value();
    }
    default: return false;
  }
}

// Independent but for the two ends of a range, whose shares overlap.
double Estimator::ProductOf(std::span<const ExprRef> conditions) {
  struct Range { BaseColumn column; double below = 1, above = 1; };
  std::vector<Range> ranges;
  double product = 1;
  for (const ExprRef& condition : conditions) {
    const std::optional<double> share = condition->kind == ExprKind::kFunction && condition->children.size() == 2 && IsInequality(OperatorName(*condition))
                                            ? RangeSelectivity(*condition) : std::nullopt;
    if (!share.has_value()) {
      product *= Selectivity(condition);
      continue;
    }
    const bool turned = ConstantOf(condition->children[0]) != nullptr;
    const BaseColumn column = Origin(condition->children[turned ? 1 : 0]);
    auto range = std::find_if(ranges.begin(), ranges.end(), [&](const Range& other) { return other.column.get == column.get && other.column.index == column.index; });
    if (range == ranges.end()) range = ranges.insert(ranges.end(), Range{column});
    double& end = (OperatorName(*condition)[0] == '<') != turned ? range->below : range->above;
    end = std::min(end, *share);
  }
  for (const Range& range : ranges) {
    const storage::ColumnAnalysis* analysis = AnalysisOf(range.column);
    const double present = analysis == nullptr ? 1 : 1 - analysis->null_fraction;
    if (range.below < 1 && range.above < 1) product *= std::max(range.below + range.above - present, 0.5 / std::max(1.0, Rows(*range.column.get)));
    else product *= std::min(range.below, range.above);
  }
  return product;
}

double Estimator::BaseSelectivity(std::span<const ExprRef> conditions, const Get& get) {
  TableFacts* facts = FactsOf(get);
  std::vector<ExprRef> sampled;
  double other = 1;
  for (const ExprRef& condition : conditions) {
    const bool usable = facts != nullptr && IsOverSample(condition, get.id);
    // A unique key finds one row: no sample says it better.
    const bool key = IsEquality(*condition) && (IsUnique(Origin(condition->children[0])) || IsUnique(Origin(condition->children[1])));
    if (usable && !key) sampled.push_back(condition);
    else other *= Selectivity(condition);
  }
  if (sampled.empty()) return other;
  const double product = ProductOf(sampled);
  // One column's statistics are of more rows than the sample has.
  const auto simple_on_one = [&] {
    const BaseColumn first = Origin(sampled[0]->children.empty() ? sampled[0] : sampled[0]->children[ConstantOf(sampled[0]->children[0]) != nullptr ? 1 : 0]);
    for (const ExprRef& condition : sampled) {
      if (!IsSimple(condition)) return false;
      const BaseColumn column = Origin(condition->children[ConstantOf(condition->children[0]) != nullptr ? 1 : 0]);
      if (column.get != first.get || column.index != first.index) return false;
    }
    return true;
  };
  if (simple_on_one()) return other * product;
  const std::optional<TableFacts::Matches> matches = facts->Matching(get.id, sampled);
  if (!matches.has_value()) return other * product;
  const double share = matches->matching / matches->rows;
  if (matches->all || matches->matching >= kEnoughMatches) return other * share;
  // Few or none: what the columns say, within what chance leaves open.
  const double spread = 2 * std::sqrt(matches->matching);
  return other * std::clamp(product, std::max(0.0, matches->matching - spread) / matches->rows, (matches->matching + spread + 1) / matches->rows);
}

double Estimator::Selectivity(std::span<const ExprRef> conditions, const LogicalNode* input) {
  if (input != nullptr && input->kind == LogicalKind::kGet) return Clamp01(BaseSelectivity(conditions, As<Get>(*input)));
  double selectivity = 1;
  for (const ExprRef& condition : conditions) selectivity *= Selectivity(condition);
  return selectivity;
}

}  // namespace gather::planner
