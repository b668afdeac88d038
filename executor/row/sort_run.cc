#include "executor/row/sort_run.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <string_view>

#include "types/fixed_sort_key.h"

namespace gather::executor {

namespace {

constexpr uint64_t kEntryChargeStep = 4096;
// Rows of a spilled run in memory while it is merged.
constexpr uint32_t kBlockRows = 256;
// Top-N collects at least this many rows more than it needs between two prunings: while few come within the bound, a few, to bring it down.
constexpr uint64_t kLeastBetweenPrunings = 64, kMostBetweenPrunings = 4 * kVectorSize;

struct Key {
  const char* data;
  uint64_t length;
};

Key KeyOf(const uint8_t* row) {
  Key key;
  std::memcpy(&key, row, sizeof(key));
  return key;
}
static_assert(sizeof(Key) == SortRun::kHeaderBytes);

// Bytes of the key that an entry holds.
constexpr uint64_t kPrefixBytes = sizeof(SortEntry::prefix);

SortEntry EntryOf(const uint8_t* key, uint64_t length, uint8_t* row) {
  SortEntry entry{{0, 0}, row};
  std::memcpy(entry.prefix, key, std::min(length, kPrefixBytes));
  for (uint64_t& word : entry.prefix) word = __builtin_bswap64(word);
  return entry;
}

// The key's first bytes again.
void PrefixBytes(const SortEntry& entry, uint8_t* out) {
  for (size_t i = 0; i < 2; ++i) {
    const uint64_t word = __builtin_bswap64(entry.prefix[i]);
    std::memcpy(out + 8 * i, &word, 8);
  }
}

// ---- radix sort of entries, by their prefixes and then by the rest; stable
//
// Many entries are first divided by the most significant byte in which they differ, again and again, until a part fits into the cache; a part is
// sorted byte by byte from the least significant one, or by comparisons where it is small or differs in many bytes.

constexpr size_t kCacheEntries = 8192;
constexpr size_t kLeastForRadix = 128;
// A pass over entries in the cache costs about as much as this many comparisons of each.
constexpr double kComparisonsPerPass = 1.0;

uint32_t DigitOf(const SortEntry& entry, uint32_t byte) {   // 0: the least significant
  return static_cast<uint32_t>(entry.prefix[byte < 8 ? 1 : 0] >> (8 * (byte % 8))) & 0xFF;
}

// The bytes in which prefixes differ, least significant first.
std::vector<uint32_t> DifferingBytes(std::span<const SortEntry> entries) {
  uint64_t differing[2] = {0, 0};
  for (const SortEntry& entry : entries) {
    for (size_t i = 0; i < 2; ++i) differing[i] |= entry.prefix[i] ^ entries[0].prefix[i];
  }
  std::vector<uint32_t> bytes;
  for (uint32_t byte = 0; byte < kPrefixBytes; ++byte) {
    if ((differing[byte < 8 ? 1 : 0] >> (8 * (byte % 8)) & 0xFF) != 0) bytes.push_back(byte);
  }
  return bytes;
}

// One pass: `from` to `to` by one byte. starts[d]: where digit d begins; 257 numbers.
void Scatter(std::span<const SortEntry> from, std::span<SortEntry> to, uint32_t byte, size_t* starts) {
  size_t counts[256] = {};
  for (const SortEntry& entry : from) ++counts[DigitOf(entry, byte)];
  size_t at[256];
  size_t sum = 0;
  for (uint32_t digit = 0; digit < 256; ++digit) {
    starts[digit] = at[digit] = sum;
    sum += counts[digit];
  }
  starts[256] = sum;
  for (const SortEntry& entry : from) to[at[DigitOf(entry, byte)]++] = entry;
}

bool Before(const SortEntry& a, const SortEntry& b) { return CompareEntries(a, b) < 0; }

// Runs of equal prefixes, by the rest of the keys.
void SortRest(std::span<SortEntry> entries) {
  for (size_t at = 0; at < entries.size();) {
    size_t end = at + 1;
    while (end < entries.size() && entries[at].prefix[0] == entries[end].prefix[0] && entries[at].prefix[1] == entries[end].prefix[1]) ++end;
    if (end - at > 1 && KeyOf(entries[at].row).length > kPrefixBytes) {
      std::stable_sort(entries.begin() + static_cast<ptrdiff_t>(at), entries.begin() + static_cast<ptrdiff_t>(end),
                       [](const SortEntry& a, const SortEntry& b) { return CompareRest(a, b) < 0; });
    }
    at = end;
  }
}

// Sorts `entries`, with `other` as room; the result is in `entries`, or with `into_other` there.
void RadixSort(std::span<SortEntry> entries, std::span<SortEntry> other, bool into_other) {
  const auto finish = [&](bool in_other) {
    if (in_other == into_other) return;
    const std::span<const SortEntry> from = in_other ? other : entries;
    std::copy(from.begin(), from.end(), (in_other ? entries : other).begin());
  };
  if (entries.size() < kLeastForRadix) {
    std::stable_sort(entries.begin(), entries.end(), Before);
    return finish(false);
  }
  const std::vector<uint32_t> bytes = DifferingBytes(entries);
  size_t starts[257];
  if (entries.size() > kCacheEntries && !bytes.empty()) {
    Scatter(entries, other, bytes.back(), starts);
    for (uint32_t digit = 0; digit < 256; ++digit) {
      const size_t count = starts[digit + 1] - starts[digit];
      if (count != 0) RadixSort(other.subspan(starts[digit], count), entries.subspan(starts[digit], count), !into_other);
    }
    return;
  }
  if (static_cast<double>(bytes.size()) * kComparisonsPerPass > std::log2(static_cast<double>(entries.size()))) {
    std::stable_sort(entries.begin(), entries.end(), Before);
    return finish(false);
  }
  std::span<SortEntry> from = entries, to = other;
  for (const uint32_t byte : bytes) {
    Scatter(from, to, byte, starts);
    std::swap(from, to);
  }
  SortRest(from);
  finish(from.data() == other.data());
}

}  // namespace

int CompareRest(const SortEntry& a, const SortEntry& b) {
  const Key x = KeyOf(a.row), y = KeyOf(b.row);
  // No key is a prefix of another one, so keys within the prefix are equal now.
  if (x.length <= kPrefixBytes || y.length <= kPrefixBytes) return 0;
  const int order = std::memcmp(x.data + kPrefixBytes, y.data + kPrefixBytes, std::min(x.length, y.length) - kPrefixBytes);
  if (order != 0) return order;
  return x.length < y.length ? -1 : x.length > y.length;
}

SortRun::SortRun(std::vector<SqlType> columns, std::vector<SortOrder> orders, MemoryBudget* budget)
    : layout_(columns, kHeaderBytes), orders_(std::move(orders)), budget_(budget), store_(std::make_shared<RowStore>(layout_, budget)) {
  if (budget != nullptr) entry_memory_ = MemoryReservation(*budget);
  forms_.resize(columns.size());
}

void SortRun::SetLimit(uint64_t limit, bool with_ties, std::shared_ptr<SharedBound> shared) {
  limit_ = limit;
  with_ties_ = with_ties;
  shared_bound_ = std::move(shared);
}

bool SortRun::Beyond(KeyView key, const SortEntry& entry) const {
  if (!has_bound_ || entry.prefix[0] < bound_prefix_) return false;
  const int order = std::string_view(reinterpret_cast<const char*>(key.data), key.length).compare(bound_);   // memcmp: unsigned bytes
  return with_ties_ ? order > 0 : order >= 0;
}

void SortRun::WriteKeys(std::span<const Vector* const> keys, uint32_t rows) {
  key_width_ = 0;
  for (const Vector* key : keys) {
    const uint32_t width = FixedSortKeyBytes(key->type());
    if (width == 0) {
      key_width_ = 0;
      break;
    }
    key_width_ += width;
  }
  if (key_width_ != 0) {
    fixed_keys_.resize(static_cast<size_t>(rows) * key_width_ + kPrefixBytes);
    uint8_t* at = fixed_keys_.data();
    for (size_t k = 0; k < keys.size(); ++k) {
      WriteFixedSortKeys(*keys[k], rows, orders_[k], at, key_width_);
      at += FixedSortKeyBytes(keys[k]->type());
    }
    return;
  }
  if (keys_.size() < rows) keys_.resize(rows);
  for (uint32_t i = 0; i < rows; ++i) keys_[i].clear();
  for (size_t k = 0; k < keys.size(); ++k) AppendSortKeys(*keys[k], rows, orders_[k], keys_.data());
}

SortRun::KeyView SortRun::KeyAt(uint32_t row) const {
  if (key_width_ != 0) return {fixed_keys_.data() + static_cast<size_t>(row) * key_width_, key_width_};
  return {reinterpret_cast<const uint8_t*>(keys_[row].data()), static_cast<uint32_t>(keys_[row].size())};
}

void SortRun::PickCandidates(uint32_t rows) {
  picked_.resize(rows);
  prefixes_.resize(rows);
  uint64_t most = bound_prefix_;
  if (shared_bound_ != nullptr) most = std::min(most, shared_bound_->prefix.load(std::memory_order_relaxed));
  uint32_t count = 0;
  if (key_width_ != 0) {
    const uint64_t mask = key_width_ >= 8 ? ~uint64_t{0} : ~uint64_t{0} << (64 - 8 * key_width_);
    const uint8_t* key = fixed_keys_.data();
    for (uint32_t i = 0; i < rows; ++i, key += key_width_) {
      uint64_t word;
      std::memcpy(&word, key, sizeof(word));
      word = __builtin_bswap64(word) & mask;
      picked_[count] = i;
      prefixes_[count] = word;
      count += word <= most;
    }
  } else {
    for (uint32_t i = 0; i < rows; ++i) {
      const KeyView key = KeyAt(i);
      picked_[count] = i;
      prefixes_[count] = EntryOf(key.data, key.length, nullptr).prefix[0];
      count += prefixes_[count] <= most;
    }
  }
  // Of many, those behind the first `limit_` of them are not among the first of all.
  if (limit_ < count / 4 && limit_ != 0) {
    sorted_prefixes_.assign(prefixes_.begin(), prefixes_.begin() + count);
    const auto last = sorted_prefixes_.begin() + static_cast<ptrdiff_t>(limit_ - 1);
    std::nth_element(sorted_prefixes_.begin(), last, sorted_prefixes_.end());
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; ++i) {
      picked_[kept] = picked_[i];
      kept += prefixes_[i] <= *last;
    }
    count = kept;
  }
  picked_.resize(count);
}

