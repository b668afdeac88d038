// Memcomparable keys (types/compare.h). Layout of a value behind its null marker:
//
//   bool, "char"   1 byte                       integers, date, time …   big endian, sign bit flipped
//   oid, tid       big endian                   floats                   IEEE bits, negatives inverted, others with flipped sign bit
//   interval       span, 16 bytes               timetz                   instant (8), zone (4)
//   uuid           16 bytes                     strings                  bytes with 00 -> 00 FF, then 00 00
//   numeric        class (1: -Infinity 1, negative 2, zero 3, positive 4, Infinity 5, NaN 6); for 2 and 4: decimal exponent (3 bytes),
//                  pairs of digits + 1, 00; class 2 with the bytes behind it inverted
//   array          01 element … | 02 for a null element | 00 at the end, then ndim, lengths, lower bounds
#include "types/array.h"
#include "types/compare.h"
#include "types/decimal.h"
#include "types/error.h"
#include "types/io/binary_number.h"
#include "types/record.h"
#include "types/value_order.h"

namespace gather {

namespace {
constexpr char kNotNull = 1;
constexpr uint32_t kExponentBias = 1 << 23;

template <class Unsigned, class Signed>
void AppendSigned(Signed value, std::string& key) {
  AppendBigEndian<Unsigned>(static_cast<Unsigned>(value) ^ static_cast<Unsigned>(Unsigned{1} << (sizeof(Unsigned) * 8 - 1)), key);
}

template <class Bits, class Float>
void AppendFloatKey(Float value, std::string& key) {
  AppendBigEndian<Bits>(OrderedBits<Bits>(value), key);
}

void AppendWide(__int128 value, std::string& key) {
  AppendSigned<uint64_t>(static_cast<int64_t>(value >> 64), key);
  AppendBigEndian<uint64_t>(static_cast<uint64_t>(value), key);
}

void AppendStringKey(std::string_view bytes, std::string& key) {
  for (;;) {
    const size_t zero = bytes.find('\0');
    if (zero == std::string_view::npos) break;
    key.append(bytes.data(), zero);
    key.append("\0\xFF", 2);
    bytes.remove_prefix(zero + 1);
  }
  key += bytes;
  key.append(2, '\0');
}

// Digits without sign, blanks behind stripped.
void AppendDecimalKey(bool negative, std::string_view digits, int scale, std::string& key) {
  const int exponent = static_cast<int>(digits.size()) - scale;
  while (!digits.empty() && digits.back() == '0') digits.remove_suffix(1);
  key.push_back(negative ? 2 : 4);
  const size_t start = key.size();
  const uint32_t biased = static_cast<uint32_t>(exponent + static_cast<int>(kExponentBias));
  key.push_back(static_cast<char>(biased >> 16));
  key.push_back(static_cast<char>(biased >> 8));
  key.push_back(static_cast<char>(biased));
  for (size_t i = 0; i < digits.size(); i += 2) {
    const int high = digits[i] - '0', low = i + 1 < digits.size() ? digits[i + 1] - '0' : 0;
    key.push_back(static_cast<char>(high * 10 + low + 1));
  }
  key.push_back('\0');
  if (negative) {
    for (size_t i = start; i < key.size(); ++i) key[i] = static_cast<char>(~key[i]);
  }
}

void AppendSmallDecimalKey(__int128 unscaled, int scale, std::string& key) {
  if (unscaled == 0) {
    key.push_back(3);
    return;
  }
  std::string text;
  AppendDecimalText(unscaled, 0, text);
  const bool negative = text[0] == '-';
  AppendDecimalKey(negative, std::string_view(text).substr(negative), scale, key);
}

void AppendNumericKey(std::string_view packed, std::string& key) {
  __int128 small;
  int scale;
  if (UnpackSmallNumeric(packed, &small, &scale)) {
    AppendSmallDecimalKey(small, scale, key);
    return;
  }
  const Decimal value(packed);
  switch (value.kind) {
    case Decimal::Kind::kMinusInfinity: key.push_back(1); return;
    case Decimal::Kind::kInfinity: key.push_back(5); return;
    case Decimal::Kind::kNaN: key.push_back(6); return;
    case Decimal::Kind::kFinite: break;
  }
  std::string text(mpz_sizeinbase(value.big.get(), 10) + 2, '\0');
  mpz_get_str(text.data(), 10, value.big.get());
  text.resize(std::strlen(text.c_str()));
  const bool negative = text[0] == '-';
  AppendDecimalKey(negative, std::string_view(text).substr(negative), value.scale, key);
}

void AppendArrayKey(std::string_view payload, std::string& key) {
  ArrayReader reader(payload);
  ArrayReader::Element element;
  const TypeInfo* type = reader.size() > 0 ? &GetType(reader.element_type()) : nullptr;
  while (reader.Next(&element)) {
    key.push_back(element.is_null ? 2 : 1);
    if (!element.is_null) AppendElementKey(*type, element.bytes, key);
  }
  key.push_back(0);
  key.push_back(static_cast<char>(reader.dimensions().size()));
  for (const ArrayDimension& dimension : reader.dimensions()) AppendSigned<uint32_t>(dimension.length, key);
  for (const ArrayDimension& dimension : reader.dimensions()) AppendSigned<uint32_t>(dimension.lower_bound, key);
}

void AppendRecordKey(std::string_view payload, std::string& key) {
  RecordReader reader(payload);
  RecordReader::Field field;
  while (reader.Next(&field)) {
    key.push_back(field.is_null ? 2 : 1);
    if (!field.is_null) AppendElementKey(GetType(field.type), field.bytes, key);
  }
}

void AppendOrderedString(StringOrder order, std::string_view bytes, std::string& key) {
  switch (order) {
    case StringOrder::kBytes: AppendStringKey(bytes, key); break;
    case StringOrder::kBlankTrimmed: AppendStringKey(TrimBlanks(bytes), key); break;
    case StringOrder::kNumeric: AppendNumericKey(bytes, key); break;
    case StringOrder::kArray: AppendArrayKey(bytes, key); break;
    case StringOrder::kRecord: AppendRecordKey(bytes, key); break;
  }
}

// The value at `raw`, ascending.
void AppendRaw(PhysicalType physical, StringOrder order, const void* raw, std::string& key) {
  switch (physical) {
    case PhysicalType::kBool:
    case PhysicalType::kInt8: key.push_back(*static_cast<const char*>(raw)); break;
    case PhysicalType::kInt16: AppendSigned<uint16_t>(*static_cast<const int16_t*>(raw), key); break;
    case PhysicalType::kInt32: AppendSigned<uint32_t>(*static_cast<const int32_t*>(raw), key); break;
    case PhysicalType::kInt64: AppendSigned<uint64_t>(*static_cast<const int64_t*>(raw), key); break;
    case PhysicalType::kInt128: AppendWide(*static_cast<const __int128*>(raw), key); break;
    case PhysicalType::kUInt32: AppendBigEndian(*static_cast<const uint32_t*>(raw), key); break;
    case PhysicalType::kTid: AppendBigEndian(*static_cast<const uint64_t*>(raw), key); break;
    case PhysicalType::kFloat32: AppendFloatKey<uint32_t>(*static_cast<const float*>(raw), key); break;
    case PhysicalType::kFloat64: AppendFloatKey<uint64_t>(*static_cast<const double*>(raw), key); break;
    case PhysicalType::kInterval: AppendWide(IntervalSpan(*static_cast<const Interval*>(raw)), key); break;
    case PhysicalType::kTimeTz:
      AppendSigned<uint64_t>(TimeTzInstant(*static_cast<const TimeTz*>(raw)), key);
      AppendSigned<uint32_t>(static_cast<const TimeTz*>(raw)->zone, key);
      break;
    case PhysicalType::kUuid: key.append(static_cast<const char*>(raw), 16); break;
    case PhysicalType::kString: AppendOrderedString(order, static_cast<const StringRef*>(raw)->view(), key); break;
  }
}

char NullMarker(SortOrder order) { return order.nulls_first ? 0 : 2; }

void Invert(std::string& key, size_t from) {
  for (size_t i = from; i < key.size(); ++i) key[i] = static_cast<char>(~key[i]);
}
}  // namespace

void AppendElementKey(const TypeInfo& type, std::string_view bytes, std::string& key) {
  if (type.physical == PhysicalType::kString) {
    AppendOrderedString(StringOrderOf(type.oid), bytes, key);
    return;
  }
  alignas(16) char raw[16] = {};
  std::memcpy(raw, bytes.data(), std::min(bytes.size(), sizeof(raw)));
  AppendRaw(type.physical, StringOrder::kBytes, raw, key);
}

void AppendSortKey(const Vector& vector, RowIndex row, SortOrder order, std::string& key) {
  const VectorView view = vector.View();
  if (!view.valid(row)) {
    key.push_back(NullMarker(order));
    return;
  }
  key.push_back(kNotNull);
  const size_t start = key.size();
  if (vector.type().oid == type_oid::kNumeric && vector.physical() == PhysicalType::kInt64) {
    AppendSmallDecimalKey(view.get<int64_t>(row), vector.shape().scale, key);
  } else if (vector.type().oid == type_oid::kNumeric && vector.physical() == PhysicalType::kInt128) {
    AppendSmallDecimalKey(view.get<__int128>(row), vector.shape().scale, key);
  } else {
    const StringOrder strings = vector.physical() == PhysicalType::kString ? StringOrderOf(vector.type().oid) : StringOrder::kBytes;
    AppendRaw(vector.physical(), strings, static_cast<const char*>(view.data) + static_cast<size_t>(view.index(row)) * PhysicalSize(vector.physical()), key);
  }
  if (order.descending) Invert(key, start);
}

void AppendSortKey(const Datum& value, SortOrder order, std::string& key) {
  if (value.is_null) {
    key.push_back(NullMarker(order));
    return;
  }
  key.push_back(kNotNull);
  const size_t start = key.size();
  const TypeInfo& type = GetType(value.type.oid);
  AppendElementKey(type, type.physical == PhysicalType::kString ? std::string_view(value.bytes) : std::string_view(reinterpret_cast<const char*>(value.raw), 16), key);
  if (order.descending) Invert(key, start);
}

void AppendSortKeys(const Vector& vector, uint32_t rows, SortOrder order, std::string* keys) {
  const VectorView view = vector.View();
  const bool numeric = vector.type().oid == type_oid::kNumeric && vector.physical() != PhysicalType::kString;
  const StringOrder strings = vector.physical() == PhysicalType::kString ? StringOrderOf(vector.type().oid) : StringOrder::kBytes;
  const uint32_t size = PhysicalSize(vector.physical());
  for (uint32_t i = 0; i < rows; ++i) {
    if (numeric) {
      AppendSortKey(vector, i, order, keys[i]);
      continue;
    }
    std::string& key = keys[i];
    if (!view.valid(i)) {
      key.push_back(NullMarker(order));
      continue;
    }
    key.push_back(kNotNull);
    const size_t start = key.size();
    AppendRaw(vector.physical(), strings, static_cast<const char*>(view.data) + static_cast<size_t>(view.index(i)) * size, key);
    if (order.descending) Invert(key, start);
  }
}

bool SortKeyHoldsValue(SqlType type) {
  switch (GetType(type.oid).physical) {
    case PhysicalType::kBool: case PhysicalType::kInt8: case PhysicalType::kInt16: case PhysicalType::kInt32: case PhysicalType::kInt64:
    case PhysicalType::kUInt32: case PhysicalType::kTid: case PhysicalType::kUuid:
      return type.oid != type_oid::kNumeric;
    case PhysicalType::kString: return type.oid != type_oid::kNumeric && StringOrderOf(type.oid) == StringOrder::kBytes;
    default: return false;
  }
}

namespace {
// What AppendBigEndian wrote, with the sign bit as AppendSigned leaves it.
template <class Unsigned>
Unsigned ReadNumber(std::string_view key, uint8_t mask) {
  Unsigned value = 0;
  for (size_t i = 0; i < sizeof(Unsigned); ++i) value = static_cast<Unsigned>(static_cast<uint64_t>(value) << 8 | static_cast<uint8_t>(key[i] ^ mask));
  return value;
}
template <class Unsigned>
size_t ReadSigned(std::string_view key, uint8_t mask, Vector* out, RowIndex row) {
  if (out != nullptr) out->data<Unsigned>()[row] = ReadNumber<Unsigned>(key, mask) ^ static_cast<Unsigned>(Unsigned{1} << (sizeof(Unsigned) * 8 - 1));
  return sizeof(Unsigned);
}

size_t ReadString(std::string_view key, uint8_t mask, Vector* out, RowIndex row) {
  std::string text;
  for (size_t at = 0;; ++at) {
    const auto byte = static_cast<uint8_t>(key[at] ^ mask);
    if (byte == 0 && static_cast<uint8_t>(key[++at] ^ mask) == 0) {
      if (out != nullptr) out->data<StringRef>()[row] = out->AddString(text);
      return at + 1;
    }
    if (out != nullptr) text.push_back(static_cast<char>(byte));
  }
}
}  // namespace

size_t ReadSortKey(std::string_view key, SqlType type, SortOrder order, Vector* out, RowIndex row) {
  if (key[0] != kNotNull) {
    if (out != nullptr) out->SetNull(row);
    return 1;
  }
  const std::string_view rest = key.substr(1);
  const uint8_t mask = order.descending ? 0xFF : 0;
  switch (GetType(type.oid).physical) {
    case PhysicalType::kBool:
    case PhysicalType::kInt8:
      if (out != nullptr) out->data<uint8_t>()[row] = static_cast<uint8_t>(rest[0] ^ mask);
      return 2;
    case PhysicalType::kInt16: return 1 + ReadSigned<uint16_t>(rest, mask, out, row);
    case PhysicalType::kInt32: return 1 + ReadSigned<uint32_t>(rest, mask, out, row);
    case PhysicalType::kInt64: return 1 + ReadSigned<uint64_t>(rest, mask, out, row);
    case PhysicalType::kUInt32:
      if (out != nullptr) out->data<uint32_t>()[row] = ReadNumber<uint32_t>(rest, mask);
      return 5;
    case PhysicalType::kTid:
      if (out != nullptr) out->data<uint64_t>()[row] = ReadNumber<uint64_t>(rest, mask);
      return 9;
    case PhysicalType::kUuid:
      if (out != nullptr) {
        char* to = out->data<char>() + size_t{16} * row;
        for (size_t i = 0; i < 16; ++i) to[i] = static_cast<char>(rest[i] ^ mask);
      }
      return 17;
    case PhysicalType::kString: return 1 + ReadString(rest, mask, out, row);
    default: ThrowInternal("a sort key of this type does not hold its value");
  }
}

}  // namespace gather
