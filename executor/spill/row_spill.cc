#include "executor/spill/row_spill.h"

#include <cstring>

namespace gather::executor {

namespace {
constexpr size_t kBufferBytes = 16 << 10;

struct HeaderString {
  const char* data;
  uint64_t length;
};
template <class T>
T ReadAt(const void* from, size_t offset = 0) {
  T value;
  std::memcpy(&value, static_cast<const char*>(from) + offset, sizeof(T));
  return value;
}
}  // namespace

RowSpill::RowSpill(const RowLayout& layout, uint32_t streams, const std::string& directory, bool string_header)
    : row_size_(layout.size()), string_header_(string_header), streams_(streams), file_(directory) {
  for (size_t i = 0; i < layout.columns(); ++i) {
    if (layout.column(i).physical == PhysicalType::kString) strings_.push_back(layout.column(i).offset);
  }
}

uint32_t RowSpill::AddStream() {
  streams_.emplace_back();
  return static_cast<uint32_t>(streams_.size() - 1);
}

void RowSpill::Put(Stream& stream, const void* data, size_t bytes) {
  const char* from = static_cast<const char*>(data);
  stream.buffer.insert(stream.buffer.end(), from, from + bytes);
}

void RowSpill::Flush(Stream& stream) {
  if (stream.buffer.empty()) return;
  stream.extents.push_back({file_.Append(stream.buffer.data(), stream.buffer.size()), stream.buffer.size()});
  stream.buffer.clear();
}

void RowSpill::Add(uint32_t number, const uint8_t* row) {
  Stream& stream = streams_[number];
  Put(stream, row, row_size_);
  if (string_header_) {
    const auto header = ReadAt<HeaderString>(row);
    if (header.data != nullptr) Put(stream, header.data, header.length);
  }
  for (const uint32_t offset : strings_) {
    const auto text = ReadAt<StringRef>(row, offset);
    if (!text.is_inline()) Put(stream, text.data(), text.size());
  }
  ++stream.rows;
  if (stream.buffer.size() >= kBufferBytes) Flush(stream);
}

void RowSpill::Finish(uint32_t number) {
  Flush(streams_[number]);
  streams_[number].buffer.shrink_to_fit();
}

void RowSpill::Finish() {
  for (uint32_t i = 0; i < streams_.size(); ++i) Finish(i);
}

// Rows never cross extents: a flush comes after a whole row.
const char* RowSpill::Reader::Take(size_t bytes) {
  if (at_ == buffer_.size()) {
    const Extent& extent = spill_.streams_[stream_].extents[extent_++];
    buffer_.resize(extent.bytes);
    spill_.file_.Read(extent.offset, buffer_.data(), extent.bytes);
    at_ = 0;
  }
  const char* taken = buffer_.data() + at_;
  at_ += bytes;
  return taken;
}

uint32_t RowSpill::Reader::Next(RowStore& store, uint32_t most, std::vector<uint8_t*>& rows) {
  rows.clear();
  const uint64_t all = spill_.streams_[stream_].rows;
  while (rows.size() < most && read_ < all) {
    ++read_;
    uint8_t* row = store.NewRow();
    std::memcpy(row, Take(spill_.row_size_), spill_.row_size_);
    if (spill_.string_header_) {
      auto header = ReadAt<HeaderString>(row);
      if (header.data != nullptr) {
        char* copy = store.heap().Allocate(static_cast<uint32_t>(header.length));
        std::memcpy(copy, Take(header.length), header.length);
        header.data = copy;
        std::memcpy(row, &header, sizeof(header));
      }
    }
    for (const uint32_t offset : spill_.strings_) {
      const auto text = ReadAt<StringRef>(row, offset);
      if (text.is_inline()) continue;
      const StringRef copy = store.heap().Add({Take(text.size()), text.size()});
      std::memcpy(row + offset, &copy, sizeof(copy));
    }
    rows.push_back(row);
  }
  store.ChargeHeap();
  return static_cast<uint32_t>(rows.size());
}

}  // namespace gather::executor
