// What SerializableConflicts keeps when marks are many, and when it lets go. The rules themselves: tests/sql/transactions/serializable.slt.
#include "storage/serializable_conflicts.h"

#include <gtest/gtest.h>

#include "types/error.h"

namespace gather::storage {
namespace {

constexpr StorageId kTable{7};

SerializableTransaction* Begin(SerializableConflicts& conflicts, int32_t backend_pid) {
  return conflicts.Begin(backend_pid, false, [] {});
}

// Reader's row → writer; writer's read → reader: a cycle of two, of which the second to commit fails.
bool SecondFails(SerializableConflicts& conflicts, SerializableTransaction* first, SerializableTransaction* second) {
  conflicts.PrepareCommit(first);
  conflicts.End(first, true);
  bool failed = false;
  try {
    conflicts.PrepareCommit(second);
  } catch (const SqlError&) {
    failed = true;
  }
  conflicts.End(second, !failed);
  return failed;
}

// The writer reads in turn what the reader writes, and commits first.
bool ReaderFails(SerializableConflicts& conflicts, SerializableTransaction* reader, SerializableTransaction* writer) {
  conflicts.ReadKeys(writer, 3, "a", "b");
  conflicts.WriteKey(reader, 3, "aa");
  return SecondFails(conflicts, writer, reader);
}

TEST(SerializableConflicts, ManyRowsBecomeTheTable) {
  SerializableConflicts conflicts;
  SerializableTransaction* reader = Begin(conflicts, 1);
  SerializableTransaction* writer = Begin(conflicts, 2);
  for (uint64_t row = 0; row < 10000; ++row) {
    const RowId id(row);
    conflicts.ReadRows(reader, kTable, {&id, 1});
  }
  conflicts.WriteRow(writer, kTable, RowId(9999));
  EXPECT_TRUE(ReaderFails(conflicts, reader, writer));
}

TEST(SerializableConflicts, ManyDeletesBecomeTheTable) {
  SerializableConflicts conflicts;
  SerializableTransaction* reader = Begin(conflicts, 1);
  SerializableTransaction* writer = Begin(conflicts, 2);
  for (uint64_t row = 0; row < 10000; ++row) conflicts.WriteRow(writer, kTable, RowId(row));
  const RowId last(9999);
  conflicts.ReadRows(reader, kTable, {&last, 1});
  EXPECT_TRUE(ReaderFails(conflicts, reader, writer));
}

TEST(SerializableConflicts, ManyRangesAndKeysBecomeTheIndex) {
  SerializableConflicts conflicts;
  SerializableTransaction* first = Begin(conflicts, 1);
  SerializableTransaction* second = Begin(conflicts, 2);
  for (uint32_t i = 0; i < 10000; ++i) {
    const std::string key = std::to_string(100000 + i);
    conflicts.ReadKeys(first, 3, key, key + "x");
    conflicts.WriteKey(first, 4, key);
  }
  conflicts.WriteKey(second, 3, "109999");
  conflicts.ReadKeys(second, 4, "109999", "11");
  EXPECT_TRUE(SecondFails(conflicts, first, second));
}

TEST(SerializableConflicts, OtherRowsAndKeysDoNotMeet) {
  SerializableConflicts conflicts;
  SerializableTransaction* first = Begin(conflicts, 1);
  SerializableTransaction* second = Begin(conflicts, 2);
  const RowId one(1), two(2);
  conflicts.ReadRows(first, kTable, {&one, 1});
  conflicts.WriteRow(first, kTable, one);
  conflicts.ReadRows(second, kTable, {&two, 1});
  conflicts.WriteRow(second, kTable, two);
  conflicts.ReadKeys(first, 3, "a", "b");
  conflicts.WriteKey(second, 3, "b");
  EXPECT_FALSE(SecondFails(conflicts, first, second));
}

TEST(SerializableConflicts, WhoCommittedBeforeTheSnapshotIsNotConcurrent) {
  SerializableConflicts conflicts;
  SerializableTransaction* before = Begin(conflicts, 1);
  SerializableTransaction* witness = Begin(conflicts, 3);   // keeps the marks
  conflicts.ReadTable(before, kTable);
  conflicts.WriteTable(before, StorageId{8});
  conflicts.PrepareCommit(before);
  conflicts.End(before, true);
  SerializableTransaction* after = Begin(conflicts, 2);
  conflicts.WriteTable(after, kTable);
  conflicts.ReadTable(after, StorageId{8});
  conflicts.PrepareCommit(after);
  conflicts.End(after, true);
  conflicts.End(witness, false);
}

// The mark on the table stands for many rows then, and must not hide that the table has not been read.
TEST(SerializableConflicts, TheTableIsReadAfterManyOfItsRows) {
  SerializableConflicts conflicts;
  SerializableTransaction* reader = Begin(conflicts, 1);
  SerializableTransaction* writer = Begin(conflicts, 2);
  conflicts.WriteTable(writer, kTable);
  for (uint64_t row = 0; row < 10000; ++row) {
    const RowId id(row);
    conflicts.ReadRows(reader, kTable, {&id, 1});
  }
  conflicts.ReadTable(reader, kTable);
  EXPECT_TRUE(ReaderFails(conflicts, reader, writer));
}

// As after ROLLBACK TO SAVEPOINT.
TEST(SerializableConflicts, ARefusedReadIsRefusedAgain) {
  SerializableConflicts conflicts;
  SerializableTransaction* reader = Begin(conflicts, 1);
  SerializableTransaction* pivot = Begin(conflicts, 2);
  SerializableTransaction* first = Begin(conflicts, 3);
  conflicts.ReadKeys(pivot, 3, "a", "b");
  conflicts.WriteKey(first, 3, "aa");
  conflicts.WriteTable(pivot, kTable);
  EXPECT_FALSE(SecondFails(conflicts, first, pivot));
  EXPECT_THROW(conflicts.ReadTable(reader, kTable), SqlError);
  EXPECT_THROW(conflicts.ReadTable(reader, kTable), SqlError);
  conflicts.End(reader, false);
}

// Others see a commit before it has ended here: it is the first although its reader ends before it.
TEST(SerializableConflicts, WhoIsPreparedCommitsFirst) {
  SerializableConflicts conflicts;
  SerializableTransaction* reader = Begin(conflicts, 1);
  SerializableTransaction* pivot = Begin(conflicts, 2);
  SerializableTransaction* first = Begin(conflicts, 3);
  conflicts.ReadKeys(pivot, 3, "a", "b");
  conflicts.WriteKey(first, 3, "aa");
  conflicts.WriteTable(pivot, kTable);
  conflicts.PrepareCommit(first);
  conflicts.PrepareCommit(pivot);
  conflicts.End(pivot, true);
  conflicts.End(first, true);
  EXPECT_THROW(conflicts.ReadTable(reader, kTable), SqlError);
  conflicts.End(reader, false);
}

}  // namespace
}  // namespace gather::storage
