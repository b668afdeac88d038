// count, sum and avg.
//
// The state of sum(numeric) is a 128-bit integer at one scale; rows of int64 vectors are added without a check (2^64 of them fit). It turns
// into a Decimal when 128 bits do not hold a sum, or a row is NaN, infinite or wider.
#include <algorithm>
#include <cmath>
#include <memory>
#include <vector>

#include "catalog/functions/aggregate_kernels.h"
#include "catalog/functions/numeric_kernels.h"
#include "types/datetime_arithmetic.h"
#include "types/error.h"
#include "types/numeric.h"

namespace gather::catalog {

namespace {
// ---- count

struct CountState { int64_t rows = 0; };

void CountUpdate(FunctionContext&, std::span<const Vector>, uint32_t rows, void** states) {
  for (uint32_t i = 0; i < rows; ++i) ++StateAt<CountState>(states, i).rows;
}
void CountUpdateOne(FunctionContext&, std::span<const Vector>, uint32_t rows, void* state) { static_cast<CountState*>(state)->rows += rows; }
void CountRunning(FunctionContext&, std::span<const Vector>, uint32_t rows, void* state, void** copies) {
  int64_t& count = static_cast<CountState*>(state)->rows;
  for (uint32_t i = 0; i <= rows; ++i) StateAt<CountState>(copies, i).rows = count + i;
  count += rows;
}
void CountCombine(FunctionContext&, void** sources, void** targets, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) StateAt<CountState>(targets, i).rows += StateAt<CountState>(sources, i).rows;
}
void CountFinalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
  for (uint32_t i = 0; i < count; ++i) result.data<int64_t>()[i] = StateAt<CountState>(states, i).rows;
}

// ---- integers

template <class T>
struct SumToInt8 {
  using Value = T;
  struct State { int64_t sum = 0; int64_t rows = 0; };
  static void Add(State& state, T value) {
    state.sum += value;
    ++state.rows;
  }
  static void Merge(State& into, State& from) {
    if (__builtin_add_overflow(into.sum, from.sum, &into.sum)) throw SqlError(sqlstate::kNumericValueOutOfRange, "bigint out of range");
    into.rows += from.rows;
  }
  static void Final(State& state, Vector& result, uint32_t row) {
    if (state.rows == 0) result.SetNull(row); else result.data<int64_t>()[row] = state.sum;
  }
};

template <class T>
struct WideSum {
  using Value = T;
  struct State { __int128 sum = 0; int64_t rows = 0; };
  static void Add(State& state, T value) {
    state.sum += value;
    ++state.rows;
  }
  static void Merge(State& into, State& from) {
    into.sum += from.sum;
    into.rows += from.rows;
  }
  static void Final(State&, Vector&, uint32_t) {}
};

// ---- numeric

struct NumericSum {
  __int128 sum = 0;
  int64_t rows = 0;
  int32_t scale = 0;                   // of `sum`: the largest seen
  // What 128 bits do not hold; null while there is nothing of it. Added to `sum` at the end.
  struct Beyond {
    Decimal sum{0, 0};
    int64_t nans = 0, infinities = 0, minus_infinities = 0;
  };
  std::unique_ptr<Beyond> beyond;

  void CopyFrom(const NumericSum& other) {
    sum = other.sum;
    rows = other.rows;
    scale = other.scale;
    beyond = other.beyond == nullptr ? nullptr : std::make_unique<Beyond>(*other.beyond);
  }
  Beyond& beyond_sum() {
    if (beyond == nullptr) beyond = std::make_unique<Beyond>();
    return *beyond;
  }
  void Spill() {
    beyond_sum().sum = gather::Add(beyond_sum().sum, Decimal(sum, scale));
    sum = 0;
  }
  void Rescale(int32_t wider) {
    __int128 rescaled;
    if (sum != 0 && !MultiplyByPowerOf10(sum, wider - scale, &rescaled)) {
      Spill();
    } else if (sum != 0) {
      sum = rescaled;
    }
    scale = wider;
  }
  void Add(__int128 value, int32_t value_scale) {
    if (value_scale != scale) [[unlikely]] {
      if (value_scale > scale) {
        Rescale(value_scale);
      } else {
        __int128 rescaled;
        if (!MultiplyByPowerOf10(value, scale - value_scale, &rescaled)) {
          beyond_sum().sum = gather::Add(beyond_sum().sum, Decimal(value, value_scale));
          return;
        }
        value = rescaled;
      }
    }
    __int128 total;
    if (__builtin_add_overflow(sum, value, &total)) [[unlikely]] {
      Spill();
      total = value;
    }
    sum = total;
  }
  void Add(const Decimal& value) {
    if (value.kind == Decimal::Kind::kNaN) {
      ++beyond_sum().nans;
    } else if (value.kind == Decimal::Kind::kInfinity) {
      ++beyond_sum().infinities;
    } else if (value.kind == Decimal::Kind::kMinusInfinity) {
      ++beyond_sum().minus_infinities;
    } else if (value.is_small) {
      Add(value.small, value.scale);
    } else {
      beyond_sum().sum = gather::Add(beyond_sum().sum, value);
      if (value.scale > scale) Rescale(value.scale);
    }
  }
  Decimal Total() const {
    if (beyond == nullptr) return Decimal(sum, scale);
    if (beyond->nans > 0 || (beyond->infinities > 0 && beyond->minus_infinities > 0)) return Decimal::Special(Decimal::Kind::kNaN);
    if (beyond->infinities > 0) return Decimal::Special(Decimal::Kind::kInfinity);
    if (beyond->minus_infinities > 0) return Decimal::Special(Decimal::Kind::kMinusInfinity);
    return gather::Add(beyond->sum, Decimal(sum, scale));
  }
};

