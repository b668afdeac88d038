#include "catalog/functions/exact_sum.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

namespace gather::catalog {

namespace {
constexpr uint32_t kMostPending = 1u << 30;
constexpr int kMostDigits = 80;
constexpr int64_t kDigitMask = 0xFFFFFFFF;
}  // namespace

void ExactSum::Reach(int first, int end) {
  const int old_first = count_ == 0 ? first : first_, old_end = count_ == 0 ? end : first_ + count_;
  if (count_ != 0 && first >= old_first && end <= old_end) return;
  // One digit of slack on each side: the next values are probably near.
  const int new_first = std::min(old_first, first - 1), new_end = std::max(old_end, end + 1);
  auto digits = std::make_unique<int64_t[]>(static_cast<size_t>(new_end - new_first));
  for (int i = 0; i < count_; ++i) digits[static_cast<size_t>(first_ - new_first + i)] = digits_[static_cast<size_t>(i)];
  digits_ = std::move(digits);
  first_ = static_cast<int16_t>(new_first);
  count_ = static_cast<int16_t>(new_end - new_first);
}

void ExactSum::Add(double value) {
  const auto bits = std::bit_cast<uint64_t>(value);
  const int exponent = static_cast<int>(bits >> 52 & 0x7FF);
  uint64_t mantissa = bits & ((uint64_t{1} << 52) - 1);
  const bool negative = bits >> 63 != 0;
  any_ = true;
  only_minus_zero_ = only_minus_zero_ && bits == uint64_t{1} << 63;
  if (exponent == 0x7FF) {
    (mantissa != 0 ? nan_ : negative ? minus_infinity_ : plus_infinity_) = true;
    return;
  }
  if (exponent != 0) mantissa |= uint64_t{1} << 52;
  if (mantissa == 0) return;
  const int position = exponent == 0 ? 0 : exponent - 1, digit = position / kBits;
  if (count_ == 0 || digit < first_ || digit + 3 > first_ + count_) Reach(digit, digit + 3);
  const unsigned __int128 shifted = static_cast<unsigned __int128>(mantissa) << (position % kBits);
  const auto low = static_cast<int64_t>(static_cast<uint64_t>(shifted) & kDigitMask);
  const auto middle = static_cast<int64_t>(static_cast<uint64_t>(shifted >> 32) & kDigitMask);
  const auto high = static_cast<int64_t>(static_cast<uint64_t>(shifted >> 64));
  int64_t* at = digits_.get() + (digit - first_);
  if (negative) {
    at[0] -= low;
    at[1] -= middle;
    at[2] -= high;
  } else {
    at[0] += low;
    at[1] += middle;
    at[2] += high;
  }
  if (++pending_ == kMostPending) Carry();
}

void ExactSum::AddProduct(double a, double b) {
  const double product = a * b;
  Add(product);
  if (std::isfinite(product)) Add(std::fma(a, b, -product));
}

void ExactSum::Carry() {
  pending_ = 0;
  if (count_ == 0) return;
  int64_t carry = 0;
  for (int i = 0; i < count_; ++i) {
    const int64_t value = digits_[static_cast<size_t>(i)] + carry;
    carry = value >> kBits;
    digits_[static_cast<size_t>(i)] = value & kDigitMask;
  }
  // The top digit keeps the sign.
  if (carry != 0 && carry != -1) {
    const int top = first_ + count_;
    Reach(first_, top + 1);
    digits_[static_cast<size_t>(top - first_)] = carry;
  } else if (carry == -1) {
    digits_[static_cast<size_t>(count_ - 1)] -= int64_t{1} << kBits;
  }
}

void ExactSum::Merge(ExactSum& from) {
  nan_ |= from.nan_;
  plus_infinity_ |= from.plus_infinity_;
  minus_infinity_ |= from.minus_infinity_;
  any_ |= from.any_;
  only_minus_zero_ &= from.only_minus_zero_;
  if (from.count_ == 0) return;
  from.Carry();
  Carry();
  Reach(from.first_, from.first_ + from.count_);
  for (int i = 0; i < from.count_; ++i) digits_[static_cast<size_t>(from.first_ - first_ + i)] += from.digits_[static_cast<size_t>(i)];
  // Top digits may be a little larger than others.
  pending_ = 4;
}

bool ExactSum::Magnitude(uint32_t* digits, int* top) const {
  int64_t values[kMostDigits + 2] = {};
  int64_t carry = 0;
  for (int i = 0; i < count_; ++i) {
    const int64_t value = digits_[static_cast<size_t>(i)] + carry;
    carry = value >> kBits;
    values[i] = value & kDigitMask;
  }
  values[count_] = carry;
  const bool negative = carry < 0;
  carry = 0;
  *top = -1;
  for (int i = 0; i <= count_; ++i) {
    const int64_t value = (negative ? -values[i] : values[i]) + carry;
    carry = value >> kBits;
    digits[i] = static_cast<uint32_t>(value & kDigitMask);
    if (digits[i] != 0) *top = i;
  }
  return negative;
}

double ExactSum::Value() {
  if (nan_ || (plus_infinity_ && minus_infinity_)) return std::numeric_limits<double>::quiet_NaN();
  if (plus_infinity_ || minus_infinity_) return plus_infinity_ ? std::numeric_limits<double>::infinity() : -std::numeric_limits<double>::infinity();
  uint32_t digits[kMostDigits + 2];
  int top;
  const bool negative = Magnitude(digits, &top);
  if (top < 0) return any_ && only_minus_zero_ ? -0.0 : 0.0;
  // 64 bits from the first one set; whether any follow goes into the last, so that the conversion rounds as it would with all of them.
  const auto digit = [&digits](int i) -> uint64_t { return i < 0 ? 0 : digits[i]; };
  const int shift = std::countl_zero(digits[top]);
  const unsigned __int128 window = static_cast<unsigned __int128>(digit(top)) << 64 | static_cast<unsigned __int128>(digit(top - 1)) << 32 | digit(top - 2);
  const unsigned __int128 aligned = window << shift;   // 96 bits
  auto bits = static_cast<uint64_t>(aligned >> 32);
  bool rest = static_cast<uint32_t>(aligned) != 0;
  for (int i = top - 3; i >= 0 && !rest; --i) rest = digits[i] != 0;
  bits |= rest ? 1 : 0;
  const double value = std::ldexp(static_cast<double>(bits), kBits * (first_ + top - 1) + kLeastExponent - shift);
  return negative ? -value : value;
}

Quad ExactSum::Wide() {
  uint32_t digits[kMostDigits + 2];
  int top;
  const bool negative = Magnitude(digits, &top);
  Quad value = 0;
  int last = top;
  for (; last >= 0 && last > top - 5; --last) value = value * 4294967296.0 + digits[last];
  // Two steps: the weight alone may lie outside a double's range.
  const int exponent = kBits * (first_ + last + 1) + kLeastExponent;
  value *= std::ldexp(1.0, exponent / 2);
  value *= std::ldexp(1.0, exponent - exponent / 2);
  return negative ? -value : value;
}

}  // namespace gather::catalog
