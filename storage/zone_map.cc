#include "storage/zone_map.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "types/numeric.h"

namespace gather::storage {

namespace {

constexpr size_t kPrefixBytes = 15;
constexpr uint8_t kCut = 0x80;

std::string_view PrefixOf(const uint8_t* raw) { return {reinterpret_cast<const char*>(raw), static_cast<size_t>(raw[kPrefixBytes] & ~kCut)}; }
bool IsCut(const uint8_t* raw) { return (raw[kPrefixBytes] & kCut) != 0; }
void SetPrefix(uint8_t* raw, std::string_view value) {
  const size_t length = std::min(value.size(), kPrefixBytes);
  std::memset(raw, 0, kPrefixBytes);
  if (length != 0) std::memcpy(raw, value.data(), length);
  raw[kPrefixBytes] = static_cast<uint8_t>(length | (value.size() > kPrefixBytes ? kCut : 0));
}

// NaN is greatest and equals itself.
int CompareFloat(double a, double b) {
  if (std::isnan(a) || std::isnan(b)) return static_cast<int>(std::isnan(a)) - static_cast<int>(std::isnan(b));
  return a < b ? -1 : a > b;
}

template <class T>
T Load(const uint8_t* raw) {
  T value;
  std::memcpy(&value, raw, sizeof(T));
  return value;
}

// Order of `value` against an end of the zone: negative below, 0 perhaps equal, positive above. For a cut prefix "perhaps equal" is all
// that can be said of values that begin with it.
int CompareToPrefix(std::string_view value, const uint8_t* raw) {
  const std::string_view prefix = PrefixOf(raw);
  if (!IsCut(raw)) return value.compare(prefix);
  const int order = value.substr(0, prefix.size()).compare(prefix);
  if (order != 0) return order;
  return 0;
}

std::string_view WithoutTrailingBlanks(std::string_view text) {
  const size_t last = text.find_last_not_of(' ');
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

}  // namespace

ZoneKind ZoneKindOf(SqlType type, PhysicalType physical) {
  switch (physical) {
    case PhysicalType::kBool: case PhysicalType::kInt8: case PhysicalType::kInt16: case PhysicalType::kInt32: case PhysicalType::kInt64:
    case PhysicalType::kInt128: case PhysicalType::kUInt32: return ZoneKind::kInteger;
    case PhysicalType::kFloat32: case PhysicalType::kFloat64: return ZoneKind::kFloat;
    case PhysicalType::kUuid: return ZoneKind::kUuid;
    case PhysicalType::kString:
      switch (type.oid) {
        case type_oid::kText: case type_oid::kVarchar: case type_oid::kBpchar: case type_oid::kName: case type_oid::kBytea: return ZoneKind::kString;
        default: return ZoneKind::kNone;
      }
    default: return ZoneKind::kNone;
  }
}

__int128 Zone::low_integer() const { return Load<__int128>(low); }
__int128 Zone::high_integer() const { return Load<__int128>(high); }

void Zone::AddInteger(__int128 value) {
  if (kind == ZoneKind::kNone || value < low_integer()) std::memcpy(low, &value, 16);
  if (kind == ZoneKind::kNone || value > high_integer()) std::memcpy(high, &value, 16);
  kind = ZoneKind::kInteger;
}

void Zone::AddFloat(double value) {
  if (kind == ZoneKind::kNone || CompareFloat(value, Load<double>(low)) < 0) std::memcpy(low, &value, sizeof(value));
  if (kind == ZoneKind::kNone || CompareFloat(value, Load<double>(high)) > 0) std::memcpy(high, &value, sizeof(value));
  kind = ZoneKind::kFloat;
}

void Zone::AddUuid(const uint8_t* value) {
  if (kind == ZoneKind::kNone || std::memcmp(value, low, 16) < 0) std::memcpy(low, value, 16);
  if (kind == ZoneKind::kNone || std::memcmp(value, high, 16) > 0) std::memcpy(high, value, 16);
  kind = ZoneKind::kUuid;
}

void Zone::AddString(std::string_view value) {
  if (kind == ZoneKind::kNone || value < PrefixOf(low)) SetPrefix(low, value);
  // A value that begins with a cut prefix may be larger than what was cut; the prefix stays and stays cut.
  const bool above = kind == ZoneKind::kNone || (IsCut(high) ? CompareToPrefix(value, high) > 0 : value > PrefixOf(high));
  if (above) SetPrefix(high, value);
  kind = ZoneKind::kString;
}

void Zone::Add(const Vector& values, uint32_t count) {
  const SqlType type = values.type();
  const ZoneKind wanted = ZoneKindOf(type, values.physical());
  const VectorView view = values.View();
  rows += count;
  if (type.oid == type_oid::kNumeric) scale = values.shape().scale;
  const auto integers = [&]<class T>(T) {
    T smallest{}, largest{};
    bool any = false;
    for (uint32_t i = 0; i < count; ++i) {
      if (!view.valid(i)) {
        ++nulls;
        continue;
      }
      const T value = view.get<T>(i);
      if (!any || value < smallest) smallest = value;
      if (!any || value > largest) largest = value;
      any = true;
    }
    if (!any) return;
    AddInteger(smallest);
    AddInteger(largest);
  };
  switch (values.physical()) {
    case PhysicalType::kBool: integers(uint8_t{}); return;
    case PhysicalType::kInt8: integers(int8_t{}); return;
    case PhysicalType::kInt16: integers(int16_t{}); return;
    case PhysicalType::kInt32: integers(int32_t{}); return;
    case PhysicalType::kUInt32: integers(uint32_t{}); return;
    case PhysicalType::kInt64: integers(int64_t{}); return;
    case PhysicalType::kInt128: integers(__int128{}); return;
    default: break;
  }
  for (uint32_t i = 0; i < count; ++i) {
    if (!view.valid(i)) {
      ++nulls;
      continue;
    }
    if (wanted == ZoneKind::kFloat) {
      AddFloat(values.physical() == PhysicalType::kFloat32 ? view.get<float>(i) : view.get<double>(i));
    } else if (wanted == ZoneKind::kUuid) {
      AddUuid(reinterpret_cast<const uint8_t*>(&view.get<std::pair<uint64_t, uint64_t>>(i)));
    } else if (wanted == ZoneKind::kString) {
      const std::string_view text = view.get<StringRef>(i).view();
      AddString(type.oid == type_oid::kBpchar ? WithoutTrailingBlanks(text) : text);
    }
  }
}

void Zone::Merge(const Zone& other) {
  rows += other.rows;
  nulls += other.nulls;
  if (other.kind == ZoneKind::kNone) return;
  if (kind == ZoneKind::kNone) {
    kind = other.kind;
    scale = other.scale;
    std::memcpy(low, other.low, 16);
    std::memcpy(high, other.high, 16);
    return;
  }
  switch (kind) {
    case ZoneKind::kInteger:
      AddInteger(other.low_integer());
      AddInteger(other.high_integer());
      break;
    case ZoneKind::kFloat:
      AddFloat(Load<double>(other.low));
      AddFloat(Load<double>(other.high));
      break;
    case ZoneKind::kUuid:
      AddUuid(other.low);
      AddUuid(other.high);
      break;
    case ZoneKind::kString:
      if (PrefixOf(other.low) < PrefixOf(low)) std::memcpy(low, other.low, 16);
      if (PrefixOf(other.high) > PrefixOf(high) || (PrefixOf(other.high) == PrefixOf(high) && IsCut(other.high))) std::memcpy(high, other.high, 16);
      break;
    case ZoneKind::kNone: break;
  }
}

bool Zone::Excludes(SqlType type, const ZoneFilter& filter) const {
  if (filter.op == ZoneFilter::Op::kIsNull) return nulls == 0;
  if (filter.or_null && nulls != 0) return false;
  if (nulls == rows) return true;                        // every other condition is false or null for a null
  if (filter.op == ZoneFilter::Op::kIsNotNull) return false;
  if (filter.value.type.oid != type.oid) return false;
  if (filter.value.is_null) return true;
  // Order of the filter's value against both ends.
  int to_low = 0, to_high = 0;
  switch (kind) {
    case ZoneKind::kNone: return false;
    case ZoneKind::kInteger: {
      __int128 value = 0;
      if (type.oid == type_oid::kNumeric) {
        if (!NumericToScaled(filter.value.bytes, scale, &value)) {
          to_low = CompareNumeric(filter.value.bytes, PackNumeric(low_integer(), scale));
          to_high = CompareNumeric(filter.value.bytes, PackNumeric(high_integer(), scale));
          break;
        }
      } else {
        switch (GetType(type.oid).physical) {
          case PhysicalType::kBool: value = filter.value.as<uint8_t>(); break;
          case PhysicalType::kInt8: value = filter.value.as<int8_t>(); break;
          case PhysicalType::kInt16: value = filter.value.as<int16_t>(); break;
          case PhysicalType::kInt32: value = filter.value.as<int32_t>(); break;
          case PhysicalType::kUInt32: value = filter.value.as<uint32_t>(); break;
          case PhysicalType::kInt64: value = filter.value.as<int64_t>(); break;
          default: return false;
        }
      }
      to_low = value < low_integer() ? -1 : value > low_integer();
      to_high = value < high_integer() ? -1 : value > high_integer();
      break;
    }
    case ZoneKind::kFloat: {
      const double value = GetType(type.oid).physical == PhysicalType::kFloat32 ? filter.value.as<float>() : filter.value.as<double>();
      to_low = CompareFloat(value, Load<double>(low));
      to_high = CompareFloat(value, Load<double>(high));
      break;
    }
    case ZoneKind::kUuid:
      to_low = std::memcmp(filter.value.raw, low, 16);
      to_high = std::memcmp(filter.value.raw, high, 16);
      break;
    case ZoneKind::kString: {
      std::string_view value = filter.value.bytes;
      if (type.oid == type_oid::kBpchar) value = WithoutTrailingBlanks(value);
      to_low = CompareToPrefix(value, low);
      to_high = CompareToPrefix(value, high);
      // A cut end is only nearly known: nothing is excluded by equality with it.
      if (filter.op == ZoneFilter::Op::kLess && to_low == 0 && IsCut(low)) return false;
      if (filter.op == ZoneFilter::Op::kGreater && to_high == 0 && IsCut(high)) return false;
      break;
    }
  }
  switch (filter.op) {
    case ZoneFilter::Op::kEqual: return to_low < 0 || to_high > 0;
    case ZoneFilter::Op::kLess: return to_low <= 0;
    case ZoneFilter::Op::kLessEqual: return to_low < 0;
    case ZoneFilter::Op::kGreater: return to_high >= 0;
    case ZoneFilter::Op::kGreaterEqual: return to_high > 0;
    default: return false;
  }
}

void Zone::Write(ByteWriter& writer) const {
  writer.Put(rows);
  writer.Put(nulls);
  writer.Put(static_cast<uint8_t>(kind));
  writer.Put(scale);
  writer.PutBytes(low, 16);
  writer.PutBytes(high, 16);
}

Zone Zone::Read(ByteReader& reader) {
  Zone zone;
  zone.rows = reader.Get<uint32_t>();
  zone.nulls = reader.Get<uint32_t>();
  zone.kind = static_cast<ZoneKind>(reader.Get<uint8_t>());
  zone.scale = reader.Get<int16_t>();
  std::memcpy(zone.low, reader.GetBytes(16), 16);
  std::memcpy(zone.high, reader.GetBytes(16), 16);
  return zone;
}

}  // namespace gather::storage
