// btree operator classes and families, as PostgreSQL has them for the types we have: pg_opclass, pg_opfamily, pg_amop, pg_amproc,
// and what an index definition may name.
#pragma once

#include <span>
#include <string_view>

#include "types/type.h"

namespace gather::catalog {

inline constexpr Oid kHeapAccessMethod = 2, kBtreeAccessMethod = 403;

struct OperatorFamily { Oid oid; std::string_view name; };
struct OperatorClass { Oid oid; std::string_view name; Oid family; Oid type; bool is_default; Oid key_type; };
struct FamilyOperator { Oid oid; Oid family; Oid left; Oid right; int16_t strategy; Oid op; };        // strategy: 1 < 2 <= 3 = 4 >= 5 >
struct FamilyFunction { Oid oid; Oid family; Oid left; Oid right; Oid function; std::string_view name; };  // support 1: compare

std::span<const OperatorFamily> OperatorFamilies();
std::span<const OperatorClass> OperatorClasses();
std::span<const FamilyOperator> FamilyOperators();
std::span<const FamilyFunction> FamilyFunctions();
const OperatorClass* DefaultOperatorClass(Oid type);              // null: the type has no order
Oid EqualityOperator(Oid left, Oid right);                        // of left's default class; 0: it has none for these two types
const OperatorClass* FindOperatorClass(std::string_view name);    // of btree; null when unknown

}  // namespace gather::catalog
