// Expressions: dispatch and the plain kinds.
#include <algorithm>

#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

ExprRef Binder::BindExpression(const ast::Node* node, Scope& scope, ExprPlace place) {
  const PlaceScope place_scope(scope, place);
  return BindExpression(node, scope);
}

ExprRef Binder::BindExpression(const ast::Node* node, Scope& scope) {
  CheckStackDepth();
  StatementScope::CheckInterrupt();
  return Dispatch(*node, scope);
}

ExprRef Binder::Dispatch(const ast::Node& node, Scope& scope) {
  using ast::NodeTag;
  switch (node.tag) {
    case NodeTag::kColumnRef: return BindColumnRef(ast::As<ast::ColumnRef>(node), scope);
    case NodeTag::kParamRef: return BindParameter(ast::As<ast::ParamRef>(node));
    case NodeTag::kAConst: return BindConstant(ast::As<ast::AConst>(node));
    case NodeTag::kAExpr: return BindAExpr(ast::As<ast::AExpr>(node), scope);
    case NodeTag::kBoolExpr: return BindBoolExpr(ast::As<ast::BoolExpr>(node), scope);
    case NodeTag::kNullTest: return BindNullTest(ast::As<ast::NullTest>(node), scope);
    case NodeTag::kBooleanTest: return BindBooleanTest(ast::As<ast::BooleanTest>(node), scope);
    case NodeTag::kTypeCast: return BindTypeCast(ast::As<ast::TypeCast>(node), scope);
    case NodeTag::kCollateClause: return BindCollate(ast::As<ast::CollateClause>(node), scope);
    case NodeTag::kFuncCall: return BindFuncCall(ast::As<ast::FuncCall>(node), scope);
    case NodeTag::kAIndirection: return BindIndirection(ast::As<ast::AIndirection>(node), scope);
    case NodeTag::kAArrayExpr: return BindArray(ast::As<ast::AArrayExpr>(node), scope, SqlType(), node.location);
    case NodeTag::kRowExpr: return BindRow(ast::As<ast::RowExpr>(node), scope);
    case NodeTag::kCaseExpr: return BindCase(ast::As<ast::CaseExpr>(node), scope);
    case NodeTag::kCoalesceExpr: return BindCoalesce(ast::As<ast::CoalesceExpr>(node), scope);
    case NodeTag::kMinMaxExpr: return BindMinMax(ast::As<ast::MinMaxExpr>(node), scope);
    case NodeTag::kSqlValueFunction: return BindSqlValueFunction(ast::As<ast::SqlValueFunction>(node));
    case NodeTag::kSubLink: return BindSubLink(ast::As<ast::SubLink>(node), scope);
    case NodeTag::kGroupingFunc: return BindGroupingFunc(ast::As<ast::GroupingFunc>(node), scope);
    case NodeTag::kMultiAssignRef: return BindMultiAssign(ast::As<ast::MultiAssignRef>(node), scope);
    case NodeTag::kSetToDefault: throw SqlError(sqlstate::kSyntaxError, "DEFAULT is not allowed in this context").At(node.location);
    case NodeTag::kCurrentOfExpr: throw SqlError(sqlstate::kFeatureNotSupported, "WHERE CURRENT OF is not supported");
    case NodeTag::kXmlExpr:
      throw SqlError(sqlstate::kFeatureNotSupported, "unsupported XML feature").Detail("This functionality requires the server to be built with libxml support.");
    default: throw SqlError(sqlstate::kSyntaxError, "syntax error in expression").At(node.location);
  }
}

ExprRef Binder::MakeBool(ExprKind kind, std::vector<ExprRef> terms, int location) {
  ExprPtr expr = NewExpr(kind, kBool, location);
  expr->children = std::move(terms);
  return expr;
}

