// Aggregates as structs: an aggregate A of one fixed-width argument says
//   using Value, using State (default constructed: no rows yet)
//   static void Add(State&, Value)           one row
//   static void Merge(State& into, State&)   a partial state
//   static void Final(State&, Vector& result, uint32_t row)
// and UnaryAggregate<A>::kKernels makes the kernels of it. Aggregates with fast paths of their own (sum of numeric, count) write kernels out.
// Rows: aggregate.cc.
#pragma once

#include <new>
#include <span>
#include <type_traits>

#include "catalog/function.h"
#include "types/vector.h"

namespace gather::catalog {

template <class State>
void InitializeState(void* state) { new (state) State(); }
template <class State>
void DestroyStates(void** states, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) static_cast<State*>(states[i])->~State();
}
template <class State>
inline State& StateAt(void** states, uint32_t i) { return *static_cast<State*>(states[i]); }

template <class A>
struct UnaryAggregate {
  using State = typename A::State;
  using Value = typename A::Value;

  static void Update(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
    const VectorView view = arguments[0].View();
    for (uint32_t i = 0; i < rows; ++i) A::Add(StateAt<State>(states, i), view.get<Value>(i));
  }
  static void UpdateOne(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void* state) {
    const VectorView view = arguments[0].View();
    State local = *static_cast<State*>(state);  // in registers
    if (view.indices == nullptr && view.mask != 0) {
      const Value* values = static_cast<const Value*>(view.data);
      for (uint32_t i = 0; i < rows; ++i) A::Add(local, values[i]);
    } else {
      for (uint32_t i = 0; i < rows; ++i) A::Add(local, view.get<Value>(i));
    }
    *static_cast<State*>(state) = local;
  }
  static void UpdateRunning(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void* state, void** copies) {
    static_assert(std::is_trivially_destructible_v<State>);
    State local = *static_cast<State*>(state);
    StateAt<State>(copies, 0) = local;
    if (rows == 0) return;
    const VectorView view = arguments[0].View();
    for (uint32_t i = 0; i < rows; ++i) {
      A::Add(local, view.get<Value>(i));
      StateAt<State>(copies, i + 1) = local;
    }
    *static_cast<State*>(state) = local;
  }
  static void Combine(FunctionContext&, void** sources, void** targets, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) A::Merge(StateAt<State>(targets, i), StateAt<State>(sources, i));
  }
  static void Finalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
    for (uint32_t i = 0; i < count; ++i) A::Final(StateAt<State>(states, i), result, i);
  }
  static constexpr AggregateKernels kKernels = {sizeof(State), InitializeState<State>, Update, UpdateOne, Combine, Finalize, nullptr, false, UpdateRunning};
};

// ---- what each file offers to aggregate.cc
extern const AggregateKernels kCountRows;
extern const AggregateKernels kSumInt2, kSumInt4, kSumInt8, kSumNumeric, kSumFloat4, kSumFloat8;
extern const AggregateKernels kAvgInt2, kAvgInt4, kAvgInt8, kAvgNumeric, kAvgFloat4, kAvgFloat8;
extern const AggregateKernels kSumInterval, kAvgInterval;
// The least or greatest, by the argument's type.
const AggregateKernels* MinKernels(Oid type);
const AggregateKernels* MaxKernels(Oid type);
extern const AggregateKernels kBoolAnd, kBoolOr;
extern const AggregateKernels kBitAnd2, kBitAnd4, kBitAnd8, kBitOr2, kBitOr4, kBitOr8, kBitXor2, kBitXor4, kBitXor8;
extern const AggregateKernels kStringAgg, kArrayAgg, kArrayAggArray;
extern const AggregateKernels kMode, kPercentileDisc, kPercentileDiscMany, kPercentileCont, kPercentileContMany, kPercentileContInterval,
    kPercentileContIntervalMany;
// Which of stddev_pop …: sample or population, variance or its root.
enum class Spread { kVarPop, kVarSamp, kStddevPop, kStddevSamp };
const AggregateKernels* SpreadKernels(Oid type, Spread spread);
const AggregateKernels* RegressionKernels(std::string_view name);
// What the functions of two variables are computed from: sums, and sums of squared deviations and their products. False: null.
enum class Regression { kCovarPop, kCovarSamp, kCorr, kR2, kSlope, kIntercept, kAvgX, kAvgY, kSxx, kSyy, kSxy };
struct PairSums { double n = 0, sx = 0, sxx = 0, sy = 0, syy = 0, sxy = 0; };
bool EvaluateRegression(Regression what, const PairSums& sums, double* out);

}  // namespace gather::catalog
