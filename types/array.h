// Arrays: the payload of an array value (kString representation), and how to build and read one.
//
//   int32 ndim | int32 has_nulls | uint32 element OID | ndim * { int32 length, int32 lower_bound } |
//   elements in row-major order: int32 byte length (-1: null) then the element's bytes (fixed-width representation as it lies in a
//   vector; string representations: the string's bytes)
// All little endian, unaligned. An empty array has ndim 0.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "types/datum.h"
#include "types/vector.h"

namespace gather {

struct ArrayDimension {
  int32_t length;
  int32_t lower_bound;
};

// Reads one payload; views into it.
class ArrayReader {
 public:
  explicit ArrayReader(std::string_view payload);
  Oid element_type() const { return element_; }
  const std::vector<ArrayDimension>& dimensions() const { return dimensions_; }
  uint32_t size() const { return size_; }              // elements over all dimensions
  // The next element in row-major order; false at the end.
  struct Element { bool is_null; std::string_view bytes; };
  bool Next(Element* element);

 private:
  std::string_view rest_;
  Oid element_ = kInvalidOid;
  std::vector<ArrayDimension> dimensions_;
  uint32_t size_ = 0;
  uint32_t read_ = 0;
};

// Builds one payload.
class ArrayBuilder {
 public:
  explicit ArrayBuilder(Oid element_type) : element_(element_type) {}
  void AddNull();
  void Add(std::string_view element_bytes);
  void Add(const Vector& vector, RowIndex row);         // null or value of the element type
  std::string Finish();                                 // one dimension, lower bound 1 (ndim 0 when empty)
  std::string Finish(const std::vector<ArrayDimension>& dimensions);

 private:
  Oid element_;
  uint32_t size_ = 0;
  bool has_nulls_ = false;
  std::string elements_;
};

// All elements as one flat vector of the element type (numeric: packed).
Vector ArrayElements(std::string_view payload);
// One element's bytes as a Datum of `element_type`.
Datum ArrayElementDatum(Oid element_type, const ArrayReader::Element& element);

}  // namespace gather