ExprRef Binder::BindBoolExpr(const ast::BoolExpr& node, Scope& scope) {
  const bool conjunction = node.op == ast::BoolOp::kAnd;
  const char* name = conjunction ? "AND" : node.op == ast::BoolOp::kOr ? "OR" : "NOT";
  const ExprKind kind = conjunction ? ExprKind::kAnd : node.op == ast::BoolOp::kOr ? ExprKind::kOr : ExprKind::kNot;
  std::vector<ExprRef> terms;
  terms.reserve(node.args.size());
  for (const ast::Node* arg : node.args) terms.push_back(CoerceToBoolean(BindExpression(arg, scope), name));
  return MakeBool(kind, std::move(terms), node.location);
}

ExprRef Binder::BindNullTest(const ast::NullTest& node, Scope& scope) {
  ExprRef arg = BindExpression(node.arg, scope);
  if (arg->kind == ExprKind::kRow) {
    // A row is null when all its fields are, not null when none is.
    std::vector<ExprRef> tests;
    for (const ExprRef& field : arg->children) {
      ExprPtr test = NewExpr(node.is_not ? ExprKind::kIsNotNull : ExprKind::kIsNull, kBool, node.location);
      test->children.push_back(ResolveUnknown(field));
      tests.push_back(test);
    }
    return MakeAnd(std::move(tests));
  }
  ExprPtr test = NewExpr(node.is_not ? ExprKind::kIsNotNull : ExprKind::kIsNull, kBool, node.location);
  test->children.push_back(ResolveUnknown(std::move(arg)));
  return test;
}

ExprRef Binder::BindBooleanTest(const ast::BooleanTest& node, Scope& scope) {
  constexpr const char* kNames[] = {"IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NOT FALSE", "IS UNKNOWN", "IS NOT UNKNOWN"};
  constexpr ExprKind kKinds[] = {ExprKind::kIsTrue,     ExprKind::kIsNotTrue, ExprKind::kIsFalse,
                                 ExprKind::kIsNotFalse, ExprKind::kIsUnknown, ExprKind::kIsNotUnknown};
  const auto which = static_cast<size_t>(node.kind);
  ExprRef arg = CoerceToBoolean(BindExpression(node.arg, scope), kNames[which]);
  ExprPtr test = NewExpr(kKinds[which], kBool, node.location);
  test->children.push_back(std::move(arg));
  return test;
}

namespace {

// CASE, COALESCE and kin evaluate conditionally: no sets inside.
void RefuseSets(const Scope& scope, const Expr* before, const char* construct) {
  if (scope.last_srf == before) return;
  throw SqlError(sqlstate::kFeatureNotSupported, Format("set-returning functions are not allowed in %s", construct))
      .Hint("You might be able to move the set-returning function into a LATERAL FROM item.")
      .At(LocationOf(*scope.last_srf));
}

}  // namespace

ExprRef Binder::BindCase(const ast::CaseExpr& node, Scope& scope) {
  const Expr* last_srf = scope.last_srf;
  ExprRef arg, placeholder;
  if (node.arg != nullptr) {
    arg = ResolveUnknown(BindExpression(node.arg, scope));
    placeholder = NewExpr(ExprKind::kCaseTest, arg->type, -1);
  }
  std::vector<ExprRef> conditions, results;
  for (const ast::CaseWhen* when : node.whens) {
    ExprRef condition = BindExpression(when->condition, scope);
    if (placeholder != nullptr) condition = MakeOperator("=", placeholder, std::move(condition), scope, when->location);
    conditions.push_back(CoerceToBoolean(std::move(condition), "CASE/WHEN"));
    results.push_back(BindExpression(when->result, scope));
  }
  ExprRef otherwise = node.otherwise != nullptr ? BindExpression(node.otherwise, scope) : NullConstant(kUnknown);
  std::vector<ExprRef> all = {otherwise};
  all.insert(all.end(), results.begin(), results.end());
  const Oid type = SelectCommonType(all, "CASE");
  const int32_t typmod = SelectCommonTypmod(all, type);
  ExprPtr expr = NewExpr(ExprKind::kCase, SqlType(type, typmod), node.location);
  if (arg != nullptr) {
    expr->case_test = true;
    expr->children.push_back(std::move(arg));
  }
  for (size_t i = 0; i < conditions.size(); ++i) {
    expr->children.push_back(std::move(conditions[i]));
    expr->children.push_back(CoerceToCommon(std::move(results[i]), type, "CASE/WHEN"));
  }
  expr->children.push_back(CoerceToCommon(std::move(otherwise), type, "CASE/ELSE"));
  RefuseSets(scope, last_srf, "CASE");
  return expr;
}

