// One sqllogictest script, read into records. The format is SQLite's, with these additions of ours:
//
//   connection NAME            the next record runs in the session NAME (opened when first named; NAME@DATABASE: in that database)
//   statement ok async         sends the statement and goes on; `connection NAME` + `wait` collects and checks it
//   blocked                    (after `connection NAME`) fails if that session's async statement has come back already
//   restart [kill]             stops the server (SIGTERM, or SIGKILL) and starts it again on the same data
//   disconnect                 (after `connection NAME`) closes that session
//   sleep 50ms
//   statement count N          the command tag ends with N rows
//   statement error [SQLSTATE] [regex]       query error likewise
//   ---- after a statement     the notices (statement ok), or the whole error: SQLSTATE, message, DETAIL, HINT
//   ----copy after a COPY ... FROM STDIN     the lines to send
//   loop VAR FROM TO / foreach VAR a b c / endloop    ${VAR} in the records between
//
// Expected rows are one row per line, columns apart by a tab (or, if no tab is in the line, by blanks), or, as SQLite
// writes them, one value per line. NULL is NULL, the empty string is (empty). Type letters only say how many columns
// there are.
#pragma once

#include <string>
#include <vector>

namespace gather::runner {

enum class RecordKind {
  kStatement,
  kQuery,
  kHashThreshold,
  kHalt,
  kRestart,
  kDisconnect,
  kSleep,
  kWait,
  kBlocked,
};

enum class Sorting { kNone, kRows, kValues };

struct Record {
  RecordKind kind;
  int line = 0;            // of the header, 1-based
  int expected_begin = 0;  // lines [begin, end) of the expected block, 1-based; equal when there is none
  int expected_end = 0;
  bool has_expected = false;  // a ---- line was there
  int repeat = 0;             // > 0 within a loop: cannot be rewritten

  std::string connection;
  std::string sql;
  std::vector<std::string> expected;
  std::vector<std::string> copy_data;
  bool has_copy_data = false;

  bool expects_error = false;
  std::string sqlstate;
  std::string pattern;
  long count = -1;  // statement count N
  bool async = false;
  size_t columns = 0;
  Sorting sorting = Sorting::kNone;
  std::string label;

  std::string argument;  // of hash-threshold, sleep, restart
  std::vector<std::string> only_if, skip_if;
};

struct Script {
  std::string path;
  std::vector<std::string> lines;
  std::vector<Record> records;
};

// Throws std::runtime_error with file:line for what it cannot read.
Script ReadScript(const std::string& path);

}  // namespace gather::runner
