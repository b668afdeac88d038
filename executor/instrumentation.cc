#include <algorithm>

#include "executor/execution_state.h"

namespace gather::executor {

namespace {
constexpr double kNanosPerMilli = 1e6;

planner::WorkerActuals& WorkerOf(std::vector<std::pair<const Participant*, planner::WorkerActuals>>& workers, const Participant& participant) {
  for (auto& [who, actuals] : workers) {
    if (who == &participant) return actuals;
  }
  workers.emplace_back(&participant, planner::WorkerActuals());
  return workers.back().second;
}
}  // namespace

void Instrumentation::Add(uint32_t number, const Participant& participant, uint64_t nanos, uint64_t first_nanos, uint64_t rows, bool counts) {
  std::lock_guard lock(mutex_);
  Node& node = nodes_[number];
  node.nanos += nanos;
  node.first_nanos += first_nanos;
  if (counts) {
    node.actuals.rows += rows;
    ++node.actuals.loops;
  }
  if (participant.leader) return;
  planner::WorkerActuals& worker = WorkerOf(node.workers, participant);
  worker.total_ms += static_cast<double>(nanos) / kNanosPerMilli;
  worker.startup_ms += static_cast<double>(first_nanos) / kNanosPerMilli;
  if (counts) {
    worker.rows += rows;
    ++worker.loops;
  }
}

void Instrumentation::AddMorsels(uint32_t number, const Participant& participant, uint64_t morsels, uint64_t stolen) {
  if (participant.leader) return;
  std::lock_guard lock(mutex_);
  planner::WorkerActuals& worker = WorkerOf(nodes_[number].workers, participant);
  worker.morsels += morsels;
  worker.stolen += stolen;
}

double Instrumentation::Total(const planner::PlanNode& plan_node, planner::ExecutionActuals& out) const {
  const Node& node = nodes_[plan_node.id];
  planner::NodeActuals& actuals = out.nodes[plan_node.id];
  actuals = node.actuals;
  for (const auto& [who, worker] : node.workers) actuals.workers.push_back(worker);
  // A participant's time in a node includes its time in the node's inputs. A blocking input has done all its work before the first row.
  double total = static_cast<double>(node.nanos) / kNanosPerMilli, startup = static_cast<double>(node.first_nanos) / kNanosPerMilli;
  bool first_child = true;
  for (const auto& child : plan_node.children) {
    double inner = Total(*child, out);
    // Below a gather the participants work at the same time: above it only the clock counts.
    const bool gather = plan_node.kind == planner::NodeKind::kGather || plan_node.kind == planner::NodeKind::kGatherMerge;
    if (gather) inner /= std::max(actuals.workers_launched, 0) + 1;
    total += inner;
    const bool blocking = plan_node.kind == planner::NodeKind::kSort || plan_node.kind == planner::NodeKind::kTopN ||
                          (plan_node.kind == planner::NodeKind::kAggregate) || (plan_node.kind == planner::NodeKind::kHashJoin && !first_child);
    startup += blocking ? inner : out.nodes[child->id].startup_ms;
    first_child = false;
  }
  actuals.total_ms = total;
  actuals.startup_ms = std::min(startup, total);
  return total;
}

planner::ExecutionActuals Instrumentation::Collect(const planner::Plan& plan) const {
  std::lock_guard lock(mutex_);
  planner::ExecutionActuals out;
  out.nodes.resize(nodes_.size());
  for (const planner::InitPlan& init : plan.init_plans) {
    if (init.root != nullptr) Total(*init.root, out);
  }
  for (const planner::PlanNodePtr& cte : plan.ctes) {
    if (cte != nullptr) Total(*cte, out);
  }
  out.execution_ms = Total(*plan.root, out);
  return out;
}

}  // namespace gather::executor
