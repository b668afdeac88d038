#include "storage/delete_record.h"

#include "storage/byte_io.h"
#include "types/ids.h"

namespace gather::storage {

namespace {
constexpr size_t kMaxRuns = kRowGroupSize / 8 / 4;       // from here on the bitmap is smaller
}  // namespace

std::string EncodeSlotRuns(const std::vector<SlotRun>& runs) {
  ByteWriter writer;
  if (runs.size() <= kMaxRuns) {
    writer.Put(uint8_t{0});
    writer.Put(static_cast<uint32_t>(runs.size()));
    for (const auto& [first, end] : runs) {
      writer.Put(static_cast<uint16_t>(first));
      writer.Put(static_cast<uint16_t>(end - first - 1));
    }
    return writer.Take();
  }
  std::string bits(kRowGroupSize / 8, '\0');
  for (const auto& [first, end] : runs) {
    for (uint32_t slot = first; slot < end; ++slot) bits[slot / 8] = static_cast<char>(bits[slot / 8] | 1 << slot % 8);
  }
  writer.Put(uint8_t{1});
  writer.PutBytes(bits.data(), bits.size());
  return writer.Take();
}

void DecodeSlotRuns(std::string_view record, const std::function<void(uint32_t first, uint32_t count)>& visit) {
  ByteReader reader(record);
  if (reader.Get<uint8_t>() == 0) {
    const auto runs = reader.Get<uint32_t>();
    for (uint32_t i = 0; i < runs; ++i) {
      const auto first = reader.Get<uint16_t>();
      const auto length = reader.Get<uint16_t>();
      visit(first, length + 1u);
    }
    return;
  }
  const char* bits = reader.GetBytes(kRowGroupSize / 8);
  for (uint32_t slot = 0; slot < kRowGroupSize;) {
    if ((bits[slot / 8] >> slot % 8 & 1) == 0) {
      ++slot;
      continue;
    }
    const uint32_t first = slot;
    while (slot < kRowGroupSize && (bits[slot / 8] >> slot % 8 & 1) != 0) ++slot;
    visit(first, slot - first);
  }
}

}  // namespace gather::storage
