#include "tests/isolation/workload.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "tests/runner/session.h"

namespace gather::isolation {

namespace {

using runner::Outcome;
using runner::Session;

constexpr auto kTimeout = std::chrono::seconds(60);
constexpr int kGroups = 2;   // values of the column that a secondary index is on

// What a concurrent transaction may make fail: serialization, deadlock, a key that is there already.
const std::set<std::string> kExpected = {"40001", "40P01", "23505"};

struct StatementFailed {
  std::string sqlstate;
};

std::string Text(int number) { return std::to_string(number); }

// "3,7," as the table list has it.
std::vector<int> Numbers(const std::string& text) {
  std::vector<int> numbers;
  if (text == "(empty)" || text == "NULL") return numbers;
  std::istringstream in(text);
  for (std::string number; std::getline(in, number, ',');) numbers.push_back(std::stoi(number));
  return numbers;
}

class Client {
 public:
  Client(const WorkloadOptions& options, int number, std::atomic<int>& next_number)
      : options_(options),
        number_(number),
        next_number_(next_number),
        random_(options.seed * 1000003 + static_cast<uint64_t>(number)),
        session_(options.dsn, number % 2 == 0 ? Session::Protocol::kSimple : Session::Protocol::kExtended) {
    Run("set deadlock_timeout = '20ms'");
    Run("set synchronous_commit = off");
  }

  Outcome Run(const std::string& sql) {
    session_.Send(sql);
    Outcome outcome = session_.Receive(kTimeout, nullptr);
    if (outcome.disconnected) throw std::runtime_error("the connection is gone: " + sql);
    if (outcome.failed) {
      ++failures[outcome.sqlstate];
      if (!kExpected.contains(outcome.sqlstate)) throw std::runtime_error(sql + ": " + outcome.sqlstate + " " + outcome.message);
      throw StatementFailed{outcome.sqlstate};
    }
    return outcome;
  }

  void Transactions() {
    for (int i = 0; i < options_.transactions; ++i) {
      present_ = {};
      present_.name = "T" + Text(number_) + "." + Text(i);
      Transaction();
      records.push_back(std::move(present_));
    }
  }

  // Alone: every key, as the last transaction of the history.
  void ReadAll() {
    present_ = {};
    present_.name = "the end";
    present_.committed = true;
    ReadLists("", 0, options_.keys - 1, "full");
    ReadSets("", 0, options_.keys - 1, "full");
    records.push_back(std::move(present_));
  }

  std::vector<TransactionRecord> records;
  std::map<std::string, int> failures;

 private:
  int Below(int bound) { return static_cast<int>(random_() % static_cast<uint64_t>(bound)); }

  void Transaction() {
    static const std::map<Level, std::string> names = {
        {Level::kReadCommitted, "read committed"}, {Level::kRepeatableRead, "repeatable read"}, {Level::kSerializable, "serializable"}};
    const int kind = Below(10);
    read_only_ = kind == 0;
    try {
      Run("begin isolation level " + names.at(options_.level) + (read_only_ ? Below(3) == 0 ? " read only, deferrable" : " read only" : ""));
      in_savepoint_ = false;
      for (int left = 1 + Below(6); left > 0; --left) {
        Step();
        if (Below(4) == 0) std::this_thread::sleep_for(std::chrono::microseconds(Below(2000)));
      }
      if (kind == 1) {
        Run("rollback");
        return;
      }
      Run("commit");
      present_.committed = true;
    } catch (const StatementFailed&) {
      Run("rollback");
    }
  }

  void Step() {
    try {
      if (!read_only_ && Below(8) == 0) {
        SetOrLeaveSavepoint();
      } else if (read_only_ || Below(2) == 0) {
        Read();
      } else {
        Write();
      }
    } catch (const StatementFailed& failure) {
      if (!in_savepoint_ || failure.sqlstate == "40P01" || Below(2) == 0) throw;
      UndoSavepoint();
    }
  }

