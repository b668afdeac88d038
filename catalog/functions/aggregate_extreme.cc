// min and max of every ordered type; bool_and, bool_or, bit_and, bit_or, bit_xor.
//
// On ties the later row wins, as in PostgreSQL (1.0 and 1.00 are equal but look different).
#include <memory>
#include <string>

#include "catalog/functions/aggregate_kernels.h"
#include "types/datetime.h"
#include "types/error.h"
#include "types/numeric.h"
#include "types/value_order.h"

namespace gather::catalog {

namespace {
// ---- fixed-width types

struct NumberOrder {
  template <class T>
  static int Compare(T a, T b) { return CompareNumbers(a, b); }
};
struct FloatOrder {
  template <class T>
  static int Compare(T a, T b) { return CompareFloats(a, b); }
};
struct IntervalOrder {
  static int Compare(const Interval& a, const Interval& b) { return CompareIntervalSpans(a, b); }
};
struct TimeTzOrder {
  static int Compare(const TimeTz& a, const TimeTz& b) { return CompareTimeTz(a, b); }
};

template <class T, class Order, bool kMax>
struct Extreme {
  using Value = T;
  struct State { T value{}; bool any = false; };
  static void Add(State& state, const T& value) {
    const bool keep = state.any && (kMax ? Order::Compare(state.value, value) > 0 : Order::Compare(state.value, value) < 0);
    state.value = keep ? state.value : value;
    state.any = true;
  }
  static void Merge(State& into, State& from) { if (from.any) Add(into, from.value); }
  static void Final(State& state, Vector& result, uint32_t row) {
    if (state.any) result.data<T>()[row] = state.value; else result.SetNull(row);
  }
};

// ---- numeric: integers while all rows come at one scale

struct NumericExtremeState {
  __int128 value = 0;
  int32_t scale = 0;
  bool any = false;
  std::unique_ptr<std::string> packed;  // when set, it is the value
  std::string Packed() const { return packed != nullptr ? *packed : PackNumeric(value, scale); }
};

template <bool kMax>
struct NumericExtreme {
  using State = NumericExtremeState;
  static void AddScaled(State& state, __int128 value, int32_t scale) {
    if (state.any && (state.packed != nullptr || state.scale != scale)) {
      AddPacked(state, PackNumeric(value, scale));
      return;
    }
    const bool keep = state.any && (kMax ? state.value > value : state.value < value);
    if (!keep) state.value = value;
    state.scale = scale;
    state.any = true;
  }
  static void AddPacked(State& state, std::string_view value) {
    if (state.any) {
      const int order = CompareNumeric(state.Packed(), value);
      if (kMax ? order > 0 : order < 0) return;
    }
    state.any = true;
    if (int scale; UnpackSmallNumeric(value, &state.value, &scale)) {
      state.scale = scale;
      state.packed.reset();
    } else {
      state.packed = std::make_unique<std::string>(value);
    }
  }
  template <class StateOf>
  static void Rows(const Vector& vector, uint32_t rows, StateOf state) {
    const VectorView view = vector.View();
    const int32_t scale = vector.shape().scale;
    switch (vector.physical()) {
      case PhysicalType::kInt64:
        for (uint32_t i = 0; i < rows; ++i) AddScaled(state(i), view.get<int64_t>(i), scale);
        break;
      case PhysicalType::kInt128:
        for (uint32_t i = 0; i < rows; ++i) AddScaled(state(i), view.get<__int128>(i), scale);
        break;
      default:
        for (uint32_t i = 0; i < rows; ++i) AddPacked(state(i), view.get<StringRef>(i).view());
        break;
    }
  }
  static void Update(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
    Rows(arguments[0], rows, [states](uint32_t i) -> State& { return StateAt<State>(states, i); });
  }
  static void UpdateOne(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void* state) {
    Rows(arguments[0], rows, [state](uint32_t) -> State& { return *static_cast<State*>(state); });
  }
  static void Combine(FunctionContext&, void** sources, void** targets, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      const State& from = StateAt<State>(sources, i);
      if (!from.any) continue;
      if (from.packed != nullptr) AddPacked(StateAt<State>(targets, i), *from.packed); else AddScaled(StateAt<State>(targets, i), from.value, from.scale);
    }
  }
  static void Finalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
    result.Reset(PhysicalType::kString);
    for (uint32_t i = 0; i < count; ++i) {
      const State& state = StateAt<State>(states, i);
      if (!state.any) result.SetNull(i); else result.data<StringRef>()[i] = result.AddString(state.Packed());
    }
  }
  static constexpr AggregateKernels kKernels = {sizeof(State), InitializeState<State>, Update, UpdateOne, Combine, Finalize, DestroyStates<State>, false};
};

// ---- strings: text, bpchar, arrays

struct StringExtremeState { std::unique_ptr<std::string> value; };

