#include "planner/logical/unnest.h"

#include <algorithm>
#include <utility>

#include "planner/logical/correlation.h"
#include "planner/logical/domain.h"

namespace gather::planner {

namespace {

// Input rows from which restricting a grouping to the outer side's keys may pay, and the share of the groups that must
// suffice.
constexpr double kRestrictFrom = 5000, kRestrictShare = 0.3;

class Unnester {
 public:
  Unnester(Planning& planning, Estimator& estimator) : planning_(planning), estimator_(estimator) {}

  void Visit(LogicalPtr& node) {
    for (LogicalPtr& child : node->children) Visit(child);
    if (node->kind == LogicalKind::kJoin && As<Join>(*node).dependent) Dissolve(node);
  }

 private:
  void Dissolve(LogicalPtr& node) {
    auto& join = As<Join>(*node);
    outer_ = Produced(*join.children[0]);
    if (!Free(*join.children[1]).Intersects(outer_)) {
      join.dependent = false;
      return;
    }
    if (IsLateralCall(join)) return;
    // A volatile subquery is evaluated as often as its author wrote: for every row.
    join.memoize = !HasVolatile(*join.children[1]);
    if (!join.memoize || DissolveScalarAggregate(node)) return;
    std::vector<ExprRef> pulled;
    const bool simple = !HasScalarAggregate(*join.children[1]) && Pull(join.children[1], &pulled, false, true);
    if (simple && !(join.join == JoinKind::kMark && join.null_aware)) {
      Pull(join.children[1], &pulled, false, false);
      join.conditions.insert(join.conditions.end(), pulled.begin(), pulled.end());
      join.dependent = false;
      return;
    }
    if (Domain domain(planning_, join); domain.Applies()) domain.Dissolve();
  }

  // A grouping without keys on the way to the correlation: its empty input matters.
  bool HasScalarAggregate(const LogicalNode& node) const {
    if (!Free(node).Intersects(outer_)) return false;
    if (node.kind == LogicalKind::kAggregate && As<Aggregate>(node).scalar()) return true;
    return std::any_of(node.children.begin(), node.children.end(),
                       [this](const LogicalPtr& child) { return HasScalarAggregate(*child); });
  }

  // (SELECT agg … WHERE inner = outer): group by the inner side once, join the groups; who has no group gets what the
  // aggregate says of no rows.
  bool DissolveScalarAggregate(LogicalPtr& node) {
    auto& join = As<Join>(*node);
    if (join.join != JoinKind::kSingle && join.join != JoinKind::kInner) return false;
    std::vector<Project*> projects;
    LogicalPtr* at = &join.children[1];
    while ((*at)->kind == LogicalKind::kProject) {
      projects.push_back(&As<Project>(**at));
      at = &(*at)->children[0];
    }
    if ((*at)->kind != LogicalKind::kAggregate || !As<Aggregate>(**at).scalar()) return false;
    auto& aggregate = As<Aggregate>(**at);
    bool correlated = false;
    ForEachExpression(aggregate, [&](ExprRef& expr) { correlated = correlated || IsCorrelated(expr, outer_); });
    std::vector<ExprRef> pulled;
    if (correlated || !Pull(aggregate.children[0], &pulled, true, true)) return false;
    TakeOrder(aggregate);
    Pull(aggregate.children[0], &pulled, true, false);
    RestrictToOuter(aggregate, pulled, *join.children[0]);
    AddKeys(aggregate, &pulled);
    // Above the join the projections see the aggregates, with counts corrected.
    ColumnMap corrected;
    auto top = std::make_unique<Project>();
    for (const Column& column : Outputs(*join.children[0])) top->items.push_back(PassThrough(column));
    for (AggregateItem& item : aggregate.aggregates) {
      const Column before{item.out, item.type, item.collation, item.name};
      if (CountsRows(item)) {
        item.out = {planning_.NewRelation(), 0};
        corrected[before.ref] =
            MakeCoalesce(MakeColumn({item.out, item.type, item.collation, item.name}), Zero(item.type));
      }
      if (projects.empty()) {
        const auto found = corrected.find(before.ref);
        top->items.push_back(found == corrected.end() ? PassThrough(before)
                                                      : Item{before.ref, found->second, before.name});
      }
    }
    for (auto project = projects.rbegin(); project != projects.rend(); ++project) {
      for (Item& item : (*project)->items) {
        item.expression = Substitute(item.expression, corrected);
        if (*project == projects.front())
          top->items.push_back(item);
        else
          corrected[item.out] = item.expression;
      }
    }
    LogicalPtr grouped = std::move(*at);
    join.children[1] = std::move(grouped);
    std::vector<ExprRef> above;
    if (join.join == JoinKind::kInner) above = std::exchange(join.conditions, {});
    join.join = JoinKind::kLeft;
    join.conditions.insert(join.conditions.end(), pulled.begin(), pulled.end());
    join.dependent = false;
    top->children.push_back(std::move(node));
    node = MakeFilter(std::move(top), above);
    return true;
  }

