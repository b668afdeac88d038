// ChunkSpill: chunks in a temporary file, read back in any order.
//
// A chunk is written column by column: what the vector is, validity words, flat values, then the bytes of its long strings. One writer; once
// it is done any number of threads may read. Throws 53100 when the disk is full.
#pragma once

#include <string>
#include <vector>

#include "storage/spill_file.h"
#include "types/chunk.h"

namespace gather::executor {

class ChunkSpill {
 public:
  struct Extent { uint64_t offset = 0, bytes = 0; };

  explicit ChunkSpill(const std::string& directory) : file_(directory) {}
  Extent Write(const Chunk& chunk);
  Chunk Read(const Extent& extent) const;

 private:
  storage::SpillFile file_;
  std::vector<char> buffer_;
};

}  // namespace gather::executor
