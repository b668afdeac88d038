#include "planner/statistics/estimator.h"

#include <algorithm>
#include <cmath>

namespace gather::planner {

namespace {

// PostgreSQL's selfuncs.h.
constexpr double kDefaultEqual = 0.005, kDefaultInequality = 1.0 / 3, kDefaultRange = 0.005, kDefaultMatch = 0.005, kDefaultUnknown = 0.005,
                 kDefaultBoolean = 0.5, kDefaultDistinct = 200;
// A table without rows may get some before the plan runs; PostgreSQL assumes ten pages.
constexpr double kMinimumRows = 1;
constexpr double kDefaultFunctionRows = 1000;
constexpr double kDefaultViewRows = 100;

double Clamp01(double value) { return std::clamp(value, 0.0, 1.0); }

std::string_view OperatorName(const Expr& expr) { return expr.op != nullptr ? expr.op->name : std::string_view(); }

}  // namespace

void Estimator::Learn(const LogicalNode& node) {
  switch (node.kind) {
    case LogicalKind::kGet: gets_[As<Get>(node).id.value] = &As<Get>(node); break;
    case LogicalKind::kProject:
      for (const Item& item : As<Project>(node).items) {
        if (item.expression->kind != ExprKind::kColumn || RefOf(*item.expression) != item.out) definitions_[item.out] = item.expression;
      }
      break;
    case LogicalKind::kAggregate:
      for (const Item& item : As<Aggregate>(node).keys) {
        if (item.expression->kind != ExprKind::kColumn || RefOf(*item.expression) != item.out) definitions_[item.out] = item.expression;
      }
      break;
    case LogicalKind::kSetOp:
      for (size_t i = 0; i < As<SetOp>(node).output.size(); ++i) definitions_[As<SetOp>(node).output[i].ref] = MakeColumn(As<SetOp>(node).inputs[0][i]);
      break;
    default: break;
  }
  for (const LogicalPtr& child : node.children) Learn(*child);
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

double Estimator::TableRows(const catalog::RelationEntry& table) const {
  if (table.table == nullptr) return kDefaultViewRows;
  return std::max<double>(kMinimumRows, static_cast<double>(table.table->statistics().rows));
}

const TableSample* Estimator::SampleOf(const Get& get) {
  if (planning_.context.snapshot == nullptr || get.relation->table == nullptr || get.relation->table->table == nullptr) return nullptr;
  auto& sample = samples_[get.relation];
  if (sample == nullptr) sample = std::make_unique<TableSample>(*get.relation->table, *planning_.context.snapshot);
  return sample.get();
}

double Estimator::Rows(const LogicalNode& node) {
  if (node.rows < 0) const_cast<LogicalNode&>(node).rows = RowsOf(node);
  return node.rows;
}

double Estimator::RowsOf(const LogicalNode& node) {
  switch (node.kind) {
    case LogicalKind::kSingleRow: return 1;
    case LogicalKind::kGet:
      return As<Get>(node).relation->table == nullptr ? kDefaultViewRows : TableRows(*As<Get>(node).relation->table);
    case LogicalKind::kValues: return std::max<double>(1, static_cast<double>(As<Values>(node).values.size()));
    case LogicalKind::kFunctionScan: {
      const ExprRef& function = As<FunctionScan>(node).functions[0];
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
        return Groups(keys, input);
      }
      double rows = 0;
      for (const auto& set : aggregate.grouping_sets) {
        std::vector<ExprRef> keys;
        for (uint32_t key : set) keys.push_back(aggregate.keys[key].expression);
        rows += keys.empty() ? 1 : Groups(keys, input);
      }
      return rows;
    }
    case LogicalKind::kDistinct: {
      std::vector<ExprRef> keys;
      for (const Column& column : As<Distinct>(node).columns) keys.push_back(MakeColumn(column));
      return Groups(keys, Rows(*node.children[0]));
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

double Estimator::BaseSelectivity(std::span<const ExprRef> conditions, const Get& get) {
  const TableSample* sample = planning_.context.evaluator == nullptr ? nullptr : SampleOf(get);
  std::vector<ExprRef> sampled;
  double other = 1;
  for (const ExprRef& condition : conditions) {
    const RelSet relations = RelationsOf(condition);
    const bool usable = sample != nullptr && relations.size() == 1 && relations.Contains(get.id) && !HasKind(condition, ExprKind::kParameter) &&
                        !HasKind(condition, ExprKind::kExecParameter) && !IsVolatile(condition);
    // A unique key finds one row: no sample says it better.
    const bool key = IsEquality(*condition) && (IsUnique(Origin(condition->children[0])) || IsUnique(Origin(condition->children[1])));
    if (usable && !key) sampled.push_back(condition);
    else other *= Selectivity(condition);
  }
  if (sampled.empty()) return other;
  std::vector<uint32_t> columns;
  bool system = false;
  const ExprRef predicate = sql::Rewrite(sql::MakeAnd(sampled), [&](const ExprRef& node) -> ExprRef {
    if (node->kind != ExprKind::kColumn) return nullptr;
    if (node->index >= get.relation->table->columns.size()) {
      system = true;
      return nullptr;
    }
    auto at = std::find(columns.begin(), columns.end(), node->index);
    if (at == columns.end()) at = columns.insert(columns.end(), node->index);
    return sql::MakeSlot(static_cast<uint32_t>(at - columns.begin()), node->type, node->name);
  });
  if (!system) {
    const auto matching = const_cast<TableSample*>(sample)->Matching(predicate, columns, *planning_.context.evaluator);
    if (matching.has_value()) {
      // None of n sampled rows: there may still be some; half a row of the sample, but not more than the defaults say.
      double otherwise = 1;
      for (const ExprRef& condition : sampled) otherwise *= Selectivity(condition);
      if (*matching > 0 || sample->is_whole()) return other * *matching;
      return other * std::min(otherwise, 0.5 / std::max<uint32_t>(1, sample->rows()));
    }
  }
  for (const ExprRef& condition : sampled) other *= Selectivity(condition);
  return other;
}

double Estimator::Selectivity(std::span<const ExprRef> conditions, const LogicalNode* input) {
  if (input != nullptr && input->kind == LogicalKind::kGet) return Clamp01(BaseSelectivity(conditions, As<Get>(*input)));
  double selectivity = 1;
  for (const ExprRef& condition : conditions) selectivity *= Selectivity(condition);
  return selectivity;
}

double Estimator::ComparisonSelectivity(const Expr& expr) {
  const std::string_view name = OperatorName(expr);
  const bool binary = expr.children.size() == 2;
  if (name == "=" && binary) {
    const double left = HasColumns(expr.children[0]) ? DistinctValues(expr.children[0], 1e18) : 0;
    const double right = HasColumns(expr.children[1]) ? DistinctValues(expr.children[1], 1e18) : 0;
    const double distinct = std::max(left, right);
    return distinct > 0 ? 1 / distinct : kDefaultEqual;
  }
  if (name == "<>" && binary) {
    const double left = HasColumns(expr.children[0]) ? DistinctValues(expr.children[0], 1e18) : kDefaultDistinct;
    return 1 - 1 / std::max(1.0, left);
  }
  if (name == "<" || name == "<=" || name == ">" || name == ">=") return kDefaultInequality;
  if (name == "~~" || name == "~~*" || name == "~" || name == "~*") return kDefaultMatch;
  if (name == "!~~" || name == "!~~*" || name == "!~" || name == "!~*") return 1 - kDefaultMatch;
  return expr.op == nullptr ? kDefaultInequality : kDefaultBoolean;
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
      const BaseColumn column = Origin(condition->children[0]);
      if (column.get != nullptr) {
        if (auto* sample = const_cast<TableSample*>(SampleOf(*column.get)); sample != nullptr && column.index < column.get->relation->table->columns.size()) {
          return sample->Summary(column.index, TableRows(*column.get->relation->table)).null_fraction;
        }
      }
      return kDefaultUnknown;
    }
    case ExprKind::kIsNotNull: case ExprKind::kIsNotUnknown: return 1 - kDefaultUnknown;
    case ExprKind::kInList: case ExprKind::kScalarArray: {
      double count = static_cast<double>(condition->children.size()) - 1;
      double one = 1 / DistinctValues(condition->children[0], 1e18);
      if (condition->kind == ExprKind::kScalarArray) {
        count = condition->children[1]->kind == ExprKind::kArray ? static_cast<double>(condition->children[1]->children.size()) : 10;
        if (OperatorName(*condition) != "=") one = OperatorName(*condition) == "<>" ? 1 - one : kDefaultInequality;
        if (!condition->any) return std::pow(one, count);
      }
      const double selectivity = Clamp01(count * one);
      return condition->negated ? 1 - selectivity : selectivity;
    }
    case ExprKind::kFunction: return ComparisonSelectivity(*condition);
    case ExprKind::kDistinctFrom: return 1 - 1 / std::max(1.0, DistinctValues(condition->children[0], 1e18));
    default: return kDefaultBoolean;
  }
}

double Estimator::DistinctValues(const ExprRef& expr, double rows) {
  if (!HasColumns(expr)) return 1;
  const BaseColumn column = Origin(expr);
  if (column.get != nullptr && column.get->relation->table != nullptr) {
    const catalog::RelationEntry& table = *column.get->relation->table;
    const double table_rows = TableRows(table);
    if (IsUnique(column)) return std::max(1.0, std::min(rows, table_rows));
    if (column.index < table.columns.size()) {
      if (table.columns[column.index].type.oid == type_oid::kBool) return std::min(rows, 2.0);
      if (auto* sample = const_cast<TableSample*>(SampleOf(*column.get))) {
        return std::max(1.0, std::min(rows, sample->Summary(column.index, table_rows).distinct));
      }
    }
    return std::max(1.0, std::min({rows, table_rows, kDefaultDistinct}));
  }
  if (expr->type.oid == type_oid::kBool) return std::min(rows, 2.0);
  // A computed value has at most the combinations of what it is computed from; extracting parts has far fewer.
  if (expr->kind == ExprKind::kFunction && expr->function != nullptr &&
      (expr->function->name == "extract" || expr->function->name == "date_part" || expr->function->name == "date_trunc")) {
    return std::min(rows, 10.0);
  }
  double product = 1;
  bool known = false;
  ColumnSet columns;
  columns.AddFrom(expr);
  if (expr->kind != ExprKind::kColumn) {
    for (ColumnRef ref : columns) {
      const auto definition = definitions_.find(ref);
      const auto get = gets_.find(ref.relation.value);
      if (get == gets_.end() && definition == definitions_.end()) continue;
      known = true;
      product *= DistinctValues(MakeColumn({ref, type_oid::kInt4, kInvalidOid, ""}), rows);
    }
  } else if (const auto definition = definitions_.find(RefOf(*expr)); definition != definitions_.end()) {
    return DistinctValues(definition->second, rows);
  }
  return std::max(1.0, std::min(rows, known ? product : kDefaultDistinct));
}

double Estimator::RowsTogether(const Get& get, uint32_t column) {
  auto* sample = const_cast<TableSample*>(SampleOf(get));
  if (sample == nullptr || column >= get.relation->table->columns.size()) return 1;
  return sample->Summary(column, TableRows(*get.relation->table)).together;
}

double Estimator::Groups(const std::vector<ExprRef>& keys, double rows) {
  // Columns of one table are rarely independent: the largest counts whole, the others by their square roots.
  double groups = 1;
  std::map<const Get*, std::vector<double>> by_table;
  for (const ExprRef& key : keys) {
    const BaseColumn column = Origin(key);
    by_table[column.get].push_back(DistinctValues(key, rows));
  }
  for (auto& [get, counts] : by_table) {
    std::sort(counts.rbegin(), counts.rend());
    double own = counts[0];
    for (size_t i = 1; i < counts.size(); ++i) own *= get == nullptr ? counts[i] : std::sqrt(counts[i]);
    if (get != nullptr && get->relation->table != nullptr) own = std::min(own, TableRows(*get->relation->table));
    groups *= own;
  }
  return std::max(1.0, std::min(groups, rows));
}

double Estimator::JoinSelectivity(const ExprRef& condition, double left_rows, double right_rows) {
  if (IsEquality(*condition) || IsNullSafeEqual(*condition)) {
    const Expr& equal = IsEquality(*condition) ? *condition : *condition->children[0];
    // Distinct values before the inputs were filtered: filters thin out keys and rows alike.
    const double left = DistinctValues(equal.children[0], 1e18), right = DistinctValues(equal.children[1], 1e18);
    const bool guess = Origin(equal.children[0]).get == nullptr && Origin(equal.children[1]).get == nullptr;
    if (guess) return 1 / std::max(1.0, std::max(left_rows, right_rows));
    return 1 / std::max(1.0, std::max(left, right));
  }
  return Selectivity(condition);
}

double Estimator::CompositeKeyFactor(std::span<const ExprRef> conditions) {
  struct Pair {
    const Get *a, *b;
    std::vector<uint32_t> columns_a, columns_b;
    std::vector<ExprRef> keys_a, keys_b;
    double product = 1;
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
    if (pair == pairs.end()) pair = pairs.insert(pairs.end(), Pair{a.get, b.get, {}, {}, {}, {}});
    const bool known = std::find(pair->columns_a.begin(), pair->columns_a.end(), a.index) != pair->columns_a.end();
    if (known) continue;
    pair->columns_a.push_back(a.index);
    pair->columns_b.push_back(b.index);
    pair->keys_a.push_back(equal.children[first]);
    pair->keys_b.push_back(equal.children[1 - first]);
    pair->product *= JoinSelectivity(condition, 1e18, 1e18);
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
    double combinations = 0;
    if (IsUniqueKey(*pair.a, pair.columns_a)) combinations = TableRows(*pair.a->relation->table);
    else if (IsUniqueKey(*pair.b, pair.columns_b)) combinations = TableRows(*pair.b->relation->table);
    else combinations = std::max(Groups(pair.keys_a, 1e18), Groups(pair.keys_b, 1e18));
    factor *= std::max(1.0, 1 / (combinations * pair.product));
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
      const double inner_keys = DistinctValues(inner, right_rows), outer_keys = DistinctValues(outer, 1e18);
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
