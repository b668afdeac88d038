#include "storage/group_writer.h"

#include <algorithm>

#include "storage/keys.h"

namespace gather::storage {

std::shared_ptr<const FrozenColumns> GroupWriter::Encode(StorageId table, uint64_t group, const RowGroup::Pinned& pinned, std::vector<SlotRun> dead) {
  if (writer_ == nullptr) writer_ = source_.kv->NewBulkWriter(Family::kSegments);
  const std::vector<StoredColumn>& columns = pinned.fresh->columns();
  std::vector<uint32_t> order(columns.size());
  for (uint32_t c = 0; c < order.size(); ++c) order[c] = c;
  std::sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) {
    return static_cast<uint16_t>(columns[a].id.value) < static_cast<uint16_t>(columns[b].id.value);  // as keys sort
  });
  std::vector<FrozenColumns::ColumnInfo> infos(columns.size());
  const uint32_t vectors = (pinned.rows + kVectorSize - 1) / kVectorSize;
  std::vector<Vector> values(vectors);
  for (const uint32_t c : order) {
    for (uint32_t v = 0; v < vectors; ++v) {
      pinned.fresh->Read(c, v, std::min(kVectorSize, pinned.rows - v * kVectorSize), values[v]);
    }
    infos[c].column = columns[c];
    const std::string bytes = EncodeSegment(columns[c].type, values, pinned.rows, &infos[c].zone);
    infos[c].bytes = bytes.size();
    writer_->Add(SegmentKey(table, group, columns[c].id), bytes);
  }
  return std::make_shared<const FrozenColumns>(source_, table, group, pinned.rows, std::move(infos), std::move(dead));
}

void GroupWriter::Finish() {
  if (writer_ != nullptr) writer_->Finish();
  writer_.reset();
}

}  // namespace gather::storage
