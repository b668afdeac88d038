#include "types/fixed_sort_key.h"

#include <bit>
#include <cstring>

#include "types/error.h"
#include "types/value_order.h"

namespace gather {

namespace {

template <class T>
T BigEndian(T value) {
  if constexpr (sizeof(T) == 1) return value;
  else if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(value));
  else if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(value));
  else return static_cast<T>(__builtin_bswap64(value));
}

template <class Unsigned>
constexpr Unsigned kTopBit = static_cast<Unsigned>(Unsigned{1} << (sizeof(Unsigned) * 8 - 1));

// Values whose unsigned order, most significant byte first, is the order of the type.
struct Plain {
  template <class T>
  static T Of(T value) { return value; }
};
struct Signed {
  template <class T>
  static T Of(T value) { return static_cast<T>(value ^ kTopBit<T>); }
};
template <class Float>
struct Floating {
  template <class Bits>
  static Bits Of(Bits bits) {
    return OrderedBits<Bits>(std::bit_cast<Float>(bits));
  }
};

template <class Unsigned, class Form>
void Write(const Vector& vector, uint32_t rows, SortOrder order, uint8_t* out, size_t stride) {
  const VectorView view = vector.View();
  const auto mask = static_cast<Unsigned>(order.descending ? ~Unsigned{0} : Unsigned{0});
  const auto null_marker = static_cast<uint8_t>(order.nulls_first ? 0 : 2);
  for (uint32_t i = 0; i < rows; ++i, out += stride) {
    const bool valid = view.valid(i);
    *out = valid ? 1 : null_marker;
    const Unsigned key = valid ? BigEndian(static_cast<Unsigned>(Form::Of(view.get<Unsigned>(i)) ^ mask)) : Unsigned{0};
    std::memcpy(out + 1, &key, sizeof(key));
  }
}

}  // namespace

uint32_t FixedSortKeyBytes(SqlType type) {
  if (type.oid == type_oid::kNumeric) return 0;
  switch (GetType(type.oid).physical) {
    case PhysicalType::kBool: case PhysicalType::kInt8: return 2;
    case PhysicalType::kInt16: return 3;
    case PhysicalType::kInt32: case PhysicalType::kUInt32: case PhysicalType::kFloat32: return 5;
    case PhysicalType::kInt64: case PhysicalType::kTid: case PhysicalType::kFloat64: return 9;
    default: return 0;
  }
}

void WriteFixedSortKeys(const Vector& vector, uint32_t rows, SortOrder order, uint8_t* out, size_t stride) {
  switch (vector.physical()) {
    case PhysicalType::kBool: case PhysicalType::kInt8: Write<uint8_t, Plain>(vector, rows, order, out, stride); break;
    case PhysicalType::kInt16: Write<uint16_t, Signed>(vector, rows, order, out, stride); break;
    case PhysicalType::kInt32: Write<uint32_t, Signed>(vector, rows, order, out, stride); break;
    case PhysicalType::kUInt32: Write<uint32_t, Plain>(vector, rows, order, out, stride); break;
    case PhysicalType::kFloat32: Write<uint32_t, Floating<float>>(vector, rows, order, out, stride); break;
    case PhysicalType::kInt64: Write<uint64_t, Signed>(vector, rows, order, out, stride); break;
    case PhysicalType::kTid: Write<uint64_t, Plain>(vector, rows, order, out, stride); break;
    case PhysicalType::kFloat64: Write<uint64_t, Floating<double>>(vector, rows, order, out, stride); break;
    default: ThrowInternal("sort keys of this type have no fixed width");
  }
}

}  // namespace gather
