// FrozenColumns: the segments of one row group.
#pragma once

#include <cstdint>
#include <vector>

#include "storage/table.h"

namespace gather::storage {

class FrozenColumns {
 public:
  FrozenColumns(std::vector<StoredColumn> columns, uint32_t rows) : columns_(std::move(columns)), rows_(rows) {}
  const std::vector<StoredColumn>& columns() const { return columns_; }
  uint32_t rows() const { return rows_; }
  uint64_t bytes() const { return 0; }
  std::string Record() const { return {}; }

 private:
  const std::vector<StoredColumn> columns_;
  const uint32_t rows_;
};

}  // namespace gather::storage
