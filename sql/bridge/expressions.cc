#include "sql/bridge/tree_reader.h"
#include "types/error.h"
//
#include "sql/bridge/postgres_nodes.h"

namespace gather::sql::bridge {

const ast::Node* TreeReader::ReadAConst(const ::A_Const& from) {
  auto* to = New<ast::AConst>(from.location);
  if (from.isnull) return to;
  using Kind = ast::AConst::Kind;
  switch (nodeTag(&from.val.node)) {
    case T_Integer:
      to->kind = Kind::kInteger;
      to->integer = from.val.ival.ival;
      break;
    case T_Float:
      to->kind = Kind::kFloat;
      to->text = Copy(from.val.fval.fval);
      break;
    case T_Boolean:
      to->kind = Kind::kBoolean;
      to->boolean = from.val.boolval.boolval;
      break;
    case T_String:
      to->kind = Kind::kString;
      to->text = Copy(from.val.sval.sval);
      break;
    case T_BitString:
      to->kind = Kind::kBitString;
      to->text = Copy(from.val.bsval.bsval);
      break;
    default: ThrowInternal("unexpected constant in the parse tree");
  }
  return to;
}

const ast::Node* TreeReader::ReadAExpr(const ::A_Expr& from) {
  auto* to = New<ast::AExpr>(from.location);
  switch (from.kind) {
    case AEXPR_OP: to->kind = ast::AExprKind::kOp; break;
    case AEXPR_OP_ANY: to->kind = ast::AExprKind::kOpAny; break;
    case AEXPR_OP_ALL: to->kind = ast::AExprKind::kOpAll; break;
    case AEXPR_DISTINCT: to->kind = ast::AExprKind::kDistinct; break;
    case AEXPR_NOT_DISTINCT: to->kind = ast::AExprKind::kNotDistinct; break;
    case AEXPR_NULLIF: to->kind = ast::AExprKind::kNullIf; break;
    case AEXPR_IN: to->kind = ast::AExprKind::kIn; break;
    case AEXPR_LIKE: to->kind = ast::AExprKind::kLike; break;
    case AEXPR_ILIKE: to->kind = ast::AExprKind::kIlike; break;
    case AEXPR_SIMILAR: to->kind = ast::AExprKind::kSimilar; break;
    case AEXPR_BETWEEN: to->kind = ast::AExprKind::kBetween; break;
    case AEXPR_NOT_BETWEEN: to->kind = ast::AExprKind::kNotBetween; break;
    case AEXPR_BETWEEN_SYM: to->kind = ast::AExprKind::kBetweenSym; break;
    case AEXPR_NOT_BETWEEN_SYM: to->kind = ast::AExprKind::kNotBetweenSym; break;
  }
  to->name = ReadNames(from.name);
  to->left = Read(from.lexpr);
  to->right = Read(from.rexpr);
  return to;
}

const ast::Node* TreeReader::ReadFuncCall(const ::FuncCall& from) {
  auto* to = New<ast::FuncCall>(from.location);
  to->name = ReadNames(from.funcname);
  to->args = ReadList(from.args);
  to->agg_order = ReadListOf<ast::SortBy>(from.agg_order);
  to->agg_filter = Read(from.agg_filter);
  to->over = ReadAs<ast::WindowDef>(from.over);
  to->agg_within_group = from.agg_within_group;
  to->agg_star = from.agg_star;
  to->agg_distinct = from.agg_distinct;
  to->variadic = from.func_variadic;
  to->form = from.funcformat == COERCE_SQL_SYNTAX ? ast::CallForm::kSqlSyntax : ast::CallForm::kExplicit;
  return to;
}

const ast::Node* TreeReader::ReadSubLink(const ::SubLink& from) {
  auto* to = New<ast::SubLink>(from.location);
  switch (from.subLinkType) {
    case EXISTS_SUBLINK: to->type = ast::SubLinkType::kExists; break;
    case ALL_SUBLINK: to->type = ast::SubLinkType::kAll; break;
    case ANY_SUBLINK: to->type = ast::SubLinkType::kAny; break;
    case EXPR_SUBLINK: to->type = ast::SubLinkType::kExpr; break;
    case ARRAY_SUBLINK: to->type = ast::SubLinkType::kArray; break;
    default: ThrowInternal("unexpected kind of subquery in the parse tree");
  }
  to->test = Read(from.testexpr);
  to->op = ReadNames(from.operName);
  to->subselect = Read(from.subselect);
  return to;
}

const ast::Node* TreeReader::ReadTypeName(const ::TypeName& from) {
  auto* to = New<ast::TypeName>(from.location);
  to->names = ReadNames(from.names);
  to->setof = from.setof;
  to->pct_type = from.pct_type;
  to->typmods = ReadList(from.typmods);
  to->typmod = from.typemod;
  const std::span<int32_t> bounds = arena_.NewArray<int32_t>(static_cast<size_t>(list_length(from.arrayBounds)));
  for (size_t i = 0; i < bounds.size(); ++i) bounds[i] = intVal(from.arrayBounds->elements[i].ptr_value);
  to->array_bounds = bounds;
  return to;
}

const ast::Node* TreeReader::ReadExpression(const ::Node& node) {
  switch (nodeTag(&node)) {
    case T_ColumnRef: {
      const auto& from = reinterpret_cast<const ::ColumnRef&>(node);
      auto* to = New<ast::ColumnRef>(from.location);
      to->fields = ReadList(from.fields);
      return to;
    }
    case T_A_Star: return New<ast::AStar>();
    case T_ParamRef: {
      const auto& from = reinterpret_cast<const ::ParamRef&>(node);
      // The library also takes a bare ? for a parameter; PostgreSQL does not.
      if (from.number == 0) throw SqlError(sqlstate::kSyntaxError, "syntax error at or near \"?\"").At(from.location);
      auto* to = New<ast::ParamRef>(from.location);
      to->number = from.number;
      return to;
    }
    case T_A_Const: return ReadAConst(reinterpret_cast<const ::A_Const&>(node));
    case T_A_Expr: return ReadAExpr(reinterpret_cast<const ::A_Expr&>(node));
    case T_FuncCall: return ReadFuncCall(reinterpret_cast<const ::FuncCall&>(node));
    case T_SubLink: return ReadSubLink(reinterpret_cast<const ::SubLink&>(node));
    case T_TypeName: return ReadTypeName(reinterpret_cast<const ::TypeName&>(node));
    case T_BoolExpr: {
      const auto& from = reinterpret_cast<const ::BoolExpr&>(node);
      auto* to = New<ast::BoolExpr>(from.location);
      to->op = from.boolop == AND_EXPR ? ast::BoolOp::kAnd : from.boolop == OR_EXPR ? ast::BoolOp::kOr : ast::BoolOp::kNot;
      to->args = ReadList(from.args);
      return to;
    }
    case T_NullTest: {
      const auto& from = reinterpret_cast<const ::NullTest&>(node);
      auto* to = New<ast::NullTest>(from.location);
      to->arg = ReadNode(from.arg);
      to->is_not = from.nulltesttype == IS_NOT_NULL;
      return to;
    }
    case T_BooleanTest: {
      const auto& from = reinterpret_cast<const ::BooleanTest&>(node);
      auto* to = New<ast::BooleanTest>(from.location);
      to->arg = ReadNode(from.arg);
      switch (from.booltesttype) {
        case IS_TRUE: to->kind = ast::BooleanTestKind::kIsTrue; break;
        case IS_NOT_TRUE: to->kind = ast::BooleanTestKind::kIsNotTrue; break;
        case IS_FALSE: to->kind = ast::BooleanTestKind::kIsFalse; break;
        case IS_NOT_FALSE: to->kind = ast::BooleanTestKind::kIsNotFalse; break;
        case IS_UNKNOWN: to->kind = ast::BooleanTestKind::kIsUnknown; break;
        case IS_NOT_UNKNOWN: to->kind = ast::BooleanTestKind::kIsNotUnknown; break;
      }
      return to;
    }
    case T_TypeCast: {
      const auto& from = reinterpret_cast<const ::TypeCast&>(node);
      auto* to = New<ast::TypeCast>(from.location);
      to->arg = Read(from.arg);
      to->type_name = ReadAs<ast::TypeName>(from.typeName);
      return to;
    }
    case T_CollateClause: {
      const auto& from = reinterpret_cast<const ::CollateClause&>(node);
      auto* to = New<ast::CollateClause>(from.location);
      to->arg = Read(from.arg);
      to->collation = ReadNames(from.collname);
      return to;
    }
    case T_NamedArgExpr: {
      const auto& from = reinterpret_cast<const ::NamedArgExpr&>(node);
      auto* to = New<ast::NamedArgExpr>(from.location);
      to->name = Copy(from.name);
      to->arg = ReadNode(from.arg);
      return to;
    }
    case T_A_Indices: {
      const auto& from = reinterpret_cast<const ::A_Indices&>(node);
      auto* to = New<ast::AIndices>();
      to->is_slice = from.is_slice;
      to->lower = Read(from.lidx);
      to->upper = Read(from.uidx);
      return to;
    }
    case T_A_Indirection: {
      const auto& from = reinterpret_cast<const ::A_Indirection&>(node);
      auto* to = New<ast::AIndirection>();
      to->arg = Read(from.arg);
      to->indirection = ReadList(from.indirection);
      if (to->arg != nullptr) to->location = to->arg->location;
      return to;
    }
    case T_A_ArrayExpr: {
      const auto& from = reinterpret_cast<const ::A_ArrayExpr&>(node);
      auto* to = New<ast::AArrayExpr>(from.location);
      to->elements = ReadList(from.elements);
      return to;
    }
    case T_RowExpr: {
      const auto& from = reinterpret_cast<const ::RowExpr&>(node);
      auto* to = New<ast::RowExpr>(from.location);
      to->args = ReadList(from.args);
      to->explicit_row = from.row_format == COERCE_EXPLICIT_CALL;
      return to;
    }
    case T_CaseExpr: {
      const auto& from = reinterpret_cast<const ::CaseExpr&>(node);
      auto* to = New<ast::CaseExpr>(from.location);
      to->arg = ReadNode(from.arg);
      to->whens = ReadListOf<ast::CaseWhen>(from.args);
      to->otherwise = ReadNode(from.defresult);
      return to;
    }
    case T_CaseWhen: {
      const auto& from = reinterpret_cast<const ::CaseWhen&>(node);
      auto* to = New<ast::CaseWhen>(from.location);
      to->condition = ReadNode(from.expr);
      to->result = ReadNode(from.result);
      return to;
    }
    case T_CoalesceExpr: {
      const auto& from = reinterpret_cast<const ::CoalesceExpr&>(node);
      auto* to = New<ast::CoalesceExpr>(from.location);
      to->args = ReadList(from.args);
      return to;
    }
    case T_MinMaxExpr: {
      const auto& from = reinterpret_cast<const ::MinMaxExpr&>(node);
      auto* to = New<ast::MinMaxExpr>(from.location);
      to->greatest = from.op == IS_GREATEST;
      to->args = ReadList(from.args);
      return to;
    }
    case T_SQLValueFunction: {
      const auto& from = reinterpret_cast<const ::SQLValueFunction&>(node);
      auto* to = New<ast::SqlValueFunction>(from.location);
      to->kind = static_cast<ast::SqlValueFunctionKind>(from.op);
      to->typmod = from.typmod;
      return to;
    }
    case T_GroupingFunc: {
      const auto& from = reinterpret_cast<const ::GroupingFunc&>(node);
      auto* to = New<ast::GroupingFunc>(from.location);
      to->args = ReadList(from.args);
      return to;
    }
    case T_SetToDefault: return New<ast::SetToDefault>(reinterpret_cast<const ::SetToDefault&>(node).location);
    case T_CurrentOfExpr: {
      auto* to = New<ast::CurrentOfExpr>();
      to->cursor = Copy(reinterpret_cast<const ::CurrentOfExpr&>(node).cursor_name);
      return to;
    }
    case T_MultiAssignRef: {
      const auto& from = reinterpret_cast<const ::MultiAssignRef&>(node);
      auto* to = New<ast::MultiAssignRef>();
      to->source = Read(from.source);
      to->column = from.colno;
      to->columns = from.ncolumns;
      return to;
    }
    case T_XmlExpr: return New<ast::XmlExpr>(reinterpret_cast<const ::XmlExpr&>(node).location);
    case T_XmlSerialize: return New<ast::XmlExpr>(reinterpret_cast<const ::XmlSerialize&>(node).location);
    default: return nullptr;
  }
}

static_assert(static_cast<int>(ast::SqlValueFunctionKind::kCurrentDate) == SVFOP_CURRENT_DATE);
static_assert(static_cast<int>(ast::SqlValueFunctionKind::kCurrentSchema) == SVFOP_CURRENT_SCHEMA);

}  // namespace gather::sql::bridge
