// What the storage tests share: a temporary data directory with an open Storage, and short ways to write and read rows of
// (id int4, value int8, name text).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "storage/scan.h"
#include "storage/storage.h"
#include "types/chunk.h"
#include "types/datum.h"

namespace gather::storage {

class TestDirectory {
 public:
  TestDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "gather_storage_XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TestDirectory() {
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  const std::string& path() const { return path_; }
  std::string data() const { return path_ + "/data"; }

 private:
  std::string path_;
};

inline StorageOptions SmallOptions(const std::string& directory) {
  StorageOptions options;
  options.directory = directory;
  options.block_cache_bytes = 8 << 20;
  options.fsync = false;
  return options;
}

inline const std::vector<StoredColumn>& TestColumns() {
  static const std::vector<StoredColumn> columns = {
      {ColumnId(1), type_oid::kInt4}, {ColumnId(2), type_oid::kInt8}, {ColumnId(3), type_oid::kText}};
  return columns;
}

inline std::vector<ScanColumn> TestScanColumns() {
  std::vector<ScanColumn> columns;
  for (const StoredColumn& column : TestColumns()) columns.push_back({column.id, column.type, {}});
  return columns;
}

struct TestRow {
  int32_t id;
  int64_t value;
  std::string name;
  bool operator==(const TestRow&) const = default;
};

// Row `id` as the tests fill it.
inline TestRow MakeRow(int32_t id) { return {id, int64_t{id} * 1000003, "name number " + std::to_string(id % 1000)}; }

inline Chunk MakeChunk(int32_t first, uint32_t rows) {
  const std::vector<SqlType> types = {type_oid::kInt4, type_oid::kInt8, type_oid::kText};
  Chunk chunk(types);
  for (uint32_t i = 0; i < rows; ++i) {
    const TestRow row = MakeRow(first + static_cast<int32_t>(i));
    chunk[0].data<int32_t>()[i] = row.id;
    chunk[1].data<int64_t>()[i] = row.value;
    chunk[2].data<StringRef>()[i] = chunk[2].AddString(row.name);
  }
  chunk.set_rows(rows);
  return chunk;
}

inline std::vector<RowId> InsertRows(Transaction& transaction, TableStore& table, int32_t first, uint32_t rows) {
  std::vector<RowId> ids(rows);
  for (uint32_t done = 0; done < rows; done += kVectorSize) {
    const uint32_t count = std::min(kVectorSize, rows - done);
    table.Insert(transaction, TestColumns(), MakeChunk(first + static_cast<int32_t>(done), count), ids.data() + done);
  }
  return ids;
}

inline std::vector<TestRow> ReadAll(const std::shared_ptr<TableStore>& table, const Snapshot& snapshot, std::vector<RowId>* ids = nullptr) {
  TableScan scan(table, snapshot, TestScanColumns());
  ScanCursor cursor(scan);
  std::vector<TestRow> rows;
  Vector id, value, name, row_ids;
  for (uint64_t v = 0; v < scan.vectors(); ++v) {
    const uint32_t count = cursor.Open(v);
    if (count == 0) continue;
    cursor.Read(0, id);
    cursor.Read(1, value);
    cursor.Read(2, name);
    cursor.ReadRowIds(row_ids);
    const VectorView a = id.View(), b = value.View(), c = name.View();
    for (uint32_t i = 0; i < count; ++i) {
      rows.push_back({a.get<int32_t>(i), b.get<int64_t>(i), std::string(c.get<StringRef>(i).view())});
      if (ids != nullptr) ids->push_back(row_ids.data<RowId>()[i]);
    }
  }
  return rows;
}

inline std::vector<TestRow> ReadAll(Storage& storage, const std::shared_ptr<TableStore>& table) {
  return ReadAll(table, storage.transactions().Latest());
}

inline std::vector<TestRow> MakeRows(int32_t first, uint32_t rows) {
  std::vector<TestRow> made;
  for (uint32_t i = 0; i < rows; ++i) made.push_back(MakeRow(first + static_cast<int32_t>(i)));
  return made;
}

}  // namespace gather::storage
