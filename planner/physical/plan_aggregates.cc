#include "planner/physical/plan_aggregates.h"

#include <algorithm>
#include <array>

namespace gather::planner {

bool IsCombinable(const PlanAggregate& aggregate) {
  const catalog::FunctionInfo* function = aggregate.call->function;
  return function != nullptr && function->aggregate != nullptr && function->aggregate->combine != nullptr && !function->aggregate->order_sensitive &&
         !aggregate.distinct && aggregate.order_by.empty() && aggregate.call->direct_arguments.empty();
}

bool IgnoresRepeated(const sql::AggregateCall& call) {
  static constexpr std::array<std::string_view, 7> kNames = {"min", "max", "bool_and", "bool_or", "every", "bit_and", "bit_or"};
  return call.function != nullptr && std::find(kNames.begin(), kNames.end(), call.function->name) != kNames.end();
}

bool AggregatesSafe(const AggregateNode& node) {
  return std::all_of(node.aggregates.begin(), node.aggregates.end(), [](const PlanAggregate& aggregate) {
    return aggregate.call->function == nullptr || aggregate.call->function->parallel == catalog::ParallelSafety::kSafe;
  });
}

}  // namespace gather::planner
