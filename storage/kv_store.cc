#include "storage/kv_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/sst_file_manager.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/write_batch_with_index.h>

#include <array>
#include <atomic>
#include <mutex>

#include "types/error.h"

namespace gather::storage {

namespace {

constexpr std::array<const char*, kFamilies> kFamilyNames = {"default", "catalog", "tables", "chunks", "deletes", "segments", "index"};
// The log is cut by flushing before it grows past this, which bounds recovery.
constexpr uint64_t kMaxLogBytes = uint64_t{512} << 20;

rocksdb::Slice ToSlice(std::string_view view) { return {view.data(), view.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

[[noreturn]] void ThrowStatus(const rocksdb::Status& status) {
  if (status.IsNoSpace() || status.subcode() == rocksdb::Status::kNoSpace || status.ToString().find("No space left") != std::string::npos) {
    throw SqlError(sqlstate::kDiskFull, "could not write to the data directory: No space left on device")
        .Hint("Check free disk space.");
  }
  if (status.IsCorruption()) throw SqlError(sqlstate::kDataCorrupted, "damaged data in the data directory: " + status.ToString());
  throw SqlError(sqlstate::kIoError, "could not access the data directory: " + status.ToString());
}

void Check(const rocksdb::Status& status) {
  if (!status.ok()) [[unlikely]] ThrowStatus(status);
}

rocksdb::ColumnFamilyOptions FamilyOptions(Family family, const KvOptions& options, const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions result;
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  result.write_buffer_size = options.write_buffer_bytes / 4;
  if (family == Family::kSegments) {
    // Values of hundreds of kilobytes, encoded already; the column cache holds them, not the block cache.
    table.no_block_cache = true;
    table.block_size = 64 << 10;
    result.compression = rocksdb::kLZ4Compression;
    result.target_file_size_base = uint64_t{256} << 20;
    result.write_buffer_size = options.write_buffer_bytes / 8;
  } else {
    table.block_cache = cache;
    table.block_size = 8 << 10;
    table.cache_index_and_filter_blocks = false;
    if (family == Family::kIndex || family == Family::kCatalog) table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    if (family == Family::kIndex) {
      table.data_block_index_type = rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
      table.data_block_hash_table_util_ratio = 0.75;
      table.block_restart_interval = 4;                  // a hash hit leads to at most four keys to compare
    }
    result.compression = rocksdb::kLZ4Compression;
  }
  result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return result;
}

class Cursor final : public KvCursor {
 public:
  Cursor(std::string_view lower, std::string_view upper) : lower_(lower), upper_(upper), lower_slice_(lower_), upper_slice_(upper_) {}
  // Bounds are referred to by the iterator: this object owns them and stays where it is.
  rocksdb::ReadOptions Options() const {
    rocksdb::ReadOptions options;
    if (!lower_.empty()) options.iterate_lower_bound = &lower_slice_;
    if (!upper_.empty()) options.iterate_upper_bound = &upper_slice_;
    return options;
  }
  void Take(rocksdb::Iterator* iterator) { iterator_.reset(iterator); }
  void Seek(std::string_view key) override { iterator_->Seek(ToSlice(key)); CheckEnd(); }
  void SeekForPrev(std::string_view key) override {
    iterator_->SeekForPrev(ToSlice(key));
    while (!upper_.empty() && iterator_->Valid() && ToView(iterator_->key()) >= upper_) iterator_->Prev();
    CheckEnd();
  }
  // The merging iterator of a write set does not apply the bounds to the write set's own entries.
  bool Valid() const override {
    return iterator_->Valid() && (upper_.empty() || ToView(iterator_->key()) < upper_) && ToView(iterator_->key()) >= lower_;
  }
  void Next() override { iterator_->Next(); CheckEnd(); }
  void Prev() override { iterator_->Prev(); CheckEnd(); }
  std::string_view key() const override { return ToView(iterator_->key()); }
  std::string_view value() const override { return ToView(iterator_->value()); }

 private:
  void CheckEnd() const {
    if (!iterator_->Valid()) Check(iterator_->status());
  }
  const std::string lower_, upper_;
  const rocksdb::Slice lower_slice_, upper_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

struct PinnedValue::Slot {
  rocksdb::PinnableSlice slice;
};
PinnedValue::PinnedValue() : slot_(std::make_unique<Slot>()) {}
PinnedValue::~PinnedValue() = default;
PinnedValue::PinnedValue(PinnedValue&&) noexcept = default;
std::string_view PinnedValue::view() const { return ToView(slot_->slice); }

struct KvStore::State {
  std::string directory;
  KvOptions options;
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, kFamilies> families{};
  std::atomic<uint64_t> next_bulk_file{1};
  std::mutex resume;

  rocksdb::ColumnFamilyHandle* handle(Family family) const { return families[static_cast<size_t>(family)]; }
  rocksdb::ColumnFamilyHandle* handle(KeySpace space) const { return handle(space == KeySpace::kCatalog ? Family::kCatalog : Family::kIndex); }
  std::string BulkDirectory() const { return directory + "/bulk"; }
  // After a failed write (disk full) RocksDB refuses all later ones until told to go on.
  bool TryResume() {
    std::lock_guard lock(resume);
    return db->Resume().ok();
  }
  void Write(rocksdb::WriteBatch* batch, bool sync) {
    rocksdb::WriteOptions write;
    write.sync = sync && options.fsync;
    rocksdb::Status status = db->Write(write, batch);
    // A refusal because of an earlier error wrote nothing: once the cause is gone the same batch may go.
    if (!status.ok() && status.severity() >= rocksdb::Status::kSoftError && TryResume()) status = db->Write(write, batch);
    Check(status);
  }
};

namespace {

class WriteSetOfKv final : public KvWriteSet {
 public:
  explicit WriteSetOfKv(KvStore::State& store) : store_(store), batch_(rocksdb::BytewiseComparator(), 0, true) {}
  void Put(KeySpace space, std::string_view key, std::string_view value) override { PutIn(store_.handle(space), key, value); }
  void Delete(KeySpace space, std::string_view key) override { Check(batch_.Delete(store_.handle(space), ToSlice(key))); }
  void Put(Family family, std::string_view key, std::string_view value) override { PutIn(store_.handle(family), key, value); }
  void Delete(Family family, std::string_view key) override { Check(batch_.Delete(store_.handle(family), ToSlice(key))); }
  bool Get(KeySpace space, std::string_view key, std::string* value) override {
    const rocksdb::Status status = batch_.GetFromBatchAndDB(store_.db.get(), rocksdb::ReadOptions(), store_.handle(space), ToSlice(key), value);
    if (status.IsNotFound()) return false;
    Check(status);
    return true;
  }
  std::unique_ptr<KvCursor> Scan(KeySpace space, std::string_view lower, std::string_view upper) override {
    auto cursor = std::make_unique<Cursor>(lower, upper);
    const rocksdb::ReadOptions options = cursor->Options();
    rocksdb::Iterator* base = store_.db->NewIterator(options, store_.handle(space));
    cursor->Take(batch_.NewIteratorWithBase(store_.handle(space), base, &options));
    return cursor;
  }
  bool empty() const override { return count() == 0; }
  void SetSavepoint() override { batch_.SetSavePoint(); }
  void RollbackToSavepoint() override { Check(batch_.RollbackToSavePoint()); }
  uint64_t bytes() const override { return const_cast<rocksdb::WriteBatchWithIndex&>(batch_).GetWriteBatch()->GetDataSize(); }
  rocksdb::WriteBatch* batch() { return batch_.GetWriteBatch(); }

 private:
  void PutIn(rocksdb::ColumnFamilyHandle* family, std::string_view key, std::string_view value) {
    Check(batch_.Put(family, ToSlice(key), ToSlice(value)));
  }
  uint32_t count() const { return const_cast<rocksdb::WriteBatchWithIndex&>(batch_).GetWriteBatch()->Count(); }
  KvStore::State& store_;
  rocksdb::WriteBatchWithIndex batch_;
};

class BulkWriter final : public KvBulkWriter {
 public:
  BulkWriter(KvStore::State& store, Family family)
      : store_(store), family_(store.handle(family)), options_(store.db->GetOptions(family_)),
        path_(store.BulkDirectory() + "/" + std::to_string(store.next_bulk_file.fetch_add(1)) + ".sst"), writer_(rocksdb::EnvOptions(), options_, family_) {
    Check(writer_.Open(path_));
  }
  ~BulkWriter() override {
    if (!finished_) rocksdb::Env::Default()->DeleteFile(path_).PermitUncheckedError();
  }
  void Add(std::string_view key, std::string_view value) override {
    Check(writer_.Put(ToSlice(key), ToSlice(value)));
    ++entries_;
    bytes_ += key.size() + value.size();
  }
  uint64_t bytes() const override { return bytes_; }
  void Finish() override {
    if (entries_ == 0) return;
    Check(writer_.Finish());
    rocksdb::IngestExternalFileOptions ingest;
    ingest.move_files = true;
    ingest.snapshot_consistency = false;                 // readers never ask for keys that are not published yet
    Check(store_.db->IngestExternalFile(family_, {path_}, ingest));
    finished_ = true;
  }

 private:
  KvStore::State& store_;
  rocksdb::ColumnFamilyHandle* family_;
  const rocksdb::Options options_;
  const std::string path_;
  rocksdb::SstFileWriter writer_;
  uint64_t entries_ = 0;
  uint64_t bytes_ = 0;
  bool finished_ = false;
};

}  // namespace

KvStore::KvStore(const std::string& directory, const KvOptions& options) : state_(std::make_unique<State>()) {
  state_->directory = directory;
  state_->options = options;
  rocksdb::DBOptions db_options;
  db_options.create_if_missing = true;
  db_options.create_missing_column_families = true;
  db_options.max_background_jobs = 2;
  db_options.max_total_wal_size = kMaxLogBytes;
  db_options.db_write_buffer_size = options.write_buffer_bytes;
  db_options.keep_log_file_num = 4;
  db_options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  db_options.bytes_per_sync = 1 << 20;
  // Log files are written over: a commit's fsync then changes no file size, so the file system has no journal to write.
  db_options.recycle_log_file_num = 4;
  // Needed for RocksDB to recover by itself once a full disk has room again.
  db_options.sst_file_manager.reset(rocksdb::NewSstFileManager(rocksdb::Env::Default()));
  const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (size_t i = 0; i < kFamilies; ++i) families.emplace_back(kFamilyNames[i], FamilyOptions(static_cast<Family>(i), options, cache));

  // What a bulk write left unfinished when the server died.
  rocksdb::Env* env = rocksdb::Env::Default();
  Check(env->CreateDirIfMissing(directory));
  Check(env->CreateDirIfMissing(state_->BulkDirectory()));
  std::vector<std::string> leftovers;
  Check(env->GetChildren(state_->BulkDirectory(), &leftovers));
  for (const std::string& name : leftovers) {
    if (name != "." && name != "..") env->DeleteFile(state_->BulkDirectory() + "/" + name).PermitUncheckedError();
  }

  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  Check(rocksdb::DB::Open(db_options, directory, families, &handles, &db));
  state_->db.reset(db);
  for (size_t i = 0; i < kFamilies; ++i) state_->families[i] = handles[i];
}

KvStore::~KvStore() {
  if (state_->db == nullptr) return;
  state_->db->SyncWAL().PermitUncheckedError();
  for (rocksdb::ColumnFamilyHandle* handle : state_->families) state_->db->DestroyColumnFamilyHandle(handle).PermitUncheckedError();
  state_->db->Close().PermitUncheckedError();
}

bool KvStore::Get(Family family, std::string_view key, std::string* value) const {
  const rocksdb::Status status = state_->db->Get(rocksdb::ReadOptions(), state_->handle(family), ToSlice(key), value);
  if (status.IsNotFound()) return false;
  Check(status);
  return true;
}

bool KvStore::Get(Family family, std::string_view key, PinnedValue* value) const {
  value->slot_->slice.Reset();
  const rocksdb::Status status = state_->db->Get(rocksdb::ReadOptions(), state_->handle(family), ToSlice(key), &value->slot_->slice);
  if (status.IsNotFound()) return false;
  Check(status);
  return true;
}

void KvStore::ForEach(Family family, std::string_view lower, std::string_view upper,
                      const std::function<bool(std::string_view key, std::string_view value)>& visit) const {
  const std::unique_ptr<KvCursor> cursor = Scan(family, lower, upper);
  for (cursor->Seek(lower); cursor->Valid(); cursor->Next()) {
    if (!visit(cursor->key(), cursor->value())) return;
  }
}

std::unique_ptr<KvCursor> KvStore::Scan(Family family, std::string_view lower, std::string_view upper) const {
  auto cursor = std::make_unique<Cursor>(lower, upper);
  cursor->Take(state_->db->NewIterator(cursor->Options(), state_->handle(family)));
  return cursor;
}

std::unique_ptr<KvWriteSet> KvStore::NewWriteSet() { return std::make_unique<WriteSetOfKv>(*state_); }

void KvStore::Write(KvWriteSet& writes, bool sync) { state_->Write(static_cast<WriteSetOfKv&>(writes).batch(), sync); }

void KvStore::Put(Family family, std::string_view key, std::string_view value, bool sync) {
  rocksdb::WriteBatch batch;
  Check(batch.Put(state_->handle(family), ToSlice(key), ToSlice(value)));
  state_->Write(&batch, sync);
}

void KvStore::DeleteRanges(const std::vector<KeyRange>& ranges, const std::vector<Entry>& puts) {
  rocksdb::WriteBatch batch;
  for (const KeyRange& range : ranges) Check(batch.DeleteRange(state_->handle(range.family), ToSlice(range.lower), ToSlice(range.upper)));
  for (const Entry& put : puts) Check(batch.Put(state_->handle(put.family), ToSlice(put.key), ToSlice(put.value)));
  state_->Write(&batch, false);
}

std::unique_ptr<KvBulkWriter> KvStore::NewBulkWriter(Family family) { return std::make_unique<BulkWriter>(*state_, family); }

void KvStore::Flush() {
  rocksdb::FlushOptions options;
  Check(state_->db->Flush(options, {state_->families.begin(), state_->families.end()}));
  Check(state_->db->SyncWAL());
}

void KvStore::Compact(Family family, std::string_view lower, std::string_view upper) {
  const rocksdb::Slice from = ToSlice(lower), to = ToSlice(upper);
  Check(state_->db->CompactRange(rocksdb::CompactRangeOptions(), state_->handle(family), &from, upper.empty() ? nullptr : &to));
}

uint64_t KvStore::ApproximateBytes(Family family, std::string_view lower, std::string_view upper) const {
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = true;
  options.include_files = true;
  const rocksdb::Range range(ToSlice(lower), ToSlice(upper));
  uint64_t bytes = 0;
  Check(state_->db->GetApproximateSizes(options, state_->handle(family), &range, 1, &bytes));
  return bytes;
}

}  // namespace gather::storage
