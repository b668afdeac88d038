// The grammar's key words, as pg_get_keywords() lists them.
#pragma once

#include <span>
#include <string_view>

namespace gather::catalog {

struct Keyword {
  std::string_view word;
  char category;      // U unreserved, C unreserved but no function or type name, T reserved but function or type name, R reserved
  bool bare_label;    // may stand as a column label without AS
};
std::span<const Keyword> Keywords();  // ascending

}  // namespace gather::catalog
