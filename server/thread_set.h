// ThreadSet: the elastic set of threads that runs the io_context.
//
// A thread that serves a client blocks (on a long statement, a lock, a slow reader); as soon as no thread is left to wait for events,
// another is started, so that one session never delays another. Threads beyond the base number end when idle for a while.
#pragma once

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/io_context.hpp>

namespace gather::server {

class ThreadSet {
 public:
  ThreadSet(boost::asio::io_context& context, int base) : context_(context), base_(base) {}
  ~ThreadSet() { Join(); }
  void Start();
  void Join();                                             // after io_context::stop

  // Marks the calling pool thread as serving a client for its life.
  class Serving {
   public:
    explicit Serving(ThreadSet& threads) : threads_(threads) { threads_.BeginServing(); }
    ~Serving() { threads_.serving_.fetch_sub(1); }
    Serving(const Serving&) = delete;

   private:
    ThreadSet& threads_;
  };

 private:
  void BeginServing();
  void Spawn();
  void Run();

  boost::asio::io_context& context_;
  const int base_;
  std::atomic<int> total_{0};                              // threads alive
  std::atomic<int> serving_{0};                            // of these, busy with a client
  std::mutex mutex_;                                       // guards threads_ and finished_
  std::vector<std::thread> threads_;
  std::vector<std::thread::id> finished_;
  std::atomic<bool> stopping_{false};
};

}  // namespace gather::server
