// Aggregates of distinct values as two aggregates. The lower one groups by the keys and the arguments, so that each value comes up once a group, in
// parallel and on disk as any grouping; the upper one takes what it has left:
//
//   select k, count(distinct x), sum(distinct y), max(z) from t group by k
//     upper: keys k; count(x) filter (where set = 0), sum(y) filter (where set = 1), max combined from partial states filter (where set = 0)
//     lower: grouping sets (k, x), (k, y); partial max(z)
#include <algorithm>

#include "planner/physical/lowering.h"
#include "planner/physical/plan_aggregates.h"

namespace gather::planner {

namespace {

// What a distinct call takes: positions among the lower keys, a condition among them.
struct DistinctSet {
  std::vector<uint32_t> arguments;
  std::vector<uint32_t> filter;                        // one or none
  bool operator==(const DistinctSet&) const = default;
};

uint32_t AddKey(std::vector<ExprRef>& keys, const ExprRef& expr) {
  for (uint32_t i = 0; i < keys.size(); ++i) {
    if (sql::SameExpr(keys[i], expr)) return i;
  }
  keys.push_back(expr);
  return static_cast<uint32_t>(keys.size() - 1);
}

bool CanDivide(const AggregateNode& node) {
  bool distinct = false;
  for (const PlanAggregate& call : node.aggregates) {
    distinct = distinct || call.distinct;
    if (!call.distinct) {
      if (!IsCombinable(call)) return false;
      continue;
    }
    // A null argument, which a group of the lower aggregate may have, must not count.
    const catalog::FunctionInfo* function = call.call->function;
    const bool plain = function != nullptr && function->aggregate != nullptr && function->aggregate->combine != nullptr && !function->aggregate->order_sensitive;
    if (!plain || !function->strict || call.arguments.empty() || !call.call->direct_arguments.empty()) return false;
    if (std::any_of(call.arguments.begin(), call.arguments.end(), [](const ExprRef& expr) { return IsVolatile(expr); })) return false;
    if (call.filter != nullptr && IsVolatile(call.filter)) return false;
  }
  return distinct && node.grouping_sets.empty();
}

}  // namespace

PlanNodePtr Lowering::GroupDistinct(AggregateNode& node, PlanNodePtr child, const std::vector<ExprRef>& keys, const std::vector<AggregateItem>& calls) {
  for (PlanAggregate& call : node.aggregates) call.distinct = call.distinct && !IgnoresRepeated(*call.call);
  const catalog::FunctionRegistry* functions = planning_.context.functions;
  if (functions == nullptr || !CanDivide(node)) return child;
  auto lower = std::make_unique<AggregateNode>();
  lower->keys = node.keys;
  std::vector<ExprRef> logical_keys = keys;            // as columns, for estimates
  std::vector<DistinctSet> sets;
  std::vector<uint32_t> set_of;                        // by call
  for (size_t i = 0; i < node.aggregates.size(); ++i) {
    const PlanAggregate& call = node.aggregates[i];
    set_of.push_back(0);
    if (!call.distinct) {
      lower->aggregates.push_back(call);
      continue;
    }
    DistinctSet set;
    const auto add = [&](const ExprRef& slot, const ExprRef& column, std::vector<uint32_t>& into) {
      into.push_back(AddKey(lower->keys, slot));
      if (lower->keys.size() > logical_keys.size()) logical_keys.push_back(column);
    };
    for (size_t k = 0; k < call.arguments.size(); ++k) add(call.arguments[k], calls[i].arguments[k], set.arguments);
    if (call.filter != nullptr) add(call.filter, calls[i].filter, set.filter);
    const auto known = std::find(sets.begin(), sets.end(), set);
    set_of.back() = static_cast<uint32_t>(known - sets.begin());
    if (known == sets.end()) sets.push_back(std::move(set));
  }
  lower->split = lower->aggregates.empty() ? AggregateSplit::kSingle : AggregateSplit::kPartial;
  lower->groups = 0;
  for (const DistinctSet& set : sets) {
    std::vector<uint32_t> positions;
    for (uint32_t i = 0; i < node.keys.size(); ++i) positions.push_back(i);
    positions.insert(positions.end(), set.arguments.begin(), set.arguments.end());
    positions.insert(positions.end(), set.filter.begin(), set.filter.end());
    std::sort(positions.begin(), positions.end());
    positions.erase(std::unique(positions.begin(), positions.end()), positions.end());
    std::vector<ExprRef> columns;
    for (const uint32_t position : positions) columns.push_back(logical_keys[position]);
    lower->groups += columns.empty() ? 1 : estimator_.Groups(columns, child->rows);
    if (sets.size() > 1) lower->grouping_sets.push_back(std::move(positions));
  }
  const auto add_output = [&lower](std::string name, SqlType type) {
    lower->output.push_back({std::move(name), type});
    lower->width += TypeWidth(type);
  };
  for (const ExprRef& key : lower->keys) add_output(key->name, key->type);
  for (const PlanAggregate& call : lower->aggregates) add_output("partial " + std::string(call.call->function->name), type_oid::kInternal);
  if (sets.size() > 1) add_output("set", type_oid::kInt4);

  const auto slot = [&lower](uint32_t i) { return sql::MakeSlot(i, lower->output[i].type, lower->output[i].name); };
  const auto of_set = [&](uint32_t number) -> ExprRef {
    if (sets.size() == 1) return nullptr;
    const catalog::OperatorInfo* equal = functions->FindOperator("=", type_oid::kInt4, type_oid::kInt4);
    return MakeCall(functions->FunctionOf(*equal), equal, type_oid::kBool,
                    {slot(static_cast<uint32_t>(lower->output.size() - 1)), sql::MakeConstant(Datum::Int4(static_cast<int32_t>(number)))});
  };
  auto state = static_cast<uint32_t>(lower->keys.size());
  for (size_t i = 0; i < node.aggregates.size(); ++i) {
    PlanAggregate& call = node.aggregates[i];
    if (!call.distinct) {
      call.arguments = {slot(state++)};
      call.filter = of_set(0);
      call.combines = true;
      continue;
    }
    const DistinctSet& set = sets[set_of[i]];
    std::vector<ExprRef> conditions;
    if (!set.filter.empty()) conditions.push_back(slot(set.filter[0]));
    if (ExprRef number = of_set(set_of[i]); number != nullptr) conditions.push_back(std::move(number));
    for (size_t k = 0; k < call.arguments.size(); ++k) call.arguments[k] = slot(set.arguments[k]);
    call.filter = conditions.empty() ? nullptr : sql::MakeAnd(std::move(conditions));
    call.order_by.clear();
    call.distinct = false;
  }
  for (uint32_t i = 0; i < node.keys.size(); ++i) node.keys[i] = slot(i);
  lower->rows = lower->groups;
  lower->total_cost = child->total_cost + cost_.Penalty(settings_.enable_hashagg) +
                      static_cast<double>(sets.size()) * cost_.Aggregate(child->rows, lower->groups, lower->keys.size(), lower->aggregates.size());
  lower->startup_cost = lower->total_cost - lower->rows * cost_.ScanRow();
  lower->children.push_back(std::move(child));
  return lower;
}

}  // namespace gather::planner
