// The 300 MB of pseudo text of which every comment is a piece (specification 4.2.2.14).
//
// Made of blocks, each seeded by its number and written when first asked for; so a small scale factor pays for what it
// uses. Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "bench/tpch/generator/random.h"

namespace gather::tpch {

class TextPool {
 public:
  TextPool();

  // A random piece, of random length in [low, high].
  std::string_view Draw(Random& random, int low, int high);

 private:
  static constexpr size_t kBlockSize = 64 << 10;
  static constexpr size_t kBlocks = (300ull << 20) / kBlockSize;

  struct Block {
    std::once_flag once;
    std::unique_ptr<char[]> text;
  };
  static void Fill(Block& block, uint64_t number);

  std::vector<Block> blocks_;
};

}  // namespace gather::tpch
