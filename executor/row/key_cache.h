// KeyCache: the rows of recently seen keys, by the keys' bytes: where there are few groups, most rows need no hash and no comparison by type.
//
// Direct-mapped. Keys of fixed width or short strings, four words together at most; equal bytes mean equal keys, but equal keys may have different
// bytes (trailing blanks, -0) and then have several entries. Gives way while most keys miss. One thread at a time.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "types/vector.h"

namespace gather::executor {

class KeyCache {
 public:
  explicit KeyCache(std::span<const SqlType> types);
  // rows[i] of the keys it knows; `misses` gets the others. false: it cannot tell anything about these vectors.
  bool Find(std::span<const Vector> keys, uint32_t count, uint8_t** rows, Selection& misses);
  // Key i of the last Find, a miss, is in `row`, which stays where it is.
  void Note(RowIndex i, uint8_t* row);

 private:
  static constexpr uint32_t kMostWords = 4;
  static constexpr uint32_t kEntryBits = 9;
  static constexpr uint64_t kUnfit = ~uint64_t{0};
  static constexpr uint32_t kFirstPause = 16, kLongestPause = 1024;
  struct Entry {
    uint64_t words[kMostWords];
    uint8_t* row;                          // null: empty
  };
  // Writes the words of one key column; false: this vector does not fit.
  bool Load(const Vector& key, size_t column, uint32_t word, uint32_t count);
  template <uint32_t kWords>
  void Probe(uint32_t count, uint8_t** rows, Selection& misses) const;
  Entry& EntryOf(RowIndex i) { return entries_[slots_[i] >> (64 - kEntryBits)]; }

  uint32_t words_ = 0;                     // 0: keys of these types do not fit
  std::vector<int> scales_;                // of numeric columns: -1 not known yet
  std::vector<Entry> entries_;
  std::unique_ptr<uint64_t[]> values_;     // [word][row]
  std::unique_ptr<uint64_t[]> slots_;
  std::vector<RowIndex> unfit_;            // rows with a null or a long string
  uint32_t pause_ = 0, next_pause_ = kFirstPause;
};

}  // namespace gather::executor
