// Small makers and questions about bound expressions that every binder file uses.
#include <algorithm>

#include "sql/binder/binder.h"

namespace gather::sql {

namespace {

int Leftmost(int a, int b) {
  if (a < 0) return b;
  if (b < 0) return a;
  return std::min(a, b);
}

}  // namespace

int LocationOf(const Expr& expr) {
  CheckStackDepth();
  switch (expr.kind) {
    case ExprKind::kFunction: case ExprKind::kSetFunction: case ExprKind::kRelabel: case ExprKind::kIoCast: case ExprKind::kArrayCoerce:
    case ExprKind::kAnd: case ExprKind::kOr: case ExprKind::kNot: case ExprKind::kIsNull: case ExprKind::kIsNotNull: case ExprKind::kDistinctFrom:
    case ExprKind::kNullIf: case ExprKind::kScalarArray: case ExprKind::kInList: case ExprKind::kIsTrue: case ExprKind::kIsNotTrue:
    case ExprKind::kIsFalse: case ExprKind::kIsNotFalse: case ExprKind::kIsUnknown: case ExprKind::kIsNotUnknown: case ExprKind::kSubquery:
    case ExprKind::kSubscript: case ExprKind::kSlice: case ExprKind::kFieldSelect: {
      int location = expr.location;
      for (const ExprRef& child : expr.children) {
        if (child != nullptr) location = Leftmost(location, LocationOf(*child));
      }
      return location;
    }
    default: return expr.location;
  }
}

bool ReturnsSet(const ExprRef& expr) {
  bool found = false;
  Walk(expr, [&](const Expr& node) {
    found = found || node.kind == ExprKind::kSetFunction;
    return !found && node.kind != ExprKind::kAggregate && node.kind != ExprKind::kWindow;
  });
  return found;
}

ExprPtr NewExpr(ExprKind kind, SqlType type, int location) {
  auto expr = std::make_shared<Expr>();
  expr->kind = kind;
  expr->type = type;
  expr->location = location;
  if (TypeRules::IsCollatable(type.oid)) expr->collation = 100;
  return expr;
}

ExprRef MakeColumn(RelId relation, uint32_t index, SqlType type, std::string name, int location) {
  ExprPtr column = NewExpr(ExprKind::kColumn, type, location);
  column->relation = relation;
  column->index = index;
  column->name = std::move(name);
  return column;
}

ExprRef NullConstant(SqlType type, int location) { return MakeConstant(Datum::Null(type), location); }

const char* PlaceName(ExprPlace place) {
  switch (place) {
    case ExprPlace::kOther: return "extension expression";
    case ExprPlace::kJoinOn: return "JOIN/ON";
    case ExprPlace::kJoinUsing: return "JOIN/USING";
    case ExprPlace::kFromSubselect: return "sub-SELECT in FROM";
    case ExprPlace::kFromFunction: return "function in FROM";
    case ExprPlace::kWhere: return "WHERE";
    case ExprPlace::kHaving: return "HAVING";
    case ExprPlace::kFilter: return "FILTER";
    case ExprPlace::kWindowPartition: return "window PARTITION BY";
    case ExprPlace::kWindowOrder: return "window ORDER BY";
    case ExprPlace::kWindowRange: return "window RANGE";
    case ExprPlace::kWindowRows: return "window ROWS";
    case ExprPlace::kWindowGroups: return "window GROUPS";
    case ExprPlace::kSelectTarget: return "SELECT";
    case ExprPlace::kInsertTarget: return "INSERT";
    case ExprPlace::kUpdateSource: case ExprPlace::kUpdateTarget: return "UPDATE";
    case ExprPlace::kGroupBy: return "GROUP BY";
    case ExprPlace::kOrderBy: return "ORDER BY";
    case ExprPlace::kDistinctOn: return "DISTINCT ON";
    case ExprPlace::kLimit: return "LIMIT";
    case ExprPlace::kOffset: return "OFFSET";
    case ExprPlace::kReturning: return "RETURNING";
    case ExprPlace::kValues: case ExprPlace::kValuesSingle: return "VALUES";
    case ExprPlace::kCheckConstraint: return "CHECK";
    case ExprPlace::kColumnDefault: return "DEFAULT";
    case ExprPlace::kIndexExpression: return "index expression";
    case ExprPlace::kIndexPredicate: return "index predicate";
    case ExprPlace::kAlterTransform: return "USING";
    case ExprPlace::kExecuteParameter: return "EXECUTE";
    case ExprPlace::kCallArgument: return "CALL";
    case ExprPlace::kCopyWhere: return "WHERE";
    case ExprPlace::kGeneratedColumn: return "GENERATED AS";
    case ExprPlace::kMergeWhen: return "MERGE WHEN";
  }
  return "?";
}

}  // namespace gather::sql
