#include "index/ordered_index.h"

#include <xxhash.h>

#include <algorithm>

#include "index/entry.h"
#include "storage/kv_store.h"
#include "storage/serializable_conflicts.h"
#include "types/error.h"

namespace gather::index {

using storage::Family;
using storage::KeySpace;
using storage::KvCursor;
using storage::TableStore;

namespace {

std::string MakePrefix(IndexId id) {
  std::string prefix;
  storage::AppendBigEndian64(prefix, id.value);
  return prefix;
}

uint64_t KeyHash(std::string_view key) { return XXH3_64bits(key.data(), key.size()); }

class EntryCursor final : public OrderedIndex::Cursor {
 public:
  EntryCursor(std::unique_ptr<KvCursor> entries, OrderedIndex::Range range, bool backward)
      : entries_(std::move(entries)), range_(std::move(range)), backward_(backward) {}

  uint32_t Next(RowId* rows, uint32_t capacity) override { return Next(rows, capacity, nullptr); }

  uint32_t Next(RowId* rows, uint32_t capacity, OrderedIndex::Keys* keys) override {
    uint32_t count = 0;
    while (count < capacity && !ended_) {
      if (!started_) {
        Start();
      } else if (next_in_list_ == 0) {
        if (backward_) entries_->Prev(); else entries_->Next();
      }
      if (!entries_->Valid()) {
        ended_ = true;
        break;
      }
      const std::string_view value = entries_->value();
      if (value.empty()) {
        const std::string_view key = entries_->key();
        rows[count++] = RowOfKey(key);
        if (keys != nullptr) AddKey(key.substr(0, key.size() - kRowIdBytes), keys);
        continue;
      }
      const size_t listed = ListedRows(value);
      while (next_in_list_ < listed && count < capacity) {
        rows[count++] = ListedRow(value, next_in_list_++);
        if (keys != nullptr) AddKey(entries_->key(), keys);
      }
      if (next_in_list_ == listed) next_in_list_ = 0;
      else break;                                        // full in the middle of a list: go on there
    }
    return count;
  }

 private:
  void Start() {
    started_ = true;
    if (backward_) entries_->SeekForPrev(range_.to); else entries_->Seek(range_.from);
  }
  static void AddKey(std::string_view key, OrderedIndex::Keys* keys) {
    keys->bytes += key.substr(kIndexIdBytes);
    keys->ends.push_back(static_cast<uint32_t>(keys->bytes.size()));
  }

