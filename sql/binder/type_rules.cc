#include "sql/binder/type_rules.h"

#include <algorithm>

#include "types/error.h"

namespace gather::sql {

using namespace type_oid;
using catalog::CastContext;
using catalog::CastInfo;
using catalog::CastMethod;
using catalog::FunctionInfo;
using catalog::OperatorInfo;

char TypeRules::Category(Oid type) {
  const TypeInfo* info = FindType(type);
  return info == nullptr ? 'X' : info->category;
}

bool TypeRules::IsPreferred(Oid type) {
  const TypeInfo* info = FindType(type);
  return info != nullptr && info->preferred;
}

bool TypeRules::IsPolymorphic(Oid type) {
  switch (type) {
    case kAnyelement: case kAnyarray: case kAnynonarray: case kAnycompatible: case kAnycompatibleArray: case kAnycompatibleNonarray: return true;
    default: return false;
  }
}

Oid TypeRules::ElementType(Oid array) {
  const TypeInfo* info = FindType(array);
  return info != nullptr && IsArray(*info) ? info->element : kInvalidOid;
}

Oid TypeRules::ArrayType(Oid element) {
  const TypeInfo* info = FindType(element);
  return info == nullptr ? kInvalidOid : info->array;
}

bool TypeRules::IsCollatable(Oid type) {
  switch (type) {
    case kText: case kVarchar: case kBpchar: case kName: case kTextArray: case kVarcharArray: case kBpcharArray: case kNameArray: return true;
    default: return false;
  }
}

bool TypeRules::IsBinaryCoercible(Oid source, Oid target) const {
  if (source == target || target == kAny || target == kAnyelement || target == kAnycompatible) return true;
  if (target == kAnyarray || target == kAnycompatibleArray) return ElementType(source) != kInvalidOid;
  if (target == kAnynonarray || target == kAnycompatibleNonarray) return ElementType(source) == kInvalidOid;
  const CastInfo* cast = functions_.FindCast(source, target);
  return cast != nullptr && cast->method == CastMethod::kBinary && cast->context == CastContext::kImplicit;
}

const FunctionInfo* TypeRules::CastFunction(const CastInfo& cast) const {
  const FunctionInfo* coercible = nullptr;
  for (const FunctionInfo* function : functions_.Functions(cast.function)) {
    const std::vector<Oid>& arguments = function->arguments;
    if (arguments.empty() || arguments.size() > 3) continue;
    if (arguments.size() >= 2 && arguments[1] != kInt4) continue;
    if (arguments.size() == 3 && arguments[2] != kBool) continue;
    if (cast.source == cast.target && arguments.size() < 2) continue;
    if (function->result != cast.target && !IsBinaryCoercible(function->result, cast.target)) continue;
    if (arguments[0] == cast.source) return function;
    if (coercible == nullptr && IsBinaryCoercible(cast.source, arguments[0])) coercible = function;
  }
  return coercible;
}

Pathway TypeRules::FindPathway(Oid target, Oid source, CoercionContext context) const {
  if (source == target) return {CoercionPath::kRelabel};
  if (const CastInfo* cast = functions_.FindCast(source, target)) {
    const CoercionContext needed = cast->context == CastContext::kImplicit     ? CoercionContext::kImplicit
                                   : cast->context == CastContext::kAssignment ? CoercionContext::kAssignment
                                                                               : CoercionContext::kExplicit;
    if (context < needed) return {};
    switch (cast->method) {
      case CastMethod::kBinary: return {CoercionPath::kRelabel};
      case CastMethod::kInOut: return {CoercionPath::kIo};
      case CastMethod::kFunction:
        if (const FunctionInfo* function = CastFunction(*cast)) return {CoercionPath::kFunction, function};
        return {};
    }
  }
  if (target != kOidVector && target != kInt2Vector) {
    const Oid target_element = ElementType(target), source_element = ElementType(source);
    if (target_element != kInvalidOid && source_element != kInvalidOid &&
        FindPathway(target_element, source_element, context).path != CoercionPath::kNone) {
      return {CoercionPath::kArray};
    }
  }
  if (context >= CoercionContext::kAssignment && Category(target) == 'S') return {CoercionPath::kIo};
  if (context >= CoercionContext::kExplicit && Category(source) == 'S') return {CoercionPath::kIo};
  return {};
}

Pathway TypeRules::FindTypmodPathway(Oid type) const {
  const Oid element = ElementType(type);
  const Oid base = element != kInvalidOid ? element : type;
  const CastInfo* cast = functions_.FindCast(base, base);
  if (cast == nullptr) return {};
  const FunctionInfo* function = CastFunction(*cast);
  if (function == nullptr) return {};
  return {element != kInvalidOid ? CoercionPath::kArray : CoercionPath::kFunction, function};
}

bool TypeRules::CanCoerce(std::span<const Oid> inputs, std::span<const Oid> targets, CoercionContext context) const {
  bool polymorphic = false;
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i] == targets[i] || targets[i] == kAny) continue;
    if (IsPolymorphic(targets[i])) {
      polymorphic = true;
      continue;
    }
    if (inputs[i] == kUnknown) continue;
    if (FindPathway(targets[i], inputs[i], context).path == CoercionPath::kNone) return false;
  }
  return !polymorphic || PolymorphicConsistent(inputs, targets);
}

Oid TypeRules::CommonType(std::span<const Oid> types) const {
  Oid common = types[0];
  for (const Oid type : types.subspan(1)) {
    if (type == kUnknown || type == common) continue;
    if (common == kUnknown) {
      common = type;
    } else if (Category(type) != Category(common)) {
      return kInvalidOid;
    } else if (!IsPreferred(common) && CanCoerce(common, type, CoercionContext::kImplicit) && !CanCoerce(type, common, CoercionContext::kImplicit)) {
      common = type;
    }
  }
  return common == kUnknown ? kText : common;
}

const OperatorInfo* TypeRules::DefaultOperator(std::string_view name, Oid type) const {
  if (const OperatorInfo* exact = functions_.FindOperator(name, type, type)) return exact;
  if (type == kVarchar) return functions_.FindOperator(name, kText, kText);
  if (ElementType(type) != kInvalidOid && DefaultOperator(name, ElementType(type)) != nullptr) return functions_.FindOperator(name, kAnyarray, kAnyarray);
  if (type == kRegclass || type == kRegtype || type == kRegproc || type == kRegprocedure || type == kRegoper || type == kRegoperator ||
      type == kRegrole || type == kRegnamespace) {
    return functions_.FindOperator(name, kOid, kOid);
  }
  return nullptr;
}

}  // namespace gather::sql
