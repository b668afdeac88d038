// Records (row values): the payload of a value of type record (kString representation).
//
//   int32 columns | columns * { uint32 type OID | int32 byte length (-1: null) | bytes (as an array's element, types/array.h) }
// All little endian, unaligned.
#pragma once

#include <string>
#include <string_view>

#include "types/array.h"

namespace gather {

class RecordReader {
 public:
  explicit RecordReader(std::string_view payload);
  uint32_t size() const { return size_; }
  struct Field { Oid type; bool is_null; std::string_view bytes; };
  bool Next(Field* field);            // false at the end

 private:
  std::string_view rest_;
  uint32_t size_ = 0;
  uint32_t read_ = 0;
};

class RecordBuilder {
 public:
  RecordBuilder();
  void Add(const Vector& vector, RowIndex row);
  std::string Finish();

 private:
  std::string payload_;
  uint32_t size_ = 0;
};

}  // namespace gather
