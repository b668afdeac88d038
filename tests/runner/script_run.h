// Runs one script in a fresh database: compares each record with what the server answers, and collects the differences,
// or rewrites the script's expected blocks. Owned by one thread.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/runner/script.h"
#include "tests/runner/server_process.h"
#include "tests/runner/session.h"

namespace gather::runner {

struct RunOptions {
  std::string server;  // path of gatherdb; empty when `dsn` says where a server is
  std::string dsn;
  std::vector<std::string> settings;      // name=value
  std::string configuration = "default";  // a name for skipif and onlyif
  int restarts = 0;                       // restart after writing statements, at most so many times a script
  Session::Protocol protocol = Session::Protocol::kSimple;
  bool rewrite = false;
  std::chrono::milliseconds timeout{60000};
  std::set<std::string> gaps;  // records known to disagree, as KeyOf writes them: counted apart
  bool strict_gaps = false;    // a record among them that agrees is a failure: the list must shrink
  int shown_failures = 5;      // per script
};

struct RunResult {
  int records = 0;
  int skipped = 0;
  int failures = 0;
  int gaps = 0;
  std::string report;
  std::vector<std::string> failed;  // keys
};

class ScriptRun {
 public:
  ScriptRun(const RunOptions& options, Script script);
  ~ScriptRun();
  RunResult Run();

 private:
  void OpenDatabase();
  bool Skips(const Record& record) const;
  std::string KeyOf(const Record& record) const;  // PATH: SQL, on one line
  void RunRecord(const Record& record);
  void Check(const Record& record, const Outcome& outcome);
  void CheckRows(const Record& record, const Outcome& outcome);
  void Restart(bool kill);
  void RestartIfTold(const Record& record);
  void Fail(const Record& record, const std::string& what);
  void FailWithDiff(const Record& record, const std::string& what, const std::vector<std::string>& expected,
                    const std::vector<std::string>& actual);
  void SaveRewritten() const;
  Session& SessionOf(const std::string& name);

  const RunOptions& options_;
  const Script script_;
  std::unique_ptr<ServerProcess> server_;
  std::string dsn_;
  std::set<std::string> names_;  // what skipif and onlyif may say
  std::map<std::string, std::unique_ptr<Session>> sessions_;
  std::map<std::string, const Record*> pending_;                   // async statements by session
  std::map<std::string, std::vector<std::string>> session_state_;  // SET and PREPARE, to run again after a restart
  std::map<std::string, std::vector<std::string>> labels_;
  std::map<const Record*, std::vector<std::string>> rewritten_;
  std::map<const Record*, size_t> columns_;  // of the rewritten queries
  size_t hash_threshold_ = 0;
  int restarts_left_ = 0;
  bool uses_sequences_ = false;
  bool stopped_ = false;
  bool disagreed_ = false;  // the record at hand
  RunResult result_;
};

}  // namespace gather::runner
