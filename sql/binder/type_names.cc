// Type names with their modifiers (parse_type.c and the types' typmod input functions).
#include "sql/binder/binder.h"
#include "types/numeric.h"

namespace gather::sql {

using namespace type_oid;

namespace {

std::string Display(const ast::TypeName& name) {
  std::string text = ast::NameListToString(name.names);
  if (name.pct_type) text += "%TYPE";
  if (!name.array_bounds.empty()) text += "[]";
  return text;
}

// Integer modifiers; names (as in geometry(Point)) have no type here that takes them.
std::vector<int32_t> ReadModifiers(const ast::TypeName& name) {
  std::vector<int32_t> values;
  for (const ast::Node* node : name.typmods) {
    const auto* constant = ast::TryAs<ast::AConst>(node);
    if (constant == nullptr || (constant->kind != ast::AConst::Kind::kInteger && constant->kind != ast::AConst::Kind::kFloat &&
                                constant->kind != ast::AConst::Kind::kString)) {
      throw SqlError(sqlstate::kSyntaxError, "type modifiers must be simple constants or identifiers").At(name.location);
    }
    if (constant->kind != ast::AConst::Kind::kInteger) {
      throw SqlError(sqlstate::kInvalidTextRepresentation, Format("invalid input syntax for type integer: \"%s\"", std::string(constant->text).c_str()))
          .At(name.location);
    }
    values.push_back(constant->integer);
  }
  return values;
}

[[noreturn]] void ThrowInvalid(const std::string& message, int location) { throw SqlError(sqlstate::kInvalidParameterValue, message).At(location); }

int32_t LengthTypmod(const char* type, std::span<const int32_t> values, int location) {
  constexpr int32_t kMaxLength = 10 * 1024 * 1024;
  if (values.size() != 1) ThrowInvalid("invalid type modifier", location);
  if (values[0] < 1) ThrowInvalid(Format("length for type %s must be at least 1", type), location);
  if (values[0] > kMaxLength) ThrowInvalid(Format("length for type %s cannot exceed %d", type, kMaxLength), location);
  return values[0] + 4;
}

int32_t NumericTypmod(std::span<const int32_t> values, int location) {
  constexpr int32_t kMaxPrecision = 1000, kMinScale = -1000, kMaxScale = 1000;
  if (values.size() > 2) ThrowInvalid("invalid NUMERIC type modifier", location);
  if (values[0] < 1 || values[0] > kMaxPrecision) {
    ThrowInvalid(Format("NUMERIC precision %d must be between 1 and %d", values[0], kMaxPrecision), location);
  }
  const int32_t scale = values.size() == 2 ? values[1] : 0;
  if (scale < kMinScale || scale > kMaxScale) {
    ThrowInvalid(Format("NUMERIC scale %d must be between %d and %d", scale, kMinScale, kMaxScale), location);
  }
  return EncodeNumericTypmod(values[0], scale);
}

int32_t TimeTypmod(const char* type, const char* zone, std::span<const int32_t> values, int location) {
  constexpr int32_t kMaxDigits = 6;
  if (values.size() != 1) ThrowInvalid("invalid type modifier", location);
  if (values[0] < 0) ThrowInvalid(Format("%s(%d)%s precision must not be negative", type, values[0], zone), location);
  return std::min(values[0], kMaxDigits);
}

int32_t IntervalTypmod(std::span<const int32_t> values, int location) {
  constexpr int32_t kFullRange = 0x7FFF, kFullPrecision = 0xFFFF, kMaxDigits = 6;
  if (values.size() == 1) return values[0] == kFullRange ? -1 : (values[0] & 0x7FFF) << 16 | kFullPrecision;
  if (values.size() != 2) ThrowInvalid("invalid INTERVAL type modifier", location);
  if (values[1] < 0) ThrowInvalid(Format("INTERVAL(%d) precision must not be negative", values[1]), location);
  return (values[0] & 0x7FFF) << 16 | std::min(values[1], kMaxDigits);
}

int32_t TypmodOf(const TypeInfo& type, const ast::TypeName& name) {
  if (name.typmods.empty()) return name.typmod;
  const std::vector<int32_t> values = ReadModifiers(name);
  switch (type.oid) {
    case kVarchar: return LengthTypmod("varchar", values, name.location);
    case kBpchar: return LengthTypmod("char", values, name.location);
    case kNumeric: return NumericTypmod(values, name.location);
    case kTime: return TimeTypmod("TIME", "", values, name.location);
    case kTimetz: return TimeTypmod("TIME", " WITH TIME ZONE", values, name.location);
    case kTimestamp: return TimeTypmod("TIMESTAMP", "", values, name.location);
    case kTimestamptz: return TimeTypmod("TIMESTAMP", " WITH TIME ZONE", values, name.location);
    case kInterval: return IntervalTypmod(values, name.location);
    default:
      throw SqlError(sqlstate::kSyntaxError, Format("type modifier is not allowed for type \"%s\"", Display(name).c_str())).At(name.location);
  }
}

}  // namespace

SqlType ResolveTypeName(const ast::TypeName& name, const catalog::CatalogSnapshot& catalog) {
  const auto missing = [&]() -> SqlError {
    return SqlError(sqlstate::kUndefinedObject, Format("type \"%s\" does not exist", Display(name).c_str())).At(name.location);
  };
  if (name.pct_type) {
    // table.column%TYPE
    if (name.names.size() < 2) throw SqlError(sqlstate::kSyntaxError, "improper %TYPE reference (too few dotted names): " + Display(name)).At(name.location);
    const std::string_view column = name.names.back(), table = name.names[name.names.size() - 2];
    catalog::RelationRef relation;
    if (name.names.size() >= 3) {
      const catalog::SchemaEntry* schema = catalog.FindSchema(name.names[name.names.size() - 3]);
      if (schema != nullptr) relation = catalog.FindRelation(schema->oid, table);
    } else {
      const Oid path[] = {catalog::kPgCatalogSchema, catalog::kPublicSchema};
      relation = catalog.FindRelation(path, table);
    }
    if (relation == nullptr) {
      throw SqlError(sqlstate::kUndefinedTable, Format("relation \"%s\" does not exist", std::string(table).c_str())).At(name.location);
    }
    const catalog::ColumnEntry* entry = relation->FindColumn(column);
    if (entry == nullptr) {
      throw SqlError(sqlstate::kUndefinedColumn, Format("column \"%s\" of relation \"%s\" does not exist", std::string(column).c_str(),
                                                        relation->name.c_str())).At(name.location);
    }
    return entry->type;
  }
  if (name.names.empty()) throw missing();
  if (name.names.size() > 1) {
    const std::string_view schema = name.names[name.names.size() - 2];
    if (catalog.FindSchema(schema) == nullptr) {
      throw SqlError(sqlstate::kInvalidSchemaName, Format("schema \"%s\" does not exist", std::string(schema).c_str())).At(name.location);
    }
    // information_schema's domains stand for their base types.
    if (schema == "information_schema") {
      const std::string_view domain = name.names.back();
      if (domain == "sql_identifier") return kName;
      if (domain == "character_data") return kVarchar;
      if (domain == "cardinal_number") return kInt4;
      if (domain == "yes_or_no") return SqlType(kVarchar, 3 + 4);
      if (domain == "time_stamp") return SqlType(kTimestamptz, 2);
    }
    if (schema != "pg_catalog") throw missing();
  }
  const TypeInfo* type = FindType(name.names.back());
  if (type == nullptr) throw missing();
  const int32_t typmod = TypmodOf(*type, name);
  if (name.array_bounds.empty()) return SqlType(type->oid, typmod);
  // Arrays of any number of dimensions are one type.
  if (IsArray(*type)) return SqlType(type->oid, typmod);
  if (type->array == kInvalidOid) {
    throw SqlError(sqlstate::kUndefinedObject, Format("type \"%s\" does not exist", Display(name).c_str())).At(name.location);
  }
  return SqlType(type->array, typmod);
}

SqlType Binder::ResolveType(const ast::TypeName& name) { return ResolveTypeName(name, catalog_); }

}  // namespace gather::sql
