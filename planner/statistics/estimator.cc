#include "planner/statistics/estimator.h"

#include <algorithm>
#include <cmath>

namespace gather::planner {

namespace {

constexpr double kDefaultDistinct = 200;               // PostgreSQL's
// A table without rows may get some before the plan runs; PostgreSQL assumes ten pages.
constexpr double kMinimumRows = 1;
constexpr double kDefaultFunctionRows = 1000;
constexpr double kDefaultViewRows = 100;

double Clamp01(double value) { return std::clamp(value, 0.0, 1.0); }

}  // namespace

void Estimator::Learn(const LogicalNode& node) {
  const auto define = [this](const Item& item) {
    if (item.expression->kind != ExprKind::kColumn || RefOf(*item.expression) != item.out) definitions_[item.out] = item.expression;
  };
  switch (node.kind) {
    case LogicalKind::kGet: {
      const uint32_t id = As<Get>(node).id.value;
      gets_[id] = &As<Get>(node);
      filters_.erase(id);
      filtered_rows_.erase(id);
      break;
    }
    case LogicalKind::kProject:
      for (const Item& item : As<Project>(node).items) define(item);
      break;
    case LogicalKind::kAggregate: {
      const auto& aggregate = As<Aggregate>(node);
      for (const Item& item : aggregate.keys) {
        define(item);
        key_relations_[item.out.relation.value] = &aggregate;
      }
      for (const AggregateItem& item : aggregate.aggregates) aggregated_[item.out] = {&aggregate, &item};
      break;
    }
    case LogicalKind::kSetOp:
      for (size_t i = 0; i < As<SetOp>(node).output.size(); ++i) definitions_[As<SetOp>(node).output[i].ref] = MakeColumn(As<SetOp>(node).inputs[0][i]);
      break;
    default: break;
  }
  for (const LogicalPtr& child : node.children) Learn(*child);
  if (node.kind == LogicalKind::kFilter && node.children[0]->kind == LogicalKind::kGet) {
    // Conditions that compare it with an outer query's rows will become joins.
    const RelId id = As<Get>(*node.children[0]).id;
    for (const ExprRef& condition : As<Filter>(node).conditions) {
      if (RelationsOf(condition) == RelSet(id)) filters_[id.value].push_back(condition);
    }
  }
}

Estimator::BaseColumn Estimator::Origin(const ExprRef& expr) const {
  const ExprRef* at = &StripRelabel(expr);
  for (int depth = 0; depth < 100 && (*at)->kind == ExprKind::kColumn; ++depth) {
    const auto get = gets_.find((*at)->relation.value);
    if (get != gets_.end()) return {get->second, (*at)->index};
    const auto definition = definitions_.find(RefOf(**at));
    if (definition == definitions_.end()) break;
    at = &StripRelabel(definition->second);
  }
  return {};
}

bool Estimator::IsUnique(const BaseColumn& column) const {
  if (column.get == nullptr || column.get->relation->table == nullptr) return false;
  if (column.index >= column.get->relation->table->columns.size()) return column.index == column.get->relation->table->columns.size();  // ctid
  return IsUniqueKey(*column.get, {&column.index, 1});
}

bool Estimator::IsUniqueKey(const Get& get, std::span<const uint32_t> columns) const {
  if (get.relation->table == nullptr) return false;
  const catalog::RelationEntry& table = *get.relation->table;
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](Oid oid) {
    const catalog::RelationRef index = planning_.statement.catalog->FindRelation(oid);
    if (index == nullptr || !index->index.has_value()) return false;
    const catalog::IndexEntry& entry = *index->index;
    if (!entry.unique() || !entry.valid || !entry.predicate_sql.empty()) return false;
    return std::all_of(entry.columns.begin(), entry.columns.end(), [&](const catalog::IndexColumn& key) {
      return std::any_of(columns.begin(), columns.end(), [&](uint32_t at) { return at < table.columns.size() && table.columns[at].id == key.column; });
    });
  });
}

