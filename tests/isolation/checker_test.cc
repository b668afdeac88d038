// The checker finds each anomaly in a history made for it, and nothing in clean ones.
#include "tests/isolation/checker.h"

#include <gtest/gtest.h>

namespace gather::isolation {
namespace {

Operation Append(int key, int number, size_t undone_at = Operation::kNever) {
  return {.kind = OperationKind::kAppend, .key = key, .number = number, .seen = {}, .how = "", .undone_at = undone_at};
}
Operation Add(int key, int number) { return {.kind = OperationKind::kAdd, .key = key, .number = number, .seen = {}, .how = ""}; }
Operation List(int key, std::vector<int> seen) { return {.kind = OperationKind::kReadList, .key = key, .seen = std::move(seen), .how = ""}; }
Operation Set(int key, std::vector<int> seen) { return {.kind = OperationKind::kReadSet, .key = key, .seen = std::move(seen), .how = ""}; }
TransactionRecord Committed(std::vector<Operation> operations) { return {.name = "T", .committed = true, .operations = std::move(operations)}; }
TransactionRecord RolledBack(std::vector<Operation> operations) { return {.name = "T", .committed = false, .operations = std::move(operations)}; }

// The first anomaly's name, or nothing.
std::string Found(const std::vector<TransactionRecord>& transactions, Level level) {
  const std::vector<Anomaly> anomalies = FindAnomalies({transactions}, level);
  return anomalies.empty() ? "" : anomalies.front().name;
}

constexpr Level kLevels[] = {Level::kReadCommitted, Level::kRepeatableRead, Level::kSerializable};

TEST(Checker, ASerialHistoryIsClean) {
  for (const Level level : kLevels) {
    EXPECT_EQ("", Found({Committed({Append(1, 1), List(1, {1}), Append(1, 2), Add(1, 10)}),
                         RolledBack({List(1, {1, 2}), Append(1, 3), List(1, {1, 2, 3})}),
                         Committed({Append(1, 4, 2), List(1, {1, 2, 4}), List(1, {1, 2}), Append(1, 5), Set(1, {10})}),
                         Committed({List(1, {1, 2, 5}), Set(1, {10}), Set(2, {})})},
                        level));
  }
}

TEST(Checker, AbortedReads) {
  EXPECT_EQ("G1a aborted read", Found({RolledBack({Append(1, 1)}), Committed({List(1, {1})}), Committed({List(1, {})})}, Level::kReadCommitted));
  EXPECT_EQ("G1a aborted read", Found({RolledBack({Add(1, 1)}), Committed({Set(1, {1})})}, Level::kReadCommitted));
  EXPECT_EQ("G1a aborted read", Found({Committed({Append(1, 1, 1)}), Committed({List(1, {1})})}, Level::kReadCommitted));
}

TEST(Checker, IntermediateReads) {
  EXPECT_EQ("G1b intermediate read",
            Found({Committed({Append(1, 1), Append(1, 2)}), Committed({List(1, {1})}), Committed({List(1, {1, 2})})}, Level::kReadCommitted));
  EXPECT_EQ("G1b intermediate read", Found({Committed({Add(1, 1), Add(1, 2)}), Committed({Set(1, {2})}), Committed({Set(1, {1, 2})})}, Level::kReadCommitted));
}

TEST(Checker, DirtyWrites) {
  EXPECT_EQ("G0 dirty write", Found({Committed({Append(1, 1), Append(1, 3)}), Committed({Append(1, 2)}), Committed({List(1, {1, 2, 3})})}, Level::kReadCommitted));
  // Each key's order is whole, and they disagree.
  EXPECT_EQ("G1c cycle of ww and wr", Found({Committed({Append(1, 1), Append(2, 2)}), Committed({Append(1, 3), Append(2, 4)}), Committed({List(1, {1, 3}), List(2, {4, 2})})},
                                            Level::kReadCommitted));
}

TEST(Checker, LostUpdates) {
  EXPECT_EQ("lost update", Found({Committed({Append(1, 1)}), Committed({Append(1, 2)}), Committed({List(1, {2})})}, Level::kReadCommitted));
  EXPECT_EQ("lost update", Found({Committed({Add(1, 1)}), Committed({Set(1, {})})}, Level::kReadCommitted));
}

TEST(Checker, OrdersThatDoNotLast) {
  EXPECT_EQ("incompatible order",
            Found({Committed({Append(1, 1)}), Committed({Append(1, 2)}), Committed({List(1, {2})}), Committed({List(1, {1, 2})})}, Level::kReadCommitted));
}

TEST(Checker, OwnWrites) {
  EXPECT_EQ("internal", Found({Committed({Append(1, 1), List(1, {})}), Committed({List(1, {1})})}, Level::kReadCommitted));
  EXPECT_EQ("internal", Found({Committed({Append(1, 1, 1), List(1, {1})}), Committed({List(1, {})})}, Level::kReadCommitted));
}

TEST(Checker, CircularInformationFlow) {
  EXPECT_EQ("G1c cycle of ww and wr", Found({Committed({Append(1, 1), List(2, {2})}), Committed({Append(2, 2), List(1, {1})}), Committed({List(1, {1}), List(2, {2})})},
                                            Level::kReadCommitted));
}

TEST(Checker, ReadSkewIsForbiddenFromRepeatableReadOn) {
  const std::vector<TransactionRecord> history = {Committed({List(1, {}), List(2, {2})}), Committed({Append(1, 1), Append(2, 2)}),
                                                  Committed({List(1, {1}), List(2, {2})})};
  EXPECT_EQ("", Found(history, Level::kReadCommitted));
  EXPECT_EQ("G-single cycle without neighbouring rw", Found(history, Level::kRepeatableRead));
  EXPECT_EQ("G-single cycle without neighbouring rw", Found(history, Level::kSerializable));
}

// Two rw with a wr between each: no snapshots give that, although it is not a G-single.
TEST(Checker, LongForkIsForbiddenFromRepeatableReadOn) {
  const std::vector<TransactionRecord> history = {Committed({Append(1, 1)}), Committed({Append(2, 2)}), Committed({List(1, {1}), List(2, {})}),
                                                  Committed({List(1, {}), List(2, {2})}), Committed({List(1, {1}), List(2, {2})})};
  EXPECT_EQ("", Found(history, Level::kReadCommitted));
  EXPECT_EQ("G-single cycle without neighbouring rw", Found(history, Level::kRepeatableRead));
}

TEST(Checker, WriteSkewIsForbiddenAtSerializable) {
  const std::vector<TransactionRecord> lists = {Committed({List(1, {}), Append(2, 2)}), Committed({List(2, {}), Append(1, 1)}),
                                                Committed({List(1, {1}), List(2, {2})})};
  const std::vector<TransactionRecord> sets = {Committed({Set(1, {}), Add(1, 2)}), Committed({Set(1, {}), Add(1, 1)}), Committed({Set(1, {1, 2})})};
  for (const auto& history : {lists, sets}) {
    EXPECT_EQ("", Found(history, Level::kReadCommitted));
    EXPECT_EQ("", Found(history, Level::kRepeatableRead));
    EXPECT_EQ("G2 cycle", Found(history, Level::kSerializable));
  }
}

// Fekete, O'Neil & O'Neil: the reader sees the second writer and not the first, who had not seen the second.
TEST(Checker, ReadOnlyAnomalyIsForbiddenAtSerializable) {
  const std::vector<TransactionRecord> history = {Committed({List(2, {}), Append(1, 1)}), Committed({Append(2, 2)}), Committed({List(1, {}), List(2, {2})}),
                                                  Committed({List(1, {1}), List(2, {2})})};
  EXPECT_EQ("", Found(history, Level::kRepeatableRead));
  EXPECT_EQ("G2 cycle", Found(history, Level::kSerializable));
}

}  // namespace
}  // namespace gather::isolation