  void SetOrLeaveSavepoint() {
    if (in_savepoint_ && Below(2) == 0) return UndoSavepoint();
    Run("savepoint s");
    in_savepoint_ = true;
    savepoint_ = present_.operations.size();
  }

  void UndoSavepoint() {
    Run("rollback to savepoint s");
    for (size_t i = savepoint_; i < present_.operations.size(); ++i) {
      Operation& operation = present_.operations[i];
      if (operation.IsWrite() && operation.undone_at == Operation::kNever) operation.undone_at = present_.operations.size();
    }
  }

  void Read() {
    const int key = Below(options_.keys);
    const int to = key + Below(options_.keys - key);
    const std::string range = " where k between " + Text(key) + " and " + Text(to);
    const std::string one = " where k = " + Text(key);
    switch (Below(read_only_ ? 8 : 10)) {
      case 0:
      case 1: return ReadLists(one, key, key, "key");
      case 2: return ReadLists(range, key, to, "range");
      case 3: return ReadLists("", 0, options_.keys - 1, "full");
      case 4: return ReadGroup(Below(kGroups));
      case 5: return ReadSets(one, key, key, "key");
      case 6: return ReadSets(range, key, to, "range");
      case 7: return Below(3) == 0 ? ReadNumbers(key) : ReadSets("", 0, options_.keys - 1, "full");
      case 8: return ReadLists(one + " for update", key, key, "for update");
      default: return ReadLists(one + " for share", key, key, "for share");
    }
  }

  // One statement that has read the keys [from, to].
  void Record(OperationKind kind, const Outcome& outcome, int from, int to, const std::string& how) {
    std::map<int, std::vector<int>> seen;
    for (const auto& row : outcome.rows) {
      const std::vector<int> numbers = Numbers(row.at(1));
      auto& all = seen[std::stoi(row.at(0))];
      all.insert(all.end(), numbers.begin(), numbers.end());
    }
    for (int key = from; key <= to; ++key) {
      Operation operation{.kind = kind, .key = key, .seen = {}, .how = how};
      if (const auto found = seen.find(key); found != seen.end()) operation.seen = std::move(found->second);
      present_.operations.push_back(std::move(operation));
    }
  }
  void ReadLists(const std::string& where, int from, int to, const std::string& how) {
    Record(OperationKind::kReadList, Run("select k, v from list" + where), from, to, how);
  }
  void ReadSets(const std::string& where, int from, int to, const std::string& how) {
    Record(OperationKind::kReadSet, Run("select k, n from member" + where), from, to, how);
  }
  // The keys of one group: every kGroups-th.
  void ReadGroup(int group) {
    const Outcome outcome = Run("select k, v from list where c = " + Text(group));
    for (int key = group; key < options_.keys; key += kGroups) Record(OperationKind::kReadList, Only(outcome, key), key, key, "group");
  }
  static Outcome Only(const Outcome& outcome, int key) {
    Outcome only;
    for (const auto& row : outcome.rows) {
      if (row.at(0) == Text(key)) only.rows.push_back(row);
    }
    return only;
  }
  // A set by a join, list's keys leading to member's rows.
  void ReadNumbers(int key) {
    ReadSets(" m where exists (select from (values (" + Text(key) + ")) x(k) where x.k = m.k)", key, key, "semi-join");
  }

