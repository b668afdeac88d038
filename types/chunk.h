// Chunk: up to kVectorSize rows as vectors of equal length: what flows between operators. Copying shares the vectors' buffers.
#pragma once

#include <vector>

#include "types/vector.h"

namespace gather {

class Chunk {
 public:
  Chunk() = default;
  explicit Chunk(std::span<const SqlType> types, uint32_t capacity = kVectorSize);

  uint32_t rows() const { return rows_; }
  void set_rows(uint32_t rows) { rows_ = rows; }
  size_t columns() const { return vectors_.size(); }
  bool empty() const { return rows_ == 0; }
  Vector& operator[](size_t column) { return vectors_[column]; }
  const Vector& operator[](size_t column) const { return vectors_[column]; }
  std::vector<Vector>& vectors() { return vectors_; }
  const std::vector<Vector>& vectors() const { return vectors_; }
  void Add(Vector vector) { vectors_.push_back(std::move(vector)); }

  void Reset();                                        // no rows, every vector writable
  void Clear() { vectors_.clear(); rows_ = 0; }        // no rows, no vectors
  void Slice(const Selection& selection, uint32_t rows);
  void Flatten();
  // Copies rows of `from` behind the present ones (flat, owned; capacity must suffice).
  void Append(const Chunk& from, uint32_t from_row, uint32_t rows);

 private:
  std::vector<Vector> vectors_;
  uint32_t rows_ = 0;
};

}  // namespace gather
