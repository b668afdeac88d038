// MemoryBudget: a tree of limits (server > query > operator) with atomic accounting and RAII reservations.
//
// A child charges its parents too; a refused charge anywhere on the way up rolls back and is refused. Thread-safe.
// Invariant: used() of a node is the sum of its live reservations and its children's used().
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace gather {

class MemoryBudget {
 public:
  static constexpr uint64_t kUnlimited = ~uint64_t{0};
  MemoryBudget(std::string name, uint64_t limit, MemoryBudget* parent = nullptr) : name_(std::move(name)), limit_(limit), parent_(parent) {}
  ~MemoryBudget();
  MemoryBudget(const MemoryBudget&) = delete;
  MemoryBudget& operator=(const MemoryBudget&) = delete;

  bool TryReserve(uint64_t bytes);                     // false: some limit on the way up would be passed; nothing is charged
  void Reserve(uint64_t bytes);                        // throws 53200 with used and limit
  void Release(uint64_t bytes);
  uint64_t used() const { return used_.load(std::memory_order_relaxed); }
  uint64_t peak() const { return peak_.load(std::memory_order_relaxed); }
  uint64_t limit() const { return limit_; }
  uint64_t available() const;                          // the least that any level leaves
  const std::string& name() const { return name_; }

 private:
  const std::string name_;
  const uint64_t limit_;
  MemoryBudget* const parent_;
  std::atomic<uint64_t> used_{0};
  std::atomic<uint64_t> peak_{0};
};

// Gives back on destruction. Grow in coarse steps: each charge touches shared counters.
class MemoryReservation {
 public:
  MemoryReservation() = default;
  explicit MemoryReservation(MemoryBudget& budget) : budget_(&budget) {}
  MemoryReservation(MemoryReservation&& other) noexcept : budget_(other.budget_), bytes_(other.bytes_) { other.bytes_ = 0; }
  MemoryReservation& operator=(MemoryReservation&& other) noexcept;
  ~MemoryReservation() { Clear(); }
  bool TryGrow(uint64_t bytes);
  void Grow(uint64_t bytes);                           // throws 53200
  void Shrink(uint64_t bytes);
  void Clear();
  uint64_t bytes() const { return bytes_; }

 private:
  MemoryBudget* budget_ = nullptr;
  uint64_t bytes_ = 0;
};

}  // namespace gather
