#include "types/numeric.h"

#include <cmath>
#include <cstring>

#include "types/decimal.h"
#include "types/error.h"

namespace gather {

namespace {
enum PackedKind : uint8_t { kSmall = 0, kNaN = 1, kInfinity = 2, kMinusInfinity = 3, kBigPositive = 4, kBigNegative = 5 };
constexpr size_t kHeader = 3;

constexpr auto MakePowers() {
  struct { __int128 values[39]; } powers{};
  powers.values[0] = 1;
  for (int i = 1; i < 39; ++i) powers.values[i] = powers.values[i - 1] * 10;
  return powers;
}
constexpr auto kPowers = MakePowers();

// Packs into `to` (room for 19 bytes); returns the length.
uint32_t PackSmall(__int128 value, int scale, char* to) {
  to[0] = kSmall;
  to[1] = static_cast<char>(scale & 0xFF);
  to[2] = static_cast<char>(scale >> 8);
  // Bits needed with the sign bit: flip negatives, count.
  const auto flipped = static_cast<unsigned __int128>(value < 0 ? ~value : value);
  const auto high = static_cast<uint64_t>(flipped >> 64), low = static_cast<uint64_t>(flipped);
  const int bits = high != 0 ? 128 - __builtin_clzll(high) : low != 0 ? 64 - __builtin_clzll(low) : 0;
  const uint32_t bytes = static_cast<uint32_t>(bits) / 8 + 1;
  std::memcpy(to + kHeader, &value, 16 < bytes ? 16 : bytes);
  return kHeader + bytes;
}

__int128 UnpackSmall(std::string_view packed) {
  const size_t bytes = packed.size() - kHeader;
  __int128 value = static_cast<signed char>(packed.back()) < 0 ? -1 : 0;
  std::memcpy(&value, packed.data() + kHeader, bytes);
  return value;
}

int UnpackScale(std::string_view packed) {
  return static_cast<unsigned char>(packed[1]) | static_cast<unsigned char>(packed[2]) << 8;
}

uint64_t Mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a ^ 0x2d358dccaa6c78a5ull) * (b ^ 0x8bb84b93962eacc9ull);
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}
}  // namespace

const __int128 kPowersOf10[39] = {
    kPowers.values[0],  kPowers.values[1],  kPowers.values[2],  kPowers.values[3],  kPowers.values[4],  kPowers.values[5],  kPowers.values[6],
    kPowers.values[7],  kPowers.values[8],  kPowers.values[9],  kPowers.values[10], kPowers.values[11], kPowers.values[12], kPowers.values[13],
    kPowers.values[14], kPowers.values[15], kPowers.values[16], kPowers.values[17], kPowers.values[18], kPowers.values[19], kPowers.values[20],
    kPowers.values[21], kPowers.values[22], kPowers.values[23], kPowers.values[24], kPowers.values[25], kPowers.values[26], kPowers.values[27],
    kPowers.values[28], kPowers.values[29], kPowers.values[30], kPowers.values[31], kPowers.values[32], kPowers.values[33], kPowers.values[34],
    kPowers.values[35], kPowers.values[36], kPowers.values[37], kPowers.values[38]};

int DecimalDigits(unsigned __int128 magnitude) {
  if (magnitude == 0) return 0;
  const auto high = static_cast<uint64_t>(magnitude >> 64);
  const int bits = high != 0 ? 128 - __builtin_clzll(high) : 64 - __builtin_clzll(static_cast<uint64_t>(magnitude));
  const int estimate = bits * 1233 >> 12;  // floor(bits * log10(2)), exact or one too small
  if (estimate >= 39) return 39;
  return estimate + (magnitude >= static_cast<unsigned __int128>(kPowersOf10[estimate]) ? 1 : 0);
}

// ---- BigInteger

void BigInteger::Set(__int128 number) {
  const unsigned __int128 magnitude = number < 0 ? -static_cast<unsigned __int128>(number) : static_cast<unsigned __int128>(number);
  const uint64_t limbs[2] = {static_cast<uint64_t>(magnitude), static_cast<uint64_t>(magnitude >> 64)};
  mpz_import(value_, 2, -1, sizeof(uint64_t), 0, 0, limbs);
  if (number < 0) mpz_neg(value_, value_);
}

