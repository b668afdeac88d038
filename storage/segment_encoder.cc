// EncodeSegment: choosing and writing the encoding of one column of a row group.
#include <algorithm>
#include <cstring>
#include <limits>

#include <boost/unordered/unordered_flat_map.hpp>

#include "storage/bitpack.h"
#include "storage/segment.h"
#include "storage/version_info.h"
#include "types/error.h"
#include "types/numeric.h"

namespace gather::storage {

namespace {

constexpr uint32_t kMagic = 0x47455347;                  // "GSEG"
constexpr uint32_t kMinRunLength = 24;                   // runs longer than this on average beat packing in size and speed
constexpr uint32_t kMaxEntries = 1 << 15;

struct Slots {
  std::span<const Vector> vectors;
  uint32_t rows;
  uint32_t RowsOf(uint32_t vector) const { return std::min(kVectorSize, rows - vector * kVectorSize); }
  uint32_t count() const { return (rows + kVectorSize - 1) / kVectorSize; }
};

class Writer {
 public:
  Writer(const Slots& slots, PhysicalType physical) : slots_(slots), entries_(slots.count()) {
    header_.magic = kMagic;
    header_.version = 1;
    header_.physical = physical;
    header_.rows = slots.rows;
    bytes_.append(sizeof(Segment::Header), '\0');
  }
  Segment::Header& header() { return header_; }
  Segment::VectorEntry& entry(uint32_t vector) { return entries_[vector]; }
  std::string& bytes() { return bytes_; }
  uint32_t Align() {
    bytes_.resize((bytes_.size() + 63) / 64 * 64, '\0');
    return static_cast<uint32_t>(bytes_.size());
  }
  template <class T>
  void Put(T value) { bytes_.append(reinterpret_cast<const char*>(&value), sizeof(T)); }
  void Put(const void* data, size_t size) { bytes_.append(static_cast<const char*>(data), size); }

  void Begin(const std::vector<Zone>& zones, const std::vector<uint64_t>& validity) {
    header_.vectors_at = Align();
    bytes_.append(entries_.size() * sizeof(Segment::VectorEntry), '\0');
    header_.zones_at = Align();
    ByteWriter zone_bytes;
    for (const Zone& zone : zones) zone.Write(zone_bytes);
    bytes_ += zone_bytes.bytes();
    for (uint32_t v = 0; v < entries_.size(); ++v) entries_[v].nulls = static_cast<uint16_t>(zones[v].nulls);
    header_.has_nulls = !validity.empty();
    if (!validity.empty()) {
      header_.validity_at = Align();
      Put(validity.data(), validity.size() * sizeof(uint64_t));
    }
    header_.payload_at = Align();
  }

  // Packs `values` (slots; nulls hold anything) vector by vector behind the present end; offsets count from there.
  template <class Word>
  void PackVectors(const std::vector<Word>& values, const std::vector<uint64_t>& validity) {
    const uint32_t begin = Align();
    using Signed = std::make_signed_t<Word>;
    std::vector<Word> shifted(kVectorSize);
    std::vector<uint64_t> packed(PackedBytes(sizeof(Word) * 8) / 8);
    for (uint32_t v = 0; v < entries_.size(); ++v) {
      const uint32_t count = slots_.RowsOf(v);
      Signed low = std::numeric_limits<Signed>::max(), high = std::numeric_limits<Signed>::min();
      const uint64_t* valid = validity.empty() ? nullptr : validity.data() + v * (kVectorSize / 64);
      for (uint32_t i = 0; i < count; ++i) {
        if (!BitIsSet(valid, i)) continue;
        const auto value = static_cast<Signed>(values[v * kVectorSize + i]);
        low = std::min(low, value);
        high = std::max(high, value);
      }
      if (low > high) low = high = 0;
      const uint32_t width = BitWidth(static_cast<Word>(static_cast<Word>(high) - static_cast<Word>(low)));
      for (uint32_t i = 0; i < kVectorSize; ++i) {
        shifted[i] = i < count && BitIsSet(valid, i) ? static_cast<Word>(values[v * kVectorSize + i] - static_cast<Word>(low)) : Word{0};
      }
      if constexpr (sizeof(Word) == 8) Pack64(shifted.data(), width, packed.data());
      else Pack32(shifted.data(), width, reinterpret_cast<uint32_t*>(packed.data()));
      entries_[v].base = low;
      entries_[v].width = static_cast<uint8_t>(width);
      entries_[v].offset = static_cast<uint32_t>(bytes_.size()) - begin;
      Put(packed.data(), PackedBytes(width));
    }
  }

