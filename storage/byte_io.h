// ByteWriter and ByteReader: little-endian fields of records and segments. The reader throws XX001 when a record ends too early.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>

#include "types/error.h"

namespace gather::storage {

class ByteWriter {
 public:
  template <class T>
  void Put(T value) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T));
  }
  void PutBytes(const void* data, size_t size) { bytes_.append(static_cast<const char*>(data), size); }
  void PutString(std::string_view text) {
    Put(static_cast<uint32_t>(text.size()));
    bytes_.append(text);
  }
  size_t size() const { return bytes_.size(); }
  std::string& bytes() { return bytes_; }
  std::string Take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : rest_(bytes) {}
  template <class T>
  T Get() {
    T value;
    std::memcpy(&value, GetBytes(sizeof(T)), sizeof(T));
    return value;
  }
  const char* GetBytes(size_t size) {
    if (rest_.size() < size) throw SqlError(sqlstate::kDataCorrupted, "a stored record ends too early");
    const char* at = rest_.data();
    rest_.remove_prefix(size);
    return at;
  }
  std::string_view GetString() {
    const auto size = Get<uint32_t>();
    return {GetBytes(size), size};
  }
  bool at_end() const { return rest_.empty(); }
  size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

}  // namespace gather::storage
