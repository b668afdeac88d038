#include "planner/logical/domain.h"

#include <algorithm>

#include "planner/logical/correlation.h"
#include "planner/logical/number_rows.h"
#include "types/error.h"

namespace gather::planner {

namespace {

bool IsComparison(std::string_view name) {
  return name == "=" || name == "<>" || name == "<" || name == "<=" || name == ">" || name == ">=";
}

// Equal values have the same bytes.
bool HasOneImage(Oid type) {
  switch (type) {
    case type_oid::kBool:
    case type_oid::kInt2:
    case type_oid::kInt4:
    case type_oid::kInt8:
    case type_oid::kOid:
    case type_oid::kText:
    case type_oid::kVarchar:
    case type_oid::kName:
    case type_oid::kBytea:
    case type_oid::kDate:
    case type_oid::kTime:
    case type_oid::kTimestamp:
    case type_oid::kTimestamptz:
    case type_oid::kUuid:
    case type_oid::kRegclass:
    case type_oid::kRegtype:
      return true;
    default:
      return false;
  }
}

// Of the other types, those that DISTINCT can compare.
bool IsHashed(Oid type) {
  switch (type) {
    case type_oid::kNumeric:
    case type_oid::kFloat4:
    case type_oid::kFloat8:
    case type_oid::kBpchar:
    case type_oid::kInterval:
    case type_oid::kTimetz:
      return true;
    default:
      return false;
  }
}

LogicalPtr SortFirst(LogicalPtr node, const std::vector<Column>& held) {
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

}  // namespace

Domain::Domain(Planning& planning, Join& join) : planning_(planning), join_(join), outer_(Produced(*join.children[0])) {
  ForEachExpressionBelow(*join.children[1], [this](ExprRef& expr) {
    sql::Walk(expr, [this](const Expr& node) {
      if (node.kind != ExprKind::kColumn || !outer_.Contains(node.relation)) return true;
      const bool known = std::any_of(columns_.begin(), columns_.end(),
                                     [&node](const Column& column) { return column.ref == RefOf(node); });
      if (!known) columns_.push_back(ColumnOf(node));
      return true;
    });
  });
  for (const ExprRef& condition : join.conditions) {
    const RelSet used = RelationsOf(condition);
    if (!used.empty() && used.IsSubsetOf(outer_)) conditions_.push_back(condition);
  }
}

bool Domain::Applies() { return IsStable(*join_.children[0]) && SpeaksForRows() && MayPush(*join_.children[1]); }

// Whether the subquery may be run for one of several equal outer values in place of all: either equal values of their
// types cannot be told apart, or the subquery only compares them.
bool Domain::SpeaksForRows() const {
  ColumnSet varied;
  for (const Column& column : columns_) {
    if (!HasOneImage(column.type.oid)) varied.Add(column.ref);
  }
  if (varied.empty()) return true;
  bool compared = true;
  const auto visit = [&](const auto& self, const ExprRef& expr) -> void {
    const bool comparison = expr->kind == ExprKind::kFunction && expr->op != nullptr && IsComparison(expr->op->name);
    for (const ExprRef& child : expr->children) {
      if (child != nullptr && !(comparison && child->kind == ExprKind::kColumn && IsHashed(child->type.oid)))
        self(self, child);
    }
    compared = compared && !(expr->kind == ExprKind::kColumn && varied.Contains(RefOf(*expr)));
  };
  ForEachExpressionBelow(*join_.children[1], [&visit](ExprRef& expr) { visit(visit, expr); });
  return compared;
}

// Whether Push knows what to do with every correlated node.
bool Domain::MayPush(const LogicalNode& node) const {
  if (!Free(node).Intersects(outer_)) return true;
  switch (node.kind) {
    case LogicalKind::kFilter:
    case LogicalKind::kSort:
    case LogicalKind::kProject:
    case LogicalKind::kProjectSet:
    case LogicalKind::kDistinct:
    case LogicalKind::kSetOp:
    case LogicalKind::kFunctionScan:
    case LogicalKind::kValues:
      break;
    case LogicalKind::kAggregate:
      // The empty set has a group even without rows.
      for (const auto& set : As<Aggregate>(node).grouping_sets) {
        if (set.empty()) return false;
      }
      break;
    case LogicalKind::kJoin:
      if (As<Join>(node).join == JoinKind::kFull) return false;
      break;
    case LogicalKind::kWindow:
      for (const WindowItem& item : As<Window>(node).calls) {
        if (IsCorrelated(item.call->start_offset, outer_) || IsCorrelated(item.call->end_offset, outer_)) return false;
      }
      break;
    case LogicalKind::kLimit: {
      const auto& limit = As<Limit>(node);
      const auto fixed = [](const ExprRef& count) {
        return count == nullptr ||
               (sql::IsConstant(*count) && !count->constant.is_null && count->constant.as<int64_t>() >= 0);
      };
      if (limit.with_ties || !fixed(limit.limit) || !fixed(limit.offset) || planning_.context.functions == nullptr)
        return false;
      break;
    }
    default:
      return false;
  }
  return std::all_of(node.children.begin(), node.children.end(),
                     [this](const LogicalPtr& child) { return MayPush(*child); });
}

void Domain::Dissolve() {
  Representatives held;
  join_.children[1] = Push(std::move(join_.children[1]), &held);
  for (size_t i = 0; i < held.size(); ++i) join_.conditions.push_back(Same(columns_[i], held[i]));
  join_.dependent = false;
}

ExprRef Domain::Same(const Column& a, const Column& b) const {
  return MakeNullSafeEqual(MakeColumn(a), MakeColumn(b), planning_.context.functions);
}

// The distinct values of the outer columns that the subquery uses: an own copy of the outer side each time.
LogicalPtr Domain::Values(Representatives* held) {
  std::map<uint32_t, uint32_t> renamed;
  LogicalPtr copy = Copy(*join_.children[0], &planning_.next_relation, &renamed);
  std::vector<ExprRef> conditions;
  for (const ExprRef& condition : conditions_) conditions.push_back(Renamed(condition, renamed));
  copy = MakeFilter(std::move(copy), std::move(conditions));
  const RelId relation = planning_.NewRelation();
  auto project = std::make_unique<Project>();
  auto distinct = std::make_unique<Distinct>();
  held->clear();
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    Column from = columns_[i];
    const auto fresh = renamed.find(from.ref.relation.value);
    if (fresh != renamed.end()) from.ref.relation.value = fresh->second;
    Column column = columns_[i];
    column.ref = {relation, i};
    project->items.push_back({column.ref, MakeColumn(from), column.name});
    distinct->columns.push_back(column);
    held->push_back(column);
  }
  project->children.push_back(std::move(copy));
  distinct->children.push_back(std::move(project));
  return distinct;
}

ColumnMap Domain::MapTo(const Representatives& held) const {
  ColumnMap map;
  for (size_t i = 0; i < held.size(); ++i) map[columns_[i].ref] = MakeColumn(held[i]);
  return map;
}

void Domain::SubstituteOwn(LogicalNode& node, const Representatives& held) const {
  const ColumnMap map = MapTo(held);
  ForEachExpression(node, [&map](ExprRef& expr) { expr = Substitute(expr, map); });
}

LogicalPtr Domain::Push(LogicalPtr node, Representatives* held) {
  if (!Free(*node).Intersects(outer_)) {
    LogicalPtr domain = Values(held);
    return node->kind == LogicalKind::kSingleRow ? std::move(domain)
                                                 : MakeJoin(JoinKind::kInner, std::move(domain), std::move(node), {});
  }
  switch (node->kind) {
    case LogicalKind::kFilter:
    case LogicalKind::kSort:
      node->children[0] = Push(std::move(node->children[0]), held);
      SubstituteOwn(*node, *held);
      return node;
    case LogicalKind::kProject:
      return PushItems(std::move(node), As<Project>(*node).items, held);
    case LogicalKind::kProjectSet:
      return PushItems(std::move(node), As<ProjectSet>(*node).items, held);
    case LogicalKind::kAggregate:
      return PushAggregate(std::move(node), held);
    case LogicalKind::kJoin:
      return PushJoin(std::move(node), held);
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
    case LogicalKind::kSetOp:
      return PushSetOp(std::move(node), held);
    case LogicalKind::kLimit:
      return PushLimit(std::move(node), held);
    case LogicalKind::kFunctionScan: {
      LogicalPtr domain = Values(held);
      SubstituteOwn(*node, *held);
      LogicalPtr join = MakeJoin(JoinKind::kInner, std::move(domain), std::move(node), {});
      As<Join>(*join).dependent = true;
      return join;
    }
    case LogicalKind::kValues:
      return PushValues(std::move(node), held);
    default:
      ThrowInternal("a domain was pushed into an operator that does not take it");
  }
}

LogicalPtr Domain::PushSetOp(LogicalPtr node, Representatives* held) {
  auto& operation = As<SetOp>(*node);
  const RelId relation = planning_.NewRelation();
  for (size_t i = 0; i < node->children.size(); ++i) {
    Representatives own;
    node->children[i] = Push(std::move(node->children[i]), &own);
    operation.inputs[i].insert(operation.inputs[i].end(), own.begin(), own.end());
  }
  held->clear();
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    Column column = columns_[i];
    column.ref = {relation, i};
    operation.output.push_back(column);
    held->push_back(column);
  }
  return node;
}

