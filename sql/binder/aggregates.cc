// Aggregate and window calls, GROUPING (parse_agg.c).
#include <algorithm>

#include "sql/binder/calls.h"
#include "sql/query_walk.h"

namespace gather::sql {

using namespace type_oid;
using catalog::FunctionInfo;
using catalog::FunctionKind;

SortOrder Binder::OrderOf(const ast::SortBy& sort, Oid type, int location) {
  SortOrder order;
  order.descending = sort.direction == ast::SortDirection::kDescending;
  if (sort.direction == ast::SortDirection::kUsing) {
    const std::string_view op = sort.use_op.back();
    if (op != "<" && op != ">") {
      throw SqlError(sqlstate::kWrongObjectType, "operator " + std::string(op) + " is not a valid ordering operator")
          .Hint("Ordering operators must be \"<\" or \">\" members of btree operator families.")
          .At(sort.location);
    }
    order.descending = op == ">";
  }
  order.nulls_first = sort.nulls == ast::SortNulls::kDefault ? order.descending : sort.nulls == ast::SortNulls::kFirst;
  if (rules_.DefaultOperator("<", type) == nullptr && type != kRecord) {
    throw SqlError(sqlstate::kUndefinedFunction, "could not identify an ordering operator for type " + FormatType(SqlType(type)))
        .Hint("Use an explicit ordering operator or modify the query.")
        .At(location);
  }
  return order;
}

std::vector<SortItem> Binder::BindCallOrder(ast::List<ast::SortBy> order, Scope& scope) {
  std::vector<SortItem> items;
  for (const ast::SortBy* sort : order) {
    ExprRef expr = ResolveUnknown(BindExpression(sort->node, scope));
    const SortOrder how = OrderOf(*sort, expr->type.oid, LocationOf(*expr));
    const bool repeated = std::any_of(items.begin(), items.end(), [&](const SortItem& item) { return SameExpr(item.expression, expr); });
    if (!repeated) items.push_back({std::move(expr), how});
  }
  return items;
}

namespace {

const char* ForbiddenAggregate(ExprPlace place, bool* keyword) {
  *keyword = false;
  switch (place) {
    case ExprPlace::kJoinOn: case ExprPlace::kJoinUsing: return "JOIN conditions";
    case ExprPlace::kFromSubselect: return "FROM clause of their own query level";
    case ExprPlace::kFromFunction: return "functions in FROM";
    case ExprPlace::kWindowRange: return "window RANGE";
    case ExprPlace::kWindowRows: return "window ROWS";
    case ExprPlace::kWindowGroups: return "window GROUPS";
    case ExprPlace::kCheckConstraint: return "check constraints";
    case ExprPlace::kColumnDefault: return "DEFAULT expressions";
    case ExprPlace::kIndexExpression: return "index expressions";
    case ExprPlace::kIndexPredicate: return "index predicates";
    case ExprPlace::kAlterTransform: return "transform expressions";
    case ExprPlace::kExecuteParameter: return "EXECUTE parameters";
    case ExprPlace::kCallArgument: return "CALL arguments";
    case ExprPlace::kCopyWhere: return "COPY FROM WHERE conditions";
    case ExprPlace::kGeneratedColumn: return "column generation expressions";
    case ExprPlace::kMergeWhen: return "MERGE WHEN conditions";
    case ExprPlace::kWhere: case ExprPlace::kFilter: case ExprPlace::kInsertTarget: case ExprPlace::kUpdateSource: case ExprPlace::kUpdateTarget:
    case ExprPlace::kGroupBy: case ExprPlace::kLimit: case ExprPlace::kOffset: case ExprPlace::kReturning: case ExprPlace::kValues:
    case ExprPlace::kValuesSingle: *keyword = true; return PlaceName(place);
    default: return nullptr;
  }
}

const char* ForbiddenWindow(ExprPlace place) {
  switch (place) {
    case ExprPlace::kJoinOn: case ExprPlace::kJoinUsing: return "JOIN conditions";
    case ExprPlace::kFromFunction: return "functions in FROM";
    case ExprPlace::kWindowPartition: case ExprPlace::kWindowOrder: case ExprPlace::kWindowRange: case ExprPlace::kWindowRows:
    case ExprPlace::kWindowGroups: return "window definitions";
    case ExprPlace::kCheckConstraint: return "check constraints";
    case ExprPlace::kColumnDefault: return "DEFAULT expressions";
    case ExprPlace::kIndexExpression: return "index expressions";
    case ExprPlace::kIndexPredicate: return "index predicates";
    case ExprPlace::kAlterTransform: return "transform expressions";
    case ExprPlace::kExecuteParameter: return "EXECUTE parameters";
    case ExprPlace::kCallArgument: return "CALL arguments";
    case ExprPlace::kCopyWhere: return "COPY FROM WHERE conditions";
    case ExprPlace::kGeneratedColumn: return "column generation expressions";
    case ExprPlace::kMergeWhen: return "MERGE WHEN conditions";
    case ExprPlace::kSelectTarget: case ExprPlace::kOrderBy: case ExprPlace::kDistinctOn: case ExprPlace::kOther: return nullptr;
    default: return PlaceName(place);
  }
}

}  // namespace

uint32_t Binder::CheckAggregateLevel(const Expr& call, Scope& scope, bool is_aggregate) {
  // Columns of subqueries inside the arguments belong to those and do not count.
  int column_level = -1, aggregate_level = -1, nested_location = -1, window_location = -1;
  bool window = false;
  const auto visit = [&](const Expr& node) {
    if (node.kind == ExprKind::kColumn) {
      const int level = level_of_relation_[node.relation.value];
      if (level <= scope.level) column_level = std::max(column_level, level);
    } else if (node.kind == ExprKind::kAggregate) {
      for (const auto& [known, level] : level_of_aggregate_) {
        if (known != node.aggregate.get() || level > scope.level || level <= aggregate_level) continue;
        aggregate_level = level;
        nested_location = node.location;
      }
    } else if (node.kind == ExprKind::kWindow && !window) {
      window = true;
      window_location = node.location;
    }
    return node.kind != ExprKind::kWindow;
  };
  for (const ExprRef& child : call.children) WalkDeep(child, visit);
  if (call.aggregate != nullptr) {
    WalkDeep(call.aggregate->filter, visit);
    for (const SortItem& item : call.aggregate->order_by) WalkDeep(item.expression, visit);
  }
  const int level = std::max(column_level, aggregate_level);
  if (aggregate_level >= 0 && level == aggregate_level) {
    throw SqlError(sqlstate::kGroupingError, "aggregate function calls cannot be nested").At(nested_location);
  }
  if (window && is_aggregate) {
    throw SqlError(sqlstate::kGroupingError, "aggregate function calls cannot contain window function calls").At(window_location);
  }
  Scope* owner = &scope;
  uint32_t levels_up = 0;
  for (int at = level < 0 ? scope.level : level; owner->level > at && owner->parent != nullptr; owner = owner->parent) ++levels_up;
  bool keyword = false;
  if (const char* where = ForbiddenAggregate(owner->place, &keyword)) {
    throw SqlError(sqlstate::kGroupingError, Format("%s are not allowed in %s", is_aggregate ? "aggregate functions" : "grouping operations", where))
        .At(call.location);
  }
  owner->has_aggregates = true;
  return levels_up;
}

ExprRef Binder::MakeAggregate(CallParts& parts, const Candidate& chosen, SqlType result, Scope& scope) {
  const FunctionInfo& function = *chosen.function;
  const std::string name = parts.Name();
  const bool ordered_set = function.name == "percentile_cont" || function.name == "percentile_disc" || function.name == "mode";
  if (ordered_set && !parts.within_group()) {
    throw SqlError(sqlstate::kWrongObjectType, "WITHIN GROUP is required for ordered-set aggregate " + name).At(parts.location);
  }
  if (!ordered_set && parts.within_group()) {
    throw SqlError(sqlstate::kWrongObjectType, name + " is not an ordered-set aggregate, so it cannot have WITHIN GROUP").At(parts.location);
  }
  if (parts.arguments.empty() && !parts.star() && !parts.within_group()) {
    throw SqlError(sqlstate::kWrongObjectType, name + "(*) must be used to call a parameterless aggregate function").At(parts.location);
  }
  if (!parts.argument_names.empty()) throw SqlError(sqlstate::kFeatureNotSupported, "aggregates cannot use named arguments").At(parts.location);

  auto call = std::make_shared<AggregateCall>();
  call->function = &function;
  call->star = parts.star();
  call->distinct = parts.distinct();
  call->filter = std::move(parts.filter);
  ExprPtr expr = NewExpr(ExprKind::kAggregate, result, parts.location);
  if (ordered_set) {
    // The sort keys are the aggregated arguments.
    const size_t ordered = parts.call->agg_order.size();
    const size_t direct = parts.arguments.size() - ordered;
    call->direct_arguments.assign(parts.arguments.begin(), parts.arguments.begin() + static_cast<ptrdiff_t>(direct));
    for (size_t i = 0; i < ordered; ++i) {
      ExprRef key = parts.arguments[direct + i];
      const SortOrder order = OrderOf(*parts.call->agg_order[i], key->type.oid, LocationOf(*key));
      call->order_by.push_back({key, order});
      expr->children.push_back(std::move(key));
    }
  } else {
    expr->children = std::move(parts.arguments);
    if (parts.call != nullptr) {
      const PlaceScope place(scope, scope.place);
      call->order_by = BindCallOrder(parts.call->agg_order, scope);
    }
  }
  if (call->distinct) {
    for (const SortItem& item : call->order_by) {
      const bool listed = std::any_of(expr->children.begin(), expr->children.end(), [&](const ExprRef& arg) { return SameExpr(arg, item.expression); });
      if (!listed) {
        throw SqlError(sqlstate::kInvalidColumnReference, "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list")
            .At(LocationOf(*item.expression));
      }
    }
    for (const ExprRef& argument : expr->children) {
      if (rules_.DefaultOperator("<", argument->type.oid) != nullptr) continue;
      throw SqlError(sqlstate::kUndefinedFunction, "could not identify an ordering operator for type " + FormatType(SqlType(argument->type.oid)))
          .Detail("Aggregates with DISTINCT must be able to sort their inputs.")
          .At(LocationOf(*argument));
    }
  }
  expr->aggregate = call;
  for (const ExprRef& child : expr->children) {
    if (!ReturnsSet(child)) continue;
    throw SqlError(sqlstate::kFeatureNotSupported, "aggregate function calls cannot contain set-returning function calls")
        .Hint("You might be able to move the set-returning function into a LATERAL FROM item.")
        .At(LocationOf(*child));
  }
  expr->index = CheckAggregateLevel(*expr, scope, true);
  level_of_aggregate_.emplace_back(call.get(), scope.level - static_cast<int>(expr->index));
  return expr;
}

ExprRef Binder::BindGroupingFunc(const ast::GroupingFunc& node, Scope& scope) {
  if (node.args.size() > 31) throw SqlError(SqlState{"54023"}, "GROUPING must have fewer than 32 arguments").At(node.location);
  ExprPtr expr = NewExpr(ExprKind::kGrouping, kInt4, node.location);
  for (const ast::Node* arg : node.args) expr->children.push_back(BindExpression(arg, scope));
  expr->index = CheckAggregateLevel(*expr, scope, false);
  return expr;
}

namespace {

FrameBound BoundOf(ast::WindowDef::Bound bound) { return static_cast<FrameBound>(bound); }
static_assert(static_cast<int>(FrameBound::kUnboundedFollowing) == static_cast<int>(ast::WindowDef::Bound::kUnboundedFollowing));

const ast::WindowDef* FindWindow(const Scope& scope, std::string_view name, int location) {
  for (const ast::WindowDef* def : scope.windows) {
    if (def->name == name) return def;
  }
  throw SqlError(sqlstate::kUndefinedObject, Format("window \"%s\" does not exist", std::string(name).c_str())).At(location);
}

// What a RANGE offset must be for a sort key of `type`.
Oid OffsetType(Oid type) {  // any integer may be an offset of any other
  switch (type) {
    case kDate: case kTimestamp: case kTimestamptz: case kInterval: case kTime: case kTimetz: return kInterval;
    case kInt2: case kInt4: case kInt8: return kInt8;
    case kNumeric: return kNumeric;
    case kFloat4: case kFloat8: return kFloat8;
    default: return kInvalidOid;
  }
}

}  // namespace

std::shared_ptr<WindowCall> Binder::BindWindowDef(const ast::WindowDef& def, Scope& scope) {
  auto window = std::make_shared<WindowCall>();
  if (!def.refname.empty()) {
    const ast::WindowDef* base = FindWindow(scope, def.refname, def.location);
    const std::string name(def.refname);
    if (!def.partition_clause.empty()) {
      throw SqlError(sqlstate::kWindowingError, Format("cannot override PARTITION BY clause of window \"%s\"", name.c_str())).At(def.location);
    }
    if (!def.order_clause.empty() && !base->order_clause.empty()) {
      throw SqlError(sqlstate::kWindowingError, Format("cannot override ORDER BY clause of window \"%s\"", name.c_str())).At(def.location);
    }
    if (base->frame_given) {
      throw SqlError(sqlstate::kWindowingError, Format("cannot copy window \"%s\" because it has a frame clause", name.c_str()))
          .Hint(def.order_clause.empty() && !def.frame_given ? "Omit the parentheses in this OVER clause." : "")
          .At(def.location);
    }
    const std::shared_ptr<WindowCall> inherited = BindWindowDef(*base, scope);
    window->partition_by = inherited->partition_by;
    window->order_by = inherited->order_by;
  } else {
    const PlaceScope place(scope, ExprPlace::kWindowPartition);
    for (const ast::Node* node : def.partition_clause) {
      ExprRef key = ResolveUnknown(BindExpression(node, scope));
      if (rules_.DefaultOperator("=", key->type.oid) == nullptr && key->type.oid != kRecord) {
        throw SqlError(sqlstate::kUndefinedFunction, "could not identify an equality operator for type " + FormatType(SqlType(key->type.oid)))
            .At(LocationOf(*key));
      }
      window->partition_by.push_back(std::move(key));
    }
  }
  if (!def.order_clause.empty()) {
    const PlaceScope place(scope, ExprPlace::kWindowOrder);
    window->order_by = BindCallOrder(def.order_clause, scope);
  }
  window->mode = static_cast<FrameMode>(def.mode);
  window->start = BoundOf(def.start);
  window->end = BoundOf(def.end);
  window->exclude = def.exclude;
  const bool offsets = def.start_offset != nullptr || def.end_offset != nullptr;
  if (window->mode == FrameMode::kRange && offsets && window->order_by.size() != 1) {
    throw SqlError(sqlstate::kWindowingError, "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column").At(def.location);
  }
  if (window->mode == FrameMode::kGroups && window->order_by.empty()) {
    throw SqlError(sqlstate::kWindowingError, "GROUPS mode requires an ORDER BY clause").At(def.location);
  }
  const char* construct = window->mode == FrameMode::kRows ? "ROWS" : window->mode == FrameMode::kRange ? "RANGE" : "GROUPS";
  const ExprPlace place = window->mode == FrameMode::kRows ? ExprPlace::kWindowRows : window->mode == FrameMode::kRange ? ExprPlace::kWindowRange : ExprPlace::kWindowGroups;
  const auto offset = [&](const ast::Node* node) -> ExprRef {
    if (node == nullptr) return nullptr;
    ExprRef expr = BindExpression(node, scope, place);
    const int location = LocationOf(*expr);
    bool columns = false;
    WalkDeep(expr, [&](const Expr& part) {
      columns = columns || (part.kind == ExprKind::kColumn && level_of_relation_[part.relation.value] == scope.level);
      return !columns;
    });
    if (columns) throw SqlError(sqlstate::kInvalidColumnReference, Format("argument of %s must not contain variables", construct)).At(location);
    if (window->mode != FrameMode::kRange) return CoerceToSpecific(std::move(expr), kInt8, construct);
    const Oid key = window->order_by[0].expression->type.oid;
    const Oid wanted = OffsetType(key);
    if (wanted == kInvalidOid) {
      throw SqlError(sqlstate::kFeatureNotSupported, "RANGE with offset PRECEDING/FOLLOWING is not supported for column type " + FormatType(SqlType(key)))
          .At(location);
    }
    const SqlType source(expr->type.oid);
    ExprRef coerced = CoerceToTarget(std::move(expr), wanted, CoercionContext::kImplicit, CastForm::kImplicit);
    if (coerced == nullptr) {
      throw SqlError(sqlstate::kFeatureNotSupported, "RANGE with offset PRECEDING/FOLLOWING is not supported for column type " + FormatType(SqlType(key)) +
                                                         " and offset type " + FormatType(source))
          .Hint("Cast the offset value to an appropriate type.")
          .At(location);
    }
    return coerced;
  };
  window->start_offset = offset(def.start_offset);
  window->end_offset = offset(def.end_offset);
  return window;
}

ExprRef Binder::MakeWindow(CallParts& parts, const Candidate& chosen, SqlType result, Scope& scope) {
  const FunctionInfo& function = *chosen.function;
  const std::string name = parts.Name();
  const bool aggregate = function.kind == FunctionKind::kAggregate;
  const ast::WindowDef* over = parts.over();
  if (over == nullptr) throw SqlError(sqlstate::kWrongObjectType, "window function " + name + " requires an OVER clause").At(parts.location);
  if (parts.within_group()) {
    throw SqlError(aggregate ? sqlstate::kFeatureNotSupported : sqlstate::kWrongObjectType,
                   aggregate ? "OVER is not supported for ordered-set aggregate " + name : "window function " + name + " cannot have WITHIN GROUP")
        .At(parts.location);
  }
  if (parts.distinct()) throw SqlError(sqlstate::kFeatureNotSupported, "DISTINCT is not implemented for window functions").At(parts.location);
  if (aggregate && parts.arguments.empty() && !parts.star()) {
    throw SqlError(sqlstate::kWrongObjectType, name + "(*) must be used to call a parameterless aggregate function").At(parts.location);
  }
  if (!parts.call->agg_order.empty()) {
    throw SqlError(sqlstate::kFeatureNotSupported, "aggregate ORDER BY is not implemented for window functions").At(parts.location);
  }
  if (!aggregate && parts.filter != nullptr) {
    throw SqlError(sqlstate::kFeatureNotSupported, "FILTER is not implemented for non-aggregate window functions").At(parts.location);
  }
  if (scope.last_srf != parts.last_srf) {
    throw SqlError(sqlstate::kFeatureNotSupported, "window function calls cannot contain set-returning function calls")
        .Hint("You might be able to move the set-returning function into a LATERAL FROM item.")
        .At(LocationOf(*scope.last_srf));
  }
  for (const ExprRef& argument : parts.arguments) {
    WalkDeep(argument, [&](const Expr& node) {
      if (node.kind == ExprKind::kWindow) throw SqlError(sqlstate::kWindowingError, "window function calls cannot be nested").At(node.location);
      return node.kind != ExprKind::kSubquery;
    });
  }
  if (const char* where = ForbiddenWindow(scope.place)) {
    throw SqlError(sqlstate::kWindowingError, Format("window functions are not allowed in %s", where)).At(parts.location);
  }
  std::shared_ptr<WindowCall> window = BindWindowDef(over->name.empty() ? *over : *FindWindow(scope, over->name, over->location), scope);
  window->function = &function;
  window->star = parts.star();
  window->filter = std::move(parts.filter);
  ExprPtr expr = NewExpr(ExprKind::kWindow, result, parts.location);
  expr->children = std::move(parts.arguments);
  expr->window = std::move(window);
  scope.has_windows = true;
  return expr;
}

}  // namespace gather::sql
