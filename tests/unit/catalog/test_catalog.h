// A catalog in a data directory of its own, and short ways to make relations.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "catalog/catalog.h"
#include "storage/storage.h"

namespace gather::catalog {

inline const FunctionRegistry& TestFunctions() {
  static const FunctionRegistry registry;
  return registry;
}

class TestCatalog {
 public:
  TestCatalog() {
    std::string name = (std::filesystem::temp_directory_path() / "gather_catalog_XXXXXX").string();
    path_ = mkdtemp(name.data());
    Open();
  }
  ~TestCatalog() {
    catalog_.reset();
    storage_.reset();
    std::error_code error;
    std::filesystem::remove_all(path_, error);
  }
  void Restart() {
    catalog_.reset();
    storage_.reset();
    Open();
  }
  Catalog& operator*() { return *catalog_; }
  Catalog* operator->() { return catalog_.get(); }
  storage::Storage& storage() { return *storage_; }
  std::unique_ptr<storage::Transaction> Begin() { return storage_->transactions().Begin(); }

 private:
  void Open() {
    storage::StorageOptions options;
    options.directory = path_ + "/data";
    options.block_cache_bytes = 8 << 20;
    options.fsync = false;
    storage_ = std::make_unique<storage::Storage>(options);
    catalog_ = std::make_unique<Catalog>(*storage_, TestFunctions());
  }

  std::string path_;
  std::unique_ptr<storage::Storage> storage_;
  std::unique_ptr<Catalog> catalog_;
};

inline ColumnEntry Column(int16_t number, std::string name, SqlType type) {
  ColumnEntry column;
  column.id = ColumnId(number);
  column.name = std::move(name);
  column.type = type;
  return column;
}

// (a int4, b text)
inline RelationEntry Table(std::string name, Oid schema = kPublicSchema) {
  RelationEntry entry{};
  entry.schema = schema;
  entry.name = std::move(name);
  entry.columns = {Column(1, "a", type_oid::kInt4), Column(2, "b", type_oid::kText)};
  return entry;
}

inline RelationEntry View(std::string name, std::vector<Oid> depends_on) {
  RelationEntry entry = Table(std::move(name));
  entry.kind = RelationKind::kView;
  entry.view_sql = "SELECT t.a, t.b FROM t";
  entry.depends_on = std::move(depends_on);
  return entry;
}

inline RelationEntry Sequence(std::string name) {
  RelationEntry entry{};
  entry.schema = kPublicSchema;
  entry.name = std::move(name);
  entry.kind = RelationKind::kSequence;
  entry.sequence.emplace();
  return entry;
}

inline RelationEntry PrimaryKey(std::string name, Oid table) {
  RelationEntry entry{};
  entry.schema = kPublicSchema;
  entry.name = std::move(name);
  entry.kind = RelationKind::kIndex;
  entry.index.emplace();
  entry.index->table = table;
  entry.index->kind = IndexKind::kPrimaryKey;
  entry.index->columns.push_back({ColumnId(1), "", type_oid::kInt4, {}});
  return entry;
}

}  // namespace gather::catalog