LogicalPtr Domain::PushItems(LogicalPtr node, std::vector<Item>& items, Representatives* held) {
  node->children[0] = Push(std::move(node->children[0]), held);
  SubstituteOwn(*node, *held);
  for (const Column& column : *held) {
    if (!HasItem(items, column.ref)) items.push_back(PassThrough(column));
  }
  return node;
}

LogicalPtr Domain::PushAggregate(LogicalPtr node, Representatives* held) {
  auto& aggregate = As<Aggregate>(*node);
  const bool scalar = aggregate.scalar();
  TakeOrder(aggregate);
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
  LogicalPtr domain = Values(&all);
  std::vector<ExprRef> together;
  for (size_t i = 0; i < all.size(); ++i) together.push_back(Same(all[i], (*held)[i]));
  LogicalPtr join = MakeJoin(JoinKind::kLeft, std::move(domain), std::move(node), std::move(together));
  auto project = std::make_unique<Project>();
  for (const Column& column : all) project->items.push_back(PassThrough(column));
  for (const Column& column : outputs) {
    const auto found = corrected.find(column.ref);
    project->items.push_back(found == corrected.end() ? PassThrough(column)
                                                      : Item{column.ref, found->second, column.name});
  }
  project->children.push_back(std::move(join));
  *held = all;
  return project;
}