TableFacts* Estimator::FactsOf(const Get& get) {
  if (get.relation->table == nullptr || get.relation->table->table == nullptr) return nullptr;
  auto& facts = facts_[get.relation];
  if (facts == nullptr) facts = std::make_unique<TableFacts>(*get.relation->table, planning_.context);
  return facts.get();
}

const storage::ColumnAnalysis* Estimator::AnalysisOf(const BaseColumn& column) {
  TableFacts* facts = column.get == nullptr ? nullptr : FactsOf(*column.get);
  return facts == nullptr ? nullptr : facts->Column(column.index);
}

Estimator::KnownColumn Estimator::Known(const ExprRef& expr) {
  KnownColumn known;
  known.base = Origin(expr);
  if (known.base.get == nullptr || known.base.get->relation->table == nullptr) return known;
  known.analysis = AnalysisOf(known.base);
  known.rows = Rows(*known.base.get);
  return known;
}

double Estimator::TableRows(const catalog::RelationEntry& table) {
  if (table.table == nullptr) return kDefaultViewRows;
  return std::max<double>(kMinimumRows, static_cast<double>(table.table->statistics().rows));
}

double Estimator::FilteredRows(const Get& get) {
  const auto known = filtered_rows_.find(get.id.value);
  if (known != filtered_rows_.end()) return known->second;
  const auto filter = filters_.find(get.id.value);
  const double rows = Rows(get);
  filtered_rows_[get.id.value] = rows;                 // conditions that ask for it meanwhile
  return filtered_rows_[get.id.value] = filter == filters_.end() ? rows : std::max(1.0, rows * BaseSelectivity(filter->second, get));
}

double Estimator::RowsTogether(const Get& get, uint32_t column) {
  const storage::ColumnAnalysis* analysis = AnalysisOf({&get, column});
  return analysis == nullptr ? 1 : analysis->together;
}

double Estimator::FunctionRows(const FunctionScan& scan) const {
  const ExprRef& function = scan.functions[0];
  if (function->function == nullptr || !function->function->returns_set) return 1;
  // generate_series of constants is counted.
  if (function->function->name == "generate_series" && function->children.size() >= 2) {
    const auto number = [&](size_t i) -> double {
      const Expr& argument = *function->children[i];
      if (!sql::IsConstant(argument) || argument.constant.is_null) return NAN;
      if (argument.type.oid == type_oid::kInt4) return argument.constant.as<int32_t>();
      if (argument.type.oid == type_oid::kInt8) return static_cast<double>(argument.constant.as<int64_t>());
      return NAN;
    };
    const double first = number(0), last = number(1), step = function->children.size() > 2 ? number(2) : 1;
    if (!std::isnan(first) && !std::isnan(last) && !std::isnan(step) && step != 0) return std::max(1.0, std::floor((last - first) / step) + 1);
  }
  return kDefaultFunctionRows;
}

double Estimator::Rows(const LogicalNode& node) {
  if (node.rows < 0) const_cast<LogicalNode&>(node).rows = RowsOf(node);
  return node.rows;
}

