#include "executor/row/row_layout.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "types/compare.h"
#include "types/datetime.h"
#include "types/numeric.h"

namespace gather::executor {

namespace {

// A block is an eighth of what there is, between these: little of a store lies idle, of many small ones too.
constexpr size_t kBlockStep = 16 << 10;
constexpr size_t kLargestBlockBytes = 1 << 20;

uint32_t Aligned(uint32_t offset, uint32_t alignment) { return (offset + alignment - 1) / alignment * alignment; }

struct Bytes16 {
  uint64_t low, high;
  bool operator==(const Bytes16&) const = default;
};

template <class T>
T ReadAt(const uint8_t* row, uint32_t offset) {
  T value;
  std::memcpy(&value, row + offset, sizeof(T));
  return value;
}
}  // namespace

RowLayout::RowLayout(std::span<const SqlType> types, uint32_t header_bytes, uint32_t tail_bytes) {
  uint32_t offset = header_bytes + static_cast<uint32_t>(types.size());
  uint32_t null_offset = header_bytes;
  for (const SqlType& type : types) {
    RowColumn column;
    column.type = type;
    column.physical = GetType(type.oid).physical;
    column.size = PhysicalSize(column.physical);
    column.null_offset = null_offset++;
    columns_.push_back(column);
  }
  // Widest first: no gaps between columns.
  for (const uint32_t size : {16u, 8u, 4u, 2u, 1u}) {
    for (RowColumn& column : columns_) {
      if (column.size != size) continue;
      offset = Aligned(offset, std::min(size, 8u));
      column.offset = offset;
      offset += size;
    }
  }
  tail_ = tail_bytes == 0 ? offset : Aligned(offset, 16);
  size_ = Aligned(tail_ + tail_bytes, tail_bytes == 0 ? 8 : 16);
}

RowStore::RowStore(const RowLayout& layout, MemoryBudget* budget) : row_size_(layout.size()) {
  if (budget != nullptr) memory_ = MemoryReservation(*budget);
}

void RowStore::NewBlock() {
  const size_t share = (memory_.bytes() / 8 + kBlockStep) / kBlockStep * kBlockStep;
  const size_t bytes = std::max<size_t>(std::min(share, kLargestBlockBytes), row_size_);
  memory_.Grow(bytes);
  if (!blocks_.empty()) rows_of_.push_back(used_);
  blocks_.emplace_back(static_cast<uint8_t*>(::operator new(bytes, std::align_val_t{16})));
  block_rows_ = static_cast<uint32_t>(bytes / row_size_);
  used_ = 0;
}

void RowStore::ChargeHeap() {
  if (heap_.bytes() <= heap_charged_) return;
  memory_.Grow(heap_.bytes() - heap_charged_);
  heap_charged_ = heap_.bytes();
}

Vector RowForm(const Vector& vector, uint32_t rows) {
  if (vector.type().oid == type_oid::kNumeric && vector.physical() != PhysicalType::kString) {
    return ToPackedNumeric(vector, vector.is_constant() ? 1 : rows);
  }
  return vector;
}

// ---- StoreColumn

namespace {

template <class T>
void StoreFixed(const RowColumn& column, const VectorView& view, const RowIndex* pick, uint32_t count, uint8_t* const* rows) {
  for (uint32_t i = 0; i < count; ++i) {
    const T value = view.get<T>(pick != nullptr ? pick[i] : i);
    std::memcpy(rows[i] + column.offset, &value, sizeof(T));
  }
}

void StoreNulls(const RowColumn& column, const VectorView& view, const RowIndex* pick, uint32_t count, uint8_t* const* rows) {
  if (view.validity == nullptr) {
    for (uint32_t i = 0; i < count; ++i) rows[i][column.null_offset] = 0;
    return;
  }
  for (uint32_t i = 0; i < count; ++i) rows[i][column.null_offset] = !view.valid(pick != nullptr ? pick[i] : i);
}

}  // namespace

void StoreColumn(const RowColumn& column, const Vector& vector, const RowIndex* pick, uint32_t count, uint8_t* const* rows, StringHeap& heap) {
  const VectorView view = vector.View();
  StoreNulls(column, view, pick, count, rows);
  if (column.physical == PhysicalType::kString) {
    for (uint32_t i = 0; i < count; ++i) {
      const RowIndex from = pick != nullptr ? pick[i] : i;
      StringRef value = view.valid(from) ? view.get<StringRef>(from) : StringRef();
      if (!value.is_inline()) value = heap.Add(value.view());
      std::memcpy(rows[i] + column.offset, &value, sizeof(value));
    }
    return;
  }
  switch (column.size) {
    case 1: StoreFixed<uint8_t>(column, view, pick, count, rows); break;
    case 2: StoreFixed<uint16_t>(column, view, pick, count, rows); break;
    case 4: StoreFixed<uint32_t>(column, view, pick, count, rows); break;
    case 8: StoreFixed<uint64_t>(column, view, pick, count, rows); break;
    default: StoreFixed<Bytes16>(column, view, pick, count, rows); break;
  }
}

// ---- LoadColumn

namespace {
constexpr uint32_t kPrefetch = 16;

template <class T>
void LoadFixed(const RowColumn& column, uint8_t* const* rows, uint32_t count, void* out) {
  T* values = static_cast<T*>(out);
  // Rows may lie anywhere: they are fetched ahead.
  const uint32_t ahead = count > kPrefetch ? count - kPrefetch : 0;
  for (uint32_t i = 0; i < ahead; ++i) {
    __builtin_prefetch(rows[i + kPrefetch] + column.offset);
    values[i] = ReadAt<T>(rows[i], column.offset);
  }
  for (uint32_t i = ahead; i < count; ++i) values[i] = ReadAt<T>(rows[i], column.offset);
}
}  // namespace

void LoadColumn(const RowColumn& column, uint8_t* const* rows, uint32_t count, const std::shared_ptr<const void>& owner, Vector& out) {
  if (out.capacity() < count) {
    out.Reset(column.type, count <= 64 ? 64 : std::max(count, kVectorSize));
  } else {
    out.set_type(column.type);
    out.Reset(column.physical);
  }
  switch (column.size) {
    case 1: LoadFixed<uint8_t>(column, rows, count, out.raw_data()); break;
    case 2: LoadFixed<uint16_t>(column, rows, count, out.raw_data()); break;
    case 4: LoadFixed<uint32_t>(column, rows, count, out.raw_data()); break;
    case 8: LoadFixed<uint64_t>(column, rows, count, out.raw_data()); break;
    default: LoadFixed<Bytes16>(column, rows, count, out.raw_data()); break;
  }
  uint32_t nulls = 0;
  for (uint32_t i = 0; i < count; ++i) nulls += rows[i][column.null_offset];
  if (nulls != 0) {
    uint64_t* validity = out.MutableValidity();
    for (uint32_t i = 0; i < count; ++i) {
      if (rows[i][column.null_offset] != 0) validity[i >> 6] &= ~(uint64_t{1} << (i & 63));
    }
  }
  if (column.physical != PhysicalType::kString) return;
  if (owner != nullptr) out.KeepAlive(owner);
  if (column.type.oid == type_oid::kNumeric && column.type.typmod >= 0) out = ToScaledNumeric(out, column.type.typmod, count);
}

// ---- MatchColumn

namespace {

template <class T, class Equal>
void MatchValues(const RowColumn& column, const VectorView& view, const RowIndex* pick, uint32_t count, uint8_t* const* rows, bool nulls_equal,
                 uint8_t* equal, const Equal& same) {
  if (view.validity == nullptr) {
    for (uint32_t i = 0; i < count; ++i) {
      const RowIndex from = pick != nullptr ? pick[i] : i;
      equal[i] &= rows[i][column.null_offset] == 0 && same(view.get<T>(from), ReadAt<T>(rows[i], column.offset));
    }
    return;
  }
  for (uint32_t i = 0; i < count; ++i) {
    const RowIndex from = pick != nullptr ? pick[i] : i;
    const bool a = view.valid(from), b = rows[i][column.null_offset] == 0;
    equal[i] &= a && b ? same(view.get<T>(from), ReadAt<T>(rows[i], column.offset)) : nulls_equal && a == b;
  }
}

std::string_view Trimmed(const StringRef& text) {
  std::string_view view = text.view();
  while (!view.empty() && view.back() == ' ') view.remove_suffix(1);
  return view;
}

// Types whose equality is not that of their bytes.
void MatchByType(const RowColumn& column, const Vector& vector, const RowIndex* pick, uint32_t count, uint8_t* const* rows, bool nulls_equal,
                 uint8_t* equal) {
  Vector stored;
  LoadColumn(column, rows, count, nullptr, stored);
  if (stored.physical() != vector.physical()) stored = RowForm(stored, count);
  Selection picked(std::max(count, 1u));
  for (uint32_t i = 0; i < count; ++i) picked.Add(pick != nullptr ? pick[i] : i);
  std::vector<uint8_t> same(count);
  EqualRows(vector.Sliced(picked, count), stored, count, nulls_equal, same.data());
  for (uint32_t i = 0; i < count; ++i) equal[i] &= same[i];
}

}  // namespace

void MatchColumn(const RowColumn& column, const Vector& vector, const RowIndex* pick, uint32_t count, uint8_t* const* rows, bool nulls_equal,
                 uint8_t* equal) {
  const VectorView view = vector.View();
  const auto same = [](const auto& a, const auto& b) { return a == b; };
  const auto same_real = [](const auto& a, const auto& b) { return a == b || (a != a && b != b); };   // NaN equals NaN
  switch (column.physical) {
    case PhysicalType::kBool:
    case PhysicalType::kInt8: MatchValues<uint8_t>(column, view, pick, count, rows, nulls_equal, equal, same); return;
    case PhysicalType::kInt16: MatchValues<int16_t>(column, view, pick, count, rows, nulls_equal, equal, same); return;
    case PhysicalType::kInt32:
    case PhysicalType::kUInt32: MatchValues<uint32_t>(column, view, pick, count, rows, nulls_equal, equal, same); return;
    case PhysicalType::kInt64:
    case PhysicalType::kTid: MatchValues<uint64_t>(column, view, pick, count, rows, nulls_equal, equal, same); return;
    case PhysicalType::kFloat32: MatchValues<float>(column, view, pick, count, rows, nulls_equal, equal, same_real); return;
    case PhysicalType::kFloat64: MatchValues<double>(column, view, pick, count, rows, nulls_equal, equal, same_real); return;
    case PhysicalType::kUuid: MatchValues<Bytes16>(column, view, pick, count, rows, nulls_equal, equal, same); return;
    case PhysicalType::kString:
      switch (column.type.oid) {
        case type_oid::kText:
        case type_oid::kVarchar:
        case type_oid::kName:
        case type_oid::kBytea: MatchValues<StringRef>(column, view, pick, count, rows, nulls_equal, equal, same); return;
        case type_oid::kBpchar:
          MatchValues<StringRef>(column, view, pick, count, rows, nulls_equal, equal,
                                 [](const StringRef& a, const StringRef& b) { return a == b || Trimmed(a) == Trimmed(b); });
          return;
        default: break;
      }
      break;
    default: break;
  }
  MatchByType(column, vector, pick, count, rows, nulls_equal, equal);
}

}  // namespace gather::executor
