// Dependent joins that are not unnested: the outer columns of their right sides become parameters.
#include "planner/logical/correlation.h"
#include "planner/logical/unnest.h"

namespace gather::planner {

namespace {

// Partition and sort keys that the outer row fixes order nothing.
void DropConstantKeys(LogicalNode& node) {
  const auto fixed = [](const sql::SortItem& item) { return item.expression->kind != ExprKind::kColumn; };
  if (node.kind == LogicalKind::kSort) std::erase_if(As<Sort>(node).items, fixed);
  if (node.kind == LogicalKind::kWindow) {
    std::erase_if(As<Window>(node).partition_by, [](const ExprRef& key) { return key->kind != ExprKind::kColumn; });
    std::erase_if(As<Window>(node).order_by, fixed);
  }
  for (LogicalPtr& child : node.children) DropConstantKeys(*child);
}

}  // namespace

void BindParameters(LogicalNode& node, Planning& planning) {
  if (node.kind == LogicalKind::kJoin && As<Join>(node).dependent && !IsLateralCall(As<Join>(node))) {
    auto& join = As<Join>(node);
    const RelSet outer = Produced(*join.children[0]);
    ColumnMap map;
    ForEachExpressionBelow(*join.children[1], [&](ExprRef& expr) {
      sql::Walk(expr, [&](const Expr& column) {
        if (column.kind != ExprKind::kColumn || !outer.Contains(column.relation) || map.contains(RefOf(column)))
          return true;
        const uint32_t number = planning.AddInitQuery({nullptr, {}, InitPlan::Kind::kOuter, column.type});
        auto parameter = std::make_shared<Expr>(column);
        parameter->kind = ExprKind::kExecParameter;
        parameter->index = number;
        map[RefOf(column)] = std::move(parameter);
        join.parameters.push_back({number, MakeColumn(ColumnOf(column))});
        return true;
      });
    });
    join.dependent = !map.empty();
    SubstituteBelow(*join.children[1], map);
    DropConstantKeys(*join.children[1]);
    // One row tells whether there are any.
    const bool exists = join.join == JoinKind::kSemi || join.join == JoinKind::kAnti || join.join == JoinKind::kMark;
    if (exists && join.dependent && join.conditions.empty()) {
      auto first = std::make_unique<Limit>();
      first->limit = sql::MakeConstant(Datum::Int8(1));
      first->children.push_back(std::move(join.children[1]));
      join.children[1] = std::move(first);
    }
  }
  for (LogicalPtr& child : node.children) BindParameters(*child, planning);
}

}  // namespace gather::planner
