// GroupWriter: turns fresh row groups into segments, written in files of many megabytes past the log.
//
// Segments are readable once Finish has returned; whoever publishes the group's record does so afterwards. One thread.
#pragma once

#include <cstdint>
#include <memory>

#include "storage/frozen_columns.h"
#include "storage/row_group.h"

namespace gather::storage {

class GroupWriter {
 public:
  explicit GroupWriter(const SegmentSource& source) : source_(source) {}

  // Encodes the pinned group, which takes no more rows. Groups of one writer come in ascending order. `dead`: slots never to be seen.
  std::shared_ptr<const FrozenColumns> Encode(StorageId table, uint64_t group, const RowGroup::Pinned& pinned, std::vector<SlotRun> dead);
  void Finish();
  uint64_t bytes() const { return writer_ == nullptr ? 0 : writer_->bytes(); }

 private:
  const SegmentSource& source_;
  std::unique_ptr<KvBulkWriter> writer_;
};

}  // namespace gather::storage
