// Listener: accepts connections on the configured address until stopped.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "executor/session/instance.h"
#include "server/thread_set.h"

namespace gather::server {

class Listener {
 public:
  // Throws SqlError with one clear line when the address cannot be bound.
  Listener(boost::asio::io_context& context, ThreadSet& threads, executor::Instance& instance, const std::string& address, int port);
  void Start();
  void Stop();                                             // accepts no more; existing clients go on. Any thread

 private:
  void Accept();

  boost::asio::io_context& context_;
  ThreadSet& threads_;
  executor::Instance& instance_;
  boost::asio::strand<boost::asio::io_context::executor_type> strand_;  // of the acceptor and the timer
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;                        // after a failed accept: no descriptors left, most likely
  const int startup_seconds_;                              // authentication_timeout
};

}  // namespace gather::server
