#include "types/array.h"

#include <cstring>

#include "types/error.h"
#include "types/numeric.h"

namespace gather {

namespace {
constexpr uint32_t kMaxDimensions = 6;

int32_t TakeInt(std::string_view& bytes) {
  int32_t value;
  if (bytes.size() < sizeof(value)) throw SqlError(sqlstate::kDataCorrupted, "damaged array value");
  std::memcpy(&value, bytes.data(), sizeof(value));
  bytes.remove_prefix(sizeof(value));
  return value;
}

void AppendInt(int32_t value, std::string& out) { out.append(reinterpret_cast<const char*>(&value), sizeof(value)); }
}  // namespace

ArrayReader::ArrayReader(std::string_view payload) : rest_(payload) {
  const int32_t dimensions = TakeInt(rest_);
  TakeInt(rest_);
  element_ = static_cast<Oid>(TakeInt(rest_));
  if (dimensions < 0 || dimensions > static_cast<int32_t>(kMaxDimensions)) throw SqlError(sqlstate::kDataCorrupted, "damaged array value");
  size_ = dimensions == 0 ? 0 : 1;
  dimensions_.resize(dimensions);
  for (ArrayDimension& dimension : dimensions_) {
    dimension.length = TakeInt(rest_);
    dimension.lower_bound = TakeInt(rest_);
    size_ *= static_cast<uint32_t>(dimension.length);
  }
}

bool ArrayReader::Next(Element* element) {
  if (read_ == size_) return false;
  ++read_;
  const int32_t length = TakeInt(rest_);
  element->is_null = length < 0;
  if (element->is_null) {
    element->bytes = {};
    return true;
  }
  if (rest_.size() < static_cast<size_t>(length)) throw SqlError(sqlstate::kDataCorrupted, "damaged array value");
  element->bytes = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return true;
}

void ArrayBuilder::AddNull() {
  AppendInt(-1, elements_);
  has_nulls_ = true;
  ++size_;
}

void ArrayBuilder::Add(std::string_view element_bytes) {
  AppendInt(static_cast<int32_t>(element_bytes.size()), elements_);
  elements_ += element_bytes;
  ++size_;
}

void ArrayBuilder::Add(const Vector& vector, RowIndex row) {
  const VectorView view = vector.View();
  if (!view.valid(row)) {
    AddNull();
  } else if (vector.physical() == PhysicalType::kString) {
    Add(view.get<StringRef>(row).view());
  } else if (vector.type().oid == type_oid::kNumeric) {
    const int scale = vector.shape().scale;
    Add(vector.physical() == PhysicalType::kInt64 ? PackNumeric(view.get<int64_t>(row), scale) : PackNumeric(view.get<__int128>(row), scale));
  } else {
    const uint32_t size = PhysicalSize(vector.physical());
    Add({static_cast<const char*>(view.data) + static_cast<size_t>(view.index(row)) * size, size});
  }
}

std::string ArrayBuilder::Finish() {
  if (size_ == 0) return Finish({});
  return Finish({{static_cast<int32_t>(size_), 1}});
}

std::string ArrayBuilder::Finish(const std::vector<ArrayDimension>& dimensions) {
  std::string payload;
  payload.reserve(12 + 8 * dimensions.size() + elements_.size());
  AppendInt(static_cast<int32_t>(dimensions.size()), payload);
  AppendInt(has_nulls_ ? 1 : 0, payload);
  AppendInt(static_cast<int32_t>(element_), payload);
  for (const ArrayDimension& dimension : dimensions) {
    AppendInt(dimension.length, payload);
    AppendInt(dimension.lower_bound, payload);
  }
  payload += elements_;
  return payload;
}

Vector ArrayElements(std::string_view payload) {
  ArrayReader reader(payload);
  const SqlType type(reader.element_type());
  Vector out(type, std::max(reader.size(), 1u));
  const uint32_t size = PhysicalSize(out.physical());
  ArrayReader::Element element;
  for (uint32_t row = 0; reader.Next(&element); ++row) {
    if (element.is_null) {
      out.SetNull(row);
      std::memset(static_cast<char*>(out.raw_data()) + static_cast<size_t>(row) * size, 0, size);
    } else if (out.physical() == PhysicalType::kString) {
      out.data<StringRef>()[row] = out.AddString(element.bytes);
    } else {
      if (element.bytes.size() != size) throw SqlError(sqlstate::kDataCorrupted, "damaged array value");
      std::memcpy(static_cast<char*>(out.raw_data()) + static_cast<size_t>(row) * size, element.bytes.data(), size);
    }
  }
  return out;
}

Datum ArrayElementDatum(Oid element_type, const ArrayReader::Element& element) {
  if (element.is_null) return Datum::Null(element_type);
  if (GetType(element_type).physical == PhysicalType::kString) return Datum::String(element_type, element.bytes);
  Datum datum = Datum::Null(element_type);
  if (element.bytes.size() > sizeof(datum.raw)) throw SqlError(sqlstate::kDataCorrupted, "damaged array value");
  datum.is_null = false;
  std::memcpy(datum.raw, element.bytes.data(), element.bytes.size());
  return datum;
}

}  // namespace gather
