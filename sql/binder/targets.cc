// SELECT lists: expansion of *, names of output columns, their origins (parse_target.c).
#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

bool Binder::IsStar(const ast::Node* node) {
  if (const auto* ref = ast::TryAs<ast::ColumnRef>(node)) return ast::Is<ast::AStar>(ref->fields.back());
  return false;
}

void Binder::ExpandStar(const ast::ColumnRef& ref, Scope& scope, std::vector<Target>& targets) {
  const auto add = [&](const NameItem& item) {
    for (const NameColumn& column : item.columns) targets.push_back({ColumnExpr(item, column, ref.location), column.name, false});
  };
  const size_t count = ref.fields.size();
  if (count == 1) {
    bool any = false;
    for (const auto& item : scope.names) {
      if (!item->columns_visible || (item->lateral_only && !scope.lateral_active)) continue;
      any = true;
      add(*item);
    }
    if (!any) throw SqlError(sqlstate::kSyntaxError, "SELECT * with no tables specified is not valid").At(ref.location);
    return;
  }
  const auto field = [&](size_t i) { return ast::As<ast::String>(ref.fields[i]).text; };
  if (count > 4) throw SqlError(sqlstate::kSyntaxError, "improper qualified name (too many dotted names)").At(ref.location);
  const std::string_view schema = count >= 3 ? field(count - 3) : std::string_view();
  const auto item = FindItem(schema, field(count - 2), scope, ref.location);
  if (item == nullptr) ThrowMissingItem(schema, field(count - 2), scope, ref.location);
  add(*item);
}

void Binder::ExpandRowStar(const ast::AIndirection& node, Scope& scope, std::vector<Target>& targets) {
  ExprRef row = BindExpression(node.arg, scope);
  const std::vector<RecordField> fields = RecordFields(*row, scope);
  if (row->kind != ExprKind::kRow && !fields.empty()) {
    for (size_t i = 0; i < fields.size(); ++i) targets.push_back({SelectField(row, fields, i, LocationOf(*row)), fields[i].name, false});
    return;
  }
  if (row->kind != ExprKind::kRow) {
    throw SqlError(sqlstate::kWrongObjectType, "row expansion via \"*\" is not supported here").At(LocationOf(*row));
  }
  for (size_t i = 0; i < row->children.size(); ++i) {
    const ExprRef& field = row->children[i];
    targets.push_back({field, row->name.empty() ? Format("f%zu", i + 1) : field->name, false});
  }
}

void Binder::BindTargetList(ast::List<ast::ResTarget> list, Scope& scope, ExprPlace place, std::vector<Target>& targets) {
  const PlaceScope place_scope(scope, place);
  targets.reserve(targets.size() + list.size());
  for (const ast::ResTarget* target : list) {
    if (IsStar(target->value)) {
      ExpandStar(ast::As<ast::ColumnRef>(target->value), scope, targets);
      continue;
    }
    if (const auto* path = ast::TryAs<ast::AIndirection>(target->value); path != nullptr && ast::Is<ast::AStar>(path->indirection.back())) {
      ExpandRowStar(*path, scope, targets);
      continue;
    }
    ExprRef expr = BindExpression(target->value, scope);
    targets.push_back({std::move(expr), target->name.empty() ? FigureColumnName(target->value) : std::string(target->name), false});
  }
}

