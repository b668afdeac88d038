// gatherdb: builds the services in the order they depend on one another, serves until SIGTERM or SIGINT, and takes them down in reverse.
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include "catalog/catalog.h"
#include "executor/pool/worker_pool.h"
#include "executor/session/instance.h"
#include "executor/session/session_registry.h"
#include "executor/session/timer.h"
#include "maintenance/catalog_link.h"
#include "maintenance/maintenance_thread.h"
#include "server/configuration.h"
#include "server/listener.h"
#include "server/log.h"
#include "server/thread_set.h"
#include "types/datetime.h"
#include "types/machine.h"

namespace gather::server {
namespace {

constexpr int kBaseThreads = 2;
constexpr uint64_t kMegabyte = uint64_t{1} << 20;

// Every connection takes a descriptor, and RocksDB many: as many as the system grants.
void RaiseDescriptorLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Serve(const Configuration& configuration) {
  auto settings = std::make_shared<catalog::Settings>();
  for (const auto& [name, value] : configuration.settings) settings->SetAtStart(name, value);
  settings->SetInternal("port", std::to_string(configuration.port));
  settings->SetInternal("listen_addresses", configuration.address);
  settings->SetInternal("data_directory", configuration.directory);

  const uint64_t shared_buffers = static_cast<uint64_t>(settings->GetInteger("shared_buffers")) * 8192;
  MemoryBudget budget("server", static_cast<uint64_t>(settings->GetInteger("memory_limit")) * kMegabyte);
  storage::StorageOptions options;
  options.directory = configuration.directory;
  options.budget = &budget;
  options.column_cache_bytes = shared_buffers;
  options.block_cache_bytes = std::max(shared_buffers / 4, 32 * kMegabyte);
  options.fsync = settings->GetBool("fsync");
  storage::Storage storage(options);
  const catalog::FunctionRegistry functions;
  catalog::Catalog catalog(storage, functions);
  const int cores = ThisMachine().cores;
  const int workers = static_cast<int>(std::min<int64_t>(settings->GetInteger("max_parallel_workers"), cores));
  executor::WorkerPool pool(workers);
  planner::ParallelHistory history;
  executor::SessionRegistry sessions(static_cast<size_t>(settings->GetInteger("max_connections")));
  executor::Timer timer;
  executor::Instance instance{storage, catalog, functions, budget, cores > 1 ? &pool : nullptr, history, sessions, timer, settings, NowMicros(), &Log};

  storage.SetTableNames([&catalog](StorageId id) { return maintenance::TableName(catalog, id); });
  maintenance::MaintenanceOptions maintenance_options;
  maintenance_options.vacuum_indexes = [&catalog](storage::TableStore& table) { maintenance::VacuumIndexes(catalog, table); };
  if (settings->GetBool("autovacuum")) {
    maintenance_options.analyze = [&catalog, &storage, target = static_cast<int>(settings->GetInteger("default_statistics_target"))](
                                      storage::TableStore& table, const std::function<void()>& pause) {
      maintenance::AnalyzeTable(catalog, storage, table, target, pause);
    };
    maintenance_options.analyze_threshold = static_cast<uint64_t>(settings->GetInteger("autovacuum_analyze_threshold"));
    maintenance_options.analyze_scale_factor = settings->GetReal("autovacuum_analyze_scale_factor");
    const double delay = settings->GetReal(settings->GetReal("autovacuum_vacuum_cost_delay") < 0 ? "vacuum_cost_delay" : "autovacuum_vacuum_cost_delay");
    const int64_t limit = settings->GetInteger("autovacuum_vacuum_cost_limit");
    maintenance_options.pause = std::chrono::microseconds(static_cast<int64_t>(delay * 1000));
    // A vector counts as a page found in memory.
    const int64_t cost = std::max<int64_t>(1, settings->GetInteger("vacuum_cost_page_hit"));
    maintenance_options.vectors_before_pause = static_cast<uint64_t>(std::max<int64_t>(1, (limit < 0 ? settings->GetInteger("vacuum_cost_limit") : limit) / cost));
  }
  maintenance_options.report = [](const std::string& message) { Log("WARNING", message); };
  const maintenance::MaintenanceThread maintenance_thread(storage, maintenance_options);

  boost::asio::io_context context;
  ThreadSet threads(context, kBaseThreads);
  Listener listener(context, threads, instance, configuration.address, configuration.port);
  listener.Start();
  const auto work = boost::asio::make_work_guard(context);
  boost::asio::signal_set signals(context, SIGTERM, SIGINT);
  std::atomic<int> received = 0;
  signals.async_wait([&](const boost::system::error_code& error, int signal) {
    if (error) return;
    Log("LOG", "received fast shutdown request");
    listener.Stop();
    sessions.TerminateAll();
    received = signal;
  });
  Log("LOG", std::string("listening on ") + configuration.address + ", port " + std::to_string(configuration.port));
  Log("LOG", "database system is ready to accept connections");
  threads.Start();
  while (received == 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  // Statements stop at their next check; sessions leave the registry as they end.
  while (sessions.size() > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  context.stop();
  threads.Join();
  Log("LOG", "database system is shut down");
  return 0;
}

}  // namespace
}  // namespace gather::server

int main(int argc, char** argv) {
  const gather::server::Configuration configuration = gather::server::ParseCommandLine(argc, argv);
  std::signal(SIGPIPE, SIG_IGN);
  gather::server::RaiseDescriptorLimit();
  try {
    return gather::server::Serve(configuration);
  } catch (const std::exception& error) {
    gather::server::Log("FATAL", error.what());
    return 1;
  }
}
