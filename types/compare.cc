#include "types/compare.h"

#include "types/array.h"
#include "types/error.h"
#include "types/numeric.h"
#include "types/record.h"
#include "types/value_order.h"

namespace gather {

namespace {
struct UuidBytes { unsigned char bytes[16]; };

template <class T>
T Load(std::string_view bytes) {
  T value;
  if (bytes.size() < sizeof(T)) throw SqlError(sqlstate::kDataCorrupted, "damaged array value");
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

// Two rows of equal physical type; `raw` pointers at the values.
int CompareRaw(PhysicalType physical, StringOrder order, const void* a, const void* b) {
  const auto numbers = [&]<class T>(T) { return CompareNumbers(*static_cast<const T*>(a), *static_cast<const T*>(b)); };
  switch (physical) {
    case PhysicalType::kBool:
    case PhysicalType::kInt8: return numbers(uint8_t{});
    case PhysicalType::kInt16: return numbers(int16_t{});
    case PhysicalType::kInt32: return numbers(int32_t{});
    case PhysicalType::kInt64: return numbers(int64_t{});
    case PhysicalType::kInt128: return numbers(__int128{});
    case PhysicalType::kUInt32: return numbers(uint32_t{});
    case PhysicalType::kTid: return numbers(uint64_t{});
    case PhysicalType::kFloat32: return CompareFloats(*static_cast<const float*>(a), *static_cast<const float*>(b));
    case PhysicalType::kFloat64: return CompareFloats(*static_cast<const double*>(a), *static_cast<const double*>(b));
    case PhysicalType::kInterval: return CompareIntervalSpans(*static_cast<const Interval*>(a), *static_cast<const Interval*>(b));
    case PhysicalType::kTimeTz: return CompareTimeTz(*static_cast<const TimeTz*>(a), *static_cast<const TimeTz*>(b));
    case PhysicalType::kUuid: return std::memcmp(a, b, 16);
    case PhysicalType::kString: return CompareStrings(order, static_cast<const StringRef*>(a)->view(), static_cast<const StringRef*>(b)->view());
  }
  return 0;
}

const char* RawAt(const Vector& vector, RowIndex row) {
  return static_cast<const char*>(vector.raw_data()) + static_cast<size_t>(vector.View().index(row)) * PhysicalSize(vector.physical());
}

// A numeric of whatever representation, packed.
std::string PackedAt(const Vector& vector, RowIndex row) {
  const VectorView view = vector.View();
  switch (vector.physical()) {
    case PhysicalType::kInt64: return PackNumeric(view.get<int64_t>(row), vector.shape().scale);
    case PhysicalType::kInt128: return PackNumeric(view.get<__int128>(row), vector.shape().scale);
    default: return std::string(view.get<StringRef>(row).view());
  }
}

template <class T, class Equal>
void EqualLoop(const VectorView& a, const VectorView& b, uint32_t rows, uint8_t* matches, Equal equal) {
  if (a.indices == nullptr && b.indices == nullptr && a.mask != 0 && b.mask != 0) {
    const T* x = static_cast<const T*>(a.data);
    const T* y = static_cast<const T*>(b.data);
    for (uint32_t i = 0; i < rows; ++i) matches[i] = equal(x[i], y[i]);
    return;
  }
  for (uint32_t i = 0; i < rows; ++i) matches[i] = equal(a.get<T>(i), b.get<T>(i));
}

// Strings of null rows may hold anything: only looked at where both are valid.
template <class Equal>
void EqualStrings(const VectorView& a, const VectorView& b, uint32_t rows, uint8_t* matches, Equal equal) {
  for (uint32_t i = 0; i < rows; ++i) matches[i] = a.valid(i) && b.valid(i) && equal(a.get<StringRef>(i), b.get<StringRef>(i));
}
}  // namespace

StringOrder StringOrderOf(Oid type) {
  switch (type) {
    case type_oid::kBpchar: return StringOrder::kBlankTrimmed;
    case type_oid::kNumeric: return StringOrder::kNumeric;
    case type_oid::kRecord: return StringOrder::kRecord;
    case type_oid::kInt2Vector:
    case type_oid::kOidVector:
    case type_oid::kAnyarray: return StringOrder::kArray;
    default: return IsArrayType(type) && type != type_oid::kName ? StringOrder::kArray : StringOrder::kBytes;
  }
}

int CompareStrings(StringOrder order, std::string_view a, std::string_view b) {
  switch (order) {
    case StringOrder::kBytes: return CompareBytes(a, b);
    case StringOrder::kBlankTrimmed: return CompareBytes(TrimBlanks(a), TrimBlanks(b));
    case StringOrder::kNumeric: return CompareNumeric(a, b);
    case StringOrder::kArray: return CompareArrays(a, b);
    case StringOrder::kRecord: return CompareRecords(a, b);
  }
  return 0;
}

int CompareElements(const TypeInfo& type, std::string_view a, std::string_view b) {
  if (type.physical == PhysicalType::kString) return CompareStrings(StringOrderOf(type.oid), a, b);
  alignas(16) char x[16], y[16];
  const uint32_t size = PhysicalSize(type.physical);
  if (a.size() != size || b.size() != size) throw SqlError(sqlstate::kDataCorrupted, "damaged array value");
  std::memcpy(x, a.data(), size);
  std::memcpy(y, b.data(), size);
  return CompareRaw(type.physical, StringOrder::kBytes, x, y);
}

// As PostgreSQL's array_cmp: elements first (null is greatest), then the number of elements, dimensions and bounds.
int CompareArrays(std::string_view a, std::string_view b) {
  ArrayReader x(a), y(b);
  if (x.size() > 0 || y.size() > 0) {
    const TypeInfo& type = GetType(x.element_type());
    ArrayReader::Element left, right;
    while (x.Next(&left)) {
      if (!y.Next(&right)) break;
      if (left.is_null || right.is_null) {
        if (left.is_null && right.is_null) continue;
        return left.is_null ? 1 : -1;
      }
      const int order = CompareElements(type, left.bytes, right.bytes);
      if (order != 0) return order;
    }
  }
  if (x.size() != y.size()) return CompareNumbers(x.size(), y.size());
  const auto& left = x.dimensions();
  const auto& right = y.dimensions();
  if (left.size() != right.size()) return CompareNumbers(left.size(), right.size());
  for (size_t i = 0; i < left.size(); ++i) {
    if (left[i].length != right[i].length) return CompareNumbers(left[i].length, right[i].length);
  }
  for (size_t i = 0; i < left.size(); ++i) {
    if (left[i].lower_bound != right[i].lower_bound) return CompareNumbers(left[i].lower_bound, right[i].lower_bound);
  }
  return 0;
}

int CompareRecords(std::string_view a, std::string_view b) {
  RecordReader x(a), y(b);
  RecordReader::Field left, right;
  for (int column = 1; x.Next(&left) && y.Next(&right); ++column) {
    if (left.type != right.type) {
      throw SqlError(sqlstate::kDatatypeMismatch, Format("cannot compare dissimilar column types %s and %s at record column %d", FormatType(left.type).c_str(),
                                                          FormatType(right.type).c_str(), column));
    }
    if (left.is_null || right.is_null) {
      if (left.is_null && right.is_null) continue;
      return left.is_null ? 1 : -1;
    }
    const int order = CompareElements(GetType(left.type), left.bytes, right.bytes);
    if (order != 0) return order;
  }
  if (x.size() != y.size()) throw SqlError(sqlstate::kDatatypeMismatch, "cannot compare record types with different numbers of columns");
  return 0;
}

int CompareValues(const Vector& a, RowIndex a_row, const Vector& b, RowIndex b_row) {
  if (a.type().oid == type_oid::kNumeric) {
    if (a.physical() == b.physical() && a.physical() != PhysicalType::kString && a.shape().scale == b.shape().scale) {
      return CompareRaw(a.physical(), StringOrder::kBytes, RawAt(a, a_row), RawAt(b, b_row));
    }
    return CompareNumeric(PackedAt(a, a_row), PackedAt(b, b_row));
  }
  const StringOrder order = a.physical() == PhysicalType::kString ? StringOrderOf(a.type().oid) : StringOrder::kBytes;
  return CompareRaw(a.physical(), order, RawAt(a, a_row), RawAt(b, b_row));
}

int CompareDatums(const Datum& a, const Datum& b) {
  const TypeInfo& type = GetType(a.type.oid);
  if (type.physical == PhysicalType::kString) return CompareStrings(StringOrderOf(type.oid), a.bytes, b.bytes);
  return CompareRaw(type.physical, StringOrder::kBytes, a.raw, b.raw);
}

void EqualRows(const Vector& a, const Vector& b, uint32_t rows, bool nulls_equal, uint8_t* matches) {
  const VectorView x = a.View(), y = b.View();
  const auto plain = [](const auto& left, const auto& right) { return left == right; };
  if (a.type().oid == type_oid::kNumeric && (a.physical() != b.physical() || a.shape().scale != b.shape().scale)) {
    for (uint32_t i = 0; i < rows; ++i) matches[i] = x.valid(i) && y.valid(i) && CompareNumeric(PackedAt(a, i), PackedAt(b, i)) == 0;
  } else {
    switch (a.physical()) {
      case PhysicalType::kBool:
      case PhysicalType::kInt8: EqualLoop<uint8_t>(x, y, rows, matches, plain); break;
      case PhysicalType::kInt16: EqualLoop<int16_t>(x, y, rows, matches, plain); break;
      case PhysicalType::kInt32:
      case PhysicalType::kUInt32: EqualLoop<uint32_t>(x, y, rows, matches, plain); break;
      case PhysicalType::kInt64:
      case PhysicalType::kTid: EqualLoop<uint64_t>(x, y, rows, matches, plain); break;
      case PhysicalType::kInt128: EqualLoop<__int128>(x, y, rows, matches, plain); break;
      case PhysicalType::kFloat32: EqualLoop<float>(x, y, rows, matches, [](float l, float r) { return CompareFloats(l, r) == 0; }); break;
      case PhysicalType::kFloat64: EqualLoop<double>(x, y, rows, matches, [](double l, double r) { return CompareFloats(l, r) == 0; }); break;
      case PhysicalType::kInterval:
        EqualLoop<Interval>(x, y, rows, matches, [](const Interval& l, const Interval& r) { return CompareIntervalSpans(l, r) == 0; });
        break;
      case PhysicalType::kTimeTz: EqualLoop<TimeTz>(x, y, rows, matches, [](const TimeTz& l, const TimeTz& r) { return CompareTimeTz(l, r) == 0; }); break;
      case PhysicalType::kUuid:
        EqualLoop<UuidBytes>(x, y, rows, matches, [](const UuidBytes& l, const UuidBytes& r) { return std::memcmp(l.bytes, r.bytes, 16) == 0; });
        break;
      case PhysicalType::kString: {
        const StringOrder order = StringOrderOf(a.type().oid);
        if (order == StringOrder::kBytes) {
          EqualStrings(x, y, rows, matches, plain);
        } else {
          // Equal bytes are equal values whatever the order; only differing bytes need the long way.
          EqualStrings(x, y, rows, matches, [order](const StringRef& l, const StringRef& r) { return l == r || CompareStrings(order, l.view(), r.view()) == 0; });
        }
        break;
      }
    }
  }
  if (x.validity == nullptr && y.validity == nullptr) return;
  for (uint32_t i = 0; i < rows; ++i) {
    const bool left = x.valid(i), right = y.valid(i);
    if (!left || !right) matches[i] = nulls_equal && left == right;
  }
}

}  // namespace gather
