#include "storage/segment.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "storage/bitpack.h"
#include "types/error.h"

namespace gather::storage {

namespace {

constexpr uint32_t kMagic = 0x47455347;
constexpr size_t kAlignment = 64;
// From this share of a vector on, decoding all of it and picking is cheaper than picking from packed bits.
constexpr uint32_t kPickAll = kVectorSize / 8;

[[noreturn]] void ThrowDamaged() { throw SqlError(sqlstate::kDataCorrupted, "damaged segment"); }

template <class To, class From>
void Narrow(const From* from, uint32_t count, To* to) {
  for (uint32_t i = 0; i < count; ++i) to[i] = static_cast<To>(from[i]);
}

}  // namespace

Segment::Segment(SqlType type, std::string_view bytes, MemoryReservation memory) : type_(type), memory_(std::move(memory)) {
  if (bytes.size() < sizeof(Header)) ThrowDamaged();
  std::memcpy(&header_, bytes.data(), sizeof(header_));
  const uint32_t vectors = (header_.rows + kVectorSize - 1) / kVectorSize;
  if (header_.magic != kMagic || header_.version != 1 || header_.size != bytes.size() || header_.rows > kRowGroupSize ||
      header_.payload_at > bytes.size() || header_.zones_at > bytes.size() || header_.codes_at > bytes.size()) {
    ThrowDamaged();
  }
  size_ = static_cast<uint32_t>(bytes.size());
  data_ = static_cast<uint8_t*>(::operator new(bytes.size(), std::align_val_t{kAlignment}));
  std::memcpy(data_, bytes.data(), bytes.size());
  try {
    ByteReader zones(bytes.substr(header_.zones_at));
    zones_.reserve(vectors);
    for (uint32_t v = 0; v < vectors; ++v) zones_.push_back(Zone::Read(zones));
  } catch (...) {
    ::operator delete(data_, std::align_val_t{kAlignment});
    throw;
  }
  if (header_.encoding != Encoding::kDictionary) return;
  const uint32_t entries = header_.runs_or_entries;
  const auto* offsets = At<uint32_t>(header_.payload_at);
  const char* text = reinterpret_cast<const char*>(offsets + entries + 1);
  dictionary_.reserve(entries);
  for (uint32_t i = 0; i < entries; ++i) dictionary_.emplace_back(text + offsets[i], offsets[i + 1] - offsets[i]);
  if (header_.has_nulls != 0) {
    dictionary_validity_.assign(std::max(entries, kVectorSize) / 64 + 1, ~uint64_t{0});
    dictionary_validity_[0] &= ~uint64_t{1};
  }
}

Segment::~Segment() {
  if (data_ != nullptr) ::operator delete(data_, std::align_val_t{kAlignment});
}

uint32_t Segment::RowsOf(uint32_t vector) const { return std::min(kVectorSize, header_.rows - vector * kVectorSize); }

const uint64_t* Segment::Validity(uint32_t vector) const {
  if (header_.has_nulls == 0 || zones_[vector].nulls == 0) return nullptr;
  return At<uint64_t>(header_.validity_at) + vector * (kVectorSize / 64);
}

// Flat, owned, room for a vector.
void Segment::Prepare(Vector& out, PhysicalType physical) const {
  if (out.capacity() < kVectorSize) out = Vector(type_, physical); else out.Reset(physical);
  out.set_type(type_);
  out.set_shape({header_.scale, header_.digits});
}

void Segment::CopyValidity(uint32_t vector, Vector& out) const {
  const uint64_t* validity = Validity(vector);
  if (validity != nullptr) std::memcpy(out.MutableValidity(), validity, kVectorSize / 8);
}

void Segment::CopyValidity(uint32_t vector, const RowIndex* picked, uint32_t count, Vector& out) const {
  const uint64_t* validity = Validity(vector);
  if (validity == nullptr) return;
  uint64_t* bits = out.MutableValidity();
  for (uint32_t i = 0; i < count; ++i) {
    if (!BitIsSet(validity, picked[i])) bits[i >> 6] &= ~(uint64_t{1} << (i & 63));
  }
}

void Segment::FillConstant(Vector& out) const {
  Prepare(out, header_.physical);
  if (header_.has_nulls != 0) {
    out.SetNull(0);
  } else if (header_.physical == PhysicalType::kString) {
    const auto length = *At<uint32_t>(header_.payload_at);
    out.data<StringRef>()[0] = StringRef(reinterpret_cast<const char*>(data_ + header_.payload_at + 4), length);
    out.KeepAlive(shared_from_this());
  } else {
    std::memcpy(out.raw_data(), data_ + header_.payload_at, PhysicalSize(header_.physical));
  }
  out.SetKind(VectorKind::kConstant);
}

int64_t Segment::RunValue(uint32_t slot, uint32_t* run) const {
  const auto* values = At<int64_t>(header_.payload_at);
  const auto* ends = reinterpret_cast<const uint32_t*>(values + header_.runs_or_entries);
  uint32_t at = *run;
  if (ends[at] <= slot || (at != 0 && ends[at - 1] > slot)) {
    at = static_cast<uint32_t>(std::upper_bound(ends, ends + header_.runs_or_entries, slot) - ends);
    *run = at;
  }
  return values[at];
}

uint32_t Segment::Code(uint32_t vector, uint32_t row) const {
  const VectorEntry& entry = At<VectorEntry>(header_.vectors_at)[vector];
  return UnpackOne32(At<uint32_t>(header_.codes_at + entry.offset), entry.width, static_cast<uint32_t>(entry.base), row);
}

namespace {

// Integers of the lane's size or narrower, from a buffer of lane values.
void StoreIntegers32(const uint32_t* values, uint32_t count, PhysicalType physical, void* out) {
  switch (PhysicalSize(physical)) {
    case 1: Narrow(values, count, static_cast<uint8_t*>(out)); break;
    case 2: Narrow(values, count, static_cast<uint16_t*>(out)); break;
    default: std::memcpy(out, values, count * sizeof(uint32_t)); break;
  }
}

template <class T>
void FillRuns(const int64_t* values, const uint32_t* ends, uint32_t run, uint32_t first, uint32_t count, T* out) {
  for (uint32_t at = 0; at < count; ++run) {
    const uint32_t end = std::min(ends[run] - first, count);
    std::fill(out + at, out + end, static_cast<T>(values[run]));
    at = end;
  }
}

}  // namespace

void Segment::Read(uint32_t vector, Vector& out) const {
  const uint32_t rows = RowsOf(vector);
  const VectorEntry& entry = At<VectorEntry>(header_.vectors_at)[vector];
  const PhysicalType physical = header_.physical;
  switch (header_.encoding) {
    case Encoding::kConstant: FillConstant(out); return;
    case Encoding::kBitPacked: {
      Prepare(out, physical);
      const uint8_t* packed = data_ + header_.payload_at + entry.offset;
      if (PhysicalSize(physical) == 8) {
        if (entry.width == 0 && Validity(vector) == nullptr) {
          out.data<int64_t>()[0] = entry.base;
          out.SetKind(VectorKind::kConstant);
          return;
        }
        Unpack64(reinterpret_cast<const uint64_t*>(packed), entry.width, static_cast<uint64_t>(entry.base), out.data<uint64_t>());
      } else if (PhysicalSize(physical) == 4) {
        Unpack32(reinterpret_cast<const uint32_t*>(packed), entry.width, static_cast<uint32_t>(entry.base), out.data<uint32_t>());
        if (entry.width == 0 && Validity(vector) == nullptr) out.SetKind(VectorKind::kConstant);
      } else {
        alignas(64) uint32_t values[kVectorSize];
        Unpack32(reinterpret_cast<const uint32_t*>(packed), entry.width, static_cast<uint32_t>(entry.base), values);
        StoreIntegers32(values, rows, physical, out.raw_data());
      }
      CopyValidity(vector, out);
      return;
    }
    case Encoding::kRunLength: {
      Prepare(out, physical);
      const auto* values = At<int64_t>(header_.payload_at);
      const auto* ends = reinterpret_cast<const uint32_t*>(values + header_.runs_or_entries);
      const uint32_t first = vector * kVectorSize, run = entry.offset;
      const bool constant = ends[run] >= first + rows && Validity(vector) == nullptr;
      const uint32_t fill = constant ? 1 : rows;
      switch (PhysicalSize(physical)) {
        case 1: FillRuns(values, ends, run, first, fill, out.data<uint8_t>()); break;
        case 2: FillRuns(values, ends, run, first, fill, out.data<uint16_t>()); break;
        case 4: FillRuns(values, ends, run, first, fill, out.data<uint32_t>()); break;
        default: FillRuns(values, ends, run, first, fill, out.data<uint64_t>()); break;
      }
      if (constant) out.SetKind(VectorKind::kConstant); else CopyValidity(vector, out);
      return;
    }
    case Encoding::kDictionary: {
      if (entry.width == 0) {
        // One value all through the vector.
        Prepare(out, physical);
        const uint32_t code = Code(vector, 0);
        if (header_.has_nulls != 0 && code == 0) out.SetNull(0); else out.data<StringRef>()[0] = dictionary_[code];
        out.SetKind(VectorKind::kConstant);
        out.KeepAlive(shared_from_this());
        return;
      }
      auto indices = std::shared_ptr<RowIndex[]>(new RowIndex[kVectorSize]);
      Unpack32(At<uint32_t>(header_.codes_at + entry.offset), entry.width, static_cast<uint32_t>(entry.base), indices.get());
      out.ReferToDictionary(type_, physical, dictionary_.data(), dictionary_validity_.empty() ? nullptr : dictionary_validity_.data(),
                            shared_from_this(), std::move(indices));
      return;
    }
    case Encoding::kPlain: break;
  }
  if (physical != PhysicalType::kString) {
    out.ReferTo(type_, physical, data_ + header_.payload_at + size_t{vector} * kVectorSize * PhysicalSize(physical), Validity(vector), shared_from_this());
    out.set_shape({header_.scale, header_.digits});
    return;
  }
  Prepare(out, physical);
  auto* refs = out.data<StringRef>();
  const auto* offsets = At<uint32_t>(header_.payload_at) + vector * kVectorSize;
  const char* text = reinterpret_cast<const char*>(At<uint32_t>(header_.payload_at) + header_.rows + 1);
  // Built in place: assembled elsewhere and copied, each would stall on store forwarding.
  for (uint32_t i = 0; i < rows; ++i) new (refs + i) StringRef(text + offsets[i], offsets[i + 1] - offsets[i]);
  out.KeepAlive(shared_from_this());
  CopyValidity(vector, out);
}

void Segment::Read(uint32_t vector, const RowIndex* picked, uint32_t count, Vector& out) const {
  const VectorEntry& entry = At<VectorEntry>(header_.vectors_at)[vector];
  const PhysicalType physical = header_.physical;
  const uint32_t size = PhysicalSize(physical);
  switch (header_.encoding) {
    case Encoding::kConstant: FillConstant(out); return;
    case Encoding::kBitPacked: {
      Prepare(out, physical);
      const uint8_t* bits = data_ + header_.payload_at + entry.offset;
      if (size == 8) {
        const auto* packed = reinterpret_cast<const uint64_t*>(bits);
        auto* to = out.data<uint64_t>();
        if (count < kPickAll) {
          for (uint32_t i = 0; i < count; ++i) to[i] = UnpackOne64(packed, entry.width, static_cast<uint64_t>(entry.base), picked[i]);
        } else {
          alignas(64) uint64_t values[kVectorSize];
          Unpack64(packed, entry.width, static_cast<uint64_t>(entry.base), values);
          for (uint32_t i = 0; i < count; ++i) to[i] = values[picked[i]];
        }
      } else {
        const auto* packed = reinterpret_cast<const uint32_t*>(bits);
        alignas(64) uint32_t values[kVectorSize];
        uint32_t chosen[kVectorSize];
        if (count < kPickAll) {
          for (uint32_t i = 0; i < count; ++i) chosen[i] = UnpackOne32(packed, entry.width, static_cast<uint32_t>(entry.base), picked[i]);
        } else {
          Unpack32(packed, entry.width, static_cast<uint32_t>(entry.base), values);
          for (uint32_t i = 0; i < count; ++i) chosen[i] = values[picked[i]];
        }
        StoreIntegers32(chosen, count, physical, out.raw_data());
      }
      CopyValidity(vector, picked, count, out);
      return;
    }
    case Encoding::kRunLength: {
      Prepare(out, physical);
      uint32_t run = entry.offset;
      for (uint32_t i = 0; i < count; ++i) {
        const int64_t value = RunValue(vector * kVectorSize + picked[i], &run);
        switch (size) {
          case 1: out.data<uint8_t>()[i] = static_cast<uint8_t>(value); break;
          case 2: out.data<uint16_t>()[i] = static_cast<uint16_t>(value); break;
          case 4: out.data<uint32_t>()[i] = static_cast<uint32_t>(value); break;
          default: out.data<uint64_t>()[i] = static_cast<uint64_t>(value); break;
        }
      }
      CopyValidity(vector, picked, count, out);
      return;
    }
    case Encoding::kDictionary: {
      auto indices = std::shared_ptr<RowIndex[]>(new RowIndex[std::max(count, 1u)]);
      if (count < kPickAll) {
        for (uint32_t i = 0; i < count; ++i) indices[i] = Code(vector, picked[i]);
      } else {
        alignas(64) uint32_t values[kVectorSize];
        Unpack32(At<uint32_t>(header_.codes_at + entry.offset), entry.width, static_cast<uint32_t>(entry.base), values);
        for (uint32_t i = 0; i < count; ++i) indices[i] = values[picked[i]];
      }
      out.ReferToDictionary(type_, physical, dictionary_.data(), dictionary_validity_.empty() ? nullptr : dictionary_validity_.data(),
                            shared_from_this(), std::move(indices));
      return;
    }
    case Encoding::kPlain: break;
  }
  Prepare(out, physical);
  if (physical == PhysicalType::kString) {
    const auto* offsets = At<uint32_t>(header_.payload_at) + vector * kVectorSize;
    const char* text = reinterpret_cast<const char*>(At<uint32_t>(header_.payload_at) + header_.rows + 1);
    auto* refs = out.data<StringRef>();
    for (uint32_t i = 0; i < count; ++i) new (refs + i) StringRef(text + offsets[picked[i]], offsets[picked[i] + 1] - offsets[picked[i]]);
    out.KeepAlive(shared_from_this());
  } else {
    const uint8_t* from = data_ + header_.payload_at + size_t{vector} * kVectorSize * size;
    auto* to = static_cast<uint8_t*>(out.raw_data());
    const auto copy = [&]<class T>(T) {
      for (uint32_t i = 0; i < count; ++i) reinterpret_cast<T*>(to)[i] = reinterpret_cast<const T*>(from)[picked[i]];
    };
    switch (size) {
      case 1: copy(uint8_t{}); break;
      case 2: copy(uint16_t{}); break;
      case 4: copy(uint32_t{}); break;
      case 8: copy(uint64_t{}); break;
      default: copy(std::pair<uint64_t, uint64_t>{}); break;
    }
  }
  CopyValidity(vector, picked, count, out);
}

}  // namespace gather::storage
