// FrozenColumns: the segments of one row group: which columns it holds, their zones, and the way to them through the column cache.
//
// Immutable but for the cache slots, which synchronise themselves. Owned by the row group and by readers that pinned it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/column_cache.h"
#include "storage/delete_record.h"
#include "storage/kv_store.h"
#include "storage/table.h"

namespace gather::storage {

// What a segment's reader needs besides its own keys.
struct SegmentSource {
  KvStore* kv;
  ColumnCache* cache;
  std::function<std::string(StorageId)> table_name;      // for error messages
};

class FrozenColumns {
 public:
  struct ColumnInfo {
    StoredColumn column;
    Zone zone;                                           // of the whole segment
    uint64_t bytes = 0;                                  // encoded
  };
  FrozenColumns(const SegmentSource& source, StorageId table, uint64_t group, uint32_t rows, std::vector<ColumnInfo> columns, std::vector<SlotRun> dead);
  // From a GroupRecord (frozen_columns.cc).
  FrozenColumns(const SegmentSource& source, StorageId table, uint64_t group, std::string_view record);
  ~FrozenColumns();
  FrozenColumns(const FrozenColumns&) = delete;

  uint32_t rows() const { return rows_; }
  const std::vector<StoredColumn>& columns() const { return columns_; }
  const Zone& zone(uint32_t position) const { return infos_[position].zone; }
  uint64_t bytes() const { return bytes_; }
  const std::vector<SlotRun>& dead() const { return dead_; }  // slots whose inserters did not commit
  std::string Record() const;

  // Throws XX001 naming the table when the segment is damaged, 53200 when there is no memory for it.
  std::shared_ptr<const Segment> Load(uint32_t position) const;

 private:
  void Finish();
  const SegmentSource& source_;
  const StorageId table_;
  const uint64_t group_;
  uint32_t rows_ = 0;
  std::vector<ColumnInfo> infos_;
  std::vector<StoredColumn> columns_;
  std::vector<SlotRun> dead_;
  uint64_t bytes_ = 0;
  std::unique_ptr<ColumnCache::Slot[]> slots_;
};

}  // namespace gather::storage
