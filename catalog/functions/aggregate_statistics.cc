// Variance and standard deviation of every number type; covariance, correlation, linear regression.
//
// Floats by Youngs and Cramer's updating formulas, integers and numerics exactly: the same calculations as PostgreSQL's float.c and
// numeric.c, so that results agree digit for digit.
#include <cmath>
#include <limits>

#include "catalog/functions/aggregate_kernels.h"
#include "catalog/functions/numeric_kernels.h"
#include "types/error.h"
#include "types/numeric.h"

namespace gather::catalog {

namespace {
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

[[noreturn]] void ThrowOverflow() { throw SqlError(sqlstate::kNumericValueOutOfRange, "value out of range: overflow"); }

constexpr bool IsSample(Spread spread) { return spread == Spread::kVarSamp || spread == Spread::kStddevSamp; }
constexpr bool IsRoot(Spread spread) { return spread == Spread::kStddevPop || spread == Spread::kStddevSamp; }

// ---- floats

struct FloatSpreadState { double n = 0, sx = 0, sxx = 0; };

template <class T, Spread kSpread>
struct FloatSpread {
  using Value = T;
  using State = FloatSpreadState;
  static void Add(State& state, T row) {
    const auto value = static_cast<double>(row);
    const double before = state.sx;
    state.n += 1;
    state.sx += value;
    if (state.n > 1) {
      const double deviation = value * state.n - state.sx;
      state.sxx += deviation * deviation / (state.n * (state.n - 1));
      if (std::isinf(state.sx) || std::isinf(state.sxx)) {
        if (!std::isinf(before) && !std::isinf(value)) ThrowOverflow();
        state.sxx = kNaN;
      }
    } else if (std::isnan(value) || std::isinf(value)) {
      state.sxx = kNaN;
    }
  }
  static void Merge(State& into, State& from) {
    if (from.n == 0) return;
    if (into.n == 0) {
      into = from;
      return;
    }
    const double n = into.n + from.n, sx = into.sx + from.sx;
    if (std::isinf(sx) && !std::isinf(into.sx) && !std::isinf(from.sx)) ThrowOverflow();
    const double difference = into.sx / into.n - from.sx / from.n;
    const double sxx = into.sxx + from.sxx + into.n * from.n * difference * difference / n;
    if (std::isinf(sxx) && !std::isinf(into.sxx) && !std::isinf(from.sxx)) ThrowOverflow();
    into = {n, sx, sxx};
  }
  static void Final(State& state, Vector& result, uint32_t row) {
    if (state.n < (IsSample(kSpread) ? 2 : 1)) {
      result.SetNull(row);
      return;
    }
    const double variance = state.sxx / (IsSample(kSpread) ? state.n - 1 : state.n);
    result.data<double>()[row] = IsRoot(kSpread) ? std::sqrt(variance) : variance;
  }
};

// ---- exact

// (n * sum of squares - sum^2) / (n * (n - 1)), or / n^2; nothing when there are too few rows.
template <Spread kSpread>
void PutExactSpread(int64_t n, const Decimal& sum, const Decimal& squares, bool not_finite, Vector& result, uint32_t row) {
  if (n < (IsSample(kSpread) ? 2 : 1)) {
    result.SetNull(row);
    return;
  }
  if (not_finite) {
    PutDecimal(Decimal::Special(Decimal::Kind::kNaN), result, row);
    return;
  }
  const Decimal rows(n, 0);
  const Decimal numerator = Subtract(Multiply(rows, squares), Multiply(sum, sum));
  if (numerator.sign() <= 0) {
    PutDecimal(Decimal(0, 0), result, row);
    return;
  }
  const Decimal denominator = Multiply(rows, Decimal(IsSample(kSpread) ? n - 1 : n, 0));
  const int scale = DivisionScale(numerator, denominator);
  const Decimal variance = DivideToScale(numerator, denominator, scale, true);
  if (!IsRoot(kSpread)) {
    PutDecimal(variance, result, row);
    return;
  }
  // The root to the variance's scale: floor at one digit more, then rounded.
  BigInteger root = variance.Integer();
  mpz_mul(root.get(), root.get(), BigInteger::PowerOf10(scale + 2).get());
  mpz_sqrt(root.get(), root.get());
  PutDecimal(Round(Decimal::Big(std::move(root), scale + 1), scale), result, row);
}

// int2 and int4: sums of squares fit 128 bits.
template <class T, Spread kSpread>
struct IntegerSpread {
  using Value = T;
  struct State { __int128 sum = 0, squares = 0; int64_t n = 0; };
  static void Add(State& state, T value) {
    ++state.n;
    state.sum += value;
    state.squares += static_cast<__int128>(value) * value;
  }
  static void Merge(State& into, State& from) {
    into.n += from.n;
    into.sum += from.sum;
    into.squares += from.squares;
  }
  static void Final(State& state, Vector& result, uint32_t row) {
    PutExactSpread<kSpread>(state.n, Decimal(state.sum, 0), Decimal(state.squares, 0), false, result, row);
  }
  static void Finalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
    result.Reset(PhysicalType::kString);
    for (uint32_t i = 0; i < count; ++i) Final(StateAt<State>(states, i), result, i);
  }
};

// int8 and numeric.
struct DecimalSpreadState {
  Decimal sum{0, 0}, squares{0, 0};
  int64_t n = 0;
  bool not_finite = false;
  void Add(const Decimal& value) {
    ++n;
    if (!value.finite()) {
      not_finite = true;
      return;
    }
    sum = gather::Add(sum, value);
    squares = gather::Add(squares, Multiply(value, value));
  }
};

template <Spread kSpread>
struct DecimalSpread {
  using State = DecimalSpreadState;
  static Decimal Row(const Vector& vector, const VectorView& view, uint32_t row) {
    return vector.type().oid == type_oid::kNumeric ? DecimalAt(vector, view, row) : Decimal(view.get<int64_t>(row), 0);
  }
  static void Update(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
    const VectorView view = arguments[0].View();
    for (uint32_t i = 0; i < rows; ++i) StateAt<State>(states, i).Add(Row(arguments[0], view, i));
  }
  static void UpdateOne(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void* state) {
    const VectorView view = arguments[0].View();
    for (uint32_t i = 0; i < rows; ++i) static_cast<State*>(state)->Add(Row(arguments[0], view, i));
  }
  static void Combine(FunctionContext&, void** sources, void** targets, uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) {
      State& into = StateAt<State>(targets, i);
      const State& from = StateAt<State>(sources, i);
      into.sum = gather::Add(into.sum, from.sum);
      into.squares = gather::Add(into.squares, from.squares);
      into.n += from.n;
      into.not_finite |= from.not_finite;
    }
  }
  static void Finalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
    result.Reset(PhysicalType::kString);
    for (uint32_t i = 0; i < count; ++i) {
      const State& state = StateAt<State>(states, i);
      PutExactSpread<kSpread>(state.n, state.sum, state.squares, state.not_finite, result, i);
    }
  }
  static constexpr AggregateKernels kKernels = {sizeof(State), InitializeState<State>, Update, UpdateOne, Combine, Finalize, DestroyStates<State>, false};
};