double Estimator::RowsOf(const LogicalNode& node) {
  switch (node.kind) {
    case LogicalKind::kSingleRow: return 1;
    case LogicalKind::kGet: {
      const auto& get = As<Get>(node);
      if (get.relation->table == nullptr) return kDefaultViewRows;
      TableFacts* facts = FactsOf(get);
      return facts == nullptr ? TableRows(*get.relation->table) : std::max(kMinimumRows, facts->rows());
    }
    case LogicalKind::kValues: return std::max<double>(1, static_cast<double>(As<Values>(node).values.size()));
    case LogicalKind::kFunctionScan: return FunctionRows(As<FunctionScan>(node));
    case LogicalKind::kCteScan: return planning_.ctes[As<CteScan>(node).cte].rows;
    case LogicalKind::kWorkTable: return 10 * kDefaultDistinct;
    case LogicalKind::kFilter: {
      const double input = Rows(*node.children[0]);
      return std::max(1.0, std::round(input * Selectivity(As<Filter>(node).conditions, node.children[0].get())));
    }
    case LogicalKind::kProject: case LogicalKind::kSort: case LogicalKind::kWindow: case LogicalKind::kLockRows: return Rows(*node.children[0]);
    case LogicalKind::kProjectSet: return Rows(*node.children[0]) * kDefaultFunctionRows;
    case LogicalKind::kJoin: {
      const auto& join = As<Join>(node);
      return JoinRows(join.join, join.conditions, Produced(*node.children[0]), Rows(*node.children[0]), Rows(*node.children[1]));
    }
    case LogicalKind::kAggregate: {
      const auto& aggregate = As<Aggregate>(node);
      const double input = Rows(*node.children[0]);
      if (aggregate.scalar()) return 1;
      if (aggregate.grouping_sets.empty()) {
        std::vector<ExprRef> keys;
        for (const Item& key : aggregate.keys) keys.push_back(key.expression);
        return Groups(keys, input, node.children[0].get());
      }
      double rows = 0;
      for (const auto& set : aggregate.grouping_sets) {
        std::vector<ExprRef> keys;
        for (uint32_t key : set) keys.push_back(aggregate.keys[key].expression);
        rows += keys.empty() ? 1 : Groups(keys, input, node.children[0].get());
      }
      return rows;
    }
    case LogicalKind::kDistinct: {
      std::vector<ExprRef> keys;
      for (const Column& column : As<Distinct>(node).columns) keys.push_back(MakeColumn(column));
      return Groups(keys, Rows(*node.children[0]), node.children[0].get());
    }
    case LogicalKind::kSetOp: {
      const auto& operation = As<SetOp>(node);
      double sum = 0;
      for (const LogicalPtr& child : node.children) sum += Rows(*child);
      if (operation.operation == sql::SetOperation::kUnion) return sum;
      if (operation.operation == sql::SetOperation::kIntersect) return std::max(1.0, std::min(Rows(*node.children[0]), Rows(*node.children[1])));
      return Rows(*node.children[0]);
    }
    case LogicalKind::kLimit: {
      const auto& limit = As<Limit>(node);
      const auto constant = [](const ExprRef& expr, double otherwise) {
        return expr != nullptr && sql::IsConstant(*expr) && !expr->constant.is_null ? static_cast<double>(expr->constant.as<int64_t>()) : otherwise;
      };
      const double input = Rows(*node.children[0]);
      const double rest = std::max(0.0, input - constant(limit.offset, limit.offset == nullptr ? 0 : input * 0.1));
      return std::max(1.0, std::min(rest, constant(limit.limit, limit.limit == nullptr ? rest : rest * 0.1)));
    }
    case LogicalKind::kRecursiveUnion: return Rows(*node.children[0]) + 10 * Rows(*node.children[1]);
  }
  return 1;
}

double Estimator::CommonJoinSelectivity(const KnownColumn& left, const KnownColumn& right) {
  // The join order asks for the same pair again and again.
  const auto [known, fresh] = join_selectivities_.try_emplace({left.analysis, right.analysis});
  if (fresh) known->second = ComputeJoinSelectivity(left, right);
  return known->second;
}

