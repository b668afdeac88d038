// A writer process is killed in the middle of its work, again and again; after each time every acknowledged commit is there and no
// transaction is half there.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "storage/write_set.h"
#include "tests/unit/storage/test_storage.h"

namespace gather::storage {
namespace {

constexpr const char* kDirectoryVariable = "GATHER_CRASH_TEST_DIRECTORY";

// Rows of transaction t carry t as id / kStride; how many there are, t tells.
constexpr int32_t kStride = 65536;
uint32_t RowsOf(int32_t transaction) { return transaction % 16 == 3 ? 40000 : 1 + static_cast<uint32_t>(transaction) % 5; }

// The writer: runs only as a child process of the test below, until it is killed.
TEST(CrashTest, DISABLED_Writer) {
  const char* directory = std::getenv(kDirectoryVariable);
  if (directory == nullptr) GTEST_SKIP();
  StorageOptions options = SmallOptions(directory);
  Storage storage(options);
  std::shared_ptr<TableStore> table;
  if (storage.Tables().empty()) {
    auto transaction = storage.transactions().Begin();
    table = storage.CreateTable(*transaction, storage.NewStorageId(), TestColumns());
    transaction->writes().Put(KeySpace::kCatalog, "next", "0");
    transaction->Commit();
  } else {
    table = storage.Tables()[0];
  }
  int32_t next = 0;
  storage.ForEachCatalogRecord("t", [&](std::string_view key, std::string_view) { next = std::max(next, std::stoi(std::string(key.substr(1))) + 1); });
  std::mutex latch;
  const auto write = [&] {
    for (;;) {
      int32_t number;
      {
        std::lock_guard lock(latch);
        number = next++;
      }
      auto transaction = storage.transactions().Begin();
      const std::vector<RowId> ids = InsertRows(*transaction, *table, number * kStride, RowsOf(number));
      transaction->NextCommand();
      if (number % 4 == 0) table->Delete(*transaction, ids[0]);
      char key[16];
      std::snprintf(key, sizeof(key), "t%09d", number);
      transaction->writes().Put(KeySpace::kCatalog, key, "");
      transaction->Commit();
      const std::string line = std::to_string(number) + "\n";
      if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) _exit(1);
    }
  };
  std::thread second(write), third([&] {
    for (;;) {
      table->Freeze();
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  });
  write();
}

TEST(CrashTest, EveryAcknowledgedCommitSurvivesAKillAndNoneIsHalfThere) {
  TestDirectory directory;
  std::set<int32_t> acknowledged;
  for (int round = 0; round < 6; ++round) {
    int pipe_ends[2];
    ASSERT_EQ(pipe(pipe_ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      dup2(pipe_ends[1], STDOUT_FILENO);
      close(pipe_ends[0]);
      close(pipe_ends[1]);
      setenv(kDirectoryVariable, directory.data().c_str(), 1);
      execl("/proc/self/exe", "unit_storage", "--gtest_filter=CrashTest.DISABLED_Writer", "--gtest_also_run_disabled_tests", nullptr);
      _exit(1);
    }
    close(pipe_ends[1]);
    std::string output;
    char buffer[4096];
    size_t lines = 0;
    const size_t enough = 30 + 20 * static_cast<size_t>(round);
    while (lines < enough) {
      const ssize_t size = read(pipe_ends[0], buffer, sizeof(buffer));
      ASSERT_GT(size, 0) << "the writer ended by itself: " << output;
      output.append(buffer, static_cast<size_t>(size));
      lines += static_cast<size_t>(std::count(buffer, buffer + size, '\n'));
    }
    kill(child, SIGKILL);
    for (ssize_t size; (size = read(pipe_ends[0], buffer, sizeof(buffer))) > 0;) output.append(buffer, static_cast<size_t>(size));
    close(pipe_ends[0]);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    for (size_t at = 0; at < output.size();) {
      const size_t end = output.find('\n', at);
      if (end == std::string::npos) break;               // cut by the kill
      const std::string line = output.substr(at, end - at);
      if (!line.empty() && line.find_first_not_of("0123456789") == std::string::npos) acknowledged.insert(std::stoi(line));
      at = end + 1;
    }

    Storage storage(SmallOptions(directory.data()));
    ASSERT_EQ(storage.Tables().size(), 1u);
    std::map<int32_t, uint32_t> found;
    for (const TestRow& row : ReadAll(storage, storage.Tables()[0])) {
      ASSERT_EQ(row, MakeRow(row.id));
      ++found[row.id / kStride];
    }
    std::set<int32_t> recorded;
    storage.ForEachCatalogRecord("t", [&](std::string_view key, std::string_view) { recorded.insert(std::stoi(std::string(key.substr(1)))); });
    for (const int32_t number : acknowledged) EXPECT_TRUE(recorded.contains(number)) << number;
    for (const int32_t number : recorded) EXPECT_EQ(found[number], RowsOf(number) - (number % 4 == 0 ? 1 : 0)) << number;
    for (const auto& [number, rows] : found) EXPECT_TRUE(rows == 0 || recorded.contains(number)) << number;
  }
  EXPECT_GT(acknowledged.size(), 200u);
}

}  // namespace
}  // namespace gather::storage