template <class T, Spread kSpread>
constexpr AggregateKernels MakeIntegerSpread() {
  AggregateKernels kernels = UnaryAggregate<IntegerSpread<T, kSpread>>::kKernels;
  kernels.finalize = IntegerSpread<T, kSpread>::Finalize;
  return kernels;
}
template <class T, Spread kSpread>
constexpr AggregateKernels kIntegerSpread = MakeIntegerSpread<T, kSpread>();

template <Spread kSpread>
const AggregateKernels* SpreadKernelsOf(Oid type) {
  switch (type) {
    case type_oid::kInt2: return &kIntegerSpread<int16_t, kSpread>;
    case type_oid::kInt4: return &kIntegerSpread<int32_t, kSpread>;
    case type_oid::kFloat4: return &UnaryAggregate<FloatSpread<float, kSpread>>::kKernels;
    case type_oid::kFloat8: return &UnaryAggregate<FloatSpread<double, kSpread>>::kKernels;
    default: return &DecimalSpread<kSpread>::kKernels;
  }
}

// ---- two variables: f(Y, X)

struct RegressionState : PairSums {
  void Add(double y, double x) {
    const double sx_before = sx, sy_before = sy;
    n += 1;
    sx += x;
    sy += y;
    if (n > 1) {
      const double dx = x * n - sx, dy = y * n - sy, scale = 1.0 / (n * (n - 1));
      sxx += dx * dx * scale;
      syy += dy * dy * scale;
      sxy += dx * dy * scale;
      if (std::isinf(sx) || std::isinf(sxx) || std::isinf(sy) || std::isinf(syy) || std::isinf(sxy)) {
        if (((std::isinf(sx) || std::isinf(sxx)) && !std::isinf(sx_before) && !std::isinf(x)) ||
            ((std::isinf(sy) || std::isinf(syy)) && !std::isinf(sy_before) && !std::isinf(y)) ||
            (std::isinf(sxy) && !std::isinf(sx_before) && !std::isinf(x) && !std::isinf(sy_before) && !std::isinf(y))) {
          ThrowOverflow();
        }
        if (std::isinf(sxx)) sxx = kNaN;
        if (std::isinf(syy)) syy = kNaN;
        if (std::isinf(sxy)) sxy = kNaN;
      }
      return;
    }
    if (std::isnan(x) || std::isinf(x)) sxx = sxy = kNaN;
    if (std::isnan(y) || std::isinf(y)) syy = sxy = kNaN;
  }
  void Merge(const RegressionState& from) {
    if (from.n == 0) return;
    if (n == 0) {
      *this = from;
      return;
    }
    const double total = n + from.n, dx = sx / n - from.sx / from.n, dy = sy / n - from.sy / from.n, weight = n * from.n / total;
    sxx += from.sxx + weight * dx * dx;
    syy += from.syy + weight * dy * dy;
    sxy += from.sxy + weight * dx * dy;
    sx += from.sx;
    sy += from.sy;
    n = total;
    if (std::isinf(sx) || std::isinf(sy) || std::isinf(sxx) || std::isinf(syy) || std::isinf(sxy)) ThrowOverflow();
  }
};