double Estimator::ComputeJoinSelectivity(const KnownColumn& left, const KnownColumn& right) {
  const storage::ColumnAnalysis &a = *left.analysis, &b = *right.analysis;
  const double distinct_a = std::max(1.0, a.DistinctAmong(left.rows)), distinct_b = std::max(1.0, b.DistinctAmong(right.rows));
  const double present_a = 1 - a.null_fraction, present_b = 1 - b.null_fraction;
  const double plain = present_a * present_b / std::max(distinct_a, distinct_b);
  if (a.frequencies.empty() || b.frequencies.empty() || a.type.oid != b.type.oid) return plain;
  // PostgreSQL's eqjoinsel_inner: values common on both sides meet each other, the others spread evenly.
  std::unordered_map<uint64_t, double> of_b;
  double unmatched_b = 0;
  for (size_t i = 0; i < b.common_hashes.size(); ++i) {
    of_b.emplace(b.common_hashes[i], b.frequencies[i]);
    unmatched_b += b.frequencies[i];
  }
  double product = 0, matched_a = 0, matched_b = 0, unmatched_a = 0, matches = 0;
  for (size_t i = 0; i < a.common_hashes.size(); ++i) {
    const auto found = of_b.find(a.common_hashes[i]);
    if (found == of_b.end()) {
      unmatched_a += a.frequencies[i];
      continue;
    }
    ++matches;
    product += a.frequencies[i] * found->second;
    matched_a += a.frequencies[i];
    matched_b += found->second;
  }
  unmatched_b -= matched_b;
  const double other_a = std::max(0.0, present_a - matched_a - unmatched_a), other_b = std::max(0.0, present_b - matched_b - unmatched_b);
  const auto total = [&](double unmatched, double other, double others_distinct, double others_common, double others_other, double others_unmatched) {
    double sum = product;
    if (others_distinct > others_common) sum += unmatched * others_other / (others_distinct - others_common);
    if (others_distinct > matches) sum += other * (others_other + others_unmatched) / (others_distinct - matches);
    return sum;
  };
  return std::min(total(unmatched_a, other_a, distinct_b, static_cast<double>(b.common_hashes.size()), other_b, unmatched_b),
                  total(unmatched_b, other_b, distinct_a, static_cast<double>(a.common_hashes.size()), other_a, unmatched_a));
}

double Estimator::JoinSelectivity(const ExprRef& condition, double left_rows, double right_rows) {
  // An OR over several tables: what its arms say of each table alone was filtered there already; that the rows that are left agree on one of n arms
  // has the chance of 1 / n.
  if (condition->kind == ExprKind::kOr && RelationsOf(condition).size() > 1) return 1 / static_cast<double>(condition->children.size());
  if (!IsEquality(*condition) && !IsNullSafeEqual(*condition)) return Selectivity(condition);
  const Expr& equal = IsEquality(*condition) ? *condition : *condition->children[0];
  const ExprRef &left = equal.children[0], &right = equal.children[1];
  // A column and the least or greatest of its group: one row of each group has it.
  for (const bool turned : {false, true}) {
    const Aggregated* extreme = AggregateOf(turned ? left : right);
    if (extreme == nullptr || extreme->item->arguments.size() != 1) continue;
    const std::string_view name = extreme->item->call->function->name;
    if ((name == "min" || name == "max") && SameColumn(Origin(extreme->item->arguments[0]), Origin(turned ? right : left))) {
      return 1 / std::max(1.0, GroupSize(*extreme->node));
    }
  }
  // Groups of the other side's keys only: each is found.
  if (const double domain = std::max(KeyDomain(left), KeyDomain(right)); domain > 0) return 1 / domain;
  const KnownColumn a = Known(left), b = Known(right);
  if (a.analysis != nullptr && b.analysis != nullptr && !IsUnique(a.base) && !IsUnique(b.base)) return CommonJoinSelectivity(a, b);
  // Distinct values before the inputs were filtered: filters thin out keys and rows alike.
  if (a.base.get == nullptr && b.base.get == nullptr) return 1 / std::max({1.0, left_rows, right_rows});
  return 1 / std::max({1.0, BaseDistinct(left), BaseDistinct(right)});
}

