#include "executor/window/range_test.h"

#include <cmath>

#include "types/compare.h"
#include "types/datetime_arithmetic.h"
#include "types/decimal.h"
#include "types/error.h"
#include "types/value_order.h"

namespace gather::executor {

namespace {

constexpr SqlState kInvalidPrecedingOrFollowingSize{"22013"};

[[noreturn]] void ThrowNegative() { throw SqlError(kInvalidPrecedingOrFollowingSize, "invalid preceding or following size in window function"); }

int64_t IntegerAt(const Vector& vector, uint32_t row) {
  switch (vector.physical()) {
    case PhysicalType::kInt16: return vector.View().get<int16_t>(row);
    case PhysicalType::kInt32: return vector.View().get<int32_t>(row);
    default: return vector.View().get<int64_t>(row);
  }
}
double FloatAt(const Vector& vector, uint32_t row) {
  return vector.physical() == PhysicalType::kFloat32 ? vector.View().get<float>(row) : vector.View().get<double>(row);
}

class KeyTest : public RangeTest {
 public:
  explicit KeyTest(RangeBorder border) : border_(border) {}

 protected:
  bool Fits(int comparison) const { return border_.less ? comparison <= 0 : comparison >= 0; }

  const RangeBorder border_;
};

class IntegerTest final : public KeyTest {
 public:
  IntegerTest(const Vector& offset, RangeBorder border) : KeyTest(border), offset_(IntegerAt(offset, 0)) {
    if (offset_ < 0) ThrowNegative();
  }
  bool Within(const Vector& keys, uint32_t row, const Vector& bases, uint32_t base) const override {
    const __int128 sum = static_cast<__int128>(IntegerAt(bases, base)) + (border_.subtract ? -static_cast<__int128>(offset_) : offset_);
    const __int128 value = IntegerAt(keys, row);
    return border_.less ? value <= sum : value >= sum;
  }

 private:
  const int64_t offset_;
};

class FloatTest final : public KeyTest {
 public:
  FloatTest(const Vector& offset, RangeBorder border) : KeyTest(border), offset_(FloatAt(offset, 0)) {
    if (std::isnan(offset_) || offset_ < 0) ThrowNegative();
  }
  // NaN equals NaN and is greater than anything else; no offset leads to or from it.
  bool Within(const Vector& keys, uint32_t row, const Vector& bases, uint32_t base) const override {
    const double value = FloatAt(keys, row), from = FloatAt(bases, base);
    if (std::isnan(value)) return std::isnan(from) || !border_.less;
    if (std::isnan(from)) return border_.less;
    // Infinity less infinity: any value is as near as that.
    if (std::isinf(offset_) && std::isinf(from) && (border_.subtract ? from > 0 : from < 0)) return true;
    return Fits(CompareFloats(value, border_.subtract ? from - offset_ : from + offset_));
  }

 private:
  const double offset_;
};

// Time of day: only the interval's time part counts, and midnight is no border.
class TimeTest final : public KeyTest {
 public:
  TimeTest(const Vector& offset, RangeBorder border) : KeyTest(border), offset_(offset.View().get<Interval>(0).micros) {
    if (offset_ < 0) ThrowNegative();
  }
  bool Within(const Vector& keys, uint32_t row, const Vector& bases, uint32_t base) const override {
    const bool zoned = keys.type().oid == type_oid::kTimetz;
    TimeTz value, sum;
    if (zoned) {
      value = keys.View().get<TimeTz>(row);
      sum = bases.View().get<TimeTz>(base);
    } else {
      value.micros = keys.View().get<int64_t>(row);
      sum.micros = bases.View().get<int64_t>(base);
    }
    if (border_.subtract) {
      sum.micros -= offset_;
    } else if (__builtin_add_overflow(sum.micros, offset_, &sum.micros)) {
      return border_.less;
    }
    return Fits(zoned ? CompareTimetz(value, sum) : CompareNumbers(value.micros, sum.micros));
  }

 private:
  const int64_t offset_;
};

class SumTest final : public KeyTest {
 public:
  using KeyTest::KeyTest;
  bool Within(const Vector& keys, uint32_t row, const Vector& bases, uint32_t base) const override {
    if (keys.type().oid == type_oid::kDate) return Fits(CompareDateTimestamp(keys.View().get<int32_t>(row), bases.View().get<int64_t>(base)));
    return Fits(CompareValues(keys, row, bases, base));  // numeric: whatever the representations
  }
};

}  // namespace

std::unique_ptr<RangeTest> MakeDirectRangeTest(SqlType key, const Vector& offset, RangeBorder border) {
  switch (key.oid) {
    case type_oid::kInt2: case type_oid::kInt4: case type_oid::kInt8: return std::make_unique<IntegerTest>(offset, border);
    case type_oid::kFloat4: case type_oid::kFloat8: return std::make_unique<FloatTest>(offset, border);
    case type_oid::kTime: case type_oid::kTimetz: return std::make_unique<TimeTest>(offset, border);
    default: return nullptr;
  }
}

std::unique_ptr<RangeTest> MakeSumRangeTest(const Vector& offset, RangeBorder border) {
  if (offset.type().oid == type_oid::kInterval) {
    if (CompareIntervals(offset.View().get<Interval>(0), Interval()) < 0) ThrowNegative();
  } else {
    const Decimal number(offset.Get(0).bytes);
    if (number.kind == Decimal::Kind::kNaN || number.sign() < 0) ThrowNegative();
  }
  return std::make_unique<SumTest>(border);
}

}  // namespace gather::executor
