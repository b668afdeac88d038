#include "planner/logical/correlation.h"

#include <algorithm>

namespace gather::planner {

bool IsCorrelated(const ExprRef& expr, const RelSet& outer) {
  return expr != nullptr && RelationsOf(expr).Intersects(outer);
}

bool CountsRows(const AggregateItem& item) {
  return item.call->function != nullptr &&
         (item.call->function->name == "count" || item.call->function->name == "regr_count");
}

ExprRef Zero(SqlType type) {
  return sql::MakeConstant(type.oid == type_oid::kInt8     ? Datum::Int8(0)
                           : type.oid == type_oid::kFloat8 ? Datum::Float8(0)
                                                           : Datum::Null(type));
}

ExprRef Renamed(const ExprRef& expr, const std::map<uint32_t, uint32_t>& renamed) {
  return sql::Rewrite(expr, [&renamed](const ExprRef& node) -> ExprRef {
    if (node->kind != ExprKind::kColumn) return nullptr;
    const auto fresh = renamed.find(node->relation.value);
    if (fresh == renamed.end()) return nullptr;
    Column column = ColumnOf(*node);
    column.ref.relation.value = fresh->second;
    return MakeColumn(column);
  });
}

bool HasVolatile(LogicalNode& node) {
  bool found = false;
  ForEachExpressionBelow(node, [&found](ExprRef& expr) { found = found || IsVolatile(expr); });
  return found;
}

bool IsStable(LogicalNode& node) {
  switch (node.kind) {
    case LogicalKind::kLimit:
    case LogicalKind::kWindow:
    case LogicalKind::kLockRows:
      return false;
    case LogicalKind::kDistinct:
      if (As<Distinct>(node).first) return false;
      break;
    case LogicalKind::kAggregate:
      for (const AggregateItem& item : As<Aggregate>(node).aggregates) {
        const catalog::FunctionInfo* function = item.call->function;
        const bool rounds = item.type.oid == type_oid::kFloat4 || item.type.oid == type_oid::kFloat8;
        if (rounds || (function != nullptr && function->aggregate != nullptr && function->aggregate->order_sensitive))
          return false;
      }
      break;
    default:
      break;
  }
  bool is_volatile = false;
  ForEachExpression(node, [&is_volatile](ExprRef& expr) { is_volatile = is_volatile || IsVolatile(expr); });
  return !is_volatile && std::all_of(node.children.begin(), node.children.end(),
                                     [](const LogicalPtr& child) { return IsStable(*child); });
}

bool IsLateralCall(const Join& join) {
  const LogicalNode* right = join.children[1].get();
  while (right->kind == LogicalKind::kFilter) right = right->children[0].get();
  return right->kind == LogicalKind::kFunctionScan && (join.join == JoinKind::kInner || join.join == JoinKind::kLeft);
}

Item PassThrough(const Column& column) { return {column.ref, MakeColumn(column), column.name}; }

bool HasItem(const std::vector<Item>& items, ColumnRef ref) {
  return std::any_of(items.begin(), items.end(), [ref](const Item& item) { return item.out == ref; });
}

void TakeOrder(Aggregate& aggregate) {
  std::vector<Project*> passed;
  LogicalNode* at = aggregate.children[0].get();
  for (; at->kind == LogicalKind::kProject || at->kind == LogicalKind::kFilter; at = at->children[0].get()) {
    if (at->kind == LogicalKind::kProject) passed.push_back(&As<Project>(*at));
  }
  if (at->kind != LogicalKind::kSort) return;
  const std::vector<sql::SortItem> items = As<Sort>(*at).items;
  bool taken = false;
  for (AggregateItem& item : aggregate.aggregates) {
    const catalog::FunctionInfo* function = item.call->function;
    const bool sees = function != nullptr && function->aggregate != nullptr && function->aggregate->order_sensitive;
    if (!sees || !item.order_by.empty() || item.call->distinct) continue;
    auto call = std::make_shared<sql::AggregateCall>(*item.call);
    call->order_by = item.order_by = items;
    item.call = std::move(call);
    taken = true;
  }
  if (!taken) return;
  for (Project* project : passed) {
    for (const sql::SortItem& item : items) {
      const Column column = ColumnOf(*item.expression);
      if (!HasItem(project->items, column.ref)) project->items.push_back(PassThrough(column));
    }
  }
}

}  // namespace gather::planner
