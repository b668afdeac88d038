#include "types/record.h"

#include <cstring>

#include "types/error.h"

namespace gather {

namespace {
template <class T>
T Take(std::string_view& bytes) {
  T value;
  if (bytes.size() < sizeof(T)) throw SqlError(sqlstate::kDataCorrupted, "damaged record value");
  std::memcpy(&value, bytes.data(), sizeof(T));
  bytes.remove_prefix(sizeof(T));
  return value;
}
}  // namespace

RecordReader::RecordReader(std::string_view payload) : rest_(payload) { size_ = Take<uint32_t>(rest_); }

bool RecordReader::Next(Field* field) {
  if (read_ == size_) return false;
  ++read_;
  field->type = Take<Oid>(rest_);
  const auto length = Take<int32_t>(rest_);
  field->is_null = length < 0;
  field->bytes = {};
  if (field->is_null) return true;
  if (rest_.size() < static_cast<size_t>(length)) throw SqlError(sqlstate::kDataCorrupted, "damaged record value");
  field->bytes = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return true;
}

RecordBuilder::RecordBuilder() : payload_(sizeof(uint32_t), '\0') {}

void RecordBuilder::Add(const Vector& vector, RowIndex row) {
  const Oid type = vector.type().oid;
  payload_.append(reinterpret_cast<const char*>(&type), sizeof(type));
  // One array element is exactly a field: its length, then its bytes.
  ArrayBuilder field(type);
  field.Add(vector, row);
  payload_ += std::string_view(field.Finish({})).substr(3 * sizeof(int32_t));
  ++size_;
}

std::string RecordBuilder::Finish() {
  std::memcpy(payload_.data(), &size_, sizeof(size_));
  return std::move(payload_);
}

}  // namespace gather
