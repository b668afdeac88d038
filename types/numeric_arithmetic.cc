#include <algorithm>

#include "types/decimal.h"
#include "types/error.h"

namespace gather {

namespace {
constexpr int kDigitsPerWord = 4;  // PostgreSQL counts in base 10000: its weights, hence its scales, come in fours

[[noreturn]] void ThrowDivisionByZero() { throw SqlError(sqlstate::kDivisionByZero, "division by zero"); }

Decimal Nan() { return Decimal::Special(Decimal::Kind::kNaN); }
Decimal Infinity(int sign) { return Decimal::Special(sign < 0 ? Decimal::Kind::kMinusInfinity : Decimal::Kind::kInfinity); }
bool IsNan(const Decimal& a) { return a.kind == Decimal::Kind::kNaN; }

unsigned __int128 Magnitude(__int128 value) {
  return value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value);
}

// |a| as integer with `by` more decimal places.
BigInteger Scaled(const Decimal& a, int by) {
  BigInteger value = a.Integer();
  if (by > 0) mpz_mul(value.get(), value.get(), BigInteger::PowerOf10(by).get());
  return value;
}

int FloorDivide(int a, int b) { return a >= 0 ? a / b : -((-a + b - 1) / b); }

template <bool kSubtract>
Decimal AddOrSubtract(const Decimal& a, const Decimal& b) {
  if (!a.finite() || !b.finite()) {
    if (IsNan(a) || IsNan(b)) return Nan();
    const int b_sign = b.finite() ? 0 : (kSubtract ? -b.sign() : b.sign());
    const int a_sign = a.finite() ? 0 : a.sign();
    if (a_sign != 0 && b_sign != 0 && a_sign != b_sign) return Nan();
    return Infinity(a_sign != 0 ? a_sign : b_sign);
  }
  const int scale = std::max(a.scale, b.scale);
  __int128 x, y, sum;
  if (a.is_small && b.is_small && MultiplyByPowerOf10(a.small, scale - a.scale, &x) && MultiplyByPowerOf10(b.small, scale - b.scale, &y) &&
      !(kSubtract ? __builtin_sub_overflow(x, y, &sum) : __builtin_add_overflow(x, y, &sum))) {
    return Decimal(sum, scale);
  }
  BigInteger result = Scaled(a, scale - a.scale);
  const BigInteger other = Scaled(b, scale - b.scale);
  if (kSubtract) mpz_sub(result.get(), result.get(), other.get()); else mpz_add(result.get(), result.get(), other.get());
  return Decimal::Big(std::move(result), scale);
}

template <bool kHalfAway>
Decimal ReduceScale(const Decimal& a, int scale) {
  if (!a.finite()) return a;
  // PostgreSQL clamps what a caller may ask for.
  scale = std::clamp(scale, -kNumericMaxIntegerDigits - 1, kNumericMaxScale);
  const int shown = std::max(scale, 0);
  if (scale >= a.scale) {
    if (scale == a.scale) return a;
    __int128 widened;
    if (a.is_small && MultiplyByPowerOf10(a.small, scale - a.scale, &widened)) return Decimal(widened, scale);
    return Decimal::Big(Scaled(a, scale - a.scale), scale);
  }
  const int drop = a.scale - scale;
  if (a.is_small) {
    if (drop > 38) return Decimal(0, shown);
    const __int128 power = kPowersOf10[drop];
    const __int128 quotient = kHalfAway ? DivideRounded(a.small, power) : a.small / power;
    __int128 restored;
    if (scale >= 0) return Decimal(quotient, shown);
    if (MultiplyByPowerOf10(quotient, -scale, &restored)) return Decimal(restored, 0);
    Decimal rounded(quotient, 0);
    return Decimal::Big(Scaled(rounded, -scale), 0);
  }
  const BigInteger power = BigInteger::PowerOf10(drop);
  BigInteger quotient;
  if (kHalfAway) DivideRounded(a.big, power, &quotient); else mpz_tdiv_q(quotient.get(), a.big.get(), power.get());
  if (scale < 0) mpz_mul(quotient.get(), quotient.get(), BigInteger::PowerOf10(-scale).get());
  return Decimal::Big(std::move(quotient), shown);
}
}  // namespace