  std::string Finish() {
    // Kernels may read whole registers past the last value.
    bytes_.append(64, '\0');
    header_.size = static_cast<uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &header_, sizeof(header_));
    std::memcpy(bytes_.data() + header_.vectors_at, entries_.data(), entries_.size() * sizeof(Segment::VectorEntry));
    return std::move(bytes_);
  }

 private:
  const Slots& slots_;
  Segment::Header header_{};
  std::vector<Segment::VectorEntry> entries_;
  std::string bytes_;
};

std::vector<uint64_t> GatherValidity(const Slots& slots, bool any_null) {
  if (!any_null) return {};
  std::vector<uint64_t> validity(kRowGroupSize / 64, ~uint64_t{0});
  for (uint32_t v = 0; v < slots.count(); ++v) {
    const VectorView view = slots.vectors[v].View();
    if (view.validity == nullptr) continue;
    for (uint32_t i = 0; i < slots.RowsOf(v); ++i) {
      const uint32_t slot = v * kVectorSize + i;
      if (!view.valid(i)) validity[slot / 64] &= ~(uint64_t{1} << slot % 64);
    }
  }
  return validity;
}

template <class To, class From>
void GatherAs(const Slots& slots, std::vector<To>* out) {
  out->resize(slots.rows);
  for (uint32_t v = 0; v < slots.count(); ++v) {
    const VectorView view = slots.vectors[v].View();
    To* to = out->data() + v * kVectorSize;
    for (uint32_t i = 0; i < slots.RowsOf(v); ++i) to[i] = view.valid(i) ? static_cast<To>(view.get<From>(i)) : To{0};
  }
}

template <class To>
void GatherIntegers(const Slots& slots, PhysicalType physical, std::vector<To>* out) {
  switch (physical) {
    case PhysicalType::kBool: GatherAs<To, uint8_t>(slots, out); break;
    case PhysicalType::kInt8: GatherAs<To, int8_t>(slots, out); break;
    case PhysicalType::kInt16: GatherAs<To, int16_t>(slots, out); break;
    case PhysicalType::kInt32: GatherAs<To, int32_t>(slots, out); break;
    case PhysicalType::kUInt32: GatherAs<To, uint32_t>(slots, out); break;
    case PhysicalType::kInt64: GatherAs<To, int64_t>(slots, out); break;
    case PhysicalType::kTid: GatherAs<To, uint64_t>(slots, out); break;
    case PhysicalType::kInt128: GatherAs<To, __int128>(slots, out); break;
    default: ThrowInternal("integers of another type");
  }
}

bool IsInteger(PhysicalType physical) {
  switch (physical) {
    case PhysicalType::kBool: case PhysicalType::kInt8: case PhysicalType::kInt16: case PhysicalType::kInt32: case PhysicalType::kUInt32:
    case PhysicalType::kInt64: case PhysicalType::kTid: return true;
    default: return false;
  }
}

// Nulls continue the run they are in.
template <class Word>
uint32_t CountRuns(const std::vector<Word>& values, const std::vector<uint64_t>& validity) {
  uint32_t runs = 0;
  bool any = false;
  Word last{};
  for (size_t i = 0; i < values.size(); ++i) {
    if (!validity.empty() && !BitIsSet(validity.data(), static_cast<RowIndex>(i))) continue;
    if (!any || values[i] != last) ++runs;
    any = true;
    last = values[i];
  }
  return runs;
}

template <class Word>
void WriteRuns(Writer& writer, const std::vector<Word>& values, const std::vector<uint64_t>& validity) {
  std::vector<int64_t> run_values;
  std::vector<uint32_t> ends;
  using Signed = std::make_signed_t<Word>;
  for (size_t i = 0; i < values.size(); ++i) {
    const bool null = !validity.empty() && !BitIsSet(validity.data(), static_cast<RowIndex>(i));
    const auto value = static_cast<int64_t>(static_cast<Signed>(values[i]));
    if (run_values.empty() || (!null && value != run_values.back())) {
      run_values.push_back(value);
      ends.push_back(0);
    }
    ends.back() = static_cast<uint32_t>(i + 1);
  }
  writer.header().encoding = Encoding::kRunLength;
  writer.header().runs_or_entries = static_cast<uint32_t>(ends.size());
  for (uint32_t v = 0, run = 0; v * kVectorSize < values.size(); ++v) {
    while (ends[run] <= v * kVectorSize) ++run;
    writer.entry(v).offset = run;
  }
  writer.Put(run_values.data(), run_values.size() * sizeof(int64_t));
  writer.Put(ends.data(), ends.size() * sizeof(uint32_t));
}

template <class Word>
void WriteIntegers(Writer& writer, const Slots& slots, PhysicalType physical, const std::vector<uint64_t>& validity) {
  std::vector<Word> values;
  GatherIntegers(slots, physical, &values);
  if (size_t{CountRuns(values, validity)} * kMinRunLength <= values.size()) {
    WriteRuns(writer, values, validity);
    return;
  }
  writer.header().encoding = Encoding::kBitPacked;
  writer.PackVectors(values, validity);
}

void WriteStrings(Writer& writer, const Slots& slots, const std::vector<uint64_t>& validity) {
  boost::unordered_flat_map<std::string_view, uint32_t> codes_of;
  std::vector<std::string_view> entries;
  std::vector<uint32_t> codes(slots.rows);
  uint64_t total = 0, distinct = 0;
  const bool nulls = !validity.empty();
  if (nulls) entries.emplace_back();
  bool dictionary = true;
  for (uint32_t v = 0; v < slots.count(); ++v) {
    const VectorView view = slots.vectors[v].View();
    for (uint32_t i = 0; i < slots.RowsOf(v); ++i) {
      if (!view.valid(i)) continue;
      const std::string_view text = view.get<StringRef>(i).view();
      total += text.size();
      if (!dictionary) continue;
      const auto [entry, fresh] = codes_of.try_emplace(text, static_cast<uint32_t>(entries.size()));
      if (fresh) {
        entries.push_back(text);
        distinct += text.size();
        // Mostly different values: give up early.
        const uint32_t seen = v * kVectorSize + i + 1;
        if (entries.size() > kMaxEntries || (seen >= 2 * kVectorSize && entries.size() > seen / 2)) dictionary = false;
      }
      codes[v * kVectorSize + i] = entry->second;
    }
  }
  const uint64_t plain_bytes = total + uint64_t{slots.rows} * 4;
  const uint64_t dictionary_bytes = distinct + entries.size() * 4 + uint64_t{slots.rows} * BitWidth(entries.size()) / 8;
  if (plain_bytes > (uint64_t{1} << 31)) ThrowInternal("a row group's strings pass 2 GiB");
  if (dictionary && dictionary_bytes * 10 <= plain_bytes * 9) {
    writer.header().encoding = Encoding::kDictionary;
    writer.header().runs_or_entries = static_cast<uint32_t>(entries.size());
    uint32_t at = 0;
    writer.Put(at);
    for (const std::string_view entry : entries) writer.Put(at += static_cast<uint32_t>(entry.size()));
    for (const std::string_view entry : entries) writer.Put(entry.data(), entry.size());
    writer.header().codes_at = writer.Align();
    writer.PackVectors(codes, {});                       // a null's code is 0, its entry
    return;
  }
  writer.header().encoding = Encoding::kPlain;
  uint32_t at = 0;
  writer.Put(at);
  const auto each = [&](auto visit) {
    for (uint32_t v = 0; v < slots.count(); ++v) {
      const VectorView view = slots.vectors[v].View();
      for (uint32_t i = 0; i < slots.RowsOf(v); ++i) visit(view.valid(i) ? view.get<StringRef>(i).view() : std::string_view());
    }
  };
  each([&](std::string_view text) { writer.Put(at += static_cast<uint32_t>(text.size())); });
  each([&](std::string_view text) { writer.Put(text.data(), text.size()); });
}

bool AllEqual(const Slots& slots, PhysicalType physical) {
  const VectorView first = slots.vectors[0].View();
  const size_t size = PhysicalSize(physical);
  for (uint32_t v = 0; v < slots.count(); ++v) {
    const VectorView view = slots.vectors[v].View();
    for (uint32_t i = 0; i < slots.RowsOf(v); ++i) {
      const bool equal = physical == PhysicalType::kString
                             ? view.get<StringRef>(i) == first.get<StringRef>(0)
                             : std::memcmp(static_cast<const uint8_t*>(view.data) + view.index(i) * size,
                                           static_cast<const uint8_t*>(first.data) + first.index(0) * size, size) == 0;
      if (!equal) return false;
    }
  }
  return true;
}

// Scale of packed numerics that all rows share and with which all fit 18 digits.
bool CommonScale(const Slots& slots, int* scale) {
  bool any = false;
  for (uint32_t v = 0; v < slots.count(); ++v) {
    const VectorView view = slots.vectors[v].View();
    for (uint32_t i = 0; i < slots.RowsOf(v); ++i) {
      if (!view.valid(i)) continue;
      const std::string_view packed = view.get<StringRef>(i).view();
      if (packed.size() < 4 || packed[0] != 0) return false;  // NaN, infinite or big
      uint16_t own;
      std::memcpy(&own, packed.data() + 1, sizeof(own));
      if (any && own != *scale) return false;
      if (own > 18) return false;
      *scale = own;
      any = true;
      __int128 value;
      if (!NumericToScaled(packed, own, &value) || value >= kPowersOf10[18] || -value >= kPowersOf10[18]) return false;
    }
  }
  return any;
}

Vector ScaledVector(const Vector& packed, int scale, uint32_t rows) {
  Vector out(packed.type(), PhysicalType::kInt64);
  const VectorView view = packed.View();
  for (uint32_t i = 0; i < rows; ++i) {
    __int128 value = 0;
    if (view.valid(i)) NumericToScaled(view.get<StringRef>(i).view(), scale, &value); else out.SetNull(i);
    out.data<int64_t>()[i] = static_cast<int64_t>(value);
  }
  out.set_shape({static_cast<int16_t>(scale), 18});
  return out;
}

}  // namespace

