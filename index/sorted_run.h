// SortedRun: entries of an index build in the order of key, then row id; in memory, or in a temporary file.
//
// In memory: keys in blocks that never move, one Ref per entry with the key's first eight bytes after those that all keys share: they decide most
// comparisons.
// In a file: pages of about 64 KiB, each entry as  row id:8 | key length:4 | listed:1 | key;  the first key of each page is kept in memory.
// One thread fills and sorts it; then any number of cursors on any threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "storage/spill_file.h"
#include "types/ids.h"

namespace gather::index {

// `key` without the index's id; listed: its rows share one entry, as unique keys do.
struct BuildEntry {
  std::string_view key;
  RowId row;
  bool listed = false;
};

inline bool operator<(const BuildEntry& a, const BuildEntry& b) {
  const int order = a.key.compare(b.key);
  return order != 0 ? order < 0 : a.row < b.row;
}

class SortedRun {
 public:
  void Add(const BuildEntry& entry);
  // No more entries.
  void Sort();
  // What the entries take in memory.
  uint64_t bytes() const;
  uint64_t entries() const { return entries_; }
  // The same run at the end of a file, which outlives it; for a sorted one.
  std::unique_ptr<SortedRun> ToFile(storage::SpillFile& file) const;
  // Up to `count` keys spread evenly over the entries, ascending.
  std::vector<std::string> Sample(size_t count) const;

  // Entries with keys in [from, to); an empty `to` is no bound.
  class Cursor {
   public:
    Cursor(const SortedRun& run, std::string_view from, std::string_view to);
    bool Valid() const { return valid_; }
    const BuildEntry& entry() const { return entry_; }   // until the next Next
    void Next();

   private:
    void Take();                                         // the entry at the position, whatever its key
    const SortedRun& run_;
    const std::string to_;
    bool valid_ = true;
    BuildEntry entry_;
    size_t at_ = 0;                                      // in memory: the ref; in a file: the byte in the page
    size_t page_ = 0;                                    // the next to read
    std::string buffer_;
  };

 private:
  struct Ref {
    uint64_t prefix;                                     // of a sorted run: big endian, zeros after a short key
    const char* key;
    RowId row;
    uint32_t length;
    bool listed;
    BuildEntry entry() const { return {std::string_view(key, length), row, listed}; }
  };
  struct Page {
    std::string first;
    uint64_t offset;
    uint32_t bytes;
  };
  char* Allocate(size_t bytes);

  std::vector<Ref> refs_;
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t block_left_ = 0, block_bytes_ = 0;
  size_t common_ = 0;                                    // leading bytes that all keys share
  uint64_t entries_ = 0;
  const storage::SpillFile* file_ = nullptr;            // null: in memory
  std::vector<Page> pages_;
};

}  // namespace gather::index