  const std::unique_ptr<KvCursor> entries_;
  const OrderedIndex::Range range_;
  const bool backward_;
  bool started_ = false;
  bool ended_ = false;
  size_t next_in_list_ = 0;
};

// A key halfway between two, by the first eight bytes in which they differ; empty: there is none.
std::string Halfway(std::string_view low, std::string_view high) {
  size_t common = 0;
  while (common < low.size() && common < high.size() && low[common] == high[common]) ++common;
  const auto number = [common](std::string_view key) {
    uint64_t value = 0;
    for (size_t i = common; i < common + 8; ++i) value = value << 8 | (i < key.size() ? static_cast<uint8_t>(key[i]) : 0);
    return value;
  };
  const uint64_t from = number(low), to = number(high);
  if (to - from < 2) return {};
  std::string middle(low.substr(0, common));
  storage::AppendBigEndian64(middle, from + (to - from) / 2);
  return middle;
}

}  // namespace

OrderedIndex::OrderedIndex(storage::Storage& storage, IndexDefinition definition)
    : storage_(storage), definition_(std::move(definition)), prefix_(MakePrefix(definition_.id)) {}

void OrderedIndex::MakeKeys(std::span<const Vector> keys, uint32_t rows, std::vector<std::string>* out, std::vector<uint8_t>* has_null) const {
  out->resize(rows);
  has_null->assign(rows, 0);
  for (uint32_t i = 0; i < rows; ++i) (*out)[i] = prefix_;
  for (size_t c = 0; c < keys.size(); ++c) {
    AppendSortKeys(keys[c], rows, definition_.orders[c], out->data());
    if (!keys[c].MayHaveNulls()) continue;
    const VectorView view = keys[c].View();
    for (uint32_t i = 0; i < rows; ++i) (*has_null)[i] |= static_cast<uint8_t>(!view.valid(i));
  }
}

void OrderedIndex::Insert(storage::Transaction& transaction, TableStore& table, std::span<const Vector> keys, std::span<const RowId> rows,
                          const InterruptFlag& interrupt, const std::function<void(uint32_t row)>& conflict) {
  std::vector<std::string> made;
  std::vector<uint8_t> has_null;
  const auto count = static_cast<uint32_t>(rows.size());
  MakeKeys(keys, count, &made, &has_null);
  storage::WriteSet& writes = transaction.writes();
  storage::SerializableTransaction* const serializable = transaction.serializable();
  const auto mark_write = [&](const std::string& key) {
    if (serializable != nullptr) storage_.transactions().conflicts().WriteKey(serializable, definition_.id.value, key);
  };
  std::string list, fresh_list;
  for (uint32_t i = 0; i < count; ++i) {
    std::string& key = made[i];
    if (!IsListed(has_null[i] != 0)) {
      AppendRowId(key, rows[i]);
      mark_write(key);
      writes.Put(KeySpace::kIndex, key, "");
      continue;
    }
    const uint64_t hash = KeyHash(key);
    for (;;) {
      // Whoever else is inserting this key holds its lock until the end.
      TransactionId holder;
      bool fresh = false;
      if (!transaction.TryLockKey(hash, &holder, &fresh)) {
        storage_.transactions().WaitFor(transaction.id(), holder, interrupt);
        interrupt.Check();
        continue;
      }
      fresh_list.clear();
      AppendRowId(fresh_list, rows[i]);
      bool insert = true, wait = false;
      if (writes.Get(KeySpace::kIndex, key, &list)) {
        const CommitTimestamp oldest = storage_.transactions().Oldest();
        for (size_t k = 0; k < ListedRows(list) && insert && !wait; ++k) {
          const RowId other = ListedRow(list, k);
          if (other == rows[i]) continue;
          switch (table.CheckLiveness(transaction, other, &holder)) {
            case TableStore::Liveness::kDead:
              // Someone may still see it, until nobody can.
              if (!table.IsDeadToAll(other, oldest)) AppendRowId(fresh_list, other);
              break;
            case TableStore::Liveness::kLive:
              mark_write(key);                           // 40001 before 23505: the transaction may be right when tried again
              conflict(i);
              insert = false;
              break;
            case TableStore::Liveness::kInserting:
            case TableStore::Liveness::kDeleting: wait = true; break;
          }
        }
      }
      if (wait) {
        // The holder may need this key itself before it ends.
        if (fresh) transaction.UnlockKey(hash);
        storage_.transactions().WaitFor(transaction.id(), holder, interrupt);
        interrupt.Check();
        continue;
      }
      if (insert) {
        mark_write(key);
        writes.Put(KeySpace::kIndex, key, fresh_list);
      }
      break;
    }
  }
}

void OrderedIndex::Lookup(storage::Transaction* transaction, std::span<const Datum> key, std::vector<RowId>* rows) const {
  rows->clear();
  thread_local std::string bytes, value;
  bytes = prefix_;
  bool has_null = false;
  for (size_t c = 0; c < key.size(); ++c) {
    has_null = has_null || key[c].is_null;
    AppendSortKey(key[c], definition_.orders[c], bytes);
  }
  const bool own = transaction != nullptr && transaction->has_writes();
  if (IsListed(has_null) && key.size() == definition_.key_types.size()) {
    const bool found = own ? transaction->writes().Get(KeySpace::kIndex, bytes, &value) : storage_.kv().Get(Family::kIndex, bytes, &value);
    if (!found) return;
    for (size_t i = 0; i < ListedRows(value); ++i) rows->push_back(ListedRow(value, i));
    return;
  }
  const std::string upper = storage::KeyAfterPrefix(bytes);
  const std::unique_ptr<KvCursor> cursor =
      own ? transaction->writes().Scan(KeySpace::kIndex, bytes, upper) : storage_.kv().Scan(Family::kIndex, bytes, upper);
  for (cursor->Seek(bytes); cursor->Valid(); cursor->Next()) {
    const std::string_view listed = cursor->value();
    if (listed.empty()) {
      rows->push_back(RowOfKey(cursor->key()));
    } else {
      for (size_t i = 0; i < ListedRows(listed); ++i) rows->push_back(ListedRow(listed, i));
    }
  }
}

OrderedIndex::Range OrderedIndex::RangeOf(const KeyBound& lower, const KeyBound& upper) const {
  // By value → by key: in a descending range column the two change places.
  const KeyBound* low = &lower;
  const KeyBound* high = &upper;
  const size_t longer = std::max(lower.values.size(), upper.values.size());
  if (longer != 0 && definition_.orders[longer - 1].descending) std::swap(low, high);
  const auto encode = [&](const KeyBound& bound) {
    std::string bytes = prefix_;
    for (size_t c = 0; c < bound.values.size(); ++c) AppendSortKey(bound.values[c], definition_.orders[c], bytes);
    return bytes;
  };
  std::string from = encode(*low);
  if (!low->values.empty() && !low->inclusive) from = storage::KeyAfterPrefix(from);
  std::string to = encode(*high);
  if (high->values.empty() || high->inclusive) to = storage::KeyAfterPrefix(to);
  if (low->values.size() != high->values.size()) {
    // A range open at one end stops short of the nulls there.
    const SortOrder order = definition_.orders[longer - 1];
    const KeyBound& shorter = low->values.size() < high->values.size() ? *low : *high;
    std::string null_key = encode(shorter);
    AppendSortKey(Datum::Null(definition_.key_types[longer - 1]), order, null_key);
    if (shorter.values.size() + 1 == longer) {
      if (&shorter == high && !order.nulls_first) to = null_key;
      if (&shorter == low && order.nulls_first) from = storage::KeyAfterPrefix(null_key);
    }
  }
  if (from >= to) to = from;                             // empty range
  return {std::move(from), std::move(to)};
}

std::unique_ptr<OrderedIndex::Cursor> OrderedIndex::Scan(storage::Transaction* transaction, Range range, bool backward) const {
  const bool own = transaction != nullptr && transaction->has_writes();
  std::unique_ptr<KvCursor> entries =
      own ? transaction->writes().Scan(KeySpace::kIndex, range.from, range.to) : storage_.kv().Scan(Family::kIndex, range.from, range.to);
  return std::make_unique<EntryCursor>(std::move(entries), std::move(range), backward);
}

void OrderedIndex::MarkRead(const storage::Transaction& transaction, const Range& range) const {
  if (transaction.serializable() == nullptr) return;
  storage_.transactions().conflicts().ReadKeys(transaction.serializable(), definition_.id.value, range.from, range.to);
}

std::vector<OrderedIndex::Range> OrderedIndex::Split(const Range& range, uint32_t parts) const {
  struct Piece {
    Range range;
    std::string last;                                    // no key of the piece is greater
    uint64_t bytes;                                      // 0: not to be divided any more
  };
  const std::unique_ptr<KvCursor> cursor = storage_.kv().Scan(Family::kIndex, range.from, range.to);
  std::vector<Piece> pieces{{range, "", 0}};
  cursor->Seek(range.from);
  if (parts > 1 && cursor->Valid()) {
    std::string first(cursor->key());
    cursor->SeekForPrev(range.to);
    if (cursor->Valid()) {
      pieces[0].last = cursor->key();
      pieces[0].bytes = std::max<uint64_t>(1, ApproximateBytes(range));
      pieces[0].range.from = std::move(first);
    }
  }
  while (pieces.size() < parts) {
    const auto largest = std::max_element(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.bytes < b.bytes; });
    if (largest->bytes == 0) break;
    // Keys crowd anywhere in the space of bytes: where the upper half has none, it is cut off.
    std::string middle;
    for (bool found = false; !found;) {
      middle = Halfway(largest->range.from, largest->last);
      if (middle.empty()) break;
      cursor->Seek(middle);
      found = cursor->Valid() && cursor->key() <= std::string_view(largest->last);
      if (found) middle = cursor->key(); else largest->last = middle;
    }
    if (middle.empty() || middle <= largest->range.from) {
      largest->bytes = 0;
      continue;
    }
    Piece upper{{middle, largest->range.to}, largest->last, 0};
    largest->range.to = largest->last = middle;
    largest->bytes = ApproximateBytes(largest->range);
    upper.bytes = ApproximateBytes(upper.range);
    pieces.insert(largest + 1, std::move(upper));
  }
  pieces.front().range.from = range.from;                // what the running transaction has added may lie before the first
  std::vector<Range> ranges;
  for (Piece& piece : pieces) ranges.push_back(std::move(piece.range));
  return ranges;
}