  // Groups nobody asks for need not be computed: if the outer side has few of the keys, the input is semi-joined with
  // it first. Any part of the outer side that produces the columns will do: more keys than needed do no harm.
  void RestrictToOuter(Aggregate& aggregate, const std::vector<ExprRef>& equalities, LogicalNode& outer) {
    if (equalities.empty()) return;
    RelSet needed;
    std::vector<ExprRef> inner_sides;
    for (const ExprRef& equality : equalities) {
      const size_t inner = IsCorrelated(equality->children[0], outer_) ? 1 : 0;
      AddRelations(equality->children[1 - inner], &needed);
      inner_sides.push_back(equality->children[inner]);
    }
    LogicalNode* source = &outer;
    for (;;) {
      LogicalNode* below = nullptr;
      if (source->kind == LogicalKind::kJoin) {
        const JoinKind kind = As<Join>(*source).join;
        const bool left = needed.IsSubsetOf(Produced(*source->children[0]));
        const bool right = kind == JoinKind::kInner && needed.IsSubsetOf(Produced(*source->children[1]));
        const bool passes =
            kind == JoinKind::kInner || kind == JoinKind::kLeft || kind == JoinKind::kMark || kind == JoinKind::kSingle;
        if (passes && left)
          below = source->children[0].get();
        else if (right)
          below = source->children[1].get();
      } else if (source->kind == LogicalKind::kFilter && source->children[0]->kind == LogicalKind::kJoin) {
        below = source->children[0].get();
      }
      if (below == nullptr) break;
      source = below;
    }
    if (!IsStable(*source) || !Free(*source).empty()) return;
    const double input = estimator_.Rows(*aggregate.children[0]), groups = estimator_.Groups(inner_sides, input);
    const double asked = estimator_.Rows(*source);
    if (input < kRestrictFrom || asked > kRestrictShare * groups) return;
    std::map<uint32_t, uint32_t> renamed;
    LogicalPtr keys = Copy(*source, &planning_.next_relation, &renamed);
    estimator_.Learn(*keys);
    std::vector<ExprRef> conditions;
    for (const ExprRef& equality : equalities) conditions.push_back(Renamed(equality, renamed));
    aggregate.restricted = true;
    aggregate.children[0] =
        MakeJoin(JoinKind::kSemi, std::move(aggregate.children[0]), std::move(keys), std::move(conditions));
  }

  // Adds the inner sides of pulled equalities to the keys and makes the equalities refer to the keys.
  void AddKeys(Aggregate& aggregate, std::vector<ExprRef>* pulled) {
    const RelId relation = planning_.NewRelation();
    uint32_t count = 0;
    for (ExprRef& equality : *pulled) {
      const size_t inner = IsCorrelated(equality->children[0], outer_) ? 1 : 0;
      const ExprRef expr = equality->children[inner];
      const auto found = std::find_if(aggregate.keys.begin(), aggregate.keys.end(),
                                      [&expr](const Item& key) { return sql::SameExpr(key.expression, expr); });
      Item key;
      if (found != aggregate.keys.end()) {
        key = *found;
      } else {
        key = {{relation, count++}, expr, expr->kind == ExprKind::kColumn ? expr->name : ""};
        aggregate.keys.push_back(key);
      }
      auto copy = std::make_shared<Expr>(*equality);
      copy->children[inner] = MakeColumn(ColumnOf(key));
      equality = std::move(copy);
    }
  }

  // outer expression = inner expression.
  bool IsPullableEquality(const ExprRef& condition) const {
    if (!IsEquality(*condition)) return false;
    for (const size_t inner : {size_t{0}, size_t{1}}) {
      const RelSet inside = RelationsOf(condition->children[inner]),
                   outside = RelationsOf(condition->children[1 - inner]);
      if (!inside.empty() && !inside.Intersects(outer_) && !outside.empty() && outside.IsSubsetOf(outer_)) return true;
    }
    return false;
  }

