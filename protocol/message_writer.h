// MessageWriter: builds backend messages in one growing output buffer; the length word is filled in at End.
//
// Whoever catches an error calls Abandon: a message that the error left unfinished must not reach the client.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "types/error.h"

namespace gather::protocol {

class MessageWriter {
 public:
  void Begin(char type) {
    buffer_.push_back(type);
    start_ = buffer_.size();
    buffer_.append(4, '\0');
  }
  void End() {
    CheckSize();
    PutInt32At(start_, static_cast<int32_t>(buffer_.size() - start_));
    start_ = 0;
  }
  void Abandon() {
    if (start_ != 0) buffer_.resize(start_ - 1);
    start_ = 0;
  }
  // 54000 when the message under way is longer than PostgreSQL would send.
  void CheckSize() const {
    if (buffer_.size() - start_ > kMaxMessage) [[unlikely]] {
      throw SqlError(sqlstate::kProgramLimitExceeded, "out of memory")
          .Detail(Format("A message can have at most %zu bytes.", kMaxMessage));
    }
  }
  void Message(char type) { Begin(type); End(); }

  void Byte(char value) { buffer_.push_back(value); }
  void Int16(int16_t value) {
    const auto bits = static_cast<uint16_t>(value);
    const char bytes[2] = {static_cast<char>(bits >> 8), static_cast<char>(bits)};
    buffer_.append(bytes, 2);
  }
  void Int32(int32_t value) {
    const size_t at = buffer_.size();
    buffer_.append(4, '\0');
    PutInt32At(at, value);
  }
  void String(std::string_view text) { buffer_.append(text); buffer_.push_back('\0'); }
  void Bytes(std::string_view bytes) { buffer_.append(bytes); }

  // For values whose length is known only after writing them: reserve a length word, append to buffer(), then fill it in.
  size_t ReserveLength() { buffer_.append(4, '\0'); return buffer_.size(); }
  void FillLength(size_t value_start) { PutInt32At(value_start - 4, static_cast<int32_t>(buffer_.size() - value_start)); }

  std::string& buffer() { return buffer_; }
  const std::string& buffer() const { return buffer_; }

 private:
  static constexpr size_t kMaxMessage = 0x3fffffff;        // MaxAllocSize

  void PutInt32At(size_t at, int32_t value) {
    const uint32_t swapped = __builtin_bswap32(static_cast<uint32_t>(value));
    std::memcpy(buffer_.data() + at, &swapped, 4);
  }

  std::string buffer_;
  size_t start_ = 0;                                       // of the length word of the message under way; 0: none
};

}  // namespace gather::protocol
