#include "server/thread_set.h"

#include <algorithm>
#include <chrono>

namespace gather::server {

namespace {
constexpr auto kIdle = std::chrono::seconds(10);
}

void ThreadSet::Start() {
  for (int i = 0; i < base_; ++i) Spawn();
}

void ThreadSet::Spawn() {
  std::lock_guard lock(mutex_);
  for (const std::thread::id id : finished_) {
    const auto found = std::find_if(threads_.begin(), threads_.end(), [&](const std::thread& thread) { return thread.get_id() == id; });
    if (found == threads_.end()) continue;
    found->join();
    threads_.erase(found);
  }
  finished_.clear();
  if (stopping_.load()) return;
  total_.fetch_add(1);
  threads_.emplace_back([this] { Run(); });
}

void ThreadSet::BeginServing() {
  if (serving_.fetch_add(1) + 1 >= total_.load()) Spawn();
}

void ThreadSet::Run() {
  while (!context_.stopped()) {
    if (context_.run_one_for(kIdle) > 0) continue;
    int total = total_.load();
    if (total > base_ && total - 1 > serving_.load() && total_.compare_exchange_strong(total, total - 1)) {
      std::lock_guard lock(mutex_);
      finished_.push_back(std::this_thread::get_id());
      return;
    }
  }
}

void ThreadSet::Join() {
  stopping_.store(true);
  std::vector<std::thread> threads;
  {
    std::lock_guard lock(mutex_);
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace gather::server