void SortRun::Add(std::span<const Vector> columns, std::span<const Vector* const> keys, uint32_t rows) {
  WriteKeys(keys, rows);
  const size_t first = entries_.size();
  if ((first + rows) * sizeof(SortEntry) > entry_memory_.bytes()) {
    entry_memory_.Grow(std::max<uint64_t>(first, kEntryChargeStep) * sizeof(SortEntry));
  }
  PickCandidates(rows);
  uint32_t count = 0;
  for (const RowIndex row : picked_) {
    const KeyView key = KeyAt(row);
    const SortEntry entry = EntryOf(key.data, key.length, nullptr);
    if (Beyond(key, entry)) continue;
    picked_[count++] = row;
    entries_.push_back(entry);
  }
  picked_.resize(count);
  if (count == 0) return;
  new_rows_.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    uint8_t* row = store_->NewRow();
    new_rows_[i] = row;
    entries_[first + i].row = row;
    const KeyView key = KeyAt(picked_[i]);
    Key stored{nullptr, key.length};
    if (key.length > kPrefixBytes) {
      char* copy = store_->heap().Allocate(key.length);
      std::memcpy(copy, key.data, key.length);
      stored.data = copy;
    }
    std::memcpy(row, &stored, sizeof(stored));
  }
  for (size_t c = 0; c < columns.size(); ++c) {
    forms_[c] = RowForm(columns[c], rows);
    StoreColumn(layout_.column(c), forms_[c], picked_.data(), count, new_rows_.data(), store_->heap());
    forms_[c] = Vector();
  }
  store_->ChargeHeap();
  if (limit_ == ~uint64_t{0}) return;
  const bool few = count < rows / 4;
  const uint64_t least = few && !has_bound_ ? 0 : std::max(limit_, few ? kLeastBetweenPrunings : kMostBetweenPrunings);
  if (entries_.size() >= limit_ && entries_.size() - limit_ >= least) Prune();
}

