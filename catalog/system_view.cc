#include "catalog/system_view.h"

#include "types/array.h"
#include "types/error.h"

namespace gather::catalog {

RowWriter::RowWriter(std::span<const SystemViewColumn> columns) : columns_(columns.begin(), columns.end()), column_(columns.size()) {}

Vector& RowWriter::NextColumn() {
  if (column_ == columns_.size()) {
    if (chunks_.empty() || chunks_.back().rows() == kVectorSize) {
      std::vector<SqlType> types;
      for (const SystemViewColumn& column : columns_) types.push_back(column.type);
      chunks_.emplace_back(types);
    }
    chunks_.back().set_rows(chunks_.back().rows() + 1);
    column_ = 0;
  }
  return chunks_.back()[column_++];
}

// The row being written.
#define GATHER_ROW (chunks_.back().rows() - 1)

RowWriter& RowWriter::Add(const Datum& value) {
  Vector& vector = NextColumn();
  if (value.is_null) {
    vector.SetNull(GATHER_ROW);
  } else {
    vector.Set(GATHER_ROW, value);
  }
  return *this;
}

namespace {
template <class T>
void Write(Vector& vector, RowIndex row, PhysicalType physical, T value) {
  if (vector.physical() != physical) ThrowInternal("system view: a value does not fit its column");
  vector.data<T>()[row] = value;
}
}  // namespace

RowWriter& RowWriter::Text(std::string_view value) {
  Vector& vector = NextColumn();
  Write(vector, GATHER_ROW, PhysicalType::kString, vector.AddString(value));
  return *this;
}

RowWriter& RowWriter::Bool(bool value) {
  Vector& vector = NextColumn();
  Write<uint8_t>(vector, GATHER_ROW, PhysicalType::kBool, value ? 1 : 0);
  return *this;
}

RowWriter& RowWriter::Int2(int16_t value) {
  Vector& vector = NextColumn();
  Write(vector, GATHER_ROW, PhysicalType::kInt16, value);
  return *this;
}

RowWriter& RowWriter::Int4(int32_t value) {
  Vector& vector = NextColumn();
  Write(vector, GATHER_ROW, PhysicalType::kInt32, value);
  return *this;
}

RowWriter& RowWriter::Int8(int64_t value) {
  Vector& vector = NextColumn();
  Write(vector, GATHER_ROW, PhysicalType::kInt64, value);
  return *this;
}

RowWriter& RowWriter::OfOid(Oid value) {
  Vector& vector = NextColumn();
  Write(vector, GATHER_ROW, PhysicalType::kUInt32, value);
  return *this;
}

RowWriter& RowWriter::Float4(float value) {
  Vector& vector = NextColumn();
  Write(vector, GATHER_ROW, PhysicalType::kFloat32, value);
  return *this;
}

RowWriter& RowWriter::Float8(double value) {
  Vector& vector = NextColumn();
  Write(vector, GATHER_ROW, PhysicalType::kFloat64, value);
  return *this;
}

RowWriter& RowWriter::Char(char value) {
  Vector& vector = NextColumn();
  Write(vector, GATHER_ROW, PhysicalType::kInt8, value);
  return *this;
}

RowWriter& RowWriter::Timestamptz(int64_t micros) { return micros == 0 ? Null() : Int8(micros); }

RowWriter& RowWriter::Null() {
  Vector& vector = NextColumn();
  vector.SetNull(GATHER_ROW);
  // A null string must still be a readable one for kernels that do not look at validity.
  if (vector.physical() == PhysicalType::kString) vector.data<StringRef>()[GATHER_ROW] = StringRef();
  return *this;
}

#undef GATHER_ROW

RowWriter& RowWriter::Nulls(int count) {
  for (int i = 0; i < count; i++) Null();
  return *this;
}

namespace {
std::string FinishArray(ArrayBuilder& builder, size_t size, SqlType type) {
  if (type.oid != type_oid::kOidVector && type.oid != type_oid::kInt2Vector) return builder.Finish();
  return builder.Finish({{static_cast<int32_t>(size), 0}});
}
template <class T>
std::string_view BytesOf(const T& value) { return {reinterpret_cast<const char*>(&value), sizeof(value)}; }
}  // namespace

RowWriter& RowWriter::Texts(std::span<const std::string> values) {
  const size_t at = column_ == columns_.size() ? 0 : column_;
  ArrayBuilder builder(GetType(columns_[at].type.oid).element);
  for (const std::string& value : values) builder.Add(value);
  return Text(builder.Finish());
}

RowWriter& RowWriter::Oids(std::span<const Oid> values) {
  const SqlType type = columns_[column_ == columns_.size() ? 0 : column_].type;
  ArrayBuilder builder(GetType(type.oid).element);
  for (const Oid& value : values) builder.Add(BytesOf(value));
  return Text(FinishArray(builder, values.size(), type));
}

RowWriter& RowWriter::Int2s(std::span<const int16_t> values) {
  const SqlType type = columns_[column_ == columns_.size() ? 0 : column_].type;
  ArrayBuilder builder(GetType(type.oid).element);
  for (const int16_t& value : values) builder.Add(BytesOf(value));
  return Text(FinishArray(builder, values.size(), type));
}

RowWriter& RowWriter::Chars(std::string_view values) {
  ArrayBuilder builder(type_oid::kChar);
  for (const char& value : values) builder.Add(BytesOf(value));
  return Text(builder.Finish());
}

std::vector<Chunk> RowWriter::Finish() {
  if (column_ != columns_.size()) ThrowInternal("system view: a row is short of columns");
  return std::move(chunks_);
}

}  // namespace gather::catalog
