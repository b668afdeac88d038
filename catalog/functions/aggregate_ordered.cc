// Ordered-set aggregates: percentile_cont, percentile_disc, mode.
//
// Called as f(direct arguments…, value) with the rows sorted as WITHIN GROUP says; the direct arguments are the same in every row of a
// group. The state keeps all values of its group.
#include <cmath>
#include <memory>
#include <optional>

#include "catalog/functions/aggregate_kernels.h"
#include "catalog/functions/counted_memory.h"
#include "types/array.h"
#include "types/datetime.h"
#include "types/datetime_arithmetic.h"
#include "types/error.h"
#include "types/value_order.h"

namespace gather::catalog {

namespace {
struct OrderedState {
  struct Values {
    Oid type = kInvalidOid;            // of the values
    std::string direct;                // the direct argument: float8's bytes, or an array's payload
    CountedString bytes;
    CountedVector<size_t> ends;
    size_t size() const { return ends.size(); }
    std::string_view operator[](size_t i) const {
      const size_t begin = i == 0 ? 0 : ends[i - 1];
      return std::string_view(bytes).substr(begin, ends[i] - begin);
    }
  };
  std::unique_ptr<Values> values;
};

std::string ElementBytes(const Vector& vector, RowIndex row) {
  ArrayBuilder one(vector.type().oid);
  one.Add(vector, row);
  return one.Finish({}).substr(4 * sizeof(int32_t));
}

void Add(OrderedState& state, std::span<const Vector> arguments, uint32_t row) {
  const Vector& value = arguments.back();
  if (state.values == nullptr) {
    state.values = std::make_unique<OrderedState::Values>();
    state.values->type = value.type().oid;
    if (arguments.size() > 1) state.values->direct = ElementBytes(arguments[0], row);
  }
  state.values->bytes += ElementBytes(value, row);
  state.values->ends.push_back(state.values->bytes.size());
}
void Update(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
  for (uint32_t i = 0; i < rows; ++i) Add(StateAt<OrderedState>(states, i), arguments, i);
}
void UpdateOne(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void* state) {
  for (uint32_t i = 0; i < rows; ++i) Add(*static_cast<OrderedState*>(state), arguments, i);
}
void Combine(FunctionContext&, void** sources, void** targets, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    auto& from = StateAt<OrderedState>(sources, i).values;
    auto& into = StateAt<OrderedState>(targets, i).values;
    if (from == nullptr) continue;
    if (into == nullptr) {
      into = std::move(from);
      continue;
    }
    const size_t base = into->bytes.size();
    into->bytes += from->bytes;
    for (const size_t end : from->ends) into->ends.push_back(base + end);
  }
}

// One value into row `row` of `result`, which is of its type.
void Put(std::string_view bytes, Vector& result, uint32_t row) {
  if (result.physical() == PhysicalType::kString) {
    result.data<StringRef>()[row] = result.AddString(bytes);
  } else {
    std::memcpy(static_cast<char*>(result.raw_data()) + static_cast<size_t>(row) * PhysicalSize(result.physical()), bytes.data(), bytes.size());
  }
}

double CheckFraction(std::string_view bytes) {
  double fraction;
  std::memcpy(&fraction, bytes.data(), sizeof(fraction));
  if (!(fraction >= 0 && fraction <= 1)) {
    throw SqlError(sqlstate::kNumericValueOutOfRange, Format("percentile value %g is not between 0 and 1", fraction));
  }
  return fraction;
}

// ---- what a percentile is, by kind: the bytes of the value at `fraction`

struct Discrete {
  static std::string At(const OrderedState::Values& values, double fraction) {
    const auto row = static_cast<size_t>(std::ceil(fraction * static_cast<double>(values.size())));
    return std::string(values[row == 0 ? 0 : row - 1]);
  }
};

template <class T>
T Load(std::string_view bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof(value));
  return value;
}
double Between(double low, double high, double part) { return low + part * (high - low); }
Interval Between(const Interval& low, const Interval& high, double part) { return AddIntervals(low, MultiplyInterval(SubtractIntervals(high, low), part)); }

template <class T>
struct Continuous {
  static std::string At(const OrderedState::Values& values, double fraction) {
    const double place = fraction * static_cast<double>(values.size() - 1);
    const auto first = static_cast<size_t>(std::floor(place)), second = static_cast<size_t>(std::ceil(place));
    T value = Load<T>(values[first]);
    if (first != second) value = Between(value, Load<T>(values[second]), place - static_cast<double>(first));
    return std::string(reinterpret_cast<const char*>(&value), sizeof(value));
  }
};

template <class Kind>
void FinalizeOne(FunctionContext&, void** states, uint32_t count, Vector& result) {
  if (result.type().oid == type_oid::kNumeric) result.Reset(PhysicalType::kString);
  for (uint32_t i = 0; i < count; ++i) {
    const auto& values = StateAt<OrderedState>(states, i).values;
    if (values == nullptr) result.SetNull(i); else Put(Kind::At(*values, CheckFraction(values->direct)), result, i);
  }
}

// An array of fractions: an array of percentiles of the same shape.
template <class Kind>
void FinalizeMany(FunctionContext&, void** states, uint32_t count, Vector& result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& values = StateAt<OrderedState>(states, i).values;
    if (values == nullptr) {
      result.SetNull(i);
      continue;
    }
    ArrayReader fractions(values->direct);
    ArrayBuilder builder(values->type);
    for (ArrayReader::Element fraction; fractions.Next(&fraction);) {
      if (fraction.is_null) builder.AddNull(); else builder.Add(Kind::At(*values, CheckFraction(fraction.bytes)));
    }
    result.data<StringRef>()[i] = result.AddString(builder.Finish(fractions.dimensions()));
  }
}

// The longest run of equal values; of several, the first.
void FinalizeMode(FunctionContext&, void** states, uint32_t count, Vector& result) {
  if (result.type().oid == type_oid::kNumeric) result.Reset(PhysicalType::kString);
  for (uint32_t i = 0; i < count; ++i) {
    const auto& values = StateAt<OrderedState>(states, i).values;
    if (values == nullptr) {
      result.SetNull(i);
      continue;
    }
    const TypeInfo& type = GetType(values->type);
    size_t best = 0, best_length = 0;
    for (size_t begin = 0, end; begin < values->size(); begin = end) {
      for (end = begin + 1; end < values->size() && CompareElements(type, (*values)[begin], (*values)[end]) == 0;) ++end;
      if (end - begin > best_length) {
        best = begin;
        best_length = end - begin;
      }
    }
    Put((*values)[best], result, i);
  }
}

constexpr AggregateKernels Kernels(void (*finalize)(FunctionContext&, void**, uint32_t, Vector&)) {
  return {sizeof(OrderedState), InitializeState<OrderedState>, Update, UpdateOne, Combine, finalize, DestroyStates<OrderedState>, true};
}
}  // namespace

const AggregateKernels kMode = Kernels(FinalizeMode);
const AggregateKernels kPercentileDisc = Kernels(FinalizeOne<Discrete>), kPercentileDiscMany = Kernels(FinalizeMany<Discrete>);
const AggregateKernels kPercentileCont = Kernels(FinalizeOne<Continuous<double>>), kPercentileContMany = Kernels(FinalizeMany<Continuous<double>>);
const AggregateKernels kPercentileContInterval = Kernels(FinalizeOne<Continuous<Interval>>), kPercentileContIntervalMany = Kernels(FinalizeMany<Continuous<Interval>>);

}  // namespace gather::catalog
