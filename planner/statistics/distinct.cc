// Distinct values: of columns from their tables' statistics, of expressions from the row sample, of both less what joins and filters leave out.
#include <algorithm>
#include <cmath>

#include "planner/statistics/estimator.h"

namespace gather::planner {

namespace {

constexpr double kDefaultDistinct = 200;
constexpr int kDeepest = 40;                           // joins that DistinctIn follows

// Of `distinct` values spread over `all` rows, those that `rows` of them have.
double AmongSome(double distinct, double all, double rows) {
  if (rows >= all || distinct <= 1) return distinct;
  return distinct * (1 - std::pow(1 - rows / all, all / distinct));
}

// Duj1: of a table with `all` rows, from a sample.
double OfAll(const TableFacts::Distinct& sample, double all) {
  if (sample.all || sample.rows <= 0) return sample.values;
  const double denominator = sample.rows - sample.once + sample.once * sample.rows / std::max(all, sample.rows);
  return std::clamp(denominator <= 0 ? all : sample.rows * sample.values / denominator, sample.values, std::max(all, sample.values));
}

bool HasRelation(const LogicalNode& node, RelId id) {
  if (node.kind == LogicalKind::kGet) return As<Get>(node).id == id;
  return std::any_of(node.children.begin(), node.children.end(), [id](const LogicalPtr& child) { return HasRelation(*child, id); });
}

}  // namespace

bool Estimator::IsOverSample(const ExprRef& expr, RelId id) {
  const RelSet relations = RelationsOf(expr);
  return relations.size() == 1 && relations.Contains(id) && !HasKind(expr, ExprKind::kParameter) && !HasKind(expr, ExprKind::kExecParameter) &&
         !HasKind(expr, ExprKind::kOuterSlot) && !IsVolatile(expr);
}

double Estimator::BaseDistinct(const ExprRef& expr) {
  if (!HasColumns(expr)) return 1;
  const KnownColumn column = Known(expr);
  if (column.base.get != nullptr && column.base.get->relation->table != nullptr) {
    if (IsUnique(column.base)) return std::max(1.0, column.rows);
    if (column.analysis != nullptr && column.analysis->distinct != 0) return std::clamp(column.analysis->DistinctAmong(column.rows), 1.0, std::max(1.0, column.rows));
    if (expr->type.oid == type_oid::kBool) return 2;
    return std::max(1.0, std::min(column.rows, kDefaultDistinct));
  }
  return DistinctValues(expr, 1e18);
}

std::optional<double> Estimator::ComputedDistinct(const ExprRef& expr, double rows) {
  const RelSet relations = RelationsOf(expr);
  if (relations.size() != 1) return std::nullopt;
  const auto get = gets_.find(relations.ids()[0]);
  if (get == gets_.end() || !IsOverSample(expr, get->second->id)) return std::nullopt;
  TableFacts* facts = FactsOf(*get->second);
  if (facts == nullptr) return std::nullopt;
  std::vector<ExprRef> conditions;
  if (const auto filter = filters_.find(relations.ids()[0]); filter != filters_.end()) {
    for (const ExprRef& condition : filter->second) {
      if (IsOverSample(condition, get->second->id)) conditions.push_back(condition);
    }
  }
  std::optional<TableFacts::Distinct> sample = facts->DistinctOf(get->second->id, {&expr, 1}, conditions);
  // Too few rows to tell: without the conditions.
  if (!sample.has_value() || (!sample->all && sample->rows < 30)) sample = facts->DistinctOf(get->second->id, {&expr, 1}, {});
  if (!sample.has_value()) return std::nullopt;
  return std::clamp(OfAll(*sample, FilteredRows(*get->second)), 1.0, std::max(1.0, rows));
}

double Estimator::DistinctValues(const ExprRef& expr, double rows) {
  rows = std::max(1.0, rows);
  if (!HasColumns(expr)) return 1;
  const KnownColumn column = Known(expr);
  if (column.base.get != nullptr && column.base.get->relation->table != nullptr) {
    const double among = std::min(rows, FilteredRows(*column.base.get));
    return std::clamp(AmongSome(BaseDistinct(expr), column.rows, among), 1.0, rows);
  }
  if (expr->type.oid == type_oid::kBool) return std::min(rows, 2.0);
  if (const Aggregated* aggregated = AggregateOf(expr)) {
    // Counts of groups of n rows seldom pass 4 n; other results differ from group to group.
    const bool counts = aggregated->item->call->function->name == "count";
    return std::min(rows, counts ? 4 * GroupSize(*aggregated->node) : Rows(*aggregated->node));
  }
  if (expr->kind == ExprKind::kColumn) {
    const auto definition = definitions_.find(RefOf(*expr));
    if (definition != definitions_.end()) return DistinctValues(definition->second, rows);
    return std::min(rows, kDefaultDistinct);
  }
  if (const std::optional<double> computed = ComputedDistinct(expr, rows)) return *computed;
  // A computed value has at most the combinations of what it is computed from; extracting parts has far fewer.
  if (expr->kind == ExprKind::kFunction && expr->function != nullptr &&
      (expr->function->name == "extract" || expr->function->name == "date_part" || expr->function->name == "date_trunc")) {
    return std::min(rows, 10.0);
  }
  double product = 1;
  bool known = false;
  ColumnSet columns;
  columns.AddFrom(expr);
  for (ColumnRef ref : columns) {
    if (!gets_.contains(ref.relation.value) && !definitions_.contains(ref)) continue;
    known = true;
    product *= DistinctValues(MakeColumn({ref, type_oid::kInt4, kInvalidOid, ""}), rows);
  }
  return std::clamp(known ? product : kDefaultDistinct, 1.0, rows);
}

double Estimator::DistinctIn(const LogicalNode& node, const ExprRef& expr) {
  const double rows = Rows(node);
  const BaseColumn column = Origin(expr);
  if (column.get == nullptr || column.get->relation->table == nullptr || depth_ > kDeepest) return DistinctValues(expr, rows);
  ++depth_;
  double most = rows;
  for (const LogicalNode* at = &node; at != nullptr;) {
    most = std::min(most, Rows(*at));
    const LogicalNode* below = nullptr;
    for (const LogicalPtr& child : at->children) {
      if (HasRelation(*child, column.get->id)) below = child.get();
    }
    if (below != nullptr && at->kind == LogicalKind::kJoin) {
      // What the column is equal to on the other side bounds it too.
      const auto& join = As<Join>(*at);
      const bool left = below == at->children[0].get();
      if (join.join == JoinKind::kInner || (left && join.join == JoinKind::kSemi)) {
        const LogicalNode& other = *at->children[left ? 1 : 0];
        for (const ExprRef& condition : join.conditions) {
          if (!IsEquality(*condition)) continue;
          for (const size_t side : {size_t{0}, size_t{1}}) {
            const BaseColumn mine = Origin(condition->children[side]);
            if (mine.get == column.get && mine.index == column.index) most = std::min(most, DistinctIn(other, condition->children[1 - side]));
          }
        }
      }
    }
    at = below;
  }
  --depth_;
  return std::clamp(DistinctValues(expr, most), 1.0, std::max(1.0, most));
}

double Estimator::CombinedDistinct(const Get& get, const std::vector<ExprRef>& keys, double independent) {
  TableFacts* facts = FactsOf(get);
  if (facts == nullptr) return independent;
  std::vector<ExprRef> columns;
  for (const ExprRef& key : keys) columns.push_back(MakeColumn({{get.id, Origin(key).index}, key->type, key->collation, ""}));
  const std::optional<TableFacts::Distinct> sample = facts->DistinctOf(get.id, columns, {});
  return sample.has_value() ? std::min(independent, OfAll(*sample, Rows(get))) : independent;
}

double Estimator::Groups(const std::vector<ExprRef>& keys, double rows, const LogicalNode* input) {
  struct OfTable { const Get* get; std::vector<ExprRef> keys; std::vector<double> counts; };
  std::vector<OfTable> tables;
  for (const ExprRef& key : keys) {
    const BaseColumn column = Origin(key);
    const Get* get = column.get != nullptr && column.get->relation->table != nullptr ? column.get : nullptr;
    auto table = std::find_if(tables.begin(), tables.end(), [get](const OfTable& of) { return of.get == get; });
    if (table == tables.end()) table = tables.insert(tables.end(), OfTable{get, {}, {}});
    table->keys.push_back(key);
    table->counts.push_back(input != nullptr ? DistinctIn(*input, key) : DistinctValues(key, rows));
  }
  double groups = 1;
  for (const OfTable& table : tables) {
    double product = 1, most = 1;
    bool unique = false;
    for (size_t i = 0; i < table.keys.size(); ++i) {
      product *= table.counts[i];
      most = std::max(most, table.counts[i]);
      unique = unique || (table.get != nullptr && IsUnique(Origin(table.keys[i])));
    }
    if (table.get != nullptr && table.keys.size() > 1 && product > 1) {
      // Columns of one table are rarely independent: a key decides, else the sample's combinations tell.
      if (unique) {
        product = most;
      } else {
        const double all = CombinedDistinct(*table.get, table.keys, product);
        product = std::max(most, std::min({product, AmongSome(all, Rows(*table.get), std::min(rows, FilteredRows(*table.get)))}));
      }
    }
    groups *= product;
  }
  return std::max(1.0, std::min(groups, rows));
}

double Estimator::GroupSize(const Aggregate& node) { return std::max(1.0, Rows(*node.children[0]) / std::max(1.0, Rows(node))); }

const Estimator::Aggregated* Estimator::AggregateOf(const ExprRef& expr) const {
  const ExprRef* at = &StripRelabel(expr);
  for (int depth = 0; depth < 100 && (*at)->kind == ExprKind::kColumn; ++depth) {
    const auto found = aggregated_.find(RefOf(**at));
    if (found != aggregated_.end()) return found->second.item->call != nullptr && found->second.item->call->function != nullptr ? &found->second : nullptr;
    const auto definition = definitions_.find(RefOf(**at));
    if (definition == definitions_.end()) return nullptr;
    at = &StripRelabel(definition->second);
  }
  return nullptr;
}

bool Estimator::SameColumn(const BaseColumn& a, const BaseColumn& b) const {
  return a.get != nullptr && b.get != nullptr && a.index == b.index && a.get->relation->table != nullptr && a.get->relation->table == b.get->relation->table;
}

const Aggregate* Estimator::RestrictedBy(const ExprRef& key) const {
  const ExprRef& column = StripRelabel(key);
  if (column->kind != ExprKind::kColumn || !definitions_.contains(RefOf(*column))) return nullptr;
  const auto found = key_relations_.find(column->relation.value);
  return found != key_relations_.end() && found->second->restricted ? found->second : nullptr;
}

double Estimator::KeyDomain(const ExprRef& key) {
  const Aggregate* aggregate = RestrictedBy(key);
  return aggregate == nullptr ? 0 : DistinctIn(*aggregate->children[0], definitions_.at(RefOf(*StripRelabel(key))));
}

}  // namespace gather::planner
