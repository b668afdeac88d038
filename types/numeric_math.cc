// Square root, exponential, logarithm and power of numerics, at the scales PostgreSQL chooses (src/backend/utils/adt/numeric.c).
//
// Calculated in GMP floats wide enough that the last digit shown is right.
#include <algorithm>
#include <cmath>

#include "types/decimal.h"
#include "types/error.h"

namespace gather {

namespace {
constexpr int kMaxResultScale = 2 * 1000;    // PostgreSQL's NUMERIC_MAX_RESULT_SCALE
constexpr int kMaxWeight = 0x7FFF;
constexpr double kLn10 = 2.302585092994046, kLog10E = 0.434294481903252;
constexpr int kGuardDigits = 24;

// RAII over mpf_t.
class Float {
 public:
  explicit Float(mp_bitcnt_t bits) { mpf_init2(value_, bits); }
  Float(const Float& other) {
    mpf_init2(value_, mpf_get_prec(other.value_));
    mpf_set(value_, other.value_);
  }
  Float& operator=(const Float& other) { mpf_set(value_, other.value_); return *this; }
  ~Float() { mpf_clear(value_); }
  mpf_ptr get() { return value_; }
  mpf_srcptr get() const { return value_; }

 private:
  mpf_t value_;
};

mp_bitcnt_t BitsFor(int decimal_digits) { return static_cast<mp_bitcnt_t>((std::max(decimal_digits, 0) + kGuardDigits) * 3.3219281) + 64; }

Float ToFloat(const Decimal& a, mp_bitcnt_t bits) {
  Float value(bits), power(bits);
  mpf_set_z(value.get(), a.Integer().get());
  if (a.scale > 0) {
    mpf_set_z(power.get(), BigInteger::PowerOf10(a.scale).get());
    mpf_div(value.get(), value.get(), power.get());
  }
  return value;
}

Decimal FromFloat(const Float& a, int scale) {
  const mp_bitcnt_t bits = mpf_get_prec(a.get()) + 64;
  Float scaled(bits), half(64);
  mpf_set_z(scaled.get(), BigInteger::PowerOf10(scale).get());
  mpf_mul(scaled.get(), scaled.get(), a.get());
  mpf_set_d(half.get(), mpf_sgn(a.get()) < 0 ? -0.5 : 0.5);
  mpf_add(scaled.get(), scaled.get(), half.get());
  BigInteger rounded;
  mpz_set_f(rounded.get(), scaled.get());
  return Decimal::Big(std::move(rounded), scale);
}

// 2 * atanh(t) for small |t|.
Float TwiceAtanh(const Float& t) {
  const mp_bitcnt_t bits = mpf_get_prec(t.get());
  Float sum = t, power = t, square(bits), term(bits);
  mpf_mul(square.get(), t.get(), t.get());
  for (unsigned long k = 3;; k += 2) {
    mpf_mul(power.get(), power.get(), square.get());
    if (mpf_sgn(power.get()) == 0) break;
    mpf_div_ui(term.get(), power.get(), k);
    long sum_exponent, term_exponent;
    mpf_get_d_2exp(&sum_exponent, sum.get());
    mpf_get_d_2exp(&term_exponent, term.get());
    if (sum_exponent - term_exponent > static_cast<long>(bits)) break;
    mpf_add(sum.get(), sum.get(), term.get());
  }
  mpf_mul_2exp(sum.get(), sum.get(), 1);
  return sum;
}

Float Ln2(mp_bitcnt_t bits) {
  Float third(bits);
  mpf_set_ui(third.get(), 1);
  mpf_div_ui(third.get(), third.get(), 3);
  return TwiceAtanh(third);
}

Float LnOf(const Float& a) {
  const mp_bitcnt_t bits = mpf_get_prec(a.get());
  // a = m * 2^e with m near 1.
  long exponent;
  const double fraction = mpf_get_d_2exp(&exponent, a.get());
  if (fraction < 0.70710678) --exponent;
  Float m(bits + 64);
  if (exponent >= 0) mpf_div_2exp(m.get(), a.get(), exponent); else mpf_mul_2exp(m.get(), a.get(), -exponent);
  // Square roots bring m closer to 1, where the series is short; each costs one doubling at the end. Not when it is already close.
  constexpr int kRoots = 6;
  Float one(64);
  mpf_set_ui(one.get(), 1);
  Float difference(bits + 64);
  mpf_sub(difference.get(), m.get(), one.get());
  int roots = 0;
  if (std::fabs(mpf_get_d(difference.get())) > 0.01) {
    for (; roots < kRoots; ++roots) mpf_sqrt(m.get(), m.get());
  }
  Float t(bits + 64), sum(bits + 64);
  mpf_sub(t.get(), m.get(), one.get());
  mpf_add(sum.get(), m.get(), one.get());
  mpf_div(t.get(), t.get(), sum.get());
  Float result = TwiceAtanh(t);
  mpf_mul_2exp(result.get(), result.get(), roots);
  if (exponent != 0) {
    Float ln2 = Ln2(bits + 64);
    if (exponent > 0) mpf_mul_ui(ln2.get(), ln2.get(), exponent); else mpf_mul_ui(ln2.get(), ln2.get(), -exponent);
    if (exponent > 0) mpf_add(result.get(), result.get(), ln2.get()); else mpf_sub(result.get(), result.get(), ln2.get());
  }
  return result;
}

Float ExpOf(const Float& a) {
  const mp_bitcnt_t bits = mpf_get_prec(a.get()) + 64;
  // a = n * ln 2 + r, then r halved until the series is short.
  Float ln2 = Ln2(bits), quotient(bits);
  mpf_div(quotient.get(), a.get(), ln2.get());
  const double estimate = mpf_get_d(quotient.get());
  const long n = std::lround(estimate);
  Float r(bits), product(bits);
  mpf_mul_ui(product.get(), ln2.get(), static_cast<unsigned long>(n < 0 ? -n : n));
  if (n >= 0) mpf_sub(r.get(), a.get(), product.get()); else mpf_add(r.get(), a.get(), product.get());
  constexpr int kHalvings = 12;
  mpf_div_2exp(r.get(), r.get(), kHalvings);
  Float sum(bits), term(bits);
  mpf_set_ui(sum.get(), 1);
  mpf_set_ui(term.get(), 1);
  for (unsigned long k = 1;; ++k) {
    mpf_mul(term.get(), term.get(), r.get());
    mpf_div_ui(term.get(), term.get(), k);
    if (mpf_sgn(term.get()) == 0) break;
    long exponent;
    mpf_get_d_2exp(&exponent, term.get());
    if (-exponent > static_cast<long>(bits)) break;
    mpf_add(sum.get(), sum.get(), term.get());
  }
  for (int i = 0; i < kHalvings; ++i) mpf_mul(sum.get(), sum.get(), sum.get());
  if (n >= 0) mpf_mul_2exp(sum.get(), sum.get(), n); else mpf_div_2exp(sum.get(), sum.get(), -n);
  return sum;
}

int ClampScale(int scale) { return std::clamp(scale, 0, kNumericMaxDisplayScale); }

// log10 of |a| as double, good for any magnitude.
double Log10(const Decimal& a) {
  long exponent;
  const double fraction = mpz_get_d_2exp(&exponent, a.Integer().get());
  return std::log10(std::fabs(fraction)) + static_cast<double>(exponent) * 0.30102999566398120 - a.scale;
}

// The leading base-10000 digits of `a`, at most `words` of them and none of the trailing zeros, as one number; its last word stands at
// 10^(*exponent). PostgreSQL's estimates start from these.
void LeadingWords(const Decimal& a, int words, double* digits, int* exponent) {
  const LeadingDigit first = FirstDigit(a);
  *digits = first.digit;
  *exponent = first.weight * 4;
  BigInteger magnitude = a.Integer();
  mpz_abs(magnitude.get(), magnitude.get());
  for (int i = 1; i < words; ++i) {
    const int place = 4 * (first.weight - i);
    const int below = a.scale + place;  // decimal digits of the integer behind this word; negative: part of it is padding
    if (below <= -4) return;
    BigInteger rest;
    mpz_tdiv_r(rest.get(), magnitude.get(), BigInteger::PowerOf10(below + 4).get());
    if (mpz_sgn(rest.get()) == 0) return;
    if (below >= 0) mpz_tdiv_q(rest.get(), rest.get(), BigInteger::PowerOf10(below).get());
    else mpz_mul(rest.get(), rest.get(), BigInteger::PowerOf10(-below).get());
    *digits = *digits * 10000 + static_cast<double>(mpz_get_ui(rest.get()));
    *exponent = place;
  }
}

// PostgreSQL's estimate_ln_dweight: the decimal weight of ln(a).
int LnWeight(const Decimal& a) {
  if (a.sign() <= 0) return 0;
  if (Compare(a, Decimal(9, 1)) >= 0 && Compare(a, Decimal(11, 1)) <= 0) {
    const Decimal difference = Subtract(a, Decimal(1, 0));
    if (difference.sign() == 0) return 0;
    const LeadingDigit first = FirstDigit(difference);
    return first.weight * 4 + static_cast<int>(std::log10(static_cast<double>(first.digit)));
  }
  double digits;
  int exponent;
  LeadingWords(a, 2, &digits, &exponent);
  const double ln = std::log(digits) + exponent * kLn10;
  return static_cast<int>(std::log10(std::fabs(ln)));
}

[[noreturn]] void ThrowOverflow() { throw SqlError(sqlstate::kNumericValueOutOfRange, "value overflows numeric format"); }

void CheckLogarithm(const Decimal& a) {
  if (a.sign() == 0) throw SqlError(sqlstate::kInvalidArgumentForLogarithm, "cannot take logarithm of zero");
  if (a.sign() < 0) throw SqlError(sqlstate::kInvalidArgumentForLogarithm, "cannot take logarithm of a negative number");
}

Float LnToDigits(const Decimal& a, int digits) {
  // Digits lost when a is close to 1: the difference is exact, so its relative precision is what counts.
  return LnOf(ToFloat(a, BitsFor(digits + std::max(0, -LnWeight(a)) + a.scale)));
}

// At 16 digits behind the point, or the base's: PostgreSQL 15 does not look at the exponent's scale, nor at the result's size.
Decimal PowerInteger(const Decimal& base, int exponent) {
  const int scale = ClampScale(std::max(kNumericMinSignificantDigits, base.scale));
  double weight = 0;
  if (base.sign() != 0) {
    double digits;
    int place;
    LeadingWords(base, 4, &digits, &place);
    weight = exponent * (std::log10(digits) + place);
  }
  if (weight > (kMaxWeight + 1) * 4.0) ThrowOverflow();
  if (base.sign() != 0 && (weight + 1 < -scale || weight + 1 < -kNumericMaxDisplayScale)) return Decimal(0, scale);
  switch (exponent) {
    case 0: return Round(Decimal(1, 0), scale);
    case 1: return Round(base, scale);
    case -1:
      if (base.sign() == 0) throw SqlError(sqlstate::kDivisionByZero, "division by zero");
      return DivideToScale(Decimal(1, 0), base, scale, true);
    case 2: return Round(Multiply(base, base), scale);
    default: break;
  }
  if (base.sign() == 0) {
    if (exponent < 0) throw SqlError(sqlstate::kDivisionByZero, "division by zero");
    return Decimal(0, scale);
  }
  // base^|n| = integer^|n| / 10^(scale * |n|)
  const unsigned long times = exponent < 0 ? -static_cast<unsigned long>(static_cast<long>(exponent)) : static_cast<unsigned long>(exponent);
  const BigInteger integer = base.Integer();
  const double exact_bits = static_cast<double>(mpz_sizeinbase(integer.get(), 2)) * static_cast<double>(times);
  constexpr double kMostExactBits = 4e6;
  if (exact_bits < kMostExactBits && static_cast<double>(base.scale) * static_cast<double>(times) < kMostExactBits) {
    BigInteger power;
    mpz_pow_ui(power.get(), integer.get(), times);
    const auto places = static_cast<uint32_t>(base.scale * times);
    BigInteger top, bottom, result;
    if (exponent > 0) {
      mpz_mul(top.get(), power.get(), BigInteger::PowerOf10(scale).get());
      bottom = BigInteger::PowerOf10(places);
    } else {
      top = BigInteger::PowerOf10(places + static_cast<uint32_t>(scale));
      bottom = std::move(power);
    }
    DivideRounded(top, bottom, &result);
    return Decimal::Big(std::move(result), scale);
  }
  const int digits = scale + std::max(0, static_cast<int>(weight)) + static_cast<int>(std::log10(static_cast<double>(times))) + 8;
  Float value = ToFloat(base, BitsFor(digits + base.scale));
  mpf_pow_ui(value.get(), value.get(), times);
  if (exponent < 0) mpf_ui_div(value.get(), 1, value.get());
  return FromFloat(value, scale);
}
}  // namespace

Decimal Sqrt(const Decimal& a) {
  if (!a.finite()) {
    if (a.kind == Decimal::Kind::kMinusInfinity) throw SqlError(sqlstate::kInvalidArgumentForPowerFunction, "cannot take square root of a negative number");
    return a;
  }
  if (a.sign() < 0) throw SqlError(sqlstate::kInvalidArgumentForPowerFunction, "cannot take square root of a negative number");
  const int weight = FirstDigit(a).weight;
  const int result_weight = weight >= 0 ? weight * 4 / 2 + 1 : 1 - (-weight * 4) / 2;
  const int scale = ClampScale(std::max(kNumericMinSignificantDigits - result_weight, a.scale));
  // floor(sqrt(a * 10^(2 (scale + 1)))), then rounded by its last digit: a square root is never exactly half way.
  BigInteger value = a.Integer();
  const int shift = 2 * (scale + 1) - a.scale;
  if (shift >= 0) mpz_mul(value.get(), value.get(), BigInteger::PowerOf10(shift).get());
  else mpz_tdiv_q(value.get(), value.get(), BigInteger::PowerOf10(-shift).get());
  mpz_sqrt(value.get(), value.get());
  return Round(Decimal::Big(std::move(value), scale + 1), scale);
}

Decimal Exp(const Decimal& a) {
  if (!a.finite()) return a.kind == Decimal::Kind::kMinusInfinity ? Decimal(0, 0) : a;
  const double value = mpf_get_d(ToFloat(a, 128).get());
  const double weight = std::clamp(value * kLog10E, -static_cast<double>(kMaxResultScale), static_cast<double>(kMaxResultScale));
  const int scale = ClampScale(std::max(kNumericMinSignificantDigits - static_cast<int>(weight), a.scale));
  if (std::fabs(value) >= kMaxResultScale * 3) {
    if (value > 0) ThrowOverflow();
    return Decimal(0, scale);
  }
  return FromFloat(ExpOf(ToFloat(a, BitsFor(scale + std::max(0, static_cast<int>(value * kLog10E)) + 10))), scale);
}

Decimal Ln(const Decimal& a) {
  if (a.kind == Decimal::Kind::kNaN) return a;
  CheckLogarithm(a);
  if (!a.finite()) return a;
  const int scale = ClampScale(std::max(kNumericMinSignificantDigits - LnWeight(a), a.scale));
  return FromFloat(LnToDigits(a, scale + 10), scale);
}

Decimal Log(const Decimal& base, const Decimal& a) {
  if (base.kind == Decimal::Kind::kNaN || a.kind == Decimal::Kind::kNaN) return Decimal::Special(Decimal::Kind::kNaN);
  // With an infinity involved PostgreSQL tells a negative number before a zero, else the base before the number.
  if (!base.finite() || !a.finite()) CheckLogarithm(base.sign() < 0 || a.sign() >= 0 ? base : a);
  CheckLogarithm(base);
  CheckLogarithm(a);
  if (!base.finite()) return a.finite() ? Decimal(0, 0) : Decimal::Special(Decimal::Kind::kNaN);
  if (!a.finite()) return a;
  const int scale = ClampScale(std::max({kNumericMinSignificantDigits - (LnWeight(a) - LnWeight(base)), base.scale, a.scale}));
  const Float bottom = LnToDigits(base, scale + 20);
  if (mpf_sgn(bottom.get()) == 0) throw SqlError(sqlstate::kDivisionByZero, "division by zero");
  Float result = LnToDigits(a, scale + 20);
  mpf_div(result.get(), result.get(), bottom.get());
  return FromFloat(result, scale);
}

Decimal Power(const Decimal& base, const Decimal& exponent) {
  using Kind = Decimal::Kind;
  const Decimal one(1, 0);
  const bool base_is_nan = base.kind == Kind::kNaN, exponent_is_nan = exponent.kind == Kind::kNaN;
  if (base_is_nan || exponent_is_nan) {
    // As POSIX pow(): NaN ^ 0 and 1 ^ NaN are 1.
    if (exponent.finite() && exponent.sign() == 0) return one;
    if (base.finite() && Compare(base, one) == 0) return one;
    return Decimal::Special(Kind::kNaN);
  }
  const bool integral = exponent.finite() && Compare(Trunc(exponent, 0), exponent) == 0;
  if (base.finite() && base.sign() == 0 && exponent.sign() < 0) {
    throw SqlError(sqlstate::kInvalidArgumentForPowerFunction, "zero raised to a negative power is undefined");
  }
  if (base.sign() < 0 && exponent.finite() && !integral) {
    throw SqlError(sqlstate::kInvalidArgumentForPowerFunction, "a negative number raised to a non-integer power yields a complex result");
  }
  if (!base.finite() || !exponent.finite()) {
    if (base.finite() && Compare(base, one) == 0) return one;
    if (exponent.finite() && exponent.sign() == 0) return one;
    if (base.finite() && base.sign() == 0) return Decimal(0, 0);
    if (!exponent.finite()) {
      if (base.finite() && Compare(base, Decimal(-1, 0)) == 0) return one;
      const Decimal magnitude = base.sign() < 0 ? Negate(base) : base;
      const bool grows = Compare(magnitude, one) > 0;
      return grows == (exponent.sign() > 0) ? Decimal::Special(Kind::kInfinity) : Decimal(0, 0);
    }
    if (exponent.sign() < 0) return Decimal(0, 0);
    if (base.sign() > 0) return Decimal::Special(Kind::kInfinity);
    const Decimal half = Modulo(exponent, Decimal(2, 0));
    return half.sign() != 0 ? Decimal::Special(Kind::kMinusInfinity) : Decimal::Special(Kind::kInfinity);
  }
  if (integral) {
    const Decimal whole = Trunc(exponent, 0);
    if (whole.is_small && whole.small >= INT32_MIN && whole.small <= INT32_MAX) {
      return PowerInteger(base, static_cast<int>(whole.small));
    }
  }
  if (base.sign() == 0) return Decimal(0, kNumericMinSignificantDigits);
  const bool negative = base.sign() < 0 && Modulo(exponent, Decimal(2, 0)).sign() != 0;
  const Decimal magnitude = base.sign() < 0 ? Negate(base) : base;
  // ln(base) to about eight digits, times the exponent, rounded as PostgreSQL rounds: the result's scale is taken from it.
  const int rough_scale = ClampScale(8 - LnWeight(magnitude));
  const Decimal rough = Round(Multiply(FromFloat(LnToDigits(magnitude, rough_scale + 10), rough_scale), exponent), rough_scale);
  double value = mpf_get_d(ToFloat(rough, 128).get());
  if (std::fabs(value) > kMaxResultScale * 3.01) {
    if (value > 0) ThrowOverflow();
    return Decimal(0, kNumericMaxDisplayScale);
  }
  value *= kLog10E;
  const int scale = ClampScale(std::max({kNumericMinSignificantDigits - static_cast<int>(value), base.scale, exponent.scale}));
  const int digits = scale + std::max(0, static_cast<int>(value)) + static_cast<int>(std::max(0.0, Log10(exponent))) + 20;
  Float power = LnToDigits(magnitude, digits);
  mpf_mul(power.get(), power.get(), ToFloat(exponent, BitsFor(digits)).get());
  const Decimal result = FromFloat(ExpOf(power), scale);
  return negative ? Negate(result) : result;
}

}  // namespace gather
