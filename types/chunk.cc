#include "types/chunk.h"

namespace gather {

Chunk::Chunk(std::span<const SqlType> types, uint32_t capacity) {
  vectors_.reserve(types.size());
  for (const SqlType& type : types) vectors_.emplace_back(type, capacity);
}

void Chunk::Reset() {
  for (Vector& vector : vectors_) vector.Reset();
  rows_ = 0;
}

void Chunk::Slice(const Selection& selection, uint32_t rows) {
  for (Vector& vector : vectors_) vector.Slice(selection, rows);
  rows_ = rows;
}

void Chunk::Flatten() {
  for (Vector& vector : vectors_) vector.Flatten(rows_);
}

void Chunk::Append(const Chunk& from, uint32_t from_row, uint32_t rows) {
  for (size_t i = 0; i < vectors_.size(); ++i) vectors_[i].Append(from.vectors_[i], from_row, rows, rows_);
  rows_ += rows;
}

}  // namespace gather
