// Aggregation and window calls of one query level: what is computed below, and how the targets refer to it.
#include <algorithm>

#include "planner/logical/builder.h"
#include "sql/query_walk.h"
#include "types/error.h"

namespace gather::planner {

namespace {

// Everything that `root` gives, and `items` computed from it.
template <class Node>
LogicalPtr AddItems(std::vector<Item> items, LogicalPtr root) {
  auto node = std::make_unique<Node>();
  for (const Column& column : Outputs(*root)) node->items.push_back({column.ref, MakeColumn(column), column.name});
  node->items.insert(node->items.end(), items.begin(), items.end());
  node->children.push_back(std::move(root));
  return node;
}

using LevelVisit = std::function<bool(const ExprRef&, uint32_t)>;

// Visits `expr` and everything in it with the number of query levels it lies below the one `expr` belongs to; visit
// returns whether to descend.
void WalkLevels(const ExprRef& expr, uint32_t depth, const LevelVisit& visit);

void WalkLevels(const sql::Query& query, uint32_t depth, const LevelVisit& visit) {
  sql::ForEachExpression(query, [&](const ExprRef& expr) { WalkLevels(expr, depth, visit); });
  sql::ForEachSubquery(query, [&](const sql::Query& below) { WalkLevels(below, depth + 1, visit); });
}

void WalkLevels(const ExprRef& expr, uint32_t depth, const LevelVisit& visit) {
  if (expr == nullptr) return;
  CheckStackDepth();
  if (!visit(expr, depth)) return;
  for (const ExprRef& child : expr->children) WalkLevels(child, depth, visit);
  if (expr->aggregate != nullptr) {
    WalkLevels(expr->aggregate->filter, depth, visit);
    for (const sql::SortItem& item : expr->aggregate->order_by) WalkLevels(item.expression, depth, visit);
    for (const ExprRef& argument : expr->aggregate->direct_arguments) WalkLevels(argument, depth, visit);
  }
  if (expr->window != nullptr) {
    WalkLevels(expr->window->filter, depth, visit);
    for (const ExprRef& key : expr->window->partition_by) WalkLevels(key, depth, visit);
    for (const sql::SortItem& item : expr->window->order_by) WalkLevels(item.expression, depth, visit);
  }
  if (expr->subquery != nullptr) WalkLevels(*expr->subquery, depth + 1, visit);
}

}  // namespace

void Builder::CollectAggregates(const ExprRef& expr, Grouping& grouping, LogicalPtr& input) {
  WalkLevels(expr, 0, [&](const ExprRef& part, uint32_t depth) {
    if (part->kind != ExprKind::kAggregate || part->index != depth) return true;
    // In a subquery it is met as it was bound.
    CollectAggregate(depth == 0 ? part : Import(part), grouping, input);
    return false;
  });
}

void Builder::CollectAggregate(const ExprRef& expr, Grouping& grouping, LogicalPtr& input) {
  for (const ExprRef& call : grouping.calls) {
    if (sql::SameExpr(call, expr)) return;
  }
  const sql::AggregateCall& call = *expr->aggregate;
  AggregateItem item;
  item.out = {grouping.aggregate_relation, static_cast<uint32_t>(grouping.aggregates.size())};
  item.call = expr->aggregate;
  // An ordered-set aggregate's kernels take its direct arguments in front of the ordered ones.
  for (const ExprRef& argument : call.direct_arguments) item.arguments.push_back(Flatten(Import(argument), input));
  for (const ExprRef& argument : expr->children) item.arguments.push_back(Flatten(Import(argument), input));
  if (call.filter != nullptr) item.filter = Flatten(Import(call.filter), input);
  for (const sql::SortItem& sort : call.order_by)
    item.order_by.push_back({Flatten(Import(sort.expression), input), sort.order});
  item.type = expr->type;
  item.collation = expr->collation;
  item.name = call.function != nullptr ? std::string(call.function->name) : "aggregate";
  grouping.calls.push_back(expr);
  grouping.aggregates.push_back(std::move(item));
}

ExprRef Builder::ReplaceGrouped(const ExprRef& expr, Grouping& grouping) {
  if (expr == nullptr) return nullptr;
  for (size_t i = 0; i < grouping.keys.size(); ++i) {
    if (sql::SameExpr(expr, grouping.key_expressions[i])) return MakeColumn(ColumnOf(grouping.keys[i]));
  }
  if (expr->kind == ExprKind::kAggregate) {
    for (size_t i = 0; i < grouping.calls.size(); ++i) {
      if (!sql::SameExpr(grouping.calls[i], expr)) continue;
      const AggregateItem& item = grouping.aggregates[i];
      return MakeColumn({item.out, item.type, item.collation, item.name});
    }
    return expr;  // of another level
  }
  if (expr->kind == ExprKind::kGrouping) return GroupingValue(*expr, grouping);
  auto copy = std::make_shared<Expr>(*expr);
  bool changed = false;
  for (ExprRef& child : copy->children) {
    ExprRef replaced = ReplaceGrouped(child, grouping);
    changed = changed || replaced != child;
    child = std::move(replaced);
  }
  if (expr->window != nullptr) {
    auto call = std::make_shared<sql::WindowCall>(*expr->window);
    for (ExprRef& key : call->partition_by) key = ReplaceGrouped(key, grouping);
    for (sql::SortItem& sort : call->order_by) sort.expression = ReplaceGrouped(sort.expression, grouping);
    call->filter = ReplaceGrouped(call->filter, grouping);
    copy->window = std::move(call);
    changed = true;
  }
  return changed ? copy : expr;
}

ExprRef Builder::GroupingValue(const Expr& call, const Grouping& grouping) {
  // Bit i (from the right) is set when argument i is not grouped by in the row's grouping set.
  const auto mask_of = [&](const std::vector<uint32_t>& set) {
    int32_t mask = 0;
    for (const ExprRef& argument : call.children) {
      bool grouped = false;
      for (uint32_t key : set) grouped = grouped || sql::SameExpr(grouping.key_expressions[key], argument);
      mask = mask << 1 | (grouped ? 0 : 1);
    }
    return mask;
  };
  if (grouping.sets.empty()) return sql::MakeConstant(Datum::Int4(0));
  // An array of the masks, subscripted by the set's number.
  auto masks = std::make_shared<Expr>();
  masks->kind = ExprKind::kArray;
  masks->type = type_oid::kInt4Array;
  for (const auto& set : grouping.sets) masks->children.push_back(sql::MakeConstant(Datum::Int4(mask_of(set))));
  // Set numbers count from 0, subscripts from 1.
  const catalog::FunctionRegistry* functions = planning_.context.functions;
  const catalog::OperatorInfo* plus =
      functions == nullptr ? nullptr : functions->FindOperator("+", type_oid::kInt4, type_oid::kInt4);
  if (plus == nullptr) ThrowNotSupported("GROUPING is not supported here");
  auto value = std::make_shared<Expr>();
  value->kind = ExprKind::kSubscript;
  value->type = type_oid::kInt4;
  value->children = {masks, MakeCall(functions->FunctionOf(*plus), plus, type_oid::kInt4,
                                     {MakeColumn(grouping.set_number), sql::MakeConstant(Datum::Int4(1))})};
  return value;
}

void Builder::AddDependentKeys(const ExprRef& expr, const RelSet& input, Grouping& grouping, bool* added) {
  WalkLevels(expr, 0, [&](const ExprRef& node, uint32_t depth) {
    if (node->kind == ExprKind::kAggregate && node->index == depth && depth > 0) return false;
    for (const ExprRef& key : grouping.key_expressions) {
      if (depth > 0 && sql::SameExpr(key, node)) return false;
    }
    if (node->kind != ExprKind::kColumn || !input.Contains(node->relation)) return true;
    const ExprRef column = MakeColumn(ColumnOf(*node));
    const auto number = static_cast<uint32_t>(grouping.keys.size());
    for (const ExprRef& key : grouping.key_expressions) {
      if (sql::SameExpr(key, column)) return true;
    }
    grouping.keys.push_back({{grouping.key_relation, number}, column, node->name});
    grouping.key_expressions.push_back(column);
    for (auto& set : grouping.sets) set.push_back(number);
    *added = true;
    return true;
  });
}

namespace {

bool SameOrder(const std::vector<sql::SortItem>& a, const std::vector<sql::SortItem>& b) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](const sql::SortItem& x, const sql::SortItem& y) {
           return sql::SameExpr(x.expression, y.expression) && x.order.descending == y.order.descending &&
                  x.order.nulls_first == y.order.nulls_first;
         });
}

