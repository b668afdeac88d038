#include "planner/rules/canonical_condition.h"

namespace gather::planner {

namespace {

ExprKind InverseTest(ExprKind kind) {
  switch (kind) {
    case ExprKind::kIsNull:
      return ExprKind::kIsNotNull;
    case ExprKind::kIsNotNull:
      return ExprKind::kIsNull;
    case ExprKind::kIsTrue:
      return ExprKind::kIsNotTrue;
    case ExprKind::kIsNotTrue:
      return ExprKind::kIsTrue;
    case ExprKind::kIsFalse:
      return ExprKind::kIsNotFalse;
    case ExprKind::kIsNotFalse:
      return ExprKind::kIsFalse;
    case ExprKind::kIsUnknown:
      return ExprKind::kIsNotUnknown;
    default:
      return ExprKind::kIsUnknown;  // kIsNotUnknown
  }
}

// `expr` with the opposite operator in place of its own; null: the operator has none.
std::shared_ptr<Expr> WithNegator(const Expr& expr, const catalog::FunctionRegistry* functions) {
  if (functions == nullptr || expr.op == nullptr || expr.op->negator.empty()) return nullptr;
  const catalog::OperatorInfo* op = functions->FindOperator(expr.op->negator, expr.op->left, expr.op->right);
  const catalog::FunctionInfo* function = op == nullptr ? nullptr : functions->FunctionOf(*op);
  if (function == nullptr) return nullptr;
  auto copy = std::make_shared<Expr>(expr);
  copy->op = op;
  copy->function = function;
  return copy;
}

bool IsRow(const ExprRef& expr) { return expr->kind == ExprKind::kRow || expr->type.oid == type_oid::kRecord; }

}  // namespace

ExprRef Negate(const ExprRef& expr, const catalog::FunctionRegistry* functions) {
  switch (expr->kind) {
    case ExprKind::kConstant:
      return expr->constant.is_null ? expr : MakeBool(expr->constant.as<uint8_t>() == 0);
    case ExprKind::kNot:
      return expr->children[0];
    case ExprKind::kAnd:
    case ExprKind::kOr: {  // De Morgan
      auto copy = std::make_shared<Expr>(*expr);
      copy->kind = expr->kind == ExprKind::kAnd ? ExprKind::kOr : ExprKind::kAnd;
      for (ExprRef& child : copy->children) child = Negate(child, functions);
      return copy;
    }
    case ExprKind::kFunction:
      if (auto negated = WithNegator(*expr, functions)) return negated;
      break;
    case ExprKind::kScalarArray:
      if (auto negated = WithNegator(*expr, functions)) {
        negated->any = !expr->any;
        return negated;
      }
      break;
    case ExprKind::kIsNull:
    case ExprKind::kIsNotNull:
      if (IsRow(expr->children[0])) break;  // a row with some nulls is neither
      return MakeUnary(InverseTest(expr->kind), expr->children[0]);
    case ExprKind::kIsTrue:
    case ExprKind::kIsNotTrue:
    case ExprKind::kIsFalse:
    case ExprKind::kIsNotFalse:
    case ExprKind::kIsUnknown:
    case ExprKind::kIsNotUnknown:
      return MakeUnary(InverseTest(expr->kind), expr->children[0]);
    default:
      break;
  }
  return MakeNot(expr);
}

ExprRef CanonicalCondition(const ExprRef& expr) {
  if (expr == nullptr || (expr->kind != ExprKind::kAnd && expr->kind != ExprKind::kOr)) return expr;
  const bool conjunction = expr->kind == ExprKind::kAnd;
  std::vector<ExprRef> terms;
  bool changed = false;
  for (const ExprRef& child : expr->children) {
    ExprRef term = CanonicalCondition(child);
    if (HasDatumFalseOrNull(*term)) {
      if (conjunction) return MakeBool(false);
      changed = true;
      continue;
    }
    if (sql::IsConstantTrue(*term)) {
      if (!conjunction) return term;
      changed = true;
      continue;
    }
    changed = changed || term != child;
    terms.push_back(std::move(term));
  }
  if (!changed) return expr;
  return conjunction ? sql::MakeAnd(std::move(terms)) : MakeOr(std::move(terms));
}

}  // namespace gather::planner