bool BigInteger::Fits(__int128* number) const {
  if (mpz_size(value_) > 2) return false;
  const unsigned __int128 magnitude = static_cast<unsigned __int128>(mpz_getlimbn(value_, 1)) << 64 | mpz_getlimbn(value_, 0);
  const bool negative = mpz_sgn(value_) < 0;
  const unsigned __int128 limit = static_cast<unsigned __int128>(1) << 127;
  if (magnitude > limit || (magnitude == limit && !negative)) return false;
  *number = static_cast<__int128>(negative ? -magnitude : magnitude);
  return true;
}

BigInteger BigInteger::PowerOf10(uint32_t exponent) {
  BigInteger power;
  mpz_ui_pow_ui(power.value_, 10, exponent);
  return power;
}

uint32_t DecimalDigits(const BigInteger& value) {
  if (mpz_sgn(value.get()) == 0) return 0;
  const auto digits = static_cast<uint32_t>(mpz_sizeinbase(value.get(), 10));  // exact or one too large
  return mpz_cmpabs(value.get(), BigInteger::PowerOf10(digits - 1).get()) < 0 ? digits - 1 : digits;
}

// ---- Decimal

Decimal::Decimal(std::string_view packed) {
  switch (packed[0]) {
    case kNaN: kind = Kind::kNaN; return;
    case kInfinity: kind = Kind::kInfinity; return;
    case kMinusInfinity: kind = Kind::kMinusInfinity; return;
    case kSmall:
      scale = UnpackScale(packed);
      small = UnpackSmall(packed);
      return;
    default:
      scale = UnpackScale(packed);
      is_small = false;
      mpz_import(big.get(), (packed.size() - kHeader) / 8, -1, 8, 0, 0, packed.data() + kHeader);
      if (packed[0] == kBigNegative) mpz_neg(big.get(), big.get());
      return;
  }
}

Decimal Decimal::Big(BigInteger unscaled, int scale) {
  Decimal value;
  value.scale = scale;
  value.is_small = unscaled.Fits(&value.small);
  if (!value.is_small) value.big = std::move(unscaled);
  return value;
}

int Decimal::sign() const {
  if (kind != Kind::kFinite) return kind == Kind::kMinusInfinity ? -1 : 1;
  return is_small ? (small > 0) - (small < 0) : mpz_sgn(big.get());
}

std::string Decimal::Pack() const {
  switch (kind) {
    case Kind::kNaN: return std::string(1, kNaN);
    case Kind::kInfinity: return std::string(1, kInfinity);
    case Kind::kMinusInfinity: return std::string(1, kMinusInfinity);
    case Kind::kFinite: break;
  }
  if (scale > kNumericMaxScale) throw SqlError(sqlstate::kNumericValueOutOfRange, "value overflows numeric format");
  if (is_small) {
    char bytes[kHeader + 17];
    return std::string(bytes, PackSmall(small, scale, bytes));
  }
  const size_t limbs = mpz_size(big.get());
  // Cheap bound first: a limb is at most 19.3 digits.
  if (limbs * 20 > static_cast<size_t>(kNumericMaxIntegerDigits + scale) &&
      DecimalDigits(big) > static_cast<uint32_t>(kNumericMaxIntegerDigits + scale)) {
    throw SqlError(sqlstate::kNumericValueOutOfRange, "value overflows numeric format");
  }
  std::string packed(kHeader + limbs * 8, '\0');
  packed[0] = static_cast<char>(mpz_sgn(big.get()) < 0 ? kBigNegative : kBigPositive);
  packed[1] = static_cast<char>(scale & 0xFF);
  packed[2] = static_cast<char>(scale >> 8);
  mpz_export(packed.data() + kHeader, nullptr, -1, 8, 0, 0, big.get());
  return packed;
}

