#include "executor/row/key_cache.h"

#include <algorithm>

#include "types/type.h"

namespace gather::executor {

namespace {
// Fewer are not worth the cache's memory.
constexpr uint32_t kLeastRows = 64;
}  // namespace

KeyCache::KeyCache(std::span<const SqlType> types) : scales_(types.size(), -1) {
  uint32_t words = 0;
  for (const SqlType& type : types) {
    const PhysicalType physical = GetType(type.oid).physical;
    // A numeric is a word as a scaled integer, which most of its vectors are.
    words += physical == PhysicalType::kString && type.oid != type_oid::kNumeric ? 2 : PhysicalSize(physical) > 8 && type.oid != type_oid::kNumeric ? kMostWords + 1 : 1;
  }
  if (words > kMostWords) return;
  words_ = words;
}

namespace {
template <class T>
void LoadWords(const VectorView& view, uint32_t count, uint64_t* out) {
  const auto word = [&](uint32_t i) {
    uint64_t value = 0;
    std::memcpy(&value, &view.get<T>(i), sizeof(T));
    return value;
  };
  if (view.indices == nullptr && view.mask == 0) {
    std::fill_n(out, count, word(0));
  } else {
    for (uint32_t i = 0; i < count; ++i) out[i] = word(i);
  }
}

uint64_t Mixed(uint64_t hash, uint64_t word) { return (hash ^ word) * 0x9E3779B97F4A7C15ull + (word >> 32); }
}  // namespace

bool KeyCache::Load(const Vector& key, size_t column, uint32_t word, uint32_t count) {
  uint64_t* out = values_.get() + static_cast<size_t>(word) * kVectorSize;
  const VectorView view = key.View();
  if (view.validity != nullptr) {
    for (uint32_t i = 0; i < count; ++i) {
      if (!view.valid(i)) unfit_.push_back(i);
    }
  }
  if (key.type().oid == type_oid::kNumeric) {
    if (key.physical() != PhysicalType::kInt64) return false;
    if (scales_[column] != key.shape().scale) {
      scales_[column] = key.shape().scale;
      for (Entry& entry : entries_) entry.row = nullptr;
    }
  }
  if (key.physical() == PhysicalType::kString) {
    uint64_t* second = out + kVectorSize;
    for (uint32_t i = 0; i < count; ++i) {
      const StringRef& text = view.get<StringRef>(i);
      std::memcpy(&out[i], &text, 8);
      std::memcpy(&second[i], reinterpret_cast<const char*>(&text) + 8, 8);
      if (!text.is_inline()) unfit_.push_back(i);
    }
    return true;
  }
  switch (PhysicalSize(key.physical())) {
    case 1: LoadWords<uint8_t>(view, count, out); return true;
    case 2: LoadWords<uint16_t>(view, count, out); return true;
    case 4: LoadWords<uint32_t>(view, count, out); return true;
    case 8: LoadWords<uint64_t>(view, count, out); return true;
    default: return false;
  }
}

template <uint32_t kWords>
void KeyCache::Probe(uint32_t count, uint8_t** rows, Selection& misses) const {
  const uint64_t* const values = values_.get();
  for (uint32_t i = 0; i < count; ++i) {
    const Entry& entry = entries_[slots_[i] >> (64 - kEntryBits)];
    bool hit = entry.row != nullptr;
    for (uint32_t w = 0; w < kWords; ++w) hit &= entry.words[w] == values[w * kVectorSize + i];
    rows[i] = entry.row;
    if (!hit) [[unlikely]] misses.Add(i);
  }
}

bool KeyCache::Find(std::span<const Vector> keys, uint32_t count, uint8_t** rows, Selection& misses) {
  if (words_ == 0 || count < kLeastRows) return false;
  if (pause_ != 0) {
    --pause_;
    return false;
  }
  if (values_ == nullptr) {
    values_ = std::make_unique<uint64_t[]>(static_cast<size_t>(words_) * kVectorSize);
    slots_ = std::make_unique<uint64_t[]>(kVectorSize);
    entries_.assign(size_t{1} << kEntryBits, Entry{{}, nullptr});
  }
  unfit_.clear();
  uint32_t word = 0;
  for (size_t column = 0; column < keys.size(); ++column) {
    if (!Load(keys[column], column, word, count)) return false;
    word += keys[column].physical() == PhysicalType::kString ? 2 : 1;
  }
  std::fill_n(slots_.get(), count, 0);
  for (uint32_t w = 0; w < words_; ++w) {
    const uint64_t* values = values_.get() + static_cast<size_t>(w) * kVectorSize;
    for (uint32_t i = 0; i < count; ++i) slots_[i] = Mixed(slots_[i], values[i]);
  }
  misses.Renew();
  switch (words_) {
    case 1: Probe<1>(count, rows, misses); break;
    case 2: Probe<2>(count, rows, misses); break;
    case 3: Probe<3>(count, rows, misses); break;
    default: Probe<4>(count, rows, misses); break;
  }
  if (!unfit_.empty()) {
    // Their words say nothing.
    misses.Renew();
    for (const RowIndex i : unfit_) rows[i] = nullptr;
    for (uint32_t i = 0; i < count; ++i) {
      const Entry& entry = entries_[slots_[i] >> (64 - kEntryBits)];
      bool hit = rows[i] != nullptr;
      for (uint32_t w = 0; w < words_; ++w) hit &= entry.words[w] == values_[static_cast<size_t>(w) * kVectorSize + i];
      if (!hit) misses.Add(i);
    }
    for (const RowIndex i : unfit_) slots_[i] = kUnfit;
  }
  if (misses.size() > count / 2) {
    pause_ = next_pause_;
    next_pause_ = std::min(next_pause_ * 2, kLongestPause);
  } else {
    next_pause_ = kFirstPause;
  }
  return true;
}

void KeyCache::Note(RowIndex i, uint8_t* row) {
  if (slots_[i] == kUnfit) return;
  Entry& entry = EntryOf(i);
  for (uint32_t w = 0; w < words_; ++w) entry.words[w] = values_[static_cast<size_t>(w) * kVectorSize + i];
  entry.row = row;
}

}  // namespace gather::executor
