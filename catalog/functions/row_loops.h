// Row loops for kernels: call a function for every valid row, with typed arguments.
//
// For strict kernels: rows that are null in `result` (the AND of the arguments' validity) are skipped, whatever lies there.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

#include "types/statement_scope.h"
#include "types/vector.h"

namespace gather::catalog {

// One string may take longer than a cancelled statement should go on: asked before each long one.
inline void CheckBeforeLongString(size_t bytes) {
  if (bytes > (64 << 10)) [[unlikely]] StatementScope::CheckInterrupt();
}

template <class T>
const T& Value(const VectorView& view, uint32_t row) {
  const T& value = view.get<T>(row);
  if constexpr (std::is_same_v<T, StringRef>) CheckBeforeLongString(value.size());
  return value;
}

// f(row) for every row that is not null in `result`.
template <class F>
void ForValidRows(const Vector& result, uint32_t rows, F&& f) {
  const uint64_t* validity = result.validity();
  if (validity == nullptr) {
    for (uint32_t row = 0; row < rows; ++row) f(row);
    return;
  }
  for (uint32_t row = 0; row < rows; ++row) {
    if (BitIsSet(validity, row)) f(row);
  }
}

// out[row] = f(a[row])
template <class R, class A, class F>
void MapRows(const Vector& a, uint32_t rows, Vector& result, F&& f) {
  R* out = result.data<R>();
  const VectorView view = a.View();
  ForValidRows(result, rows, [&](uint32_t row) { out[row] = f(Value<A>(view, row)); });
}

// out[row] = f(a[row], b[row]); a constant argument is read once.
template <class R, class A, class B, class F>
void MapRows(const Vector& a, const Vector& b, uint32_t rows, Vector& result, F&& f) {
  R* out = result.data<R>();
  const VectorView left = a.View(), right = b.View();
  if (a.is_flat() && b.is_constant() && result.validity() == nullptr) {
    const A* values = a.data<A>();
    const B constant = right.get<B>(0);
    for (uint32_t row = 0; row < rows; ++row) {
      if constexpr (std::is_same_v<A, StringRef>) CheckBeforeLongString(values[row].size());
      out[row] = f(values[row], constant);
    }
    return;
  }
  ForValidRows(result, rows, [&](uint32_t row) { out[row] = f(Value<A>(left, row), Value<B>(right, row)); });
}

// A string of `size` bytes that fill(char*) writes, in `result`'s memory.
template <class F>
StringRef WriteString(Vector& result, size_t size, F&& fill) {
  if (size <= StringRef::kInlineBytes) {
    char buffer[StringRef::kInlineBytes];
    fill(buffer);
    return StringRef(buffer, static_cast<uint32_t>(size));
  }
  CheckBeforeLongString(size);
  char* bytes = result.heap().Allocate(static_cast<uint32_t>(size));
  fill(bytes);
  return StringRef(bytes, static_cast<uint32_t>(size));
}

// Gives a strict kernel's numeric result another representation (Vector::Reset alone would forget which rows are null).
inline void SetNumericShape(Vector& result, PhysicalType physical, NumericShape shape, uint32_t rows) {
  uint64_t validity[kVectorSize / 64];
  const size_t bytes = (rows + 63) / 64 * sizeof(uint64_t);
  const bool nulls = result.validity() != nullptr;
  if (nulls) std::memcpy(validity, result.validity(), bytes);
  result.Reset(physical);
  result.set_shape(shape);
  if (nulls) std::memcpy(result.MutableValidity(), validity, bytes);
}

inline std::string_view StringAt(const VectorView& view, uint32_t row) { return Value<StringRef>(view, row).view(); }

}  // namespace gather::catalog
