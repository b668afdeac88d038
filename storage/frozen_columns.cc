#include "storage/frozen_columns.h"

#include "storage/byte_io.h"
#include "storage/keys.h"
#include "types/error.h"

namespace gather::storage {

// GroupRecord: version:1 | rows:4 | columns:2 | per column: id:2, type:4, typmod:4, bytes:8, zone | dead slots: delete record (delete_record.h)
namespace {
constexpr uint8_t kGroupVersion = 1;
}  // namespace

FrozenColumns::FrozenColumns(const SegmentSource& source, StorageId table, uint64_t group, uint32_t rows, std::vector<ColumnInfo> columns,
                             std::vector<SlotRun> dead)
    : source_(source), table_(table), group_(group), rows_(rows), infos_(std::move(columns)), dead_(std::move(dead)) {
  Finish();
}

FrozenColumns::FrozenColumns(const SegmentSource& source, StorageId table, uint64_t group, std::string_view record)
    : source_(source), table_(table), group_(group) {
  ByteReader reader(record);
  if (reader.Get<uint8_t>() != kGroupVersion) throw SqlError(sqlstate::kDataCorrupted, "a row group record has an unknown format");
  rows_ = reader.Get<uint32_t>();
  const auto count = reader.Get<uint16_t>();
  for (uint16_t c = 0; c < count; ++c) {
    ColumnInfo info;
    info.column.id = ColumnId(reader.Get<int16_t>());
    info.column.type.oid = reader.Get<Oid>();
    info.column.type.typmod = reader.Get<int32_t>();
    info.bytes = reader.Get<uint64_t>();
    info.zone = Zone::Read(reader);
    infos_.push_back(info);
  }
  DecodeSlotRuns(reader.GetString(), [&](uint32_t first, uint32_t slots) { dead_.emplace_back(first, first + slots); });
  Finish();
}

FrozenColumns::~FrozenColumns() = default;

void FrozenColumns::Finish() {
  for (const ColumnInfo& info : infos_) {
    columns_.push_back(info.column);
    bytes_ += info.bytes;
  }
  slots_ = std::make_unique<ColumnCache::Slot[]>(infos_.size());
}

std::string FrozenColumns::Record() const {
  ByteWriter writer;
  writer.Put(kGroupVersion);
  writer.Put(rows_);
  writer.Put(static_cast<uint16_t>(infos_.size()));
  for (const ColumnInfo& info : infos_) {
    writer.Put(info.column.id.value);
    writer.Put(info.column.type.oid);
    writer.Put(info.column.type.typmod);
    writer.Put(info.bytes);
    info.zone.Write(writer);
  }
  writer.PutString(EncodeSlotRuns(dead_));
  return writer.Take();
}

std::shared_ptr<const Segment> FrozenColumns::Load(uint32_t position) const {
  return source_.cache->Get(slots_[position], [&](ColumnCache& cache) -> std::shared_ptr<const Segment> {
    const ColumnInfo& info = infos_[position];
    try {
      MemoryReservation memory = cache.Reserve(info.bytes);
      PinnedValue value;
      if (!source_.kv->Get(Family::kSegments, SegmentKey(table_, group_, info.column.id), &value)) {
        throw SqlError(sqlstate::kDataCorrupted, "missing segment");
      }
      auto segment = std::make_shared<const Segment>(info.column.type, value.view(), std::move(memory));
      if (segment->rows() != rows_) throw SqlError(sqlstate::kDataCorrupted, "damaged segment");
      return segment;
    } catch (const SqlError& error) {
      if (!(error.state() == sqlstate::kDataCorrupted)) throw;
      const std::string table = source_.table_name != nullptr ? source_.table_name(table_) : std::string();
      throw SqlError(sqlstate::kDataCorrupted,
                     Format("invalid data in column %d of row group %llu of table \"%s\"", info.column.id.value,
                            static_cast<unsigned long long>(group_), table.empty() ? ("storage " + std::to_string(table_.value)).c_str() : table.c_str()))
          .Detail(error.message());
    }
  });
}

}  // namespace gather::storage