LogicalPtr Domain::PushJoin(LogicalPtr node, Representatives* held) {
  auto& join = As<Join>(*node);
  const bool left = Free(*join.children[0]).Intersects(outer_), right = Free(*join.children[1]).Intersects(outer_);
  if (join.dependent) {  // a lateral call: its arguments may come from further out
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

LogicalPtr Domain::PushLimit(LogicalPtr node, Representatives* held) {
  auto& limit = As<Limit>(*node);
  const bool one = limit.offset == nullptr && limit.limit != nullptr && sql::IsConstant(*limit.limit) &&
                   limit.limit->constant.as<int64_t>() == 1;
  LogicalPtr child = Push(std::move(node->children[0]), held);
  if (one) {
    auto distinct = std::make_unique<Distinct>();
    distinct->first = true;
    distinct->columns = *held;
    distinct->children.push_back(SortFirst(std::move(child), *held));
    return distinct;
  }
  // The rows of each domain value are numbered in order.
  const catalog::FunctionRegistry* functions = planning_.context.functions;
  const catalog::OperatorInfo* less = functions->FindOperator("<=", type_oid::kInt8, type_oid::kInt8);
  const catalog::OperatorInfo* greater = functions->FindOperator(">", type_oid::kInt8, type_oid::kInt8);
  const catalog::OperatorInfo* plus = functions->FindOperator("+", type_oid::kInt8, type_oid::kInt8);
  auto window = std::make_unique<Window>();
  for (const Column& column : *held) window->partition_by.push_back(MakeColumn(column));
  if (child->kind == LogicalKind::kSort) window->order_by = As<Sort>(*child).items;
  const ExprRef row = NumberRows(*window, planning_);
  window->children.push_back(std::move(child));
  std::vector<ExprRef> conditions;
  if (limit.offset != nullptr)
    conditions.push_back(MakeCall(functions->FunctionOf(*greater), greater, type_oid::kBool, {row, limit.offset}));
  if (limit.limit != nullptr) {
    ExprRef last = limit.limit;
    if (limit.offset != nullptr)
      last = MakeCall(functions->FunctionOf(*plus), plus, type_oid::kInt8, {limit.offset, last});
    conditions.push_back(MakeCall(functions->FunctionOf(*less), less, type_oid::kBool, {row, last}));
  }
  return MakeFilter(std::move(window), std::move(conditions));
}

// VALUES with outer columns: one projection of the domain per row.
LogicalPtr Domain::PushValues(LogicalPtr node, Representatives* held) {
  auto& values = As<planner::Values>(*node);
  auto append = std::make_unique<SetOp>();
  append->all = true;
  append->output = Outputs(values);
  for (const auto& row : values.values) {
    Representatives own;
    auto project = std::make_unique<Project>();
    const RelId relation = planning_.NewRelation();
    std::vector<Column> columns;
    LogicalPtr domain = Values(&own);
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
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    Column column = columns_[i];
    column.ref = {relation, i};
    append->output.push_back(column);
    held->push_back(column);
  }
  return append;
}

}  // namespace gather::planner
