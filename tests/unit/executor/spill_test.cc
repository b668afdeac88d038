// What goes to disk comes back as it was, in the order of its stream, and leaves no file behind.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "executor/spill/row_spill.h"
#include "types/error.h"

namespace gather::executor {
namespace {

class SpillTest : public ::testing::Test {
 protected:
  SpillTest() {
    char name[] = "/tmp/gather-spill-XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~SpillTest() override { std::filesystem::remove_all(directory_); }

  std::string directory_;
};

std::string TextOf(uint32_t i) { return std::string(i % 40, 'x') + std::to_string(i); }

TEST_F(SpillTest, RowsComeBackByStream) {
  const std::vector<SqlType> types = {type_oid::kInt8, type_oid::kText};
  const RowLayout layout(types, sizeof(uint64_t));
  constexpr uint32_t kRows = 5000, kStreams = 3;
  RowSpill spill(layout, kStreams, directory_ + "/temp");
  {
    RowStore store(layout, nullptr);
    for (uint32_t i = 0; i < kRows; ++i) {
      uint8_t* row = store.NewRow();
      std::memset(row, 0, layout.size());
      const int64_t number = i;
      const StringRef text = store.heap().Add(TextOf(i));
      std::memcpy(row + layout.column(0).offset, &number, sizeof(number));
      std::memcpy(row + layout.column(1).offset, &text, sizeof(text));
      spill.Add(i % kStreams, row);
    }
  }
  spill.Finish();
  EXPECT_TRUE(std::filesystem::is_empty(directory_ + "/temp"));
  for (uint32_t stream = 0; stream < kStreams; ++stream) {
    RowSpill::Reader reader(spill, stream);
    RowStore store(layout, nullptr);
    std::vector<uint8_t*> rows;
    uint32_t expected = stream;
    while (reader.Next(store, 700, rows) != 0) {
      for (const uint8_t* row : rows) {
        int64_t number;
        StringRef text;
        std::memcpy(&number, row + layout.column(0).offset, sizeof(number));
        std::memcpy(&text, row + layout.column(1).offset, sizeof(text));
        ASSERT_EQ(number, expected);
        ASSERT_EQ(text.view(), TextOf(expected));
        expected += kStreams;
      }
    }
    EXPECT_GE(expected, kRows);
  }
}

TEST_F(SpillTest, DirectoryThatCannotBeMadeIsAnError) { EXPECT_THROW(storage::SpillFile(directory_ + "/none/temp"), SqlError); }

}  // namespace
}  // namespace gather::executor
