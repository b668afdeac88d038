// string_agg and array_agg: aggregates whose result depends on the order of their rows.
#include <memory>
#include <string>

#include "catalog/functions/aggregate_kernels.h"
#include "catalog/functions/counted_memory.h"
#include "types/array.h"
#include "types/error.h"

namespace gather::catalog {

namespace {
constexpr size_t kMostDimensions = 6;

// ---- string_agg(value, delimiter): a null value is skipped, a null delimiter is empty

struct StringAggState {
  // Delimiter and value of each row, the first row's delimiter included: so that partial states join by appending.
  std::unique_ptr<CountedString> text;
  uint32_t first_delimiter = 0;
  void Add(std::string_view delimiter, std::string_view value) {
    if (text == nullptr) {
      text = std::make_unique<CountedString>();
      first_delimiter = static_cast<uint32_t>(delimiter.size());
    }
    *text += delimiter;
    *text += value;
  }
};

template <class StateOf>
void StringAggRows(std::span<const Vector> arguments, uint32_t rows, StateOf state) {
  const VectorView values = arguments[0].View(), delimiters = arguments[1].View();
  for (uint32_t i = 0; i < rows; ++i) {
    if (!values.valid(i)) continue;
    state(i).Add(delimiters.valid(i) ? delimiters.get<StringRef>(i).view() : std::string_view(), values.get<StringRef>(i).view());
  }
}
void StringAggUpdate(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
  StringAggRows(arguments, rows, [states](uint32_t i) -> StringAggState& { return StateAt<StringAggState>(states, i); });
}
void StringAggUpdateOne(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void* state) {
  StringAggRows(arguments, rows, [state](uint32_t) -> StringAggState& { return *static_cast<StringAggState*>(state); });
}
void StringAggCombine(FunctionContext&, void** sources, void** targets, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    auto& from = StateAt<StringAggState>(sources, i);
    auto& into = StateAt<StringAggState>(targets, i);
    if (from.text == nullptr) continue;
    if (into.text == nullptr) {
      into.text = std::move(from.text);
      into.first_delimiter = from.first_delimiter;
    } else {
      *into.text += *from.text;
    }
  }
}
void StringAggFinalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& state = StateAt<StringAggState>(states, i);
    if (state.text == nullptr) result.SetNull(i);
    else result.data<StringRef>()[i] = result.AddString(std::string_view(*state.text).substr(state.first_delimiter));
  }
}

// ---- array_agg(element)

struct ArrayAggState {
  struct Parts {
    explicit Parts(Oid element) : element(element), size(0) {}
    Oid element;
    CountedString elements;            // as in an array's payload
    uint32_t size;
    bool has_nulls = false;
    // array_agg(array): dimensions all inputs share.
    std::vector<ArrayDimension> inner;
  };
  std::unique_ptr<Parts> parts;
  Parts& For(Oid element) {
    if (parts == nullptr) parts = std::make_unique<Parts>(element);
    return *parts;
  }
};

constexpr size_t kPayloadHeader = 3 * sizeof(int32_t);

std::string Payload(const ArrayAggState::Parts& parts, const std::vector<ArrayDimension>& dimensions) {
  std::string payload = ArrayBuilder(parts.element).Finish(dimensions);
  const int32_t has_nulls = parts.has_nulls;
  std::memcpy(payload.data() + sizeof(int32_t), &has_nulls, sizeof(has_nulls));
  return payload.append(parts.elements);
}

