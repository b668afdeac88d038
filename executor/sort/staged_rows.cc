#include "executor/sort/staged_rows.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "types/numeric.h"
#include "types/type.h"

namespace gather::executor {

namespace {

constexpr uint32_t kFirstRows = 128;

struct Bytes16 {
  uint64_t low, high;
};

// Calls `body` with a value of the type that has `width` bytes.
template <class Body>
void WithWidth(uint32_t width, const Body& body) {
  switch (width) {
    case 1: body(uint8_t{}); break;
    case 2: body(uint16_t{}); break;
    case 4: body(uint32_t{}); break;
    case 8: body(uint64_t{}); break;
    default: body(Bytes16{}); break;
  }
}

template <class Body>
void WithInteger(uint32_t width, const Body& body) {
  switch (width) {
    case 2: body(int16_t{}); break;
    case 4: body(int32_t{}); break;
    default: body(int64_t{}); break;
  }
}

template <class T>
void Copy(const VectorView& view, uint32_t rows, uint8_t* to) {
  if (view.indices == nullptr && view.mask != 0) {
    std::memcpy(to, view.data, rows * sizeof(T));
    return;
  }
  T* out = reinterpret_cast<T*>(to);
  for (uint32_t i = 0; i < rows; ++i) out[i] = view.get<T>(i);
}

std::unique_ptr<uint8_t[]> Grown(std::unique_ptr<uint8_t[]> from, size_t used, size_t bytes) {
  auto to = std::make_unique_for_overwrite<uint8_t[]>(bytes);
  if (used != 0) std::memcpy(to.get(), from.get(), used);
  return to;
}

uint32_t BytesFor(uint64_t range) { return range < 1 << 8 ? 1 : range < 1 << 16 ? 2 : range < uint64_t{1} << 32 ? 4 : 8; }

// The integers of a full block, narrowed.
StagedValues Narrowed(const StagedValues& from, uint32_t rows) {
  StagedValues to;
  to.narrowed = true;
  WithInteger(from.width, [&](auto kind) {
    using Integer = decltype(kind);
    const auto* values = reinterpret_cast<const Integer*>(from.values.get());
    auto least = std::numeric_limits<Integer>::max(), greatest = std::numeric_limits<Integer>::min();
    for (uint32_t i = 0; i < rows; ++i) {
      if (from.null(i)) continue;
      least = std::min(least, values[i]);
      greatest = std::max(greatest, values[i]);
    }
    if (least > greatest) least = greatest = 0;
    to.base = OrderedInteger(least);
    to.width = std::min(BytesFor(static_cast<uint64_t>(greatest) - static_cast<uint64_t>(least)), from.width);
    to.values = std::make_unique_for_overwrite<uint8_t[]>(size_t{rows} * to.width);
    WithWidth(to.width, [&](auto narrow) {
      using Narrow = decltype(narrow);
      if constexpr (!std::is_same_v<Narrow, Bytes16>) {
        auto* out = reinterpret_cast<Narrow*>(to.values.get());
        for (uint32_t i = 0; i < rows; ++i) out[i] = static_cast<Narrow>(static_cast<uint64_t>(values[i]) - static_cast<uint64_t>(least));
      }
    });
  });
  return to;
}

}  // namespace

StagedRows::StagedRows(std::span<const SqlType> types, MemoryBudget* budget) {
  if (budget != nullptr) memory_ = MemoryReservation(*budget);
  for (const SqlType& type : types) columns_.push_back({type, GetType(type.oid).physical, {}, type.oid != type_oid::kNumeric});
  open_.columns.resize(types.size());
}

void StagedRows::Reserve(uint32_t rows) {
  if (rows <= open_capacity_) return;
  uint32_t capacity = std::max(open_capacity_, kFirstRows);
  while (capacity < rows) capacity *= 2;
  uint64_t grown = 0;
  for (size_t c = 0; c < columns_.size(); ++c) {
    StagedValues& values = open_.columns[c];
    const uint32_t width = values.width != 0 ? values.width : PhysicalSize(columns_[c].physical);
    grown += uint64_t{capacity - open_capacity_} * width;
  }
  memory_.Grow(grown);
  for (size_t c = 0; c < columns_.size(); ++c) {
    StagedValues& values = open_.columns[c];
    values.width = PhysicalSize(columns_[c].physical);
    values.values = Grown(std::move(values.values), size_t{open_.rows} * values.width, size_t{capacity} * values.width);
    if (values.nulls != nullptr) values.nulls = Grown(std::move(values.nulls), open_.rows, capacity);
  }
  open_capacity_ = capacity;
}

// A numeric column's representation, by its first rows; what does not fit makes it packed.
void StagedRows::Settle(size_t c, const Vector& vector) {
  StagedColumn& column = columns_[c];
  const bool integers = vector.physical() == PhysicalType::kInt64;
  if (!column.settled) {
    column.settled = true;
    column.physical = integers ? PhysicalType::kInt64 : PhysicalType::kString;
    column.shape = integers ? vector.shape() : NumericShape{};
  } else if (column.physical == PhysicalType::kInt64) {
    if (integers && vector.shape().scale == column.shape.scale) {
      column.shape.digits = std::max(column.shape.digits, vector.shape().digits);
    } else {
      PackNumeric(c);
    }
  }
}

void StagedRows::Add(std::span<const Vector> columns, uint32_t rows) {
  for (size_t c = 0; c < columns_.size(); ++c) {
    if (columns_[c].type.oid == type_oid::kNumeric) Settle(c, columns[c]);
  }
  if (open_.rows + rows > kBlockRows) Close();
  Reserve(open_.rows + rows);
  for (size_t c = 0; c < columns_.size(); ++c) Append(c, columns[c], rows);
  open_.rows += rows;
  rows_ += rows;
  if (heap_.bytes() > heap_charged_) {
    memory_.Grow(heap_.bytes() - heap_charged_);
    heap_charged_ = heap_.bytes();
  }
}

void StagedRows::Append(size_t c, const Vector& vector, uint32_t rows) {
  const StagedColumn& column = columns_[c];
  StagedValues& values = open_.columns[c];
  uint8_t* const to = values.values.get() + size_t{open_.rows} * values.width;
  const bool pack = column.type.oid == type_oid::kNumeric && column.physical == PhysicalType::kString;
  const Vector packed = pack ? ToPackedNumeric(vector, vector.is_constant() ? 1 : rows) : Vector();
  const VectorView view = (pack ? packed : vector).View();
  if (view.validity != nullptr) {
    if (values.nulls == nullptr) {
      values.nulls = std::make_unique_for_overwrite<uint8_t[]>(open_capacity_);
      std::memset(values.nulls.get(), 0, open_.rows);
    }
    for (uint32_t i = 0; i < rows; ++i) values.nulls[open_.rows + i] = !view.valid(i);
  } else if (values.nulls != nullptr) {
    std::memset(values.nulls.get() + open_.rows, 0, rows);
  }
  if (column.physical == PhysicalType::kString) {
    AppendStrings(c, view, rows);
  } else {
    WithWidth(values.width, [&](auto kind) { Copy<decltype(kind)>(view, rows, to); });
  }
}

void StagedRows::AppendStrings(size_t c, const VectorView& view, uint32_t rows) {
  auto* to = reinterpret_cast<StringRef*>(open_.columns[c].values.get()) + open_.rows;
  for (uint32_t i = 0; i < rows; ++i) {
    StringRef value = view.valid(i) ? view.get<StringRef>(i) : StringRef();
    if (!value.is_inline()) value = heap_.Add(value.view());
    to[i] = value;
  }
}

// The open block becomes one of the others; its buffers are used again.
void StagedRows::Close() {
  StagedBlock block;
  block.rows = open_.rows;
  uint64_t bytes = 0;
  for (size_t c = 0; c < columns_.size(); ++c) {
    StagedValues& from = open_.columns[c];
    StagedValues to;
    if (columns_[c].integer()) {
      to = Narrowed(from, open_.rows);
    } else {
      to.width = from.width;
      to.values = std::make_unique_for_overwrite<uint8_t[]>(size_t{open_.rows} * from.width);
      std::memcpy(to.values.get(), from.values.get(), size_t{open_.rows} * from.width);
    }
    bytes += uint64_t{open_.rows} * to.width + (from.nulls != nullptr ? open_.rows : 0);
    to.nulls = std::move(from.nulls);
    block.columns.push_back(std::move(to));
  }
  memory_.Grow(bytes);
  blocks_.push_back(std::move(block));
  open_.rows = 0;
}

void StagedRows::Seal() {
  if (open_.rows != 0) {
    if (blocks_.empty()) {
      blocks_.push_back(std::move(open_));
    } else {
      Close();
      uint64_t freed = 0;
      for (const StagedValues& values : open_.columns) freed += uint64_t{open_capacity_} * values.width;
      memory_.Shrink(freed);
    }
  }
  open_ = StagedBlock();
  open_.columns.resize(columns_.size());
  open_capacity_ = 0;
}

void StagedRows::PackNumeric(size_t c) {
  StagedColumn& column = columns_[c];
  if (column.physical != PhysicalType::kInt64) return;
  const auto pack = [&](StagedBlock& block, uint32_t capacity) {
    StagedValues& values = block.columns[c];
    if (capacity == 0) return;
    StagedValues packed;
    packed.width = sizeof(StringRef);
    packed.values = std::make_unique_for_overwrite<uint8_t[]>(size_t{capacity} * sizeof(StringRef));
    memory_.Grow(uint64_t{capacity} * (sizeof(StringRef) - values.width));
    auto* to = reinterpret_cast<StringRef*>(packed.values.get());
    const StagedBlock* const blocks[] = {&block};
    uint64_t rows[kVectorSize];
    Vector integers;
    for (uint32_t at = 0; at < block.rows; at += kVectorSize) {
      const uint32_t count = std::min(block.rows - at, kVectorSize);
      for (uint32_t i = 0; i < count; ++i) rows[i] = at + i;
      LoadStaged(column, c, blocks, rows, count, nullptr, integers);
      const Vector texts = ToPackedNumeric(integers, count);
      const VectorView view = texts.View();
      for (uint32_t i = 0; i < count; ++i) to[at + i] = view.valid(i) ? heap_.Add(view.get<StringRef>(i).view()) : StringRef();
    }
    packed.nulls = std::move(values.nulls);
    values = std::move(packed);
  };
  for (StagedBlock& block : blocks_) pack(block, block.rows);
  pack(open_, open_capacity_);
  column.physical = PhysicalType::kString;
  column.shape = {};
  if (heap_.bytes() > heap_charged_) {
    memory_.Grow(heap_.bytes() - heap_charged_);
    heap_charged_ = heap_.bytes();
  }
}

// ---- LoadStaged

namespace {

constexpr uint32_t kPrefetch = 16;
constexpr uint64_t kRowMask = StagedRows::kBlockRows - 1;

const uint8_t* AddressOf(std::span<const StagedBlock* const> blocks, size_t column, uint64_t row) {
  const StagedValues& values = blocks[row >> StagedRows::kBlockBits]->columns[column];
  return values.values.get() + (row & kRowMask) * values.width;
}

template <class T>
T ReadInteger(const StagedValues& values, uint64_t at) {
  if (!values.narrowed) return ReadAt<T>(values.values.get(), at);
  return static_cast<T>(PlainInteger(values.Ordered(at)));
}

template <class Read>
void LoadEach(size_t column, std::span<const StagedBlock* const> blocks, const uint64_t* rows, uint32_t count, const Read& read) {
  // Rows may lie anywhere: they are fetched ahead.
  const uint32_t ahead = count > kPrefetch ? count - kPrefetch : 0;
  for (uint32_t i = 0; i < count; ++i) {
    if (i < ahead) __builtin_prefetch(AddressOf(blocks, column, rows[i + kPrefetch]));
    read(i, blocks[rows[i] >> StagedRows::kBlockBits]->columns[column], rows[i] & kRowMask);
  }
}

}  // namespace

void LoadStaged(const StagedColumn& column, size_t number, std::span<const StagedBlock* const> blocks, const uint64_t* rows, uint32_t count,
                const std::shared_ptr<const void>& owner, Vector& out) {
  if (out.capacity() < count) out.Reset(column.type, count <= 64 ? 64 : std::max(count, kVectorSize));
  out.set_type(column.type);
  out.Reset(column.physical);
  if (column.integer()) {
    WithInteger(PhysicalSize(column.physical), [&](auto kind) {
      using Integer = decltype(kind);
      Integer* const to = out.data<Integer>();
      LoadEach(number, blocks, rows, count, [&](uint32_t i, const StagedValues& values, uint64_t at) { to[i] = ReadInteger<Integer>(values, at); });
    });
  } else {
    WithWidth(PhysicalSize(column.physical), [&](auto kind) {
      using Value = decltype(kind);
      auto* const to = reinterpret_cast<Value*>(out.raw_data());
      LoadEach(number, blocks, rows, count, [&](uint32_t i, const StagedValues& values, uint64_t at) { to[i] = ReadAt<Value>(values.values.get(), at); });
    });
  }
  bool nulls = false;
  for (const StagedBlock* block : blocks) nulls = nulls || block->columns[number].nulls != nullptr;
  if (nulls) {
    uint64_t* validity = nullptr;
    for (uint32_t i = 0; i < count; ++i) {
      if (!blocks[rows[i] >> StagedRows::kBlockBits]->columns[number].null(static_cast<uint32_t>(rows[i] & kRowMask))) continue;
      if (validity == nullptr) validity = out.MutableValidity();
      validity[i >> 6] &= ~(uint64_t{1} << (i & 63));
    }
  }
  if (column.type.oid == type_oid::kNumeric && column.physical == PhysicalType::kInt64) out.set_shape(column.shape);
  if (column.physical != PhysicalType::kString) return;
  if (owner != nullptr) out.KeepAlive(owner);
  if (column.type.oid == type_oid::kNumeric && column.type.typmod >= 0) out = ToScaledNumeric(out, column.type.typmod, count);
}

}  // namespace gather::executor
