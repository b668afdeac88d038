// RuntimeFilter: which values an integer key of a hash join's build side has, for scans of its outer side, which leave out rows without a match.
//
// Least and greatest value, for zone maps, and a bitmap of the values where they lie close together, else a Bloom filter with two bits in one word.
// Prepare, then Add by any number of threads, then Publish; before that, and where it was not worth preparing, it says nothing. Then immutable; thread-safe.
// For scans of the build side it is a range only, that of the outer side's values.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "executor/row/row_layout.h"

namespace gather::executor {

class RuntimeFilter {
 public:
  static bool Supports(PhysicalType type) { return type == PhysicalType::kInt16 || type == PhysicalType::kInt32 || type == PhysicalType::kInt64; }
  // Makes room for `rows` values from `least` to `greatest` (no value: least > greatest). false: they are too many, or there is no memory for it.
  bool Prepare(int64_t least, int64_t greatest, uint64_t rows, MemoryBudget* budget);
  // The values of a column in rows that lie one after the other; nulls are left out.
  void Add(const uint8_t* row, uint32_t rows, uint32_t row_size, const RowColumn& column);
  void Publish() { ready_.store(true, std::memory_order_release); }
  // Values from `least` to `greatest`.
  void PublishRange(int64_t least, int64_t greatest);
  bool ready() const { return ready_.load(std::memory_order_acquire); }

  bool exact() const { return kind_ == Kind::kBitmap; }   // knows every value: what passes has a match
  bool empty() const { return least_ > greatest_; }
  int64_t least() const { return least_; }
  int64_t greatest() const { return greatest_; }
  // Positions of the values [0, rows) that may have a match.
  void Select(const Vector& values, uint32_t rows, Selection& out) const;

 private:
  template <class T>
  void SelectAs(const VectorView& view, uint32_t rows, Selection& out) const;
  template <class T, class Contains>
  static void SelectBy(const VectorView& view, uint32_t rows, const Contains& contains, Selection& out);

  template <class T>
  void AddAs(const uint8_t* row, uint32_t rows, uint32_t row_size, const RowColumn& column);

  std::atomic<bool> ready_{false};
  enum class Kind : uint8_t { kRange, kBitmap, kBloom } kind_ = Kind::kRange;
  int shift_ = 0;                          // Bloom filter: of hashes to words
  int64_t least_ = INT64_MAX, greatest_ = INT64_MIN;
  std::vector<uint64_t> words_;
  MemoryReservation memory_;
};

}  // namespace gather::executor
