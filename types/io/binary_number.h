// Reading and writing numbers in network byte order, for the binary I/O kernels.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "types/error.h"

namespace gather {

template <class T>
T SwapBytes(T value) {
  if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  else if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  else return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
}

// T: an integer type of 2, 4 or 8 bytes.
template <class T>
void AppendBigEndian(T value, std::string& out) {
  const T swapped = SwapBytes(value);
  out.append(reinterpret_cast<const char*>(&swapped), sizeof(T));
}

// Takes sizeof(T) bytes off the front of `bytes`.
template <class T>
T TakeBigEndian(std::string_view& bytes) {
  if (bytes.size() < sizeof(T)) throw SqlError(sqlstate::kProtocolViolation, "insufficient data left in message");
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return SwapBytes(value);
}

// The whole of `bytes` must be one T.
template <class T>
T WholeBigEndian(std::string_view bytes) {
  const T value = TakeBigEndian<T>(bytes);
  if (!bytes.empty()) throw SqlError(sqlstate::kInvalidBinaryRepresentation, "incorrect binary data format");
  return value;
}

}  // namespace gather
