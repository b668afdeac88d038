// What the server calls itself. Clients branch on the 15; the rest is for people.
#pragma once

#include <string_view>

namespace gather::catalog {

inline constexpr std::string_view kVersionText =
    "GatherDB 0.1 (PostgreSQL 15.0 compatible) on x86_64-pc-linux-gnu, compiled by gcc " __VERSION__ ", 64-bit";

}  // namespace gather::catalog
