// SharedCell: a shared_ptr that many threads read and few replace. Both hold a spin lock for as long as copying the pointer takes.
//
// Not std::atomic<std::shared_ptr>: in libstdc++ 12 its load unlocks with relaxed order, so that reading the pointer may be moved behind the
// unlock and race with a store (GCC bug 101761).
#pragma once

#include <atomic>
#include <memory>
#include <thread>
#include <utility>

namespace gather {

template <class T>
class SharedCell {
 public:
  SharedCell() = default;
  explicit SharedCell(std::shared_ptr<T> value) : value_(std::move(value)) {}
  SharedCell(const SharedCell&) = delete;
  SharedCell& operator=(const SharedCell&) = delete;

  std::shared_ptr<T> load() const {
    const Hold hold(lock_);
    return value_;
  }
  // What was there is let go of outside the lock.
  void store(std::shared_ptr<T> value) {
    const Hold hold(lock_);
    value_.swap(value);
  }

 private:
  static constexpr int kSpins = 100;

  class Hold {
   public:
    explicit Hold(std::atomic_flag& lock) : lock_(lock) {
      while (lock_.test_and_set(std::memory_order_acquire)) {
        for (int spins = 0; lock_.test(std::memory_order_relaxed); ++spins) {
          if (spins > kSpins) std::this_thread::yield();   // its holder has lost its core
        }
      }
    }
    ~Hold() { lock_.clear(std::memory_order_release); }

   private:
    std::atomic_flag& lock_;
  };

  mutable std::atomic_flag lock_;
  std::shared_ptr<T> value_;
};

}  // namespace gather
