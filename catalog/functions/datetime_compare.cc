#include <functional>

#include "catalog/functions/datetime_kernels.h"
#include "catalog/functions/kernels.h"
#include "catalog/functions/row_loops.h"
#include "types/datetime_arithmetic.h"
#include "types/datetime_fields.h"
#include "types/io_settings.h"

namespace gather::catalog {
namespace {

template <class T, class Op>
void Compare(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  BinaryKernel<T, T, uint8_t, Op>(context, arguments, rows, result);
}

template <class T>
void CompareThreeWay(std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  BinaryLoop<T, T>(arguments[0], arguments[1], rows, result.data<int32_t>(), [](T a, T b) { return a < b ? -1 : static_cast<int32_t>(a > b); });
}

template <class T>
void Pick(std::span<const Vector> arguments, uint32_t rows, Vector& result, bool larger) {
  if (larger) {
    BinaryLoop<T, T>(arguments[0], arguments[1], rows, result.data<T>(), [](T a, T b) { return a > b ? a : b; });
  } else {
    BinaryLoop<T, T>(arguments[0], arguments[1], rows, result.data<T>(), [](T a, T b) { return a < b ? a : b; });
  }
}

// test(order of a and b) for types with a three-way comparison.
template <class A, class B, class R, class Order, class Test>
void CompareBy(std::span<const Vector> arguments, uint32_t rows, Vector& result, Order order, Test test) {
  MapRows<R, A, B>(arguments[0], arguments[1], rows, result, [&](const A& a, const B& b) { return static_cast<R>(test(order(a, b))); });
}

}  // namespace

GATHER_KERNEL(DateEqual) { Compare<int32_t, std::equal_to<>>(context, arguments, rows, result); }
GATHER_KERNEL(DateNotEqual) { Compare<int32_t, std::not_equal_to<>>(context, arguments, rows, result); }
GATHER_KERNEL(DateLess) { Compare<int32_t, std::less<>>(context, arguments, rows, result); }
GATHER_KERNEL(DateLessOrEqual) { Compare<int32_t, std::less_equal<>>(context, arguments, rows, result); }
GATHER_KERNEL(DateGreater) { Compare<int32_t, std::greater<>>(context, arguments, rows, result); }
GATHER_KERNEL(DateGreaterOrEqual) { Compare<int32_t, std::greater_equal<>>(context, arguments, rows, result); }
GATHER_KERNEL(DateCompare) { CompareThreeWay<int32_t>(arguments, rows, result); }
GATHER_KERNEL(DateLarger) { Pick<int32_t>(arguments, rows, result, true); }
GATHER_KERNEL(DateSmaller) { Pick<int32_t>(arguments, rows, result, false); }

GATHER_KERNEL(TimeEqual) { Compare<int64_t, std::equal_to<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimeNotEqual) { Compare<int64_t, std::not_equal_to<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimeLess) { Compare<int64_t, std::less<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimeLessOrEqual) { Compare<int64_t, std::less_equal<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimeGreater) { Compare<int64_t, std::greater<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimeGreaterOrEqual) { Compare<int64_t, std::greater_equal<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimeCompare) { CompareThreeWay<int64_t>(arguments, rows, result); }
GATHER_KERNEL(TimeLarger) { Pick<int64_t>(arguments, rows, result, true); }
GATHER_KERNEL(TimeSmaller) { Pick<int64_t>(arguments, rows, result, false); }

GATHER_KERNEL(TimestampEqual) { Compare<int64_t, std::equal_to<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimestampNotEqual) { Compare<int64_t, std::not_equal_to<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimestampLess) { Compare<int64_t, std::less<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimestampLessOrEqual) { Compare<int64_t, std::less_equal<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimestampGreater) { Compare<int64_t, std::greater<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimestampGreaterOrEqual) { Compare<int64_t, std::greater_equal<>>(context, arguments, rows, result); }
GATHER_KERNEL(TimestampCompare) { CompareThreeWay<int64_t>(arguments, rows, result); }
GATHER_KERNEL(TimestampLarger) { Pick<int64_t>(arguments, rows, result, true); }
GATHER_KERNEL(TimestampSmaller) { Pick<int64_t>(arguments, rows, result, false); }

// The six comparisons and the three-way one, by an order of two values.
#define GATHER_COMPARISONS(Name, A, B, order)                                                                                                        \
  GATHER_KERNEL(Name##Equal) { CompareBy<A, B, uint8_t>(arguments, rows, result, order, [](int sign) { return sign == 0; }); } \
  GATHER_KERNEL(Name##NotEqual) { CompareBy<A, B, uint8_t>(arguments, rows, result, order, [](int sign) { return sign != 0; }); } \
  GATHER_KERNEL(Name##Less) { CompareBy<A, B, uint8_t>(arguments, rows, result, order, [](int sign) { return sign < 0; }); } \
  GATHER_KERNEL(Name##LessOrEqual) { CompareBy<A, B, uint8_t>(arguments, rows, result, order, [](int sign) { return sign <= 0; }); } \
  GATHER_KERNEL(Name##Greater) { CompareBy<A, B, uint8_t>(arguments, rows, result, order, [](int sign) { return sign > 0; }); } \
  GATHER_KERNEL(Name##GreaterOrEqual) { CompareBy<A, B, uint8_t>(arguments, rows, result, order, [](int sign) { return sign >= 0; }); } \
  GATHER_KERNEL(Name##Compare) { CompareBy<A, B, int32_t>(arguments, rows, result, order, [](int sign) { return sign; }); }

GATHER_COMPARISONS(Timetz, TimeTz, TimeTz, CompareTimetz)
GATHER_COMPARISONS(Interval, Interval, Interval, CompareIntervals)
GATHER_COMPARISONS(DateTimestamp, int32_t, int64_t, CompareDateTimestamp)
GATHER_COMPARISONS(TimestampDate, int64_t, int32_t, [](int64_t timestamp, int32_t date) { return -CompareDateTimestamp(date, timestamp); })
GATHER_COMPARISONS(DateTimestamptz, int32_t, int64_t,
                   [&zone = ZoneOf(*context.io)](int32_t date, int64_t timestamp) { return CompareDateTimestamptz(date, timestamp, zone); })
GATHER_COMPARISONS(TimestamptzDate, int64_t, int32_t,
                   [&zone = ZoneOf(*context.io)](int64_t timestamp, int32_t date) { return -CompareDateTimestamptz(date, timestamp, zone); })
GATHER_COMPARISONS(TimestampTimestamptz, int64_t, int64_t,
                   [&zone = ZoneOf(*context.io)](int64_t local, int64_t instant) { return CompareTimestampTimestamptz(local, instant, zone); })
GATHER_COMPARISONS(TimestamptzTimestamp, int64_t, int64_t,
                   [&zone = ZoneOf(*context.io)](int64_t instant, int64_t local) { return -CompareTimestampTimestamptz(local, instant, zone); })
#undef GATHER_COMPARISONS

GATHER_KERNEL(TimetzLarger) {
  MapRows<TimeTz, TimeTz, TimeTz>(arguments[0], arguments[1], rows, result, [](const TimeTz& a, const TimeTz& b) { return CompareTimetz(a, b) > 0 ? a : b; });
}
GATHER_KERNEL(TimetzSmaller) {
  MapRows<TimeTz, TimeTz, TimeTz>(arguments[0], arguments[1], rows, result, [](const TimeTz& a, const TimeTz& b) { return CompareTimetz(a, b) < 0 ? a : b; });
}
GATHER_KERNEL(IntervalLarger) {
  MapRows<Interval, Interval, Interval>(arguments[0], arguments[1], rows, result,
                                        [](const Interval& a, const Interval& b) { return CompareIntervals(a, b) > 0 ? a : b; });
}
GATHER_KERNEL(IntervalSmaller) {
  MapRows<Interval, Interval, Interval>(arguments[0], arguments[1], rows, result,
                                        [](const Interval& a, const Interval& b) { return CompareIntervals(a, b) < 0 ? a : b; });
}

namespace {

// One bound of a period; may be null.
template <class T>
struct Bound {
  bool null = true;
  T value{};
};

// (s1, e1) OVERLAPS (s2, e2) with SQL's rules for nulls. Returns 1, 0, or -1 for null.
template <class T, class Less>
int Overlaps(Bound<T> s1, Bound<T> e1, Bound<T> s2, Bound<T> e2, Less less) {
  // A period with one bound has it as its start; otherwise the lesser is the start.
  const auto arrange = [&less](Bound<T>& start, Bound<T>& end) {
    if (start.null) {
      if (end.null) return false;
      std::swap(start, end);
    } else if (!end.null && less(end.value, start.value)) {
      std::swap(start, end);
    }
    return true;
  };
  if (!arrange(s1, e1) || !arrange(s2, e2)) return -1;
  const bool after = less(s2.value, s1.value), before = less(s1.value, s2.value);
  if (!after && !before) return e1.null || e2.null ? -1 : 1;
  const Bound<T>& later_start = after ? s1 : s2;
  const Bound<T>& earlier_end = after ? e2 : e1;
  const Bound<T>& later_end = after ? e1 : e2;
  if (earlier_end.null) return -1;
  if (less(later_start.value, earlier_end.value)) return 1;
  return later_end.null ? -1 : 0;
}

template <class T, class Less, class Add>
void OverlapsRows(std::span<const Vector> arguments, uint32_t rows, Vector& result, Less less, Add add) {
  VectorView views[4];
  for (int i = 0; i < 4; ++i) views[i] = arguments[i].View();
  const auto bound = [&](int i, uint32_t row) -> Bound<T> {
    if (!views[i].valid(row)) return {};
    if (arguments[i].type().oid != type_oid::kInterval) return {false, views[i].get<T>(row)};
    // The end is a length: null when the start is.
    if (i == 0 || !views[i - 1].valid(row)) return {};
    return {false, add(views[i - 1].get<T>(row), views[i].get<Interval>(row))};
  };
  for (uint32_t row = 0; row < rows; ++row) {
    const int overlap = Overlaps(bound(0, row), bound(1, row), bound(2, row), bound(3, row), less);
    if (overlap < 0) result.SetNull(row);
    result.data<uint8_t>()[row] = overlap > 0;
  }
}

}  // namespace

GATHER_KERNEL(OverlapsTime) {
  OverlapsRows<int64_t>(arguments, rows, result, std::less<>(), [](int64_t time, const Interval& length) { return AddToTime(time, length.micros); });
}
GATHER_KERNEL(OverlapsTimetz) {
  OverlapsRows<TimeTz>(arguments, rows, result, [](const TimeTz& a, const TimeTz& b) { return CompareTimetz(a, b) < 0; },
                       [](const TimeTz& time, const Interval& length) { return TimeTz{AddToTime(time.micros, length.micros), time.zone, 0}; });
}
GATHER_KERNEL(OverlapsTimestamp) {
  OverlapsRows<int64_t>(arguments, rows, result, std::less<>(), [](int64_t start, const Interval& length) { return AddToTimestamp(start, length); });
}
GATHER_KERNEL(OverlapsTimestamptz) {
  const TimeZone& zone = ZoneOf(*context.io);
  OverlapsRows<int64_t>(arguments, rows, result, std::less<>(),
                        [&zone](int64_t start, const Interval& length) { return AddToTimestamptz(start, length, zone); });
}

}  // namespace gather::catalog