ExprRef Binder::BindCoalesce(const ast::CoalesceExpr& node, Scope& scope) {
  const Expr* last_srf = scope.last_srf;
  std::vector<ExprRef> args;
  for (const ast::Node* arg : node.args) args.push_back(BindExpression(arg, scope));
  const Oid type = SelectCommonType(args, "COALESCE");
  ExprPtr expr = NewExpr(ExprKind::kCoalesce, SqlType(type, SelectCommonTypmod(args, type)), node.location);
  for (ExprRef& arg : args) expr->children.push_back(CoerceToCommon(std::move(arg), type, "COALESCE"));
  RefuseSets(scope, last_srf, "COALESCE");
  return expr;
}

ExprRef Binder::BindMinMax(const ast::MinMaxExpr& node, Scope& scope) {
  const char* name = node.greatest ? "GREATEST" : "LEAST";
  std::vector<ExprRef> args;
  for (const ast::Node* arg : node.args) args.push_back(BindExpression(arg, scope));
  const Oid type = SelectCommonType(args, name);
  ExprPtr expr = NewExpr(node.greatest ? ExprKind::kGreatest : ExprKind::kLeast, SqlType(type, SelectCommonTypmod(args, type)), node.location);
  for (ExprRef& arg : args) expr->children.push_back(CoerceToCommon(std::move(arg), type, name));
  if (rules_.DefaultOperator("<", type) == nullptr) {
    throw SqlError(sqlstate::kUndefinedFunction, "could not identify a comparison function for type " + FormatType(SqlType(type))).At(node.location);
  }
  return expr;
}

ExprRef Binder::BindCollate(const ast::CollateClause& node, Scope& scope) {
  ExprRef arg = BindExpression(node.arg, scope);
  if (arg->type.oid != kUnknown && !TypeRules::IsCollatable(arg->type.oid)) {
    throw SqlError(sqlstate::kDatatypeMismatch, "collations are not supported by type " + FormatType(SqlType(arg->type.oid))).At(node.location);
  }
  const std::string_view name = node.collation.back();
  Oid collation = kInvalidOid;
  if (name == "default") collation = 100;
  if (name == "C") collation = 950;
  if (name == "POSIX") collation = 951;
  if (name == "ucs_basic") collation = 12547;
  if (collation == kInvalidOid) {
    throw SqlError(sqlstate::kUndefinedObject, Format("collation \"%s\" for encoding \"UTF8\" does not exist", ast::NameListToString(node.collation).c_str()))
        .At(node.location);
  }
  ExprPtr expr = NewExpr(ExprKind::kRelabel, arg->type, node.location);
  expr->collation = collation;
  expr->name = name;
  expr->children.push_back(std::move(arg));
  return expr;
}

ExprRef Binder::BindRow(const ast::RowExpr& node, Scope& scope) {
  ExprPtr row = NewExpr(ExprKind::kRow, kRecord, node.location);
  for (const ast::Node* arg : node.args) {
    if (const auto* ref = ast::TryAs<ast::ColumnRef>(arg); ref != nullptr && ast::Is<ast::AStar>(ref->fields.back())) {
      std::vector<Target> expanded;
      ExpandStar(*ref, scope, expanded);
      for (Target& target : expanded) row->children.push_back(std::move(target.expression));
    } else {
      row->children.push_back(BindExpression(arg, scope));
    }
  }
  return row;
}

