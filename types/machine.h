// What this process may use of the machine: processors and memory. Looks at the affinity mask and at the limits of the control group, so that
// a container's share counts and not the host's. Read once; thread-safe.
#pragma once

#include <cstdint>
#include <string>

namespace gather {

struct Machine {
  int cores = 1;
  uint64_t memory = 0;                                 // bytes
};

const Machine& ThisMachine();

// Bytes of this process that lie in memory now.
uint64_t ResidentMemory();

// The control group's part of it, from a cgroup v2 directory; 0 where there is no limit. Apart for tests.
int CgroupCores(const std::string& directory);
uint64_t CgroupMemory(const std::string& directory);

}  // namespace gather
