// histories: runs random concurrent transactions and looks for anomalies that the isolation level forbids.
//
//   histories --server build/dev/bin/gatherdb --seconds 60 --level serializable -c debug_parallel_query=on -c parallel_threshold=0
//   histories --dsn "host=127.0.0.1 port=5432 user=postgres dbname=postgres" --seed 7 --keys 2
//
// The seed fixes what the sessions ask for, not how they interleave.
#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <map>
#include <memory>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/isolation/checker.h"
#include "tests/isolation/workload.h"
#include "tests/runner/server_process.h"

namespace {

using namespace gather::isolation;

struct LevelName {
  const char* name;
  Level level;
};
constexpr LevelName kLevels[] = {
    {"read-committed", Level::kReadCommitted}, {"repeatable-read", Level::kRepeatableRead}, {"serializable", Level::kSerializable}};

Level LevelOf(const std::string& name) {
  for (const LevelName& level : kLevels) {
    if (name == level.name) return level.level;
  }
  throw std::runtime_error("no such level: " + name);
}

struct Totals {
  int rounds = 0, committed = 0, rolled_back = 0, anomalies = 0;
  std::map<std::string, int> failures;
};

void Round(const WorkloadOptions& options, Level checked, Totals& totals) {
  const WorkloadResult result = RunWorkload(options);
  ++totals.rounds;
  for (const TransactionRecord& transaction : result.history.transactions) ++(transaction.committed ? totals.committed : totals.rolled_back);
  for (const auto& [sqlstate, count] : result.failures) totals.failures[sqlstate] += count;
  for (const Anomaly& anomaly : FindAnomalies(result.history, checked)) {
    if (totals.anomalies++ < 3) std::printf("%s, with --seed %llu\n%s\n", anomaly.name.c_str(), static_cast<unsigned long long>(options.seed), anomaly.description.c_str());
  }
}

int Run(WorkloadOptions options, const std::string& only, const std::string& check_as, double seconds) {
  int anomalies = 0;
  for (const LevelName& level : kLevels) {
    if (!only.empty() && only != level.name) continue;
    options.level = level.level;
    const Level checked = check_as.empty() ? level.level : LevelOf(check_as);
    const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double>(seconds);
    Totals totals;
    const uint64_t first_seed = options.seed;
    std::mt19937_64 random(first_seed);
    for (WorkloadOptions round = options; totals.rounds == 0 || std::chrono::steady_clock::now() < end; ++round.seed) {
      round.keys = options.keys > 0 ? options.keys : 1 + static_cast<int>(random() % 8);
      round.secondary_indexes = random() % 2 == 0;
      Round(round, checked, totals);
    }
    std::printf("%s: seeds %llu to %llu, %d committed, %d rolled back", level.name, static_cast<unsigned long long>(first_seed),
                static_cast<unsigned long long>(first_seed) + static_cast<unsigned long long>(totals.rounds) - 1, totals.committed, totals.rolled_back);
    for (const auto& [sqlstate, count] : totals.failures) std::printf(", %d %s", count, sqlstate.c_str());
    std::printf(", %d anomalies\n", totals.anomalies);
    std::fflush(stdout);
    anomalies += totals.anomalies;
  }
  return anomalies == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Looks for isolation anomalies in random histories");
  WorkloadOptions options;
  options.keys = 0;
  options.seed = std::random_device()();
  std::string server, level, check_as;
  std::vector<std::string> settings;
  double seconds = 2;
  app.add_option("--server", server, "gatherdb executable");
  app.add_option("--dsn", options.dsn, "use this server instead; its tables list and member are dropped");
  app.add_option("-c", settings, "setting for the server, name=value")->allow_extra_args(false);
  app.add_option("--level", level, "read-committed, repeatable-read or serializable; all without it");
  app.add_option("--check-as", check_as, "look for what this level forbids: a stronger one shows that the anomalies would be found");
  app.add_option("--seconds", seconds, "for each level")->envname("GATHER_HISTORY_SECONDS");
  app.add_option("--seed", options.seed, "of the first round; those after it count up")->envname("GATHER_HISTORY_SEED");
  app.add_option("--sessions", options.sessions);
  app.add_option("--transactions", options.transactions, "of a session in a round");
  app.add_option("--keys", options.keys, "1 to 8 by chance without it");
  CLI11_PARSE(app, argc, argv);
  if (server.empty() == options.dsn.empty()) {
    std::fprintf(stderr, "give either --server or --dsn\n");
    return 2;
  }
  try {
    std::unique_ptr<gather::runner::ServerProcess> process;
    if (!server.empty()) {
      process = std::make_unique<gather::runner::ServerProcess>(server, settings);
      options.dsn = process->Dsn();
    }
    if (!level.empty()) LevelOf(level);
    return Run(options, level, check_as, seconds);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
