// Connection: one client's protocol state: start-up, simple and extended query, COPY, errors, until Terminate.
//
// Bytes come from a FrameReader that the server fills, and go to a Transport; no socket in here. One thread at a time drives it:
//
//   kStartup ──StartupMessage──▶ kReady ──error in extended query──▶ kSkipping ──Sync──▶ kReady
//      │ SSLRequest: 'N', stays     │ Terminate, FATAL
//      └─ CancelRequest ──▶ kClosed ◀┘
//
// Output is collected and written when it grows large, at Flush, and when the client has sent no more complete messages.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "executor/session/session.h"
#include "protocol/frame_reader.h"
#include "protocol/message_writer.h"
#include "protocol/transport.h"

namespace gather::protocol {

class Connection final {
 public:
  Connection(executor::Instance& instance, Transport& transport, std::string client_address, int32_t client_port);
  ~Connection();

  // Handles every complete message in `reader`; returns false when the connection is over (close the socket).
  bool Process(FrameReader& reader);
  // The server is shutting down, or pg_terminate_backend: says so to an idle client.
  void Terminate(const SqlError& reason);
  // The session's entry; null before it is authenticated.
  executor::SessionSlot* slot() const { return slot_.get(); }
  // pg_terminate_backend was called for this connection.
  bool terminated() const { return slot_ != nullptr && slot_->terminate.load(std::memory_order_acquire) != executor::EndReason::kNone; }
  // What the client is told who has been terminated.
  SqlError TerminationError() const;
  // How long the client may be silent from now on, and what is the reason then; 0 milliseconds: for ever.
  std::pair<int64_t, executor::EndReason> SilenceLimit() const;

 private:
  class Sink;
  enum class State : uint8_t { kStartup, kReady, kSkipping, kClosed };

  void Startup(std::string_view payload);
  void Authenticated(executor::StartupOptions options);
  void Handle(const Frame& frame, FrameReader& reader);
  void SimpleQuery(std::string_view payload, FrameReader& reader);
  void Parse(std::string_view payload);
  void Bind(std::string_view payload);
  void Describe(std::string_view payload);
  void Execute(std::string_view payload, FrameReader& reader);
  void Close(std::string_view payload);
  void Sync();
  void Report(const SqlError& error);                  // to the client and the log; aborts the transaction
  void Ready();
  void FlushIfLarge();
  void Flush();
  // Runs `work` as one message of the extended protocol: an error is reported and skips to Sync.
  void Guard(const std::function<void()>& work);

  executor::Instance& instance_;
  Transport& transport_;
  const std::string client_address_;
  const int32_t client_port_;
  State state_ = State::kStartup;
  MessageWriter out_;
  std::shared_ptr<executor::SessionSlot> slot_;
  std::unique_ptr<executor::Session> session_;
  std::string statement_text_;                         // what error positions refer to
};

// What went wrong, as a SqlError: out of memory, internal errors, SqlErrors themselves. Call within a catch block.
SqlError CurrentError();

}  // namespace gather::protocol