void RegressionUpdate(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
  const VectorView y = arguments[0].View(), x = arguments[1].View();
  for (uint32_t i = 0; i < rows; ++i) StateAt<RegressionState>(states, i).Add(y.get<double>(i), x.get<double>(i));
}
void RegressionUpdateOne(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void* state) {
  const VectorView y = arguments[0].View(), x = arguments[1].View();
  for (uint32_t i = 0; i < rows; ++i) static_cast<RegressionState*>(state)->Add(y.get<double>(i), x.get<double>(i));
}
void RegressionCombine(FunctionContext&, void** sources, void** targets, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) StateAt<RegressionState>(targets, i).Merge(StateAt<RegressionState>(sources, i));
}
template <Regression kWhat>
void RegressionFinalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = StateAt<RegressionState>(states, i);
    if (!EvaluateRegression(kWhat, state, &result.data<double>()[i])) result.SetNull(i);
  }
}
template <Regression kWhat>
constexpr AggregateKernels kRegression = {sizeof(RegressionState), InitializeState<RegressionState>, RegressionUpdate, RegressionUpdateOne, RegressionCombine,
                                          RegressionFinalize<kWhat>, nullptr, false};
}  // namespace

bool EvaluateRegression(Regression what, const PairSums& s, double* out) {
  if (s.n < (what == Regression::kCovarSamp ? 2 : 1)) return false;
  switch (what) {
    case Regression::kCovarPop: *out = s.sxy / s.n; return true;
    case Regression::kCovarSamp: *out = s.sxy / (s.n - 1); return true;
    case Regression::kCorr:
      if (s.sxx == 0 || s.syy == 0) return false;
      *out = s.sxy / std::sqrt(s.sxx * s.syy);
      return true;
    case Regression::kR2:
      if (s.sxx == 0) return false;
      *out = s.syy == 0 ? 1.0 : (s.sxy * s.sxy) / (s.sxx * s.syy);
      return true;
    case Regression::kSlope:
      if (s.sxx == 0) return false;
      *out = s.sxy / s.sxx;
      return true;
    case Regression::kIntercept:
      if (s.sxx == 0) return false;
      *out = (s.sy - s.sx * s.sxy / s.sxx) / s.n;
      return true;
    case Regression::kAvgX: *out = s.sx / s.n; return true;
    case Regression::kAvgY: *out = s.sy / s.n; return true;
    case Regression::kSxx: *out = s.sxx; return true;
    case Regression::kSyy: *out = s.syy; return true;
    case Regression::kSxy: *out = s.sxy; return true;
  }
  return false;
}

const AggregateKernels* SpreadKernels(Oid type, Spread spread) {
  switch (spread) {
    case Spread::kVarPop: return SpreadKernelsOf<Spread::kVarPop>(type);
    case Spread::kVarSamp: return SpreadKernelsOf<Spread::kVarSamp>(type);
    case Spread::kStddevPop: return SpreadKernelsOf<Spread::kStddevPop>(type);
    case Spread::kStddevSamp: return SpreadKernelsOf<Spread::kStddevSamp>(type);
  }
  return nullptr;
}

const AggregateKernels* RegressionKernels(std::string_view name) {
  static constexpr struct { std::string_view name; const AggregateKernels* kernels; } kByName[] = {
      {"covar_pop", &kRegression<Regression::kCovarPop>},   {"covar_samp", &kRegression<Regression::kCovarSamp>},
      {"corr", &kRegression<Regression::kCorr>},            {"regr_r2", &kRegression<Regression::kR2>},
      {"regr_slope", &kRegression<Regression::kSlope>},     {"regr_intercept", &kRegression<Regression::kIntercept>},
      {"regr_avgx", &kRegression<Regression::kAvgX>},       {"regr_avgy", &kRegression<Regression::kAvgY>},
      {"regr_sxx", &kRegression<Regression::kSxx>},         {"regr_syy", &kRegression<Regression::kSyy>},
      {"regr_sxy", &kRegression<Regression::kSxy>},         {"regr_count", &kCountRows},
  };
  for (const auto& entry : kByName) {
    if (entry.name == name) return entry.kernels;
  }
  return nullptr;
}

}  // namespace gather::catalog
