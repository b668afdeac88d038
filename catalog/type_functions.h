// What pg_type says of a type beyond types/type.h: storage strategy, collation, and the I/O functions with PostgreSQL's OIDs and names.
// The I/O functions enter the registry from here (catalog/functions/system_io.cc).
#pragma once

#include <span>
#include <string_view>

#include "types/ids.h"

namespace gather::catalog {

struct TypeFunction {
  Oid oid = kInvalidOid;                    // 0: none
  std::string_view name = {};
};

struct TypeFunctions {
  Oid type;
  char storage;                             // pg_type.typstorage: p plain, x extended, m main
  Oid collation;                            // 0: not collatable
  TypeFunction input, output, receive, send, modifier_in, modifier_out;
};

std::span<const TypeFunctions> AllTypeFunctions();
const TypeFunctions* FindTypeFunctions(Oid type);   // null when the type has no row

}  // namespace gather::catalog
