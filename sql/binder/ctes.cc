// WITH (parse_cte.c).
#include <algorithm>

#include "sql/binder/binder.h"

namespace gather::sql {

using namespace type_oid;

namespace {

// Calls visit(name) for every unqualified table name below `node`, subqueries included. Names hidden by inner WITH items count too: a
// dependency too many only fixes an order.
template <class Visit>
void WalkTableNames(const ast::Node* node, const Visit& visit);

template <class T, class Visit>
void WalkList(std::span<T> list, const Visit& visit) {
  for (const auto& item : list) WalkTableNames(item, visit);
}

template <class Visit>
void WalkSelectNames(const ast::SelectStmt& select, const Visit& visit) {
  if (select.with != nullptr) {
    for (const ast::CommonTableExpr* cte : select.with->ctes) WalkTableNames(cte->query, visit);
  }
  for (const ast::ResTarget* target : select.target_list) WalkTableNames(target->value, visit);
  WalkList(select.from, visit);
  WalkTableNames(select.where, visit);
  WalkList(select.group_by, visit);
  WalkTableNames(select.having, visit);
  for (const ast::NodeList& row : select.values) WalkList(row, visit);
  for (const ast::SortBy* sort : select.order_by) WalkTableNames(sort->node, visit);
  WalkTableNames(select.limit_count, visit);
  WalkTableNames(select.limit_offset, visit);
  WalkTableNames(select.left, visit);
  WalkTableNames(select.right, visit);
}

template <class Visit>
void WalkTableNames(const ast::Node* node, const Visit& visit) {
  if (node == nullptr) return;
  CheckStackDepth();
  switch (node->tag) {
    case ast::NodeTag::kRangeVar: {
      const auto& var = ast::As<ast::RangeVar>(node);
      if (var.schema.empty()) visit(var.name);
      return;
    }
    case ast::NodeTag::kSelectStmt: return WalkSelectNames(ast::As<ast::SelectStmt>(node), visit);
    case ast::NodeTag::kRangeSubselect: return WalkTableNames(ast::As<ast::RangeSubselect>(node).subquery, visit);
    case ast::NodeTag::kRangeFunction:
      for (const ast::RangeFunctionItem* item : ast::As<ast::RangeFunction>(node).functions) WalkTableNames(item->function, visit);
      return;
    case ast::NodeTag::kJoinExpr: {
      const auto& join = ast::As<ast::JoinExpr>(node);
      WalkTableNames(join.left, visit);
      WalkTableNames(join.right, visit);
      return WalkTableNames(join.condition, visit);
    }
    case ast::NodeTag::kSubLink: {
      const auto& link = ast::As<ast::SubLink>(node);
      WalkTableNames(link.test, visit);
      return WalkTableNames(link.subselect, visit);
    }
    case ast::NodeTag::kAExpr: {
      const auto& expr = ast::As<ast::AExpr>(node);
      WalkTableNames(expr.left, visit);
      return WalkTableNames(expr.right, visit);
    }
    case ast::NodeTag::kListNode: return WalkList(ast::As<ast::ListNode>(node).items, visit);
    case ast::NodeTag::kBoolExpr: return WalkList(ast::As<ast::BoolExpr>(node).args, visit);
    case ast::NodeTag::kNullTest: return WalkTableNames(ast::As<ast::NullTest>(node).arg, visit);
    case ast::NodeTag::kBooleanTest: return WalkTableNames(ast::As<ast::BooleanTest>(node).arg, visit);
    case ast::NodeTag::kTypeCast: return WalkTableNames(ast::As<ast::TypeCast>(node).arg, visit);
    case ast::NodeTag::kCollateClause: return WalkTableNames(ast::As<ast::CollateClause>(node).arg, visit);
    case ast::NodeTag::kFuncCall: {
      const auto& call = ast::As<ast::FuncCall>(node);
      WalkList(call.args, visit);
      return WalkTableNames(call.agg_filter, visit);
    }
    case ast::NodeTag::kNamedArgExpr: return WalkTableNames(ast::As<ast::NamedArgExpr>(node).arg, visit);
    case ast::NodeTag::kAIndirection: return WalkTableNames(ast::As<ast::AIndirection>(node).arg, visit);
    case ast::NodeTag::kAArrayExpr: return WalkList(ast::As<ast::AArrayExpr>(node).elements, visit);
    case ast::NodeTag::kRowExpr: return WalkList(ast::As<ast::RowExpr>(node).args, visit);
    case ast::NodeTag::kCoalesceExpr: return WalkList(ast::As<ast::CoalesceExpr>(node).args, visit);
    case ast::NodeTag::kMinMaxExpr: return WalkList(ast::As<ast::MinMaxExpr>(node).args, visit);
    case ast::NodeTag::kCaseExpr: {
      const auto& expr = ast::As<ast::CaseExpr>(node);
      WalkTableNames(expr.arg, visit);
      for (const ast::CaseWhen* when : expr.whens) {
        WalkTableNames(when->condition, visit);
        WalkTableNames(when->result, visit);
      }
      return WalkTableNames(expr.otherwise, visit);
    }
    default: return;
  }
}

bool Mentions(const ast::Node* node, std::string_view name) {
  bool found = false;
  WalkTableNames(node, [&](std::string_view table) { found = found || table == name; });
  return found;
}

// The order in which WITH RECURSIVE items can be bound: each after those it uses. Itself does not count.
std::vector<const ast::CommonTableExpr*> OrderByDependency(ast::List<ast::CommonTableExpr> ctes) {
  std::vector<const ast::CommonTableExpr*> order;
  std::vector<const ast::CommonTableExpr*> left(ctes.begin(), ctes.end());
  while (!left.empty()) {
    const auto ready = std::find_if(left.begin(), left.end(), [&](const ast::CommonTableExpr* cte) {
      return std::none_of(left.begin(), left.end(),
                          [&](const ast::CommonTableExpr* other) { return other != cte && Mentions(cte->query, other->name); });
    });
    if (ready == left.end()) {
      throw SqlError(sqlstate::kFeatureNotSupported, "mutual recursion between WITH items is not implemented").At(left.front()->location);
    }
    order.push_back(*ready);
    left.erase(ready);
  }
  return order;
}

void SetColumns(CteName& name, const Query& query, const ast::CommonTableExpr& cte) {
  for (const Target& target : query.targets) {
    if (target.junk) continue;
    name.column_names.push_back(target.name);
    name.column_types.push_back(target.expression->type);
  }
  if (cte.column_names.size() > name.column_names.size()) {
    throw SqlError(sqlstate::kInvalidColumnReference, Format("WITH query \"%s\" has %zu columns available but %zu columns specified", name.name.c_str(),
                                                             name.column_names.size(), cte.column_names.size())).At(cte.location);
  }
  for (size_t i = 0; i < cte.column_names.size(); ++i) name.column_names[i] = cte.column_names[i];
}

[[noreturn]] void ThrowRecursion(const std::string& message, int location) { throw SqlError(sqlstate::kInvalidRecursion, message).At(location); }

}  // namespace

void Binder::BindWith(const ast::WithClause& with, Scope& scope, std::vector<Cte>& ctes) {
  for (size_t i = 0; i < with.ctes.size(); ++i) {
    for (size_t j = i + 1; j < with.ctes.size(); ++j) {
      if (with.ctes[i]->name == with.ctes[j]->name) {
        throw SqlError(sqlstate::kDuplicateAlias, Format("WITH query name \"%s\" specified more than once", std::string(with.ctes[j]->name).c_str()))
            .At(with.ctes[j]->location);
      }
    }
    const ast::Node* query = with.ctes[i]->query;
    if (!ast::Is<ast::SelectStmt>(query)) {
      if (scope.parent != nullptr) {
        throw SqlError(sqlstate::kFeatureNotSupported, "WITH clause containing a data-modifying statement must be at the top level")
            .At(with.ctes[i]->location);
      }
      throw SqlError(sqlstate::kFeatureNotSupported, "data-modifying statements in WITH are not supported").At(with.ctes[i]->location);
    }
    if (with.ctes[i]->search_or_cycle) {
      throw SqlError(sqlstate::kFeatureNotSupported, "SEARCH and CYCLE clauses are not supported").At(with.ctes[i]->location);
    }
  }
  std::vector<const ast::CommonTableExpr*> order(with.ctes.begin(), with.ctes.end());
  if (with.recursive) order = OrderByDependency(with.ctes);
  for (const ast::CommonTableExpr* item : order) {
    auto name = std::make_shared<CteName>();
    name->name = item->name;
    name->number = next_cte_++;
    Cte cte;
    cte.number = name->number;
    cte.name = name->name;
    cte.column_names.assign(item->column_names.begin(), item->column_names.end());
    if (item->materialize != ast::CommonTableExpr::Materialize::kDefault) {
      cte.materialized = item->materialize == ast::CommonTableExpr::Materialize::kAlways;
    }
    if (with.recursive && Mentions(item->query, item->name)) {
      name->not_yet = true;
      scope.ctes.push_back(name);
      BindRecursiveCte(*item, scope, *name, cte);
    } else {
      const QueryPtr query = BindQuery(ast::As<ast::SelectStmt>(item->query), &scope, true);
      SetColumns(*name, *query, *item);
      cte.query = query;
      scope.ctes.push_back(name);
    }
    ctes.push_back(std::move(cte));
  }
}

namespace {

// Where a recursive term may not mention its query.
void CheckRecursiveTerm(const ast::Node* node, const std::string& name, const char* forbidden) {
  if (node == nullptr) return;
  CheckStackDepth();
  if (const auto* var = ast::TryAs<ast::RangeVar>(node)) {
    if (forbidden != nullptr && var->schema.empty() && var->name == name) {
      ThrowRecursion(Format("recursive reference to query \"%s\" must not appear within %s", name.c_str(), forbidden), var->location);
    }
  } else if (const auto* join = ast::TryAs<ast::JoinExpr>(node)) {
    const bool left_nullable = join->kind == ast::JoinKind::kRight || join->kind == ast::JoinKind::kFull;
    const bool right_nullable = join->kind == ast::JoinKind::kLeft || join->kind == ast::JoinKind::kFull;
    CheckRecursiveTerm(join->left, name, left_nullable ? "an outer join" : forbidden);
    CheckRecursiveTerm(join->right, name, right_nullable ? "an outer join" : forbidden);
  } else if (const auto* sub = ast::TryAs<ast::RangeSubselect>(node)) {
    CheckRecursiveTerm(sub->subquery, name, forbidden);
  } else if (const auto* select = ast::TryAs<ast::SelectStmt>(node)) {
    const char* inside = select->op == ast::SetOp::kIntersect && select->all ? "INTERSECT" : forbidden;
    CheckRecursiveTerm(select->left, name, inside);
    CheckRecursiveTerm(select->right, name, select->op == ast::SetOp::kExcept ? "EXCEPT" : inside);
    for (const ast::Node* item : select->from) CheckRecursiveTerm(item, name, forbidden);
    const auto subqueries = [&](const ast::Node* expr) {
      if (expr != nullptr && Mentions(expr, name)) {
        ThrowRecursion(Format("recursive reference to query \"%s\" must not appear within a subquery", name.c_str()), expr->location);
      }
    };
    for (const ast::ResTarget* target : select->target_list) subqueries(target->value);
    subqueries(select->where);
    subqueries(select->having);
  }
}

}  // namespace

void Binder::BindRecursiveCte(const ast::CommonTableExpr& item, Scope& scope, CteName& name, Cte& out) {
  const auto& stmt = ast::As<ast::SelectStmt>(item.query);
  const std::string& cte = name.name;
  if (stmt.op != ast::SetOp::kUnion) {
    ThrowRecursion(Format("recursive query \"%s\" does not have the form non-recursive-term UNION [ALL] recursive-term", cte.c_str()), item.location);
  }
  if (Mentions(stmt.left, cte)) {
    CheckRecursiveTerm(stmt.left, cte, "its non-recursive term");
    ThrowRecursion(Format("recursive reference to query \"%s\" must not appear within its non-recursive term", cte.c_str()), item.location);
  }
  const auto refuse = [&](const ast::Node* node, const char* what) {
    if (node == nullptr) return;
    throw SqlError(sqlstate::kFeatureNotSupported, Format("%s in a recursive query is not implemented", what)).At(node->location);
  };
  refuse(stmt.order_by.empty() ? nullptr : stmt.order_by[0]->node, "ORDER BY");
  refuse(stmt.limit_offset, "OFFSET");
  refuse(stmt.limit_count, "LIMIT");
  if (!stmt.locking.empty()) throw SqlError(sqlstate::kFeatureNotSupported, "FOR UPDATE/SHARE in a recursive query is not implemented");
  CheckRecursiveTerm(stmt.right, cte, nullptr);

  // The whole is bound as a level of its own, like any set operation.
  Scope level;
  level.parent = &scope;
  level.level = scope.level + 1;
  Query scratch;
  level.query = &scratch;
  std::vector<Cte> inner;
  if (stmt.with != nullptr) BindWith(*stmt.with, level, inner);
  QueryPtr base = BindSetOperand(*stmt.left, level, false);
  for (Target& target : base->targets) target.expression = ResolveUnknown(std::move(target.expression));
  SetColumns(name, *base, item);
  name.not_yet = false;
  name.in_recursion = true;
  QueryPtr step = BindSetOperand(*stmt.right, level, false);
  name.in_recursion = false;
  if (name.self_references > 1) {
    ThrowRecursion(Format("recursive reference to query \"%s\" must not appear more than once", cte.c_str()), item.location);
  }
  QueryPtr query = CombineOperands(stmt.op, stmt.all, std::move(base), std::move(step), level);
  for (size_t i = 0; i < query->targets.size(); ++i) {
    const SqlType overall = query->targets[i].expression->type;
    if (overall == name.column_types[i]) continue;
    const SqlType first = name.column_types[i];
    throw SqlError(sqlstate::kDatatypeMismatch, Format("recursive query \"%s\" column %zu has type %s in non-recursive term but type %s overall",
                                                       cte.c_str(), i + 1, FormatType(first).c_str(), FormatType(overall).c_str()))
        .Hint("Cast the output of the non-recursive term to the correct type.")
        .At(LocationOf(*query->targets[i].expression));
  }
  query->ctes = std::move(inner);
  out.recursive = true;
  out.query = std::move(query);
}

}  // namespace gather::sql
