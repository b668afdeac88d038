// Decimal: one numeric value unpacked for calculation, and the integer arithmetic below it.
//
// A finite value is integer / 10^scale; the integer lies in `small` while it fits 128 bits, else in `big` (GMP). Used inside
// types/numeric*.cc and the numeric kernels; everything else sees packed bytes (types/numeric.h). Pure; thread-safe.
#pragma once

#include <gmp.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "types/numeric.h"

namespace gather {

inline constexpr int kNumericMaxDisplayScale = 1000;          // of results PostgreSQL chooses a scale for
inline constexpr int kNumericMinSignificantDigits = 16;
inline constexpr int kNumericMaxScale = 16383;                // of any value
inline constexpr int kNumericMaxIntegerDigits = 131072;

// RAII over mpz_t.
class BigInteger {
 public:
  BigInteger() { mpz_init(value_); }
  explicit BigInteger(__int128 number) : BigInteger() { Set(number); }
  BigInteger(const BigInteger& other) { mpz_init_set(value_, other.value_); }
  BigInteger(BigInteger&& other) noexcept : BigInteger() { mpz_swap(value_, other.value_); }
  BigInteger& operator=(const BigInteger& other) { mpz_set(value_, other.value_); return *this; }
  BigInteger& operator=(BigInteger&& other) noexcept { mpz_swap(value_, other.value_); return *this; }
  ~BigInteger() { mpz_clear(value_); }
  void Set(__int128 number);
  bool Fits(__int128* number) const;                           // false: needs more than 128 bits
  mpz_ptr get() { return value_; }
  mpz_srcptr get() const { return value_; }
  static BigInteger PowerOf10(uint32_t exponent);

 private:
  mpz_t value_;
};

struct Decimal {
  enum class Kind : uint8_t { kFinite, kNaN, kInfinity, kMinusInfinity };
  Kind kind = Kind::kFinite;
  bool is_small = true;
  int scale = 0;
  __int128 small = 0;
  BigInteger big;

  Decimal() = default;
  explicit Decimal(__int128 unscaled, int scale_) : scale(scale_), small(unscaled) {}
  explicit Decimal(std::string_view packed);
  static Decimal Special(Kind kind) { Decimal value; value.kind = kind; return value; }
  static Decimal Big(BigInteger unscaled, int scale);          // normalises

  bool finite() const { return kind == Kind::kFinite; }
  int sign() const;                                            // of a finite value or infinity
  BigInteger Integer() const { return is_small ? BigInteger(small) : big; }
  std::string Pack() const;                                    // 22003 when it overflows the format
};

// value * 10^by; false on overflow of 128 bits.
bool MultiplyByPowerOf10(__int128 value, int by, __int128* out);
// Rounds half away from zero.
__int128 DivideRounded(__int128 value, __int128 divisor);
void DivideRounded(const BigInteger& value, const BigInteger& divisor, BigInteger* out);
uint32_t DecimalDigits(const BigInteger& value);               // of |value|, exact; 0 for 0

Decimal Add(const Decimal& a, const Decimal& b);
Decimal Subtract(const Decimal& a, const Decimal& b);
Decimal Multiply(const Decimal& a, const Decimal& b);
Decimal Divide(const Decimal& a, const Decimal& b);            // PostgreSQL's result scale
Decimal DivideToScale(const Decimal& a, const Decimal& b, int scale, bool round);  // finite, b not zero
Decimal Modulo(const Decimal& a, const Decimal& b);
Decimal Negate(Decimal a);
Decimal Round(const Decimal& a, int scale);
Decimal Trunc(const Decimal& a, int scale);
int Compare(const Decimal& a, const Decimal& b);
// The scale PostgreSQL gives a / b (select_div_scale).
int DivisionScale(const Decimal& a, const Decimal& b);
// Where the first base-10000 digit stands (PostgreSQL's weight), and that digit; 0, 0 for zero.
struct LeadingDigit { int weight; int digit; };
LeadingDigit FirstDigit(const Decimal& a);

// types/numeric_math.cc
Decimal Sqrt(const Decimal& a);
Decimal Exp(const Decimal& a);
Decimal Ln(const Decimal& a);
Decimal Log(const Decimal& base, const Decimal& a);
Decimal Power(const Decimal& base, const Decimal& exponent);

}  // namespace gather
