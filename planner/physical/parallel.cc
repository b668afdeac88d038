#include "planner/physical/parallel.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "planner/expressions.h"
#include "planner/physical/lowering.h"
#include "planner/physical/plan_aggregates.h"
#include "planner/physical/plan_shape.h"
#include "planner/physical/plan_walk.h"
#include "types/error.h"

namespace gather::planner {

namespace {

// As many scanned rows as one fetched through an index costs.
constexpr double kIndexedRows = 0.05;

// Fewer estimated rows than this never pay for a thread, whatever the preset (an explicit parallel_threshold may say otherwise).
constexpr double kAlwaysSerialRows = 1000;

std::string Number(double value) { return Format("%.0f", value); }

// A column of the node's raw row.
PlanColumn RawColumn(const PlanNode& node, uint32_t slot) {
  if (node.kind == NodeKind::kIndexScan) {
    const ScanColumnRef& column = static_cast<const IndexScanNode&>(node).columns[slot];
    return {column.name, column.type};
  }
  const auto left = static_cast<uint32_t>(node.children[0]->output.size());
  return slot < left ? node.children[0]->output[slot] : node.children[1]->output[slot - left];
}

// The node's order as slots of its output, to which keys that are not in it are added.
std::vector<SortKey> KeepKeys(PlanNode& node) {
  if (node.projection.empty()) return node.order;
  std::vector<SortKey> keys;
  for (const SortKey& key : node.order) {
    uint32_t slot = 0;
    while (slot < node.projection.size() && !(node.projection[slot]->kind == sql::ExprKind::kSlot && node.projection[slot]->index == key.slot)) ++slot;
    if (slot == node.projection.size()) {
      const PlanColumn column = RawColumn(node, key.slot);
      node.projection.push_back(sql::MakeSlot(key.slot, column.type, column.name));
      node.output.push_back(column);
      node.width += TypeWidth(column.type);
    }
    keys.push_back({slot, key.order});
  }
  return keys;
}

bool HasRightJoin(const PlanNode& node) {
  const auto keeps_inner = [](JoinKind kind) { return kind == JoinKind::kRight || kind == JoinKind::kFull; };
  if (node.kind == NodeKind::kHashJoin && keeps_inner(static_cast<const HashJoinNode&>(node).join)) return true;
  if (node.kind == NodeKind::kNestedLoop && keeps_inner(static_cast<const NestedLoopNode&>(node).join)) return true;
  return !node.children.empty() && HasRightJoin(*node.children[0]);
}

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

int WorkersBySize(double size, double least, int most) {
  int workers = 1;
  for (double next = least * 3; next <= size && workers < most; next *= 3) ++workers;
  return workers;
}

int ParallelWorkersOption(const catalog::RelationEntry& table) {
  for (const auto& [name, value] : table.options) {
    if (name == "parallel_workers") return std::atoi(value.c_str());
  }
  return -1;
}

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
    case NodeKind::kIndexScan: case NodeKind::kBitmapIndexScan:
      if (leader_reads_indexes_) return false;
      break;
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
    case NodeKind::kIndexScan: return CanShareIndex(*static_cast<const IndexScanNode&>(node).table) && (node.order.empty() || settings_.enable_gathermerge);
    case NodeKind::kBitmapScan: return CanShareIndex(*static_cast<const BitmapScanNode&>(node).table);
    case NodeKind::kCteScan: return true;
    case NodeKind::kAppend: return CanShareAppend(node, least_groups);
    case NodeKind::kResult: return !node.children.empty() && IsOrderKept(*node.children[0], node) && CanShare(*node.children[0], least_groups);
    case NodeKind::kHashJoin: {
      if (!CanShare(*node.children[0], least_groups) || !IsSafeBelow(*node.children[1])) return false;
      // A dear inner side that only one participant could work on is better gathered on its own.
      const PlanNode& inner = *node.children[1];
      return settings_.debug_parallel_query || CanShare(inner, 0) || inner.total_cost < 0.3 * node.total_cost;
    }
    case NodeKind::kWindowAgg: {
      const WindowSharing sharing = SharingOf(node);
      // Participants have partitions of their own: their rows are in no common order.
      return node.order.empty() && sharing.sort != nullptr && (settings_.debug_parallel_query || sharing.partitions >= kLeastPartitions) && CanShare(*sharing.sort->children[0], 0);
    }
    case NodeKind::kMergeJoin: {
      const JoinKind kind = static_cast<const MergeJoinNode&>(node).join;
      if (kind == JoinKind::kRight || kind == JoinKind::kFull || !IsSafeBelow(*node.children[1])) return false;
      return CanShareSorted(*node.children[0], least_groups) && (node.order.empty() || settings_.enable_gathermerge);
    }
    case NodeKind::kNestedLoop:
      if (!IsOrderKept(*node.children[0], node) || !(node.order.empty() || settings_.enable_gathermerge)) return false;
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
  return path.weight() >= thresholds_.scan;
}

bool Parallelizer::CanShareSorted(const PlanNode& node, double least_groups) const {
  const bool sorts = node.kind == NodeKind::kSort || node.kind == NodeKind::kIncrementalSort;
  return CanShare(sorts ? *node.children[0] : node, least_groups);
}

bool Parallelizer::CanShareMember(const PlanNode& child, double least_groups) const {
  // A right join's last participant looks for the rows that nobody has matched: it must be known who takes part.
  return CanShare(child, least_groups) && !HasRightJoin(child);
}

bool Parallelizer::CanShareAppend(const PlanNode& append, double least_groups) const {
  size_t shared = 0;
  double whole = 0;
  for (const PlanNodePtr& child : append.children) {
    if (CanShareMember(*child, least_groups)) {
      ++shared;
    } else if (IsSafeBelow(*child)) {
      whole = std::max(whole, child->total_cost);
    } else {
      return false;
    }
  }
  if (shared == append.children.size()) return true;
  if (!settings_.enable_parallel_append) return false;
  // What one participant must do alone shall not keep the others waiting: then children are better gathered one by one.
  const int workers = std::max(1, std::min(settings_.max_parallel_workers_per_gather, settings_.max_parallel_workers));
  return settings_.debug_parallel_query || whole <= append.total_cost / Divisor(workers);
}

void Parallelizer::FollowScan(const PlanNode& node, Path& path) const {
  Path own;
  const auto rows_of = [](const catalog::RelationEntry& table, double otherwise) {
    return table.table == nullptr ? otherwise : static_cast<double>(table.table->statistics().rows);
  };
  switch (node.kind) {
    case NodeKind::kSeqScan:
      own.table = static_cast<const SeqScanNode&>(node).table.get();
      own.scan_rows = rows_of(*own.table, node.rows);
      break;
    case NodeKind::kIndexScan: {
      const auto& scan = static_cast<const IndexScanNode&>(node);
      own.table = scan.table.get();
      own.scan_rows = std::max(node.rows, scan.entries);
      own.threshold_scale = kIndexedRows;
      own.index = &*scan.index->index;
      own.index_share = std::min(1.0, own.scan_rows / std::max(1.0, rows_of(*own.table, own.scan_rows)));
      break;
    }
    case NodeKind::kCteScan:
      own.name = static_cast<const CteScanNode&>(node).alias;
      own.scan_rows = static_cast<const CteScanNode&>(node).entries;
      break;
    default: {
      const auto& scan = static_cast<const BitmapScanNode&>(node);
      own.table = scan.table.get();
      own.scan_rows = std::max(node.rows, scan.entries);
      own.threshold_scale = kIndexedRows;
      break;
    }
  }
  if (own.table != nullptr) own.name = own.table->name;
  own.operations = path.operations;
  own.operations.filter = own.operations.filter || node.filter != nullptr;
  own.merged = path.merged;
  if (own.weight() > path.weight()) path = own;
  else path.operations = own.operations;
}

void Parallelizer::Follow(const PlanNode& node, Path& path) const {
  switch (node.kind) {
    case NodeKind::kSeqScan: case NodeKind::kIndexScan: case NodeKind::kBitmapScan: case NodeKind::kCteScan: FollowScan(node, path); return;
    case NodeKind::kAppend: {
      // All of its scans count.
      Path all{.operations = path.operations, .merged = path.merged};
      double rows = 0;
      for (const PlanNodePtr& child : node.children) {
        Path own;
        Follow(*child, own);
        if (own.scan_rows < 0) continue;
        rows += own.weight();
        all.operations.join = all.operations.join || own.operations.join;
        all.operations.aggregate = all.operations.aggregate || own.operations.aggregate;
        all.operations.filter = all.operations.filter || own.operations.filter;
        all.merged += own.merged;
        if (all.scan_rows < 0 || own.weight() > all.weight()) {
          all.table = own.table;
          all.name = own.name;
          all.scan_rows = own.weight();
        }
      }
      all.scan_rows = rows;
      if (all.weight() > path.weight()) path = all;
      return;
    }
    case NodeKind::kHashJoin:
      path.operations.join = true;
      if (CanShareBuild(static_cast<const HashJoinNode&>(node))) Follow(*node.children[1], path);
      break;
    case NodeKind::kMergeJoin: case NodeKind::kNestedLoop: path.operations.join = true; break;
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
  too_small_ = false;
  if (path.scan_rows < 0) return 0;
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
  threshold *= path.threshold_scale;

  int limit = std::min(settings_.max_parallel_workers_per_gather, settings_.max_parallel_workers);
  const int option = path.table != nullptr ? ParallelWorkersOption(*path.table) : -1;
  ParallelDecision decision;
  decision.operation = operations.join ? "join" : operations.aggregate ? "aggregate" : operations.sort ? "sort" : operations.filter ? "filter" : "scan";
  decision.table = path.name;
  decision.rows = rows;
  const auto serial = [&](const std::string& reason) {
    if (rows <= serial_.rows) return 0;
    serial_ = std::move(decision);
    serial_.reason = "serial, " + reason;
    return 0;
  };
  if (option == 0) return serial("table " + path.name + " has parallel_workers = 0");
  const bool forced = settings_.debug_parallel_query || option > 0;
  if (!forced && path.index != nullptr && path.index->ordered != nullptr &&
      static_cast<double>(path.index->ordered->ApproximateBytes()) * path.index_share < static_cast<double>(settings_.min_parallel_index_scan_size)) {
    return serial("less of the index is read than min_parallel_index_scan_size");
  }
  // Once it is set, min_parallel_table_scan_size replaces the thresholds in rows.
  const bool sized = settings_.min_parallel_table_scan_size >= 0 && settings_.parallel_threshold < 0 && path.threshold_scale == 1 && path.table != nullptr &&
                     path.table->table != nullptr;
  const double bytes = sized ? static_cast<double>(path.table->table->statistics().bytes) : 0;
  if (!forced && sized && bytes < static_cast<double>(settings_.min_parallel_table_scan_size)) {
    return serial("table " + path.name + " is smaller than min_parallel_table_scan_size");
  }
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
    too_small_ = !sized && rows < threshold && verdict.advice == ParallelHistory::Advice::kNone;
    if (too_small_) return serial(Format("%.0f rows, the %s threshold is %.0f (%s)", rows, what, threshold, cores.c_str()));
  }
  int workers = option;
  if (workers < 0) {
    workers = sized ? WorkersBySize(bytes, std::max(static_cast<double>(settings_.min_parallel_table_scan_size), 8192.0), limit)
                    : WorkersBySize(rows, std::max(threshold, 1000.0), limit);
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
  } else if (sized) {
    decision.reason += Format("table %s is larger than min_parallel_table_scan_size", decision.table.c_str());
  } else {
    decision.reason += Format("%.0f rows, the %s threshold is %.0f (%s)", rows, what, threshold, cores.c_str());
  }
  if (decision.shape == 0) decision.shape = ShapeOf(whole);
  decisions_.push_back(std::move(decision));
  return workers;
}

void Parallelizer::Share(PlanNode& node, double divisor) {
  switch (node.kind) {
    case NodeKind::kSeqScan: case NodeKind::kIndexScan: case NodeKind::kBitmapScan: case NodeKind::kCteScan: node.parallel_aware = true; break;
    case NodeKind::kWindowAgg: {
      // The topmost of several decides.
      const WindowSharing sharing = SharingOf(node);
      if (sharing.sort->partition_by.empty()) sharing.sort->partition_by = sharing.slots;
      break;
    }
    case NodeKind::kAppend: {
      auto& append = static_cast<AppendNode&>(node);
      for (const PlanNodePtr& child : node.children) {
        append.partial.push_back(CanShareMember(*child, 0));
        if (append.partial.back()) Share(*child, divisor);
      }
      node.parallel_aware = settings_.enable_parallel_append;
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
  } else if (!node.children.empty() && node.kind != NodeKind::kAppend && node.kind != NodeKind::kBitmapScan) {
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
  std::unique_ptr<GatherBase> gather;
  std::vector<PlanColumn> output;                      // without what only the merge needs
  double each = cost_.ParallelRow();
  if (node->order.empty()) {
    gather = std::make_unique<GatherNode>();
  } else {
    auto merge = std::make_unique<GatherMergeNode>();
    output = node->output;
    merge->keys = merge->order = KeepKeys(*node);
    gather = std::move(merge);
    each += cost_.Operator();
  }
  Plan(*gather);
  CopyShape(*node, *gather);
  gather->rows = rows;
  gather->startup_cost = node->startup_cost + cost_.ParallelSetup();
  gather->total_cost = node->total_cost + cost_.ParallelSetup() + rows * each;
  if (!output.empty() && output.size() < gather->output.size()) {
    for (uint32_t slot = 0; slot < output.size(); ++slot) gather->projection.push_back(sql::MakeSlot(slot, output[slot].type, output[slot].name));
    gather->output = std::move(output);
  }
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
  partial->orders = aggregate.orders;
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

// Groups of sorted streams meet in the order of their keys.
PlanNodePtr Parallelizer::PlaceSortedAggregate(PlanNodePtr node) {
  auto& aggregate = static_cast<AggregateNode&>(*node);
  PlanNode& child = *node->children[0];
  const bool can = settings_.enable_gathermerge && aggregate.parallel_safe && ExpressionsSafe(aggregate) && AggregatesSafe(aggregate) &&
                   SplitsInTwo(aggregate) && CanShareSorted(child, 0);
  const int workers = can ? Workers(aggregate, aggregate, {}, std::min(child.rows, aggregate.groups * 2), 0) : 0;
  if (workers == 0) {
    node->children[0] = PlaceBelow(std::move(node->children[0]));
    return node;
  }
  const double divisor = Divisor(workers), total = node->total_cost - child.total_cost;
  Share(child, divisor);
  Split(aggregate, divisor);
  PlanNode& partial = *node->children[0];
  partial.startup_cost = child.startup_cost;
  partial.total_cost = child.total_cost + total / divisor;
  for (uint32_t key = 0; key < aggregate.keys.size(); ++key) partial.order.push_back({key, aggregate.orders[key]});
  node->children[0] = MakeGather(std::move(node->children[0]), std::max(1.0, partial.rows * workers));
  aggregate.startup_cost = node->children[0]->startup_cost;
  aggregate.total_cost = node->children[0]->total_cost + node->children[0]->rows * cost_.HashRow() + aggregate.groups * cost_.ScanRow();
  return node;
}

PlanNodePtr Parallelizer::PlaceAggregate(PlanNodePtr node) {
  auto& aggregate = static_cast<AggregateNode&>(*node);
  if (aggregate.strategy == AggregateStrategy::kSorted) return PlaceSortedAggregate(std::move(node));
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
  const bool top = node->kind == NodeKind::kTopN, incremental = node->kind == NodeKind::kIncrementalSort;
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
  merge->keys = top ? static_cast<TopNNode&>(*node).keys : incremental ? static_cast<IncrementalSortNode&>(*node).keys : static_cast<SortNode&>(*node).keys;
  merge->order = merge->keys;
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

void Parallelizer::PlaceInner(PlanNode& node) {
  if (node.kind == NodeKind::kHashJoin || node.kind == NodeKind::kMergeJoin || node.kind == NodeKind::kNestedLoop) {
    PlaceInner(*node.children[0]);
    const bool per_row = node.kind == NodeKind::kNestedLoop && static_cast<const NestedLoopNode&>(node).parameterized;
    if (!per_row) node.children[1] = PlaceBelow(std::move(node.children[1]));
  } else if (node.kind == NodeKind::kSeqScan || node.kind == NodeKind::kIndexScan || node.kind == NodeKind::kBitmapScan || node.kind == NodeKind::kCteScan) {
    return;
  } else {
    for (PlanNodePtr& child : node.children) child = PlaceBelow(std::move(child));
  }
}

bool Parallelizer::EndsEarly(const PlanNode& limit) const {
  if (settings_.debug_parallel_query) return false;
  // Its cost is that of the rows it lets through.
  if (limit.total_cost * 0.5 <= cost_.ParallelSetup()) return true;
  // A tenth of a stream that begins at once.
  const PlanNode* below = limit.children[0].get();
  if (below->rows <= 0 || limit.rows >= below->rows / 10) return false;
  while (below->kind == NodeKind::kUnique || below->kind == NodeKind::kResult ||
         (below->kind == NodeKind::kAggregate && static_cast<const AggregateNode*>(below)->strategy == AggregateStrategy::kSorted)) {
    if (below->children.empty()) return true;
    below = below->children[0].get();
  }
  switch (below->kind) {
    case NodeKind::kSeqScan: case NodeKind::kIndexScan: case NodeKind::kIncrementalSort: case NodeKind::kMergeJoin: case NodeKind::kMergeAppend: return true;
    case NodeKind::kNestedLoop: return !below->order.empty();
    default: return false;
  }
}

PlanNodePtr Parallelizer::PlaceBelow(PlanNodePtr node) {
  if (node->kind == NodeKind::kAggregate) return PlaceAggregate(std::move(node));
  if (node->kind == NodeKind::kSort || node->kind == NodeKind::kTopN || node->kind == NodeKind::kIncrementalSort) return PlaceSort(std::move(node));
  if (CanShare(*node, node->kind == NodeKind::kSetOp ? 0 : settings_.debug_parallel_query ? 0 : kSharedGroups)) {
    const double rows = node->rows;
    if (const int workers = Workers(*node, *node, {}, rows, 0); workers > 0) {
      Share(*node, Divisor(workers));
      return MakeGather(std::move(node), rows);
    }
    // Parts of it may still pay. Not those that are smaller still.
    if (too_small_) {
      PlaceInner(*node);
      return node;
    }
  }
  if (node->kind == NodeKind::kLimit && EndsEarly(*node)) {
    if (serial_reason_.empty()) serial_reason_ = "LIMIT stops the scan early";
    return node;
  }
  for (size_t i = 0; i < node->children.size(); ++i) {
    if (node->kind == NodeKind::kNestedLoop && i == 1 && static_cast<const NestedLoopNode&>(*node).parameterized) continue;
    node->children[i] = PlaceBelow(std::move(node->children[i]));
  }
  return node;
}

}  // namespace gather::planner