// Names and types of a record's columns, as far as they can be told: those of a row, of a function's result, or of the subquery's target that a
// column stands for. Empty: unknown.
std::vector<Binder::RecordField> Binder::RecordFields(const Expr& record, const Scope& scope) {
  std::vector<RecordField> fields;
  if (record.type.oid != kRecord) return fields;
  if (record.kind == ExprKind::kRow) {
    for (size_t i = 0; i < record.children.size(); ++i) {
      fields.push_back({record.name.empty() ? Format("f%zu", i + 1) : record.children[i]->name, record.children[i]->type});
    }
  } else if (record.kind == ExprKind::kFunction || record.kind == ExprKind::kSetFunction) {
    for (size_t i = 0; i < record.function->out_columns.size(); ++i) {
      const size_t name = record.function->arguments.size() + i;
      fields.push_back({name < record.function->argument_names.size() ? std::string(record.function->argument_names[name]) : Format("column%zu", i + 1),
                        OutColumnType(record, i)});
    }
  } else if (record.kind == ExprKind::kColumn) {
    for (const Scope* level = &scope; level != nullptr; level = level->parent) {
      const Relation* relation = level->query == nullptr ? nullptr : level->query->FindRelation(record.relation);
      if (relation == nullptr) continue;
      if (relation->subquery == nullptr) break;
      uint32_t at = 0;
      for (const Target& target : relation->subquery->targets) {
        if (target.junk || at++ != record.index) continue;
        Scope inside;
        inside.query = const_cast<Query*>(relation->subquery.get());  // only looked at
        return RecordFields(*target.expression, inside);
      }
      break;
    }
  }
  return fields;
}

ExprRef Binder::SelectField(ExprRef record, const std::vector<RecordField>& fields, size_t field, int location) {
  if (record->kind == ExprKind::kRow) return record->children[field];
  ExprPtr select = NewExpr(ExprKind::kFieldSelect, fields[field].type, location);
  select->index = static_cast<uint32_t>(field);
  select->name = fields[field].name;
  select->children.push_back(std::move(record));
  return select;
}

ExprRef Binder::BindIndirection(const ast::AIndirection& node, Scope& scope) {
  ExprRef result = BindExpression(node.arg, scope);
  const int location = LocationOf(*result);
  std::vector<const ast::AIndices*> subscripts;
  for (const ast::Node* step : node.indirection) {
    if (const auto* indices = ast::TryAs<ast::AIndices>(step)) {
      subscripts.push_back(indices);
      continue;
    }
    if (ast::Is<ast::AStar>(step)) {
      throw SqlError(sqlstate::kFeatureNotSupported, "row expansion via \"*\" is not supported here").At(location);
    }
    if (!subscripts.empty()) result = BindSubscripts(std::move(result), subscripts, scope);
    subscripts.clear();
    const std::string field(ast::As<ast::String>(step).text);
    if (result->kind == ExprKind::kRow && !result->name.empty()) {
      // A whole-row reference: its fields are the item's columns.
      for (const ExprRef& child : result->children) {
        if (child->name == field) {
          result = child;
          break;
        }
      }
      if (result->kind != ExprKind::kRow) continue;
      throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" not found in data type %s", field.c_str(), result->name.c_str())).At(location);
    }
    const std::vector<RecordField> fields = RecordFields(*result, scope);
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const RecordField& candidate) { return candidate.name == field; });
    if (found != fields.end()) {
      result = SelectField(std::move(result), fields, static_cast<size_t>(found - fields.begin()), location);
      continue;
    }
    if (result->type.oid == kRecord) {
      throw SqlError(sqlstate::kUndefinedColumn, Format("could not identify column \"%s\" in record data type", field.c_str())).At(location);
    }
    throw SqlError(sqlstate::kWrongObjectType, Format("column notation .%s applied to type %s, which is not a composite type", field.c_str(),
                                                      FormatType(SqlType(result->type.oid)).c_str())).At(location);
  }
  if (!subscripts.empty()) result = BindSubscripts(std::move(result), subscripts, scope);
  return result;
}

