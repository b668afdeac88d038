#include "storage/row_locks.h"

#include <algorithm>

namespace gather::storage {

bool Conflict(RowLockStrength a, RowLockStrength b) {
  // The weakest strength that each conflicts with.
  static constexpr RowLockStrength kFrom[] = {RowLockStrength::kUpdate, RowLockStrength::kUpdate, RowLockStrength::kNoKeyUpdate, RowLockStrength::kShare,
                                              RowLockStrength::kKeyShare};
  return a != RowLockStrength::kNone && b >= kFrom[static_cast<size_t>(a)];
}

TransactionId RowLocks::TryLock(const Row& row, TransactionId transaction, RowLockStrength strength, RowLockStrength* before) {
  Shard& shard = ShardOf(row);
  std::lock_guard lock(shard.latch);
  std::vector<Holder>& holders = shard.holders[row];
  Holder* own = nullptr;
  for (Holder& holder : holders) {
    if (holder.transaction == transaction) own = &holder;
    else if (Conflict(holder.strength, strength)) return holder.transaction;
  }
  *before = own == nullptr ? RowLockStrength::kNone : own->strength;
  if (own == nullptr) holders.push_back({transaction, strength});
  else own->strength = std::max(own->strength, strength);
  shard.rows.store(static_cast<uint32_t>(shard.holders.size()), std::memory_order_seq_cst);
  return {};
}

TransactionId RowLocks::Conflicting(const Row& row, TransactionId transaction, RowLockStrength strength) const {
  const Shard& shard = ShardOf(row);
  if (shard.rows.load(std::memory_order_seq_cst) == 0) return {};
  std::lock_guard lock(shard.latch);
  const auto entry = shard.holders.find(row);
  if (entry == shard.holders.end()) return {};
  for (const Holder& holder : entry->second) {
    if (holder.transaction != transaction && Conflict(holder.strength, strength)) return holder.transaction;
  }
  return {};
}

bool RowLocks::Holds(const Row& row, TransactionId transaction) const {
  const Shard& shard = ShardOf(row);
  std::lock_guard lock(shard.latch);
  const auto entry = shard.holders.find(row);
  return entry != shard.holders.end() &&
         std::any_of(entry->second.begin(), entry->second.end(), [&](const Holder& holder) { return holder.transaction == transaction; });
}

void RowLocks::Weaken(const Row& row, TransactionId transaction, RowLockStrength to) {
  Shard& shard = ShardOf(row);
  std::lock_guard lock(shard.latch);
  const auto entry = shard.holders.find(row);
  if (entry == shard.holders.end()) return;
  if (to == RowLockStrength::kNone) {
    std::erase_if(entry->second, [&](const Holder& holder) { return holder.transaction == transaction; });
    if (entry->second.empty()) shard.holders.erase(entry);
  } else {
    for (Holder& holder : entry->second) {
      if (holder.transaction == transaction) holder.strength = to;
    }
  }
  shard.rows.store(static_cast<uint32_t>(shard.holders.size()), std::memory_order_seq_cst);
}

void RowLocks::Copy(const Row& from, const Row& to, TransactionId writer, const std::function<bool(TransactionId)>& is_active) {
  Shard& source = ShardOf(from);
  if (source.rows.load(std::memory_order_seq_cst) == 0) return;
  std::vector<Holder> holders;
  {
    std::lock_guard lock(source.latch);
    const auto entry = source.holders.find(from);
    if (entry == source.holders.end()) return;
    holders = entry->second;
  }
  for (const Holder& holder : holders) {
    // What conflicts with the update is there in passing: its locker has yet to see the stamp, and will give it back.
    if (holder.transaction == writer || Conflict(holder.strength, RowLockStrength::kNoKeyUpdate)) continue;
    RowLockStrength before;
    TryLock(to, holder.transaction, holder.strength, &before);   // nobody else can have locked the new version
    {
      std::lock_guard lock(copies_latch_);
      copies_[holder.transaction.value].push_back(to);
    }
    // Whoever ends drops its copies after it has ceased to be active: either it sees this one or we see its end.
    if (!is_active(holder.transaction)) DropCopies(holder.transaction);
  }
}

void RowLocks::DropCopies(TransactionId transaction) {
  std::vector<Row> rows;
  {
    std::lock_guard lock(copies_latch_);
    const auto entry = copies_.find(transaction.value);
    if (entry == copies_.end()) return;
    rows = std::move(entry->second);
    copies_.erase(entry);
  }
  for (const Row& row : rows) Weaken(row, transaction, RowLockStrength::kNone);
}

}  // namespace gather::storage
