#include "executor/spill/chunk_spill.h"

#include <algorithm>
#include <cstring>

namespace gather::executor {

namespace {

struct ColumnHeader {
  SqlType type;
  NumericShape shape;
  PhysicalType physical;
  bool nullable;
};

uint32_t WordsFor(uint32_t rows) { return (rows + 63) / 64; }

void Put(std::vector<char>& buffer, const void* data, size_t bytes) {
  const char* from = static_cast<const char*>(data);
  buffer.insert(buffer.end(), from, from + bytes);
}

void WriteColumn(const Vector& column, uint32_t rows, std::vector<char>& buffer) {
  Vector flat = column;
  flat.Flatten(rows);
  const ColumnHeader header{flat.type(), flat.shape(), flat.physical(), flat.validity() != nullptr};
  Put(buffer, &header, sizeof(header));
  if (header.nullable) Put(buffer, flat.validity(), WordsFor(rows) * sizeof(uint64_t));
  Put(buffer, flat.raw_data(), static_cast<size_t>(rows) * PhysicalSize(header.physical));
  if (header.physical != PhysicalType::kString) return;
  for (uint32_t i = 0; i < rows; ++i) {
    const StringRef& text = flat.data<StringRef>()[i];
    if (BitIsSet(flat.validity(), i) && !text.is_inline()) Put(buffer, text.data(), text.size());
  }
}

class Input {
 public:
  explicit Input(const char* at) : at_(at) {}
  void Take(void* to, size_t bytes) {
    std::memcpy(to, at_, bytes);
    at_ += bytes;
  }
  const char* at() const { return at_; }

 private:
  const char* at_;
};

Vector ReadColumn(Input& input, uint32_t rows) {
  ColumnHeader header;
  input.Take(&header, sizeof(header));
  Vector column(header.type, header.physical, std::max(rows, 1u));
  column.set_shape(header.shape);
  if (header.nullable) input.Take(column.MutableValidity(), WordsFor(rows) * sizeof(uint64_t));
  input.Take(column.raw_data(), static_cast<size_t>(rows) * PhysicalSize(header.physical));
  if (header.physical != PhysicalType::kString) return column;
  StringRef* texts = column.data<StringRef>();
  for (uint32_t i = 0; i < rows; ++i) {
    if (!BitIsSet(column.validity(), i)) {
      texts[i] = StringRef();
    } else if (!texts[i].is_inline()) {
      const uint32_t bytes = texts[i].size();
      char* copy = column.heap().Allocate(bytes);
      input.Take(copy, bytes);
      texts[i] = StringRef(copy, bytes);
    }
  }
  return column;
}

}  // namespace

ChunkSpill::Extent ChunkSpill::Write(const Chunk& chunk) {
  buffer_.clear();
  const uint32_t sizes[2] = {chunk.rows(), static_cast<uint32_t>(chunk.columns())};
  Put(buffer_, sizes, sizeof(sizes));
  for (const Vector& column : chunk.vectors()) WriteColumn(column, chunk.rows(), buffer_);
  return {file_.Append(buffer_.data(), buffer_.size()), buffer_.size()};
}

Chunk ChunkSpill::Read(const Extent& extent) const {
  std::vector<char> bytes(extent.bytes);
  file_.Read(extent.offset, bytes.data(), bytes.size());
  Input input(bytes.data());
  uint32_t sizes[2];
  input.Take(sizes, sizeof(sizes));
  Chunk chunk;
  for (uint32_t i = 0; i < sizes[1]; ++i) chunk.Add(ReadColumn(input, sizes[0]));
  chunk.set_rows(sizes[0]);
  return chunk;
}

}  // namespace gather::executor