// One sum of int64s that cannot overflow 128 bits.
__int128 SumInt64(const VectorView& view, int digits, uint32_t rows) {
  const auto* values = static_cast<const int64_t*>(view.data);
  if (view.mask == 0) return static_cast<__int128>(values[0]) * rows;
  constexpr int kSafeDigits = 15;      // kVectorSize * 10^15 < 2^63
  if (view.indices != nullptr) {
    if (digits <= kSafeDigits && rows <= kVectorSize) {
      int64_t sum = 0;
      for (uint32_t i = 0; i < rows; ++i) sum += values[view.indices[i]];
      return sum;
    }
    __int128 sum = 0;
    for (uint32_t i = 0; i < rows; ++i) sum += values[view.indices[i]];
    return sum;
  }
  if (digits <= kSafeDigits && rows <= kVectorSize) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < rows; ++i) sum += values[i];
    return sum;
  }
  // Halves apart: two sums of 64 bits, neither of which overflows for 2^31 rows.
  int64_t high = 0;
  uint64_t low = 0;
  for (uint32_t i = 0; i < rows; ++i) {
    high += values[i] >> 32;
    low += static_cast<uint32_t>(values[i]);
  }
  return (static_cast<__int128>(high) << 32) + low;
}

void SumNumericUpdate(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
  const Vector& vector = arguments[0];
  const VectorView view = vector.View();
  const int32_t scale = vector.shape().scale;
  if (vector.physical() == PhysicalType::kInt64) {
    for (uint32_t i = 0; i < rows; ++i) {
      auto& state = StateAt<NumericSum>(states, i);
      const int64_t value = view.get<int64_t>(i);
      ++state.rows;
      if (state.scale == scale) [[likely]] state.sum += value; else state.Add(value, scale);
    }
  } else if (vector.physical() == PhysicalType::kInt128) {
    for (uint32_t i = 0; i < rows; ++i) {
      auto& state = StateAt<NumericSum>(states, i);
      ++state.rows;
      state.Add(view.get<__int128>(i), scale);
    }
  } else {
    for (uint32_t i = 0; i < rows; ++i) {
      auto& state = StateAt<NumericSum>(states, i);
      ++state.rows;
      __int128 value;
      int value_scale;
      const std::string_view packed = view.get<StringRef>(i).view();
      if (UnpackSmallNumeric(packed, &value, &value_scale)) state.Add(value, value_scale); else state.Add(Decimal(packed));
    }
  }
}

void SumNumericUpdateOne(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, void* state_pointer) {
  const Vector& vector = arguments[0];
  auto& state = *static_cast<NumericSum*>(state_pointer);
  if (vector.physical() == PhysicalType::kInt64) {
    state.rows += rows;
    state.Add(SumInt64(vector.View(), vector.shape().digits, rows), vector.shape().scale);
    return;
  }
  // One state for all rows, through the scattering update in pieces.
  constexpr uint32_t kPiece = 64;
  void* states[kPiece];
  std::fill(states, states + kPiece, state_pointer);
  if (rows <= kPiece) {
    SumNumericUpdate(context, arguments, rows, states);
    return;
  }
  const VectorView view = vector.View();
  for (uint32_t i = 0; i < rows; ++i) {
    ++state.rows;
    if (vector.physical() == PhysicalType::kInt128) state.Add(view.get<__int128>(i), vector.shape().scale); else state.Add(DecimalAt(vector, view, i));
  }
}

