// TextRows: the few rows of text that a command yields, as chunks.
#pragma once

#include <string>
#include <vector>

#include "types/chunk.h"

namespace gather::executor {

class TextRows {
 public:
  explicit TextRows(size_t columns) : columns_(columns) {}
  void Add(const std::vector<std::string>& values);
  std::vector<Chunk> Finish() { return std::move(chunks_); }

 private:
  const size_t columns_;
  std::vector<Chunk> chunks_;
};

}  // namespace gather::executor
