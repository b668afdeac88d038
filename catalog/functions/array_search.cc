#include <functional>

#include "catalog/functions/array_kernels.h"
#include "catalog/functions/row_loops.h"
#include "types/array.h"
#include "types/error.h"
#include "types/value_order.h"

namespace gather::catalog {

namespace {
constexpr SqlState kInvalidArgumentForWidthBucket{"2201G"};

void CheckComparable(const ArrayReader& a, const ArrayReader& b) {
  if (a.size() == 0 || b.size() == 0 || a.element_type() == b.element_type()) return;
  if (GetType(a.element_type()).physical == GetType(b.element_type()).physical) return;  // varchar[] seen as text[]
  throw SqlError(sqlstate::kDatatypeMismatch, "cannot compare arrays of different element types");
}

template <class Op>
void Order(std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  MapRows<uint8_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [](const StringRef& a, const StringRef& b) {
    CheckComparable(ArrayReader(a.view()), ArrayReader(b.view()));
    return Op()(CompareArrays(a.view(), b.view()), 0);
  });
}

std::vector<ArrayReader::Element> Elements(ArrayReader& reader) {
  std::vector<ArrayReader::Element> elements(reader.size());
  for (ArrayReader::Element& element : elements) reader.Next(&element);
  return elements;
}

// Every element of `part` is in `whole`; nulls are in nothing. With `any`: some element is.
bool Contains(std::string_view whole, std::string_view part, bool any) {
  ArrayReader a(whole), b(part);
  CheckComparable(a, b);
  const auto elements = Elements(a);
  ArrayReader::Element wanted;
  const TypeInfo* type = b.size() > 0 ? &GetType(b.element_type()) : nullptr;
  while (b.Next(&wanted)) {
    bool found = false;
    for (size_t i = 0; !wanted.is_null && !found && i < elements.size(); ++i) {
      found = !elements[i].is_null && CompareElements(*type, elements[i].bytes, wanted.bytes) == 0;
    }
    if (found == any) return any;
  }
  return !any;
}

// f(array, dimension) -> int; null when there is no such dimension.
template <class F>
void OfDimension(std::span<const Vector> arguments, uint32_t rows, Vector& result, F f) {
  const VectorView arrays = arguments[0].View(), numbers = arguments[1].View();
  ForValidRows(result, rows, [&](uint32_t i) {
    const ArrayReader reader(StringAt(arrays, i));
    const int32_t number = numbers.get<int32_t>(i);
    if (number < 1 || number > static_cast<int32_t>(reader.dimensions().size())) {
      result.SetNull(i);
    } else {
      result.data<int32_t>()[i] = f(reader.dimensions()[number - 1]);
    }
  });
}

// One value of a vector as an array element's bytes.
class ElementBytes {
 public:
  std::string_view Of(const Vector& vector, RowIndex row) {
    ArrayBuilder builder(vector.type().oid);
    builder.Add(vector, row);
    payload_ = builder.Finish({});
    return std::string_view(payload_).substr(4 * sizeof(int32_t));
  }

 private:
  std::string payload_;
};

// Calls found(subscript) for each element equal to the row's value, until it returns false. Null searches for null.
template <class Found>
void Search(std::string_view payload, const Vector& value, RowIndex row, Found found) {
  ArrayReader reader(payload);
  if (reader.dimensions().size() > 1) throw SqlError(sqlstate::kFeatureNotSupported, "searching for elements in multidimensional arrays is not supported");
  if (reader.size() == 0) return;
  const TypeInfo& type = GetType(reader.element_type());
  const bool wants_null = value.IsNull(row);
  ElementBytes bytes;
  const std::string_view wanted = wants_null ? std::string_view() : bytes.Of(value, row);
  int32_t subscript = reader.dimensions()[0].lower_bound;
  for (ArrayReader::Element element; reader.Next(&element); ++subscript) {
    const bool equal = element.is_null || wants_null ? element.is_null == wants_null : CompareElements(type, element.bytes, wanted) == 0;
    if (equal && !found(subscript)) return;
  }
}
}  // namespace

GATHER_KERNEL(ArrayEqual) { Order<std::equal_to<>>(arguments, rows, result); }
GATHER_KERNEL(ArrayNotEqual) { Order<std::not_equal_to<>>(arguments, rows, result); }
GATHER_KERNEL(ArrayLess) { Order<std::less<>>(arguments, rows, result); }
GATHER_KERNEL(ArrayLessEqual) { Order<std::less_equal<>>(arguments, rows, result); }
GATHER_KERNEL(ArrayGreater) { Order<std::greater<>>(arguments, rows, result); }
GATHER_KERNEL(ArrayGreaterEqual) { Order<std::greater_equal<>>(arguments, rows, result); }

GATHER_KERNEL(ArrayCompare) {
  MapRows<int32_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result, [](const StringRef& a, const StringRef& b) {
    CheckComparable(ArrayReader(a.view()), ArrayReader(b.view()));
    const int order = CompareArrays(a.view(), b.view());
    return (order > 0) - (order < 0);
  });
}

namespace {
template <class Op>
void Pick(std::span<const Vector> arguments, uint32_t rows, Vector& result) {
  result.KeepAlive(arguments[0]);
  result.KeepAlive(arguments[1]);
  MapRows<StringRef, StringRef, StringRef>(arguments[0], arguments[1], rows, result,
                                           [](const StringRef& a, const StringRef& b) { return Op()(CompareArrays(a.view(), b.view()), 0) ? a : b; });
}
}  // namespace

