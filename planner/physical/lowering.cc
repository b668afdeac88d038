#include "planner/physical/lowering.h"

#include <algorithm>

#include "types/error.h"

namespace gather::planner {

namespace {

ColumnSet SetOf(const std::vector<Column>& columns) {
  ColumnSet set;
  for (const Column& column : columns) set.Add(column.ref);
  return set;
}

uint32_t SlotOf(ColumnRef ref, const std::vector<Column>& layout) {
  for (uint32_t slot = 0; slot < layout.size(); ++slot) {
    if (layout[slot].ref == ref) return slot;
  }
  ThrowInternal("a sort or grouping column is not produced below where it is used");
}

double LimitRows(const Limit& limit) {
  if (limit.limit == nullptr || !sql::IsConstant(*limit.limit)) return -1;
  double rows = static_cast<double>(std::max<int64_t>(0, limit.limit->constant.as<int64_t>()));
  if (limit.offset != nullptr) {
    if (!sql::IsConstant(*limit.offset)) return -1;
    rows += static_cast<double>(std::max<int64_t>(0, limit.offset->constant.as<int64_t>()));
  }
  return rows;
}

}  // namespace

PlanNodePtr Lowering::LowerQuery(LogicalNode& root, const std::vector<Column>& columns) {
  return Arrange(Lower(root, SetOf(columns)), columns);
}

Lowered Lowering::Lower(LogicalNode& node, const ColumnSet& required) {
  switch (node.kind) {
    case LogicalKind::kFilter: return LowerFilter(As<Filter>(node), required);
    case LogicalKind::kProject: return LowerProject(As<Project>(node), required);
    case LogicalKind::kJoin: return LowerJoin(As<Join>(node), {}, required);
    case LogicalKind::kAggregate: return LowerAggregate(As<Aggregate>(node), required);
    case LogicalKind::kDistinct: return LowerDistinct(As<Distinct>(node), required);
    case LogicalKind::kSetOp: return LowerSetOp(As<SetOp>(node), required);
    case LogicalKind::kSort: return LowerSort(As<Sort>(node), required);
    case LogicalKind::kLimit: return LowerLimit(As<Limit>(node), required);
    case LogicalKind::kWindow: return LowerWindow(As<Window>(node), required);
    case LogicalKind::kProjectSet: return LowerProjectSet(As<ProjectSet>(node), required);
    case LogicalKind::kLockRows: return LowerLockRows(As<LockRows>(node), required);
    case LogicalKind::kRecursiveUnion: return LowerRecursive(As<RecursiveUnion>(node), required);
    case LogicalKind::kGet: return LowerGet(As<Get>(node), {}, required, estimator_.Rows(node));
    default: return LowerLeaf(node, required);
  }
}

Lowered Lowering::LowerLeaf(LogicalNode& node, const ColumnSet& required) {
  const double rows = estimator_.Rows(node);
  PlanNodePtr plan;
  switch (node.kind) {
    case LogicalKind::kSingleRow: plan = std::make_unique<ResultNode>(); break;
    case LogicalKind::kValues: {
      const auto& values = As<Values>(node);
      auto scan = std::make_unique<ValuesScanNode>();
      scan->alias = values.relation->alias;
      scan->values = values.values;
      scan->types = values.relation->column_types;
      plan = std::move(scan);
      break;
    }
    case LogicalKind::kFunctionScan: {
      const auto& function = As<FunctionScan>(node);
      auto scan = std::make_unique<FunctionScanNode>();
      scan->alias = function.relation->alias;
      scan->functions = function.functions;
      scan->with_ordinality = function.relation->with_ordinality;
      plan = std::move(scan);
      break;
    }
    case LogicalKind::kCteScan: {
      auto scan = std::make_unique<CteScanNode>();
      scan->alias = As<CteScan>(node).alias;
      scan->cte = As<CteScan>(node).cte;
      scan->entries = rows;
      plan = std::move(scan);
      break;
    }
    case LogicalKind::kWorkTable: {
      auto scan = std::make_unique<WorkTableScanNode>();
      scan->alias = As<CteScan>(node).alias;
      scan->cte = As<CteScan>(node).cte;
      plan = std::move(scan);
      break;
    }
    default: ThrowInternal("this operator has no plan");
  }
  plan->total_cost = rows * cost_.ScanRow();
  return Finish(std::move(plan), Outputs(node), required, rows);
}

Lowered Lowering::LowerFilter(Filter& filter, const ColumnSet& required) {
  for (const ExprRef& condition : filter.conditions) {
    if (HasDatumFalseOrNull(*condition)) {
      std::vector<Column> columns;
      for (const Column& column : Outputs(filter)) {
        if (required.Contains(column.ref)) columns.push_back(column);
      }
      return Empty(columns);
    }
  }
  const double rows = estimator_.Rows(filter);
  LogicalNode& child = *filter.children[0];
  std::vector<ExprRef> once, each;
  for (const ExprRef& condition : filter.conditions) (HasColumns(condition) || IsVolatile(condition) ? each : once).push_back(condition);
  Lowered input;
  if (child.kind == LogicalKind::kGet) {
    input = LowerGet(As<Get>(child), each, required, rows);
  } else if (child.kind == LogicalKind::kJoin) {
    input = LowerJoin(As<Join>(child), each, required);
    input.node->rows = rows;
  } else {
    ColumnSet below = required;
    for (const ExprRef& condition : each) below.AddFrom(condition);
    input = AddFilter(Lower(child, below), each, rows);
  }
  return once.empty() ? std::move(input) : AddFilter(std::move(input), once, rows);
}

Lowered Lowering::LowerProject(Project& project, const ColumnSet& required) {
  std::vector<Item> items;
  ColumnSet below;
  for (const Item& item : project.items) {
    if (!required.Contains(item.out) && !IsVolatile(item.expression)) continue;
    items.push_back(item);
    below.AddFrom(item.expression);
  }
  Lowered input = Lower(*project.children[0], below);
  if (items.empty()) {
    // Rows without columns: what the child yields does not matter.
    return input;
  }
  return Compute(std::move(input), items);
}

std::vector<AggregateItem> Lowering::RequiredOf(const Aggregate& aggregate, const ColumnSet& required, ColumnSet* below) {
  std::vector<AggregateItem> used;
  for (const Item& key : aggregate.keys) below->AddFrom(key.expression);
  for (const AggregateItem& item : aggregate.aggregates) {
    if (!required.Contains(item.out)) continue;
    used.push_back(item);
    for (const ExprRef& argument : item.arguments) below->AddFrom(argument);
    below->AddFrom(item.filter);
    for (const sql::SortItem& sort : item.order_by) below->AddFrom(sort.expression);
  }
  return used;
}

PlanAggregate Lowering::LowerCall(const AggregateItem& item, const std::vector<Column>& layout) {
  PlanAggregate plan;
  plan.call = item.call;
  plan.arguments = ToSlots(item.arguments, layout);
  plan.filter = ToSlots(item.filter, layout);
  for (const sql::SortItem& sort : item.order_by) plan.order_by.push_back({ToSlots(sort.expression, layout), sort.order});
  plan.result = item.type;
  plan.distinct = item.call->distinct;
  for (const ExprRef& argument : item.arguments) plan.argument_types.push_back(argument->type);
  return plan;
}

Lowered Lowering::LowerAggregate(Aggregate& aggregate, const ColumnSet& required) {
  if (!settings_.enable_hashagg) {
    if (std::optional<Lowered> sorted = LowerSortedAggregate(aggregate, required, nullptr); sorted.has_value()) return std::move(*sorted);
  }
  ColumnSet below;
  const std::vector<AggregateItem> used = RequiredOf(aggregate, required, &below);
  Lowered input = Lower(*aggregate.children[0], below);
  const double rows = estimator_.Rows(aggregate);
  auto node = std::make_unique<AggregateNode>();
  node->strategy = aggregate.scalar() ? AggregateStrategy::kPlain : AggregateStrategy::kHashed;
  std::vector<Column> raw;
  for (const Item& key : aggregate.keys) {
    node->keys.push_back(ToSlots(key.expression, input.layout));
    raw.push_back(ColumnOf(key));
  }
  for (const AggregateItem& item : used) {
    node->aggregates.push_back(LowerCall(item, input.layout));
    raw.push_back({item.out, item.type, item.collation, item.name});
  }
  node->grouping_sets = aggregate.grouping_sets;
  node->groups = rows;
  std::vector<ExprRef> keys;
  for (const Item& key : aggregate.keys) keys.push_back(key.expression);
  input.node = GroupDistinct(*node, std::move(input.node), keys, used);
  if (!aggregate.grouping_sets.empty()) raw.push_back(aggregate.set_number);
  node->total_cost = input.node->total_cost + cost_.Aggregate(input.node->rows, rows, node->keys.size(), node->aggregates.size());
  if (!aggregate.scalar()) node->total_cost += cost_.Penalty(settings_.enable_hashagg);
  node->startup_cost = node->total_cost - rows * cost_.ScanRow();
  node->children.push_back(std::move(input.node));
  return Finish(std::move(node), std::move(raw), required, rows);
}

Lowered Lowering::LowerDistinct(Distinct& distinct, const ColumnSet& required) {
  ColumnSet below = required;
  for (const Column& column : distinct.columns) below.Add(column.ref);
  const double rows = estimator_.Rows(distinct);
  if (distinct.first) {
    Lowered input = Lower(*distinct.children[0], below);
    auto node = std::make_unique<UniqueNode>();
    for (const Column& column : distinct.columns) node->keys.push_back(SlotOf(column.ref, input.layout));
    node->startup_cost = input.node->startup_cost;
    node->total_cost = input.node->total_cost + input.node->rows * cost_.Operator();
    std::vector<Column> raw = input.layout;
    std::vector<OrderedColumn> order = std::move(input.order);
    node->order = OutputOrder(*input.node);
    node->children.push_back(std::move(input.node));
    Lowered done = Finish(std::move(node), std::move(raw), required, rows);
    done.order = std::move(order);
    return done;
  }
  if (!settings_.enable_hashagg) {
    if (std::optional<Lowered> sorted = LowerSortedDistinct(distinct, required, nullptr); sorted.has_value()) return std::move(*sorted);
  }
  Lowered input = Lower(*distinct.children[0], below);
  auto node = std::make_unique<AggregateNode>();
  node->strategy = AggregateStrategy::kHashed;
  node->groups = rows;
  for (const Column& column : distinct.columns) node->keys.push_back(ToSlots(MakeColumn(column), input.layout));
  node->total_cost = input.node->total_cost + cost_.Aggregate(input.node->rows, rows, node->keys.size(), 0) + cost_.Penalty(settings_.enable_hashagg);
  node->startup_cost = node->total_cost - rows * cost_.ScanRow();
  node->children.push_back(std::move(input.node));
  return Finish(std::move(node), distinct.columns, required, rows);
}

Lowered Lowering::LowerSetOp(SetOp& operation, const ColumnSet& required) {
  const double rows = estimator_.Rows(operation);
  const bool append_only = operation.operation == sql::SetOperation::kUnion && operation.all;
  std::vector<Column> output;
  std::vector<size_t> kept;
  for (size_t i = 0; i < operation.output.size(); ++i) {
    if (append_only && !required.Contains(operation.output[i].ref)) continue;
    output.push_back(operation.output[i]);
    kept.push_back(i);
  }
  std::vector<PlanNodePtr> children;
  double cost = 0, startup = 0;
  for (size_t child = 0; child < operation.children.size(); ++child) {
    std::vector<Column> columns;
    for (size_t i : kept) columns.push_back(operation.inputs[child][i]);
    children.push_back(LowerQuery(*operation.children[child], columns));
    cost += children.back()->total_cost;
    if (child == 0) startup = children.back()->startup_cost;
  }
  if (operation.operation == sql::SetOperation::kUnion) {
    auto append = std::make_unique<AppendNode>();
    append->children = std::move(children);
    append->startup_cost = startup;
    append->total_cost = cost;
    Lowered all = Finish(std::move(append), output, SetOf(output), rows);
    if (operation.all) return Finish(std::move(all.node), output, append_only ? required : SetOf(output), rows);
    auto node = std::make_unique<AggregateNode>();
    node->strategy = AggregateStrategy::kHashed;
    node->groups = rows;
    for (const Column& column : output) node->keys.push_back(ToSlots(MakeColumn(column), all.layout));
    node->total_cost = cost + cost_.Aggregate(rows, rows, node->keys.size(), 0);
    node->startup_cost = node->total_cost - rows * cost_.ScanRow();
    node->children.push_back(std::move(all.node));
    return Finish(std::move(node), output, required, rows);
  }
  auto node = std::make_unique<SetOpNode>();
  node->operation = operation.operation;
  node->all = operation.all;
  node->total_cost = cost + cost_.Aggregate(children[0]->rows + children[1]->rows, rows, output.size(), 0);
  node->startup_cost = node->total_cost - rows * cost_.ScanRow();
  node->children = std::move(children);
  return Finish(std::move(node), output, required, rows);
}

Lowered Lowering::LowerSort(Sort& sort, const ColumnSet& required) {
  ColumnSet below = required;
  for (const sql::SortItem& item : sort.items) below.AddFrom(item.expression);
  Lowered sorted = SortedInput(*sort.children[0], below, {sort.items, -1}, false);
  std::vector<Column> raw = sorted.layout;
  std::vector<OrderedColumn> order = std::move(sorted.order);
  if (sorted.node->kind != NodeKind::kSort && sorted.node->kind != NodeKind::kIncrementalSort) return sorted;
  const double rows = sorted.node->rows;
  Lowered done = Finish(std::move(sorted.node), std::move(raw), required, rows);
  done.order = std::move(order);
  return done;
}

Lowered Lowering::LowerLimit(Limit& limit, const ColumnSet& required) {
  const double rows = estimator_.Rows(limit);
  const double wanted = LimitRows(limit);
  LogicalNode& child = *limit.children[0];
  Lowered input;
  if (child.kind == LogicalKind::kSort) {
    auto& sort = As<Sort>(child);
    ColumnSet below = required;
    for (const sql::SortItem& item : sort.items) below.AddFrom(item.expression);
    Lowered unsorted = Lower(*sort.children[0], below);
    // A bounded heap holds limit + offset rows: not for a bound that is most of the input.
    const bool bounded = limit.with_ties || (limit.limit != nullptr && (wanted < 0 || wanted < unsorted.node->rows / 2 || wanted < 10000));
    const double top_n = unsorted.node->total_cost + unsorted.node->rows * cost_.Operator() + cost_.Sort(rows) + cost_.Penalty(settings_.enable_sort);
    const size_t presorted = limit.with_ties ? 0 : SortedBy(unsorted, sort.items);
    std::optional<Lowered> ordered;
    if (presorted == sort.items.size() || (presorted > 0 && settings_.enable_incremental_sort)) {
      ordered = std::move(unsorted);
    } else if (!limit.with_ties) {
      ordered = LowerOrdered(*sort.children[0], below, {sort.items, wanted});
      if (ordered.has_value()) {
        const size_t satisfied = SortedBy(*ordered, sort.items);
        double startup = ordered->node->startup_cost, total = ordered->node->total_cost;
        if (satisfied < sort.items.size()) total = SortCost(*ordered, sort.items, satisfied, &startup);
        const double share = wanted >= 0 ? std::min(1.0, wanted / std::max(1.0, ordered->node->rows)) : 1;
        double plain_startup = 0;
        const double plain = bounded ? top_n : SortCost(unsorted, sort.items, 0, &plain_startup);
        const bool useless = satisfied < sort.items.size() && !settings_.enable_incremental_sort;
        if (useless || startup + (total - startup) * share >= plain) ordered.reset();
      }
    }
    if (!ordered.has_value() && bounded) {
      auto node = std::make_unique<TopNNode>();
      node->keys = SortKeys(unsorted, sort.items);
      node->limit = limit.limit;
      node->offset = limit.offset;
      node->with_ties = limit.with_ties;
      node->startup_cost = top_n;
      node->total_cost = node->startup_cost + rows * cost_.ScanRow();
      std::vector<Column> raw = unsorted.layout;
      node->children.push_back(std::move(unsorted.node));
      return Finish(std::move(node), std::move(raw), required, rows);
    }
    input = SortBy(ordered.has_value() ? std::move(*ordered) : std::move(unsorted), sort.items);
  } else {
    input = Lower(child, required);
  }
  auto node = std::make_unique<LimitNode>();
  node->limit = limit.limit;
  node->offset = limit.offset;
  const PlanNode& below = *input.node;
  const double share = below.rows <= 0 ? 1 : std::min(1.0, (wanted < 0 ? rows : wanted) / below.rows);
  node->startup_cost = below.startup_cost;
  node->total_cost = below.startup_cost + (below.total_cost - below.startup_cost) * share;
  std::vector<Column> raw = input.layout;
  std::vector<OrderedColumn> order = std::move(input.order);
  node->order = OutputOrder(below);
  node->children.push_back(std::move(input.node));
  Lowered done = Finish(std::move(node), std::move(raw), required, rows);
  done.order = std::move(order);
  return done;
}

Lowered Lowering::LowerWindow(Window& window, const ColumnSet& required) {
  ColumnSet below;
  for (const Column& column : Outputs(*window.children[0])) {
    if (required.Contains(column.ref)) below.Add(column.ref);
  }
  ForEachExpression(window, [&below](ExprRef& expr) { below.AddFrom(expr); });
  Lowered input = Lower(*window.children[0], below);
  std::vector<sql::SortItem> order;
  for (const ExprRef& key : window.partition_by) order.push_back({key, SortOrder{}});
  order.insert(order.end(), window.order_by.begin(), window.order_by.end());
  if (!order.empty()) input = SortBy(std::move(input), order);
  auto node = std::make_unique<WindowAggNode>();
  for (const ExprRef& key : window.partition_by) node->partition_by.push_back(SlotOf(RefOf(*key), input.layout));
  for (const sql::SortItem& item : window.order_by) node->order_by.push_back({SlotOf(RefOf(*item.expression), input.layout), item.order});
  std::vector<Column> raw = input.layout;
  std::vector<OrderedColumn> sorted = std::move(input.order);
  node->order = OutputOrder(*input.node);
  for (const WindowItem& item : window.calls) {
    WindowAggNode::Call call;
    call.call = item.call;
    call.arguments = ToSlots(item.arguments, input.layout);
    call.filter = ToSlots(item.filter, input.layout);
    call.result = item.type;
    for (const ExprRef& argument : item.arguments) call.argument_types.push_back(argument->type);
    node->calls.push_back(std::move(call));
    raw.push_back({item.out, item.type, item.collation, item.name});
  }
  const double rows = input.node->rows;
  node->partitions = window.partition_by.empty() ? 1 : estimator_.Groups(window.partition_by, rows);
  node->startup_cost = input.node->startup_cost;
  node->total_cost = input.node->total_cost + rows * cost_.HashRow() * static_cast<double>(node->calls.size());
  node->children.push_back(std::move(input.node));
  Lowered done = Finish(std::move(node), std::move(raw), required, rows);
  done.order = std::move(sorted);
  return done;
}

Lowered Lowering::LowerProjectSet(ProjectSet& project, const ColumnSet& required) {
  ColumnSet below;
  for (const Item& item : project.items) below.AddFrom(item.expression);
  Lowered input = Lower(*project.children[0], below);
  // A set function inside another expression is a column of its own, and so is one inside a set function's arguments: a level each.
  std::vector<Item> items = project.items;
  const auto sets_below = [](const Expr& expr) {
    bool found = false;
    for (const ExprRef& child : expr.children) found = found || (child != nullptr && HasKind(child, ExprKind::kSetFunction));
    return found;
  };
  const double rows = estimator_.Rows(project);
  for (;;) {
    std::vector<Item> level;
    for (const Column& column : input.layout) level.push_back({column.ref, MakeColumn(column), column.name});
    const RelId relation = planning_.NewRelation();
    uint32_t extracted = 0;
    const bool nested = std::any_of(items.begin(), items.end(), [&](const Item& item) { return sets_below(*item.expression); });
    if (!nested) break;
    for (Item& item : items) {
      item.expression = sql::Rewrite(item.expression, [&](const ExprRef& node) -> ExprRef {
        if (node->kind != ExprKind::kSetFunction || sets_below(*node)) return nullptr;
        const Item own{{relation, extracted++}, node, node->function != nullptr ? std::string(node->function->name) : ""};
        level.push_back(own);
        return MakeColumn(ColumnOf(own));
      });
    }
    auto node = std::make_unique<ProjectSetNode>();
    std::vector<Column> raw;
    ColumnSet all;
    for (const Item& item : level) {
      node->targets.push_back(ToSlots(item.expression, input.layout));
      raw.push_back(ColumnOf(item));
      all.Add(item.out);
    }
    node->startup_cost = input.node->startup_cost;
    node->total_cost = input.node->total_cost + rows * cost_.ScanRow();
    node->children.push_back(std::move(input.node));
    input = Finish(std::move(node), std::move(raw), all, rows);
    if (std::none_of(items.begin(), items.end(), [](const Item& item) { return HasKind(item.expression, ExprKind::kSetFunction); })) {
      return Compute(std::move(input), items);
    }
  }
  auto node = std::make_unique<ProjectSetNode>();
  std::vector<Column> raw;
  for (const Item& item : items) {
    node->targets.push_back(ToSlots(item.expression, input.layout));
    raw.push_back(ColumnOf(item));
  }
  node->startup_cost = input.node->startup_cost;
  node->total_cost = input.node->total_cost + rows * cost_.ScanRow();
  node->children.push_back(std::move(input.node));
  return Finish(std::move(node), std::move(raw), required, rows);
}

Lowered Lowering::LowerLockRows(LockRows& locks, const ColumnSet& required) {
  ColumnSet below = required;
  for (const LockRows::Lock& lock : locks.locks) below.Add(lock.ctid);
  Lowered input = Lower(*locks.children[0], below);
  auto node = std::make_unique<LockRowsNode>();
  for (const LockRows::Lock& lock : locks.locks) node->locks.push_back({lock.table, SlotOf(lock.ctid, input.layout), lock.strength, lock.wait});
  node->startup_cost = input.node->startup_cost;
  node->total_cost = input.node->total_cost + input.node->rows * cost_.Descent();
  node->parallel_safe = false;
  const double rows = input.node->rows;
  std::vector<Column> raw = input.layout;
  node->children.push_back(std::move(input.node));
  return Finish(std::move(node), std::move(raw), required, rows);
}

Lowered Lowering::LowerRecursive(RecursiveUnion& recursive, const ColumnSet& required) {
  auto node = std::make_unique<RecursiveUnionNode>();
  node->cte = recursive.cte;
  node->all = recursive.all;
  for (size_t i = 0; i < 2; ++i) node->children.push_back(LowerQuery(*recursive.children[i], recursive.inputs[i]));
  node->total_cost = node->children[0]->total_cost + 10 * node->children[1]->total_cost;
  return Finish(std::move(node), recursive.output, required, estimator_.Rows(recursive));
}

}  // namespace gather::planner