namespace {

// How sure a name is: 0 none, 1 a cast or CASE, 2 a real name.
int FigureName(const ast::Node* node, std::string* name);

int NameOfSubselect(const ast::Node* node, std::string* name) {
  const auto* select = ast::TryAs<ast::SelectStmt>(node);
  while (select != nullptr && select->op != ast::SetOp::kNone) select = select->left;
  if (select == nullptr) return 0;
  if (!select->values.empty()) {
    *name = "column1";
    return 2;
  }
  if (select->target_list.empty()) return 0;
  const ast::ResTarget& target = *select->target_list[0];
  if (!target.name.empty()) {
    *name = target.name;
  } else if (FigureName(target.value, name) == 0) {
    *name = "?column?";
  }
  return 2;
}

const char* KeywordName(ast::SqlValueFunctionKind kind) {
  using Kind = ast::SqlValueFunctionKind;
  switch (kind) {
    case Kind::kCurrentDate: return "current_date";
    case Kind::kCurrentTime: case Kind::kCurrentTimeN: return "current_time";
    case Kind::kCurrentTimestamp: case Kind::kCurrentTimestampN: return "current_timestamp";
    case Kind::kLocaltime: case Kind::kLocaltimeN: return "localtime";
    case Kind::kLocaltimestamp: case Kind::kLocaltimestampN: return "localtimestamp";
    case Kind::kCurrentRole: return "current_role";
    case Kind::kCurrentUser: return "current_user";
    case Kind::kUser: return "user";
    case Kind::kSessionUser: return "session_user";
    case Kind::kCurrentCatalog: return "current_catalog";
    case Kind::kCurrentSchema: return "current_schema";
  }
  return "?column?";
}

int FigureName(const ast::Node* node, std::string* name) {
  if (node == nullptr) return 0;
  const auto certain = [&](std::string_view text) {
    *name = text;
    return 2;
  };
  switch (node->tag) {
    case ast::NodeTag::kColumnRef: {
      std::string_view last;
      for (const ast::Node* field : ast::As<ast::ColumnRef>(node).fields) {
        if (const auto* text = ast::TryAs<ast::String>(field)) last = text->text;
      }
      return last.empty() ? 0 : certain(last);
    }
    case ast::NodeTag::kAIndirection: {
      const auto& path = ast::As<ast::AIndirection>(node);
      std::string_view last;
      for (const ast::Node* step : path.indirection) {
        if (const auto* text = ast::TryAs<ast::String>(step)) last = text->text;
      }
      return last.empty() ? FigureName(path.arg, name) : certain(last);
    }
    case ast::NodeTag::kFuncCall: return certain(ast::As<ast::FuncCall>(node).name.back());
    case ast::NodeTag::kAExpr: return ast::As<ast::AExpr>(node).kind == ast::AExprKind::kNullIf ? certain("nullif") : 0;
    case ast::NodeTag::kTypeCast: {
      const auto& cast = ast::As<ast::TypeCast>(node);
      const int strength = FigureName(cast.arg, name);
      if (strength > 1) return strength;
      *name = cast.type_name->names.back();
      return 1;
    }
    case ast::NodeTag::kCollateClause: return FigureName(ast::As<ast::CollateClause>(node).arg, name);
    case ast::NodeTag::kGroupingFunc: return certain("grouping");
    case ast::NodeTag::kSubLink: {
      const auto& link = ast::As<ast::SubLink>(node);
      if (link.type == ast::SubLinkType::kExists) return certain("exists");
      if (link.type == ast::SubLinkType::kArray) return certain("array");
      return link.type == ast::SubLinkType::kExpr ? NameOfSubselect(link.subselect, name) : 0;
    }
    case ast::NodeTag::kCaseExpr: {
      const int strength = FigureName(ast::As<ast::CaseExpr>(node).otherwise, name);
      if (strength > 1) return strength;
      *name = "case";
      return 1;
    }
    case ast::NodeTag::kAArrayExpr: return certain("array");
    case ast::NodeTag::kRowExpr: return certain("row");
    case ast::NodeTag::kCoalesceExpr: return certain("coalesce");
    case ast::NodeTag::kMinMaxExpr: return certain(ast::As<ast::MinMaxExpr>(node).greatest ? "greatest" : "least");
    case ast::NodeTag::kSqlValueFunction: return certain(KeywordName(ast::As<ast::SqlValueFunction>(node).kind));
    default: return 0;
  }
}

}  // namespace

std::string Binder::FigureColumnName(const ast::Node* node) {
  std::string name;
  return FigureName(node, &name) == 0 ? "?column?" : name;
}

std::vector<OutputColumn> Binder::OutputOf(const std::vector<Target>& targets) const {
  constexpr int16_t kCtidAttribute = -1, kTableOidAttribute = -6;
  std::vector<OutputColumn> output;
  output.reserve(targets.size());
  for (const Target& target : targets) {
    if (target.junk) continue;
    OutputColumn column{target.name, target.expression->type, kInvalidOid, 0};
    const Expr& expr = *target.expression;
    if (expr.kind == ExprKind::kColumn && expr.relation.value < origin_of_relation_.size()) {
      const Origin& origin = origin_of_relation_[expr.relation.value];
      if (origin.table != kInvalidOid) {
        column.table = origin.table;
        const bool system = expr.type.oid == kTid && expr.name == "ctid";
        column.attribute = system ? kCtidAttribute : expr.type.oid == kOid && expr.name == "tableoid" ? kTableOidAttribute : static_cast<int16_t>(expr.index + 1);
      } else if (expr.index < origin.columns.size()) {
        column.table = origin.columns[expr.index].first;
        column.attribute = origin.columns[expr.index].second;
      }
    }
    output.push_back(std::move(column));
  }
  return output;
}

}  // namespace gather::sql
