#include "maintenance/maintenance_thread.h"

#include <algorithm>
#include <exception>

#include "storage/analysis/analysis.h"

namespace gather::maintenance {

namespace {
// autovacuum_vacuum_threshold and autovacuum_vacuum_scale_factor of PostgreSQL.
constexpr uint64_t kVacuumThreshold = 50;
constexpr double kVacuumScaleFactor = 0.2;

struct Stopped {};                                         // an analysis was under way when the thread was told to stop
}  // namespace

MaintenanceThread::MaintenanceThread(storage::Storage& storage, MaintenanceOptions options) : storage_(storage), options_(std::move(options)) {
  thread_ = std::thread([this] { Run(); });
  storage_.SetNudge([this] { Nudge(); });
}

MaintenanceThread::~MaintenanceThread() {
  storage_.SetNudge(nullptr);
  {
    std::lock_guard lock(latch_);
    stop_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void MaintenanceThread::Nudge() {
  {
    std::lock_guard lock(latch_);
    nudged_ = true;
  }
  wake_.notify_all();
}

uint64_t MaintenanceThread::frozen_groups() const {
  std::lock_guard lock(latch_);
  return frozen_groups_;
}

void MaintenanceThread::RunOnce() { Round(); }

void MaintenanceThread::Run() {
  for (;;) {
    {
      std::unique_lock lock(latch_);
      wake_.wait_for(lock, options_.interval, [this] { return stop_ || nudged_; });
      if (stop_) return;
      nudged_ = false;
    }
    Round();
  }
}

bool MaintenanceThread::WantsIndexVacuum(const storage::TableStore& table) {
  const storage::TableStatistics statistics = table.statistics();
  uint64_t& seen = vacuumed_dead_[table.id()];
  // Row groups that were dropped meanwhile took their dead rows along.
  seen = std::min(seen, statistics.dead_rows);
  const auto wanted = static_cast<uint64_t>(static_cast<double>(statistics.rows) * kVacuumScaleFactor) + kVacuumThreshold;
  if (statistics.dead_rows - seen < wanted) return false;
  seen = statistics.dead_rows;
  return true;
}

bool MaintenanceThread::WantsAnalysis(const storage::TableStore& table) const {
  storage::KeptAnalysis(table);                            // knows what has changed before the server's start
  const storage::TableStatistics statistics = table.statistics();
  return static_cast<double>(statistics.changed) >
         static_cast<double>(options_.analyze_threshold) + options_.analyze_scale_factor * static_cast<double>(statistics.rows);
}

void MaintenanceThread::Pause() {
  std::unique_lock lock(latch_);
  if (++vectors_read_ % options_.vectors_before_pause == 0 && options_.pause.count() > 0) wake_.wait_for(lock, options_.pause, [this] { return stop_; });
  if (stop_) throw Stopped();
}

void MaintenanceThread::Round() {
  std::lock_guard one_at_a_time(round_);
  for (const std::shared_ptr<storage::TableStore>& table : storage_.Tables()) {
    {
      std::lock_guard lock(latch_);
      if (stop_) return;
    }
    try {
      // Entries before rows: a row group that goes leaves no entries that anyone has to look at.
      if (options_.vacuum_indexes && WantsIndexVacuum(*table)) options_.vacuum_indexes(*table);
      const uint32_t frozen = table->Freeze();
      {
        std::lock_guard lock(latch_);
        frozen_groups_ += frozen;
      }
      if (options_.analyze && WantsAnalysis(*table)) options_.analyze(*table, [this] { Pause(); });
    } catch (const Stopped&) {
      return;
    } catch (const std::exception& error) {
      if (options_.report) options_.report("maintenance of storage " + std::to_string(table->id().value) + " failed: " + error.what());
    }
  }
}

}  // namespace gather::maintenance
