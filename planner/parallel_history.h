// ParallelHistory: what was decided about workers and what it brought, per query shape. Planning corrects thresholds and costs by it, and
// gather_parallel_decisions shows it.
//
// A shape is the work below one (possible) Gather without its constants (physical/plan_shape.h). Its numbers are those of runs over about as
// many rows: they are forgotten when the table has grown or shrunk to half or twice. Holds the kMostShapes used last. Thread-safe; asked and
// told once per execution, never per row.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace gather::planner {

// One decision of one plan: for workers or against.
struct ParallelDecision {
  uint64_t shape = 0;
  std::string operation, table;                 // "aggregate" of what drives it
  double rows = 0;                              // of the driving table, when planned
  int workers = 0;                              // planned; 0: serial
  bool forced = false;                          // by a setting or the table's option: not left to measurement
  std::string reason;
};

class ParallelHistory {
 public:
  static constexpr uint64_t kSamples = 10;      // fewer decide nothing
  static constexpr double kSpeedup = 1.5;       // what workers must bring to stay
  static constexpr uint64_t kRetry = 100;       // a shape found not worth workers is measured anew after so many serial runs
  static constexpr double kSlowMs = 10;         // a serial run this long is tried with workers
  static constexpr size_t kMostShapes = 1000;

  struct Record {
    ParallelDecision last;
    uint64_t executions = 0, workers_launched = 0;
    uint64_t serial_samples = 0, parallel_samples = 0;
    uint64_t demoted_runs = 0;                  // serial ones since workers were found not worth it
    double serial_ms = 0, parallel_ms = 0;      // averages; serial_ms also from the leader's rate before workers came
    double speedup() const { return parallel_ms > 0 ? serial_ms / parallel_ms : 0; }
  };
  enum class Advice : uint8_t { kNone, kSerial, kParallel };
  struct Verdict {
    Advice advice = Advice::kNone;
    uint64_t samples = 0;
    double serial_ms = 0, speedup = 0;
  };

  Verdict Ask(uint64_t shape, double rows) const;
  // An execution ended: `ms` within it, `serial_ms` what one participant alone would have taken (0: not known), `launched` workers.
  void Add(const ParallelDecision& decision, int launched, double ms, double serial_ms);
  std::vector<Record> All() const;              // used last first
  void Reset();

 private:
  using Records = std::list<Record>;
  mutable std::mutex mutex_;
  Records records_;                             // used last first
  std::unordered_map<uint64_t, Records::iterator> by_shape_;
};

}  // namespace gather::planner
