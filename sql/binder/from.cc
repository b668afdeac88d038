// The FROM clause: items, joins with USING and NATURAL, what each may see of the others.
#include <algorithm>

#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;
using Names = std::vector<std::shared_ptr<NameItem>>;

namespace {

void SetLateral(const Names& names, bool only, bool ok) {
  for (const auto& item : names) {
    item->lateral_only = only;
    item->lateral_ok = ok;
  }
}

}  // namespace

void Binder::CheckNameConflicts(const Names& left, const Names& right) {
  for (const auto& a : left) {
    if (!a->relation_visible) continue;
    for (const auto& b : right) {
      if (!b->relation_visible || a->alias != b->alias) continue;
      // Two tables of the same name in different schemas, both without alias, are told apart by the schema.
      if (a->table != nullptr && b->table != nullptr && !a->has_alias && !b->has_alias && a->table->oid != b->table->oid) continue;
      throw SqlError(sqlstate::kDuplicateAlias, Format("table name \"%s\" specified more than once", a->alias.c_str()));
    }
  }
}

void Binder::BindFromClause(ast::NodeList from, Scope& scope) {
  for (const ast::Node* node : from) {
    FromResult result = BindFromItem(*node, scope);
    CheckNameConflicts(scope.names, result.names);
    // Later items see this one when they are LATERAL.
    SetLateral(result.names, true, true);
    scope.names.insert(scope.names.end(), result.names.begin(), result.names.end());
    scope.query->from.push_back(std::move(result.item));
  }
  SetLateral(scope.names, false, true);
}

Binder::FromResult Binder::BindFromItem(const ast::Node& node, Scope& scope) {
  CheckStackDepth();
  switch (node.tag) {
    case ast::NodeTag::kRangeVar: return BindRangeVar(ast::As<ast::RangeVar>(node), scope);
    case ast::NodeTag::kRangeSubselect: return BindRangeSubselect(ast::As<ast::RangeSubselect>(node), scope);
    case ast::NodeTag::kRangeFunction: return BindRangeFunction(ast::As<ast::RangeFunction>(node), scope);
    case ast::NodeTag::kJoinExpr: return BindJoin(ast::As<ast::JoinExpr>(node), scope);
    case ast::NodeTag::kRangeTableSample: throw SqlError(sqlstate::kFeatureNotSupported, "TABLESAMPLE is not supported").At(node.location);
    default: throw SqlError(sqlstate::kFeatureNotSupported, "this kind of FROM item is not supported").At(node.location);
  }
}

namespace {

// Columns of one side as a join sees them.
std::vector<NameColumn> VisibleColumns(const Names& names) {
  std::vector<NameColumn> columns;
  for (const auto& item : names) {
    if (item->columns_visible) columns.insert(columns.end(), item->columns.begin(), item->columns.end());
  }
  return columns;
}

size_t FindUsing(const std::vector<NameColumn>& columns, const std::string& name, const char* side) {
  size_t found = columns.size();
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].name != name) continue;
    if (found != columns.size()) {
      throw SqlError(sqlstate::kAmbiguousColumn, Format("common column name \"%s\" appears more than once in %s table", name.c_str(), side));
    }
    found = i;
  }
  if (found == columns.size()) {
    throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" specified in USING clause does not exist in %s table", name.c_str(), side));
  }
  return found;
}

}  // namespace

