#include "catalog/sequence_table.h"

#include "catalog/records.h"
#include "storage/write_set.h"
#include "types/error.h"

namespace gather::catalog {

namespace {

constexpr SqlState kSequenceGeneratorLimitExceeded{"2200H"};

// One step from `value`; false at the limit.
bool Step(const SequenceEntry& sequence, int64_t& value) {
  int64_t next = 0;
  if (__builtin_add_overflow(value, sequence.increment, &next)) return false;
  if (sequence.increment > 0 ? next > sequence.maximum : next < sequence.minimum) return false;
  value = next;
  return true;
}

uint64_t StorageOfKey(std::string_view key) {
  uint64_t number = 0;
  for (size_t i = 1; i < key.size(); i++) number = number << 8 | static_cast<uint8_t>(key[i]);
  return number;
}

}  // namespace

void SequenceTable::Load() {
  storage_.ForEachCatalogRecord("q", [&](std::string_view key, std::string_view value) {
    auto slot = std::make_shared<Slot>();
    slot->state = DecodeSequenceState(value);
    slots_[StorageId(StorageOfKey(key))] = std::move(slot);
  });
}

void SequenceTable::Save() {
  for (const auto& [storage, slot] : slots_) {
    if (slot->unlogged > 0) Log(storage, slot->state);
    slot->unlogged = 0;
  }
}

std::shared_ptr<SequenceTable::Slot> SequenceTable::SlotOf(const RelationEntry& sequence) {
  std::lock_guard lock(mutex_);
  std::shared_ptr<Slot>& slot = slots_[sequence.storage];
  if (slot == nullptr) {
    slot = std::make_shared<Slot>();
    slot->state = {sequence.sequence->start, false};
  }
  return slot;
}

void SequenceTable::Log(StorageId storage, const Catalog::SequenceState& state) {
  const std::unique_ptr<storage::Transaction> transaction = storage_.transactions().Begin();
  transaction->writes().Put(storage::KeySpace::kCatalog, SequenceRecordKey(storage), EncodeSequenceState(state));
  transaction->Commit(storage::SynchronousCommit::kOff);
}

int64_t SequenceTable::Next(const RelationEntry& relation) {
  const SequenceEntry& sequence = *relation.sequence;
  const std::shared_ptr<Slot> slot = SlotOf(relation);
  std::lock_guard lock(slot->mutex);
  int64_t value = slot->state.last_value;
  bool wrapped = false;
  if (slot->state.is_called && !Step(sequence, value)) {
    if (!sequence.cycle) {
      const bool up = sequence.increment > 0;
      throw SqlError(kSequenceGeneratorLimitExceeded,
                     Format("nextval: reached %s value of sequence \"%s\" (%lld)", up ? "maximum" : "minimum", relation.name.c_str(),
                            static_cast<long long>(up ? sequence.maximum : sequence.minimum)));
    }
    value = sequence.increment > 0 ? sequence.minimum : sequence.maximum;
    wrapped = true;
  }
  if (slot->unlogged == 0 || wrapped) {
    int64_t ahead = value;
    int steps = 0;
    while (steps < kLogAhead && Step(sequence, ahead)) steps++;
    Log(relation.storage, {ahead, true});
    slot->unlogged = steps;
  } else {
    slot->unlogged--;
  }
  slot->state = {value, true};
  return value;
}

void SequenceTable::Set(const RelationEntry& relation, int64_t value, bool is_called) {
  const SequenceEntry& sequence = *relation.sequence;
  if (value < sequence.minimum || value > sequence.maximum) {
    throw SqlError(sqlstate::kNumericValueOutOfRange,
                   Format("setval: value %lld is out of bounds for sequence \"%s\" (%lld..%lld)", static_cast<long long>(value), relation.name.c_str(),
                          static_cast<long long>(sequence.minimum), static_cast<long long>(sequence.maximum)));
  }
  const std::shared_ptr<Slot> slot = SlotOf(relation);
  std::lock_guard lock(slot->mutex);
  Log(relation.storage, {value, is_called});
  slot->state = {value, is_called};
  slot->unlogged = 0;
}

Catalog::SequenceState SequenceTable::Read(const RelationEntry& relation) {
  const std::shared_ptr<Slot> slot = SlotOf(relation);
  std::lock_guard lock(slot->mutex);
  return slot->state;
}

}  // namespace gather::catalog