template <bool kMax>
struct StringExtreme {
  using State = StringExtremeState;
  static void Add(State& state, std::string_view value, StringOrder order) {
    if (state.value == nullptr) {
      state.value = std::make_unique<std::string>(value);
      return;
    }
    const int compared = CompareStrings(order, *state.value, value);
    if (kMax ? compared > 0 : compared < 0) return;
    state.value->assign(value);
  }
  static void Update(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, void** states) {
    const StringOrder order = StringOrderOf(context.argument_types[0].oid);
    const VectorView view = arguments[0].View();
    for (uint32_t i = 0; i < rows; ++i) Add(StateAt<State>(states, i), view.get<StringRef>(i).view(), order);
  }
  static void UpdateOne(FunctionContext& context, std::span<const Vector> arguments, uint32_t rows, void* state) {
    if (rows == 0) return;
    // The best of the batch first: one copy per batch.
    const StringOrder order = StringOrderOf(context.argument_types[0].oid);
    const VectorView view = arguments[0].View();
    std::string_view best = view.get<StringRef>(0).view();
    for (uint32_t i = 1; i < rows; ++i) {
      const std::string_view value = view.get<StringRef>(i).view();
      const int compared = CompareStrings(order, best, value);
      if (kMax ? compared <= 0 : compared >= 0) best = value;
    }
    Add(*static_cast<State*>(state), best, order);
  }
  static void Combine(FunctionContext& context, void** sources, void** targets, uint32_t count) {
    const StringOrder order = StringOrderOf(context.argument_types[0].oid);
    for (uint32_t i = 0; i < count; ++i) {
      if (const auto& from = StateAt<State>(sources, i).value; from != nullptr) Add(StateAt<State>(targets, i), *from, order);
    }
  }
  static void Finalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
    for (uint32_t i = 0; i < count; ++i) {
      const auto& value = StateAt<State>(states, i).value;
      if (value == nullptr) result.SetNull(i); else result.data<StringRef>()[i] = result.AddString(*value);
    }
  }
  static constexpr AggregateKernels kKernels = {sizeof(State), InitializeState<State>, Update, UpdateOne, Combine, Finalize, DestroyStates<State>, false};
};

template <bool kMax>
const AggregateKernels* ExtremeKernels(Oid type) {
  if (type == type_oid::kNumeric) return &NumericExtreme<kMax>::kKernels;
  switch (GetType(type).physical) {
    case PhysicalType::kInt16: return &UnaryAggregate<Extreme<int16_t, NumberOrder, kMax>>::kKernels;
    case PhysicalType::kInt32: return &UnaryAggregate<Extreme<int32_t, NumberOrder, kMax>>::kKernels;
    case PhysicalType::kInt64: return &UnaryAggregate<Extreme<int64_t, NumberOrder, kMax>>::kKernels;
    case PhysicalType::kUInt32: return &UnaryAggregate<Extreme<uint32_t, NumberOrder, kMax>>::kKernels;
    case PhysicalType::kTid: return &UnaryAggregate<Extreme<uint64_t, NumberOrder, kMax>>::kKernels;
    case PhysicalType::kFloat32: return &UnaryAggregate<Extreme<float, FloatOrder, kMax>>::kKernels;
    case PhysicalType::kFloat64: return &UnaryAggregate<Extreme<double, FloatOrder, kMax>>::kKernels;
    case PhysicalType::kInterval: return &UnaryAggregate<Extreme<Interval, IntervalOrder, kMax>>::kKernels;
    case PhysicalType::kTimeTz: return &UnaryAggregate<Extreme<TimeTz, TimeTzOrder, kMax>>::kKernels;
    case PhysicalType::kString: return &StringExtreme<kMax>::kKernels;
    default: ThrowInternal("no order for min or max");
  }
}

// ---- bits and booleans

struct And {
  template <class T>
  static T Apply(T a, T b) { return a & b; }
};
struct Or {
  template <class T>
  static T Apply(T a, T b) { return a | b; }
};
struct Xor {
  template <class T>
  static T Apply(T a, T b) { return a ^ b; }
};

template <class T, class Op>
struct Fold {
  using Value = T;
  struct State { T value{}; bool any = false; };
  static void Add(State& state, T value) {
    state.value = state.any ? Op::Apply(state.value, value) : value;
    state.any = true;
  }
  static void Merge(State& into, State& from) { if (from.any) Add(into, from.value); }
  static void Final(State& state, Vector& result, uint32_t row) {
    if (state.any) result.data<T>()[row] = state.value; else result.SetNull(row);
  }
};
template <class T, class Op>
constexpr AggregateKernels kFold = UnaryAggregate<Fold<T, Op>>::kKernels;
}  // namespace

const AggregateKernels* MinKernels(Oid type) { return ExtremeKernels<false>(type); }
const AggregateKernels* MaxKernels(Oid type) { return ExtremeKernels<true>(type); }

const AggregateKernels kBoolAnd = kFold<uint8_t, And>, kBoolOr = kFold<uint8_t, Or>;
const AggregateKernels kBitAnd2 = kFold<int16_t, And>, kBitAnd4 = kFold<int32_t, And>, kBitAnd8 = kFold<int64_t, And>;
const AggregateKernels kBitOr2 = kFold<int16_t, Or>, kBitOr4 = kFold<int32_t, Or>, kBitOr8 = kFold<int64_t, Or>;
const AggregateKernels kBitXor2 = kFold<int16_t, Xor>, kBitXor4 = kFold<int32_t, Xor>, kBitXor8 = kFold<int64_t, Xor>;

}  // namespace gather::catalog
