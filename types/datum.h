// Datum: one value with its type, for constants, parameters, defaults and messages. Never in a per-row loop: vectors are for that.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "types/type.h"

namespace gather {

struct Datum {
  SqlType type;
  bool is_null = true;
  alignas(16) uint8_t raw[16] = {};  // fixed-width representations, as they lie in a vector
  std::string bytes;                 // kString representations; numeric is always packed (types/numeric.h)

  template <class T> T as() const { T value; std::memcpy(&value, raw, sizeof(T)); return value; }
  template <class T> static Datum Of(SqlType type, T value) {
    static_assert(sizeof(T) <= 16);
    Datum datum;
    datum.type = type;
    datum.is_null = false;
    std::memcpy(datum.raw, &value, sizeof(T));
    return datum;
  }
  static Datum Null(SqlType type) { Datum datum; datum.type = type; return datum; }
  static Datum Bool(bool value) { return Of<uint8_t>(type_oid::kBool, value); }
  static Datum Int4(int32_t value) { return Of<int32_t>(type_oid::kInt4, value); }
  static Datum Int8(int64_t value) { return Of<int64_t>(type_oid::kInt8, value); }
  static Datum Float8(double value) { return Of<double>(type_oid::kFloat8, value); }
  static Datum OfOid(Oid value) { return Of<Oid>(type_oid::kOid, value); }
  static Datum String(SqlType type, std::string_view text) {
    Datum datum;
    datum.type = type;
    datum.is_null = false;
    datum.bytes = text;
    return datum;
  }
  static Datum Text(std::string_view text) { return String(type_oid::kText, text); }

  // Byte equality of representation (not SQL's =): for caches and tests.
  bool operator==(const Datum& other) const {
    return type == other.type && is_null == other.is_null && (is_null || (std::memcmp(raw, other.raw, 16) == 0 && bytes == other.bytes));
  }
};

}  // namespace gather
