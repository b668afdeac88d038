#include "types/error.h"
#include "types/numeric.h"

namespace gather {

namespace {
// Copies nulls, and marks the result constant when the source is.
uint32_t RowsToConvert(const Vector& vector, uint32_t rows) { return vector.is_constant() ? 1 : rows; }

void FinishShape(const Vector& from, uint32_t rows, Vector& out) {
  const VectorView view = from.View();
  if (view.validity != nullptr) {
    for (uint32_t i = 0; i < rows; ++i) {
      if (!view.valid(i)) out.SetNull(i);
    }
  }
  if (from.is_constant()) out.SetKind(VectorKind::kConstant);
}

template <class T>
void PackRows(const Vector& vector, uint32_t rows, Vector& out) {
  const VectorView view = vector.View();
  const int scale = vector.shape().scale;
  auto* to = out.data<StringRef>();
  for (uint32_t i = 0; i < rows; ++i) {
    if (view.valid(i)) to[i] = AddPackedNumeric(view.get<T>(i), scale, out); else to[i] = StringRef();
  }
}

// False when some value does not fit `limit`.
template <class From, class To>
bool RescaleRows(const Vector& vector, uint32_t rows, int up, __int128 limit, Vector& out) {
  const VectorView view = vector.View();
  auto* to = out.data<To>();
  for (uint32_t i = 0; i < rows; ++i) {
    to[i] = 0;
    if (!view.valid(i)) continue;
    __int128 value;
    if (__builtin_mul_overflow(static_cast<__int128>(view.get<From>(i)), kPowersOf10[up], &value) || value >= limit || value <= -limit) return false;
    to[i] = static_cast<To>(value);
  }
  return true;
}

template <class To>
bool UnpackRows(const Vector& vector, uint32_t rows, int scale, __int128 limit, Vector& out) {
  const VectorView view = vector.View();
  auto* to = out.data<To>();
  for (uint32_t i = 0; i < rows; ++i) {
    to[i] = 0;
    if (!view.valid(i)) continue;
    const std::string_view packed = view.get<StringRef>(i).view();
    __int128 value;
    int from;
    // The stored scale must be the column's: otherwise text would change.
    if (!UnpackSmallNumeric(packed, &value, &from) || from != scale || value >= limit || value <= -limit) return false;
    to[i] = static_cast<To>(value);
  }
  return true;
}

// Bits of the widest |value|; nulls count with whatever lies there (at worst the answer is wider).
template <class Wide, class T>
int WidestBits(const VectorView& view, uint32_t rows) {
  Wide seen = 0;
  const T* values = static_cast<const T*>(view.data);
  const auto fold = [](T value) { return static_cast<Wide>(value ^ (value >> (sizeof(T) * 8 - 1))); };
  if (view.mask == 0) {
    seen = fold(values[0]);
  } else if (view.indices == nullptr) {
    for (uint32_t i = 0; i < rows; ++i) seen |= fold(values[i]);
  } else {
    for (uint32_t i = 0; i < rows; ++i) seen |= fold(values[view.indices[i]]);
  }
  const auto high = static_cast<uint64_t>(static_cast<unsigned __int128>(seen) >> 64), low = static_cast<uint64_t>(seen);
  return high != 0 ? 128 - __builtin_clzll(high) : low != 0 ? 64 - __builtin_clzll(low) : 0;
}
}  // namespace

int MeasureDigits(const Vector& vector, uint32_t rows) {
  const int bits = vector.physical() == PhysicalType::kInt64 ? WidestBits<uint64_t, int64_t>(vector.View(), rows)
                                                             : WidestBits<unsigned __int128, __int128>(vector.View(), rows);
  // |value| <= 2^bits. A power of two is never a power of ten (but for 1), so one digit more than floor(bits * log10 2) holds it.
  const int digits = (bits * 1233 >> 12) + 1;
  return digits < vector.shape().digits ? digits : vector.shape().digits;
}

Vector ToPackedNumeric(const Vector& vector, uint32_t rows) {
  if (vector.physical() == PhysicalType::kString) return vector;
  const uint32_t count = RowsToConvert(vector, rows);
  Vector out(vector.type(), PhysicalType::kString, count > 0 ? count : 1);
  if (vector.physical() == PhysicalType::kInt64) PackRows<int64_t>(vector, count, out); else PackRows<__int128>(vector, count, out);
  FinishShape(vector, count, out);
  return out;
}

void ResetForNumericInput(Vector& vector) {
  const NumericTypmod limit = DecodeNumericTypmod(vector.type().typmod);
  const bool scaled = limit.precision > 0 && limit.scale >= 0 && limit.scale <= limit.precision;
  vector.Reset(scaled ? NumericPhysical(limit.precision) : PhysicalType::kString);
  if (vector.physical() != PhysicalType::kString) vector.set_shape({static_cast<int16_t>(limit.scale), static_cast<int16_t>(limit.precision)});
}

Vector ToScaledNumeric(const Vector& vector, int32_t typmod, uint32_t rows) {
  const NumericTypmod limit = DecodeNumericTypmod(typmod);
  const PhysicalType physical = NumericPhysical(limit.precision);
  if (limit.precision == 0 || limit.scale < 0 || limit.scale > limit.precision || physical == PhysicalType::kString) return ToPackedNumeric(vector, rows);
  const NumericShape shape = {static_cast<int16_t>(limit.scale), static_cast<int16_t>(limit.precision)};
  if (vector.physical() == physical && vector.shape().scale == shape.scale && vector.shape().digits <= shape.digits) return vector;
  const uint32_t count = RowsToConvert(vector, rows);
  Vector out(vector.type(), physical, count > 0 ? count : 1);
  const __int128 bound = kPowersOf10[limit.precision];
  const bool wide = physical == PhysicalType::kInt128;
  bool fits = false;
  if (vector.physical() == PhysicalType::kString) {
    fits = wide ? UnpackRows<__int128>(vector, count, limit.scale, bound, out) : UnpackRows<int64_t>(vector, count, limit.scale, bound, out);
  } else if (vector.shape().scale <= limit.scale) {
    const int up = limit.scale - vector.shape().scale;
    if (vector.physical() == PhysicalType::kInt64) {
      fits = wide ? RescaleRows<int64_t, __int128>(vector, count, up, bound, out) : RescaleRows<int64_t, int64_t>(vector, count, up, bound, out);
    } else {
      fits = wide ? RescaleRows<__int128, __int128>(vector, count, up, bound, out) : RescaleRows<__int128, int64_t>(vector, count, up, bound, out);
    }
  }
  if (!fits) return ToPackedNumeric(vector, rows);
  out.set_shape(shape);
  FinishShape(vector, count, out);
  return out;
}

}  // namespace gather
