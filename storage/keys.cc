#include "storage/keys.h"

namespace gather::storage {

void AppendBigEndian64(std::string& key, uint64_t number) {
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = static_cast<char>(number >> (56 - 8 * i));
  key.append(bytes, 8);
}

uint64_t ReadBigEndian64(const char* bytes) {
  uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | static_cast<uint8_t>(bytes[i]);
  return number;
}

std::string KeyAfterPrefix(std::string_view prefix) {
  std::string after(prefix);
  while (!after.empty()) {
    if (static_cast<uint8_t>(after.back()) != 0xFF) {
      after.back() = static_cast<char>(static_cast<uint8_t>(after.back()) + 1);
      return after;
    }
    after.pop_back();
  }
  return after;
}

std::string TableKey(StorageId table) {
  std::string key = "T";
  AppendBigEndian64(key, table.value);
  return key;
}

StorageId TableOfKey(std::string_view key) { return StorageId(ReadBigEndian64(key.data() + 1)); }

std::string AnalysisKey(StorageId table) {
  std::string key = "A";
  AppendBigEndian64(key, table.value);
  return key;
}

std::string GroupPrefix(StorageId table) {
  std::string key = "G";
  AppendBigEndian64(key, table.value);
  return key;
}

std::string GroupKey(StorageId table, uint64_t group) {
  std::string key = GroupPrefix(table);
  AppendBigEndian64(key, group);
  return key;
}

uint64_t GroupOfKey(std::string_view key) { return ReadBigEndian64(key.data() + 9); }

std::string PendingKey(uint64_t number) {
  std::string key = "P";
  AppendBigEndian64(key, number);
  return key;
}

std::string RowsPrefix(StorageId table) {
  std::string key;
  AppendBigEndian64(key, table.value);
  return key;
}

std::string RowsPrefix(StorageId table, uint64_t group) {
  std::string key = RowsPrefix(table);
  AppendBigEndian64(key, group);
  return key;
}

std::string ChunkKey(StorageId table, uint64_t group, uint32_t first_slot) {
  std::string key = RowsPrefix(table, group);
  for (int shift = 24; shift >= 0; shift -= 8) key.push_back(static_cast<char>(first_slot >> shift));
  return key;
}

std::string DeleteKey(StorageId table, uint64_t group, CommitTimestamp timestamp) {
  std::string key = RowsPrefix(table, group);
  AppendBigEndian64(key, timestamp.value);
  return key;
}

std::string SegmentKey(StorageId table, uint64_t group, ColumnId column) {
  std::string key = RowsPrefix(table, group);
  const auto number = static_cast<uint16_t>(column.value);
  key.push_back(static_cast<char>(number >> 8));
  key.push_back(static_cast<char>(number));
  return key;
}

uint64_t GroupOfRowsKey(std::string_view key) { return ReadBigEndian64(key.data() + 8); }

uint32_t SlotOfChunkKey(std::string_view key) {
  uint32_t slot = 0;
  for (int i = 16; i < 20; ++i) slot = slot << 8 | static_cast<uint8_t>(key[i]);
  return slot;
}

}  // namespace gather::storage