void OrderedIndex::Clear() { storage_.kv().DeleteRange(Family::kIndex, prefix_, storage::KeyAfterPrefix(prefix_)); }

uint64_t OrderedIndex::ApproximateBytes() const { return ApproximateBytes({prefix_, storage::KeyAfterPrefix(prefix_)}); }

uint64_t OrderedIndex::ApproximateBytes(const Range& range) const {
  return range.from < range.to ? storage_.kv().ApproximateBytes(Family::kIndex, range.from, range.to) : 0;
}

uint64_t OrderedIndex::Vacuum(const TableStore& table) {
  constexpr size_t kBatch = 1000;
  const CommitTimestamp oldest = storage_.transactions().Oldest();
  uint64_t removed = 0;
  std::vector<std::pair<std::string, bool>> dead;        // key, is a list
  // Lists are rewritten under their key's lock, as inserters do; one transaction per batch keeps the locks short.
  const auto remove = [&] {
    const std::unique_ptr<storage::Transaction> transaction = storage_.transactions().Begin();
    std::string list, kept;
    for (const auto& [key, listed] : dead) {
      if (!listed) {
        transaction->writes().Delete(KeySpace::kIndex, key);
        ++removed;
        continue;
      }
      TransactionId holder;
      bool fresh = false;
      if (!transaction->TryLockKey(KeyHash(key), &holder, &fresh)) continue;
      if (!transaction->writes().Get(KeySpace::kIndex, key, &list)) continue;
      kept.clear();
      for (size_t i = 0; i < ListedRows(list); ++i) {
        if (table.IsDeadToAll(ListedRow(list, i), oldest)) ++removed; else AppendRowId(kept, ListedRow(list, i));
      }
      if (kept.empty()) transaction->writes().Delete(KeySpace::kIndex, key);
      else if (kept.size() != list.size()) transaction->writes().Put(KeySpace::kIndex, key, kept);
    }
    transaction->Commit(storage::SynchronousCommit::kOff);
    dead.clear();
  };
  storage_.kv().ForEach(Family::kIndex, prefix_, storage::KeyAfterPrefix(prefix_), [&](std::string_view key, std::string_view value) {
    bool any = false;
    if (value.empty()) any = table.IsDeadToAll(RowOfKey(key), oldest);
    for (size_t i = 0; i < ListedRows(value); ++i) any = any || table.IsDeadToAll(ListedRow(value, i), oldest);
    if (any) dead.emplace_back(key, !value.empty());
    if (dead.size() >= kBatch) remove();
    return true;
  });
  if (!dead.empty()) remove();
  return removed;
}

}  // namespace gather::index
