// What sessions did in one run and what they saw: the input of the checker.
//
// Lists: an append puts a number at the end of a key's list. Sets: an add puts a number into a key's set. Numbers are unique in a history; nothing is
// ever taken out. So what a read has seen tells which writes came before it (Kingsbury & Alvaro, "Elle", VLDB 2020).
#pragma once

#include <limits>
#include <string>
#include <vector>

namespace gather::isolation {

enum class OperationKind { kAppend, kReadList, kAdd, kReadSet };

struct Operation {
  static constexpr size_t kNever = std::numeric_limits<size_t>::max();
  OperationKind kind;
  int key = 0;
  int number = 0;              // that was appended or added
  std::vector<int> seen;       // in the list's order; a set's in any
  std::string how;             // the statement in short, for people
  size_t undone_at = kNever;   // a write: a ROLLBACK TO SAVEPOINT before this operation of the transaction undid it

  bool IsWrite() const { return kind == OperationKind::kAppend || kind == OperationKind::kAdd; }
  bool IsList() const { return kind == OperationKind::kAppend || kind == OperationKind::kReadList; }
};

struct TransactionRecord {
  std::string name;
  bool committed = false;
  std::vector<Operation> operations;
};

// The last transaction is alone and reads every key.
struct History {
  std::vector<TransactionRecord> transactions;
};

enum class Level { kReadCommitted, kRepeatableRead, kSerializable };

// A transaction as lines for people.
std::string Show(const TransactionRecord& transaction);

}  // namespace gather::isolation
