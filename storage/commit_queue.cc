#include "storage/commit_queue.h"

namespace gather::storage {

void CommitQueue::Enter(Ticket& ticket) {
  std::lock_guard lock(latch_);
  ticket.timestamp_ = next_++;
  queue_.push_back(&ticket);
}

// Publishes the front, and those behind it that are written and have nothing to do; then wakes the next one that has.
void CommitQueue::PublishFront() {
  bool first = true;
  while (!queue_.empty()) {
    Ticket* front = queue_.front();
    if (!first && (!front->written_ || front->has_work_)) {
      if (front->written_) {
        front->state_.store(1, std::memory_order_release);
        front->state_.notify_one();
      }
      return;
    }
    queue_.pop_front();
    published_.store(front->timestamp_, std::memory_order_seq_cst);
    if (!first) {
      // The ticket is gone as soon as its owner sees this.
      front->state_.store(2, std::memory_order_release);
      front->state_.notify_one();
    }
    first = false;
  }
}

void CommitQueue::Finish(Ticket& ticket, const std::function<void()>& work) {
  {
    std::unique_lock lock(latch_);
    ticket.written_ = true;
    ticket.has_work_ = work != nullptr;
    if (queue_.front() == &ticket && !ticket.has_work_) {
      PublishFront();
      return;
    }
    if (queue_.front() == &ticket) ticket.state_.store(1, std::memory_order_relaxed);
  }
  ticket.state_.wait(0, std::memory_order_acquire);
  if (ticket.state_.load(std::memory_order_acquire) == 2) {
    // Whoever published us may still be inside notify_one: it holds the latch until it is out.
    std::lock_guard lock(latch_);
    return;
  }
  work();
  std::lock_guard lock(latch_);
  PublishFront();
}

}  // namespace gather::storage
