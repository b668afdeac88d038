#include "tests/isolation/dependencies.h"

#include <algorithm>
#include <deque>
#include <set>

namespace gather::isolation {

namespace {

// A state is a transaction and whether a rw led to it, which matters where two in a row are no cycle's part.
struct Search {
  const DependencyGraph& graph;
  CycleRule rule;

  size_t States() const { return graph.size() * 2; }
  bool Allowed(size_t state, const Dependency& dependency) const {
    if (dependency.kind != DependencyKind::kReadWrite) return true;
    return rule == CycleRule::kAny || (rule == CycleRule::kNoNeighbouringReadWrites && state % 2 == 0);
  }
  size_t Next(const Dependency& dependency) const {
    const bool tells = rule == CycleRule::kNoNeighbouringReadWrites && dependency.kind == DependencyKind::kReadWrite;
    return dependency.to * 2 + (tells ? 1 : 0);
  }
};

// States that lie on or lead to cycles: what is left when states without a way in or out are taken away again and again.
std::vector<bool> Core(const Search& search) {
  std::vector<std::vector<size_t>> before(search.States());
  std::vector<size_t> ways_out(search.States(), 0);
  for (size_t state = 0; state < search.States(); ++state) {
    for (const Dependency& dependency : search.graph[state / 2]) {
      if (!search.Allowed(state, dependency)) continue;
      before[search.Next(dependency)].push_back(state);
      ++ways_out[state];
    }
  }
  std::vector<bool> core(search.States(), true);
  std::vector<size_t> dead;
  for (size_t state = 0; state < search.States(); ++state) {
    if (ways_out[state] == 0) dead.push_back(state);
  }
  while (!dead.empty()) {
    const size_t state = dead.back();
    dead.pop_back();
    core[state] = false;
    for (const size_t other : before[state]) {
      if (--ways_out[other] == 0) dead.push_back(other);
    }
  }
  return core;
}

// The shortest way from `start` back to it.
std::vector<Step> CycleThrough(const Search& search, const std::vector<bool>& core, size_t start) {
  constexpr size_t kNone = ~size_t{0};
  std::vector<size_t> came_from(search.States(), kNone);
  std::vector<Dependency> came_by(search.States());
  std::deque<size_t> queue = {start};
  while (!queue.empty()) {
    const size_t state = queue.front();
    queue.pop_front();
    for (const Dependency& dependency : search.graph[state / 2]) {
      if (!search.Allowed(state, dependency)) continue;
      const size_t next = search.Next(dependency);
      if (!core[next] || came_from[next] != kNone) continue;
      came_from[next] = state;
      came_by[next] = dependency;
      if (next != start) {
        queue.push_back(next);
        continue;
      }
      std::vector<Step> cycle;
      for (size_t at = start; cycle.empty() || at != start; at = came_from[at]) cycle.push_back({came_from[at] / 2, came_by[at]});
      std::reverse(cycle.begin(), cycle.end());
      return cycle;
    }
  }
  return {};
}

const char* Name(DependencyKind kind) {
  switch (kind) {
    case DependencyKind::kWriteWrite: return "ww";
    case DependencyKind::kWriteRead: return "wr";
    case DependencyKind::kReadWrite: return "rw";
  }
  return "";
}

}  // namespace

std::vector<Step> FindCycle(const DependencyGraph& graph, CycleRule rule) {
  const Search search{graph, rule};
  const std::vector<bool> core = Core(search);
  std::vector<Step> best;
  for (size_t state = 0; state < search.States(); ++state) {
    if (!core[state]) continue;
    std::vector<Step> cycle = CycleThrough(search, core, state);
    if (!cycle.empty() && (best.empty() || cycle.size() < best.size())) best = std::move(cycle);
    if (best.size() == 2) break;
  }
  return best;
}

std::string ShowCycle(const History& history, const std::vector<Step>& cycle) {
  std::string text;
  std::set<size_t> shown;
  for (const auto& [from, dependency] : cycle) {
    text += history.transactions[from].name + " --" + Name(dependency.kind) + "--> " + history.transactions[dependency.to].name + "  (key " +
            std::to_string(dependency.key) + ", " + std::to_string(dependency.number) + " written by " +
            history.transactions[dependency.kind == DependencyKind::kWriteRead ? from : dependency.to].name + ")\n";
  }
  for (const auto& [from, dependency] : cycle) {
    if (shown.insert(from).second) text += Show(history.transactions[from]);
  }
  return text;
}

}  // namespace gather::isolation
