#include "executor/row/part_buffers.h"

#include <algorithm>
#include <utility>

namespace gather::executor {

namespace {

// Of all parts together: they are written to in turn and should stay in the second-level cache.
constexpr uint32_t kBytes = 2 << 20;
constexpr uint32_t kFewestRows = 128;

uint32_t WidthOf(std::span<const SqlType> types) {
  uint32_t bytes = 1;
  for (const SqlType& type : types) bytes += type.oid == type_oid::kNumeric ? 16 : PhysicalSize(GetType(type.oid).physical);
  return bytes;
}
uint32_t CapacityOf(std::span<const SqlType> types, uint32_t parts) { return std::clamp(kBytes / parts / WidthOf(types), kFewestRows, kVectorSize); }

struct Bytes16 {
  uint64_t low, high;
};

template <class T>
void AppendValues(const VectorView& from, const RowIndex* rows, uint32_t count, void* to, uint32_t at) {
  T* const values = static_cast<T*>(to) + at;
  for (uint32_t i = 0; i < count; ++i) values[i] = from.get<T>(rows[i]);
}

}  // namespace

uint64_t PartBuffers::Bytes(std::span<const SqlType> types, uint32_t parts) { return uint64_t{parts} * CapacityOf(types, parts) * WidthOf(types); }

PartBuffers::PartBuffers(std::span<const SqlType> types, uint32_t parts, MemoryBudget* budget, Take take)
    : capacity_(CapacityOf(types, parts)), take_(std::move(take)), chunks_(parts), rows_(parts), forms_(types.size()), ends_(parts), sorted_(kVectorSize) {
  if (budget != nullptr) memory_ = MemoryReservation(*budget);
  memory_.Grow(Bytes(types, parts));
  for (size_t c = 0; c < types.size(); ++c) {
    forms_[c] = {GetType(types[c].oid).physical, {}};
    for (Chunk& chunk : chunks_) chunk.Add(Vector(types[c], capacity_));
  }
}

void PartBuffers::Add(const Chunk& in, uint32_t count, const uint8_t* parts) {
  for (size_t c = 0; c < forms_.size(); ++c) {
    const Vector& column = in[c];
    const bool same = column.physical() == forms_[c].physical && (column.type().oid != type_oid::kNumeric || column.shape().scale == forms_[c].shape.scale);
    if (!same) Flush();
    forms_[c].physical = column.physical();
    forms_[c].shape.scale = column.shape().scale;
    forms_[c].shape.digits = same ? std::max(forms_[c].shape.digits, column.shape().digits) : column.shape().digits;
  }
  std::fill(ends_.begin(), ends_.end(), 0);
  for (uint32_t i = 0; i < count; ++i) ++ends_[parts[i]];
  uint32_t before = 0;
  for (uint32_t& end : ends_) before += std::exchange(end, before);
  for (uint32_t i = 0; i < count; ++i) sorted_[ends_[parts[i]]++] = i;
  for (uint32_t part = 0, at = 0; part < chunks_.size(); ++part) {
    while (at < ends_[part]) {
      const uint32_t taken = std::min(ends_[part] - at, capacity_ - rows_[part]);
      for (size_t c = 0; c < forms_.size(); ++c) {
        Vector& to = chunks_[part][c];
        if (rows_[part] == 0) to.Reset(forms_[c].physical);
        to.set_shape(forms_[c].shape);
        AppendColumn(in[c], sorted_.data() + at, taken, to, rows_[part]);
      }
      rows_[part] += taken;
      at += taken;
      if (rows_[part] == capacity_) Give(part);
    }
  }
}

void PartBuffers::AppendColumn(const Vector& from, const RowIndex* rows, uint32_t count, Vector& to, uint32_t at) const {
  const VectorView view = from.View();
  switch (PhysicalSize(from.physical())) {
    case 1: AppendValues<uint8_t>(view, rows, count, to.raw_data(), at); break;
    case 2: AppendValues<uint16_t>(view, rows, count, to.raw_data(), at); break;
    case 4: AppendValues<uint32_t>(view, rows, count, to.raw_data(), at); break;
    case 8: AppendValues<uint64_t>(view, rows, count, to.raw_data(), at); break;
    default: AppendValues<Bytes16>(view, rows, count, to.raw_data(), at); break;
  }
  for (uint32_t i = 0; view.validity != nullptr && i < count; ++i) {
    if (!view.valid(rows[i])) to.SetNull(at + i);
  }
  if (from.physical() != PhysicalType::kString) return;
  for (uint32_t i = at; i < at + count; ++i) {
    StringRef& text = to.data<StringRef>()[i];
    if (view.validity != nullptr && to.IsNull(i)) text = StringRef();
    if (!text.is_inline()) text = to.AddString(text.view());
  }
}

void PartBuffers::Give(uint32_t part) {
  chunks_[part].set_rows(rows_[part]);
  rows_[part] = 0;
  take_(part, chunks_[part]);
}

void PartBuffers::Flush() {
  for (uint32_t part = 0; part < chunks_.size(); ++part) {
    if (rows_[part] != 0) Give(part);
  }
}

}  // namespace gather::executor
