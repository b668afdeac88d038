// How many workers a Gather asks for, and why: thresholds and costs propose, measurement decides.
#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "planner/physical/parallel.h"
#include "planner/physical/plan_shape.h"
#include "types/error.h"

namespace gather::planner {

namespace {

// As many scanned rows as one fetched through an index costs.
constexpr double kIndexedRows = 0.05;

// Fewer estimated rows than this never pay for a thread, whatever the preset (an explicit parallel_threshold may say otherwise).
constexpr double kAlwaysSerialRows = 1000;

std::string Number(double value) { return Format("%.0f", value); }

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
  stays_serial_ = false;
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
    stays_serial_ = true;
    if (settings_.parallel_threshold < 0 && rows < kAlwaysSerialRows) return serial(Number(rows) + " rows are too few for any worker");
    decision.shape = ShapeOf(whole);
    if (history_ != nullptr && settings_.parallel_threshold < 0) verdict = history_->Ask(decision.shape, rows);
    if (verdict.advice == ParallelHistory::Advice::kSerial) {
      return serial(Format("%llu runs with workers were %.2f times as fast, less than %.1f", static_cast<unsigned long long>(verdict.samples), verdict.speedup,
                           ParallelHistory::kSpeedup));
    }
    if (!sized && rows < threshold && verdict.advice == ParallelHistory::Advice::kNone) return serial(Format("%.0f rows, the %s threshold is %.0f (%s)", rows, what, threshold, cores.c_str()));
    stays_serial_ = false;
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

}  // namespace gather::planner
