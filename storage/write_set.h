// WriteSet: what one transaction will write in its commit batch, readable by itself meanwhile (RocksDB's WriteBatchWithIndex).
//
// Two spaces are open to the floors above: ordered-index entries and catalog records. Owned by the Transaction; its thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace gather::storage {

class KvStore;

enum class KeySpace : uint8_t { kCatalog, kIndex };

// Ordered iteration over committed entries merged with the transaction's own. Keys and values are views valid until the next move.
class KvCursor {
 public:
  virtual ~KvCursor() = default;
  virtual void Seek(std::string_view key) = 0;           // first entry >= key
  virtual void SeekForPrev(std::string_view key) = 0;    // last entry <= key
  virtual bool Valid() const = 0;
  virtual void Next() = 0;
  virtual void Prev() = 0;
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
};

class WriteSet {
 public:
  virtual ~WriteSet() = default;
  virtual void Put(KeySpace space, std::string_view key, std::string_view value) = 0;
  virtual void Delete(KeySpace space, std::string_view key) = 0;
  virtual bool Get(KeySpace space, std::string_view key, std::string* value) = 0;   // own writes first, then committed
  // Entries in [lower, upper); an empty upper is no bound. Keeps its own bounds alive.
  virtual std::unique_ptr<KvCursor> Scan(KeySpace space, std::string_view lower, std::string_view upper) = 0;
  virtual bool empty() const = 0;
};

}  // namespace gather::storage
