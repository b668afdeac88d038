#include "planner/rules/constant_folding.h"

#include <algorithm>

#include "planner/expressions.h"
#include "planner/rules/canonical_condition.h"

namespace gather::planner {

namespace {

bool IsTrueConstant(const Expr& expr) { return sql::IsConstantTrue(expr); }
bool IsFalseConstant(const Expr& expr) { return HasDatumFalseOrNull(expr) && !expr.constant.is_null; }

// Text output and input that depend on no setting.
bool HasFixedText(Oid type) {
  switch (type) {
    case type_oid::kDate: case type_oid::kTime: case type_oid::kTimetz: case type_oid::kTimestamp: case type_oid::kTimestamptz:
    case type_oid::kInterval: case type_oid::kFloat4: case type_oid::kFloat8: case type_oid::kBytea: case type_oid::kRegclass:
    case type_oid::kRegtype: case type_oid::kRegproc: case type_oid::kRegprocedure: case type_oid::kRegoper: case type_oid::kRegoperator:
    case type_oid::kRegrole: case type_oid::kRegnamespace: case type_oid::kUnknown:
      return false;
    default: return !IsArrayType(type);
  }
}

class Folder {
 public:
  explicit Folder(const PlannerContext& context) : context_(context) {}

  ExprRef Fold(const ExprRef& expr) const {
    switch (expr->kind) {
      case ExprKind::kConstant: case ExprKind::kColumn: case ExprKind::kSlot: case ExprKind::kOuterSlot: case ExprKind::kExecParameter:
      case ExprKind::kCaseTest: case ExprKind::kDefault:
        return expr;
      case ExprKind::kParameter: return Parameter(expr);
      case ExprKind::kAnd: case ExprKind::kOr: return FoldJunction(expr);
      case ExprKind::kCase: return FoldCase(expr);
      case ExprKind::kCoalesce: return FoldCoalesce(expr);
      default: break;
    }
    ExprRef now = expr;
    for (size_t i = 0; i < expr->children.size(); ++i) {
      // The element expression of an array cast refers to each element: nothing to fold on its own.
      if (expr->children[i] == nullptr || (expr->kind == ExprKind::kArrayCoerce && i == 1)) continue;
      ExprRef child = Fold(expr->children[i]);
      if (child != expr->children[i]) now = WithChild(now, i, std::move(child));
    }
    if (now->kind == ExprKind::kNot) return Negate(now->children[0], context_.functions);
    if (now->kind == ExprKind::kRelabel && sql::IsConstant(*now->children[0])) return Retype(now);
    if (IsStrictOfNull(*now)) return Constant(*now, Datum::Null(now->type));
    return IsFoldable(*now) ? Evaluate(now) : now;
  }

 private:
  static ExprRef WithChild(const ExprRef& expr, size_t at, ExprRef child) {
    auto copy = std::make_shared<Expr>(*expr);
    copy->children[at] = std::move(child);
    return copy;
  }

  ExprRef Parameter(const ExprRef& expr) const {
    if (context_.parameters == nullptr || expr->index >= context_.parameters->size()) return expr;
    auto copy = std::make_shared<Expr>();
    copy->kind = ExprKind::kConstant;
    copy->type = expr->type;
    copy->collation = expr->collation;
    copy->location = expr->location;
    copy->constant = (*context_.parameters)[expr->index];
    copy->constant.type = expr->type;
    return copy;
  }

  static ExprRef Constant(const Expr& like, Datum value) {
    auto copy = std::make_shared<Expr>();
    copy->kind = ExprKind::kConstant;
    copy->type = like.type;
    copy->collation = like.collation;
    copy->location = like.location;
    copy->constant = std::move(value);
    copy->constant.type = like.type;
    return copy;
  }

  static ExprRef Retype(const ExprRef& relabel) { return Constant(*relabel, relabel->children[0]->constant); }

  ExprRef Evaluate(const ExprRef& expr) const {
    if (context_.evaluator == nullptr) return expr;
    return Constant(*expr, context_.evaluator->Evaluate(*expr));
  }

  ExprRef FoldJunction(const ExprRef& expr) const {
    const bool conjunction = expr->kind == ExprKind::kAnd;
    std::vector<ExprRef> terms;
    bool changed = false, null = false;
    for (const ExprRef& child : expr->children) {
      ExprRef term = Fold(child);
      if (conjunction ? IsFalseConstant(*term) : IsTrueConstant(*term)) return term;
      if (conjunction ? IsTrueConstant(*term) : IsFalseConstant(*term)) {
        changed = true;
        continue;
      }
      if (sql::IsConstant(*term)) {                    // null
        changed = changed || null;
        if (null) continue;
        null = true;
      }
      changed = changed || term != child;
      terms.push_back(std::move(term));
    }
    if (!changed) return expr;
    if (terms.empty()) return MakeBool(conjunction);
    if (terms.size() == 1) return terms[0];
    auto copy = std::make_shared<Expr>(*expr);
    copy->children = std::move(terms);
    return copy;
  }

