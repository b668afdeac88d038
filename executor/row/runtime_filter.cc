#include "executor/row/runtime_filter.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace gather::executor {

namespace {

constexpr uint64_t kMostRows = 4 << 20;      // of a Bloom filter
constexpr uint64_t kMostBits = uint64_t{1} << 27;
constexpr uint64_t kBitsPerRow = 64;       // of a bitmap that is worth its size
constexpr uint64_t kBloomBitsPerRow = 16;

// The product's low bits know little of the value, its high ones all.
uint64_t HashOf(int64_t value) {
  const uint64_t product = static_cast<uint64_t>(value) * 0x9E3779B97F4A7C15ull;
  return product ^ product >> 32;
}
uint64_t BloomBits(uint64_t hash) { return uint64_t{1} << (hash & 63) | uint64_t{1} << (hash >> 6 & 63); }

// Of words that other threads may be setting bits of.
void SetBits(uint64_t& word, uint64_t bits) {
  std::atomic_ref<uint64_t> shared(word);
  if ((shared.load(std::memory_order_relaxed) & bits) != bits) shared.fetch_or(bits, std::memory_order_relaxed);
}

}  // namespace

bool RuntimeFilter::Prepare(int64_t least, int64_t greatest, uint64_t rows, MemoryBudget* budget) {
  least_ = least;
  greatest_ = greatest;
  if (empty()) return true;
  const uint64_t span = static_cast<uint64_t>(greatest_) - static_cast<uint64_t>(least_);
  const bool bitmap = span < std::min(kMostBits, std::max<uint64_t>(rows * kBitsPerRow, 1 << 16));
  if (!bitmap && rows > kMostRows) return false;
  const uint64_t words = bitmap ? span / 64 + 1 : std::bit_ceil(std::max<uint64_t>(rows * kBloomBitsPerRow / 64, 2));
  if (budget != nullptr) {
    memory_ = MemoryReservation(*budget);
    if (!memory_.TryGrow(words * sizeof(uint64_t))) return false;
  }
  kind_ = bitmap ? Kind::kBitmap : Kind::kBloom;
  words_.assign(words, 0);
  if (!bitmap) shift_ = 64 - std::countr_zero(words);
  return true;
}

template <class T>
void RuntimeFilter::AddAs(const uint8_t* row, uint32_t rows, uint32_t row_size, const RowColumn& column) {
  for (uint32_t i = 0; i < rows; ++i, row += row_size) {
    if (row[column.null_offset] != 0) continue;
    T value;
    std::memcpy(&value, row + column.offset, sizeof(value));
    if (kind_ == Kind::kBitmap) {
      const uint64_t bit = static_cast<uint64_t>(int64_t{value}) - static_cast<uint64_t>(least_);
      if (bit > static_cast<uint64_t>(greatest_) - static_cast<uint64_t>(least_)) continue;   // of a row without a chain: another key is null
      SetBits(words_[bit >> 6], uint64_t{1} << (bit & 63));
    } else {
      const uint64_t hash = HashOf(value);
      SetBits(words_[hash >> shift_], BloomBits(hash));
    }
  }
}

void RuntimeFilter::Add(const uint8_t* row, uint32_t rows, uint32_t row_size, const RowColumn& column) {
  if (empty()) return;
  switch (column.physical) {
    case PhysicalType::kInt16: AddAs<int16_t>(row, rows, row_size, column); break;
    case PhysicalType::kInt32: AddAs<int32_t>(row, rows, row_size, column); break;
    default: AddAs<int64_t>(row, rows, row_size, column); break;
  }
}

void RuntimeFilter::PublishRange(int64_t least, int64_t greatest) {
  least_ = least;
  greatest_ = greatest;
  ready_.store(true, std::memory_order_release);
}

template <class T, class Contains>
void RuntimeFilter::SelectBy(const VectorView& view, uint32_t rows, const Contains& contains, Selection& out) {
  RowIndex* const positions = out.data();
  uint32_t count = 0;
  if (view.validity == nullptr) {
    for (uint32_t i = 0; i < rows; ++i) {
      positions[count] = i;
      count += contains(view.get<T>(i));
    }
  } else {
    for (uint32_t i = 0; i < rows; ++i) {
      positions[count] = i;
      count += view.valid(i) && contains(view.get<T>(i));
    }
  }
  out.set_size(count);
}

// Without branches: whether values pass is as a rule not to be foreseen.
template <class T>
void RuntimeFilter::SelectAs(const VectorView& view, uint32_t rows, Selection& out) const {
  const auto least = static_cast<uint64_t>(least_), last = static_cast<uint64_t>(greatest_) - least;
  const uint64_t* const words = words_.data();
  const auto place = [least](T value) { return static_cast<uint64_t>(static_cast<int64_t>(value)) - least; };
  switch (kind_) {
    case Kind::kRange: SelectBy<T>(view, rows, [&](T value) { return place(value) <= last; }, out); return;
    case Kind::kBitmap:
      SelectBy<T>(view, rows, [&](T value) {
        const uint64_t bit = place(value), at = std::min(bit, last);
        return static_cast<uint32_t>(bit <= last) & static_cast<uint32_t>(words[at >> 6] >> (at & 63) & 1);
      }, out);
      return;
    case Kind::kBloom:
      SelectBy<T>(view, rows, [&, shift = shift_](T value) {
        const uint64_t hash = HashOf(static_cast<int64_t>(value)), bits = BloomBits(hash);
        return static_cast<uint32_t>(place(value) <= last) & static_cast<uint32_t>((words[hash >> shift] & bits) == bits);
      }, out);
  }
}

void RuntimeFilter::Select(const Vector& values, uint32_t rows, Selection& out) const {
  out.Renew();
  if (empty()) return;
  const VectorView view = values.View();
  switch (values.physical()) {
    case PhysicalType::kInt16: SelectAs<int16_t>(view, rows, out); break;
    case PhysicalType::kInt32: SelectAs<int32_t>(view, rows, out); break;
    default: SelectAs<int64_t>(view, rows, out); break;
  }
}

}  // namespace gather::executor
