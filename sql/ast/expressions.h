// Parse nodes of expressions.
#pragma once

#include "sql/ast/node.h"

namespace gather::sql::ast {

struct SelectStmt;
struct WindowDef;
struct SortBy;

struct AStar : NodeOf<NodeTag::kAStar> {};
// a, t.a, s.t.a, t.*: fields are String, or AStar last.
struct ColumnRef : NodeOf<NodeTag::kColumnRef> { NodeList fields; };
struct ParamRef : NodeOf<NodeTag::kParamRef> { int number = 0; };

struct AConst : NodeOf<NodeTag::kAConst> {
  enum class Kind : uint8_t { kNull, kInteger, kFloat, kBoolean, kString, kBitString } kind = Kind::kNull;
  int32_t integer = 0;
  bool boolean = false;
  Text text;                                           // kFloat (also integers beyond int4), kString, kBitString
};

enum class AExprKind : uint8_t {
  kOp, kOpAny, kOpAll, kDistinct, kNotDistinct, kNullIf, kIn, kLike, kIlike, kSimilar, kBetween, kNotBetween, kBetweenSym, kNotBetweenSym,
};
struct AExpr : NodeOf<NodeTag::kAExpr> {
  AExprKind kind = AExprKind::kOp;
  Names name;                                          // possibly qualified operator; kIn: "=" or "<>"; kLike: "~~", "!~~" …
  const Node* left = nullptr;                          // null: prefix operator
  const Node* right = nullptr;                         // kIn, kBetween*: a ListNode (kIn may also be a SubLink in SubLink form)
};

enum class BoolOp : uint8_t { kAnd, kOr, kNot };
struct BoolExpr : NodeOf<NodeTag::kBoolExpr> { BoolOp op = BoolOp::kAnd; NodeList args; };
struct NullTest : NodeOf<NodeTag::kNullTest> { const Node* arg = nullptr; bool is_not = false; };
enum class BooleanTestKind : uint8_t { kIsTrue, kIsNotTrue, kIsFalse, kIsNotFalse, kIsUnknown, kIsNotUnknown };
struct BooleanTest : NodeOf<NodeTag::kBooleanTest> { const Node* arg = nullptr; BooleanTestKind kind = BooleanTestKind::kIsTrue; };

struct TypeName : NodeOf<NodeTag::kTypeName> {
  Names names;                                         // possibly qualified
  bool setof = false, pct_type = false;                // pct_type: names ends in table.column of %TYPE
  NodeList typmods;                                    // expressions, nearly always AConst
  int32_t typmod = -1;                                 // when `typmods` is empty (interval fields)
  std::span<const int32_t> array_bounds;               // -1: unspecified
};
struct TypeCast : NodeOf<NodeTag::kTypeCast> { const Node* arg = nullptr; const TypeName* type_name = nullptr; };
struct CollateClause : NodeOf<NodeTag::kCollateClause> { const Node* arg = nullptr; Names collation; };

enum class CallForm : uint8_t { kExplicit, kSqlSyntax };  // kSqlSyntax: EXTRACT(…), TRIM(…), AT TIME ZONE …
struct FuncCall : NodeOf<NodeTag::kFuncCall> {
  Names name;
  NodeList args;
  List<SortBy> agg_order;
  const Node* agg_filter = nullptr;
  const WindowDef* over = nullptr;
  bool agg_within_group = false, agg_star = false, agg_distinct = false, variadic = false;
  CallForm form = CallForm::kExplicit;
};
struct NamedArgExpr : NodeOf<NodeTag::kNamedArgExpr> { Text name; const Node* arg = nullptr; };

struct AIndices : NodeOf<NodeTag::kAIndices> { bool is_slice = false; const Node* lower = nullptr; const Node* upper = nullptr; };
// arg.field, arg[i], arg.*: String, AIndices or AStar
struct AIndirection : NodeOf<NodeTag::kAIndirection> { const Node* arg = nullptr; NodeList indirection; };
struct AArrayExpr : NodeOf<NodeTag::kAArrayExpr> { NodeList elements; };
struct RowExpr : NodeOf<NodeTag::kRowExpr> { NodeList args; bool explicit_row = false; };  // ROW(…), or (a, b)

struct CaseWhen : NodeOf<NodeTag::kCaseWhen> { const Node* condition = nullptr; const Node* result = nullptr; };
struct CaseExpr : NodeOf<NodeTag::kCaseExpr> { const Node* arg = nullptr; List<CaseWhen> whens; const Node* otherwise = nullptr; };
struct CoalesceExpr : NodeOf<NodeTag::kCoalesceExpr> { NodeList args; };
struct MinMaxExpr : NodeOf<NodeTag::kMinMaxExpr> { bool greatest = true; NodeList args; };

enum class SqlValueFunctionKind : uint8_t {
  kCurrentDate, kCurrentTime, kCurrentTimeN, kCurrentTimestamp, kCurrentTimestampN, kLocaltime, kLocaltimeN, kLocaltimestamp, kLocaltimestampN,
  kCurrentRole, kCurrentUser, kUser, kSessionUser, kCurrentCatalog, kCurrentSchema,
};
struct SqlValueFunction : NodeOf<NodeTag::kSqlValueFunction> {
  SqlValueFunctionKind kind = SqlValueFunctionKind::kCurrentDate;
  int32_t typmod = -1;
};

enum class SubLinkType : uint8_t { kExists, kAll, kAny, kExpr, kArray };
struct SubLink : NodeOf<NodeTag::kSubLink> {
  SubLinkType type = SubLinkType::kExpr;
  const Node* test = nullptr;                          // kAll, kAny: left side
  Names op;                                            // kAll, kAny: operator; empty: IN
  const Node* subselect = nullptr;
};
struct GroupingFunc : NodeOf<NodeTag::kGroupingFunc> { NodeList args; };
struct SetToDefault : NodeOf<NodeTag::kSetToDefault> {};
struct CurrentOfExpr : NodeOf<NodeTag::kCurrentOfExpr> { Text cursor; };
// One column of UPDATE … SET (a, b) = source: column `column` (1-based) of `columns`.
struct MultiAssignRef : NodeOf<NodeTag::kMultiAssignRef> { const Node* source = nullptr; int column = 0, columns = 0; };
struct XmlExpr : NodeOf<NodeTag::kXmlExpr> {};         // parsed so that it can be refused

}  // namespace gather::sql::ast
