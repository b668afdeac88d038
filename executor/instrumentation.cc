#include <algorithm>

#include "executor/execution_state.h"

namespace gather::executor {

namespace {
constexpr double kNanosPerMilli = 1e6;

// Whether all the work of child `number` comes before the node's first row.
bool ComesFirst(const planner::PlanNode& node, size_t number) {
  using planner::NodeKind;
  switch (node.kind) {
    case NodeKind::kSort:
    case NodeKind::kTopN:
    case NodeKind::kBitmapScan: return true;
    case NodeKind::kAggregate: return static_cast<const planner::AggregateNode&>(node).strategy != planner::AggregateStrategy::kSorted;
    case NodeKind::kHashJoin: return number == 1;
    default: return false;
  }
}

// Whether the node's own time holds child `number`'s: the leader's clock in a Gather runs while it takes part in the work below, and a nested loop
// looks its inner rows up itself.
bool Contains(const planner::PlanNode& node, size_t number) {
  switch (node.kind) {
    case planner::NodeKind::kGather:
    case planner::NodeKind::kGatherMerge:
    case planner::NodeKind::kAppend:
    case planner::NodeKind::kMergeAppend:
    case planner::NodeKind::kMergeJoin:
    case planner::NodeKind::kBitmapAnd:
    case planner::NodeKind::kBitmapOr: return true;
    default: break;
  }
  return node.kind == planner::NodeKind::kNestedLoop && number == 1 && static_cast<const planner::NestedLoopNode&>(node).parameterized;
}
}  // namespace

Instrumentation::Worker& Instrumentation::WorkerOf(Node& node, const Participant& participant) {
  for (Worker& worker : node.workers) {
    if (worker.participant == participant.number) return worker;
  }
  node.workers.push_back({{}, participant.number});
  node.workers.back().actuals.number = participant.number - 1;
  return node.workers.back();
}

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
  planner::WorkerActuals& worker = WorkerOf(node, participant).actuals;
  worker.total_ms += static_cast<double>(nanos) / kNanosPerMilli;
  worker.startup_ms += static_cast<double>(first_nanos) / kNanosPerMilli;
  if (counts) {
    worker.rows += rows;
    ++worker.loops;
  }
}

void Instrumentation::AddInputRun(uint32_t number) {
  std::lock_guard lock(mutex_);
  ++nodes_[number].input_runs;
}

void Instrumentation::AddLoops(uint32_t number, const Participant& participant, uint64_t nanos, uint64_t rows, uint64_t loops) {
  Add(number, participant, nanos, 0, rows, true);
  std::lock_guard lock(mutex_);
  nodes_[number].actuals.loops += loops - 1;
  if (!participant.leader) WorkerOf(nodes_[number], participant).actuals.loops += loops - 1;
}

void Instrumentation::AddTime(uint32_t node, const Participant& participant, uint64_t nanos) { Add(node, participant, nanos, nanos, 0, false); }

void Instrumentation::AddMorsels(uint32_t number, const Participant& participant, uint64_t morsels, uint64_t stolen) {
  if (participant.leader) return;
  std::lock_guard lock(mutex_);
  planner::WorkerActuals& worker = WorkerOf(nodes_[number], participant).actuals;
  worker.morsels += morsels;
  worker.stolen += stolen;
}

Instrumentation::Times Instrumentation::WorkerTotal(const planner::PlanNode& plan_node, uint32_t participant) const {
  Times times;
  for (const Worker& worker : nodes_[plan_node.id].workers) {
    if (worker.participant == participant) times = {worker.actuals.startup_ms, worker.actuals.total_ms};
  }
  for (size_t i = 0; i < plan_node.children.size(); ++i) {
    if (Contains(plan_node, i)) continue;
    const Times inner = WorkerTotal(*plan_node.children[i], participant);
    times.total_ms += inner.total_ms;
    times.startup_ms += ComesFirst(plan_node, i) ? inner.total_ms : inner.startup_ms;
  }
  return times;
}

Instrumentation::Times Instrumentation::Total(const planner::PlanNode& plan_node, planner::ExecutionActuals& out) const {
  const Node& node = nodes_[plan_node.id];
  planner::NodeActuals& actuals = out.nodes[plan_node.id];
  actuals = node.actuals;
  // What several take in, one alone may hand out.
  if (actuals.loops != 0) actuals.loops = std::max(actuals.loops, node.input_runs);
  const auto loops = static_cast<double>(std::max<uint64_t>(actuals.loops, 1));
  Times times{static_cast<double>(node.first_nanos) / kNanosPerMilli / loops, static_cast<double>(node.nanos) / kNanosPerMilli / loops};
  for (size_t i = 0; i < plan_node.children.size(); ++i) {
    const planner::PlanNode& child = *plan_node.children[i];
    const Times inner = Total(child, out);
    if (Contains(plan_node, i)) continue;
    // An input with more loops was run again for each of ours; one with fewer was produced by some while the others waited.
    const double again = std::max(static_cast<double>(out.nodes[child.id].loops) / loops, 1.0);
    times.total_ms += inner.total_ms * again;
    times.startup_ms += ComesFirst(plan_node, i) ? inner.total_ms * again : inner.startup_ms;
  }
  times.startup_ms = std::min(times.startup_ms, times.total_ms);
  actuals.total_ms = times.total_ms * loops;
  actuals.startup_ms = times.startup_ms * loops;
  for (const Worker& worker : node.workers) {
    actuals.workers.push_back(worker.actuals);
    const Times own = WorkerTotal(plan_node, worker.participant);
    actuals.workers.back().total_ms = own.total_ms;
    actuals.workers.back().loops = std::max<uint64_t>(worker.actuals.loops, 1);
    actuals.workers.back().startup_ms = std::min(own.startup_ms, own.total_ms);
  }
  std::sort(actuals.workers.begin(), actuals.workers.end(),
            [](const planner::WorkerActuals& a, const planner::WorkerActuals& b) { return a.number < b.number; });
  return times;
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
  out.execution_ms = Total(*plan.root, out).total_ms;
  return out;
}

}  // namespace gather::executor
