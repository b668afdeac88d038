// KvStore: every RocksDB call of the server. Column families as drawn in keys.h.
//
// Owned by Storage; thread-safe. Errors become SqlError: 53100 when the disk is full, XX001 for damaged data, 58030 otherwise.
// Writes of commits are grouped by RocksDB: concurrent Write(…, sync) share one fsync of the log.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/write_set.h"

namespace gather::storage {

enum class Family : uint8_t { kMeta, kCatalog, kTables, kChunks, kDeletes, kSegments, kIndex };
inline constexpr size_t kFamilies = 7;

struct KvOptions {
  uint64_t block_cache_bytes = uint64_t{256} << 20;
  uint64_t write_buffer_bytes = uint64_t{64} << 20;
  bool fsync = true;
};

// A value that stays where RocksDB has it (block cache, memtable) until destroyed.
class PinnedValue {
 public:
  PinnedValue();
  ~PinnedValue();
  PinnedValue(PinnedValue&&) noexcept;
  std::string_view view() const;

 private:
  friend class KvStore;
  struct Slot;
  std::unique_ptr<Slot> slot_;
};

// A WriteSet that also reaches storage's own families.
class KvWriteSet : public WriteSet {
 public:
  virtual void Put(Family family, std::string_view key, std::string_view value) = 0;
  virtual void Delete(Family family, std::string_view key) = 0;
  using WriteSet::Delete;
  using WriteSet::Put;
  virtual void SetSavepoint() = 0;
  virtual void RollbackToSavepoint() = 0;                // to the last one, which is gone then
  virtual uint64_t bytes() const = 0;
};

// Writes a sorted run of entries as files that become part of the store in one step, past the log. Dropped unless Finish is called.
class KvBulkWriter {
 public:
  virtual ~KvBulkWriter() = default;
  virtual void Add(std::string_view key, std::string_view value) = 0;   // ascending keys
  virtual uint64_t bytes() const = 0;
  virtual void Finish() = 0;                             // durable and readable afterwards
};

class KvStore {
 public:
  KvStore(const std::string& directory, const KvOptions& options);
  ~KvStore();
  KvStore(const KvStore&) = delete;

  bool Get(Family family, std::string_view key, std::string* value) const;
  bool Get(Family family, std::string_view key, PinnedValue* value) const;
  // Entries in [lower, upper) in key order until `visit` returns false; an empty upper is no bound.
  void ForEach(Family family, std::string_view lower, std::string_view upper,
               const std::function<bool(std::string_view key, std::string_view value)>& visit) const;
  std::unique_ptr<KvCursor> Scan(Family family, std::string_view lower, std::string_view upper) const;

  std::unique_ptr<KvWriteSet> NewWriteSet();
  void Write(KvWriteSet& writes, bool sync);
  void Put(Family family, std::string_view key, std::string_view value, bool sync);
  struct KeyRange {
    Family family;
    std::string lower, upper;                            // [lower, upper)
  };
  struct Entry {
    Family family;
    std::string key, value;
  };
  // All or none; entries are written after the ranges are gone.
  void DeleteRanges(const std::vector<KeyRange>& ranges, const std::vector<Entry>& puts = {});
  void DeleteRange(Family family, std::string_view lower, std::string_view upper) { DeleteRanges({{family, std::string(lower), std::string(upper)}}); }
  std::unique_ptr<KvBulkWriter> NewBulkWriter(Family family);

  void Flush();                                          // memtables to files, log synced
  void Compact(Family family, std::string_view lower, std::string_view upper);
  uint64_t ApproximateBytes(Family family, std::string_view lower, std::string_view upper) const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace gather::storage