  void Write() {
    const int key = Below(options_.keys);
    const std::string one = " where k = " + Text(key);
    const int number = ++next_number_;
    const std::string added = "'" + Text(number) + ",'";
    const std::string fresh = "insert into list values (" + Text(key) + ", " + Text(key % kGroups) + ", " + added + ")";
    switch (Below(options_.level == Level::kReadCommitted ? 8 : 9)) {
      case 0:
      case 1: return Append(key, number, "update list set v = v || " + added + one, "update");
      case 2: return Append(key, number, "update list set v = v || " + added + " where c = " + Text(key % kGroups) + " and k + 0 = " + Text(key), "update by group");
      case 3: return Append(key, number, fresh + " on conflict (k) do update set v = list.v || excluded.v", "upsert");
      case 4: return DeleteAndInsert(key, number);
      case 5: return Append(key, number, fresh + " on conflict do nothing", "insert or nothing");
      case 6:
      case 7:
        Run("insert into member values (" + Text(key) + ", " + Text(number) + ")");
        return Wrote(OperationKind::kAdd, key, number, "insert");
      default: return ReadAndReplace(key, number);
    }
  }

  void Wrote(OperationKind kind, int key, int number, const std::string& how) {
    present_.operations.push_back({.kind = kind, .key = key, .number = number, .seen = {}, .how = how});
  }
  void Append(int key, int number, const std::string& sql, const std::string& how) {
    const std::string tag = Run(sql).tag;
    if (tag.ends_with(" 1")) Wrote(OperationKind::kAppend, key, number, how);
  }

  // The row goes, and comes again with one number more.
  void DeleteAndInsert(int key, int number) {
    const Outcome deleted = Run("delete from list where k = " + Text(key) + " returning k, v");
    if (deleted.rows.empty()) return;
    Record(OperationKind::kReadList, deleted, key, key, "deleted");
    std::string list;
    for (const int old : present_.operations.back().seen) list += Text(old) + ",";
    Run("insert into list values (" + Text(key) + ", " + Text(key % kGroups) + ", '" + list + Text(number) + ",')");
    Wrote(OperationKind::kAppend, key, number, "delete and insert");
  }

  // Where the snapshot is the transaction's, nobody can have appended in between.
  void ReadAndReplace(int key, int number) {
    ReadLists(" where k = " + Text(key), key, key, "key");
    std::string list;
    for (const int old : present_.operations.back().seen) list += Text(old) + ",";
    Append(key, number, "update list set v = '" + list + Text(number) + ",' where k = " + Text(key), "replace");
  }

  const WorkloadOptions& options_;
  const int number_;
  std::atomic<int>& next_number_;
  std::mt19937_64 random_;
  Session session_;
  TransactionRecord present_;
  bool read_only_ = false, in_savepoint_ = false;
  size_t savepoint_ = 0;             // operations before it
};

void MakeTables(Client& client, const WorkloadOptions& options) {
  client.Run("drop table if exists list, member");
  client.Run("create table list (k int primary key, c int, v text)");
  client.Run("create table member (k int, n int" + std::string(options.secondary_indexes ? " primary key)" : ")"));
  if (options.secondary_indexes) {
    client.Run("create index on list (c)");
    client.Run("create index on member (k)");
    client.Run("create index on member (k, n)");
  }
}

}  // namespace

WorkloadResult RunWorkload(const WorkloadOptions& options) {
  std::atomic<int> next_number = 0;
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < options.sessions; ++i) clients.push_back(std::make_unique<Client>(options, i + 1, next_number));
  MakeTables(*clients.front(), options);

  std::mutex latch;
  std::exception_ptr failure;
  std::vector<std::thread> threads;
  for (const auto& client : clients) {
    threads.emplace_back([&] {
      try {
        client->Transactions();
      } catch (...) {
        std::lock_guard lock(latch);
        if (failure == nullptr) failure = std::current_exception();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (failure != nullptr) std::rethrow_exception(failure);
  clients.front()->ReadAll();

  WorkloadResult result;
  TransactionRecord last = std::move(clients.front()->records.back());
  clients.front()->records.pop_back();
  for (const auto& client : clients) {
    std::move(client->records.begin(), client->records.end(), std::back_inserter(result.history.transactions));
    for (const auto& [sqlstate, count] : client->failures) result.failures[sqlstate] += count;
  }
  result.history.transactions.push_back(std::move(last));
  return result;
}

}  // namespace gather::isolation
