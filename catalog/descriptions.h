// PostgreSQL's comments on its types, operators, access methods and collations, as far as we have them: pg_description, \dT, \do.
// Functions carry theirs in their rows.
#pragma once

#include <span>
#include <string_view>

#include "types/ids.h"

namespace gather::catalog {

struct Description {
  Oid catalog;             // pg_description.classoid
  Oid object;
  std::string_view text;
};

std::span<const Description> Descriptions();
std::string_view DescriptionOf(Oid catalog, Oid object);   // empty: none

}  // namespace gather::catalog
