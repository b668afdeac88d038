// Instance: the services one server process shares between its sessions. main builds them in this order and destroys them in the reverse.
#pragma once

#include <memory>

#include "catalog/catalog.h"
#include "catalog/settings.h"
#include "planner/parallel_history.h"
#include "storage/storage.h"
#include "types/memory_budget.h"

namespace gather::executor {

class SessionRegistry;
class Timer;
class WorkerPool;

struct Instance {
  storage::Storage& storage;
  catalog::Catalog& catalog;
  const catalog::FunctionRegistry& functions;
  MemoryBudget& budget;
  WorkerPool* pool;                                        // null: no parallelism
  planner::ParallelHistory& history;
  SessionRegistry& sessions;
  Timer& timer;
  std::shared_ptr<const catalog::Settings> settings;       // the server's values
  int64_t start_time;                                      // µs since 2000
  void (*log)(std::string_view severity, std::string_view line);  // one line to the server log; thread-safe
};

}  // namespace gather::executor