// ---- packed values

std::string PackNumeric(int64_t unscaled, int scale) { return PackNumeric(static_cast<__int128>(unscaled), scale); }
std::string PackNumeric(__int128 unscaled, int scale) {
  char bytes[kHeader + 17];
  return std::string(bytes, PackSmall(unscaled, scale, bytes));
}

StringRef AddPackedNumeric(__int128 unscaled, int scale, Vector& out) {
  char bytes[kHeader + 17];
  return out.AddString({bytes, PackSmall(unscaled, scale, bytes)});
}

bool UnpackSmallNumeric(std::string_view packed, __int128* unscaled, int* scale) {
  if (packed[0] != kSmall) return false;
  *unscaled = UnpackSmall(packed);
  *scale = UnpackScale(packed);
  return true;
}

bool NumericToScaled(std::string_view packed, int scale, __int128* out) {
  if (packed[0] == kSmall) {
    const int from = UnpackScale(packed);
    const __int128 value = UnpackSmall(packed);
    if (from == scale) {
      *out = value;
      return true;
    }
    if (from < scale) return MultiplyByPowerOf10(value, scale - from, out);
    if (from - scale > 38) {
      *out = 0;
      return value == 0;
    }
    const __int128 power = kPowersOf10[from - scale];
    *out = value / power;
    return *out * power == value;
  }
  if (packed[0] < kBigPositive) return false;
  const Decimal value(packed);
  if (value.scale <= scale) return false;  // more than 128 bits, and growing
  const BigInteger power = BigInteger::PowerOf10(value.scale - scale);
  if (!mpz_divisible_p(value.big.get(), power.get())) return false;
  BigInteger quotient;
  mpz_divexact(quotient.get(), value.big.get(), power.get());
  return quotient.Fits(out);
}

std::string ApplyNumericTypmod(std::string_view packed, int32_t typmod) {
  const NumericTypmod limit = DecodeNumericTypmod(typmod);
  if (limit.precision == 0 || packed[0] == kNaN) return std::string(packed);
  if (packed[0] == kInfinity || packed[0] == kMinusInfinity) {
    throw SqlError(sqlstate::kNumericValueOutOfRange, "numeric field overflow")
        .Detail(Format("A field with precision %d, scale %d cannot hold an infinite value.", limit.precision, limit.scale));
  }
  Decimal value = Round(Decimal(packed), limit.scale);
  if (limit.scale >= 0) value.scale = limit.scale;
  const int digits = value.is_small ? DecimalDigits(static_cast<unsigned __int128>(value.small < 0 ? -value.small : value.small))
                                    : static_cast<int>(DecimalDigits(value.big));
  if (value.sign() != 0 && digits - value.scale > limit.precision - limit.scale) {
    const int integer_digits = limit.precision - limit.scale;
    throw SqlError(sqlstate::kNumericValueOutOfRange, "numeric field overflow")
        .Detail(Format("A field with precision %d, scale %d must round to an absolute value less than %s%d.", limit.precision, limit.scale,
                       integer_digits != 0 ? "10^" : "", integer_digits != 0 ? integer_digits : 1));
  }
  return value.Pack();
}

int CompareNumeric(std::string_view a, std::string_view b) {
  if (a[0] == kSmall && b[0] == kSmall) {
    const int a_scale = UnpackScale(a), b_scale = UnpackScale(b);
    if (a_scale == b_scale) {
      const __int128 x = UnpackSmall(a), y = UnpackSmall(b);
      return (x > y) - (x < y);
    }
  }
  return Compare(Decimal(a), Decimal(b));
}

