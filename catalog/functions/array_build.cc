#include "catalog/functions/array_kernels.h"
#include "catalog/functions/row_loops.h"
#include "types/array.h"
#include "types/error.h"
#include "types/value_order.h"

namespace gather::catalog {

namespace {
constexpr SqlState kDataException{"22000"};
constexpr int64_t kMaxElements = (int64_t{1} << 30) / 8 - 1;
constexpr size_t kMaxDimensions = 6;

void Put(std::string_view payload, Vector& result, uint32_t row) { result.data<StringRef>()[row] = result.AddString(payload); }

// The elements of `payload`, appended as they are.
void AddAll(std::string_view payload, ArrayBuilder& builder) {
  ArrayReader reader(payload);
  for (ArrayReader::Element element; reader.Next(&element);) {
    if (element.is_null) builder.AddNull(); else builder.Add(element.bytes);
  }
}

// One element in front of or behind a one-dimensional array, whose lower bound stays.
void Extend(const Vector& array, const Vector& element, bool front, FunctionContext& context, uint32_t rows, Vector& result) {
  const Oid type = GetType(context.result_type.oid).element;
  const VectorView view = array.View();
  for (uint32_t i = 0; i < rows; ++i) {
    ArrayBuilder builder(type);
    int32_t length = 0, lower = 1;
    if (view.valid(i)) {
      const ArrayReader reader(StringAt(view, i));
      if (reader.dimensions().size() > 1) throw SqlError(kDataException, "argument must be empty or one-dimensional array");
      if (reader.size() > 0) {
        length = reader.dimensions()[0].length;
        lower = reader.dimensions()[0].lower_bound;
        if (!front && int64_t{lower} + length > std::numeric_limits<int32_t>::max()) throw SqlError(sqlstate::kNumericValueOutOfRange, "integer out of range");
      }
    }
    if (front) builder.Add(element, i);
    if (length > 0) AddAll(StringAt(view, i), builder);
    if (!front) builder.Add(element, i);
    Put(builder.Finish({{length + 1, lower}}), result, i);
  }
}

[[noreturn]] void ThrowIncompatible(const std::string& detail) {
  throw SqlError(sqlstate::kArraySubscriptError, "cannot concatenate incompatible arrays").Detail(detail);
}

bool SameDimension(const ArrayDimension& a, const ArrayDimension& b) { return a.length == b.length && a.lower_bound == b.lower_bound; }

std::string Concatenate(std::string_view a, std::string_view b, Oid element) {
  const ArrayReader x(a), y(b);
  const auto& left = x.dimensions();
  const auto& right = y.dimensions();
  if (left.empty()) return std::string(b);
  if (right.empty()) return std::string(a);
  std::vector<ArrayDimension> dimensions;
  if (left.size() == right.size()) {
    for (size_t i = 1; i < left.size(); ++i) {
      if (!SameDimension(left[i], right[i])) ThrowIncompatible("Arrays with differing element dimensions are not compatible for concatenation.");
    }
    dimensions = left;
    dimensions[0].length += right[0].length;
  } else if (left.size() + 1 == right.size() || left.size() == right.size() + 1) {
    // One is an element of the other.
    const auto& outer = left.size() > right.size() ? left : right;
    const auto& inner = left.size() > right.size() ? right : left;
    for (size_t i = 0; i < inner.size(); ++i) {
      if (!SameDimension(inner[i], outer[i + 1])) ThrowIncompatible("Arrays with differing dimensions are not compatible for concatenation.");
    }
    dimensions = outer;
    ++dimensions[0].length;
  } else {
    ThrowIncompatible(Format("Arrays of %zu and %zu dimensions are not compatible for concatenation.", left.size(), right.size()));
  }
  ArrayBuilder builder(element);
  AddAll(a, builder);
  AddAll(b, builder);
  return builder.Finish(dimensions);
}

std::string ElementBytes(const Vector& vector, RowIndex row) {
  ArrayBuilder builder(vector.type().oid);
  builder.Add(vector, row);
  return builder.Finish({}).substr(4 * sizeof(int32_t));
}

// The int4s of a dimension or bound array.
std::vector<int32_t> Numbers(std::string_view payload) {
  ArrayReader reader(payload);
  if (reader.dimensions().size() > 1) {
    throw SqlError(sqlstate::kArraySubscriptError, "wrong number of array subscripts").Detail("Dimension array must be one dimensional.");
  }
  std::vector<int32_t> numbers;
  for (ArrayReader::Element element; reader.Next(&element);) {
    if (element.is_null) throw SqlError(sqlstate::kNullValueNotAllowed, "dimension values cannot be null");
    int32_t number;
    std::memcpy(&number, element.bytes.data(), sizeof(number));
    numbers.push_back(number);
  }
  return numbers;
}
}  // namespace

GATHER_KERNEL(ArrayAppend) { Extend(arguments[0], arguments[1], false, context, rows, result); }
GATHER_KERNEL(ArrayPrepend) { Extend(arguments[1], arguments[0], true, context, rows, result); }

GATHER_KERNEL(ArrayConcatenate) {
  const VectorView x = arguments[0].View(), y = arguments[1].View();
  const Oid element = GetType(context.result_type.oid).element;
  for (uint32_t i = 0; i < rows; ++i) {
    if (x.valid(i) && y.valid(i)) {
      Put(Concatenate(StringAt(x, i), StringAt(y, i), element), result, i);
    } else if (x.valid(i) || y.valid(i)) {
      Put(StringAt(x.valid(i) ? x : y, i), result, i);
    } else {
      result.SetNull(i);
    }
  }
}

GATHER_KERNEL(ArrayRemove) {
  const VectorView arrays = arguments[0].View();
  for (uint32_t i = 0; i < rows; ++i) {
    if (!arrays.valid(i)) {
      result.SetNull(i);
      continue;
    }
    ArrayReader reader(StringAt(arrays, i));
    if (reader.dimensions().size() > 1) {
      throw SqlError(sqlstate::kFeatureNotSupported, "removing elements from multidimensional arrays is not supported");
    }
    const bool null = arguments[1].IsNull(i);
    const std::string wanted = null ? std::string() : ElementBytes(arguments[1], i);
    const TypeInfo& type = GetType(reader.element_type());
    ArrayBuilder builder(type.oid);
    int32_t kept = 0;
    for (ArrayReader::Element element; reader.Next(&element);) {
      if (element.is_null || null ? element.is_null == null : CompareElements(type, element.bytes, wanted) == 0) continue;
      if (element.is_null) builder.AddNull(); else builder.Add(element.bytes);
      ++kept;
    }
    Put(kept == 0 ? builder.Finish({}) : builder.Finish({{kept, reader.dimensions()[0].lower_bound}}), result, i);
  }
}

GATHER_KERNEL(ArrayReplace) {
  const VectorView arrays = arguments[0].View();
  for (uint32_t i = 0; i < rows; ++i) {
    if (!arrays.valid(i)) {
      result.SetNull(i);
      continue;
    }
    ArrayReader reader(StringAt(arrays, i));
    const bool null = arguments[1].IsNull(i);
    const std::string wanted = null ? std::string() : ElementBytes(arguments[1], i);
    const TypeInfo& type = GetType(reader.element_type());
    ArrayBuilder builder(type.oid);
    for (ArrayReader::Element element; reader.Next(&element);) {
      if (element.is_null || null ? element.is_null == null : CompareElements(type, element.bytes, wanted) == 0) {
        builder.Add(arguments[2], i);
      } else if (element.is_null) {
        builder.AddNull();
      } else {
        builder.Add(element.bytes);
      }
    }
    Put(builder.Finish(reader.dimensions()), result, i);
  }
}

GATHER_KERNEL(ArrayFill) {
  const Oid element = GetType(context.result_type.oid).element;
  const VectorView dimension_arrays = arguments[1].View();
  const bool has_bounds = arguments.size() > 2;
  for (uint32_t i = 0; i < rows; ++i) {
    if (!dimension_arrays.valid(i) || (has_bounds && arguments[2].IsNull(i))) {
      throw SqlError(sqlstate::kNullValueNotAllowed, "dimension array or low bound array cannot be null");
    }
    const std::vector<int32_t> lengths = Numbers(StringAt(dimension_arrays, i));
    if (lengths.size() > kMaxDimensions) {
      throw SqlError(sqlstate::kProgramLimitExceeded, Format("number of array dimensions (%zu) exceeds the maximum allowed (%zu)", lengths.size(), kMaxDimensions));
    }
    std::vector<int32_t> bounds(lengths.size(), 1);
    if (has_bounds) {
      bounds = Numbers(StringAt(arguments[2].View(), i));
      if (bounds.size() != lengths.size()) {
        throw SqlError(sqlstate::kArraySubscriptError, "wrong number of array subscripts").Detail("Low bound array has different size than dimensions array.");
      }
    }
    std::vector<ArrayDimension> dimensions;
    int64_t size = lengths.empty() ? 0 : 1;
    for (size_t d = 0; d < lengths.size(); ++d) {
      dimensions.push_back({lengths[d], bounds[d]});
      size = lengths[d] < 0 ? kMaxElements + 1 : size * lengths[d];
      if (size > kMaxElements) {
        throw SqlError(sqlstate::kProgramLimitExceeded, Format("array size exceeds the maximum allowed (%d)", static_cast<int>(kMaxElements)));
      }
      if (int64_t{bounds[d]} + lengths[d] > std::numeric_limits<int32_t>::max()) {
        throw SqlError(sqlstate::kProgramLimitExceeded, Format("array lower bound is too large: %d", bounds[d]));
      }
    }
    ArrayBuilder builder(element);
    for (int64_t n = 0; n < size; ++n) builder.Add(arguments[0], i);
    Put(size == 0 ? builder.Finish({}) : builder.Finish(dimensions), result, i);
  }
}

GATHER_KERNEL(ArrayTrim) {
  const VectorView arrays = arguments[0].View(), counts = arguments[1].View();
  ForValidRows(result, rows, [&](uint32_t i) {
    ArrayReader reader(StringAt(arrays, i));
    const int32_t length = reader.dimensions().empty() ? 0 : reader.dimensions()[0].length, trim = counts.get<int32_t>(i);
    if (trim < 0 || trim > length) {
      throw SqlError(sqlstate::kArraySubscriptError, Format("number of elements to trim must be between 0 and %d", length));
    }
    ArrayBuilder builder(reader.element_type());
    if (trim == length) {
      Put(builder.Finish({}), result, i);
      return;
    }
    std::vector<ArrayDimension> dimensions = reader.dimensions();
    // As a slice: lower bounds start over.
    for (ArrayDimension& dimension : dimensions) dimension.lower_bound = 1;
    dimensions[0].length -= trim;
    const uint32_t kept = reader.size() / static_cast<uint32_t>(length) * static_cast<uint32_t>(dimensions[0].length);
    ArrayReader::Element element;
    for (uint32_t n = 0; n < kept && reader.Next(&element); ++n) {
      if (element.is_null) builder.AddNull(); else builder.Add(element.bytes);
    }
    Put(builder.Finish(dimensions), result, i);
  });
}

}  // namespace gather::catalog
