// tpchgen: writes the tables of TPC-H at any scale factor.
//
//   tpchgen -s 1 -o DIR                      DIR/lineitem.tbl ... (fields apart by |)
//   tpchgen -s 1 -T lineitem --copy | psql -c 'copy lineitem from stdin'
//
// The same scale factor gives the same bytes, whatever the number of threads.
#include <CLI/CLI.hpp>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "bench/tpch/generator/tables.h"

namespace {

using gather::tpch::Format;
using gather::tpch::Generator;

constexpr int64_t kUnitsPerPiece = 2000;

// Threads make pieces of the table, and write them in order: each waits for its turn.
void WriteTable(Generator& generator, const std::string& table, Format format, int threads, std::FILE* file) {
  const int64_t units = generator.Units(table);
  const int64_t pieces = (units + kUnitsPerPiece - 1) / kUnitsPerPiece;
  std::mutex mutex;
  std::condition_variable turn;
  int64_t next_piece = 0, next_write = 0;
  bool failed = false;
  auto work = [&] {
    std::string out;
    for (;;) {
      std::unique_lock lock(mutex);
      if (next_piece == pieces || failed) return;
      const int64_t piece = next_piece++;
      lock.unlock();
      out.clear();
      generator.Append(table, piece * kUnitsPerPiece, std::min(units, (piece + 1) * kUnitsPerPiece), format, out);
      lock.lock();
      turn.wait(lock, [&] { return next_write == piece || failed; });
      lock.unlock();
      const bool written = std::fwrite(out.data(), 1, out.size(), file) == out.size();
      lock.lock();
      ++next_write;
      failed |= !written;
      turn.notify_all();
    }
  };
  std::vector<std::thread> workers;
  for (int i = 1; i < threads; ++i) workers.emplace_back(work);
  work();
  for (std::thread& worker : workers) worker.join();
  if (failed || std::fflush(file) != 0) throw std::runtime_error("cannot write " + table);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Writes the tables of TPC-H");
  double scale_factor = 1;
  std::string directory;
  std::vector<std::string> tables;
  int threads = static_cast<int>(std::thread::hardware_concurrency());
  bool copy = false;
  Format format;
  app.add_option("-s,--scale", scale_factor, "scale factor (1: about 1 GB)")->check(CLI::PositiveNumber);
  app.add_option("-o,--output", directory, "folder for the .tbl files; without it, to the standard output");
  app.add_option("-T,--table", tables, "only these tables");
  app.add_option("-t,--threads", threads, "threads");
  app.add_flag("--copy", copy, "fields apart by a tab, as COPY reads them by default");
  app.add_flag("--trailing-bar", format.trailing_separator, "a separator after the last field too");
  CLI11_PARSE(app, argc, argv);
  if (copy) format.separator = '\t';
  try {
    Generator generator(scale_factor);
    if (tables.empty()) tables.assign(Generator::Tables().begin(), Generator::Tables().end());
    for (const std::string& table : tables) {
      generator.Units(table);  // rejects an unknown name before anything is written
    }
    if (!directory.empty()) std::filesystem::create_directories(directory);
    for (const std::string& table : tables) {
      std::FILE* file = stdout;
      if (!directory.empty()) {
        file = std::fopen((directory + "/" + table + ".tbl").c_str(), "w");
        if (file == nullptr) throw std::runtime_error("cannot write into " + directory);
      }
      WriteTable(generator, table, format, std::max(1, threads), file);
      if (file != stdout) std::fclose(file);
    }
  } catch (const std::exception& error) {
    std::fprintf(stderr, "tpchgen: %s\n", error.what());
    return 1;
  }
  return 0;
}
