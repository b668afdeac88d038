#include "planner/explain_actuals.h"

#include <algorithm>

#include "types/error.h"

namespace gather::planner {

namespace {

std::string ActualText(double startup, double total, uint64_t rows, uint64_t loops, bool timing) {
  const auto count = static_cast<double>(std::max<uint64_t>(1, loops));
  if (timing) return Format("actual time=%.3f..%.3f rows=%.0f loops=%lu", startup / count, total / count, static_cast<double>(rows) / count, static_cast<unsigned long>(loops));
  return Format("actual rows=%.0f loops=%lu", static_cast<double>(rows) / count, static_cast<unsigned long>(loops));
}

void AddMeasured(ExplainEntry& own, const WorkerActuals& worker, bool timing) {
  own.lines.push_back(ActualText(worker.startup_ms, worker.total_ms, worker.rows, worker.loops, timing));
  const auto count = static_cast<double>(worker.loops);
  if (timing) {
    own.Literal("Actual Startup Time", Format("%.3f", worker.startup_ms / count));
    own.Literal("Actual Total Time", Format("%.3f", worker.total_ms / count));
  }
  own.Literal("Actual Rows", Format("%.0f", static_cast<double>(worker.rows) / count));
  own.Literal("Actual Loops", std::to_string(worker.loops));
}

}  // namespace

void AddMeasured(ExplainEntry& entry, const NodeActuals* actual, bool timing) {
  if (actual == nullptr) return;
  if (actual->loops == 0) {
    entry.heading += " (never executed)";
  } else {
    entry.heading += " (" + ActualText(actual->startup_ms, actual->total_ms, actual->rows, actual->loops, timing) + ")";
  }
  const auto count = static_cast<double>(std::max<uint64_t>(1, actual->loops));
  if (timing) {
    entry.Literal("Actual Startup Time", Format("%.3f", actual->startup_ms / count));
    entry.Literal("Actual Total Time", Format("%.3f", actual->total_ms / count));
  }
  entry.Literal("Actual Rows", Format("%.0f", static_cast<double>(actual->rows) / count));
  entry.Literal("Actual Loops", std::to_string(actual->loops));
}

void AddSortSpace(ExplainEntry& entry, const SpaceActuals& space) {
  const bool disk = space.disk_bytes > 0;
  const uint64_t kilobytes = ((disk ? space.disk_bytes : space.memory_bytes) + 1023) / 1024;
  entry.lines.push_back(Format("Sort Method: %s  %s: %lukB", space.sort_method.c_str(), disk ? "Disk" : "Memory", static_cast<unsigned long>(kilobytes)));
  entry.Hidden("Sort Method", space.sort_method);
  entry.Literal("Sort Space Used", std::to_string(kilobytes));
  entry.Hidden("Sort Space Type", disk ? "Disk" : "Memory");
}

void AddGroupSpace(ExplainEntry& entry, const SpaceActuals& space) {
  const bool disk = space.disk_bytes > 0;
  const uint64_t kilobytes = ((disk ? space.disk_bytes : space.memory_bytes) + 1023) / 1024;
  const auto groups = static_cast<unsigned long>(space.sort_groups), used = static_cast<unsigned long>(kilobytes);
  entry.lines.push_back(Format("Full-sort Groups: %lu  Sort Method: %s  Average %s: %lukB  Peak %s: %lukB", groups, space.sort_method.c_str(), disk ? "Disk" : "Memory",
                               used, disk ? "Disk" : "Memory", used));
  entry.Literal("Group Count", std::to_string(groups));
  entry.Hidden("Sort Methods Used", space.sort_method);
  entry.Literal("Peak Sort Space Used", std::to_string(used));
}

void AddHashSpace(ExplainEntry& entry, const SpaceActuals& space) {
  const uint64_t memory = (space.memory_bytes + 1023) / 1024, disk = (space.disk_bytes + 1023) / 1024;
  std::string line = Format("Batches: %lu  Memory Usage: %lukB", static_cast<unsigned long>(space.hash_batches), static_cast<unsigned long>(memory));
  if (disk > 0) line += Format("  Disk Usage: %lukB", static_cast<unsigned long>(disk));
  entry.lines.push_back(line);
  entry.Literal("HashAgg Batches", std::to_string(space.hash_batches));
  entry.Literal("Peak Memory Usage", std::to_string(memory));
  entry.Literal("Disk Usage", std::to_string(disk));
}

void AddWorkers(const PlanNode& node, ExplainEntry& entry, const NodeActuals* actual, const ExplainOptions& options) {
  if (actual == nullptr) return;
  const bool hashes = node.kind == NodeKind::kAggregate && static_cast<const AggregateNode&>(node).strategy == AggregateStrategy::kHashed;
  for (const WorkerActuals& worker : actual->workers) {
    ExplainEntry own;
    own.Literal("Worker Number", std::to_string(worker.number));
    if (options.verbose) AddMeasured(own, worker, options.timing);
    if (!worker.sort_method.empty()) {
      if (worker.sort_groups > 0) AddGroupSpace(own, worker); else AddSortSpace(own, worker);
    }
    if (hashes && worker.hash_batches > 0) AddHashSpace(own, worker);
    if (options.verbose) {
      std::string extras;
      const auto extra = [&](const char* label, const char* key, uint64_t value) {
        if (value > 0) extras += Format("%s%s: %lu", extras.empty() ? "" : "  ", label, static_cast<unsigned long>(value));
        own.Literal(key, std::to_string(value));
      };
      extra("Morsels", "Morsels", worker.morsels);
      extra("Stolen", "Morsels Stolen", worker.stolen);
      extra("Waits", "Waits", worker.waits);
      extra("Spilled", "Spilled Bytes", worker.spilled_bytes);
      if (!extras.empty()) own.lines.push_back(extras);
    }
    if (own.lines.empty()) continue;
    for (size_t i = 0; i < own.lines.size(); ++i) entry.lines.push_back((i == 0 ? Format("Worker %u:  ", worker.number) : "  ") + own.lines[i]);
    entry.workers.push_back(std::move(own));
  }
}

std::string BuffersText(const storage::IoCounts& counts) {
  std::string text;
  const auto group = [&text](const char* name, const char* first, uint64_t first_count, const char* second, uint64_t second_count) {
    if (first_count == 0 && second_count == 0) return;
    text += text.empty() ? "Buffers: " : ", ";
    text += name;
    if (first_count > 0) text += Format(" %s=%lu", first, static_cast<unsigned long>(first_count));
    if (second_count > 0) text += Format(" %s=%lu", second, static_cast<unsigned long>(second_count));
  };
  group("shared", "hit", counts.hit, "read", counts.read);
  group("temp", "read", counts.temp_read, "written", counts.temp_written);
  return text;
}

std::vector<ExplainProperty> BuffersProperties(const storage::IoCounts& counts) {
  std::vector<ExplainProperty> properties;
  const auto add = [&properties](const char* label, uint64_t value) {
    properties.push_back({label, ExplainProperty::Kind::kLiteral, std::to_string(value), {}, {}});
  };
  add("Shared Hit Blocks", counts.hit);
  add("Shared Read Blocks", counts.read);
  for (const char* label : {"Shared Dirtied Blocks", "Shared Written Blocks", "Local Hit Blocks", "Local Read Blocks", "Local Dirtied Blocks", "Local Written Blocks"}) add(label, 0);
  add("Temp Read Blocks", counts.temp_read);
  add("Temp Written Blocks", counts.temp_written);
  return properties;
}

}  // namespace gather::planner