Binder::FromResult Binder::BindJoin(const ast::JoinExpr& node, Scope& scope) {
  FromResult left = BindFromItem(*node.left, scope);
  // The right side sees the left one when it is LATERAL and the join type allows it.
  const size_t outer_names = scope.names.size();
  SetLateral(left.names, true, node.kind == ast::JoinKind::kInner || node.kind == ast::JoinKind::kLeft);
  scope.names.insert(scope.names.end(), left.names.begin(), left.names.end());
  FromResult right = BindFromItem(*node.right, scope);
  scope.names.resize(outer_names);
  CheckNameConflicts(left.names, right.names);

  FromResult result;
  result.item = std::make_unique<FromItem>();
  result.item->is_join = true;
  switch (node.kind) {
    case ast::JoinKind::kInner: result.item->type = JoinType::kInner; break;
    case ast::JoinKind::kLeft: result.item->type = JoinType::kLeft; break;
    case ast::JoinKind::kRight: result.item->type = JoinType::kRight; break;
    case ast::JoinKind::kFull: result.item->type = JoinType::kFull; break;
  }
  result.names = left.names;
  result.names.insert(result.names.end(), right.names.begin(), right.names.end());
  SetLateral(result.names, false, true);

  std::vector<std::string> merged_names(node.using_clause.begin(), node.using_clause.end());
  const bool needs_columns = node.natural || !merged_names.empty() || node.alias != nullptr;
  std::vector<NameColumn> left_columns, right_columns;
  if (needs_columns) {
    left_columns = VisibleColumns(left.names);
    right_columns = VisibleColumns(right.names);
  }
  if (node.natural) {
    for (const NameColumn& column : left_columns) {
      const bool common = std::any_of(right_columns.begin(), right_columns.end(), [&](const NameColumn& other) { return other.name == column.name; });
      const bool known = std::find(merged_names.begin(), merged_names.end(), column.name) != merged_names.end();
      if (common && !known) merged_names.push_back(column.name);
      if (common && known) FindUsing(left_columns, column.name, "left");
    }
  }

  auto join = std::make_shared<NameItem>();
  std::vector<bool> left_used(left_columns.size(), false), right_used(right_columns.size(), false);
  std::vector<ExprRef> conditions;
  for (size_t i = 0; i < merged_names.size(); ++i) {
    const std::string& name = merged_names[i];
    if (std::find(merged_names.begin(), merged_names.begin() + static_cast<ptrdiff_t>(i), name) != merged_names.begin() + static_cast<ptrdiff_t>(i)) {
      throw SqlError(sqlstate::kDuplicateColumn, Format("column name \"%s\" appears more than once in USING clause", name.c_str()));
    }
    const size_t l = FindUsing(left_columns, name, "left"), r = FindUsing(right_columns, name, "right");
    left_used[l] = right_used[r] = true;
    const ExprRef left_column = ColumnExpr(*join, left_columns[l], -1), right_column = ColumnExpr(*join, right_columns[r], -1);
    {
      const PlaceScope place(scope, ExprPlace::kJoinUsing);
      conditions.push_back(CoerceToBoolean(MakeOperator("=", left_column, right_column, scope, -1), "JOIN/USING"));
    }
    const std::vector<ExprRef> both = {left_column, right_column};
    const Oid type = SelectCommonType(both, "JOIN/USING");
    const int32_t typmod = SelectCommonTypmod(both, type);
    const auto coerced = [&](const ExprRef& expr) {
      if (expr->type.oid != type) return CoerceType(expr, SqlType(type, typmod), CoercionContext::kImplicit, CastForm::kImplicit);
      if (expr->type.typmod != typmod) return Relabel(expr, SqlType(type, typmod), CastForm::kImplicit, -1);
      return expr;
    };
    const ExprRef from_left = coerced(left_column), from_right = coerced(right_column);
    ExprRef merged;
    switch (node.kind) {
      case ast::JoinKind::kInner: merged = from_left == left_column ? from_left : from_right == right_column ? from_right : from_left; break;
      case ast::JoinKind::kLeft: merged = from_left; break;
      case ast::JoinKind::kRight: merged = from_right; break;
      case ast::JoinKind::kFull: {
        ExprPtr coalesce = NewExpr(ExprKind::kCoalesce, SqlType(type, typmod), -1);
        coalesce->children = {from_left, from_right};
        coalesce->name = name;
        merged = coalesce;
        break;
      }
    }
    NameColumn column = merged == right_column ? right_columns[r] : left_columns[l];
    column.name = name;
    column.type = merged->type;
    if (merged != left_column && merged != right_column) {
      column.merged = merged;
      column.relation = RelId();
    }
    join->columns.push_back(std::move(column));
  }
  if (!conditions.empty()) result.item->condition = conditions.size() == 1 ? conditions[0] : MakeAnd(std::move(conditions));
  result.item->using_columns = merged_names;
  if (node.alias != nullptr) result.item->alias = node.alias->name;

  if (node.condition != nullptr) {
    // ON sees the two sides and outer queries, nothing else of this FROM.
    std::vector<std::shared_ptr<NameItem>> saved = std::move(scope.names);
    scope.names = result.names;
    result.item->condition = CoerceToBoolean(BindExpression(node.condition, scope, ExprPlace::kJoinOn), "JOIN/ON");
    scope.names = std::move(saved);
  }
  result.item->left = std::move(left.item);
  result.item->right = std::move(right.item);

  if (node.using_alias != nullptr) {
    // Only the merged columns, only by this name.
    auto alias = std::make_shared<NameItem>(*join);
    alias->alias = node.using_alias->name;
    alias->has_alias = true;
    alias->columns_visible = false;
    CheckNameConflicts(result.names, {alias});
    result.names.push_back(alias);
  }
  if (merged_names.empty() && node.alias == nullptr) return result;

  for (size_t i = 0; i < left_columns.size(); ++i) {
    if (!left_used[i]) join->columns.push_back(left_columns[i]);
  }
  for (size_t i = 0; i < right_columns.size(); ++i) {
    if (!right_used[i]) join->columns.push_back(right_columns[i]);
  }
  if (node.alias != nullptr) {
    join->alias = node.alias->name;
    join->has_alias = true;
    if (node.alias->columns.size() > join->columns.size()) {
      throw SqlError(sqlstate::kInvalidColumnReference, Format("column alias list for \"%s\" has too many entries", join->alias.c_str()));
    }
    for (size_t i = 0; i < node.alias->columns.size(); ++i) join->columns[i].name = node.alias->columns[i];
    result.names = {join};
    return result;
  }
  // The tables keep their qualified names; bare names are the join's.
  join->relation_visible = false;
  for (const auto& item : result.names) item->columns_visible = false;
  result.names.push_back(join);
  return result;
}

}  // namespace gather::sql
