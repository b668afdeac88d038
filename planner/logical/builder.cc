#include "planner/logical/builder.h"

#include <algorithm>

#include "planner/logical/number_rows.h"
#include "planner/rules/canonical_condition.h"
#include "planner/rules/constant_folding.h"
#include "types/error.h"

namespace gather::planner {

namespace {

Column PseudoColumn(const Expr& expr, ColumnRef ref, const std::string& name) {
  return {ref, expr.type, expr.collation, name};
}

// The level's own query with its set-operation pseudo-relation: what `targets` refer to.
std::vector<Column> SetColumns(const sql::Query& query) {
  std::vector<Column> columns;
  for (uint32_t i = 0; i < query.targets.size(); ++i) {
    const Expr& target = *query.targets[i].expression;
    columns.push_back({{query.set_relation, i}, target.type, target.collation, query.targets[i].name});
  }
  return columns;
}

}  // namespace

ExprRef Builder::Import(const ExprRef& expr) const { return FoldConstants(expr, planning_.context); }

ExprRef Builder::ImportCondition(const ExprRef& expr) const { return CanonicalCondition(Import(expr)); }

void Builder::AddCtes(const std::vector<sql::Cte>& ctes) {
  for (const sql::Cte& cte : ctes) {
    CteState& state = ctes_[cte.number];
    state.cte = &cte;
    if (planning_.ctes.size() <= cte.number) planning_.ctes.resize(cte.number + 1);
    planning_.ctes[cte.number].name = cte.name;
  }
}

BuiltQuery Builder::Build(const sql::Query& query) {
  AddCtes(query.ctes);
  return query.set_operation == sql::SetOperation::kNone ? BuildSelect(query) : BuildSetOperation(query);
}

BuiltQuery Builder::BuildSelect(const sql::Query& query) {
  LogicalPtr root = BuildFrom(query);
  for (const ExprRef& condition : Conjuncts(ImportCondition(query.where))) FilterBy(condition, root);

  std::vector<ExprRef> targets;
  for (const sql::Target& target : query.targets) targets.push_back(Import(target.expression));

  Grouping grouping;
  Grouping* const enclosing = outer_grouping_;
  if (query.has_aggregates) {
    grouping.key_relation = planning_.NewRelation();
    grouping.aggregate_relation = planning_.NewRelation();
    ExprRef having = ImportCondition(query.having);
    for (const ExprRef& key : query.group_by) {
      ExprRef expression = Flatten(Import(key), root);
      const std::string name = expression->kind == ExprKind::kColumn ? expression->name : "";
      grouping.key_expressions.push_back(Import(key));
      grouping.keys.push_back({{grouping.key_relation, static_cast<uint32_t>(grouping.keys.size())}, expression, name});
    }
    grouping.sets = query.grouping_sets;
    if (!grouping.sets.empty())
      grouping.set_number = {{planning_.NewRelation(), 0}, type_oid::kInt4, kInvalidOid, "grouping_set"};
    for (const ExprRef& target : targets) CollectAggregates(target, grouping, root);
    if (having != nullptr) CollectAggregates(having, grouping, root);
    for (ExprRef& target : targets) target = ReplaceGrouped(target, grouping);
    if (having != nullptr) having = ReplaceGrouped(having, grouping);
    // Columns that depend on a grouped primary key are keys as well.
    const RelSet input = Produced(*root);
    bool added = false;
    for (const ExprRef& target : targets) AddDependentKeys(target, input, grouping, &added);
    if (having != nullptr) AddDependentKeys(having, input, grouping, &added);
    if (added) {
      for (ExprRef& target : targets) target = ReplaceGrouped(target, grouping);
      if (having != nullptr) having = ReplaceGrouped(having, grouping);
    }
    ExpandGroupedSets(grouping, root);
    auto aggregate = std::make_unique<Aggregate>();
    aggregate->keys = grouping.keys;
    aggregate->aggregates = grouping.aggregates;
    aggregate->grouping_sets = grouping.sets;
    aggregate->set_number = grouping.set_number;
    aggregate->children.push_back(std::move(root));
    root = std::move(aggregate);
    outer_grouping_ = &grouping;
    for (const ExprRef& condition : Conjuncts(having)) FilterBy(condition, root);
  } else {
    outer_grouping_ = nullptr;
  }
  if (query.has_windows) root = BuildWindows(targets, std::move(root));
  for (ExprRef& target : targets) target = Flatten(target, root);
  outer_grouping_ = enclosing;

  const RelId out = planning_.NewRelation();
  std::vector<Item> items;
  std::vector<Column> columns;
  for (uint32_t i = 0; i < targets.size(); ++i) {
    items.push_back({{out, i}, targets[i], query.targets[i].name});
    columns.push_back(PseudoColumn(*targets[i], {out, i}, query.targets[i].name));
  }
  // FOR UPDATE: the locked relations' ctids travel to the top.
  std::vector<Item> lock_items;
  for (uint32_t i = 0; i < query.locks.size(); ++i) {
    const sql::Relation* relation = query.FindRelation(query.locks[i].relation);
    if (relation == nullptr || relation->table == nullptr) continue;
    const auto position = static_cast<uint32_t>(relation->table->columns.size());
    const Column ctid{{relation->id, position}, type_oid::kTid, kInvalidOid, "ctid"};
    lock_items.push_back({ctid.ref, MakeColumn(ctid), "ctid"});
  }
  // Those that are grouped by have been expanded below.
  const bool expands = std::any_of(targets.begin(), targets.end(), [](const ExprRef& target) { return HasKind(target, ExprKind::kSetFunction); });
  if (expands) {
    auto project = std::make_unique<ProjectSet>();
    project->items = std::move(items);
    project->items.insert(project->items.end(), lock_items.begin(), lock_items.end());
    project->children.push_back(std::move(root));
    root = std::move(project);
  } else {
    auto project = std::make_unique<Project>();
    project->items = std::move(items);
    project->items.insert(project->items.end(), lock_items.begin(), lock_items.end());
    project->children.push_back(std::move(root));
    root = std::move(project);
  }
  if (query.distinct && query.distinct_on.empty()) root = BuildDistinct(query, columns, std::move(root));
  SortAndLimit(query, columns, root);

  BuiltQuery built;
  built.root = std::move(root);
  for (uint32_t i = 0; i < columns.size(); ++i) {
    if (!query.targets[i].junk) built.columns.push_back(columns[i]);
  }
  return built;
}

LogicalPtr Builder::BuildDistinct(const sql::Query& query, const std::vector<Column>& targets, LogicalPtr root) {
  auto distinct = std::make_unique<Distinct>();
  if (query.distinct_on.empty()) {
    distinct->columns = targets;
  } else {
    for (uint32_t target : query.distinct_on) distinct->columns.push_back(targets[target]);
    distinct->first = true;
  }
  distinct->children.push_back(std::move(root));
  return distinct;
}

void Builder::SortAndLimit(const sql::Query& query, const std::vector<Column>& targets, LogicalPtr& root) {
  std::vector<sql::SortItem> items;
  for (const sql::SortClause& clause : query.order_by)
    items.push_back({MakeColumn(targets[clause.target]), clause.order});
  const bool distinct_on = !query.distinct_on.empty();
  if (distinct_on) {
    // The keys come first, in the order ORDER BY gives them; keys it does not mention follow.
    for (uint32_t target : query.distinct_on) {
      const bool named = std::any_of(query.order_by.begin(), query.order_by.end(),
                                     [&](const sql::SortClause& clause) { return clause.target == target; });
      if (!named) {
        const auto leading = std::min(items.size(), query.distinct_on.size() - 1);
        items.insert(items.begin() + static_cast<std::ptrdiff_t>(leading), {MakeColumn(targets[target]), SortOrder{}});
      }
    }
  }
  if (!items.empty()) {
    auto sort = std::make_unique<Sort>();
    sort->items = items;
    sort->children.push_back(std::move(root));
    root = std::move(sort);
  }
  if (distinct_on) root = BuildDistinct(query, targets, std::move(root));
  if (!query.locks.empty()) root = BuildLocks(query, std::move(root));
  LogicalPtr counts = std::make_unique<SingleRow>();
  ExprRef limit = Flatten(Import(query.limit), counts), offset = Flatten(Import(query.offset), counts);
  if (counts->kind != LogicalKind::kSingleRow) {
    LimitByNumber(std::move(counts), limit, offset, items, root);
    return;
  }
  // LIMIT NULL is LIMIT ALL.
  if (limit != nullptr && sql::IsConstant(*limit) && limit->constant.is_null) limit = nullptr;
  if (offset != nullptr && sql::IsConstant(*offset) &&
      (offset->constant.is_null || offset->constant.as<int64_t>() == 0))
    offset = nullptr;
  if (limit != nullptr || offset != nullptr) {
    auto node = std::make_unique<Limit>();
    node->limit = std::move(limit);
    node->offset = std::move(offset);
    node->with_ties = query.with_ties;
    node->children.push_back(std::move(root));
    root = std::move(node);
  }
}

// LIMIT and OFFSET that a subquery of an outer row's columns computes, in the row of `counts`: the rows are numbered in
// their order.
void Builder::LimitByNumber(LogicalPtr counts, const ExprRef& limit, const ExprRef& offset,
                            const std::vector<sql::SortItem>& order, LogicalPtr& root) {
  const catalog::FunctionRegistry& functions = *planning_.context.functions;
  auto window = std::make_unique<Window>();
  window->order_by = order;
  ExprRef number = NumberRows(*window, planning_);
  window->children.push_back(std::move(root));
  const auto apply = [&functions](std::string_view name, ExprRef left, ExprRef right) {
    const catalog::OperatorInfo* op = functions.FindOperator(name, type_oid::kInt8, type_oid::kInt8);
    return MakeCall(functions.FunctionOf(*op), op, op->result, {std::move(left), std::move(right)});
  };
  std::vector<ExprRef> conditions;
  if (offset != nullptr) {
    number = apply("-", number, MakeCoalesce(offset, sql::MakeConstant(Datum::Int8(0))));
    conditions.push_back(apply(">", number, sql::MakeConstant(Datum::Int8(0))));
  }
  if (limit != nullptr) conditions.push_back(MakeOr({MakeUnary(ExprKind::kIsNull, limit), apply("<=", number, limit)}));
  root = MakeFilter(MakeJoin(JoinKind::kInner, std::move(window), std::move(counts), {}), std::move(conditions));
  if (order.empty()) return;
  auto sort = std::make_unique<Sort>();
  sort->items = order;
  sort->children.push_back(std::move(root));
  root = std::move(sort);
}

LogicalPtr Builder::BuildLocks(const sql::Query& query, LogicalPtr root) {
  auto locks = std::make_unique<LockRows>();
  for (const sql::RowLock& lock : query.locks) {
    const sql::Relation* relation = query.FindRelation(lock.relation);
    if (relation == nullptr || relation->table == nullptr) continue;
    locks->locks.push_back({{relation->id, static_cast<uint32_t>(relation->table->columns.size())},
                            relation->table,
                            lock.strength,
                            lock.wait});
  }
  if (locks->locks.empty()) return root;
  locks->children.push_back(std::move(root));
  return locks;
}

void Builder::FlattenUnion(const sql::Query& query, const sql::Query& top, SetOp& out) {
  // (a UNION ALL b) UNION ALL c is one append; below a UNION, an inner union's duplicates do not matter either way.
  const auto flattens = [&] {
    if (query.set_operation != sql::SetOperation::kUnion || (top.all && !query.all) || !query.order_by.empty() ||
        query.limit != nullptr || query.offset != nullptr || !query.ctes.empty()) {
      return false;
    }
    for (size_t i = 0; i < query.targets.size(); ++i) {
      if (query.targets[i].expression->type != top.targets[i].expression->type) return false;
    }
    return true;
  };
  if (&query != &top && !flattens()) {
    BuiltQuery built = Build(query);
    out.inputs.push_back(std::move(built.columns));
    out.children.push_back(std::move(built.root));
    return;
  }
  FlattenUnion(*query.left, top, out);
  FlattenUnion(*query.right, top, out);
}

BuiltQuery Builder::BuildSetOperation(const sql::Query& query) {
  auto node = std::make_unique<SetOp>();
  node->operation = query.set_operation;
  node->all = query.all;
  node->output = SetColumns(query);
  if (query.set_operation == sql::SetOperation::kUnion) {
    FlattenUnion(query, query, *node);
  } else {
    for (const auto& side : {query.left, query.right}) {
      BuiltQuery built = Build(*side);
      node->inputs.push_back(std::move(built.columns));
      node->children.push_back(std::move(built.root));
    }
  }
  BuiltQuery result;
  result.columns = node->output;
  result.root = std::move(node);
  SortAndLimit(query, result.columns, result.root);
  return result;
}

}  // namespace gather::planner
