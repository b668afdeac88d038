#include "executor/row/group_table.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "types/compare.h"

namespace gather::executor {

namespace {
constexpr uint64_t kFirstSlots = 64;
constexpr int kTagShift = 48;
constexpr uint64_t kPointerBits = (uint64_t{1} << kTagShift) - 1;
// Directories beyond this size do not fit the second-level cache: fetch ahead.
constexpr uint64_t kPrefetchSlots = 1 << 15;

uint64_t Tag(uint64_t hash) { return hash >> kTagShift << kTagShift; }
uint8_t* RowOf(uint64_t entry) { return reinterpret_cast<uint8_t*>(entry & kPointerBits); }
}  // namespace

GroupTable::GroupTable(std::vector<SqlType> key_types, uint32_t tail_bytes, MemoryBudget* budget, Parts parts)
    : layout_(key_types, kHeaderBytes, tail_bytes), budget_(budget), divides_(parts == Parts::kByHash),
      stores_(std::make_shared<std::vector<std::unique_ptr<RowStore>>>()), parts_(1),
      cache_(parts == Parts::kOfMany ? std::span<const SqlType>() : std::span<const SqlType>(key_types)) {
  stores_->push_back(std::make_unique<RowStore>(layout_, budget));
  if (budget != nullptr) directory_memory_ = MemoryReservation(*budget);
  directory_.assign(kFirstSlots, 0);
  mask_ = kFirstSlots - 1;
  key_forms_.resize(key_types.size());
}

uint64_t GroupTable::store_bytes() const {
  uint64_t bytes = 0;
  for (const auto& store : *stores_) bytes += store->bytes();
  return bytes;
}

void GroupTable::Divide() {
  for (uint32_t part = 0; part < kParts; ++part) stores_->push_back(std::make_unique<RowStore>(layout_, budget_));
  std::vector<std::vector<uint8_t*>> parts(kParts);
  for (uint8_t* row : parts_[0]) parts[PartOf(Hash(row))].push_back(row);
  parts_ = std::move(parts);
}

void GroupTable::Grow(uint64_t groups) {
  if (divides_ && parts_.size() == 1 && groups_ > kUndivided) Divide();
  // At most half full, so that probes stay short.
  if (groups * 2 > directory_.size()) Rehash(std::bit_ceil(groups * 2));
}

void GroupTable::Rehash(uint64_t slots) {
  directory_memory_.Grow((slots - directory_.size()) * (sizeof(uint64_t) + sizeof(uint8_t*) / 2));
  std::vector<uint64_t> larger(slots, 0);
  mask_ = slots - 1;
  // What is known of the hash in an entry is not enough: the rows have it.
  for (const std::vector<uint8_t*>& rows : parts_) {
    for (uint8_t* row : rows) {
      const uint64_t hash = Hash(row);
      uint64_t slot = hash & mask_;
      while (larger[slot] != 0) slot = (slot + 1) & mask_;
      larger[slot] = Tag(hash) | reinterpret_cast<uint64_t>(row);
    }
  }
  directory_ = std::move(larger);
}

struct GroupTable::Scratch {
  Selection misses;
  std::vector<uint8_t*> missing_rows;
  std::vector<uint64_t> hashes;
  std::vector<uint64_t> slots;
  std::vector<RowIndex> open, candidates;
  std::vector<uint8_t*> candidate_rows, new_rows;
  std::vector<RowIndex> fresh;
  std::vector<uint8_t> equal;
};

GroupTable::Scratch& GroupTable::ThreadScratch() {
  thread_local Scratch scratch;
  return scratch;
}

void GroupTable::Hashes(Scratch& scratch, std::span<const Vector> keys, uint32_t count) {
  scratch.hashes.resize(std::max<size_t>(scratch.hashes.size(), count));
  if (keys.empty()) std::fill(scratch.hashes.begin(), scratch.hashes.begin() + count, kNullHash);
  for (size_t i = 0; i < keys.size(); ++i) HashVector(keys[i], count, scratch.hashes.data(), i != 0);
}

void GroupTable::FindOrAdd(std::span<const Vector> keys, uint32_t count, uint8_t** rows, Selection* added) {
  Scratch& scratch = ThreadScratch();
  if (count > kVectorSize || !cache_.Find(keys, count, rows, scratch.misses)) {
    AddMissing(keys, count, rows, added);
    return;
  }
  if (added != nullptr) added->Renew();
  if (scratch.misses.size() == 0) return;
  missing_.assign(keys.begin(), keys.end());
  for (Vector& key : missing_) key.Slice(scratch.misses, scratch.misses.size());
  scratch.missing_rows.resize(scratch.misses.size());
  AddMissing(missing_, scratch.misses.size(), scratch.missing_rows.data(), added);
  for (Vector& key : missing_) key = Vector();
  for (uint32_t i = 0; i < scratch.misses.size(); ++i) {
    rows[scratch.misses[i]] = scratch.missing_rows[i];
    cache_.Note(scratch.misses[i], scratch.missing_rows[i]);
  }
  if (added == nullptr) return;
  for (uint32_t i = 0; i < added->size(); ++i) added->data()[i] = scratch.misses[added->data()[i]];
}

void GroupTable::AddMissing(std::span<const Vector> keys, uint32_t count, uint8_t** rows, Selection* added) {
  Scratch& scratch = ThreadScratch();
  Hashes(scratch, keys, count);
  for (size_t i = 0; i < keys.size(); ++i) key_forms_[i] = RowForm(keys[i], count);
  if (added != nullptr) added->Renew();
  // Room for every row being new would double big tables too early: grow by what is likely, at worst again inside.
  Grow(groups_ + count);
  Resolve(key_forms_, count, Mode::kAdd, nullptr, rows, added);
  (*stores_)[0]->ChargeHeap();
  for (Vector& form : key_forms_) form = Vector();
}

void GroupTable::Find(std::span<const Vector> keys, uint32_t count, uint8_t** rows) {
  Scratch& scratch = ThreadScratch();
  Hashes(scratch, keys, count);
  for (size_t i = 0; i < keys.size(); ++i) key_forms_[i] = RowForm(keys[i], count);
  Resolve(key_forms_, count, Mode::kFind, nullptr, rows, nullptr);
  for (Vector& form : key_forms_) form = Vector();
}

void GroupTable::Adopt(uint8_t* const* sources, uint32_t count, uint8_t** targets) {
  Scratch& scratch = ThreadScratch();
  scratch.hashes.resize(std::max<size_t>(scratch.hashes.size(), count));
  for (uint32_t i = 0; i < count; ++i) scratch.hashes[i] = Hash(sources[i]);
  for (size_t i = 0; i < layout_.columns(); ++i) {
    LoadColumn(layout_.column(i), sources, count, nullptr, key_forms_[i]);
    key_forms_[i] = RowForm(key_forms_[i], count);
  }
  Grow(groups_ + count);
  Resolve(key_forms_, count, Mode::kAdopt, sources, targets, nullptr);
}

void GroupTable::AdoptNew(const std::vector<uint8_t*>& sources) {
  Grow(groups_ + sources.size());
  for (uint8_t* row : sources) {
    const uint64_t hash = Hash(row);
    uint64_t slot = hash & mask_;
    while (directory_[slot] != 0) slot = (slot + 1) & mask_;
    directory_[slot] = Tag(hash) | reinterpret_cast<uint64_t>(row);
  }
  parts_[0].insert(parts_[0].end(), sources.begin(), sources.end());
  groups_ += sources.size();
}

void GroupTable::Resolve(std::span<const Vector> keys, uint32_t count, Mode mode, uint8_t* const* sources, uint8_t** rows, Selection* added) {
  Scratch& scratch = ThreadScratch();
  scratch.slots.resize(std::max<size_t>(scratch.slots.size(), count));
  scratch.open.resize(count);
  for (uint32_t i = 0; i < count; ++i) {
    scratch.slots[i] = scratch.hashes[i] & mask_;
    scratch.open[i] = i;
  }
  if (directory_.size() > kPrefetchSlots) {
    for (uint32_t i = 0; i < count; ++i) __builtin_prefetch(&directory_[scratch.slots[i]]);
  }
  uint32_t open = count;
  while (open != 0) {
    // Walk every open row to an empty slot or one whose tag agrees.
    scratch.candidates.clear();
    scratch.candidate_rows.clear();
    scratch.fresh.clear();
    scratch.new_rows.clear();
    for (uint32_t k = 0; k < open; ++k) {
      const RowIndex i = scratch.open[k];
      const uint64_t tag = Tag(scratch.hashes[i]);
      uint64_t slot = scratch.slots[i];
      uint64_t entry;
      while ((entry = directory_[slot]) != 0 && (entry & ~kPointerBits) != tag) slot = (slot + 1) & mask_;
      scratch.slots[i] = slot;
      if (entry != 0) {
        scratch.candidates.push_back(i);
        scratch.candidate_rows.push_back(RowOf(entry));
        continue;
      }
      if (mode == Mode::kFind) {
        rows[i] = nullptr;
        continue;
      }
      uint8_t* row = mode == Mode::kAdopt ? sources[i] : StoreOf(scratch.hashes[i]).NewRow();
      directory_[slot] = tag | reinterpret_cast<uint64_t>(row);
      rows[i] = row;
      parts_[parts_.size() == 1 ? 0 : PartOf(scratch.hashes[i])].push_back(row);
      ++groups_;
      if (mode == Mode::kAdopt) continue;
      std::memcpy(row, &scratch.hashes[i], sizeof(uint64_t));
      scratch.fresh.push_back(i);
      scratch.new_rows.push_back(row);
      if (added != nullptr) added->Add(i);
    }
    for (size_t column = 0; column < keys.size() && !scratch.fresh.empty(); ++column) {
      StoreColumn(layout_.column(column), keys[column], scratch.fresh.data(), static_cast<uint32_t>(scratch.fresh.size()), scratch.new_rows.data(), (*stores_)[0]->heap());
    }
    const auto compared = static_cast<uint32_t>(scratch.candidates.size());
    scratch.equal.assign(compared, 1);
    for (size_t column = 0; column < keys.size() && compared != 0; ++column) {
      MatchColumn(layout_.column(column), keys[column], scratch.candidates.data(), compared, scratch.candidate_rows.data(), true, scratch.equal.data());
    }
    open = 0;
    for (uint32_t k = 0; k < compared; ++k) {
      const RowIndex i = scratch.candidates[k];
      if (scratch.equal[k] != 0) {
        rows[i] = scratch.candidate_rows[k];
      } else {
        scratch.slots[i] = (scratch.slots[i] + 1) & mask_;
        scratch.open[open++] = i;
      }
    }
  }
}

}  // namespace gather::executor