std::string EncodeSegment(SqlType type, std::span<const Vector> given, uint32_t rows, Zone* zone) {
  Slots slots{given, rows};
  std::vector<Vector> converted;
  if (type.oid == type_oid::kNumeric) {
    // One representation for the whole segment.
    bool same = true, packed = false;
    for (const Vector& vector : given) {
      same = same && vector.physical() == given[0].physical() && vector.shape().scale == given[0].shape().scale;
      packed = packed || vector.physical() == PhysicalType::kString;
    }
    if (!same) {
      for (uint32_t v = 0; v < slots.count(); ++v) converted.push_back(ToPackedNumeric(given[v], slots.RowsOf(v)));
      slots.vectors = converted;
      packed = true;
    }
    int scale = 0;
    if (packed && CommonScale(slots, &scale)) {
      std::vector<Vector> scaled;
      for (uint32_t v = 0; v < slots.count(); ++v) scaled.push_back(ScaledVector(slots.vectors[v], scale, slots.RowsOf(v)));
      converted = std::move(scaled);
      slots.vectors = converted;
    }
  }

  std::vector<Zone> zones(slots.count());
  *zone = Zone();
  for (uint32_t v = 0; v < slots.count(); ++v) {
    zones[v].Add(slots.vectors[v], slots.RowsOf(v));
    zone->Merge(zones[v]);
  }
  const std::vector<uint64_t> validity = GatherValidity(slots, zone->nulls != 0 && zone->nulls != rows);

  PhysicalType physical = slots.vectors[0].physical();
  const PhysicalType source = physical;
  NumericShape shape = slots.vectors[0].shape();
  if (type.oid == type_oid::kNumeric && physical != PhysicalType::kString) {
    shape.digits = 0;
    if (zone->kind == ZoneKind::kInteger) {
      const __int128 low = zone->low_integer(), high = zone->high_integer();
      const auto magnitude = [](__int128 value) { return value < 0 ? -static_cast<unsigned __int128>(value) : static_cast<unsigned __int128>(value); };
      shape.digits = static_cast<int16_t>(DecimalDigits(std::max(magnitude(low), magnitude(high))));
    }
    if (shape.digits <= 18) physical = PhysicalType::kInt64;
  }

  Writer writer(slots, physical);
  writer.header().scale = shape.scale;
  writer.header().digits = shape.digits;
  writer.Begin(zones, validity);
  if (zone->nulls == rows || (zone->nulls == 0 && AllEqual(slots, source))) {
    writer.header().encoding = Encoding::kConstant;
    writer.header().has_nulls = zone->nulls != 0;
    if (zone->nulls != rows) {
      const VectorView view = slots.vectors[0].View();
      if (physical == PhysicalType::kString) {
        const std::string_view text = view.get<StringRef>(0).view();
        writer.Put(static_cast<uint32_t>(text.size()));
        writer.Put(text.data(), text.size());
      } else if (source == PhysicalType::kInt128 && physical == PhysicalType::kInt64) {
        writer.Put(static_cast<int64_t>(view.get<__int128>(0)));
      } else {
        writer.Put(static_cast<const uint8_t*>(view.data) + view.index(0) * PhysicalSize(physical), PhysicalSize(physical));
      }
    }
  } else if (physical == PhysicalType::kString) {
    WriteStrings(writer, slots, validity);
  } else if (IsInteger(physical)) {
    if (PhysicalSize(physical) == 8) WriteIntegers<uint64_t>(writer, slots, source, validity);
    else WriteIntegers<uint32_t>(writer, slots, source, validity);
  } else {
    writer.header().encoding = Encoding::kPlain;
    const size_t size = PhysicalSize(physical);
    for (uint32_t v = 0; v < slots.count(); ++v) {
      const VectorView view = slots.vectors[v].View();
      for (uint32_t i = 0; i < slots.RowsOf(v); ++i) writer.Put(static_cast<const uint8_t*>(view.data) + view.index(i) * size, size);
    }
  }
  return writer.Finish();
}

}  // namespace gather::storage
