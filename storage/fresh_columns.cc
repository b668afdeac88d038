#include "storage/fresh_columns.h"

#include <algorithm>

#include "types/error.h"
#include "types/numeric.h"

namespace gather::storage {

// Chunk record:
//   version:1 | rows:4 | columns:2 | per column:
//     column id:2 | physical:1 | has nulls:1 | scale:2 | digits:2 | [ceil(rows/64) validity words] |
//     fixed width: rows values;  strings: per row length:4, then all bytes
namespace {

constexpr uint8_t kChunkVersion = 1;
constexpr uint32_t kFirstCapacity = 64;
constexpr uint64_t kChargeStep = 256 << 10;
constexpr size_t kSlack = 16;  // kernels may read whole registers past the last value

// What the source of one block's values owns together: one owner for a Vector to keep.
struct BlockPin {
  std::shared_ptr<uint8_t[]> data;
  std::shared_ptr<StringHeap> heap;
  uint64_t validity[kVectorSize / 64];
};

}  // namespace

PhysicalType StoredPhysical(SqlType type) {
  if (type.oid != type_oid::kNumeric) return GetType(type.oid).physical;
  return type.typmod == -1 ? PhysicalType::kString : NumericPhysical(DecodeNumericTypmod(type.typmod).precision);
}

Vector StoredForm(const Vector& vector, SqlType type, uint32_t rows) {
  if (type.oid != type_oid::kNumeric) return vector;
  return type.typmod == -1 ? ToPackedNumeric(vector, rows) : ToScaledNumeric(vector, type.typmod, rows);
}

FreshColumns::FreshColumns(std::vector<StoredColumn> columns, std::shared_ptr<TableCounters> counters)
    : columns_(std::move(columns)), counters_(std::move(counters)), data_(columns_.size()) {
  for (const StoredColumn& column : columns_) row_bytes_ += PhysicalSize(StoredPhysical(column.type));
  if (counters_->budget != nullptr) memory_ = MemoryReservation(*counters_->budget);
}

FreshColumns::~FreshColumns() { counters_->fresh_bytes.fetch_sub(bytes_, std::memory_order_relaxed); }

// Before anything changes. What is committed already must find room: `must` false.
void FreshColumns::Charge(uint64_t bytes, bool must) {
  if (bytes_ + bytes > memory_.bytes()) {
    const uint64_t grow = std::max(bytes_ + bytes - memory_.bytes(), kChargeStep);
    if (must) memory_.Grow(grow); else memory_.TryGrow(grow);
  }
  bytes_ += bytes;
  counters_->fresh_bytes.fetch_add(bytes, std::memory_order_relaxed);
}

int FreshColumns::Find(ColumnId id) const {
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

bool FreshColumns::Holds(std::span<const StoredColumn> columns) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i < columns_.size() && columns_[i].id == columns[i].id) continue;
    if (Find(columns[i].id) < 0) return false;
  }
  return true;
}

// Room for `rows` rows of the vector; the returned block is safe to write behind the rows it has.
FreshColumns::Block& FreshColumns::Reserve(Column& column, const StoredColumn& stored, uint32_t vector, uint32_t rows) {
  while (column.blocks.size() <= vector) {
    Block block;
    block.physical = StoredPhysical(stored.type);
    if (stored.type.oid == type_oid::kNumeric && block.physical != PhysicalType::kString) {
      const NumericTypmod typmod = DecodeNumericTypmod(stored.type.typmod);
      block.shape = {static_cast<int16_t>(typmod.scale), static_cast<int16_t>(typmod.precision)};
    }
    column.blocks.push_back(std::move(block));
  }
  Block& block = column.blocks[vector];
  if (block.capacity >= rows) return block;
  // The first vector of a table begins small: most tables of a catalog are. Later ones are going to be filled.
  const uint32_t wanted = vector == 0 ? std::max(rows, std::max(kFirstCapacity, block.capacity * 4)) : kVectorSize;
  const uint32_t capacity = std::min(wanted, kVectorSize);
  const size_t size = PhysicalSize(block.physical);
  auto grown = std::shared_ptr<uint8_t[]>(new uint8_t[capacity * size + kSlack]());
  if (block.capacity != 0) std::memcpy(grown.get(), block.data.get(), block.capacity * size);
  block.data = std::move(grown);
  block.capacity = capacity;
  return block;
}

