// ExactSum: a sum of doubles without rounding, so that neither the order of the rows nor how they were divided among participants changes a bit of it
// (R. Neal, "Fast exact summation using small and large superaccumulators", 2015).
//
// A fixed-point number of 32-bit digits in 64-bit integers: 2^30 values are added before carries must be passed on. Only the digits that the values so far
// reach are kept: a few for numbers of one order of magnitude, 68 at most. Infinities and NaN are counted beside.
#pragma once

#include <cstdint>
#include <memory>

namespace gather::catalog {

// As exact as the hardware and the compiler's library get: 113 bits.
__extension__ using Quad = __float128;

class ExactSum {
 public:
  void Add(double value);
  void AddProduct(double a, double b);           // a * b, but for digits beyond a double's range
  void Merge(ExactSum& from);                    // `from` may change its form, not its value
  // Rounded to the nearest double; infinite when it is too large for one.
  double Value();
  Quad Wide();
  bool finite() const { return !nan_ && !plus_infinity_ && !minus_infinity_; }
  bool any_value() const { return any_; }

 private:
  static constexpr int kBits = 32, kLeastExponent = -1074;
  void Reach(int first, int end);                // digits [first, end) exist
  void Carry();
  // Digits of the magnitude, after Carry; returns whether the sum is negative.
  bool Magnitude(uint32_t* digits, int* top) const;

  std::unique_ptr<int64_t[]> digits_;            // digit i weighs 2^(32 * (first_ + i) + kLeastExponent)
  int16_t first_ = 0, count_ = 0;
  uint32_t pending_ = 0;                         // values since the last Carry
  bool nan_ = false, plus_infinity_ = false, minus_infinity_ = false;
  bool any_ = false, only_minus_zero_ = true;
};

}  // namespace gather::catalog
