// Datums of the integer types (int2, int4, int8) as numbers, and back.
#pragma once

#include <cstdint>
#include <optional>

#include "types/datum.h"

namespace gather {

inline bool IsIntegerType(Oid type) { return type == type_oid::kInt2 || type == type_oid::kInt4 || type == type_oid::kInt8; }

inline int64_t IntegerOf(const Datum& value) {
  switch (value.type.oid) {
    case type_oid::kInt2: return value.as<int16_t>();
    case type_oid::kInt4: return value.as<int32_t>();
    default: return value.as<int64_t>();
  }
}

// Nothing where the type cannot have the value.
inline std::optional<Datum> IntegerDatum(int64_t value, Oid type) {
  if (type == type_oid::kInt8) return Datum::Int8(value);
  if (type == type_oid::kInt4) return value == static_cast<int32_t>(value) ? std::optional(Datum::Int4(static_cast<int32_t>(value))) : std::nullopt;
  return value == static_cast<int16_t>(value) ? std::optional(Datum::Of<int16_t>(type, static_cast<int16_t>(value))) : std::nullopt;
}

}  // namespace gather