bool MultiplyByPowerOf10(__int128 value, int by, __int128* out) {
  if (by == 0) {
    *out = value;
    return true;
  }
  if (by > 38) {
    *out = 0;
    return value == 0;
  }
  return !__builtin_mul_overflow(value, kPowersOf10[by], out);
}

__int128 DivideRounded(__int128 value, __int128 divisor) {
  const __int128 quotient = value / divisor, rest = value % divisor;
  // 2|rest| >= |divisor|, without overflow.
  const unsigned __int128 magnitude = Magnitude(rest), bound = Magnitude(divisor);
  if (magnitude == 0 || magnitude < bound - magnitude) return quotient;
  return quotient + ((value < 0) == (divisor < 0) ? 1 : -1);
}

void DivideRounded(const BigInteger& value, const BigInteger& divisor, BigInteger* out) {
  BigInteger rest;
  mpz_tdiv_qr(out->get(), rest.get(), value.get(), divisor.get());
  mpz_mul_2exp(rest.get(), rest.get(), 1);
  if (mpz_sgn(rest.get()) == 0 || mpz_cmpabs(rest.get(), divisor.get()) < 0) return;
  if ((mpz_sgn(value.get()) < 0) == (mpz_sgn(divisor.get()) < 0)) {
    mpz_add_ui(out->get(), out->get(), 1);
  } else {
    mpz_sub_ui(out->get(), out->get(), 1);
  }
}

Decimal Add(const Decimal& a, const Decimal& b) { return AddOrSubtract<false>(a, b); }
Decimal Subtract(const Decimal& a, const Decimal& b) { return AddOrSubtract<true>(a, b); }

Decimal Multiply(const Decimal& a, const Decimal& b) {
  if (!a.finite() || !b.finite()) {
    if (IsNan(a) || IsNan(b)) return Nan();
    const int sign = a.sign() * b.sign();
    return sign == 0 ? Nan() : Infinity(sign);
  }
  const int scale = a.scale + b.scale;
  __int128 product;
  Decimal result;
  if (a.is_small && b.is_small && !__builtin_mul_overflow(a.small, b.small, &product)) {
    result = Decimal(product, scale);
  } else {
    BigInteger wide = a.Integer();
    mpz_mul(wide.get(), wide.get(), b.Integer().get());
    result = Decimal::Big(std::move(wide), scale);
  }
  return scale > kNumericMaxScale ? Round(result, kNumericMaxScale) : result;
}

LeadingDigit FirstDigit(const Decimal& a) {
  if (a.sign() == 0) return {0, 0};
  const int digits = a.is_small ? DecimalDigits(Magnitude(a.small)) : static_cast<int>(DecimalDigits(a.big));
  const int exponent = digits - a.scale - 1;
  const int weight = FloorDivide(exponent, kDigitsPerWord);
  const int taken = exponent - kDigitsPerWord * weight + 1;  // decimal digits in the first word: 1..4
  if (a.is_small) {
    const unsigned __int128 magnitude = Magnitude(a.small);
    if (taken >= digits) return {weight, static_cast<int>(static_cast<int64_t>(magnitude) * static_cast<int64_t>(kPowersOf10[taken - digits]))};
    return {weight, static_cast<int>(magnitude / static_cast<unsigned __int128>(kPowersOf10[digits - taken]))};
  }
  BigInteger first;
  mpz_tdiv_q(first.get(), a.big.get(), BigInteger::PowerOf10(digits - taken).get());
  return {weight, static_cast<int>(mpz_get_ui(first.get()))};
}

int DivisionScale(const Decimal& a, const Decimal& b) {
  const LeadingDigit x = FirstDigit(a), y = FirstDigit(b);
  int weight = x.weight - y.weight;
  if (x.digit <= y.digit) --weight;
  const int scale = std::max({kNumericMinSignificantDigits - weight * kDigitsPerWord, a.scale, b.scale, 0});
  return std::min(scale, kNumericMaxDisplayScale);
}