// Keeps the first limit_ entries, in rows of their own, so that the memory of the others is given back.
void SortRun::Prune() {
  Sort();
  if (limit_ == 0) {
    entries_.clear();
  } else if (entries_.size() > limit_) {
    uint64_t keep = limit_;
    if (with_ties_) {
      while (keep < entries_.size() && CompareEntries(entries_[keep], entries_[limit_ - 1]) == 0) ++keep;
    }
    entries_.resize(keep);
  }
  if (limit_ == 0 || entries_.size() >= limit_) {
    has_bound_ = true;
    bound_prefix_ = 0;
    bound_.clear();
    if (limit_ != 0) {
      const SortEntry& last = entries_[limit_ - 1];
      const Key key = KeyOf(last.row);
      if (key.data != nullptr) {
        bound_.assign(key.data, key.length);
      } else {
        uint8_t bytes[kPrefixBytes];
        PrefixBytes(last, bytes);
        bound_.assign(reinterpret_cast<const char*>(bytes), key.length);
      }
      bound_prefix_ = last.prefix[0];
      ++bounds_found_;
      if (shared_bound_ != nullptr) shared_bound_->Lower(bound_prefix_);
    }
  }
  auto fresh = std::make_shared<RowStore>(layout_, budget_);
  std::vector<uint8_t*> from, to;
  for (size_t at = 0; at < entries_.size(); at += kVectorSize) {
    const auto count = static_cast<uint32_t>(std::min<size_t>(kVectorSize, entries_.size() - at));
    from.resize(count);
    to.resize(count);
    for (uint32_t i = 0; i < count; ++i) {
      SortEntry& entry = entries_[at + i];
      from[i] = entry.row;
      to[i] = fresh->NewRow();
      Key key = KeyOf(entry.row);
      if (key.data != nullptr) {
        char* copy = fresh->heap().Allocate(static_cast<uint32_t>(key.length));
        std::memcpy(copy, key.data, key.length);
        key.data = copy;
      }
      std::memcpy(to[i], &key, sizeof(key));
      entry.row = to[i];
    }
    Vector values;
    for (size_t c = 0; c < layout_.columns(); ++c) {
      LoadColumn(layout_.column(c), from.data(), count, nullptr, values);
      values = RowForm(values, count);
      StoreColumn(layout_.column(c), values, nullptr, count, to.data(), fresh->heap());
    }
  }
  fresh->ChargeHeap();
  store_ = std::move(fresh);
}

