// Arena: memory of one parse tree. Bump allocation; nothing in it has a destructor. Not synchronised.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace gather::sql::ast {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;

  void* Allocate(size_t bytes, size_t alignment) {
    size_t start = (used_ + alignment - 1) & ~(alignment - 1);
    if (start + bytes > size_) {
      size_ = std::max<size_t>(bytes, blocks_.empty() ? kFirstBlock : kBlock);
      blocks_.push_back(std::unique_ptr<char[]>(new char[size_]));
      start = 0;
    }
    used_ = start + bytes;
    return blocks_.back().get() + start;
  }
  template <class T> T* New() {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (Allocate(sizeof(T), alignof(T))) T();
  }
  template <class T> std::span<T> NewArray(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count == 0) return {};
    T* first = static_cast<T*>(Allocate(sizeof(T) * count, alignof(T)));
    for (size_t i = 0; i < count; ++i) new (first + i) T();
    return {first, count};
  }
  std::string_view Copy(std::string_view text) {
    if (text.empty()) return {};
    char* copy = static_cast<char*>(Allocate(text.size(), 1));
    std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }

 private:
  static constexpr size_t kFirstBlock = 2000, kBlock = 32000;
  std::vector<std::unique_ptr<char[]>> blocks_;
  size_t size_ = 0, used_ = 0;
};

}  // namespace gather::sql::ast
