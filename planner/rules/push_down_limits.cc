// LIMIT towards the tables: no more rows are computed than it lets through.
//   through projections, so that a Limit meets its Sort
//   to the preserved side of left, single and mark joins, which have at least one row for each of its rows: sorted by the same columns if the rows are
//   to the children of UNION ALL that are sorted: each needs its first rows only
#include <algorithm>

#include "planner/rules/rules.h"

namespace gather::planner {

namespace {

// Rows up to the limit; null: not known, or no limit.
ExprRef RowsUpTo(const Limit& limit) {
  int64_t rows = 0;
  for (const ExprRef& bound : {limit.limit, limit.offset}) {
    if (bound == nullptr && bound == limit.offset) continue;
    if (bound == nullptr || !sql::IsConstant(*bound) || bound->constant.is_null) return nullptr;
    const auto value = bound->constant.as<int64_t>();
    if (value < 0 || __builtin_add_overflow(rows, value, &rows)) return nullptr;
  }
  return limit.with_ties ? nullptr : sql::MakeConstant(Datum::Int8(rows));
}

LogicalPtr MakeLimit(ExprRef rows, LogicalPtr child) {
  auto limit = std::make_unique<Limit>();
  limit->limit = std::move(rows);
  limit->children.push_back(std::move(child));
  return limit;
}

// The order of `child`'s rows that a sort by `items` above it asks for; false: not one by its columns.
bool OrderBelow(const LogicalNode& above, const LogicalNode& child, std::vector<sql::SortItem>& items) {
  if (above.kind == LogicalKind::kProject) {
    const auto& project = As<Project>(above);
    for (sql::SortItem& item : items) {
      const auto found = std::find_if(project.items.begin(), project.items.end(), [&](const Item& of) { return of.out == RefOf(*item.expression); });
      if (found == project.items.end() || found->expression->kind != ExprKind::kColumn) return false;
      item.expression = found->expression;
    }
  }
  const std::vector<Column> columns = Outputs(child);
  return std::all_of(items.begin(), items.end(), [&columns](const sql::SortItem& item) {
    return std::any_of(columns.begin(), columns.end(), [&item](const Column& column) { return column.ref == RefOf(*item.expression); });
  });
}

bool KeepsLeftRows(const LogicalNode& node) {
  if (node.kind != LogicalKind::kJoin) return false;
  const JoinKind kind = As<Join>(node).join;
  return kind == JoinKind::kLeft || kind == JoinKind::kSingle || kind == JoinKind::kMark;
}

void PushIntoJoin(LogicalNode& join, const Sort* sort, const LogicalNode& above, const ExprRef& rows) {
  LogicalPtr& left = join.children[0];
  if (left->kind == LogicalKind::kLimit) return;
  if (sort == nullptr) {
    left = MakeLimit(rows, std::move(left));
    return;
  }
  auto order = std::make_unique<Sort>();
  order->items = sort->items;
  if (!OrderBelow(above, *left, order->items)) return;
  order->children.push_back(std::move(left));
  left = MakeLimit(rows, std::move(order));
}

void PushIntoUnion(SetOp& operation, const ExprRef& rows) {
  if (operation.operation != sql::SetOperation::kUnion || !operation.all) return;
  for (LogicalPtr& child : operation.children) {
    const LogicalNode* top = child.get();
    while (top->kind == LogicalKind::kProject) top = top->children[0].get();
    if (top->kind == LogicalKind::kSort) child = MakeLimit(rows, std::move(child));
  }
}

}  // namespace

LogicalPtr PushDownLimits(LogicalPtr node) {
  if (node->kind == LogicalKind::kLimit) {
    // Limit, Project, Sort: the projection of what the limit lets through.
    if (LogicalNode& project = *node->children[0]; project.kind == LogicalKind::kProject && project.children[0]->kind == LogicalKind::kSort) {
      LogicalPtr top = std::move(node->children[0]);
      node->children[0] = std::move(top->children[0]);
      top->children[0] = std::move(node);
      return PushDownLimits(std::move(top));
    }
    if (const ExprRef rows = RowsUpTo(As<Limit>(*node)); rows != nullptr) {
      LogicalNode* above = node.get();
      const Sort* sort = nullptr;
      if (above->children[0]->kind == LogicalKind::kSort) sort = &As<Sort>(*(above = above->children[0].get()));
      if (above->children[0]->kind == LogicalKind::kProject) above = above->children[0].get();
      LogicalNode& below = *above->children[0];
      if (KeepsLeftRows(below)) PushIntoJoin(below, sort, *above, rows);
      else if (below.kind == LogicalKind::kSetOp && sort == nullptr) PushIntoUnion(As<SetOp>(below), rows);
    }
  }
  for (LogicalPtr& child : node->children) child = PushDownLimits(std::move(child));
  return node;
}

}  // namespace gather::planner