void FreshColumns::Pack(Block& block, const StoredColumn& stored, uint32_t rows) {
  Vector scaled;
  ReadBlock(block, stored.type, rows, scaled);
  const Vector packed = ToPackedNumeric(scaled, rows);
  Block fresh;
  fresh.physical = PhysicalType::kString;
  fresh.capacity = block.capacity;
  fresh.validity = block.validity;
  fresh.heap = std::make_shared<StringHeap>();
  fresh.data = std::shared_ptr<uint8_t[]>(new uint8_t[block.capacity * sizeof(StringRef) + kSlack]());
  auto* refs = reinterpret_cast<StringRef*>(fresh.data.get());
  const VectorView view = packed.View();
  for (uint32_t i = 0; i < rows; ++i) {
    if (view.valid(i)) refs[i] = fresh.heap->Add(view.get<StringRef>(i).view());
  }
  block = std::move(fresh);
}

void FreshColumns::AppendColumn(Column& column, const StoredColumn& stored, const Vector* values, uint32_t from, uint32_t count, uint32_t at) {
  const uint32_t vector = at / kVectorSize;
  const uint32_t row = at % kVectorSize;
  Block* block = &Reserve(column, stored, vector, row + count);
  Vector packed;
  if (values != nullptr && values->physical() != block->physical) {
    if (stored.type.oid != type_oid::kNumeric) ThrowInternal(Format("column %d stored in another representation", stored.id.value));
    if (values->physical() == PhysicalType::kString) {
      Pack(*block, stored, row);
    } else {
      packed = ToPackedNumeric(*values, from + count);
      values = &packed;
    }
  } else if (values != nullptr && stored.type.oid == type_oid::kNumeric && block->physical != PhysicalType::kString &&
             values->shape().scale != block->shape.scale) {
    ThrowInternal(Format("numeric column %d stored with scale %d instead of %d", stored.id.value, values->shape().scale, block->shape.scale));
  }

  const size_t size = PhysicalSize(block->physical);
  uint8_t* to = block->data.get() + row * size;
  bool nulls = values == nullptr;
  if (values != nullptr) {
    const VectorView view = values->View();
    nulls = view.validity != nullptr;
    if (block->physical == PhysicalType::kString) {
      auto* refs = reinterpret_cast<StringRef*>(to);
      for (uint32_t i = 0; i < count; ++i) {
        if (!view.valid(from + i)) continue;
        const StringRef& text = view.get<StringRef>(from + i);
        if (text.is_inline()) {
          refs[i] = text;
        } else {
          if (block->heap == nullptr) block->heap = std::make_shared<StringHeap>();
          refs[i] = block->heap->Add(text.view());
        }
      }
    } else if (view.indices == nullptr && view.mask != 0) {
      std::memcpy(to, static_cast<const uint8_t*>(view.data) + from * size, count * size);
    } else {
      for (uint32_t i = 0; i < count; ++i) {
        std::memcpy(to + i * size, static_cast<const uint8_t*>(view.data) + view.index(from + i) * size, size);
      }
    }
  }
  if (nulls && block->validity == nullptr) {
    block->validity = std::shared_ptr<std::atomic<uint64_t>[]>(new std::atomic<uint64_t>[kVectorSize / 64]);
    for (uint32_t word = 0; word < kVectorSize / 64; ++word) block->validity[word].store(~uint64_t{0}, std::memory_order_relaxed);
  }
  if (!nulls) return;
  const VectorView view = values != nullptr ? values->View() : VectorView{nullptr, 0, nullptr, nullptr};
  for (uint32_t i = 0; i < count; ++i) {
    if (values != nullptr && view.valid(from + i)) continue;
    block->validity[(row + i) >> 6].fetch_and(~(uint64_t{1} << ((row + i) & 63)), std::memory_order_relaxed);
  }
}

