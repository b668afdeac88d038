#include "types/vector.h"

#include <algorithm>
#include <atomic>
#include <vector>

#include "types/datum.h"
#include "types/error.h"
#include "types/numeric.h"
#include "types/statement_scope.h"

namespace gather {

namespace {
constexpr size_t kFirstHeapBlock = 4096;
constexpr size_t kLargestHeapBlock = 1 << 20;
constexpr size_t kChargedHeapBlock = kLargestHeapBlock;
constexpr size_t kSlack = 16;  // kernels may read whole registers past the last value

uint32_t ValidityWords(uint32_t rows) { return (rows + 63) / 64; }

// Nobody else refers to it, and whoever did has finished: a thread that gave up a shared buffer had read it before (use_count is a relaxed load).
template <class T>
bool IsAlone(const std::shared_ptr<T>& shared) {
  if (shared.use_count() != 1) return false;
#if defined(__SANITIZE_THREAD__)
  const std::shared_ptr<T> ordered(shared);                // the sanitizer knows no fences, but what counting up and down orders
#else
  std::atomic_thread_fence(std::memory_order_acquire);
#endif
  return true;
}
}  // namespace

void Selection::Renew() {
  if (!IsAlone(indices_)) indices_ = std::make_shared<RowIndex[]>(kVectorSize);
  size_ = 0;
}

struct Vector::Owners {
  std::vector<std::shared_ptr<const void>> list;
};

// ---- StringHeap

StringHeap::~StringHeap() {
  while (head_ != nullptr) {
    Block* next = head_->next;
    Free(head_);
    head_ = next;
  }
}

void StringHeap::Free(Block* block) {
  if (budget_ != nullptr && block->size >= kChargedHeapBlock) budget_->Release(block->size);
  ::operator delete(block);
}

char* StringHeap::Allocate(uint32_t bytes) {
  if (head_ == nullptr || head_->size - used_ < bytes) {
    const size_t grown = head_ == nullptr ? kFirstHeapBlock : std::min(head_->size * 2, kLargestHeapBlock);
    const size_t size = std::max<size_t>(grown, bytes);
    if (budget_ != nullptr && size >= kChargedHeapBlock) {
      StatementScope::CountStrings(size);
      budget_->Reserve(size);
    }
    auto* block = static_cast<Block*>(::operator new(sizeof(Block) + size));
    block->next = head_;
    block->size = size;
    head_ = block;
    used_ = 0;
    bytes_ += size;
  }
  char* place = reinterpret_cast<char*>(head_ + 1) + used_;
  used_ += bytes;
  return place;
}

void StringHeap::Clear() {
  if (head_ == nullptr) return;
  while (head_->next != nullptr) {
    Block* older = head_->next;
    head_->next = older->next;
    bytes_ -= older->size;
    Free(older);
  }
  used_ = 0;
}

// ---- Vector

Vector::Vector(SqlType type, uint32_t capacity) : Vector(type, GetType(type.oid).physical, capacity) {}

Vector::Vector(SqlType type, PhysicalType physical, uint32_t capacity) : type_(type), physical_(physical), capacity_(capacity) {
  Reset(physical);
}

Vector Vector::Constant(const Datum& value) {
  Vector vector(value.type, 1);
  if (value.is_null) {
    vector.SetNull(0);
  } else {
    vector.Set(0, value);
  }
  vector.kind_ = VectorKind::kConstant;
  return vector;
}

Vector Vector::ConstantNull(SqlType type) {
  Vector vector(type, 1);
  vector.SetConstantNull();
  return vector;
}

void Vector::Reset(PhysicalType physical) {
  const size_t bytes = static_cast<size_t>(capacity_) * PhysicalSize(physical) + kSlack;
  if (!IsAlone(buffer_) || buffer_bytes_ < bytes) {
    buffer_ = std::shared_ptr<uint8_t[]>(new uint8_t[bytes]());
    buffer_bytes_ = bytes;
  }
  physical_ = physical;
  data_ = buffer_.get();
  kind_ = VectorKind::kFlat;
  validity_ = nullptr;
  indices_.reset();
  shape_ = {};
  if (heap_ != nullptr) {
    if (IsAlone(heap_)) heap_->Clear(); else heap_.reset();
  }
  owners_.reset();
}

void Vector::Reset(SqlType type, uint32_t capacity) {
  const PhysicalType physical = GetType(type.oid).physical;
  type_ = type;
  if (capacity > capacity_) {              // the validity bits of old are too few
    validity_ = nullptr;
    validity_buffer_.reset();
    capacity_ = capacity;
  }
  Reset(physical);
}

void Vector::ResetKeepingNulls(PhysicalType physical) {
  uint64_t* const validity = validity_;
  const std::shared_ptr<uint64_t[]> keep = validity_buffer_;
  const std::shared_ptr<Owners> owners = validity != nullptr && validity != keep.get() ? owners_ : nullptr;
  Reset(physical);
  validity_ = validity;
  if (owners != nullptr) owners_ = owners;
}

void Vector::SetConstantNull() {
  if (capacity_ == 0) capacity_ = 1;
  Reset();
  SetNull(0);
  kind_ = VectorKind::kConstant;
}

uint64_t* Vector::MutableValidity() {
  const uint32_t words = ValidityWords(std::max(capacity_, 1u));
  const bool owned = IsAlone(validity_buffer_);
  if (validity_ != nullptr && owned && validity_ == validity_buffer_.get()) return validity_;
  std::shared_ptr<uint64_t[]> fresh = owned && validity_ == nullptr ? validity_buffer_ : std::shared_ptr<uint64_t[]>(new uint64_t[words]);
  if (validity_ != nullptr) {
    std::memcpy(fresh.get(), validity_, words * sizeof(uint64_t));
  } else {
    std::memset(fresh.get(), 0xFF, words * sizeof(uint64_t));
  }
  validity_buffer_ = std::move(fresh);
  validity_ = validity_buffer_.get();
  return validity_;
}

void Vector::SetNull(RowIndex row) { MutableValidity()[row >> 6] &= ~(uint64_t{1} << (row & 63)); }

StringHeap& Vector::heap() {
  if (heap_ == nullptr) heap_ = std::make_shared<StringHeap>(StatementScope::budget());
  return *heap_;
}

void Vector::KeepAlive(std::shared_ptr<const void> owner) {
  if (owner == nullptr) return;
  if (owners_ == nullptr) {
    owners_ = std::make_shared<Owners>();
  } else if (owners_.use_count() > 1) {
    owners_ = std::make_shared<Owners>(*owners_);
  }
  for (const auto& present : owners_->list) {
    if (present == owner) return;
  }
  owners_->list.push_back(std::move(owner));
}

void Vector::KeepAlive(const Vector& other) {
  if (other.physical_ != PhysicalType::kString) return;
  if (other.heap_ != nullptr && other.heap_ != heap_) KeepAlive(std::shared_ptr<const void>(other.heap_));
  if (other.owners_ != nullptr && other.owners_ != owners_) {
    for (const auto& owner : other.owners_->list) KeepAlive(owner);
  }
}

void Vector::ReferTo(SqlType type, PhysicalType physical, const void* data, const uint64_t* validity, std::shared_ptr<const void> owner) {
  type_ = type;
  physical_ = physical;
  kind_ = VectorKind::kFlat;
  shape_ = {};
  data_ = static_cast<uint8_t*>(const_cast<void*>(data));
  validity_ = const_cast<uint64_t*>(validity);
  buffer_.reset();
  validity_buffer_.reset();
  indices_.reset();
  heap_.reset();
  owners_.reset();
  if (capacity_ == 0) capacity_ = kVectorSize;
  KeepAlive(std::move(owner));
}

void Vector::ReferToDictionary(SqlType type, PhysicalType physical, const void* data, const uint64_t* validity,
                               std::shared_ptr<const void> owner, std::shared_ptr<RowIndex[]> indices) {
  ReferTo(type, physical, data, validity, std::move(owner));
  kind_ = VectorKind::kDictionary;
  indices_ = std::move(indices);
}

void Vector::Slice(const Selection& selection, uint32_t rows) {
  if (kind_ == VectorKind::kConstant) return;
  if (kind_ == VectorKind::kFlat) {
    indices_ = selection.shared();
  } else {
    auto composed = std::shared_ptr<RowIndex[]>(new RowIndex[std::max(rows, 1u)]);
    for (uint32_t i = 0; i < rows; ++i) composed[i] = indices_[selection[i]];
    indices_ = std::move(composed);
  }
  kind_ = VectorKind::kDictionary;
}

namespace {
template <class T>
void Gather(const VectorView& view, uint32_t rows, void* out) {
  T* to = static_cast<T*>(out);
  for (uint32_t i = 0; i < rows; ++i) to[i] = view.get<T>(i);
}

void GatherBySize(uint32_t size, const VectorView& view, uint32_t rows, void* out) {
  switch (size) {
    case 1: Gather<uint8_t>(view, rows, out); break;
    case 2: Gather<uint16_t>(view, rows, out); break;
    case 4: Gather<uint32_t>(view, rows, out); break;
    case 8: Gather<uint64_t>(view, rows, out); break;
    default: Gather<std::pair<uint64_t, uint64_t>>(view, rows, out); break;
  }
}
}  // namespace

void Vector::Flatten(uint32_t rows) {
  if (kind_ == VectorKind::kFlat) return;
  const VectorView view = View();
  const uint32_t capacity = std::max(rows, std::max(capacity_, kVectorSize));
  const size_t bytes = static_cast<size_t>(capacity) * PhysicalSize(physical_) + kSlack;
  auto fresh = std::shared_ptr<uint8_t[]>(new uint8_t[bytes]);
  GatherBySize(PhysicalSize(physical_), view, rows, fresh.get());
  std::shared_ptr<uint64_t[]> valid;
  if (view.validity != nullptr) {
    const uint32_t words = ValidityWords(capacity);
    valid = std::shared_ptr<uint64_t[]>(new uint64_t[words]);
    std::memset(valid.get(), 0xFF, words * sizeof(uint64_t));
    for (uint32_t i = 0; i < rows; ++i) {
      if (!view.valid(i)) valid[i >> 6] &= ~(uint64_t{1} << (i & 63));
    }
  }
  capacity_ = capacity;
  buffer_ = std::move(fresh);
  buffer_bytes_ = bytes;
  data_ = buffer_.get();
  validity_buffer_ = std::move(valid);
  validity_ = validity_buffer_.get();
  indices_.reset();
  kind_ = VectorKind::kFlat;
}

void Vector::Append(const Vector& from, uint32_t from_row, uint32_t rows, uint32_t at) {
  if (type_.oid == type_oid::kNumeric && (from.physical_ != physical_ || (physical_ != PhysicalType::kString && from.shape_.scale != shape_.scale))) {
    if (physical_ != PhysicalType::kString) ThrowInternal("numeric vectors of different representation appended");
    Append(ToPackedNumeric(from, from_row + rows), from_row, rows, at);
    return;
  }
  const VectorView view = from.View();
  const uint32_t size = PhysicalSize(physical_);
  shape_.digits = std::max(shape_.digits, from.shape_.digits);
  if (physical_ == PhysicalType::kString) {
    StringRef* to = data<StringRef>() + at;
    for (uint32_t i = 0; i < rows; ++i) to[i] = view.valid(from_row + i) ? AddString(view.get<StringRef>(from_row + i).view()) : StringRef();
  } else if (view.indices == nullptr && view.mask != 0) {
    std::memcpy(data_ + static_cast<size_t>(at) * size, static_cast<const uint8_t*>(view.data) + static_cast<size_t>(from_row) * size,
                static_cast<size_t>(rows) * size);
  } else {
    for (uint32_t i = 0; i < rows; ++i) {
      std::memcpy(data_ + static_cast<size_t>(at + i) * size, static_cast<const uint8_t*>(view.data) + static_cast<size_t>(view.index(from_row + i)) * size, size);
    }
  }
  if (view.validity != nullptr || validity_ != nullptr) {
    uint64_t* bits = MutableValidity();
    for (uint32_t i = 0; i < rows; ++i) {
      const RowIndex row = at + i;
      if (view.valid(from_row + i)) bits[row >> 6] |= uint64_t{1} << (row & 63); else bits[row >> 6] &= ~(uint64_t{1} << (row & 63));
    }
  }
}

Datum Vector::Get(RowIndex row) const {
  Datum value;
  value.type = type_;
  const VectorView view = View();
  value.is_null = !view.valid(row);
  if (value.is_null) return value;
  if (physical_ == PhysicalType::kString) {
    value.bytes = view.get<StringRef>(row).view();
  } else if (type_.oid == type_oid::kNumeric) {
    value.bytes = physical_ == PhysicalType::kInt64 ? PackNumeric(view.get<int64_t>(row), shape_.scale) : PackNumeric(view.get<__int128>(row), shape_.scale);
  } else {
    const uint32_t size = PhysicalSize(physical_);
    std::memcpy(value.raw, static_cast<const uint8_t*>(data_) + static_cast<size_t>(view.index(row)) * size, size);
  }
  return value;
}

void Vector::Set(RowIndex row, const Datum& value) {
  if (value.is_null) {
    SetNull(row);
    return;
  }
  if (validity_ != nullptr) MutableValidity()[row >> 6] |= uint64_t{1} << (row & 63);
  if (physical_ == PhysicalType::kString) {
    data<StringRef>()[row] = AddString(value.bytes);
  } else {
    const uint32_t size = PhysicalSize(physical_);
    std::memcpy(data_ + static_cast<size_t>(row) * size, value.raw, size);
  }
}

}  // namespace gather
