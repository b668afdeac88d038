// Sessions that run random transactions at once, and the history they leave.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "tests/isolation/history.h"

namespace gather::isolation {

struct WorkloadOptions {
  std::string dsn;
  Level level = Level::kSerializable;
  int sessions = 8;
  int transactions = 40;       // of each session
  int keys = 4;
  bool secondary_indexes = true;
  uint64_t seed = 1;
};

struct WorkloadResult {
  History history;
  std::map<std::string, int> failures;   // by SQLSTATE
};

// Makes the tables list and member anew in the server's schema public.
WorkloadResult RunWorkload(const WorkloadOptions& options);

}  // namespace gather::isolation
