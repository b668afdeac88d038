// MaintenanceThread: the one background thread that keeps storage tidy: freezes full row groups, settles versions, drops dead row groups,
// merges delete records, and calls for index vacuum where many rows died and for ANALYZE where many have changed.
//
// Built by main after Storage and catalog, stopped before them. Runs every `interval`, and at once when a row group fills up. What fails is
// reported and tried again next time: maintenance never stops the server.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>

#include "storage/storage.h"

namespace gather::maintenance {

struct MaintenanceOptions {
  std::chrono::milliseconds interval{1000};
  // Vacuums the indexes of one table (the catalog knows them): every entry whose row is dead to everyone.
  std::function<void(storage::TableStore&)> vacuum_indexes;
  // Analyses one table, calling `pause` before each vector of a column: it waits as the limit says, and throws when the thread is to stop. Unset: never.
  std::function<void(storage::TableStore&, const std::function<void()>& pause)> analyze;
  uint64_t analyze_threshold = 50;                         // rows changed, plus this share of all
  double analyze_scale_factor = 0.1;
  std::chrono::microseconds pause{2000};                   // after this many vectors; 0: none
  uint64_t vectors_before_pause = 200;
  std::function<void(const std::string& message)> report;  // one log line
};

class MaintenanceThread {
 public:
  MaintenanceThread(storage::Storage& storage, MaintenanceOptions options);
  ~MaintenanceThread();
  MaintenanceThread(const MaintenanceThread&) = delete;

  void Nudge();                                          // any thread; returns at once
  // One round on the caller's thread (VACUUM, tests); waits for one that runs.
  void RunOnce();
  uint64_t frozen_groups() const;

 private:
  void Run();
  void Round();
  bool WantsIndexVacuum(const storage::TableStore& table);
  bool WantsAnalysis(const storage::TableStore& table) const;
  void Pause();

  storage::Storage& storage_;
  const MaintenanceOptions options_;

  std::mutex round_;                                     // one round at a time; guards vacuumed_dead_
  std::unordered_map<StorageId, uint64_t> vacuumed_dead_;  // dead rows when its indexes were last vacuumed

  mutable std::mutex latch_;                             // guards the rest
  std::condition_variable wake_;
  bool stop_ = false;
  bool nudged_ = false;
  uint64_t frozen_groups_ = 0;
  uint64_t vectors_read_ = 0;                              // by analyses
  std::thread thread_;
};

}  // namespace gather::maintenance
