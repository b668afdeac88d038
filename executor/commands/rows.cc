#include "executor/commands/rows.h"

namespace gather::executor {

void TextRows::Add(const std::vector<std::string>& values) {
  if (chunks_.empty() || chunks_.back().rows() == kVectorSize) {
    const std::vector<SqlType> types(columns_, SqlType(type_oid::kText));
    chunks_.emplace_back(types);
  }
  Chunk& chunk = chunks_.back();
  const uint32_t row = chunk.rows();
  for (size_t i = 0; i < columns_; ++i) chunk[i].data<StringRef>()[row] = chunk[i].AddString(values[i]);
  chunk.set_rows(row + 1);
}

}  // namespace gather::executor
