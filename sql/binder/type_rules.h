// PostgreSQL's rules about types alone (manual, chapter 10): categories, binary coercibility, coercion pathways, common types,
// polymorphic consistency. No expressions in here. Pure; thread-safe.
#pragma once

#include <span>
#include <vector>

#include "catalog/function.h"
#include "types/type.h"

namespace gather::sql {

enum class CoercionContext : uint8_t { kImplicit, kAssignment, kExplicit };
enum class CoercionPath : uint8_t { kNone, kRelabel, kFunction, kArray, kIo };

struct Pathway {
  CoercionPath path = CoercionPath::kNone;
  const catalog::FunctionInfo* function = nullptr;     // kFunction
};

class TypeRules {
 public:
  explicit TypeRules(const catalog::FunctionRegistry& functions) : functions_(functions) {}

  static char Category(Oid type);
  static bool IsPreferred(Oid type);
  static bool IsPolymorphic(Oid type);
  static Oid ElementType(Oid array);                   // 0 when no array
  static Oid ArrayType(Oid element);                   // 0 when there is none
  static bool IsCollatable(Oid type);

  bool IsBinaryCoercible(Oid source, Oid target) const;
  Pathway FindPathway(Oid target, Oid source, CoercionContext context) const;
  // The cast of a type to itself that applies a typmod; null path when it has none.
  Pathway FindTypmodPathway(Oid type) const;
  bool CanCoerce(std::span<const Oid> inputs, std::span<const Oid> targets, CoercionContext context) const;
  bool CanCoerce(Oid input, Oid target, CoercionContext context) const { return CanCoerce({&input, 1}, {&target, 1}, context); }
  // The common type of `types`; 0 when they are of different categories.
  Oid CommonType(std::span<const Oid> types) const;
  bool PolymorphicConsistent(std::span<const Oid> actual, std::span<const Oid> declared) const;
  // Resolves polymorphic `declared` types in place; returns the result type. Throws 42804 and kin.
  Oid ResolvePolymorphic(std::span<const Oid> actual, std::span<Oid> declared, Oid result) const;

  // The default btree operator of that name ("<", "=", ">") for a type, also by binary coercion or as anyarray; null when there is none.
  const catalog::OperatorInfo* DefaultOperator(std::string_view name, Oid type) const;

 private:
  const catalog::FunctionInfo* CastFunction(const catalog::CastInfo& cast) const;
  const catalog::FunctionRegistry& functions_;
};

}  // namespace gather::sql
