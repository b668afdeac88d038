// KeyCode: the keys of a sort's rows as numbers, of as few bits as the values at hand need: what RowSorter sorts instead of rows.
//
//   entry, 64 or 128 bits:   key 1 | key 2 | … | row number        most significant first
//   number   value - least (descending: greatest - value); nulls before or behind all values
//   text     bit for nulls, then bytes behind what all strings begin with, zero padded; descending: inverted
//   rest     as text: memcomparable bytes (types/compare.h) of this and all later keys, for types that have no other form
//
// Keys that do not fit are cut off; rows whose entries have equal keys are then compared (CompareRows). The row number makes the order stable; it
// is left out where the keys give back every column of a row. Statistics: one thread at a time. Made of them, a KeyCode is immutable.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "executor/sort/staged_rows.h"
#include "types/compare.h"

namespace gather::executor {

struct SortKeySlot {
  uint32_t column;
  SortOrder order;
};

enum class KeyKind : uint8_t { kNumber, kText, kRest };
KeyKind KindOf(const StagedColumn& column);

// What the values of one key have in common.
struct KeyStatistics {
  bool nulls = false;
  uint64_t least = ~uint64_t{0}, greatest = 0;       // numbers, as OrderedNumber; none: least > greatest
  bool any_text = false;
  std::string first;                                 // begins with what all texts begin with:
  uint32_t common = 0;                               // so many bytes
  uint32_t longest = 0;
  void AddNumbers(const Vector& vector, uint32_t rows);
  void AddTexts(const Vector& vector, uint32_t rows, bool blank_trimmed);
  void AddText(std::string_view text);
  void Add(const KeyStatistics& other);
};

class KeyCode {
 public:
  // `statistics` of as many keys as have a form of their own, then of the rest, if there is one (`has_rest`).
  KeyCode(std::vector<SortKeySlot> keys, std::vector<KeyStatistics> statistics, bool has_rest, std::vector<StagedColumn> columns, uint64_t most_rows);

  bool wide() const { return key_bits_ + row_bits_ > 64; }
  uint32_t key_bits() const { return key_bits_; }
  uint32_t row_bits() const { return row_bits_; }
  bool exact() const { return first_cut_ == keys_.size(); }
  // Entries of rows [from, from + count) of a block, count <= kVectorSize. `first_row`: the number of row `from`. high: wide codes only.
  void Encode(const StagedBlock& block, uint32_t from, uint32_t count, uint64_t first_row, uint64_t* low, uint64_t* high) const;
  // By the keys that the code does not hold.
  int CompareRows(std::span<const StagedBlock* const> blocks, uint64_t a, uint64_t b) const;
  // Whether the code gives back the column's values.
  bool Holds(uint32_t column) const { return field_of_column_[column] >= 0; }
  template <class Entry>
  void Decode(uint32_t column, const Entry* entries, uint32_t count, Vector& out) const;

 private:
  struct Key {
    uint32_t column;
    SortOrder order;
    KeyKind kind;
    KeyStatistics statistics;
  };
  struct Field {
    enum class Kind : uint8_t { kNumber, kNull, kBytes } kind;
    uint32_t key;
    uint32_t bits, shift;                            // in the entry
    uint32_t drop = 0;                               // numbers: low bits left out
    uint32_t skip = 0, bytes = 0;                    // kBytes
  };
  bool AddNumber(uint32_t key, uint32_t& room);
  bool AddText(uint32_t key, uint32_t& room);
  void Lay(uint32_t capacity);
  void NumberCodes(const Field& field, const StagedBlock& block, uint32_t from, uint32_t count, uint64_t* codes) const;
  void NullCodes(const Field& field, const StagedBlock& block, uint32_t from, uint32_t count, uint64_t* codes) const;
  void ByteCodes(const Field& field, const StagedBlock& block, uint32_t from, uint32_t count, uint64_t* codes) const;
  int CompareKey(const Key& key, const StagedBlock& a, uint32_t a_row, const StagedBlock& b, uint32_t b_row) const;

  const std::vector<StagedColumn> columns_;
  std::vector<Key> keys_;
  std::vector<Field> fields_;
  std::vector<int> field_of_column_;
  size_t first_cut_ = 0;                             // keys from here on are not wholly in the entry
  uint32_t key_bits_ = 0, row_bits_ = 0;
};

}  // namespace gather::executor
