// sql_runner: runs sqllogictest scripts against a gatherdb of its own, or against any server that speaks the protocol.
//
//   sql_runner --server build/dev/bin/gatherdb tests/sql
//   sql_runner --server ... --name workers -c debug_parallel_query=on -c parallel_threshold=0 tests/sql/join
//   sql_runner --dsn "host=127.0.0.1 port=5432 user=postgres dbname=postgres" --rewrite tests/sql/types/date.slt
#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "tests/runner/script_run.h"

namespace {

using namespace gather::runner;

std::vector<std::string> FindScripts(const std::vector<std::string>& paths) {
  std::vector<std::string> scripts;
  for (const std::string& path : paths) {
    if (!std::filesystem::is_directory(path)) {
      scripts.push_back(path);
      continue;
    }
    for (const auto& entry : std::filesystem::recursive_directory_iterator(path)) {
      const std::string extension = entry.path().extension();
      if (extension == ".slt" || extension == ".test") scripts.push_back(entry.path().string());
    }
  }
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

RunResult RunScript(const RunOptions& options, const std::string& path) {
  try {
    return ScriptRun(options, ReadScript(path)).Run();
  } catch (const std::exception& error) {
    return {.failures = 1, .report = std::string(error.what()) + "\n"};
  }
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Runs sqllogictest scripts");
  RunOptions options;
  std::vector<std::string> paths;
  int jobs = static_cast<int>(std::thread::hardware_concurrency());
  int timeout = 60;
  bool extended = false;
  std::string gaps, write_gaps;
  bool quiet = false;
  app.add_option("--server", options.server, "gatherdb executable; each script gets a server of its own");
  app.add_option("--dsn", options.dsn, "use this server instead; its schema public is dropped and made anew");
  app.add_option("-c", options.settings, "setting for the server, name=value")->allow_extra_args(false);
  app.add_option("--name", options.configuration, "name of the configuration, for skipif and onlyif");
  app.add_option("--restarts", options.restarts, "restart after writing statements, at most so many times a script");
  app.add_flag("--extended", extended, "extended instead of simple protocol");
  app.add_flag("--rewrite", options.rewrite, "write the server's answers into the scripts");
  app.add_option("-j", jobs, "scripts at the same time");
  app.add_option("--timeout", timeout, "seconds a statement may take");
  app.add_option("--show", options.shown_failures, "failures shown per script");
  app.add_option("--gaps", gaps,
                 "file of records known to disagree, PATH: SQL per line; they do not count as failures");
  app.add_flag("--strict-gaps", options.strict_gaps, "fail if one of them agrees");
  app.add_option("--write-gaps", write_gaps, "write the records that fail into this file");
  app.add_flag("-q", quiet, "only failures and the total");
  app.add_option("paths", paths, "scripts and folders")->required();
  CLI11_PARSE(app, argc, argv);
  if (options.server.empty() == options.dsn.empty()) {
    std::fprintf(stderr, "give either --server or --dsn\n");
    return 2;
  }
  options.timeout = std::chrono::seconds(timeout);
  if (extended) options.protocol = Session::Protocol::kExtended;
  if (!options.dsn.empty()) jobs = 1;  // one schema public

  if (!gaps.empty()) {
    std::ifstream in(gaps);
    for (std::string line; std::getline(in, line);) {
      if (!line.empty() && line[0] != '#') options.gaps.insert(line);
    }
  }

  const std::vector<std::string> scripts = FindScripts(paths);
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  RunResult total;
  int failed_scripts = 0;
  auto work = [&] {
    for (size_t i; (i = next++) < scripts.size();) {
      const auto begin = std::chrono::steady_clock::now();
      const RunResult result = RunScript(options, scripts[i]);
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
      std::lock_guard lock(mutex);
      total.records += result.records;
      total.skipped += result.skipped;
      total.failures += result.failures;
      total.gaps += result.gaps;
      total.failed.insert(total.failed.end(), result.failed.begin(), result.failed.end());
      failed_scripts += result.failures > 0;
      if (!quiet || result.failures > 0) {
        std::printf("%s %s: %d records, %d failures, %.1f s\n%s", result.failures > 0 ? "FAIL" : "ok  ",
                    scripts[i].c_str(), result.records, result.failures, seconds, result.report.c_str());
        std::fflush(stdout);
      }
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < std::max(1, jobs); ++i) threads.emplace_back(work);
  for (std::thread& thread : threads) thread.join();
  std::printf("%s: %zu scripts, %d records, %d skipped, %d known gaps, %d failures in %d scripts\n",
              options.configuration.c_str(), scripts.size(), total.records, total.skipped, total.gaps, total.failures,
              failed_scripts);
  if (!write_gaps.empty()) {
    std::sort(total.failed.begin(), total.failed.end());
    total.failed.erase(std::unique(total.failed.begin(), total.failed.end()), total.failed.end());
    std::ofstream out(write_gaps);
    out << "# Records that do not give PostgreSQL's answer yet; written by sql_runner --write-gaps.\n";
    for (const std::string& key : total.failed) out << key << "\n";
  }
  return total.failures > 0 || scripts.empty() ? 1 : 0;
}
