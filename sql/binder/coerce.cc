// Coercion of expressions (PostgreSQL's parse_coerce.c).
#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

namespace {

void SetForm(Expr& expr, CastForm form) {
  expr.cast = form == CastForm::kExplicit;
  expr.implicit_cast = form == CastForm::kImplicit;
}

// A cast node whose display a further cast on top makes redundant.
ExprRef HideCoercion(const ExprRef& expr) {
  switch (expr->kind) {
    case ExprKind::kFunction: case ExprKind::kIoCast: case ExprKind::kRelabel: case ExprKind::kArrayCoerce: {
      if (expr->kind == ExprKind::kFunction && !expr->cast && !expr->implicit_cast) return expr;
      auto hidden = std::make_shared<Expr>(*expr);
      SetForm(*hidden, CastForm::kImplicit);
      return hidden;
    }
    default: return expr;
  }
}

bool IsCollateNode(const Expr& expr) { return expr.kind == ExprKind::kRelabel && !expr.name.empty(); }

}  // namespace

ExprRef Binder::Relabel(ExprRef expr, SqlType target, CastForm form, int location) {
  ExprPtr relabel = NewExpr(ExprKind::kRelabel, target, location);
  SetForm(*relabel, form);
  relabel->children.push_back(std::move(expr));
  return relabel;
}

ExprRef Binder::BuildCoercion(ExprRef expr, const Pathway& pathway, SqlType target, CoercionContext context, CastForm form, int location) {
  ExprPtr cast;
  switch (pathway.path) {
    case CoercionPath::kFunction: {
      cast = NewExpr(ExprKind::kFunction, SqlType(target.oid, pathway.function->arguments.size() >= 2 ? target.typmod : -1), location);
      cast->function = pathway.function;
      cast->children.push_back(std::move(expr));
      if (pathway.function->arguments.size() >= 2) cast->children.push_back(MakeConstant(Datum::Int4(target.typmod)));
      if (pathway.function->arguments.size() == 3) cast->children.push_back(MakeConstant(Datum::Bool(context == CoercionContext::kExplicit)));
      break;
    }
    case CoercionPath::kArray: {
      ExprPtr element = NewExpr(ExprKind::kCaseTest, SqlType(TypeRules::ElementType(expr->type.oid), expr->type.typmod), location);
      ExprRef converted = CoerceToTarget(element, SqlType(TypeRules::ElementType(target.oid), target.typmod), context, form, location);
      if (converted == nullptr) ThrowInternal("failed to coerce array element type as expected");
      cast = NewExpr(ExprKind::kArrayCoerce, SqlType(target.oid, converted->type.typmod), location);
      cast->children = {std::move(expr), std::move(converted)};
      break;
    }
    case CoercionPath::kIo:
      cast = NewExpr(ExprKind::kIoCast, SqlType(target.oid), location);
      cast->children.push_back(std::move(expr));
      break;
    default: ThrowInternal("unexpected coercion path");
  }
  SetForm(*cast, form);
  return cast;
}

ExprRef Binder::CoerceType(ExprRef expr, SqlType target, CoercionContext context, CastForm form, int location) {
  const Oid source = expr->type.oid;
  if (source == target.oid) return expr;
  switch (target.oid) {
    case kAny: case kAnyelement: case kAnynonarray: case kAnycompatible: case kAnycompatibleNonarray: return expr;
    case kAnyarray: case kAnycompatibleArray:
      if (source != kUnknown) return expr;
      break;
    default: break;
  }
  if (source == kUnknown) {
    if (expr->kind == ExprKind::kConstant) return InputConstant(*expr, target);
    if (expr->kind == ExprKind::kParameter) return CoerceParameter(expr, target, location);
  }
  if (IsCollateNode(*expr)) {
    ExprRef inner = CoerceType(expr->children[0], target, context, form, location);
    if (!TypeRules::IsCollatable(target.oid)) return inner;
    auto collate = std::make_shared<Expr>(*expr);
    collate->type = inner->type;
    collate->children[0] = std::move(inner);
    return collate;
  }
  const Pathway pathway = rules_.FindPathway(target.oid, source, context);
  switch (pathway.path) {
    case CoercionPath::kNone:
      if (source == kUnknown) return BuildCoercion(std::move(expr), {CoercionPath::kIo}, target, context, form, location);
      ThrowInternal("failed to find conversion function from " + FormatType(SqlType(source)) + " to " + FormatType(SqlType(target.oid)));
    case CoercionPath::kRelabel: return Relabel(std::move(expr), SqlType(target.oid), form, location);
    default: return BuildCoercion(std::move(expr), pathway, target, context, form, location);
  }
}

ExprRef Binder::CoerceTypmod(ExprRef expr, SqlType target, CoercionContext context, CastForm form, int location, bool hide_input) {
  if (target.typmod == expr->type.typmod) return expr;
  if (hide_input) expr = HideCoercion(expr);
  const Pathway pathway = target.typmod < 0 ? Pathway() : rules_.FindTypmodPathway(target.oid);
  if (pathway.path == CoercionPath::kNone) {
    // Already a bare relabel: let one show the final type.
    if (expr->kind == ExprKind::kRelabel && !IsCollateNode(*expr)) expr = expr->children[0];
    return Relabel(std::move(expr), target, form, location);
  }
  return BuildCoercion(std::move(expr), pathway, target, context, form, location);
}

