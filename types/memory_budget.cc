#include "types/memory_budget.h"

#include <algorithm>

#include "types/error.h"

namespace gather {

MemoryBudget::~MemoryBudget() {
  // Reservations that outlive their budget are a bug; the parents must not keep paying for it.
  const uint64_t left = used();
  if (left != 0 && parent_ != nullptr) parent_->Release(left);
}

bool MemoryBudget::TryReserve(uint64_t bytes) {
  uint64_t now = used_.load(std::memory_order_relaxed);
  do {
    if (limit_ != kUnlimited && now + bytes > limit_) return false;
  } while (!used_.compare_exchange_weak(now, now + bytes, std::memory_order_relaxed));
  if (parent_ != nullptr && !parent_->TryReserve(bytes)) {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    return false;
  }
  uint64_t peak = peak_.load(std::memory_order_relaxed);
  while (peak < now + bytes && !peak_.compare_exchange_weak(peak, now + bytes, std::memory_order_relaxed)) {
  }
  return true;
}

void MemoryBudget::Reserve(uint64_t bytes) {
  if (TryReserve(bytes)) return;
  const MemoryBudget* full = this;
  while (full->parent_ != nullptr && (full->limit_ == kUnlimited || full->used() + bytes <= full->limit_)) full = full->parent_;
  throw SqlError(sqlstate::kOutOfMemory, "out of memory")
      .Detail(Format("Failed on request of %llu bytes: %llu of %llu bytes in use in memory budget \"%s\".", static_cast<unsigned long long>(bytes),
                     static_cast<unsigned long long>(full->used()), static_cast<unsigned long long>(full->limit_), full->name_.c_str()));
}

void MemoryBudget::Release(uint64_t bytes) {
  for (MemoryBudget* level = this; level != nullptr; level = level->parent_) level->used_.fetch_sub(bytes, std::memory_order_relaxed);
}

uint64_t MemoryBudget::available() const {
  uint64_t least = kUnlimited;
  for (const MemoryBudget* level = this; level != nullptr; level = level->parent_) {
    if (level->limit_ != kUnlimited) least = std::min(least, level->limit_ - std::min(level->limit_, level->used()));
  }
  return least;
}

MemoryReservation& MemoryReservation::operator=(MemoryReservation&& other) noexcept {
  if (this != &other) {
    Clear();
    budget_ = other.budget_;
    bytes_ = other.bytes_;
    other.bytes_ = 0;
  }
  return *this;
}

bool MemoryReservation::TryGrow(uint64_t bytes) {
  if (budget_ != nullptr && !budget_->TryReserve(bytes)) return false;
  bytes_ += bytes;
  return true;
}

void MemoryReservation::Grow(uint64_t bytes) {
  if (budget_ != nullptr) budget_->Reserve(bytes);
  bytes_ += bytes;
}

void MemoryReservation::Shrink(uint64_t bytes) {
  bytes = std::min(bytes, bytes_);
  if (budget_ != nullptr) budget_->Release(bytes);
  bytes_ -= bytes;
}

void MemoryReservation::Clear() { Shrink(bytes_); }

}  // namespace gather
