// numeric: PostgreSQL's exact decimals: up to 131072 digits before the point, 16383 after, NaN, ±Infinity.
//
// Packed form (the kString representation of a numeric vector, and Datum::bytes):
//   byte 0     kind: 0 small, 1 NaN, 2 Infinity, 3 -Infinity, 4 big positive, 5 big negative
//   bytes 1-2  display scale, little endian                                    (absent for 1, 2, 3)
//   small      the integer value * 10^scale, two's complement, little endian, shortest length 1..16 bytes
//   big        |value * 10^scale| as base 2^64 limbs, little endian, no leading zero limb
// Shortest form always: one value with one scale has one encoding, and up to 72 bits stay inline in a StringRef.
// 1.0 and 1.00 are equal but encoded differently: CompareNumeric / HashNumeric (and the functions of types/compare.h) know that.
//
// Arithmetic follows PostgreSQL digit for digit (src/backend/utils/adt/numeric.c: result scales of division, sqrt, ln, exp, power …).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "types/vector.h"

namespace gather {

// ---- packed values
std::string PackNumeric(int64_t unscaled, int scale);
std::string PackNumeric(__int128 unscaled, int scale);
std::string ParseNumeric(std::string_view text, int32_t typmod);  // 22P02, 22003
std::string NumericToText(std::string_view packed);               // also appends: see AppendNumericText
void AppendNumericText(std::string_view packed, std::string& out);
void AppendDecimalText(__int128 unscaled, int scale, std::string& out);
std::string ApplyNumericTypmod(std::string_view packed, int32_t typmod);  // rounds; 22003 "numeric field overflow" with detail
int CompareNumeric(std::string_view a, std::string_view b);       // NaN equals NaN and is greatest
uint64_t HashNumeric(std::string_view packed);                    // equal values hash equally, whatever their scale
double NumericToDouble(std::string_view packed);
// The value as integer at `scale` when it fits without loss; false otherwise (NaN, infinities, too large, more digits).
bool NumericToScaled(std::string_view packed, int scale, __int128* out);

// The packed form as a value of `out`, without a detour through std::string.
StringRef AddPackedNumeric(__int128 unscaled, int scale, Vector& out);
// The integer and scale of a small value; false for big ones, NaN and infinities.
bool UnpackSmallNumeric(std::string_view packed, __int128* unscaled, int* scale);
// As HashNumeric, of unscaled / 10^scale.
uint64_t HashDecimal(__int128 unscaled, int scale);
// A plain decimal ("-12.50": no exponent, at most 38 digits) as integer and scale; false for whatever else.
bool ParseSmallDecimal(std::string_view text, __int128* unscaled, int* scale);

std::string NumericAdd(std::string_view a, std::string_view b);
std::string NumericSubtract(std::string_view a, std::string_view b);
std::string NumericMultiply(std::string_view a, std::string_view b);
std::string NumericDivide(std::string_view a, std::string_view b);  // 22012
std::string NumericModulo(std::string_view a, std::string_view b);
std::string NumericNegate(std::string_view a);
std::string NumericRound(std::string_view a, int scale);
std::string NumericTrunc(std::string_view a, int scale);
std::string NumericFromDouble(double value);                      // 15 significant digits, as PostgreSQL
std::string NumericFromInt64(int64_t value);
int64_t NumericToInt64(std::string_view a);                       // rounds half away from zero; 22003

// ---- vectors
// The same values in packed representation (the vector itself when it already is).
Vector ToPackedNumeric(const Vector& vector, uint32_t rows);
// numeric(p,s) columns: the integer representation of `typmod`'s scale (kInt64 for p <= 18, kInt128 for p <= 38) when every value has
// one; otherwise the packed vector. Storage and casts call it so that scans and kernels meet integers.
Vector ToScaledNumeric(const Vector& vector, int32_t typmod, uint32_t rows);
// Makes a vector ready for NumericIn and NumericReceive of values of its type: scaled integers where the typmod allows, else packed.
void ResetForNumericInput(Vector& vector);
// Decimal digits that certainly hold every value of a scaled vector, from its data when that is narrower than its shape says.
int MeasureDigits(const Vector& vector, uint32_t rows);
// Representation that fits `digits` decimal digits.
inline PhysicalType NumericPhysical(int digits) {
  return digits <= 18 ? PhysicalType::kInt64 : digits <= 38 ? PhysicalType::kInt128 : PhysicalType::kString;
}
extern const __int128 kPowersOf10[39];
int DecimalDigits(unsigned __int128 magnitude);                   // 0 for 0

}  // namespace gather
