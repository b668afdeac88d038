// What a thread reads and writes is counted for its innermost scope, and for nobody without one.
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include "storage/io_counters.h"
#include "storage/spill_file.h"

namespace gather::storage {
namespace {

TEST(IoCountersTest, TemporaryFilesAreCountedInBlocksOfTheWholeStatement) {
  const std::string directory = std::filesystem::path(testing::TempDir()) / "io_counters_test";
  SpillFile file(directory);
  std::vector<char> data(3000);
  IoCounters counters;
  file.Append(data.data(), data.size());                 // nobody counts
  {
    const IoCounters::Scope scope(&counters);
    for (int i = 0; i < 3; ++i) file.Append(data.data(), data.size());
    file.Read(0, data.data(), data.size());
    {
      const IoCounters::Scope pause(nullptr);
      EXPECT_FALSE(IoCounters::IsCounting());
      file.Append(data.data(), data.size());
    }
    // Another thread of the statement says so itself.
    std::thread([&] { file.Read(0, data.data(), data.size()); }).join();
    std::thread([&] {
      const IoCounters::Scope own(&counters);
      file.Read(0, data.data(), data.size());
    }).join();
    EXPECT_TRUE(IoCounters::IsCounting());
  }
  EXPECT_FALSE(IoCounters::IsCounting());
  EXPECT_EQ(counters.counts().temp_written, 2u);         // 9,000 bytes
  EXPECT_EQ(counters.counts().temp_read, 1u);            // 6,000 bytes
  EXPECT_EQ(counters.counts().hit + counters.counts().read, 0u);
  std::filesystem::remove_all(directory);
}

TEST(IoCountersTest, SegmentsAreBlocksHitOrRead) {
  IoCounters outer, inner;
  const IoCounters::Scope scope(&outer);
  IoCounters::CountSegment(8193, true);
  {
    const IoCounters::Scope nested(&inner);
    IoCounters::CountSegment(1, false);
  }
  IoCounters::CountSegment(8192, false);
  EXPECT_EQ(outer.counts().hit, 2u);
  EXPECT_EQ(outer.counts().read, 1u);
  EXPECT_EQ(inner.counts().read, 1u);
}

}  // namespace
}  // namespace gather::storage
