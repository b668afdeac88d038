#include "planner/physical/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "planner/expressions.h"
#include "planner/physical/plan_aggregates.h"
#include "planner/physical/plan_shape.h"
#include "planner/physical/plan_walk.h"
#include "types/error.h"

namespace gather::planner {

namespace {

// Fewer estimated rows than this never pay for a thread, whatever the preset (an explicit parallel_threshold may say otherwise).
constexpr double kAlwaysSerialRows = 1000;

std::string Number(double value) { return Format("%.0f", value); }

void CopyShape(const PlanNode& from, PlanNode& to) {
  to.output = from.output;
  to.width = from.width;
  to.rows = from.rows;
}

// Where participants may share window functions: rows with equal values in `slots` of `sort`'s input go to one of them.
struct WindowSharing {
  SortNode* sort = nullptr;                            // null: they may not
  std::vector<uint32_t> slots;
  double partitions = 1;
};

// A WindowAgg over others and a Sort: by the partition keys that all of them have.
WindowSharing SharingOf(const PlanNode& top) {
  WindowSharing sharing;
  const PlanNode* node = &top;
  for (bool first = true; node->kind == NodeKind::kWindowAgg || node->kind == NodeKind::kSort; first = false) {
    // From slots of the node's output to slots of its input.
    std::vector<uint32_t> below;
    for (uint32_t slot : sharing.slots) {
      if (!node->projection.empty()) {
        const ExprRef& expr = node->projection[slot];
        if (expr->kind != sql::ExprKind::kSlot) continue;
        slot = expr->index;
      }
      if (slot < node->children[0]->output.size()) below.push_back(slot);
    }
    sharing.slots = std::move(below);
    if (node->kind == NodeKind::kSort) {
      if (!sharing.slots.empty()) sharing.sort = const_cast<SortNode*>(static_cast<const SortNode*>(node));
      return sharing;
    }
    const auto& window = static_cast<const WindowAggNode&>(*node);
    if (first) {
      sharing.slots = window.partition_by;
      sharing.partitions = window.partitions;
    } else {
      std::erase_if(sharing.slots, [&](uint32_t slot) { return std::find(window.partition_by.begin(), window.partition_by.end(), slot) == window.partition_by.end(); });
      sharing.partitions = std::min(sharing.partitions, window.partitions);
    }
    if (sharing.slots.empty() || window.filter != nullptr) return sharing;
    node = node->children[0].get();
  }
  return sharing;
}

// Fewer window partitions than this are too uneven a load.
constexpr double kLeastPartitions = 8;

}  // namespace

ParallelThresholds ThresholdsFor(const PlannerSettings& settings) {
  if (settings.parallel_threshold >= 0) {
    const auto rows = static_cast<double>(settings.parallel_threshold);
    return {rows, rows, 2 * rows, rows, rows};
  }
  if (settings.cores >= 8) return {2000, 2000, 5000, 3000, 5000};
  if (settings.cores >= 4) return {5000, 4000, 10000, 8000, 10000};
  return {20000, 15000, 25000, 30000, 20000};
}

void Parallelizer::Inspect(const PlanNode& root) {
  if (root.kind == NodeKind::kLockRows) Forbid("row locks are taken by the session itself");
  ForEachPlanExpression(root, [this](const ExprRef& expr) {
    if (ParallelSafetyOf(expr) != catalog::ParallelSafety::kUnsafe) return;
    sql::Walk(expr, [this](const Expr& node) {
      ForEachFunction(node, [this](const catalog::FunctionInfo& function) {
        if (function.parallel == catalog::ParallelSafety::kUnsafe) Forbid("function " + std::string(function.name) + " is parallel unsafe");
      });
      return true;
    });
  });
  for (const PlanNodePtr& child : root.children) Inspect(*child);
}

PlanNodePtr Parallelizer::Place(PlanNodePtr root) {
  if (!forbidden_.empty()) return root;
  if (!settings_.enable_parallel_query) {
    Forbid("enable_parallel_query is off");
    return root;
  }
  if (settings_.max_parallel_workers_per_gather <= 0) {
    Forbid("max_parallel_workers_per_gather is 0");
    return root;
  }
  if (settings_.max_parallel_workers <= 0) {
    Forbid("max_parallel_workers is 0");
    return root;
  }
  if (settings_.cores <= 1 && settings_.parallel_threshold < 0 && !settings_.debug_parallel_query) {
    Forbid("one core");
    return root;
  }
  return PlaceBelow(std::move(root));
}

std::string Parallelizer::Reason() const {
  if (!decisions_.empty()) return decisions_.front().reason;
  if (!forbidden_.empty()) return "serial, " + forbidden_;
  if (!serial_.reason.empty()) return serial_.reason;
  if (!serial_reason_.empty()) return "serial, " + serial_reason_;
  return "serial, nothing to share among workers";
}

std::vector<ParallelDecision> Parallelizer::TakeDecisions() {
  if (decisions_.empty() && serial_.shape != 0) decisions_.push_back(std::move(serial_));
  return std::move(decisions_);
}

void Parallelizer::Plan(GatherBase& gather) const {
  gather.workers_planned = decisions_.back().workers;
  gather.at_once = decisions_.back().forced;
  gather.decision = static_cast<uint32_t>(decisions_.size() - 1);
}

bool Parallelizer::ExpressionsSafe(const PlanNode& node) const {
  bool safe = true;
  ForEachPlanExpression(node, [&safe](const ExprRef& expr) { safe = safe && ParallelSafetyOf(expr) == catalog::ParallelSafety::kSafe; });
  return safe;
}

bool Parallelizer::IsSafeBelow(const PlanNode& node) const {
  switch (node.kind) {
    case NodeKind::kSystemViewScan: case NodeKind::kWorkTableScan: case NodeKind::kRecursiveUnion: case NodeKind::kLockRows:
    case NodeKind::kGather: case NodeKind::kGatherMerge: case NodeKind::kModifyTable:
      return false;
    case NodeKind::kAggregate:
      if (!AggregatesSafe(static_cast<const AggregateNode&>(node))) return false;
      break;
    default: break;
  }
  return node.parallel_safe && ExpressionsSafe(node) &&
         std::all_of(node.children.begin(), node.children.end(), [this](const PlanNodePtr& child) { return IsSafeBelow(*child); });
}

bool Parallelizer::SplitsInTwo(const AggregateNode& aggregate) const {
  return aggregate.split == AggregateSplit::kSingle && std::all_of(aggregate.aggregates.begin(), aggregate.aggregates.end(), IsCombinable);
}

// Every group at one participant: in which order its rows come there is open.
bool Parallelizer::CanPassRows(const AggregateNode& aggregate) const {
  return aggregate.split == AggregateSplit::kSingle &&
         std::all_of(aggregate.aggregates.begin(), aggregate.aggregates.end(), [&aggregate](const PlanAggregate& call) {
           if (IsCombinable(call)) return true;
           if (call.combines || call.call->function == nullptr || call.call->function->aggregate == nullptr) return false;
           const bool ordered = call.distinct || !call.order_by.empty();
           return ordered || (!aggregate.keys.empty() && !call.call->function->aggregate->order_sensitive);
         });
}

bool Parallelizer::CanShare(const PlanNode& node, double least_groups) const {
  if (!node.parallel_safe || !ExpressionsSafe(node)) return false;
  switch (node.kind) {
    case NodeKind::kSeqScan: {
      const auto& scan = static_cast<const SeqScanNode&>(node);
      return !scan.table->temporary;
    }
    case NodeKind::kResult: return !node.children.empty() && CanShare(*node.children[0], least_groups);
    case NodeKind::kHashJoin: {
      if (!CanShare(*node.children[0], least_groups) || !IsSafeBelow(*node.children[1])) return false;
      // A dear inner side that only one participant could work on is better gathered on its own.
      const PlanNode& inner = *node.children[1];
      return settings_.debug_parallel_query || CanShare(inner, 0) || inner.total_cost < 0.3 * node.total_cost;
    }
    case NodeKind::kWindowAgg: {
      const WindowSharing sharing = SharingOf(node);
      return sharing.sort != nullptr && (settings_.debug_parallel_query || sharing.partitions >= kLeastPartitions) && CanShare(*sharing.sort->children[0], 0);
    }
    case NodeKind::kNestedLoop:
      return CanShare(*node.children[0], least_groups) && IsSafeBelow(*node.children[1]);
    case NodeKind::kAggregate: {
      const auto& aggregate = static_cast<const AggregateNode&>(node);
      return aggregate.strategy != AggregateStrategy::kSorted && aggregate.groups >= least_groups && AggregatesSafe(aggregate) &&
             (aggregate.split == AggregateSplit::kPartial || SplitsInTwo(aggregate) || CanPassRows(aggregate)) && CanShare(*node.children[0], 0);
    }
    case NodeKind::kSetOp: {
      const bool left = CanShare(*node.children[0], 0), right = CanShare(*node.children[1], 0);
      return node.rows >= least_groups && (left || right) && (left || IsSafeBelow(*node.children[0])) && (right || IsSafeBelow(*node.children[1]));
    }
    default: return false;
  }
}

bool Parallelizer::CanShareBuild(const HashJoinNode& join) const {
  const PlanNode& inner = *join.children[1];
  if (!settings_.enable_parallel_hash || !CanShare(inner, 0)) return false;
  if (settings_.debug_parallel_query) return true;
  Path path;
  Follow(inner, path);
  return path.scan_rows >= thresholds_.scan;
}

void Parallelizer::Follow(const PlanNode& node, Path& path) const {
  switch (node.kind) {
    case NodeKind::kSeqScan: {
      const auto& scan = static_cast<const SeqScanNode&>(node);
      const double rows = scan.table->table == nullptr ? scan.rows : static_cast<double>(scan.table->table->statistics().rows);
      path.operations.filter = path.operations.filter || scan.filter != nullptr;
      if (rows <= path.scan_rows) return;
      path.scan = &scan;
      path.scan_rows = rows;
      return;
    }
    case NodeKind::kHashJoin:
      path.operations.join = true;
      if (CanShareBuild(static_cast<const HashJoinNode&>(node))) Follow(*node.children[1], path);
      break;
    case NodeKind::kNestedLoop: path.operations.join = true; break;
    case NodeKind::kSort: path.operations.sort = true; break;
    case NodeKind::kAggregate:
      path.operations.aggregate = true;
      path.merged += static_cast<const AggregateNode&>(node).groups;
      break;
    case NodeKind::kSetOp:
      path.operations.aggregate = true;
      for (const PlanNodePtr& child : node.children) {
        if (CanShare(*child, 0)) Follow(*child, path);
      }
      return;
    default: break;
  }
  if (!node.children.empty()) Follow(*node.children[0], path);
}

double Parallelizer::Divisor(int workers) const {
  if (!settings_.parallel_leader_participation) return workers;
  return workers + std::max(0.0, 1.0 - 0.3 * workers);
}

int Parallelizer::Workers(const PlanNode& node, const PlanNode& whole, Operations operations, double rows_up, double extra_cost) {
  Path path{.operations = operations};
  Follow(node, path);
  if (path.scan == nullptr) return 0;
  const SeqScanNode* scan = path.scan;
  const double rows = path.scan_rows;
  operations = path.operations;
  double threshold = operations.filter ? thresholds_.filter : thresholds_.scan;
  const char* what = operations.filter ? "filter" : "scan";
  const auto take = [&](bool used, double limit, const char* name) {
    if (!used || limit <= threshold) return;
    threshold = limit;
    what = name;
  };
  take(operations.sort, thresholds_.sort, "sort");
  take(operations.aggregate, thresholds_.aggregate, "aggregate");
  take(operations.join, thresholds_.join, "join");

  int limit = std::min(settings_.max_parallel_workers_per_gather, settings_.max_parallel_workers);
  int option = -1;
  for (const auto& [name, value] : scan->table->options) {
    if (name == "parallel_workers") option = std::atoi(value.c_str());
  }
  ParallelDecision decision;
  decision.operation = operations.join ? "join" : operations.aggregate ? "aggregate" : operations.sort ? "sort" : operations.filter ? "filter" : "scan";
  decision.table = scan->table->name;
  decision.rows = rows;
  const auto serial = [&](const std::string& reason) {
    if (rows <= serial_.rows) return 0;
    serial_ = std::move(decision);
    serial_.reason = "serial, " + reason;
    return 0;
  };
  if (option == 0) return serial("table " + scan->table->name + " has parallel_workers = 0");
  const bool forced = settings_.debug_parallel_query || option > 0;
  ParallelHistory::Verdict verdict;
  const std::string cores = settings_.parallel_threshold >= 0 ? "parallel_threshold" : Format("%d cores", settings_.cores);
  if (!forced) {
    if (settings_.parallel_threshold < 0 && rows < kAlwaysSerialRows) return serial(Number(rows) + " rows are too few for any worker");
    decision.shape = ShapeOf(whole);
    if (history_ != nullptr && settings_.parallel_threshold < 0) verdict = history_->Ask(decision.shape, rows);
    if (verdict.advice == ParallelHistory::Advice::kSerial) {
      return serial(Format("%llu runs with workers were %.2f times as fast, less than %.1f", static_cast<unsigned long long>(verdict.samples), verdict.speedup,
                           ParallelHistory::kSpeedup));
    }
    if (rows < threshold && verdict.advice == ParallelHistory::Advice::kNone) return serial(Format("%.0f rows, the %s threshold is %.0f (%s)", rows, what, threshold, cores.c_str()));
  }
  int workers = option;
  if (workers < 0) {
    // As PostgreSQL: one worker at the threshold, one more each time the table is three times as large.
    workers = 1;
    for (double size = std::max(threshold, 1000.0) * 3; size <= rows && workers < limit; size *= 3) ++workers;
  }
  workers = std::max(1, std::min(workers, limit));
  if (!forced && settings_.parallel_threshold < 0 && verdict.advice == ParallelHistory::Advice::kNone) {
    const double work = node.total_cost + extra_cost;
    const double saved = work * (1 - 1 / Divisor(workers));
    // Everyone merges its share of what all have grouped.
    const double price = cost_.ParallelSetup() + rows_up * cost_.ParallelRow() + path.merged * cost_.HashRow();
    if (saved <= price) {
      return serial(Format("workers would save %.2f and cost %.2f (setup %.2f, %.0f rows to pass)", saved, price, cost_.ParallelSetup(), rows_up));
    }
  }
  decision.workers = workers;
  decision.forced = forced;
  decision.reason = Format("%d worker%s: ", workers, workers == 1 ? "" : "s");
  const auto samples = static_cast<unsigned long long>(verdict.samples);
  if (forced && option > 0) {
    decision.reason += Format("table %s has parallel_workers = %d", decision.table.c_str(), option);
  } else if (forced) {
    decision.reason += "forced by debug_parallel_query";
  } else if (verdict.speedup > 0) {
    decision.reason += Format("%llu runs with workers were %.2f times as fast", samples, verdict.speedup);
  } else if (verdict.advice == ParallelHistory::Advice::kParallel) {
    decision.reason += Format("%llu serial runs took %.1f ms each", samples, verdict.serial_ms);
  } else {
    decision.reason += Format("%.0f rows, the %s threshold is %.0f (%s)", rows, what, threshold, cores.c_str());
  }
  if (decision.shape == 0) decision.shape = ShapeOf(whole);
  decisions_.push_back(std::move(decision));
  return workers;
}

void Parallelizer::Share(PlanNode& node, double divisor) {
  switch (node.kind) {
    case NodeKind::kSeqScan: node.parallel_aware = true; break;
    case NodeKind::kWindowAgg: {
      // The topmost of several decides.
      const WindowSharing sharing = SharingOf(node);
      if (sharing.sort->partition_by.empty()) sharing.sort->partition_by = sharing.slots;
      break;
    }
    case NodeKind::kHashJoin:
      if (CanShareBuild(static_cast<const HashJoinNode&>(node))) {
        node.parallel_aware = true;
        Share(*node.children[1], divisor);
      }
      break;
    default: break;
  }
  if (node.kind == NodeKind::kSetOp) {
    node.parallel_aware = true;
    for (const PlanNodePtr& child : node.children) {
      if (CanShare(*child, 0)) Share(*child, divisor);
    }
  } else if (node.kind != NodeKind::kSeqScan) {
    Share(*node.children[0], divisor);
  }
  if (node.kind == NodeKind::kAggregate) {
    auto& aggregate = static_cast<AggregateNode&>(node);
    if (SplitsInTwo(aggregate)) Split(aggregate, divisor);
    else aggregate.parallel_aware = aggregate.split == AggregateSplit::kSingle;
  }
  node.rows = std::max(1.0, std::round(node.rows / divisor));
  node.total_cost = node.startup_cost + (node.total_cost - node.startup_cost) / divisor;
}

PlanNodePtr Parallelizer::MakeGather(PlanNodePtr node, double rows) {
  auto gather = std::make_unique<GatherNode>();
  Plan(*gather);
  CopyShape(*node, *gather);
  gather->rows = rows;
  gather->startup_cost = node->startup_cost + cost_.ParallelSetup();
  gather->total_cost = node->total_cost + cost_.ParallelSetup() + rows * cost_.ParallelRow();
  gather->children.push_back(std::move(node));
  return gather;
}

void Parallelizer::Split(AggregateNode& aggregate, double divisor) {
  PlanNode& child = *aggregate.children[0];
  // The child's cost is its shared one by now; this node's is still the serial one.
  const double own = cost_.Aggregate(child.rows * divisor, aggregate.groups, aggregate.keys.size(), aggregate.aggregates.size());
  auto partial = std::make_unique<AggregateNode>();
  partial->strategy = aggregate.strategy;
  partial->split = AggregateSplit::kPartial;
  partial->keys = aggregate.keys;
  partial->aggregates = aggregate.aggregates;
  std::vector<ExprRef> key_slots;
  for (const ExprRef& key : aggregate.keys) {
    key_slots.push_back(sql::MakeSlot(static_cast<uint32_t>(key_slots.size()), key->type, key->name));
    partial->output.push_back({key->name, key->type});
    partial->width += TypeWidth(key->type);
  }
  for (PlanAggregate& call : aggregate.aggregates) {
    const auto slot = static_cast<uint32_t>(partial->output.size());
    partial->output.push_back({"partial " + std::string(call.call->function->name), type_oid::kInternal});
    partial->width += 8;
    call.arguments = {sql::MakeSlot(slot, type_oid::kInternal)};
    call.filter = nullptr;
  }
  partial->grouping_sets = aggregate.grouping_sets;
  if (!partial->grouping_sets.empty()) partial->output.push_back({"set", type_oid::kInt4});
  partial->groups = partial->rows = aggregate.strategy == AggregateStrategy::kPlain ? 1 : std::max(1.0, std::min(aggregate.groups, child.rows));
  partial->startup_cost = child.total_cost + own / divisor;
  partial->total_cost = partial->startup_cost + partial->rows * cost_.ScanRow();
  partial->children.push_back(std::move(aggregate.children[0]));
  aggregate.split = AggregateSplit::kFinal;
  aggregate.keys = std::move(key_slots);
  aggregate.startup_cost = partial->startup_cost + partial->rows * cost_.HashRow();
  aggregate.total_cost = aggregate.startup_cost + aggregate.groups * cost_.ScanRow();
  aggregate.children[0] = std::move(partial);
}

PlanNodePtr Parallelizer::PlaceAggregate(PlanNodePtr node) {
  auto& aggregate = static_cast<AggregateNode&>(*node);
  const bool many = aggregate.groups >= kSharedGroups || !SplitsInTwo(aggregate);
  const double rows = node->rows;
  const int workers = CanShare(aggregate, 0) ? Workers(aggregate, aggregate, {}, many ? rows : aggregate.groups * 2, 0) : 0;
  if (workers == 0) {
    node->children[0] = PlaceBelow(std::move(node->children[0]));
    return node;
  }
  const double divisor = Divisor(workers);
  if (many) {
    Share(aggregate, divisor);
    return MakeGather(std::move(node), rows);
  }
  // Few groups: the leader finalizes them.
  Share(*aggregate.children[0], divisor);
  Split(aggregate, divisor);
  const double partial_rows = aggregate.children[0]->rows;
  const double passed = partial_rows * (workers + (settings_.parallel_leader_participation ? 1 : 0));
  aggregate.children[0] = MakeGather(std::move(aggregate.children[0]), std::max(1.0, partial_rows * workers));
  aggregate.startup_cost = aggregate.children[0]->total_cost + passed * cost_.HashRow();
  aggregate.total_cost = aggregate.startup_cost + aggregate.groups * cost_.ScanRow();
  return node;
}

PlanNodePtr Parallelizer::PlaceSort(PlanNodePtr node) {
  PlanNode& child = *node->children[0];
  const bool top = node->kind == NodeKind::kTopN;
  Operations operations;
  operations.sort = true;
  const double rows = node->rows;
  const auto constant = [](const ExprRef& expr) { return expr == nullptr || (sql::IsConstant(*expr) && !expr->constant.is_null); };
  bool can = settings_.enable_gathermerge && CanShare(child);
  if (top) {
    const auto& bound = static_cast<const TopNNode&>(*node);
    can = can && !bound.with_ties && bound.limit != nullptr && constant(bound.limit) && constant(bound.offset);
  }
  const double own = node->total_cost - child.total_cost;
  const int workers = can ? Workers(child, *node, operations, top ? rows * 3 : rows, own) : 0;
  if (workers == 0) {
    node->children[0] = PlaceBelow(std::move(node->children[0]));
    return node;
  }
  const double divisor = Divisor(workers);
  Share(child, divisor);
  auto merge = std::make_unique<GatherMergeNode>();
  Plan(*merge);
  merge->keys = top ? static_cast<TopNNode&>(*node).keys : static_cast<SortNode&>(*node).keys;
  // The merge needs the keys: a projection that drops them moves above it.
  std::vector<ExprRef> projection = std::move(node->projection);
  node->projection.clear();
  const std::vector<PlanColumn> output = std::move(node->output);
  const int width = node->width;
  node->output = child.output;
  node->width = child.width;
  merge->output = node->output;
  merge->width = node->width;
  ExprRef limit, offset;
  if (top) {
    auto& bound = static_cast<TopNNode&>(*node);
    limit = bound.limit;
    offset = bound.offset;
    const auto value = [](const ExprRef& expr) { return expr == nullptr ? int64_t{0} : std::max<int64_t>(0, expr->constant.as<int64_t>()); };
    int64_t bound_rows = 0;
    if (__builtin_add_overflow(value(limit), value(offset), &bound_rows)) bound_rows = INT64_MAX;
    bound.limit = sql::MakeConstant(Datum::Int8(bound_rows));
    bound.offset = nullptr;
    bound.partial = true;
    node->rows = std::min(child.rows, static_cast<double>(bound_rows));
  } else {
    node->rows = child.rows;
  }
  node->startup_cost = child.total_cost + own / divisor;
  node->total_cost = node->startup_cost + node->rows * cost_.ScanRow();
  merge->rows = top ? std::max(1.0, node->rows * workers) : rows;
  merge->startup_cost = node->startup_cost + cost_.ParallelSetup();
  merge->total_cost = node->total_cost + cost_.ParallelSetup() + merge->rows * (cost_.ParallelRow() + cost_.Operator());
  merge->children.push_back(std::move(node));
  PlanNodePtr result = std::move(merge);
  if (top) {
    auto above = std::make_unique<LimitNode>();
    above->limit = limit;
    above->offset = offset;
    above->rows = rows;
    above->startup_cost = result->startup_cost;
    above->total_cost = result->total_cost;
    above->output = result->output;
    above->width = result->width;
    above->children.push_back(std::move(result));
    result = std::move(above);
  }
  if (!projection.empty()) {
    result->projection = std::move(projection);
    result->output = output;
    result->width = width;
  }
  return result;
}

PlanNodePtr Parallelizer::PlaceBelow(PlanNodePtr node) {
  if (node->kind == NodeKind::kAggregate) return PlaceAggregate(std::move(node));
  if (node->kind == NodeKind::kSort || node->kind == NodeKind::kTopN) return PlaceSort(std::move(node));
  if (CanShare(*node, node->kind == NodeKind::kSetOp ? 0 : settings_.debug_parallel_query ? 0 : kSharedGroups)) {
    const double rows = node->rows;
    if (const int workers = Workers(*node, *node, {}, rows, 0); workers > 0) {
      Share(*node, Divisor(workers));
      return MakeGather(std::move(node), rows);
    }
    // Parts of it may still pay: a build side, say. Not when it was the size that spoke against it.
  }
  // Under a LIMIT without sort the first rows come at once; workers would run ahead in vain.
  if (node->kind == NodeKind::kLimit && node->children[0]->rows > 0 && node->rows < node->children[0]->rows / 10 && !settings_.debug_parallel_query) {
    const NodeKind below = node->children[0]->kind;
    if (below == NodeKind::kSeqScan) {
      if (serial_reason_.empty()) serial_reason_ = "LIMIT stops the scan early";
      return node;
    }
  }
  for (size_t i = 0; i < node->children.size(); ++i) {
    if (node->kind == NodeKind::kNestedLoop && i == 1 && static_cast<const NestedLoopNode&>(*node).parameterized) continue;
    node->children[i] = PlaceBelow(std::move(node->children[i]));
  }
  return node;
}

}  // namespace gather::planner