void FreshColumns::Append(std::span<const ColumnSource> sources, uint32_t from, uint32_t count, uint32_t at, bool must_be_charged) {
  uint64_t bytes = uint64_t{count} * row_bytes_;
  for (const ColumnSource& source : sources) {
    if (source.values->physical() != PhysicalType::kString) continue;
    const VectorView view = source.values->View();
    for (uint32_t i = from; i < from + count; ++i) {
      const StringRef& text = view.get<StringRef>(i);
      if (view.valid(i) && !text.is_inline()) bytes += text.size();
    }
  }
  std::lock_guard lock(latch_);
  Charge(bytes, must_be_charged);
  for (uint32_t done = 0; done < count;) {
    const uint32_t slot = at + done;
    const uint32_t rows = std::min(count - done, kVectorSize - slot % kVectorSize);
    for (size_t c = 0; c < columns_.size(); ++c) {
      const Vector* values = nullptr;
      if (c < sources.size() && sources[c].id == columns_[c].id) {
        values = sources[c].values;
      } else {
        for (const ColumnSource& source : sources) {
          if (source.id == columns_[c].id) values = source.values;
        }
      }
      AppendColumn(data_[c], columns_[c], values, from + done, rows, slot);
    }
    done += rows;
  }
}

void FreshColumns::ReadBlock(const Block& block, SqlType type, uint32_t rows, Vector& out) {
  if (block.capacity == 0) {  // a vector without a row that anyone committed
    out = Vector::ConstantNull(type);
    return;
  }
  auto pin = std::make_shared<BlockPin>();
  pin->data = block.data;
  pin->heap = block.heap;
  const uint64_t* validity = nullptr;
  if (block.validity != nullptr) {
    const uint32_t words = (rows + 63) / 64;
    for (uint32_t word = 0; word < kVectorSize / 64; ++word) {
      pin->validity[word] = word < words ? block.validity[word].load(std::memory_order_relaxed) : ~uint64_t{0};
    }
    validity = pin->validity;
  }
  const void* data = block.data.get();
  out.ReferTo(type, block.physical, data, validity, std::move(pin));
  out.set_shape(block.shape);
}

void FreshColumns::Read(uint32_t position, uint32_t vector, uint32_t rows, Vector& out) const {
  Block block;
  {
    std::lock_guard lock(latch_);
    block = data_[position].blocks[vector];
  }
  ReadBlock(block, columns_[position].type, rows, out);
}

std::string FreshColumns::Serialize(uint32_t first, uint32_t count) const {
  ByteWriter writer;
  writer.Put(kChunkVersion);
  writer.Put(count);
  writer.Put(static_cast<uint16_t>(columns_.size()));
  std::vector<Block> blocks;
  for (size_t c = 0; c < columns_.size(); ++c) {
    const uint32_t first_vector = first / kVectorSize;
    const uint32_t last_vector = (first + count - 1) / kVectorSize;
    bool same = true;
    {
      std::lock_guard lock(latch_);
      blocks.assign(data_[c].blocks.begin() + first_vector, data_[c].blocks.begin() + last_vector + 1);
    }
    for (const Block& block : blocks) same = same && block.physical == blocks[0].physical;
    // One representation per record: a numeric column that is packed in one block is packed in all of the record.
    std::vector<Vector> parts(blocks.size());
    bool nulls = false;
    for (size_t i = 0; i < blocks.size(); ++i) {
      const uint32_t end = i + 1 == blocks.size() ? (first + count - 1) % kVectorSize + 1 : kVectorSize;
      ReadBlock(blocks[i], columns_[c].type, end, parts[i]);
      if (!same) parts[i] = ToPackedNumeric(parts[i], end);
      nulls = nulls || parts[i].MayHaveNulls();
    }
    const PhysicalType physical = parts[0].physical();
    writer.Put(columns_[c].id.value);
    writer.Put(static_cast<uint8_t>(physical));
    writer.Put(static_cast<uint8_t>(nulls));
    writer.Put(parts[0].shape().scale);
    writer.Put(parts[0].shape().digits);
    const auto at = [&](uint32_t i) { return (first + i) / kVectorSize - first_vector; };
    if (nulls) {
      for (uint32_t i = 0; i < count; i += 64) {
        uint64_t word = 0;
        for (uint32_t k = i; k < std::min(i + 64, count); ++k) {
          word |= uint64_t{parts[at(k)].View().valid((first + k) % kVectorSize)} << (k - i);
        }
        writer.Put(word);
      }
    }
    if (physical == PhysicalType::kString) {
      for (int pass = 0; pass < 2; ++pass) {
        for (uint32_t i = 0; i < count; ++i) {
          const VectorView view = parts[at(i)].View();
          const uint32_t row = (first + i) % kVectorSize;
          const std::string_view text = view.valid(row) ? view.get<StringRef>(row).view() : std::string_view();
          if (pass == 0) writer.Put(static_cast<uint32_t>(text.size())); else writer.PutBytes(text.data(), text.size());
        }
      }
    } else {
      const size_t size = PhysicalSize(physical);
      for (uint32_t i = 0; i < count;) {
        const uint32_t row = (first + i) % kVectorSize;
        const uint32_t rows = std::min(count - i, kVectorSize - row);
        writer.PutBytes(parts[at(i)].data<uint8_t>() + row * size, rows * size);
        i += rows;
      }
    }
  }
  return writer.Take();
}

