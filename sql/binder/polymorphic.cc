// Polymorphic types: anyelement's family (all alike) and anycompatible's (a common type). After check_ and
// enforce_generic_type_consistency of PostgreSQL's parse_coerce.c, without enums and ranges.
#include "sql/binder/type_rules.h"
#include "types/error.h"

namespace gather::sql {

using namespace type_oid;

namespace {

bool IsElementLike(Oid type) { return type == kAnyelement || type == kAnynonarray; }
bool IsCompatibleLike(Oid type) { return type == kAnycompatible || type == kAnycompatibleNonarray; }

[[noreturn]] void ThrowMismatch(const std::string& message, const std::string& detail = {}) {
  throw SqlError(sqlstate::kDatatypeMismatch, message).Detail(detail);
}

std::string Name(Oid type) { return FormatType(SqlType(type)); }

Oid ArrayTypeOrThrow(Oid element) {
  const Oid array = TypeRules::ArrayType(element);
  if (array == kInvalidOid) throw SqlError(sqlstate::kUndefinedObject, "could not find array type for data type " + Name(element));
  return array;
}

}  // namespace

bool TypeRules::PolymorphicConsistent(std::span<const Oid> actual, std::span<const Oid> declared) const {
  Oid element = kInvalidOid, array = kInvalidOid;
  bool nonarray = false, compatible_nonarray = false;
  std::vector<Oid> compatible;
  for (size_t i = 0; i < actual.size(); ++i) {
    const Oid type = actual[i];
    if (IsElementLike(declared[i])) {
      nonarray |= declared[i] == kAnynonarray;
      if (type == kUnknown) continue;
      if (element != kInvalidOid && type != element) return false;
      element = type;
    } else if (declared[i] == kAnyarray) {
      if (type == kUnknown) continue;
      if (array != kInvalidOid && type != array) return false;
      array = type;
    } else if (IsCompatibleLike(declared[i])) {
      compatible_nonarray |= declared[i] == kAnycompatibleNonarray;
      if (type != kUnknown) compatible.push_back(type);
    } else if (declared[i] == kAnycompatibleArray) {
      if (type == kUnknown) continue;
      if (ElementType(type) == kInvalidOid) return false;
      compatible.push_back(ElementType(type));
    }
  }
  if (array != kInvalidOid && array != kAnyarray) {
    const Oid of = ElementType(array);
    if (of == kInvalidOid || (element != kInvalidOid && of != element)) return false;
    element = of;
  }
  if (nonarray && ElementType(element) != kInvalidOid) return false;
  if (!compatible.empty()) {
    const Oid common = CommonType(compatible);
    if (common == kInvalidOid) return false;
    for (const Oid type : compatible) {
      if (!CanCoerce(type, common, CoercionContext::kImplicit)) return false;
    }
    if (compatible_nonarray && ElementType(common) != kInvalidOid) return false;
  }
  return true;
}

Oid TypeRules::ResolvePolymorphic(std::span<const Oid> actual, std::span<Oid> declared, Oid result) const {
  Oid element = kInvalidOid, array = kInvalidOid;
  bool nonarray = result == kAnynonarray, compatible_nonarray = result == kAnycompatibleNonarray, has_compatible = false;
  size_t polymorphic = 0;
  std::vector<Oid> compatible;
  for (size_t i = 0; i < actual.size(); ++i) {
    const Oid type = actual[i];
    if (IsElementLike(declared[i])) {
      ++polymorphic;
      nonarray |= declared[i] == kAnynonarray;
      if (type == kUnknown) continue;
      if (element != kInvalidOid && type != element) {
        ThrowMismatch("arguments declared \"anyelement\" are not all alike", Name(element) + " versus " + Name(type));
      }
      element = type;
    } else if (declared[i] == kAnyarray) {
      ++polymorphic;
      if (type == kUnknown) continue;
      if (array != kInvalidOid && type != array) {
        ThrowMismatch("arguments declared \"anyarray\" are not all alike", Name(array) + " versus " + Name(type));
      }
      array = type;
    } else if (IsCompatibleLike(declared[i])) {
      has_compatible = true;
      compatible_nonarray |= declared[i] == kAnycompatibleNonarray;
      if (type != kUnknown) compatible.push_back(type);
    } else if (declared[i] == kAnycompatibleArray) {
      has_compatible = true;
      if (type == kUnknown) continue;
      if (ElementType(type) == kInvalidOid) ThrowMismatch("argument declared anycompatiblearray is not an array but type " + Name(type));
      compatible.push_back(ElementType(type));
    }
  }
  if (polymorphic == 0 && !has_compatible) return result;

  if (polymorphic > 0) {
    if (array != kInvalidOid) {
      const Oid of = array == kAnyarray ? kAnyelement : ElementType(array);
      if (of == kInvalidOid) ThrowMismatch("argument declared anyarray is not an array but type " + Name(array));
      if (element == kInvalidOid) {
        element = of;
      } else if (of != element) {
        ThrowMismatch("argument declared anyarray is not consistent with argument declared anyelement", Name(array) + " versus " + Name(element));
      }
    }
    if (element == kInvalidOid) ThrowMismatch("could not determine polymorphic type because input has type unknown");
    if (nonarray && ElementType(element) != kInvalidOid) ThrowMismatch("type matched to anynonarray is an array type: " + Name(element));
  }

  Oid common = kInvalidOid, common_array = kInvalidOid;
  if (has_compatible) {
    if (compatible.empty()) {
      common = kText;
      common_array = kTextArray;
    } else {
      common = CommonType(compatible);
      bool castable = common != kInvalidOid;
      for (const Oid type : compatible) castable = castable && CanCoerce(type, common, CoercionContext::kImplicit);
      if (!castable) ThrowMismatch("arguments of anycompatible family cannot be cast to a common type");
      if (compatible_nonarray && ElementType(common) != kInvalidOid) {
        ThrowMismatch("type matched to anycompatiblenonarray is an array type: " + Name(common));
      }
      common_array = ArrayType(common);
    }
  }

  for (size_t i = 0; i < declared.size(); ++i) {
    if (IsCompatibleLike(declared[i])) {
      declared[i] = common;
    } else if (declared[i] == kAnycompatibleArray) {
      if (common_array == kInvalidOid) common_array = ArrayTypeOrThrow(common);
      declared[i] = common_array;
    } else if (i < actual.size() && actual[i] == kUnknown) {
      if (IsElementLike(declared[i])) declared[i] = element;
      if (declared[i] == kAnyarray) declared[i] = array != kInvalidOid ? array : ArrayTypeOrThrow(element);
    }
  }
  if (IsElementLike(result)) return element;
  if (result == kAnyarray) return array != kInvalidOid ? array : ArrayTypeOrThrow(element);
  if (IsCompatibleLike(result)) return common;
  if (result == kAnycompatibleArray) return common_array != kInvalidOid ? common_array : ArrayTypeOrThrow(common);
  return result;
}

}  // namespace gather::sql