void SortRun::Sort() {
  if (std::is_sorted(entries_.begin(), entries_.end(), Before)) return;
  const auto other = std::make_unique_for_overwrite<SortEntry[]>(entries_.size());
  RadixSort(entries_, {other.get(), entries_.size()}, false);
}

void SortRun::DropEntries() {
  entries_.clear();
  entries_.shrink_to_fit();
  entry_memory_.Clear();
}

uint32_t SortRun::SpillTo(RowSpill& spill) {
  const uint32_t stream = spill.AddStream();
  const std::vector<uint32_t> streams(entries_.size(), stream);
  SpillTo(spill, streams);
  spill.Finish(stream);
  return stream;
}

void SortRun::SpillTo(RowSpill& spill, std::span<const uint32_t> streams) {
  for (size_t i = 0; i < entries_.size(); ++i) {
    const SortEntry& entry = entries_[i];
    // Short keys are kept in the entry only.
    Key key = KeyOf(entry.row);
    uint8_t bytes[kPrefixBytes];
    if (key.data == nullptr) {
      PrefixBytes(entry, bytes);
      key.data = reinterpret_cast<const char*>(bytes);
      std::memcpy(entry.row, &key, sizeof(key));
    }
    spill.Add(streams[i], entry.row);
  }
  DropEntries();
  store_ = std::make_shared<RowStore>(layout_, budget_);
  has_bound_ = false;
  bound_prefix_ = ~uint64_t{0};
}

void SortRun::Load(uint8_t* const* rows, uint32_t count, const std::shared_ptr<const void>& owner, Chunk& out) const {
  out.vectors().resize(layout_.columns());
  for (size_t c = 0; c < layout_.columns(); ++c) LoadColumn(layout_.column(c), rows, count, owner, out[c]);
  out.set_rows(count);
}

// ---- RunMerge

