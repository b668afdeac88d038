// The share of a control group: limits are read as the kernel writes them, and no limit is told from a small one.
#include "types/machine.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace gather {
namespace {

class MachineTest : public testing::Test {
 protected:
  MachineTest() {
    char name[] = "/tmp/gather_machine_XXXXXX";
    directory_ = mkdtemp(name);
  }
  ~MachineTest() override { std::filesystem::remove_all(directory_); }
  void Write(const std::string& file, const std::string& text) { std::ofstream(directory_ + "/" + file) << text; }
  std::string directory_;
};

TEST_F(MachineTest, QuotasAreRoundedUpToWholeCores) {
  Write("cpu.max", "150000 100000\n");
  EXPECT_EQ(CgroupCores(directory_), 2);
  Write("cpu.max", "20000 100000\n");
  EXPECT_EQ(CgroupCores(directory_), 1);
}

TEST_F(MachineTest, NoLimitAndNoFileAreZero) {
  EXPECT_EQ(CgroupCores(directory_), 0);
  EXPECT_EQ(CgroupMemory(directory_), 0u);
  Write("cpu.max", "max 100000\n");
  Write("memory.max", "max\n");
  EXPECT_EQ(CgroupCores(directory_), 0);
  EXPECT_EQ(CgroupMemory(directory_), 0u);
  Write("memory.max", "536870912\n");
  EXPECT_EQ(CgroupMemory(directory_), 512u << 20);
}

TEST_F(MachineTest, ThisMachineHasSomething) {
  EXPECT_GE(ThisMachine().cores, 1);
  EXPECT_GT(ThisMachine().memory, uint64_t{1} << 20);
}

}  // namespace
}  // namespace gather
