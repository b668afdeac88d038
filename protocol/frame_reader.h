// FrameReader: cuts the client's bytes into protocol messages (PostgreSQL manual, "Message Flow" and "Message Formats", version 3.0).
//
//   start-up   int32 length (itself included) | payload                 the first message of a connection, or after SSLRequest
//   later      byte type | int32 length (itself included, type not) | payload
//
// Owned by one connection; not synchronised. The buffer grows with what really arrived, never with what a length word claims.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gather::protocol {

struct Frame {
  char type = 0;                       // 0: start-up packet
  std::string_view payload;            // valid until the next call of Prepare or Commit
};

class FrameReader {
 public:
  // Room for at least `bytes` more bytes; fill it, then Commit what was filled.
  std::span<char> Prepare(size_t bytes);
  void Commit(size_t bytes) { end_ += bytes; }

  // The next complete message. Throws 08P01 (FATAL) for an impossible length or type.
  bool NextStartup(Frame* frame);
  bool Next(Frame* frame);
  // Whether Next would return a message without reading more.
  bool HasFrame() const;
  size_t buffered() const { return end_ - begin_; }
  // Gives memory back after a large message.
  void Shrink();

 private:
  bool Length(size_t offset, uint32_t* length) const;

  std::vector<char> buffer_;
  size_t begin_ = 0;                   // unread bytes are [begin_, end_)
  size_t end_ = 0;
};

}  // namespace gather::protocol
