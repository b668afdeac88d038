// StringRef: a 16-byte view of a string ("German string", Neumann & Freitag, Umbra, CIDR 2020).
//
//   bytes 0-3   length
//   length <= 12:  bytes 4-15 the string itself, zero padded (so equal strings are equal as two 64-bit words)
//   length  > 12:  bytes 4-7 its first four bytes, bytes 8-15 a pointer to all of it
//
// Does not own long strings: the vector's StringHeap, a segment or an arena does. Trivially copyable.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace gather {

class StringRef {
 public:
  static constexpr uint32_t kInlineBytes = 12;

  StringRef() : length_(0), prefix_{}, tail_{} {}
  // Refers to `data` when it is longer than kInlineBytes.
  StringRef(const char* data, uint32_t length) : length_(length) {
    if (length <= kInlineBytes) {
      tail_.word = 0;
      std::memset(prefix_, 0, sizeof(prefix_));
      // One 12-byte field by layout: written through `this` so that the compiler sees an object of that size.
      if (length != 0) std::memcpy(reinterpret_cast<char*>(this) + 4, data, length);
    } else {
      std::memcpy(prefix_, data, sizeof(prefix_));
      tail_.pointer = data;
    }
  }
  explicit StringRef(std::string_view text) : StringRef(text.data(), static_cast<uint32_t>(text.size())) {}

  uint32_t size() const { return length_; }
  bool empty() const { return length_ == 0; }
  bool is_inline() const { return length_ <= kInlineBytes; }
  const char* data() const { return is_inline() ? reinterpret_cast<const char*>(this) + 4 : tail_.pointer; }
  std::string_view view() const { return {data(), length_}; }

  bool operator==(const StringRef& other) const {
    if (Head() != other.Head()) return false;
    if (is_inline()) return tail_.word == other.tail_.word;
    return tail_.pointer == other.tail_.pointer || std::memcmp(tail_.pointer, other.tail_.pointer, length_) == 0;
  }
  // Byte order: the C collation.
  int Compare(const StringRef& other) const {
    const int prefix = std::memcmp(prefix_, other.prefix_, sizeof(prefix_));
    if (prefix != 0) return prefix;
    const uint32_t shorter = length_ < other.length_ ? length_ : other.length_;
    if (shorter > sizeof(prefix_)) {
      const int rest = std::memcmp(data() + sizeof(prefix_), other.data() + sizeof(prefix_), shorter - sizeof(prefix_));
      if (rest != 0) return rest;
    }
    return length_ < other.length_ ? -1 : length_ > other.length_;
  }
  bool operator<(const StringRef& other) const { return Compare(other) < 0; }

 private:
  uint64_t Head() const {
    uint64_t head;
    std::memcpy(&head, this, sizeof(head));
    return head;
  }

  uint32_t length_;
  char prefix_[4];
  union {
    uint64_t word;
    const char* pointer;
  } tail_;
};
static_assert(sizeof(StringRef) == 16);

}  // namespace gather
