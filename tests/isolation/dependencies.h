// The graph of who must come before whom among a history's committed transactions, and its cycles.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/isolation/history.h"

namespace gather::isolation {

enum class DependencyKind : uint8_t {
  kWriteWrite,                 // wrote over what the other had written
  kWriteRead,                  // read what the other had written
  kReadWrite,                  // read what was there before the other wrote
};

struct Dependency {
  size_t to = 0;               // transactions by their place in the history
  DependencyKind kind = DependencyKind::kWriteWrite;
  int key = 0;
  int number = 0;              // that was written
};

using DependencyGraph = std::vector<std::vector<Dependency>>;   // by transaction, those after it

enum class CycleRule {
  kWritesSeen,                 // no rw
  kNoNeighbouringReadWrites,
  kAny,
};

struct Step {
  size_t from = 0;
  Dependency dependency;
};
// A short cycle, or nothing.
std::vector<Step> FindCycle(const DependencyGraph& graph, CycleRule rule);
std::string ShowCycle(const History& history, const std::vector<Step>& cycle);

}  // namespace gather::isolation
