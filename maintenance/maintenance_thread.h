// MaintenanceThread: the one background thread that keeps storage tidy: freezes full row groups, settles versions, drops dead row groups,
// merges delete records, and calls for index vacuum where many rows died.
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

  storage::Storage& storage_;
  const MaintenanceOptions options_;

  std::mutex round_;                                     // one round at a time; guards vacuumed_dead_
  std::unordered_map<StorageId, uint64_t> vacuumed_dead_;  // dead rows when its indexes were last vacuumed

  mutable std::mutex latch_;                             // guards the rest
  std::condition_variable wake_;
  bool stop_ = false;
  bool nudged_ = false;
  uint64_t frozen_groups_ = 0;
  std::thread thread_;
};

}  // namespace gather::maintenance