ExprRef Binder::BindSubscripts(ExprRef container, std::span<const ast::AIndices* const> subscripts, Scope& scope) {
  const Oid element = container->type.oid == kInt2Vector ? kInt2 : container->type.oid == kOidVector ? kOid : TypeRules::ElementType(container->type.oid);
  const int location = LocationOf(*container);
  if (element == kInvalidOid) {
    throw SqlError(sqlstate::kDatatypeMismatch, "cannot subscript type " + FormatType(SqlType(container->type.oid)) +
                                                    " because it does not support subscripting").At(location);
  }
  bool slice = false;
  for (const ast::AIndices* indices : subscripts) slice = slice || indices->is_slice;
  const auto bind = [&](const ast::Node* node) -> ExprRef {
    if (node == nullptr) return nullptr;
    ExprRef index = BindExpression(node, scope);
    const int where = LocationOf(*index);
    index = CoerceToTarget(std::move(index), kInt4, CoercionContext::kAssignment, CastForm::kImplicit);
    if (index == nullptr) throw SqlError(sqlstate::kDatatypeMismatch, "array subscript must have type integer").At(where);
    return index;
  };
  // One node with all subscripts: kSubscript [i][j]…, kSlice [lower:upper]… (a plain index i means 1:i).
  ExprPtr result = NewExpr(slice ? ExprKind::kSlice : ExprKind::kSubscript, slice ? container->type : SqlType(element, container->type.typmod), location);
  result->children.push_back(std::move(container));
  for (const ast::AIndices* indices : subscripts) {
    if (!slice) {
      result->children.push_back(bind(indices->upper));
    } else if (indices->is_slice) {
      result->children.push_back(bind(indices->lower));
      result->children.push_back(bind(indices->upper));
    } else {
      result->children.push_back(MakeConstant(Datum::Int4(1)));
      result->children.push_back(bind(indices->upper));
    }
  }
  return result;
}

ExprRef Binder::BindArray(const ast::AArrayExpr& node, Scope& scope, SqlType array_type, int location) {
  bool nested = false;
  std::vector<ExprRef> elements;
  elements.reserve(node.elements.size());
  for (const ast::Node* item : node.elements) {
    ExprRef element;
    if (const auto* array = ast::TryAs<ast::AArrayExpr>(item)) {
      element = BindArray(*array, scope, array_type, item->location);
      nested = true;
    } else {
      element = BindExpression(item, scope);
      nested = nested || TypeRules::ElementType(element->type.oid) != kInvalidOid;
    }
    elements.push_back(std::move(element));
  }
  Oid array = array_type.oid;
  Oid coerce = kInvalidOid;
  if (array != kInvalidOid) {
    coerce = nested ? array : TypeRules::ElementType(array);
  } else {
    if (elements.empty()) {
      throw SqlError(sqlstate::kIndeterminateDatatype, "cannot determine type of empty array")
          .Hint("Explicitly cast to the desired type, for example ARRAY[]::integer[].")
          .At(node.location);
    }
    coerce = SelectCommonType(elements, "ARRAY");
    array = nested ? coerce : TypeRules::ArrayType(coerce);
    if (nested && TypeRules::ElementType(coerce) == kInvalidOid) {
      throw SqlError(sqlstate::kUndefinedObject, "could not find element type for data type " + FormatType(SqlType(coerce))).At(node.location);
    }
    if (array == kInvalidOid) {
      throw SqlError(sqlstate::kUndefinedObject, "could not find array type for data type " + FormatType(SqlType(coerce))).At(node.location);
    }
  }
  ExprPtr expr = NewExpr(ExprKind::kArray, SqlType(array), location >= 0 ? location : node.location);
  expr->any = nested;
  for (ExprRef& element : elements) {
    if (array_type.oid == kInvalidOid) {
      expr->children.push_back(CoerceToCommon(std::move(element), coerce, "ARRAY"));
      continue;
    }
    const SqlType source(element->type.oid);
    const int where = LocationOf(*element);
    ExprRef cast = CoerceToTarget(std::move(element), SqlType(coerce, array_type.typmod), CoercionContext::kExplicit, CastForm::kExplicit);
    if (cast == nullptr) {
      throw SqlError(sqlstate::kCannotCoerce, "cannot cast type " + FormatType(source) + " to " + FormatType(SqlType(coerce))).At(where);
    }
    expr->children.push_back(std::move(cast));
  }
  if (array_type.oid != kInvalidOid && array_type.typmod >= 0) expr->type.typmod = array_type.typmod;
  return expr;
}

}  // namespace gather::sql
