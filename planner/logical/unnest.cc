#include "planner/logical/unnest.h"

#include <algorithm>

#include "types/error.h"

namespace gather::planner {

namespace {

// Input rows from which restricting a grouping to the outer side's keys may pay, and the share of the groups that must suffice.
constexpr double kRestrictFrom = 5000, kRestrictShare = 0.3;

bool IsCorrelated(const ExprRef& expr, const RelSet& outer) { return expr != nullptr && RelationsOf(expr).Intersects(outer); }

// What an aggregate yields for no rows is null, but for these 0.
bool CountsRows(const AggregateItem& item) {
  return item.call->function != nullptr && (item.call->function->name == "count" || item.call->function->name == "regr_count");
}

ExprRef Zero(SqlType type) {
  return sql::MakeConstant(type.oid == type_oid::kInt8 ? Datum::Int8(0) : type.oid == type_oid::kFloat8 ? Datum::Float8(0) : Datum::Null(type));
}

Item PassThrough(const Column& column) { return {column.ref, MakeColumn(column), column.name}; }

bool HasItem(const std::vector<Item>& items, ColumnRef ref) {
  return std::any_of(items.begin(), items.end(), [ref](const Item& item) { return item.out == ref; });
}

class Unnester {
 public:
  Unnester(Planning& planning, Estimator& estimator) : planning_(planning), estimator_(estimator) {}

  void Visit(LogicalPtr& node) {
    for (LogicalPtr& child : node->children) Visit(child);
    if (node->kind == LogicalKind::kJoin && As<Join>(*node).dependent) Dissolve(node);
  }

 private:
  // ---- the simple way

  void Dissolve(LogicalPtr& node) {
    auto& join = As<Join>(*node);
    outer_ = Produced(*join.children[0]);
    if (!Free(*join.children[1]).Intersects(outer_)) {
      join.dependent = false;
      return;
    }
    const LogicalNode* right = join.children[1].get();
    while (right->kind == LogicalKind::kFilter) right = right->children[0].get();
    if (right->kind == LogicalKind::kFunctionScan && (join.join == JoinKind::kInner || join.join == JoinKind::kLeft)) return;
    if (DissolveScalarAggregate(node)) return;
    std::vector<ExprRef> pulled;
    const bool simple = !HasScalarAggregate(*join.children[1]) && Pull(join.children[1], &pulled, false, true);
    if (simple && !(join.join == JoinKind::kMark && join.null_aware)) {
      Pull(join.children[1], &pulled, false, false);
      join.conditions.insert(join.conditions.end(), pulled.begin(), pulled.end());
      join.dependent = false;
      return;
    }
    DissolveByDomain(join);
  }

  // A grouping without keys on the way to the correlation: its empty input matters.
  bool HasScalarAggregate(const LogicalNode& node) const {
    if (!Free(node).Intersects(outer_)) return false;
    if (node.kind == LogicalKind::kAggregate && As<Aggregate>(node).scalar()) return true;
    return std::any_of(node.children.begin(), node.children.end(), [this](const LogicalPtr& child) { return HasScalarAggregate(*child); });
  }

