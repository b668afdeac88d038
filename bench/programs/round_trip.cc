// Round trips of one statement over libpq, with or without other sessions at work: median and 99th percentile in microseconds.
//
//   bench_round_trip --count 50000 "host=... port=..."
//   bench_round_trip --seconds 10 --beside "select count(*) from lineitem where l_comment like '%x%'" --sessions 2 DSN
#include <libpq-fe.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

class Connection {
 public:
  explicit Connection(const std::string& dsn) : connection_(PQconnectdb(dsn.c_str())) {
    if (PQstatus(connection_) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection_));
  }
  ~Connection() { PQfinish(connection_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Query(const std::string& sql) { Check(PQexec(connection_, sql.c_str())); }
  void Prepare(const std::string& sql) { Check(PQprepare(connection_, "s", sql.c_str(), 0, nullptr)); }
  void ExecutePrepared() { Check(PQexecPrepared(connection_, "s", 0, nullptr, nullptr, nullptr, 0)); }
  PGcancel* CancelKey() { return PQgetCancel(connection_); }

 private:
  void Check(PGresult* result) {
    const ExecStatusType status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection_));
  }
  PGconn* connection_;
};

// Sessions that run one statement over and over until stopped.
class Beside {
 public:
  Beside(const std::string& dsn, const std::string& sql, int sessions) {
    for (int i = 0; i < sessions; ++i) {
      threads_.emplace_back([this, dsn, sql] {
        try {
          Connection connection(dsn);
          const auto begin = Clock::now();
          int finished = 0;
          do {
            connection.Query(sql);
            ++finished;
            ++finished_;
          } while (!stop_);
          const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
          std::lock_guard lock(mutex_);
          rate_ += finished / seconds;
        } catch (const std::exception& error) {
          std::fprintf(stderr, "beside: %s", error.what());
          failed_ = true;
        }
      });
    }
  }
  ~Beside() { Stop(); }
  // Every session ends the statement it is in: the sum of their rates counts no statement in part, and drops none.
  double Stop() {
    stop_ = true;
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return rate_;
  }
  bool Failed() const { return failed_; }
  int Finished() const { return finished_; }

 private:
  std::atomic<bool> stop_ = false, failed_ = false;
  std::atomic<int> finished_ = 0;
  std::mutex mutex_;
  double rate_ = 0;
  std::vector<std::thread> threads_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Round trips of one statement");
  std::string dsn, sql = "SELECT 1", beside;
  int count = 50000, sessions = 2, pause = 0;
  double seconds = 0;
  bool prepared = false;
  app.add_option("dsn", dsn)->required();
  app.add_option("--sql", sql);
  app.add_option("--count", count, "round trips, unless --seconds");
  app.add_option("--seconds", seconds);
  app.add_option("--pause", pause, "microseconds between two round trips");
  app.add_option("--beside", beside, "statement that other sessions run meanwhile");
  app.add_option("--sessions", sessions, "how many other sessions");
  app.add_flag("--prepared", prepared, "extended protocol with a prepared statement");
  CLI11_PARSE(app, argc, argv);
  try {
    Connection connection(dsn);
    if (prepared) connection.Prepare(sql);
    const auto once = [&] { prepared ? connection.ExecutePrepared() : connection.Query(sql); };
    for (int i = 0; i < 1000; ++i) once();

    Beside others(dsn, beside, beside.empty() ? 0 : sessions);
    if (!beside.empty()) std::this_thread::sleep_for(std::chrono::milliseconds(500));
    std::vector<double> times;
    const auto begin = Clock::now();
    const auto end = begin + std::chrono::duration<double>(seconds);
    while (seconds > 0 ? Clock::now() < end : static_cast<int>(times.size()) < count) {
      const auto start = Clock::now();
      once();
      times.push_back(std::chrono::duration<double, std::micro>(Clock::now() - start).count());
      if (pause > 0) std::this_thread::sleep_for(std::chrono::microseconds(pause));
    }
    const int finished = others.Finished();
    const double rate = others.Stop();
    if (others.Failed()) return 1;
    std::sort(times.begin(), times.end());
    std::printf("{\"round_trips\": %zu, \"median_us\": %.1f, \"p99_us\": %.1f, \"max_us\": %.1f, \"beside\": %d, \"beside_per_second\": %.3f}\n",
                times.size(), times[times.size() / 2], times[times.size() * 99 / 100], times.back(), finished, rate);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s", error.what());
    return 1;
  }
  return 0;
}
