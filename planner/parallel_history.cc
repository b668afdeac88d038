#include "planner/parallel_history.h"

namespace gather::planner {

namespace {

// Averages follow the last twenty or so runs.
constexpr uint64_t kMostWeight = 20;

void Average(double& average, uint64_t& samples, double value) {
  ++samples;
  average += (value - average) / static_cast<double>(samples < kMostWeight ? samples : kMostWeight);
}

bool SameSize(double before, double now) { return now <= 2 * before && before <= 2 * now; }

}  // namespace

ParallelHistory::Verdict ParallelHistory::Ask(uint64_t shape, double rows) const {
  std::lock_guard lock(mutex_);
  const auto found = by_shape_.find(shape);
  if (found == by_shape_.end()) return {};
  const Record& record = *found->second;
  if (!SameSize(record.last.rows, rows)) return {};
  if (record.parallel_samples >= kSamples && record.serial_ms > 0) {
    return {record.speedup() < kSpeedup ? Advice::kSerial : Advice::kParallel, record.parallel_samples, record.serial_ms, record.speedup()};
  }
  if (record.parallel_samples == 0 && record.serial_samples >= kSamples && record.serial_ms >= kSlowMs) {
    return {Advice::kParallel, record.serial_samples, record.serial_ms, 0};
  }
  return {};
}

void ParallelHistory::Add(const ParallelDecision& decision, int launched, double ms, double serial_ms) {
  std::lock_guard lock(mutex_);
  auto found = by_shape_.find(decision.shape);
  if (found == by_shape_.end()) {
    records_.emplace_front();
    found = by_shape_.emplace(decision.shape, records_.begin()).first;
    if (records_.size() > kMostShapes) {
      by_shape_.erase(records_.back().last.shape);
      records_.pop_back();
    }
  } else {
    records_.splice(records_.begin(), records_, found->second);
    if (!SameSize(records_.front().last.rows, decision.rows)) records_.front() = Record();
  }
  Record& record = records_.front();
  record.last = decision;
  ++record.executions;
  record.workers_launched += static_cast<uint64_t>(launched);
  if (launched > 0) {
    Average(record.parallel_ms, record.parallel_samples, ms);
  } else {
    serial_ms = ms;
  }
  // What was true on a busy machine need not stay true.
  const bool demoted = decision.workers == 0 && record.parallel_samples >= kSamples;
  record.demoted_runs = demoted ? record.demoted_runs + 1 : 0;
  if (record.demoted_runs >= kRetry) {
    record.parallel_samples = record.demoted_runs = 0;
    record.parallel_ms = 0;
  }
  if (serial_ms > 0) Average(record.serial_ms, record.serial_samples, serial_ms);
}

std::vector<ParallelHistory::Record> ParallelHistory::All() const {
  std::lock_guard lock(mutex_);
  return {records_.begin(), records_.end()};
}

void ParallelHistory::Reset() {
  std::lock_guard lock(mutex_);
  records_.clear();
  by_shape_.clear();
}

}  // namespace gather::planner
