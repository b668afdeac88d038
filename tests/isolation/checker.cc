#include "tests/isolation/checker.h"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

#include "tests/isolation/dependencies.h"

namespace gather::isolation {

namespace {

using Key = std::pair<bool, int>;   // of a list or a set

struct Write {
  size_t transaction;
  const Operation* operation;
  bool Stands(const History& history) const { return history.transactions[transaction].committed && operation->undone_at == Operation::kNever; }
};

class Checker {
 public:
  Checker(const History& history, Level level) : history_(history), level_(level), graph_(history.transactions.size()) {}

  std::vector<Anomaly> Run() {
    CollectWrites();
    CheckFinal();
    for (size_t t = 0; t < history_.transactions.size(); ++t) {
      for (size_t i = 0; i < history_.transactions[t].operations.size(); ++i) {
        const Operation& operation = history_.transactions[t].operations[i];
        if (!operation.IsWrite()) CheckRead(t, i, operation);
      }
    }
    if (anomalies_.empty()) CheckCycles();   // with a wrong order of versions they would say nothing
    return std::move(anomalies_);
  }

 private:
  void Found(const char* name, const std::string& what, std::set<size_t> transactions) {
    std::string text = what + "\n";
    for (const size_t t : transactions) text += Show(history_.transactions[t]);
    anomalies_.push_back({name, std::move(text)});
  }
  static std::string About(const Operation& operation) { return std::string(operation.IsList() ? "list " : "set ") + std::to_string(operation.key); }

  void CollectWrites() {
    for (size_t t = 0; t < history_.transactions.size(); ++t) {
      for (const Operation& operation : history_.transactions[t].operations) {
        if (!operation.IsWrite()) continue;
        writes_[operation.number] = {t, &operation};
        if (writes_[operation.number].Stands(history_)) standing_[{operation.IsList(), operation.key}].push_back(writes_[operation.number]);
      }
    }
  }

  // The last transaction's lists are the order of versions. What stands must be there, once, each transaction's in one piece.
  void CheckFinal() {
    const size_t last = history_.transactions.size() - 1;
    for (const Operation& read : history_.transactions[last].operations) {
      const std::set<int> seen(read.seen.begin(), read.seen.end());
      for (const Write& write : standing_[{read.IsList(), read.key}]) {
        if (!seen.contains(write.operation->number)) {
          Found("lost update", About(read) + " has lost " + std::to_string(write.operation->number), {write.transaction, last});
        }
      }
      if (!read.IsList()) continue;
      order_[read.key] = read.seen;
      std::set<size_t> done;
      for (size_t i = 0; i < read.seen.size(); ++i) {
        const auto write = writes_.find(read.seen[i]);
        if (write == writes_.end()) continue;
        const size_t writer = write->second.transaction;
        if (i > 0 && WriterOf(read.seen[i - 1]) == writer) continue;
        if (!done.insert(writer).second) Found("G0 dirty write", About(read) + ": another's number lies between those of one transaction", {writer, last});
      }
    }
  }

  size_t WriterOf(int number) const {
    const auto write = writes_.find(number);
    return write == writes_.end() ? ~size_t{0} : write->second.transaction;
  }

  void CheckRead(size_t reader, size_t position, const Operation& read) {
    std::set<int> seen;
    std::vector<int> others;
    for (const int number : read.seen) {
      const auto write = writes_.find(number);
      if (write == writes_.end()) return Found("garbage", About(read) + ": " + std::to_string(number) + " was never written", {reader});
      if (!seen.insert(number).second) return Found("duplicate", About(read) + ": " + std::to_string(number) + " is there twice", {reader});
      if (write->second.transaction == reader) continue;
      if (!write->second.Stands(history_)) {
        return Found("G1a aborted read", About(read) + ": " + std::to_string(number) + " was rolled back", {reader, write->second.transaction});
      }
      others.push_back(number);
    }
    CheckOwn(reader, position, read, seen);
    CheckWhole(reader, read, others, seen);
    if (read.IsList()) {
      LinkList(reader, read, others);
    } else {
      LinkSet(reader, read, seen);
    }
  }

  // A transaction sees what it has written and not undone, at the end of a list.
  void CheckOwn(size_t reader, size_t position, const Operation& read, const std::set<int>& seen) {
    const auto& operations = history_.transactions[reader].operations;
    std::vector<int> own;
    for (size_t i = 0; i < operations.size(); ++i) {
      const Operation& write = operations[i];
      if (!write.IsWrite() || write.IsList() != read.IsList() || write.key != read.key) continue;
      const bool expected = i < position && write.undone_at > position;
      if (expected) own.push_back(write.number);
      if (expected != seen.contains(write.number)) {
        return Found("internal", About(read) + ": its own " + std::to_string(write.number) + (expected ? " is missing" : " should not be there"), {reader});
      }
    }
    if (read.IsList() && !std::equal(own.rbegin(), own.rend(), read.seen.rbegin())) {
      Found("internal", About(read) + ": its own numbers are not at the end", {reader});
    }
  }

