// Aggregates of floats over exact sums (exact_sum.h): sum, avg, variances, covariances and linear regression. Sums are rounded once, at the end; what
// PostgreSQL updates row by row (Youngs and Cramer) is computed from sums of values and of products with 113 bits.
#include <cmath>
#include <limits>

#include "catalog/deterministic_aggregates.h"
#include "catalog/functions/aggregate_kernels.h"
#include "catalog/functions/exact_sum.h"
#include "types/error.h"

namespace gather::catalog {

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double Checked(double value, bool inputs_finite) {
  if (inputs_finite && std::isinf(value)) throw SqlError(sqlstate::kNumericValueOutOfRange, "value out of range: overflow");
  return value;
}

// ---- one variable

struct SumState {
  ExactSum sum;
  int64_t rows = 0;
};

template <class T, bool kAverage>
struct ExactFloatSum {
  static SumState& At(void** states, uint32_t i) { return StateAt<SumState>(states, i); }
  static void Add(SumState& state, T value) {
    state.sum.Add(static_cast<double>(value));
    ++state.rows;
  }
  static void Update(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
    const VectorView view = arguments[0].View();
    for (uint32_t i = 0; i < rows; ++i) Add(At(states, i), view.get<T>(i));
  }
  static void UpdateOne(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void* state) {
    const VectorView view = arguments[0].View();
    for (uint32_t i = 0; i < rows; ++i) Add(*static_cast<SumState*>(state), view.get<T>(i));
  }
  static void Combine(FunctionContext&, void** sources, void** targets, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      At(targets, i).sum.Merge(At(sources, i).sum);
      At(targets, i).rows += At(sources, i).rows;
    }
  }
  static void Finalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
    for (uint32_t i = 0; i < count; ++i) {
      SumState& state = At(states, i);
      if (state.rows == 0) {
        result.SetNull(i);
        continue;
      }
      const double sum = Checked(state.sum.Value(), state.sum.finite());
      if constexpr (kAverage) result.data<double>()[i] = sum / static_cast<double>(state.rows);
      else result.data<T>()[i] = static_cast<T>(Checked(static_cast<T>(sum), state.sum.finite()));
    }
  }
  static constexpr AggregateKernels kKernels = {sizeof(SumState), InitializeState<SumState>, Update, UpdateOne, Combine, Finalize, DestroyStates<SumState>, false};
};

// n * sum(a * b) - sum(a) * sum(b), over n: what Youngs and Cramer's Sab is.
double Centered(int64_t n, ExactSum& products, ExactSum& a, ExactSum& b) {
  if (!a.finite() || !b.finite()) return kNaN;
  if (!products.finite()) throw SqlError(sqlstate::kNumericValueOutOfRange, "value out of range: overflow");
  return static_cast<double>((static_cast<Quad>(n) * products.Wide() - a.Wide() * b.Wide()) / static_cast<Quad>(n));
}

struct SpreadState {
  ExactSum sum, squares;
  int64_t rows = 0;
};

template <class T, Spread kSpread>
struct ExactFloatSpread {
  static constexpr bool kSample = kSpread == Spread::kVarSamp || kSpread == Spread::kStddevSamp;
  static constexpr bool kRoot = kSpread == Spread::kStddevPop || kSpread == Spread::kStddevSamp;
  static SpreadState& At(void** states, uint32_t i) { return StateAt<SpreadState>(states, i); }
  static void Update(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
    const VectorView view = arguments[0].View();
    for (uint32_t i = 0; i < rows; ++i) {
      const auto value = static_cast<double>(view.get<T>(i));
      SpreadState& state = At(states, i);
      state.sum.Add(value);
      state.squares.AddProduct(value, value);
      ++state.rows;
    }
  }
  static void Combine(FunctionContext&, void** sources, void** targets, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      At(targets, i).sum.Merge(At(sources, i).sum);
      At(targets, i).squares.Merge(At(sources, i).squares);
      At(targets, i).rows += At(sources, i).rows;
    }
  }
  static void Finalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
    for (uint32_t i = 0; i < count; ++i) {
      SpreadState& state = At(states, i);
      if (state.rows < (kSample ? 2 : 1)) {
        result.SetNull(i);
        continue;
      }
      const double centered = Centered(state.rows, state.squares, state.sum, state.sum);
      const double variance = std::isnan(centered) ? centered : std::fmax(centered, 0) / static_cast<double>(kSample ? state.rows - 1 : state.rows);
      result.data<double>()[i] = kRoot ? std::sqrt(variance) : variance;
    }
  }
  static constexpr AggregateKernels kKernels = {sizeof(SpreadState), InitializeState<SpreadState>, Update, nullptr, Combine, Finalize, DestroyStates<SpreadState>, false};
};