void SumNumericRunning(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void* state_pointer, void** copies) {
  auto& state = *static_cast<NumericSum*>(state_pointer);
  StateAt<NumericSum>(copies, 0).CopyFrom(state);
  if (rows == 0) return;
  const Vector& vector = arguments[0];
  const VectorView view = vector.View();
  for (uint32_t i = 0; i < rows; ++i) {
    ++state.rows;
    if (vector.physical() == PhysicalType::kInt64) {
      state.Add(view.get<int64_t>(i), vector.shape().scale);
    } else {
      state.Add(DecimalAt(vector, view, i));
    }
    StateAt<NumericSum>(copies, i + 1).CopyFrom(state);
  }
}

void SumNumericCombine(FunctionContext&, void** sources, void** targets, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    auto& into = StateAt<NumericSum>(targets, i);
    const auto& from = StateAt<NumericSum>(sources, i);
    if (from.rows == 0) continue;
    into.rows += from.rows;
    into.Add(from.sum, from.scale);
    if (from.beyond == nullptr) continue;
    auto& beyond = into.beyond_sum();
    beyond.sum = gather::Add(beyond.sum, from.beyond->sum);
    beyond.nans += from.beyond->nans;
    beyond.infinities += from.beyond->infinities;
    beyond.minus_infinities += from.beyond->minus_infinities;
  }
}

// Results as integers when all have one scale and fit, so that what sorts or calculates with them stays fast.
void PutSums(void** states, uint32_t count, Vector& result, bool (*read)(void*, Decimal*)) {
  std::vector<Decimal> values(count);
  std::vector<bool> nulls(count);
  bool scaled = true;
  int scale = -1, digits = 1;
  for (uint32_t i = 0; i < count; ++i) {
    nulls[i] = !read(states[i], &values[i]);
    if (nulls[i]) continue;
    const Decimal& value = values[i];
    if (scale < 0) scale = value.scale;
    scaled &= value.finite() && value.is_small && value.scale == scale;
    if (scaled) digits = std::max(digits, DecimalDigits(static_cast<unsigned __int128>(value.small < 0 ? -value.small : value.small)));
  }
  scaled &= digits <= 38;
  const PhysicalType physical = scaled ? NumericPhysical(digits) : PhysicalType::kString;
  result.Reset(physical);
  if (scaled) result.set_shape({static_cast<int16_t>(std::max(scale, 0)), static_cast<int16_t>(digits)});
  for (uint32_t i = 0; i < count; ++i) {
    if (nulls[i]) {
      result.SetNull(i);
    } else if (physical == PhysicalType::kInt64) {
      result.data<int64_t>()[i] = static_cast<int64_t>(values[i].small);
    } else if (physical == PhysicalType::kInt128) {
      result.data<__int128>()[i] = values[i].small;
    } else {
      PutDecimal(values[i], result, i);
    }
  }
}

template <class State>
bool ReadSum(void* state, Decimal* value) {
  const auto& sum = *static_cast<State*>(state);
  if constexpr (std::is_same_v<State, NumericSum>) *value = sum.Total(); else *value = Decimal(sum.sum, 0);
  return sum.rows > 0;
}
template <class State>
bool ReadAverage(void* state, Decimal* value) {
  Decimal sum;
  if (!ReadSum<State>(state, &sum)) return false;
  *value = Divide(sum, Decimal(static_cast<State*>(state)->rows, 0));
  return true;
}
template <class State>
void FinalizeSum(FunctionContext&, void** states, uint32_t count, Vector& result) { PutSums(states, count, result, ReadSum<State>); }

// Integers that fit into 64 bits, as sums mostly do, need no Decimals.
void FinalizeInt8Sum(FunctionContext& context, void** states, uint32_t count, Vector& result) {
  using State = WideSum<int64_t>::State;
  constexpr __int128 kMost = 999'999'999'999'999'999;        // NumericPhysical: 18 digits
  uint64_t greatest = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const __int128 sum = StateAt<State>(states, i).sum;
    if (sum > kMost || sum < -kMost) return FinalizeSum<State>(context, states, count, result);
    greatest = std::max(greatest, static_cast<uint64_t>(sum < 0 ? -sum : sum));
  }
  result.Reset(PhysicalType::kInt64);
  result.set_shape({0, static_cast<int16_t>(std::max(1, DecimalDigits(static_cast<unsigned __int128>(greatest))))});
  for (uint32_t i = 0; i < count; ++i) {
    const State& state = StateAt<State>(states, i);
    if (state.rows == 0) result.SetNull(i); else result.data<int64_t>()[i] = static_cast<int64_t>(state.sum);
  }
}

template <class State>
void FinalizeAverage(FunctionContext&, void** states, uint32_t count, Vector& result) { PutSums(states, count, result, ReadAverage<State>); }