void AddElement(ArrayAggState& state, const Vector& vector, uint32_t row) {
  auto& parts = state.For(vector.type().oid);
  ArrayBuilder one(parts.element);
  one.Add(vector, row);
  parts.elements += std::string_view(one.Finish({})).substr(kPayloadHeader);
  parts.has_nulls |= vector.IsNull(row);
  ++parts.size;
}
void ArrayAggUpdate(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
  for (uint32_t i = 0; i < rows; ++i) AddElement(StateAt<ArrayAggState>(states, i), arguments[0], i);
}
void ArrayAggUpdateOne(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void* state) {
  for (uint32_t i = 0; i < rows; ++i) AddElement(*static_cast<ArrayAggState*>(state), arguments[0], i);
}
void AddArray(ArrayAggState& state, const Vector& vector, const VectorView& view, uint32_t row) {
  if (!view.valid(row)) throw SqlError(sqlstate::kNullValueNotAllowed, "cannot accumulate null arrays");
  const std::string_view payload = view.get<StringRef>(row).view();
  const ArrayReader reader(payload);
  if (reader.size() == 0) throw SqlError(sqlstate::kArraySubscriptError, "cannot accumulate empty arrays");
  if (reader.dimensions().size() + 1 > kMostDimensions) {
    throw SqlError(sqlstate::kProgramLimitExceeded, Format("number of array dimensions (%zu) exceeds the maximum allowed (%zu)", reader.dimensions().size() + 1, kMostDimensions));
  }
  auto& parts = state.For(GetType(vector.type().oid).element);
  bool same = parts.size == 0 || parts.inner.size() == reader.dimensions().size();
  for (size_t i = 0; same && parts.size > 0 && i < parts.inner.size(); ++i) {
    same = parts.inner[i].length == reader.dimensions()[i].length && parts.inner[i].lower_bound == reader.dimensions()[i].lower_bound;
  }
  if (!same) throw SqlError(sqlstate::kArraySubscriptError, "cannot accumulate arrays of different dimensionality");
  if (parts.size == 0) parts.inner = reader.dimensions();
  int32_t has_nulls;
  std::memcpy(&has_nulls, payload.data() + sizeof(int32_t), sizeof(has_nulls));
  parts.has_nulls |= has_nulls != 0;
  parts.elements += payload.substr(kPayloadHeader + reader.dimensions().size() * sizeof(ArrayDimension));
  ++parts.size;
}
void ArrayAggArrayUpdate(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void** states) {
  const VectorView view = arguments[0].View();
  for (uint32_t i = 0; i < rows; ++i) AddArray(StateAt<ArrayAggState>(states, i), arguments[0], view, i);
}
void ArrayAggArrayUpdateOne(FunctionContext&, std::span<const Vector> arguments, uint32_t rows, void* state) {
  const VectorView view = arguments[0].View();
  for (uint32_t i = 0; i < rows; ++i) AddArray(*static_cast<ArrayAggState*>(state), arguments[0], view, i);
}
void ArrayAggCombine(FunctionContext&, void** sources, void** targets, uint32_t count) {
  for (uint32_t i = 0; i < count; ++i) {
    auto& from = StateAt<ArrayAggState>(sources, i).parts;
    auto& into = StateAt<ArrayAggState>(targets, i).parts;
    if (from == nullptr) continue;
    if (into == nullptr) {
      into = std::move(from);
      continue;
    }
    bool same = into->inner.size() == from->inner.size();
    for (size_t d = 0; same && d < into->inner.size(); ++d) same = into->inner[d].length == from->inner[d].length;
    if (!same) throw SqlError(sqlstate::kArraySubscriptError, "cannot accumulate arrays of different dimensionality");
    into->elements += from->elements;
    into->size += from->size;
    into->has_nulls |= from->has_nulls;
  }
}
void ArrayAggFinalize(FunctionContext&, void** states, uint32_t count, Vector& result) {
  for (uint32_t i = 0; i < count; ++i) {
    const auto& parts = StateAt<ArrayAggState>(states, i).parts;
    if (parts == nullptr) {
      result.SetNull(i);
      continue;
    }
    std::vector<ArrayDimension> dimensions = {{static_cast<int32_t>(parts->size), 1}};
    dimensions.insert(dimensions.end(), parts->inner.begin(), parts->inner.end());
    result.data<StringRef>()[i] = result.AddString(Payload(*parts, dimensions));
  }
}
}  // namespace

const AggregateKernels kStringAgg = {sizeof(StringAggState), InitializeState<StringAggState>, StringAggUpdate, StringAggUpdateOne, StringAggCombine,
                                     StringAggFinalize, DestroyStates<StringAggState>, true};
const AggregateKernels kArrayAgg = {sizeof(ArrayAggState), InitializeState<ArrayAggState>, ArrayAggUpdate, ArrayAggUpdateOne, ArrayAggCombine,
                                    ArrayAggFinalize, DestroyStates<ArrayAggState>, true};
const AggregateKernels kArrayAggArray = {sizeof(ArrayAggState), InitializeState<ArrayAggState>, ArrayAggArrayUpdate, ArrayAggArrayUpdateOne, ArrayAggCombine,
                                         ArrayAggFinalize, DestroyStates<ArrayAggState>, true};

}  // namespace gather::catalog