bool SameKeys(const std::vector<ExprRef>& a, const std::vector<ExprRef>& b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](const ExprRef& x, const ExprRef& y) { return sql::SameExpr(x, y); });
}

}  // namespace

// Keys that are set-returning functions multiply the rows that are then grouped.
void Builder::ExpandGroupedSets(Grouping& grouping, LogicalPtr& root) {
  const RelId relation = planning_.NewRelation();
  std::vector<Item> sets;
  for (Item& key : grouping.keys) {
    if (!HasKind(key.expression, ExprKind::kSetFunction)) continue;
    sets.push_back({{relation, static_cast<uint32_t>(sets.size())}, key.expression, key.name});
    key.expression = MakeColumn(ColumnOf(sets.back()));
  }
  if (!sets.empty()) root = AddItems<ProjectSet>(std::move(sets), std::move(root));
}

LogicalPtr Builder::BuildWindows(std::vector<ExprRef>& targets, LogicalPtr root) {
  const RelId out = planning_.NewRelation();
  std::vector<std::unique_ptr<Window>> windows;
  std::vector<ExprRef> calls;
  uint32_t count = 0;
  std::vector<Item> computed;  // partition and order expressions that are not columns
  const RelId computed_relation = planning_.NewRelation();
  const auto as_column = [&](const ExprRef& key) {
    ExprRef flat = Flatten(Import(key), root);
    if (flat->kind == ExprKind::kColumn) return flat;
    for (const Item& item : computed) {
      if (sql::SameExpr(item.expression, flat)) return MakeColumn(ColumnOf(item));
    }
    computed.push_back({{computed_relation, static_cast<uint32_t>(computed.size())}, flat, ""});
    return MakeColumn(ColumnOf(computed.back()));
  };
  ColumnMap none;
  for (ExprRef& target : targets) {
    target = sql::Rewrite(target, [&](const ExprRef& node) -> ExprRef {
      if (node->kind != ExprKind::kWindow) return nullptr;
      const sql::WindowCall& call = *node->window;
      Window wanted;
      for (const ExprRef& key : call.partition_by) wanted.partition_by.push_back(as_column(key));
      for (const sql::SortItem& sort : call.order_by)
        wanted.order_by.push_back({as_column(sort.expression), sort.order});
      Window* window = nullptr;
      for (const auto& other : windows) {
        if (SameKeys(other->partition_by, wanted.partition_by) && SameOrder(other->order_by, wanted.order_by))
          window = other.get();
      }
      if (window == nullptr) {
        windows.push_back(std::make_unique<Window>(wanted));
        window = windows.back().get();
      }
      WindowItem item;
      item.out = {out, count++};
      auto with_offsets = std::make_shared<sql::WindowCall>(call);
      for (ExprRef* offset : {&with_offsets->start_offset, &with_offsets->end_offset}) {
        if (*offset != nullptr) *offset = Flatten(Import(*offset), root);
      }
      item.call = std::move(with_offsets);
      for (const ExprRef& argument : node->children) item.arguments.push_back(Flatten(argument, root));
      if (call.filter != nullptr) item.filter = Flatten(Import(call.filter), root);
      item.type = node->type;
      item.collation = node->collation;
      item.name = call.function != nullptr ? std::string(call.function->name) : "window";
      window->calls.push_back(item);
      return MakeColumn({item.out, item.type, item.collation, item.name});
    });
  }
  if (!computed.empty()) root = AddItems<Project>(std::move(computed), std::move(root));
  for (auto& window : windows) {
    window->children.push_back(std::move(root));
    root = std::move(window);
  }
  return root;
}

}  // namespace gather::planner
