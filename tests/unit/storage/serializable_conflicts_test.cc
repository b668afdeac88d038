// What SerializableConflicts keeps when marks are many, and when it lets go. The rules themselves: tests/sql/transactions/serializable.slt.
#include "storage/serializable_conflicts.h"

#include <gtest/gtest.h>

#include "types/error.h"

namespace gather::storage {
namespace {

constexpr StorageId kTable{7};

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

TEST(SerializableConflicts, ManyRowsBecomeTheTable) {
  SerializableConflicts conflicts;
  SerializableTransaction* reader = conflicts.Begin(1, false);
  SerializableTransaction* writer = conflicts.Begin(2, false);
  for (uint64_t row = 0; row < 10000; ++row) {
    const RowId id(row);
    conflicts.ReadRows(reader, kTable, {&id, 1});
  }
  conflicts.WriteRow(writer, kTable, RowId(9999));
  conflicts.ReadKeys(writer, 3, "a", "b");
  conflicts.WriteKey(reader, 3, "aa");
  EXPECT_TRUE(SecondFails(conflicts, writer, reader));
}

TEST(SerializableConflicts, ManyDeletesBecomeTheTable) {
  SerializableConflicts conflicts;
  SerializableTransaction* reader = conflicts.Begin(1, false);
  SerializableTransaction* writer = conflicts.Begin(2, false);
  for (uint64_t row = 0; row < 10000; ++row) conflicts.WriteRow(writer, kTable, RowId(row));
  const RowId last(9999);
  conflicts.ReadRows(reader, kTable, {&last, 1});
  conflicts.ReadKeys(writer, 3, "a", "b");
  conflicts.WriteKey(reader, 3, "aa");
  EXPECT_TRUE(SecondFails(conflicts, writer, reader));
}

TEST(SerializableConflicts, ManyRangesAndKeysBecomeTheIndex) {
  SerializableConflicts conflicts;
  SerializableTransaction* first = conflicts.Begin(1, false);
  SerializableTransaction* second = conflicts.Begin(2, false);
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
  SerializableTransaction* first = conflicts.Begin(1, false);
  SerializableTransaction* second = conflicts.Begin(2, false);
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
  SerializableTransaction* before = conflicts.Begin(1, false);
  SerializableTransaction* witness = conflicts.Begin(3, false);   // keeps the marks
  conflicts.ReadTable(before, kTable);
  conflicts.WriteTable(before, StorageId{8});
  conflicts.PrepareCommit(before);
  conflicts.End(before, true);
  SerializableTransaction* after = conflicts.Begin(2, false);
  conflicts.WriteTable(after, kTable);
  conflicts.ReadTable(after, StorageId{8});
  conflicts.PrepareCommit(after);
  conflicts.End(after, true);
  conflicts.End(witness, false);
}

}  // namespace
}  // namespace gather::storage
