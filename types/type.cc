#include "types/type.h"

#include <boost/unordered/unordered_flat_map.hpp>

#include "types/error.h"

namespace gather {

namespace {
// Masks of interval typmods (PostgreSQL's utils/datetime.h: INTERVAL_MASK of YEAR 2, MONTH 1, DAY 3, HOUR 10, MINUTE 11, SECOND 12).
constexpr int kYear = 1 << 2, kMonth = 1 << 1, kDay = 1 << 3, kHour = 1 << 10, kMinute = 1 << 11, kSecond = 1 << 12;
constexpr int kIntervalFullRange = 0x7FFF, kIntervalFullPrecision = 0xFFFF;

const char* IntervalFields(int range) {
  switch (range) {
    case kYear: return " year";
    case kMonth: return " month";
    case kDay: return " day";
    case kHour: return " hour";
    case kMinute: return " minute";
    case kSecond: return " second";
    case kYear | kMonth: return " year to month";
    case kDay | kHour: return " day to hour";
    case kDay | kHour | kMinute: return " day to minute";
    case kDay | kHour | kMinute | kSecond: return " day to second";
    case kHour | kMinute: return " hour to minute";
    case kHour | kMinute | kSecond: return " hour to second";
    case kMinute | kSecond: return " minute to second";
    default: return "";
  }
}

struct TypeIndex {
  boost::unordered_flat_map<Oid, const TypeInfo*> by_oid;
  boost::unordered_flat_map<std::string_view, const TypeInfo*> by_name;
  // Built-in OIDs are small: the hot lookup is an array access.
  static constexpr Oid kDirect = 8192;
  const TypeInfo* direct[kDirect] = {};
  TypeIndex() {
    for (const TypeInfo& type : AllTypes()) {
      by_oid[type.oid] = &type;
      by_name[type.name] = &type;
      if (type.oid < kDirect) direct[type.oid] = &type;
    }
  }
};

const TypeIndex& Index() {
  static const TypeIndex index;
  return index;
}

std::string ScalarTypeName(const TypeInfo& info, int32_t typmod) {
  if (typmod < 0) return info.sql_name;
  switch (info.oid) {
    case type_oid::kVarchar: return Format("character varying(%d)", typmod - 4);
    case type_oid::kBpchar: return Format("character(%d)", typmod - 4);
    case type_oid::kNumeric: {
      const NumericTypmod decoded = DecodeNumericTypmod(typmod);
      return Format("numeric(%d,%d)", decoded.precision, decoded.scale);
    }
    case type_oid::kTime: return Format("time(%d) without time zone", typmod);
    case type_oid::kTimetz: return Format("time(%d) with time zone", typmod);
    case type_oid::kTimestamp: return Format("timestamp(%d) without time zone", typmod);
    case type_oid::kTimestamptz: return Format("timestamp(%d) with time zone", typmod);
    case type_oid::kInterval: {
      const int range = typmod >> 16 & kIntervalFullRange, precision = typmod & 0xFFFF;
      const char* fields = range == kIntervalFullRange ? "" : IntervalFields(range);
      return precision == kIntervalFullPrecision ? Format("interval%s", fields) : Format("interval%s(%d)", fields, precision);
    }
    default: return info.sql_name;
  }
}
}  // namespace

uint32_t PhysicalSize(PhysicalType type) {
  switch (type) {
    case PhysicalType::kBool:
    case PhysicalType::kInt8: return 1;
    case PhysicalType::kInt16: return 2;
    case PhysicalType::kInt32:
    case PhysicalType::kUInt32:
    case PhysicalType::kFloat32: return 4;
    case PhysicalType::kInt64:
    case PhysicalType::kFloat64:
    case PhysicalType::kTid: return 8;
    case PhysicalType::kInt128:
    case PhysicalType::kInterval:
    case PhysicalType::kTimeTz:
    case PhysicalType::kUuid:
    case PhysicalType::kString: return 16;
  }
  return 0;
}

const TypeInfo* FindType(Oid oid) {
  const TypeIndex& index = Index();
  if (oid < TypeIndex::kDirect) return index.direct[oid];
  const auto found = index.by_oid.find(oid);
  return found == index.by_oid.end() ? nullptr : found->second;
}

const TypeInfo* FindType(std::string_view name) {
  const TypeIndex& index = Index();
  const auto found = index.by_name.find(name);
  return found == index.by_name.end() ? nullptr : found->second;
}

const TypeInfo& GetType(Oid oid) {
  const TypeInfo* type = FindType(oid);
  if (type == nullptr) ThrowInternal(Format("cache lookup failed for type %u", oid));
  return *type;
}

bool IsArrayType(Oid oid) {
  const TypeInfo* type = FindType(oid);
  return type != nullptr && IsArray(*type);
}

std::string FormatType(SqlType type) {
  const TypeInfo* info = FindType(type.oid);
  if (info == nullptr) return type.oid == kInvalidOid ? "-" : "???";
  if (IsArray(*info) && info->name[0] == '_') return ScalarTypeName(GetType(info->element), type.typmod) + "[]";
  return ScalarTypeName(*info, type.typmod);
}

NumericTypmod DecodeNumericTypmod(int32_t typmod) {
  if (typmod < 4) return {};
  return {((typmod - 4) >> 16) & 0xFFFF, (((typmod - 4) & 0x7FF) ^ 1024) - 1024};
}

int32_t EncodeNumericTypmod(int precision, int scale) { return ((precision << 16) | (scale & 0x7FF)) + 4; }

}  // namespace gather