  ExprRef FoldCase(const ExprRef& expr) const {
    const size_t first = expr->case_test ? 1 : 0;
    auto copy = std::make_shared<Expr>(*expr);
    copy->children.clear();
    if (expr->case_test) copy->children.push_back(Fold(expr->children[0]));
    const bool constant_test = expr->case_test && sql::IsConstant(*copy->children[0]);
    bool has_else = (expr->children.size() - first) % 2 == 1;
    size_t at = first;
    for (; at + 1 < expr->children.size(); at += 2) {
      ExprRef when = expr->children[at];
      if (constant_test) {
        const ExprRef test = copy->children[0];
        when = ReplaceCaseTest(when, test);
      }
      when = Fold(when);
      if (HasDatumFalseOrNull(*when)) continue;
      if (IsTrueConstant(*when)) {                     // becomes the ELSE
        if (copy->children.size() == first) return Fold(expr->children[at + 1]);
        copy->children.push_back(Fold(expr->children[at + 1]));
        return copy;
      }
      copy->children.push_back(constant_test ? Fold(expr->children[at]) : when);
      copy->children.push_back(Fold(expr->children[at + 1]));
    }
    if (has_else) {
      ExprRef otherwise = Fold(expr->children.back());
      if (copy->children.size() == first) return otherwise;
      copy->children.push_back(std::move(otherwise));
    } else if (copy->children.size() == first) {
      return Constant(*expr, Datum::Null(expr->type));
    }
    return copy;
  }

  ExprRef FoldCoalesce(const ExprRef& expr) const {
    auto copy = std::make_shared<Expr>(*expr);
    copy->children.clear();
    for (const ExprRef& child : expr->children) {
      ExprRef value = Fold(child);
      if (sql::IsConstant(*value)) {
        if (value->constant.is_null) continue;
        if (copy->children.empty()) return value;
        copy->children.push_back(std::move(value));
        return copy;
      }
      copy->children.push_back(std::move(value));
    }
    if (copy->children.empty()) return Constant(*expr, Datum::Null(expr->type));
    return copy->children.size() == 1 ? copy->children[0] : copy;
  }

  static bool AllConstant(const Expr& expr) {
    return std::all_of(expr.children.begin(), expr.children.end(), [](const ExprRef& child) { return child == nullptr || sql::IsConstant(*child); });
  }

  static bool IsStrictOfNull(const Expr& expr) {
    if (expr.kind != ExprKind::kFunction || expr.function == nullptr || !expr.function->strict || expr.function->returns_set ||
        expr.function->kind != catalog::FunctionKind::kScalar) {
      return false;
    }
    return std::any_of(expr.children.begin(), expr.children.end(), [](const ExprRef& child) { return sql::IsConstant(*child) && child->constant.is_null; });
  }

  static bool IsImmutable(const Expr& expr) {
    bool immutable = true;
    ForEachFunction(expr, [&immutable](const catalog::FunctionInfo& function) {
      immutable = immutable && function.volatility == catalog::Volatility::kImmutable && !function.returns_set &&
                  function.kind == catalog::FunctionKind::kScalar;
    });
    return immutable;
  }

  bool IsFoldable(const Expr& expr) const {
    if (context_.evaluator == nullptr) return false;
    switch (expr.kind) {
      case ExprKind::kFunction: {
        if (expr.function == nullptr || expr.function->returns_set || expr.function->kind != catalog::FunctionKind::kScalar) return false;
        if (expr.function->volatility != catalog::Volatility::kImmutable) return false;
        return AllConstant(expr);
      }
      case ExprKind::kIoCast:
        return AllConstant(expr) && HasFixedText(expr.type.oid) && HasFixedText(expr.children[0]->type.oid);
      case ExprKind::kArrayCoerce:
        return sql::IsConstant(*expr.children[0]) && VolatilityOf(expr.children[1]) == catalog::Volatility::kImmutable;
      case ExprKind::kIsNull: case ExprKind::kIsNotNull: case ExprKind::kIsTrue: case ExprKind::kIsNotTrue: case ExprKind::kIsFalse:
      case ExprKind::kIsNotFalse: case ExprKind::kIsUnknown: case ExprKind::kIsNotUnknown: case ExprKind::kGreatest: case ExprKind::kLeast:
      case ExprKind::kDistinctFrom: case ExprKind::kNullIf: case ExprKind::kScalarArray: case ExprKind::kInList: case ExprKind::kArray:
      case ExprKind::kSubscript: case ExprKind::kSlice: case ExprKind::kFieldSelect:
        return AllConstant(expr) && IsImmutable(expr);
      default: return false;
    }
  }

  const PlannerContext& context_;
};

}  // namespace

ExprRef FoldConstants(const ExprRef& expr, const PlannerContext& context) {
  return expr == nullptr ? nullptr : Folder(context).Fold(expr);
}

}  // namespace gather::planner
