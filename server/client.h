// Client: one accepted socket and its protocol connection.
//
// Waits for bytes in one of two ways. While the client is active its thread stays with it and waits in poll(): no hand-over between
// threads per statement. After kSticky without a message it returns to the io_context, where an idle connection costs no thread.
//
//   Wait (io_context) ──readable──▶ Serve (a thread stays) ──nothing for kSticky──▶ Wait
//
// Owned by itself through shared_ptr while waiting or serving; the Listener keeps weak references for shutdown.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "protocol/connection.h"
#include "protocol/transport.h"
#include "server/thread_set.h"

namespace gather::server {

class Client final : public std::enable_shared_from_this<Client>, public protocol::Transport {
 public:
  // Takes the socket over.
  Client(boost::asio::io_context& context, ThreadSet& threads, executor::Instance& instance, int socket, std::string address, int32_t port);
  ~Client() override;

  // `startup_seconds`: how long the client may take to say who it is.
  void Start(int startup_seconds);
  // Wakes an idle connection so that it notices its termination. Any thread.
  void Wake();

  // Transport
  void Write(std::string_view bytes) override;
  bool Read(protocol::FrameReader& reader) override;

 private:
  enum class Received : uint8_t { kBytes, kNothing, kEnd };

  void Wait();
  void Serve();
  Received Receive(protocol::FrameReader& reader);         // what is there; does not wait
  bool WaitReadable(int milliseconds);

  ThreadSet& threads_;
  const int socket_;
  boost::asio::posix::stream_descriptor descriptor_;       // registered only while waiting in the io_context
  protocol::FrameReader reader_;
  protocol::Connection connection_;
  boost::asio::steady_timer startup_timer_;
  boost::asio::steady_timer silence_timer_;                // while waiting in the io_context
  std::atomic<uint64_t> waits_{0};                         // odd: waiting in the io_context
  std::atomic<bool> started_{false};                       // has a session
};

}  // namespace gather::server
