#include "types/machine.h"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <thread>

namespace gather {

namespace {

constexpr char kCgroup[] = "/sys/fs/cgroup";

int AffinityCores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::thread::hardware_concurrency());
}

}  // namespace

uint64_t ResidentMemory() {
  std::ifstream file("/proc/self/statm");
  uint64_t pages = 0, resident = 0;
  return file >> pages >> resident ? resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

int CgroupCores(const std::string& directory) {
  // cpu.max: "quota period" in microseconds, or "max period".
  std::ifstream file(directory + "/cpu.max");
  int64_t quota = 0, period = 0;
  if (!(file >> quota >> period) || quota <= 0 || period <= 0) return 0;
  return static_cast<int>(std::max<int64_t>(1, (quota + period - 1) / period));
}

uint64_t CgroupMemory(const std::string& directory) {
  std::ifstream file(directory + "/memory.max");
  uint64_t bytes = 0;
  return file >> bytes ? bytes : 0;                    // "max": no number
}

const Machine& ThisMachine() {
  static const Machine machine = [] {
    Machine found;
    found.cores = std::max(1, AffinityCores());
    found.memory = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
    if (const int cores = CgroupCores(kCgroup); cores > 0) found.cores = std::min(found.cores, cores);
    if (const uint64_t memory = CgroupMemory(kCgroup); memory > 0) found.memory = std::min(found.memory, memory);
    return found;
  }();
  return machine;
}

}  // namespace gather
