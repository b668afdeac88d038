// Operators: resolution (parse_oper.c) and the constructs that are made of them: BETWEEN, IN, NULLIF, ANY and ALL over arrays.
#include "sql/binder/binder.h"
#include "sql/query_walk.h"

namespace gather::sql {

using namespace type_oid;
using catalog::FunctionInfo;
using catalog::OperatorInfo;

namespace {

std::string Signature(std::string_view name, Oid left, Oid right) {
  std::string text;
  if (left != kInvalidOid) text = FormatType(SqlType(left)) + " ";
  text += name;
  return text + " " + FormatType(SqlType(right));
}

[[noreturn]] void ThrowNoOperator(std::string_view name, Oid left, Oid right, Choice choice, int location) {
  const std::string signature = Signature(name, left, right);
  if (choice == Choice::kMany) {
    throw SqlError(sqlstate::kAmbiguousFunction, "operator is not unique: " + signature)
        .Hint("Could not choose a best candidate operator. You might need to add explicit type casts.")
        .At(location);
  }
  throw SqlError(sqlstate::kUndefinedFunction, "operator does not exist: " + signature)
      .Hint(left != kInvalidOid ? "No operator matches the given name and argument types. You might need to add explicit type casts."
                                : "No operator matches the given name and argument type. You might need to add an explicit type cast.")
      .At(location);
}

}  // namespace

Binder::ResolvedOperator Binder::ResolveOperator(ast::Names name, Oid left, Oid right, int location) {
  if (name.size() > 1 && name[0] != "pg_catalog") {
    if (catalog_.FindSchema(name[0]) == nullptr) {
      throw SqlError(sqlstate::kInvalidSchemaName, Format("schema \"%s\" does not exist", std::string(name[0]).c_str()));
    }
    ThrowNoOperator(ast::NameListToString(name), left, right, Choice::kNone, location);
  }
  return ResolveOperator(name.back(), left, right, location);
}

Binder::ResolvedOperator Binder::ResolveOperator(std::string_view name, Oid left, Oid right, int location) {
  const bool unary = left == kInvalidOid;
  const OperatorInfo* op = nullptr;
  if (unary) {
    op = functions_.FindOperator(name, kInvalidOid, right);
  } else {
    // One unknown operand: try the other's type for it.
    const Oid exact_left = left == kUnknown ? right : left;
    const Oid exact_right = right == kUnknown ? left : right;
    op = functions_.FindOperator(name, exact_left, exact_right);
  }
  ResolvedOperator resolved{};
  if (op == nullptr) {
    const std::span<const OperatorInfo* const> all = functions_.Operators(name);
    std::vector<Candidate> candidates;
    candidates.reserve(all.size());
    for (const OperatorInfo* candidate : all) {
      if ((candidate->left == kInvalidOid) != unary) continue;
      Candidate row;
      row.op = candidate;
      if (!unary) row.arguments.push_back(candidate->left);
      row.arguments.push_back(candidate->right);
      candidates.push_back(std::move(row));
    }
    const Oid inputs[2] = {left, right};
    const Candidate* chosen = nullptr;
    const Choice choice = ChooseCandidate(rules_, unary ? std::span(inputs + 1, 1) : std::span(inputs), candidates, &chosen);
    if (choice != Choice::kOne) ThrowNoOperator(name, left, right, choice, location);
    op = chosen->op;
  }
  resolved.op = op;
  resolved.function = functions_.FunctionOf(*op);
  if (resolved.function == nullptr) {
    throw SqlError(sqlstate::kUndefinedFunction, "operator is only a shell: " + Signature(name, left, right)).At(location);
  }
  Oid declared[2] = {op->left, op->right};
  const Oid actual[2] = {left, right};
  try {
    resolved.result = unary ? rules_.ResolvePolymorphic(std::span(actual + 1, 1), std::span(declared + 1, 1), op->result)
                            : rules_.ResolvePolymorphic(actual, declared, op->result);
  } catch (SqlError& error) {
    error.SetOffsetIfUnset(location);
    throw;
  }
  resolved.left = declared[0];
  resolved.right = declared[1];
  return resolved;
}

ExprRef Binder::MakeOperator(ast::Names name, ExprRef left, ExprRef right, Scope& scope, int location) {
  if (name.size() == 1) return MakeOperator(name[0], std::move(left), std::move(right), scope, location);
  ResolveOperator(name, left == nullptr ? kInvalidOid : left->type.oid, right->type.oid, location);  // checks the schema
  return MakeOperator(name.back(), std::move(left), std::move(right), scope, location);
}

ExprRef Binder::MakeOperator(std::string_view name, ExprRef left, ExprRef right, Scope&, int location) {
  const ResolvedOperator resolved = ResolveOperator(name, left == nullptr ? kInvalidOid : left->type.oid, right->type.oid, location);
  ExprPtr expr = NewExpr(ExprKind::kFunction, resolved.result, location);
  expr->function = resolved.function;
  expr->op = resolved.op;
  expr->children.reserve(2);
  if (left != nullptr) expr->children.push_back(CoerceType(std::move(left), resolved.left, CoercionContext::kImplicit, CastForm::kImplicit));
  expr->children.push_back(CoerceType(std::move(right), resolved.right, CoercionContext::kImplicit, CastForm::kImplicit));
  return expr;
}

ExprRef Binder::MakeScalarArray(ast::Names name, bool any, ExprRef scalar, ExprRef array, int location) {
  Oid element = kUnknown;
  if (array->type.oid != kUnknown) {
    element = array->type.oid == kInt2Vector ? kInt2 : array->type.oid == kOidVector ? kOid : TypeRules::ElementType(array->type.oid);
    if (element == kInvalidOid) throw SqlError(sqlstate::kWrongObjectType, "op ANY/ALL (array) requires array on right side").At(location);
  }
  const ResolvedOperator resolved = ResolveOperator(name, scalar->type.oid, element, location);
  if (resolved.result != kBool) throw SqlError(sqlstate::kWrongObjectType, "op ANY/ALL (array) requires operator to yield boolean").At(location);
  Oid target = resolved.right;
  Oid array_type = TypeRules::ArrayType(target);
  if (target == kAnyelement || target == kAny || target == kAnycompatible) array_type = array->type.oid;
  if (array_type == kInvalidOid) {
    throw SqlError(sqlstate::kUndefinedObject, "could not find array type for data type " + FormatType(SqlType(target))).At(location);
  }
  ExprPtr expr = NewExpr(ExprKind::kScalarArray, kBool, location);
  expr->any = any;
  expr->function = resolved.function;
  expr->op = resolved.op;
  expr->children.push_back(CoerceType(std::move(scalar), resolved.left, CoercionContext::kImplicit, CastForm::kImplicit));
  expr->children.push_back(CoerceType(std::move(array), array_type, CoercionContext::kImplicit, CastForm::kImplicit));
  return expr;
}

ExprRef Binder::BindAExpr(const ast::AExpr& node, Scope& scope) {
  switch (node.kind) {
    case ast::AExprKind::kOpAny: case ast::AExprKind::kOpAll: {
      ExprRef left = BindExpression(node.left, scope);
      ExprRef right = BindExpression(node.right, scope);
      return MakeScalarArray(node.name, node.kind == ast::AExprKind::kOpAny, std::move(left), std::move(right), node.location);
    }
    case ast::AExprKind::kDistinct: case ast::AExprKind::kNotDistinct: return BindDistinct(node, scope);
    case ast::AExprKind::kNullIf: return BindNullIf(node, scope);
    case ast::AExprKind::kIn: return BindIn(node, scope);
    case ast::AExprKind::kBetween: case ast::AExprKind::kNotBetween: case ast::AExprKind::kBetweenSym: case ast::AExprKind::kNotBetweenSym:
      return BindBetween(node, scope);
    default: break;
  }
  const bool left_row = ast::Is<ast::RowExpr>(node.left);
  if (const auto* link = ast::TryAs<ast::SubLink>(node.right); left_row && link != nullptr && link->type == ast::SubLinkType::kExpr) {
    // (a, b) = (SELECT x, y): column by column, each a scalar subquery of its own.
    const ExprRef left = BindExpression(node.left, scope);
    std::vector<ExprRef> right;
    for (size_t i = 0; i < left->children.size(); ++i) {
      QueryPtr query = BindQuery(ast::As<ast::SelectStmt>(link->subselect), &scope, true);
      if (query->targets.size() != left->children.size()) {
        size_t visible = 0;
        for (const Target& target : query->targets) visible += !target.junk;
        if (visible != left->children.size()) {
          throw SqlError(sqlstate::kSyntaxError, visible > left->children.size() ? "subquery has too many columns" : "subquery has too few columns")
              .At(node.location);
        }
      }
      query = OneColumn(std::move(query), i);
      ExprPtr scalar = NewExpr(ExprKind::kSubquery, query->targets[0].expression->type, link->location);
      scalar->subquery = query;
      right.push_back(scalar);
    }
    return MakeRowComparison(node.name, left->children, right, scope, node.location);
  }
  if (left_row && ast::Is<ast::RowExpr>(node.right)) {
    const ExprRef left = BindExpression(node.left, scope);
    const ExprRef right = BindExpression(node.right, scope);
    return MakeRowComparison(node.name, left->children, right->children, scope, node.location);
  }
  ExprRef left = node.left == nullptr ? nullptr : BindExpression(node.left, scope);
  ExprRef right = BindExpression(node.right, scope);
  if (left != nullptr && left->kind == ExprKind::kRow && right->kind == ExprKind::kRow) {
    return MakeRowComparison(node.name, left->children, right->children, scope, node.location);
  }
  return MakeOperator(node.name, std::move(left), std::move(right), scope, node.location);
}

ExprRef Binder::BindBetween(const ast::AExpr& node, Scope& scope) {
  const auto& bounds = ast::As<ast::ListNode>(node.right).items;
  // The comparisons share the argument, which stays of type unknown while it is a literal. Only subqueries are bound anew for each: every
  // subquery has relations of its own.
  const ExprRef shared = BindExpression(node.left, scope);
  bool has_subquery = false;
  Walk(shared, [&](const Expr& part) { return !(has_subquery = has_subquery || part.kind == ExprKind::kSubquery); });
  const auto compare = [&](const char* op, const ast::Node* bound) {
    ExprRef argument = has_subquery ? BindExpression(node.left, scope) : shared;
    ExprRef limit = BindExpression(bound, scope);
    if (argument->kind == ExprKind::kRow && limit->kind == ExprKind::kRow) {
      const ast::Text name = op;
      return MakeRowComparison({&name, 1}, argument->children, limit->children, scope, node.location);
    }
    return MakeOperator(op, std::move(argument), std::move(limit), scope, node.location);
  };
  const auto both = [&](ExprKind kind, ExprRef first, ExprRef second) {
    return MakeBool(kind, {std::move(first), std::move(second)}, node.location);
  };
  const ast::Node* low = bounds[0];
  const ast::Node* high = bounds[1];
  switch (node.kind) {
    case ast::AExprKind::kBetween: return both(ExprKind::kAnd, compare(">=", low), compare("<=", high));
    case ast::AExprKind::kNotBetween: return both(ExprKind::kOr, compare("<", low), compare(">", high));
    case ast::AExprKind::kBetweenSym:
      return both(ExprKind::kOr, both(ExprKind::kAnd, compare(">=", low), compare("<=", high)), both(ExprKind::kAnd, compare(">=", high), compare("<=", low)));
    default:
      return both(ExprKind::kAnd, both(ExprKind::kOr, compare("<", low), compare(">", high)), both(ExprKind::kOr, compare("<", high), compare(">", low)));
  }
}

bool Binder::UsesLevel(const ExprRef& expr, int level) const {
  bool found = false;
  WalkDeep(expr, [&](const Expr& node) {
    if (node.kind == ExprKind::kColumn && level_of_relation_[node.relation.value] == level) found = true;
    return !found;
  });
  return found;
}

ExprRef Binder::BindIn(const ast::AExpr& node, Scope& scope) {
  const bool any = node.name[0] != "<>";
  ExprRef left = BindExpression(node.left, scope);
  std::vector<ExprRef> plain, dependent;
  const auto& items = ast::As<ast::ListNode>(node.right).items;
  plain.reserve(items.size());
  for (const ast::Node* item : items) {
    ExprRef right = BindExpression(item, scope);
    const bool constant = right->kind == ExprKind::kConstant || right->kind == ExprKind::kParameter;
    (!constant && UsesLevel(right, scope.level) ? dependent : plain).push_back(std::move(right));
  }
  std::vector<ExprRef> terms;
  bool as_array = false;
  if (plain.size() > 1) {
    std::vector<ExprRef> all = {left};
    all.insert(all.end(), plain.begin(), plain.end());
    Oid scalar = SelectCommonType(all, nullptr);
    for (const ExprRef& expr : all) {
      if (scalar != kInvalidOid && !rules_.CanCoerce(expr->type.oid, scalar, CoercionContext::kImplicit)) scalar = kInvalidOid;
    }
    const Oid array = scalar == kInvalidOid || scalar == kRecord ? kInvalidOid : TypeRules::ArrayType(scalar);
    if (array != kInvalidOid) {
      ExprPtr list = NewExpr(ExprKind::kArray, array, -1);
      list->children.reserve(plain.size());
      for (ExprRef& expr : plain) list->children.push_back(CoerceToCommon(std::move(expr), scalar, "IN"));
      terms.push_back(MakeScalarArray(node.name, any, left, list, node.location));
      as_array = true;
    }
  }
  const auto compare = [&](const ExprRef& right) {
    ExprRef test = left->kind == ExprKind::kRow && right->kind == ExprKind::kRow
                       ? MakeRowComparison(node.name, left->children, right->children, scope, node.location)
                       : MakeOperator(node.name, left, right, scope, node.location);
    terms.push_back(CoerceToBoolean(std::move(test), "IN"));
  };
  if (!as_array) {
    for (const ExprRef& right : plain) compare(right);
  }
  for (const ExprRef& right : dependent) compare(right);
  if (terms.size() == 1) return terms[0];
  return MakeBool(any ? ExprKind::kOr : ExprKind::kAnd, std::move(terms), node.location);
}

ExprRef Binder::BindDistinct(const ast::AExpr& node, Scope& scope) {
  ExprRef left = BindExpression(node.left, scope);
  ExprRef right = BindExpression(node.right, scope);
  const bool negate = node.kind == ast::AExprKind::kNotDistinct;
  const auto is_null = [](const ExprRef& expr) { return expr->kind == ExprKind::kConstant && expr->constant.is_null; };
  // Against a literal NULL it is a plain null test.
  if (is_null(right) || is_null(left)) {
    ExprPtr test = NewExpr(negate ? ExprKind::kIsNull : ExprKind::kIsNotNull, kBool, node.location);
    test->children.push_back(ResolveUnknown(is_null(right) ? left : right));
    return test;
  }
  ExprRef result = left->kind == ExprKind::kRow && right->kind == ExprKind::kRow
                       ? MakeRowDistinct(left->children, right->children, scope, node.location)
                       : MakeDistinct(std::move(left), std::move(right), node.location);
  return negate ? MakeBool(ExprKind::kNot, {std::move(result)}, node.location) : result;
}

ExprRef Binder::MakeDistinct(ExprRef left, ExprRef right, int location) {
  const ResolvedOperator resolved = ResolveOperator("=", left->type.oid, right->type.oid, location);
  if (resolved.result != kBool) throw SqlError(sqlstate::kDatatypeMismatch, "IS DISTINCT FROM requires = operator to yield boolean").At(location);
  ExprPtr expr = NewExpr(ExprKind::kDistinctFrom, kBool, location);
  expr->function = resolved.function;
  expr->op = resolved.op;
  expr->children.push_back(CoerceType(std::move(left), resolved.left, CoercionContext::kImplicit, CastForm::kImplicit));
  expr->children.push_back(CoerceType(std::move(right), resolved.right, CoercionContext::kImplicit, CastForm::kImplicit));
  return expr;
}

ExprRef Binder::BindNullIf(const ast::AExpr& node, Scope& scope) {
  ExprRef left = BindExpression(node.left, scope);
  ExprRef right = BindExpression(node.right, scope);
  const ResolvedOperator resolved = ResolveOperator("=", left->type.oid, right->type.oid, node.location);
  if (resolved.result != kBool) throw SqlError(sqlstate::kDatatypeMismatch, "NULLIF requires = operator to yield boolean").At(node.location);
  left = CoerceType(std::move(left), resolved.left, CoercionContext::kImplicit, CastForm::kImplicit);
  ExprPtr expr = NewExpr(ExprKind::kNullIf, left->type, node.location);
  expr->function = resolved.function;
  expr->op = resolved.op;
  expr->children.push_back(std::move(left));
  expr->children.push_back(CoerceType(std::move(right), resolved.right, CoercionContext::kImplicit, CastForm::kImplicit));
  return expr;
}

}  // namespace gather::sql
