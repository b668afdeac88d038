// Putting rows of vectors one behind the other in one flat vector, whatever their kinds and representations.
#pragma once

#include "types/vector.h"

namespace gather::storage {

// Appends the first `count` rows of `from` behind row `at` of `to` (flat, owned, capacity suffices; row 0 sets the representation). Numeric: `to`
// becomes packed when representations differ.
void AppendRows(const Vector& from, uint32_t count, Vector& to, uint32_t at);

}  // namespace gather::storage