RunMerge::File::File(const SpilledRun& run, const RowLayout& the_layout, MemoryBudget* the_budget)
    : spill(run.spill), layout(the_layout), budget(the_budget), reader(*run.spill, run.stream) {}

bool RunMerge::File::Refill() {
  block = std::make_shared<RowStore>(layout, budget);
  entries.clear();
  if (reader.Next(*block, kBlockRows, rows) == 0) return false;
  for (uint8_t* row : rows) {
    Key key = KeyOf(row);
    entries.push_back(EntryOf(reinterpret_cast<const uint8_t*>(key.data), key.length, row));
  }
  return true;
}

void RunMerge::Refill(Cursor& cursor) {
  if (cursor.file->block != nullptr) retired_.push_back(cursor.file->block);
  if (!cursor.file->Refill()) {
    cursor.at = cursor.end = nullptr;
    return;
  }
  cursor.at = cursor.file->entries.data();
  cursor.end = cursor.at + cursor.file->entries.size();
}

std::shared_ptr<const void> RunMerge::owner() {
  if (owner_ != nullptr) return owner_;
  auto stores = std::make_shared<std::vector<std::shared_ptr<RowStore>>>(retired_);
  for (const auto& run : runs_) stores->push_back(run->store());
  for (const auto& file : files_) stores->push_back(file->block);
  if (files_.empty()) owner_ = stores;
  return stores;
}

RunMerge::RunMerge(std::vector<std::shared_ptr<SortRun>> runs, const std::vector<SpilledRun>& spilled, MemoryBudget* budget) : runs_(std::move(runs)) {
  for (const SpilledRun& run : spilled) {
    files_.push_back(std::make_unique<File>(run, runs_[0]->layout(), budget));
    cursors_.push_back({nullptr, nullptr, files_.back().get()});
    Refill(cursors_.back());
  }
  for (const auto& run : runs_) cursors_.push_back({run->entries().data(), run->entries().data() + run->entries().size()});
  Play();
}

// The whole tournament, bottom up.
void RunMerge::Play() {
  const auto leaves = static_cast<uint32_t>(std::bit_ceil(std::max<size_t>(cursors_.size(), 1)));
  cursors_.resize(leaves, {nullptr, nullptr, nullptr});
  losers_.assign(leaves, 0);
  std::vector<uint32_t> winners(2 * leaves);
  for (uint32_t i = 0; i < leaves; ++i) winners[leaves + i] = i;
  for (uint32_t node = leaves - 1; node >= 1; --node) {
    const uint32_t a = winners[2 * node], b = winners[2 * node + 1];
    const bool first = !Before(b, a);
    winners[node] = first ? a : b;
    losers_[node] = first ? b : a;
  }
  losers_[0] = leaves == 1 ? 0 : winners[1];
}

bool RunMerge::Before(uint32_t a, uint32_t b) const {
  const Cursor& x = cursors_[a];
  const Cursor& y = cursors_[b];
  if (x.at == x.end) return false;
  if (y.at == y.end) return true;
  const int order = CompareEntries(*x.at, *y.at);
  return order != 0 ? order < 0 : a < b;
}

void RunMerge::Replay(uint32_t leaf) {
  const auto leaves = static_cast<uint32_t>(cursors_.size());
  uint32_t winner = leaf;
  for (uint32_t node = (leaves + leaf) / 2; node >= 1; node /= 2) {
    if (Before(losers_[node], winner)) std::swap(losers_[node], winner);
  }
  losers_[0] = winner;
}

bool RunMerge::Peek(SortEntry* entry) const {
  const Cursor& cursor = cursors_[losers_[0]];
  if (cursor.at == cursor.end) return false;
  *entry = *cursor.at;
  return true;
}

uint32_t RunMerge::Next(uint8_t** rows, uint32_t count) {
  uint32_t taken = 0;
  retired_.clear();
  while (taken < count) {
    Cursor& cursor = cursors_[losers_[0]];
    if (cursor.at == cursor.end) break;
    last_ = *cursor.at++;
    has_last_ = true;
    rows[taken++] = last_.row;
    if (cursor.at == cursor.end && cursor.file != nullptr) Refill(cursor);
    if (cursors_.size() > 1) Replay(losers_[0]);
  }
  return taken;
}

}  // namespace gather::executor
