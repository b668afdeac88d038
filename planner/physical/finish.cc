// Outputs and projections of plan nodes.
#include <algorithm>

#include "planner/physical/lowering.h"
#include "types/error.h"

namespace gather::planner {

namespace {

// Nodes whose projection may compute (see plan.h); the others only pick columns.
bool MayCompute(NodeKind kind) {
  switch (kind) {
    case NodeKind::kResult: case NodeKind::kValuesScan: case NodeKind::kSeqScan: case NodeKind::kSystemViewScan: case NodeKind::kIndexScan:
    case NodeKind::kBitmapScan: case NodeKind::kFunctionScan: case NodeKind::kCteScan: case NodeKind::kWorkTableScan: case NodeKind::kHashJoin:
    case NodeKind::kMergeJoin: case NodeKind::kNestedLoop: case NodeKind::kAggregate: case NodeKind::kProjectSet: case NodeKind::kWindowAgg:
      return true;
    default: return false;
  }
}

// Nodes that EXPLAIN shows a Filter for in PostgreSQL.
bool MayFilter(NodeKind kind) { return MayCompute(kind) && kind != NodeKind::kProjectSet && kind != NodeKind::kWindowAgg; }

bool OnlyPicks(const std::vector<ExprRef>& projection) {
  return std::all_of(projection.begin(), projection.end(), [](const ExprRef& expr) { return expr->kind == ExprKind::kSlot; });
}

// Expressions over a node's output as expressions over its raw row.
ExprRef Compose(const ExprRef& expr, const std::vector<ExprRef>& projection) {
  if (projection.empty()) return expr;
  return sql::Rewrite(expr, [&projection](const ExprRef& node) -> ExprRef { return node->kind == ExprKind::kSlot ? projection[node->index] : nullptr; });
}

}  // namespace

ExprRef ToSlots(const ExprRef& expr, const std::vector<Column>& layout) {
  if (expr == nullptr) return nullptr;
  return sql::Rewrite(expr, [&layout](const ExprRef& node) -> ExprRef {
    if (node->kind != ExprKind::kColumn) return nullptr;
    const ColumnRef ref = RefOf(*node);
    for (uint32_t slot = 0; slot < layout.size(); ++slot) {
      if (layout[slot].ref != ref) continue;
      auto copy = std::make_shared<Expr>(*node);
      copy->kind = ExprKind::kSlot;
      copy->index = slot;
      return copy;
    }
    ThrowInternal(Format("column %u.%u \"%s\" is not produced below where it is used", ref.relation.value, ref.index, node->name.c_str()));
  });
}

std::vector<ExprRef> ToSlots(const std::vector<ExprRef>& exprs, const std::vector<Column>& layout) {
  std::vector<ExprRef> slots;
  slots.reserve(exprs.size());
  for (const ExprRef& expr : exprs) slots.push_back(ToSlots(expr, layout));
  return slots;
}

void Lowering::SetOutput(PlanNode& node, const std::vector<Column>& columns) {
  node.output.clear();
  node.width = 0;
  for (const Column& column : columns) {
    node.output.push_back({column.name, column.type});
    node.width += TypeWidth(column.type);
  }
}

Lowered Lowering::Finish(PlanNodePtr node, std::vector<Column> raw, const ColumnSet& required, double rows) {
  std::vector<Column> kept;
  std::vector<ExprRef> picks;
  for (uint32_t slot = 0; slot < raw.size(); ++slot) {
    if (!required.Contains(raw[slot].ref)) continue;
    kept.push_back(raw[slot]);
    picks.push_back(sql::MakeSlot(slot, raw[slot].type, raw[slot].name));
  }
  if (kept.size() != raw.size()) {
    // An empty projection means identity: a node nobody wants columns of keeps one if it has any.
    if (kept.empty()) {
      kept.push_back(raw[0]);
      picks.push_back(sql::MakeSlot(0, raw[0].type, raw[0].name));
    }
    node->projection = std::move(picks);
  }
  if (kept.size() == raw.size()) node->projection.clear();
  node->rows = std::max(1.0, rows);
  SetOutput(*node, kept);
  return {std::move(node), std::move(kept), {}};
}

Lowered Lowering::Compute(Lowered input, const std::vector<Item>& items) {
  std::vector<ExprRef> projection;
  std::vector<Column> columns;
  std::vector<int> uses(input.layout.size(), 0);
  for (const Item& item : items) {
    ExprRef slots = ToSlots(item.expression, input.layout);
    sql::Walk(slots, [&uses](const Expr& node) {
      if (node.kind == ExprKind::kSlot) ++uses[node.index];
      return true;
    });
    projection.push_back(std::move(slots));
    columns.push_back(ColumnOf(item));
  }
  PlanNode& node = *input.node;
  const bool picks = OnlyPicks(projection);
  bool identity = picks && projection.size() == input.layout.size();
  for (uint32_t i = 0; identity && i < projection.size(); ++i) identity = projection[i]->index == i;
  if (!identity) {
    // Computed columns move into the node below unless they would be computed twice there.
    bool once = true;
    for (size_t i = 0; i < node.projection.size() && i < uses.size(); ++i) once = once && (uses[i] <= 1 || node.projection[i]->kind == ExprKind::kSlot);
    if ((picks || MayCompute(node.kind)) && once && !projection.empty()) {
      for (ExprRef& expr : projection) expr = Compose(expr, node.projection);
      node.projection = std::move(projection);
    } else {
      auto result = std::make_unique<ResultNode>();
      result->projection = std::move(projection);
      result->rows = node.rows;
      result->startup_cost = node.startup_cost;
      result->total_cost = node.total_cost + node.rows * cost_.Operator() * static_cast<double>(columns.size());
      result->order = OutputOrder(node);
      result->children.push_back(std::move(input.node));
      input.node = std::move(result);
    }
  }
  SetOutput(*input.node, columns);
  // The order goes on under the columns' new names.
  std::vector<OrderedColumn> order;
  for (const OrderedColumn& ordered : input.order) {
    const auto item = std::find_if(items.begin(), items.end(), [&](const Item& candidate) {
      const ExprRef& source = SameOrder(candidate.expression);
      return source->kind == ExprKind::kColumn && RefOf(*source) == ordered.ref;
    });
    if (item != items.end()) order.push_back({item->out, ordered.order, ordered.fixed});
    else if (!ordered.fixed) break;
  }
  return {std::move(input.node), std::move(columns), std::move(order)};
}

Lowered Lowering::AddFilter(Lowered input, std::vector<ExprRef> conditions, double rows) {
  std::vector<ExprRef> once, each;
  for (ExprRef& condition : conditions) (HasColumns(condition) || IsVolatile(condition) ? each : once).push_back(std::move(condition));
  if (!each.empty()) {
    ExprRef filter = ToSlots(sql::MakeAnd(std::move(each)), input.layout);
    PlanNode& node = *input.node;
    if (MayFilter(node.kind)) {
      filter = Compose(filter, node.projection);
      node.filter = node.filter == nullptr ? filter : sql::MakeAnd({node.filter, filter});
      node.rows = std::max(1.0, rows);
    } else {
      auto result = std::make_unique<ResultNode>();
      result->filter = std::move(filter);
      result->rows = std::max(1.0, rows);
      result->startup_cost = node.startup_cost;
      result->total_cost = node.total_cost + node.rows * cost_.Operator();
      result->output = node.output;
      result->width = node.width;
      result->order = OutputOrder(node);
      result->children.push_back(std::move(input.node));
      input.node = std::move(result);
    }
  }
  if (!once.empty()) {
    auto result = std::make_unique<ResultNode>();
    result->one_time_filter = sql::MakeAnd(std::move(once));
    result->rows = input.node->rows;
    result->startup_cost = input.node->startup_cost;
    result->total_cost = input.node->total_cost;
    result->output = input.node->output;
    result->width = input.node->width;
    result->order = OutputOrder(*input.node);
    result->children.push_back(std::move(input.node));
    input.node = std::move(result);
  }
  return input;
}

Lowered Lowering::Empty(const std::vector<Column>& columns) {
  auto result = std::make_unique<ResultNode>();
  result->one_time_filter = MakeBool(false);
  for (const Column& column : columns) result->projection.push_back(sql::MakeConstant(Datum::Null(column.type)));
  result->rows = 0;
  SetOutput(*result, columns);
  return {std::move(result), columns, {}};
}

PlanNodePtr Lowering::Arrange(Lowered input, const std::vector<Column>& columns) {
  std::vector<Item> items;
  for (const Column& column : columns) items.push_back({column.ref, MakeColumn(column), column.name});
  if (items.empty()) return std::move(input.node);
  return Compute(std::move(input), items).node;
}

}  // namespace gather::planner