  // Moves the correlated conditions of `node` into `pulled`; false when that is not all of the correlation. `dry`: only
  // asks.
  bool Pull(LogicalPtr& node, std::vector<ExprRef>* pulled, bool equalities_only, bool dry) {
    if (!Free(*node).Intersects(outer_)) return true;
    switch (node->kind) {
      case LogicalKind::kFilter: {
        auto& filter = As<Filter>(*node);
        std::vector<ExprRef> stay, go;
        for (const ExprRef& condition : filter.conditions) {
          if (!IsCorrelated(condition, outer_)) {
            stay.push_back(condition);
            continue;
          }
          if (IsVolatile(condition) || (equalities_only && !IsPullableEquality(condition))) return false;
          go.push_back(condition);
        }
        if (!Pull(node->children[0], pulled, equalities_only, dry)) return false;
        if (dry) return true;
        pulled->insert(pulled->end(), go.begin(), go.end());
        filter.conditions = std::move(stay);
        if (filter.conditions.empty()) {
          LogicalPtr child = std::move(node->children[0]);
          node = std::move(child);
        }
        return true;
      }
      case LogicalKind::kProject: {
        for (const Item& item : As<Project>(*node).items) {
          if (IsCorrelated(item.expression, outer_)) return false;
        }
        const size_t known = pulled->size();
        if (!Pull(node->children[0], pulled, equalities_only, dry)) return false;
        if (!dry) PassThroughUsed(As<Project>(*node), *pulled, known);
        return true;
      }
      case LogicalKind::kJoin: {
        auto& join = As<Join>(*node);
        if (join.dependent) return false;
        std::vector<ExprRef> stay, go;
        for (const ExprRef& condition : join.conditions)
          (IsCorrelated(condition, outer_) ? go : stay).push_back(condition);
        const bool inner = join.join == JoinKind::kInner;
        if (!inner && (!go.empty() || join.join == JoinKind::kFull || Free(*join.children[1]).Intersects(outer_)))
          return false;
        for (const ExprRef& condition : go) {
          if (IsVolatile(condition) || (equalities_only && !IsPullableEquality(condition))) return false;
        }
        for (LogicalPtr& child : join.children) {
          if (!Pull(child, pulled, equalities_only, dry)) return false;
        }
        if (dry) return true;
        pulled->insert(pulled->end(), go.begin(), go.end());
        join.conditions = std::move(stay);
        return true;
      }
      case LogicalKind::kAggregate: {
        auto& aggregate = As<Aggregate>(*node);
        if (aggregate.scalar() || !aggregate.grouping_sets.empty()) return false;
        bool correlated = false;
        ForEachExpression(aggregate, [&](ExprRef& expr) { correlated = correlated || IsCorrelated(expr, outer_); });
        std::vector<ExprRef> own;
        if (correlated || !Pull(node->children[0], &own, true, dry)) return false;
        if (dry) return true;
        AddKeys(aggregate, &own);
        pulled->insert(pulled->end(), own.begin(), own.end());
        return true;
      }
      case LogicalKind::kDistinct: {
        auto& distinct = As<Distinct>(*node);
        const size_t known = pulled->size();
        if (distinct.first || !Pull(node->children[0], pulled, true, dry)) return false;
        if (dry) return true;
        ColumnSet have, used;
        for (const Column& column : distinct.columns) have.Add(column.ref);
        for (size_t i = known; i < pulled->size(); ++i) used.AddFrom((*pulled)[i]);
        for (const Column& column : Outputs(*node->children[0])) {
          if (used.Contains(column.ref) && !have.Contains(column.ref)) distinct.columns.push_back(column);
        }
        return true;
      }
      case LogicalKind::kSort: {
        if (!Pull(node->children[0], pulled, equalities_only, dry)) return false;
        if (dry) return true;
        LogicalPtr child = std::move(node->children[0]);
        node = std::move(child);
        return true;
      }
      default:
        return false;
    }
  }

  // Columns that pulled conditions need above a projection pass through it.
  static void PassThroughUsed(Project& project, const std::vector<ExprRef>& pulled, size_t from) {
    ColumnSet used;
    for (size_t i = from; i < pulled.size(); ++i) used.AddFrom(pulled[i]);
    for (const Column& column : Outputs(*project.children[0])) {
      if (used.Contains(column.ref) && !HasItem(project.items, column.ref))
        project.items.push_back(PassThrough(column));
    }
  }

  Planning& planning_;
  Estimator& estimator_;
  // Of the join being dissolved.
  RelSet outer_;
};

}  // namespace

LogicalPtr Unnest(LogicalPtr root, Planning& planning, Estimator& estimator) {
  Unnester(planning, estimator).Visit(root);
  BindParameters(*root, planning);
  return root;
}

}  // namespace gather::planner