uint64_t HashDecimal(__int128 unscaled, int scale) {
  if (unscaled == 0) return Mix(0, 0);
  if (unscaled >= INT64_MIN && unscaled <= INT64_MAX) {
    auto narrow = static_cast<int64_t>(unscaled);
    while (narrow % 10 == 0) {
      narrow /= 10;
      --scale;
    }
    return Mix(static_cast<uint64_t>(narrow), static_cast<uint64_t>(scale));
  }
  while (unscaled % 10 == 0) {
    unscaled /= 10;
    --scale;
  }
  // A wide value that was only blanks behind the point must hash as its narrow form.
  if (unscaled >= INT64_MIN && unscaled <= INT64_MAX) return Mix(static_cast<uint64_t>(unscaled), static_cast<uint64_t>(scale));
  return Mix(static_cast<uint64_t>(unscaled) ^ Mix(static_cast<uint64_t>(unscaled >> 64), 1), static_cast<uint64_t>(scale));
}

uint64_t HashNumeric(std::string_view packed) {
  if (packed[0] == kSmall) return HashDecimal(UnpackSmall(packed), UnpackScale(packed));
  if (packed[0] < kBigPositive) return Mix(static_cast<uint64_t>(packed[0]), 0x5bd1e995);
  Decimal value(packed);
  BigInteger ten(10);
  const auto zeros = static_cast<int>(mpz_remove(value.big.get(), value.big.get(), ten.get()));
  value.scale -= zeros;
  __int128 narrow;
  if (value.big.Fits(&narrow)) return HashDecimal(narrow, value.scale);
  uint64_t hash = Mix(static_cast<uint64_t>(value.scale), static_cast<uint64_t>(mpz_sgn(value.big.get())));
  for (size_t i = 0; i < mpz_size(value.big.get()); ++i) hash = Mix(hash, mpz_getlimbn(value.big.get(), static_cast<mp_size_t>(i)));
  return hash;
}

double NumericToDouble(std::string_view packed) {
  if (packed[0] == kSmall) {
    const __int128 value = UnpackSmall(packed);
    const int scale = UnpackScale(packed);
    // Both exact in a double: the quotient is correctly rounded.
    if (scale <= 22 && value > -(int64_t{1} << 53) && value < int64_t{1} << 53) {
      return static_cast<double>(static_cast<int64_t>(value)) / static_cast<double>(static_cast<__int128>(kPowersOf10[scale]));
    }
  }
  if (packed[0] == kNaN) return std::nan("");
  if (packed[0] == kInfinity) return HUGE_VAL;
  if (packed[0] == kMinusInfinity) return -HUGE_VAL;
  return std::strtod(NumericToText(packed).c_str(), nullptr);
}

int64_t NumericToInt64(std::string_view a) {
  if (a[0] == kNaN) throw SqlError(sqlstate::kFeatureNotSupported, "cannot convert NaN to bigint");
  if (a[0] == kInfinity || a[0] == kMinusInfinity) throw SqlError(sqlstate::kFeatureNotSupported, "cannot convert infinity to bigint");
  const Decimal rounded = Round(Decimal(a), 0);
  if (!rounded.is_small || rounded.small < INT64_MIN || rounded.small > INT64_MAX) {
    throw SqlError(sqlstate::kNumericValueOutOfRange, "bigint out of range");
  }
  return static_cast<int64_t>(rounded.small);
}

std::string NumericFromInt64(int64_t value) { return PackNumeric(value, 0); }

std::string NumericAdd(std::string_view a, std::string_view b) { return Add(Decimal(a), Decimal(b)).Pack(); }
std::string NumericSubtract(std::string_view a, std::string_view b) { return Subtract(Decimal(a), Decimal(b)).Pack(); }
std::string NumericMultiply(std::string_view a, std::string_view b) { return Multiply(Decimal(a), Decimal(b)).Pack(); }
std::string NumericDivide(std::string_view a, std::string_view b) { return Divide(Decimal(a), Decimal(b)).Pack(); }
std::string NumericModulo(std::string_view a, std::string_view b) { return Modulo(Decimal(a), Decimal(b)).Pack(); }
std::string NumericNegate(std::string_view a) { return Negate(Decimal(a)).Pack(); }
std::string NumericRound(std::string_view a, int scale) { return Round(Decimal(a), scale).Pack(); }
std::string NumericTrunc(std::string_view a, int scale) { return Trunc(Decimal(a), scale).Pack(); }

}  // namespace gather
