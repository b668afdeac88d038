#include "protocol/frame_reader.h"

#include <algorithm>
#include <cstring>

#include "types/error.h"

namespace gather::protocol {

namespace {
constexpr uint32_t kMaxStartupLength = 10000;            // PostgreSQL's MAX_STARTUP_PACKET_LENGTH
constexpr uint32_t kSmallMessage = 10000;                // PQ_SMALL_MESSAGE_LIMIT
constexpr uint32_t kLargeMessage = 0x3fffffff;           // PQ_LARGE_MESSAGE_LIMIT: MaxAllocSize - 1
constexpr size_t kInitialBuffer = 8192;
constexpr size_t kKeptBuffer = 64 << 10;

[[noreturn]] void ProtocolError(const std::string& message) {
  throw SqlError(sqlstate::kProtocolViolation, message).Severity("FATAL");
}

uint32_t LimitOf(char type) {
  switch (type) {
    case 'Q': case 'P': case 'B': case 'F': case 'd': return kLargeMessage;
    case 'D': case 'E': case 'C': case 'H': case 'S': case 'X': case 'c': case 'f': case 'p': return kSmallMessage;
    default: ProtocolError(Format("invalid frontend message type %d", static_cast<unsigned char>(type)));
  }
}
}  // namespace

std::span<char> FrameReader::Prepare(size_t bytes) {
  if (begin_ == end_) begin_ = end_ = 0;
  if (buffer_.size() - end_ < bytes) {
    if (begin_ > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    if (buffer_.size() - end_ < bytes) buffer_.resize(std::max({kInitialBuffer, buffer_.size() * 2, end_ + bytes}));
  }
  return {buffer_.data() + end_, buffer_.size() - end_};
}

bool FrameReader::Length(size_t offset, uint32_t* length) const {
  if (end_ - begin_ < offset + 4) return false;
  const auto* p = reinterpret_cast<const unsigned char*>(buffer_.data() + begin_ + offset);
  *length = uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | p[3];
  return true;
}

bool FrameReader::NextStartup(Frame* frame) {
  uint32_t length;
  if (!Length(0, &length)) return false;
  if (length < 8 || length > kMaxStartupLength) ProtocolError("invalid length of startup packet");
  if (buffered() < length) return false;
  *frame = {0, {buffer_.data() + begin_ + 4, length - 4}};
  begin_ += length;
  return true;
}

bool FrameReader::Next(Frame* frame) {
  if (buffered() < 1) return false;
  const char type = buffer_[begin_];
  const uint32_t limit = LimitOf(type);
  uint32_t length;
  if (!Length(1, &length)) return false;
  if (length < 4 || length > limit) ProtocolError("invalid message length");
  if (buffered() < size_t{length} + 1) return false;
  *frame = {type, {buffer_.data() + begin_ + 5, length - 4}};
  begin_ += size_t{length} + 1;
  return true;
}

bool FrameReader::HasFrame() const {
  uint32_t length;
  return Length(1, &length) && buffered() >= size_t{length} + 1;
}

void FrameReader::Shrink() {
  if (begin_ == end_ && buffer_.size() > kKeptBuffer) {
    buffer_ = std::vector<char>();
    begin_ = end_ = 0;
  }
}

}  // namespace gather::protocol
