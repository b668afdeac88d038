// SQL types: the type table and SqlType, the (OID, typmod) pair that every column and expression carries.
//
// A type is one row of the table in type_table.cc: OID, names, catalog attributes, physical representation, and its text and
// binary input/output kernels. Arrays are rows of their own whose element is another row. Immutable; thread-safe.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "types/ids.h"

namespace gather {

// PostgreSQL's OIDs of the types we have (src/include/catalog/pg_type.dat).
namespace type_oid {
inline constexpr Oid kBool = 16, kBytea = 17, kChar = 18, kName = 19, kInt8 = 20, kInt2 = 21, kInt2Vector = 22, kInt4 = 23, kRegproc = 24,
                     kText = 25, kOid = 26, kXid = 28, kTid = 27, kCid = 29, kOidVector = 30, kJson = 114, kPgNodeTree = 194,
                     kFloat4 = 700, kFloat8 = 701, kUnknown = 705, kAclItem = 1033, kBpchar = 1042, kVarchar = 1043, kDate = 1082,
                     kTime = 1083, kTimestamp = 1114, kTimestamptz = 1184, kInterval = 1186, kTimetz = 1266, kNumeric = 1700,
                     kRefcursor = 1790, kRegprocedure = 2202, kRegoper = 2203, kRegoperator = 2204, kRegclass = 2205, kRegtype = 2206, kRegrole = 4096, kRegnamespace = 4089,
                     kUuid = 2950, kRecord = 2249, kCstring = 2275, kAny = 2276, kAnyarray = 2277, kVoid = 2278, kTrigger = 2279,
                     kInternal = 2281, kAnyelement = 2283, kAnynonarray = 2776, kAnycompatible = 5077, kAnycompatibleArray = 5078, kAnycompatibleNonarray = 5079;
// Arrays.
inline constexpr Oid kBoolArray = 1000, kByteaArray = 1001, kCharArray = 1002, kNameArray = 1003, kInt2Array = 1005, kInt4Array = 1007,
                     kTextArray = 1009, kBpcharArray = 1014, kVarcharArray = 1015, kInt8Array = 1016, kFloat4Array = 1021,
                     kFloat8Array = 1022, kOidArray = 1028, kAclItemArray = 1034, kTimestampArray = 1115, kDateArray = 1182, kTimeArray = 1183,
                     kTimestamptzArray = 1185, kIntervalArray = 1187, kNumericArray = 1231, kTimetzArray = 1270, kRegclassArray = 2210,
                     kRegtypeArray = 2211, kUuidArray = 2951;
}  // namespace type_oid

// How values of a type lie in a vector.
enum class PhysicalType : uint8_t {
  kBool,      // uint8_t 0 or 1
  kInt8,      // "char" (OID 18): one byte
  kInt16,     // int2
  kInt32,     // int4; date (days since 2000-01-01)
  kInt64,     // int8; time (µs), timestamp and timestamptz (µs since 2000-01-01 [UTC]); one representation of numeric
  kInt128,    // one representation of numeric (vector.h, NumericShape)
  kUInt32,    // oid and its reg* aliases, xid, cid
  kFloat32, kFloat64,
  kInterval,  // types/datetime.h
  kTimeTz,    // types/datetime.h
  kUuid,      // 16 bytes, big-endian order
  kString,    // StringRef: text, varchar, bpchar (blank padded), name, bytea, arrays (types/array.h), packed numeric (types/numeric.h), unknown
  kTid,       // RowId (uint64_t)
};

uint32_t PhysicalSize(PhysicalType type);  // bytes of one value in a vector; 16 for kString

// A type as a column or expression has it. typmod -1: none. varchar(n)/bpchar(n): n + 4; numeric(p,s): ((p << 16) | (s & 0x7ff)) + 4;
// time types: fractional digits; interval: (range << 16) | digits, as PostgreSQL encodes them.
struct SqlType {
  Oid oid = kInvalidOid;
  int32_t typmod = -1;
  constexpr SqlType() = default;
  constexpr SqlType(Oid type, int32_t modifier = -1) : oid(type), typmod(modifier) {}  // NOLINT: an Oid is a type without modifier
  constexpr bool operator==(const SqlType&) const = default;
};

class Vector;
struct IoSettings;  // types/io_settings.h

// Parses one value of type `type` into row `row` of `out` (flat, owned). Throws 22P02 and kin. Applies typmod (length, precision).
using TextInKernel = void (*)(std::string_view text, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
using BinaryInKernel = void (*)(std::string_view bytes, SqlType type, const IoSettings& settings, Vector& out, uint32_t row);
// Appends the non-null value in row `row` of `in` (any vector kind).
using TextOutKernel = void (*)(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);
using BinaryOutKernel = void (*)(const Vector& in, uint32_t row, const IoSettings& settings, std::string& out);

struct TypeInfo {
  Oid oid;
  const char* name;          // pg_type.typname: "int4", "_int4"
  const char* sql_name;      // format_type's: "integer", "integer[]"
  int16_t length;            // pg_type.typlen; -1 varlena, -2 cstring
  bool by_value;
  char alignment;            // c s i d
  char kind;                 // pg_type.typtype: b base, p pseudo
  char category;             // pg_type.typcategory: N S D T B A U P …
  bool preferred;            // of its category
  char delimiter;
  Oid element;               // of an array (or of name, int2vector, oidvector), else 0
  Oid array;                 // its array type, else 0
  PhysicalType physical;     // numeric: kString (see NumericShape)
  TextInKernel text_in;      // null for pseudo-types that cannot be input
  TextOutKernel text_out;
  BinaryInKernel binary_in;
  BinaryOutKernel binary_out;
  // Regproc names for pg_type: typinput/typoutput/typreceive/typsend are name + "in"/"out"/"recv"/"send" unless given.
};

std::span<const TypeInfo> AllTypes();
const TypeInfo* FindType(Oid oid);                       // null when unknown
const TypeInfo* FindType(std::string_view name);         // by pg_type.typname
const TypeInfo& GetType(Oid oid);                        // throws XX000
inline bool IsArray(const TypeInfo& type) { return type.category == 'A' && type.element != kInvalidOid; }
bool IsArrayType(Oid oid);
// "numeric(15,2)", "character varying(10)", "timestamp(3) with time zone", "integer[]": format_type(oid, typmod).
std::string FormatType(SqlType type);

// numeric(p,s) of a typmod; precision 0 when the typmod is -1.
struct NumericTypmod {
  int precision = 0;
  int scale = 0;
};
NumericTypmod DecodeNumericTypmod(int32_t typmod);
int32_t EncodeNumericTypmod(int precision, int scale);

}  // namespace gather