template <class T, void (*kFinalize)(FunctionContext&, void**, uint32_t, Vector&)>
constexpr AggregateKernels WideKernels() {
  AggregateKernels kernels = UnaryAggregate<WideSum<T>>::kKernels;
  kernels.finalize = kFinalize;
  return kernels;
}

constexpr AggregateKernels NumericKernels(void (*finalize)(FunctionContext&, void**, uint32_t, Vector&)) {
  return {sizeof(NumericSum), InitializeState<NumericSum>, SumNumericUpdate, SumNumericUpdateOne, SumNumericCombine, finalize, DestroyStates<NumericSum>, false,
          SumNumericRunning};
}

// ---- floats: added in the order they come, as PostgreSQL does

template <class T>
struct FloatSum {
  using Value = T;
  struct State { T sum = 0; int64_t rows = 0; };
  static void AddTo(T& sum, T value) {
    const T total = sum + value;
    if (std::isinf(total) && !std::isinf(sum) && !std::isinf(value)) throw SqlError(sqlstate::kNumericValueOutOfRange, "value out of range: overflow");
    sum = total;
  }
  static void Add(State& state, T value) {
    // The first value itself: -0 stays -0.
    if (state.rows++ == 0) state.sum = value; else AddTo(state.sum, value);
  }
  static void Merge(State& into, State& from) {
    if (from.rows == 0) return;
    if (into.rows == 0) into.sum = from.sum; else AddTo(into.sum, from.sum);
    into.rows += from.rows;
  }
  static void Final(State& state, Vector& result, uint32_t row) {
    if (state.rows == 0) result.SetNull(row); else result.data<T>()[row] = state.sum;
  }
};

template <class T>
struct FloatAverage {
  using Value = T;
  using State = FloatSum<double>::State;
  static void Add(State& state, T value) { FloatSum<double>::Add(state, static_cast<double>(value)); }
  static void Merge(State& into, State& from) { FloatSum<double>::Merge(into, from); }
  static void Final(State& state, Vector& result, uint32_t row) {
    if (state.rows == 0) result.SetNull(row); else result.data<double>()[row] = state.sum / static_cast<double>(state.rows);
  }
};

// ---- interval

struct IntervalSum {
  using Value = Interval;
  struct State { Interval sum; int64_t rows = 0; };
  static void Add(State& state, const Interval& value) {
    state.sum = AddIntervals(state.sum, value);
    ++state.rows;
  }
  static void Merge(State& into, State& from) {
    into.sum = AddIntervals(into.sum, from.sum);
    into.rows += from.rows;
  }
  static void Final(State& state, Vector& result, uint32_t row) {
    if (state.rows == 0) result.SetNull(row); else result.data<Interval>()[row] = state.sum;
  }
};
struct IntervalAverage : IntervalSum {
  static void Final(State& state, Vector& result, uint32_t row) {
    if (state.rows == 0) result.SetNull(row); else result.data<Interval>()[row] = DivideInterval(state.sum, static_cast<double>(state.rows));
  }
};
}  // namespace

const AggregateKernels kSumInterval = UnaryAggregate<IntervalSum>::kKernels, kAvgInterval = UnaryAggregate<IntervalAverage>::kKernels;
const AggregateKernels kCountRows = {sizeof(CountState), InitializeState<CountState>, CountUpdate, CountUpdateOne, CountCombine, CountFinalize, nullptr, false, CountRunning};
const AggregateKernels kSumInt2 = UnaryAggregate<SumToInt8<int16_t>>::kKernels;
const AggregateKernels kSumInt4 = UnaryAggregate<SumToInt8<int32_t>>::kKernels;
const AggregateKernels kSumInt8 = WideKernels<int64_t, FinalizeInt8Sum>();
const AggregateKernels kSumNumeric = NumericKernels(FinalizeSum<NumericSum>);
const AggregateKernels kSumFloat4 = UnaryAggregate<FloatSum<float>>::kKernels;
const AggregateKernels kSumFloat8 = UnaryAggregate<FloatSum<double>>::kKernels;
const AggregateKernels kAvgInt2 = WideKernels<int16_t, FinalizeAverage<WideSum<int16_t>::State>>();
const AggregateKernels kAvgInt4 = WideKernels<int32_t, FinalizeAverage<WideSum<int32_t>::State>>();
const AggregateKernels kAvgInt8 = WideKernels<int64_t, FinalizeAverage<WideSum<int64_t>::State>>();
const AggregateKernels kAvgNumeric = NumericKernels(FinalizeAverage<NumericSum>);
const AggregateKernels kAvgFloat4 = UnaryAggregate<FloatAverage<float>>::kKernels;
const AggregateKernels kAvgFloat8 = UnaryAggregate<FloatAverage<double>>::kKernels;

}  // namespace gather::catalog