Decimal DivideToScale(const Decimal& a, const Decimal& b, int scale, bool round) {
  // a / 10^sa / (b / 10^sb) * 10^scale = a * 10^(scale - sa + sb) / b
  const int shift = scale - a.scale + b.scale;
  __int128 numerator, denominator = b.small;
  if (a.is_small && b.is_small && shift >= 0 && MultiplyByPowerOf10(a.small, shift, &numerator)) {
    return Decimal(round ? DivideRounded(numerator, denominator) : numerator / denominator, scale);
  }
  const BigInteger top = Scaled(a, shift), bottom = Scaled(b, -shift);
  BigInteger quotient;
  if (round) DivideRounded(top, bottom, &quotient); else mpz_tdiv_q(quotient.get(), top.get(), bottom.get());
  return Decimal::Big(std::move(quotient), scale);
}

Decimal Divide(const Decimal& a, const Decimal& b) {
  if (!a.finite() || !b.finite()) {
    if (IsNan(a) || IsNan(b)) return Nan();
    if (!a.finite() && !b.finite()) return Nan();
    if (a.finite()) return Decimal(0, 0);
    if (b.sign() == 0) ThrowDivisionByZero();
    return Infinity(a.sign() * b.sign());
  }
  if (b.sign() == 0) ThrowDivisionByZero();
  return DivideToScale(a, b, DivisionScale(a, b), true);
}

Decimal Modulo(const Decimal& a, const Decimal& b) {
  if (!a.finite() || !b.finite()) {
    if (IsNan(a) || IsNan(b)) return Nan();
    if (!a.finite()) {
      if (b.finite() && b.sign() == 0) ThrowDivisionByZero();
      return Nan();
    }
    return a;
  }
  if (b.sign() == 0) ThrowDivisionByZero();
  const int scale = std::max(a.scale, b.scale);
  __int128 x, y;
  if (a.is_small && b.is_small && MultiplyByPowerOf10(a.small, scale - a.scale, &x) && MultiplyByPowerOf10(b.small, scale - b.scale, &y)) {
    return Decimal(y == -1 ? 0 : x % y, scale);
  }
  BigInteger rest = Scaled(a, scale - a.scale);
  mpz_tdiv_r(rest.get(), rest.get(), Scaled(b, scale - b.scale).get());
  return Decimal::Big(std::move(rest), scale);
}

Decimal Negate(Decimal a) {
  switch (a.kind) {
    case Decimal::Kind::kNaN: return a;
    case Decimal::Kind::kInfinity: return Infinity(-1);
    case Decimal::Kind::kMinusInfinity: return Infinity(1);
    case Decimal::Kind::kFinite: break;
  }
  __int128 negated;
  if (a.is_small && !__builtin_sub_overflow(static_cast<__int128>(0), a.small, &negated)) return Decimal(negated, a.scale);
  BigInteger wide = a.Integer();
  mpz_neg(wide.get(), wide.get());
  return Decimal::Big(std::move(wide), a.scale);
}

Decimal Round(const Decimal& a, int scale) { return ReduceScale<true>(a, scale); }
Decimal Trunc(const Decimal& a, int scale) { return ReduceScale<false>(a, scale); }

int Compare(const Decimal& a, const Decimal& b) {
  if (!a.finite() || !b.finite()) {
    const auto rank = [](const Decimal& value) {
      switch (value.kind) {
        case Decimal::Kind::kMinusInfinity: return -1;
        case Decimal::Kind::kFinite: return 0;
        case Decimal::Kind::kInfinity: return 1;
        default: return 2;
      }
    };
    return rank(a) - rank(b);
  }
  const int scale = std::max(a.scale, b.scale);
  __int128 x, y;
  if (a.is_small && b.is_small && MultiplyByPowerOf10(a.small, scale - a.scale, &x) && MultiplyByPowerOf10(b.small, scale - b.scale, &y)) {
    return (x > y) - (x < y);
  }
  const int order = mpz_cmp(Scaled(a, scale - a.scale).get(), Scaled(b, scale - b.scale).get());
  return (order > 0) - (order < 0);
}

}  // namespace gather