std::vector<ColumnId> FreshColumns::ColumnsOf(std::string_view record) {
  ByteReader reader(record);
  reader.Get<uint8_t>();
  const auto rows = reader.Get<uint32_t>();
  const auto columns = reader.Get<uint16_t>();
  std::vector<ColumnId> ids;
  for (uint16_t c = 0; c < columns; ++c) {
    ids.emplace_back(reader.Get<int16_t>());
    const auto physical = static_cast<PhysicalType>(reader.Get<uint8_t>());
    const bool nulls = reader.Get<uint8_t>() != 0;
    reader.Get<uint32_t>();
    if (nulls) reader.GetBytes((rows + 63) / 64 * 8);
    if (physical != PhysicalType::kString) {
      reader.GetBytes(size_t{rows} * PhysicalSize(physical));
      continue;
    }
    uint64_t total = 0;
    for (uint32_t i = 0; i < rows; ++i) total += reader.Get<uint32_t>();
    reader.GetBytes(total);
  }
  return ids;
}

uint32_t FreshColumns::Load(std::string_view record, uint32_t at) {
  ByteReader reader(record);
  if (reader.Get<uint8_t>() != kChunkVersion) throw SqlError(sqlstate::kDataCorrupted, "a chunk record has an unknown format");
  const auto rows = reader.Get<uint32_t>();
  const auto columns = reader.Get<uint16_t>();
  if (at + rows > kRowGroupSize) throw SqlError(sqlstate::kDataCorrupted, "a chunk record reaches past its row group");
  std::vector<Vector> vectors;
  std::vector<ColumnSource> sources;
  vectors.reserve(columns);
  for (uint16_t c = 0; c < columns; ++c) {
    const ColumnId id(reader.Get<int16_t>());
    const auto physical = static_cast<PhysicalType>(reader.Get<uint8_t>());
    const bool nulls = reader.Get<uint8_t>() != 0;
    NumericShape shape;
    shape.scale = reader.Get<int16_t>();
    shape.digits = reader.Get<int16_t>();
    const char* validity = nulls ? reader.GetBytes((rows + 63) / 64 * 8) : nullptr;
    const int position = Find(id);
    const SqlType type = position >= 0 ? columns_[position].type : SqlType(type_oid::kText);
    Vector values(type, physical, rows);
    values.set_shape(shape);
    if (validity != nullptr) std::memcpy(values.MutableValidity(), validity, (rows + 63) / 64 * 8);
    if (physical == PhysicalType::kString) {
      const char* lengths = reader.GetBytes(size_t{rows} * 4);
      auto* refs = values.data<StringRef>();
      for (uint32_t i = 0; i < rows; ++i) {
        uint32_t length;
        std::memcpy(&length, lengths + size_t{i} * 4, 4);
        refs[i] = StringRef(reader.GetBytes(length), length);
      }
    } else {
      const size_t bytes = size_t{rows} * PhysicalSize(physical);
      std::memcpy(values.data<uint8_t>(), reader.GetBytes(bytes), bytes);
    }
    vectors.push_back(std::move(values));
    if (position >= 0) sources.push_back({id, &vectors.back()});
  }
  Append(sources, 0, rows, at, false);
  return rows;
}

}  // namespace gather::storage
