// Memory of aggregate states that grow with their rows, charged to the budget of the statement that runs.
//
// A container with this allocator belongs to the budget it was made under, and may be moved and freed by any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "types/statement_scope.h"

namespace gather::catalog {

// What states have taken and not given back on the calling thread: the difference before and after some rows is what those needed.
inline thread_local int64_t counted_state_bytes = 0;

template <class T>
class CountedAllocator {
 public:
  using value_type = T;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;
  CountedAllocator() : budget_(StatementScope::budget()) {}
  template <class U>
  CountedAllocator(const CountedAllocator<U>& other) : budget_(other.budget()) {}

  T* allocate(size_t count) {
    const size_t bytes = count * sizeof(T);
    if (budget_ != nullptr) budget_->Reserve(bytes);
    counted_state_bytes += static_cast<int64_t>(bytes);
    return static_cast<T*>(::operator new(bytes));
  }
  void deallocate(T* memory, size_t count) {
    const size_t bytes = count * sizeof(T);
    ::operator delete(memory, bytes);
    if (budget_ != nullptr) budget_->Release(bytes);
    counted_state_bytes -= static_cast<int64_t>(bytes);
  }
  MemoryBudget* budget() const { return budget_; }
  bool operator==(const CountedAllocator& other) const { return budget_ == other.budget_; }

 private:
  MemoryBudget* budget_;
};

using CountedString = std::basic_string<char, std::char_traits<char>, CountedAllocator<char>>;
template <class T>
using CountedVector = std::vector<T, CountedAllocator<T>>;

}  // namespace gather::catalog