template <class T>
const AggregateKernels* OneVariable(std::string_view name) {
  if (name == "sum") return &ExactFloatSum<T, false>::kKernels;
  if (name == "avg") return &ExactFloatSum<T, true>::kKernels;
  if (name == "var_pop") return &ExactFloatSpread<T, Spread::kVarPop>::kKernels;
  if (name == "var_samp" || name == "variance") return &ExactFloatSpread<T, Spread::kVarSamp>::kKernels;
  if (name == "stddev_pop") return &ExactFloatSpread<T, Spread::kStddevPop>::kKernels;
  if (name == "stddev_samp" || name == "stddev") return &ExactFloatSpread<T, Spread::kStddevSamp>::kKernels;
  return nullptr;
}

// ---- two variables: f(Y, X)

struct PairState {
  ExactSum x, y, xx, yy, xy;
  int64_t rows = 0;
};

void PairUpdate(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
  const VectorView ys = arguments[0].View(), xs = arguments[1].View();
  for (uint32_t i = 0; i < rows; ++i) {
    auto& state = StateAt<PairState>(states, i);
    const double y = ys.get<double>(i), x = xs.get<double>(i);
    state.x.Add(x);
    state.y.Add(y);
    state.xx.AddProduct(x, x);
    state.yy.AddProduct(y, y);
    state.xy.AddProduct(x, y);
    ++state.rows;
  }
}

void PairCombine(FunctionContext&, void** sources, void** targets, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    auto& into = StateAt<PairState>(targets, i);
    auto& from = StateAt<PairState>(sources, i);
    into.x.Merge(from.x);
    into.y.Merge(from.y);
    into.xx.Merge(from.xx);
    into.yy.Merge(from.yy);
    into.xy.Merge(from.xy);
    into.rows += from.rows;
  }
}

PairSums SumsOf(PairState& state) {
  PairSums sums;
  sums.n = static_cast<double>(state.rows);
  if (state.rows == 0) return sums;
  sums.sx = Checked(state.x.Value(), state.x.finite());
  sums.sy = Checked(state.y.Value(), state.y.finite());
  // As PostgreSQL: a variable with a value that is not finite has no squares, the other one has.
  sums.sxx = Centered(state.rows, state.xx, state.x, state.x);
  sums.syy = Centered(state.rows, state.yy, state.y, state.y);
  sums.sxy = Centered(state.rows, state.xy, state.x, state.y);
  return sums;
}

template <Regression kWhat>
void PairFinalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
  for (uint32_t i = 0; i < count; ++i) {
    if (!EvaluateRegression(kWhat, SumsOf(StateAt<PairState>(states, i)), &result.data<double>()[i])) result.SetNull(i);
  }
}
template <Regression kWhat>
constexpr AggregateKernels kPair = {sizeof(PairState), InitializeState<PairState>, PairUpdate, nullptr, PairCombine, PairFinalize<kWhat>,
                                    DestroyStates<PairState>, false};

const AggregateKernels* TwoVariables(std::string_view name) {
  static constexpr struct { std::string_view name; const AggregateKernels* kernels; } kByName[] = {
      {"covar_pop", &kPair<Regression::kCovarPop>},   {"covar_samp", &kPair<Regression::kCovarSamp>},
      {"corr", &kPair<Regression::kCorr>},            {"regr_r2", &kPair<Regression::kR2>},
      {"regr_slope", &kPair<Regression::kSlope>},     {"regr_intercept", &kPair<Regression::kIntercept>},
      {"regr_avgx", &kPair<Regression::kAvgX>},       {"regr_avgy", &kPair<Regression::kAvgY>},
      {"regr_sxx", &kPair<Regression::kSxx>},         {"regr_syy", &kPair<Regression::kSyy>},
      {"regr_sxy", &kPair<Regression::kSxy>},
  };
  for (const auto& entry : kByName) {
    if (entry.name == name) return entry.kernels;
  }
  return nullptr;
}

}  // namespace

const AggregateKernels* DeterministicKernels(const FunctionInfo& function) {
  if (function.arguments.empty()) return nullptr;
  const Oid type = function.arguments[0];
  if (function.arguments.size() == 2) return type == type_oid::kFloat8 && function.arguments[1] == type_oid::kFloat8 ? TwoVariables(function.name) : nullptr;
  if (type == type_oid::kFloat4) return OneVariable<float>(function.name);
  if (type == type_oid::kFloat8) return OneVariable<double>(function.name);
  return nullptr;
}

}  // namespace gather::catalog
