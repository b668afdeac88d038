#include "server/client.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

namespace gather::server {

namespace {
constexpr int kStickyMilliseconds = 200;
constexpr int kCheckMilliseconds = 50;                    // between looks at the interrupt
constexpr size_t kReadSize = 8192;
constexpr size_t kBulkReadSize = 256 << 10;

[[noreturn]] void ThrowGone() { throw SqlError(sqlstate::kConnectionFailure, "could not send data to client: connection lost").Severity("FATAL"); }
}  // namespace

Client::Client(boost::asio::io_context& context, ThreadSet& threads, executor::Instance& instance, int socket, std::string address, int32_t port)
    : threads_(threads), socket_(socket), descriptor_(context), connection_(instance, *this, std::move(address), port), startup_timer_(context), silence_timer_(context) {
  const int on = 1;
  setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  setsockopt(socket_, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

Client::~Client() {
  if (descriptor_.is_open()) descriptor_.release();
  ::close(socket_);
}

void Client::Start(int startup_seconds) {
  startup_timer_.expires_after(std::chrono::seconds(startup_seconds));
  startup_timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& cancelled) {
    const auto self = cancelled ? nullptr : weak.lock();
    if (self != nullptr && !self->started_.load(std::memory_order_acquire)) ::shutdown(self->socket_, SHUT_RDWR);
  });
  Wait();
}

// The client has been silent for kStickyMilliseconds already, or has just come.
void Client::Wait() {
  const uint64_t wait = waits_.fetch_add(1, std::memory_order_acq_rel) + 1;
  if (const auto [limit, reason] = connection_.SilenceLimit(); limit > 0) {
    silence_timer_.expires_after(std::chrono::milliseconds(std::max<int64_t>(limit - kStickyMilliseconds, 1)));
    silence_timer_.async_wait([weak = weak_from_this(), wait, why = reason](const boost::system::error_code& cancelled) {
      const auto self = cancelled ? nullptr : weak.lock();
      if (self == nullptr || self->waits_.load(std::memory_order_acquire) != wait) return;
      auto none = executor::EndReason::kNone;
      if (self->connection_.slot()->terminate.compare_exchange_strong(none, why, std::memory_order_acq_rel)) self->Wake();
    });
  }
  descriptor_.assign(socket_);
  descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read, [self = shared_from_this()](const boost::system::error_code&) {
    if (self->descriptor_.is_open()) self->descriptor_.release();
    self->waits_.fetch_add(1, std::memory_order_acq_rel);
    self->Serve();
  });
}

void Client::Wake() {
  // The end of input wakes whoever waits for some, in the io_context or in poll; writing is still possible.
  ::shutdown(socket_, SHUT_RD);
}

bool Client::WaitReadable(int milliseconds) {
  pollfd entry{socket_, POLLIN, 0};
  return ::poll(&entry, 1, milliseconds) > 0;
}

void Client::Serve() {
  const ThreadSet::Serving serving(threads_);
  for (;;) {
    if (connection_.terminated()) {
      connection_.Terminate(connection_.TerminationError());
      return;
    }
    const int64_t limit = connection_.SilenceLimit().first;
    if (!WaitReadable(limit > 0 ? static_cast<int>(std::min<int64_t>(limit, kStickyMilliseconds)) : kStickyMilliseconds)) {
      if (connection_.terminated()) continue;
      Wait();
      return;
    }
    const Received received = Receive(reader_);
    if (received == Received::kEnd && !connection_.terminated()) return;
    if (received != Received::kBytes) continue;
    if (!connection_.Process(reader_)) return;
    if (!started_.load(std::memory_order_relaxed) && connection_.slot() != nullptr) {
      started_.store(true, std::memory_order_release);
      std::lock_guard lock(connection_.slot()->mutex);
      connection_.slot()->wake = [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->Wake();
      };
    }
  }
}

Client::Received Client::Receive(protocol::FrameReader& reader) {
  for (;;) {
    // A reader in the middle of a large message or a COPY gets large pieces.
    const std::span<char> room = reader.Prepare(reader.buffered() > kReadSize / 2 ? kBulkReadSize : kReadSize);
    const ssize_t received = ::recv(socket_, room.data(), room.size(), MSG_DONTWAIT);
    if (received > 0) {
      reader.Commit(static_cast<size_t>(received));
      return Received::kBytes;
    }
    if (received == 0) return Received::kEnd;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return Received::kNothing;
    if (errno != EINTR) return Received::kEnd;
  }
}

// Within COPY: waits for more, but notices a cancel request and the end of the server.
bool Client::Read(protocol::FrameReader& reader) {
  for (;;) {
    const Received received = Receive(reader);
    if (received == Received::kBytes) return true;
    connection_.slot()->interrupt.Check();
    if (received == Received::kEnd) return false;
    WaitReadable(kCheckMilliseconds);
  }
}

void Client::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
      pollfd entry{socket_, POLLOUT, 0};
      const int ready = ::poll(&entry, 1, kStickyMilliseconds);
      if (ready > 0 && (entry.revents & (POLLERR | POLLHUP)) != 0) ThrowGone();
      // A client that does not read must not keep the server from stopping.
      if (ready == 0 && connection_.terminated()) ThrowGone();
      continue;
    }
    if (errno != EINTR) ThrowGone();
  }
}

}  // namespace gather::server