GATHER_KERNEL(ArrayLarger) { Pick<std::greater<>>(arguments, rows, result); }
GATHER_KERNEL(ArraySmaller) { Pick<std::less<>>(arguments, rows, result); }

GATHER_KERNEL(ArrayContains) {
  MapRows<uint8_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result,
                                         [](const StringRef& a, const StringRef& b) { return Contains(a.view(), b.view(), false); });
}
GATHER_KERNEL(ArrayContained) {
  MapRows<uint8_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result,
                                         [](const StringRef& a, const StringRef& b) { return Contains(b.view(), a.view(), false); });
}
GATHER_KERNEL(ArrayOverlaps) {
  MapRows<uint8_t, StringRef, StringRef>(arguments[0], arguments[1], rows, result,
                                         [](const StringRef& a, const StringRef& b) { return Contains(a.view(), b.view(), true); });
}

GATHER_KERNEL(ArrayLength) {
  OfDimension(arguments, rows, result, [](const ArrayDimension& dimension) { return dimension.length; });
}
GATHER_KERNEL(ArrayLower) {
  OfDimension(arguments, rows, result, [](const ArrayDimension& dimension) { return dimension.lower_bound; });
}
GATHER_KERNEL(ArrayUpper) {
  OfDimension(arguments, rows, result, [](const ArrayDimension& dimension) { return dimension.lower_bound + dimension.length - 1; });
}
GATHER_KERNEL(ArrayCardinality) {
  MapRows<int32_t, StringRef>(arguments[0], rows, result, [](const StringRef& array) { return static_cast<int32_t>(ArrayReader(array.view()).size()); });
}
GATHER_KERNEL(ArrayNdims) {
  const VectorView arrays = arguments[0].View();
  ForValidRows(result, rows, [&](uint32_t i) {
    const auto dimensions = static_cast<int32_t>(ArrayReader(StringAt(arrays, i)).dimensions().size());
    if (dimensions == 0) result.SetNull(i); else result.data<int32_t>()[i] = dimensions;
  });
}
GATHER_KERNEL(ArrayDims) {
  const VectorView arrays = arguments[0].View();
  ForValidRows(result, rows, [&](uint32_t i) {
    const ArrayReader reader(StringAt(arrays, i));
    std::string text;
    for (const ArrayDimension& dimension : reader.dimensions()) {
      text += Format("[%d:%d]", dimension.lower_bound, dimension.lower_bound + dimension.length - 1);
    }
    if (text.empty()) result.SetNull(i); else result.data<StringRef>()[i] = result.AddString(text);
  });
}

GATHER_KERNEL(ArrayPosition) {
  const VectorView arrays = arguments[0].View();
  for (uint32_t i = 0; i < rows; ++i) {
    if (!arrays.valid(i)) {
      result.SetNull(i);
      continue;
    }
    int32_t first = std::numeric_limits<int32_t>::min();
    if (arguments.size() > 2) {
      if (arguments[2].IsNull(i)) throw SqlError(sqlstate::kNullValueNotAllowed, "initial position must not be null");
      first = arguments[2].View().get<int32_t>(i);
    }
    bool any = false;
    Search(StringAt(arrays, i), arguments[1], i, [&](int32_t subscript) {
      any = subscript >= first;
      if (any) result.data<int32_t>()[i] = subscript;
      return !any;
    });
    if (!any) result.SetNull(i);
  }
}
GATHER_KERNEL(ArrayPositions) {
  const VectorView arrays = arguments[0].View();
  for (uint32_t i = 0; i < rows; ++i) {
    if (!arrays.valid(i)) {
      result.SetNull(i);
      continue;
    }
    ArrayBuilder positions(type_oid::kInt4);
    Search(StringAt(arrays, i), arguments[1], i, [&](int32_t subscript) {
      positions.Add({reinterpret_cast<const char*>(&subscript), sizeof(subscript)});
      return true;
    });
    result.data<StringRef>()[i] = result.AddString(positions.Finish());
  }
}

GATHER_KERNEL(ArrayWidthBucket) {
  const VectorView arrays = arguments[1].View();
  ForValidRows(result, rows, [&](uint32_t i) {
    ArrayReader reader(StringAt(arrays, i));
    if (reader.dimensions().size() > 1) throw SqlError(sqlstate::kArraySubscriptError, "thresholds must be one-dimensional array");
    const auto thresholds = Elements(reader);
    for (const auto& threshold : thresholds) {
      if (threshold.is_null) throw SqlError(sqlstate::kNullValueNotAllowed, "thresholds array must not contain NULLs");
    }
    ElementBytes bytes;
    const std::string_view operand = bytes.Of(arguments[0], i);
    // The number of thresholds not above the operand.
    size_t low = 0, high = thresholds.size();
    while (low < high) {
      const size_t middle = (low + high) / 2;
      if (CompareElements(GetType(reader.element_type()), operand, thresholds[middle].bytes) < 0) high = middle; else low = middle + 1;
    }
    result.data<int32_t>()[i] = static_cast<int32_t>(low);
  });
}

}  // namespace gather::catalog