  // All of another's numbers, or none.
  void CheckWhole(size_t reader, const Operation& read, const std::vector<int>& others, const std::set<int>& seen) {
    std::set<size_t> writers;
    for (const int number : others) writers.insert(WriterOf(number));
    for (const size_t writer : writers) {
      for (const Operation& write : history_.transactions[writer].operations) {
        if (!write.IsWrite() || write.IsList() != read.IsList() || write.key != read.key || write.undone_at != Operation::kNever) continue;
        if (!seen.contains(write.number)) {
          return Found("G1b intermediate read", About(read) + ": " + std::to_string(write.number) + " is missing beside others of its transaction", {reader, writer});
        }
      }
    }
  }

  void Link(size_t from, size_t to, DependencyKind kind, int key, int number) {
    if (from == to || !history_.transactions[from].committed || !history_.transactions[to].committed) return;
    graph_[from].push_back({to, kind, key, number});
  }

  void LinkList(size_t reader, const Operation& read, const std::vector<int>& others) {
    const std::vector<int>& order = order_[read.key];
    // What the reader has written itself lies behind what it has read from others, unless all is rolled back in the end.
    if (others.size() > order.size() || !std::equal(others.begin(), others.end(), order.begin())) {
      return Found("incompatible order", About(read) + " has been in an order that did not last", {reader, history_.transactions.size() - 1});
    }
    if (!others.empty()) Link(WriterOf(others.back()), reader, DependencyKind::kWriteRead, read.key, others.back());
    if (others.size() < order.size()) Link(reader, WriterOf(order[others.size()]), DependencyKind::kReadWrite, read.key, order[others.size()]);
  }

  void LinkSet(size_t reader, const Operation& read, const std::set<int>& seen) {
    size_t last = ~size_t{0};
    for (const Write& write : standing_[{false, read.key}]) {
      if (write.transaction == std::exchange(last, write.transaction)) continue;
      const int number = write.operation->number;
      if (seen.contains(number)) {
        Link(write.transaction, reader, DependencyKind::kWriteRead, read.key, number);
      } else {
        Link(reader, write.transaction, DependencyKind::kReadWrite, read.key, number);
      }
    }
  }

  void CheckCycles() {
    for (const auto& [key, order] : order_) {
      for (size_t i = 1; i < order.size(); ++i) Link(WriterOf(order[i - 1]), WriterOf(order[i]), DependencyKind::kWriteWrite, key, order[i]);
    }
    const std::pair<CycleRule, const char*> rules[] = {{CycleRule::kWritesSeen, "G1c cycle of ww and wr"},
                                                       {CycleRule::kNoNeighbouringReadWrites, "G-single cycle without neighbouring rw"},
                                                       {CycleRule::kAny, "G2 cycle"}};
    const size_t checked = level_ == Level::kReadCommitted ? 1 : level_ == Level::kRepeatableRead ? 2 : 3;
    for (size_t i = 0; i < checked; ++i) {
      const std::vector<Step> cycle = FindCycle(graph_, rules[i].first);
      if (cycle.empty()) continue;
      anomalies_.push_back({rules[i].second, ShowCycle(history_, cycle)});
      return;
    }
  }

  const History& history_;
  const Level level_;
  std::vector<Anomaly> anomalies_;
  std::unordered_map<int, Write> writes_;
  std::map<Key, std::vector<Write>> standing_;   // by transaction
  std::map<int, std::vector<int>> order_;        // of lists
  DependencyGraph graph_;
};

}  // namespace

std::string Show(const TransactionRecord& transaction) {
  std::string text = "  " + transaction.name + (transaction.committed ? " (committed)\n" : " (rolled back)\n");
  for (const Operation& operation : transaction.operations) {
    text += "    " + std::string(operation.IsList() ? "list " : "set ") + std::to_string(operation.key);
    if (operation.IsWrite()) {
      text += " + " + std::to_string(operation.number) + (operation.undone_at != Operation::kNever ? " (undone)" : "");
    } else {
      text += " = [";
      for (const int number : operation.seen) text += (text.back() == '[' ? "" : " ") + std::to_string(number);
      text += "]";
    }
    text += "   " + operation.how + "\n";
  }
  return text;
}

std::vector<Anomaly> FindAnomalies(const History& history, Level level) { return Checker(history, level).Run(); }

}  // namespace gather::isolation
