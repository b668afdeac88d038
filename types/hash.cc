#define XXH_INLINE_ALL
#include <xxhash.h>

#include "types/array.h"
#include "types/compare.h"
#include "types/error.h"
#include "types/numeric.h"
#include "types/record.h"
#include "types/value_order.h"

namespace gather {

namespace {
uint64_t HashInteger(int64_t value) { return MixHash(static_cast<uint64_t>(value), 0x9E3779B97F4A7C15ull); }

uint64_t HashFloat(double value) {
  if (std::isnan(value)) value = std::nan("");
  if (value == 0) value = 0;  // -0
  uint64_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return MixHash(bits, 0x517cc1b727220a95ull);
}

uint64_t HashBytes(std::string_view bytes) {
  if (bytes.size() <= 16) {
    uint64_t words[2] = {0, 0};
    if (!bytes.empty()) std::memcpy(words, bytes.data(), bytes.size());
    return MixHash(words[0] ^ bytes.size(), words[1] ^ 0xa0761d6478bd642full);
  }
  return XXH3_64bits(bytes.data(), bytes.size());
}

uint64_t HashWide(__int128 value) { return MixHash(static_cast<uint64_t>(value), static_cast<uint64_t>(value >> 64)); }

uint64_t HashArray(std::string_view payload) {
  ArrayReader reader(payload);
  uint64_t hash = reader.size();
  if (reader.size() == 0) return MixHash(hash, 1);
  const TypeInfo& type = GetType(reader.element_type());
  ArrayReader::Element element;
  while (reader.Next(&element)) hash = MixHash(hash, element.is_null ? kNullHash : HashElement(type, element.bytes));
  return hash;
}

uint64_t HashRecord(std::string_view payload) {
  RecordReader reader(payload);
  uint64_t hash = reader.size();
  RecordReader::Field field;
  while (reader.Next(&field)) hash = MixHash(hash, field.is_null ? kNullHash : HashElement(GetType(field.type), field.bytes));
  return hash;
}

uint64_t HashString(StringOrder order, std::string_view bytes) {
  switch (order) {
    case StringOrder::kBytes: return HashBytes(bytes);
    case StringOrder::kBlankTrimmed: return HashBytes(TrimBlanks(bytes));
    case StringOrder::kNumeric: return HashNumeric(bytes);
    case StringOrder::kArray: return HashArray(bytes);
    case StringOrder::kRecord: return HashRecord(bytes);
  }
  return 0;
}

struct UuidBytes { char bytes[16]; };

template <class T, class Hash>
void HashLoop(const VectorView& view, uint32_t rows, uint64_t* hashes, bool combine, Hash hash) {
  const auto put = [&](uint32_t i, uint64_t value) { hashes[i] = combine ? MixHash(hashes[i], value) : value; };
  if (view.mask == 0 && view.indices == nullptr) {
    const uint64_t value = !view.valid(0) ? kNullHash : hash(view.get<T>(0));
    for (uint32_t i = 0; i < rows; ++i) put(i, value);
  } else if (view.validity == nullptr) {
    for (uint32_t i = 0; i < rows; ++i) put(i, hash(view.get<T>(i)));
  } else {
    for (uint32_t i = 0; i < rows; ++i) put(i, view.valid(i) ? hash(view.get<T>(i)) : kNullHash);
  }
}

template <class T>
void HashIntegers(const VectorView& view, uint32_t rows, uint64_t* hashes, bool combine) {
  HashLoop<T>(view, rows, hashes, combine, [](T value) { return HashInteger(static_cast<int64_t>(value)); });
}
}  // namespace

uint64_t HashElement(const TypeInfo& type, std::string_view bytes) {
  if (type.physical == PhysicalType::kString) return HashString(StringOrderOf(type.oid), bytes);
  Vector value(SqlType(type.oid), 1);
  if (bytes.size() != PhysicalSize(type.physical)) throw SqlError(sqlstate::kDataCorrupted, "damaged array value");
  std::memcpy(value.raw_data(), bytes.data(), bytes.size());
  uint64_t hash;
  HashVector(value, 1, &hash, false);
  return hash;
}

void HashVector(const Vector& vector, uint32_t rows, uint64_t* hashes, bool combine) {
  const VectorView view = vector.View();
  if (vector.type().oid == type_oid::kNumeric && vector.physical() != PhysicalType::kString) {
    const int scale = vector.shape().scale;
    if (vector.physical() == PhysicalType::kInt64) {
      HashLoop<int64_t>(view, rows, hashes, combine, [scale](int64_t value) { return HashDecimal(value, scale); });
    } else {
      HashLoop<__int128>(view, rows, hashes, combine, [scale](__int128 value) { return HashDecimal(value, scale); });
    }
    return;
  }
  switch (vector.physical()) {
    case PhysicalType::kBool: HashIntegers<uint8_t>(view, rows, hashes, combine); break;
    case PhysicalType::kInt8: HashIntegers<uint8_t>(view, rows, hashes, combine); break;
    case PhysicalType::kInt16: HashIntegers<int16_t>(view, rows, hashes, combine); break;
    case PhysicalType::kInt32: HashIntegers<int32_t>(view, rows, hashes, combine); break;
    case PhysicalType::kInt64:
    case PhysicalType::kTid: HashIntegers<int64_t>(view, rows, hashes, combine); break;
    case PhysicalType::kUInt32: HashIntegers<uint32_t>(view, rows, hashes, combine); break;
    case PhysicalType::kInt128: HashLoop<__int128>(view, rows, hashes, combine, HashWide); break;
    case PhysicalType::kFloat32: HashLoop<float>(view, rows, hashes, combine, [](float value) { return HashFloat(value); }); break;
    case PhysicalType::kFloat64: HashLoop<double>(view, rows, hashes, combine, HashFloat); break;
    case PhysicalType::kInterval: HashLoop<Interval>(view, rows, hashes, combine, [](const Interval& value) { return HashWide(IntervalSpan(value)); }); break;
    case PhysicalType::kTimeTz:
      HashLoop<TimeTz>(view, rows, hashes, combine, [](const TimeTz& value) { return MixHash(static_cast<uint64_t>(TimeTzInstant(value)), static_cast<uint64_t>(value.zone)); });
      break;
    case PhysicalType::kUuid: HashLoop<UuidBytes>(view, rows, hashes, combine, [](const UuidBytes& value) { return HashBytes({value.bytes, 16}); }); break;
    case PhysicalType::kString: {
      const StringOrder order = StringOrderOf(vector.type().oid);
      if (order == StringOrder::kBytes) {
        HashLoop<StringRef>(view, rows, hashes, combine, [](const StringRef& value) { return HashBytes(value.view()); });
      } else {
        HashLoop<StringRef>(view, rows, hashes, combine, [order](const StringRef& value) { return HashString(order, value.view()); });
      }
      break;
    }
  }
}

}  // namespace gather