  // (SELECT agg … WHERE inner = outer): group by the inner side once, join the groups; who has no group gets what the aggregate says of no rows.
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
        corrected[before.ref] = MakeCoalesce(MakeColumn({item.out, item.type, item.collation, item.name}), Zero(item.type));
      }
      if (projects.empty()) {
        const auto found = corrected.find(before.ref);
        top->items.push_back(found == corrected.end() ? PassThrough(before) : Item{before.ref, found->second, before.name});
      }
    }
    for (auto project = projects.rbegin(); project != projects.rend(); ++project) {
      for (Item& item : (*project)->items) {
        item.expression = Substitute(item.expression, corrected);
        if (*project == projects.front()) top->items.push_back(item);
        else corrected[item.out] = item.expression;
      }
    }
    LogicalPtr grouped = std::move(*at);
    join.children[1] = std::move(grouped);
    const std::vector<ExprRef> above = join.conditions;
    join.join = JoinKind::kLeft;
    join.conditions = std::move(pulled);
    join.dependent = false;
    top->children.push_back(std::move(node));
    node = MakeFilter(std::move(top), above);
    return true;
  }

  // Groups nobody asks for need not be computed: if the outer side has few of the keys, the input is semi-joined with it first. Any part of
  // the outer side that produces the columns will do: more keys than needed do no harm.
  void RestrictToOuter(Aggregate& aggregate, const std::vector<ExprRef>& equalities, const LogicalNode& outer) {
    if (equalities.empty()) return;
    RelSet needed;
    std::vector<ExprRef> inner_sides;
    for (const ExprRef& equality : equalities) {
      const size_t inner = IsCorrelated(equality->children[0], outer_) ? 1 : 0;
      AddRelations(equality->children[1 - inner], &needed);
      inner_sides.push_back(equality->children[inner]);
    }
    const LogicalNode* source = &outer;
    for (;;) {
      const LogicalNode* below = nullptr;
      if (source->kind == LogicalKind::kJoin) {
        const JoinKind kind = As<Join>(*source).join;
        const bool left = needed.IsSubsetOf(Produced(*source->children[0]));
        const bool right = kind == JoinKind::kInner && needed.IsSubsetOf(Produced(*source->children[1]));
        const bool passes = kind == JoinKind::kInner || kind == JoinKind::kLeft || kind == JoinKind::kMark || kind == JoinKind::kSingle;
        if (passes && left) below = source->children[0].get();
        else if (right) below = source->children[1].get();
      } else if (source->kind == LogicalKind::kFilter && source->children[0]->kind == LogicalKind::kJoin) {
        below = source->children[0].get();
      }
      if (below == nullptr) break;
      source = below;
    }
    bool is_volatile = false;
    ForEachExpressionBelow(const_cast<LogicalNode&>(*source), [&is_volatile](ExprRef& expr) { is_volatile = is_volatile || IsVolatile(expr); });
    if (is_volatile || !Free(*source).empty()) return;
    const double input = estimator_.Rows(*aggregate.children[0]), groups = estimator_.Groups(inner_sides, input);
    const double asked = estimator_.Rows(*source);
    if (input < kRestrictFrom || asked > kRestrictShare * groups) return;
    std::map<uint32_t, uint32_t> renamed;
    LogicalPtr keys = Copy(*source, &planning_.next_relation, &renamed);
    estimator_.Learn(*keys);
    std::vector<ExprRef> conditions;
    for (const ExprRef& equality : equalities) {
      conditions.push_back(sql::Rewrite(equality, [&renamed](const ExprRef& node) -> ExprRef {
        if (node->kind != ExprKind::kColumn) return nullptr;
        const auto fresh = renamed.find(node->relation.value);
        if (fresh == renamed.end()) return nullptr;
        Column column = ColumnOf(*node);
        column.ref.relation.value = fresh->second;
        return MakeColumn(column);
      }));
    }
    aggregate.children[0] = MakeJoin(JoinKind::kSemi, std::move(aggregate.children[0]), std::move(keys), std::move(conditions));
  }

  // Adds the inner sides of pulled equalities to the keys and makes the equalities refer to the keys.
  void AddKeys(Aggregate& aggregate, std::vector<ExprRef>* pulled) {
    const RelId relation = planning_.NewRelation();
    uint32_t count = 0;
    for (ExprRef& equality : *pulled) {
      const size_t inner = IsCorrelated(equality->children[0], outer_) ? 1 : 0;
      const ExprRef expr = equality->children[inner];
      const auto found = std::find_if(aggregate.keys.begin(), aggregate.keys.end(), [&expr](const Item& key) { return sql::SameExpr(key.expression, expr); });
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
      const RelSet inside = RelationsOf(condition->children[inner]), outside = RelationsOf(condition->children[1 - inner]);
      if (!inside.empty() && !inside.Intersects(outer_) && !outside.empty() && outside.IsSubsetOf(outer_)) return true;
    }
    return false;
  }

  // Moves the correlated conditions of `node` into `pulled`; false when that is not all of the correlation. `dry`: only asks.
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
        for (const ExprRef& condition : join.conditions) (IsCorrelated(condition, outer_) ? go : stay).push_back(condition);
        const bool inner = join.join == JoinKind::kInner;
        if (!inner && (!go.empty() || join.join == JoinKind::kFull || Free(*join.children[1]).Intersects(outer_))) return false;
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
      default: return false;
    }
  }

  // Columns that pulled conditions need above a projection pass through it.
  static void PassThroughUsed(Project& project, const std::vector<ExprRef>& pulled, size_t from) {
    ColumnSet used;
    for (size_t i = from; i < pulled.size(); ++i) used.AddFrom(pulled[i]);
    for (const Column& column : Outputs(*project.children[0])) {
      if (used.Contains(column.ref) && !HasItem(project.items, column.ref)) project.items.push_back(PassThrough(column));
    }
  }

  // ---- the general way

  using Representatives = std::vector<Column>;         // per domain column, who holds its value in a subtree

  void DissolveByDomain(Join& join) {
    domain_columns_.clear();
    ForEachExpressionBelow(*join.children[1], [this](ExprRef& expr) {
      sql::Walk(expr, [this](const Expr& node) {
        if (node.kind != ExprKind::kColumn || !outer_.Contains(node.relation)) return true;
        const bool known = std::any_of(domain_columns_.begin(), domain_columns_.end(), [&node](const Column& column) { return column.ref == RefOf(node); });
        if (!known) domain_columns_.push_back(ColumnOf(node));
        return true;
      });
    });
    domain_source_ = join.children[0].get();
    Representatives held;
    join.children[1] = Push(std::move(join.children[1]), &held);
    std::vector<ExprRef> together;
    for (size_t i = 0; i < held.size(); ++i) together.push_back(Same(domain_columns_[i], held[i]));
    join.conditions.insert(join.conditions.end(), together.begin(), together.end());
    join.dependent = false;
  }

  ExprRef Same(const Column& a, const Column& b) const { return MakeNullSafeEqual(MakeColumn(a), MakeColumn(b), planning_.context.functions); }

  // The distinct values of the outer columns that the subquery uses: an own copy of the outer side each time.
  LogicalPtr Domain(Representatives* held) {
    std::map<uint32_t, uint32_t> renamed;
    LogicalPtr copy = Copy(*domain_source_, &planning_.next_relation, &renamed);
    const RelId relation = planning_.NewRelation();
    auto project = std::make_unique<Project>();
    auto distinct = std::make_unique<Distinct>();
    held->clear();
    for (uint32_t i = 0; i < domain_columns_.size(); ++i) {
      Column from = domain_columns_[i];
      const auto fresh = renamed.find(from.ref.relation.value);
      if (fresh != renamed.end()) from.ref.relation.value = fresh->second;
      Column column = domain_columns_[i];
      column.ref = {relation, i};
      project->items.push_back({column.ref, MakeColumn(from), column.name});
      distinct->columns.push_back(column);
      held->push_back(column);
    }
    project->children.push_back(std::move(copy));
    distinct->children.push_back(std::move(project));
    return distinct;
  }

  ColumnMap MapTo(const Representatives& held) const {
    ColumnMap map;
    for (size_t i = 0; i < held.size(); ++i) map[domain_columns_[i].ref] = MakeColumn(held[i]);
    return map;
  }

  void SubstituteOwn(LogicalNode& node, const Representatives& held) const {
    const ColumnMap map = MapTo(held);
    ForEachExpression(node, [&map](ExprRef& expr) { expr = Substitute(expr, map); });
  }

  LogicalPtr Push(LogicalPtr node, Representatives* held) {
    if (!Free(*node).Intersects(outer_)) {
      LogicalPtr domain = Domain(held);
      return node->kind == LogicalKind::kSingleRow ? std::move(domain) : MakeJoin(JoinKind::kInner, std::move(domain), std::move(node), {});
    }
    switch (node->kind) {
      case LogicalKind::kFilter: case LogicalKind::kSort:
        node->children[0] = Push(std::move(node->children[0]), held);
        SubstituteOwn(*node, *held);
        return node;
      case LogicalKind::kProject: return PushItems(std::move(node), As<Project>(*node).items, held);
      case LogicalKind::kProjectSet: return PushItems(std::move(node), As<ProjectSet>(*node).items, held);
      case LogicalKind::kAggregate: return PushAggregate(std::move(node), held);
      case LogicalKind::kJoin: return PushJoin(std::move(node), held);
      case LogicalKind::kDistinct: {
        node->children[0] = Push(std::move(node->children[0]), held);
        auto& columns = As<Distinct>(*node).columns;
        columns.insert(columns.begin(), held->begin(), held->end());
        if (As<Distinct>(*node).first) node->children[0] = SortFirst(std::move(node->children[0]), *held);
        return node;
      }
      case LogicalKind::kWindow: {
        node->children[0] = Push(std::move(node->children[0]), held);
        SubstituteOwn(*node, *held);
        for (const Column& column : *held) As<Window>(*node).partition_by.push_back(MakeColumn(column));
        return node;
      }
      case LogicalKind::kSetOp: {
        auto& operation = As<SetOp>(*node);
        const RelId relation = planning_.NewRelation();
        for (size_t i = 0; i < node->children.size(); ++i) {
          Representatives own;
          node->children[i] = Push(std::move(node->children[i]), &own);
          operation.inputs[i].insert(operation.inputs[i].end(), own.begin(), own.end());
        }
        held->clear();
        for (uint32_t i = 0; i < domain_columns_.size(); ++i) {
          Column column = domain_columns_[i];
          column.ref = {relation, i};
          operation.output.push_back(column);
          held->push_back(column);
        }
        return node;
      }
      case LogicalKind::kLimit: return PushLimit(std::move(node), held);
      case LogicalKind::kFunctionScan: {
        LogicalPtr domain = Domain(held);
        SubstituteOwn(*node, *held);
        LogicalPtr join = MakeJoin(JoinKind::kInner, std::move(domain), std::move(node), {});
        As<Join>(*join).dependent = true;
        return join;
      }
      case LogicalKind::kValues: return PushValues(std::move(node), held);
      default: ThrowNotSupported("this form of a correlated subquery is not supported");
    }
  }

  LogicalPtr PushItems(LogicalPtr node, std::vector<Item>& items, Representatives* held) {
    node->children[0] = Push(std::move(node->children[0]), held);
    SubstituteOwn(*node, *held);
    for (const Column& column : *held) {
      if (!HasItem(items, column.ref)) items.push_back(PassThrough(column));
    }
    return node;
  }

  LogicalPtr PushAggregate(LogicalPtr node, Representatives* held) {
    auto& aggregate = As<Aggregate>(*node);
    const bool scalar = aggregate.scalar();
    node->children[0] = Push(std::move(node->children[0]), held);
    SubstituteOwn(*node, *held);
    const auto first = static_cast<uint32_t>(aggregate.keys.size());
    for (const Column& column : *held) aggregate.keys.push_back(PassThrough(column));
    for (auto& set : aggregate.grouping_sets) {
      for (uint32_t i = 0; i < held->size(); ++i) set.push_back(first + i);
    }
    if (!scalar) return node;
    // Domain values without rows have a group, too.
    ColumnMap corrected;
    std::vector<Column> outputs;
    for (AggregateItem& item : aggregate.aggregates) {
      const Column before{item.out, item.type, item.collation, item.name};
      outputs.push_back(before);
      if (!CountsRows(item)) continue;
      item.out = {planning_.NewRelation(), 0};
      corrected[before.ref] = MakeCoalesce(MakeColumn({item.out, item.type, item.collation, item.name}), Zero(item.type));
    }
    Representatives all;
    LogicalPtr domain = Domain(&all);
    std::vector<ExprRef> together;
    for (size_t i = 0; i < all.size(); ++i) together.push_back(Same(all[i], (*held)[i]));
    LogicalPtr join = MakeJoin(JoinKind::kLeft, std::move(domain), std::move(node), std::move(together));
    auto project = std::make_unique<Project>();
    for (const Column& column : all) project->items.push_back(PassThrough(column));
    for (const Column& column : outputs) {
      const auto found = corrected.find(column.ref);
      project->items.push_back(found == corrected.end() ? PassThrough(column) : Item{column.ref, found->second, column.name});
    }
    project->children.push_back(std::move(join));
    *held = all;
    return project;
  }

  LogicalPtr PushJoin(LogicalPtr node, Representatives* held) {
    auto& join = As<Join>(*node);
    const bool left = Free(*join.children[0]).Intersects(outer_), right = Free(*join.children[1]).Intersects(outer_);
    if (join.join == JoinKind::kFull) ThrowNotSupported("a correlated subquery with a FULL JOIN is not supported");
    if (join.dependent) {                              // a lateral call: its arguments may come from further out
      join.children[0] = Push(std::move(join.children[0]), held);
      SubstituteBelow(*join.children[1], MapTo(*held));
      SubstituteOwn(*node, *held);
      return node;
    }
    if (join.join == JoinKind::kInner && right && !left) {
      join.children[1] = Push(std::move(join.children[1]), held);
    } else {
      join.children[0] = Push(std::move(join.children[0]), held);
      if (right) {
        Representatives other;
        join.children[1] = Push(std::move(join.children[1]), &other);
        for (size_t i = 0; i < other.size(); ++i) join.conditions.push_back(Same((*held)[i], other[i]));
      }
    }
    SubstituteOwn(*node, *held);
    return node;
  }

  static LogicalPtr SortFirst(LogicalPtr node, const Representatives& held) {
    LogicalPtr sort;
    if (node->kind == LogicalKind::kSort) {
      sort = std::move(node);
    } else {
      sort = std::make_unique<Sort>();
      sort->children.push_back(std::move(node));
    }
    std::vector<sql::SortItem> items;
    for (const Column& column : held) items.push_back({MakeColumn(column), SortOrder{}});
    auto& own = As<Sort>(*sort).items;
    own.insert(own.begin(), items.begin(), items.end());
    return sort;
  }

  LogicalPtr PushLimit(LogicalPtr node, Representatives* held) {
    auto& limit = As<Limit>(*node);
    const bool one = limit.offset == nullptr && limit.limit != nullptr && sql::IsConstant(*limit.limit) && limit.limit->constant.as<int64_t>() == 1;
    LogicalPtr child = Push(std::move(node->children[0]), held);
    if (limit.with_ties) ThrowNotSupported("WITH TIES in a correlated subquery is not supported");
    if (one) {
      auto distinct = std::make_unique<Distinct>();
      distinct->first = true;
      distinct->columns = *held;
      distinct->children.push_back(SortFirst(std::move(child), *held));
      return distinct;
    }
    // The rows of each domain value are numbered in order.
    const catalog::FunctionRegistry* functions = planning_.context.functions;
    const catalog::FunctionInfo* number = functions == nullptr ? nullptr : functions->FindFunction("row_number", {});
    const catalog::OperatorInfo* less = functions == nullptr ? nullptr : functions->FindOperator("<=", type_oid::kInt8, type_oid::kInt8);
    const catalog::OperatorInfo* greater = functions == nullptr ? nullptr : functions->FindOperator(">", type_oid::kInt8, type_oid::kInt8);
    const catalog::OperatorInfo* plus = functions == nullptr ? nullptr : functions->FindOperator("+", type_oid::kInt8, type_oid::kInt8);
    if (number == nullptr || less == nullptr || greater == nullptr || plus == nullptr) ThrowNotSupported("LIMIT in a correlated subquery is not supported here");
    auto window = std::make_unique<Window>();
    for (const Column& column : *held) window->partition_by.push_back(MakeColumn(column));
    if (child->kind == LogicalKind::kSort) window->order_by = As<Sort>(*child).items;
    auto call = std::make_shared<sql::WindowCall>();
    call->function = number;
    WindowItem item;
    item.out = {planning_.NewRelation(), 0};
    item.call = call;
    item.type = type_oid::kInt8;
    item.name = "row_number";
    window->calls.push_back(item);
    window->children.push_back(std::move(child));
    const ExprRef row = MakeColumn({item.out, item.type, kInvalidOid, item.name});
    std::vector<ExprRef> conditions;
    if (limit.offset != nullptr) conditions.push_back(MakeCall(functions->FunctionOf(*greater), greater, type_oid::kBool, {row, limit.offset}));
    if (limit.limit != nullptr) {
      ExprRef last = limit.limit;
      if (limit.offset != nullptr) last = MakeCall(functions->FunctionOf(*plus), plus, type_oid::kInt8, {limit.offset, last});
      conditions.push_back(MakeCall(functions->FunctionOf(*less), less, type_oid::kBool, {row, last}));
    }
    return MakeFilter(std::move(window), std::move(conditions));
  }

  // VALUES with outer columns: one projection of the domain per row.
  LogicalPtr PushValues(LogicalPtr node, Representatives* held) {
    auto& values = As<Values>(*node);
    auto append = std::make_unique<SetOp>();
    append->all = true;
    append->output = Outputs(values);
    for (const auto& row : values.values) {
      Representatives own;
      auto project = std::make_unique<Project>();
      const RelId relation = planning_.NewRelation();
      std::vector<Column> columns;
      LogicalPtr domain = Domain(&own);
      const ColumnMap map = MapTo(own);
      for (uint32_t i = 0; i < row.size(); ++i) {
        project->items.push_back({{relation, i}, Substitute(row[i], map), append->output[i].name});
        columns.push_back(ColumnOf(project->items.back()));
      }
      for (const Column& column : own) {
        project->items.push_back(PassThrough(column));
        columns.push_back(column);
      }
      project->children.push_back(std::move(domain));
      append->inputs.push_back(std::move(columns));
      append->children.push_back(std::move(project));
    }
    const RelId relation = planning_.NewRelation();
    held->clear();
    for (uint32_t i = 0; i < domain_columns_.size(); ++i) {
      Column column = domain_columns_[i];
      column.ref = {relation, i};
      append->output.push_back(column);
      held->push_back(column);
    }
    return append;
  }

  Planning& planning_;
  Estimator& estimator_;
  // Of the join being dissolved.
  RelSet outer_;
  std::vector<Column> domain_columns_;
  const LogicalNode* domain_source_ = nullptr;
};

}  // namespace

LogicalPtr Unnest(LogicalPtr root, Planning& planning, Estimator& estimator) {
  Unnester(planning, estimator).Visit(root);
  return root;
}

}  // namespace gather::planner