double Estimator::CompositeKeyFactor(std::span<const ExprRef> conditions) {
  struct Pair {
    const Get *a, *b;
    std::vector<uint32_t> columns_a, columns_b;
    std::vector<ExprRef> keys_a, keys_b, conditions;
  };
  std::vector<Pair> pairs;
  for (const ExprRef& condition : conditions) {
    if (!IsEquality(*condition) && !IsNullSafeEqual(*condition)) continue;
    const Expr& equal = IsEquality(*condition) ? *condition : *condition->children[0];
    size_t first = 0;
    BaseColumn a = Origin(equal.children[0]), b = Origin(equal.children[1]);
    if (a.get == nullptr || b.get == nullptr || a.get == b.get) continue;
    if (b.get < a.get) {
      std::swap(a, b);
      first = 1;
    }
    auto pair = std::find_if(pairs.begin(), pairs.end(), [&](const Pair& other) { return other.a == a.get && other.b == b.get; });
    if (pair == pairs.end()) pair = pairs.insert(pairs.end(), Pair{a.get, b.get, {}, {}, {}, {}, {}});
    const bool known = std::find(pair->columns_a.begin(), pair->columns_a.end(), a.index) != pair->columns_a.end();
    if (known) continue;
    pair->columns_a.push_back(a.index);
    pair->columns_b.push_back(b.index);
    pair->keys_a.push_back(equal.children[first]);
    pair->keys_b.push_back(equal.children[1 - first]);
    pair->conditions.push_back(condition);
  }
  // Tables that are linked already by composite keys are not linked better by another one.
  std::map<const Get*, const Get*> parent;
  const auto find = [&parent](const Get* get) {
    for (auto at = parent.find(get); at != parent.end(); at = parent.find(get)) get = at->second;
    return get;
  };
  double factor = 1;
  for (const Pair& pair : pairs) {
    if (pair.columns_a.size() < 2 || find(pair.a) == find(pair.b)) continue;
    parent[find(pair.a)] = find(pair.b);
    double combinations = 0, product = 1;
    for (const ExprRef& condition : pair.conditions) product *= JoinSelectivity(condition, 1e18, 1e18);
    const Aggregate* restricted = nullptr;
    for (const std::vector<ExprRef>* keys : {&pair.keys_a, &pair.keys_b}) {
      const Aggregate* of_all = RestrictedBy((*keys)[0]);
      for (const ExprRef& key : *keys) of_all = RestrictedBy(key) == of_all ? of_all : nullptr;
      if (of_all != nullptr) restricted = of_all;
    }
    if (restricted != nullptr) combinations = Rows(*restricted);
    else if (IsUniqueKey(*pair.a, pair.columns_a)) combinations = Rows(*pair.a);
    else if (IsUniqueKey(*pair.b, pair.columns_b)) combinations = Rows(*pair.b);
    else combinations = std::max(Groups(pair.keys_a, 1e18), Groups(pair.keys_b, 1e18));
    factor *= std::max(1.0, 1 / (combinations * product));
  }
  return factor;
}

double Estimator::JoinRows(JoinKind kind, const std::vector<ExprRef>& conditions, const RelSet& left, double left_rows, double right_rows) {
  double selectivity = 1;
  double matched = 1;                                  // share of the left rows that find a partner
  bool keyed = false;
  for (const ExprRef& condition : conditions) {
    selectivity *= JoinSelectivity(condition, left_rows, right_rows);
    if (IsEquality(*condition) || IsNullSafeEqual(*condition)) {
      const Expr& equal = IsEquality(*condition) ? *condition : *condition->children[0];
      const bool first_is_left = RelationsOf(equal.children[0]).IsSubsetOf(left);
      const ExprRef& inner = first_is_left ? equal.children[1] : equal.children[0];
      const ExprRef& outer = first_is_left ? equal.children[0] : equal.children[1];
      // The right side's keys are a part of the left side's.
      const double inner_keys = DistinctValues(inner, right_rows), outer_keys = BaseDistinct(outer);
      matched = std::min(matched, Clamp01(inner_keys / std::max(1.0, outer_keys)));
      keyed = true;
    }
  }
  selectivity *= CompositeKeyFactor(conditions);
  const double inner = std::max(1.0, left_rows * right_rows * selectivity);
  if (!keyed) matched = Clamp01(1 - std::pow(1 - Clamp01(selectivity), std::min(right_rows, 1e6)));
  switch (kind) {
    case JoinKind::kInner: return inner;
    case JoinKind::kLeft: return std::max(inner, left_rows);
    case JoinKind::kRight: return std::max(inner, right_rows);
    case JoinKind::kFull: return std::max(inner, left_rows + right_rows - inner);
    case JoinKind::kSemi: return std::max(1.0, left_rows * std::min(1.0, matched));
    case JoinKind::kAnti: return std::max(1.0, left_rows * std::max(0.05, 1 - matched));
    case JoinKind::kMark: case JoinKind::kSingle: return left_rows;
  }
  return inner;
}

}  // namespace gather::planner
