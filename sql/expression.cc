#include "sql/expression.h"

#include <algorithm>

#include "sql/query_walk.h"

namespace gather::sql {

SqlType OutColumnType(const Expr& call, size_t column) {
  const Oid declared = call.function->out_columns.at(column);
  if (declared != type_oid::kAnyelement && declared != type_oid::kAnyarray) return SqlType(declared);
  for (size_t i = 0; i < call.children.size() && i < call.function->arguments.size(); ++i) {
    const TypeInfo& actual = GetType(call.children[i]->type.oid);
    const Oid argument = call.function->arguments[i];
    if (argument == declared) return SqlType(actual.oid);
    if (argument == type_oid::kAnyarray) return SqlType(actual.element);
    if (argument == type_oid::kAnyelement) return SqlType(actual.array);
  }
  return SqlType(declared);
}

ExprRef MakeConstant(Datum value, int location) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::kConstant;
  expr->type = value.type;
  expr->constant = std::move(value);
  expr->location = location;
  return expr;
}

ExprRef MakeSlot(uint32_t slot, SqlType type, std::string name) {
  auto expr = std::make_shared<Expr>();
  expr->kind = ExprKind::kSlot;
  expr->type = type;
  expr->index = slot;
  expr->name = std::move(name);
  return expr;
}

ExprRef MakeAnd(std::vector<ExprRef> terms) {
  auto expr = std::make_shared<Expr>();
  for (ExprRef& term : terms) {
    if (term == nullptr) continue;
    if (term->kind == ExprKind::kAnd) {
      expr->children.insert(expr->children.end(), term->children.begin(), term->children.end());
    } else {
      expr->children.push_back(std::move(term));
    }
  }
  if (expr->children.empty()) return MakeConstant(Datum::Bool(true));
  if (expr->children.size() == 1) return expr->children[0];
  expr->kind = ExprKind::kAnd;
  expr->type = type_oid::kBool;
  expr->location = expr->children[0]->location;
  return expr;
}

bool IsConstant(const Expr& expr) { return expr.kind == ExprKind::kConstant; }

bool IsConstantTrue(const Expr& expr) {
  return expr.kind == ExprKind::kConstant && expr.type.oid == type_oid::kBool && !expr.constant.is_null && expr.constant.as<uint8_t>() != 0;
}

namespace {

bool SameList(const std::vector<ExprRef>& a, const std::vector<ExprRef>& b) { return std::equal(a.begin(), a.end(), b.begin(), b.end(), SameExpr); }

bool SameSort(const std::vector<SortItem>& a, const std::vector<SortItem>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const SortItem& x, const SortItem& y) {
    return x.order.descending == y.order.descending && x.order.nulls_first == y.order.nulls_first && SameExpr(x.expression, y.expression);
  });
}

bool SameAggregate(const AggregateCall& a, const AggregateCall& b) {
  return a.function == b.function && a.star == b.star && a.distinct == b.distinct && SameExpr(a.filter, b.filter) && SameSort(a.order_by, b.order_by) &&
         SameList(a.direct_arguments, b.direct_arguments);
}

bool SameWindow(const WindowCall& a, const WindowCall& b) {
  return a.function == b.function && a.star == b.star && SameExpr(a.filter, b.filter) && SameList(a.partition_by, b.partition_by) &&
         SameSort(a.order_by, b.order_by) && a.mode == b.mode && a.start == b.start && a.end == b.end && SameExpr(a.start_offset, b.start_offset) &&
         SameExpr(a.end_offset, b.end_offset) && a.exclude == b.exclude;
}

}  // namespace

bool SameExpr(const ExprRef& a, const ExprRef& b) {
  if (a == b) return true;
  if (a == nullptr || b == nullptr) return false;
  CheckStackDepth();
  StatementScope::CheckInterrupt();
  if (a->kind != b->kind || a->type != b->type || a->collation != b->collation || a->index != b->index || a->relation != b->relation || a->any != b->any ||
      a->negated != b->negated || a->case_test != b->case_test || a->function != b->function) {
    return false;
  }
  if (a->kind == ExprKind::kConstant && !(a->constant == b->constant)) return false;
  if (!SameList(a->children, b->children)) return false;
  if (a->kind == ExprKind::kSubquery) {
    // Relation numbers differ between two bindings of the same text: only the very same subquery is the same.
    if (a->subquery_kind != b->subquery_kind || a->test_functions != b->test_functions || a->subquery != b->subquery) return false;
  }
  if ((a->aggregate == nullptr) != (b->aggregate == nullptr) || (a->window == nullptr) != (b->window == nullptr)) return false;
  if (a->aggregate != nullptr && a->aggregate != b->aggregate && !SameAggregate(*a->aggregate, *b->aggregate)) return false;
  return a->window == nullptr || a->window == b->window || SameWindow(*a->window, *b->window);
}

}  // namespace gather::sql