ExprRef Binder::CoerceToTarget(ExprRef expr, SqlType target, CoercionContext context, CastForm form, int location) {
  if (!rules_.CanCoerce(expr->type.oid, target.oid, context)) return nullptr;
  ExprRef result = CoerceType(expr, target, context, form, location);
  const bool hide = result != expr && result->kind != ExprKind::kConstant;
  return CoerceTypmod(std::move(result), target, context, form, location, hide);
}

ExprRef Binder::CoerceToBoolean(ExprRef expr, const char* construct) {
  return CoerceToSpecific(std::move(expr), kBool, construct);
}

ExprRef Binder::CoerceToSpecific(ExprRef expr, SqlType target, const char* construct) {
  if (expr->type.oid != target.oid) {
    const int location = LocationOf(*expr);
    const SqlType source(expr->type.oid);
    ExprRef coerced = CoerceToTarget(std::move(expr), target, CoercionContext::kAssignment, CastForm::kImplicit);
    if (coerced == nullptr) {
      throw SqlError(sqlstate::kDatatypeMismatch, Format("argument of %s must be type %s, not type %s", construct, FormatType(target).c_str(),
                                                         FormatType(source).c_str())).At(location);
    }
    expr = std::move(coerced);
  }
  if (ReturnsSet(expr)) {
    throw SqlError(sqlstate::kDatatypeMismatch, Format("argument of %s must not return a set", construct)).At(LocationOf(*expr));
  }
  return expr;
}

ExprRef Binder::CoerceToCommon(ExprRef expr, Oid type, const char* construct) {
  const Oid source = expr->type.oid;
  if (source == type) return expr;
  const int location = LocationOf(*expr);
  if (!rules_.CanCoerce(source, type, CoercionContext::kImplicit)) {
    throw SqlError(sqlstate::kCannotCoerce, Format("%s could not convert type %s to %s", construct, FormatType(SqlType(source)).c_str(),
                                                   FormatType(SqlType(type)).c_str())).At(location);
  }
  return CoerceType(std::move(expr), type, CoercionContext::kImplicit, CastForm::kImplicit);
}

Oid Binder::SelectCommonType(const std::vector<ExprRef>& exprs, const char* construct) {
  // The loop of TypeRules::CommonType, but naming the expression that does not fit.
  Oid common = exprs[0]->type.oid;
  for (size_t i = 1; i < exprs.size(); ++i) {
    const Oid type = exprs[i]->type.oid;
    if (type == kUnknown || type == common) continue;
    if (common == kUnknown) {
      common = type;
    } else if (TypeRules::Category(type) != TypeRules::Category(common)) {
      if (construct == nullptr) return kInvalidOid;
      throw SqlError(sqlstate::kDatatypeMismatch, Format("%s types %s and %s cannot be matched", construct, FormatType(SqlType(common)).c_str(),
                                                         FormatType(SqlType(type)).c_str())).At(LocationOf(*exprs[i]));
    } else if (!TypeRules::IsPreferred(common) && rules_.CanCoerce(common, type, CoercionContext::kImplicit) &&
               !rules_.CanCoerce(type, common, CoercionContext::kImplicit)) {
      common = type;
    }
  }
  return common == kUnknown ? kText : common;
}

int32_t Binder::SelectCommonTypmod(const std::vector<ExprRef>& exprs, Oid type) {
  for (const ExprRef& expr : exprs) {
    if (expr->type.oid != type || expr->type.typmod != exprs[0]->type.typmod) return -1;
  }
  return exprs[0]->type.typmod;
}

ExprRef Binder::CoerceForAssignment(ExprRef expr, const catalog::ColumnEntry& column, int location) {
  const SqlType source(expr->type.oid);
  const int where = LocationOf(*expr);
  ExprRef coerced = CoerceToTarget(std::move(expr), column.type, CoercionContext::kAssignment, CastForm::kImplicit);
  if (coerced == nullptr) {
    throw SqlError(sqlstate::kDatatypeMismatch, Format("column \"%s\" is of type %s but expression is of type %s", column.name.c_str(),
                                                       FormatType(SqlType(column.type.oid)).c_str(), FormatType(source).c_str()))
        .Hint("You will need to rewrite or cast the expression.")
        .At(where >= 0 ? where : location);
  }
  return coerced;
}

ExprRef Binder::ResolveUnknown(ExprRef expr) {
  if (expr->type.oid != kUnknown) return expr;
  return CoerceType(std::move(expr), kText, CoercionContext::kImplicit, CastForm::kImplicit);
}

ExprRef Binder::BindTypeCast(const ast::TypeCast& cast, Scope& scope) {
  const SqlType target = ResolveType(*cast.type_name);
  ExprRef expr;
  if (const auto* array = ast::TryAs<ast::AArrayExpr>(cast.arg); array != nullptr && TypeRules::ElementType(target.oid) != kInvalidOid) {
    expr = BindArray(*array, scope, target, cast.location);
  } else {
    expr = BindExpression(cast.arg, scope);
  }
  const SqlType source(expr->type.oid);
  const int location = cast.location >= 0 ? cast.location : cast.type_name->location;
  ExprRef result = CoerceToTarget(expr, target, CoercionContext::kExplicit, CastForm::kExplicit, location);
  if (result == nullptr) {
    const int where = cast.location >= 0 ? cast.location : LocationOf(*expr);
    throw SqlError(sqlstate::kCannotCoerce, "cannot cast type " + FormatType(source) + " to " + FormatType(SqlType(target.oid))).At(where);
  }
  return result;
}

}  // namespace gather::sql
