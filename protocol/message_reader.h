// MessageReader: fields of one message payload, in order. Throws 08P01 where PostgreSQL does.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/error.h"

namespace gather::protocol {

class MessageReader {
 public:
  explicit MessageReader(std::string_view payload) : rest_(payload) {}

  uint8_t Byte() { return static_cast<uint8_t>(Bytes(1)[0]); }
  int16_t Int16() {
    const auto* p = reinterpret_cast<const unsigned char*>(Bytes(2).data());
    return static_cast<int16_t>(p[0] << 8 | p[1]);
  }
  int32_t Int32() {
    const auto* p = reinterpret_cast<const unsigned char*>(Bytes(4).data());
    return static_cast<int32_t>(uint32_t{p[0]} << 24 | uint32_t{p[1]} << 16 | uint32_t{p[2]} << 8 | p[3]);
  }
  std::string_view Bytes(size_t count) {
    if (count > rest_.size()) throw SqlError(sqlstate::kProtocolViolation, "insufficient data left in message");
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  // A zero-terminated string, without the zero.
  std::string_view String() {
    const size_t end = rest_.find('\0');
    if (end == std::string_view::npos) throw SqlError(sqlstate::kProtocolViolation, "invalid string in message");
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }
  bool AtEnd() const { return rest_.empty(); }
  void End() const {
    if (!rest_.empty()) throw SqlError(sqlstate::kProtocolViolation, "invalid message format");
  }

 private:
  std::string_view rest_;
};

}  // namespace gather::protocol
