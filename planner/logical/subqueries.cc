// Subqueries in expressions as joins.
#include <algorithm>
#include <utility>

#include "planner/logical/builder.h"
#include "planner/rules/constant_folding.h"
#include "types/array.h"
#include "types/error.h"

namespace gather::planner {

namespace {

bool IsCorrelatedWith(const LogicalNode& right, const LogicalNode& left) {
  return Free(right).Intersects(Produced(left));
}

// Operators that cannot fail.
bool NeverFails(const Expr& call) {
  if (call.op == nullptr) return false;
  const std::string_view name = call.op->name;
  return name == "=" || name == "<>" || name == "<" || name == "<=" || name == ">" || name == ">=" || name == "~~" ||
         name == "!~~" || name == "||";
}

// Whether running the subtree can raise an error, or go on for ever.
bool MayFail(LogicalNode& node) {
  if (node.kind == LogicalKind::kRecursiveUnion) return true;
  bool may = false;
  ForEachExpression(node, [&may](ExprRef& expr) {
    sql::Walk(expr, [&may](const Expr& part) {
      may = may || (part.kind == ExprKind::kFunction && !NeverFails(part)) || part.kind == ExprKind::kIoCast ||
            part.kind == ExprKind::kArrayCoerce;
      return !may;
    });
  });
  return may || std::any_of(node.children.begin(), node.children.end(),
                            [](const LogicalPtr& child) { return MayFail(*child); });
}

// One row, whatever the data.
bool IsOneRow(const LogicalNode& node) {
  if (node.kind == LogicalKind::kProject) return IsOneRow(*node.children[0]);
  return node.kind == LogicalKind::kSingleRow || (node.kind == LogicalKind::kAggregate && As<Aggregate>(node).scalar());
}

LogicalPtr Attach(JoinKind kind, LogicalPtr left, LogicalPtr right, std::vector<ExprRef> conditions) {
  const bool dependent = IsCorrelatedWith(*right, *left);
  LogicalPtr join = MakeJoin(kind, std::move(left), std::move(right), std::move(conditions));
  As<Join>(*join).dependent = dependent;
  return join;
}

}  // namespace

BuiltQuery Builder::BuildSubquery(const sql::Query& query) {
  Grouping* const grouping = outer_grouping_;
  outer_grouping_ = nullptr;
  const std::vector<ExprRef> guards = std::exchange(guards_, {});
  BuiltQuery built = Build(query);
  guards_ = guards;
  outer_grouping_ = grouping;
  // Above an aggregation the enclosing level's columns are the grouped ones.
  if (grouping != nullptr)
    ForEachExpressionBelow(*built.root, [this, grouping](ExprRef& expr) { expr = ReplaceGrouped(expr, *grouping); });
  return built;
}

BuiltQuery Builder::BuildExists(const sql::Query& query) {
  BuiltQuery built = BuildSubquery(query);
  // Neither order, duplicates nor values matter.
  for (bool again = true; again;) {
    again = false;
    LogicalNode& top = *built.root;
    const bool limit = top.kind == LogicalKind::kLimit && As<Limit>(top).offset == nullptr &&
                       As<Limit>(top).limit != nullptr && sql::IsConstant(*As<Limit>(top).limit) &&
                       As<Limit>(top).limit->constant.as<int64_t>() > 0;
    if (limit || top.kind == LogicalKind::kSort || top.kind == LogicalKind::kDistinct ||
        top.kind == LogicalKind::kProject) {
      LogicalPtr child = std::move(top.children[0]);
      built.root = std::move(child);
      again = true;
    }
  }
  built.columns.clear();
  return built;
}

std::vector<ExprRef> Builder::QuantifiedTests(const Expr& subquery, const BuiltQuery& built, LogicalPtr& root) {
  std::vector<ExprRef> tests;
  for (size_t i = 0; i < subquery.children.size(); ++i) {
    const ExprRef left = Flatten(subquery.children[i], root);
    const catalog::OperatorInfo* op = i < subquery.test_operators.size() ? subquery.test_operators[i] : nullptr;
    tests.push_back(MakeCall(subquery.test_functions[i], op, type_oid::kBool, {left, MakeColumn(built.columns[i])}));
  }
  return tests;
}

bool Builder::NeverNull(const ExprRef& expr, const LogicalNode& input) const {
  if (sql::IsConstant(*expr)) return !expr->constant.is_null;
  const ExprRef& column = StripRelabel(expr);
  if (column->kind != ExprKind::kColumn) return false;
  switch (input.kind) {
    case LogicalKind::kGet: {
      const auto& get = As<Get>(input);
      if (get.id != column->relation || get.relation->table == nullptr ||
          get.relation->kind != sql::RelationKind::kTable)
        return false;
      return column->index >= get.relation->table->columns.size() ||
             get.relation->table->columns[column->index].not_null;
    }
    case LogicalKind::kProject:
      for (const Item& item : As<Project>(input).items) {
        if (item.out == RefOf(*column)) return NeverNull(item.expression, *input.children[0]);
      }
      return false;
    case LogicalKind::kFilter: {
      RelSet own(column->relation);
      for (const ExprRef& condition : As<Filter>(input).conditions) {
        // A strict condition on this very column excludes its nulls.
        if (condition->kind == ExprKind::kIsNotNull && sql::SameExpr(StripRelabel(condition->children[0]), column))
          return true;
      }
      return NeverNull(column, *input.children[0]);
    }
    case LogicalKind::kJoin: {
      const auto& join = As<Join>(input);
      if (Produced(*input.children[0]).Contains(column->relation))
        return join.join != JoinKind::kFull && NeverNull(column, *input.children[0]);
      return join.join == JoinKind::kInner && NeverNull(column, *input.children[1]);
    }
    case LogicalKind::kAggregate:
      if (!As<Aggregate>(input).grouping_sets.empty()) return false;
      for (const Item& item : As<Aggregate>(input).keys) {
        if (item.out == RefOf(*column)) return NeverNull(item.expression, *input.children[0]);
      }
      return false;
    case LogicalKind::kDistinct:
    case LogicalKind::kSort:
    case LogicalKind::kLimit:
    case LogicalKind::kWindow:
      return NeverNull(column, *input.children[0]);
    default:
      return false;
  }
}

ExprRef Builder::AttachMark(LogicalPtr& root, LogicalPtr right, std::vector<ExprRef> conditions, bool null_aware) {
  AttachGuarded(JoinKind::kMark, root, std::move(right), std::move(conditions));
  auto& mark = As<Join>(*root);
  mark.null_aware = null_aware;
  mark.mark = {{planning_.NewRelation(), 0}, type_oid::kBool, kInvalidOid, "mark"};
  return MakeColumn(mark.mark);
}

void Builder::FilterBy(const ExprRef& condition, LogicalPtr& root) {
  const bool negated = condition->kind == ExprKind::kNot;
  const ExprRef& core = negated ? condition->children[0] : condition;
  if (core->kind == ExprKind::kSubquery) {
    if (core->subquery_kind == sql::SubqueryKind::kExists) {
      if (const auto known = planning_.FindInitQuery(*core->subquery, InitPlan::Kind::kExists)) {
        const ExprRef value = MakeExecParameter(*known, type_oid::kBool);
        root = MakeFilter(std::move(root), {negated ? MakeNot(value) : value});
        return;
      }
      BuiltQuery built = BuildExists(*core->subquery);
      if (IsCorrelatedWith(*built.root, *root)) {
        root = Attach(negated ? JoinKind::kAnti : JoinKind::kSemi, std::move(root), std::move(built.root), {});
        return;
      }
      if (Free(*built.root).empty()) {
        const uint32_t number =
            planning_.AddInitQuery({std::move(built.root), {}, InitPlan::Kind::kExists, type_oid::kBool, core->subquery});
        const ExprRef value = MakeExecParameter(number, type_oid::kBool);
        root = MakeFilter(std::move(root), {negated ? MakeNot(value) : value});
        return;
      }
      root = Attach(negated ? JoinKind::kAnti : JoinKind::kSemi, std::move(root), std::move(built.root), {});
      return;
    }
    const bool any = core->subquery_kind == sql::SubqueryKind::kAny;
    if (any || core->subquery_kind == sql::SubqueryKind::kAll) {
      BuiltQuery built = BuildSubquery(*core->subquery);
      std::vector<ExprRef> tests = QuantifiedTests(*core, built, root);
      // What makes the filter true: some row passes the tests (x op ANY), or no row leaves them possible (NOT x op
      // ANY), fails them (x op ALL).
      if (any && !negated) {
        root = Attach(JoinKind::kSemi, std::move(root), std::move(built.root), std::move(tests));
        return;
      }
      if (any || !negated) {
        const bool sure = std::all_of(tests.begin(), tests.end(), [&](const ExprRef& test) {
          return test->function->strict && NeverNull(test->children[0], *root) &&
                 NeverNull(test->children[1], *built.root);
        });
        if (any && sure) {
          root = Attach(JoinKind::kAnti, std::move(root), std::move(built.root), std::move(tests));
          return;
        }
        if (any && tests.size() == 1 && !IsCorrelatedWith(*built.root, *root) && IsEquality(*tests[0])) {
          const ExprRef mark = AttachMark(root, std::move(built.root), std::move(tests), true);
          root = MakeFilter(std::move(root), {MakeNot(mark)});
          return;
        }
        const ExprRef all = sql::MakeAnd(tests);
        root = Attach(JoinKind::kAnti, std::move(root), std::move(built.root),
                      {MakeUnary(any ? ExprKind::kIsNotFalse : ExprKind::kIsNotTrue, all)});
        return;
      }
      // NOT (x op ALL …): some row for which the test is false.
      root = Attach(JoinKind::kSemi, std::move(root), std::move(built.root),
                    {MakeUnary(ExprKind::kIsFalse, sql::MakeAnd(tests))});
      return;
    }
  }
  root = MakeFilter(std::move(root), {});
  ExprRef flat = Flatten(condition, root);
  if (!sql::IsConstantTrue(*flat)) root = MakeFilter(std::move(root), {std::move(flat)});
}

void Builder::Guard(ExprRef condition) {
  // One that gives another answer when asked again is no guard.
  if (!IsVolatile(condition)) guards_.push_back(std::move(condition));
}

void Builder::AttachGuarded(JoinKind kind, LogicalPtr& root, LogicalPtr right, std::vector<ExprRef> conditions) {
  const bool dependent = IsCorrelatedWith(*right, *root);
  // Where nothing can go wrong, a guard would only be in the way of a hash join.
  const bool harmless =
      (kind == JoinKind::kMark ? !dependent || !MayFail(*right) : IsOneRow(*right) && !MayFail(*right));
  if (!harmless) conditions.insert(conditions.end(), guards_.begin(), guards_.end());
  root = Attach(kind, std::move(root), std::move(right), std::move(conditions));
}

ExprRef Builder::FlattenCase(const ExprRef& expr, LogicalPtr& root) {
  auto copy = std::make_shared<Expr>(*expr);
  const size_t first = expr->case_test ? 1 : 0;
  if (expr->case_test) copy->children[0] = Flatten(expr->children[0], root);
  for (size_t at = first; at < expr->children.size(); at += 2) {
    if (at + 1 == expr->children.size()) {  // ELSE
      copy->children[at] = Flatten(expr->children[at], root);
      break;
    }
    const ExprRef when = copy->children[at] = Flatten(expr->children[at], root);
    const ExprRef test = expr->case_test ? ReplaceCaseTest(when, copy->children[0]) : when;
    const size_t guards = guards_.size();
    Guard(test);
    copy->children[at + 1] = Flatten(expr->children[at + 1], root);
    guards_.resize(guards);
    Guard(MakeUnary(ExprKind::kIsNotTrue, test));
  }
  return copy;
}

ExprRef Builder::Flatten(const ExprRef& expr, LogicalPtr& root) {
  if (expr == nullptr || !HasKind(expr, ExprKind::kSubquery)) return expr;
  if (expr->kind == ExprKind::kSubquery) return FlattenSubquery(expr, root);
  const size_t guards = guards_.size();
  std::shared_ptr<const Expr> flat;
  if (expr->kind == ExprKind::kCase) {
    flat = FlattenCase(expr, root);
  } else {
    auto copy = std::make_shared<Expr>(*expr);
    for (ExprRef& child : copy->children) {
      child = Flatten(child, root);
      if (expr->kind == ExprKind::kAnd)
        Guard(MakeUnary(ExprKind::kIsNotFalse, child));
      else if (expr->kind == ExprKind::kOr)
        Guard(MakeUnary(ExprKind::kIsNotTrue, child));
      else if (expr->kind == ExprKind::kCoalesce)
        Guard(MakeUnary(ExprKind::kIsNull, child));
    }
    flat = std::move(copy);
  }
  guards_.resize(guards);
  return flat;
}

ExprRef Builder::FlattenSubquery(const ExprRef& expr, LogicalPtr& root) {
  switch (expr->subquery_kind) {
    case sql::SubqueryKind::kScalar: {
      if (const auto known = planning_.FindInitQuery(*expr->subquery, InitPlan::Kind::kScalar)) {
        return MakeExecParameter(*known, planning_.init_queries[*known].type);
      }
      BuiltQuery built = BuildSubquery(*expr->subquery);
      const Column value = built.columns[0];
      if (Free(*built.root).empty()) {
        return MakeExecParameter(
            planning_.AddInitQuery({std::move(built.root), value, InitPlan::Kind::kScalar, value.type, expr->subquery}),
            value.type);
      }
      AttachGuarded(JoinKind::kSingle, root, std::move(built.root), {});
      return MakeColumn(value);
    }
    case sql::SubqueryKind::kExists: {
      if (const auto known = planning_.FindInitQuery(*expr->subquery, InitPlan::Kind::kExists))
        return MakeExecParameter(*known, type_oid::kBool);
      BuiltQuery built = BuildExists(*expr->subquery);
      if (Free(*built.root).empty()) {
        return MakeExecParameter(
            planning_.AddInitQuery({std::move(built.root), {}, InitPlan::Kind::kExists, type_oid::kBool, expr->subquery}),
            type_oid::kBool);
      }
      return AttachMark(root, std::move(built.root), {}, false);
    }
    case sql::SubqueryKind::kAny:
    case sql::SubqueryKind::kAll: {
      BuiltQuery built = BuildSubquery(*expr->subquery);
      std::vector<ExprRef> tests = QuantifiedTests(*expr, built, root);
      if (expr->subquery_kind == sql::SubqueryKind::kAny) {
        const bool sure = std::all_of(tests.begin(), tests.end(), [&](const ExprRef& test) {
          return test->function->strict && NeverNull(test->children[0], *root) &&
                 NeverNull(test->children[1], *built.root);
        });
        if (sure) return AttachMark(root, std::move(built.root), std::move(tests), false);
        return AttachMark(root, std::move(built.root), {sql::MakeAnd(tests)}, true);
      }
      // x op ALL is NOT (NOT (x op) ANY).
      return MakeNot(AttachMark(root, std::move(built.root), {MakeNot(sql::MakeAnd(tests))}, true));
    }
    case sql::SubqueryKind::kArray: {
      if (const auto known = planning_.FindInitQuery(*expr->subquery, InitPlan::Kind::kArray))
        return MakeExecParameter(*known, expr->type);
      BuiltQuery built = BuildSubquery(*expr->subquery);
      const Column value = built.columns[0];
      if (Free(*built.root).empty()) {
        return MakeExecParameter(
            planning_.AddInitQuery({std::move(built.root), value, InitPlan::Kind::kArray, expr->type, expr->subquery}),
            expr->type);
      }
      const catalog::FunctionRegistry* functions = planning_.context.functions;
      const Oid argument[] = {IsArrayType(value.type.oid) ? type_oid::kAnyarray : type_oid::kAnynonarray};
      const catalog::FunctionInfo* array_agg =
          functions == nullptr ? nullptr : functions->FindFunction("array_agg", argument);
      if (array_agg == nullptr) ThrowInternal("there is no array_agg to answer an ARRAY subquery with");
      auto aggregate = std::make_unique<Aggregate>();
      auto call = std::make_shared<sql::AggregateCall>();
      call->function = array_agg;
      AggregateItem item;
      item.out = {planning_.NewRelation(), 0};
      item.call = call;
      item.arguments = {MakeColumn(value)};
      item.type = expr->type;
      item.collation = expr->collation;
      item.name = "array";
      if (built.root->kind == LogicalKind::kSort) {
        for (const sql::SortItem& sort : As<Sort>(*built.root).items) item.order_by.push_back(sort);
        auto ordered = std::make_shared<sql::AggregateCall>(*call);
        ordered->order_by = item.order_by;
        item.call = ordered;
        LogicalPtr child = std::move(built.root->children[0]);
        built.root = std::move(child);
      }
      aggregate->aggregates.push_back(item);
      aggregate->children.push_back(std::move(built.root));
      AttachGuarded(JoinKind::kSingle, root, std::move(aggregate), {});
      const Datum empty = Datum::String(expr->type, ArrayBuilder(GetType(expr->type.oid).element).Finish());
      return MakeCoalesce(MakeColumn({item.out, item.type, item.collation, item.name}), sql::MakeConstant(empty));
    }
  }
  ThrowInternal("unknown kind of subquery");
}

}  // namespace gather::planner
